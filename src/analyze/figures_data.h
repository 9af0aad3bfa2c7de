/* What the figures show, gathered while the pass is made.
 * In: the blocks of the pass.  Out: an mmax_heatmap, an mmax_simplex, in bounded memory.  Called by
 * the pass alone.  No result depends on how the rows were cut into blocks. */
#ifndef MMAX_FIGURES_DATA_H
#define MMAX_FIGURES_DATA_H

#include "analyze/analyze.h"

/* ---- heatmap --------------------------------------------------------------------------------- */

/* An empty picture of INPUT under every map of PLAN.  What is drawn of it follows from the input's
 * shape; where the number of rows is not known yet, the picture is halved as rows come in, which
 * ends in the same cells. */
mmax_status mmax_heatmap_new(const mmax_plan *plan, const mmax_input *input, mmax_heatmap **heatmap,
                             mmax_error *error);

/* Adds a block under one map.  Blocks come in C order; the maps of a block in any order.
 *
 * first_row          index of the block's first row among all rows of the input
 * logits, weights    (n_rows, row_length); NaN in skipped rows
 * row_labels         (n_rows,) each may be NULL; or NULL.  Copied */
mmax_status mmax_heatmap_add(mmax_heatmap *heatmap, size_t map, size_t first_row, size_t n_rows,
                             const double *logits, const double *weights,
                             const char *const *row_labels, mmax_error *error);

/* Ends the picture: INPUT now knows its number of rows, and perhaps their labels. */
mmax_status mmax_heatmap_end(mmax_heatmap *heatmap, const mmax_input *input, mmax_error *error);
void mmax_heatmap_free(mmax_heatmap *heatmap);

/* ---- simplex --------------------------------------------------------------------------------- */

/* The first rows of the input.  Which three entries of longer rows are drawn is known only when all
 * of these rows are, so that their logits are kept and the maps are applied at the end. */
typedef struct mmax_simplex_rows mmax_simplex_rows;

/* MMAX_EUNSUPPORTED for rows of fewer than three entries. */
mmax_status mmax_simplex_rows_new(const mmax_input *input, mmax_simplex_rows **rows,
                                  mmax_error *error);

/* Adds a block, in C order.
 *
 * first_row  index of the block's first row among all rows of the input
 * logits   (n_rows, row_length); skipped rows hold a NaN and are passed over
 * epsilon  (n_rows,) the rows' relevance thresholds */
void mmax_simplex_rows_add(mmax_simplex_rows *rows, size_t first_row, size_t n_rows,
                           const double *logits, const double *epsilon);
void mmax_simplex_rows_free(mmax_simplex_rows *rows);

/* The points and trajectories of these rows under every map of PLAN. */
mmax_status mmax_simplex_new(const mmax_plan *plan, const mmax_input *input,
                             const mmax_simplex_rows *rows, mmax_simplex **simplex,
                             mmax_error *error);
void mmax_simplex_free(mmax_simplex *simplex);

#endif
