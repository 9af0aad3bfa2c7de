#include "stats/stats.h"
#include "testing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- helpers --------------------------------------------------------------------------------- */

static mmax_accumulator *new_accumulator(double lowest, double highest)
{
    mmax_accumulator *a = NULL;
    ck_assert_int_eq(mmax_accumulator_new(lowest, highest, &a, NULL), MMAX_OK);
    ck_assert_ptr_nonnull(a);
    return a;
}

static void add_all(mmax_accumulator *a, const double *values, size_t n)
{
    ck_assert_int_eq(mmax_accumulator_add(a, values, n, 1, NULL), MMAX_OK);
}

static mmax_summary summary_of(const double *values, size_t n, double lowest, double highest)
{
    mmax_accumulator *a = new_accumulator(lowest, highest);
    add_all(a, values, n);
    mmax_summary summary;
    mmax_accumulator_summarize(a, &summary);
    mmax_accumulator_free(a);
    return summary;
}

static const size_t quantile_offsets[] = {offsetof(mmax_summary, p05), offsetof(mmax_summary, p25),
                                          offsetof(mmax_summary, p50), offsetof(mmax_summary, p75),
                                          offsetof(mmax_summary, p95)};
static const double shares[] = {0.05, 0.25, 0.5, 0.75, 0.95};
enum { N_QUANTILES = 5 };

static double quantile(const mmax_summary *summary, size_t i)
{
    double value;
    memcpy(&value, (const char *)summary + quantile_offsets[i], sizeof value);
    return value;
}

static void assert_same_but_moments(const mmax_summary *a, const mmax_summary *b)
{
    ck_assert_uint_eq(a->count, b->count);
    ck_assert_uint_eq(a->missing, b->missing);
    ck_assert(testing_same(a->min, b->min) && testing_same(a->max, b->max));
    for (size_t i = 0; i < N_QUANTILES; i++)
        ck_assert(testing_same(quantile(a, i), quantile(b, i)));
}

static void assert_same(const mmax_summary *a, const mmax_summary *b)
{
    assert_same_but_moments(a, b);
    ck_assert(testing_same(a->mean, b->mean) && testing_same(a->std, b->std));
}

static int ascending(const void *a, const void *b)
{
    double left, right;
    memcpy(&left, a, sizeof left);
    memcpy(&right, b, sizeof right);
    return (left > right) - (left < right);
}

/* Linear between order statistics, by the definition. */
static double quantile_by_sorting(const double *sorted, size_t n, double share)
{
    double place = share * (double)(n - 1);
    size_t k = (size_t)place;
    return k + 1 < n ? sorted[k] + (place - (double)k) * (sorted[k + 1] - sorted[k]) : sorted[k];
}

/* n values in [0, 1) of a shape: even, crowded at 0, few distinct, rising, two points, one point
 * almost always. */
enum { N_SHAPES = 6 };
static double *make_values(size_t shape, size_t n)
{
    double *values = mmax_alloc_array(n, sizeof *values);
    testing_random random = {.state = shape + 1};
    for (size_t i = 0; i < n; i++) {
        double u = testing_uniform(&random);
        double shaped[N_SHAPES] = {u,
                                   u * u * u * u * u * u * 1e-2,
                                   floor(u * 197) / 197,
                                   (double)i / (double)n,
                                   u < 0.5 ? 0.1 : 0.9,
                                   u < 0.999 ? 0.1 : u};
        values[i] = shaped[shape];
    }
    return values;
}

/* ---- summaries of few values ----------------------------------------------------------------- */

START_TEST(nothing_has_no_summary)
{
    double none[] = {(double)NAN, (double)NAN, (double)NAN};
    for (size_t n = 0; n <= 3; n += 3) {
        mmax_summary s = summary_of(none, n, 0, 1);
        ck_assert_uint_eq(s.count, 0);
        ck_assert_uint_eq(s.missing, n);
        ck_assert(isnan(s.mean) && isnan(s.std) && isnan(s.min) && isnan(s.max));
        for (size_t i = 0; i < N_QUANTILES; i++)
            ck_assert(isnan(quantile(&s, i)));
    }
    mmax_accumulator_free(NULL);
}
END_TEST

START_TEST(one_value_is_everything_but_a_deviation)
{
    double values[] = {(double)NAN, 0.3};
    mmax_summary s = summary_of(values, 2, 0, 1);
    ck_assert_uint_eq(s.count, 1);
    ck_assert_uint_eq(s.missing, 1);
    ck_assert(isnan(s.std));
    ck_assert(testing_same(s.mean, 0.3) && testing_same(s.min, 0.3) && testing_same(s.max, 0.3));
    for (size_t i = 0; i < N_QUANTILES; i++)
        ck_assert(testing_same(quantile(&s, i), 0.3));
}
END_TEST

/* By hand: mean 3, squared deviations 4 + 1 + 0 + 1 + 4 = 10, std sqrt(10/4). */
START_TEST(five_values_have_the_summary_computed_by_hand)
{
    double values[] = {5, 1, (double)NAN, 4, 2, 3};
    mmax_summary s = summary_of(values, 6, 0, 10);
    ck_assert_uint_eq(s.count, 5);
    ck_assert_uint_eq(s.missing, 1);
    ck_assert_double_eq(s.mean, 3);
    ck_assert_double_eq_tol(s.std, sqrt(2.5), 1e-15);
    ck_assert_double_eq(s.min, 1);
    ck_assert_double_eq(s.max, 5);
    static const double expected[] = {1.2, 2, 3, 4, 4.8};
    for (size_t i = 0; i < N_QUANTILES; i++)
        ck_assert_double_eq_tol(quantile(&s, i), expected[i], 1e-15 * 5);
}
END_TEST

/* numpy.quantile([0.7, 0.1, 0.4, 0.2], [.05, .25, .5, .75, .95]) and numpy.std(..., ddof=1). */
START_TEST(quantiles_and_deviation_are_numpys_default)
{
    double values[] = {0.7, 0.1, 0.4, 0.2};
    mmax_summary s = summary_of(values, 4, 0, 1);
    static const double expected[] = {0.115, 0.17500000000000002, 0.30000000000000004, 0.475,
                                      0.6549999999999998};
    for (size_t i = 0; i < N_QUANTILES; i++)
        ck_assert_double_eq_tol(quantile(&s, i), expected[i], 2e-16);
    ck_assert_double_eq_tol(s.std, 0.264575131106459, 1e-16);
}
END_TEST

START_TEST(a_constant_column_is_that_constant_and_deviates_by_nothing)
{
    static const double constants[] = {0.1, 1.0 / 3, 1e-300, -7.7, 0, 123456.789};
    static const size_t counts[] = {2, 3, 255, 256, 257, 1000, 8192, 8193, 30000};
    for (size_t i = 0; i < 6 * 9; i++) {
        double constant = constants[i % 6];
        size_t n = counts[i / 6];
        double *values = mmax_alloc_array(n, sizeof *values);
        for (size_t j = 0; j < n; j++)
            values[j] = constant;
        mmax_summary s = summary_of(values, n, -10, 200000);
        free(values);
        ck_assert_uint_eq(s.count, n);
        ck_assert(testing_same(s.std, 0));
        ck_assert(testing_same(s.mean, constant));
        ck_assert(testing_same(s.min, constant) && testing_same(s.max, constant));
        for (size_t q = 0; q < N_QUANTILES; q++)
            ck_assert(testing_same(quantile(&s, q), constant));
    }
}
END_TEST

/* ---- many values ----------------------------------------------------------------------------- */

START_TEST(moments_agree_with_two_passes_in_long_double)
{
    if (!testing_has_long_double(__func__))
        return;
    static const size_t counts[] = {2, 100, 257, 5000, 100000};
    for (size_t shape = 0; shape < N_SHAPES; shape++) {
        for (size_t i = 0; i < 5; i++) {
            size_t n = counts[i];
            double *values = make_values(shape, n);
            for (size_t j = 0; j < n; j++)
                values[j] += 100; /* a mean that is large beside the deviation */
            long double mean = 0, squares = 0;
            for (size_t j = 0; j < n; j++)
                mean += (long double)values[j] - 100;
            mean = 100 + mean / (long double)n;
            for (size_t j = 0; j < n; j++)
                squares += ((long double)values[j] - mean) * ((long double)values[j] - mean);
            double std = (double)sqrtl(squares / (long double)(n - 1));
            mmax_summary s = summary_of(values, n, 100, 101);
            ck_assert_double_eq_tol(s.mean, (double)mean, 1.5e-14);
            ck_assert_double_eq_tol(s.std, std, 1e-14 + 1e-11 * std);
            free(values);
        }
    }
}
END_TEST

/* n values in [0, 1) of every shape. */
static void assert_quantiles_within(double tolerance, size_t n)
{
    for (size_t shape = 0; shape < N_SHAPES; shape++) {
        double *values = make_values(shape, n);
        mmax_summary s = summary_of(values, n, 0, 1);
        qsort(values, n, sizeof *values, ascending);
        for (size_t q = 0; q < N_QUANTILES; q++)
            ck_assert_double_eq_tol(quantile(&s, q), quantile_by_sorting(values, n, shares[q]),
                                    tolerance);
        ck_assert(testing_same(s.min, values[0]) && testing_same(s.max, values[n - 1]));
        free(values);
    }
}

START_TEST(quantiles_are_exact_while_values_are_kept)
{
    static const size_t counts[] = {2, 3, 19, 20, 21, 1000, MMAX_EXACT_ROWS};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        assert_quantiles_within(1e-15, counts[i]);
}
END_TEST

START_TEST(quantiles_of_many_values_are_within_a_thousandth_of_the_range)
{
    assert_quantiles_within(1e-3, MMAX_EXACT_ROWS + 1);
    assert_quantiles_within(1e-3, 100000);
}
END_TEST

START_TEST(quantiles_of_many_counts_are_counts)
{
    size_t n = 50000;
    double *values = make_values(0, n);
    for (size_t i = 0; i < n; i++)
        values[i] = floor(values[i] * values[i] * 900);
    mmax_summary s = summary_of(values, n, 0, 1000);
    qsort(values, n, sizeof *values, ascending);
    for (size_t q = 0; q < N_QUANTILES; q++)
        ck_assert_double_eq(quantile(&s, q), quantile_by_sorting(values, n, shares[q]));
    free(values);
}
END_TEST

START_TEST(values_beyond_the_range_are_kept_as_they_are)
{
    size_t n = 20000;
    double *values = make_values(0, n);
    values[5] = 1 + 1e-15;
    values[n - 1] = -1e-15;
    for (size_t i = 100; i < 2100; i++)
        values[i] = 7;
    mmax_summary s = summary_of(values, n, 0, 1);
    ck_assert(testing_same(s.max, 7));
    ck_assert(testing_same(s.min, -1e-15));
    ck_assert_double_le(s.p95, 7);
    ck_assert_double_ge(s.p95, 1 - 1e-3);
    free(values);
}
END_TEST

/* Ascending, descending and shuffled, whole and in three merged parts. */
START_TEST(a_range_without_an_end_grows_to_the_same_bins_in_any_order)
{
    size_t n = 30000, part = 10000;
    double *values = make_values(0, n), *sorted = make_values(0, n);
    for (size_t i = 0; i < n; i++)
        values[i] = sorted[i] = 20000 * values[i];
    values[7] = sorted[7] = 16384; /* where a range ends */
    qsort(sorted, n, sizeof *sorted, ascending);
    mmax_summary s = summary_of(values, n, 0, (double)INFINITY);
    for (size_t q = 0; q < N_QUANTILES; q++)
        ck_assert_double_eq_tol(quantile(&s, q), quantile_by_sorting(sorted, n, shares[q]), 20);
    mmax_summary other = summary_of(sorted, n, 0, (double)INFINITY);
    assert_same_but_moments(&s, &other);
    mmax_accumulator *all = new_accumulator(0, (double)INFINITY);
    mmax_accumulator *one = new_accumulator(0, (double)INFINITY);
    for (size_t round = 0; round < 2; round++) {
        mmax_accumulator_clear(all);
        for (size_t first = 0; first < n; first += part) {
            /* The smallest first, then the smallest last. */
            add_all(one, sorted + (round ? n - part - first : first), part);
            ck_assert_int_eq(mmax_accumulator_merge(all, one, NULL), MMAX_OK);
            mmax_accumulator_clear(one);
        }
        mmax_accumulator_summarize(all, &other);
        assert_same_but_moments(&s, &other);
    }
    mmax_accumulator_free(all);
    mmax_accumulator_free(one);
    free(values);
    free(sorted);
}
END_TEST

/* Weighed in float64, 0.9 a + 0.1 b rounds to b of two neighbours a < b, and 0.5 a + 0.5 b to a. */
START_TEST(quantiles_of_neighbouring_numbers_ascend)
{
    static const double values[] = {0.36787944117144233, 0.3678794411714424, 0.5};
    mmax_summary s = summary_of(values, 3, 0, 1);
    for (size_t q = 1; q < N_QUANTILES; q++)
        ck_assert_double_ge(quantile(&s, q), quantile(&s, q - 1));
    ck_assert(testing_same(s.p50, values[1]));
}
END_TEST

START_TEST(quantiles_ascend_between_minimum_and_maximum)
{
    for (size_t n = 2; n < 40000; n = n * 3 / 2 + 1) {
        double *values = make_values(n % N_SHAPES, n);
        mmax_summary s = summary_of(values, n, 0, 1);
        double before = s.min;
        for (size_t q = 0; q < N_QUANTILES; q++) {
            ck_assert_double_ge(quantile(&s, q), before);
            before = quantile(&s, q);
        }
        ck_assert_double_ge(s.max, before);
        ck_assert_double_ge(s.mean, s.min);
        ck_assert_double_le(s.mean, s.max);
        free(values);
    }
}
END_TEST

/* ---- merging --------------------------------------------------------------------------------- */

/* Groups of GROUP values (the last may be shorter) with some missing, summarised on the way. */
static mmax_summary merged_groups(const double *values, size_t n, size_t group, double lowest,
                                  double highest)
{
    mmax_accumulator *all = new_accumulator(lowest, highest);
    mmax_accumulator *one = new_accumulator(lowest, highest);
    mmax_summary summary;
    for (size_t first = 0; first < n; first += group) {
        add_all(one, values + first, n - first < group ? n - first : group);
        mmax_accumulator_summarize(one, &summary);
        ck_assert_int_eq(mmax_accumulator_merge(all, one, NULL), MMAX_OK);
        mmax_accumulator_clear(one);
    }
    mmax_accumulator_summarize(all, &summary);
    mmax_accumulator_free(all);
    mmax_accumulator_free(one);
    return summary;
}

START_TEST(however_many_values_are_added_at_once_the_digits_are_the_same)
{
    static const size_t counts[] = {1, 7, 255, 256, 257, 4096, 20000}, N = 20000;
    double *values = make_values(0, N), *apart = mmax_alloc_array(3 * N, sizeof *apart);
    for (size_t j = 3; j < N; j += 11)
        values[j] = (double)NAN;
    mmax_summary summary, expected = summary_of(values, N, 0, 1);
    for (size_t i = 0; i < 2 * 7; i++) {
        mmax_accumulator *a = new_accumulator(0, 1);
        size_t stride = i % 2 ? 3 : 1, n = counts[i / 2];
        for (size_t j = 0; j < N; j++)
            apart[j * stride] = values[j];
        for (size_t j = 0; j < N; j += n)
            mmax_accumulator_add(a, apart + j * stride, n < N - j ? n : N - j, stride, NULL);
        mmax_accumulator_summarize(a, &summary);
        assert_same(&expected, &summary);
        mmax_accumulator_free(a);
    }
    free(apart);
    free(values);
}
END_TEST

START_TEST(merging_kept_values_is_adding_them_to_the_last_digit)
{
    static const size_t groups[] = {1, 17, 255, 256, 1000, 5000, 8192};
    size_t n = 30000;
    for (size_t i = 0; i < N_SHAPES * 7; i++) {
        double *values = make_values(i % N_SHAPES, n);
        for (size_t j = 3; j < n; j += 11)
            values[j] = (double)NAN;
        for (size_t m = 700; m <= n; m = m == 700 ? n : n + 1) {
            mmax_summary added = summary_of(values, m, 0, 1);
            mmax_summary merged = merged_groups(values, m, groups[i / N_SHAPES], 0, 1);
            assert_same(&added, &merged);
        }
        free(values);
    }
}
END_TEST

START_TEST(merging_counted_values_differs_in_the_last_digits_of_moments_alone)
{
    static const size_t groups[] = {9000, 12345, 20000, 29990};
    size_t n = 30000;
    for (size_t i = 0; i < N_SHAPES * 4; i++) {
        double *values = make_values(i % N_SHAPES, n);
        mmax_summary added = summary_of(values, n, 0, 1);
        mmax_summary merged = merged_groups(values, n, groups[i / N_SHAPES], 0, 1);
        assert_same_but_moments(&added, &merged);
        ck_assert_double_eq_tol(added.mean, merged.mean, 1e-15);
        ck_assert_double_eq_tol(added.std, merged.std, 1e-14);
        free(values);
    }
}
END_TEST

START_TEST(merging_is_associative)
{
    size_t n = 36000, third = n / 3;
    double *values = make_values(0, n);
    mmax_accumulator *left[3], *right[3];
    for (size_t i = 0; i < 3; i++) {
        left[i] = new_accumulator(0, 1);
        right[i] = new_accumulator(0, 1);
        add_all(left[i], values + i * third, third);
        add_all(right[i], values + i * third, third);
    }
    ck_assert_int_eq(mmax_accumulator_merge(left[0], left[1], NULL), MMAX_OK);
    ck_assert_int_eq(mmax_accumulator_merge(left[0], left[2], NULL), MMAX_OK);
    ck_assert_int_eq(mmax_accumulator_merge(right[1], right[2], NULL), MMAX_OK);
    ck_assert_int_eq(mmax_accumulator_merge(right[0], right[1], NULL), MMAX_OK);
    mmax_summary a, b;
    mmax_accumulator_summarize(left[0], &a);
    mmax_accumulator_summarize(right[0], &b);
    assert_same_but_moments(&a, &b);
    ck_assert_double_eq_tol(a.mean, b.mean, 1e-15);
    ck_assert_double_eq_tol(a.std, b.std, 1e-15);
    for (size_t i = 0; i < 3; i++) {
        mmax_accumulator_free(left[i]);
        mmax_accumulator_free(right[i]);
    }
    free(values);
}
END_TEST

START_TEST(merging_an_empty_accumulator_adds_its_missing_rows_only)
{
    mmax_accumulator *a = new_accumulator(0, 1), *empty = new_accumulator(0, 1);
    double values[] = {0.5, 0.25};
    add_all(a, values, 2);
    ck_assert_int_eq(mmax_accumulator_add(empty, &(double){(double)NAN}, 1, 1, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_accumulator_merge(a, empty, NULL), MMAX_OK);
    mmax_summary s;
    mmax_accumulator_summarize(a, &s);
    ck_assert_uint_eq(s.count, 2);
    ck_assert_uint_eq(s.missing, 1);
    ck_assert_double_eq(s.mean, 0.375);
    ck_assert_int_eq(mmax_accumulator_merge(empty, a, NULL), MMAX_OK);
    mmax_accumulator_summarize(empty, &s);
    ck_assert_uint_eq(s.count, 2);
    ck_assert_uint_eq(s.missing, 2);
    ck_assert_double_eq(s.max, 0.5);
    mmax_accumulator_free(a);
    mmax_accumulator_free(empty);
}
END_TEST

START_TEST(an_accumulator_goes_on_after_a_summary_and_begins_anew_after_clear)
{
    size_t n = 20000;
    double *values = make_values(0, n);
    mmax_accumulator *a = new_accumulator(0, 1);
    mmax_summary s, fresh;
    for (size_t round = 0; round < 2; round++) {
        for (size_t first = 0; first < n; first += 700) {
            add_all(a, values + first, n - first < 700 ? n - first : 700);
            mmax_accumulator_summarize(a, &s);
        }
        fresh = summary_of(values, n, 0, 1);
        assert_same(&s, &fresh);
        mmax_accumulator_clear(a);
        mmax_accumulator_summarize(a, &s);
        ck_assert_uint_eq(s.count, 0);
        ck_assert(isnan(s.mean));
        add_all(a, values, 100);
        mmax_accumulator_summarize(a, &s);
        fresh = summary_of(values, 100, 0, 1);
        assert_same(&s, &fresh);
        mmax_accumulator_clear(a);
    }
    mmax_accumulator_free(a);
    free(values);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stats");
    TCase *tests = tcase_create("stats");
    tcase_add_test(tests, nothing_has_no_summary);
    tcase_add_test(tests, one_value_is_everything_but_a_deviation);
    tcase_add_test(tests, five_values_have_the_summary_computed_by_hand);
    tcase_add_test(tests, quantiles_and_deviation_are_numpys_default);
    tcase_add_test(tests, a_constant_column_is_that_constant_and_deviates_by_nothing);
    tcase_add_test(tests, moments_agree_with_two_passes_in_long_double);
    tcase_add_test(tests, quantiles_are_exact_while_values_are_kept);
    tcase_add_test(tests, quantiles_of_many_values_are_within_a_thousandth_of_the_range);
    tcase_add_test(tests, quantiles_of_many_counts_are_counts);
    tcase_add_test(tests, values_beyond_the_range_are_kept_as_they_are);
    tcase_add_test(tests, a_range_without_an_end_grows_to_the_same_bins_in_any_order);
    tcase_add_test(tests, quantiles_of_neighbouring_numbers_ascend);
    tcase_add_test(tests, quantiles_ascend_between_minimum_and_maximum);
    tcase_add_test(tests, however_many_values_are_added_at_once_the_digits_are_the_same);
    tcase_add_test(tests, merging_kept_values_is_adding_them_to_the_last_digit);
    tcase_add_test(tests, merging_counted_values_differs_in_the_last_digits_of_moments_alone);
    tcase_add_test(tests, merging_is_associative);
    tcase_add_test(tests, merging_an_empty_accumulator_adds_its_missing_rows_only);
    tcase_add_test(tests, an_accumulator_goes_on_after_a_summary_and_begins_anew_after_clear);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
