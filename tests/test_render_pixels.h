/* Pictures as pixels. */
#ifndef MMAX_TEST_RENDER_PIXELS_H
#define MMAX_TEST_RENDER_PIXELS_H

#include "render/colormap.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct pixels {
    size_t width, height;
    mmax_rgb *at; /* (height, width) to be freed */
} pixels;

pixels read_png(const char *bytes, size_t n_bytes);

/* The pixel of a place of the page, at two pixels a point. */
mmax_rgb pixel_at(const pixels *image, double x, double y);

bool same_color(mmax_rgb a, mmax_rgb b);
bool is_grey(mmax_rgb a);

#endif
