/* Values of metrics: rows computed by hand, the paper's figure, properties. */
#include "test_metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- by hand --------------------------------------------------------------------------------- */

typedef struct expected_value {
    const char *key;
    double value;
} expected_value;

static void assert_values(const scored *row, const expected_value *expected, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double value = score(row, expected[i].key);
        bool right = isnan(expected[i].value)
                         ? isnan(value)
                         : fabs(value - expected[i].value) <= 1e-15 * (1 + fabs(expected[i].value));
        ck_assert_msg(right, "%s is %.17g, not %.17g", expected[i].key, value, expected[i].value);
    }
}

/* By hand.  Relevant are the entries 0 and 1, irrelevant 2, 3 and 4; sum p^2 = 11/32. */
START_TEST(a_row_computed_by_hand_has_these_values)
{
    double x[] = {2, 1, 0, 0, -1}, p[] = {0.5, 0.25, 0.125, 0.125, 0};
    scored row = {.n = 5,
                  .logits = x,
                  .weights = p,
                  .query = 2,
                  .rules = {.epsilon = MMAX_EPSILON_NUMBER, .epsilon_number = 0.5}};
    const expected_value expected[] = {
        {"multimodality", 0.75},
        {"sparsity", (2 * exp(-0.625) + 1) / 3},
        {"n_relevant", 1},
        {"n_irrelevant", 3},
        {"entropy", 1.75 * log(2)},
        {"entropy_normalized", 1.75 * log(2) / log(5)},
        {"perplexity", pow(2, 1.75)},
        {"participation", 32.0 / 11},
        {"support", 4},
        {"zeros", 0.2},
        {"max_prob", 0.5},
        {"margin", 0.25},
        {"modes", 2},
        {"hoyer", (sqrt(5) - sqrt(32.0 / 11)) / (sqrt(5) - 1)},
        {"gini", 0.45}, /* 1 - 2 (.125 3.5 + .125 2.5 + .25 1.5 + .5 .5) / 5 */
        {"peaks", 1},
        {"sink", 0.5},
        {"distance", 0.875}}; /* query 1: .5 1 + .25 0 + .125 1 + .125 2 */
    ck_assert_uint_eq(sizeof expected / sizeof *expected, n_metrics());
    assert_values(&row, expected, n_metrics());
    row.query = 0;
    ck_assert(isnan(score(&row, "distance")));
    row.rules.reference = MMAX_REFERENCE_NUMBER;
    row.rules.reference_number = 0.125;
    assert_values(&row, &(expected_value){"sparsity", (2 * exp(-1) + 1) / 3}, 1);
}
END_TEST

START_TEST(one_live_entry_among_masked_ones_has_these_values)
{
    double x[] = {-infinite, 3, -infinite}, p[] = {0, 1, 0};
    scored row = {.n = 3, .logits = x, .weights = p, .query = 1};
    const double none = (double)NAN;
    const expected_value expected[] = {{"multimodality", none},
                                       {"sparsity", none},
                                       {"n_relevant", 0},
                                       {"n_irrelevant", 0},
                                       {"entropy", 0},
                                       {"entropy_normalized", 0},
                                       {"perplexity", 1},
                                       {"participation", 1},
                                       {"support", 1},
                                       {"zeros", 0},
                                       {"max_prob", 1},
                                       {"margin", 1},
                                       {"modes", 1},
                                       {"hoyer", 1},
                                       {"gini", 0},
                                       {"peaks", 1},
                                       {"sink", 0},
                                       {"distance", 1}};
    assert_values(&row, expected, n_metrics());
}
END_TEST

START_TEST(a_row_without_live_entry_has_no_metric)
{
    double x[] = {-infinite, -infinite}, p[] = {0, 0}, values[MMAX_MAX_METRICS];
    scored row = {.n = 2, .logits = x, .weights = p, .query = 1};
    score_all(&row, values);
    for (size_t i = 0; i < n_metrics(); i++)
        ck_assert(isnan(values[i]));
}
END_TEST

START_TEST(exactly_one_argmax_is_left_out_of_multimodality)
{
    double x[] = {10, 10, -1};
    scored row = {.n = 3, .logits = x};
    ck_assert_double_eq(score(&row, "n_relevant"), 1);
    ck_assert_double_eq(score(&row, "multimodality"), 1);
}
END_TEST

/* By hand: 1 - (.6 + .5)/2; MultiMax with a falling modulation can do this. */
START_TEST(nothing_is_left_out_where_the_argmax_is_not_relevant)
{
    double x[] = {2, 1.5, -1}, p[] = {0.1, 0.2, 0.7};
    scored row = {.n = 3,
                  .logits = x,
                  .weights = p,
                  .rules = {.epsilon = MMAX_EPSILON_NUMBER, .epsilon_number = 0.5}};
    ck_assert_double_eq(score(&row, "n_relevant"), 2);
    ck_assert_double_eq_tol(score(&row, "multimodality"), 0.45, 1e-15);
}
END_TEST

/* The weights of the two last are 0 as doubles; s is as small as they are. */
START_TEST(sparsity_is_right_where_weights_and_reference_underflow)
{
    double x[] = {0, -1000, -1000}, p[] = {1, 0, 0}, log_p[] = {0, -1000, -1000};
    scored row = {.n = 3,
                  .logits = x,
                  .weights = p,
                  .log_weights = log_p,
                  .support = 3,
                  .rules = {.reference = MMAX_REFERENCE_SOFTMAX_MIN}};
    ck_assert_double_eq_tol(score(&row, "sparsity"), exp(-1), 1e-15);
    ck_assert_double_eq(score(&row, "support"), 3);
    ck_assert_double_eq(score(&row, "zeros"), 0);
    double outside[] = {0, -infinite, -infinite};
    row.log_weights = outside;
    ck_assert_double_eq(score(&row, "sparsity"), 1);
}
END_TEST

START_TEST(ranges_hold_to_the_last_digit_for_uniform_weights)
{
    double *x = mmax_alloc_zeroed(2000, sizeof *x), *p = mmax_alloc_array(2000, sizeof *p);
    for (size_t n = 1; n <= 2000; n += 1 + n / 100) {
        for (size_t i = 0; i < n; i++)
            p[i] = 1 / (double)n;
        scored row = {.n = n, .logits = x, .weights = p};
        ck_assert(score(&row, "perplexity") <= (double)n);
        ck_assert(score(&row, "participation") <= (double)n);
        ck_assert(score(&row, "entropy_normalized") <= 1);
        ck_assert(score(&row, "gini") >= 0);
        ck_assert(score(&row, "hoyer") >= 0);
        ck_assert_double_eq(score(&row, "modes"), (double)n);
        ck_assert_double_eq_tol(score(&row, "perplexity"), (double)n, 1e-12 * (double)n);
    }
    free(x);
    free(p);
}
END_TEST

START_TEST(sums_of_a_long_row_lose_no_digits)
{
    if (!testing_has_long_double(__func__))
        return;
    size_t n = 200000;
    double *x = mmax_alloc_array(2 * n, sizeof *x), *p = x + n;
    testing_random random = {1};
    for (size_t i = 0; i < n; i++)
        x[i] = 2 * testing_normal(&random);
    softmax_of(x, n, p, NULL);
    long double entropy = 0, squares = 0, distance = 0;
    for (size_t i = 0; i < n; i++) {
        entropy -= (long double)p[i] * logl((long double)p[i]);
        squares += (long double)p[i] * (long double)p[i];
        distance += (long double)p[i] * fabsl((long double)i - 1000);
    }
    scored row = {.n = n, .logits = x, .weights = p, .query = 1001};
    ck_assert_double_eq_tol(score(&row, "entropy") / (double)entropy, 1, 2e-15);
    ck_assert_double_eq_tol(score(&row, "participation") * (double)squares, 1, 2e-15);
    ck_assert_double_eq_tol(score(&row, "distance") / (double)distance, 1, 2e-15);
    free(x);
}
END_TEST

/* ---- the paper's figure ---------------------------------------------------------------------- */

/* Rows (10, k, -1), epsilon between -1 and 2, s the least softmax weight: the published points. */
static const double second_logit[] = {10, 8, 6, 4, 2};

static void assert_figure(size_t i, const double *modulated, double m, double m_tolerance,
                          double least_s, double largest_s)
{
    double x[] = {10, second_logit[i], -1}, p[3], log_p[3];
    softmax_of(modulated ? modulated : x, 3, p, log_p);
    scored row = {.n = 3,
                  .logits = x,
                  .weights = p,
                  .log_weights = log_p,
                  .rules = {.epsilon = MMAX_EPSILON_NUMBER,
                            .epsilon_number = 0.5,
                            .reference = MMAX_REFERENCE_SOFTMAX_MIN}};
    ck_assert_double_eq_tol(score(&row, "multimodality"), m, m_tolerance);
    ck_assert_double_ge(score(&row, "sparsity"), least_s);
    ck_assert_double_le(score(&row, "sparsity"), largest_s);
}

START_TEST(softmax_lies_where_the_papers_figure_has_it)
{
    static const double m[] = {1, 0.2384, 0.036, 0.005, 0.0007};
    static const double tolerance[] = {1e-15, 5e-5, 5e-4, 5e-4, 5e-5};
    for (size_t i = 0; i < 5; i++)
        assert_figure(i, NULL, m[i], tolerance[i], exp(-1) - 1e-14, exp(-1) + 1e-14);
}
END_TEST

static double positive(double value)
{
    return value > 0 ? value : 0;
}

START_TEST(multimax_lies_where_the_papers_figure_has_it)
{
    static const double m[] = {1, 0.743, 0.443, 0.200, 0.0196};
    static const double tolerance[] = {1e-15, 5e-4, 5e-4, 5e-4, 5e-5};
    for (size_t i = 0; i < 5; i++) {
        double x[] = {10, second_logit[i], -1}, modulated[3];
        for (size_t j = 0; j < 3; j++)
            modulated[j] = x[j] - 2.9 * positive(2.3 - x[j]) - 0.4265 * positive(x[j] - 3) -
                           0.0259 * positive(x[j] - 3) * positive(x[j] - 3);
        assert_figure(i, modulated, m[i], tolerance[i], 0.995, 1);
    }
}
END_TEST

/* ---- properties ------------------------------------------------------------------------------ */

enum { LONGEST = 300 };

/* A row with some masked entries, at least one live; weights are softmax or have exact zeros. */
typedef struct random_row {
    double x[LONGEST], p[LONGEST], log_p[LONGEST];
    scored row;
} random_row;

static void make_row(random_row *made, size_t seed)
{
    testing_random random = {.state = 77 * seed + 5};
    size_t n = seed % 4 == 3 ? LONGEST : 1 + seed / 4 % 70;
    double scale = pow(10, 2 * testing_uniform(&random) - 1);
    for (size_t i = 0; i < n; i++)
        made->x[i] =
            i > 0 && testing_uniform(&random) < 0.2 ? -infinite : scale * testing_normal(&random);
    softmax_of(made->x, n, made->p, made->log_p);
    if (seed % 2) { /* what a threshold leaves, like sparsemax */
        double sum = 0, max = 0;
        for (size_t i = 0; i < n; i++)
            max = fmax(max, made->p[i]);
        for (size_t i = 0; i < n; i++)
            sum += made->p[i] = positive(made->p[i] - max / 3);
        for (size_t i = 0; i < n; i++)
            made->log_p[i] = log(made->p[i] /= sum);
    }
    static const mmax_epsilon_rule epsilons[] = {MMAX_EPSILON_UNIFORM, MMAX_EPSILON_MEAN};
    made->row = (scored){.n = n,
                         .logits = made->x,
                         .weights = made->p,
                         .query = 1 + seed % n,
                         .rules = {.epsilon = epsilons[seed / 2 % 2]}};
}

static void assert_near(const double *a, const double *b, const char *const *but)
{
    for (size_t i = 0; i < n_metrics(); i++) {
        const char *key = mmax_metric_info_at(i)->key;
        bool skipped = false;
        for (size_t j = 0; but[j]; j++)
            skipped = skipped || strcmp(but[j], key) == 0;
        bool near = isnan(a[i]) ? isnan(b[i]) : fabs(a[i] - b[i]) <= 1e-13 * (1 + fabs(a[i]));
        ck_assert_msg(skipped || near, "%s: %.17g, %.17g", key, a[i], b[i]);
    }
}

START_TEST(the_order_of_the_entries_matters_to_peaks_sink_and_distance_alone)
{
    static const char *const but[] = {"peaks", "sink", "distance", NULL};
    for (size_t seed = 0; seed < 400; seed++) {
        random_row made;
        make_row(&made, seed);
        double before[MMAX_MAX_METRICS], after[MMAX_MAX_METRICS];
        score_all(&made.row, before);
        testing_random random = {.state = seed};
        for (size_t i = made.row.n; i-- > 1;) { /* Fisher and Yates */
            size_t j = (size_t)(testing_uniform(&random) * (double)(i + 1));
            double x = made.x[i], p = made.p[i];
            made.x[i] = made.x[j];
            made.p[i] = made.p[j];
            made.x[j] = x;
            made.p[j] = p;
        }
        score_all(&made.row, after);
        assert_near(before, after, but);
    }
}
END_TEST

START_TEST(a_masked_entry_is_as_good_as_deleted)
{
    static const char *const but[] = {"sink", "distance", NULL};
    for (size_t seed = 0; seed < 400; seed++) {
        random_row made;
        make_row(&made, seed);
        double before[MMAX_MAX_METRICS], after[MMAX_MAX_METRICS];
        score_all(&made.row, before);
        size_t n = 0;
        for (size_t i = 0; i < made.row.n; i++) {
            if (made.x[i] > -infinite) {
                made.x[n] = made.x[i];
                made.p[n++] = made.p[i];
            }
        }
        made.row.n = n;
        score_all(&made.row, after);
        assert_near(before, after, but);
    }
}
END_TEST

START_TEST(every_value_lies_within_the_bounds_of_its_metric)
{
    for (size_t seed = 0; seed < 400; seed++) {
        random_row made;
        make_row(&made, seed);
        double values[MMAX_MAX_METRICS];
        score_all(&made.row, values);
        for (size_t i = 0; i < n_metrics(); i++) {
            double lowest, highest;
            mmax_metric_bounds(i, made.row.n, &lowest, &highest);
            ck_assert(isnan(values[i]) || (lowest <= values[i] && values[i] <= highest));
        }
    }
}
END_TEST

START_TEST(a_metric_has_the_same_digits_whatever_else_is_chosen)
{
    for (size_t seed = 0; seed < 100; seed++) {
        random_row made;
        make_row(&made, seed);
        double values[MMAX_MAX_METRICS];
        score_all(&made.row, values);
        for (size_t i = 0; i < n_metrics(); i++)
            ck_assert(testing_same(score(&made.row, mmax_metric_info_at(i)->key), values[i]));
    }
}
END_TEST

START_TEST(logarithms_of_weights_change_no_sparsity_of_ordinary_weights)
{
    for (size_t seed = 0; seed < 400; seed++) {
        random_row made;
        make_row(&made, seed);
        double without = score(&made.row, "sparsity");
        made.row.log_weights = made.log_p;
        double with = score(&made.row, "sparsity");
        ck_assert(isnan(with) ? isnan(without) : fabs(with - without) < 1e-13);
    }
}
END_TEST

TCase *values_tests(void)
{
    TCase *tests = tcase_create("values");
    tcase_add_test(tests, a_row_computed_by_hand_has_these_values);
    tcase_add_test(tests, one_live_entry_among_masked_ones_has_these_values);
    tcase_add_test(tests, a_row_without_live_entry_has_no_metric);
    tcase_add_test(tests, exactly_one_argmax_is_left_out_of_multimodality);
    tcase_add_test(tests, nothing_is_left_out_where_the_argmax_is_not_relevant);
    tcase_add_test(tests, sparsity_is_right_where_weights_and_reference_underflow);
    tcase_add_test(tests, ranges_hold_to_the_last_digit_for_uniform_weights);
    tcase_add_test(tests, sums_of_a_long_row_lose_no_digits);
    tcase_add_test(tests, softmax_lies_where_the_papers_figure_has_it);
    tcase_add_test(tests, multimax_lies_where_the_papers_figure_has_it);
    tcase_add_test(tests, the_order_of_the_entries_matters_to_peaks_sink_and_distance_alone);
    tcase_add_test(tests, a_masked_entry_is_as_good_as_deleted);
    tcase_add_test(tests, every_value_lies_within_the_bounds_of_its_metric);
    tcase_add_test(tests, a_metric_has_the_same_digits_whatever_else_is_chosen);
    tcase_add_test(tests, logarithms_of_weights_change_no_sparsity_of_ordinary_weights);
    return tests;
}
