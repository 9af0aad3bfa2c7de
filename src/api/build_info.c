/* What this build was made with. */
#include <multimax.h>

#include "render/render.h"

#include <archive.h>
#include <gsl/gsl_version.h>
#include <jansson.h>
#include <zlib.h>

#if defined __clang__
#define COMPILER "clang " __clang_version__
#elif defined __GNUC__
#define COMPILER "gcc " __VERSION__
#else
#define COMPILER "an unknown compiler"
#endif

const char *mmax_build_info(size_t i)
{
    static const char *const lines[] = {"compiler: " COMPILER, "GSL " GSL_VERSION,
                                        ARCHIVE_VERSION_STRING, "zlib " ZLIB_VERSION,
                                        "jansson " JANSSON_VERSION};
    size_t n = sizeof lines / sizeof lines[0];
    return i < n ? lines[i] : mmax_render_library(i - n);
}
