/* Inputs that look like weights, and the axis along which they do. */
#include "test_analyze.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- helpers --------------------------------------------------------------------------------- */

static int axis_of(mmax_source *source, size_t block_rows)
{
    mmax_plan *plan = new_plan();
    ck_assert_int_eq(mmax_plan_add_map(plan, "softmax", NULL), MMAX_OK);
    ck_assert_int_eq(mmax_plan_set_metrics(plan, "support", NULL), MMAX_OK);
    mmax_plan_set_block_rows(plan, block_rows);
    mmax_result *result = analyze(plan, source);
    int axis = mmax_result_probability_axis(result);
    int last = (int)mmax_result_input(result)->n_dims - 1;
    ck_assert_int_eq(mmax_result_looks_like_probabilities(result), axis >= 0 && axis == last);
    mmax_result_free(result);
    mmax_source_free(source);
    mmax_plan_free(plan);
    return axis;
}

static void expect_axis(const double *values, const size_t *shape, size_t n_dims, int axis)
{
    static const size_t block_rows[] = {0, 1, 2, 3, 5, 7, 100};
    for (size_t i = 0; i < sizeof block_rows / sizeof *block_rows; i++)
        ck_assert_int_eq(axis_of(open_array(values, shape, n_dims), block_rows[i]), axis);
}

static size_t product(const size_t *shape, size_t n)
{
    size_t all = 1;
    for (size_t i = 0; i < n; i++)
        all *= shape[i];
    return all;
}

/* Divides positive values by their sum along an axis. */
static void normalise(double *values, const size_t *shape, size_t n_dims, size_t axis)
{
    size_t n = shape[axis], step = product(shape + axis + 1, n_dims - axis - 1);
    for (size_t i = 0; i < product(shape, axis); i++)
        for (size_t j = 0; j < step; j++) {
            double *first = values + i * n * step + j, sum = 0;
            for (size_t k = 0; k < n; k++)
                sum += first[k * step];
            for (size_t k = 0; k < n; k++)
                first[k * step] /= sum;
        }
}

/* ---- what looks like weights ----------------------------------------------------------------- */

START_TEST(weights_show_the_axis_that_they_run_along)
{
    static const size_t shapes[][4] = {{3, 4, 2, 5}, {2, 2, 7, 3}, {5, 1, 3, 2}};
    double values[120];
    testing_random random = {1};
    for (size_t s = 0; s < 3; s++)
        for (size_t n_dims = 1; n_dims <= 4; n_dims++)
            for (size_t axis = 0; axis < n_dims; axis++) {
                const size_t *shape = shapes[s] + (4 - n_dims);
                for (size_t i = 0; i < product(shape, n_dims); i++)
                    values[i] = 0.1 + testing_uniform(&random);
                normalise(values, shape, n_dims, axis);
                expect_axis(values, shape, n_dims, shape[axis] > 1 ? (int)axis : -1);
            }
}
END_TEST

START_TEST(causal_weights_show_their_axis_when_transposed)
{
    enum { N = 6 };
    static const size_t shape[] = {2, N, N};
    double values[2 * N * N] = {0};
    for (size_t head = 0; head < 2; head++)
        for (size_t query = 0; query < N; query++)
            for (size_t key = 0; key <= query; key++)
                values[(head * N + key) * N + query] = 1.0 / (double)(query + 1);
    expect_axis(values, shape, 3, 1);
}
END_TEST

START_TEST(of_several_axes_the_last_counts)
{
    static const double values[] = {0.5, 0.5, 0.5, 0.5, 0.25, 0.75, 0.75, 0.25};
    static const size_t shape[] = {2, 2, 2}, long_shape[] = {2, 2, 2, 1};
    expect_axis(values, shape, 3, 2);
    expect_axis(values, long_shape, 4, 2);
}
END_TEST

/* ---- what does not --------------------------------------------------------------------------- */

/* Columns that sum to one but for one entry, which is the last. */
START_TEST(one_entry_tells_logits_from_weights)
{
    static const size_t shape[] = {2, 2, 2};
    static const struct {
        double entry;
        int axis;
    } entries[] = {{0.25, 1},    {0.2509, 1},     {0.2511, -1},
                   {0.2489, -1}, {-0.25, -1},     {(double)INFINITY, -1},
                   {0, -1},      {-HUGE_VAL, -1}, {(double)NAN, -1},
                   {1.25, -1}};
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        double values[] = {0.5, 1, 0.5, 0, 0.125, 0.75, 0.875, entries[i].entry};
        mmax_source *source = open_array(values, shape, 3);
        mmax_plan *plan = new_plan();
        ck_assert_int_eq(mmax_plan_set_invalid(plan, "skip", NULL), MMAX_OK);
        mmax_result *result = analyze(plan, source);
        ck_assert_int_eq(mmax_result_probability_axis(result), entries[i].axis);
        mmax_result_free(result);
        mmax_source_free(source);
        mmax_plan_free(plan);
    }
}
END_TEST

START_TEST(axes_of_one_and_inputs_without_rows_tell_nothing)
{
    static const double ones[] = {1, 1, 1};
    static const struct {
        size_t n_dims, shape[3];
    } inputs[] = {{0, {0}},       {1, {1}},       {2, {1, 1}},   {2, {1, 3}},
                  {2, {3, 1}},    {3, {1, 1, 3}}, {2, {0, 3}},   {2, {3, 0}},
                  {3, {0, 3, 2}}, {3, {3, 0, 2}}, {3, {2, 3, 0}}};
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
        expect_axis(ones, inputs[i].shape, inputs[i].n_dims, -1);
}
END_TEST

START_TEST(an_axis_is_followed_while_the_others_after_it_are_short)
{
    static const size_t followed[] = {2, 1024, 1024}, too_long[] = {2, 1025, 1024};
    size_t n = product(too_long, 3);
    double *halves = mmax_alloc_array(n, sizeof *halves);
    ck_assert_ptr_nonnull(halves);
    for (size_t i = 0; i < n; i++)
        halves[i] = 0.5;
    ck_assert_int_eq(axis_of(open_array(halves, followed, 3), 0), 0);
    ck_assert_int_eq(axis_of(open_array(halves, too_long, 3), 0), -1);
    free(halves);
}
END_TEST

/* ---- texts and weights that are taken as such ------------------------------------------------ */

START_TEST(columns_of_a_text_are_summed_to_its_end)
{
    static const struct {
        const char *text;
        int axis;
    } texts[] = {{"0.5,0.1\n0.5,0.9\n", 0},
                 {"0.5\n0.25\n0.25\n", 0},
                 {"0.5,0.1\n0.5,0.8\n", -1},
                 {"0.5,0.1\n0.5,0.9\n0.5,0\n", -1},
                 {"1,1\n", -1},
                 {"1\n", -1}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t block_rows = 0; block_rows < 4; block_rows++) {
            mmax_source *source;
            const char *file = testing_text_file("w.csv", texts[i].text);
            ck_assert_int_eq(mmax_source_open(file, NULL, &source, NULL), MMAX_OK);
            ck_assert_int_eq(axis_of(source, block_rows), texts[i].axis);
        }
}
END_TEST

START_TEST(what_is_taken_for_weights_needs_no_word_about_it)
{
    static const double values[] = {0.5, 1, 0.5, 0};
    static const size_t shape[] = {2, 2};
    mmax_plan *plan = new_plan();
    mmax_plan_set_from_probs(plan);
    mmax_source *source = open_array(values, shape, 2);
    mmax_result *result = analyze(plan, source);
    ck_assert_int_eq(mmax_result_probability_axis(result), -1);
    mmax_result_free(result);
    mmax_source_free(source);
    mmax_plan_free(plan);
}
END_TEST

TCase *weights_tests(void)
{
    TCase *weights = tcase_create("weights");
    tcase_add_test(weights, weights_show_the_axis_that_they_run_along);
    tcase_add_test(weights, causal_weights_show_their_axis_when_transposed);
    tcase_add_test(weights, of_several_axes_the_last_counts);
    tcase_add_test(weights, one_entry_tells_logits_from_weights);
    tcase_add_test(weights, axes_of_one_and_inputs_without_rows_tell_nothing);
    tcase_add_test(weights, an_axis_is_followed_while_the_others_after_it_are_short);
    tcase_add_test(weights, columns_of_a_text_are_summed_to_its_end);
    tcase_add_test(weights, what_is_taken_for_weights_needs_no_word_about_it);
    return weights;
}
