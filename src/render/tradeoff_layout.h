/* Where the parts of a trade-off lie: one square panel, multi-modality across and sparsity up.
 * In: points between 0 and 1.  Out: a plot, and the places of its points.  Called by tradeoff.c. */
#ifndef MMAX_TRADEOFF_LAYOUT_H
#define MMAX_TRADEOFF_LAYOUT_H

#include "analyze/analyze.h"
#include "render/axes.h"

/* The entries of the legend that follow those of the maps. */
enum { MMAX_TRADEOFF_SOFTMAX, MMAX_TRADEOFF_ENTMAX, MMAX_TRADEOFF_CURVES };

/* Fills in the panel and the legend of a plot, of which the caller has title and caption.
 *
 * maps  (data->n_maps,) their words, kept */
void mmax_tradeoff_plan(const mmax_tradeoff *data, const char *const *maps, mmax_plot *plot);

/* A value of a parameter, told where it is on its curve. */
typedef struct mmax_tradeoff_label {
    size_t curve; /* MMAX_TRADEOFF_SOFTMAX or MMAX_TRADEOFF_ENTMAX */
    mmax_point from;
    mmax_rectangle place; /* of the text, which begins or ends at its side next to FROM */
    char text[MMAX_LINE_SIZE];
} mmax_tradeoff_label;

enum { MMAX_TRADEOFF_LABELS = 11 };

/* The values that are told on a plot that is laid out, as far as there is room; none where each row
 * has curves of its own.  labels (MMAX_TRADEOFF_LABELS,) written; returns their number. */
size_t mmax_tradeoff_label_curves(const mmax_tradeoff *data, const mmax_plot *plot,
                                  const mmax_measure *measure, mmax_tradeoff_label *labels);

/* Where a point lies on the plot once it is laid out. */
mmax_point mmax_tradeoff_place(const mmax_plot *plot, const mmax_tradeoff_point *point);

#endif
