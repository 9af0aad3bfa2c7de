/* The sinks of the pass: what they are fed, and the weights' own. */
#include "test_analyze.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Writes down what it is fed. */
typedef struct recorder {
    mmax_sink sink;
    size_t n_begun, n_ended, n_rows, n_weight_rows;
    size_t rows[8];
    double sums[8];
} recorder;

static mmax_status record_begin(mmax_sink *sink, const mmax_input *input, mmax_error *error)
{
    (void)input;
    (void)error;
    ((recorder *)sink)->n_begun++;
    return MMAX_OK;
}

static mmax_status record_rows(mmax_sink *sink, const mmax_row_block *block, mmax_error *error)
{
    (void)error;
    recorder *self = (recorder *)sink;
    for (size_t i = 0; i < block->n_rows; i++)
        self->rows[self->n_rows++] = block->rows[i];
    return MMAX_OK;
}

static mmax_status record_weights(mmax_sink *sink, const mmax_weight_block *block,
                                  mmax_error *error)
{
    (void)error;
    recorder *self = (recorder *)sink;
    for (size_t i = 0; i < block->n_rows; i++, self->n_weight_rows++)
        for (size_t j = 0; j < block->input->row_length; j++)
            self->sums[self->n_weight_rows] += block->weights[i * block->input->row_length + j];
    return MMAX_OK;
}

static mmax_status record_end(mmax_sink *sink, const mmax_input *input, mmax_error *error)
{
    recorder *self = (recorder *)sink;
    self->n_ended++;
    return input->n_rows == 1 ? mmax_fail(error, MMAX_EIO, "the sink is full") : MMAX_OK;
}

static const mmax_sink_methods recording = {record_begin, record_rows, record_weights, record_end,
                                            NULL};

START_TEST(sinks_are_fed_every_row_in_order_but_the_skipped)
{
    static const double logits[4][2] = {
        {0, 1}, {(double)NAN, 0}, {2, 3}, {-(double)INFINITY, -(double)INFINITY}};
    static const size_t shape[] = {4, 2};
    mmax_plan *plan = new_plan();
    ck_assert_int_eq(mmax_plan_add_map(plan, "softmax", NULL), MMAX_OK);
    ck_assert_int_eq(mmax_plan_set_invalid(plan, "skip", NULL), MMAX_OK);
    mmax_plan_set_block_rows(plan, 3);
    mmax_source *source = open_array(logits[0], shape, 2);
    recorder self = {.sink = {&recording}};
    mmax_sink *sinks[] = {&self.sink};
    mmax_result *result;
    ck_assert_int_eq(mmax_analyze(plan, source, sinks, 1, &result, NULL), MMAX_OK);
    ck_assert_uint_eq(self.n_begun, 1);
    ck_assert_uint_eq(self.n_ended, 1);
    ck_assert_uint_eq(self.n_rows, 3);
    ck_assert_uint_eq(self.rows[1], 2);
    ck_assert_uint_eq(self.n_weight_rows, 4);
    ck_assert_double_eq_tol(self.sums[0], 1, 1e-15);
    ck_assert(isnan(self.sums[1]));
    ck_assert_double_eq(self.sums[3], 0);
    mmax_result_free(result);
    mmax_source_free(source);
    mmax_plan_free(plan);
}
END_TEST

START_TEST(a_sink_that_fails_fails_the_pass)
{
    static const double logits[2] = {0, 1};
    static const size_t shape[] = {1, 2};
    mmax_plan *plan = new_plan();
    mmax_source *source = open_array(logits, shape, 2);
    recorder self = {.sink = {&recording}};
    ck_assert_int_eq(mmax_plan_add_map(plan, "softmax", NULL), MMAX_OK);
    mmax_sink *sinks[] = {&self.sink};
    mmax_result *result = NULL;
    mmax_error error;
    ck_assert_int_eq(mmax_analyze(plan, source, sinks, 1, &result, &error), MMAX_EIO);
    ck_assert_str_eq(error.message, "the sink is full");
    ck_assert_ptr_null(result);
    mmax_source_free(source);
    mmax_plan_free(plan);
}
END_TEST

START_TEST(weights_go_to_one_file_a_map)
{
    static const double logits[2] = {0, 0};
    static const size_t shape[] = {1, 2};
    mmax_plan *plan = new_plan();
    ck_assert_int_eq(mmax_plan_add_map(plan, "softmax", NULL), MMAX_OK);
    ck_assert_int_eq(mmax_plan_add_map(plan, "entmax:1.5", NULL), MMAX_OK);
    ck_assert_int_eq(mmax_plan_add_map(plan, "entmax:2", NULL), MMAX_OK);
    static const char *const expected[] = {"100%-softmax.csv", "100%-entmax-1.5.csv",
                                           "100%-entmax-2.csv"};
    char pattern[256];
    snprintf(pattern, sizeof pattern, "%s/100%%%%-%%m.csv", testing_folder());
    mmax_sink *sink;
    ck_assert_int_eq(mmax_probs_new(plan, pattern, NULL, &sink, NULL), MMAX_OK);
    mmax_source *source = open_array(logits, shape, 2);
    mmax_result *result;
    ck_assert_int_eq(mmax_analyze(plan, source, &sink, 1, &result, NULL), MMAX_OK);
    for (size_t i = 0; i < 3; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%s", testing_folder(), expected[i]);
        char *text = testing_read_file(path, NULL);
        ck_assert_str_eq(text, "0.5,0.5\n");
        free(text);
    }
    mmax_sink_free(sink);
    mmax_result_free(result);
    mmax_source_free(source);
    mmax_plan_free(plan);
}
END_TEST

START_TEST(names_of_strangers_are_quoted_in_messages)
{
    mmax_plan *plan = new_plan();
    mmax_error error = {0};
    mmax_sink *sink;
    ck_assert_int_eq(mmax_probs_new(plan, "\x1b[2J.npy", NULL, &sink, &error), MMAX_EUSAGE);
    ck_assert_str_eq(error.message,
                     "weights of 5 maps do not fit in '\\x1b[2J.npy': put %m, which "
                     "becomes the map's name, into the file name, or choose one map");
    ck_assert_int_eq(mmax_probs_new(plan, "%m.npy", "\x1b", &sink, &error), MMAX_EUSAGE);
    ck_assert_str_eq(error.message, "invalid dtype '\\x1b': expected f4 or f8");
    ck_assert_int_eq(mmax_probs_new(plan, "\x1b", NULL, &sink, &error), MMAX_EUSAGE);
    ck_assert_str_eq(error.message, "invalid file of weights '\\x1b': expected a name ending in "
                                    ".npy, .csv or .tsv, or - for NPY on standard output");
    mmax_plan_free(plan);
}
END_TEST

TCase *sink_tests(void)
{
    TCase *sinks = tcase_create("sinks");
    tcase_add_test(sinks, sinks_are_fed_every_row_in_order_but_the_skipped);
    tcase_add_test(sinks, a_sink_that_fails_fails_the_pass);
    tcase_add_test(sinks, names_of_strangers_are_quoted_in_messages);
    tcase_add_test(sinks, weights_go_to_one_file_a_map);
    return sinks;
}
