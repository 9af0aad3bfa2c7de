/* Colour scales of heatmaps: which number has which place on a colour map. */
#include "render/heatmap_scale.h"
#include "test_render.h"

#include <math.h>
#include <string.h>

static double measure_text(const void *context, const char *text, double size, bool is_bold)
{
    (void)context;
    (void)is_bold;
    return 0.6 * size * (double)strlen(text);
}

static const mmax_measure measure = {measure_text, NULL};

/* A panel of two maps and their difference, of two cells each. */
static float cells[] = {0.4F, 0.001F, 0.1F, 0, 0.3F, -0.4F};
static float panel_max[] = {0.4F, 0.1F, 0.4F};
static const mmax_heatmap data = {.n_panels = 1,
                                  .n_pictures = 3,
                                  .has_difference = true,
                                  .height = 1,
                                  .width = 2,
                                  .cells = cells,
                                  .panel_max = panel_max};

static mmax_heatmap_scale scale_of(mmax_figure_options options, bool is_signed)
{
    mmax_heatmap_scale scale;
    mmax_heatmap_scale_make(&data, &options, is_signed, &scale);
    return scale;
}

START_TEST(a_linear_scale_ends_at_a_round_number_that_holds_every_weight)
{
    mmax_heatmap_scale scale = scale_of((mmax_figure_options){0}, false);
    ck_assert_double_eq_tol(scale.top, 0.4, 1e-12);
    ck_assert(!scale.has_more && !scale.has_less);
    ck_assert_double_eq_tol(mmax_heatmap_fraction(&scale, 0, 0.1), 0.25, 1e-12);
}
END_TEST

START_TEST(a_logarithmic_scale_goes_down_to_a_power_of_ten_and_says_what_is_below)
{
    mmax_heatmap_scale scale =
        scale_of((mmax_figure_options){.color_scale = MMAX_COLORS_LOG, .vmax = 0.1}, false);
    ck_assert_double_eq_tol(mmax_heatmap_scale_bottom(&scale), 0.001, 1e-12);
    ck_assert(scale.has_more); /* 0.4 */
    ck_assert(scale.has_less); /* 0 */
    ck_assert_double_eq_tol(mmax_heatmap_fraction(&scale, 0, 0.1), 1, 1e-12);
    ck_assert_double_eq_tol(mmax_heatmap_fraction(&scale, 0, 0.01), 0.5, 1e-12);
    ck_assert_double_eq_tol(mmax_heatmap_fraction(&scale, 0, 0.001), 0, 1e-12);
}
END_TEST

START_TEST(a_scale_of_square_roots_gives_a_quarter_half_its_length)
{
    mmax_heatmap_scale scale =
        scale_of((mmax_figure_options){.color_scale = MMAX_COLORS_SQRT}, false);
    ck_assert_double_eq_tol(mmax_heatmap_fraction(&scale, 0, 0.1), 0.5, 1e-12);
}
END_TEST

START_TEST(differences_are_symmetric_about_the_middle_on_every_scale)
{
    for (mmax_color_scale kind = MMAX_COLORS_LINEAR; kind <= MMAX_COLORS_SQRT; kind++) {
        mmax_heatmap_scale scale = scale_of((mmax_figure_options){.color_scale = kind}, true);
        ck_assert_double_eq_tol(mmax_heatmap_fraction(&scale, 2, 0), 0.5, 1e-12);
        ck_assert_double_eq_tol(mmax_heatmap_fraction(&scale, 2, 0.4), 1, 1e-12);
        ck_assert_double_eq_tol(mmax_heatmap_fraction(&scale, 2, -0.4), 0, 1e-12);
    }
}
END_TEST

START_TEST(scales_of_their_own_end_at_the_largest_cell_of_each_picture)
{
    mmax_heatmap_scale scale = scale_of((mmax_figure_options){.has_own_scales = true}, false);
    ck_assert_double_eq_tol(mmax_heatmap_fraction(&scale, 0, 0.4), 1, 1e-6);
    ck_assert_double_eq_tol(mmax_heatmap_fraction(&scale, 1, 0.1), 1, 1e-6);
    ck_assert(!scale.has_more);
}
END_TEST

START_TEST(a_percentile_is_the_top_of_weights_and_of_differences_alike)
{
    const mmax_figure_options half = {.vmax = 50, .vmax_is_percentile = true};
    mmax_heatmap_scale weights = scale_of(half, false), differences = scale_of(half, true);
    ck_assert_double_eq_tol(weights.top, 0.1, 1e-7);     /* of 0.001, 0.1, 0.4 */
    ck_assert_double_eq_tol(differences.top, 0.3, 1e-7); /* of 0.3, 0.4 */
    ck_assert(weights.has_more && differences.has_more);
}
END_TEST

START_TEST(ticks_tell_a_given_top_and_keep_apart)
{
    static const mmax_color_scale kinds[] = {MMAX_COLORS_LINEAR, MMAX_COLORS_LOG, MMAX_COLORS_SQRT};
    for (size_t i = 0; i < 3; i++) {
        mmax_heatmap_scale scale =
            scale_of((mmax_figure_options){.color_scale = kinds[i], .vmax = 0.0347}, false);
        mmax_ticks ticks;
        mmax_heatmap_scale_ticks(&scale, &measure, 72, 3, &ticks);
        ck_assert_uint_ge(ticks.n, 2);
        ck_assert_str_eq(ticks.text[ticks.n - 1], "0.0347");
        ck_assert_double_eq_tol(ticks.place[ticks.n - 1], 72, 1e-9);
        for (size_t k = 1; k < ticks.n; k++)
            ck_assert(ticks.place[k] - ticks.place[k - 1] >= MMAX_TICK_SIZE);
    }
}
END_TEST

TCase *render_scale_tests(void)
{
    TCase *tests = tcase_create("colour scales");
    tcase_add_test(tests, a_linear_scale_ends_at_a_round_number_that_holds_every_weight);
    tcase_add_test(tests, a_logarithmic_scale_goes_down_to_a_power_of_ten_and_says_what_is_below);
    tcase_add_test(tests, a_scale_of_square_roots_gives_a_quarter_half_its_length);
    tcase_add_test(tests, differences_are_symmetric_about_the_middle_on_every_scale);
    tcase_add_test(tests, scales_of_their_own_end_at_the_largest_cell_of_each_picture);
    tcase_add_test(tests, a_percentile_is_the_top_of_weights_and_of_differences_alike);
    tcase_add_test(tests, ticks_tell_a_given_top_and_keep_apart);
    return tests;
}
