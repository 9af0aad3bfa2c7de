#include "render/figure.h"
#include "render/hatch.h"
#include "render/heatmap_layout.h"

#include <math.h>
#include <stdlib.h>

/* ---- cells ----------------------------------------------------------------------------------- */

/* Pools a row of cells into a row as drawn. */
static void pool_row(const float *cells, size_t width, size_t pool, float *drawn)
{
    for (size_t to = 0, first = 0; first < width; to++, first += pool) {
        size_t end = width - first < pool ? width : first + pool;
        for (size_t i = first; i < end; i++)
            if (cells[i] > drawn[to] || isnan(drawn[to]))
                drawn[to] = cells[i];
    }
}

/* The cells of one panel as drawn, pooled by maximum; NaN where everything in them is masked.
 * drawn (cells_high, cells_wide) */
static void pool_panel(const mmax_heatmap *data, const float *cells,
                       const mmax_heatmap_layout *layout, float *drawn)
{
    for (size_t i = 0; i < layout->cells_high * layout->cells_wide; i++)
        drawn[i] = NAN;
    for (size_t row = 0; row < data->height; row++)
        pool_row(cells + row * data->width, data->width, layout->pool_columns,
                 drawn + row / layout->pool_rows * layout->cells_wide);
}

static void color_cells(const float *drawn, size_t n, double top, mmax_colormap colormap,
                        mmax_rgb masked, mmax_rgb *colors)
{
    for (size_t i = 0; i < n; i++)
        colors[i] = isnan(drawn[i]) ? masked : mmax_colormap_at(colormap, (double)drawn[i] / top);
}

/* ---- panels ---------------------------------------------------------------------------------- */

static void draw_frame(mmax_canvas *canvas, mmax_rectangle rectangle)
{
    mmax_paint frame = mmax_paint_outline(mmax_canvas_inks(canvas)->soft, 0.5);
    mmax_canvas_rectangle(canvas, rectangle, &frame);
}

static void draw_empty(mmax_canvas *canvas, mmax_rectangle panel)
{
    mmax_words words = mmax_plain_words(MMAX_TICK_SIZE, mmax_canvas_inks(canvas)->soft, 0.5, 0.5);
    mmax_canvas_text(canvas, (mmax_point){panel.x + panel.width / 2, panel.y + panel.height / 2},
                     "no rows", &words);
    draw_frame(canvas, panel);
}

static mmax_status draw_panels(mmax_canvas *canvas, const mmax_heatmap *data,
                               const mmax_heatmap_layout *layout, mmax_colormap colormap,
                               mmax_error *error)
{
    size_t n_cells = layout->cells_high * layout->cells_wide;
    float *drawn = mmax_alloc_array(n_cells, sizeof *drawn);
    mmax_rgb *colors = mmax_alloc_array(n_cells, sizeof *colors);
    mmax_status status = MMAX_OK;
    if (!drawn || !colors)
        status = mmax_fail_memory(error, "drawing a heatmap");
    for (size_t i = 0; status == MMAX_OK && i < layout->n_panels * layout->n_maps; i++) {
        mmax_rectangle panel = layout->panels[i / layout->n_maps][i % layout->n_maps];
        if (n_cells == 0) {
            draw_empty(canvas, panel);
            continue;
        }
        pool_panel(data, data->cells + i * data->height * data->width, layout, drawn);
        color_cells(drawn, n_cells, layout->top, colormap, mmax_canvas_inks(canvas)->masked,
                    colors);
        mmax_canvas_image(canvas, panel, colors, layout->cells_wide, layout->cells_high);
        mmax_hatch(canvas, panel, drawn, layout->cells_high, layout->cells_wide);
        draw_frame(canvas, panel);
    }
    free(drawn);
    free(colors);
    return status;
}

/* ---- words around them ----------------------------------------------------------------------- */

static void draw_headings(mmax_canvas *canvas, const mmax_heatmap_layout *layout)
{
    mmax_words title = mmax_plain_words(MMAX_TITLE_SIZE, mmax_canvas_inks(canvas)->words, 0, 0.5);
    title.is_bold = true;
    mmax_canvas_text(canvas,
                     (mmax_point){layout->title.x, layout->title.y + layout->title.height / 2},
                     layout->title_text, &title);
    mmax_words heading =
        mmax_plain_words(MMAX_HEADING_SIZE, mmax_canvas_inks(canvas)->words, 0.5, 0.5);
    for (size_t i = 0; i < layout->n_maps; i++)
        mmax_draw_lines(canvas, layout->headings[i], &layout->heading_lines[i], &heading);
    mmax_words group = mmax_plain_words(MMAX_HEADING_SIZE, mmax_canvas_inks(canvas)->words, 1, 0.5);
    group.is_bold = true;
    for (size_t i = 0; i < layout->n_panels; i++) {
        mmax_rectangle place = layout->groups[i];
        mmax_canvas_text(canvas, (mmax_point){place.x + place.width, place.y + place.height / 2},
                         layout->group_text[i], &group);
    }
    mmax_words caption = mmax_plain_words(MMAX_TICK_SIZE, mmax_canvas_inks(canvas)->soft, 0, 0.5);
    mmax_draw_lines(canvas, layout->caption, &layout->caption_lines, &caption);
}

static void draw_tick(mmax_canvas *canvas, mmax_point from, double x, double y)
{
    mmax_paint paint = mmax_paint_outline(mmax_canvas_inks(canvas)->soft, 0.5);
    const mmax_point line[] = {from, {from.x + x, from.y + y}};
    mmax_canvas_lines(canvas, line, 1, &paint);
}

static const double tick = 3;

static void draw_row_ticks(mmax_canvas *canvas, const mmax_heatmap_layout *layout,
                           mmax_rectangle panel)
{
    mmax_words words = mmax_plain_words(MMAX_TICK_SIZE, mmax_canvas_inks(canvas)->words, 1, 0.5);
    double x = layout->row_labels.x + layout->row_labels.width;
    for (size_t i = 0; i < layout->row_ticks.n; i++) {
        double y = panel.y + layout->row_ticks.place[i];
        draw_tick(canvas, (mmax_point){panel.x, y}, -tick, 0);
        mmax_canvas_text(canvas, (mmax_point){x, y}, layout->row_ticks.text[i], &words);
    }
}

static void draw_column_ticks(mmax_canvas *canvas, const mmax_heatmap_layout *layout,
                              mmax_rectangle panel)
{
    bool upright = layout->columns_are_upright;
    mmax_words words = mmax_plain_words(MMAX_TICK_SIZE, mmax_canvas_inks(canvas)->words,
                                        upright ? 1 : 0.5, upright ? 0.5 : 0);
    words.degrees = upright ? -90 : 0;
    for (size_t i = 0; i < layout->column_ticks.n; i++) {
        double x = panel.x + layout->column_ticks.place[i];
        draw_tick(canvas, (mmax_point){x, panel.y + panel.height}, 0, tick);
        mmax_canvas_text(canvas, (mmax_point){x, layout->column_labels.y},
                         layout->column_ticks.text[i], &words);
    }
}

/* Rows are numbered at the left of the grid, columns below it. */
static void draw_ticks(mmax_canvas *canvas, const mmax_heatmap_layout *layout)
{
    for (size_t panel = 0; panel < layout->n_panels; panel++)
        for (size_t map = 0; map < layout->n_maps; map++) {
            mmax_rectangle place = layout->panels[panel][map];
            if (layout->is_stacked || map == 0)
                draw_row_ticks(canvas, layout, place);
            if (layout->is_stacked ? map + 1 == layout->n_maps : panel + 1 == layout->n_panels)
                draw_column_ticks(canvas, layout, place);
        }
}

/* A text up the middle of a rectangle. */
static void draw_upright(mmax_canvas *canvas, mmax_rectangle place, const char *text)
{
    mmax_words words = mmax_plain_words(MMAX_LABEL_SIZE, mmax_canvas_inks(canvas)->words, 0.5, 0.5);
    words.degrees = -90;
    mmax_canvas_text(canvas, (mmax_point){place.x + place.width / 2, place.y + place.height / 2},
                     text, &words);
}

static void draw_axes(mmax_canvas *canvas, const mmax_heatmap_layout *layout)
{
    draw_ticks(canvas, layout);
    draw_upright(canvas, layout->row_axis, layout->row_name);
    mmax_words words = mmax_plain_words(MMAX_LABEL_SIZE, mmax_canvas_inks(canvas)->words, 0.5, 0.5);
    mmax_rectangle place = layout->column_axis;
    mmax_canvas_text(canvas, (mmax_point){place.x + place.width / 2, place.y + place.height / 2},
                     layout->column_name, &words);
}

static void draw_bar(mmax_canvas *canvas, const mmax_heatmap_layout *layout, mmax_colormap colormap)
{
    mmax_rgb colors[256];
    for (size_t i = 0; i < 256; i++)
        colors[i] = mmax_colormap_at(colormap, 1 - (double)i / 255);
    mmax_rectangle bar = layout->bar;
    mmax_canvas_image(canvas, bar, colors, 1, 256);
    draw_frame(canvas, bar);
    mmax_words words = mmax_plain_words(MMAX_TICK_SIZE, mmax_canvas_inks(canvas)->words, 0, 0.5);
    for (size_t i = 0; i < layout->bar_ticks.n; i++) {
        double y = bar.y + bar.height - layout->bar_ticks.place[i];
        draw_tick(canvas, (mmax_point){bar.x + bar.width, y}, tick, 0);
        mmax_canvas_text(canvas, (mmax_point){layout->bar_labels.x, y}, layout->bar_ticks.text[i],
                         &words);
    }
    draw_upright(canvas, layout->bar_axis, "attention weight");
}

static void draw_swatch(mmax_canvas *canvas, const mmax_heatmap_layout *layout, const char *masked)
{
    const float cell = NAN;
    mmax_paint grey = mmax_paint_fill(mmax_canvas_inks(canvas)->masked);
    mmax_rectangle swatch = layout->swatch, place = layout->swatch_text;
    mmax_canvas_rectangle(canvas, swatch, &grey);
    mmax_hatch(canvas, swatch, &cell, 1, 1);
    draw_frame(canvas, swatch);
    mmax_words words = mmax_plain_words(MMAX_TICK_SIZE, mmax_canvas_inks(canvas)->words, 0, 0.5);
    mmax_canvas_text(canvas, (mmax_point){place.x, place.y + place.height / 2}, masked, &words);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static const char *name_of_masked(const mmax_result *result)
{
    const mmax_heatmap *data = result->heatmap;
    size_t n = data->n_panels * data->n_maps * data->height * data->width;
    for (size_t i = 0; i < n; i++)
        if (isnan(data->cells[i]))
            return result->invalid_rows > 0 ? "masked, skipped" : "masked";
    return NULL;
}

static mmax_status draw(const mmax_figure *figure, const mmax_heatmap_words *words,
                        const mmax_heatmap_layout *layout, mmax_error *error)
{
    char description[256], top[MMAX_NUMBER_SIZE];
    top[mmax_number_write(layout->top, top)] = '\0';
    snprintf(description, sizeof description,
             "Heatmaps of attention weights, %zu maps across and %zu groups down, rows are queries "
             "and columns are keys; colours from dark (0) to light (%s).",
             layout->n_maps, layout->n_panels, top);
    mmax_canvas *canvas;
    mmax_status status =
        mmax_figure_open(figure, layout->width, layout->height, description, &canvas, error);
    if (status != MMAX_OK)
        return status;
    status = draw_panels(canvas, figure->result->heatmap, layout, figure->options.colormap, error);
    draw_headings(canvas, layout);
    draw_axes(canvas, layout);
    draw_bar(canvas, layout, figure->options.colormap);
    if (words->masked)
        draw_swatch(canvas, layout, words->masked);
    if (status == MMAX_OK)
        status = mmax_canvas_finish(canvas, error);
    mmax_canvas_free(canvas);
    return status;
}

/* The words that a layout points to. */
typedef struct word_store {
    char maps[MMAX_MAX_MAPS][MMAX_SPEC_SIZE];
    char groups[MMAX_HEATMAP_PANELS][MMAX_INDEX_SIZE];
    mmax_heatmap_words words;
    mmax_heatmap_layout layout;
} word_store;

mmax_status mmax_figure_heatmap(const mmax_figure *figure, mmax_error *error)
{
    const mmax_result *result = figure->result;
    word_store *store = mmax_alloc_zeroed(1, sizeof *store);
    if (!store)
        return mmax_fail_memory(error, "drawing a heatmap");
    for (size_t i = 0; i < result->heatmap->n_maps; i++) {
        mmax_result_label(result, i, store->maps[i]);
        store->words.maps[i] = store->maps[i];
    }
    for (size_t i = 0; i < result->heatmap->n_panels; i++) {
        if (result->heatmap->n_groups > 1)
            mmax_group_index(&result->input, i, store->groups[i]);
        store->words.groups[i] = store->groups[i];
    }
    store->words.title = figure->title;
    store->words.masked = name_of_masked(result);
    mmax_status status =
        mmax_heatmap_lay_out(result->heatmap, &store->words, &figure->options, figure->pixels,
                             &figure->measure, &store->layout, error);
    if (status == MMAX_OK)
        status = draw(figure, &store->words, &store->layout, error);
    free(store);
    return status;
}
