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

/* Whether rows are still looked at for weights, and one more row to look at: for inputs that are
 * not transformed at all. */
bool mmax_transform_is_watching(const mmax_transform *transform);
void mmax_transform_watch_row(mmax_transform *transform, const double *entries);

/* At the end of the input: whether a mask fits the number of rows that a text turned out to have.
 */
mmax_status mmax_transform_finish(const mmax_transform *transform, mmax_error *error);

/* At the end of the input: the axis along which it looked like weights, as it stood there; -1 for
 * none and where FROM_PROBS is on.  See weights.h. */
int mmax_transform_probability_axis(const mmax_transform *transform);

#endif
