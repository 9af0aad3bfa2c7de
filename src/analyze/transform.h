/* What becomes of the entries of an input before they are logits; private to analyze. */
#ifndef MMAX_TRANSFORM_H
#define MMAX_TRANSFORM_H

#include "analyze/analyze.h"

/* Reads a scale: [-]ATOM or [-]ATOM/ATOM, where ATOM is NUMBER or sqrt(NUMBER).  MMAX_EUSAGE unless
 * the whole is finite and not 0. */
mmax_status mmax_scale_parse(const char *text, double *scale, mmax_error *error);

typedef struct mmax_transform mmax_transform;

/* Prepares the rules for one source, which is kept; opens the mask.  MMAX_EDOMAIN for a causal mask
 * on an array of less than two axes; failures of mmax_mask_open. */
mmax_status mmax_transform_new(const mmax_transform_rules *rules, mmax_source *source,
                               const volatile sig_atomic_t *cancel, mmax_transform **transform,
                               mmax_error *error);
void mmax_transform_free(mmax_transform *transform);

/* Turns the source's last block into logits: entries (n_rows, row_length), of which the first row
 * is the input's FIRST_ROW.  Each row comes out the same whatever block it is in. MMAX_EDOMAIN,
 * with the place, for a negative weight and for a product or a sum that overflows. */
mmax_status mmax_transform_rows(mmax_transform *transform, size_t first_row, size_t n_rows,
                                double *entries, mmax_error *error);

/* At the end of the input: whether a mask fits the number of rows that a text turned out to have.
 */
mmax_status mmax_transform_finish(const mmax_transform *transform, mmax_error *error);

/* Whether every row so far was, as it stood in the input, at least 0 and summed to 1 within
 * MMAX_PROBABILITY_SLACK, and FROM_PROBS is off.  Rows of one entry tell nothing. */
bool mmax_transform_saw_probabilities(const mmax_transform *transform);

/* A row of float16 weights may miss 1 by 2^-11, and printed ones by a little more. */
#define MMAX_PROBABILITY_SLACK 1e-3

#endif
