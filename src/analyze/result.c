#include "analyze/figures.h"

#include <stdlib.h>
#include <string.h>

void mmax_result_free(mmax_result *result)
{
    if (!result)
        return;
    for (size_t i = 0; i < result->n_maps; i++)
        free(result->layer_specs[i]);
    free(result->group_rows);
    free(result->all);
    free(result->groups);
    mmax_figures_free(result);
    free(result);
}

const mmax_input *mmax_result_input(const mmax_result *result)
{
    return &result->input;
}

size_t mmax_result_masked_rows(const mmax_result *result)
{
    return result->masked_rows;
}

size_t mmax_result_invalid_rows(const mmax_result *result)
{
    return result->invalid_rows;
}

size_t mmax_result_masked_entries(const mmax_result *result)
{
    return result->masked_entries;
}

bool mmax_result_looks_like_probabilities(const mmax_result *result)
{
    int axis = result->probability_axis;
    return axis >= 0 && (size_t)axis + 1 == result->input.n_dims;
}

int mmax_result_probability_axis(const mmax_result *result)
{
    return result->probability_axis;
}

size_t mmax_result_groups(const mmax_result *result)
{
    return result->n_groups;
}

/* The place of the metric in the result's list; metrics.n if it is not there. */
static size_t find_metric(const mmax_result *result, const char *key)
{
    for (size_t i = 0; i < result->metrics.n; i++)
        if (strcmp(mmax_metric_info_at(result->metrics.which[i])->key, key) == 0)
            return i;
    return result->metrics.n;
}

const mmax_summary *mmax_result_summary(const mmax_result *result, size_t map, const char *metric)
{
    size_t i = find_metric(result, metric);
    if (map >= result->n_maps || i == result->metrics.n)
        return NULL;
    return &result->all[map * result->metrics.n + i];
}

const mmax_summary *mmax_result_group_summary(const mmax_result *result, size_t group, size_t map,
                                              const char *metric)
{
    size_t i = find_metric(result, metric);
    if (result->per != MMAX_PER_GROUP || !result->groups || group >= result->n_groups ||
        map >= result->n_maps || i == result->metrics.n)
        return NULL;
    return &result->groups[(group * result->n_maps + map) * result->metrics.n + i];
}

void mmax_group_index(const mmax_input *input, size_t group, char index[MMAX_INDEX_SIZE])
{
    size_t n_leading = input->n_dims > 2 ? input->n_dims - 2 : 0;
    size_t parts[MMAX_MAX_DIMS];
    for (size_t i = n_leading; i-- > 0;) {
        parts[i] = group % input->shape[i];
        group /= input->shape[i];
    }
    index[0] = '\0';
    for (size_t i = 0, used = 0; i < n_leading; i++)
        used +=
            (size_t)snprintf(index + used, MMAX_INDEX_SIZE - used, i ? ".%zu" : "%zu", parts[i]);
}
