/* Where the parts of a grid of heatmaps lie.  In: the data's shape and words.  Out: rectangles and
 * ticks.  Called by heatmap.c. */
#ifndef MMAX_HEATMAP_LAYOUT_H
#define MMAX_HEATMAP_LAYOUT_H

#include "analyze/analyze.h"
#include "render/heatmap_scale.h"

enum { MMAX_HEADING_LINES = 3 };

/* The words of a figure, before they are cut to their places. */
typedef struct mmax_heatmap_words {
    const char *title;
    const char *pictures[MMAX_MAX_MAPS];
    const char *groups[MMAX_HEATMAP_MOST_PANELS]; /* "" for none */
    const char *masked;                           /* what the hatch stands for; NULL without one */
} mmax_heatmap_words;

/* A colour bar. */
typedef struct mmax_heatmap_bar {
    mmax_heatmap_scale scale;
    const char *name;
    mmax_rectangle bar, labels, axis;
    mmax_rectangle above, below; /* pointed ends, where cells lie beyond; empty without */
    mmax_ticks ticks;            /* from the bar's bottom */
} mmax_heatmap_bar;

typedef struct mmax_heatmap_layout {
    double width, height; /* of the page */
    mmax_rectangle title;
    char title_text[MMAX_LINE_SIZE];

    size_t n_pictures, n_panels;
    bool is_stacked; /* the pictures of one wide panel lie one below the other, not side by side */
    mmax_rectangle panels[MMAX_HEATMAP_MOST_PANELS][MMAX_MAX_MAPS];
    mmax_rectangle notes[MMAX_HEATMAP_MOST_PANELS][MMAX_MAX_MAPS]; /* empty on a shared scale */
    size_t pool_rows, pool_columns;   /* cells of the data in a cell drawn: a power of two */
    size_t cells_high, cells_wide;    /* of a panel as drawn */
    size_t entry_rows, entry_columns; /* rows and columns of the matrix in a cell drawn */
    mmax_rectangle headings[MMAX_MAX_MAPS];
    mmax_lines heading_lines[MMAX_MAX_MAPS];
    mmax_rectangle groups[MMAX_HEATMAP_MOST_PANELS];
    char group_text[MMAX_HEATMAP_MOST_PANELS][MMAX_LINE_SIZE];

    mmax_ticks row_ticks, column_ticks; /* from the panels' tops and left edges */
    bool columns_are_upright;           /* labels of columns are turned to read upwards */
    mmax_rectangle row_labels;          /* of the first panel: right-aligned tick labels */
    mmax_rectangle column_labels;       /* of the first map: below the last panel */
    mmax_rectangle row_axis, column_axis;
    const char *row_name, *column_name;

    size_t n_bars;
    mmax_heatmap_bar bars[2];           /* of the weights, then of the differences */
    mmax_rectangle swatch, swatch_text; /* empty without masked cells */

    mmax_rectangle caption;
    mmax_lines caption_lines;
} mmax_heatmap_layout;

/* Lays out a figure.
 *
 * pixels  that a reader can tell apart, in a point: panels get no more cells than pixels
 * layout  written; large, so keep it on the heap
 *
 * MMAX_EUSAGE where the options' size leaves no room for the panels. */
mmax_status mmax_heatmap_lay_out(const mmax_heatmap *data, const mmax_heatmap_words *words,
                                 const mmax_figure_options *options, double pixels,
                                 const mmax_measure *measure, mmax_heatmap_layout *layout,
                                 mmax_error *error);

/* ---- its parts ------------------------------------------------------------------------------- */

/* Makes the scales; returns the width of their bars and labels. */
double mmax_heatmap_make_bars(const mmax_heatmap *data, const mmax_figure_options *options,
                              const mmax_measure *measure, mmax_heatmap_layout *layout);

/* Places the bars beside each other from a point, as high as HEIGHT allows; returns where they
 * end. */
double mmax_heatmap_place_bars(const mmax_measure *measure, mmax_point from, double height,
                               mmax_heatmap_layout *layout);

/* What is drawn and what was left out, in words. */
enum { MMAX_HEATMAP_CAPTION_SIZE = 1024 };
void mmax_heatmap_write_caption(const mmax_heatmap *data, const mmax_heatmap_words *words,
                                const mmax_figure_options *options,
                                const mmax_heatmap_layout *layout,
                                char caption[MMAX_HEATMAP_CAPTION_SIZE]);

/* The top of a picture's own scale, in words. */
void mmax_heatmap_note(const mmax_heatmap *data, const mmax_heatmap_layout *layout, size_t picture,
                       char note[MMAX_LINE_SIZE]);

#endif
