#include "analyze/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- which metrics --------------------------------------------------------------------------- */

static bool is_preferred(size_t metric)
{
    static const char *const keys[MMAX_LAYERS_METRICS] = {"multimodality", "sparsity", "entropy"};
    for (size_t i = 0; i < MMAX_LAYERS_METRICS; i++)
        if (strcmp(mmax_metric_info_at(metric)->key, keys[i]) == 0)
            return true;
    return false;
}

/* Those that MultiMax is about, then the plan's first other ones. */
static void choose_metrics(mmax_layer_means *means, const mmax_metric_list *list)
{
    for (int preferred = 1; preferred >= 0; preferred--)
        for (size_t i = 0; i < list->n_reported && means->n_metrics < MMAX_LAYERS_METRICS; i++)
            if (is_preferred(list->which[i]) == preferred)
                means->metrics[means->n_metrics++] = list->which[i];
}

static size_t place_of(const mmax_metric_list *list, size_t metric)
{
    size_t i = 0;
    while (list->which[i] != metric)
        i++;
    return i;
}

/* ---- means ----------------------------------------------------------------------------------- */

/* Sums that become means of groups, each weighted by its rows. */
typedef struct mean {
    double sum, n;
} mean;

static void add_group(mean *to, const mmax_summary *summary)
{
    if (summary->count == 0)
        return;
    to->sum += summary->mean * (double)summary->count;
    to->n += (double)summary->count;
}

static double mean_of(const mean *of)
{
    return of->n > 0 ? of->sum / of->n : (double)NAN;
}

/* All groups of a layer under a map, head by head. */
static void fill_layer(mmax_layer_means *means, const mmax_result *result, size_t metric,
                       size_t map, size_t layer)
{
    size_t place = place_of(&result->metrics, means->metrics[metric]);
    size_t groups_a_head = result->n_groups / means->all_layers / means->all_heads;
    size_t line = (metric * means->n_maps + map) * means->n_layers + layer;
    mean of_layer = {0};
    for (size_t head = 0; head < means->all_heads; head++) {
        size_t first = (layer * means->all_heads + head) * groups_a_head;
        mean of_head = {0};
        for (size_t i = first; i < first + groups_a_head; i++)
            add_group(&of_head,
                      &result->groups[(i * result->n_maps + map) * result->metrics.n + place]);
        of_layer.sum += of_head.sum;
        of_layer.n += of_head.n;
        if (head < means->n_heads)
            means->cells[line * means->n_heads + head] = mean_of(&of_head);
    }
    means->lines[line] = mean_of(&of_layer);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static mmax_status begin(const mmax_plan *plan, mmax_result *result, mmax_error *error)
{
    const mmax_input *input = &result->input;
    (void)plan;
    if (input->n_dims >= 3)
        return MMAX_OK;
    char file[256];
    mmax_quote(input->file, strlen(input->file), file, sizeof file);
    return mmax_fail(error, MMAX_EUNSUPPORTED,
                     "%s: a figure of layers needs at least three axes, such as layer, query and "
                     "key; this input has %zu",
                     file, input->n_dims);
}

static size_t at_most_side(size_t n)
{
    return n < MMAX_LAYERS_SIDE ? n : MMAX_LAYERS_SIDE;
}

static mmax_status end(const mmax_plan *plan, mmax_result *result, const mmax_kept_rows *rows,
                       mmax_error *error)
{
    const mmax_input *input = &result->input;
    mmax_layer_means *self = mmax_alloc_zeroed(1, sizeof *self);
    (void)rows;
    if (!self)
        return mmax_fail_memory(error, "making a figure of layers");
    result->layer_means = self;
    self->n_maps = plan->n_maps;
    self->has_heads = input->n_dims > 3;
    self->all_layers = input->shape[0];
    self->all_heads = self->has_heads ? input->shape[1] : 1;
    bool is_empty = result->n_groups == 0;
    self->n_layers = is_empty ? 0 : at_most_side(self->all_layers);
    self->n_heads = is_empty ? 0 : at_most_side(self->all_heads);
    choose_metrics(self, &result->metrics);
    size_t n_lines = self->n_metrics * self->n_maps * self->n_layers;
    self->lines = mmax_alloc_array(n_lines, sizeof *self->lines);
    self->cells = mmax_alloc_array(n_lines * self->n_heads, sizeof *self->cells);
    if (!self->lines || !self->cells)
        return mmax_fail_memory(error, "making a figure of layers");
    for (size_t metric = 0; metric < self->n_metrics; metric++)
        for (size_t map = 0; map < self->n_maps; map++)
            for (size_t layer = 0; layer < self->n_layers; layer++)
                fill_layer(self, result, metric, map, layer);
    return MMAX_OK;
}

static void free_data(mmax_result *result)
{
    mmax_layer_means *means = result->layer_means;
    if (!means)
        return;
    free(means->cells);
    free(means->lines);
    free(means);
}

const mmax_figure_gatherer mmax_gather_layers = {
    .wants_groups = true,
    .begin = begin,
    .end = end,
    .free = free_data,
};
