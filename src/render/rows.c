#include "render/figure.h"
#include "render/hatch.h"
#include "render/looks.h"
#include "render/plot.h"
#include "render/rows_layout.h"

#include <math.h>

enum { CAPTION_SIZE = 1024 };

/* ---- words ----------------------------------------------------------------------------------- */

static void write_title(const mmax_input *input, const mmax_shown_row *row,
                        char title[MMAX_LINE_SIZE])
{
    char index[MMAX_INDEX_SIZE];
    size_t of_group = mmax_group_rows(input);
    mmax_group_index(input, row->index / of_group, index);
    title[0] = '\0';
    mmax_append(title, MMAX_LINE_SIZE, "%s%srow %zu", index, index[0] ? ", " : "",
                row->index % of_group);
    if (row->label)
        mmax_append(title, MMAX_LINE_SIZE, ": %s", row->label);
}

static bool has_masked(const mmax_shown_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++)
        for (size_t k = 0; k < rows->rows[i].n; k++)
            if (isinf(rows->rows[i].logits[k]))
                return true;
    return false;
}

static bool has_others(const mmax_shown_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++)
        if (rows->rows[i].n_others > 0)
            return true;
    return false;
}

static void write_caption(const mmax_shown_rows *rows, char caption[CAPTION_SIZE])
{
    caption[0] = '\0';
    if (rows->n == 0)
        return;
    mmax_append(caption, CAPTION_SIZE,
                "Bars of logits begin at the relevance threshold \xce\xb5 (dashed): those above it "
                "are relevant. A ring is a weight of exactly 0. ");
    if (has_masked(rows))
        mmax_append(caption, CAPTION_SIZE, "Hatched entries are masked. ");
    if (has_others(rows))
        mmax_append(
            caption, CAPTION_SIZE,
            "Of %zu entries the %d with the largest logits; the hollow bar is the weight of "
            "all others together. ",
            rows->row_length, MMAX_SHOWN_ENTRIES);
    if (rows->n < rows->n_rows)
        mmax_append(caption, CAPTION_SIZE, "The first %zu of %zu rows.", rows->n, rows->n_rows);
}

/* ---- bars ------------------------------------------------------------------------------------ */

static void hatch_masked(mmax_canvas *canvas, const mmax_panel *panel, const mmax_shown_row *row,
                         const mmax_row_axis *axis)
{
    float cells[MMAX_SHOWN_ENTRIES + 1] = {0};
    mmax_paint paint = mmax_paint_fill(mmax_canvas_inks(canvas)->masked);
    for (size_t i = 0; i < axis->n; i++) {
        size_t entry = axis->order[i];
        if (entry == row->n || !isinf(row->logits[entry]))
            continue;
        cells[i] = NAN;
        mmax_canvas_rectangle(
            canvas, mmax_panel_bar(panel, (double)i, 1, panel->y.low, panel->y.high), &paint);
    }
    mmax_hatch(canvas, panel->area, cells, 1, axis->n);
}

static void draw_logits(mmax_canvas *canvas, const mmax_panel *panel, const mmax_shown_row *row,
                        const mmax_row_axis *axis)
{
    const mmax_inks *inks = mmax_canvas_inks(canvas);
    for (size_t i = 0; i < axis->n; i++) {
        size_t entry = axis->order[i];
        if (entry == row->n || isinf(row->logits[entry]))
            continue;
        double logit = row->logits[entry];
        mmax_paint paint = mmax_paint_fill(logit > row->epsilon ? inks->words : inks->hatch);
        mmax_canvas_rectangle(canvas, mmax_rows_bar(panel, i, row->epsilon, logit), &paint);
    }
    mmax_point left = mmax_panel_place(panel, 0, row->epsilon);
    const mmax_point ends[] = {left, {left.x + panel->area.width, left.y}};
    mmax_paint threshold = mmax_plot_reference(canvas);
    mmax_canvas_lines(canvas, ends, 1, &threshold);
}

static void draw_weights(mmax_canvas *canvas, const mmax_panel *panel, const mmax_shown_row *row,
                         const mmax_row_axis *axis, const double *weights, mmax_rgb color)
{
    const mmax_inks *inks = mmax_canvas_inks(canvas);
    mmax_paint full = mmax_paint_fill(color), ring = mmax_paint_fill(inks->paper);
    ring.is_outlined = true;
    ring.outline = color;
    ring.line_width = 0.7;
    for (size_t i = 0; i < axis->n; i++) {
        size_t entry = axis->order[i];
        mmax_rectangle bar = mmax_rows_bar(panel, i, 0, weights[entry]);
        if (entry < row->n && isinf(row->logits[entry]))
            continue;
        if (weights[entry] == 0)
            mmax_canvas_circle(canvas, (mmax_point){bar.x + bar.width / 2, bar.y + bar.height},
                               fmin(1.5, bar.width / 2), &ring);
        else
            mmax_canvas_rectangle(canvas, bar, entry < row->n ? &full : &ring);
    }
}

static void draw_row(mmax_canvas *canvas, const mmax_shown_rows *rows, size_t i,
                     const mmax_plot *plot, const mmax_row_axis *axis, const mmax_look *looks)
{
    const mmax_shown_row *row = &rows->rows[i];
    const mmax_panel *logits = &plot->panels[mmax_rows_logits(rows, i)];
    hatch_masked(canvas, logits, row, axis);
    draw_logits(canvas, logits, row, axis);
    for (size_t map = 0; map < rows->n_maps; map++) {
        const mmax_panel *panel = &plot->panels[mmax_rows_weights(rows, i, map)];
        hatch_masked(canvas, panel, row, axis);
        draw_weights(canvas, panel, row, axis, row->weights + map * (row->n + 1),
                     mmax_ink_of(mmax_canvas_inks(canvas), looks[map].color));
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* The words that a plot points to. */
typedef struct word_store {
    char maps[MMAX_MAX_MAPS][MMAX_SPEC_SIZE], titles[MMAX_SHOWN_ROWS][MMAX_LINE_SIZE];
    const char *map_names[MMAX_MAX_MAPS], *title_names[MMAX_SHOWN_ROWS];
    mmax_row_axis axes[MMAX_SHOWN_ROWS];
    char caption[CAPTION_SIZE];
} word_store;

static void fill_in(const mmax_figure *figure, void *words, mmax_plot *plot)
{
    word_store *store = words;
    const mmax_shown_rows *rows = figure->result->shown_rows;
    for (size_t map = 0; map < rows->n_maps; map++) {
        mmax_result_label(figure->result, map, store->maps[map]);
        store->map_names[map] = store->maps[map];
    }
    for (size_t i = 0; i < rows->n; i++) {
        write_title(&figure->result->input, &rows->rows[i], store->titles[i]);
        store->title_names[i] = store->titles[i];
        mmax_row_axis_fill(&rows->rows[i], figure->options.rows_by_logit, &store->axes[i]);
    }
    write_caption(rows, store->caption);
    plot->caption = store->caption;
    mmax_rows_plan(rows, store->axes, store->title_names, store->map_names, plot);
}

static void draw(const mmax_plot_page *page)
{
    const mmax_shown_rows *rows = page->figure->result->shown_rows;
    mmax_canvas *canvas = page->canvas;
    const mmax_plot *plot = page->plot;
    const mmax_look *looks = page->looks;
    const word_store *store = page->words;
    mmax_plot_draw_grid(canvas, plot);
    mmax_plot_draw_frame(canvas, plot);
    for (size_t i = 0; i < rows->n; i++)
        draw_row(canvas, rows, i, plot, &store->axes[i], looks);
    if (rows->n == 0)
        mmax_plot_draw_nothing(canvas, &plot->panels[0], "no row has a live entry");
}

mmax_status mmax_figure_rows(const mmax_figure *figure, mmax_error *error)
{
    const mmax_shown_rows *rows = figure->result->shown_rows;
    const mmax_plot_figure own = {
        .n_maps = rows->n_maps,
        .n_panels = mmax_rows_panels(rows),
        .words_size = sizeof(word_store),
        .fill_in = fill_in,
        .draw = draw,
    };
    return mmax_plot_draw_figure(figure, &own, error);
}
