#include "stats/parts.h"

/* Welford, Note on a Method for Calculating Corrected Sums of Squares and Products, Technometrics
 * 4(3), 1962.  Equal values leave mean and squares as they are, to the bit. */
void mmax_moments_add(moments *m, double value)
{
    m->n++;
    double before = value - m->mean;
    m->mean = m->n == 1 ? value : m->mean + before / (double)m->n;
    m->squares += m->n == 1 ? 0 : before * (value - m->mean);
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
    double n = (double)(m->n + other->n);
    double share = (double)other->n / n;
    double difference = other->mean - m->mean;
    m->mean += difference * share;
    m->squares += other->squares + difference * difference * (double)m->n * share;
    m->n += other->n;
}
