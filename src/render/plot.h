/* Draws the frame of a plot, before and after what is in it.  In: a plot that is laid out; see
 * axes.h.  Called by the figures that are plots. */
#ifndef MMAX_PLOT_H
#define MMAX_PLOT_H

#include "render/axes.h"
#include "render/canvas.h"

/* Lines to compare by, at the ticks of axes that are not of cells. */
void mmax_plot_draw_grid(mmax_canvas *canvas, const mmax_plot *plot);

/* Frames, ticks and all words but the symbols of the legend. */
void mmax_plot_draw_frame(mmax_canvas *canvas, const mmax_plot *plot);

/* A line of the plot that other things are compared with: dashed, in soft ink. */
mmax_paint mmax_plot_reference(const mmax_canvas *canvas);

#endif
