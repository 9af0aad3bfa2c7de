/* What the kernels share among themselves: sums that do not lose, rows relative to their maximum.
 * Not for other rooms. */
#ifndef MMAX_KERNELS_ROWS_H
#define MMAX_KERNELS_ROWS_H

#include "kernels/kernels.h"

/* ---- sums ------------------------------------------------------------------------------------ */

/* A sum carried as high + low: error 2^-53 |sum| + n 2^-106 sum |terms|, whatever the order and
 * the cancellation.  Only the addition to HIGH is on the critical path, so it costs little more
 * than the plain sum.  (Ogita, Rump and Oishi, Accurate Sum and Dot Product, SIAM J. Sci. Comput.
 * 2005, with Knuth's branch-free two-sum.) */
typedef struct mmax_sum {
    double high, low;
} mmax_sum;

static inline mmax_sum mmax_sum_add(mmax_sum sum, double term)
{
    double high = sum.high + term;
    double part = high - sum.high;
    double lost = (sum.high - (high - part)) + (term - part);
    return (mmax_sum){high, sum.low + lost};
}

static inline double mmax_sum_value(mmax_sum sum)
{
    return sum.high + sum.low;
}

/* The sum less 1, without losing what is small beside 1. */
static inline double mmax_sum_less_one(mmax_sum sum)
{
    return (sum.high - 1) + sum.low;
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* One row of a block. */
typedef struct mmax_row {
    const double *logits;
    const mmax_row_facts *facts;
    size_t n;
    double *weights;
    double *log_weights; /* or NULL */
    size_t *support;
} mmax_row;

mmax_row mmax_row_at(const mmax_kernel_rows *rows, size_t i);

/* The result of a row without a live entry. */
void mmax_row_clear(const mmax_row *row);

/* Divides the weights, exponentials of the log-weights, by their sum >= 1. */
void mmax_row_divide(const mmax_row *row, mmax_sum sum);

/* Softmax of one row at a temperature: what entmax is at alpha = 1. */
void mmax_row_softmax(const mmax_row *row, double temperature);

/* Sparsemax of one row: what entmax is at alpha = 2. */
void mmax_row_sparsemax(const mmax_row *row);

/* Entmax of one row for alpha > 2. */
void mmax_row_entmax_steep(const mmax_row *row, double alpha);

/* ---- maps with a threshold ------------------------------------------------------------------- */

enum { MMAX_MAX_CANDIDATES = 1024 };

/* The entries of a row that can be in the support, as differences d = x - max <= 0.  They lie in
 * BUFFER where they fit, else d is the row's weights, whose other entries do no harm: every loop
 * selects by the threshold anyway. */
typedef struct mmax_candidates {
    const double *d; /* (n,) */
    size_t n;
    double buffer[MMAX_MAX_CANDIDATES + 1]; /* one more: see mmax_candidates_gather */
} mmax_candidates;

/* Writes d = x - max to the row's weights and gathers the entries with scale * d > -1.  A
 * difference that overflows is -inf, which is outside every support as it should be. */
void mmax_candidates_gather(const mmax_row *row, double scale, mmax_candidates *candidates);

/* Divides the weights by their sum, which rounding has left within some ulps of 1: equal logits get
 * weights of exactly 1/n. */
void mmax_row_normalize(const mmax_row *row);

#endif
