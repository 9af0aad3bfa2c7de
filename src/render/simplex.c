#include "render/figure.h"
#include "render/looks.h"
#include "render/simplex_density.h"
#include "render/simplex_layout.h"

#include <math.h>
#include <stdlib.h>

/* ---- density --------------------------------------------------------------------------------- */

/* The more points, the smaller and the more transparent, so that density shows. */
static void thin_out(size_t n_points, double *scale, double *opacity)
{
    static const struct {
        size_t n;
        double scale, opacity;
    } steps[] = {{12, 1, 1}, {60, 0.7, 0.8}, {400, 0.5, 0.5}, {SIZE_MAX, 0.3, 0.35}};
    size_t i = 0;
    while (n_points > steps[i].n)
        i++;
    *scale = steps[i].scale;
    *opacity = steps[i].opacity;
}

/* ---- triangle -------------------------------------------------------------------------------- */

/* Of a row with one, two and three entries that are not 0: where such lie, corners, edges or the
 * interior. */
static mmax_rgb support_color(const mmax_inks *inks, size_t i)
{
    return i == 0 ? inks->hatch : i == 1 ? inks->grid : inks->masked;
}

static const double corner_radius = 5, edge_width = 5;

static void draw_support(mmax_canvas *canvas, const mmax_simplex_layout *layout)
{
    const mmax_inks *inks = mmax_canvas_inks(canvas);
    mmax_paint region = mmax_paint_fill(support_color(inks, 2));
    region.is_outlined = true;
    region.outline = support_color(inks, 1);
    region.line_width = edge_width;
    mmax_canvas_polygon(canvas, layout->corners, 3, &region);
    mmax_paint corner = mmax_paint_fill(support_color(inks, 0));
    for (size_t i = 0; i < 3; i++)
        mmax_canvas_circle(canvas, layout->corners[i], corner_radius, &corner);
}

static void draw_support_legend(mmax_canvas *canvas, const mmax_simplex_layout *layout)
{
    const mmax_inks *inks = mmax_canvas_inks(canvas);
    static const char *const counts[] = {"1", "2", "3"};
    mmax_words words = mmax_plain_words(MMAX_TICK_SIZE, inks->words, 0, 0.5);
    mmax_rectangle name = layout->support_name;
    mmax_canvas_text(canvas, (mmax_point){name.x, name.y + name.height / 2}, MMAX_SIMPLEX_SUPPORT,
                     &words);
    for (size_t i = 0; i < 3; i++) {
        mmax_paint paint = mmax_paint_fill(support_color(inks, i));
        paint.is_outlined = true;
        paint.outline = inks->soft;
        paint.line_width = 0.5;
        mmax_rectangle label = layout->support_labels[i];
        mmax_canvas_rectangle(canvas, layout->support_swatches[i], &paint);
        mmax_canvas_text(canvas, (mmax_point){label.x, label.y + label.height / 2}, counts[i],
                         &words);
    }
}

static void draw_grid(mmax_canvas *canvas, const mmax_simplex_layout *layout)
{
    mmax_paint grid = mmax_paint_outline(mmax_canvas_inks(canvas)->grid, 0.5);
    mmax_paint stub = mmax_paint_outline(mmax_canvas_inks(canvas)->soft, 0.5);
    mmax_words words = mmax_plain_words(MMAX_TICK_SIZE, mmax_canvas_inks(canvas)->soft, 0.5, 0.5);
    for (size_t entry = 0; entry < 3; entry++)
        for (size_t i = 0; i < MMAX_SIMPLEX_TICKS; i++) {
            const mmax_simplex_tick *tick = &layout->ticks[entry][i];
            const mmax_point line[] = {tick->from, tick->across}, out[] = {tick->from, tick->stub};
            mmax_canvas_lines(canvas, line, 1, &grid);
            mmax_canvas_lines(canvas, out, 1, &stub);
            mmax_point middle = {tick->label.x + tick->label.width / 2,
                                 tick->label.y + tick->label.height / 2};
            mmax_canvas_text(canvas, middle, tick->text, &words);
        }
    mmax_paint outline = mmax_paint_outline(mmax_canvas_inks(canvas)->soft, 0.8);
    mmax_canvas_polygon(canvas, layout->corners, 3, &outline);
}

static void draw_corner_labels(mmax_canvas *canvas, const mmax_simplex_layout *layout)
{
    mmax_words words =
        mmax_plain_words(MMAX_HEADING_SIZE, mmax_canvas_inks(canvas)->words, 0.5, 0.5);
    words.is_bold = true;
    for (size_t i = 0; i < 3; i++) {
        mmax_rectangle place = layout->corner_labels[i];
        mmax_canvas_text(canvas,
                         (mmax_point){place.x + place.width / 2, place.y + place.height / 2},
                         layout->corner_text[i], &words);
    }
}

/* ---- trajectories ---------------------------------------------------------------------------- */

/* viridis over the temperatures at which rows move, but for the end that the paper swallows. */
static mmax_rgb temperature_color(const mmax_inks *inks, double temperature)
{
    double fraction =
        log(temperature / MMAX_SIMPLEX_COLDEST) / log(MMAX_SIMPLEX_HOTTEST / MMAX_SIMPLEX_COLDEST);
    fraction = fmin(fmax(fraction, 0), 1);
    return mmax_colormap_at(MMAX_VIRIDIS,
                            inks->line_from + (inks->line_to - inks->line_from) * fraction);
}

static const double line_width = 1.3;

/* Steps of the temperatures that share a colour: one curve is then a few dozen strokes. */
enum { STEPS = MMAX_SIMPLEX_TEMPERATURES - 1, STRIDE = 3 };

/* Each stroke begins one step early, beneath the one before: butted ends would show as gaps. */
static void draw_trajectory(mmax_canvas *canvas, const mmax_simplex *data,
                            const mmax_simplex_layout *layout, const double *weights)
{
    for (size_t i = 0; i < STEPS; i += STRIDE) {
        mmax_point points[STRIDE + 2];
        size_t n = 0;
        for (size_t k = i > 0 ? i - 1 : 0; k <= i + STRIDE && k <= STEPS; k++)
            points[n++] = mmax_simplex_place(layout, weights + 3 * k);
        mmax_paint paint = mmax_paint_outline(
            temperature_color(mmax_canvas_inks(canvas), data->temperatures[i + STRIDE / 2]),
            line_width);
        mmax_canvas_polyline(canvas, points, n, &paint);
    }
}

static void draw_temperature_bar(mmax_canvas *canvas, const mmax_simplex_layout *layout)
{
    mmax_rgb colors[128];
    for (size_t i = 0; i < 128; i++)
        colors[i] = temperature_color(
            mmax_canvas_inks(canvas),
            MMAX_SIMPLEX_COLDEST *
                pow(MMAX_SIMPLEX_HOTTEST / MMAX_SIMPLEX_COLDEST, (double)i / 127));
    mmax_rectangle bar = layout->bar;
    mmax_words words = mmax_plain_words(MMAX_TICK_SIZE, mmax_canvas_inks(canvas)->words, 0, 0.5);
    mmax_canvas_text(
        canvas, (mmax_point){layout->bar_name.x, layout->bar_name.y + layout->bar_name.height / 2},
        "softmax temperature t", &words);
    mmax_canvas_image(canvas, bar, colors, 128, 1);
    mmax_paint frame = mmax_paint_outline(mmax_canvas_inks(canvas)->soft, 0.5);
    mmax_canvas_rectangle(canvas, bar, &frame);
    words.anchor_x = 0.5;
    for (size_t i = 0; i < MMAX_SIMPLEX_BAR_TICKS; i++) {
        double x = bar.x + layout->bar_tick_place[i], y = bar.y + bar.height;
        const mmax_point tick[] = {{x, y}, {x, y + 2.5}};
        mmax_canvas_lines(canvas, tick, 1, &frame);
        mmax_canvas_text(canvas,
                         (mmax_point){x, layout->bar_labels.y + layout->bar_labels.height / 2},
                         layout->bar_tick_text[i], &words);
    }
}

/* ---- points ---------------------------------------------------------------------------------- */

/* Where weights lie in a picture; false if not in it. */
typedef bool placer(const mmax_simplex_layout *layout, const double weights[3], mmax_point *place);

static bool place_in_triangle(const mmax_simplex_layout *layout, const double weights[3],
                              mmax_point *place)
{
    *place = mmax_simplex_place(layout, weights);
    return true;
}

static void draw_points_of(mmax_canvas *canvas, const mmax_simplex *data,
                           const mmax_simplex_layout *layout, placer *place_in, size_t map,
                           const mmax_look *as, bool as_halos)
{
    double scale, opacity;
    thin_out(data->n_points, &scale, &opacity);
    if (as_halos && opacity < 1)
        return;
    for (size_t i = 0; i < data->n_points; i++) {
        const double *weights = data->points + 3 * (map * data->n_points + i);
        mmax_point place;
        if (isnan(weights[0]) || !place_in(layout, weights, &place))
            continue;
        if (as_halos)
            mmax_draw_halo(canvas, as, place, scale);
        else
            mmax_draw_marker(canvas, as, place, scale, opacity);
    }
}

/* All the halos first: none may hide another map's marker. */
static void draw_points(mmax_canvas *canvas, const mmax_simplex *data,
                        const mmax_simplex_layout *layout, placer *place_in, const mmax_look *looks)
{
    size_t order[MMAX_MAX_MAPS];
    mmax_order_by_size(looks, data->n_maps, order);
    for (size_t i = 0; i < data->n_maps; i++)
        draw_points_of(canvas, data, layout, place_in, order[i], &looks[order[i]], true);
    for (size_t i = 0; i < data->n_maps; i++)
        draw_points_of(canvas, data, layout, place_in, order[i], &looks[order[i]], false);
}

/* ---- inset ----------------------------------------------------------------------------------- */

/* The sides that are the simplex' own look as they do there. */
static void draw_inset_frame(mmax_canvas *canvas, const mmax_simplex_layout *layout)
{
    const mmax_inks *inks = mmax_canvas_inks(canvas);
    size_t corner = layout->inset_corner;
    const mmax_point sides[] = {layout->inset[(corner + 1) % 3], layout->inset[corner],
                                layout->inset[(corner + 2) % 3]};
    const mmax_point beyond[] = {sides[0], sides[2]};
    mmax_paint region = mmax_paint_fill(support_color(inks, 2));
    mmax_paint edge = mmax_paint_outline(support_color(inks, 1), edge_width);
    mmax_paint outline = mmax_paint_outline(inks->soft, 0.8), dashed = outline;
    mmax_paint in_corner = mmax_paint_fill(support_color(inks, 0));
    mmax_canvas_polygon(canvas, layout->inset, 3, &region);
    mmax_canvas_polyline(canvas, sides, 3, &edge);
    mmax_canvas_circle(canvas, layout->inset[corner], corner_radius, &in_corner);
    mmax_canvas_polyline(canvas, sides, 3, &outline);
    dashed.dash = MMAX_DASH_SHORT;
    mmax_canvas_lines(canvas, beyond, 1, &dashed);
    mmax_words words = mmax_plain_words(MMAX_TICK_SIZE, inks->words, 0, 0.5);
    mmax_rectangle name = layout->inset_name;
    mmax_canvas_text(canvas, (mmax_point){name.x, name.y + name.height / 2}, layout->inset_text,
                     &words);
}

/* The part of a step from A to B that is in the inset, as two points; false if none is. */
static bool clip_step(const mmax_simplex_layout *layout, const double *a, const double *b,
                      mmax_point ends[2])
{
    bool a_is_in = mmax_simplex_place_in_inset(layout, a, &ends[0]);
    bool b_is_in = mmax_simplex_place_in_inset(layout, b, &ends[1]);
    if (a_is_in == b_is_in)
        return a_is_in;
    size_t corner = layout->inset_corner;
    double border = 1 - 1 / layout->magnification;
    double along = (border - a[corner]) / (b[corner] - a[corner]);
    double between[3];
    for (size_t i = 0; i < 3; i++)
        between[i] = a[i] + along * (b[i] - a[i]);
    mmax_simplex_place_in_inset(layout, between, &ends[a_is_in ? 1 : 0]);
    return true;
}

static void draw_inset_trajectories(mmax_canvas *canvas, const mmax_simplex *data,
                                    const mmax_simplex_layout *layout)
{
    for (size_t i = 0; i < data->n_trajectories; i++)
        for (size_t k = 0; k < STEPS; k++) {
            const double *weights = data->trajectories + 3 * (i * MMAX_SIMPLEX_TEMPERATURES + k);
            mmax_point ends[2];
            if (!clip_step(layout, weights, weights + 3, ends))
                continue;
            mmax_paint paint = mmax_paint_outline(
                temperature_color(mmax_canvas_inks(canvas), data->temperatures[k]), line_width);
            mmax_canvas_lines(canvas, ends, 1, &paint);
        }
}

static void draw_inset(mmax_canvas *canvas, const mmax_simplex *data,
                       const mmax_simplex_layout *layout, const mmax_look *looks)
{
    if (layout->magnification == 0)
        return;
    draw_inset_frame(canvas, layout);
    draw_inset_trajectories(canvas, data, layout);
    draw_points(canvas, data, layout, mmax_simplex_place_in_inset, looks);
}

static void draw_nothing(mmax_canvas *canvas, const mmax_simplex_layout *layout)
{
    const double middle[3] = {1 / 3.0, 1 / 3.0, 1 / 3.0};
    mmax_words words = mmax_plain_words(MMAX_LABEL_SIZE, mmax_canvas_inks(canvas)->soft, 0.5, 0.5);
    mmax_canvas_text(canvas, mmax_simplex_place(layout, middle),
                     "no row has all three entries live", &words);
}

static void draw_legend(mmax_canvas *canvas, const mmax_simplex_layout *layout,
                        const mmax_look *looks)
{
    mmax_words words = mmax_plain_words(MMAX_HEADING_SIZE, mmax_canvas_inks(canvas)->words, 0, 0.5);
    for (size_t i = 0; i < layout->n_maps; i++) {
        mmax_draw_marker(canvas, &looks[i], layout->legend_markers[i], 0.85, 1);
        mmax_draw_lines(canvas, layout->legend[i], &layout->legend_lines[i], &words);
    }
}

/* ---- words ----------------------------------------------------------------------------------- */

enum { CAPTION_SIZE = 1024 };

/* How much of the weight the three corners hold: softmax's where softmax is among the maps. */
static void write_share(const mmax_result *result, char caption[CAPTION_SIZE])
{
    const mmax_simplex *data = result->simplex;
    size_t map = 0;
    while (map < data->n_maps && result->maps[map].kind != MMAX_SOFTMAX)
        map++;
    map = map < data->n_maps ? map : 0;
    mmax_append(caption, CAPTION_SIZE,
                "Of %zu entries the three with the largest mean softmax weight; they hold %.0f %% "
                "of %s's weight, and are shown as shares of it.",
                data->row_length, 100 * data->share[map], mmax_map_name(&result->maps[map]));
}

static bool is_dense(const mmax_simplex *data)
{
    return data->n_points > MMAX_SIMPLEX_MARKERS;
}

static void write_markers(const mmax_simplex *data, char caption[CAPTION_SIZE])
{
    mmax_append(caption, CAPTION_SIZE,
                "Markers: the weights of %zu row%s under each map. Curves: softmax of ",
                data->n_points, data->n_points == 1 ? "" : "s");
    if (data->n_trajectories < data->n_points)
        mmax_append(caption, CAPTION_SIZE, "the first %zu distinct rows over temperature. ",
                    data->n_trajectories);
    else
        mmax_append(caption, CAPTION_SIZE, "each over temperature. ");
}

/* What is drawn, in words. */
static void write_caption(const mmax_result *result, char caption[CAPTION_SIZE])
{
    const mmax_simplex *data = result->simplex;
    size_t n_left_out = data->n_kept - data->n_points;
    caption[0] = '\0';
    if (is_dense(data))
        mmax_append(caption, CAPTION_SIZE,
                    "How many of %zu rows have their weights in each of %d small triangles, under "
                    "each map; paper where there are none. ",
                    data->n_points, MMAX_DENSITY_CELLS);
    else if (data->n_points > 0)
        write_markers(data, caption);
    if (data->n_kept < data->n_rows)
        mmax_append(caption, CAPTION_SIZE, "%zu of %zu rows, spread evenly. ", data->n_kept,
                    data->n_rows);
    if (n_left_out > 0)
        mmax_append(caption, CAPTION_SIZE, "Left out: %zu row%s with one of the three masked. ",
                    n_left_out, n_left_out == 1 ? "" : "s");
    if (data->row_length > 3 && data->n_points > 0)
        write_share(result, caption);
}

/* Where rows are longer than three, the column counts from 0 as in every other output. */
static void write_corner(const mmax_simplex *data, size_t i, char corner[MMAX_LINE_SIZE])
{
    if (data->labels[i])
        snprintf(corner, MMAX_LINE_SIZE, "%s", data->labels[i]);
    else if (data->row_length == 3)
        snprintf(corner, MMAX_LINE_SIZE, "entry %zu", i + 1);
    else
        snprintf(corner, MMAX_LINE_SIZE, "column %zu", data->columns[i]);
}

static void draw_words(mmax_canvas *canvas, const mmax_simplex_layout *layout)
{
    mmax_words title = mmax_plain_words(MMAX_TITLE_SIZE, mmax_canvas_inks(canvas)->words, 0, 0.5);
    title.is_bold = true;
    mmax_canvas_text(canvas,
                     (mmax_point){layout->title.x, layout->title.y + layout->title.height / 2},
                     layout->title_text, &title);
    mmax_words caption = mmax_plain_words(MMAX_TICK_SIZE, mmax_canvas_inks(canvas)->soft, 0, 0.5);
    mmax_draw_lines(canvas, layout->caption, &layout->caption_lines, &caption);
    draw_corner_labels(canvas, layout);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static mmax_status draw(const mmax_figure *figure, const mmax_simplex_layout *layout,
                        const char *caption, mmax_error *error)
{
    const mmax_simplex *data = figure->result->simplex;
    mmax_look looks[MMAX_MAX_MAPS];
    mmax_choose_looks(figure->result->maps, data->n_maps, looks);
    mmax_canvas *canvas;
    mmax_status status =
        mmax_figure_open(figure, layout->width, layout->height, caption, &canvas, error);
    if (status != MMAX_OK)
        return status;
    draw_support(canvas, layout);
    draw_grid(canvas, layout);
    for (size_t i = 0; i < data->n_trajectories; i++)
        draw_trajectory(canvas, data, layout,
                        data->trajectories + 3 * i * MMAX_SIMPLEX_TEMPERATURES);
    if (data->n_trajectories > 0)
        draw_temperature_bar(canvas, layout);
    if (data->n_points == 0)
        draw_nothing(canvas, layout);
    draw_points(canvas, data, layout, place_in_triangle, looks);
    draw_inset(canvas, data, layout, looks);
    draw_legend(canvas, layout, looks);
    draw_support_legend(canvas, layout);
    draw_words(canvas, layout);
    status = mmax_canvas_finish(canvas, error);
    mmax_canvas_free(canvas);
    return status;
}

/* The words that a layout points to. */
typedef struct word_store {
    char maps[MMAX_MAX_MAPS][MMAX_SPEC_SIZE];
    char corners[3][MMAX_LINE_SIZE];
    char caption[CAPTION_SIZE];
    mmax_simplex_words words;
    mmax_simplex_layout layout;
} word_store;

mmax_status mmax_figure_simplex(const mmax_figure *figure, mmax_error *error)
{
    const mmax_result *result = figure->result;
    word_store *store = mmax_alloc_zeroed(1, sizeof *store);
    if (!store)
        return mmax_fail_memory(error, "drawing a simplex plot");
    for (size_t i = 0; i < result->simplex->n_maps; i++) {
        mmax_result_label(result, i, store->maps[i]);
        store->words.maps[i] = store->maps[i];
    }
    for (size_t i = 0; i < 3; i++) {
        write_corner(result->simplex, i, store->corners[i]);
        store->words.corners[i] = store->corners[i];
    }
    write_caption(result, store->caption);
    store->words.caption = store->caption;
    store->words.title = figure->title;
    mmax_status status = MMAX_OK;
    if (is_dense(result->simplex)) {
        status = mmax_figure_density(figure, store->words.maps, store->words.corners,
                                     store->caption, error);
        goto out;
    }
    status = mmax_simplex_lay_out(result->simplex, &store->words, &figure->options,
                                  &figure->measure, &store->layout, error);
    if (status == MMAX_OK)
        status = draw(figure, &store->layout, store->caption, error);
out:
    free(store);
    return status;
}
