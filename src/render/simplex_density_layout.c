#include "render/simplex_density.h"

#include <math.h>

#define HALF_ROOT_THREE 0.86602540378443864676

/* Rows of small triangles are numbered from the lower side up: row J has those between the third
 * weights J and J + 1 steps, 2 (steps - J) - 1 of them, pointing up and down in turn. */
static size_t first_of_row(size_t j)
{
    return j * (2 * MMAX_DENSITY_STEPS - j);
}

size_t mmax_density_cell(const double weights[3])
{
    double a = weights[1] * MMAX_DENSITY_STEPS, b = weights[2] * MMAX_DENSITY_STEPS;
    size_t i = (size_t)fmax(a, 0), j = (size_t)fmax(b, 0);
    bool is_up = a - (double)i + (b - (double)j) < 1;
    /* On the right side, or beyond it by rounding. */
    while (i + j >= MMAX_DENSITY_STEPS) {
        i > 0 ? i-- : j--;
        is_up = true;
    }
    is_up |= i + j + 1 == MMAX_DENSITY_STEPS;
    return first_of_row(j) + 2 * i + !is_up;
}

void mmax_density_corners(size_t cell, double corners[3][3])
{
    size_t j = 0;
    while (first_of_row(j + 1) <= cell)
        j++;
    size_t i = (cell - first_of_row(j)) / 2, is_down = (cell - first_of_row(j)) % 2;
    const size_t a[] = {i + is_down, i + 1, i}, b[] = {j, j + is_down, j + 1};
    for (size_t k = 0; k < 3; k++) {
        corners[k][1] = (double)a[k] / MMAX_DENSITY_STEPS;
        corners[k][2] = (double)b[k] / MMAX_DENSITY_STEPS;
        corners[k][0] = 1 - corners[k][1] - corners[k][2];
    }
}

size_t mmax_density_count(const mmax_simplex *data, size_t map, size_t *counts)
{
    size_t most = 0;
    for (size_t i = 0; i < MMAX_DENSITY_CELLS; i++)
        counts[i] = 0;
    for (size_t i = 0; i < data->n_points; i++) {
        const double *weights = data->points + 3 * (map * data->n_points + i);
        if (isnan(weights[0]))
            continue;
        size_t count = ++counts[mmax_density_cell(weights)];
        most = count > most ? count : most;
    }
    return most;
}

/* ---- panels ---------------------------------------------------------------------------------- */

enum { MOST_ACROSS = 3 };
static const double panel_width = 150, panel_height = 160;

size_t mmax_density_panels(const mmax_simplex *data)
{
    return data->n_maps + 1;
}

void mmax_density_plan(const mmax_simplex *data, const char *const *maps, mmax_plot *plot)
{
    size_t counts[MMAX_DENSITY_CELLS], most = 1;
    plot->n_columns = (data->n_maps < MOST_ACROSS ? data->n_maps : MOST_ACROSS) + 1;
    plot->n_rows = (data->n_maps + MOST_ACROSS - 1) / MOST_ACROSS;
    for (size_t row = 0; row < plot->n_rows; row++)
        plot->heights[row] = panel_height;
    for (size_t column = 0; column + 1 < plot->n_columns; column++)
        plot->widths[column] = panel_width;
    plot->widths[plot->n_columns - 1] = 8;
    const mmax_axis none = {.kind = MMAX_AXIS_CELLS, .high = 1};
    for (size_t map = 0; map < data->n_maps; map++) {
        size_t of_map = mmax_density_count(data, map, counts);
        most = of_map > most ? of_map : most;
        plot->panels[map] = (mmax_panel){
            .row = map / MOST_ACROSS,
            .column = map % MOST_ACROSS,
            .x = none,
            .y = none,
            .title = maps[map],
        };
    }
    double one = 1 / (double)data->n_points;
    plot->panels[data->n_maps] = (mmax_panel){
        .column = plot->n_columns - 1,
        .x = none,
        .y = {.kind = MMAX_AXIS_LOG,
              .low = one,
              .high = fmax((double)most, 2) * one,
              .is_labelled = true,
              .name = "share of the rows"},
    };
}

mmax_point mmax_density_place(const mmax_panel *panel, const double weights[3])
{
    const double room = mmax_line_height(MMAX_TICK_SIZE) + 4, margin = 8;
    mmax_rectangle area = panel->area;
    double side = fmin(area.width - 2 * margin, (area.height - 2 * room) / HALF_ROOT_THREE);
    mmax_point left = {area.x + (area.width - side) / 2,
                       area.y + (area.height + HALF_ROOT_THREE * side) / 2};
    return (mmax_point){left.x + side * (weights[1] + weights[2] / 2),
                        left.y - side * HALF_ROOT_THREE * weights[2]};
}
