#include "analyze/fused_block.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static bool allocate(mmax_fused_block *self, size_t capacity, bool wants_weights, bool wants_powers)
{
    size_t row_length = self->row_length, size = self->kernels->size, n = 0;
    bool has_own = self->is_single || self->stride != row_length;
    if (!mmax_multiply(capacity, self->stride, &n))
        return false;
    self->bounds = mmax_alloc_array(capacity, sizeof *self->bounds);
    self->exponentials = mmax_alloc_array(capacity, sizeof *self->exponentials);
    self->sums = mmax_alloc_array(capacity, sizeof *self->sums);
    self->scratch = mmax_alloc_array(mmax_fused_scratch(self->stride), 1);
    self->row_logits = mmax_alloc_array(self->stride, sizeof *self->row_logits);
    self->row_weights = mmax_alloc_array(self->stride, sizeof *self->row_weights);
    self->logits = has_own ? mmax_alloc_array(n, size) : NULL;
    self->weights = has_own && wants_weights ? mmax_alloc_array(n, size) : NULL;
    self->powers = wants_powers ? mmax_alloc_array(n, size) : NULL;
    return self->bounds && self->exponentials && self->sums && self->scratch && self->row_logits &&
           self->row_weights && (self->logits || !has_own) &&
           (self->weights || !has_own || !wants_weights) && (self->powers || !wants_powers);
}

mmax_status mmax_fused_block_new(const mmax_plan *plan, const mmax_source *source, size_t capacity,
                                 bool wants_weights, mmax_fused_block **fused, mmax_error *error)
{
    size_t row_length = mmax_source_input(source)->row_length;
    *fused = NULL;
    if (mmax_relevance_needs_log_weights(&plan->relevance))
        return MMAX_OK;
    mmax_fused_block *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self || row_length > SIZE_MAX - MMAX_FUSED_LANES)
        goto no_memory;
    self->is_single = mmax_source_has_singles(source) && !is_transformed(&plan->transform) &&
                      bears_singles(&plan->relevance);
    self->kernels = self->is_single ? plan->instructions->single : plan->instructions->wide;
    self->wide = self->is_single ? plan->instructions->wide : NULL;
    self->row_length = row_length;
    self->stride =
        row_length + (MMAX_FUSED_LANES - row_length % MMAX_FUSED_LANES) % MMAX_FUSED_LANES;
    self->with_mean = uses_mean(plan);
    if (allocate(self, capacity, wants_weights, uses_powers(plan))) {
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

static void *at(const mmax_fused_block *fused, void *rows, size_t row)
{
    return (char *)rows + row * fused->stride * fused->kernels->size;
}

/* Masks the entries of a row from the FIRST on. */
static void mask_from(const mmax_fused_block *fused, size_t row, size_t first)
{
    for (size_t j = first; j < fused->stride; j++) {
        if (fused->is_single)
            ((float *)at(fused, fused->logits, row))[j] = -INFINITY;
        else
            ((double *)at(fused, fused->logits, row))[j] = -HUGE_VAL;
    }
}

/* Rows come packed and are moved apart, the last one first. */
mmax_status mmax_fused_block_read(mmax_fused_block *fused, mmax_source *source, size_t max_rows,
                                  size_t *n_rows, mmax_error *error)
{
    float *rows = fused->logits;
    mmax_status status = mmax_source_read_singles(source, max_rows, rows, n_rows, error);
    if (status != MMAX_OK || fused->stride == fused->row_length)
        return status;
    for (size_t i = *n_rows; i-- > 0;) {
        memmove(rows + i * fused->stride, rows + i * fused->row_length,
                fused->row_length * sizeof *rows);
        mask_from(fused, i, fused->row_length);
    }
    return MMAX_OK;
}

void mmax_fused_block_facts(mmax_fused_block *fused, const double *logits, size_t n_rows,
                            mmax_row_facts *facts)
{
    size_t n = fused->row_length;
    for (size_t i = 0; i < n_rows && fused->logits && !fused->is_single; i++) {
        memcpy(at(fused, fused->logits, i), logits + i * n, n * sizeof *logits);
        mask_from(fused, i, fused->row_length);
    }
    fused->kernels->facts(fused->logits ? (const void *)fused->logits : logits, n_rows,
                          fused->stride, fused->with_mean, facts, fused->exponentials,
                          fused->powers);
}

void mmax_fused_block_bound(mmax_fused_block *fused, size_t n_rows, const mmax_relevance *relevance)
{
    for (size_t i = 0; i < n_rows; i++)
        fused->bounds[i] = (mmax_row_bounds){
            .above = relevance[i].epsilon + relevance[i].tolerance,
            .below = relevance[i].epsilon - relevance[i].tolerance,
            .per_reference = exp(-relevance[i].log_reference),
            .log_per_reference = -relevance[i].log_reference,
        };
}

static void widen_row(const mmax_fused_block *fused, const void *row, double *wide)
{
    if (fused->is_single)
        for (size_t j = 0; j < fused->row_length; j++)
            wide[j] = (double)((const float *)row)[j];
    else
        memcpy(wide, row, fused->row_length * sizeof *wide);
}

void mmax_fused_block_widen(const mmax_fused_block *fused, size_t first, size_t n_rows,
                            double *wide)
{
    for (size_t i = 0; i < n_rows; i++)
        widen_row(fused, at(fused, fused->logits, first + i), wide + i * fused->row_length);
}

double mmax_fused_block_entry(const mmax_fused_block *fused, size_t row, size_t column)
{
    const void *entries = at(fused, fused->logits, row);
    return fused->is_single ? (double)((const float *)entries)[column]
                            : ((const double *)entries)[column];
}

void mmax_fused_block_blank(mmax_fused_block *fused, size_t row)
{
    fused->exponentials[row] = (mmax_row_exponentials){0};
    if (fused->logits)
        mask_from(fused, row, 0);
}

/* ---- maps ------------------------------------------------------------------------------------ */

/* The block's I-th row, of float32, by the kernels of float64; false where they leave it, too. */
static bool apply_wide(mmax_fused_block *fused, const mmax_fused_run *run, size_t i)
{
    size_t n = fused->row_length;
    mmax_fused_block_widen(fused, i, 1, fused->row_logits);
    for (size_t j = n; j < fused->stride; j++)
        fused->row_logits[j] = -HUGE_VAL;
    const mmax_fused_rows row = {
        .logits = fused->row_logits,
        .n_rows = 1,
        .stride = fused->stride,
        .facts = &run->facts[i],
        .bounds = &fused->bounds[i],
        .exponentials = &fused->exponentials[i],
        .scratch = fused->scratch,
        .weights = run->weights ? fused->row_weights : NULL,
        .sums = &fused->sums[i],
    };
    mmax_map_apply_fused(run->map, fused->wide, &row, &run->epsilon[i]);
    if (!fused->sums[i].is_left && run->weights)
        memcpy(run->weights + i * n, fused->row_weights, n * sizeof *fused->row_weights);
    return !fused->sums[i].is_left;
}

/* The same by the scalar kernels. */
static mmax_status apply_careful(mmax_fused_block *fused, const mmax_fused_run *run, size_t i,
                                 mmax_error *error)
{
    size_t n = fused->row_length, bad_row, support;
    const double *logits = fused->is_single ? fused->row_logits : run->logits + i * n;
    double *weights = run->weights ? run->weights + i * n : fused->row_weights;
    if (fused->is_single)
        mmax_fused_block_widen(fused, i, 1, fused->row_logits);
    mmax_row_facts facts = run->facts[i];
    const mmax_kernel_rows rows = {.logits = logits,
                                   .facts = &facts,
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
                                    .facts = &facts,
                                    .relevance = &run->relevance[i]};
    mmax_metrics_sum_row(&of_row, &fused->sums[i]);
    return MMAX_OK;
}

/* The kernels' part: sums of all rows but those that it leaves, and weights. */
static void apply_kernels(mmax_fused_block *fused, const mmax_fused_run *run)
{
    size_t first = run->first, offset = first * fused->row_length;
    double *weights = run->weights ? run->weights + offset : NULL;
    const mmax_fused_rows rows = {
        .logits =
            fused->logits ? at(fused, fused->logits, first) : (const void *)(run->logits + offset),
        .n_rows = run->n_rows,
        .stride = fused->stride,
        .facts = run->facts + first,
        .bounds = fused->bounds + first,
        .exponentials = fused->exponentials + first,
        .powers = fused->powers ? at(fused, fused->powers, first) : NULL,
        .scratch = fused->scratch,
        .weights = weights && fused->weights ? at(fused, fused->weights, first) : weights,
        .sums = fused->sums + first,
    };
    mmax_map_apply_fused(run->map, fused->kernels, &rows, run->epsilon + first);
    for (size_t i = 0; i < run->n_rows && weights && fused->weights; i++)
        widen_row(fused, at(fused, fused->weights, first + i), weights + i * fused->row_length);
}

mmax_status mmax_fused_block_apply(mmax_fused_block *fused, const mmax_fused_run *run,
                                   size_t *bad_row, mmax_error *error)
{
    apply_kernels(fused, run);
    mmax_status status = MMAX_OK;
    for (size_t i = run->first; i < run->first + run->n_rows && status == MMAX_OK; i++) {
        *bad_row = i;
        if (fused->sums[i].is_left && !(fused->wide && apply_wide(fused, run, i)))
            status = apply_careful(fused, run, i, error);
    }
    return status;
}
