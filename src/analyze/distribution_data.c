#include "analyze/figures.h"

#include <math.h>
#include <stdlib.h>

static mmax_status begin(const mmax_plan *plan, mmax_result *result, mmax_error *error)
{
    mmax_distribution *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "counting weights");
    result->distribution = self;
    self->n_maps = plan->n_maps;
    for (int i = 0; i <= MMAX_DISTRIBUTION_BINS; i++)
        self->edges[i] = pow(10, (double)(i - MMAX_DISTRIBUTION_BINS) / MMAX_BINS_A_DECADE);
    self->zeros = mmax_alloc_zeroed(self->n_maps, sizeof *self->zeros);
    self->tiny = mmax_alloc_zeroed(self->n_maps, sizeof *self->tiny);
    self->bins = mmax_alloc_zeroed(self->n_maps, MMAX_DISTRIBUTION_BINS * sizeof *self->bins);
    return self->zeros && self->tiny && self->bins ? MMAX_OK
                                                   : mmax_fail_memory(error, "counting weights");
}

/* The bin of each power of two down to the lowest edge: a weight is at most four bins further,
 * which is quicker found than its logarithm. */
enum { POWERS = 40 };

static void find_powers(const mmax_distribution *distribution, size_t of_power[POWERS + 1])
{
    for (int i = 0; i <= POWERS; i++) {
        double power = ldexp(1, -i);
        size_t bin = MMAX_DISTRIBUTION_BINS - 1;
        while (bin > 0 && power < distribution->edges[bin])
            bin--;
        of_power[i] = bin;
    }
}

static void count_weight(mmax_distribution *distribution, size_t map, double weight,
                         const size_t of_power[POWERS + 1])
{
    int exponent;
    if (weight < distribution->edges[0]) {
        if (weight > 0)
            distribution->tiny[map]++;
        else
            distribution->zeros[map]++;
        return;
    }
    frexp(weight, &exponent); /* 2^(exponent - 1) <= weight */
    size_t bin = of_power[exponent < 1 ? (size_t)(1 - exponent) : 0];
    while (bin + 1 < MMAX_DISTRIBUTION_BINS && weight >= distribution->edges[bin + 1])
        bin++;
    distribution->bins[map * MMAX_DISTRIBUTION_BINS + bin]++;
}

static size_t count_live(const double *logits, size_t n)
{
    size_t n_live = 0;
    for (size_t i = 0; i < n; i++)
        n_live += isfinite(logits[i]) ? 1 : 0;
    return n_live;
}

static mmax_status add(mmax_result *result, const mmax_figure_block *block, mmax_error *error)
{
    (void)error;
    mmax_distribution *self = result->distribution;
    size_t of_power[POWERS + 1], row_length = result->input.row_length;
    find_powers(self, of_power);
    for (size_t i = 0; i < block->n_rows; i++) {
        const double *logits = block->logits + i * row_length;
        size_t n_live = count_live(logits, row_length);
        self->n_rows += n_live > 0;
        self->n_entries += n_live;
        for (size_t map = 0; map < self->n_maps && n_live > 0; map++)
            for (size_t j = 0; j < row_length; j++)
                if (isfinite(logits[j]))
                    count_weight(self, map, block->weights[map][i * row_length + j], of_power);
    }
    return MMAX_OK;
}

static void free_data(mmax_result *result)
{
    mmax_distribution *distribution = result->distribution;
    if (!distribution)
        return;
    free(distribution->zeros);
    free(distribution->tiny);
    free(distribution->bins);
    free(distribution);
}

const mmax_figure_gatherer mmax_gather_distribution = {
    .wants_logits = true,
    .wants_weights = true,
    .begin = begin,
    .add = add,
    .free = free_data,
};
