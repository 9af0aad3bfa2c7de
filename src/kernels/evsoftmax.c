#include "kernels/rows.h"

#include <math.h>

/* Softmax over the entries that are at least the mean of the live ones.
 *
 * The mean is rounded to a double, and within its row's range (mmax_kernel_facts).  Rounding is
 * monotone: an entry that is at least the exact mean is at least the rounded one and always in; an
 * entry below the exact mean is in only where the two round to the same double.  So (0.1, 0.2, 0.3)
 * keeps its middle, equal entries are uniform, and the maximum is always in.
 *
 * Chen, Itkina, Senanayake and Kochenderfer, Evidential Softmax for Sparse Multimodal Distributions
 * in Deep Generative Models, NeurIPS 2021, arXiv 2110.14182. */
static void evsoftmax_row(const mmax_row *row)
{
    double max = row->facts->max, mean = row->facts->mean;
    mmax_sum sum = {0, 0};
    size_t support = 0;
    for (size_t i = 0; i < row->n; i++) {
        double x = row->logits[i];
        bool inside = x >= mean;
        double d = x - max;
        double e = exp(inside ? d : 0);
        e = inside ? e : 0;
        sum = mmax_sum_add(sum, e);
        support += inside;
        if (row->log_weights)
            row->log_weights[i] = inside ? d : -HUGE_VAL;
        row->weights[i] = e;
    }
    mmax_row_divide(row, sum);
    *row->support = support;
}

void mmax_kernel_evsoftmax(const mmax_kernel_rows *rows)
{
    for (size_t i = 0; i < rows->n_rows; i++) {
        mmax_row row = mmax_row_at(rows, i);
        if (row.facts->n_live == 0)
            mmax_row_clear(&row);
        else
            evsoftmax_row(&row);
    }
}
