#include "render/figure.h"
#include "render/hatch.h"
#include "render/layers_layout.h"
#include "render/looks.h"
#include "render/plot.h"

#include <math.h>
#include <stdlib.h>

enum { CAPTION_SIZE = 1024 };

/* ---- words ----------------------------------------------------------------------------------- */

static bool has_gaps(const mmax_layer_means *data)
{
    size_t n = data->n_metrics * data->n_maps * data->n_layers * data->n_heads;
    for (size_t i = 0; i < n; i++)
        if (isnan(data->cells[i]))
            return true;
    return false;
}

static void append_first(char *caption, const char *what, size_t shown, size_t all)
{
    if (shown > 0 && shown < all)
        mmax_append(caption, CAPTION_SIZE, "The first %zu of %zu %s are shown. ", shown, all, what);
}

static void write_caption(const mmax_result *result, char caption[CAPTION_SIZE])
{
    const mmax_layer_means *data = result->layer_means;
    size_t n_averaged = result->input.n_dims > 4 ? result->input.n_dims - 4 : 0;
    snprintf(
        caption, CAPTION_SIZE,
        "Colours: mean over the rows of a layer%s under each map. Lines: mean over all rows of "
        "a layer. ",
        data->has_heads ? " and head" : "");
    if (n_averaged > 0)
        mmax_append(caption, CAPTION_SIZE,
                    "Layers and heads are the first two axes; the mean is over the others, too. ");
    if (has_gaps(data))
        mmax_append(caption, CAPTION_SIZE, "Hatched: no row has a value. ");
    append_first(caption, "layers", data->n_layers, data->all_layers);
    append_first(caption, "heads", data->n_heads, data->all_heads);
}

/* ---- panels ---------------------------------------------------------------------------------- */

/* colors, gaps (n_layers, n_heads): room */
static void draw_heatmap(mmax_canvas *canvas, const mmax_figure *figure, const double *cells,
                         const mmax_axis *scale, mmax_rectangle area, mmax_rgb *colors, float *gaps)
{
    const mmax_layer_means *data = figure->result->layer_means;
    for (size_t i = 0; i < data->n_layers * data->n_heads; i++) {
        gaps[i] = isnan(cells[i]) ? NAN : 0;
        colors[i] = isnan(cells[i])
                        ? mmax_canvas_inks(canvas)->masked
                        : mmax_colormap_at(figure->options.colormap, mmax_axis_at(scale, cells[i]));
    }
    mmax_canvas_image(canvas, area, colors, data->n_heads, data->n_layers);
    mmax_hatch(canvas, area, gaps, data->n_layers, data->n_heads);
}

static void draw_heatmaps(mmax_canvas *canvas, const mmax_figure *figure, const mmax_plot *plot)
{
    const mmax_layer_means *data = figure->result->layer_means;
    size_t n_cells = data->n_layers * data->n_heads;
    mmax_rgb *colors = mmax_alloc_array(n_cells, sizeof *colors);
    float *gaps = mmax_alloc_array(n_cells, sizeof *gaps);
    bool ok = colors && gaps;
    for (size_t i = 0; ok && i < data->n_metrics * data->n_maps && n_cells > 0; i++) {
        size_t metric = i / data->n_maps, map = i % data->n_maps;
        draw_heatmap(canvas, figure, data->cells + i * n_cells,
                     &plot->panels[mmax_layers_bar(data, metric)].y,
                     plot->panels[mmax_layers_heatmap(data, metric, map)].area, colors, gaps);
    }
    free(colors);
    free(gaps);
    if (!ok)
        mmax_canvas_fail(canvas, MMAX_ENOMEM, "out of memory while drawing layers");
}

/* With a marker at every layer, where there are few. */
static void draw_line(mmax_canvas *canvas, const mmax_layer_means *data, size_t metric, size_t map,
                      const mmax_panel *panel, const mmax_look *look)
{
    mmax_point points[MMAX_LAYERS_SIDE];
    mmax_paint line = mmax_look_line(canvas, look, 1.1);
    size_t layer = 0, n;
    while ((n = mmax_layers_stretch(data, metric, map, panel, &layer, points)) > 0) {
        mmax_canvas_polyline(canvas, points, n, &line);
        for (size_t i = 0; i < n && (data->n_layers <= 16 || n == 1); i++)
            mmax_plot_draw_marker(canvas, look, points[i]);
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void draw(const mmax_plot_page *page)
{
    const mmax_figure *figure = page->figure;
    const mmax_layer_means *data = figure->result->layer_means;
    mmax_canvas *canvas = page->canvas;
    const mmax_plot *plot = page->plot;
    mmax_plot_draw_grid(canvas, plot);
    draw_heatmaps(canvas, figure, plot);
    for (size_t metric = 0; metric < data->n_metrics; metric++)
        mmax_plot_draw_bar(canvas, &plot->panels[mmax_layers_bar(data, metric)],
                           figure->options.colormap);
    mmax_plot_draw_frame(canvas, plot);
    for (size_t metric = 0; metric < data->n_metrics; metric++)
        for (size_t map = 0; map < data->n_maps; map++)
            draw_line(canvas, data, metric, map, &plot->panels[mmax_layers_lines(data, metric)],
                      &page->looks[map]);
    mmax_plot_draw_symbols(canvas, plot, page->looks, data->n_maps);
    if (data->n_layers * data->n_heads == 0)
        mmax_plot_draw_nothing(canvas, &plot->panels[mmax_layers_lines(data, 0)], "no rows");
}

/* The words that a plot points to. */
typedef struct word_store {
    char maps[MMAX_MAX_MAPS][MMAX_SPEC_SIZE];
    const char *names[MMAX_MAX_MAPS];
    char caption[CAPTION_SIZE];
} word_store;

static void fill_in(const mmax_figure *figure, void *words, mmax_plot *plot)
{
    word_store *store = words;
    const mmax_layer_means *data = figure->result->layer_means;
    write_caption(figure->result, store->caption);
    plot->caption = store->caption;
    plot->n_entries = data->n_maps;
    for (size_t map = 0; map < data->n_maps; map++) {
        mmax_result_label(figure->result, map, store->maps[map]);
        store->names[map] = store->maps[map];
        plot->entries[map] = (mmax_entry){.text = store->maps[map]};
    }
    mmax_layers_plan(data, store->names, plot);
}

mmax_status mmax_figure_layers(const mmax_figure *figure, mmax_error *error)
{
    const mmax_layer_means *data = figure->result->layer_means;
    const mmax_plot_figure own = {
        .n_maps = data->n_maps,
        .n_panels = mmax_layers_panels(data),
        .words_size = sizeof(word_store),
        .fill_in = fill_in,
        .draw = draw,
    };
    return mmax_plot_draw_figure(figure, &own, error);
}
