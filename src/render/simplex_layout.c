#include "render/simplex_layout.h"

#include <math.h>
#include <string.h>

/* Points. */
static const double margin = 8, default_side = 255, least_side = 76, narrow_side = 150,
                    most_side = 5000, stub_length = 4, side_room = 24, apex_room = 16,
                    base_label_drop = 15, base_room = 26, marker_room = 16, legend_gap = 10,
                    most_inset = 84, least_inset = 44, inset_gap = 32, marker_reach = 9, swatch = 8,
                    swatch_step = 24, max_legend = 130, entry_gap = 4, bar_length = 96,
                    bar_height = 7, bar_overhang = 7;

#define HALF_ROOT_THREE 0.86602540378443864676

typedef struct blueprint {
    const mmax_simplex *data;
    const mmax_simplex_words *words;
    const mmax_measure *measure;
    double page_width, page_height; /* asked for; 0 for none */
    double top;                     /* of the apex' label */
    double legend_width, legend_height;
    bool legend_is_below; /* the triangle, not beside its slope */
} blueprint;

static double width_of(const blueprint *plan, const char *text, double size)
{
    return plan->measure->width(plan->measure->context, text, size, false);
}

static const char bar_name[] = "softmax temperature t";

/* ---- legend ---------------------------------------------------------------------------------- */

static double bar_block_height(void)
{
    return 8 + mmax_line_height(MMAX_TICK_SIZE) + bar_height + 3 + mmax_line_height(MMAX_TICK_SIZE);
}

static double support_block_height(void)
{
    return 6 + 2 * mmax_line_height(MMAX_TICK_SIZE);
}

static void measure_legend(blueprint *plan, mmax_simplex_layout *layout)
{
    double line = mmax_line_height(MMAX_HEADING_SIZE);
    for (size_t i = 0; i < layout->n_maps; i++) {
        mmax_lines *lines = &layout->legend_lines[i];
        mmax_wrap(plan->measure, plan->words->maps[i], MMAX_HEADING_SIZE, false,
                  max_legend - marker_room, ":,", MMAX_LEGEND_LINES, lines);
        for (size_t k = 0; k < lines->n; k++)
            plan->legend_width =
                fmax(plan->legend_width,
                     marker_room + width_of(plan, lines->text[k], MMAX_HEADING_SIZE));
        plan->legend_height += (double)lines->n * line + entry_gap;
    }
    if (plan->data->n_trajectories > 0) {
        double name = width_of(plan, bar_name, MMAX_TICK_SIZE);
        plan->legend_width = fmax(plan->legend_width, fmax(name, bar_length + 2 * bar_overhang));
        plan->legend_height += bar_block_height();
    }
    plan->legend_width =
        fmax(plan->legend_width, width_of(plan, MMAX_SIMPLEX_SUPPORT, MMAX_TICK_SIZE));
    plan->legend_height += support_block_height();
}

static void place_bar(const blueprint *plan, double x, double y, mmax_simplex_layout *layout)
{
    double line = mmax_line_height(MMAX_TICK_SIZE);
    layout->bar_name = (mmax_rectangle){x, y + 8, plan->legend_width, line};
    layout->bar = (mmax_rectangle){x + bar_overhang, y + 8 + line, bar_length, bar_height};
    layout->bar_labels =
        (mmax_rectangle){x, layout->bar.y + bar_height + 3, bar_length + 2 * bar_overhang, line};
    static const char *const decades[MMAX_SIMPLEX_BAR_TICKS] = {"0.1", "1", "10", "100"};
    for (size_t i = 0; i < MMAX_SIMPLEX_BAR_TICKS; i++) {
        layout->bar_tick_text[i] = decades[i];
        layout->bar_tick_place[i] = bar_length * (double)i / (MMAX_SIMPLEX_BAR_TICKS - 1);
    }
}

static void place_support(const blueprint *plan, double x, double y, mmax_simplex_layout *layout)
{
    double line = mmax_line_height(MMAX_TICK_SIZE);
    layout->support_name = (mmax_rectangle){x, y + 4, plan->legend_width, line};
    for (size_t i = 0; i < 3; i++) {
        double left = x + (double)i * swatch_step, top = y + 4 + line;
        layout->support_swatches[i] =
            (mmax_rectangle){left, top + (line - swatch) / 2, swatch, swatch};
        layout->support_labels[i] =
            (mmax_rectangle){left + swatch + 3, top, swatch_step - swatch - 5, line};
    }
}

static void place_legend(const blueprint *plan, double x, double y, mmax_simplex_layout *layout)
{
    double line = mmax_line_height(MMAX_HEADING_SIZE);
    for (size_t i = 0; i < layout->n_maps; i++) {
        double height = (double)layout->legend_lines[i].n * line;
        layout->legend_markers[i] = (mmax_point){x + 5, y + line / 2};
        layout->legend[i] =
            (mmax_rectangle){x + marker_room, y, plan->legend_width - marker_room, height};
        y += height + entry_gap;
    }
    if (plan->data->n_trajectories > 0) {
        place_bar(plan, x, y, layout);
        y += bar_block_height();
    }
    place_support(plan, x, y, layout);
}

/* ---- triangle -------------------------------------------------------------------------------- */

/* The legend stands beside the triangle's slope, as near as its lower end allows: from the middle
 * of the triangle to the legend's left edge. */
static double legend_offset(const blueprint *plan, double side)
{
    double below_apex = plan->legend_height - apex_room;
    double fraction = fmin(fmax(below_apex / (HALF_ROOT_THREE * side), 0), 1);
    double apex_label = 0.2 * side; /* half of it */
    return fmax(fraction * side / 2 + side_room, apex_label) + legend_gap;
}

static double width_for(const blueprint *plan, double side)
{
    double triangle = margin + side_room + side + side_room + margin;
    if (plan->legend_is_below)
        return fmax(triangle, margin + plan->legend_width + margin);
    double legend = side / 2 + legend_offset(plan, side) + plan->legend_width;
    return fmax(triangle, margin + side_room + legend + margin);
}

static double triangle_height(double side)
{
    return apex_room + HALF_ROOT_THREE * side + base_room;
}

/* Down to the corners' labels or the legend's end. */
static double bottom_for(const blueprint *plan, double side)
{
    double triangle = triangle_height(side);
    if (plan->legend_is_below)
        return plan->top + triangle + legend_gap + plan->legend_height;
    return plan->top + fmax(triangle, plan->legend_height);
}

static double caption_height(size_t n_lines)
{
    return 6 + (double)n_lines * mmax_line_height(MMAX_TICK_SIZE) + margin;
}

/* Wraps the caption to the page that a side asks for; returns the page's height. */
static double height_for(const blueprint *plan, double side, mmax_simplex_layout *layout)
{
    double width = width_for(plan, side);
    if (plan->page_width > 0)
        width = plan->page_width;
    mmax_wrap(plan->measure, plan->words->caption, MMAX_TICK_SIZE, false, width - 2 * margin, " ",
              MMAX_MAX_LINES, &layout->caption_lines);
    return bottom_for(plan, side) + caption_height(layout->caption_lines.n);
}

static bool side_fits(const blueprint *plan, double side, mmax_simplex_layout *layout)
{
    return (plan->page_width == 0 || width_for(plan, side) <= plan->page_width) &&
           (plan->page_height == 0 || height_for(plan, side, layout) <= plan->page_height);
}

/* The largest side, by halves of a point, whose figure fits the page; 0 if none does. */
static double largest_side(const blueprint *plan, mmax_simplex_layout *layout)
{
    if (!side_fits(plan, least_side, layout))
        return 0;
    double fits = least_side, too_large = most_side;
    while (too_large - fits > 0.5) {
        double middle = floor(fits + too_large) / 2;
        if (side_fits(plan, middle, layout))
            fits = middle;
        else
            too_large = middle;
    }
    return fits;
}

/* On a narrow page the legend goes below, if that leaves more room to the triangle. */
static double fit_side(blueprint *plan, mmax_simplex_layout *layout)
{
    if (plan->page_width == 0 && plan->page_height == 0)
        return default_side;
    double beside = largest_side(plan, layout);
    if (beside >= narrow_side)
        return beside;
    plan->legend_is_below = true;
    double below = largest_side(plan, layout);
    plan->legend_is_below = below > beside;
    return fmax(below, beside);
}

/* corners, weights (3,): no arrays of 3, or gcc 12 warns, wrongly, once sanitizers keep it from
 * seeing through. */
static mmax_point place_between(const mmax_point *corners, const double *weights)
{
    mmax_point place = {0, 0};
    for (size_t i = 0; i < 3; i++) {
        place.x += weights[i] * corners[i].x;
        place.y += weights[i] * corners[i].y;
    }
    return place;
}

mmax_point mmax_simplex_place(const mmax_simplex_layout *layout, const double weights[3])
{
    return place_between(layout->corners, weights);
}

static void place_tick(mmax_simplex_layout *layout, size_t entry, size_t i)
{
    /* Which way a grid line leaves the triangle where its label stands: down to the left from the
     * base, right from the right side, up to the left from the left side. */
    static const double outward[3][2] = {{-0.5, -HALF_ROOT_THREE}, {-0.5, HALF_ROOT_THREE}, {1, 0}};
    mmax_simplex_tick *tick = &layout->ticks[entry][i];
    double value = 0.2 * (double)(i + 1);
    double from[3] = {0}, across[3] = {0};
    from[entry] = across[entry] = value;
    from[(entry + 2) % 3] = across[(entry + 1) % 3] = 1 - value;
    tick->from = mmax_simplex_place(layout, from);
    tick->across = mmax_simplex_place(layout, across);
    double x = outward[entry][0], y = outward[entry][1];
    tick->stub = (mmax_point){tick->from.x + x * stub_length, tick->from.y + y * stub_length};
    snprintf(tick->text, sizeof tick->text, "0.%zu", 2 * (i + 1));
    double width = 14, height = mmax_line_height(MMAX_TICK_SIZE);
    mmax_point middle = {tick->stub.x + x * (3 + width / 2), tick->stub.y + y * (1 + height / 2)};
    tick->label = (mmax_rectangle){middle.x - width / 2, middle.y - height / 2, width, height};
}

/* Centred on its corner, but for long labels at the base, which would leave the page. */
static void place_corner_label(const blueprint *plan, size_t i, mmax_simplex_layout *layout)
{
    double most = i == 2 ? 0.4 * layout->side : layout->side / 2 + side_room - 4;
    mmax_elide(plan->measure, plan->words->corners[i], MMAX_HEADING_SIZE, true, most,
               layout->corner_text[i]);
    double width = plan->measure->width(plan->measure->context, layout->corner_text[i],
                                        MMAX_HEADING_SIZE, true);
    double height = mmax_line_height(MMAX_HEADING_SIZE);
    mmax_point corner = layout->corners[i];
    double x = corner.x - width / 2;
    if (i == 0)
        x = fmax(x, corner.x - side_room);
    if (i == 1)
        x = fmin(x, corner.x + side_room - width);
    double y = i == 2 ? corner.y - 5 - height : corner.y + base_label_drop;
    layout->corner_labels[i] = (mmax_rectangle){x, y, width, height};
}

static void place_triangle(const blueprint *plan, double left, double top, double side,
                           mmax_simplex_layout *layout)
{
    double base = top + apex_room + HALF_ROOT_THREE * side;
    layout->side = side;
    layout->corners[0] = (mmax_point){left, base};
    layout->corners[1] = (mmax_point){left + side, base};
    layout->corners[2] = (mmax_point){left + side / 2, base - HALF_ROOT_THREE * side};
    for (size_t entry = 0; entry < 3; entry++)
        for (size_t i = 0; i < MMAX_SIMPLEX_TICKS; i++)
            place_tick(layout, entry, i);
    for (size_t i = 0; i < 3; i++)
        place_corner_label(plan, i, layout);
}

/* ---- inset ----------------------------------------------------------------------------------- */

/* Markers that lie near a corner, but not in it. */
static size_t count_near(const mmax_simplex *data, size_t corner, double magnification)
{
    const double in_corner = 1e-6;
    size_t n = 0;
    for (size_t i = 0; i < data->n_maps * data->n_points; i++) {
        double rest = 1 - data->points[3 * i + corner];
        n += rest > in_corner && rest * magnification <= 1;
    }
    return n;
}

/* The largest magnification that still shows a few such markers, and the corner that shows most. */
static double choose_inset(const mmax_simplex *data, size_t *corner)
{
    static const double magnifications[] = {50, 20, 10, 5};
    const size_t least = 4, most_points = 24;
    if (data->n_points > most_points)
        return 0;
    for (size_t i = 0; i < sizeof magnifications / sizeof *magnifications; i++) {
        size_t most = 0;
        for (size_t k = 0; k < 3; k++) {
            size_t n = count_near(data, k, magnifications[i]);
            if (n > most) {
                most = n;
                *corner = k;
            }
        }
        if (most >= least)
            return magnifications[i];
    }
    return 0;
}

bool mmax_simplex_place_in_inset(const mmax_simplex_layout *layout, const double weights[3],
                                 mmax_point *place)
{
    double magnified[3], m = layout->magnification;
    for (size_t i = 0; i < 3; i++)
        magnified[i] = m * weights[i];
    magnified[layout->inset_corner] = 1 - m * (1 - weights[layout->inset_corner]);
    *place = place_between(layout->inset, magnified);
    return m * (1 - weights[layout->inset_corner]) <= 1;
}

/* At the top left, as large as the triangle's slope and the labels of its ticks allow. */
static void place_inset(const blueprint *plan, double left, double top, mmax_simplex_layout *layout)
{
    double line = mmax_line_height(MMAX_TICK_SIZE), x = left + marker_reach;
    /* The slope's x at the height of the inset's base, less the base's: the base falls by
     * sqrt(3)/2 side while the slope moves by side / 2. */
    double slope = layout->corners[2].x - (line + 2 - apex_room) / (2 * HALF_ROOT_THREE);
    double side = fmin((slope - inset_gap - x) / 1.5, most_inset);
    layout->magnification =
        side < least_inset ? 0 : choose_inset(plan->data, &layout->inset_corner);
    if (layout->magnification == 0)
        return;
    double base = top + line + 2 + HALF_ROOT_THREE * side;
    layout->inset[0] = (mmax_point){x, base};
    layout->inset[1] = (mmax_point){x + side, base};
    layout->inset[2] = (mmax_point){x + side / 2, base - HALF_ROOT_THREE * side};
    char name[MMAX_LINE_SIZE];
    snprintf(name, sizeof name, "near %.200s: %.0f\xc3\x97",
             layout->corner_text[layout->inset_corner], layout->magnification);
    double width = side + marker_reach;
    mmax_elide(plan->measure, name, MMAX_TICK_SIZE, false, width, layout->inset_text);
    layout->inset_name = (mmax_rectangle){left, top, width, line};
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void place_all(const blueprint *plan, double side, mmax_simplex_layout *layout)
{
    double height = height_for(plan, side, layout), width = width_for(plan, side);
    layout->width = plan->page_width > 0 ? plan->page_width : ceil(width);
    layout->height = plan->page_height > 0 ? plan->page_height : ceil(height);
    double x = floor(layout->width - width) / 2, y = floor(layout->height - height) / 2;
    x = fmax(x, 0);
    y = fmax(y, 0);
    double left = x + margin + side_room;
    layout->title = (mmax_rectangle){margin, y + margin, layout->width - 2 * margin,
                                     mmax_line_height(MMAX_TITLE_SIZE)};
    mmax_elide(plan->measure, plan->words->title, MMAX_TITLE_SIZE, true, layout->title.width,
               layout->title_text);
    place_triangle(plan, left, y + plan->top, side, layout);
    place_inset(plan, x + margin, y + plan->top, layout);
    if (plan->legend_is_below)
        place_legend(plan, x + margin, y + plan->top + triangle_height(side) + legend_gap, layout);
    else
        place_legend(plan, left + side / 2 + legend_offset(plan, side), y + plan->top, layout);
    layout->caption =
        (mmax_rectangle){margin, y + bottom_for(plan, side) + 6, layout->width - 2 * margin,
                         (double)layout->caption_lines.n * mmax_line_height(MMAX_TICK_SIZE)};
}

mmax_status mmax_simplex_lay_out(const mmax_simplex *data, const mmax_simplex_words *words,
                                 const mmax_figure_options *options, const mmax_measure *measure,
                                 mmax_simplex_layout *layout, mmax_error *error)
{
    memset(layout, 0, sizeof *layout);
    blueprint plan = {.data = data, .words = words, .measure = measure};
    mmax_page_size(options, &plan.page_width, &plan.page_height);
    plan.top = margin + mmax_line_height(MMAX_TITLE_SIZE) + 6;
    layout->n_maps = data->n_maps;
    measure_legend(&plan, layout);
    double side = fit_side(&plan, layout);
    if (side == 0)
        return mmax_fail(error, MMAX_EUSAGE,
                         "a figure of %.0f x %.0f mm leaves no room for a simplex; give it a "
                         "larger size",
                         plan.page_width / 72 * 25.4, plan.page_height / 72 * 25.4);
    place_all(&plan, side, layout);
    return MMAX_OK;
}
