#include "render/plot.h"

#include <stdlib.h>

static const double tick_length = 3;

static void draw_line(mmax_canvas *canvas, mmax_point from, mmax_point to, const mmax_paint *paint)
{
    const mmax_point ends[] = {from, to};
    mmax_canvas_lines(canvas, ends, 1, paint);
}

/* How far down a tick of the vertical axis is. */
static double y_of_tick(const mmax_panel *panel, size_t i)
{
    double place = panel->y_ticks.place[i];
    return panel->area.y + (panel->y.is_downward ? place : panel->area.height - place);
}

void mmax_plot_draw_grid(mmax_canvas *canvas, const mmax_plot *plot)
{
    mmax_paint paint = mmax_paint_outline(mmax_canvas_inks(canvas)->grid, 0.5);
    for (size_t p = 0; p < plot->n_panels; p++) {
        const mmax_panel *panel = &plot->panels[p];
        mmax_rectangle area = panel->area;
        for (size_t i = 0; panel->x.kind != MMAX_AXIS_CELLS && i < panel->x_ticks.n; i++) {
            double x = area.x + panel->x_ticks.place[i];
            draw_line(canvas, (mmax_point){x, area.y}, (mmax_point){x, area.y + area.height},
                      &paint);
        }
        for (size_t i = 0; panel->y.kind != MMAX_AXIS_CELLS && i < panel->y_ticks.n; i++) {
            double y = y_of_tick(panel, i);
            draw_line(canvas, (mmax_point){area.x, y}, (mmax_point){area.x + area.width, y},
                      &paint);
        }
    }
}

mmax_paint mmax_plot_reference(const mmax_canvas *canvas)
{
    mmax_paint paint = mmax_paint_outline(mmax_canvas_inks(canvas)->soft, 0.8);
    paint.dash = MMAX_DASH_SHORT;
    return paint;
}

void mmax_plot_draw_marker(mmax_canvas *canvas, const mmax_look *look, mmax_point place)
{
    const mmax_inks *inks = mmax_canvas_inks(canvas);
    mmax_paint paint =
        mmax_paint_fill(look->is_filled ? mmax_ink_of(inks, look->color) : inks->paper);
    paint.is_outlined = true;
    paint.outline = mmax_ink_of(inks, look->color);
    paint.line_width = 0.9;
    mmax_canvas_marker(canvas, look->marker, place, look->is_filled ? 2 : 3.2, &paint);
}

void mmax_plot_draw_symbols(mmax_canvas *canvas, const mmax_plot *plot, const mmax_look *looks,
                            size_t n)
{
    for (size_t i = 0; i < n; i++) {
        mmax_point middle = plot->entries[i].symbol;
        const mmax_point ends[] = {{middle.x - 9, middle.y}, {middle.x + 9, middle.y}};
        mmax_paint line = mmax_look_line(canvas, &looks[i], 1.1);
        mmax_canvas_polyline(canvas, ends, 2, &line);
        mmax_plot_draw_marker(canvas, &looks[i], middle);
    }
}

/* ---- words ----------------------------------------------------------------------------------- */

static mmax_point middle_of(mmax_rectangle place)
{
    return (mmax_point){place.x + place.width / 2, place.y + place.height / 2};
}

void mmax_plot_draw_nothing(mmax_canvas *canvas, const mmax_panel *panel, const char *why)
{
    mmax_words words = mmax_plain_words(MMAX_LABEL_SIZE, mmax_canvas_inks(canvas)->soft, 0.5, 0.5);
    mmax_canvas_text(canvas, middle_of(panel->area), why, &words);
}

static void draw_x_ticks(mmax_canvas *canvas, const mmax_panel *panel)
{
    const mmax_inks *inks = mmax_canvas_inks(canvas);
    bool is_upright = panel->x_is_upright;
    mmax_paint tick = mmax_paint_outline(inks->soft, 0.5);
    mmax_words words =
        mmax_plain_words(MMAX_TICK_SIZE, inks->words, is_upright ? 1 : 0.5, is_upright ? 0.5 : 0);
    words.degrees = is_upright ? -90 : 0;
    double bottom = panel->area.y + panel->area.height;
    for (size_t i = 0; i < panel->x_ticks.n; i++) {
        double x = panel->area.x + panel->x_ticks.place[i];
        draw_line(canvas, (mmax_point){x, bottom}, (mmax_point){x, bottom + tick_length}, &tick);
        if (panel->x.is_labelled)
            mmax_canvas_text(canvas, (mmax_point){x, panel->x_labels.y}, panel->x_ticks.text[i],
                             &words);
    }
}

static void draw_y_ticks(mmax_canvas *canvas, const mmax_panel *panel)
{
    const mmax_inks *inks = mmax_canvas_inks(canvas);
    mmax_paint tick = mmax_paint_outline(inks->soft, 0.5);
    mmax_words words = mmax_plain_words(MMAX_TICK_SIZE, inks->words, 1, 0.5);
    double left = panel->area.x;
    for (size_t i = 0; i < panel->y_ticks.n; i++) {
        double y = y_of_tick(panel, i);
        draw_line(canvas, (mmax_point){left - tick_length, y}, (mmax_point){left, y}, &tick);
        if (panel->y.is_labelled)
            mmax_canvas_text(canvas, (mmax_point){panel->y_labels.x + panel->y_labels.width, y},
                             panel->y_ticks.text[i], &words);
    }
}

static void draw_names(mmax_canvas *canvas, const mmax_panel *panel)
{
    const mmax_inks *inks = mmax_canvas_inks(canvas);
    mmax_words words = mmax_plain_words(MMAX_LABEL_SIZE, inks->words, 0.5, 0.5);
    if (panel->x.name)
        mmax_canvas_text(canvas, middle_of(panel->x_name), panel->x.name, &words);
    words.degrees = -90;
    if (panel->y.name)
        mmax_canvas_text(canvas, middle_of(panel->y_name), panel->y.name, &words);
    if (!panel->title)
        return;
    mmax_words heading = mmax_plain_words(MMAX_HEADING_SIZE, inks->words, 0.5, 0.5);
    mmax_canvas_text(canvas, middle_of(panel->heading), panel->heading_text, &heading);
}

static void draw_legend(mmax_canvas *canvas, const mmax_plot *plot)
{
    const mmax_inks *inks = mmax_canvas_inks(canvas);
    mmax_words words = mmax_plain_words(MMAX_HEADING_SIZE, inks->words, 0, 0.5);
    mmax_words note = mmax_plain_words(MMAX_TICK_SIZE, inks->soft, 0, 0.5);
    for (size_t i = 0; i < plot->n_entries; i++) {
        const mmax_entry *entry = &plot->entries[i];
        mmax_rectangle place = entry->place;
        mmax_draw_lines(canvas, place, &entry->lines, &words);
        place.y += (double)entry->lines.n * mmax_line_height(MMAX_HEADING_SIZE);
        mmax_draw_lines(canvas, place, &entry->notes, &note);
    }
}

void mmax_plot_draw_frame(mmax_canvas *canvas, const mmax_plot *plot)
{
    const mmax_inks *inks = mmax_canvas_inks(canvas);
    mmax_paint frame = mmax_paint_outline(inks->soft, 0.5);
    for (size_t i = 0; i < plot->n_panels; i++) {
        const mmax_panel *panel = &plot->panels[i];
        mmax_canvas_rectangle(canvas, panel->area, &frame);
        draw_x_ticks(canvas, panel);
        draw_y_ticks(canvas, panel);
        draw_names(canvas, panel);
    }
    mmax_words title = mmax_plain_words(MMAX_TITLE_SIZE, inks->words, 0, 0.5);
    title.is_bold = true;
    mmax_canvas_text(canvas, (mmax_point){plot->heading.x, middle_of(plot->heading).y},
                     plot->heading_text, &title);
    draw_legend(canvas, plot);
    mmax_words caption = mmax_plain_words(MMAX_TICK_SIZE, inks->soft, 0, 0.5);
    mmax_draw_lines(canvas, plot->foot, &plot->caption_lines, &caption);
}

void mmax_plot_draw_bar(mmax_canvas *canvas, const mmax_panel *panel, mmax_colormap colormap)
{
    enum { STEPS = 128 };
    mmax_rgb colors[STEPS];
    for (size_t i = 0; i < STEPS; i++)
        colors[i] = mmax_colormap_at(colormap, 1 - (double)i / (STEPS - 1));
    mmax_canvas_image(canvas, panel->area, colors, 1, STEPS);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static mmax_status draw(const mmax_figure *figure, const mmax_plot_figure *own,
                        const mmax_plot *plot, const void *words, mmax_error *error)
{
    mmax_look looks[MMAX_MAX_MAPS];
    mmax_choose_looks(figure->result->maps, own->n_maps, looks);
    mmax_canvas *canvas;
    mmax_status status =
        mmax_figure_open(figure, plot->width, plot->height, plot->caption, &canvas, error);
    if (status != MMAX_OK)
        return status;
    const mmax_plot_page page = {canvas, figure, plot, words, looks};
    own->draw(&page);
    status = mmax_canvas_finish(canvas, error);
    mmax_canvas_free(canvas);
    return status;
}

mmax_status mmax_plot_draw_figure(const mmax_figure *figure, const mmax_plot_figure *own,
                                  mmax_error *error)
{
    mmax_plot *plot = NULL;
    void *words = mmax_alloc_zeroed(1, own->words_size);
    mmax_status status = words ? mmax_plot_new(own->n_panels, &plot, error)
                               : mmax_fail_memory(error, "drawing a figure");
    if (status == MMAX_OK) {
        plot->title = figure->title;
        own->fill_in(figure, words, plot);
        status = mmax_plot_lay_out(plot, &figure->options, &figure->measure, error);
    }
    if (status == MMAX_OK)
        status = draw(figure, own, plot, words, error);
    mmax_plot_free(plot);
    free(words);
    return status;
}
