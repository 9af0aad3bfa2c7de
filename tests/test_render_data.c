/* The picture that the pass gathers for a heatmap. */
#include "test_render.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct mmax_plan two_maps(void)
{
    struct mmax_plan plan = figure_plan();
    plan.n_maps = 2;
    return plan;
}

static double *random_logits(size_t n, double masked)
{
    testing_random random = {7};
    double *logits = mmax_alloc_array(n, sizeof *logits);
    ck_assert_ptr_nonnull(logits);
    for (size_t i = 0; i < n; i++) {
        double x = 3 * testing_normal(&random);
        logits[i] = testing_uniform(&random) < masked ? (double)-INFINITY : x;
    }
    return logits;
}

static void assert_same_picture(const mmax_heatmap *a, const mmax_heatmap *b)
{
    ck_assert_uint_eq(a->height, b->height);
    ck_assert_uint_eq(a->width, b->width);
    ck_assert_uint_eq(a->pool_rows, b->pool_rows);
    ck_assert_uint_eq(a->pool_columns, b->pool_columns);
    ck_assert_uint_eq(a->n_rows, b->n_rows);
    ck_assert_uint_eq(a->n_panels, b->n_panels);
    size_t n = a->n_panels * a->n_pictures * a->height * a->width;
    for (size_t i = 0; i < n; i++)
        ck_assert(testing_same((double)a->cells[i], (double)b->cells[i]));
    for (size_t i = 0; i < a->n_panels * a->n_pictures; i++)
        ck_assert(testing_same((double)a->panel_max[i], (double)b->panel_max[i]));
}

START_TEST(a_picture_does_not_depend_on_how_rows_are_cut_into_blocks)
{
    static const size_t shape[] = {2, 7, 5, 9};
    struct mmax_plan plan = figure_plan();
    mmax_input input = figure_input(4, shape);
    double *logits = random_logits(2 * 7 * 5 * 9, 0.2);
    mmax_heatmap *whole = gather_heatmap(&plan, &input, logits, 70, NULL);
    ck_assert_uint_eq(whole->n_groups, 14);
    ck_assert_uint_eq(whole->n_panels, MMAX_HEATMAP_PANELS);
    static const size_t blocks[] = {1, 2, 3, 4, 7, 69};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        mmax_heatmap *other = gather_heatmap(&plan, &input, logits, blocks[i], NULL);
        assert_same_picture(whole, other);
        free_heatmap(other);
    }
    free_heatmap(whole);
    free(logits);
}
END_TEST

START_TEST(a_picture_whose_height_is_not_known_ends_like_one_whose_height_is)
{
    /* Around the borders at which pictures are halved. */
    static const size_t n_rows[] = {0, 1, 5, 1023, 1024, 1025, 2048, 2049, 2500, 5000};
    struct mmax_plan plan = two_maps();
    double *logits = random_logits(5000 * 3, 0.4);
    for (size_t i = 0; i < sizeof n_rows / sizeof *n_rows; i++) {
        const size_t shape[] = {n_rows[i], 3};
        mmax_input input = figure_input(2, shape);
        mmax_heatmap *known = gather_heatmap(&plan, &input, logits, 100, NULL);
        input.rows_known = false;
        mmax_heatmap *unknown = gather_heatmap(&plan, &input, logits, 33, NULL);
        assert_same_picture(known, unknown);
        free_heatmap(known);
        free_heatmap(unknown);
    }
    free(logits);
}
END_TEST

static mmax_heatmap *begin_heatmap(const struct mmax_plan *plan, const mmax_input *input)
{
    mmax_result result = {.input = *input};
    ck_assert_int_eq(mmax_gather_heatmap.begin(plan, &result, NULL), MMAX_OK);
    return result.heatmap;
}

/* Rows under one map. */
static void add_to_heatmap(mmax_heatmap *heatmap, size_t first_row, size_t n_rows,
                           const double *logits, const double *weights)
{
    mmax_result result = {.heatmap = heatmap};
    const char *const no_labels[4] = {NULL};
    mmax_row_facts facts[4];
    ck_assert_uint_le(n_rows, 4);
    mmax_kernel_facts(logits, n_rows, heatmap->n_columns, facts);
    const mmax_figure_block block = {.first_row = first_row,
                                     .n_rows = n_rows,
                                     .logits = logits,
                                     .weights = &weights,
                                     .labels = no_labels,
                                     .facts = facts};
    ck_assert_int_eq(mmax_gather_heatmap.add(&result, &block, NULL), MMAX_OK);
}

static void end_heatmap(mmax_heatmap *heatmap, const mmax_input *input)
{
    mmax_result result = {.input = *input, .heatmap = heatmap};
    ck_assert_int_eq(mmax_gather_heatmap.end(NULL, &result, NULL, NULL), MMAX_OK);
}

START_TEST(pooling_keeps_an_isolated_weight)
{
    enum { N = 3000, ROW = 1234, COLUMN = 2999 };
    static const size_t shape[] = {N, N};
    struct mmax_plan plan = two_maps();
    plan.n_maps = 1;
    mmax_input input = figure_input(2, shape);
    mmax_heatmap *heatmap = begin_heatmap(&plan, &input);
    double *logits = mmax_alloc_zeroed(N, sizeof *logits);
    double *weights = mmax_alloc_zeroed(N, sizeof *weights);
    for (size_t row = 0; row < N; row++) {
        weights[COLUMN] = row == ROW;
        add_to_heatmap(heatmap, row, 1, logits, weights);
    }
    end_heatmap(heatmap, &input);
    ck_assert_uint_eq(heatmap->pool_rows, 4); /* 3000 / 2 > 1024 >= 3000 / 4 */
    ck_assert_uint_eq(heatmap->pool_columns, 4);
    size_t n_found = 0;
    for (size_t i = 0; i < heatmap->height * heatmap->width; i++)
        n_found += heatmap->cells[i] == 1;
    ck_assert_uint_eq(n_found, 1);
    ck_assert(heatmap->cells[ROW / 4 * heatmap->width + COLUMN / 4] == 1);
    ck_assert(heatmap->panel_max[0] == 1);
    free(logits);
    free(weights);
    free_heatmap(heatmap);
}
END_TEST

START_TEST(masked_and_skipped_cells_are_not_zero)
{
    static const size_t shape[] = {3, 3};
    struct mmax_plan plan = two_maps();
    plan.n_maps = 1;
    mmax_input input = figure_input(2, shape);
    mmax_heatmap *heatmap = begin_heatmap(&plan, &input);
    const double logits[] = {
        1, 2, -HUGE_VAL, -HUGE_VAL, -HUGE_VAL, -HUGE_VAL, NOT_A_NUMBER, NOT_A_NUMBER, NOT_A_NUMBER};
    const double weights[] = {0, 1, 0, 0, 0, 0, NOT_A_NUMBER, NOT_A_NUMBER, NOT_A_NUMBER};
    add_to_heatmap(heatmap, 0, 3, logits, weights);
    end_heatmap(heatmap, &input);
    const float *cells = heatmap->cells;
    ck_assert(cells[0] == 0 && cells[1] == 1);
    for (size_t i = 2; i < 9; i++)
        ck_assert(isnan(cells[i]));
    free_heatmap(heatmap);
}
END_TEST

START_TEST(a_pooled_cell_is_masked_only_when_all_of_it_is)
{
    enum { N = 2048 };
    static const size_t shape[] = {1, N};
    struct mmax_plan plan = two_maps();
    plan.n_maps = 1;
    mmax_input input = figure_input(2, shape);
    double logits[N], weights[N];
    for (size_t i = 0; i < N; i++) {
        logits[i] = i % 4 == 3 || i % 8 >= 6 ? (double)-INFINITY : 0;
        weights[i] = 0;
    }
    mmax_heatmap *heatmap = begin_heatmap(&plan, &input);
    add_to_heatmap(heatmap, 0, 1, logits, weights);
    end_heatmap(heatmap, &input);
    ck_assert_uint_eq(heatmap->pool_columns, 2);
    for (size_t i = 0; i < heatmap->width; i++) /* pairs: live, half, live, masked */
        ck_assert(i % 4 == 3 ? isnan(heatmap->cells[i]) : heatmap->cells[i] == 0);
    free_heatmap(heatmap);
}
END_TEST

START_TEST(many_large_panels_share_a_bounded_amount_of_memory)
{
    static const size_t shape[] = {300, 4096, 4096};
    struct mmax_plan plan = figure_plan();
    mmax_input input = figure_input(3, shape);
    mmax_heatmap *heatmap = begin_heatmap(&plan, &input);
    ck_assert_uint_eq(heatmap->n_groups, 300);
    ck_assert_uint_eq(heatmap->n_panels, 12);
    ck_assert_uint_eq(heatmap->height, 512); /* 60 pictures of 1024^2 would be 252 MB */
    ck_assert_uint_eq(heatmap->width, 512);
    ck_assert_uint_eq(heatmap->pool_rows, 8);
    free_heatmap(heatmap);
}
END_TEST

START_TEST(labels_are_copied_while_nothing_is_pooled)
{
    static const char *const columns[] = {"x", "y", "z"};
    static const char *const rows[] = {"first", NULL, "third"};
    static const size_t shape[] = {3, 3};
    struct mmax_plan plan = two_maps();
    mmax_input input = figure_input(2, shape);
    input.column_labels = columns;
    const double logits[9] = {0};
    mmax_heatmap *heatmap = gather_heatmap(&plan, &input, logits, 2, rows);
    ck_assert_str_eq(heatmap->column_labels[2], "z");
    ck_assert_ptr_ne(heatmap->column_labels[2], columns[2]);
    ck_assert_str_eq(heatmap->row_labels[0], "first");
    ck_assert_ptr_null(heatmap->row_labels[1]);
    ck_assert_str_eq(heatmap->row_labels[2], "third");
    free_heatmap(heatmap);
}
END_TEST

START_TEST(rows_that_turn_out_to_have_tokens_are_labelled_at_the_end)
{
    static const char *const tokens[] = {"a", "b", "c"}, *const own[] = {"x", "y", "z"};
    static const size_t shape[] = {3, 3};
    struct mmax_plan plan = two_maps();
    mmax_input input = figure_input(2, shape);
    input.rows_known = false;
    input.row_labels = tokens;
    const double logits[9] = {0};
    mmax_heatmap *heatmap = gather_heatmap(&plan, &input, logits, 2, NULL);
    ck_assert_str_eq(heatmap->row_labels[2], "c");
    free_heatmap(heatmap);
    heatmap = gather_heatmap(&plan, &input, logits, 2, own);
    ck_assert_str_eq(heatmap->row_labels[2], "z");
    free_heatmap(heatmap);
}
END_TEST

START_TEST(labels_are_dropped_once_rows_are_pooled)
{
    enum { N = 1500 };
    static const char *rows[N];
    for (size_t i = 0; i < N; i++)
        rows[i] = "label";
    const size_t shape[] = {N, 3};
    struct mmax_plan plan = two_maps();
    mmax_input input = figure_input(2, shape);
    double *logits = random_logits(N * 3, 0);
    for (int known = 0; known < 2; known++) {
        input.rows_known = known;
        mmax_heatmap *heatmap = gather_heatmap(&plan, &input, logits, 64, rows);
        ck_assert_uint_eq(heatmap->pool_rows, 2);
        ck_assert_ptr_null(heatmap->row_labels);
        free_heatmap(heatmap);
    }
    free(logits);
}
END_TEST

START_TEST(a_single_row_of_rank_one_is_a_picture_of_one_line)
{
    static const size_t shape[] = {4};
    static const double logits[] = {0, 1, 2, 3};
    struct mmax_plan plan = two_maps();
    mmax_input input = figure_input(1, shape);
    mmax_heatmap *heatmap = gather_heatmap(&plan, &input, logits, 1, NULL);
    ck_assert_uint_eq(heatmap->height, 1);
    ck_assert_uint_eq(heatmap->width, 4);
    ck_assert(heatmap->cells[4 + 3] == 1); /* sparsemax: a lead of 1 is enough for all weight */
    free_heatmap(heatmap);
}
END_TEST

/* ---- differences and panels ------------------------------------------------------------------ */

START_TEST(a_difference_is_of_the_weights_and_masked_where_they_are)
{
    static const size_t shape[] = {1, 3};
    static const double logits[] = {1, 0, -HUGE_VAL};
    struct mmax_plan plan = two_maps(); /* softmax and sparsemax */
    plan.has_difference = true;
    plan.difference[1] = 1;
    mmax_input input = figure_input(2, shape);
    mmax_heatmap *heatmap = gather_heatmap(&plan, &input, logits, 1, NULL);
    ck_assert_uint_eq(heatmap->n_pictures, 3);
    const float *cells = heatmap->cells;
    /* softmax(1, 0) = (s, 1 - s), s = 1 / (1 + e^-1); sparsemax(1, 0) = (1, 0). */
    double s = 1 / (1 + exp(-1));
    ck_assert_double_eq_tol((double)cells[0], s, 1e-7);
    ck_assert(cells[3] == 1 && cells[4] == 0);
    ck_assert_double_eq_tol((double)cells[6], s - 1, 1e-7);
    ck_assert_double_eq_tol((double)cells[7], 1 - s, 1e-7);
    ck_assert(isnan(cells[2]) && isnan(cells[5]) && isnan(cells[8]));
    ck_assert_double_eq_tol((double)heatmap->panel_max[2], 1 - s, 1e-7);
    free_heatmap(heatmap);
}
END_TEST

START_TEST(a_pooled_difference_is_the_one_of_largest_magnitude_whatever_the_order)
{
    static const size_t n_rows[] = {5, 1024, 1025, 2049, 5000};
    struct mmax_plan plan = two_maps();
    plan.has_difference = true;
    plan.difference[1] = 1;
    double *logits = random_logits(5000 * 3, 0.4);
    for (size_t i = 0; i < sizeof n_rows / sizeof *n_rows; i++) {
        const size_t shape[] = {n_rows[i], 3};
        mmax_input input = figure_input(2, shape);
        mmax_heatmap *known = gather_heatmap(&plan, &input, logits, 100, NULL);
        input.rows_known = false;
        mmax_heatmap *unknown = gather_heatmap(&plan, &input, logits, 33, NULL);
        assert_same_picture(known, unknown);
        size_t n_cells = known->height * known->width;
        for (size_t k = 0; k < n_cells; k++) {
            float difference = known->cells[2 * n_cells + k];
            ck_assert_int_eq(isnan(difference), isnan(known->cells[k]));
            /* Weights are in [0, 1]: neither map's largest is less than what it is ahead by. */
            if (!isnan(difference))
                ck_assert(difference <= known->cells[k] &&
                          -difference <= known->cells[n_cells + k]);
        }
        free_heatmap(known);
        free_heatmap(unknown);
    }
    free(logits);
}
END_TEST

START_TEST(chosen_panels_are_those_groups_in_the_order_of_the_list)
{
    static const size_t shape[] = {2, 3, 1, 2};
    struct mmax_plan plan = two_maps();
    mmax_input input = figure_input(4, shape);
    double *logits = random_logits(12, 0);
    mmax_heatmap *all = gather_heatmap(&plan, &input, logits, 6, NULL);
    ck_assert_int_eq(mmax_plan_set_panels(&plan, "1.2,0.*,1.2", NULL), MMAX_OK);
    mmax_heatmap *chosen = gather_heatmap(&plan, &input, logits, 4, NULL);
    static const size_t expected[] = {5, 0, 1, 2};
    ck_assert_uint_eq(chosen->n_panels, 4);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_uint_eq(chosen->groups[i], expected[i]);
        ck_assert_int_eq(
            memcmp(chosen->cells + 4 * i, all->cells + 4 * expected[i], 4 * sizeof(float)), 0);
    }
    free(plan.panels);
    free_heatmap(all);
    free_heatmap(chosen);
    free(logits);
}
END_TEST

START_TEST(a_percentile_is_the_nearest_rank_among_cells_above_zero)
{
    float cells[] = {0, 0.4F, NAN, 0.1F, -0.3F, 0.2F};
    mmax_heatmap heatmap = {.n_panels = 1, .n_pictures = 1, .height = 1, .width = 6};
    const bool first[] = {true}, none[] = {false};
    heatmap.cells = cells;
    /* Of 0.1, 0.2, 0.3, 0.4: NumPy's method 'inverted_cdf'. */
    static const double percents[] = {1e-9, 25, 26, 50, 75, 99, 100};
    static const float expected[] = {0.1F, 0.1F, 0.2F, 0.2F, 0.3F, 0.4F, 0.4F};
    for (size_t i = 0; i < sizeof percents / sizeof *percents; i++)
        ck_assert(mmax_heatmap_percentile(&heatmap, first, percents[i]) == (double)expected[i]);
    ck_assert(mmax_heatmap_percentile(&heatmap, none, 50) == 0);
}
END_TEST

TCase *render_data_tests(void)
{
    TCase *tests = tcase_create("heatmap data");
    tcase_add_test(tests, a_picture_does_not_depend_on_how_rows_are_cut_into_blocks);
    tcase_add_test(tests, a_picture_whose_height_is_not_known_ends_like_one_whose_height_is);
    tcase_add_test(tests, pooling_keeps_an_isolated_weight);
    tcase_add_test(tests, masked_and_skipped_cells_are_not_zero);
    tcase_add_test(tests, a_pooled_cell_is_masked_only_when_all_of_it_is);
    tcase_add_test(tests, many_large_panels_share_a_bounded_amount_of_memory);
    tcase_add_test(tests, labels_are_copied_while_nothing_is_pooled);
    tcase_add_test(tests, rows_that_turn_out_to_have_tokens_are_labelled_at_the_end);
    tcase_add_test(tests, labels_are_dropped_once_rows_are_pooled);
    tcase_add_test(tests, a_single_row_of_rank_one_is_a_picture_of_one_line);
    tcase_add_test(tests, a_difference_is_of_the_weights_and_masked_where_they_are);
    tcase_add_test(tests, a_pooled_difference_is_the_one_of_largest_magnitude_whatever_the_order);
    tcase_add_test(tests, chosen_panels_are_those_groups_in_the_order_of_the_list);
    tcase_add_test(tests, a_percentile_is_the_nearest_rank_among_cells_above_zero);
    return tests;
}
