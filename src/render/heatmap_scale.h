/* The colour scales of a heatmap: which number has which place on a colour map.
 * In: the cells and the options.  Out: fractions of a colour map, ticks of its bar.  Called by the
 * layout and the drawer of heatmaps. */
#ifndef MMAX_HEATMAP_SCALE_H
#define MMAX_HEATMAP_SCALE_H

#include "analyze/analyze.h"
#include "render/layout.h"

typedef struct mmax_heatmap_scale {
    mmax_color_scale kind;
    bool is_signed;          /* of differences: from -top to top */
    bool is_shared;          /* by all panels; else the bar is in shares of each picture's top */
    double top;              /* at the bar's end: a weight, or 1 where it is not shared */
    bool is_given;           /* the top, by the options; else it holds every cell */
    double decades;          /* of a logarithmic scale, which ends at top / 10^decades */
    bool has_more, has_less; /* cells beyond either end */
    double tops[MMAX_HEATMAP_MOST_PANELS * MMAX_MAX_MAPS]; /* (n_panels, n_pictures) */
} mmax_heatmap_scale;

/* The scale of a figure's weights, or that of its differences. */
void mmax_heatmap_scale_make(const mmax_heatmap *data, const mmax_figure_options *options,
                             bool is_signed, mmax_heatmap_scale *scale);

/* The place of a number on the colour map of the I-th of all pictures: 0 to 1 within the scale. */
double mmax_heatmap_fraction(const mmax_heatmap_scale *scale, size_t i, double value);

/* The lower end of the bar: 0, the end of a logarithmic scale, or -top. */
double mmax_heatmap_scale_bottom(const mmax_heatmap_scale *scale);

/* Ticks of a bar of that LENGTH, about N of them, from its bottom. */
void mmax_heatmap_scale_ticks(const mmax_heatmap_scale *scale, const mmax_measure *measure,
                              double length, size_t n, mmax_ticks *ticks);

#endif
