#include "stats/parts.h"

/* The rounding error of a + b goes to *LOST (Knuth's TwoSum: no comparison). */
static double add_exactly(double a, double b, double *lost)
{
    double sum = a + b;
    double b_seen = sum - a;
    *lost += (a - (sum - b_seen)) + (b - b_seen);
    return sum;
}

/* Welford, Note on a Method for Calculating Corrected Sums of Squares and Products, Technometrics
 * 4(3), 1962.  Equal values leave centre and squares as they are, to the bit. */
void mmax_moments_add(moments *m, double value)
{
    m->n++;
    double before = value - m->centre;
    m->centre = m->n == 1 ? value : m->centre + before / (double)m->n;
    m->squares += m->n == 1 ? 0 : before * (value - m->centre);
    m->sum = add_exactly(m->sum, value, &m->lost);
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
