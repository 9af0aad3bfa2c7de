/* Draws the frame of a plot, before and after what is in it.  In: a plot that is laid out; see
 * axes.h.  Called by the figures that are plots. */
#ifndef MMAX_PLOT_H
#define MMAX_PLOT_H

#include "render/axes.h"
#include "render/figure.h"
#include "render/looks.h"

/* ---- a figure that is a plot ----------------------------------------------------------------- */

/* A plot that is laid out, on its way to the canvas. */
typedef struct mmax_plot_page {
    mmax_canvas *canvas;
    const mmax_figure *figure;
    const mmax_plot *plot;
    const void *words;      /* as fill_in left them */
    const mmax_look *looks; /* (n_maps,) of the result's maps */
} mmax_plot_page;

/* What such a figure has of its own. */
typedef struct mmax_plot_figure {
    size_t n_maps, n_panels;
    size_t words_size; /* of what the plot points to, which is all zero before fill_in */
    void (*fill_in)(const mmax_figure *figure, void *words, mmax_plot *plot);
    void (*draw)(const mmax_plot_page *page);
} mmax_plot_figure;

/* Fills in a plot that has a title, lays it out and draws it. */
mmax_status mmax_plot_draw_figure(const mmax_figure *figure, const mmax_plot_figure *own,
                                  mmax_error *error);

/* ---- its parts ------------------------------------------------------------------------------- */

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
