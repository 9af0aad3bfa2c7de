/* Trade-offs: the points that the pass gathers, and where they lie. */
#include "render/tradeoff_layout.h"

#include "test_render.h"
#include "test_render_places.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The inputs of the MultiMax paper's figures. */
static const double figure1[5][3] = {
    {10, 10, -1}, {10, 8, -1}, {10, 6, -1}, {10, 4, -1}, {10, 2, -1}};

enum { SOFTMAX, SPARSEMAX, ENTMAX, EVSOFTMAX, MULTIMAX, MAPS };

/* As the paper's figure has them: epsilon between the second entry and the third, s the smallest
 * weight of softmax. */
static struct mmax_plan papers_plan(void)
{
    struct mmax_plan plan = figure_plan();
    plan.relevance = (mmax_relevance_rules){.epsilon = MMAX_EPSILON_NUMBER,
                                            .epsilon_number = 0,
                                            .reference = MMAX_REFERENCE_SOFTMAX_MIN};
    mmax_plan_keep_figure(&plan, MMAX_FIGURE_TRADEOFF);
    return plan;
}

static mmax_result gather(const struct mmax_plan *plan, const double *logits, size_t n_rows,
                          size_t row_length, size_t block)
{
    const size_t shape[] = {n_rows, row_length};
    mmax_result result = {.input = figure_input(2, shape)};
    gather_figures(plan, logits, block, NULL, &result);
    return result;
}

static mmax_result gather_by_default(const double *logits, size_t n_rows, size_t row_length,
                                     size_t block)
{
    struct mmax_plan plan = figure_plan();
    mmax_plan_keep_figure(&plan, MMAX_FIGURE_TRADEOFF);
    return gather(&plan, logits, n_rows, row_length, block);
}

static double *random_rows(size_t n_rows, size_t row_length)
{
    testing_random random = {11};
    double *logits = mmax_alloc_array(n_rows * row_length, sizeof *logits);
    ck_assert_ptr_nonnull(logits);
    for (size_t i = 0; i < n_rows * row_length; i++)
        logits[i] = 2 * testing_normal(&random);
    return logits;
}

static const mmax_tradeoff_point *point_at(const mmax_tradeoff_curve *curve, double parameter)
{
    for (size_t i = 0; i < curve->n; i++)
        if (curve->parameters[i] == parameter)
            return &curve->points[i];
    ck_abort_msg("the curve does not go through %g", parameter);
    return NULL;
}

static void assert_same(const mmax_tradeoff_point *a, const mmax_tradeoff_point *b)
{
    ck_assert(testing_same(a->multimodality, b->multimodality));
    ck_assert(testing_same(a->sparsity, b->sparsity));
}

/* ---- points ---------------------------------------------------------------------------------- */

START_TEST(the_points_are_those_of_the_papers_second_figure)
{
    /* Read off the figure in the authors' repository. */
    static const double softmax[] = {1, 0.2384, 0.036, 0.005, 0.0007};
    static const double multimax[] = {1, 0.743, 0.442, 0.203, 0.020};
    const struct mmax_plan plan = papers_plan();
    mmax_result result = gather(&plan, figure1[0], 5, 3, 2);
    const mmax_tradeoff *data = result.tradeoff;
    ck_assert(data->is_each);
    ck_assert_uint_eq(data->n_curves, 5);
    for (size_t row = 0; row < 5; row++) {
        const mmax_tradeoff_point *of_softmax = &data->markers[SOFTMAX * 5 + row];
        ck_assert_double_eq_tol(of_softmax->multimodality, softmax[row], 0.0001);
        ck_assert_double_eq_tol(of_softmax->sparsity, exp(-1), 1e-12);
        const mmax_tradeoff_point *of_multimax = &data->markers[MULTIMAX * 5 + row];
        ck_assert_double_eq_tol(of_multimax->multimodality, multimax[row], 0.005);
        ck_assert_double_eq_tol(of_multimax->sparsity, 1, 0.005);
        for (size_t map = SPARSEMAX; map <= ENTMAX; map++) {
            ck_assert_double_eq(data->markers[map * 5 + row].sparsity, 1);
            ck_assert_double_eq_tol(data->markers[map * 5 + row].multimodality, row == 0, 1e-12);
        }
    }
    mmax_figures_free(&result);
}
END_TEST

START_TEST(softmax_goes_from_all_sparsity_to_none_and_to_all_modes)
{
    const struct mmax_plan plan = papers_plan();
    mmax_result result = gather(&plan, figure1[0], 5, 3, 5);
    for (size_t row = 0; row < 5; row++) {
        const mmax_tradeoff_curve *curve = &result.tradeoff->softmax[row];
        const mmax_tradeoff_point *cold = &curve->points[0], *hot = &curve->points[curve->n - 1];
        ck_assert_double_eq_tol(cold->sparsity, 1, 1e-12);
        ck_assert_double_eq_tol(cold->multimodality, row == 0, 1e-12);
        ck_assert_double_eq_tol(hot->sparsity, 0, 1e-12);
        ck_assert_double_eq_tol(hot->multimodality, 1, 0.001);
        assert_same(point_at(curve, 1), &result.tradeoff->markers[SOFTMAX * 5 + row]);
    }
    mmax_figures_free(&result);
}
END_TEST

START_TEST(entmax_goes_through_softmax_entmax_and_sparsemax)
{
    double *logits = random_rows(40, 12);
    mmax_result result = gather_by_default(logits, 40, 12, 40);
    const mmax_tradeoff *data = result.tradeoff;
    ck_assert_uint_eq(data->n_curves, 1);
    const mmax_tradeoff_point *soft = point_at(data->entmax, 1),
                              *sparse = point_at(data->entmax, 2);
    assert_same(point_at(data->softmax, 1), &data->markers[SOFTMAX]);
    assert_same(point_at(data->entmax, 1.5), &data->markers[ENTMAX]);
    ck_assert_double_eq_tol(soft->multimodality, data->markers[SOFTMAX].multimodality, 1e-14);
    ck_assert_double_eq_tol(soft->sparsity, data->markers[SOFTMAX].sparsity, 1e-14);
    ck_assert_double_eq_tol(sparse->multimodality, data->markers[SPARSEMAX].multimodality, 1e-14);
    ck_assert_double_eq_tol(sparse->sparsity, data->markers[SPARSEMAX].sparsity, 1e-14);
    mmax_figures_free(&result);
    free(logits);
}
END_TEST

/* Parameters ascend, and neighbours are near. */
static void assert_smooth(const mmax_tradeoff_curve *curve)
{
    for (size_t i = 1; i < curve->n; i++) {
        const mmax_tradeoff_point *a = &curve->points[i - 1], *b = &curve->points[i];
        ck_assert(curve->parameters[i] > curve->parameters[i - 1]);
        ck_assert(hypot(a->multimodality - b->multimodality, a->sparsity - b->sparsity) < 0.05);
    }
}

START_TEST(curves_have_steps_where_they_turn)
{
    const struct mmax_plan plan = papers_plan();
    mmax_result few = gather(&plan, figure1[0], 5, 3, 5);
    for (size_t row = 0; row < 5; row++) {
        assert_smooth(&few.tradeoff->softmax[row]);
        assert_smooth(&few.tradeoff->entmax[row]);
    }
    double *logits = random_rows(300, 30);
    mmax_result many = gather_by_default(logits, 300, 30, 300);
    assert_smooth(many.tradeoff->softmax);
    assert_smooth(many.tradeoff->entmax);
    mmax_figures_free(&few);
    mmax_figures_free(&many);
    free(logits);
}
END_TEST

/* ---- which rows ------------------------------------------------------------------------------ */

START_TEST(of_more_than_eight_different_rows_the_mean_is_shown)
{
    /* Softmax of (ln 6, ln 3, 0) is (0.6, 0.3, 0.1): M = 1 - 0.3 and S = e^(-0.3) with epsilon
     * below ln 3 and s = 1/3. Rows of constants more are the same to softmax, and different rows.
     */
    double logits[9 * 3];
    struct mmax_plan plan = figure_plan();
    plan.relevance.epsilon = MMAX_EPSILON_MEAN;
    plan.n_maps = 1;
    mmax_plan_keep_figure(&plan, MMAX_FIGURE_TRADEOFF);
    for (size_t i = 0; i < 9; i++) {
        logits[3 * i] = log(6) + (double)i;
        logits[3 * i + 1] = log(3) + (double)i;
        logits[3 * i + 2] = (double)i;
    }
    mmax_result eight = gather(&plan, logits, 8, 3, 8), nine = gather(&plan, logits, 9, 3, 9);
    ck_assert(eight.tradeoff->is_each);
    ck_assert_uint_eq(eight.tradeoff->n_curves, 8);
    ck_assert(!nine.tradeoff->is_each);
    ck_assert_uint_eq(nine.tradeoff->n_curves, 1);
    ck_assert_uint_eq(nine.tradeoff->n_drawn, 9);
    ck_assert_double_eq_tol(nine.tradeoff->markers[0].multimodality, 0.7, 1e-12);
    ck_assert_double_eq_tol(nine.tradeoff->markers[0].sparsity, exp(-0.3), 1e-12);
    mmax_figures_free(&eight);
    mmax_figures_free(&nine);
}
END_TEST

START_TEST(equal_rows_are_shown_once)
{
    double logits[60 * 3];
    for (size_t i = 0; i < 60; i++)
        for (size_t k = 0; k < 3; k++)
            logits[3 * i + k] = figure1[i % 3][k];
    const struct mmax_plan plan = papers_plan();
    mmax_result result = gather(&plan, logits, 60, 3, 7);
    ck_assert(result.tradeoff->is_each);
    ck_assert_uint_eq(result.tradeoff->n_usable, 60);
    ck_assert_uint_eq(result.tradeoff->n_drawn, 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert_uint_eq(result.tradeoff->rows[i], i);
    mmax_figures_free(&result);
}
END_TEST

START_TEST(rows_without_both_numbers_are_left_out_and_counted)
{
    /* The first has nothing that differs, the second one relevant entry, which is the maximum, the
     * third no live entry; the fourth is skipped. */
    const double logits[] = {
        1, 1, 1, 9, 0, 0, -HUGE_VAL, -HUGE_VAL, -HUGE_VAL, NOT_A_NUMBER, NOT_A_NUMBER, NOT_A_NUMBER,
        5, 5, 0};
    mmax_result result = gather_by_default(logits, 5, 3, 2);
    const mmax_tradeoff *data = result.tradeoff;
    ck_assert_uint_eq(data->n_rows, 4);
    ck_assert_uint_eq(data->n_kept, 4);
    ck_assert_uint_eq(data->n_usable, 1);
    ck_assert_uint_eq(data->n_drawn, 1);
    ck_assert_uint_eq(data->rows[0], 4);
    mmax_figures_free(&result);
    result = gather_by_default(logits, 3, 3, 3);
    ck_assert_uint_eq(result.tradeoff->n_drawn, 0);
    ck_assert_uint_eq(result.tradeoff->n_curves, 0);
    mmax_figures_free(&result);
}
END_TEST

START_TEST(a_trade_off_does_not_depend_on_how_rows_are_cut_into_blocks)
{
    enum { ROWS = 50, COLUMNS = 11 };
    double *logits = random_rows(ROWS, COLUMNS);
    mmax_result whole = gather_by_default(logits, ROWS, COLUMNS, ROWS);
    for (size_t block = 1; block < ROWS; block += 12) {
        mmax_result other = gather_by_default(logits, ROWS, COLUMNS, block);
        const mmax_tradeoff *a = whole.tradeoff, *b = other.tradeoff;
        ck_assert_uint_eq(a->n_drawn, b->n_drawn);
        ck_assert_mem_eq(a->points, b->points, MAPS * a->n_drawn * sizeof *a->points);
        ck_assert_mem_eq(a->softmax, b->softmax, sizeof *a->softmax);
        ck_assert_mem_eq(a->entmax, b->entmax, sizeof *a->entmax);
        mmax_figures_free(&other);
    }
    mmax_figures_free(&whole);
    free(logits);
}
END_TEST

START_TEST(many_and_long_rows_are_sampled_evenly)
{
    enum { ROWS = 200, COLUMNS = 2000 };
    double *logits = random_rows(ROWS, COLUMNS);
    mmax_result result = gather_by_default(logits, ROWS, COLUMNS, 64);
    const mmax_tradeoff *data = result.tradeoff;
    ck_assert_uint_eq(data->n_usable, ROWS);
    ck_assert_uint_eq(data->n_drawn, 65); /* 2^17 / 2000 */
    for (size_t i = 0; i < data->n_drawn; i++)
        ck_assert_uint_eq(data->rows[i], i * ROWS / 65);
    mmax_figures_free(&result);
    free(logits);
}
END_TEST

/* ---- places ---------------------------------------------------------------------------------- */

static mmax_plot *lay_out(const mmax_tradeoff *data, const mmax_figure_options *options)
{
    static const char *const maps[MAPS] = {"softmax", "sparsemax", "entmax:1.5", "evsoftmax",
                                           "multimax:figure1"};
    mmax_plot *plot;
    mmax_error error;
    ck_assert_int_eq(mmax_plot_new(1, &plot, NULL), MMAX_OK);
    plot->title = plot->caption = "words";
    mmax_tradeoff_plan(data, maps, plot);
    if (mmax_plot_lay_out(plot, options, &measure, &error) != MMAX_OK)
        ck_abort_msg("%s", error.message);
    return plot;
}

START_TEST(points_of_the_papers_figure_lie_where_the_axes_say)
{
    static const double multimax[] = {1, 0.743, 0.442, 0.203, 0.020};
    const struct mmax_plan plan = papers_plan();
    const mmax_figure_options options = {0};
    mmax_result result = gather(&plan, figure1[0], 5, 3, 5);
    mmax_plot *plot = lay_out(result.tradeoff, &options);
    const mmax_panel *panel = &plot->panels[0];
    ck_assert_double_eq_tol(panel->area.width, panel->area.height, 1e-9);
    /* The ticks, which are labelled from 0 to 1, measure the places. */
    ck_assert_str_eq(panel->x_ticks.text[0], "0");
    ck_assert_str_eq(panel->x_ticks.text[panel->x_ticks.n - 1], "1");
    double left = panel->area.x + panel->x_ticks.place[0];
    double unit = panel->area.x + panel->x_ticks.place[panel->x_ticks.n - 1] - left;
    for (size_t row = 0; row < 5; row++) {
        mmax_point place = mmax_tradeoff_place(plot, &result.tradeoff->markers[MULTIMAX * 5 + row]);
        ck_assert_double_eq_tol((place.x - left) / unit, multimax[row], 0.005);
        double bottom = panel->area.y + panel->area.height - panel->y_ticks.place[0];
        ck_assert_double_eq_tol((bottom - place.y) / unit, 1, 0.005);
    }
    mmax_plot_free(plot);
    mmax_figures_free(&result);
}
END_TEST

static const mmax_figure_options sizes[] = {
    {0}, {.width = 85, .height = 80, .size_in_mm = true}, {.width = 800, .height = 300}};

enum { SIZES = sizeof sizes / sizeof *sizes };

START_TEST(labels_of_curves_lie_on_the_panel_and_on_nothing_else)
{
    double *logits = random_rows(60, 20);
    mmax_result result = gather_by_default(logits, 60, 20, 60);
    mmax_plot *plot = lay_out(result.tradeoff, &sizes[_i]);
    mmax_rectangle area = plot->panels[0].area;
    mmax_tradeoff_label labels[MMAX_TRADEOFF_LABELS];
    size_t n = mmax_tradeoff_label_curves(result.tradeoff, plot, &measure, labels);
    places *all = mmax_alloc_zeroed(1, sizeof *all);
    ck_assert(n >= 2);
    for (size_t i = 0; i < n; i++) {
        mmax_rectangle place = labels[i].place;
        place.x -= area.x;
        place.y -= area.y;
        add(all, labels[i].text, place);
    }
    assert_apart_and_inside(all, area.width, area.height);
    for (size_t i = 0; i < n; i++)
        for (size_t map = 0; map < MAPS; map++) {
            mmax_point marker = mmax_tradeoff_place(plot, &result.tradeoff->markers[map]);
            mmax_rectangle at = labels[i].place;
            ck_assert(marker.x < at.x || marker.x > at.x + at.width || marker.y < at.y ||
                      marker.y > at.y + at.height);
        }
    free(all);
    mmax_plot_free(plot);
    mmax_figures_free(&result);
    free(logits);
}
END_TEST

START_TEST(a_trade_off_without_rows_has_a_panel_and_no_curves)
{
    const double logits[] = {1, 1, 1};
    const mmax_figure_options options = {0};
    mmax_result result = gather_by_default(logits, 1, 3, 1);
    mmax_plot *plot = lay_out(result.tradeoff, &options);
    mmax_tradeoff_label labels[MMAX_TRADEOFF_LABELS];
    ck_assert_uint_eq(plot->n_entries, MAPS);
    ck_assert_uint_eq(mmax_tradeoff_label_curves(result.tradeoff, plot, &measure, labels), 0);
    mmax_plot_free(plot);
    mmax_figures_free(&result);
}
END_TEST

#ifdef HAVE_CAIRO
/* The places of the circles of a radius, in their order; returns their number. */
static size_t circles_of(const char *svg, const char *radius, mmax_point *centers, size_t room)
{
    size_t n = 0;
    while ((svg = strstr(svg, "<circle"))) {
        char read[16];
        mmax_point center;
        if (sscanf(svg, "<circle cx=\"%lf\" cy=\"%lf\" r=\"%15[^\"]\"", &center.x, &center.y,
                   read) == 3 &&
            strcmp(read, radius) == 0 && n < room)
            centers[n++] = center;
        svg++;
    }
    return n;
}

START_TEST(softmax_of_the_papers_figure_is_drawn_in_its_places)
{
    static const double softmax[] = {1, 0.2384, 0.036, 0.005, 0.0007};
    const struct mmax_plan plan = papers_plan();
    mmax_result result = gather(&plan, figure1[0], 5, 3, 5);
    result.n_maps = plan.n_maps;
    memcpy(result.maps, plan.maps, sizeof result.maps);
    char path[512];
    snprintf(path, sizeof path, "%s/tradeoff.svg", testing_folder());
    ck_assert_int_eq(mmax_draw_figure(&result, MMAX_FIGURE_TRADEOFF, path, NULL, NULL), MMAX_OK);
    size_t n_bytes;
    char *svg = testing_read_file(path, &n_bytes);
    /* Five halos, then five markers. */
    mmax_point centers[10];
    ck_assert_uint_eq(circles_of(svg, "1.7", centers, 10), 10);
    double unit = (centers[5].x - centers[9].x) / (softmax[0] - softmax[4]);
    for (size_t row = 0; row < 5; row++) {
        double multimodality = softmax[4] + (centers[5 + row].x - centers[9].x) / unit;
        ck_assert_double_eq_tol(multimodality, softmax[row], 0.005);
        ck_assert_double_eq_tol(centers[5 + row].y, centers[5].y, 0.01); /* all have S = 1/e */
    }
    ck_assert_ptr_nonnull(strstr(svg, "stroke-dasharray")); /* of entmax's curves */
    free(svg);
    mmax_figures_free(&result);
}
END_TEST
#endif

TCase *render_tradeoff_tests(void)
{
    TCase *tests = tcase_create("tradeoff");
    tcase_add_test(tests, the_points_are_those_of_the_papers_second_figure);
    tcase_add_test(tests, softmax_goes_from_all_sparsity_to_none_and_to_all_modes);
    tcase_add_test(tests, entmax_goes_through_softmax_entmax_and_sparsemax);
    tcase_add_test(tests, curves_have_steps_where_they_turn);
    tcase_add_test(tests, of_more_than_eight_different_rows_the_mean_is_shown);
    tcase_add_test(tests, equal_rows_are_shown_once);
    tcase_add_test(tests, rows_without_both_numbers_are_left_out_and_counted);
    tcase_add_test(tests, a_trade_off_does_not_depend_on_how_rows_are_cut_into_blocks);
    tcase_add_test(tests, many_and_long_rows_are_sampled_evenly);
    tcase_add_test(tests, points_of_the_papers_figure_lie_where_the_axes_say);
    tcase_add_loop_test(tests, labels_of_curves_lie_on_the_panel_and_on_nothing_else, 0, SIZES);
    tcase_add_test(tests, a_trade_off_without_rows_has_a_panel_and_no_curves);
#ifdef HAVE_CAIRO
    tcase_add_test(tests, softmax_of_the_papers_figure_is_drawn_in_its_places);
#endif
    return tests;
}
