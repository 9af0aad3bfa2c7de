#include "render/curve_layout.h"

#include <math.h>

/* sigma of all MultiMaxes, and the identity that they are compared with. */
static mmax_axis axis_of_sigma(const mmax_curve *data, const mmax_map *maps)
{
    double low = data->low, high = data->high;
    for (size_t map = 0; map < data->n_maps; map++)
        for (size_t i = 0; maps[map].kind == MMAX_MULTIMAX && i < MMAX_CURVE_POINTS; i++) {
            double y = data->y[map * MMAX_CURVE_POINTS + i];
            low = fmin(low, y);
            high = fmax(high, y);
        }
    mmax_axis axis = mmax_axis_around(low, high);
    axis.name = "\xcf\x83(x)";
    return axis;
}

static double tallest_bin(const mmax_curve *data)
{
    size_t most = 1;
    for (size_t i = 0; i < MMAX_CURVE_BINS; i++)
        most = data->bins[i] > most ? data->bins[i] : most;
    return (double)most;
}

void mmax_curve_plan(const mmax_curve *data, const mmax_map *maps, mmax_plot *plot)
{
    mmax_axis logits = {.low = data->low, .high = data->high};
    plot->n_rows = plot->n_columns = 2;
    plot->heights[0] = 140;
    plot->heights[1] = 30;
    plot->widths[0] = plot->widths[1] = 170;
    plot->panels[MMAX_CURVE_SIGMA] = (mmax_panel){.x = logits, .y = axis_of_sigma(data, maps)};
    logits.is_labelled = true;
    logits.name = "logit x";
    plot->panels[MMAX_CURVE_LOGITS] = (mmax_panel){
        .row = 1, .x = logits, .y = {.high = 1.08 * tallest_bin(data), .name = "logits"}};
    plot->panels[MMAX_CURVE_PAIR] = (mmax_panel){
        .column = 1,
        .n_rows = 2,
        .x = {.low = data->pair_x[0],
              .high = data->pair_x[MMAX_CURVE_POINTS - 1],
              .is_labelled = true,
              .name = "x\xe2\x82\x81, where x\xe2\x82\x82 = 0"},
        .y = {.low = -0.03, .high = 1.03, .is_labelled = true, .name = "weight p\xe2\x82\x81"},
    };
}

size_t mmax_curve_sigma(const mmax_curve *data, size_t map, double from, double to,
                        const mmax_panel *panel, mmax_point *points)
{
    size_t n = 0;
    for (size_t i = 0; i < MMAX_CURVE_POINTS; i++) {
        double x = data->x[map * MMAX_CURVE_POINTS + i], y = data->y[map * MMAX_CURVE_POINTS + i];
        if (x >= from && x <= to && !isnan(y))
            points[n++] = mmax_panel_place(panel, x, y);
    }
    return n;
}

size_t mmax_curve_pair(const mmax_curve *data, size_t map, const mmax_panel *panel,
                       mmax_point *points)
{
    for (size_t i = 0; i < MMAX_CURVE_POINTS; i++)
        points[i] =
            mmax_panel_place(panel, data->pair_x[i], data->pair[map * MMAX_CURVE_POINTS + i]);
    return MMAX_CURVE_POINTS;
}

mmax_rectangle mmax_curve_bin(const mmax_curve *data, size_t bin, const mmax_panel *panel)
{
    double width = panel->area.width / MMAX_CURVE_BINS;
    mmax_rectangle bar =
        mmax_panel_bar(panel, data->low, data->high - data->low, 0, (double)data->bins[bin]);
    bar.x = panel->area.x + (double)bin * width;
    bar.width = width;
    return bar;
}
