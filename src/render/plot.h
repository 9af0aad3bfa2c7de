/* Draws the frame of a plot, before and after what is in it.  In: a plot that is laid out; see
 * axes.h.  Called by the figures that are plots. */
#ifndef MMAX_PLOT_H
#define MMAX_PLOT_H

#include "render/axes.h"
#include "render/canvas.h"
#include "render/looks.h"

/* Lines to compare by, at the ticks of axes that are not of cells. */
void mmax_plot_draw_grid(mmax_canvas *canvas, const mmax_plot *plot);

/* Frames, ticks and all words but the symbols of the legend. */
void mmax_plot_draw_frame(mmax_canvas *canvas, const mmax_plot *plot);

/* Words in the middle of a panel that has nothing to show. */
void mmax_plot_draw_nothing(mmax_canvas *canvas, const mmax_panel *panel, const char *why);

/* Colours from the bottom to the top of a panel, for numbers in others. */
void mmax_plot_draw_bar(mmax_canvas *canvas, const mmax_panel *panel, mmax_colormap colormap);

/* A map's marker on a line, of one size for all. */
void mmax_plot_draw_marker(mmax_canvas *canvas, const mmax_look *look, mmax_point place);

/* The lines of the maps as symbols of the legend's first N entries.  looks (n,) */
void mmax_plot_draw_symbols(mmax_canvas *canvas, const mmax_plot *plot, const mmax_look *looks,
                            size_t n);

/* A line of the plot that other things are compared with: dashed, in soft ink. */
mmax_paint mmax_plot_reference(const mmax_canvas *canvas);

#endif
