/* Threads: whatever their number, the same digits, the same order, the same first fault. */
#include "analyze/pool.h"
#include "test_analyze.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { GROUPS = 3, QUERIES = 101, KEYS = 7, N_ROWS = GROUPS * QUERIES };

static const size_t shape[] = {GROUPS, QUERIES, KEYS};
static const size_t threads[] = {1, 2, 3, 8};
static const size_t block_rows[] = {1, 7, 64};
enum { N_THREADS = sizeof threads / sizeof threads[0], N_BLOCKS = 3 };

static void fill(double *logits)
{
    testing_random random = {7};
    for (size_t i = 0; i < (size_t)N_ROWS * KEYS; i++)
        logits[i] = i % 13 == 5 ? -HUGE_VAL : 3 * testing_normal(&random);
}

/* A plan of the default maps whose blocks are that small. */
static mmax_plan *small_blocks(size_t n_threads, size_t n_rows)
{
    mmax_plan *plan = new_plan();
    mmax_plan_set_threads(plan, n_threads);
    mmax_plan_set_block_rows(plan, n_rows);
    return plan;
}

/* ---- the pool -------------------------------------------------------------------------------- */

enum { N_TICKETS = 500, MOST_WAITING = 5 };

static void count(void *data, size_t ticket)
{
    ((int *)data)[ticket]++; /* each ticket has its own */
}

START_TEST(every_ticket_is_computed_once_before_it_is_taken)
{
    static int counts[N_TICKETS];
    memset(counts, 0, sizeof counts);
    mmax_pool *pool;
    ck_assert_int_eq(mmax_pool_new(threads[_i] - 1, count, counts, &pool, NULL), MMAX_OK);
    for (size_t n_submitted = 0, n_taken = 0; n_taken < N_TICKETS;) {
        if (mmax_pool_take(pool)) {
            ck_assert_int_eq(counts[n_taken++], 1);
        } else if (n_submitted < N_TICKETS && n_submitted - n_taken < MOST_WAITING) {
            mmax_pool_submit(pool);
            n_submitted++;
        } else {
            mmax_pool_help(pool);
        }
    }
    ck_assert(!mmax_pool_take(pool));
    mmax_pool_free(pool);
}
END_TEST

START_TEST(a_pool_may_be_left_with_work_to_do)
{
    static int counts[N_TICKETS];
    memset(counts, 0, sizeof counts);
    mmax_pool *pool;
    ck_assert_int_eq(mmax_pool_new(threads[_i] - 1, count, counts, &pool, NULL), MMAX_OK);
    for (size_t i = 0; i < N_TICKETS; i++)
        mmax_pool_submit(pool);
    mmax_pool_free(pool);
    for (size_t i = 0; i < N_TICKETS; i++)
        ck_assert_int_le(counts[i], 1);
    ck_assert_uint_ge(mmax_usable_processors(), 1);
}
END_TEST

/* ---- results --------------------------------------------------------------------------------- */

START_TEST(no_digit_depends_on_the_number_of_threads)
{
    static double logits[N_ROWS * KEYS];
    fill(logits);
    mmax_plan *plan = small_blocks(1, 0);
    ck_assert_int_eq(mmax_plan_set_metrics(plan, "all", NULL), MMAX_OK);
    mmax_source *source = open_array(logits, shape, 3);
    mmax_result *expected = analyze(plan, source);
    mmax_source_free(source);
    for (size_t t = 0; t < N_THREADS; t++) {
        for (size_t b = 0; b < N_BLOCKS; b++) {
            mmax_plan_set_threads(plan, threads[t]);
            mmax_plan_set_block_rows(plan, block_rows[b]);
            source = open_array(logits, shape, 3);
            mmax_result *result = analyze(plan, source);
            assert_same_result(result, expected);
            mmax_result_free(result);
            mmax_source_free(source);
        }
    }
    mmax_result_free(expected);
    mmax_plan_free(plan);
}
END_TEST

/* ---- sinks ----------------------------------------------------------------------------------- */

/* Counts what it is fed, and does something odd at a row. */
typedef struct watcher {
    mmax_sink sink;
    pthread_t thread;
    size_t n_rows, n_weight_blocks, next_map;
    double weights;                /* their sum weighted by the order in which they come */
    size_t odd_row;                /* SIZE_MAX: none */
    volatile sig_atomic_t *cancel; /* set there; NULL: the sink fails there */
} watcher;

static mmax_status watch_begin(mmax_sink *sink, const mmax_input *input, mmax_error *error)
{
    (void)input;
    (void)error;
    ((watcher *)sink)->thread = pthread_self();
    return MMAX_OK;
}

static mmax_status watch_rows(mmax_sink *sink, const mmax_row_block *block, mmax_error *error)
{
    watcher *self = (watcher *)sink;
    ck_assert(pthread_equal(self->thread, pthread_self()));
    for (size_t i = 0; i < block->n_rows; i++) {
        ck_assert_uint_eq(block->rows[i], self->n_rows);
        if (self->n_rows++ != self->odd_row)
            continue;
        if (!self->cancel)
            return mmax_fail(error, MMAX_EIO, "no room");
        *self->cancel = 1;
    }
    return MMAX_OK;
}

static mmax_status watch_weights(mmax_sink *sink, const mmax_weight_block *block, mmax_error *error)
{
    (void)error;
    watcher *self = (watcher *)sink;
    ck_assert(pthread_equal(self->thread, pthread_self()));
    ck_assert_uint_eq(block->map, self->next_map);
    self->next_map = (self->next_map + 1) % 5;
    for (size_t i = 0; i < block->n_rows * block->input->row_length; i++)
        self->weights += block->weights[i] * (double)(1 + self->n_weight_blocks + i);
    self->n_weight_blocks++;
    return MMAX_OK;
}

static mmax_status watch_end(mmax_sink *sink, const mmax_input *input, mmax_error *error)
{
    (void)error;
    ck_assert_uint_eq(((watcher *)sink)->n_rows, input->n_rows);
    return MMAX_OK;
}

static const mmax_sink_methods watching = {watch_begin, watch_rows, watch_weights, watch_end, NULL};

static mmax_status watch(size_t n_threads, watcher *self, mmax_error *error)
{
    static double logits[N_ROWS * KEYS];
    fill(logits);
    mmax_plan *plan = small_blocks(n_threads, 4);
    if (self->cancel)
        mmax_plan_set_cancel(plan, self->cancel);
    mmax_source *source = open_array(logits, shape, 3);
    mmax_sink *sinks[] = {&self->sink};
    mmax_result *result = NULL;
    self->sink.methods = &watching;
    mmax_status status = mmax_analyze(plan, source, sinks, 1, &result, error);
    mmax_result_free(result);
    mmax_source_free(source);
    mmax_plan_free(plan);
    return status;
}

START_TEST(one_thread_feeds_the_sinks_in_order)
{
    watcher expected = {.odd_row = SIZE_MAX}, self = {.odd_row = SIZE_MAX};
    ck_assert_int_eq(watch(1, &expected, NULL), MMAX_OK);
    ck_assert_int_eq(watch(threads[_i], &self, NULL), MMAX_OK);
    ck_assert(self.weights == expected.weights);
    ck_assert_uint_eq(self.n_weight_blocks, 5 * ((N_ROWS + 3) / 4));
}
END_TEST

START_TEST(a_sink_that_fails_ends_the_pass)
{
    watcher self = {.odd_row = 50};
    mmax_error error;
    ck_assert_int_eq(watch(threads[_i], &self, &error), MMAX_EIO);
    ck_assert_str_eq(error.message, "no room");
    ck_assert_uint_eq(self.n_rows, 51);
}
END_TEST

START_TEST(a_flag_cancels_the_pass_after_the_block)
{
    volatile sig_atomic_t flag = 0;
    watcher self = {.odd_row = 50, .cancel = &flag};
    mmax_error error;
    ck_assert_int_eq(watch(threads[_i], &self, &error), MMAX_ECANCELED);
    ck_assert_uint_eq(self.n_rows, 52); /* blocks of 4 */
}
END_TEST

/* ---- faults ---------------------------------------------------------------------------------- */

typedef struct fault_case {
    size_t nan_row, inf_row, huge_row; /* SIZE_MAX: none */
    const char *message;
} fault_case;

static const fault_case faults[] = {
    {40, 90, SIZE_MAX, "memory: group 0, row 40, column 2: nan is not a logit"},
    {200, 120, 130, "memory: group 1, row 19, column 3: +inf is not a logit"},
    {299, 300, 130, "memory: group 1, row 29: multimax's sigma overflows"},
};

START_TEST(the_first_fault_of_the_input_is_told)
{
    static double logits[N_ROWS * KEYS];
    const fault_case *fault = &faults[_i];
    for (size_t t = 0; t < N_THREADS; t++) {
        fill(logits);
        if (fault->nan_row < N_ROWS)
            logits[fault->nan_row * KEYS + 2] = (double)NAN;
        if (fault->inf_row < N_ROWS)
            logits[fault->inf_row * KEYS + 3] = HUGE_VAL;
        if (fault->huge_row < N_ROWS)
            logits[fault->huge_row * KEYS] = 1e200;
        mmax_plan *plan = small_blocks(threads[t], 2);
        ck_assert_int_eq(mmax_plan_add_map(plan, "sparsemax", NULL), MMAX_OK);
        ck_assert_int_eq(mmax_plan_add_map(plan, "multimax:ts=0/0/0/1,ranges=0/0/0/0", NULL),
                         MMAX_OK);
        mmax_source *source = open_array(logits, shape, 3);
        mmax_result *result;
        mmax_error error;
        ck_assert_int_eq(mmax_analyze(plan, source, NULL, 0, &result, &error), MMAX_EDOMAIN);
        ck_assert_msg(strstr(error.message, fault->message) != NULL, "%s", error.message);
        mmax_source_free(source);
        mmax_plan_free(plan);
    }
}
END_TEST

TCase *thread_tests(void)
{
    TCase *tests = tcase_create("threads");
    tcase_add_loop_test(tests, every_ticket_is_computed_once_before_it_is_taken, 0, N_THREADS);
    tcase_add_loop_test(tests, a_pool_may_be_left_with_work_to_do, 0, N_THREADS);
    tcase_add_test(tests, no_digit_depends_on_the_number_of_threads);
    tcase_add_loop_test(tests, one_thread_feeds_the_sinks_in_order, 0, N_THREADS);
    tcase_add_loop_test(tests, a_sink_that_fails_ends_the_pass, 0, N_THREADS);
    tcase_add_loop_test(tests, a_flag_cancels_the_pass_after_the_block, 0, N_THREADS);
    tcase_add_loop_test(tests, the_first_fault_of_the_input_is_told, 0,
                        sizeof faults / sizeof faults[0]);
    return tests;
}
