#include "render/figure.h"
#include "render/hatch.h"
#include "render/heatmap_cells.h"

#include <math.h>
#include <stdlib.h>

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

/* The I-th picture of all. */
static void draw_panel(mmax_canvas *canvas, const mmax_heatmap *data,
                       const mmax_heatmap_layout *layout, mmax_colormap colormap, size_t i,
                       const mmax_heatmap_cells *cells)
{
    mmax_rectangle panel = layout->panels[i / layout->n_pictures][i % layout->n_pictures];
    size_t high = layout->cells_high, wide = layout->cells_wide;
    if (high * wide == 0) {
        draw_empty(canvas, panel);
        return;
    }
    bool any_masked =
        mmax_heatmap_color(data, layout, colormap, mmax_canvas_inks(canvas)->masked, i, cells);
    mmax_canvas_image(canvas, panel, cells->colors, wide, high);
    if (any_masked)
        mmax_hatch(canvas, panel, cells->pooled, high, wide);
    draw_frame(canvas, panel);
}

static mmax_status draw_panels(mmax_canvas *canvas, const mmax_heatmap *data,
                               const mmax_heatmap_layout *layout, mmax_colormap colormap,
                               mmax_error *error)
{
    size_t n_cells = layout->cells_high * layout->cells_wide;
    mmax_heatmap_cells cells = {mmax_alloc_array(n_cells, sizeof *cells.pooled),
                                mmax_alloc_array(n_cells, sizeof *cells.colors)};
    mmax_status status = MMAX_OK;
    if (!cells.pooled || !cells.colors)
        status = mmax_fail_memory(error, "drawing a heatmap");
    for (size_t i = 0; status == MMAX_OK && i < layout->n_panels * layout->n_pictures; i++)
        draw_panel(canvas, data, layout, colormap, i, &cells);
    free(cells.pooled);
    free(cells.colors);
    return status;
}

/* The tops of the panels' own scales. */
static void draw_notes(mmax_canvas *canvas, const mmax_figure *figure,
                       const mmax_heatmap_layout *layout)
{
    const mmax_heatmap *data = figure->result->heatmap;
    mmax_words words = mmax_plain_words(MMAX_TICK_SIZE, mmax_canvas_inks(canvas)->soft, 0.5, 0.5);
    for (size_t i = 0; i < layout->n_panels * layout->n_pictures; i++) {
        mmax_rectangle place = layout->notes[i / layout->n_pictures][i % layout->n_pictures];
        if (place.width == 0)
            continue;
        char note[MMAX_LINE_SIZE], shown[MMAX_LINE_SIZE];
        mmax_heatmap_note(data, layout, i, note);
        mmax_elide(&figure->measure, note, MMAX_TICK_SIZE, false, place.width + 8, shown);
        mmax_canvas_text(canvas,
                         (mmax_point){place.x + place.width / 2, place.y + place.height / 2}, shown,
                         &words);
    }
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
    for (size_t i = 0; i < layout->n_pictures; i++)
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
        for (size_t i = 0; i < layout->n_pictures; i++) {
            mmax_rectangle place = layout->panels[panel][i];
            if (layout->is_stacked || i == 0)
                draw_row_ticks(canvas, layout, place);
            if (layout->is_stacked ? i + 1 == layout->n_pictures : panel + 1 == layout->n_panels)
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

/* A pointed end of a bar: cells lie beyond it.  From the end's LEFT and RIGHT to its TIP. */
static void draw_point(mmax_canvas *canvas, mmax_point left, mmax_point right, mmax_point tip,
                       mmax_rgb color)
{
    mmax_paint paint = mmax_paint_outline(mmax_canvas_inks(canvas)->soft, 0.5);
    paint.is_filled = true;
    paint.fill = color;
    mmax_canvas_polygon(canvas, (const mmax_point[]){left, tip, right}, 3, &paint);
}

static void draw_points(mmax_canvas *canvas, const mmax_heatmap_bar *bar, mmax_colormap colormap)
{
    mmax_rectangle at = bar->bar;
    double left = at.x, right = at.x + at.width, middle = at.x + at.width / 2;
    double top = at.y, bottom = at.y + at.height;
    if (bar->above.height > 0)
        draw_point(canvas, (mmax_point){left, top}, (mmax_point){right, top},
                   (mmax_point){middle, bar->above.y}, mmax_colormap_at(colormap, 1));
    if (bar->below.height > 0)
        draw_point(canvas, (mmax_point){left, bottom}, (mmax_point){right, bottom},
                   (mmax_point){middle, bar->below.y + bar->below.height},
                   mmax_colormap_at(colormap, 0));
}

static void draw_bar(mmax_canvas *canvas, const mmax_heatmap_bar *bar, mmax_colormap colormap)
{
    mmax_rgb colors[256];
    for (size_t i = 0; i < 256; i++)
        colors[i] = mmax_colormap_at(colormap, 1 - (double)i / 255);
    mmax_rectangle at = bar->bar;
    mmax_canvas_image(canvas, at, colors, 1, 256);
    draw_points(canvas, bar, colormap);
    draw_frame(canvas, at);
    mmax_words words = mmax_plain_words(MMAX_TICK_SIZE, mmax_canvas_inks(canvas)->words, 0, 0.5);
    for (size_t i = 0; i < bar->ticks.n; i++) {
        double y = at.y + at.height - bar->ticks.place[i];
        draw_tick(canvas, (mmax_point){at.x + at.width, y}, tick, 0);
        mmax_canvas_text(canvas, (mmax_point){bar->labels.x, y}, bar->ticks.text[i], &words);
    }
    draw_upright(canvas, bar->axis, bar->name);
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
    size_t n = data->n_panels * data->n_pictures * data->height * data->width;
    for (size_t i = 0; i < n; i++)
        if (isnan(data->cells[i]))
            return result->invalid_rows > 0 ? "masked, skipped" : "masked";
    return NULL;
}

static mmax_status open_canvas(const mmax_figure *figure, const mmax_heatmap_layout *layout,
                               mmax_canvas **canvas, mmax_error *error)
{
    const mmax_heatmap_scale *scale = &layout->bars[0].scale;
    char description[512] = "", bottom[MMAX_NUMBER_SIZE], top[MMAX_NUMBER_SIZE];
    bottom[mmax_number_write(mmax_heatmap_scale_bottom(scale), bottom)] = '\0';
    top[mmax_number_write(mmax_round_digits(scale->top, 3), top)] = '\0';
    size_t n_maps = layout->n_pictures - (layout->n_bars - 1);
    mmax_append(description, sizeof description,
                "Heatmaps of attention weights, %zu map%s across and %zu group%s down, rows are "
                "queries and columns are keys; colours from dark (%s) to light (%s%s).",
                n_maps, n_maps == 1 ? "" : "s", layout->n_panels, layout->n_panels == 1 ? "" : "s",
                bottom, top, scale->is_shared ? "" : ", the top of each panel");
    if (layout->n_bars > 1)
        mmax_append(description, sizeof description,
                    " Last across is their difference, blue below 0 and orange above.");
    return mmax_figure_open(figure, layout->width, layout->height, description, canvas, error);
}

static mmax_status draw(const mmax_figure *figure, const mmax_heatmap_words *words,
                        const mmax_heatmap_layout *layout, mmax_error *error)
{
    mmax_canvas *canvas;
    mmax_colormap colormap = figure->options.colormap;
    mmax_status status = open_canvas(figure, layout, &canvas, error);
    if (status != MMAX_OK)
        return status;
    status = draw_panels(canvas, figure->result->heatmap, layout, colormap, error);
    draw_notes(canvas, figure, layout);
    draw_headings(canvas, layout);
    draw_axes(canvas, layout);
    for (size_t i = 0; i < layout->n_bars; i++)
        draw_bar(canvas, &layout->bars[i], i == 0 ? colormap : MMAX_BLUEORANGE);
    if (words->masked)
        draw_swatch(canvas, layout, words->masked);
    if (status == MMAX_OK)
        status = mmax_canvas_finish(canvas, error);
    mmax_canvas_free(canvas);
    return status;
}

/* The words that a layout points to. */
typedef struct word_store {
    char pictures[MMAX_MAX_MAPS][MMAX_PICTURE_SIZE];
    char groups[MMAX_HEATMAP_MOST_PANELS][MMAX_INDEX_SIZE];
    mmax_heatmap_words words;
    mmax_heatmap_layout layout;
} word_store;

mmax_status mmax_figure_heatmap(const mmax_figure *figure, mmax_error *error)
{
    const mmax_result *result = figure->result;
    const mmax_heatmap *data = result->heatmap;
    word_store *store = mmax_alloc_zeroed(1, sizeof *store);
    if (!store)
        return mmax_fail_memory(error, "drawing a heatmap");
    for (size_t i = 0; i < data->n_pictures; i++) {
        mmax_heatmap_label(result, i, store->pictures[i]);
        store->words.pictures[i] = store->pictures[i];
    }
    for (size_t i = 0; i < data->n_panels; i++) {
        if (data->n_groups > 1)
            mmax_group_index(&result->input, data->groups[i], store->groups[i]);
        store->words.groups[i] = store->groups[i];
    }
    store->words.title = figure->title;
    store->words.masked = name_of_masked(result);
    mmax_status status = mmax_heatmap_lay_out(data, &store->words, &figure->options, figure->pixels,
                                              &figure->measure, &store->layout, error);
    if (status == MMAX_OK)
        status = draw(figure, &store->words, &store->layout, error);
    free(store);
    return status;
}
