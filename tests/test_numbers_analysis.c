/* A batch through the whole of an analysis: what a program gets of rows in memory, in float64, and
 * in a file of float32. */
#include "test_numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct collector {
    mmax_sink sink;
    analysis *into;
    size_t n_taken[MAX_BATCH_MAPS];
} collector;

static mmax_status take_rows(mmax_sink *sink, const mmax_row_block *block, mmax_error *error)
{
    analysis *a = ((collector *)sink)->into;
    (void)error;
    ck_assert_uint_eq(block->n_metrics, N_METRIC_KEYS);
    for (size_t map = 0; map < block->n_maps; map++)
        for (size_t i = 0; i < block->n_rows; i++)
            memcpy(analysis_metrics(a, block->rows[i], map),
                   block->metrics + (map * block->n_rows + i) * N_METRIC_KEYS,
                   N_METRIC_KEYS * sizeof *block->metrics);
    return MMAX_OK;
}

static mmax_status take_weights(mmax_sink *sink, const mmax_weight_block *block, mmax_error *error)
{
    collector *self = (collector *)sink;
    size_t first = self->n_taken[block->map];
    (void)error;
    memcpy(analysis_weights(self->into, first, block->map), block->weights,
           block->n_rows * self->into->of->n * sizeof *block->weights);
    self->n_taken[block->map] += block->n_rows;
    return MMAX_OK;
}

double *analysis_metrics(const analysis *a, size_t row, size_t map)
{
    return a->metrics + (map * a->of->n_rows + row) * N_METRIC_KEYS;
}

double *analysis_weights(const analysis *a, size_t row, size_t map)
{
    return a->weights + (map * a->of->n_rows + row) * a->of->n;
}

/* Rows on which a sigma of the batch overflows, or may, end an analysis: they are masked for it. */
static void copy_rows(analysis *a)
{
    const batch *b = a->of;
    memcpy(a->logits, b->x, b->n_rows * b->n * sizeof *b->x);
    for (size_t row = 0; row < b->n_rows; row++)
        for (size_t i = 0; a->is_left_out[row] && i < b->n; i++)
            a->logits[row * b->n + i] = -HUGE_VAL;
}

static void set_plan(mmax_plan *plan, const batch *b)
{
    memcpy(plan->maps, b->maps, sizeof b->maps);
    plan->n_maps = b->n_maps;
    plan->has_own_maps = true;
    plan->relevance = b->rules;
    ck_assert_int_eq(mmax_plan_set_metrics(plan, "all", NULL), MMAX_OK);
    ck_assert_int_eq(mmax_plan_set_instructions(plan, getenv("MULTIMAX_ISA"), NULL), MMAX_OK);
    mmax_plan_set_threads(plan, 1);
}

static mmax_source *open_rows(const analysis *a, bool is_file)
{
    const batch *b = a->of;
    const size_t shape[] = {b->n_rows, b->n};
    mmax_source *source;
    mmax_status status;
    if (is_file) {
        const char *file = testing_npy_file("batch.npy", true, a->logits, b->n_rows, b->n);
        status = mmax_source_open(file, &(mmax_source_options){0}, &source, NULL);
    } else {
        status = mmax_source_open_memory(a->logits, shape, 2, &source, NULL);
    }
    ck_assert_int_eq(status, MMAX_OK);
    return source;
}

void analyze_batch(analysis *a, bool is_file)
{
    static const mmax_sink_methods methods = {.rows = take_rows, .weights = take_weights};
    collector self = {.sink = {&methods}, .into = a};
    mmax_sink *sinks[] = {&self.sink};
    mmax_plan *plan;
    mmax_result *result;
    mmax_error error;
    copy_rows(a);
    ck_assert_int_eq(mmax_plan_new(&plan, NULL), MMAX_OK);
    set_plan(plan, a->of);
    mmax_source *source = open_rows(a, is_file);
    if (mmax_analyze(plan, source, sinks, 1, &result, &error) != MMAX_OK)
        ck_abort_msg("batch %zu: %s", a->of->index, error.message);
    mmax_result_free(result);
    mmax_source_free(source);
    mmax_plan_free(plan);
}
