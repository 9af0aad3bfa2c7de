/* axes: the frame of a plot, as numbers: panels in a grid, each with two axes, and a title, a
 * legend and a caption around them. In: what the axes go over, words, a way to measure text.  Out:
 * rectangles, ticks and lines of words in points from the top left corner.  Called by the figures
 * that are plots; knows nothing of the canvas. */
#ifndef MMAX_AXES_H
#define MMAX_AXES_H

#include "render/layout.h"

/* ---- an axis --------------------------------------------------------------------------------- */

typedef enum mmax_axis_kind { MMAX_AXIS_LINEAR, MMAX_AXIS_LOG, MMAX_AXIS_CELLS } mmax_axis_kind;

typedef struct mmax_axis {
    mmax_axis_kind kind;
    double low, high; /* the values at its start and its end; cells are numbered from 0, and lie
                         from i to i + 1 */
    bool is_labelled; /* its ticks have words */
    bool is_downward; /* a vertical one that starts at the top */
    const char *name; /* NULL: none */
    const char *const *labels; /* (high,) of cells; NULL: their numbers */
} mmax_axis;

/* A linear axis with words that holds all from LOW to HIGH and a little more; either may be any
 * finite number, and both the same. */
mmax_axis mmax_axis_around(double low, double high);

/* Where a value lies between the start, 0, and the end, 1, of an axis; on a logarithmic one
 * VALUE > 0. */
double mmax_axis_at(const mmax_axis *axis, double value);

/* ---- a panel --------------------------------------------------------------------------------- */

typedef struct mmax_panel {
    /* To be filled in: */
    size_t row, column; /* in the grid */
    size_t n_rows;      /* that it spans; 0: one */
    mmax_axis x, y;
    const char *title; /* NULL: none */

    /* Written by mmax_plot_lay_out: */
    mmax_rectangle area;
    mmax_ticks x_ticks, y_ticks; /* from the left and from the bottom, or top, of the area */
    bool x_is_upright;           /* labels below are turned to read upwards */
    mmax_rectangle x_labels, y_labels, x_name, y_name; /* empty where there are none */
    mmax_rectangle heading;
    char heading_text[MMAX_LINE_SIZE];
} mmax_panel;

/* The place of a value on a panel. */
mmax_point mmax_panel_place(const mmax_panel *panel, double x, double y);

/* From X to X + WIDTH and from FROM to TO on the axes of a panel, whichever of FROM and TO is
 * larger. */
mmax_rectangle mmax_panel_bar(const mmax_panel *panel, double x, double width, double from,
                              double to);

/* ---- a plot ---------------------------------------------------------------------------------- */

enum { MMAX_PLOT_ROWS = 36, MMAX_PLOT_COLUMNS = 36, MMAX_PLOT_ENTRIES = 40 };

/* An entry of the legend: what it stands for, and a line more of it. */
typedef struct mmax_entry {
    const char *text, *note; /* NOTE may be NULL */
    mmax_point symbol;    /* written: where its symbol is, which reaches 9 points to both sides */
    mmax_rectangle place; /* written */
    mmax_lines lines, notes; /* written */
} mmax_entry;

typedef struct mmax_plot {
    /* To be filled in: */
    const char *title, *caption;
    size_t n_panels;
    mmax_panel *panels;             /* (n_panels,) */
    size_t n_rows, n_columns;       /* of the grid */
    double heights[MMAX_PLOT_ROWS]; /* of the panels, in points, where the page is as the content
                                       asks; else stretched alike */
    double widths[MMAX_PLOT_COLUMNS];
    size_t n_entries;
    mmax_entry entries[MMAX_PLOT_ENTRIES];

    /* Written by mmax_plot_lay_out: */
    double width, height; /* of the page */
    mmax_rectangle heading;
    char heading_text[MMAX_LINE_SIZE];
    mmax_rectangle foot; /* the caption's */
    mmax_lines caption_lines;
} mmax_plot;

/* An empty plot of N_PANELS, which are all zero, for the caller to fill in and free. */
mmax_status mmax_plot_new(size_t n_panels, mmax_plot **plot, mmax_error *error);
void mmax_plot_free(mmax_plot *plot);

/* Lays out a plot.  MMAX_EUSAGE where the options' size leaves no room for the panels. */
mmax_status mmax_plot_lay_out(mmax_plot *plot, const mmax_figure_options *options,
                              const mmax_measure *measure, mmax_error *error);

#endif
