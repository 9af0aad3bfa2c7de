/* What a kind of file does for the canvas; between canvas.c and its backends only. */
#ifndef MMAX_CANVAS_BACKEND_H
#define MMAX_CANVAS_BACKEND_H

#include "render/picture.h"

#include <pango/pangocairo.h>

/* A line of text that is measured and ready: LAYOUT holds it and its font. */
typedef struct mmax_set_text {
    PangoLayout *layout;
    const char *text; /* UTF-8 without control characters */
    const mmax_words *words;
    mmax_point place;
    double left, top, baseline; /* from the place, before rotation */
} mmax_set_text;

typedef struct mmax_backend {
    void (*path)(mmax_canvas *canvas, const mmax_point *points, size_t n, bool is_closed,
                 const mmax_paint *paint);
    void (*circle)(mmax_canvas *canvas, mmax_point center, double radius, const mmax_paint *paint);
    void (*lines)(mmax_canvas *canvas, const mmax_point *ends, size_t n_lines,
                  const mmax_paint *paint);
    void (*text)(mmax_canvas *canvas, const mmax_set_text *text);
    void (*image)(mmax_canvas *canvas, mmax_rectangle rectangle, const mmax_rgb *cells,
                  size_t width, size_t height);
    void (*finish)(mmax_canvas *canvas);
    void (*free)(mmax_canvas *canvas); /* but for what struct mmax_canvas holds */
} mmax_backend;

/* The head of every backend's own canvas. */
struct mmax_canvas {
    const mmax_backend *backend;
    mmax_output *output;   /* NULL where a picture is drawn */
    mmax_picture *picture; /* NULL where a file is */
    mmax_ruler *ruler;
    double width, height; /* points */
    double dpi;
    const mmax_inks *inks;
    bool is_vector;
    char *title, *description, *command; /* UTF-8 without control characters; NULL without one */
    mmax_error error;                    /* the first one */
};

/* The lengths in points of a dash's strokes and gaps, by turns, of which there are *N: at most 6.
 */
const double *mmax_dash_lengths(mmax_dash dash, size_t *n);

/* An empty canvas of the backend's kind, all zero but for its own needs; NULL on lack of memory. */
mmax_canvas *mmax_canvas_cairo(void);
mmax_canvas *mmax_canvas_svg(void);

/* Begin once the head is filled. */
void mmax_canvas_cairo_begin(mmax_canvas *canvas, mmax_file_kind kind);
void mmax_canvas_svg_begin(mmax_canvas *canvas);

/* A picture as PNG. */
typedef struct mmax_png {
    size_t width, height;
    const mmax_rgb *pixels;                    /* (height, width) */
    double dpi;                                /* 0: not told */
    const char *title, *description, *command; /* may be NULL */
    void (*write)(void *context, const void *bytes, size_t n_bytes);
    void *context;
} mmax_png;

/* Writes 8-bit RGB, or indices into a palette where the picture has at most 256 colours: the same
 * pixels either way.  False on lack of memory.  The picture must be at least 1 x 1. */
bool mmax_png_write(const mmax_png *png);

#endif
