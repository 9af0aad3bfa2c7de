#include "render/render.h"
#include "render/terminal_chafa.h"

#include <cairo.h>
#include <pango/pango.h>
#include <png.h>

const char *mmax_render_library(size_t i)
{
    static const char *const lines[] = {
        "cairo " CAIRO_VERSION_STRING,
        "pango " PANGO_VERSION_STRING,
        "libpng " PNG_LIBPNG_VER_STRING,
    };
    const size_t n = sizeof lines / sizeof lines[0];
    return i < n ? lines[i] : i == n ? mmax_chafa_version() : NULL;
}
