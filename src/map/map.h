/* map: from logits to weights, and the words for it.
 * In: a SPEC, blocks of rows.  Out: an mmax_map, weights.  Called by analyze; the table of maps is
 * the only list of them in the program. */
#ifndef MMAX_MAP_H
#define MMAX_MAP_H

#include "kernels/fused.h"

/* Applies MAP to a block.
 *
 * rows     as the kernels have it
 * epsilon  (n_rows,) the rows' relevance thresholds
 * bad_row  written on MMAX_EDOMAIN: the row in which sigma overflows
 *
 * Allocates nothing.  rows->weights must not be rows->logits when log_weights is asked for. */
mmax_status mmax_map_apply(const mmax_map *map, const mmax_kernel_rows *rows, const double *epsilon,
                           size_t *bad_row, mmax_error *error);

/* The same with the sums that metrics are made of, by the kernels of an instruction set at the
 * width of the rows.  Rows that these leave out say so in their sums. */
void mmax_map_apply_fused(const mmax_map *map, const mmax_fused *fused, const mmax_fused_rows *rows,
                          const double *epsilon);

/* Whether the map is made from exp(x - max): then mmax_fused_rows should bring it. */
bool mmax_map_uses_powers(const mmax_map *map);

/* Whether the map compares with the mean of the row's logits. */
bool mmax_map_uses_mean(const mmax_map *map);

/* The maps of a plan that names none. */
size_t mmax_default_maps(mmax_map maps[], size_t max_maps);

/* MultiMax: t of the paper for a term of sigma, in the order of ts: as it was written, else the
 * shortest number that gives the term's ts. */
double mmax_multimax_paper_t(const mmax_map *map, size_t term);

bool mmax_map_equal(const mmax_map *a, const mmax_map *b);

#endif
