/* The markers, the curves and the rows of a trade-off. */
#include "report/figure_data.h"

#include <math.h>

static const char *const columns[] = {"part",      "map",           "index",    "row",
                                      "parameter", "multimodality", "sparsity", NULL};

static const double no_parameter = (double)NAN;

/* A point of the DRAWN-th row, or of the mean where that is SIZE_MAX. */
static void write_point(const mmax_result *result, mmax_delimited *line, size_t drawn,
                        double parameter, const mmax_tradeoff_point *point)
{
    if (drawn == SIZE_MAX) {
        mmax_field_none(line);
        mmax_field_none(line);
    } else {
        mmax_row_place place;
        mmax_row_place_of(&result->input, result->tradeoff->rows[drawn], &place);
        mmax_field_text(line, place.index);
        mmax_field_count(line, place.row);
    }
    mmax_field_number(line, parameter);
    mmax_field_number(line, point->multimodality);
    mmax_field_number(line, point->sparsity);
    mmax_end_line(line);
}

/* The points of each map, (n_maps, n). */
static void write_points(const mmax_result *result, mmax_delimited *line, const char *part,
                         const mmax_tradeoff_point *points, size_t n, bool are_rows)
{
    for (size_t map = 0; map < result->tradeoff->n_maps; map++)
        for (size_t i = 0; i < n; i++) {
            mmax_field_text(line, part);
            mmax_field_map(line, result, map);
            write_point(result, line, are_rows ? i : SIZE_MAX, no_parameter, &points[map * n + i]);
        }
}

static void write_curve(const mmax_result *result, mmax_delimited *line, const char *map,
                        const mmax_tradeoff_curve *curve, size_t drawn)
{
    for (size_t i = 0; i < curve->n; i++) {
        mmax_field_text(line, "curve");
        mmax_field_text(line, map);
        write_point(result, line, drawn, curve->parameters[i], &curve->points[i]);
    }
}

static void write(const mmax_result *result, mmax_delimited *line)
{
    const mmax_tradeoff *data = result->tradeoff;
    write_points(result, line, "marker", data->markers, data->n_curves, data->is_each);
    for (size_t i = 0; i < data->n_curves; i++)
        write_curve(result, line, "softmax", &data->softmax[i], data->is_each ? i : SIZE_MAX);
    for (size_t i = 0; i < data->n_curves; i++)
        write_curve(result, line, "entmax", &data->entmax[i], data->is_each ? i : SIZE_MAX);
    if (!data->is_each)
        write_points(result, line, "row", data->points, data->n_drawn, true);
}

const mmax_figure_writer mmax_tradeoff_writer = {columns, write};
