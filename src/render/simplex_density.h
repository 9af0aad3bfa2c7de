/* The simplex of many rows: how many lie where, a triangle for each map.
 * In: points.  Out: small triangles, their counts, a plot.  Called by simplex.c. */
#ifndef MMAX_SIMPLEX_DENSITY_H
#define MMAX_SIMPLEX_DENSITY_H

#include "analyze/analyze.h"
#include "render/axes.h"

/* Up to so many rows each has its markers; those of more would hide one another. */
enum { MMAX_SIMPLEX_MARKERS = 400 };

/* The simplex is cut into small triangles by so many steps a side. */
enum { MMAX_DENSITY_STEPS = 16, MMAX_DENSITY_CELLS = MMAX_DENSITY_STEPS * MMAX_DENSITY_STEPS };

/* The small triangle that holds three weights that sum to 1.  Each holds its left and lower sides,
 * those at the right side of the simplex that one, too: so the three corners of the simplex and its
 * sides, on which sparse maps put their points, belong to the outermost triangles. */
size_t mmax_density_cell(const double weights[3]);

/* The weights at the three corners of a small triangle. */
void mmax_density_corners(size_t cell, double corners[3][3]);

/* How many of a map's points are in each small triangle: counts (MMAX_DENSITY_CELLS,) written.
 * Returns the largest. */
size_t mmax_density_count(const mmax_simplex *data, size_t map, size_t *counts);

/* The number of panels: a triangle for each map, and the last one the colour bar. */
size_t mmax_density_panels(const mmax_simplex *data);

/* Fills in the panels of a plot, of which the caller has the words.
 * maps (data->n_maps,) their names */
void mmax_density_plan(const mmax_simplex *data, const char *const *maps, mmax_plot *plot);

/* Where three weights that sum to 1 lie in a panel: the simplex is equilateral, as large as leaves
 * room for the names of its corners above and below. */
mmax_point mmax_density_place(const mmax_panel *panel, const double weights[3]);

#endif
