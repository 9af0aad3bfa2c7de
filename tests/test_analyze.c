/* The pass over the blocks: what reaches the result and the sinks, and that nothing depends on how
 * the rows came in blocks. */
#include "test_analyze.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

mmax_plan *new_plan(void)
{
    mmax_plan *plan;
    const char *instructions = getenv("MULTIMAX_ISA"); /* as the program has it: make check-isa */
    ck_assert_int_eq(mmax_plan_new(&plan, NULL), MMAX_OK);
    if (instructions && *instructions)
        ck_assert_int_eq(mmax_plan_set_instructions(plan, instructions, NULL), MMAX_OK);
    return plan;
}

mmax_source *open_array(const double *logits, const size_t *shape, size_t n_dims)
{
    mmax_source *source;
    ck_assert_int_eq(mmax_source_open_memory(logits, shape, n_dims, &source, NULL), MMAX_OK);
    return source;
}

mmax_result *analyze(const mmax_plan *plan, mmax_source *source)
{
    mmax_result *result;
    mmax_error error = {0};
    if (mmax_analyze(plan, source, NULL, 0, &result, &error) != MMAX_OK)
        ck_abort_msg("%s", error.message);
    return result;
}

static void fill_normal(double *logits, size_t n, uint64_t seed)
{
    testing_random random = {seed};
    for (size_t i = 0; i < n; i++)
        logits[i] = 2 * testing_normal(&random);
}

static void assert_same_summary(const mmax_summary *a, const mmax_summary *b)
{
    ck_assert_uint_eq(a->count, b->count);
    ck_assert_uint_eq(a->missing, b->missing);
    const double *x = &a->mean, *y = &b->mean;
    for (size_t i = 0; i < 9; i++)
        ck_assert_msg(testing_same(x[i], y[i]), "number %zu: %.17g and %.17g", i, x[i], y[i]);
}

void assert_same_result(const mmax_result *a, const mmax_result *b)
{
    ck_assert_uint_eq(a->n_groups, b->n_groups);
    ck_assert_uint_eq(a->masked_rows, b->masked_rows);
    ck_assert_uint_eq(a->masked_entries, b->masked_entries);
    size_t n_cells = a->n_maps * a->metrics.n;
    for (size_t i = 0; i < n_cells; i++)
        assert_same_summary(&a->all[i], &b->all[i]);
    for (size_t i = 0; a->groups && b->groups && i < a->n_groups * n_cells; i++)
        assert_same_summary(&a->groups[i], &b->groups[i]);
}

START_TEST(no_digit_depends_on_the_size_of_the_blocks)
{
    enum { HEADS = 3, QUERIES = 301, KEYS = 5 };
    static double logits[HEADS * QUERIES * KEYS];
    static const size_t shape[] = {HEADS, QUERIES, KEYS};
    static const size_t block_rows[] = {1, 2, 7, 64, 300, 301, 302, 5000};
    fill_normal(logits, HEADS * QUERIES * KEYS, 1);
    for (size_t i = 0; i < HEADS * QUERIES * KEYS; i += 11)
        logits[i] = -(double)INFINITY;
    mmax_plan *plan = new_plan();
    ck_assert_int_eq(mmax_plan_set_metrics(plan, "all", NULL), MMAX_OK);
    mmax_source *source = open_array(logits, shape, 3);
    mmax_result *expected = analyze(plan, source);
    mmax_source_free(source);
    for (size_t i = 0; i < sizeof block_rows / sizeof block_rows[0]; i++) {
        mmax_plan_set_block_rows(plan, block_rows[i]);
        source = open_array(logits, shape, 3);
        mmax_result *result = analyze(plan, source);
        assert_same_result(result, expected);
        mmax_result_free(result);
        mmax_source_free(source);
    }
    mmax_result_free(expected);
    mmax_plan_free(plan);
}
END_TEST

START_TEST(the_summary_of_all_is_the_same_at_every_level)
{
    enum { N = 4 * 30 * 6 };
    static double logits[N];
    static const size_t shape[] = {4, 30, 6};
    static const char *const levels[] = {"all", "group", "row"};
    fill_normal(logits, N, 2);
    mmax_result *results[3];
    mmax_source *sources[3];
    for (size_t i = 0; i < 3; i++) {
        mmax_plan *plan = new_plan();
        ck_assert_int_eq(mmax_plan_set_per(plan, levels[i], NULL), MMAX_OK);
        sources[i] = open_array(logits, shape, 3);
        results[i] = analyze(plan, sources[i]);
        mmax_plan_free(plan);
    }
    assert_same_result(results[0], results[1]);
    assert_same_result(results[0], results[2]);
    ck_assert_ptr_nonnull(mmax_result_group_summary(results[1], 3, 0, "entropy"));
    ck_assert_ptr_null(mmax_result_group_summary(results[1], 4, 0, "entropy"));
    ck_assert_ptr_null(mmax_result_group_summary(results[0], 0, 0, "entropy"));
    for (size_t i = 0; i < 3; i++) {
        mmax_result_free(results[i]);
        mmax_source_free(sources[i]);
    }
}
END_TEST

START_TEST(each_group_is_what_it_would_be_alone)
{
    enum { QUERIES = 20, KEYS = 7, GROUPS = 6 };
    static double logits[GROUPS * QUERIES * KEYS];
    static const size_t shape[] = {2, 3, QUERIES, KEYS};
    fill_normal(logits, GROUPS * QUERIES * KEYS, 3);
    mmax_plan *plan = new_plan();
    ck_assert_int_eq(mmax_plan_set_metrics(plan, "all", NULL), MMAX_OK);
    mmax_source *source = open_array(logits, shape, 4);
    mmax_result *result = analyze(plan, source);
    ck_assert_uint_eq(mmax_result_groups(result), GROUPS);
    for (size_t g = 0; g < GROUPS; g++) {
        mmax_source *alone_source = open_array(logits + g * QUERIES * KEYS, shape + 2, 2);
        mmax_result *alone = analyze(plan, alone_source);
        size_t n_cells = result->n_maps * result->metrics.n;
        for (size_t i = 0; i < n_cells; i++)
            assert_same_summary(&result->groups[g * n_cells + i], &alone->all[i]);
        mmax_result_free(alone);
        mmax_source_free(alone_source);
    }
    mmax_result_free(result);
    mmax_source_free(source);
    mmax_plan_free(plan);
}
END_TEST

START_TEST(a_skipped_row_counts_for_nothing_but_itself)
{
    double logits[4][3] = {{1, 2, 3}, {(double)NAN, 0, 0}, {0, (double)INFINITY, 0}, {5, 5, 5}};
    double kept[2][3] = {{1, 2, 3}, {5, 5, 5}};
    static const size_t shape[] = {4, 3}, kept_shape[] = {2, 3};
    mmax_plan *plan = new_plan();
    ck_assert_int_eq(mmax_plan_set_invalid(plan, "skip", NULL), MMAX_OK);
    mmax_source *source = open_array(logits[0], shape, 2);
    mmax_source *kept_source = open_array(kept[0], kept_shape, 2);
    mmax_result *result = analyze(plan, source), *expected = analyze(plan, kept_source);
    assert_same_result(result, expected);
    ck_assert_uint_eq(mmax_result_invalid_rows(result), 2);
    ck_assert_uint_eq(result->rows, 2);
    mmax_result_free(result);
    mmax_result_free(expected);
    mmax_source_free(source);
    mmax_source_free(kept_source);
    mmax_plan_free(plan);
}
END_TEST

START_TEST(an_invalid_logit_is_an_error_that_says_where)
{
    double logits[2][2][2] = {{{1, 2}, {3, 4}}, {{5, 6}, {7, (double)NAN}}};
    static const size_t shape[] = {2, 2, 2};
    mmax_plan *plan = new_plan();
    mmax_source *source = open_array(logits[0][0], shape, 3);
    mmax_result *result = NULL;
    mmax_error error;
    ck_assert_int_eq(mmax_analyze(plan, source, NULL, 0, &result, &error), MMAX_EDOMAIN);
    ck_assert_ptr_null(result);
    ck_assert_str_eq(error.message, "memory: group 1, row 1, column 1: nan is not a logit; "
                                    "--invalid=skip leaves such rows out");
    mmax_source_free(source);
    mmax_plan_free(plan);
}
END_TEST

START_TEST(masked_rows_and_entries_are_counted)
{
    double logits[3][2] = {{1, -(double)INFINITY}, {-(double)INFINITY, -(double)INFINITY}, {0, 0}};
    static const size_t shape[] = {3, 2};
    mmax_plan *plan = new_plan();
    mmax_source *source = open_array(logits[0], shape, 2);
    mmax_result *result = analyze(plan, source);
    ck_assert_uint_eq(mmax_result_masked_rows(result), 1);
    ck_assert_uint_eq(mmax_result_masked_entries(result), 1);
    const mmax_summary *entropy = mmax_result_summary(result, 0, "entropy");
    ck_assert_uint_eq(entropy->count, 2);
    ck_assert_uint_eq(entropy->missing, 1);
    ck_assert_ptr_null(mmax_result_summary(result, 9, "entropy"));
    ck_assert_ptr_null(mmax_result_summary(result, 0, "gini"));
    mmax_result_free(result);
    mmax_source_free(source);
    mmax_plan_free(plan);
}
END_TEST

START_TEST(arrays_without_rows_or_entries_have_a_result)
{
    static const size_t shapes[][3] = {{0, 5, 0}, {5, 0, 0}, {0, 0, 0}, {3, 0, 4}, {2, 3, 0}};
    static const size_t n_dims[] = {2, 2, 1, 3, 3};
    mmax_plan *plan = new_plan();
    for (size_t i = 0; i < 5; i++) {
        mmax_source *source = open_array(NULL, shapes[i], n_dims[i]);
        mmax_result *result = analyze(plan, source);
        const mmax_summary *entropy = mmax_result_summary(result, 0, "entropy");
        ck_assert_uint_eq(entropy->count, 0);
        ck_assert(isnan(entropy->mean));
        ck_assert_uint_eq(mmax_result_masked_rows(result), mmax_source_input(source)->n_rows);
        mmax_result_free(result);
        mmax_source_free(source);
    }
    mmax_plan_free(plan);
}
END_TEST

START_TEST(blocks_of_more_rows_than_memory_has_are_refused)
{
    static const double logits[2] = {0, 1};
    static const size_t shape[] = {2, 1};
    /* Too many for any size, and for the number of metrics alone. */
    static const size_t block_rows[] = {SIZE_MAX, SIZE_MAX / 8};
    mmax_plan *plan = new_plan();
    mmax_source *source = open_array(logits, shape, 2);
    for (size_t i = 0; i < 2; i++) {
        mmax_error error = {0};
        mmax_result *result;
        char expected[128];
        mmax_plan_set_block_rows(plan, block_rows[i]);
        ck_assert_int_eq(mmax_analyze(plan, source, NULL, 0, &result, &error), MMAX_ENOMEM);
        snprintf(expected, sizeof expected,
                 "memory: out of memory for %zu rows of 1 logits at once", block_rows[i]);
        ck_assert_str_eq(error.message, expected);
    }
    mmax_source_free(source);
    mmax_plan_free(plan);
}
END_TEST

START_TEST(a_raised_flag_stops_the_pass)
{
    static const double logits[2] = {0, 1};
    static const size_t shape[] = {1, 2};
    static const volatile sig_atomic_t raised = 1;
    mmax_plan *plan = new_plan();
    mmax_plan_set_cancel(plan, &raised);
    mmax_source *source = open_array(logits, shape, 2);
    mmax_result *result;
    ck_assert_int_eq(mmax_analyze(plan, source, NULL, 0, &result, NULL), MMAX_ECANCELED);
    mmax_source_free(source);
    mmax_plan_free(plan);
}
END_TEST

START_TEST(a_map_that_overflows_says_on_which_row)
{
    static const double logits[4] = {0, 1, -1e300, 1};
    static const size_t shape[] = {2, 2};
    mmax_plan *plan = new_plan();
    ck_assert_int_eq(mmax_plan_add_map(plan, "multimax:ts=0/0/-1/0,ranges=0/0/0/0", NULL), MMAX_OK);
    mmax_source *source = open_array(logits, shape, 2);
    mmax_result *result;
    mmax_error error;
    ck_assert_int_eq(mmax_analyze(plan, source, NULL, 0, &result, &error), MMAX_EDOMAIN);
    ck_assert_str_eq(
        error.message,
        "memory: row 1: multimax's sigma overflows; mask with -inf, not with huge numbers");
    mmax_source_free(source);
    mmax_plan_free(plan);
}
END_TEST

/* Of two equal logits the mean distance of query i is i - 1/2, for i > 0: the quantiles are those
 * of the line, within a thousandth of its length. */
START_TEST(distances_in_a_long_text_are_those_of_the_array)
{
    enum { N = 20000 };
    static char text[4 * N + 1];
    static double logits[2 * N];
    static const size_t shape[] = {N, 2};
    for (size_t i = 0; i < N; i++)
        memcpy(text + 4 * i, "0,0\n", 5);
    mmax_plan *plan = new_plan();
    ck_assert_int_eq(mmax_plan_add_map(plan, "softmax", NULL), MMAX_OK);
    ck_assert_int_eq(mmax_plan_set_metrics(plan, "distance", NULL), MMAX_OK);
    mmax_source *from_array = open_array(logits, shape, 2), *from_text;
    ck_assert_int_eq(mmax_source_open(testing_text_file("long.csv", text),
                                      &(mmax_source_options){0}, &from_text, NULL),
                     MMAX_OK);
    mmax_result *of_array = analyze(plan, from_array), *of_text = analyze(plan, from_text);
    assert_same_result(of_text, of_array);
    const mmax_summary *distance = mmax_result_summary(of_text, 0, "distance");
    ck_assert_double_eq_tol(distance->p05, 0.05 * N, N / 1000);
    ck_assert_double_eq_tol(distance->p50, 0.50 * N, N / 1000);
    ck_assert_double_eq_tol(distance->p95, 0.95 * N, N / 1000);
    mmax_result_free(of_array);
    mmax_result_free(of_text);
    mmax_source_free(from_array);
    mmax_source_free(from_text);
    mmax_plan_free(plan);
}
END_TEST

/* ---- plan ------------------------------------------------------------------------------------ */

START_TEST(a_plan_without_maps_takes_the_default_five)
{
    static const char *const specs[] = {"softmax:t=1", "sparsemax", "entmax:alpha=1.5", "evsoftmax",
                                        "multimax:tb=2,b=eps,td=0.5,d=eps"};
    mmax_plan *plan = new_plan();
    for (size_t i = 0; i < 5; i++) {
        char spec[MMAX_SPEC_SIZE];
        ck_assert_ptr_nonnull(mmax_plan_map_at(plan, i));
        mmax_map_format(mmax_plan_map_at(plan, i), spec);
        ck_assert_str_eq(spec, specs[i]);
    }
    ck_assert_ptr_null(mmax_plan_map_at(plan, 5));
    ck_assert_int_eq(mmax_plan_add_map(plan, "softmax", NULL), MMAX_OK);
    ck_assert_ptr_null(mmax_plan_map_at(plan, 1));
    mmax_plan_free(plan);
}
END_TEST

START_TEST(a_plan_refuses_a_map_twice_and_too_many)
{
    mmax_plan *plan = new_plan();
    mmax_error error;
    ck_assert_int_eq(mmax_plan_add_map(plan, "entmax:2", NULL), MMAX_OK);
    ck_assert_int_eq(mmax_plan_add_map(plan, "entmax:alpha=2.0", &error), MMAX_EUSAGE);
    ck_assert_str_eq(error.message, "map 'entmax:alpha=2.0' is given twice");
    for (int i = 1; i < MMAX_MAX_MAPS; i++) {
        char spec[32];
        snprintf(spec, sizeof spec, "softmax:t=%d", i);
        ck_assert_int_eq(mmax_plan_add_map(plan, spec, NULL), MMAX_OK);
    }
    ck_assert_int_eq(mmax_plan_add_map(plan, "sparsemax", &error), MMAX_EUSAGE);
    ck_assert_str_eq(error.message, "more than 32 maps in one run");
    mmax_plan_free(plan);
}
END_TEST

static void add_pass_tests(Suite *suite)
{
    TCase *pass = tcase_create("pass");
    tcase_add_test(pass, no_digit_depends_on_the_size_of_the_blocks);
    tcase_add_test(pass, the_summary_of_all_is_the_same_at_every_level);
    tcase_add_test(pass, each_group_is_what_it_would_be_alone);
    tcase_add_test(pass, a_skipped_row_counts_for_nothing_but_itself);
    tcase_add_test(pass, an_invalid_logit_is_an_error_that_says_where);
    tcase_add_test(pass, masked_rows_and_entries_are_counted);
    tcase_add_test(pass, arrays_without_rows_or_entries_have_a_result);
    tcase_add_test(pass, blocks_of_more_rows_than_memory_has_are_refused);
    tcase_add_test(pass, a_raised_flag_stops_the_pass);
    tcase_add_test(pass, a_map_that_overflows_says_on_which_row);
    tcase_add_test(pass, distances_in_a_long_text_are_those_of_the_array);
    suite_add_tcase(suite, pass);
}

int main(void)
{
    Suite *suite = suite_create("analyze");
    add_pass_tests(suite);
    suite_add_tcase(suite, sink_tests());
    suite_add_tcase(suite, transform_tests());
    suite_add_tcase(suite, product_tests());
    suite_add_tcase(suite, layer_tests());
    suite_add_tcase(suite, fused_tests());
    suite_add_tcase(suite, weights_tests());
    suite_add_tcase(suite, thread_tests());
    suite_add_tcase(suite, check_tests());
    TCase *plan = tcase_create("plan");
    tcase_add_test(plan, a_plan_without_maps_takes_the_default_five);
    tcase_add_test(plan, a_plan_refuses_a_map_twice_and_too_many);
    suite_add_tcase(suite, plan);
    return testing_run(suite);
}
