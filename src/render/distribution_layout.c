#include "render/distribution_layout.h"

#include <math.h>

static size_t count_of(const mmax_distribution *data, size_t map, size_t bin)
{
    return data->bins[map * MMAX_DISTRIBUTION_BINS + bin];
}

static double percent(const mmax_distribution *data, size_t count)
{
    return 100 * (double)count / (double)data->n_entries;
}

/* Whether every map has at most one in a hundred entries above 0 and before a bin. */
static bool are_few_before(const mmax_distribution *data, size_t bin)
{
    for (size_t map = 0; map < data->n_maps; map++) {
        size_t n = data->tiny[map];
        for (size_t i = 0; i < bin; i++)
            n += count_of(data, map, i);
        if (n > data->n_entries / 100)
            return false;
    }
    return true;
}

/* A few tiny weights should not squeeze all others: the axis begins at the last power of ten with
 * few before it, and has two decades at least. */
static size_t first_bin(const mmax_distribution *data)
{
    size_t bin = MMAX_DISTRIBUTION_BINS - 2 * MMAX_BINS_A_DECADE;
    while (bin > 0 && !are_few_before(data, bin))
        bin -= MMAX_BINS_A_DECADE;
    return bin;
}

static double tallest(const mmax_distribution *data)
{
    size_t most = 0;
    for (size_t i = 0; i < data->n_maps * MMAX_DISTRIBUTION_BINS; i++)
        most = data->bins[i] > most ? data->bins[i] : most;
    return most > 0 ? percent(data, most) : 100;
}

void mmax_distribution_plan(const mmax_distribution *data, mmax_plot *plot)
{
    plot->n_rows = 2;
    plot->n_columns = 1;
    plot->widths[0] = 260;
    plot->heights[0] = plot->heights[1] = 105;
    const mmax_axis weights = {
        .kind = MMAX_AXIS_LOG, .low = data->edges[first_bin(data)], .high = 1};
    plot->panels[0] = (mmax_panel){
        .x = weights,
        .y = {.low = 0, .high = 1.06 * tallest(data), .is_labelled = true, .name = "entries / %"},
    };
    plot->panels[1] = (mmax_panel){
        .row = 1,
        .x = weights,
        .y = {.low = 0, .high = 100, .is_labelled = true, .name = "cumulative / %"},
    };
    plot->panels[1].x.is_labelled = true;
    plot->panels[1].x.name = "attention weight";
}

size_t mmax_distribution_histogram(const mmax_distribution *data, size_t map,
                                   const mmax_panel *panel, mmax_point *points)
{
    size_t n = 0;
    if (data->n_entries == 0)
        return 0;
    points[n++] = mmax_panel_place(panel, panel->x.low, 0);
    for (size_t bin = first_bin(data); bin < MMAX_DISTRIBUTION_BINS; bin++) {
        double share = percent(data, count_of(data, map, bin));
        points[n++] = mmax_panel_place(panel, data->edges[bin], share);
        points[n++] = mmax_panel_place(panel, data->edges[bin + 1], share);
    }
    points[n++] = mmax_panel_place(panel, panel->x.high, 0);
    return n;
}

size_t mmax_distribution_cumulative(const mmax_distribution *data, size_t map,
                                    const mmax_panel *panel, mmax_point *points)
{
    size_t n = 0, below = data->zeros[map] + data->tiny[map], first = first_bin(data);
    if (data->n_entries == 0)
        return 0;
    for (size_t bin = 0; bin < first; bin++)
        below += count_of(data, map, bin);
    points[n++] = mmax_panel_place(panel, data->edges[first], percent(data, below));
    for (size_t bin = first; bin < MMAX_DISTRIBUTION_BINS; bin++) {
        below += count_of(data, map, bin);
        points[n++] = mmax_panel_place(panel, data->edges[bin + 1], percent(data, below));
    }
    return n;
}
