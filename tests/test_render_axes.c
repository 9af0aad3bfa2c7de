/* The frames of plots, as numbers. */
#include "render/axes.h"

#include "test_render.h"
#include "test_render_places.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- ticks ----------------------------------------------------------------------------------- */

static mmax_ticks *new_ticks(void)
{
    mmax_ticks *ticks = mmax_alloc_zeroed(1, sizeof *ticks);
    ck_assert_ptr_nonnull(ticks);
    return ticks;
}

static void assert_texts(const mmax_ticks *ticks, const char *const *texts, size_t n)
{
    ck_assert_uint_eq(ticks->n, n);
    for (size_t i = 0; i < n; i++)
        ck_assert_str_eq(ticks->text[i], texts[i]);
}

START_TEST(ticks_of_a_range_are_multiples_of_a_nice_step_where_their_values_lie)
{
    static const char *const negative[] = {"-2", "-1", "0", "1"};
    static const char *const tenths[] = {"0.2", "0.3", "0.4"};
    mmax_ticks *ticks = new_ticks();
    mmax_range_ticks(&measure, -2.5, 1.5, 100, 5, ticks);
    assert_texts(ticks, negative, 4);
    ck_assert_double_eq_tol(ticks->place[0], 12.5, 1e-9); /* (-2 + 2.5) / 4 of 100 */
    ck_assert_double_eq_tol(ticks->place[3], 87.5, 1e-9);
    mmax_range_ticks(&measure, 0.2, 0.4, 100, 2, ticks);
    assert_texts(ticks, tenths, 3);
    ck_assert_double_eq_tol(ticks->place[2], 100, 1e-6);
    mmax_range_ticks(&measure, -1e308, 1e308, 100, 2, ticks); /* whose difference overflows */
    ck_assert_str_eq(ticks->text[1], "0");
    ck_assert_double_eq_tol(ticks->place[1], 50, 1e-9);
    free(ticks);
}
END_TEST

START_TEST(ticks_of_a_logarithmic_scale_are_powers_of_ten)
{
    static const char *const few[] = {"0.001", "0.01", "0.1", "1"};
    static const char *const thinned[] = {
        "10\xe2\x81\xbb\xc2\xb9\xc2\xb2", "10\xe2\x81\xbb\xe2\x81\xb9",
        "10\xe2\x81\xbb\xe2\x81\xb6", "10\xe2\x81\xbb\xc2\xb3", "1"};
    static const char *const parts[] = {"2", "5", "10", "20", "50"};
    mmax_ticks *ticks = new_ticks();
    mmax_log_ticks(&measure, 1e-3, 1, 300, 5, true, ticks);
    assert_texts(ticks, few, 4);
    ck_assert_double_eq_tol(ticks->place[1], 100, 1e-9);
    /* Twelve decades on 200 points: 45 points, the widest word and the gap, need three of them. */
    mmax_log_ticks(&measure, 1e-12, 1, 200, 5, true, ticks);
    assert_texts(ticks, thinned, 5);
    mmax_log_ticks(&measure, 2, 50, 200, 5, true, ticks);
    assert_texts(ticks, parts, 5);
    free(ticks);
}
END_TEST

/* ---- axes ------------------------------------------------------------------------------------ */

START_TEST(an_axis_around_values_holds_them_whatever_they_are)
{
    static const double ranges[][2] = {{0, 1}, {-3, 40},   {5, 5},
                                       {0, 0}, {1e9, 1e9}, {-1e299, 1e299}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        mmax_axis axis = mmax_axis_around(ranges[i][0], ranges[i][1]);
        double low = mmax_axis_at(&axis, ranges[i][0]), high = mmax_axis_at(&axis, ranges[i][1]);
        ck_assert(low > 0 && low <= high && high < 1);
        ck_assert_double_eq_tol(low, 1 - high, 1e-9);
    }
}
END_TEST

START_TEST(places_follow_the_axes)
{
    mmax_panel panel = {
        .x = {.kind = MMAX_AXIS_LOG, .low = 0.01, .high = 1},
        .y = {.kind = MMAX_AXIS_LINEAR, .low = -1, .high = 3},
        .area = {10, 20, 200, 100},
    };
    mmax_point place = mmax_panel_place(&panel, 0.1, 0);
    ck_assert_double_eq_tol(place.x, 110, 1e-9);
    ck_assert_double_eq_tol(place.y, 95, 1e-9); /* a quarter up from 120 */
    panel.y.is_downward = true;
    ck_assert_double_eq_tol(mmax_panel_place(&panel, 0.1, 0).y, 45, 1e-9);
}
END_TEST

/* ---- plots ----------------------------------------------------------------------------------- */

typedef struct plot_case {
    const char *name;
    size_t n_rows, n_columns, n_entries;
    bool has_titles, has_tokens;
    double width, height; /* mm; 0 */
} plot_case;

static const plot_case plot_cases[] = {
    {"one panel", 1, 1, 1, false, false, 0, 0},
    {"two columns", 2, 2, 5, true, false, 0, 0},
    {"rows under 32 maps", 33, 4, 0, true, true, 0, 0},
    {"tokens", 2, 1, 5, true, true, 0, 0},
    {"a column of a journal", 2, 1, 5, false, false, 85, 0},
    {"a slide", 2, 2, 5, true, true, 254, 143},
    {"a tall page", 1, 1, 32, false, false, 120, 300},
};

enum { N_PLOT_CASES = sizeof plot_cases / sizeof *plot_cases };

static const char *const tokens[] = {"a", "token", "\xe2\x96\x81long_token_here", "x", "y", "z"};

static mmax_plot *new_plot(const plot_case *c)
{
    mmax_plot *plot;
    ck_assert_int_eq(mmax_plot_new(c->n_rows * c->n_columns, &plot, NULL), MMAX_OK);
    plot->title = "demo.npy";
    plot->caption = "A caption of a few words, so that it takes more than a single line below the "
                    "panels of a figure that is not very wide, and tells what was left out.";
    plot->n_rows = c->n_rows;
    plot->n_columns = c->n_columns;
    for (size_t i = 0; i < c->n_rows; i++)
        plot->heights[i] = 60;
    for (size_t i = 0; i < c->n_columns; i++)
        plot->widths[i] = 150;
    for (size_t i = 0; i < plot->n_panels; i++) {
        mmax_panel *panel = &plot->panels[i];
        panel->row = i / c->n_columns;
        panel->column = i % c->n_columns;
        panel->x = (mmax_axis){.kind = c->has_tokens ? MMAX_AXIS_CELLS : MMAX_AXIS_LOG,
                               .low = c->has_tokens ? 0 : 1e-9,
                               .high = c->has_tokens ? 6 : 1,
                               .is_labelled = panel->row + 1 == c->n_rows,
                               .name = panel->row + 1 == c->n_rows ? "entry" : NULL,
                               .labels = c->has_tokens ? tokens : NULL};
        panel->y = mmax_axis_around(-1000.5, 12);
        panel->y.name = "logit";
        panel->title = c->has_titles ? "multimax:tb=2,b=eps,td=0.5,d=eps" : NULL;
    }
    plot->n_entries = c->n_entries;
    for (size_t i = 0; i < c->n_entries; i++)
        plot->entries[i] =
            (mmax_entry){.text = i % 2 ? "softmax" : "multimax:tb=2.25,b=-0.125,td=0.5,d=1.375",
                         .note = "zeros 12.5 %"};
    return plot;
}

static mmax_status lay_out(const plot_case *c, mmax_plot *plot, mmax_error *error)
{
    const mmax_figure_options options = {
        .width = c->width, .height = c->height, .size_in_mm = true};
    return mmax_plot_lay_out(plot, &options, &measure, error);
}

static void add_plot(places *all, const mmax_plot *plot)
{
    add(all, "title", plot->heading);
    add(all, "caption", plot->foot);
    for (size_t i = 0; i < plot->n_panels; i++) {
        const mmax_panel *panel = &plot->panels[i];
        add(all, "panel", panel->area);
        add(all, "heading", panel->heading);
        add(all, "labels of x", panel->x_labels);
        add(all, "labels of y", panel->y_labels);
        add(all, "name of x", panel->x_name);
        add(all, "name of y", panel->y_name);
    }
    for (size_t i = 0; i < plot->n_entries; i++) {
        const mmax_entry *entry = &plot->entries[i];
        add(all, "entry", entry->place);
        add(all, "symbol", (mmax_rectangle){entry->symbol.x - 9, entry->symbol.y - 4, 18, 8});
    }
}

START_TEST(nothing_overlaps_in_a_plot_and_nothing_leaves_the_page)
{
    const plot_case *c = &plot_cases[_i];
    mmax_plot *plot = new_plot(c);
    mmax_error error;
    if (lay_out(c, plot, &error) != MMAX_OK)
        ck_abort_msg("%s: %s", c->name, error.message);
    places *all = mmax_alloc_zeroed(1, sizeof *all);
    ck_assert_ptr_nonnull(all);
    add_plot(all, plot);
    assert_apart_and_inside(all, plot->width, plot->height);
    if (c->width > 0)
        ck_assert_double_eq_tol(plot->width, c->width / 25.4 * 72, 1e-9);
    if (c->height > 0)
        ck_assert_double_eq_tol(plot->height, c->height / 25.4 * 72, 1e-9);
    free(all);
    mmax_plot_free(plot);
}
END_TEST

START_TEST(labels_of_a_plot_keep_apart_and_within_their_axis)
{
    const plot_case *c = &plot_cases[_i];
    mmax_plot *plot = new_plot(c);
    ck_assert_int_eq(lay_out(c, plot, NULL), MMAX_OK);
    for (size_t p = 0; p < plot->n_panels; p++) {
        const mmax_panel *panel = &plot->panels[p];
        const mmax_ticks *x = &panel->x_ticks, *y = &panel->y_ticks;
        ck_assert_uint_ge(x->n, 1);
        ck_assert_uint_ge(y->n, 1);
        for (size_t i = 1; i < x->n; i++)
            ck_assert(x->place[i] - x->place[i - 1] >=
                      (panel->x_is_upright ? MMAX_TICK_SIZE : x->widest));
        for (size_t i = 1; i < y->n; i++)
            ck_assert(y->place[i] - y->place[i - 1] >= MMAX_TICK_SIZE);
        ck_assert(x->place[x->n - 1] <= panel->area.width + 1e-6);
        ck_assert(y->place[y->n - 1] <= panel->area.height + 1e-6);
    }
    mmax_plot_free(plot);
}
END_TEST

START_TEST(panels_of_a_column_line_up_and_one_may_span_rows)
{
    mmax_plot *plot = new_plot(&plot_cases[1]);
    plot->n_panels = 3; /* two at the left, one at the right */
    plot->panels[1].row = 0;
    plot->panels[1].n_rows = 2;
    plot->panels[1].x.is_labelled = true;
    ck_assert_int_eq(lay_out(&plot_cases[1], plot, NULL), MMAX_OK);
    mmax_rectangle first = plot->panels[0].area, tall = plot->panels[1].area,
                   below = plot->panels[2].area;
    ck_assert_double_eq(first.x, below.x);
    ck_assert_double_eq(first.width, below.width);
    ck_assert_double_eq(first.y, tall.y);
    ck_assert_double_eq_tol(tall.y + tall.height, below.y + below.height, 1e-9);
    mmax_plot_free(plot);
}
END_TEST

START_TEST(a_page_without_room_for_a_plot_is_refused)
{
    plot_case c = plot_cases[1];
    c.width = 40;
    mmax_plot *plot = new_plot(&c);
    mmax_error error;
    ck_assert_int_eq(lay_out(&c, plot, &error), MMAX_EUSAGE);
    ck_assert_str_eq(error.message, "a figure of 40 x 0 mm leaves no room for its panels; give it "
                                    "a larger size");
    mmax_plot_free(plot);
}
END_TEST

TCase *render_axes_tests(void)
{
    TCase *tests = tcase_create("axes");
    tcase_add_test(tests, ticks_of_a_range_are_multiples_of_a_nice_step_where_their_values_lie);
    tcase_add_test(tests, ticks_of_a_logarithmic_scale_are_powers_of_ten);
    tcase_add_test(tests, an_axis_around_values_holds_them_whatever_they_are);
    tcase_add_test(tests, places_follow_the_axes);
    tcase_add_loop_test(tests, nothing_overlaps_in_a_plot_and_nothing_leaves_the_page, 0,
                        N_PLOT_CASES);
    tcase_add_loop_test(tests, labels_of_a_plot_keep_apart_and_within_their_axis, 0, N_PLOT_CASES);
    tcase_add_test(tests, panels_of_a_column_line_up_and_one_may_span_rows);
    tcase_add_test(tests, a_page_without_room_for_a_plot_is_refused);
    return tests;
}
