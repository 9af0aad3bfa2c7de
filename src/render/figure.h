/* What every figure needs before and after it draws.  In: options, a result.  Out: a title, checked
 * numbers.  Called by the figures. */
#ifndef MMAX_FIGURE_H
#define MMAX_FIGURE_H

#include "analyze/analyze.h"
#include "render/picture.h"

/* A figure on its way to a file: what the options leave open is filled in. */
typedef struct mmax_figure {
    const mmax_result *result;
    mmax_figure_file file;
    mmax_picture *picture; /* in place of a file; or NULL */
    mmax_figure_options options;
    char title[MMAX_LINE_SIZE];
    double pixels; /* that a reader can tell apart, in a point; less than 1 in a terminal */
    mmax_ruler *ruler;
    mmax_measure measure;
} mmax_figure;

/* Draws a figure that is filled in but for its options' gaps and its title. */
mmax_status mmax_figure_draw(mmax_figure *figure, mmax_figure_kind kind,
                             const mmax_figure_options *options, mmax_error *error);

/* Opens a canvas for the figure's file, or its picture. */
mmax_status mmax_figure_open(const mmax_figure *figure, double width, double height,
                             const char *description, mmax_canvas **canvas, mmax_error *error);

/* Words of a size at a place, not turned. */
mmax_words mmax_plain_words(double size, mmax_rgb color, double anchor_x, double anchor_y);

/* Draws lines of words from the top of a rectangle; anchor_x as in mmax_words. */
void mmax_draw_lines(mmax_canvas *canvas, mmax_rectangle place, const mmax_lines *lines,
                     const mmax_words *words);

/* The simplex of many rows, as densities.
 * maps (n_maps,) and corners: their names */
mmax_status mmax_figure_density(const mmax_figure *figure, const char *const *maps,
                                const char *const corners[3], const char *caption,
                                mmax_error *error);

/* The figures; the result holds what they draw. */
mmax_status mmax_figure_heatmap(const mmax_figure *figure, mmax_error *error);
mmax_status mmax_figure_simplex(const mmax_figure *figure, mmax_error *error);
mmax_status mmax_figure_tradeoff(const mmax_figure *figure, mmax_error *error);
mmax_status mmax_figure_curve(const mmax_figure *figure, mmax_error *error);
mmax_status mmax_figure_distribution(const mmax_figure *figure, mmax_error *error);
mmax_status mmax_figure_rows(const mmax_figure *figure, mmax_error *error);
mmax_status mmax_figure_layers(const mmax_figure *figure, mmax_error *error);

#endif
