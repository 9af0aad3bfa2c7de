/* kernels: the arithmetic of a block of rows, and nothing else.
 * In: logits, C order.  Out: facts of each row, weights, supports.  Called by map, metrics,
 * analyze. No allocation, no files, no threads, no locale: libm and memory only.
 *
 * These are scalar, in float64, and exact at every edge: what fused.h, which most rows go through,
 * is held against and leaves rows to.  No result of a row depends on the other rows of its block.
 */
#ifndef MMAX_KERNELS_H
#define MMAX_KERNELS_H

#include "base/base.h"

#define MMAX_NO_COLUMN SIZE_MAX

/* What every map and metric asks of a row of logits. */
typedef struct mmax_row_facts {
    size_t n_live;   /* entries that are not -inf */
    size_t invalid;  /* column of the first NaN or +inf; MMAX_NO_COLUMN without one, and only then
                        does anything below mean something */
    double max, min; /* over the live entries; all of these are NaN when n_live = 0 */
    double mean;
    double log_sum_exp; /* ln sum exp(x), natural logarithm */
} mmax_row_facts;

/* logits (n_rows, row_length), facts (n_rows,) written. */
void mmax_kernel_facts(const double *logits, size_t n_rows, size_t row_length,
                       mmax_row_facts *facts);

/* The same without mean and log_sum_exp, which are left NaN: all that mmax_kernel_softmax needs. */
void mmax_kernel_extremes(const double *logits, size_t n_rows, size_t row_length,
                          mmax_row_facts *facts);

/* The arguments that every map's kernel shares.  Rows are valid: finite or -inf. */
typedef struct mmax_kernel_rows {
    const double *logits;        /* (n_rows, row_length) */
    const mmax_row_facts *facts; /* (n_rows,) of these logits */
    size_t n_rows, row_length;
    double *weights;     /* (n_rows, row_length) written; may be logits itself */
    double *log_weights; /* the same shape, or NULL: ln of the weights, right also where the
                            weight underflows; -inf outside the support */
    size_t *support;     /* (n_rows,) written */
} mmax_kernel_rows;

/* Each finishes any row of finite and masked logits: a row without a live entry gets weights 0 and
 * support 0, sum p = 1 within n units in the last place for every other, and what is outside the
 * support is 0 exactly.  The support is that of the map, never of underflow: softmax counts every
 * live entry, entmax those above its threshold, evsoftmax those that are at least the mean.
 * O(row_length) a row and pass, and softmax and evsoftmax 2 passes, entmax 5 to 10 over the entries
 * within 1/(alpha - 1) of the maximum; for alpha > 2 another 2 log2 of their number. */
void mmax_kernel_softmax(const mmax_kernel_rows *rows, double temperature); /* > 0, finite */
void mmax_kernel_sparsemax(const mmax_kernel_rows *rows);
void mmax_kernel_entmax(const mmax_kernel_rows *rows, double alpha); /* in [1, 10] */
void mmax_kernel_evsoftmax(const mmax_kernel_rows *rows);

/* MultiMax's modulation sigma with the coefficients of the released code.
 *
 * ranges     (n_rows, 4) the breakpoints of each row
 * modulated  (n_rows, row_length) written; sigma(-inf) = -inf; may be rows->weights
 *
 * Returns the first row in which sigma overflows, n_rows if none does. */
size_t mmax_kernel_modulate(const double *logits, size_t n_rows, size_t row_length,
                            const double ts[4], const double *ranges, double *modulated);

#endif
