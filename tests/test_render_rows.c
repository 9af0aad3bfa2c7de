/* Rows as bars: what the pass keeps of them, and where the bars are. */
#include "render/rows_layout.h"

#include "test_render.h"
#include "test_render_places.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static mmax_result gather(const mmax_input *input, const double *logits, size_t block,
                          const char *const *row_labels)
{
    struct mmax_plan plan = figure_plan();
    plan.n_maps = 2;
    mmax_result result = {.input = *input};
    mmax_plan_keep_figure(&plan, MMAX_FIGURE_ROWS);
    gather_figures(&plan, logits, block, row_labels, &result);
    return result;
}

START_TEST(the_first_four_rows_with_a_live_entry_are_kept)
{
    enum { ROWS = 8, COLUMNS = 2 };
    static const size_t shape[] = {ROWS, COLUMNS};
    static const char *const labels[ROWS] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    double logits[ROWS * COLUMNS] = {0};
    logits[0] = logits[1] = NOT_A_NUMBER; /* skipped */
    logits[4] = logits[5] = -HUGE_VAL;    /* masked */
    logits[6] = 3;
    mmax_input input = figure_input(2, shape);
    for (size_t block = 1; block <= ROWS; block++) {
        mmax_result result = gather(&input, logits, block, labels);
        const mmax_shown_rows *rows = result.shown_rows;
        static const size_t indices[] = {1, 3, 4, 5};
        ck_assert_uint_eq(rows->n_rows, 6);
        ck_assert_uint_eq(rows->n, MMAX_SHOWN_ROWS);
        for (size_t i = 0; i < rows->n; i++) {
            ck_assert_uint_eq(rows->rows[i].index, indices[i]);
            ck_assert_str_eq(rows->rows[i].label, labels[indices[i]]);
        }
        ck_assert_double_eq_tol(rows->rows[1].weights[0], 1 / (1 + exp(-3)), 1e-15); /* softmax */
        ck_assert_double_eq(rows->rows[1].weights[3], 1);                            /* sparsemax */
        ck_assert_double_eq(rows->rows[1].weights[4], 0);
        mmax_figures_free(&result);
    }
}
END_TEST

START_TEST(of_a_long_row_the_largest_logits_are_kept_and_the_rest_is_a_sum)
{
    enum { N = 500 };
    static const size_t shape[] = {1, N};
    double logits[N], sum = 0, shown = 0;
    testing_random random = {11};
    for (size_t i = 0; i < N; i++)
        logits[i] = i % 5 == 0 ? (double)-INFINITY : testing_normal(&random);
    mmax_input input = figure_input(2, shape);
    mmax_result result = gather(&input, logits, 1, NULL);
    const mmax_shown_row *row = &result.shown_rows->rows[0];
    ck_assert_uint_eq(row->n, MMAX_SHOWN_ENTRIES);
    ck_assert_uint_eq(row->n_others, 400 - MMAX_SHOWN_ENTRIES);
    double least = HUGE_VAL;
    for (size_t i = 0; i < row->n; i++) {
        ck_assert(i == 0 || row->entries[i] > row->entries[i - 1]);
        ck_assert_double_eq(row->logits[i], logits[row->entries[i]]);
        least = fmin(least, row->logits[i]);
        shown += exp(row->logits[i]);
    }
    size_t n_larger = 0;
    for (size_t i = 0; i < N; i++) {
        n_larger += logits[i] > least;
        sum += exp(logits[i]);
    }
    ck_assert_uint_eq(n_larger, MMAX_SHOWN_ENTRIES - 1);
    ck_assert_double_eq_tol(row->weights[row->n], 1 - shown / sum, 1e-12);
    mmax_figures_free(&result);
}
END_TEST

START_TEST(entries_stand_in_their_order_or_by_their_logits)
{
    static const size_t by_logit[] = {3, 0, 2, 1, 4};
    char label[] = "end";
    mmax_shown_row row = {.n = 4,
                          .n_others = 7,
                          .entries = {0, 2, 5, 9},
                          .logits = {1, -HUGE_VAL, 1, 4},
                          .labels = {NULL, NULL, NULL, label}};
    mmax_row_axis *axis = mmax_alloc_zeroed(1, sizeof *axis);
    ck_assert_ptr_nonnull(axis);
    mmax_row_axis_fill(&row, false, axis);
    ck_assert_uint_eq(axis->n, 5);
    for (size_t i = 0; i < 5; i++)
        ck_assert_uint_eq(axis->order[i], i);
    ck_assert_str_eq(axis->labels[2], "5");
    ck_assert_str_eq(axis->labels[3], "end");
    ck_assert_str_eq(axis->labels[4], "7 others");
    mmax_row_axis_fill(&row, true, axis); /* equal ones in their order, the masked one last */
    for (size_t i = 0; i < 5; i++)
        ck_assert_uint_eq(axis->order[i], by_logit[i]);
    ck_assert_str_eq(axis->labels[0], "end");
    free(axis);
}
END_TEST

/* ---- places ---------------------------------------------------------------------------------- */

static mmax_plot *lay_out(const mmax_result *result, mmax_row_axis *axes)
{
    static const char *const titles[MMAX_SHOWN_ROWS] = {"row 0", "row 1", "row 2", "row 3"};
    static const char *const maps[] = {"softmax", "sparsemax"};
    static const mmax_figure_options options = {0};
    const mmax_shown_rows *rows = result->shown_rows;
    mmax_plot *plot;
    ck_assert_int_eq(mmax_plot_new(mmax_rows_panels(rows), &plot, NULL), MMAX_OK);
    plot->title = "demo.npy";
    plot->caption = "words";
    for (size_t i = 0; i < rows->n; i++)
        mmax_row_axis_fill(&rows->rows[i], false, &axes[i]);
    mmax_rows_plan(rows, axes, titles, maps, plot);
    ck_assert_int_eq(mmax_plot_lay_out(plot, &options, &measure, NULL), MMAX_OK);
    return plot;
}

START_TEST(bars_stand_on_the_threshold_and_on_zero_within_their_panels)
{
    static const size_t shape[] = {1, 4};
    static const double logits[] = {3, 0, -HUGE_VAL, 1};
    mmax_input input = figure_input(2, shape);
    mmax_result result = gather(&input, logits, 1, NULL);
    const mmax_shown_row *row = &result.shown_rows->rows[0];
    mmax_row_axis *axes = mmax_alloc_zeroed(MMAX_SHOWN_ROWS, sizeof *axes);
    ck_assert_ptr_nonnull(axes);
    mmax_plot *plot = lay_out(&result, axes);
    const mmax_panel *panel = &plot->panels[mmax_rows_logits(result.shown_rows, 0)];
    mmax_rectangle above = mmax_rows_bar(panel, 0, row->epsilon, 3),
                   below = mmax_rows_bar(panel, 1, row->epsilon, 0);
    double threshold = mmax_panel_place(panel, 0, row->epsilon).y;
    ck_assert_double_eq_tol(above.y + above.height, threshold, 1e-9);
    ck_assert_double_eq_tol(below.y, threshold, 1e-9);
    ck_assert(above.y > panel->area.y);
    ck_assert(below.y + below.height < panel->area.y + panel->area.height);
    panel = &plot->panels[mmax_rows_weights(result.shown_rows, 0, 0)];
    double bottom = panel->area.y + panel->area.height;
    mmax_rectangle heavy = mmax_rows_bar(panel, 0, 0, 0.5), tiny = mmax_rows_bar(panel, 3, 0, 1e-9);
    ck_assert_double_eq_tol(heavy.y + heavy.height, bottom, 1e-9);
    ck_assert_double_eq_tol(heavy.height, panel->area.height / 2, 1e-9); /* the scale ends at 1 */
    ck_assert_double_eq_tol(tiny.y + tiny.height, bottom, 1e-9);
    ck_assert(tiny.height > 0.5); /* seen */
    ck_assert_double_eq_tol(heavy.x + heavy.width / 2, panel->area.x + panel->area.width / 8, 1e-9);
    mmax_plot_free(plot);
    free(axes);
    mmax_figures_free(&result);
}
END_TEST

START_TEST(without_a_live_entry_there_is_one_empty_panel)
{
    static const size_t shape[] = {2, 2};
    static const double logits[] = {-HUGE_VAL, -HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    mmax_input input = figure_input(2, shape);
    mmax_result result = gather(&input, logits, 2, NULL);
    ck_assert_uint_eq(result.shown_rows->n, 0);
    mmax_plot *plot = lay_out(&result, NULL);
    ck_assert_uint_eq(plot->n_panels, 1);
    ck_assert(plot->panels[0].area.width > 0);
    mmax_plot_free(plot);
    mmax_figures_free(&result);
}
END_TEST

TCase *render_rows_tests(void)
{
    TCase *tests = tcase_create("rows");
    tcase_add_test(tests, the_first_four_rows_with_a_live_entry_are_kept);
    tcase_add_test(tests, of_a_long_row_the_largest_logits_are_kept_and_the_rest_is_a_sum);
    tcase_add_test(tests, entries_stand_in_their_order_or_by_their_logits);
    tcase_add_test(tests, bars_stand_on_the_threshold_and_on_zero_within_their_panels);
    tcase_add_test(tests, without_a_live_entry_there_is_one_empty_panel);
    return tests;
}
