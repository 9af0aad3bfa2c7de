#include "kernels/rows.h"

#include <math.h>

/* Entmax for alpha > 2:  p = max(a d - tau, 0)^(1/a),  a = alpha - 1 > 1,  d = x - max.
 *
 * The exponent is below 1, so p rises infinitely steeply at the threshold: near it a last bit of
 * tau is 1e-8 of a weight at alpha = 3 and 1e-2 at alpha = 10, sum p = 1 cannot be met in tau, and
 * sum p - 1 is neither convex nor concave.  A single small weight is well determined by the logits
 * all the same: it is the variable that is wrong.  So first find the support, that is its smallest
 * entry d_k; then solve for that entry's weight y:
 *
 *     p_i = (a (d_i - d_k) + y^a)^(1/a),   sum p = 1
 *
 * Nothing cancels, as both terms are >= 0.  Each p_i is an a-norm in y, so the sum is convex, and
 * its slope sum (y / p_i)^(a - 1) lies between 1 and the size of the support: Newton's method from
 * y = 1/k, where every weight is at least 1/k, falls monotonely to the root.  (Two entries side by
 * side near the threshold share their weight by the last bits of their difference: that much
 * ill-conditioning is in the problem.) */

/* Most rows take 2 to 8 steps; hostile ones have taken 40. */
enum { MAX_STEPS = 200 };

/* sum p over the entries above PIVOT if PIVOT were the threshold. */
static double mass_above(const mmax_candidates *candidates, double a, double pivot)
{
    mmax_sum sum = {0, 0};
    for (size_t i = 0; i < candidates->n; i++) {
        double distance = a * (candidates->d[i] - pivot);
        if (distance > 0) /* a branch: pow costs more than a wrong guess */
            sum = mmax_sum_add(sum, pow(distance, 1 / a));
    }
    return mmax_sum_value(sum);
}

/* The middle one, by position, of the entries in (below, above); ABOVE when there is none. */
static double middle_between(const mmax_candidates *candidates, double below, double above)
{
    size_t n_between = 0;
    for (size_t i = 0; i < candidates->n; i++)
        n_between += candidates->d[i] > below && candidates->d[i] < above;
    size_t left = n_between / 2;
    for (size_t i = 0; i < candidates->n && n_between > 0; i++) {
        bool between = candidates->d[i] > below && candidates->d[i] < above;
        if (between && left == 0)
            return candidates->d[i];
        left -= between;
    }
    return above;
}

/* The smallest d of the support: an entry is in it when, as the threshold, it would leave less than
 * 1 to those above.  That is monotone in d, so the entries are bisected as quickselect does: about
 * 2 log2(n) evaluations (n for a row made to that end), and exact where bisection of tau would end
 * in the rounding. */
static double smallest_inside(const mmax_candidates *candidates, double a)
{
    double outside = -1 / a, inside = 0;
    for (;;) {
        double pivot = middle_between(candidates, outside, inside);
        if (pivot == inside)
            return inside;
        if (mass_above(candidates, a, pivot) < 1)
            inside = pivot;
        else
            outside = pivot;
    }
}

/* The weight of an entry DISTANCE = a (d - d_k) >= 0 above the smallest, which has weight y. */
static double weight_at(double distance, double a, double y, double y_to_a)
{
    return distance > 0 ? pow(distance + y_to_a, 1 / a) : y;
}

static double newton(const mmax_candidates *candidates, double a, double smallest, double y)
{
    double y_to_a = pow(y, a), slope = 0;
    mmax_sum sum = {0, 0};
    for (size_t i = 0; i < candidates->n; i++) {
        double distance = a * (candidates->d[i] - smallest);
        if (!(distance >= 0))
            continue;
        double p = weight_at(distance, a, y, y_to_a);
        sum = mmax_sum_add(sum, p);
        slope += distance > 0 ? y_to_a / (distance + y_to_a) * (p / y) : 1;
    }
    double next = y - mmax_sum_less_one(sum) / slope;
    /* The root is positive, but may be lost in the rounding of a sum near 1. */
    return next > 0 ? next : y / 2;
}

static double smallest_weight(const mmax_candidates *candidates, double a, double smallest)
{
    size_t k = 0;
    for (size_t i = 0; i < candidates->n; i++)
        k += candidates->d[i] >= smallest;
    double y = 1 / (double)k;
    for (int step = 0; step < MAX_STEPS; step++) {
        double next = newton(candidates, a, smallest, y);
        bool falls = next < y;
        y = next;
        if (!falls)
            break;
    }
    return y;
}

void mmax_row_entmax_steep(const mmax_row *row, double alpha)
{
    double a = alpha - 1; /* exact */
    mmax_candidates candidates;
    mmax_candidates_gather(row, a, &candidates);
    double smallest = smallest_inside(&candidates, a);
    double y = smallest_weight(&candidates, a, smallest), y_to_a = pow(y, a);
    size_t support = 0;
    for (size_t i = 0; i < row->n; i++) {
        double distance = a * (row->weights[i] - smallest);
        bool inside = distance >= 0;
        row->weights[i] = inside ? weight_at(distance, a, y, y_to_a) : 0;
        support += inside;
    }
    mmax_row_normalize(row);
    for (size_t i = 0; row->log_weights && i < row->n; i++)
        row->log_weights[i] = log(row->weights[i]);
    *row->support = support;
}
