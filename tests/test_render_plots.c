/* Plots as files: what lies in their pixels. */
#include "render/canvas.h"
#include "render/distribution_layout.h"
#include "render/layers_layout.h"
#include "render/rows_layout.h"
#include "test_render.h"
#include "test_render_pixels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const mmax_figure_options looks = {.title = "a title"};

static pixels drawn(const mmax_result *result, mmax_figure_kind kind)
{
    char path[512];
    mmax_error error;
    size_t n_bytes;
    snprintf(path, sizeof path, "%s/plot.png", testing_folder());
    if (mmax_draw_figure(result, kind, path, &looks, &error) != MMAX_OK)
        ck_abort_msg("%s", error.message);
    char *bytes = testing_read_file(path, &n_bytes);
    pixels image = read_png(bytes, n_bytes);
    free(bytes);
    return image;
}

/* Lays out a plot as the figures do; its title and caption move no panel. */
static void lay_out(mmax_plot *plot)
{
    mmax_ruler *ruler;
    ck_assert_int_eq(mmax_ruler_new(&ruler, NULL), MMAX_OK);
    const mmax_measure measure = {mmax_ruler_width, ruler};
    plot->title = plot->caption = "words";
    ck_assert_int_eq(mmax_plot_lay_out(plot, &looks, &measure, NULL), MMAX_OK);
    mmax_ruler_free(ruler);
}

static mmax_rgb middle_of(const pixels *image, mmax_rectangle place)
{
    return pixel_at(image, place.x + place.width / 2, place.y + place.height / 2);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void assert_bars(const pixels *image, const mmax_result *result, const mmax_plot *plot)
{
    const mmax_inks *inks = mmax_theme_inks(MMAX_THEME_LIGHT);
    const mmax_shown_rows *rows = result->shown_rows;
    const mmax_shown_row *row = &rows->rows[0];
    const mmax_panel *panel = &plot->panels[mmax_rows_logits(rows, 0)];
    ck_assert(same_color(middle_of(image, mmax_rows_bar(panel, 0, row->epsilon, 4)), inks->words));
    ck_assert(same_color(middle_of(image, mmax_rows_bar(panel, 1, row->epsilon, -2)), inks->hatch));
    for (size_t map = 0; map < 2; map++) {
        /* The first entry has nearly all the weight. */
        static const mmax_palette colors[] = {MMAX_BLACK, MMAX_REDDISH_PURPLE};
        panel = &plot->panels[mmax_rows_weights(rows, 0, map)];
        ck_assert(same_color(middle_of(image, mmax_rows_bar(panel, 0, 0, 1)),
                             mmax_ink_of(inks, colors[map])));
        ck_assert(same_color(middle_of(image, mmax_rows_bar(panel, 1, 0, 0.7)), inks->paper));
        ck_assert(is_grey(middle_of(image, mmax_rows_bar(panel, 2, 0, 0.7))));
        ck_assert(!same_color(middle_of(image, mmax_rows_bar(panel, 2, 0, 0.7)), inks->paper));
    }
}

START_TEST(bars_have_the_colours_of_what_they_stand_for)
{
    static const size_t shape[] = {1, 3};
    static const double logits[] = {4, -2, -HUGE_VAL};
    static const char *const titles[] = {"row 0"}, *const maps[] = {"softmax", "sparsemax"};
    struct mmax_plan plan = figure_plan();
    plan.n_maps = 2;
    mmax_input input = figure_input(2, shape);
    mmax_result result = figure_result(&plan, &input, logits, NULL);
    pixels image = drawn(&result, MMAX_FIGURE_ROWS);
    mmax_row_axis *axis = mmax_alloc_zeroed(1, sizeof *axis);
    ck_assert_ptr_nonnull(axis);
    mmax_row_axis_fill(&result.shown_rows->rows[0], false, axis);
    mmax_plot *plot;
    ck_assert_int_eq(mmax_plot_new(mmax_rows_panels(result.shown_rows), &plot, NULL), MMAX_OK);
    mmax_rows_plan(result.shown_rows, axis, titles, maps, plot);
    lay_out(plot);
    assert_bars(&image, &result, plot);
    mmax_plot_free(plot);
    free(axis);
    free(image.at);
    free_figure_result(&result);
}
END_TEST

/* ---- distribution ---------------------------------------------------------------------------- */

START_TEST(the_cumulative_line_lies_where_the_zeros_are)
{
    /* Entmax gives all weight to the first of four: three quarters are exactly 0. */
    static const size_t shape[] = {1, 4};
    static const double logits[] = {9, 0, 0, 0};
    struct mmax_plan plan = figure_plan();
    plan.n_maps = 1;
    plan.maps[0] = (mmax_map){.kind = MMAX_ENTMAX, .alpha = 1.5};
    mmax_input input = figure_input(2, shape);
    mmax_result result = figure_result(&plan, &input, logits, NULL);
    pixels image = drawn(&result, MMAX_FIGURE_DISTRIBUTION);
    mmax_plot *plot;
    ck_assert_int_eq(mmax_plot_new(2, &plot, NULL), MMAX_OK);
    mmax_distribution_plan(result.distribution, plot);
    plot->n_entries = 1;
    plot->entries[0] = (mmax_entry){.text = "entmax:1.5", .note = "zeros: 75 %"};
    lay_out(plot);
    size_t n_found = 0;
    mmax_rectangle area = plot->panels[1].area;
    double y = mmax_panel_place(&plot->panels[1], 1, 75).y;
    for (double x = area.x + 8; x < area.x + area.width - 40; x += 0.5)
        n_found += same_color(pixel_at(&image, x, y),
                              mmax_ink_of(mmax_theme_inks(MMAX_THEME_LIGHT), MMAX_BLUISH_GREEN));
    ck_assert((double)n_found > area.width); /* of two pixels a point, but for the dash's gaps */
    mmax_plot_free(plot);
    free(image.at);
    free_figure_result(&result);
}
END_TEST

/* ---- layers ---------------------------------------------------------------------------------- */

START_TEST(cells_of_layers_have_the_colours_of_their_means)
{
    enum { LAYERS = 3, HEADS = 4, N = LAYERS * HEADS * 2 * 3 };
    static const size_t shape[] = {LAYERS, HEADS, 2, 3};
    static const char *const maps[] = {"softmax"};
    double logits[N];
    testing_random random = {31};
    for (size_t i = 0; i < N; i++)
        logits[i] = 3 * testing_normal(&random);
    mmax_plan *plan;
    mmax_source *source;
    mmax_result *result;
    ck_assert_int_eq(mmax_plan_new(&plan, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_plan_add_map(plan, "softmax", NULL), MMAX_OK);
    ck_assert_int_eq(mmax_plan_set_metrics(plan, "entropy", NULL), MMAX_OK);
    mmax_plan_keep_figure(plan, MMAX_FIGURE_LAYERS);
    ck_assert_int_eq(mmax_source_open_memory(logits, shape, 4, &source, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_analyze(plan, source, NULL, 0, &result, NULL), MMAX_OK);
    pixels image = drawn(result, MMAX_FIGURE_LAYERS);
    const mmax_layer_means *data = result->layer_means;
    mmax_plot *plot;
    ck_assert_int_eq(mmax_plot_new(mmax_layers_panels(data), &plot, NULL), MMAX_OK);
    mmax_layers_plan(data, maps, plot);
    plot->n_entries = 1;
    plot->entries[0] = (mmax_entry){.text = "softmax"};
    lay_out(plot);
    mmax_rectangle area = plot->panels[mmax_layers_heatmap(data, 0, 0)].area;
    for (size_t i = 0; i < LAYERS * HEADS; i++) {
        double x = area.x + ((double)(i % HEADS) + 0.5) * area.width / HEADS;
        double y = area.y + ((double)(i / HEADS) + 0.5) * area.height / LAYERS;
        double at = mmax_axis_at(&plot->panels[mmax_layers_bar(data, 0)].y, data->cells[i]);
        ck_assert(same_color(pixel_at(&image, x, y), mmax_colormap_at(MMAX_VIRIDIS, at)));
    }
    mmax_plot_free(plot);
    free(image.at);
    mmax_result_free(result);
    mmax_source_free(source);
    mmax_plan_free(plan);
}
END_TEST

TCase *render_plot_file_tests(void)
{
    TCase *tests = tcase_create("plot files");
    tcase_add_test(tests, bars_have_the_colours_of_what_they_stand_for);
    tcase_add_test(tests, the_cumulative_line_lies_where_the_zeros_are);
    tcase_add_test(tests, cells_of_layers_have_the_colours_of_their_means);
    return tests;
}
