/* What is masked.  In: cells.  Out: strokes over those that are.  Called by the figures. */
#ifndef MMAX_HATCH_H
#define MMAX_HATCH_H

#include "render/canvas.h"

/* Hatches the cells of a panel that are NaN, neighbours as one.
 * cells (high, wide), stretched over the panel */
void mmax_hatch(mmax_canvas *canvas, mmax_rectangle panel, const float *cells, size_t high,
                size_t wide);

#endif
