#include "kernels/rows.h"

#include <float.h>
#include <math.h>

static mmax_row_facts extremes_of_row(const double *logits, size_t n)
{
    mmax_row_facts facts = {
        .invalid = MMAX_NO_COLUMN, .mean = (double)NAN, .log_sum_exp = (double)NAN};
    double max = -HUGE_VAL, min = HUGE_VAL;
    size_t n_masked = 0, n_valid = 0;
    for (size_t i = 0; i < n; i++) {
        double x = logits[i];
        bool masked = x == -HUGE_VAL;
        n_masked += masked;
        n_valid += x < HUGE_VAL; /* false for NaN, too */
        max = x > max ? x : max;
        min = !masked && x < min ? x : min;
    }
    facts.n_live = n - n_masked;
    facts.max = facts.n_live ? max : (double)NAN;
    facts.min = facts.n_live ? min : (double)NAN;
    if (n_valid < n) {
        size_t i = 0;
        while (logits[i] < HUGE_VAL)
            i++;
        facts.invalid = i;
    }
    return facts;
}

/* (high + low) / n, rounded once up to the error of the sum: the remainder of the division is
 * exact with a fused multiply-add. */
static double divide(mmax_sum sum, double n)
{
    double quotient = sum.high / n;
    double remainder = fma(-quotient, n, sum.high) + sum.low;
    return quotient + remainder / n;
}

/* Mean and log-sum-exp of a valid row with a live entry. */
static void add_means(const double *logits, size_t n, mmax_row_facts *facts)
{
    double max = facts->max, min = facts->min;
    /* Numbers near DBL_MAX are added at 2^-64 of their size; what becomes subnormal by that is far
     * below the last bit of such a mean. */
    bool large = max > 0x1p900 || min < -0x1p900;
    double scale = large ? 0x1p-64 : 1, unscale = large ? 0x1p64 : 1;
    mmax_sum total = {0, 0}, exponentials = {0, 0};
    for (size_t i = 0; i < n; i++) {
        double x = logits[i];
        total = mmax_sum_add(total, x == -HUGE_VAL ? 0 : scale * x);
        exponentials = mmax_sum_add(exponentials, exp(x - max));
    }
    double mean = divide(total, (double)facts->n_live) * unscale;
    /* Rounding must not carry the mean of equal numbers past them: evsoftmax compares with it. */
    mean = mean > max ? max : mean;
    facts->mean = mean < min ? min : mean;
    facts->log_sum_exp = max + log1p(mmax_sum_less_one(exponentials));
}

void mmax_kernel_extremes(const double *logits, size_t n_rows, size_t row_length,
                          mmax_row_facts *facts)
{
    for (size_t i = 0; i < n_rows; i++)
        facts[i] = extremes_of_row(logits + i * row_length, row_length);
}

void mmax_kernel_facts(const double *logits, size_t n_rows, size_t row_length,
                       mmax_row_facts *facts)
{
    for (size_t i = 0; i < n_rows; i++) {
        const double *row = logits + i * row_length;
        facts[i] = extremes_of_row(row, row_length);
        if (facts[i].n_live > 0 && facts[i].invalid == MMAX_NO_COLUMN)
            add_means(row, row_length, &facts[i]);
    }
}
