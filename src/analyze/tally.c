#include "analyze/pass.h"

#include <stdlib.h>
#include <string.h>

static mmax_status make_accumulators(const mmax_tally *tally, const mmax_input *input,
                                     mmax_error *error)
{
    const mmax_result *result = tally->result;
    mmax_status status = MMAX_OK;
    for (size_t cell = 0; cell < tally->n_cells && status == MMAX_OK; cell++) {
        double lowest, highest;
        mmax_metric_bounds(result->metrics.which[cell % result->metrics.n], input->row_length,
                           &lowest, &highest);
        status = mmax_accumulator_new(lowest, highest, &tally->group[cell], error);
        if (status == MMAX_OK)
            status = mmax_accumulator_new(lowest, highest, &tally->all[cell], error);
    }
    return status;
}

/* Summaries of groups are kept until the report: these are 1.4 GiB, where a megabyte of zeros has a
 * million groups. */
enum { MAX_SUMMARIES = 1 << 24 };

static mmax_status check_groups(const mmax_tally *tally, const mmax_input *input, mmax_error *error)
{
    size_t n_groups = 1;
    for (size_t i = 0; i + 2 < input->n_dims; i++)
        n_groups *= input->shape[i];
    if (!tally->result->keeps_groups || tally->n_cells == 0 ||
        n_groups <= MAX_SUMMARIES / tally->n_cells)
        return MMAX_OK;
    char file[256];
    return mmax_fail(error, MMAX_EUNSUPPORTED,
                     "%s: %zu groups with %zu summaries each are more than the %d that are kept; "
                     "use --per=all or --per=row, or fewer --metrics",
                     mmax_quote(input->file, strlen(input->file), file, sizeof file), n_groups,
                     tally->n_cells, MAX_SUMMARIES);
}

mmax_status mmax_tally_begin(mmax_tally *tally, const mmax_input *input, mmax_result *result,
                             mmax_error *error)
{
    memset(tally, 0, sizeof *tally);
    tally->result = result;
    tally->n_cells = result->n_maps * result->metrics.n;
    mmax_status status = check_groups(tally, input, error);
    if (status != MMAX_OK)
        return status;
    tally->group_length = input->n_dims > 2 ? mmax_group_rows(input) : SIZE_MAX;
    tally->group = mmax_alloc_zeroed(tally->n_cells, sizeof(mmax_accumulator *));
    tally->all = mmax_alloc_zeroed(tally->n_cells, sizeof(mmax_accumulator *));
    result->all = mmax_alloc_zeroed(tally->n_cells, sizeof *result->all);
    if (!tally->group || !tally->all || !result->all)
        return mmax_fail_memory(error, "making summaries");
    return make_accumulators(tally, input, error);
}

/* Room for one more group in the result; doubling, as groups come. */
static mmax_status grow_groups(mmax_tally *tally, mmax_error *error)
{
    mmax_result *result = tally->result;
    if (result->n_groups < tally->groups_capacity)
        return MMAX_OK;
    size_t capacity = tally->groups_capacity ? 2 * tally->groups_capacity : 16;
    size_t *rows = mmax_resize_array(result->group_rows, capacity, sizeof *rows);
    if (rows)
        result->group_rows = rows;
    size_t n_summaries = 0;
    mmax_summary *groups = NULL;
    if (mmax_multiply(capacity, tally->n_cells, &n_summaries))
        groups = mmax_resize_array(result->groups, n_summaries, sizeof *groups);
    if (groups)
        result->groups = groups;
    if (!rows || !groups)
        return mmax_fail(error, MMAX_ENOMEM,
                         "out of memory for the summaries of %zu groups; --per=all needs none",
                         capacity);
    tally->groups_capacity = capacity;
    return MMAX_OK;
}

/* Keeps the current group's summaries if somebody wants them, adds it to all and begins the next.
 */
static mmax_status finish_group(mmax_tally *tally, mmax_error *error)
{
    mmax_result *result = tally->result;
    bool keep = result->keeps_groups;
    mmax_status status = keep ? grow_groups(tally, error) : MMAX_OK;
    for (size_t cell = 0; cell < tally->n_cells && status == MMAX_OK; cell++) {
        if (keep)
            mmax_accumulator_summarize(tally->group[cell],
                                       &result->groups[result->n_groups * tally->n_cells + cell]);
        status = mmax_accumulator_merge(tally->all[cell], tally->group[cell], error);
        mmax_accumulator_clear(tally->group[cell]);
    }
    if (status != MMAX_OK)
        return status;
    if (keep)
        result->group_rows[result->n_groups] = tally->rows_in_group;
    result->n_groups++;
    result->rows += tally->rows_in_group;
    tally->group_index++;
    tally->rows_in_group = 0;
    return MMAX_OK;
}

static mmax_status finish_groups_before(mmax_tally *tally, size_t group, mmax_error *error)
{
    mmax_status status = MMAX_OK;
    while (tally->group_index < group && status == MMAX_OK)
        status = finish_group(tally, error);
    return status;
}

/* The kept rows [FIRST, END) of a block, all of the current group.  Metric by metric: the bins of
 * one fit a first-level cache, those of all do not. */
static mmax_status add_rows(mmax_tally *tally, const mmax_block *block, size_t first, size_t end,
                            mmax_error *error)
{
    size_t n_metrics = tally->result->metrics.n;
    mmax_status status = MMAX_OK;
    for (size_t cell = 0; cell < tally->n_cells && status == MMAX_OK; cell++) {
        size_t map = cell / n_metrics, metric = cell % n_metrics;
        const double *values = block->metrics + map * block->n_kept * n_metrics + metric;
        status = mmax_accumulator_add(tally->group[cell], values + first * n_metrics, end - first,
                                      n_metrics, error);
    }
    tally->rows_in_group += end - first;
    return status;
}

mmax_status mmax_tally_block(mmax_tally *tally, const mmax_block *block, mmax_error *error)
{
    mmax_status status = MMAX_OK;
    for (size_t first = 0, end; first < block->n_kept && status == MMAX_OK; first = end) {
        size_t group = block->rows[first] / tally->group_length;
        for (end = first + 1; end < block->n_kept; end++)
            if (block->rows[end] / tally->group_length != group)
                break;
        status = finish_groups_before(tally, group, error);
        if (status == MMAX_OK)
            status = add_rows(tally, block, first, end, error);
    }
    return status;
}

mmax_status mmax_tally_finish(mmax_tally *tally, const mmax_input *input, mmax_error *error)
{
    size_t n_groups = 0;
    if (input->n_rows > 0)
        n_groups = input->n_dims > 2 ? input->n_rows / tally->group_length : 1;
    mmax_status status = finish_groups_before(tally, n_groups, error);
    for (size_t cell = 0; cell < tally->n_cells && status == MMAX_OK; cell++)
        mmax_accumulator_summarize(tally->all[cell], &tally->result->all[cell]);
    return status;
}

void mmax_tally_end(mmax_tally *tally)
{
    for (size_t cell = 0; cell < tally->n_cells; cell++) {
        if (tally->group)
            mmax_accumulator_free(tally->group[cell]);
        if (tally->all)
            mmax_accumulator_free(tally->all[cell]);
    }
    free(tally->group);
    free(tally->all);
}
