/* What the program wrote, and what has to be so of all of it. */
#ifndef FUZZ_OUTPUTS_H
#define FUZZ_OUTPUTS_H

#include "fuzz.h"

/* JSON and NDJSON: whole documents; counts add up, quantiles ascend, the mean lies between the
 * extremes. */
void check_json(const char *text, size_t n);

/* NPY: rows of weights that sum to 1, or of zeros or NaNs alone. */
void check_probs(const char *path);

#endif
