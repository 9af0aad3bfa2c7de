/* Where the parts of a figure of sigma lie: sigma over a strip of the logits, and beside them the
 * weight of one of two entries.  In: curves.  Out: a plot and the places of its lines.  Called by
 * curve.c. */
#ifndef MMAX_CURVE_LAYOUT_H
#define MMAX_CURVE_LAYOUT_H

#include "analyze/analyze.h"
#include "render/axes.h"

enum { MMAX_CURVE_SIGMA, MMAX_CURVE_LOGITS, MMAX_CURVE_PAIR, MMAX_CURVE_PANELS };

/* Fills in the panels of a plot, of which the caller has words and legend.
 * maps (data->n_maps,) */
void mmax_curve_plan(const mmax_curve *data, const mmax_map *maps, mmax_plot *plot);

/* The places of sigma from FROM to TO, and of the weight of one of two; points
 * (MMAX_CURVE_POINTS,) written.  Returns their number. */
size_t mmax_curve_sigma(const mmax_curve *data, size_t map, double from, double to,
                        const mmax_panel *panel, mmax_point *points);
size_t mmax_curve_pair(const mmax_curve *data, size_t map, const mmax_panel *panel,
                       mmax_point *points);

/* The bar of a bin of logits. */
mmax_rectangle mmax_curve_bin(const mmax_curve *data, size_t bin, const mmax_panel *panel);

#endif
