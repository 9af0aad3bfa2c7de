/* The colour bars of a heatmap's layout. */
#include "render/heatmap_layout.h"

#include <math.h>

static const double bar_width = 8, point_height = 6, tick_length = 3, max_bar = 190, min_bar = 72,
                    gap = 14;

/* How wide a bar is with everything that belongs to it. */
static double width_of_bar(const mmax_heatmap_bar *bar)
{
    return bar_width + tick_length + 2 + bar->ticks.widest + 4 + mmax_line_height(MMAX_LABEL_SIZE);
}

static const char *name_of(const mmax_heatmap_scale *scale)
{
    if (!scale->is_shared)
        return scale->is_given ? "share of top" : "share of maximum";
    return scale->is_signed ? "difference" : "attention weight";
}

double mmax_heatmap_make_bars(const mmax_heatmap *data, const mmax_figure_options *options,
                              const mmax_measure *measure, mmax_heatmap_layout *layout)
{
    double width = 0;
    layout->n_bars = data->has_difference ? 2 : 1;
    for (size_t i = 0; i < layout->n_bars; i++) {
        mmax_heatmap_bar *bar = &layout->bars[i];
        mmax_heatmap_scale_make(data, options, i == 1, &bar->scale);
        bar->name = name_of(&bar->scale);
        mmax_heatmap_scale_ticks(&bar->scale, measure, max_bar, 5, &bar->ticks);
        width += width_of_bar(bar) + (i > 0 ? gap : 0);
    }
    return width;
}

double mmax_heatmap_place_bars(const mmax_measure *measure, mmax_point from, double height,
                               mmax_heatmap_layout *layout)
{
    double x = from.x, y = from.y;
    height = fmax(fmin(height, max_bar), min_bar);
    for (size_t i = 0; i < layout->n_bars; i++) {
        mmax_heatmap_bar *bar = &layout->bars[i];
        bool up = bar->scale.has_more;
        bool down = bar->scale.has_less || (bar->scale.is_signed && bar->scale.has_more);
        double top = y + (up ? point_height : 0), bottom = y + height - (down ? point_height : 0);
        bar->bar = (mmax_rectangle){x, top, bar_width, bottom - top};
        bar->above = (mmax_rectangle){x, y, bar_width, top - y};
        bar->below = (mmax_rectangle){x, bottom, bar_width, y + height - bottom};
        mmax_heatmap_scale_ticks(&bar->scale, measure, bar->bar.height, height > 80 ? 5 : 3,
                                 &bar->ticks);
        double labels = x + bar_width + tick_length + 2;
        bar->labels = (mmax_rectangle){labels, top, bar->ticks.widest, bar->bar.height};
        bar->axis = (mmax_rectangle){labels + bar->ticks.widest + 4, top,
                                     mmax_line_height(MMAX_LABEL_SIZE), bar->bar.height};
        x += width_of_bar(bar) + gap;
    }
    return y + height;
}
