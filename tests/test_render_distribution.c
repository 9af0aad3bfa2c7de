/* Distributions of weights: the counts of the pass, and the places of their lines. */
#include "render/distribution_layout.h"

#include "test_render.h"
#include "test_render_places.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static mmax_result gather(const double *logits, size_t n_rows, size_t row_length, size_t block)
{
    struct mmax_plan plan = figure_plan();
    const size_t shape[] = {n_rows, row_length};
    mmax_result result = {.input = figure_input(2, shape)};
    mmax_plan_keep_figure(&plan, MMAX_FIGURE_DISTRIBUTION);
    gather_figures(&plan, logits, block, NULL, &result);
    return result;
}

START_TEST(live_weights_are_counted_and_exact_zeros_apart)
{
    /* Softmax of (0, -ln 9) is (0.9, 0.1); sparsemax of a lead of 1 and more is (1, 0); a masked
     * entry has no weight, a masked or skipped row none at all. */
    const double logits[] = {0,         -log(9),      -HUGE_VAL,    0,
                             -40,       -HUGE_VAL,    -HUGE_VAL,    -HUGE_VAL,
                             -HUGE_VAL, NOT_A_NUMBER, NOT_A_NUMBER, NOT_A_NUMBER};
    mmax_result result = gather(logits, 4, 3, 3);
    const mmax_distribution *data = result.distribution;
    const size_t *softmax = data->bins, *sparsemax = data->bins + MMAX_DISTRIBUTION_BINS;
    ck_assert_uint_eq(data->n_rows, 2);
    ck_assert_uint_eq(data->n_entries, 4);
    ck_assert_uint_eq(data->zeros[0], 0);
    ck_assert_uint_eq(data->tiny[0], 1); /* e^-40 is 4e-18 */
    ck_assert_uint_eq(softmax[119], 2);  /* 0.9 and 1 - 4e-18; the bin begins at 10^-0.1 = 0.79 */
    ck_assert_uint_eq(softmax[109] + softmax[110], 1); /* 0.1, or what rounding makes of it */
    ck_assert_uint_eq(data->zeros[1], 2);
    ck_assert_uint_eq(sparsemax[119], 2);
    mmax_figures_free(&result);
}
END_TEST

/* Where a logarithm says that a weight is. */
static size_t bin_by_logarithm(double weight)
{
    double place = floor(10 * (log10(weight) + 12) + 1e-9);
    return place < MMAX_DISTRIBUTION_BINS ? (size_t)place : MMAX_DISTRIBUTION_BINS - 1;
}

START_TEST(every_weight_is_in_the_bin_of_its_logarithm)
{
    /* Softmax of (x, 0) is 1 / (1 + e^-x) and the rest, over all decades. */
    enum { ROWS = 3000 };
    double *logits = mmax_alloc_zeroed(2 * ROWS, sizeof *logits);
    size_t expected[MMAX_DISTRIBUTION_BINS] = {0}, n_tiny = 0;
    for (size_t i = 0; i < ROWS; i++) {
        double x = logits[2 * i] = -0.01 * (double)i;
        double weights[] = {1 / (1 + exp(-x)), 1 / (1 + exp(x))};
        for (size_t k = 0; k < 2; k++)
            if (weights[k] < 1e-12)
                n_tiny++;
            else
                expected[bin_by_logarithm(weights[k])]++;
    }
    mmax_result result = gather(logits, ROWS, 2, 500);
    for (size_t i = 0; i < MMAX_DISTRIBUTION_BINS; i++)
        ck_assert_uint_eq(result.distribution->bins[i], expected[i]);
    ck_assert_uint_eq(result.distribution->tiny[0], n_tiny);
    mmax_figures_free(&result);
    free(logits);
}
END_TEST

START_TEST(counts_do_not_depend_on_how_rows_are_cut_into_blocks)
{
    enum { ROWS = 40, COLUMNS = 13 };
    double logits[ROWS * COLUMNS];
    testing_random random = {9};
    for (size_t i = 0; i < ROWS * COLUMNS; i++)
        logits[i] = 4 * testing_normal(&random);
    mmax_result whole = gather(logits, ROWS, COLUMNS, ROWS);
    for (size_t block = 1; block < ROWS; block += 7) {
        mmax_result other = gather(logits, ROWS, COLUMNS, block);
        const mmax_distribution *a = whole.distribution, *b = other.distribution;
        ck_assert_mem_eq(a->bins, b->bins, a->n_maps * MMAX_DISTRIBUTION_BINS * sizeof *a->bins);
        ck_assert_mem_eq(a->zeros, b->zeros, a->n_maps * sizeof *a->zeros);
        mmax_figures_free(&other);
    }
    mmax_figures_free(&whole);
}
END_TEST

/* ---- places ---------------------------------------------------------------------------------- */

/* Of 200 entries of one map: 40 exact zeros, one tiny, one of 10^-8, 60 of 0.01 and the rest of 1.
 */
static void fill_in(mmax_distribution *data, size_t *zeros, size_t *tiny, size_t *bins)
{
    *data = (mmax_distribution){.n_maps = 1, .n_rows = 20, .n_entries = 200};
    for (int i = 0; i <= MMAX_DISTRIBUTION_BINS; i++)
        data->edges[i] = pow(10, 0.1 * i - 12);
    *zeros = 40;
    *tiny = 1;
    bins[40] = 1;
    bins[100] = 60;
    bins[119] = 98;
    data->zeros = zeros;
    data->tiny = tiny;
    data->bins = bins;
}

START_TEST(lines_of_a_distribution_are_where_its_counts_say)
{
    size_t zeros, tiny, bins[MMAX_DISTRIBUTION_BINS] = {0};
    mmax_distribution data;
    fill_in(&data, &zeros, &tiny, bins);
    mmax_plot *plot;
    ck_assert_int_eq(mmax_plot_new(2, &plot, NULL), MMAX_OK);
    plot->title = plot->caption = "words";
    mmax_distribution_plan(&data, plot);
    /* Two in 200 may be left of the axis: those of 10^-8 and less are. */
    ck_assert_double_eq_tol(plot->panels[0].x.low, 0.01, 1e-15);
    const mmax_figure_options options = {0};
    ck_assert_int_eq(mmax_plot_lay_out(plot, &options, &measure, NULL), MMAX_OK);
    mmax_point points[MMAX_DISTRIBUTION_POINTS];
    const mmax_panel *lower = &plot->panels[1];
    size_t n = mmax_distribution_cumulative(&data, 0, lower, points);
    ck_assert_uint_eq(n, 21);                                                     /* two decades */
    ck_assert_double_eq_tol(points[0].y, mmax_panel_place(lower, 1, 21).y, 1e-9); /* 42 / 200 */
    ck_assert_double_eq_tol(points[1].y, mmax_panel_place(lower, 1, 51).y, 1e-9); /* 102 / 200 */
    ck_assert_double_eq_tol(points[n - 1].y, lower->area.y, 1e-9);                /* all */
    ck_assert_double_eq_tol(points[n - 1].x, lower->area.x + lower->area.width, 1e-9);
    const mmax_panel *upper = &plot->panels[0];
    n = mmax_distribution_histogram(&data, 0, upper, points);
    ck_assert_double_eq_tol(points[1].y, mmax_panel_place(upper, 1, 30).y, 1e-9); /* 60 / 200 */
    ck_assert_double_eq_tol(points[n - 2].y, mmax_panel_place(upper, 1, 49).y, 1e-9);
    for (size_t i = 0; i < n; i++)
        ck_assert(points[i].y >= upper->area.y - 1e-9);
    mmax_plot_free(plot);
}
END_TEST

START_TEST(a_distribution_without_entries_has_axes_and_no_lines)
{
    size_t zeros, tiny, bins[MMAX_DISTRIBUTION_BINS] = {0};
    mmax_distribution data;
    fill_in(&data, &zeros, &tiny, bins);
    memset(bins, 0, sizeof bins);
    zeros = tiny = data.n_entries = 0;
    mmax_plot *plot;
    ck_assert_int_eq(mmax_plot_new(2, &plot, NULL), MMAX_OK);
    plot->title = plot->caption = "words";
    mmax_distribution_plan(&data, plot);
    const mmax_figure_options options = {0};
    ck_assert_int_eq(mmax_plot_lay_out(plot, &options, &measure, NULL), MMAX_OK);
    mmax_point points[MMAX_DISTRIBUTION_POINTS];
    ck_assert_uint_eq(mmax_distribution_histogram(&data, 0, &plot->panels[0], points), 0);
    ck_assert_uint_eq(mmax_distribution_cumulative(&data, 0, &plot->panels[1], points), 0);
    mmax_plot_free(plot);
}
END_TEST

START_TEST(shares_in_words_never_hide_a_few_or_a_few_others)
{
    static const struct {
        size_t count, total;
        const char *text;
    } cases[] = {{0, 7, "0 %"},
                 {7, 7, "100 %"},
                 {1, 8, "12.5 %"},
                 {1, 100000, "< 0.1 %"},
                 {99999, 100000, "> 99.9 %"},
                 {2, 3, "66.7 %"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[32] = "";
        mmax_append_percent(text, sizeof text, cases[i].count, cases[i].total);
        ck_assert_str_eq(text, cases[i].text);
    }
}
END_TEST

START_TEST(rounded_numbers_have_three_digits)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0, "0"},     {2, "2"},       {0.39749, "0.397"},        {-1234.5, "-1230"},
                 {0.1, "0.1"}, {99.96, "100"}, {-0.00055567, "-0.000556"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[32] = "";
        mmax_append_rounded(text, sizeof text, cases[i].value);
        ck_assert_str_eq(text, cases[i].text);
    }
}
END_TEST

TCase *render_distribution_tests(void)
{
    TCase *tests = tcase_create("distribution");
    tcase_add_test(tests, live_weights_are_counted_and_exact_zeros_apart);
    tcase_add_test(tests, every_weight_is_in_the_bin_of_its_logarithm);
    tcase_add_test(tests, counts_do_not_depend_on_how_rows_are_cut_into_blocks);
    tcase_add_test(tests, lines_of_a_distribution_are_where_its_counts_say);
    tcase_add_test(tests, a_distribution_without_entries_has_axes_and_no_lines);
    tcase_add_test(tests, rounded_numbers_have_three_digits);
    tcase_add_test(tests, shares_in_words_never_hide_a_few_or_a_few_others);
    return tests;
}
