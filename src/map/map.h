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

/* sigma of a MultiMax on rows with one relevance threshold: where it bends, how steep it is, and
 * where it falls. */
enum { MMAX_SIGMA_TERMS = 4 };

typedef struct mmax_sigma {
    double ts[MMAX_SIGMA_TERMS], ranges[MMAX_SIGMA_TERMS];
    size_t n_knots;
    double knots[MMAX_SIGMA_TERMS];         /* (n_knots,) ascending */
    double slopes[MMAX_SIGMA_TERMS + 1][2]; /* (n_knots + 1,) of the stretches before, between and
                                               behind the knots, at both ends; linear between, and
                                               infinite at an open end where it is not constant */
    size_t n_falls;
    double falls[MMAX_SIGMA_TERMS + 1][2]; /* (n_falls,) ascending; infinite where they are open */
} mmax_sigma;

/* Of a map that is no MultiMax: the identity. */
void mmax_sigma_of(const mmax_map *map, double epsilon, mmax_sigma *sigma);

/* sigma(x); not finite where it overflows. */
double mmax_sigma_at(const mmax_sigma *sigma, double x);

bool mmax_map_equal(const mmax_map *a, const mmax_map *b);

#endif
