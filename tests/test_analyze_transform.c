/* What becomes of entries before they are logits: logarithms, a scale, a mask, in this order. */
#include "test_analyze.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A sink that keeps the weights of one softmax, (n_rows, row_length). */
typedef struct keeper {
    mmax_sink sink;
    double *weights;
    size_t n;
} keeper;

static mmax_status keep_weights(mmax_sink *sink, const mmax_weight_block *block, mmax_error *error)
{
    (void)error;
    keeper *self = (keeper *)sink;
    size_t n = block->n_rows * block->input->row_length;
    self->weights = mmax_resize_array(self->weights, self->n + n + 1, sizeof *self->weights);
    ck_assert_ptr_nonnull(self->weights);
    if (n > 0)
        memcpy(self->weights + self->n, block->weights, n * sizeof *self->weights);
    self->n += n;
    return MMAX_OK;
}

static const mmax_sink_methods keeping = {.weights = keep_weights};

static mmax_plan *softmax_plan(void)
{
    mmax_plan *plan = new_plan();
    ck_assert_int_eq(mmax_plan_add_map(plan, "softmax", NULL), MMAX_OK);
    return plan;
}

static void set_mask(mmax_plan *plan, const char *mask)
{
    ck_assert_int_eq(mmax_plan_set_mask(plan, mask, NULL), MMAX_OK);
}

static void set_scale(mmax_plan *plan, const char *scale)
{
    ck_assert_int_eq(mmax_plan_set_scale(plan, scale, NULL), MMAX_OK);
}

/* The weights of the source, which is freed; the result, too, if it is asked for. */
static double *weights_of(const mmax_plan *plan, mmax_source *source, mmax_result **result)
{
    keeper kept = {.sink = {&keeping}};
    mmax_sink *sink = &kept.sink;
    mmax_result *made;
    mmax_error error = {0};
    mmax_status status = mmax_analyze(plan, source, &sink, 1, &made, &error);
    ck_assert_msg(status == MMAX_OK, "%s", error.message);
    if (result)
        *result = made;
    else
        mmax_result_free(made);
    mmax_source_free(source);
    return kept.weights;
}

static mmax_source *open_file(const char *file)
{
    mmax_source *source;
    mmax_error error = {0};
    mmax_status status = mmax_source_open(file, NULL, &source, &error);
    ck_assert_msg(status == MMAX_OK, "%s", error.message);
    return source;
}

/* The pass over the source, which is freed, fails; the message ends so. */
static void expect_failure(const mmax_plan *plan, mmax_source *source, const char *ending)
{
    mmax_result *result = NULL;
    mmax_error error = {0};
    ck_assert_int_eq(mmax_analyze(plan, source, NULL, 0, &result, &error), MMAX_EDOMAIN);
    size_t length = strlen(error.message), n = strlen(ending);
    ck_assert_msg(length >= n && strcmp(error.message + length - n, ending) == 0, "%s",
                  error.message);
    mmax_source_free(source);
}

/* ---- scales ---------------------------------------------------------------------------------- */

static const struct {
    const char *text;
    double value;
} scales[] = {
    {"2", 2},
    {"-0.5", -0.5},
    {"1/8", 0.125},
    {"1/sqrt(64)", 0.125},
    {"sqrt(2.25)", 1.5},
    {"-1/sqrt(4)", -0.5},
    {"sqrt(9)/sqrt(4)", 1.5},
    {"1e-2/2", 0.005},
};

START_TEST(a_scale_is_a_number_a_root_or_a_ratio)
{
    mmax_plan *plan = new_plan();
    set_scale(plan, scales[_i].text);
    ck_assert_msg(plan->transform.scale == scales[_i].value, "%.17g", plan->transform.scale);
    mmax_plan_free(plan);
}
END_TEST

static const char *const bad_scales[] = {
    "",    "x",   "1/",    "/2",        "1/2/3",         "sqrt",     "sqrt()", "sqrt(4",
    "--1", "-+1", "1 / 2", "sqrt(64)8", "sqrt(sqrt(4))", "0",        "-0",     "0/1",
    "1/0", "0/0", "nan",   "inf",       "1e999",         "sqrt(-4)", "1/inf",  "1e-300/1e300",
};

START_TEST(what_is_no_finite_number_but_0_is_no_scale)
{
    mmax_plan *plan = new_plan();
    mmax_error error;
    ck_assert_int_eq(mmax_plan_set_scale(plan, bad_scales[_i], &error), MMAX_EUSAGE);
    ck_assert_ptr_nonnull(strstr(error.message, "invalid scale"));
    ck_assert(plan->transform.scale == 0);
    mmax_plan_free(plan);
}
END_TEST

START_TEST(a_negative_scale_turns_logits_around_but_unmasks_nothing)
{
    static const double logits[] = {-1, -HUGE_VAL, 1};
    static const size_t shape[] = {3};
    mmax_plan *plan = softmax_plan();
    set_scale(plan, "-1/2");
    double *weights = weights_of(plan, open_array(logits, shape, 1), NULL);
    /* softmax(0.5, -0.5) by hand */
    ck_assert_double_eq_tol(weights[0], 1 / (1 + exp(-1)), 1e-15);
    ck_assert(weights[1] == 0);
    ck_assert_double_eq_tol(weights[2], 1 / (1 + exp(1)), 1e-15);
    free(weights);
    mmax_plan_free(plan);
}
END_TEST

START_TEST(a_product_that_overflows_is_no_mask_but_an_error)
{
    static const double logits[] = {0, 1, 2, -1e300};
    static const size_t shape[] = {2, 2};
    mmax_plan *plan = softmax_plan();
    set_scale(plan, "1e10");
    expect_failure(plan, open_array(logits, shape, 2),
                   "memory: row 1, column 1: -1e300 times the scale overflows");
    mmax_plan_free(plan);
}
END_TEST

/* ---- masks ----------------------------------------------------------------------------------- */

/* Zeros in C order for tests of what is masked: then every live entry gets 1 / n_live. */
static const double zeros[64];

static void check_causal(size_t n_queries, size_t n_keys, size_t block_rows)
{
    const size_t shape[] = {2, n_queries, n_keys};
    mmax_plan *plan = softmax_plan();
    set_mask(plan, "causal");
    mmax_plan_set_block_rows(plan, block_rows);
    mmax_result *result;
    double *weights = weights_of(plan, open_array(zeros, shape, 3), &result);
    size_t masked_rows = 0, masked_entries = 0;
    for (size_t row = 0; row < 2 * n_queries; row++) {
        size_t n_live = 0;
        for (size_t j = 0; j < n_keys; j++)
            n_live += j + n_queries <= row % n_queries + n_keys;
        masked_rows += n_live == 0;
        masked_entries += n_live == 0 ? 0 : n_keys - n_live;
        for (size_t j = 0; j < n_keys; j++)
            ck_assert(weights[row * n_keys + j] == (j < n_live ? 1 / (double)n_live : 0));
    }
    ck_assert_uint_eq(mmax_result_masked_rows(result), masked_rows);
    ck_assert_uint_eq(mmax_result_masked_entries(result), masked_entries);
    mmax_result_free(result);
    free(weights);
    mmax_plan_free(plan);
}

START_TEST(a_causal_mask_hides_the_future_and_nothing_from_the_last_query)
{
    static const size_t shapes[][2] = {{4, 4}, {2, 5}, {5, 2}, {1, 3}, {3, 1}, {0, 3}};
    for (size_t i = 0; i < 6; i++)
        for (size_t block_rows = 0; block_rows < 5; block_rows++)
            check_causal(shapes[i][0], shapes[i][1], block_rows);
}
END_TEST

START_TEST(a_causal_mask_needs_two_axes)
{
    static const size_t shape[] = {4};
    mmax_plan *plan = softmax_plan();
    set_mask(plan, "causal");
    expect_failure(plan, open_array(zeros, shape, 1),
                   "memory: a causal mask needs the last two axes, queries and keys; this array "
                   "has rank 1");
    mmax_plan_free(plan);
}
END_TEST

START_TEST(a_causal_mask_takes_a_text_to_be_square)
{
    for (size_t block_rows = 0; block_rows < 4; block_rows++) {
        mmax_plan *plan = softmax_plan();
        set_mask(plan, "causal");
        mmax_plan_set_block_rows(plan, block_rows);
        double *weights =
            weights_of(plan, open_file(testing_text_file("s.csv", "0,9\n0,0\n")), NULL);
        ck_assert(weights[0] == 1 && weights[1] == 0 && weights[2] == 0.5 && weights[3] == 0.5);
        free(weights);
        expect_failure(plan, open_file(testing_text_file("wide.csv", "0,0,0\n0,0,0\n")),
                       "wide.csv: 2 rows of 3: a causal mask takes a text to be square, since its "
                       "rows are not counted beforehand; save it as NPY");
        expect_failure(plan, open_file(testing_text_file("tall.csv", "0\n0\n0\n")),
                       "tall.csv: at least 2 rows of 1: a causal mask takes a text to be square, "
                       "since its rows are not counted beforehand; save it as NPY");
        mmax_plan_free(plan);
    }
}
END_TEST

START_TEST(a_mask_hides_whatever_stands_there_and_adds_what_is_finite)
{
    static const double logits[] = {(double)NAN, 0, 0, 1, -HUGE_VAL, HUGE_VAL};
    static const size_t shape[] = {2, 3};
    mmax_plan *plan = softmax_plan();
    set_mask(plan, testing_text_file("mask.csv", "-inf,1,0\n0,0,-inf\n"));
    double *weights = weights_of(plan, open_array(logits, shape, 2), NULL);
    ck_assert(weights[0] == 0);
    ck_assert_double_eq_tol(weights[1], 1 / (1 + exp(-1)), 1e-15);
    ck_assert(weights[3] == 1 && weights[4] == 0 && weights[5] == 0);
    free(weights);
    mmax_plan_free(plan);
}
END_TEST

START_TEST(a_sum_that_overflows_is_no_mask_but_an_error)
{
    static const double logits[] = {0, -1.7e308};
    static const size_t shape[] = {1, 2};
    mmax_plan *plan = softmax_plan();
    set_mask(plan, testing_text_file("mask.tsv", "0\t-1e308\n"));
    expect_failure(plan, open_array(logits, shape, 2),
                   "memory: row 0, column 1: -1.7e308 plus the mask's entry overflows");
    mmax_plan_free(plan);
}
END_TEST

START_TEST(a_text_must_have_the_rows_of_its_mask)
{
    const char *mask = testing_text_file("mask.csv", "0,1\n1,1\n1,1\n");
    static const char *const texts[] = {"0,0\n0,0\n", "0,0\n0,0\n0,0\n0,0\n"};
    for (size_t i = 0; i < 2; i++)
        for (size_t block_rows = 1; block_rows < 6; block_rows += 4) {
            mmax_plan *plan = softmax_plan();
            mmax_result *result = NULL;
            mmax_error error;
            set_mask(plan, mask);
            mmax_plan_set_block_rows(plan, block_rows);
            mmax_source *source = open_file(testing_text_file("a.csv", texts[i]));
            ck_assert_int_eq(mmax_analyze(plan, source, NULL, 0, &result, &error), MMAX_EDOMAIN);
            ck_assert_ptr_nonnull(strstr(error.message, "a mask of shape (3, 2) does not broadcast "
                                                        "to ("));
            mmax_source_free(source);
            mmax_plan_free(plan);
        }
}
END_TEST

/* ---- weights as input ------------------------------------------------------------------------ */

START_TEST(softmax_gives_weights_back)
{
    static const double given[] = {0.5, 0.25, 0.25, 0, 1, 0, 0x1p-1074, 1, -0.0};
    static const size_t shape[] = {3, 3};
    mmax_plan *plan = softmax_plan();
    mmax_plan_set_from_probs(plan);
    mmax_result *result;
    double *weights = weights_of(plan, open_array(given, shape, 2), &result);
    for (size_t i = 0; i < 9; i++)
        ck_assert_double_eq_tol(weights[i], given[i], 1e-15);
    ck_assert_uint_eq(mmax_result_masked_entries(result), 3);
    ck_assert(!mmax_result_looks_like_probabilities(result));
    mmax_result_free(result);
    free(weights);
    mmax_plan_free(plan);
}
END_TEST

START_TEST(a_negative_weight_is_an_error_with_its_place)
{
    mmax_plan *plan = softmax_plan();
    mmax_plan_set_from_probs(plan);
    expect_failure(plan, open_file(testing_text_file("a.csv", "1,0\n1.5,-0.5\n")),
                   "a.csv:2: value 2: -0.5 is negative, so it is no weight but a logit");
    mmax_plan_free(plan);
}
END_TEST

START_TEST(rows_that_sum_to_one_look_like_weights)
{
    static const struct {
        const char *text;
        bool looks;
    } inputs[] = {
        {"0.5,0.5\n1,0\n", true},     {"0.5,0.5005\n1,0\n", true}, {"0.5,0.5\n1,0.002\n", false},
        {"1.5,-0.5\n1,0\n", false},   {"0.5,0.5\n0,0\n", false},   {"1\n1\n", false},
        {"0.5,0.5\n1,-inf\n", false},
    };
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
        for (size_t block_rows = 1; block_rows < 3; block_rows++) {
            mmax_plan *plan = softmax_plan();
            mmax_plan_set_block_rows(plan, block_rows);
            mmax_source *source = open_file(testing_text_file("a.csv", inputs[i].text));
            mmax_result *result = analyze(plan, source);
            ck_assert_int_eq(mmax_result_looks_like_probabilities(result), inputs[i].looks);
            mmax_result_free(result);
            mmax_source_free(source);
            mmax_plan_free(plan);
        }
}
END_TEST

/* ---- together -------------------------------------------------------------------------------- */

START_TEST(the_order_is_logarithm_scale_mask)
{
    static const double given[] = {4, 16, 1};
    static const size_t shape[] = {1, 3};
    mmax_plan *plan = softmax_plan();
    set_mask(plan, testing_text_file("mask.csv", "1,-inf,0\n"));
    set_scale(plan, "1/2");
    mmax_plan_set_from_probs(plan);
    double *weights = weights_of(plan, open_array(given, shape, 2), NULL);
    /* exp(ln(4) / 2 + 1) = 2 e against exp(ln(1) / 2) = 1 */
    ck_assert_double_eq_tol(weights[0], 2 * exp(1) / (2 * exp(1) + 1), 1e-15);
    ck_assert(weights[1] == 0);
    free(weights);
    mmax_plan_free(plan);
}
END_TEST

START_TEST(no_digit_of_transformed_rows_depends_on_the_size_of_the_blocks)
{
    enum { QUERIES = 7, KEYS = 9, ROWS = 6 * QUERIES };
    static double logits[ROWS * KEYS];
    static const size_t shape[] = {2, 3, QUERIES, KEYS}, mask_shape[] = {3, QUERIES, KEYS};
    testing_random random = {5};
    for (size_t i = 0; i < ROWS * KEYS; i++)
        logits[i] = testing_uniform(&random);
    static const size_t block_rows[] = {0, 1, 2, 5, 7, 11, 41, 100};
    /* The mask is one of the input's groups as NPY. */
    mmax_source *half = open_array(logits, mask_shape, 3);
    mmax_array_writer *writer;
    char *file = mmax_copy_text(testing_text_file("mask.npy", ""));
    ck_assert_int_eq(mmax_array_writer_open(file, NULL, MMAX_ARRAY_NPY, MMAX_FLOAT64,
                                            mmax_source_input(half), &writer, NULL),
                     MMAX_OK);
    ck_assert_int_eq(mmax_array_writer_rows(writer, logits, 3 * QUERIES, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_array_writer_commit(writer, mmax_source_input(half), NULL), MMAX_OK);
    mmax_array_writer_free(writer);
    mmax_source_free(half);
    double *first = NULL;
    for (size_t i = 0; i < sizeof block_rows / sizeof *block_rows; i++) {
        mmax_plan *plan = softmax_plan();
        mmax_plan_set_from_probs(plan);
        set_scale(plan, "1/sqrt(3)");
        set_mask(plan, file);
        mmax_plan_set_block_rows(plan, block_rows[i]);
        double *weights = weights_of(plan, open_array(logits, shape, 4), NULL);
        if (first)
            ck_assert(memcmp(first, weights, sizeof logits) == 0);
        else
            first = weights;
        if (first != weights)
            free(weights);
        mmax_plan_free(plan);
    }
    free(first);
    free(file);
}
END_TEST

START_TEST(the_scores_of_gpt2_become_its_own_weights)
{
    char *raw = testing_shared("real/gpt2__ex0_attn_raw.npy");
    char *own = testing_shared("real/gpt2__ex0_attn_softmax.npy");
    if (!raw || !own) {
        puts("SKIP: the_scores_of_gpt2_become_its_own_weights: no real files");
        free(raw);
        free(own);
        return;
    }
    mmax_plan *plan = softmax_plan(), *back = softmax_plan();
    set_scale(plan, "1/sqrt(64)");
    set_mask(plan, "causal");
    mmax_plan_set_from_probs(back);
    mmax_result *result;
    double *weights = weights_of(plan, open_file(raw), &result);
    double *expected = weights_of(back, open_file(own), NULL);
    ck_assert_uint_eq(mmax_result_masked_entries(result), 12 * 12 * 15);
    ck_assert_uint_eq(mmax_result_masked_rows(result), 0);
    for (size_t i = 0; i < 12 * 12 * 36; i++)
        ck_assert_double_eq_tol(weights[i], expected[i], 1e-6);
    mmax_result_free(result);
    free(weights);
    free(expected);
    mmax_plan_free(plan);
    mmax_plan_free(back);
    free(raw);
    free(own);
}
END_TEST

TCase *transform_tests(void)
{
    TCase *transform = tcase_create("transform");
    tcase_add_loop_test(transform, a_scale_is_a_number_a_root_or_a_ratio, 0,
                        sizeof scales / sizeof *scales);
    tcase_add_loop_test(transform, what_is_no_finite_number_but_0_is_no_scale, 0,
                        sizeof bad_scales / sizeof *bad_scales);
    tcase_add_test(transform, a_negative_scale_turns_logits_around_but_unmasks_nothing);
    tcase_add_test(transform, a_product_that_overflows_is_no_mask_but_an_error);
    tcase_add_test(transform, a_causal_mask_hides_the_future_and_nothing_from_the_last_query);
    tcase_add_test(transform, a_causal_mask_needs_two_axes);
    tcase_add_test(transform, a_causal_mask_takes_a_text_to_be_square);
    tcase_add_test(transform, a_mask_hides_whatever_stands_there_and_adds_what_is_finite);
    tcase_add_test(transform, a_sum_that_overflows_is_no_mask_but_an_error);
    tcase_add_test(transform, a_text_must_have_the_rows_of_its_mask);
    tcase_add_test(transform, softmax_gives_weights_back);
    tcase_add_test(transform, a_negative_weight_is_an_error_with_its_place);
    tcase_add_test(transform, rows_that_sum_to_one_look_like_weights);
    tcase_add_test(transform, the_order_is_logarithm_scale_mask);
    tcase_add_test(transform, no_digit_of_transformed_rows_depends_on_the_size_of_the_blocks);
    tcase_add_test(transform, the_scores_of_gpt2_become_its_own_weights);
    return transform;
}
