#include "analyze/figures_data.h"
#include "analyze/pass.h"

#include <string.h>

static mmax_status begin_result(const mmax_plan *plan, const mmax_input *input,
                                mmax_result **result, mmax_error *error)
{
    mmax_result *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "making a result");
    self->input = *input;
    self->n_maps = plan->n_maps;
    memcpy(self->maps, plan->maps, sizeof self->maps);
    self->metrics = plan->metrics;
    self->per = mmax_plan_per(plan, input);
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

/* What the pass carries from block to block. */
typedef struct pass {
    const mmax_plan *plan;
    mmax_source *source;
    const mmax_input *input; /* the source's */
    mmax_sinks sinks;
    mmax_transform *transform;
    mmax_block *block;
    mmax_tally tally;
    mmax_result *result;
    mmax_simplex_rows *simplex_rows; /* NULL unless kept */
} pass;

static mmax_status begin_pass(pass *self, mmax_error *error)
{
    const mmax_plan *plan = self->plan;
    bool in_loops = mmax_metric_list_needs_weights(&plan->metrics);
    const mmax_block_wants wants = {
        .logits = plan->keep_heatmap || plan->keep_simplex || in_loops,
        .weights = plan->keep_heatmap || in_loops || mmax_sinks_take_weights(&self->sinks),
    };
    mmax_status status = mmax_plan_check_layers(plan, self->input, error);
    if (status == MMAX_OK)
        status = begin_result(plan, self->input, &self->result, error);
    if (status == MMAX_OK)
        status = mmax_tally_begin(&self->tally, self->input, self->result, error);
    if (status == MMAX_OK)
        status = mmax_transform_new(&plan->transform, self->source, plan->cancel, &self->transform,
                                    error);
    if (status == MMAX_OK)
        status = mmax_block_new(plan, self->source, &wants, &self->block, error);
    if (status == MMAX_OK && plan->keep_heatmap)
        status = mmax_heatmap_new(plan, self->input, &self->result->heatmap, error);
    if (status == MMAX_OK && plan->keep_simplex)
        status = mmax_simplex_rows_new(self->input, &self->simplex_rows, error);
    if (status == MMAX_OK)
        status = mmax_sinks_begin(&self->sinks, self->input, error);
    return status;
}

/* One map over the block in the cache: metrics, weights to the sinks, cells of the heatmap. */
static mmax_status apply_map(pass *self, size_t map, mmax_error *error)
{
    mmax_block *block = self->block;
    mmax_status status = mmax_block_apply(block, self->plan, map, self->source, error);
    if (status != MMAX_OK)
        return status;
    const mmax_weight_block weights = {self->input, map, block->n_rows, block->weights};
    status = mmax_sinks_weights(&self->sinks, &weights, error);
    if (status == MMAX_OK && self->result->heatmap)
        status = mmax_heatmap_add(self->result->heatmap, map, block->first_row, block->n_rows,
                                  block->logits, block->weights, block->labels, error);
    return status;
}

static mmax_status take_block(pass *self, mmax_error *error)
{
    mmax_block *block = self->block;
    mmax_status status = MMAX_OK;
    for (size_t map = 0; map < self->plan->n_maps && status == MMAX_OK; map++)
        status = apply_map(self, map, error);
    if (status != MMAX_OK)
        return status;
    count_rows(self->result, block);
    mmax_block_blank_logits(block);
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
    if (status == MMAX_OK && self->simplex_rows)
        mmax_simplex_rows_add(self->simplex_rows, block->first_row, block->n_rows, block->logits,
                              block->epsilon);
    if (status == MMAX_OK)
        status = mmax_tally_block(&self->tally, block, error);
    return status;
}

static mmax_status pass_over_blocks(pass *self, mmax_error *error)
{
    const volatile sig_atomic_t *cancel = self->plan->cancel;
    for (;;) {
        if (cancel && *cancel)
            return mmax_fail(error, MMAX_ECANCELED, "interrupted");
        mmax_status status =
            mmax_block_read(self->block, self->plan, self->source, self->transform, error);
        if (status != MMAX_OK || self->block->n_rows == 0)
            return status;
        status = take_block(self, error);
        if (status != MMAX_OK)
            return status;
        if (self->plan->tell_progress)
            self->plan->tell_progress(self->plan->progress_data, self->source);
    }
}

static mmax_status finish_pass(pass *self, mmax_error *error)
{
    mmax_result *result = self->result;
    result->input = *self->input;
    result->probability_axis = mmax_transform_probability_axis(self->transform);
    mmax_status status = mmax_transform_finish(self->transform, error);
    if (status == MMAX_OK)
        status = mmax_tally_finish(&self->tally, self->input, error);
    if (status == MMAX_OK && result->heatmap)
        status = mmax_heatmap_end(result->heatmap, self->input, error);
    if (status == MMAX_OK && self->simplex_rows)
        status =
            mmax_simplex_new(self->plan, self->input, self->simplex_rows, &result->simplex, error);
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
    mmax_simplex_rows_free(self.simplex_rows);
    mmax_block_free(self.block);
    mmax_transform_free(self.transform);
    mmax_tally_end(&self.tally);
    if (status == MMAX_OK)
        *result = self.result;
    else
        mmax_result_free(self.result);
    return status;
}
