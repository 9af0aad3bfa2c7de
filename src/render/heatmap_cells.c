#include "render/heatmap_cells.h"

#include <math.h>

/* Pools a row of weights into a row as drawn: the largest. */
static void pool_weights(const float *cells, size_t width, size_t pool, float *drawn)
{
    for (size_t to = 0, first = 0; first < width; to++, first += pool) {
        size_t end = width - first < pool ? width : first + pool;
        float best = drawn[to];
        for (size_t i = first; i < end; i++)
            if (cells[i] > best || isnan(best))
                best = cells[i];
        drawn[to] = best;
    }
}

/* The same of differences: that of largest magnitude, of opposite ones the positive. */
static void pool_differences(const float *cells, size_t width, size_t pool, float *drawn)
{
    for (size_t to = 0, first = 0; first < width; to++, first += pool) {
        size_t end = width - first < pool ? width : first + pool;
        float best = drawn[to];
        for (size_t i = first; i < end; i++) {
            float of_cell = fabsf(cells[i]), of_best = fabsf(best);
            if (of_cell > of_best || (of_cell == of_best && cells[i] > best) || isnan(best))
                best = cells[i];
        }
        drawn[to] = best;
    }
}

static void pool_picture(const mmax_heatmap *data, const mmax_heatmap_layout *layout, size_t i,
                         float *drawn)
{
    bool is_signed = mmax_heatmap_is_difference(data, i % data->n_pictures);
    const float *cells = data->cells + i * data->height * data->width;
    for (size_t k = 0; k < layout->cells_high * layout->cells_wide; k++)
        drawn[k] = NAN;
    for (size_t row = 0; row < data->height; row++) {
        const float *line = cells + row * data->width;
        float *to = drawn + row / layout->pool_rows * layout->cells_wide;
        if (is_signed)
            pool_differences(line, data->width, layout->pool_columns, to);
        else
            pool_weights(line, data->width, layout->pool_columns, to);
    }
}

bool mmax_heatmap_color(const mmax_heatmap *data, const mmax_heatmap_layout *layout,
                        mmax_colormap colormap, mmax_rgb masked, size_t i,
                        const mmax_heatmap_cells *cells)
{
    bool is_signed = mmax_heatmap_is_difference(data, i % data->n_pictures), any_masked = false;
    const mmax_heatmap_scale *scale = &layout->bars[is_signed].scale;
    mmax_colormap map = is_signed ? MMAX_BLUEORANGE : colormap;
    pool_picture(data, layout, i, cells->pooled);
    for (size_t k = 0; k < layout->cells_high * layout->cells_wide; k++) {
        float cell = cells->pooled[k];
        bool is_masked = isnan(cell);
        any_masked |= is_masked;
        cells->colors[k] =
            is_masked ? masked
                      : mmax_colormap_at(map, mmax_heatmap_fraction(scale, i, (double)cell));
    }
    return any_masked;
}
