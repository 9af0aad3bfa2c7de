#include "render/distribution_layout.h"
#include "render/figure.h"
#include "render/looks.h"
#include "render/plot.h"

#include <math.h>

enum { CAPTION_SIZE = 1024, NOTE_SIZE = 96 };

/* ---- words ----------------------------------------------------------------------------------- */

static void write_caption(const mmax_distribution *data, char caption[CAPTION_SIZE])
{
    caption[0] = '\0';
    mmax_append(
        caption, CAPTION_SIZE,
        "The weights of %zu live entries in %zu row%s under each map, in %d bins a decade. "
        "Above: how many entries are in each bin. Below: how many have at most that weight; "
        "a curve begins with those that are exactly 0, and those left of the axis, at most 1 %%.",
        data->n_entries, data->n_rows, data->n_rows == 1 ? "" : "s", MMAX_BINS_A_DECADE);
}

static void write_note(const mmax_distribution *data, size_t map, char note[NOTE_SIZE])
{
    note[0] = '\0';
    if (data->n_entries == 0)
        return;
    mmax_append(note, NOTE_SIZE, "zeros: ");
    mmax_append_percent(note, NOTE_SIZE, data->zeros[map], data->n_entries);
    if (data->tiny[map] == 0)
        return;
    mmax_append(note, NOTE_SIZE, "; below 1e-%d: ", MMAX_DISTRIBUTION_DECADES);
    mmax_append_percent(note, NOTE_SIZE, data->tiny[map], data->n_entries);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void draw_map(mmax_canvas *canvas, const mmax_distribution *data, const mmax_plot *plot,
                     size_t map, const mmax_look *look)
{
    mmax_point points[MMAX_DISTRIBUTION_POINTS];
    mmax_paint line = mmax_look_line(canvas, look, 1.1);
    size_t n = mmax_distribution_histogram(data, map, &plot->panels[0], points);
    mmax_canvas_polyline(canvas, points, n, &line);
    n = mmax_distribution_cumulative(data, map, &plot->panels[1], points);
    mmax_canvas_polyline(canvas, points, n, &line);
    if (n > 0)
        mmax_plot_draw_marker(canvas, look, points[0]);
}

static void draw(const mmax_plot_page *page)
{
    const mmax_distribution *data = page->figure->result->distribution;
    mmax_canvas *canvas = page->canvas;
    const mmax_plot *plot = page->plot;
    const mmax_look *looks = page->looks;
    mmax_plot_draw_grid(canvas, plot);
    mmax_plot_draw_frame(canvas, plot);
    for (size_t map = 0; map < data->n_maps; map++)
        draw_map(canvas, data, plot, map, &looks[map]);
    mmax_plot_draw_symbols(canvas, plot, looks, data->n_maps);
    if (data->n_entries == 0)
        mmax_plot_draw_nothing(canvas, &plot->panels[0], "no live entries");
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* The words that a plot points to. */
typedef struct word_store {
    char maps[MMAX_MAX_MAPS][MMAX_SPEC_SIZE];
    char notes[MMAX_MAX_MAPS][NOTE_SIZE];
    char caption[CAPTION_SIZE];
} word_store;

static void fill_in(const mmax_figure *figure, void *words, mmax_plot *plot)
{
    word_store *store = words;
    const mmax_distribution *data = figure->result->distribution;
    write_caption(data, store->caption);
    plot->caption = store->caption;
    mmax_distribution_plan(data, plot);
    plot->n_entries = data->n_maps;
    for (size_t map = 0; map < data->n_maps; map++) {
        mmax_result_label(figure->result, map, store->maps[map]);
        write_note(data, map, store->notes[map]);
        plot->entries[map] = (mmax_entry){.text = store->maps[map], .note = store->notes[map]};
    }
}

mmax_status mmax_figure_distribution(const mmax_figure *figure, mmax_error *error)
{
    const mmax_distribution *data = figure->result->distribution;
    const mmax_plot_figure own = {
        .n_maps = data->n_maps,
        .n_panels = 2,
        .words_size = sizeof(word_store),
        .fill_in = fill_in,
        .draw = draw,
    };
    return mmax_plot_draw_figure(figure, &own, error);
}
