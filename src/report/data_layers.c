/* Metrics by layer and head. */
#include "report/figure_data.h"

static const char *const columns[] = {"part", "map", "metric", "layer", "head", "mean", NULL};

static void write_layer(mmax_delimited *line, const mmax_result *result, size_t metric, size_t map,
                        size_t layer)
{
    const mmax_layer_means *data = result->layer_means;
    const char *key = mmax_metric_info_at(data->metrics[metric])->key;
    size_t at = (metric * data->n_maps + map) * data->n_layers + layer;
    for (size_t head = 0; head <= data->n_heads; head++) {
        bool is_cell = head < data->n_heads;
        mmax_field_text(line, is_cell ? "cell" : "line");
        mmax_field_map(line, result, map);
        mmax_field_text(line, key);
        mmax_field_count(line, layer);
        if (is_cell && data->has_heads)
            mmax_field_count(line, head);
        else
            mmax_field_none(line);
        mmax_field_number(line, is_cell ? data->cells[at * data->n_heads + head] : data->lines[at]);
        mmax_end_line(line);
    }
}

static void write(const mmax_result *result, mmax_delimited *line)
{
    const mmax_layer_means *data = result->layer_means;
    for (size_t metric = 0; metric < data->n_metrics; metric++)
        for (size_t map = 0; map < data->n_maps; map++)
            for (size_t layer = 0; layer < data->n_layers; layer++)
                write_layer(line, result, metric, map, layer);
}

const mmax_figure_writer mmax_layers_writer = {columns, write};
