/* Where the bars of rows lie: a column of panels for each row, its logits at the top and its
 * weights under each map below.  In: the rows.  Out: a plot and the places of its bars.  Called by
 * rows.c. */
#ifndef MMAX_ROWS_LAYOUT_H
#define MMAX_ROWS_LAYOUT_H

#include "analyze/analyze.h"
#include "render/axes.h"

/* The words along a row's axis, and the order in which its entries stand. */
typedef struct mmax_row_axis {
    size_t n;                             /* entries, and one for the others if there are any */
    size_t order[MMAX_SHOWN_ENTRIES + 1]; /* (n,) what stands where, as in mmax_shown_row */
    char texts[MMAX_SHOWN_ENTRIES + 1][MMAX_LINE_SIZE];
    const char *labels[MMAX_SHOWN_ENTRIES + 1]; /* of the axis, in its order */
} mmax_row_axis;

void mmax_row_axis_fill(const mmax_shown_row *row, bool by_logit, mmax_row_axis *axis);

/* The number of the panel of a row's logits, or of its weights under a map. */
size_t mmax_rows_panels(const mmax_shown_rows *rows);
size_t mmax_rows_logits(const mmax_shown_rows *rows, size_t row);
size_t mmax_rows_weights(const mmax_shown_rows *rows, size_t row, size_t map);

/* Fills in the panels of a plot, of which the caller has words: the axes (rows->n,) of the rows,
 * the titles (rows->n,) of their columns and the names of the maps (n_maps,). */
void mmax_rows_plan(const mmax_shown_rows *rows, const mmax_row_axis *axes,
                    const char *const *titles, const char *const *maps, mmax_plot *plot);

/* The bar of the entry at PLACE of an axis, from FROM to TO on the panel's vertical axis; so high
 * that it is seen. */
mmax_rectangle mmax_rows_bar(const mmax_panel *panel, size_t place, double from, double to);

#endif
