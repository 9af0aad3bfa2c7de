#include "render/render.h"

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
    return i < sizeof lines / sizeof lines[0] ? lines[i] : NULL;
}
