#include "kernels/rows.h"

#include <math.h>

/* Entmax for 1 <= alpha <= 2; entmax_steep.c has alpha > 2.
 *
 *     p = max(1 + a (t + d), 0)^(1/a),  a = alpha - 1,  d = x - max,  sum p = 1
 *
 * The usual threshold is tau = -1 - a t on a d.  In t nothing cancels as alpha goes to 1: t and d
 * are both <= 0, t tends to -log-sum-exp, and
 *
 *     ln p = log1p(a (t + d)) / a
 *
 * tends to t + d.  An error eps of the log1p's argument moves p by at most eps c (1 - u) u^(c - 1)
 * with u = p^a and c = 1/a >= 1, which never exceeds eps: well conditioned in all of (1, 2].  (In
 * the form (a d - tau)^c the error is c times as large: 1e4 units in the last place at alpha
 * = 1.0001.)
 *
 * Peters, Niculae and Martins, Sparse Sequence-to-Sequence Models, ACL 2019; Correia, Niculae and
 * Martins, Adaptively Sparse Transformers, EMNLP 2019. */

/* Far more than any row needs: most take 2 to 8 steps, hostile ones have taken 20. */
enum { MAX_STEPS = 200 };

/* ---- 1 < alpha < 2 --------------------------------------------------------------------------- */

/* ln p of an entry; -inf outside the support. */
static double log_weight(double a, double t, double d)
{
    double w = a * (t + d);
    bool inside = w > -1;
    double log_p = log1p(inside ? w : -0.5) / a;
    return inside ? log_p : -HUGE_VAL;
}

/* One step of Newton's method on N(t) = (sum p)^a - 1: how far it leads.
 *
 * N + 1 is the 1/a-norm of the u = p^a, so N is convex and increasing in t; from t = 0, where the
 * maximum alone weighs 1, the steps fall monotonely to the root.  The norm is nearly linear: for
 * alpha near 1 a step is Newton's on the log-sum, where f(t) = sum p - 1 itself would creep down
 * from sum p = n.  With S = sum p and S' = sum p^(2 - alpha) the step is S expm1(-a ln S) / (a S').
 */
static double newton(const mmax_candidates *candidates, double a, double t)
{
    mmax_sum sum = {0, 0};
    double slope = 0;
    for (size_t i = 0; i < candidates->n; i++) {
        double log_p = log_weight(a, t, candidates->d[i]);
        double p = exp(log_p);
        bool inside = log_p > -HUGE_VAL;
        sum = mmax_sum_add(sum, p);
        slope += inside ? p / (1 + a * (t + candidates->d[i])) : 0;
    }
    /* Beside a weight of 1 the others can be too small for any t to account for them: without this
     * the steps would go on without end, each lost in the rounding of the largest weight. */
    if (mmax_sum_value(sum) == 1)
        return 0;
    double log_sum = log1p(mmax_sum_less_one(sum));
    return mmax_sum_value(sum) / slope * (expm1(-a * log_sum) / a);
}

/* LOW is the step that t is too coarse for.  It moves the sum of k weights by k times itself, which
 * the last division would put on the largest, so that each weight takes its own part of it:
 * d ln p / dt = p^-a. */
typedef struct threshold {
    double t, low;
} threshold;

static threshold find_threshold(const mmax_candidates *candidates, double a)
{
    threshold at = {0, 0};
    for (int step = 0; step < MAX_STEPS; step++) {
        at.low = newton(candidates, a, at.t);
        double next = at.t + at.low;
        /* In exact arithmetic it falls for ever; that it does not is the last bit. */
        if (!(next < at.t))
            break;
        at = (threshold){.t = next};
    }
    return at;
}

static void entmax_row(const mmax_row *row, double alpha)
{
    double a = alpha - 1; /* exact */
    mmax_candidates candidates;
    mmax_candidates_gather(row, a, &candidates);
    threshold at = find_threshold(&candidates, a);
    size_t support = 0;
    for (size_t i = 0; i < row->n; i++) {
        double d = row->weights[i], log_p = log_weight(a, at.t, d);
        if (log_p > -HUGE_VAL)
            log_p += at.low / (1 + a * (at.t + d));
        support += log_p > -HUGE_VAL;
        if (row->log_weights)
            row->log_weights[i] = log_p;
        row->weights[i] = exp(log_p);
    }
    mmax_row_normalize(row);
    *row->support = support;
}

/* ---- alpha = 1.5 ----------------------------------------------------------------------------- */

/* The threshold tau on z = d/2 by the same Newton's method without a power, as far as the sums
 * carry: enough to know the support. */
static double approximate_threshold15(const mmax_candidates *candidates)
{
    double tau = -1;
    for (int step = 0; step < MAX_STEPS; step++) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < candidates->n; i++) {
            double u = 0.5 * candidates->d[i] - tau;
            u = u > 0 ? u : 0;
            sum += u;
            squares += u * u;
        }
        double next = tau + (squares - sqrt(squares)) / sum;
        if (!(next > tau))
            break;
        tau = next;
    }
    return tau;
}

/* The closed form on a support of k entries: tau = mean - sqrt((1 - sum (z - mean)^2) / k).  As
 * u <= 1 and sum u^2 = 1, the root's argument is at least 1/k^2: its cancellation is harmless. */
static double threshold15(const mmax_candidates *candidates)
{
    double above = approximate_threshold15(candidates);
    mmax_sum sum = {0, 0}, squares = {0, 0};
    size_t n_inside = 0;
    for (size_t i = 0; i < candidates->n; i++) {
        double z = 0.5 * candidates->d[i];
        sum = mmax_sum_add(sum, z > above ? z : 0);
        n_inside += z > above;
    }
    double k = (double)n_inside, mean = mmax_sum_value(sum) / k;
    for (size_t i = 0; i < candidates->n; i++) {
        double z = 0.5 * candidates->d[i];
        squares = mmax_sum_add(squares, z > above ? (z - mean) * (z - mean) : 0);
    }
    double rest = -mmax_sum_less_one(squares);
    return mean - sqrt((rest > 0 ? rest : 0) / k);
}

static void entmax15_row(const mmax_row *row)
{
    mmax_candidates candidates;
    mmax_candidates_gather(row, 0.5, &candidates);
    double tau = threshold15(&candidates);
    size_t support = 0;
    for (size_t i = 0; i < row->n; i++) {
        double u = 0.5 * row->weights[i] - tau;
        bool inside = u > 0;
        row->weights[i] = inside ? u * u : 0;
        support += inside;
        if (row->log_weights)
            row->log_weights[i] = 2 * log(inside ? u : 0);
    }
    mmax_row_normalize(row);
    *row->support = support;
}

/* ---- any alpha ------------------------------------------------------------------------------- */

void mmax_kernel_entmax(const mmax_kernel_rows *rows, double alpha)
{
    for (size_t i = 0; i < rows->n_rows; i++) {
        mmax_row row = mmax_row_at(rows, i);
        if (row.facts->n_live == 0)
            mmax_row_clear(&row);
        else if (alpha == 1)
            mmax_row_softmax(&row, 1);
        else if (alpha == 1.5)
            entmax15_row(&row);
        else if (alpha < 2)
            entmax_row(&row, alpha);
        else if (alpha == 2)
            mmax_row_sparsemax(&row);
        else
            mmax_row_entmax_steep(&row, alpha);
    }
}
