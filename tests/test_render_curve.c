/* Curves of sigma: what the pass gathers, and where it is drawn. */
#include "render/curve_layout.h"

#include "test_render.h"
#include "test_render_places.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* tb = 2 below -1, td = 0.5 above 2; and one whose breakpoints are the row's threshold. */
static struct mmax_plan two_curves(void)
{
    return (struct mmax_plan){
        .n_maps = 2,
        .maps = {{.kind = MMAX_MULTIMAX, .ts = {-1, -0.5}, .ranges = {-1, 2}},
                 {.kind = MMAX_MULTIMAX, .ts = {-1, -0.5}, .range_is_epsilon = {true, true}}},
    };
}

static mmax_result gather(struct mmax_plan plan, size_t n_rows, size_t row_length,
                          const double *logits, size_t block)
{
    const size_t shape[] = {n_rows, row_length};
    mmax_result result = {.input = figure_input(2, shape), .n_maps = plan.n_maps};
    memcpy(result.maps, plan.maps, sizeof result.maps);
    mmax_plan_keep_figure(&plan, MMAX_FIGURE_CURVE);
    gather_figures(&plan, logits, block, NULL, &result);
    return result;
}

/* The paper's definition: b and d are breakpoints, t slopes below and above. */
static double sigma_by_hand(double x, double b, double d)
{
    return x + (1 - 2) * fmax(b - x, 0) + (0.5 - 1) * fmax(x - d, 0);
}

START_TEST(curves_are_sigma_and_breakpoints_are_among_their_points)
{
    /* By default a threshold is ln((e^a + e^b) / 2); the masked row has none. */
    static const double logits[] = {-4, 5, -4, 5, -HUGE_VAL, -HUGE_VAL};
    double epsilon = log((exp(-4) + exp(5)) / 2);
    mmax_result result = gather(two_curves(), 3, 2, logits, 1);
    const mmax_curve *data = result.curve;
    ck_assert_double_eq_tol(data->epsilon, epsilon, 1e-12);
    ck_assert(data->low < -4 && data->high > 5);
    ck_assert_uint_eq(data->n_logits, 4);
    for (size_t map = 0; map < 2; map++) {
        double b = map == 0 ? -1 : epsilon, d = map == 0 ? 2 : epsilon;
        size_t n_found = 0;
        for (size_t i = 0; i < MMAX_CURVE_POINTS; i++) {
            double x = data->x[map * MMAX_CURVE_POINTS + i];
            ck_assert_double_eq_tol(data->y[map * MMAX_CURVE_POINTS + i], sigma_by_hand(x, b, d),
                                    1e-12);
            ck_assert(i == 0 || x > data->x[map * MMAX_CURVE_POINTS + i - 1]);
            n_found += x == data->sigmas[map].knots[0];
        }
        ck_assert_uint_eq(n_found, 1);
    }
    ck_assert_uint_eq(data->sigmas[0].n_knots, 2);
    ck_assert_uint_eq(data->sigmas[1].n_knots, 1);
    mmax_figures_free(&result);
}
END_TEST

START_TEST(slopes_are_those_of_the_pieces)
{
    const mmax_map map = {
        .kind = MMAX_MULTIMAX, .ts = {-1, -0.5, 0, -0.25}, .ranges = {-1, 2, 0, 4}};
    mmax_sigma sigma;
    mmax_sigma_of(&map, 0, &sigma);
    ck_assert_uint_eq(sigma.n_knots, 3);
    ck_assert_double_eq(sigma.slopes[0][0], 2);
    ck_assert_double_eq(sigma.slopes[1][1], 1);
    ck_assert_double_eq(sigma.slopes[2][0], 0.5);
    ck_assert_double_eq(sigma.slopes[3][0], 0.5); /* of 0.5 - 0.5 (x - 4) */
    ck_assert_double_eq(sigma.slopes[3][1], -HUGE_VAL);
    ck_assert_uint_eq(sigma.n_falls, 1);
    ck_assert_double_eq(sigma.falls[0][0], 5);
    ck_assert_double_eq(sigma.falls[0][1], HUGE_VAL);
    const mmax_map softmax = {.kind = MMAX_SOFTMAX, .temperature = 1};
    mmax_sigma_of(&softmax, 0, &sigma);
    ck_assert_uint_eq(sigma.n_knots, 0);
    ck_assert_double_eq(sigma.slopes[0][0], 1);
    ck_assert_double_eq(mmax_sigma_at(&sigma, 3), 3);
}
END_TEST

START_TEST(pairs_are_the_weights_of_two_entries)
{
    struct mmax_plan plan = figure_plan();
    static const double logits[] = {1, 2, 3};
    mmax_result result = gather(plan, 1, 3, logits, 1);
    const mmax_curve *data = result.curve;
    ck_assert_double_eq(data->pair_x[0], -6);
    ck_assert_double_eq(data->pair_x[MMAX_CURVE_POINTS - 1], 6);
    for (size_t i = 0; i < MMAX_CURVE_POINTS; i++) {
        double x = data->pair_x[i];
        const double *softmax = data->pair, *sparsemax = data->pair + MMAX_CURVE_POINTS;
        ck_assert_double_eq_tol(softmax[i], 1 / (1 + exp(-x)), 1e-15);
        ck_assert_double_eq_tol(sparsemax[i], fmin(fmax((1 + x) / 2, 0), 1), 1e-15);
    }
    mmax_figures_free(&result);
}
END_TEST

START_TEST(inputs_without_logits_or_with_one_have_curves)
{
    static const double masked[] = {-HUGE_VAL, -HUGE_VAL}, same[] = {7, 7}, far[] = {1e300, -1e300};
    const double *const inputs[] = {masked, same, far};
    static const mmax_figure_options options = {0};
    for (size_t i = 0; i < 3; i++) {
        struct mmax_plan plan = two_curves();
        plan.n_maps = 1;
        mmax_result result = gather(plan, 1, 2, inputs[i], 1);
        const mmax_curve *data = result.curve;
        ck_assert(isfinite(data->low) && data->low < data->high && isfinite(data->high));
        mmax_plot *plot;
        ck_assert_int_eq(mmax_plot_new(MMAX_CURVE_PANELS, &plot, NULL), MMAX_OK);
        plot->title = plot->caption = "words";
        mmax_curve_plan(data, plan.maps, plot);
        ck_assert_int_eq(mmax_plot_lay_out(plot, &options, &measure, NULL), MMAX_OK);
        mmax_plot_free(plot);
        mmax_figures_free(&result);
    }
}
END_TEST

START_TEST(lines_and_bars_are_within_their_panels)
{
    static const double logits[] = {-4, 5, 1, 1, 0, 2};
    static const mmax_figure_options options = {0};
    mmax_result result = gather(two_curves(), 3, 2, logits, 3);
    const mmax_curve *data = result.curve;
    mmax_plot *plot;
    ck_assert_int_eq(mmax_plot_new(MMAX_CURVE_PANELS, &plot, NULL), MMAX_OK);
    plot->title = plot->caption = "words";
    mmax_curve_plan(data, result.maps, plot);
    ck_assert_int_eq(mmax_plot_lay_out(plot, &options, &measure, NULL), MMAX_OK);
    mmax_point points[MMAX_CURVE_POINTS];
    mmax_rectangle area = plot->panels[MMAX_CURVE_SIGMA].area;
    size_t n =
        mmax_curve_sigma(data, 0, -HUGE_VAL, HUGE_VAL, &plot->panels[MMAX_CURVE_SIGMA], points);
    ck_assert_uint_eq(n, MMAX_CURVE_POINTS);
    for (size_t i = 0; i < n; i++) {
        ck_assert(points[i].x >= area.x - 1e-9 && points[i].x <= area.x + area.width + 1e-9);
        ck_assert(points[i].y >= area.y && points[i].y <= area.y + area.height);
    }
    ck_assert_double_eq_tol(points[0].x, area.x, 1e-9);
    ck_assert_double_eq_tol(points[n - 1].x, area.x + area.width, 1e-9);
    n = mmax_curve_sigma(data, 0, -1, -1, &plot->panels[MMAX_CURVE_SIGMA], points);
    ck_assert_uint_eq(n, 1);
    ck_assert_double_eq(points[0].y, mmax_panel_place(&plot->panels[MMAX_CURVE_SIGMA], -1, -1).y);
    area = plot->panels[MMAX_CURVE_LOGITS].area;
    for (size_t i = 0; i < MMAX_CURVE_BINS; i++) {
        mmax_rectangle bar = mmax_curve_bin(data, i, &plot->panels[MMAX_CURVE_LOGITS]);
        ck_assert(bar.y >= area.y);
        ck_assert_double_eq_tol(bar.y + bar.height, area.y + area.height, 1e-9);
    }
    mmax_plot_free(plot);
    mmax_figures_free(&result);
}
END_TEST

TCase *render_curve_tests(void)
{
    TCase *tests = tcase_create("curve");
    tcase_add_test(tests, curves_are_sigma_and_breakpoints_are_among_their_points);
    tcase_add_test(tests, slopes_are_those_of_the_pieces);
    tcase_add_test(tests, pairs_are_the_weights_of_two_entries);
    tcase_add_test(tests, inputs_without_logits_or_with_one_have_curves);
    tcase_add_test(tests, lines_and_bars_are_within_their_panels);
    return tests;
}
