/* The corners, the markers and the curves of a simplex plot. */
#include "report/figure_data.h"

#include <math.h>

static const char *const columns[] = {"part",        "map", "index", "row", "column", "label",
                                      "temperature", "p1",  "p2",    "p3",  NULL};

static void write_weights(mmax_delimited *line, const double weights[3])
{
    for (size_t i = 0; i < 3; i++)
        mmax_field_number(line, weights[i]);
    mmax_end_line(line);
}

static void write_corners(const mmax_simplex *data, mmax_delimited *line)
{
    for (size_t i = 0; i < 3; i++) {
        const double weights[3] = {i == 0, i == 1, i == 2};
        mmax_field_text(line, "corner");
        mmax_field_none(line);
        mmax_field_none(line);
        mmax_field_none(line);
        mmax_field_count(line, data->columns[i]);
        mmax_field_label(line, data->labels[i]);
        mmax_field_none(line);
        write_weights(line, weights);
    }
}

/* The fields of a mark that stands for a row, up to its temperature. */
static void write_row(mmax_delimited *line, const mmax_result *result, size_t row)
{
    mmax_row_place place;
    mmax_row_place_of(&result->input, row, &place);
    mmax_field_text(line, place.index);
    mmax_field_count(line, place.row);
    mmax_field_none(line);
    mmax_field_none(line);
}

static void write_markers(const mmax_result *result, mmax_delimited *line, size_t map)
{
    const mmax_simplex *data = result->simplex;
    for (size_t i = 0; i < data->n_points; i++) {
        const double *weights = data->points + 3 * (map * data->n_points + i);
        if (isnan(weights[0]))
            continue;
        mmax_field_text(line, "marker");
        mmax_field_map(line, result, map);
        write_row(line, result, data->rows[i]);
        mmax_field_none(line);
        write_weights(line, weights);
    }
}

static void write_curve(const mmax_result *result, mmax_delimited *line, size_t curve)
{
    const mmax_simplex *data = result->simplex;
    const double *weights = data->trajectories + 3 * curve * MMAX_SIMPLEX_TEMPERATURES;
    for (size_t i = 0; i < MMAX_SIMPLEX_TEMPERATURES; i++) {
        mmax_field_text(line, "curve");
        mmax_field_text(line, "softmax");
        write_row(line, result, data->trajectory_rows[curve]);
        mmax_field_number(line, data->temperatures[i]);
        write_weights(line, weights + 3 * i);
    }
}

static void write(const mmax_result *result, mmax_delimited *line)
{
    const mmax_simplex *data = result->simplex;
    write_corners(data, line);
    for (size_t map = 0; map < data->n_maps; map++)
        write_markers(result, line, map);
    for (size_t i = 0; i < data->n_trajectories; i++)
        write_curve(result, line, i);
}

const mmax_figure_writer mmax_simplex_writer = {columns, write};
