#include "render/simplex_density.h"

#include "render/figure.h"
#include "render/plot.h"

#include <stdlib.h>

static void draw_cells(mmax_canvas *canvas, const mmax_panel *panel, const mmax_axis *scale,
                       const mmax_simplex *data, size_t map, mmax_colormap colormap)
{
    size_t counts[MMAX_DENSITY_CELLS];
    mmax_density_count(data, map, counts);
    for (size_t cell = 0; cell < MMAX_DENSITY_CELLS; cell++) {
        double weights[3][3];
        mmax_point corners[3];
        if (counts[cell] == 0)
            continue;
        mmax_density_corners(cell, weights);
        for (size_t k = 0; k < 3; k++)
            corners[k] = mmax_density_place(panel, weights[k]);
        double share = (double)counts[cell] / (double)data->n_points;
        mmax_paint paint = mmax_paint_fill(mmax_colormap_at(colormap, mmax_axis_at(scale, share)));
        /* Or the paper would show between neighbours. */
        paint.is_outlined = true;
        paint.outline = paint.fill;
        paint.line_width = 0.3;
        mmax_canvas_polygon(canvas, corners, 3, &paint);
    }
}

/* Names that are too long for half a panel are elided. */
static void draw_corners(mmax_canvas *canvas, const mmax_panel *panel, const mmax_measure *measure,
                         const char *const names[3])
{
    static const double at[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    static const double anchors[3] = {0, 1, 0.5};
    mmax_point corners[3];
    for (size_t k = 0; k < 3; k++) {
        char name[MMAX_LINE_SIZE];
        corners[k] = mmax_density_place(panel, at[k]);
        mmax_elide(measure, names[k], MMAX_TICK_SIZE, false, panel->area.width / 2 - 8, name);
        mmax_words words = mmax_plain_words(MMAX_TICK_SIZE, mmax_canvas_inks(canvas)->words,
                                            anchors[k], k < 2 ? 0 : 1);
        mmax_canvas_text(canvas, (mmax_point){corners[k].x, corners[k].y + (k < 2 ? 2 : -2)}, name,
                         &words);
    }
    mmax_paint outline = mmax_paint_outline(mmax_canvas_inks(canvas)->soft, 0.8);
    mmax_canvas_polygon(canvas, corners, 3, &outline);
}

static mmax_status draw(const mmax_figure *figure, const mmax_plot *plot,
                        const char *const corners[3], mmax_error *error)
{
    const mmax_simplex *data = figure->result->simplex;
    const mmax_panel *bar = &plot->panels[data->n_maps];
    mmax_canvas *canvas;
    mmax_status status =
        mmax_figure_open(figure, plot->width, plot->height, plot->caption, &canvas, error);
    if (status != MMAX_OK)
        return status;
    for (size_t map = 0; map < data->n_maps; map++) {
        draw_cells(canvas, &plot->panels[map], &bar->y, data, map, figure->options.colormap);
        draw_corners(canvas, &plot->panels[map], &figure->measure, corners);
    }
    mmax_plot_draw_bar(canvas, bar, figure->options.colormap);
    mmax_plot_draw_frame(canvas, plot);
    status = mmax_canvas_finish(canvas, error);
    mmax_canvas_free(canvas);
    return status;
}

mmax_status mmax_figure_density(const mmax_figure *figure, const char *const *maps,
                                const char *const corners[3], const char *caption,
                                mmax_error *error)
{
    const mmax_simplex *data = figure->result->simplex;
    mmax_plot *plot = NULL;
    mmax_status status = mmax_plot_new(mmax_density_panels(data), &plot, error);
    if (status != MMAX_OK)
        return status;
    plot->title = figure->title;
    plot->caption = caption;
    mmax_density_plan(data, maps, plot);
    status = mmax_plot_lay_out(plot, &figure->options, &figure->measure, error);
    if (status == MMAX_OK)
        status = draw(figure, plot, corners, error);
    mmax_plot_free(plot);
    return status;
}
