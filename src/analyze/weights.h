/* Whether what is given as logits looks like weights, and along which axis; private to analyze. */
#ifndef MMAX_WEIGHTS_H
#define MMAX_WEIGHTS_H

#include "analyze/analyze.h"

/* A row of float16 weights may miss 1 by 2^-11, and printed ones by a little more. */
#define MMAX_PROBABILITY_SLACK 1e-3

/* An axis before the last is followed while as many sums run side by side at most: 8 MiB an axis.
 */
enum { MMAX_FOLLOWED_SUMS = 1024 * 1024 };

/* The sums along one axis before the last, for one index of the axes before it at a time. */
typedef struct mmax_axis_sums {
    size_t length; /* of the axis; 0 while a text does not show it yet */
    size_t n_rows; /* rows from one index of the axis to the next */
    size_t row;    /* the next one, from the first that these sums are of */
    double *sums;  /* (n_rows, row_length); NULL: not followed, or no longer */
    bool has_sums; /* all of one index before were 1 */
} mmax_axis_sums;

/* Follows the entries of an input as they stand there. */
typedef struct mmax_weight_watch {
    const mmax_input *input;
    bool has_rows;
    bool saw_others;                    /* an entry below 0 or above 1 */
    bool saw_other_rows;                /* a row that does not sum to 1 */
    mmax_axis_sums axes[MMAX_MAX_DIMS]; /* (n_dims - 1,) */
} mmax_weight_watch;

/* The input is the source's, and kept. */
void mmax_weight_watch_begin(mmax_weight_watch *watch, const mmax_input *input);
void mmax_weight_watch_end(mmax_weight_watch *watch);

/* entries (n_rows, row_length), the next rows.  The first negative entry, NaN or entry above 1 ends
 * it all: logits cost nothing.  Memory that cannot be had costs an axis, for a note is not worth an
 * error. */
void mmax_weight_watch_rows(mmax_weight_watch *watch, size_t n_rows, const double *entries);

/* At the end of the input: the axis along which all entries are at least 0 and sum to 1, within
 * MMAX_PROBABILITY_SLACK and whatever the other indices; the last one if there are several, -1 if
 * there is none.  Axes of length 1 tell nothing. */
int mmax_weight_watch_axis(const mmax_weight_watch *watch);

#endif
