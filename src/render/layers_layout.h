/* Where the parts of a figure of layers lie: for each metric a line of heatmaps, one a map, their
 * colour bar, and a panel with a line for each map.  In: means.  Out: a plot and the places of its
 * lines.  Called by layers.c. */
#ifndef MMAX_LAYERS_LAYOUT_H
#define MMAX_LAYERS_LAYOUT_H

#include "analyze/analyze.h"
#include "render/axes.h"

/* The numbers of panels. */
size_t mmax_layers_panels(const mmax_layer_means *data);
size_t mmax_layers_heatmap(const mmax_layer_means *data, size_t metric, size_t map);
size_t mmax_layers_bar(const mmax_layer_means *data, size_t metric);
size_t mmax_layers_lines(const mmax_layer_means *data, size_t metric);

/* Fills in the panels of a plot, of which the caller has words and legend.
 * maps (data->n_maps,) their names */
void mmax_layers_plan(const mmax_layer_means *data, const char *const *maps, mmax_plot *plot);

/* The places of a map's means, layer by layer, up to the first without one; points
 * (MMAX_LAYERS_SIDE,) written.  *LAYER is where it begins, and becomes where to go on.  Returns
 * their number, 0 at the end. */
size_t mmax_layers_stretch(const mmax_layer_means *data, size_t metric, size_t map,
                           const mmax_panel *panel, size_t *layer, mmax_point *points);

#endif
