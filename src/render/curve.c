#include "render/curve_layout.h"
#include "render/figure.h"
#include "render/looks.h"
#include "render/plot.h"

#include <math.h>
#include <string.h>

enum { CAPTION_SIZE = 1024, NOTE_SIZE = 256 };

/* ---- words ----------------------------------------------------------------------------------- */

static bool is_curve(const mmax_result *result, size_t map)
{
    return result->maps[map].kind == MMAX_MULTIMAX;
}

/* "slope 2; 0.5 above x = 1.3"; a stretch that is no line has no slope. */
static void write_note(const mmax_sigma *sigma, char note[NOTE_SIZE])
{
    snprintf(note, NOTE_SIZE, "slope ");
    for (size_t i = 0; i <= sigma->n_knots; i++) {
        const double *slope = sigma->slopes[i];
        mmax_append(note, NOTE_SIZE, i > 0 ? "; " : "");
        if (slope[0] == slope[1])
            mmax_append_rounded(note, NOTE_SIZE, slope[0]);
        else
            mmax_append(note, NOTE_SIZE, slope[0] < slope[1] ? "growing" : "sinking");
        if (i > 0)
            mmax_append(note, NOTE_SIZE, " above x = ");
        if (i > 0)
            mmax_append_rounded(note, NOTE_SIZE, sigma->knots[i - 1]);
    }
}

/* Whether a curve falls on what is drawn of it. */
static bool shows_fall(const mmax_result *result)
{
    const mmax_curve *data = result->curve;
    for (size_t map = 0; map < result->n_maps; map++)
        for (size_t i = 0; is_curve(result, map) && i < data->sigmas[map].n_falls; i++) {
            const double *fall = data->sigmas[map].falls[i];
            if (fall[0] < data->high && fall[1] > data->low)
                return true;
        }
    return false;
}

static bool uses_epsilon(const mmax_map *map)
{
    for (size_t i = 0; i < MMAX_SIGMA_TERMS; i++)
        if (map->kind == MMAX_MULTIMAX && map->ts[i] != 0 && map->range_is_epsilon[i])
            return true;
    return false;
}

static void write_epsilon(const mmax_result *result, char caption[CAPTION_SIZE])
{
    bool is_used = false;
    for (size_t map = 0; map < result->n_maps; map++)
        is_used |= uses_epsilon(&result->maps[map]);
    if (!is_used)
        return;
    mmax_append(caption, CAPTION_SIZE,
                "A breakpoint eps is each row's own threshold; drawn at its "
                "mean over the rows, ");
    mmax_append_rounded(caption, CAPTION_SIZE, result->curve->epsilon);
    mmax_append(caption, CAPTION_SIZE, ". ");
}

static void write_what(const mmax_result *result, char caption[CAPTION_SIZE])
{
    bool has_curves = false;
    for (size_t map = 0; map < result->n_maps; map++)
        has_curves |= is_curve(result, map);
    snprintf(caption, CAPTION_SIZE,
             has_curves
                 ? "Left: \xcf\x83 of MultiMax with its breakpoints, over the logits; dashed: "
                   "\xcf\x83(x) = x, as in every other map. "
                 : "Left: \xcf\x83(x) = x over the logits, as none of the maps is MultiMax. ");
    mmax_append(caption, CAPTION_SIZE,
                "Right: the first of two weights, the other logit being 0. ");
}

static void write_caption(const mmax_result *result, char caption[CAPTION_SIZE])
{
    const mmax_curve *data = result->curve;
    bool has_layers = false;
    for (size_t map = 0; map < result->n_maps; map++)
        has_layers |= result->layer_specs[map] != NULL;
    write_what(result, caption);
    write_epsilon(result, caption);
    if (shows_fall(result))
        mmax_append(caption, CAPTION_SIZE,
                    "Wide bands: \xcf\x83 falls, and a larger logit gets the smaller weight. ");
    if (has_layers)
        mmax_append(caption, CAPTION_SIZE, "Of a map with layers, the first one's. ");
    if (data->n_kept < data->n_rows)
        mmax_append(caption, CAPTION_SIZE, "Logits of about one in %zu of %zu rows.", data->step,
                    data->n_rows);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void draw_identity(mmax_canvas *canvas, const mmax_curve *data, const mmax_panel *panel)
{
    const mmax_point ends[] = {mmax_panel_place(panel, data->low, data->low),
                               mmax_panel_place(panel, data->high, data->high)};
    mmax_paint paint = mmax_plot_reference(canvas);
    mmax_canvas_lines(canvas, ends, 1, &paint);
}

static void draw_logits(mmax_canvas *canvas, const mmax_curve *data, const mmax_panel *panel)
{
    mmax_paint paint = mmax_paint_fill(mmax_canvas_inks(canvas)->hatch);
    for (size_t i = 0; i < MMAX_CURVE_BINS; i++)
        if (data->bins[i] > 0)
            mmax_canvas_rectangle(canvas, mmax_curve_bin(data, i, panel), &paint);
}

static void draw_sigma(mmax_canvas *canvas, const mmax_curve *data, size_t map,
                       const mmax_panel *panel, const mmax_look *look)
{
    const mmax_sigma *sigma = &data->sigmas[map];
    mmax_point points[MMAX_CURVE_POINTS];
    mmax_paint line = mmax_look_line(canvas, look, 1.1), band = mmax_look_line(canvas, look, 6);
    band.dash = MMAX_DASH_NONE;
    band.opacity = 0.3;
    for (size_t i = 0; i < sigma->n_falls; i++) {
        size_t n =
            mmax_curve_sigma(data, map, sigma->falls[i][0], sigma->falls[i][1], panel, points);
        mmax_canvas_polyline(canvas, points, n, &band);
    }
    size_t n = mmax_curve_sigma(data, map, data->low, data->high, panel, points);
    mmax_canvas_polyline(canvas, points, n, &line);
    for (size_t i = 0; i < sigma->n_knots; i++)
        if (mmax_curve_sigma(data, map, sigma->knots[i], sigma->knots[i], panel, points) > 0)
            mmax_plot_draw_marker(canvas, look, points[0]);
}

static void draw_pair(mmax_canvas *canvas, const mmax_curve *data, size_t map,
                      const mmax_panel *panel, const mmax_look *look)
{
    mmax_point points[MMAX_CURVE_POINTS];
    mmax_paint line = mmax_look_line(canvas, look, 1.1);
    size_t n = mmax_curve_pair(data, map, panel, points);
    mmax_canvas_polyline(canvas, points, n, &line);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void draw(const mmax_plot_page *page)
{
    const mmax_curve *data = page->figure->result->curve;
    mmax_canvas *canvas = page->canvas;
    const mmax_plot *plot = page->plot;
    const mmax_look *looks = page->looks;
    mmax_plot_draw_grid(canvas, plot);
    mmax_plot_draw_frame(canvas, plot);
    draw_identity(canvas, data, &plot->panels[MMAX_CURVE_SIGMA]);
    draw_logits(canvas, data, &plot->panels[MMAX_CURVE_LOGITS]);
    for (size_t map = 0; map < data->n_maps; map++) {
        if (is_curve(page->figure->result, map))
            draw_sigma(canvas, data, map, &plot->panels[MMAX_CURVE_SIGMA], &looks[map]);
        draw_pair(canvas, data, map, &plot->panels[MMAX_CURVE_PAIR], &looks[map]);
    }
    mmax_plot_draw_symbols(canvas, plot, looks, data->n_maps);
}

/* The words that a plot points to. */
typedef struct word_store {
    char maps[MMAX_MAX_MAPS][MMAX_SPEC_SIZE];
    char notes[MMAX_MAX_MAPS][NOTE_SIZE];
    char caption[CAPTION_SIZE];
} word_store;

static void fill_in(const mmax_figure *figure, void *words, mmax_plot *plot)
{
    word_store *store = words;
    const mmax_result *result = figure->result;
    const mmax_curve *data = result->curve;
    write_caption(result, store->caption);
    plot->caption = store->caption;
    mmax_curve_plan(data, result->maps, plot);
    plot->n_entries = data->n_maps;
    for (size_t map = 0; map < data->n_maps; map++) {
        mmax_result_label(result, map, store->maps[map]);
        if (is_curve(result, map))
            write_note(&data->sigmas[map], store->notes[map]);
        plot->entries[map] = (mmax_entry){.text = store->maps[map], .note = store->notes[map]};
    }
}

mmax_status mmax_figure_curve(const mmax_figure *figure, mmax_error *error)
{
    const mmax_curve *data = figure->result->curve;
    const mmax_plot_figure own = {
        .n_maps = data->n_maps,
        .n_panels = MMAX_CURVE_PANELS,
        .words_size = sizeof(word_store),
        .fill_in = fill_in,
        .draw = draw,
    };
    return mmax_plot_draw_figure(figure, &own, error);
}
