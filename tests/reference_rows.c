#include "reference_rows.h"

#include <float.h>
#include <math.h>

typedef struct maker {
    testing_random *random;
    bool is_single;
    size_t n;
    double level; /* normal, the same for the whole row */
    size_t some;  /* a place in the row */
} maker;

typedef double make_entry(const maker *m, size_t i);

static double normal(const maker *m)
{
    return testing_normal(m->random);
}

static bool chance(const maker *m, double probability)
{
    return testing_uniform(m->random) < probability;
}

static double round_to_bits(double x, int bits)
{
    int exponent;
    double fraction = frexp(x, &exponent);
    return ldexp(rint(ldexp(fraction, bits)), exponent - bits);
}

/* A few units in the last place away. */
static double nudge(const maker *m, double x)
{
    int n = (int)(testing_uniform(m->random) * 5) - 2;
    for (; n != 0; n += n > 0 ? -1 : 1)
        x = m->is_single ? (double)nextafterf((float)x, n > 0 ? INFINITY : -INFINITY)
                         : nextafter(x, n > 0 ? HUGE_VAL : -HUGE_VAL);
    return x;
}

static double make_normal(const maker *m, size_t i)
{
    (void)i;
    return 2 * normal(m);
}

static double make_dense(const maker *m, size_t i)
{
    (void)i;
    return 0.1 * normal(m);
}

static double make_flat(const maker *m, size_t i)
{
    (void)i;
    return 1e-4 * normal(m) + m->level;
}

static double make_wide(const maker *m, size_t i)
{
    (void)i;
    return 40 * normal(m);
}

static double make_integers(const maker *m, size_t i)
{
    (void)i;
    return rint(3 * normal(m));
}

static double make_equal(const maker *m, size_t i)
{
    (void)i;
    return m->level;
}

static double make_tied_top(const maker *m, size_t i)
{
    return i % 7 == m->some % 7 ? 3 : fmin(2 * normal(m), 3);
}

static double make_near_ties(const maker *m, size_t i)
{
    (void)i;
    return nudge(m, m->level);
}

/* Around where entries leave the support of sparsemax and of entmax 1.5 under one maximum. */
static double make_on_threshold(const maker *m, size_t i)
{
    static const double below[] = {1, 2, 0.5, 1 / 3.0, 4};
    if (i == m->some)
        return 1;
    return nudge(m, 1 - below[(size_t)(testing_uniform(m->random) * 5)]);
}

static double make_outlier(const maker *m, size_t i)
{
    return i == m->some ? 60 + 1e4 * fabs(m->level) : normal(m);
}

static double make_masked(const maker *m, size_t i)
{
    return i != m->some && chance(m, 0.4) ? -HUGE_VAL : 2 * normal(m);
}

static double make_masked_but_one(const maker *m, size_t i)
{
    return i == m->some ? 10 * m->level : -HUGE_VAL;
}

static double make_masked_all(const maker *m, size_t i)
{
    (void)m, (void)i;
    return -HUGE_VAL;
}

static double make_masked_by_lowest(const maker *m, size_t i)
{
    return i != m->some && chance(m, 0.4) ? (double)-FLT_MAX : 2 * normal(m);
}

static double make_huge(const maker *m, size_t i)
{
    (void)i;
    double u = testing_uniform(m->random);
    return u < 0.3 ? 1e30 : u < 0.6 ? -1e30 : u < 0.8 ? 1e30 * normal(m) : normal(m);
}

static double make_largest(const maker *m, size_t i)
{
    (void)i;
    double u = testing_uniform(m->random), size = m->is_single ? 3e38 : 1e300;
    return u < 0.3 ? size : u < 0.6 ? -size : u < 0.8 ? size * (2 * u - 1.4) : normal(m);
}

static double make_tiny(const maker *m, size_t i)
{
    (void)i;
    return (m->is_single ? 1e-37 : 1e-300) * normal(m);
}

static double make_subnormal(const maker *m, size_t i)
{
    (void)i;
    return rint(50 * normal(m)) * (m->is_single ? 0x1p-149 : 0x1p-1074);
}

static double make_magnitudes(const maker *m, size_t i)
{
    (void)i;
    double exponent = (2 * testing_uniform(m->random) - 1) * (m->is_single ? 37 : 300);
    return copysign(pow(10, exponent), normal(m));
}

static double make_middle_magnitudes(const maker *m, size_t i)
{
    (void)i;
    return copysign(pow(10, 8 * testing_uniform(m->random) - 6), normal(m));
}

static double make_offset(const maker *m, size_t i)
{
    (void)i;
    return 1e6 * rint(3 * m->level) + normal(m);
}

static double make_ramp(const maker *m, size_t i)
{
    return (double)i * 4 * m->level / (double)m->n;
}

static double make_zeros(const maker *m, size_t i)
{
    (void)i;
    return chance(m, 0.5) ? 0 : -0.0;
}

static double make_half(const maker *m, size_t i)
{
    (void)i;
    return round_to_bits(4 * normal(m), 11);
}

static double make_bfloat(const maker *m, size_t i)
{
    (void)i;
    return round_to_bits(4 * normal(m), 8);
}

/* Probabilities' logarithms: what a logit often is. */
static double make_logarithms(const maker *m, size_t i)
{
    (void)i;
    return log(1e-30 + pow(testing_uniform(m->random), 8));
}

static const struct {
    const char *name;
    make_entry *make;
} sorts[] = {
    {"normal", make_normal},
    {"dense", make_dense},
    {"flat", make_flat},
    {"wide", make_wide},
    {"integers", make_integers},
    {"equal", make_equal},
    {"tied top", make_tied_top},
    {"near ties", make_near_ties},
    {"on threshold", make_on_threshold},
    {"outlier", make_outlier},
    {"masked", make_masked},
    {"masked but one", make_masked_but_one},
    {"masked all", make_masked_all},
    {"masked by lowest", make_masked_by_lowest},
    {"huge", make_huge},
    {"largest", make_largest},
    {"tiny", make_tiny},
    {"subnormal", make_subnormal},
    {"magnitudes", make_magnitudes},
    {"middle magnitudes", make_middle_magnitudes},
    {"offset", make_offset},
    {"ramp", make_ramp},
    {"zeros", make_zeros},
    {"float16", make_half},
    {"bfloat16", make_bfloat},
    {"logarithms", make_logarithms},
};

const char *row_sort_name(size_t sort)
{
    return sort < sizeof sorts / sizeof sorts[0] ? sorts[sort].name : NULL;
}

void make_sorted_row(size_t sort, bool is_single, testing_random *random, double *x, size_t n)
{
    const maker m = {.random = random,
                     .is_single = is_single,
                     .n = n,
                     .level = (double)(float)testing_normal(random),
                     .some = (size_t)(testing_uniform(random) * (double)n)};
    for (size_t i = 0; i < n; i++) {
        x[i] = sorts[sort].make(&m, i);
        if (is_single)
            x[i] = (double)(float)x[i];
    }
}

size_t random_length(testing_random *random)
{
    double u = testing_uniform(random);
    return (size_t)exp(u * u * log(LONGEST_ROW + 1));
}
