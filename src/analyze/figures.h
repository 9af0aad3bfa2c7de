/* What the figures show, gathered while the pass is made; private to analyze.
 * In: the blocks of the pass.  Out: the result's data of each figure, in bounded memory.  No result
 * depends on how the rows were cut into blocks. */
#ifndef MMAX_FIGURES_H
#define MMAX_FIGURES_H

#include "analyze/kept_rows.h"

/* A block as figures see it. */
typedef struct mmax_figure_block {
    size_t first_row, n_rows;        /* index of its first row among all rows of the input */
    const double *logits;            /* (n_rows, row_length) NaN in skipped rows; NULL if no figure
                                        wants them */
    const double *const *weights;    /* (n_maps,) each (n_rows, row_length), likewise */
    const char *const *labels;       /* (n_rows,) each may be NULL */
    const mmax_row_facts *facts;     /* (n_rows,) without a live entry in skipped rows */
    const mmax_relevance *relevance; /* (n_rows,) */
} mmax_figure_block;

/* How the data of one figure come about, and where they are in the result. */
typedef struct mmax_figure_gatherer {
    bool wants_logits, wants_weights, wants_kept_rows;
    bool wants_groups; /* summaries of every group */

    /* Prepares the result, whose input is known as far as its header tells; or NULL. */
    mmax_status (*begin)(const mmax_plan *plan, mmax_result *result, mmax_error *error);

    /* Adds a block; blocks come in C order.  Or NULL. */
    mmax_status (*add)(mmax_result *result, const mmax_figure_block *block, mmax_error *error);

    /* Completes the data: the result's input now knows its number of rows, and all summaries are
     * there.  ROWS is NULL unless kept rows are wanted.  Or NULL. */
    mmax_status (*end)(const mmax_plan *plan, mmax_result *result, const mmax_kept_rows *rows,
                       mmax_error *error);
    void (*free)(mmax_result *result);
} mmax_figure_gatherer;

extern const mmax_figure_gatherer mmax_gather_heatmap, mmax_gather_simplex, mmax_gather_tradeoff;
extern const mmax_figure_gatherer mmax_gather_distribution, mmax_gather_rows, mmax_gather_curve,
    mmax_gather_layers;

/* ---- all figures of a plan ------------------------------------------------------------------- */

/* What they want of the blocks. */
bool mmax_figures_want_logits(const mmax_plan *plan);
bool mmax_figures_want_weights(const mmax_plan *plan);
bool mmax_figures_want_groups(const mmax_plan *plan);

/* *ROWS is NULL where no figure wants any. */
mmax_status mmax_figures_begin(const mmax_plan *plan, mmax_result *result, mmax_kept_rows **rows,
                               mmax_error *error);
mmax_status mmax_figures_add(const mmax_plan *plan, mmax_result *result, mmax_kept_rows *rows,
                             const mmax_figure_block *block, mmax_error *error);
mmax_status mmax_figures_end(const mmax_plan *plan, mmax_result *result, const mmax_kept_rows *rows,
                             mmax_error *error);
void mmax_figures_free(mmax_result *result);

#endif
