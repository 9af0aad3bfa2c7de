#include "report/parts.h"

const mmax_metric_info *mmax_report_metric(const mmax_metric_list *list, size_t k)
{
    return mmax_metric_info_at(list->which[k]);
}

bool mmax_report_has_groups(const mmax_result *result)
{
    return result->per == MMAX_PER_GROUP && result->groups;
}

void mmax_summary_set_all(const mmax_result *result, size_t map, mmax_summary_set *set)
{
    set->map = map;
    set->is_group = false;
    set->index[0] = '\0';
    set->n_rows = result->rows;
    set->summaries = result->all + map * result->metrics.n;
}

void mmax_summary_set_group(const mmax_result *result, size_t map, size_t group,
                            mmax_summary_set *set)
{
    set->map = map;
    set->is_group = true;
    mmax_group_index(&result->input, group, set->index);
    set->n_rows = result->group_rows[group];
    set->summaries = result->groups + (group * result->n_maps + map) * result->metrics.n;
}

bool mmax_summary_set_at(const mmax_result *result, size_t i, mmax_summary_set *set)
{
    bool grouped = mmax_report_has_groups(result);
    size_t n = grouped ? result->n_groups : 1;
    if (n == 0 || i / n >= result->n_maps)
        return false;
    if (grouped)
        mmax_summary_set_group(result, i / n, i % n, set);
    else
        mmax_summary_set_all(result, i, set);
    return true;
}

void mmax_row_place_of(const mmax_input *input, size_t row, mmax_row_place *place)
{
    /* One group may have rows without end. */
    size_t group_rows = input->n_dims > 2 ? mmax_group_rows(input) : SIZE_MAX;
    mmax_group_index(input, row / group_rows, place->index);
    place->row = row % group_rows;
}

const double *mmax_block_metrics(const mmax_row_block *block, size_t map, size_t i)
{
    return block->metrics + (map * block->n_rows + i) * block->n_metrics;
}

const char *mmax_block_label(const mmax_row_block *block, size_t i)
{
    return block->labels ? block->labels[i] : NULL;
}
