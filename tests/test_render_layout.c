/* Layouts as numbers. */
#include "render/colormap.h"
#include "render/heatmap_layout.h"
#include "render/simplex_layout.h"
#include "test_render.h"
#include "test_render_places.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- heatmap --------------------------------------------------------------------------------- */

typedef struct heatmap_case {
    const char *name;
    size_t n_groups, n_maps, n_rows, n_columns;
    bool has_labels, has_masked;
    double width, height; /* mm; 0 */
    bool has_difference;
    mmax_figure_options look; /* but for the size */
} heatmap_case;

static const heatmap_case heatmap_cases[] = {
    {"1 x 1", 1, 1, 1, 1, false, false, 0, 0, false, {0}},
    {"one row", 1, 5, 1, 1000, false, true, 0, 0, false, {0}},
    {"one row of three", 1, 5, 1, 3, true, false, 0, 0, false, {0}},
    {"one column", 1, 5, 1000, 1, false, true, 0, 0, false, {0}},
    {"12 groups, 5 maps", 12, 5, 6, 6, true, true, 0, 0, false, {0}},
    {"144 groups", 144, 5, 17, 17, false, true, 0, 0, false, {0}},
    {"40 labels", 1, 2, 40, 40, true, true, 0, 0, false, {0}},
    {"40 labels, many panels", 12, 5, 40, 40, true, true, 0, 0, false, {0}},
    {"a million cells", 1, 5, 1000, 1000, false, false, 0, 0, false, {0}},
    {"50000 columns", 1, 5, 4, 50000, false, false, 0, 0, false, {0}},
    {"32 maps", 2, 32, 8, 8, false, true, 0, 0, false, {0}},
    {"one column of a journal", 1, 5, 6, 6, true, true, 90, 0, false, {0}},
    {"a slide", 3, 5, 6, 6, true, true, 254, 143, false, {0}},
    {"a low page", 2, 3, 10, 10, true, true, 0, 80, false, {0}},
    {"64 chosen groups", 64, 1, 6, 6, true, true, 0, 0, false, {0}},
    {"a difference", 3, 2, 24, 24, true, true, 0, 0, true, {0}},
    {"a difference of wide rows", 1, 2, 4, 5000, false, false, 0, 0, true, {0}},
    {"own scales", 12, 5, 17, 17, false, true, 0, 0, false, {.has_own_scales = true}},
    {"own scales of wide rows", 1, 5, 4, 5000, true, true, 0, 0, false, {.has_own_scales = true}},
    {"own scales of a difference", 2, 2, 9, 9, true, true, 0, 0, true, {.has_own_scales = true}},
    {"own logarithmic scales",
     4,
     5,
     17,
     17,
     false,
     true,
     0,
     0,
     false,
     {.has_own_scales = true, .color_scale = MMAX_COLORS_LOG}},
    {"both ends of a scale pass it",
     1,
     2,
     9,
     9,
     true,
     true,
     0,
     0,
     true,
     {.vmax = 50, .vmax_is_percentile = true, .color_scale = MMAX_COLORS_LOG}},
    {"a square-root scale up to a given top",
     1,
     1,
     9,
     9,
     true,
     true,
     0,
     0,
     false,
     {.vmax = 0.0123, .color_scale = MMAX_COLORS_SQRT}},
    {"no rows", 1, 5, 0, 4, false, false, 0, 0, false, {0}},
};

enum { N_HEATMAP_CASES = sizeof heatmap_cases / sizeof *heatmap_cases };

static const char *const spec_names[] = {
    "softmax", "sparsemax", "entmax:1.5", "evsoftmax",
    "multimax:tb=2.25,b=-0.125,td=0.5,d=1.375,tb2=1.5,b2=0,td2=1,d2=0"};

static mmax_heatmap *shape_of(const heatmap_case *c)
{
    struct mmax_plan plan = {
        .n_maps = c->n_maps, .has_difference = c->has_difference, .difference = {0, 1}};
    char every[] = "*";
    plan.panels = c->n_groups == 64 ? every : NULL;
    const size_t shape[] = {c->n_groups, c->n_rows, c->n_columns};
    mmax_input input = figure_input(3, shape);
    mmax_result result = {.input = input};
    ck_assert_int_eq(mmax_gather_heatmap.begin(&plan, &result, NULL), MMAX_OK);
    mmax_heatmap *data = result.heatmap;
    if (c->has_labels) {
        data->row_labels = mmax_alloc_zeroed(MMAX_HEATMAP_CELLS, sizeof(char *));
        data->column_labels = mmax_alloc_zeroed(c->n_columns, sizeof(char *));
        for (size_t i = 0; i < c->n_rows; i++)
            data->row_labels[i] = mmax_copy_text(i % 3 ? "token" : "a_rather_long_token");
        for (size_t i = 0; i < c->n_columns; i++)
            data->column_labels[i] = mmax_copy_text(i % 3 ? "a_rather_long_token" : "token");
    }
    /* Every picture has a large weight and a tiny one. */
    size_t n_cells = data->height * data->width;
    for (size_t i = 0; i < data->n_panels * data->n_pictures && n_cells > 0; i++) {
        data->cells[i * n_cells] = 0.25F;
        data->cells[(i + 1) * n_cells - 1] = n_cells > 1 ? 1e-9F : 0.25F;
    }
    ck_assert_int_eq(mmax_gather_heatmap.end(&plan, &result, NULL, NULL), MMAX_OK);
    return data;
}

static mmax_status lay_out(const heatmap_case *c, const mmax_heatmap *data,
                           mmax_heatmap_layout *layout, mmax_error *error)
{
    mmax_heatmap_words words = {.title = "demo.npy", .masked = c->has_masked ? "masked" : NULL};
    for (size_t i = 0; i < data->n_pictures; i++)
        words.pictures[i] = spec_names[i % 5];
    if (c->has_difference)
        words.pictures[2] = "softmax \xe2\x88\x92 sparsemax";
    for (size_t i = 0; i < data->n_panels; i++)
        words.groups[i] = c->n_groups > 1 ? "0.11" : "";
    mmax_figure_options options = c->look;
    options.width = c->width;
    options.height = c->height;
    options.size_in_mm = true;
    return mmax_heatmap_lay_out(data, &words, &options, 2, &measure, layout, error);
}

static mmax_heatmap_layout *new_layout(void)
{
    mmax_heatmap_layout *layout = mmax_alloc_zeroed(1, sizeof *layout);
    ck_assert_ptr_nonnull(layout);
    return layout;
}

static void add_heatmap(places *all, const mmax_heatmap_layout *layout)
{
    add(all, "title", layout->title);
    add(all, "caption", layout->caption);
    for (size_t i = 0; i < layout->n_bars; i++) {
        const mmax_heatmap_bar *bar = &layout->bars[i];
        add(all, "bar", bar->bar);
        add(all, "upper point of the bar", bar->above);
        add(all, "lower point of the bar", bar->below);
        add(all, "labels of the bar", bar->labels);
        add(all, "name of the bar", bar->axis);
    }
    add(all, "swatch", layout->swatch);
    add(all, "text of the swatch", layout->swatch_text);
    add(all, "name of the rows", layout->row_axis);
    add(all, "name of the columns", layout->column_axis);
    add(all, "labels of columns", layout->column_labels);
    for (size_t panel = 0; panel < layout->n_panels; panel++) {
        add(all, "group", layout->groups[panel]);
        mmax_rectangle labels = layout->row_labels;
        labels.y = layout->panels[panel][0].y;
        add(all, "labels of rows", labels);
        for (size_t i = 0; i < layout->n_pictures; i++) {
            add(all, "panel", layout->panels[panel][i]);
            add(all, "note", layout->notes[panel][i]);
        }
    }
    for (size_t i = 0; i < layout->n_pictures; i++)
        add(all, "heading", layout->headings[i]);
}

START_TEST(nothing_overlaps_in_a_heatmap_and_nothing_leaves_the_page)
{
    const heatmap_case *c = &heatmap_cases[_i];
    mmax_heatmap *data = shape_of(c);
    mmax_heatmap_layout *layout = new_layout();
    mmax_error error;
    if (lay_out(c, data, layout, &error) != MMAX_OK)
        ck_abort_msg("%s: %s", c->name, error.message);
    places *all = mmax_alloc_zeroed(1, sizeof *all);
    add_heatmap(all, layout);
    assert_apart_and_inside(all, layout->width, layout->height);
    if (c->width > 0)
        ck_assert_double_eq_tol(layout->width, c->width / 25.4 * 72, 1e-9);
    if (c->height > 0)
        ck_assert_double_eq_tol(layout->height, c->height / 25.4 * 72, 1e-9);
    free(all);
    free(layout);
    free_heatmap(data);
}
END_TEST

START_TEST(labels_along_an_axis_keep_apart)
{
    const heatmap_case *c = &heatmap_cases[_i];
    mmax_heatmap *data = shape_of(c);
    mmax_heatmap_layout *layout = new_layout();
    ck_assert_int_eq(lay_out(c, data, layout, NULL), MMAX_OK);
    const mmax_ticks *rows = &layout->row_ticks, *columns = &layout->column_ticks;
    for (size_t i = 1; i < rows->n; i++)
        ck_assert(rows->place[i] - rows->place[i - 1] >= MMAX_TICK_SIZE);
    for (size_t i = 1; i < columns->n; i++) {
        double widths = measure.width(NULL, columns->text[i], MMAX_TICK_SIZE, false) +
                        measure.width(NULL, columns->text[i - 1], MMAX_TICK_SIZE, false);
        double least = layout->columns_are_upright ? MMAX_TICK_SIZE : widths / 2;
        ck_assert(columns->place[i] - columns->place[i - 1] >= least);
    }
    for (size_t i = 0; i < rows->n; i++)
        ck_assert(rows->place[i] < layout->panels[0][0].height);
    for (size_t i = 0; i < columns->n; i++)
        ck_assert(columns->place[i] < layout->panels[0][0].width);
    free(layout);
    free_heatmap(data);
}
END_TEST

START_TEST(cells_are_square_where_the_matrix_is_nearly_square)
{
    mmax_heatmap *data = shape_of(&heatmap_cases[4]);
    mmax_heatmap_layout *layout = new_layout();
    ck_assert_int_eq(lay_out(&heatmap_cases[4], data, layout, NULL), MMAX_OK);
    ck_assert_double_eq_tol(layout->panels[0][0].width, layout->panels[0][0].height, 0.5);
    free(layout);
    free_heatmap(data);
}
END_TEST

START_TEST(panels_get_no_more_cells_than_pixels_and_the_caption_says_so)
{
    mmax_heatmap *data = shape_of(&heatmap_cases[8]);
    mmax_heatmap_layout *layout = new_layout();
    ck_assert_int_eq(lay_out(&heatmap_cases[8], data, layout, NULL), MMAX_OK);
    ck_assert((double)layout->cells_wide <= 2 * layout->panels[0][0].width);
    ck_assert((double)layout->cells_high <= 2 * layout->panels[0][0].height);
    ck_assert_uint_eq(layout->entry_rows, 8); /* about 75 points: 1000 / 8 <= 150 pixels */
    bool is_said = false;
    for (size_t i = 0; i < layout->caption_lines.n; i++)
        is_said = is_said || strstr(layout->caption_lines.text[i], "8 \xc3\x97 8");
    ck_assert(is_said);
    free(layout);
    free_heatmap(data);
}
END_TEST

START_TEST(a_page_without_room_for_panels_is_refused)
{
    heatmap_case c = heatmap_cases[4];
    c.width = 40;
    mmax_heatmap *data = shape_of(&c);
    mmax_heatmap_layout *layout = new_layout();
    mmax_error error;
    ck_assert_int_eq(lay_out(&c, data, layout, &error), MMAX_EUSAGE);
    ck_assert_str_eq(error.message, "a figure of 40 x 0 mm leaves no room for 5 x 12 heatmaps; "
                                    "give it a larger size");
    free(layout);
    free_heatmap(data);
}
END_TEST

/* ---- simplex --------------------------------------------------------------------------------- */

static const struct {
    size_t n_maps;
    const char *corner;
    double width, height; /* mm; 0 */
} simplex_cases[] = {
    {1, "entry 1", 0, 0},  {5, "entry 1", 0, 0},   {5, "a label as long as it can be", 0, 0},
    {20, "entry 1", 0, 0}, {5, "x", 90, 0},        {5, "x", 254, 143},
    {5, "x", 60, 200},     {5, "entry 1", 0, 100}, {5, "a label as long as it can be", 100, 0},
};

enum { N_SIMPLEX_CASES = sizeof simplex_cases / sizeof *simplex_cases };

static mmax_status lay_out_simplex(size_t i, mmax_simplex_layout *layout, mmax_error *error)
{
    /* Every map has the same row near the first corner, and another one in it. */
    double points[20 * 2 * 3] = {0};
    mmax_simplex data = {
        .n_maps = simplex_cases[i].n_maps, .n_trajectories = 5, .n_points = 2, .points = points};
    for (size_t k = 0; k < 2 * data.n_maps; k++) {
        points[3 * k] = k % 2 ? 1 : 0.95;
        points[3 * k + 1] = k % 2 ? 0 : 0.05;
    }
    mmax_simplex_words words = {.title = "demo.npy",
                                .caption = "A caption of a few words, so that it takes more than "
                                           "a single line below the triangle of the figure."};
    for (size_t k = 0; k < 3; k++)
        words.corners[k] = simplex_cases[i].corner;
    for (size_t k = 0; k < data.n_maps; k++)
        words.maps[k] = spec_names[k % 5];
    const mmax_figure_options options = {
        .width = simplex_cases[i].width, .height = simplex_cases[i].height, .size_in_mm = true};
    return mmax_simplex_lay_out(&data, &words, &options, &measure, layout, error);
}

static void add_simplex(places *all, const mmax_simplex_layout *layout)
{
    add(all, "title", layout->title);
    add(all, "caption", layout->caption);
    add(all, "bar", layout->bar);
    add(all, "labels of the bar", layout->bar_labels);
    add(all, "name of the bar", layout->bar_name);
    for (size_t i = 0; i < layout->n_maps; i++) {
        mmax_point marker = layout->legend_markers[i];
        add(all, "legend", layout->legend[i]);
        add(all, "marker", (mmax_rectangle){marker.x - 5, marker.y - 5, 10, 10});
    }
    add(all, "name of the support", layout->support_name);
    add(all, "name of the inset", layout->inset_name);
    if (layout->magnification > 0)
        add(all, "inset",
            (mmax_rectangle){layout->inset[0].x, layout->inset[2].y,
                             layout->inset[1].x - layout->inset[0].x,
                             layout->inset[0].y - layout->inset[2].y});
    for (size_t i = 0; i < 3; i++) {
        add(all, "swatch of the support", layout->support_swatches[i]);
        add(all, "label of the support", layout->support_labels[i]);
        add(all, "corner", layout->corner_labels[i]);
        for (size_t k = 0; k < MMAX_SIMPLEX_TICKS; k++)
            add(all, "tick", layout->ticks[i][k].label);
    }
}

START_TEST(nothing_overlaps_in_a_simplex_and_nothing_leaves_the_page)
{
    mmax_simplex_layout *layout = mmax_alloc_zeroed(1, sizeof *layout);
    mmax_error error;
    if (lay_out_simplex((size_t)_i, layout, &error) != MMAX_OK)
        ck_abort_msg("case %d: %s", _i, error.message);
    places *all = mmax_alloc_zeroed(1, sizeof *all);
    add_simplex(all, layout);
    assert_apart_and_inside(all, layout->width, layout->height);
    /* No word stands within the triangle, whose right side runs from the top to the right. */
    for (size_t i = 0; i < layout->n_maps; i++) {
        mmax_rectangle at = layout->legend[i];
        if (at.y > layout->corners[0].y)
            continue;
        double down = at.y + at.height - layout->corners[2].y;
        ck_assert(at.x > layout->corners[2].x + fmin(fmax(down, 0) / sqrt(3), layout->side / 2));
    }
    free(all);
    free(layout);
}
END_TEST

START_TEST(a_simplex_is_equilateral_and_weights_have_their_places)
{
    mmax_simplex_layout *layout = mmax_alloc_zeroed(1, sizeof *layout);
    ck_assert_int_eq(lay_out_simplex(1, layout, NULL), MMAX_OK);
    for (size_t i = 0; i < 3; i++) {
        mmax_point a = layout->corners[i], b = layout->corners[(i + 1) % 3];
        ck_assert_double_eq_tol(hypot(a.x - b.x, a.y - b.y), layout->side, 1e-9);
        double corner[3] = {0};
        corner[i] = 1;
        mmax_point at = mmax_simplex_place(layout, corner);
        ck_assert_double_eq_tol(at.x, a.x, 1e-9);
        ck_assert_double_eq_tol(at.y, a.y, 1e-9);
    }
    const double middle[3] = {1 / 3.0, 1 / 3.0, 1 / 3.0};
    mmax_point at = mmax_simplex_place(layout, middle);
    ck_assert_double_eq_tol(at.x, layout->corners[2].x, 1e-9);
    ck_assert_double_eq_tol(at.y, layout->corners[0].y - layout->side / sqrt(12), 1e-9);
    free(layout);
}
END_TEST

START_TEST(a_page_without_room_for_a_simplex_is_refused)
{
    mmax_simplex data = {.n_maps = 1};
    mmax_simplex_words words = {.title = "", .caption = "", .corners = {"", "", ""}};
    words.maps[0] = "softmax";
    const mmax_figure_options options = {.width = 50, .height = 50}; /* px */
    mmax_simplex_layout *layout = mmax_alloc_zeroed(1, sizeof *layout);
    mmax_error error;
    ck_assert_int_eq(mmax_simplex_lay_out(&data, &words, &options, &measure, layout, &error),
                     MMAX_EUSAGE);
    ck_assert_str_eq(error.message, "a figure of 13 x 13 mm leaves no room for a simplex; give it "
                                    "a larger size");
    free(layout);
}
END_TEST

/* ---- words, ticks, colours ------------------------------------------------------------------- */

START_TEST(long_texts_end_in_an_ellipsis_at_a_whole_character)
{
    char elided[MMAX_LINE_SIZE];
    mmax_elide(&measure, "short", 10, false, 30, elided);
    ck_assert_str_eq(elided, "short");
    mmax_elide(&measure, "0123456789", 10, false, 42, elided); /* 7 bytes of 6 points */
    ck_assert_str_eq(elided, "0123\xe2\x80\xa6");
    mmax_elide(&measure, "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 10, false, 36, elided);
    ck_assert_str_eq(elided, "\xc3\xa9\xe2\x80\xa6");
    mmax_elide(&measure, "ab cdefgh", 10, false, 36, elided);
    ck_assert_str_eq(elided, "ab\xe2\x80\xa6");
    mmax_elide(&measure, "\xff\x01", 10, false, 100, elided);
    ck_assert_str_eq(elided, "\\xff\\x01");
}
END_TEST

START_TEST(texts_wrap_at_breaks_and_the_last_line_is_cut)
{
    mmax_lines lines;
    mmax_wrap(&measure, "one two three", 10, false, 48, " ", 4, &lines);
    ck_assert_uint_eq(lines.n, 2);
    ck_assert_str_eq(lines.text[0], "one two");
    ck_assert_str_eq(lines.text[1], "three");
    mmax_wrap(&measure, "multimax:tb=2,b=1,td=0.5", 10, false, 60, ":,", 2, &lines);
    ck_assert_str_eq(lines.text[0], "multimax:");
    ck_assert_str_eq(lines.text[1], "tb=2,b=\xe2\x80\xa6");
    mmax_wrap(&measure, "", 10, false, 60, " ", 2, &lines);
    ck_assert_uint_eq(lines.n, 0);
    char longest[2000];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    mmax_wrap(&measure, longest, 10, false, 1e9, " ", 3, &lines);
    ck_assert_uint_eq(lines.n, 3);
}
END_TEST

START_TEST(scales_end_and_tick_at_round_numbers)
{
    ck_assert_double_eq(mmax_nice_top(1), 1);
    ck_assert_double_eq(mmax_nice_top(0.51), 1);
    ck_assert_double_eq(mmax_nice_top(0), 1);
    ck_assert_double_eq(mmax_nice_top(NOT_A_NUMBER), 1);
    ck_assert_double_eq(mmax_nice_top(0.3), 0.3);
    ck_assert_double_eq(mmax_nice_top(0.31), 0.4);
    ck_assert_double_eq(mmax_nice_top(0.0123), 0.015);
    mmax_ticks *ticks = mmax_alloc_zeroed(1, sizeof *ticks);
    mmax_value_ticks(&measure, 0.3, 90, 3, ticks);
    static const char *const texts[] = {"0", "0.1", "0.2", "0.3"};
    ck_assert_uint_eq(ticks->n, 4);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_str_eq(ticks->text[i], texts[i]);
        ck_assert_double_eq_tol(ticks->place[i], 30 * (double)i, 1e-9);
    }
    mmax_index_ticks(&measure, 1000, 0.1, 20, NULL, 0, ticks);
    ck_assert_str_eq(ticks->text[1], "200");
    mmax_index_ticks(&measure, SIZE_MAX, 1e-18, 20, NULL, 0, ticks);
    ck_assert(ticks->n >= 1);
    free(ticks);
}
END_TEST

TCase *render_layout_tests(void)
{
    TCase *tests = tcase_create("layout");
    tcase_add_loop_test(tests, nothing_overlaps_in_a_heatmap_and_nothing_leaves_the_page, 0,
                        N_HEATMAP_CASES);
    tcase_add_loop_test(tests, labels_along_an_axis_keep_apart, 0, N_HEATMAP_CASES);
    tcase_add_test(tests, cells_are_square_where_the_matrix_is_nearly_square);
    tcase_add_test(tests, panels_get_no_more_cells_than_pixels_and_the_caption_says_so);
    tcase_add_test(tests, a_page_without_room_for_panels_is_refused);
    tcase_add_loop_test(tests, nothing_overlaps_in_a_simplex_and_nothing_leaves_the_page, 0,
                        N_SIMPLEX_CASES);
    tcase_add_test(tests, a_simplex_is_equilateral_and_weights_have_their_places);
    tcase_add_test(tests, a_page_without_room_for_a_simplex_is_refused);
    tcase_add_test(tests, long_texts_end_in_an_ellipsis_at_a_whole_character);
    tcase_add_test(tests, texts_wrap_at_breaks_and_the_last_line_is_cut);
    tcase_add_test(tests, scales_end_and_tick_at_round_numbers);
    return tests;
}
