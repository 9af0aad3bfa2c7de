#include "analyze/pass.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Logits of a block that stay in a second-level cache together with their weights. */
enum { BLOCK_BYTES = 256 * 1024, MOST_BLOCK_ROWS = 4096 };

size_t mmax_block_rows(const mmax_plan *plan, const mmax_input *input)
{
    if (plan->block_rows)
        return plan->block_rows;
    size_t row_bytes = input->row_length * sizeof(double);
    size_t n_rows = row_bytes ? BLOCK_BYTES / row_bytes : MOST_BLOCK_ROWS;
    if (n_rows > MOST_BLOCK_ROWS)
        n_rows = MOST_BLOCK_ROWS;
    if (input->rows_known && n_rows > input->n_rows)
        n_rows = input->n_rows;
    return n_rows ? n_rows : 1;
}

static mmax_status refuse_size(const mmax_input *input, size_t n, mmax_error *error)
{
    char file[256];
    return mmax_fail(error, MMAX_ENOMEM, "%s: out of memory for %zu rows of %zu logits at once",
                     mmax_quote(input->file, strlen(input->file), file, sizeof file), n,
                     input->row_length);
}

mmax_status mmax_block_new(const mmax_plan *plan, const mmax_source *source,
                           const mmax_block_wants *wants, mmax_block **block, mmax_error *error)
{
    const mmax_input *input = mmax_source_input(source);
    mmax_block *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "making a block of rows");
    size_t n = mmax_block_rows(plan, input);
    size_t n_entries = 0, n_metrics = 0;
    bool fits = mmax_multiply(n, input->row_length, &n_entries) &&
                mmax_multiply(n, plan->n_maps * plan->metrics.n, &n_metrics);
    bool needs_log = mmax_relevance_needs_log_weights(&plan->relevance);
    self->capacity = n;
    self->row_length = input->row_length;
    fits = fits &&
           mmax_fused_block_new(plan, source, n, wants->weights, &self->fused, NULL) == MMAX_OK;
    bool has_logits = wants->logits || !self->fused || !self->fused->is_single;
    bool has_weights = wants->weights || !self->fused;
    size_t n_weights = n_entries;
    self->weights_stride = wants->every_map ? n_entries : 0;
    if (wants->every_map)
        fits = fits && mmax_multiply(n_entries, plan->n_maps, &n_weights);
    if (fits) {
        self->logits = has_logits ? mmax_alloc_array(n_entries, sizeof *self->logits) : NULL;
        self->skipped = mmax_alloc_array(n, sizeof *self->skipped);
        self->facts = mmax_alloc_array(n, sizeof *self->facts);
        self->relevance = mmax_alloc_array(n, sizeof *self->relevance);
        self->epsilon = mmax_alloc_array(n, sizeof *self->epsilon);
        self->weights = has_weights ? mmax_alloc_array(n_weights, sizeof *self->weights) : NULL;
        self->log_weights =
            needs_log ? mmax_alloc_array(n_entries, sizeof *self->log_weights) : NULL;
        self->support = mmax_alloc_array(n, sizeof *self->support);
        self->labels = mmax_alloc_array(n, sizeof *self->labels);
        self->scratch = mmax_alloc_array(input->row_length, sizeof *self->scratch);
        self->rows = mmax_alloc_array(n, sizeof *self->rows);
        self->n_live = mmax_alloc_array(n, sizeof *self->n_live);
        self->kept_labels = mmax_alloc_array(n, sizeof *self->kept_labels);
        self->metrics = mmax_alloc_array(n_metrics, sizeof *self->metrics);
    }
    if ((has_logits && !self->logits) || !self->skipped || !self->facts || !self->relevance ||
        !self->epsilon || (has_weights && !self->weights) || (needs_log && !self->log_weights) ||
        !self->support || !self->labels || !self->scratch || !self->rows || !self->n_live ||
        !self->kept_labels || !self->metrics) {
        mmax_block_free(self);
        return refuse_size(input, n, error);
    }
    *block = self;
    return MMAX_OK;
}

void mmax_block_free(mmax_block *block)
{
    if (!block)
        return;
    free(block->logits);
    free(block->skipped);
    free(block->facts);
    free(block->relevance);
    free(block->epsilon);
    free(block->weights);
    free(block->log_weights);
    free(block->support);
    free(block->labels);
    free(block->scratch);
    free(block->rows);
    free(block->n_live);
    free(block->kept_labels);
    free(block->metrics);
    mmax_fused_block_free(block->fused);
    free(block);
}

/* A row of the block as one of the source's last block.  The source may have read on: what is
 * before its last block wraps around, and adding the first row wraps back. */
static size_t block_row_of(const mmax_block *block, const mmax_source *source, size_t row)
{
    return block->first_row + row - mmax_source_first_row(source);
}

static mmax_status refuse_invalid(const mmax_block *block, const mmax_source *source,
                                  mmax_error *error)
{
    size_t row = block->fault.row, column = block->fault.column;
    size_t in_source = block_row_of(block, source, row);
    double value = block->fused && block->fused->is_single
                       ? mmax_fused_block_entry(block->fused, row, column)
                       : block->logits[row * block->row_length + column];
    char place[MMAX_MESSAGE_SIZE / 2], number[MMAX_NUMBER_SIZE];
    mmax_source_place(source, in_source, column, place, sizeof place);
    if (mmax_source_overflow(source, in_source, column, number, sizeof number))
        return mmax_fail(
            error, MMAX_EDOMAIN,
            "%s: '%s' overflows, so it is not a logit; --invalid=skip leaves such rows "
            "out",
            place, number);
    return mmax_fail(error, MMAX_EDOMAIN,
                     "%s: %s is not a logit; --invalid=skip leaves such rows out", place,
                     isnan(value) ? "nan" : "+inf");
}

/* Makes a row one without a live entry. */
static void blank_row(mmax_block *block, size_t i)
{
    static const double none = (double)NAN;
    if (block->fused)
        mmax_fused_block_blank(block->fused, i);
    for (size_t j = 0; block->logits && j < block->row_length; j++)
        block->logits[i * block->row_length + j] = -(double)INFINITY;
    block->facts[i] = (mmax_row_facts){
        .invalid = MMAX_NO_COLUMN, .max = none, .min = none, .mean = none, .log_sum_exp = none};
}

/* Rows with a NaN or +inf end the pass, or become rows without a live entry that count for nothing.
 */
static void settle_invalid(mmax_block *block, const mmax_plan *plan)
{
    block->n_kept = 0;
    for (size_t i = 0; i < block->n_rows; i++) {
        block->skipped[i] = block->facts[i].invalid != MMAX_NO_COLUMN;
        if (!block->skipped[i]) {
            block->rows[block->n_kept] = block->first_row + i;
            block->kept_labels[block->n_kept] = block->labels[i];
            block->n_live[block->n_kept++] = block->facts[i].n_live;
            continue;
        }
        if (!plan->skip_invalid) {
            block->fault = (mmax_fault){.status = MMAX_EDOMAIN, .row = i};
            block->fault.column = block->facts[i].invalid;
            return;
        }
        blank_row(block, i);
    }
}

static mmax_status read_singles(mmax_block *block, mmax_source *source, mmax_transform *transform,
                                mmax_error *error)
{
    mmax_fused_block *fused = block->fused;
    mmax_status status =
        mmax_fused_block_read(fused, source, block->capacity, &block->n_rows, error);
    if (status != MMAX_OK)
        return status;
    for (size_t i = 0; i < block->n_rows && mmax_transform_is_watching(transform); i++) {
        mmax_fused_block_widen(fused, i, 1, fused->row_logits);
        mmax_transform_watch_row(transform, fused->row_logits);
    }
    return MMAX_OK;
}

static mmax_status read_rows(mmax_block *block, mmax_source *source, mmax_transform *transform,
                             mmax_error *error)
{
    if (block->fused && block->fused->is_single)
        return read_singles(block, source, transform, error);
    mmax_status status =
        mmax_source_read(source, block->capacity, block->logits, &block->n_rows, error);
    if (status != MMAX_OK)
        return status;
    return mmax_transform_rows(transform, block->first_row, block->n_rows, block->logits, error);
}

mmax_status mmax_block_read(mmax_block *block, size_t first_row, mmax_source *source,
                            mmax_transform *transform, mmax_error *error)
{
    block->first_row = first_row;
    block->fault.status = MMAX_OK;
    mmax_status status = read_rows(block, source, transform, error);
    for (size_t i = 0; status == MMAX_OK && i < block->n_rows; i++)
        block->labels[i] = mmax_source_row_label(source, i);
    return status;
}

/* What the maps and the metrics ask of the rows. */
static void find_facts(mmax_block *block, const mmax_plan *plan, const mmax_source *source)
{
    mmax_fused_block *fused = block->fused;
    size_t n_rows = block->n_rows;
    if (fused)
        mmax_fused_block_facts(fused, block->logits, n_rows, block->facts);
    else
        mmax_kernel_facts(block->logits, n_rows, block->row_length, block->facts);
    settle_invalid(block, plan);
    if (block->fault.status != MMAX_OK)
        return;
    mmax_relevance_rows(&plan->relevance, mmax_source_epsilon(source), block->logits, block->facts,
                        n_rows, block->row_length, block->relevance);
    for (size_t i = 0; i < n_rows; i++)
        block->epsilon[i] = block->relevance[i].epsilon;
    if (fused)
        mmax_fused_block_bound(fused, n_rows, block->relevance);
    if (fused && fused->is_single && block->logits)
        mmax_fused_block_widen(fused, 0, n_rows, block->logits);
}

/* Where a map writes its weights. */
static double *weights_under(const mmax_block *block, size_t map)
{
    return block->weights ? block->weights + map * block->weights_stride : NULL;
}

static void measure_rows(mmax_block *block, const mmax_plan *plan, size_t map,
                         const mmax_input *input)
{
    size_t group_rows = mmax_group_rows(input);
    double *values = block->metrics + map * block->n_kept * plan->metrics.n;
    const double *weights = weights_under(block, map);
    for (size_t i = 0; i < block->n_rows; i++) {
        if (block->skipped[i])
            continue;
        size_t row = block->first_row + i, offset = i * block->row_length;
        mmax_metric_row of_row = {
            .logits = block->logits ? block->logits + offset : NULL,
            .weights = weights ? weights + offset : NULL,
            .sums = block->fused ? &block->fused->sums[i] : NULL,
            .log_weights = block->log_weights ? block->log_weights + offset : NULL,
            .row_length = block->row_length,
            .support = block->fused ? block->fused->sums[i].support : block->support[i],
            /* While a text is read its rows are all of one group. */
            .query = input->n_dims < 2   ? MMAX_NO_QUERY
                     : input->rows_known ? row % group_rows
                                         : row,
            .facts = &block->facts[i],
            .relevance = &block->relevance[i],
            .scratch = block->scratch,
        };
        mmax_metrics_of_row(&plan->metrics, &of_row, values);
        values += plan->metrics.n;
    }
}

/* The map's message, and where. */
static mmax_status refuse_overflow(const mmax_block *block, const mmax_source *source,
                                   mmax_error *error)
{
    char place[MMAX_MESSAGE_SIZE / 2];
    mmax_source_place(source, block_row_of(block, source, block->fault.row), MMAX_WHOLE_ROW, place,
                      sizeof place);
    return mmax_fail(error, MMAX_EDOMAIN, "%s: %.*s", place, MMAX_MESSAGE_SIZE / 2 - 1,
                     block->fault.cause.message);
}

mmax_status mmax_block_fail(const mmax_block *block, const mmax_source *source, mmax_error *error)
{
    const mmax_fault *fault = &block->fault;
    if (fault->status != MMAX_EDOMAIN)
        return mmax_fail(error, fault->status, "%s", fault->cause.message);
    return fault->column == MMAX_WHOLE_ROW ? refuse_overflow(block, source, error)
                                           : refuse_invalid(block, source, error);
}

/* NaN in the skipped rows of entries (n_rows, row_length). */
static void blank_skipped(const mmax_block *block, double *entries)
{
    for (size_t i = 0; i < block->n_rows; i++)
        for (size_t j = 0; block->skipped[i] && j < block->row_length; j++)
            entries[i * block->row_length + j] = (double)NAN;
}

/* Maps N rows of the block from the FIRST on. */
static mmax_status map_fused_rows(mmax_block *block, const mmax_map *map, double *weights,
                                  size_t first, size_t n, mmax_error *error)
{
    const mmax_fused_run run = {
        .map = map,
        .first = first,
        .n_rows = n,
        .logits = block->logits,
        .facts = block->facts,
        .relevance = block->relevance,
        .epsilon = block->epsilon,
        .weights = weights,
    };
    return mmax_fused_block_apply(block->fused, &run, &block->fault.row, error);
}

/* The same by the scalar kernels. */
static mmax_status map_rows(mmax_block *block, const mmax_map *map, double *weights, size_t first,
                            size_t n, mmax_error *error)
{
    size_t offset = first * block->row_length, bad_row = 0;
    const mmax_kernel_rows rows = {
        .logits = block->logits + offset,
        .facts = block->facts + first,
        .n_rows = n,
        .row_length = block->row_length,
        .weights = weights + offset,
        .log_weights = block->log_weights ? block->log_weights + offset : NULL,
        .support = block->support + first,
    };
    mmax_status status = mmax_map_apply(map, &rows, block->epsilon + first, &bad_row, error);
    block->fault.row = first + bad_row;
    return status;
}

/* Applies the plan's map-th map. */
static mmax_status apply_map(mmax_block *block, const mmax_plan *plan, size_t map,
                             const mmax_input *input, mmax_error *error)
{
    double *weights = weights_under(block, map);
    size_t n;
    for (size_t first = 0; first < block->n_rows; first += n) {
        const mmax_map *of_row =
            mmax_plan_map_of_row(plan, map, input, block->first_row + first, &n);
        n = n < block->n_rows - first ? n : block->n_rows - first;
        mmax_status status = block->fused ? map_fused_rows(block, of_row, weights, first, n, error)
                                          : map_rows(block, of_row, weights, first, n, error);
        if (status != MMAX_OK)
            return status;
    }
    measure_rows(block, plan, map, input);
    if (weights)
        blank_skipped(block, weights);
    return MMAX_OK;
}

void mmax_block_compute(mmax_block *block, const mmax_plan *plan, const mmax_source *source)
{
    mmax_fault *fault = &block->fault;
    find_facts(block, plan, source);
    for (size_t map = 0; map < plan->n_maps && fault->status == MMAX_OK; map++) {
        fault->status = apply_map(block, plan, map, mmax_source_input(source), &fault->cause);
        fault->column = MMAX_WHOLE_ROW;
    }
}

const double *mmax_block_weights(const mmax_block *block, size_t map)
{
    return weights_under(block, map);
}

void mmax_block_blank_logits(mmax_block *block)
{
    if (block->logits)
        blank_skipped(block, block->logits);
}
