#include "render/figure.h"
#include "render/looks.h"
#include "render/plot.h"
#include "render/tradeoff_layout.h"

#include <math.h>

enum { CAPTION_SIZE = 1024 };

/* Of more rows some are shown, evenly spread: the cloud is there at a few hundred, too. */
static const size_t max_faint = 250;

/* ---- words ----------------------------------------------------------------------------------- */

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static void write_caption(const mmax_tradeoff *data, char caption[CAPTION_SIZE])
{
    size_t n_left_out = data->n_kept - data->n_usable;
    caption[0] = '\0';
    if (data->is_each && data->n_drawn > 0)
        mmax_append(caption, CAPTION_SIZE,
                    "Markers: %s%zu different row%s under each map. Curves: the same under softmax "
                    "of every temperature t and entmax of every alpha. ",
                    data->n_drawn > 1 ? "each of " : "", data->n_drawn, plural(data->n_drawn));
    else if (data->n_drawn > 0)
        mmax_append(caption, CAPTION_SIZE,
                    "Markers: the mean of %zu rows under each map; faint: %s. Curves: their mean "
                    "under softmax of every temperature t and entmax of every alpha. ",
                    data->n_drawn, data->n_drawn > max_faint ? "some of them" : "each of them");
    if (data->n_kept < data->n_rows || (!data->is_each && data->n_drawn < data->n_usable))
        mmax_append(caption, CAPTION_SIZE, "The rows are taken evenly from %zu. ", data->n_rows);
    if (n_left_out > 0)
        mmax_append(
            caption, CAPTION_SIZE,
            "Left out: %zu row%s without a second relevant or without an irrelevant entry. ",
            n_left_out, plural(n_left_out));
}

/* ---- curves and markers ---------------------------------------------------------------------- */

static void draw_curve(mmax_canvas *canvas, const mmax_plot *plot, const mmax_tradeoff_curve *curve,
                       const mmax_paint *paint)
{
    mmax_point points[MMAX_TRADEOFF_STEPS];
    for (size_t i = 0; i < curve->n; i++)
        points[i] = mmax_tradeoff_place(plot, &curve->points[i]);
    mmax_canvas_polyline(canvas, points, curve->n, paint);
}

static void draw_curves(mmax_canvas *canvas, const mmax_tradeoff *data, const mmax_plot *plot,
                        const mmax_look *looks)
{
    for (size_t k = 0; k < MMAX_TRADEOFF_CURVES && data->n_curves > 0; k++) {
        mmax_paint paint = mmax_look_line(canvas, &looks[k], 1.1);
        for (size_t i = 0; i < data->n_curves; i++)
            draw_curve(canvas, plot,
                       k == MMAX_TRADEOFF_SOFTMAX ? &data->softmax[i] : &data->entmax[i], &paint);
        mmax_point middle = plot->entries[data->n_maps + k].symbol;
        const mmax_point symbol[] = {{middle.x - 9, middle.y}, {middle.x + 9, middle.y}};
        mmax_canvas_polyline(canvas, symbol, 2, &paint);
    }
}

static void draw_labels(mmax_canvas *canvas, const mmax_figure *figure, const mmax_plot *plot,
                        const mmax_look *looks)
{
    mmax_tradeoff_label labels[MMAX_TRADEOFF_LABELS];
    size_t n = mmax_tradeoff_label_curves(figure->result->tradeoff, plot, &figure->measure, labels);
    const mmax_inks *inks = mmax_canvas_inks(canvas);
    for (size_t i = 0; i < n; i++) {
        mmax_rectangle place = labels[i].place;
        bool is_left = place.x < labels[i].from.x;
        mmax_words words = mmax_plain_words(MMAX_TICK_SIZE, inks->soft, is_left ? 1 : 0, 0.5);
        mmax_paint dot = mmax_paint_fill(mmax_ink_of(inks, looks[labels[i].curve].color));
        mmax_canvas_circle(canvas, labels[i].from, 1.4, &dot);
        mmax_canvas_text(
            canvas,
            (mmax_point){is_left ? place.x + place.width : place.x, place.y + place.height / 2},
            labels[i].text, &words);
    }
}

static bool has_place(const mmax_tradeoff_point *point)
{
    return !isnan(point->multimodality) && !isnan(point->sparsity);
}

static void draw_faint(mmax_canvas *canvas, const mmax_tradeoff *data, const mmax_plot *plot,
                       const mmax_look *looks)
{
    size_t n = data->n_drawn < max_faint ? data->n_drawn : max_faint;
    for (size_t i = 0; i < n && !data->is_each; i++)
        for (size_t map = 0; map < data->n_maps; map++) {
            const mmax_tradeoff_point *point =
                &data->points[map * data->n_drawn + i * data->n_drawn / n];
            if (has_place(point))
                mmax_draw_marker(canvas, &looks[map], mmax_tradeoff_place(plot, point),
                                 fmax(0.3, 0.9 / looks[map].radius), 0.3);
        }
}

/* All the halos first: none may hide another map's marker. */
static void draw_markers(mmax_canvas *canvas, const mmax_tradeoff *data, const mmax_plot *plot,
                         const mmax_look *looks)
{
    size_t order[MMAX_MAX_MAPS], n = data->n_maps * data->n_curves;
    mmax_order_by_size(looks, data->n_maps, order);
    for (size_t i = 0; i < 2 * n; i++) {
        size_t map = order[i % n / data->n_curves];
        const mmax_tradeoff_point *point =
            &data->markers[map * data->n_curves + i % data->n_curves];
        if (!has_place(point))
            continue;
        if (i < n)
            mmax_draw_halo(canvas, &looks[map], mmax_tradeoff_place(plot, point), 1);
        else
            mmax_draw_marker(canvas, &looks[map], mmax_tradeoff_place(plot, point), 1, 1);
    }
    for (size_t map = 0; map < data->n_maps; map++)
        mmax_draw_marker(canvas, &looks[map], plot->entries[map].symbol, 0.85, 1);
}

static void draw_nothing(mmax_canvas *canvas, const mmax_plot *plot)
{
    mmax_words words = mmax_plain_words(MMAX_LABEL_SIZE, mmax_canvas_inks(canvas)->soft, 0.5, 0.5);
    mmax_canvas_text(canvas, mmax_panel_place(&plot->panels[0], 0.5, 0.5),
                     "no row has both multi-modality and sparsity", &words);
}

static void draw(const mmax_plot_page *page)
{
    const mmax_tradeoff *data = page->figure->result->tradeoff;
    /* The curves look as the first maps of their families do. */
    const mmax_map families[MMAX_TRADEOFF_CURVES] = {
        [MMAX_TRADEOFF_SOFTMAX] = {.kind = MMAX_SOFTMAX},
        [MMAX_TRADEOFF_ENTMAX] = {.kind = MMAX_ENTMAX},
    };
    mmax_look of_curves[MMAX_TRADEOFF_CURVES];
    mmax_choose_looks(families, MMAX_TRADEOFF_CURVES, of_curves);
    mmax_canvas *canvas = page->canvas;
    const mmax_plot *plot = page->plot;
    const mmax_look *looks = page->looks;
    mmax_plot_draw_grid(canvas, plot);
    mmax_plot_draw_frame(canvas, plot);
    draw_faint(canvas, data, plot, looks);
    draw_curves(canvas, data, plot, of_curves);
    draw_labels(canvas, page->figure, plot, of_curves);
    draw_markers(canvas, data, plot, looks);
    if (data->n_drawn == 0)
        draw_nothing(canvas, plot);
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* The words that a plot points to. */
typedef struct word_store {
    char labels[MMAX_MAX_MAPS][MMAX_SPEC_SIZE];
    const char *maps[MMAX_MAX_MAPS];
    char caption[CAPTION_SIZE];
} word_store;

static void fill_in(const mmax_figure *figure, void *words, mmax_plot *plot)
{
    word_store *store = words;
    const mmax_tradeoff *data = figure->result->tradeoff;
    for (size_t map = 0; map < data->n_maps; map++) {
        mmax_result_label(figure->result, map, store->labels[map]);
        store->maps[map] = store->labels[map];
    }
    write_caption(data, store->caption);
    plot->caption = store->caption;
    mmax_tradeoff_plan(data, store->maps, plot);
}

mmax_status mmax_figure_tradeoff(const mmax_figure *figure, mmax_error *error)
{
    const mmax_tradeoff *data = figure->result->tradeoff;
    const mmax_plot_figure own = {
        .n_maps = data->n_maps,
        .n_panels = 1,
        .words_size = sizeof(word_store),
        .fill_in = fill_in,
        .draw = draw,
    };
    return mmax_plot_draw_figure(figure, &own, error);
}
