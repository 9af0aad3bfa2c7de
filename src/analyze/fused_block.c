#include "analyze/fused_block.h"

#include <math.h>
#include <stdlib.h>

/* ---- memory ---------------------------------------------------------------------------------- */

static bool is_transformed(const mmax_transform_rules *rules)
{
    return rules->from_probs || rules->scale != 0 || rules->is_causal || rules->mask_file;
}

/* A reference below that would overflow beside float32 weights. */
static bool bears_singles(const mmax_relevance_rules *rules)
{
    return rules->reference != MMAX_REFERENCE_NUMBER || rules->reference_number > 1e-30;
}

static bool uses_powers(const mmax_plan *plan)
{
    bool any = false;
    for (size_t i = 0; i < plan->n_maps; i++)
        any |= mmax_map_uses_powers(&plan->maps[i]);
    return any;
}

static bool uses_mean(const mmax_plan *plan)
{
    bool any = plan->relevance.epsilon == MMAX_EPSILON_MEAN;
    for (size_t i = 0; i < plan->n_maps; i++)
        any |= mmax_map_uses_mean(&plan->maps[i]);
    return any;
}

mmax_status mmax_fused_block_new(const mmax_plan *plan, const mmax_source *source, size_t capacity,
                                 bool wants_weights, mmax_fused_block **fused, mmax_error *error)
{
    *fused = NULL;
    if (mmax_relevance_needs_log_weights(&plan->relevance))
        return MMAX_OK;
    mmax_fused_block *self = mmax_alloc_zeroed(1, sizeof *self);
    size_t row_length = mmax_source_input(source)->row_length, n = 0;
    bool is_single = mmax_source_has_singles(source) && !is_transformed(&plan->transform) &&
                     bears_singles(&plan->relevance);
    if (!self || !mmax_multiply(capacity, row_length, &n))
        goto no_memory;
    self->kernels = is_single ? plan->instructions->single : plan->instructions->wide;
    self->row_length = row_length;
    self->with_mean = uses_mean(plan);
    self->bounds = mmax_alloc_array(capacity, sizeof *self->bounds);
    self->exponentials = mmax_alloc_array(capacity, sizeof *self->exponentials);
    self->sums = mmax_alloc_array(capacity, sizeof *self->sums);
    self->scratch = mmax_alloc_array(mmax_fused_scratch(row_length), 1);
    self->row_logits = mmax_alloc_array(row_length, sizeof *self->row_logits);
    self->row_weights = mmax_alloc_array(row_length, sizeof *self->row_weights);
    if (is_single)
        self->logits = mmax_alloc_array(n, sizeof *self->logits);
    if (is_single && wants_weights)
        self->weights = mmax_alloc_array(n, sizeof *self->weights);
    if (uses_powers(plan))
        self->powers = mmax_alloc_array(n, self->kernels->size);
    if (self->bounds && self->exponentials && self->sums && self->scratch && self->row_logits &&
        self->row_weights && (self->logits || !is_single) &&
        (self->weights || !is_single || !wants_weights) && (self->powers || !uses_powers(plan))) {
        *fused = self;
        return MMAX_OK;
    }
no_memory:
    mmax_fused_block_free(self);
    return mmax_fail_memory(error, "making a block of rows");
}

void mmax_fused_block_free(mmax_fused_block *fused)
{
    if (!fused)
        return;
    free(fused->logits);
    free(fused->weights);
    free(fused->bounds);
    free(fused->exponentials);
    free(fused->powers);
    free(fused->scratch);
    free(fused->sums);
    free(fused->row_logits);
    free(fused->row_weights);
    free(fused);
}

/* ---- rows ------------------------------------------------------------------------------------ */

void mmax_fused_block_facts(mmax_fused_block *fused, const double *logits, size_t n_rows,
                            mmax_row_facts *facts)
{
    fused->kernels->facts(fused->logits ? (const void *)fused->logits : logits, n_rows,
                          fused->row_length, fused->with_mean, facts, fused->exponentials,
                          fused->powers);
}

void mmax_fused_block_bound(mmax_fused_block *fused, const double *logits, size_t n_rows,
                            const mmax_relevance *relevance)
{
    for (size_t i = 0; i < n_rows; i++)
        fused->bounds[i] = (mmax_row_bounds){
            .above = relevance[i].epsilon + relevance[i].tolerance,
            .below = relevance[i].epsilon - relevance[i].tolerance,
            .per_reference = exp(-relevance[i].log_reference),
        };
    fused->kernels->count(fused->logits ? (const void *)fused->logits : logits, n_rows,
                          fused->row_length, fused->bounds);
}

double mmax_fused_block_entry(const mmax_fused_block *fused, const double *logits, size_t row,
                              size_t column)
{
    size_t i = row * fused->row_length + column;
    return fused->logits ? (double)fused->logits[i] : logits[i];
}

void mmax_fused_block_fill(mmax_fused_block *fused, double *logits, size_t row, double value)
{
    size_t start = row * fused->row_length;
    for (size_t j = 0; j < fused->row_length; j++) {
        if (fused->logits)
            fused->logits[start + j] = (float)value;
        else
            logits[start + j] = value;
    }
}

void mmax_fused_block_widen(const float *rows, size_t n_rows, size_t row_length, double *wide)
{
    for (size_t i = 0; i < n_rows * row_length; i++)
        wide[i] = (double)rows[i];
}

/* ---- maps ------------------------------------------------------------------------------------ */

/* The row that is the block's I-th by the scalar kernels, in float64. */
static mmax_status apply_careful(mmax_fused_block *fused, const mmax_fused_run *run, size_t i,
                                 mmax_error *error)
{
    size_t n = fused->row_length, bad_row;
    const double *logits = fused->logits ? fused->row_logits : run->logits + i * n;
    double *weights = run->weights ? run->weights + i * n : fused->row_weights;
    size_t support;
    if (fused->logits)
        mmax_fused_block_widen(fused->logits + i * n, 1, n, fused->row_logits);
    const mmax_kernel_rows rows = {.logits = logits,
                                   .facts = &run->facts[i],
                                   .n_rows = 1,
                                   .row_length = n,
                                   .weights = weights,
                                   .support = &support};
    mmax_status status = mmax_map_apply(run->map, &rows, &run->epsilon[i], &bad_row, error);
    if (status != MMAX_OK)
        return status;
    const mmax_metric_row of_row = {.logits = logits,
                                    .weights = weights,
                                    .row_length = n,
                                    .support = support,
                                    .query = MMAX_NO_QUERY,
                                    .facts = &run->facts[i],
                                    .relevance = &run->relevance[i]};
    mmax_metrics_sum_row(&of_row, &fused->sums[i]);
    return MMAX_OK;
}

mmax_status mmax_fused_block_apply(mmax_fused_block *fused, const mmax_fused_run *run,
                                   size_t *bad_row, mmax_error *error)
{
    size_t first = run->first, offset = first * fused->row_length;
    size_t size = fused->kernels->size;
    const mmax_fused_rows rows = {
        .logits = fused->logits ? (const void *)(fused->logits + offset) : run->logits + offset,
        .n_rows = run->n_rows,
        .row_length = fused->row_length,
        .facts = run->facts + first,
        .bounds = fused->bounds + first,
        .exponentials = fused->exponentials + first,
        .powers = fused->powers ? (const char *)fused->powers + offset * size : NULL,
        .scratch = fused->scratch,
        .weights = !run->weights    ? NULL
                   : fused->weights ? (void *)(fused->weights + offset)
                                    : run->weights + offset,
        .sums = fused->sums + first,
    };
    mmax_map_apply_fused(run->map, fused->kernels, &rows, run->epsilon + first);
    if (fused->weights)
        mmax_fused_block_widen(fused->weights + offset, run->n_rows, fused->row_length,
                               run->weights + offset);
    mmax_status status = MMAX_OK;
    for (size_t i = first; i < first + run->n_rows && status == MMAX_OK; i++) {
        *bad_row = i;
        if (fused->sums[i].is_left)
            status = apply_careful(fused, run, i, error);
    }
    return status;
}
