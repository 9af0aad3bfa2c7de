/* Where the parts of a simplex plot lie.  In: words and a size.  Out: corners, ticks, rectangles.
 * Called by simplex.c. */
#ifndef MMAX_SIMPLEX_LAYOUT_H
#define MMAX_SIMPLEX_LAYOUT_H

#include "analyze/analyze.h"
#include "render/layout.h"

typedef struct mmax_simplex_words {
    const char *title;
    const char *corners[3];
    const char *maps[MMAX_MAX_MAPS];
    const char *caption;
} mmax_simplex_words;

/* A tick on a side of the triangle; its grid line runs from FROM to ACROSS. */
typedef struct mmax_simplex_tick {
    mmax_point from, across, stub; /* STUB ends outside */
    mmax_rectangle label;
    char text[8];
} mmax_simplex_tick;

/* Ticks at 0.2, 0.4, 0.6 and 0.8 of each entry. */
enum { MMAX_SIMPLEX_TICKS = 4, MMAX_LEGEND_LINES = 4 };

#define MMAX_SIMPLEX_SUPPORT "entries of support"

/* The ends of the temperature bar; what lies beyond takes their colours, and has arrived. */
#define MMAX_SIMPLEX_COLDEST 0.1
#define MMAX_SIMPLEX_HOTTEST 100.0
enum { MMAX_SIMPLEX_BAR_TICKS = 4 };

typedef struct mmax_simplex_layout {
    double width, height; /* of the page */
    mmax_rectangle title;
    char title_text[MMAX_LINE_SIZE];

    double side;
    mmax_point corners[3]; /* where an entry has all the weight: left, right, top */
    mmax_rectangle corner_labels[3];
    char corner_text[3][MMAX_LINE_SIZE];
    mmax_simplex_tick ticks[3][MMAX_SIMPLEX_TICKS]; /* of each entry */

    size_t n_maps;
    mmax_point legend_markers[MMAX_MAX_MAPS];
    mmax_rectangle legend[MMAX_MAX_MAPS];
    mmax_lines legend_lines[MMAX_MAX_MAPS];

    /* The regions of one, two and three entries that are not 0: corners, edges, interior. */
    mmax_rectangle support_name, support_swatches[3], support_labels[3];

    /* A corner magnified, where markers crowd; 0: none does. */
    double magnification;
    size_t inset_corner;
    mmax_point inset[3]; /* the corners of what is magnified, as above */
    mmax_rectangle inset_name;
    char inset_text[MMAX_LINE_SIZE];

    mmax_rectangle bar, bar_labels, bar_name;      /* empty without trajectories */
    double bar_tick_place[MMAX_SIMPLEX_BAR_TICKS]; /* from the bar's left end */
    const char *bar_tick_text[MMAX_SIMPLEX_BAR_TICKS];

    mmax_rectangle caption;
    mmax_lines caption_lines;
} mmax_simplex_layout;

/* Lays out a figure.  layout is large: keep it on the heap.
 * MMAX_EUSAGE where the options' size leaves no room for the triangle. */
mmax_status mmax_simplex_lay_out(const mmax_simplex *data, const mmax_simplex_words *words,
                                 const mmax_figure_options *options, const mmax_measure *measure,
                                 mmax_simplex_layout *layout, mmax_error *error);

/* Where three weights that sum to 1 lie. */
mmax_point mmax_simplex_place(const mmax_simplex_layout *layout, const double weights[3]);

/* The same in the inset; false for what lies beyond it. */
bool mmax_simplex_place_in_inset(const mmax_simplex_layout *layout, const double weights[3],
                                 mmax_point *place);

#endif
