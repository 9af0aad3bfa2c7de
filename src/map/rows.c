#include "map/map.h"

#include <math.h>

enum { BLOCK_ROWS = 32 };

/* Facts and thresholds of a block; the default threshold is the logit to which softmax gives 1/n.
 */
static mmax_status prepare(const double *logits, size_t n_rows, size_t row_length, size_t first_row,
                           mmax_row_facts *facts, double *epsilon, mmax_error *error)
{
    mmax_kernel_facts(logits, n_rows, row_length, facts);
    for (size_t i = 0; i < n_rows; i++) {
        size_t column = facts[i].invalid;
        if (column != MMAX_NO_COLUMN)
            return mmax_fail(error, MMAX_EDOMAIN,
                             "row %zu, column %zu (from 0): %s is not a logit; expected a finite "
                             "number or -inf",
                             first_row + i, column,
                             isnan(logits[i * row_length + column]) ? "nan" : "inf");
        epsilon[i] = facts[i].log_sum_exp - log((double)facts[i].n_live);
    }
    return MMAX_OK;
}

mmax_status mmax_map_rows(const mmax_map *map, const double *logits, size_t n_rows,
                          size_t row_length, const double *epsilon, double *weights,
                          size_t *support, mmax_error *error)
{
    mmax_row_facts facts[BLOCK_ROWS];
    double default_epsilon[BLOCK_ROWS];
    size_t unwanted_support[BLOCK_ROWS];
    for (size_t start = 0; start < n_rows; start += BLOCK_ROWS) {
        size_t left = n_rows - start, offset = start * row_length, bad_row = 0;
        mmax_kernel_rows block = {
            .logits = logits + offset,
            .facts = facts,
            .n_rows = left < BLOCK_ROWS ? left : BLOCK_ROWS,
            .row_length = row_length,
            .weights = weights + offset,
            .support = support ? support + start : unwanted_support,
        };
        mmax_status status =
            prepare(block.logits, block.n_rows, row_length, start, facts, default_epsilon, error);
        if (status != MMAX_OK)
            return status;
        mmax_error cause;
        status = mmax_map_apply(map, &block, epsilon ? epsilon + start : default_epsilon, &bad_row,
                                &cause);
        if (status != MMAX_OK)
            return mmax_fail(error, status, "row %zu (from 0): %s", start + bad_row, cause.message);
    }
    return MMAX_OK;
}
