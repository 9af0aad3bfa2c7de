#include "render/layers_layout.h"

#include <math.h>

/* ---- numbers of panels ----------------------------------------------------------------------- */

static size_t panels_a_metric(const mmax_layer_means *data)
{
    return data->n_maps + 2;
}

size_t mmax_layers_panels(const mmax_layer_means *data)
{
    return data->n_metrics * panels_a_metric(data);
}

size_t mmax_layers_heatmap(const mmax_layer_means *data, size_t metric, size_t map)
{
    return metric * panels_a_metric(data) + map;
}

size_t mmax_layers_bar(const mmax_layer_means *data, size_t metric)
{
    return mmax_layers_heatmap(data, metric, data->n_maps);
}

size_t mmax_layers_lines(const mmax_layer_means *data, size_t metric)
{
    return mmax_layers_bar(data, metric) + 1;
}

/* ---- panels ---------------------------------------------------------------------------------- */

/* From the least to the largest of N values; NaN is none. */
static mmax_axis axis_of(const double *values, size_t n, bool is_padded)
{
    double low = HUGE_VAL, high = -HUGE_VAL;
    for (size_t i = 0; i < n; i++) {
        low = fmin(low, values[i]);
        high = fmax(high, values[i]);
    }
    if (low > high)
        low = high = 0;
    mmax_axis axis = mmax_axis_around(low, high);
    if (!is_padded && low < high) {
        axis.low = low;
        axis.high = high;
    }
    return axis;
}

static double cells_of(size_t n)
{
    return n > 0 ? (double)n : 1;
}

static void plan_metric(const mmax_layer_means *data, size_t metric, const char *const *maps,
                        mmax_plot *plot)
{
    size_t n_lines = data->n_maps * data->n_layers, n_cells = n_lines * data->n_heads;
    const char *key = mmax_metric_info_at(data->metrics[metric])->key;
    bool is_last = metric + 1 == data->n_metrics;
    const mmax_axis layers = {.kind = MMAX_AXIS_CELLS, .high = cells_of(data->n_layers)};
    for (size_t map = 0; map < data->n_maps; map++) {
        mmax_panel *panel = &plot->panels[mmax_layers_heatmap(data, metric, map)];
        *panel = (mmax_panel){.row = metric, .column = map, .y = layers};
        panel->x = (mmax_axis){.kind = MMAX_AXIS_CELLS, .high = cells_of(data->n_heads)};
        panel->x.is_labelled = is_last && data->has_heads;
        panel->x.name = is_last && data->has_heads ? "head" : NULL;
        panel->y.is_downward = true;
        panel->y.is_labelled = map == 0;
        panel->y.name = map == 0 ? "layer" : NULL;
        panel->title = metric == 0 ? maps[map] : NULL;
    }
    mmax_panel *bar = &plot->panels[mmax_layers_bar(data, metric)];
    *bar = (mmax_panel){.row = metric, .column = data->n_maps};
    bar->x = (mmax_axis){.kind = MMAX_AXIS_CELLS, .high = 1};
    bar->y = axis_of(data->cells + metric * n_cells, n_cells, false);
    bar->y.name = key;
    mmax_panel *lines = &plot->panels[mmax_layers_lines(data, metric)];
    *lines = (mmax_panel){.row = metric, .column = data->n_maps + 1, .x = layers};
    lines->x.is_labelled = is_last;
    lines->x.name = is_last ? "layer" : NULL;
    lines->y = axis_of(data->lines + metric * n_lines, n_lines, true);
}

void mmax_layers_plan(const mmax_layer_means *data, const char *const *maps, mmax_plot *plot)
{
    plot->n_rows = data->n_metrics;
    plot->n_columns = data->n_maps + 2;
    for (size_t metric = 0; metric < data->n_metrics; metric++) {
        plot->heights[metric] = fmin(fmax(7 * cells_of(data->n_layers), 70), 120);
        plan_metric(data, metric, maps, plot);
    }
    for (size_t map = 0; map < data->n_maps; map++)
        plot->widths[map] = fmin(fmax(6 * cells_of(data->n_heads), 42), 66);
    plot->widths[data->n_maps] = 8;
    plot->widths[data->n_maps + 1] = 120;
}

size_t mmax_layers_stretch(const mmax_layer_means *data, size_t metric, size_t map,
                           const mmax_panel *panel, size_t *layer, mmax_point *points)
{
    const double *means = data->lines + (metric * data->n_maps + map) * data->n_layers;
    size_t n = 0;
    while (*layer < data->n_layers && isnan(means[*layer]))
        ++*layer;
    for (; *layer < data->n_layers && !isnan(means[*layer]); ++*layer)
        points[n++] = mmax_panel_place(panel, (double)*layer + 0.5, means[*layer]);
    return n;
}
