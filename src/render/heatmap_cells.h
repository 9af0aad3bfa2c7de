/* The cells of a heatmap as drawn: pooled to what a reader can tell apart, and coloured.
 * In: the data and the layout.  Out: colours.  Called by heatmap.c. */
#ifndef MMAX_HEATMAP_CELLS_H
#define MMAX_HEATMAP_CELLS_H

#include "render/colormap.h"
#include "render/heatmap_layout.h"

typedef struct mmax_heatmap_cells {
    float *pooled;    /* (cells_high, cells_wide) NaN where everything is masked */
    mmax_rgb *colors; /* likewise */
} mmax_heatmap_cells;

/* Pools and colours the I-th picture of all; returns whether a cell is masked. */
bool mmax_heatmap_color(const mmax_heatmap *data, const mmax_heatmap_layout *layout,
                        mmax_colormap colormap, mmax_rgb masked, size_t i,
                        const mmax_heatmap_cells *cells);

#endif
