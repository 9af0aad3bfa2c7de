#include "kernels/rows.h"

#include <math.h>

void mmax_row_divide(const mmax_row *row, mmax_sum sum)
{
    double total = mmax_sum_value(sum), log_total = log1p(mmax_sum_less_one(sum));
    for (size_t i = 0; i < row->n; i++)
        row->weights[i] /= total;
    for (size_t i = 0; row->log_weights && i < row->n; i++)
        row->log_weights[i] -= log_total;
}

/* p = exp(d) / sum exp(d) with d = (x - max) / t.
 *
 * d <= 0, and 0 at the maximum, so that the sum is at least 1 and nothing overflows for any t.
 * Where max - min exceeds DBL_MAX the differences are taken at half their size: a huge t can bring
 * them back into range.  The division is by t itself, as 1/t overflows for t below 2^-1024. */
void mmax_row_softmax(const mmax_row *row, double temperature)
{
    const mmax_row_facts *facts = row->facts;
    double scale = isfinite(facts->max - facts->min) ? 1 : 0.5, unscale = 1 / scale;
    double max = scale * facts->max;
    mmax_sum sum = {0, 0};
    for (size_t i = 0; i < row->n; i++) {
        double d = (scale * row->logits[i] - max) / temperature * unscale;
        double e = exp(d);
        sum = mmax_sum_add(sum, e);
        if (row->log_weights)
            row->log_weights[i] = d;
        row->weights[i] = e;
    }
    mmax_row_divide(row, sum);
    *row->support = facts->n_live;
}

void mmax_kernel_softmax(const mmax_kernel_rows *rows, double temperature)
{
    for (size_t i = 0; i < rows->n_rows; i++) {
        mmax_row row = mmax_row_at(rows, i);
        if (row.facts->n_live == 0)
            mmax_row_clear(&row);
        else
            mmax_row_softmax(&row, temperature);
    }
}
