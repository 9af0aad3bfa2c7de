/* Where the parts of a distribution of weights lie: a histogram over its cumulative distribution.
 * In: counts.  Out: a plot and the places of its lines.  Called by distribution.c. */
#ifndef MMAX_DISTRIBUTION_LAYOUT_H
#define MMAX_DISTRIBUTION_LAYOUT_H

#include "analyze/analyze.h"
#include "render/axes.h"

enum { MMAX_DISTRIBUTION_POINTS = 2 * MMAX_DISTRIBUTION_BINS + 2 };

/* Fills in the two panels of a plot, of which the caller has words and legend. */
void mmax_distribution_plan(const mmax_distribution *data, mmax_plot *plot);

/* The outline of a map's histogram, left to right, and its cumulative distribution, on the panels
 * of a plot that is laid out; points (MMAX_DISTRIBUTION_POINTS,) written.  Returns their number: 0
 * without live entries. */
size_t mmax_distribution_histogram(const mmax_distribution *data, size_t map,
                                   const mmax_panel *panel, mmax_point *points);
size_t mmax_distribution_cumulative(const mmax_distribution *data, size_t map,
                                    const mmax_panel *panel, mmax_point *points);

#endif
