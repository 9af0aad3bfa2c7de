/* canvas: paper to draw on, and the only door to cairo, pango and libpng.
 * In: shapes and words in points (1/72 inch) from the top left corner.  Out: a PNG, SVG or PDF file
 * that is whole or absent.  Called by the figures.
 *
 * Drawing calls return nothing: the canvas latches the first error and mmax_canvas_finish reports
 * it.  The same calls give the same bytes: no dates, no random names. */
#ifndef MMAX_CANVAS_H
#define MMAX_CANVAS_H

#include "render/colormap.h"
#include "render/figure_file.h"
#include "render/layout.h"
#include "render/theme.h"

typedef struct mmax_canvas mmax_canvas;
typedef struct mmax_ruler mmax_ruler;

/* What a file says of itself besides its picture. */
typedef struct mmax_canvas_notes {
    const char *title;       /* one line */
    const char *description; /* in words, for who cannot see the picture */
    const char *command;     /* the command line that made it, or NULL */
} mmax_canvas_notes;

/* Opens a page of WIDTH by HEIGHT points, of the theme's paper.  dpi counts for PNG alone.
 * The ruler sets the texts and must outlive the canvas.
 * MMAX_EUSAGE for a page of more pixels than a picture may have. */
mmax_status mmax_canvas_open(const mmax_figure_file *file, double width, double height, double dpi,
                             mmax_theme theme, const mmax_canvas_notes *notes, mmax_ruler *ruler,
                             mmax_canvas **canvas, mmax_error *error);

/* The inks to draw with. */
const mmax_inks *mmax_canvas_inks(const mmax_canvas *canvas);

/* Latches an error, unless there is one already, as drawing calls do. */
void mmax_canvas_fail(mmax_canvas *canvas, mmax_status status, const char *what);

/* Completes the file and puts it in its place. */
mmax_status mmax_canvas_finish(mmax_canvas *canvas, mmax_error *error);
void mmax_canvas_free(mmax_canvas *canvas);

/* ---- shapes ---------------------------------------------------------------------------------- */

/* How an outline is broken. */
typedef enum mmax_dash {
    MMAX_DASH_NONE,
    MMAX_DASH_LONG,
    MMAX_DASH_SHORT,
    MMAX_DASH_DOT,
    MMAX_DASH_LONG_DOT,
    MMAX_DASH_LONG_DOT_DOT,
    MMAX_DASHES
} mmax_dash;

/* How a shape is painted: filled, outlined, or both. */
typedef struct mmax_paint {
    bool is_filled, is_outlined;
    mmax_rgb fill, outline;
    double line_width;
    mmax_dash dash;
    double opacity; /* of both: 0 to 1 */
} mmax_paint;

mmax_paint mmax_paint_fill(mmax_rgb color);
mmax_paint mmax_paint_outline(mmax_rgb color, double line_width);

void mmax_canvas_rectangle(mmax_canvas *canvas, mmax_rectangle rectangle, const mmax_paint *paint);
void mmax_canvas_polygon(mmax_canvas *canvas, const mmax_point *points, size_t n,
                         const mmax_paint *paint);
void mmax_canvas_polyline(mmax_canvas *canvas, const mmax_point *points, size_t n,
                          const mmax_paint *paint);
void mmax_canvas_circle(mmax_canvas *canvas, mmax_point center, double radius,
                        const mmax_paint *paint);

/* Lines from ends[2 i] to ends[2 i + 1], i < n_lines, as one shape. */
void mmax_canvas_lines(mmax_canvas *canvas, const mmax_point *ends, size_t n_lines,
                       const mmax_paint *paint);

typedef enum mmax_marker {
    MMAX_MARKER_CIRCLE,
    MMAX_MARKER_STAR,
    MMAX_MARKER_TRIANGLE_DOWN,
    MMAX_MARKER_SQUARE,
    MMAX_MARKER_TRIANGLE_UP,
    MMAX_MARKER_DIAMOND,
    MMAX_MARKER_PENTAGON,
    MMAX_MARKER_HEXAGON,
    MMAX_MARKER_TRIANGLE_LEFT,
    MMAX_MARKER_TRIANGLE_RIGHT,
    MMAX_MARKERS
} mmax_marker;

/* A marker whose corners lie on the circle of that radius about CENTER. */
void mmax_canvas_marker(mmax_canvas *canvas, mmax_marker marker, mmax_point center, double radius,
                        const mmax_paint *paint);

/* Cells of one colour each, without smoothing, stretched over the rectangle.
 * cells (height, width) */
void mmax_canvas_image(mmax_canvas *canvas, mmax_rectangle rectangle, const mmax_rgb *cells,
                       size_t width, size_t height);

/* ---- words ----------------------------------------------------------------------------------- */

/* How a text lies about its place. */
typedef struct mmax_words {
    double size; /* points */
    bool is_bold;
    mmax_rgb color;
    double anchor_x; /* which part of it is at the place: 0 its left end, 0.5 its middle, 1 right */
    double anchor_y; /* 0 its top, 0.5 its middle, 1 its bottom */
    double degrees;  /* clockwise about the place */
} mmax_words;

/* One line of UTF-8 in any script; what is not UTF-8 and control characters are shown escaped. */
void mmax_canvas_text(mmax_canvas *canvas, mmax_point place, const char *text,
                      const mmax_words *words);

/* Measures with the fonts that draw; for layouts.  To find the fonts takes longer than to draw most
 * figures, so a figure has one. */
mmax_status mmax_ruler_new(mmax_ruler **ruler, mmax_error *error);
void mmax_ruler_free(mmax_ruler *ruler);

/* The width of a line of text in points, as a mmax_measure (see layout.h); RULER is an
 * mmax_ruler. */
double mmax_ruler_width(const void *ruler, const char *text, double size, bool is_bold);

#endif
