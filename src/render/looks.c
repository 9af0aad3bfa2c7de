#include "render/looks.h"

static const mmax_look kind_looks[] = {
    [MMAX_SOFTMAX] = {MMAX_MARKER_CIRCLE, MMAX_BLACK, 1.7, true, MMAX_DASH_NONE},
    [MMAX_SPARSEMAX] = {MMAX_MARKER_STAR, MMAX_REDDISH_PURPLE, 4.8, false, MMAX_DASH_SHORT},
    [MMAX_ENTMAX] = {MMAX_MARKER_TRIANGLE_DOWN, MMAX_BLUISH_GREEN, 7.4, false, MMAX_DASH_LONG},
    [MMAX_EVSOFTMAX] = {MMAX_MARKER_SQUARE, MMAX_BLUE, 9, false, MMAX_DASH_DOT},
    [MMAX_MULTIMAX] = {MMAX_MARKER_TRIANGLE_UP, MMAX_VERMILLION, 5.8, false, MMAX_DASH_LONG_DOT},
};

static const mmax_look spare_looks[] = {
    {MMAX_MARKER_DIAMOND, MMAX_ORANGE, 6.6, false, MMAX_DASH_LONG_DOT_DOT},
    {MMAX_MARKER_PENTAGON, MMAX_SKY_BLUE, 4.4, false, MMAX_DASH_SHORT},
    {MMAX_MARKER_HEXAGON, MMAX_BLACK, 8.2, false, MMAX_DASH_LONG},
    {MMAX_MARKER_TRIANGLE_LEFT, MMAX_BLUE, 6.2, false, MMAX_DASH_DOT},
    {MMAX_MARKER_TRIANGLE_RIGHT, MMAX_REDDISH_PURPLE, 5.2, false, MMAX_DASH_LONG_DOT},
};

enum { N_SPARE = sizeof spare_looks / sizeof *spare_looks };

void mmax_choose_looks(const mmax_map *maps, size_t n_maps, mmax_look *looks)
{
    bool taken[sizeof kind_looks / sizeof *kind_looks] = {false};
    size_t n_spare = 0;
    for (size_t i = 0; i < n_maps; i++) {
        mmax_map_kind kind = maps[i].kind;
        if (taken[kind]) {
            looks[i] = spare_looks[n_spare % N_SPARE];
            /* Once through, the same shapes come back in other colours. */
            looks[i].color = (looks[i].color + n_spare / N_SPARE) % MMAX_PALETTE_SIZE;
            n_spare++;
        } else {
            looks[i] = kind_looks[kind];
            taken[kind] = true;
        }
    }
}

void mmax_order_by_size(const mmax_look *looks, size_t n_maps, size_t *order)
{
    for (size_t i = 0; i < n_maps; i++) {
        size_t place = i;
        for (; place > 0 && looks[order[place - 1]].radius < looks[i].radius; place--)
            order[place] = order[place - 1];
        order[place] = i;
    }
}

void mmax_draw_marker(mmax_canvas *canvas, const mmax_look *look, mmax_point place, double scale,
                      double opacity)
{
    mmax_rgb color = mmax_ink_of(mmax_canvas_inks(canvas), look->color);
    mmax_paint paint =
        look->is_filled ? mmax_paint_fill(color) : mmax_paint_outline(color, scale < 0.6 ? 0.7 : 1);
    paint.opacity = opacity;
    mmax_canvas_marker(canvas, look->marker, place, look->radius * scale, &paint);
}

void mmax_draw_halo(mmax_canvas *canvas, const mmax_look *look, mmax_point place, double scale)
{
    mmax_paint paint = mmax_paint_outline(mmax_canvas_inks(canvas)->paper, 2.4);
    mmax_canvas_marker(canvas, look->marker, place, look->radius * scale, &paint);
}

mmax_paint mmax_look_line(const mmax_canvas *canvas, const mmax_look *look, double line_width)
{
    mmax_paint paint =
        mmax_paint_outline(mmax_ink_of(mmax_canvas_inks(canvas), look->color), line_width);
    paint.dash = look->dash;
    return paint;
}
