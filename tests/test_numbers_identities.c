/* What follows from the definitions, on rows of every sort; tests/test_map_identities.c has the
 * identities of all maps alike. */
#include "test_numbers.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { MOST = 300 };

typedef void row_check(size_t sort, const double *x, size_t n, testing_random *random);

static void for_every_row(row_check *check)
{
    static const size_t lengths[] = {1, 2, 3, 7, 16, 33, 100, MOST};
    static double x[MOST];
    testing_random random = {77};
    for (size_t sort = 0; row_sort_name(sort); sort++) {
        for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
            make_sorted_row(sort, i % 2, &random, x, lengths[i]);
            check(sort, x, lengths[i], &random);
        }
    }
}

static size_t weigh(const mmax_map *map, const double *x, size_t n, double *p)
{
    size_t support;
    mmax_error error;
    if (mmax_map_rows(map, x, 1, n, NULL, p, &support, &error) != MMAX_OK)
        ck_abort_msg("%s", error.message);
    return support;
}

static const mmax_map sparsemax = {.kind = MMAX_SPARSEMAX}, evsoftmax = {.kind = MMAX_EVSOFTMAX};

static mmax_map softmax_at(double temperature)
{
    return (mmax_map){.kind = MMAX_SOFTMAX, .temperature = temperature};
}

#define REQUIRE(condition, sort, n)                                                                \
    do {                                                                                           \
        if (!(condition))                                                                          \
            ck_abort_msg("'%s' of %zu: not %s", row_sort_name(sort), n, #condition);               \
    } while (0)

/* ---- temperature ----------------------------------------------------------------------------- */

typedef struct ends {
    double max, second, min; /* second: the largest below the maximum */
    size_t n_live, n_max;
} ends;

static ends ends_of(const double *x, size_t n)
{
    ends e = {-HUGE_VAL, -HUGE_VAL, HUGE_VAL, 0, 0};
    for (size_t i = 0; i < n; i++) {
        e.max = fmax(e.max, x[i]);
        e.min = x[i] > -HUGE_VAL ? fmin(e.min, x[i]) : e.min;
        e.n_live += x[i] > -HUGE_VAL;
    }
    for (size_t i = 0; i < n; i++) {
        e.n_max += x[i] == e.max;
        e.second = x[i] < e.max ? fmax(e.second, x[i]) : e.second;
    }
    return e;
}

static void check_limits(size_t sort, const double *x, size_t n, testing_random *random)
{
    double p[MOST];
    ends e = ends_of(x, n);
    (void)random;
    double cold = (e.max - e.second) / 1000, hot = (e.max - e.min) * 0x1p60;
    mmax_map map = softmax_at(isfinite(cold) && cold > 0 ? cold : 1e-300);
    size_t support = weigh(&map, x, n, p);
    REQUIRE(support == e.n_live, sort, n);
    for (size_t i = 0; i < n && cold > 1e-320 && e.n_live > 0; i++)
        REQUIRE(fabs(p[i] - (x[i] == e.max ? 1 / (double)e.n_max : 0)) <= DBL_EPSILON, sort, n);
    if (!isfinite(hot) || e.n_live == 0)
        return;
    map = softmax_at(fmax(hot, DBL_MIN));
    weigh(&map, x, n, p);
    for (size_t i = 0; i < n; i++)
        REQUIRE(fabs(p[i] - (x[i] > -HUGE_VAL ? 1 / (double)e.n_live : 0)) <= DBL_EPSILON, sort, n);
}

START_TEST(softmax_goes_from_the_largest_entries_to_all_alike_as_it_warms)
{
    for_every_row(check_limits);
}
END_TEST

static bool bears_scaling(const ends *e)
{
    double least = fmin(fabs(e->max), fabs(e->min));
    return fmax(fabs(e->max), fabs(e->min)) < 1e290 && (least == 0 || least > 1e-280);
}

/* By a power of two, of which nothing is rounded. */
static void check_scaling(size_t sort, const double *x, size_t n, testing_random *random)
{
    double scaled[MOST], p[MOST], q[MOST];
    ends e = ends_of(x, n);
    (void)random;
    for (size_t i = 0; i < n; i++)
        scaled[i] = 8 * x[i];
    mmax_map map = softmax_at(0.75), hotter = softmax_at(6);
    weigh(&map, x, n, p);
    weigh(&hotter, scaled, n, q);
    REQUIRE(!bears_scaling(&e) || memcmp(p, q, n * sizeof *p) == 0, sort, n);
}

START_TEST(scaling_logits_and_temperature_alike_changes_no_bit)
{
    for_every_row(check_scaling);
}
END_TEST

/* ---- projection ------------------------------------------------------------------------------ */

/* Weights are the nearest point of the simplex to themselves. */
static void check_projection(size_t sort, const double *x, size_t n, testing_random *random)
{
    double p[MOST], again[MOST];
    mmax_map map = softmax_at(1);
    (void)random;
    if (weigh(&map, x, n, p) == 0)
        return;
    weigh(&sparsemax, p, n, again);
    for (size_t i = 0; i < n; i++)
        REQUIRE(fabs(p[i] - again[i]) <= 2 * DBL_EPSILON, sort, n);
}

START_TEST(sparsemax_leaves_weights_as_they_are)
{
    for_every_row(check_projection);
}
END_TEST

/* A projection onto a convex set is no further from another than their points are. */
static void check_distance(size_t sort, const double *x, size_t n, testing_random *random)
{
    double moved[MOST], p[MOST], q[MOST];
    long double before = 0, after = 0;
    for (size_t i = 0; i < n; i++) {
        moved[i] = x[i] + 0.1 * testing_normal(random);
        if (x[i] > -HUGE_VAL)
            before += ((long double)moved[i] - (long double)x[i]) *
                      ((long double)moved[i] - (long double)x[i]);
    }
    weigh(&sparsemax, x, n, p);
    weigh(&sparsemax, moved, n, q);
    for (size_t i = 0; i < n; i++)
        after += ((long double)p[i] - (long double)q[i]) * ((long double)p[i] - (long double)q[i]);
    REQUIRE(sqrtl(after) <= sqrtl(before) + 4 * (long double)DBL_EPSILON, sort, n);
}

START_TEST(sparsemax_brings_rows_no_further_apart)
{
    for_every_row(check_distance);
}
END_TEST

/* ---- evsoftmax ------------------------------------------------------------------------------- */

static void check_kept(size_t sort, const double *x, size_t n, testing_random *random)
{
    double p[MOST], q[MOST], kept[MOST];
    mmax_map map = softmax_at(1);
    mmax_row_facts facts;
    (void)random;
    mmax_kernel_facts(x, 1, n, &facts);
    for (size_t i = 0; i < n; i++)
        kept[i] = x[i] >= facts.mean ? x[i] : -HUGE_VAL;
    size_t support = weigh(&evsoftmax, x, n, p);
    REQUIRE(support == weigh(&map, kept, n, q), sort, n);
    REQUIRE(memcmp(p, q, n * sizeof *p) == 0, sort, n);
}

START_TEST(evsoftmax_is_softmax_of_the_entries_that_are_at_least_the_mean)
{
    for_every_row(check_kept);
}
END_TEST

TCase *number_identities(void)
{
    TCase *tests = tcase_create("identities");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, softmax_goes_from_the_largest_entries_to_all_alike_as_it_warms);
    tcase_add_test(tests, scaling_logits_and_temperature_alike_changes_no_bit);
    tcase_add_test(tests, sparsemax_leaves_weights_as_they_are);
    tcase_add_test(tests, sparsemax_brings_rows_no_further_apart);
    tcase_add_test(tests, evsoftmax_is_softmax_of_the_entries_that_are_at_least_the_mean);
    return tests;
}
