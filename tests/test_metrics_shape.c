/* Gini and peaks: the metrics with algorithms of their own, against their definitions. */
#include "test_metrics.h"

#include <math.h>
#include <stdlib.h>

/* ---- peaks ----------------------------------------------------------------------------------- */

/* The height of the lowest point between PEAK and strictly higher terrain in direction STEP; none
 * (-inf) where the row ends first.  p holds the live entries. */
static double key_col(const double *p, size_t n, size_t peak, ptrdiff_t step)
{
    double lowest = p[peak];
    for (size_t i = peak; step > 0 ? i + 1 < n : i > 0;) {
        i += (size_t)step;
        if (p[i] > p[peak])
            return lowest;
        lowest = fmin(lowest, p[i]);
    }
    return -infinite;
}

static bool is_peak(const double *p, size_t n, size_t i)
{
    if (i > 0 && p[i - 1] >= p[i]) /* of a plateau its first entry */
        return false;
    size_t after = i;
    while (after < n && p[after] >= p[i] && p[after] <= p[i])
        after++;
    return after == n || p[after] < p[i];
}

/* By the definition, quadratic. */
static size_t count_peaks(const double *logits, const double *weights, size_t length)
{
    double *p = mmax_alloc_array(length, sizeof *p), max = 0;
    size_t n = 0, count = 0;
    for (size_t i = 0; i < length; i++) {
        if (logits[i] > -infinite) {
            p[n++] = weights[i];
            max = fmax(max, weights[i]);
        }
    }
    for (size_t i = 0; i < n; i++) {
        double col = fmax(key_col(p, n, i, 1), key_col(p, n, i, -1));
        double prominence = col > -infinite ? p[i] - col : max;
        count += is_peak(p, n, i) && prominence >= 0.1 * max;
    }
    free(p);
    return count;
}

#define MASK -infinite

/* Heights drawn by hand, largest 1; a negative one is a masked entry. */
static const struct {
    double heights[12];
    size_t n;
    double peaks;
} shapes[] = {
    {{1}, 1, 1},
    {{1, 1, 1}, 3, 1},                         /* one plateau */
    {{1, 0.5, 0.2}, 3, 1},                     /* the left edge */
    {{0.2, 0.5, 1}, 3, 1},                     /* the right edge */
    {{1, 0, 1}, 3, 2},                         /* both */
    {{0, 1, 0, 0.5, 0}, 5, 2},                 /* two hills */
    {{0, 1, 0.45, 0.5, 0}, 5, 1},              /* a shoulder of prominence 0.05 */
    {{0, 0.5, 0.45, 1, 0}, 5, 1},              /* the same, mirrored */
    {{0, 1, 0.375, 0.5, 0.375, 0.5, 0}, 7, 3}, /* equal heights do not limit each other */
    {{0, 0.5, 0.48, 0.5, 0.3, 1}, 6, 3},       /* nor do they with a shallow col */
    {{0, 0.5, 0.48, 0.49, 0.3, 1}, 6, 2},      /* but a higher one does */
    {{0.5, 0.5, 0, 1, 1, 0, 0.5, 0.5}, 8, 3},  /* plateaus, at the edges too */
    {{0, 0.25, 0.25, 1}, 4, 1},                /* a terrace is no peak */
    {{0.2, 0.3, 0.2, 0.6, 0.55, 1, 0.9, 0.95, 0, 0.05}, 10, 1}, /* a foothill at 0.3 of 0.1 - ulp */
    {{0, 1, -1, 1, 0}, 5, 1},                                   /* a mask within a plateau */
    {{-1, 1, 0.2, -1, -1, 0.6, -1}, 7, 2},                      /* masks beside and between */
};

START_TEST(peaks_of_shapes_drawn_by_hand)
{
    double x[12], p[12];
    size_t n = shapes[_i].n;
    for (size_t i = 0; i < n; i++) {
        bool masked = shapes[_i].heights[i] < 0;
        x[i] = masked ? MASK : 0;
        p[i] = masked ? 0 : shapes[_i].heights[i];
    }
    scored row = {.n = n, .logits = x, .weights = p};
    ck_assert_double_eq(score(&row, "peaks"), shapes[_i].peaks);
    ck_assert_double_eq((double)count_peaks(x, p, n), shapes[_i].peaks);
}
END_TEST

START_TEST(peaks_agree_with_their_definition_on_random_rows)
{
    double x[60], p[60];
    testing_random random = {3};
    for (size_t trial = 0; trial < 20000; trial++) {
        size_t n = 1 + (size_t)(60 * testing_uniform(&random));
        double levels = trial % 3 == 0 ? 1e9 : trial % 3 == 1 ? 6 : 21; /* few: many ties */
        double steps = trial % 2 ? 1 : 0.3;                             /* walk or noise */
        double height = 0.5;
        for (size_t i = 0; i < n; i++) {
            height += steps * (testing_uniform(&random) - 0.5);
            if (trial % 2)
                height = testing_uniform(&random);
            height = fmin(fmax(height, 0), 1);
            bool masked = i > 0 && testing_uniform(&random) < 0.1;
            x[i] = masked ? MASK : 0;
            p[i] = masked ? 0 : floor(height * levels + 1) / levels;
        }
        scored row = {.n = n, .logits = x, .weights = p};
        ck_assert_double_eq(score(&row, "peaks"), (double)count_peaks(x, p, n));
    }
}
END_TEST

/* Rows that make a search from every peak, or a stack of equal peaks, quadratic. */
START_TEST(peaks_of_hostile_rows_take_linear_time)
{
    size_t n = 1000001;
    double *x = mmax_alloc_zeroed(n, sizeof *x), *p = mmax_alloc_array(n, sizeof *p);
    scored row = {.n = n, .logits = x, .weights = p};
    for (size_t i = 0; i < n; i++)
        p[i] = i % 2 ? 0.25 : 0.5;
    ck_assert_double_eq(score(&row, "peaks"), (double)(n / 2 + 1));
    for (size_t i = 0; i < n; i++)
        p[i] = i % 2 ? 0 : 0.5 + (double)i * 1e-9;
    ck_assert_double_eq(score(&row, "peaks"), (double)(n / 2 + 1));
    for (size_t i = 0; i < n; i++)
        p[i] = (i % 2 ? 0.49 : 0.5) - (double)i * 1e-9;
    ck_assert_double_eq(score(&row, "peaks"), 1);
    free(x);
    free(p);
}
END_TEST

/* ---- gini ------------------------------------------------------------------------------------ */

/* Hurley and Rickard's index as a mean difference: sum_i sum_j |p_i - p_j| / (2 n sum p). */
START_TEST(gini_is_the_mean_difference_of_all_pairs)
{
    if (!testing_has_long_double(__func__))
        return;
    double x[200] = {0}, p[200];
    testing_random random = {9};
    for (size_t n = 1; n <= 200; n++) {
        double sum = 0;
        long double differences = 0;
        for (size_t i = 0; i < n; i++) {
            double u = testing_uniform(&random);
            p[i] = i > 0 && u < 0.5 ? 0 : floor(20 * u) + (n % 2 ? testing_uniform(&random) : 1);
            sum += p[i];
        }
        for (size_t i = 0; i < n; i++)
            p[i] /= sum;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                differences += fabsl((long double)p[i] - (long double)p[j]);
        scored row = {.n = n, .logits = x, .weights = p};
        ck_assert_double_eq_tol(score(&row, "gini"), (double)(differences / (2 * (long double)n)),
                                1e-13);
    }
}
END_TEST

START_TEST(gini_of_sorted_reversed_and_equal_weights_is_the_same_or_nothing)
{
    enum { N = 1000 };
    double x[N] = {0}, rising[N], falling[N], equal[N];
    for (size_t i = 0; i < N; i++) {
        rising[i] = (double)(i + 1) * 2 / ((double)N * (N + 1));
        falling[N - 1 - i] = rising[i];
        equal[i] = 1.0 / N;
    }
    scored row = {.n = N, .logits = x, .weights = rising};
    double gini = score(&row, "gini");
    ck_assert_double_eq_tol(gini, (N - 1.0) / (3.0 * N), 1e-14); /* of 1, 2, ..., N */
    row.weights = falling;
    ck_assert_double_eq(score(&row, "gini"), gini);
    row.weights = equal;
    ck_assert_double_eq_tol(score(&row, "gini"), 0, 1e-15);
}
END_TEST

TCase *shape_tests(void)
{
    TCase *tests = tcase_create("shape");
    tcase_add_loop_test(tests, peaks_of_shapes_drawn_by_hand, 0, sizeof shapes / sizeof *shapes);
    tcase_add_test(tests, peaks_agree_with_their_definition_on_random_rows);
    tcase_add_test(tests, peaks_of_hostile_rows_take_linear_time);
    tcase_add_test(tests, gini_is_the_mean_difference_of_all_pairs);
    tcase_add_test(tests, gini_of_sorted_reversed_and_equal_weights_is_the_same_or_nothing);
    return tests;
}
