#include "stats/parts.h"

#include <math.h>

/* The rounding error of a + b goes to *LOST (Knuth's TwoSum: no comparison). */
static double add_exactly(double a, double b, double *lost)
{
    double sum = a + b;
    double b_seen = sum - a;
    *lost += (a - (sum - b_seen)) + (b - b_seen);
    return sum;
}

/* Several sums side by side: one would wait for itself at every value. */
enum { N_SUMS = 4 };

static void add_up(moments *m, const double *values, size_t n)
{
    double sums[N_SUMS] = {0}, lost[N_SUMS] = {0};
    for (size_t i = 0; i < n; i++)
        sums[i % N_SUMS] = add_exactly(sums[i % N_SUMS], values[i], &lost[i % N_SUMS]);
    for (size_t k = 0; k < N_SUMS; k++) {
        m->sum = add_exactly(m->sum, sums[k], &m->lost);
        m->lost += lost[k];
    }
}

/* The mean first, then the deviations from it (Chan, Golub and LeVeque, Algorithms for Computing
 * the Sample Variance, American Statistician 37, 1983).  Equal values are their mean, to the bit.
 */
moments mmax_moments_of(const double *values, size_t n)
{
    moments m = {.n = n};
    double least = (double)INFINITY, greatest = -(double)INFINITY, squares[N_SUMS] = {0};
    if (n == 0)
        return m;
    add_up(&m, values, n);
    for (size_t i = 0; i < n; i++) {
        least = values[i] < least ? values[i] : least;
        greatest = values[i] > greatest ? values[i] : greatest;
    }
    m.centre = mmax_moments_mean(&m);
    m.centre = m.centre < least ? least : m.centre > greatest ? greatest : m.centre;
    for (size_t i = 0; i < n; i++) {
        double deviation = values[i] - m.centre;
        squares[i % N_SUMS] += deviation * deviation;
    }
    m.squares = (squares[0] + squares[1]) + (squares[2] + squares[3]);
    return m;
}

/* Chan, Golub and LeVeque, Updating Formulae and a Pairwise Algorithm for Computing Sample
 * Variances, Stanford STAN-CS-79-773, 1979. */
void mmax_moments_merge(moments *m, const moments *other)
{
    if (other->n == 0)
        return;
    if (m->n == 0) {
        *m = *other;
        return;
    }
    double share = (double)other->n / (double)(m->n + other->n);
    double difference = other->centre - m->centre;
    m->centre += difference * share;
    m->squares += other->squares + difference * difference * (double)m->n * share;
    m->sum = add_exactly(m->sum, other->sum, &m->lost);
    m->lost += other->lost;
    m->n += other->n;
}

double mmax_moments_mean(const moments *m)
{
    return (m->sum + m->lost) / (double)m->n;
}
