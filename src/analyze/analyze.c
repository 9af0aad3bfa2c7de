#include "analyze/figures.h"
#include "analyze/pass.h"
#include "analyze/pool.h"

#include <stdlib.h>
#include <string.h>

static mmax_status begin_result(const mmax_plan *plan, const mmax_input *input,
                                mmax_result **result, mmax_error *error)
{
    mmax_result *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "making a result");
    self->input = *input;
    self->cancel = plan->cancel;
    self->n_maps = plan->n_maps;
    memcpy(self->maps, plan->maps, sizeof self->maps);
    self->metrics = plan->metrics;
    self->per = mmax_plan_per(plan, input);
    self->keeps_groups = self->per == MMAX_PER_GROUP || mmax_figures_want_groups(plan);
    *result = self;
    for (size_t i = 0; i < plan->n_maps; i++) {
        if (!plan->layers[i])
            continue;
        self->layer_specs[i] = mmax_copy_text(plan->layers[i]->spec);
        if (!self->layer_specs[i])
            return mmax_fail_memory(error, "making a result");
    }
    return MMAX_OK;
}

static void count_rows(mmax_result *result, const mmax_block *block)
{
    for (size_t i = 0; i < block->n_rows; i++) {
        if (block->skipped[i])
            result->invalid_rows++;
        else if (block->facts[i].n_live == 0)
            result->masked_rows++;
        else
            result->masked_entries += block->row_length - block->facts[i].n_live;
    }
}

/* ---- the pass -------------------------------------------------------------------------------- */

/* What the pass carries from block to block.  Blocks are numbered as they are read, and the n-th
 * lies in blocks[n % n_blocks]. */
typedef struct pass {
    const mmax_plan *plan;
    mmax_source *source;
    const mmax_input *input; /* the source's */
    mmax_sinks sinks;
    mmax_transform *transform;
    mmax_block **blocks; /* (n_blocks,) */
    size_t n_blocks;
    mmax_pool *pool; /* computes the blocks */
    size_t n_read, n_taken;
    size_t next_row; /* to be read */
    bool is_read;    /* to the end, or to the failure READ_STATUS */
    mmax_status read_status;
    mmax_error read_error;
    mmax_tally tally;
    mmax_result *result;
    mmax_kept_rows *kept_rows; /* NULL unless a figure wants them */
} pass;

static void compute_block(void *data, size_t ticket)
{
    const pass *self = data;
    mmax_block_compute(self->blocks[ticket % self->n_blocks], self->plan, self->source);
}

/* One block where blocks cannot be read ahead or there is but one; else two a thread, so that none
 * waits while this one is busy. */
static size_t count_threads(const pass *self)
{
    size_t n = self->plan->n_threads ? self->plan->n_threads : mmax_usable_processors();
    size_t block_rows = mmax_block_rows(self->plan, self->input);
    size_t n_blocks = self->input->n_rows / block_rows + (self->input->n_rows % block_rows > 0);
    if (!mmax_source_can_read_ahead(self->source) || n_blocks == 0)
        return 1;
    n = n < n_blocks ? n : n_blocks;
    return n < MMAX_MAX_THREADS ? n : MMAX_MAX_THREADS;
}

static mmax_status make_blocks(pass *self, mmax_error *error)
{
    const mmax_plan *plan = self->plan;
    bool in_loops = mmax_metric_list_needs_weights(&plan->metrics);
    bool are_taken = mmax_figures_want_weights(plan) || mmax_sinks_take_weights(&self->sinks);
    const mmax_block_wants wants = {
        .logits = mmax_figures_want_logits(plan) || in_loops,
        .weights = in_loops || are_taken,
        .every_map = are_taken,
    };
    size_t n_threads = count_threads(self), n = n_threads > 1 ? 2 * n_threads : 1;
    mmax_status status = MMAX_OK;
    self->blocks = mmax_alloc_zeroed(n, sizeof(mmax_block *));
    if (!self->blocks)
        return mmax_fail_memory(error, "making blocks of rows");
    for (; self->n_blocks < n && status == MMAX_OK; self->n_blocks += status == MMAX_OK)
        status = mmax_block_new(plan, self->source, &wants, &self->blocks[self->n_blocks], error);
    return status == MMAX_OK ? mmax_pool_new(n_threads - 1, compute_block, self, &self->pool, error)
                             : status;
}

static mmax_status begin_pass(pass *self, mmax_error *error)
{
    const mmax_plan *plan = self->plan;
    mmax_status status = mmax_plan_check_layers(plan, self->input, error);
    if (status == MMAX_OK)
        status = begin_result(plan, self->input, &self->result, error);
    if (status == MMAX_OK)
        status = mmax_tally_begin(&self->tally, self->input, self->result, error);
    if (status == MMAX_OK)
        status = mmax_transform_new(&plan->transform, self->source, plan->cancel, &self->transform,
                                    error);
    if (status == MMAX_OK)
        status = make_blocks(self, error);
    if (status == MMAX_OK)
        status = mmax_figures_begin(plan, self->result, &self->kept_rows, error);
    if (status == MMAX_OK)
        status = mmax_sinks_begin(&self->sinks, self->input, error);
    return status;
}

/* ---- block by block -------------------------------------------------------------------------- */

/* The weights under every map: to the sinks and the figures. */
static mmax_status take_weights(pass *self, const mmax_block *block, mmax_error *error)
{
    const double *weights[MMAX_MAX_MAPS];
    mmax_status status = MMAX_OK;
    for (size_t map = 0; map < self->plan->n_maps && status == MMAX_OK; map++) {
        weights[map] = mmax_block_weights(block, map);
        const mmax_weight_block of_map = {self->input, map, block->n_rows, weights[map]};
        status = mmax_sinks_weights(&self->sinks, &of_map, error);
    }
    const mmax_figure_block of_figures = {
        .first_row = block->first_row,
        .n_rows = block->n_rows,
        .logits = block->logits,
        .weights = weights,
        .labels = block->labels,
        .facts = block->facts,
        .relevance = block->relevance,
    };
    if (status == MMAX_OK)
        status = mmax_figures_add(self->plan, self->result, self->kept_rows, &of_figures, error);
    return status;
}

/* Everything that depends on the order of the blocks. */
static mmax_status take_block(pass *self, mmax_block *block, mmax_error *error)
{
    if (block->fault.status != MMAX_OK)
        return mmax_block_fail(block, self->source, error);
    mmax_block_blank_logits(block);
    mmax_status status = take_weights(self, block, error);
    if (status != MMAX_OK)
        return status;
    count_rows(self->result, block);
    const mmax_row_block rows = {
        .input = self->input,
        .n_rows = block->n_kept,
        .rows = block->rows,
        .n_live = block->n_live,
        .labels = block->kept_labels,
        .n_maps = self->plan->n_maps,
        .n_metrics = self->plan->metrics.n,
        .metrics = block->metrics,
    };
    status = mmax_sinks_rows(&self->sinks, &rows, error);
    if (status == MMAX_OK)
        status = mmax_tally_block(&self->tally, block, error);
    return status;
}

/* Reads a block and submits it.  A failure waits for its turn: the blocks before may have others.
 */
static void read_block(pass *self)
{
    mmax_block *block = self->blocks[self->n_read % self->n_blocks];
    self->read_status =
        mmax_block_read(block, self->next_row, self->source, self->transform, &self->read_error);
    self->is_read = self->read_status != MMAX_OK || block->n_rows == 0;
    if (self->is_read)
        return;
    self->next_row += block->n_rows;
    self->n_read++;
    mmax_pool_submit(self->pool);
}

/* Takes a finished block if it is its turn; else reads one if there is room; else computes. */
static mmax_status pass_over_blocks(pass *self, mmax_error *error)
{
    const volatile sig_atomic_t *cancel = self->plan->cancel;
    while (!self->is_read || self->n_taken < self->n_read) {
        if (cancel && *cancel)
            return mmax_fail(error, MMAX_ECANCELED, "interrupted");
        if (mmax_pool_take(self->pool)) {
            mmax_status status =
                take_block(self, self->blocks[self->n_taken++ % self->n_blocks], error);
            if (status != MMAX_OK)
                return status;
            if (self->plan->tell_progress)
                self->plan->tell_progress(self->plan->progress_data, self->source);
        } else if (!self->is_read && self->n_read - self->n_taken < self->n_blocks) {
            read_block(self);
        } else {
            mmax_pool_help(self->pool);
        }
    }
    if (self->read_status != MMAX_OK)
        return mmax_fail(error, self->read_status, "%s", self->read_error.message);
    return MMAX_OK;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static mmax_status finish_pass(pass *self, mmax_error *error)
{
    mmax_result *result = self->result;
    result->input = *self->input;
    result->probability_axis = mmax_transform_probability_axis(self->transform);
    mmax_status status = mmax_transform_finish(self->transform, error);
    if (status == MMAX_OK)
        status = mmax_tally_finish(&self->tally, self->input, error);
    if (status == MMAX_OK)
        status = mmax_figures_end(self->plan, result, self->kept_rows, error);
    if (status == MMAX_OK)
        status = mmax_sinks_end(&self->sinks, self->input, error);
    return status;
}

mmax_status mmax_analyze(const mmax_plan *plan, mmax_source *source, mmax_sink *const *sinks,
                         size_t n_sinks, mmax_result **result, mmax_error *error)
{
    pass self = {
        .plan = plan,
        .source = source,
        .input = mmax_source_input(source),
        .sinks = {sinks, n_sinks},
    };
    mmax_status status = begin_pass(&self, error);
    if (status == MMAX_OK)
        status = pass_over_blocks(&self, error);
    if (status == MMAX_OK)
        status = finish_pass(&self, error);
    mmax_kept_rows_free(self.kept_rows);
    mmax_pool_free(self.pool);
    for (size_t i = 0; i < self.n_blocks; i++)
        mmax_block_free(self.blocks[i]);
    free(self.blocks);
    mmax_transform_free(self.transform);
    mmax_tally_end(&self.tally);
    if (status == MMAX_OK)
        *result = self.result;
    else
        mmax_result_free(self.result);
    return status;
}
