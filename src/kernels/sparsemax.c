#include "kernels/rows.h"

#include <math.h>

/* The threshold tau with sum max(d - tau, 0) = 1.
 *
 * Michelot's active set: tau = (sum of the live d - 1) / their number, drop d <= tau, repeat until
 * nothing drops.  It is Newton's method from tau = -1 on a convex piecewise linear function, hence
 * monotone and finite; at its end tau is the closed form on the final support, with an accurate
 * sum, so there is nothing left to polish.
 *
 * Michelot, J. Optim. Theory Appl. 50, 1986; the variants are compared by Condat, Fast projection
 * onto the simplex and the l1 ball, Math. Program. 158, 2016. */
static double threshold(const mmax_candidates *candidates)
{
    double tau = -1;
    size_t n_before = SIZE_MAX;
    for (;;) {
        mmax_sum sum = {0, 0};
        size_t n_inside = 0;
        for (size_t i = 0; i < candidates->n; i++) {
            double d = candidates->d[i];
            bool inside = d > tau;
            sum = mmax_sum_add(sum, inside ? d : 0);
            n_inside += inside;
        }
        /* Rounding can make a threshold fall by its last bit and let an entry in again: the number
         * then fails to decrease, which ends the loop in any case. */
        if (n_inside >= n_before)
            return tau;
        tau = mmax_sum_less_one(sum) / (double)n_inside;
        n_before = n_inside;
    }
}

/* Martins and Astudillo, From Softmax to Sparsemax, ICML 2016, arXiv 1602.02068. */
void mmax_row_sparsemax(const mmax_row *row)
{
    mmax_candidates candidates;
    mmax_candidates_gather(row, 1, &candidates);
    double tau = threshold(&candidates);
    size_t support = 0;
    for (size_t i = 0; i < row->n; i++) {
        double excess = row->weights[i] - tau;
        bool inside = excess > 0;
        row->weights[i] = inside ? excess : 0;
        support += inside;
    }
    for (size_t i = 0; row->log_weights && i < row->n; i++)
        row->log_weights[i] = log(row->weights[i]);
    *row->support = support;
}

void mmax_kernel_sparsemax(const mmax_kernel_rows *rows)
{
    for (size_t i = 0; i < rows->n_rows; i++) {
        mmax_row row = mmax_row_at(rows, i);
        if (row.facts->n_live == 0)
            mmax_row_clear(&row);
        else
            mmax_row_sparsemax(&row);
    }
}
