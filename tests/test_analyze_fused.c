/* Inputs of float32, which the pass leaves as they are: no digit depends on the blocks, on the
 * instructions, or on who asks for weights. */
#include "test_analyze.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 40, ROW = 75, N = ROWS * ROW };

/* Rows of every sort, every value a float32: masked, invalid, tied, far from 0, huge. */
static void fill(double *x)
{
    testing_random random = {21};
    for (size_t i = 0; i < N; i++) {
        size_t row = i / ROW;
        double value = 2 * testing_normal(&random) + (row % 10 == 1 ? 1000 : 0);
        value = row % 10 == 2 && i % 3 == 0 ? -HUGE_VAL : value;
        value = row % 10 == 3 ? rint(value) : value;
        value = row % 10 == 4 ? 1e-4 * value : value;
        value = row % 10 == 5 && i % 7 == 0 ? -3e38 : value;
        value = row % 10 == 6 ? -HUGE_VAL : value;
        x[i] = row == 17 && i % 5 == 1 ? (double)NAN : (double)(float)value;
    }
}

static mmax_status take_weights(mmax_sink *sink, const mmax_weight_block *block, mmax_error *error)
{
    (void)sink, (void)block, (void)error;
    return MMAX_OK;
}

typedef struct setting {
    const char *metrics;
    size_t block_rows;
    const char *instructions;
    bool with_sink, with_heatmap;
} setting;

static mmax_result *run(const char *file, const setting *s)
{
    static const char *const maps[] = {
        "softmax",     "softmax:t=0.3", "sparsemax",        "entmax",
        "entmax:1.05", "entmax:1.3",    "entmax:3",         "evsoftmax",
        "multimax",    "entmax:1",      "multimax:figure1", "multimax:tb=1,b=0,td=-3,d=1"};
    static const mmax_sink_methods methods = {.weights = take_weights};
    mmax_sink sink = {&methods}, *sinks[] = {&sink};
    mmax_plan *plan = new_plan();
    mmax_source *source;
    mmax_result *result;
    mmax_error error = {0};
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++)
        ck_assert_int_eq(mmax_plan_add_map(plan, maps[i], NULL), MMAX_OK);
    ck_assert_int_eq(mmax_plan_set_metrics(plan, s->metrics, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_plan_set_invalid(plan, "skip", NULL), MMAX_OK);
    if (s->instructions)
        ck_assert_int_eq(mmax_plan_set_instructions(plan, s->instructions, NULL), MMAX_OK);
    mmax_plan_set_block_rows(plan, s->block_rows);
    if (s->with_heatmap)
        mmax_plan_keep_figure(plan, MMAX_FIGURE_HEATMAP);
    ck_assert_int_eq(mmax_source_open(file, &(mmax_source_options){0}, &source, NULL), MMAX_OK);
    if (mmax_analyze(plan, source, sinks, s->with_sink, &result, &error) != MMAX_OK)
        ck_abort_msg("%s", error.message);
    mmax_source_free(source);
    mmax_plan_free(plan);
    return result;
}

/* Of the metrics that both have. */
static void assert_near(const mmax_result *a, const mmax_result *b, double tolerance)
{
    ck_assert_uint_eq(a->invalid_rows, b->invalid_rows);
    ck_assert_uint_eq(a->masked_rows, b->masked_rows);
    ck_assert_uint_eq(a->masked_entries, b->masked_entries);
    for (size_t map = 0; map < a->n_maps; map++) {
        for (size_t i = 0; mmax_metric_info_at(i); i++) {
            const char *key = mmax_metric_info_at(i)->key;
            const mmax_summary *x = mmax_result_summary(a, map, key);
            const mmax_summary *y = mmax_result_summary(b, map, key);
            if (!x || !y)
                continue;
            ck_assert_uint_eq(x->count, y->count);
            for (size_t k = 0; k < 9; k++) {
                double p = (&x->mean)[k], q = (&y->mean)[k];
                ck_assert_msg(testing_same(p, q) || fabs(p - q) <= tolerance * (1 + fabs(q)),
                              "map %zu, %s, number %zu: %.17g and %.17g", map, key, k, p, q);
            }
        }
    }
}

static const char default_metrics[] =
    "multimodality,sparsity,n_relevant,n_irrelevant,entropy,participation,support,zeros,max_prob,"
    "modes,hoyer";

START_TEST(no_digit_depends_on_blocks_instructions_or_who_asks_for_weights)
{
    static double x[N];
    static const setting settings[] = {
        {default_metrics, 1, NULL, false, false},  {default_metrics, 7, NULL, false, false},
        {default_metrics, 100, NULL, true, false}, {"all", 3, NULL, false, false},
        {default_metrics, 9, NULL, false, true},   {default_metrics, 9, "baseline", true, true},
        {"all", 0, "baseline", false, false},      {"entropy", 0, NULL, false, false},
    };
    fill(x);
    const char *file = testing_npy_file("array.npy", _i, x, ROWS, ROW);
    mmax_result *expected = run(file, &(setting){default_metrics, 0, NULL, false, false});
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        mmax_result *result = run(file, &settings[i]);
        assert_near(expected, result, 0);
        mmax_result_free(result);
    }
    mmax_result_free(expected);
}
END_TEST

START_TEST(float32_is_float64_but_for_its_last_places)
{
    static double x[N];
    static const setting all = {"all", 0, NULL, false, false};
    fill(x);
    mmax_result *single = run(testing_npy_file("single.npy", true, x, ROWS, ROW), &all);
    mmax_result *wide = run(testing_npy_file("double.npy", false, x, ROWS, ROW), &all);
    /* Not what counts entries on either side of a threshold: an entry within rounding of it is on
     * neither side, and float32 rounds to 2^-23. */
    static const char *const keys[] = {"entropy", "participation", "max_prob", "margin",
                                       "gini",    "support",       "zeros",    "hoyer",
                                       "sink",    "distance"};
    for (size_t map = 0; map < single->n_maps; map++) {
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            double p = mmax_result_summary(single, map, keys[i])->mean;
            double q = mmax_result_summary(wide, map, keys[i])->mean;
            ck_assert_msg(fabs(p - q) <= 2e-6 * (1 + fabs(q)), "map %zu, %s: %.17g and %.17g", map,
                          keys[i], p, q);
        }
    }
    mmax_result_free(single);
    mmax_result_free(wide);
}
END_TEST

/* ---- thresholds ------------------------------------------------------------------------------ */

/* The means of two metrics over the one row x (n,) of a file under a map. */
static void measure_row(const char *spec, bool is_single, const double *x, size_t n,
                        double *support, double *max_prob)
{
    mmax_plan *plan = new_plan();
    mmax_source *source;
    const char *file = testing_npy_file("row.npy", is_single, x, 1, n);
    ck_assert_int_eq(mmax_plan_add_map(plan, spec, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_source_open(file, &(mmax_source_options){0}, &source, NULL), MMAX_OK);
    mmax_result *result = analyze(plan, source);
    *support = mmax_result_summary(result, 0, "support")->mean;
    *max_prob = mmax_result_summary(result, 0, "max_prob")->mean;
    mmax_result_free(result);
    mmax_source_free(source);
    mmax_plan_free(plan);
}

/* By hand: 1 + (alpha - 1)(x - max) = 1e-4, and its 10th power is 1e-40, no float32 of full
 * precision. */
START_TEST(a_weight_that_underflows_is_in_the_support_of_entmax)
{
    static const double x[] = {0, -9.999, -10.001};
    double support, max_prob;
    for (int is_single = 0; is_single < 2; is_single++) {
        measure_row("entmax:1.1", is_single, x, 3, &support, &max_prob);
        ck_assert_double_eq(support, 2);
        ck_assert_double_eq(max_prob, 1);
    }
}
END_TEST

enum { MANY = 3000 };

/* The closed forms for one entry at 0 and K at -DISTANCE, all in the support. */
static long double largest_of_sparsemax(long double k, long double distance)
{
    return (1 + k * distance) / (k + 1);
}

static long double largest_of_entmax15(long double k, long double distance)
{
    long double h = distance / 2, root = sqrtl(h * h - (k + 1) * (h * h - 1));
    long double below = (root - h) / (k + 1);
    return (below + h) * (below + h);
}

/* A threshold rounded to the row's width errs by a last bit, and so does each of MANY weights: the
 * sum is off by MANY times as much, which division must not put on the largest.  Sums themselves
 * err by half an epsilon for each of 64 or 32 additions in a lane. */
START_TEST(the_largest_weight_is_as_right_as_the_many_below_it)
{
    static const double distances[] = {0.125, 0.3125, 0.6875, 0.9375};
    static double x[MANY + 1];
    double support, max_prob;
    for (size_t i = 0; i < 4; i++) {
        for (size_t j = 1; j <= MANY; j++)
            x[j] = -distances[i];
        const long double distance = (long double)distances[i];
        const double expected[] = {(double)largest_of_sparsemax(MANY, distance),
                                   (double)largest_of_entmax15(MANY, distance)};
        for (int map = 0; map < 2; map++) {
            double tolerance = _i ? 20 * (double)FLT_EPSILON : 36 * DBL_EPSILON;
            measure_row(map ? "entmax:1.5" : "sparsemax", _i, x, MANY + 1, &support, &max_prob);
            ck_assert_double_eq(support, MANY + 1);
            ck_assert_double_le(fabs(max_prob - expected[map]), tolerance);
        }
    }
}
END_TEST

START_TEST(instructions_are_chosen_by_name)
{
    mmax_plan *plan = new_plan();
    mmax_error error;
    ck_assert_int_eq(mmax_plan_set_instructions(plan, "baseline", &error), MMAX_OK);
    ck_assert_int_eq(mmax_plan_set_instructions(plan, "mmx", &error), MMAX_EUSAGE);
    ck_assert_ptr_nonnull(strstr(error.message, "unknown instruction set 'mmx': "));
    ck_assert_int_eq(mmax_plan_set_instructions(plan, NULL, &error), MMAX_OK);
    mmax_plan_free(plan);
}
END_TEST

TCase *fused_tests(void)
{
    TCase *tests = tcase_create("fused");
    tcase_add_loop_test(tests, no_digit_depends_on_blocks_instructions_or_who_asks_for_weights, 0,
                        2);
    tcase_add_test(tests, float32_is_float64_but_for_its_last_places);
    tcase_add_test(tests, a_weight_that_underflows_is_in_the_support_of_entmax);
    tcase_add_loop_test(tests, the_largest_weight_is_as_right_as_the_many_below_it, 0, 2);
    tcase_add_test(tests, instructions_are_chosen_by_name);
    return tests;
}
