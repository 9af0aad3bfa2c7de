/* hatch: strokes over what is masked, so that it is told from every colour, in print, too.
 * In: cells.  Out: strokes on a canvas.  Called by the figures. */
#ifndef MMAX_HATCH_H
#define MMAX_HATCH_H

#include "render/canvas.h"

/* Hatches the cells of a panel that are NaN, neighbours as one: (high, wide), stretched over the
 * rectangle. */
void mmax_hatch(mmax_canvas *canvas, mmax_rectangle panel, const float *cells, size_t high,
                size_t wide);

#endif
