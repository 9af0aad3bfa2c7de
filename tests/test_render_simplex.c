/* The points that the pass gathers for a simplex plot, and where they lie. */
#include "render/simplex_layout.h"

#include "test_render.h"
#include "test_render_places.h"

#include <math.h>
#include <stdlib.h>

/* The inputs of the MultiMax paper's figure. */
static const double figure1[5][3] = {
    {10, 10, -1}, {10, 8, -1}, {10, 6, -1}, {10, 4, -1}, {10, 2, -1}};

enum { SOFTMAX, SPARSEMAX, ENTMAX, EVSOFTMAX, MULTIMAX };

static const double *point_of(const mmax_simplex *simplex, size_t map, size_t row)
{
    return simplex->points + 3 * (map * simplex->n_points + row);
}

START_TEST(rows_of_two_entries_are_refused)
{
    static const size_t shape[] = {5, 2};
    const struct mmax_plan plan = figure_plan();
    mmax_result result = {.input = figure_input(2, shape)};
    mmax_error error;
    ck_assert_int_eq(mmax_gather_simplex.begin(&plan, &result, &error), MMAX_EUNSUPPORTED);
    ck_assert_str_eq(error.message, "folder/demo.npy: a simplex plot needs rows of at least three "
                                    "entries; these have 2");
}
END_TEST

START_TEST(the_points_are_those_of_the_papers_figure)
{
    static const size_t shape[] = {5, 3};
    struct mmax_plan plan = figure_plan();
    mmax_input input = figure_input(2, shape);
    mmax_simplex *simplex = gather_simplex(&plan, &input, figure1[0], 2);
    ck_assert_uint_eq(simplex->n_points, 5);
    for (size_t row = 0; row < 5; row++) {
        /* As the figure shows them: sparsemax and entmax 1.5 in the middle of an edge, then in a
         * corner; MultiMax along the edge. */
        static const double multimax[] = {0.5, 0.372, 0.221, 0.101, 0.010};
        double second = row == 0 ? 0.5 : 0;
        ck_assert_double_eq_tol(point_of(simplex, SPARSEMAX, row)[1], second, 1e-12);
        ck_assert_double_eq_tol(point_of(simplex, ENTMAX, row)[1], second, 1e-12);
        ck_assert_double_eq_tol(point_of(simplex, MULTIMAX, row)[1], multimax[row], 0.005);
        ck_assert_double_eq_tol(point_of(simplex, MULTIMAX, row)[2], 0, 0.005);
    }
    for (size_t map = 0; map < 5; map++)
        ck_assert_double_eq(simplex->share[map], 1);
    for (size_t i = 0; i < 3; i++)
        ck_assert_uint_eq(simplex->columns[i], i);
    free_simplex(simplex);
}
END_TEST

START_TEST(longer_rows_show_the_three_columns_of_largest_mean_softmax_weight)
{
    /* Weights in tenths; their means are 2, 1, 2, 3.5 and 1.5. */
    static const char *const labels[] = {"a", "b", "c", "d", "e"};
    static const size_t shape[] = {2, 5};
    double logits[] = {3, 1, 2, 4, 0, 1, 1, 2, 3, 3};
    for (size_t i = 0; i < 10; i++)
        logits[i] = log(logits[i]); /* ln 0: masked */
    struct mmax_plan plan = figure_plan();
    plan.n_maps = 1;
    mmax_input input = figure_input(2, shape);
    input.column_labels = labels;
    mmax_simplex *simplex = gather_simplex(&plan, &input, logits, 1);
    static const size_t columns[] = {0, 2, 3};
    for (size_t i = 0; i < 3; i++)
        ck_assert_uint_eq(simplex->columns[i], columns[i]);
    ck_assert_str_eq(simplex->labels[1], "c");
    ck_assert_double_eq_tol(simplex->share[0], 0.75, 1e-12); /* (0.9 + 0.6) / 2 */
    ck_assert_double_eq_tol(point_of(simplex, 0, 0)[2], 4.0 / 9, 1e-12);
    ck_assert_double_eq_tol(point_of(simplex, 0, 1)[0], 1.0 / 6, 1e-12);
    free_simplex(simplex);
}
END_TEST

START_TEST(points_do_not_depend_on_how_rows_are_cut_into_blocks)
{
    enum { ROWS = 50, COLUMNS = 11 };
    static const size_t shape[] = {ROWS, COLUMNS};
    testing_random random = {3};
    double logits[ROWS * COLUMNS];
    for (size_t i = 0; i < ROWS * COLUMNS; i++)
        logits[i] = 2 * testing_normal(&random);
    struct mmax_plan plan = figure_plan();
    mmax_input input = figure_input(2, shape);
    mmax_simplex *whole = gather_simplex(&plan, &input, logits, ROWS);
    for (size_t block = 1; block < ROWS; block += 6) {
        mmax_simplex *other = gather_simplex(&plan, &input, logits, block);
        ck_assert_uint_eq(other->n_points, whole->n_points);
        for (size_t i = 0; i < 3 * plan.n_maps * whole->n_points; i++)
            ck_assert(testing_same(whole->points[i], other->points[i]));
        for (size_t i = 0; i < plan.n_maps; i++)
            ck_assert(testing_same(whole->share[i], other->share[i]));
        free_simplex(other);
    }
    free_simplex(whole);
}
END_TEST

START_TEST(masked_and_skipped_rows_are_left_out_and_counted)
{
    static const size_t shape[] = {4, 3};
    static const double logits[] = {1, -HUGE_VAL, 3, NOT_A_NUMBER, NOT_A_NUMBER, NOT_A_NUMBER,
                                    1, 2,         3, -HUGE_VAL,    -HUGE_VAL,    -HUGE_VAL};
    struct mmax_plan plan = figure_plan();
    mmax_input input = figure_input(2, shape);
    mmax_simplex *simplex = gather_simplex(&plan, &input, logits, 4);
    ck_assert_uint_eq(simplex->n_rows, 3);
    ck_assert_uint_eq(simplex->n_kept, 3);
    ck_assert_uint_eq(simplex->n_points, 1);
    ck_assert_uint_eq(simplex->rows[0], 2);
    ck_assert_uint_eq(simplex->n_trajectories, 1);
    ck_assert_uint_eq(simplex->trajectory_rows[0], 2);
    free_simplex(simplex);
}
END_TEST

START_TEST(an_input_without_a_usable_row_has_no_points)
{
    static const size_t shape[] = {0, 4};
    struct mmax_plan plan = figure_plan();
    mmax_input input = figure_input(2, shape);
    mmax_simplex *simplex = gather_simplex(&plan, &input, NULL, 1);
    ck_assert_uint_eq(simplex->n_points, 0);
    ck_assert_uint_eq(simplex->n_trajectories, 0);
    free_simplex(simplex);
}
END_TEST

START_TEST(points_without_weight_on_the_three_are_no_points)
{
    /* Softmax's means choose columns 0 to 2; the last row has its weight on column 3, all of it
     * under sparsemax. */
    static const size_t shape[] = {5, 4};
    static const double logits[] = {9, 9, 9, 0, 9, 9, 9, 0, 9, 9, 9, 0, 9, 9, 9, 0, 0, 0, 0, 9};
    struct mmax_plan plan = figure_plan();
    mmax_input input = figure_input(2, shape);
    mmax_simplex *simplex = gather_simplex(&plan, &input, logits, 5);
    ck_assert_uint_eq(simplex->columns[2], 2);
    ck_assert(isnan(point_of(simplex, SPARSEMAX, 4)[0]));
    ck_assert_double_eq_tol(point_of(simplex, SOFTMAX, 4)[0], 1 / 3.0, 1e-12);
    ck_assert_double_eq_tol(simplex->share[SPARSEMAX], 0.8, 1e-12);
    free_simplex(simplex);
}
END_TEST

START_TEST(trajectories_run_from_the_cold_to_the_barycentre_once_for_equal_rows)
{
    /* The second row is the first one plus 5: softmax moves it alike. */
    static const size_t shape[] = {3, 3};
    static const double logits[] = {2, 1, 0, 7, 6, 5, 0, 0, 3};
    struct mmax_plan plan = figure_plan();
    mmax_input input = figure_input(2, shape);
    mmax_simplex *simplex = gather_simplex(&plan, &input, logits, 3);
    ck_assert_uint_eq(simplex->n_trajectories, 2);
    ck_assert_uint_eq(simplex->trajectory_rows[0], 0);
    ck_assert_uint_eq(simplex->trajectory_rows[1], 2);
    const size_t last = MMAX_SIMPLEX_TEMPERATURES - 1;
    ck_assert_double_eq_tol(simplex->temperatures[0], 0.05, 1e-12);
    ck_assert_double_eq_tol(simplex->temperatures[last], 500, 1e-9);
    for (size_t i = 0; i < last; i++)
        ck_assert(simplex->temperatures[i] < simplex->temperatures[i + 1]);
    ck_assert_double_eq_tol(simplex->trajectories[0], 1, 1e-8); /* 1 / (1 + e^-20 + e^-40) */
    for (size_t i = 0; i < 3; i++)
        ck_assert_double_eq_tol(simplex->trajectories[3 * last + i], 1 / 3.0, 0.001);
    free_simplex(simplex);
}
END_TEST

/* Heads of 64 queries: the rows that are kept of them are as many in the first half of each head as
 * in the second, though 64 is a power of two as the steps are. */
START_TEST(of_many_rows_some_are_kept_that_are_spread_evenly)
{
    enum { HEADS = 128, QUERIES = 64, ROWS = HEADS * QUERIES };
    static const size_t shape[] = {HEADS, QUERIES, 3}, wide_shape[] = {60, 50257};
    struct mmax_plan plan = figure_plan();
    plan.n_maps = 1;
    double *logits = mmax_alloc_zeroed(60 * 50257, sizeof *logits);
    ck_assert_ptr_nonnull(logits);
    for (size_t i = 0; i < ROWS; i++)
        logits[3 * i] = (double)i / ROWS;
    mmax_input input = figure_input(3, shape);
    mmax_simplex *simplex = gather_simplex(&plan, &input, logits, 100);
    ck_assert_uint_eq(simplex->n_rows, ROWS);
    /* 8192 / 4 > 2000 >= 8192 / 8 */
    ck_assert(simplex->n_points > 1024 - 16 && simplex->n_points < 1024 + 16);
    size_t n_early = 0, in_head[HEADS] = {0};
    for (size_t i = 0; i < simplex->n_points; i++) {
        size_t row = simplex->rows[i];
        double e = exp(logits[3 * row]);
        ck_assert_double_eq_tol(point_of(simplex, 0, i)[0], e / (e + 2), 1e-15);
        n_early += row % QUERIES < QUERIES / 2;
        in_head[row / QUERIES]++;
    }
    ck_assert(n_early > 512 - 16 && n_early < 512 + 16);
    for (size_t head = 0; head < HEADS; head++)
        ck_assert(in_head[head] >= 6 && in_head[head] <= 10); /* 8 of 64 */
    free_simplex(simplex);
    input = figure_input(2, wide_shape);
    simplex = gather_simplex(&plan, &input, logits, 7);
    ck_assert(simplex->n_kept >= 28 && simplex->n_kept <= 32); /* 41 rows would fit 16 MiB */
    free_simplex(simplex);
    free(logits);
}
END_TEST

/* ---- places ---------------------------------------------------------------------------------- */

static mmax_simplex_layout *lay_out(const mmax_simplex *data)
{
    const mmax_figure_options options = {0};
    mmax_simplex_words words = {.title = "words", .caption = "words", .corners = {"a", "b", "c"}};
    for (size_t i = 0; i < data->n_maps; i++)
        words.maps[i] = "a map";
    mmax_simplex_layout *layout = mmax_alloc_zeroed(1, sizeof *layout);
    ck_assert_ptr_nonnull(layout);
    ck_assert_int_eq(mmax_simplex_lay_out(data, &words, &options, &measure, layout, NULL), MMAX_OK);
    return layout;
}

START_TEST(multimax_of_the_papers_figure_is_laid_out_in_its_places)
{
    /* Read off the figure in the authors' repository: shares of the lower edge. */
    static const double second[] = {0.5, 0.372, 0.221, 0.101, 0.010};
    static const size_t shape[] = {5, 3};
    struct mmax_plan plan = figure_plan();
    mmax_input input = figure_input(2, shape);
    mmax_simplex *simplex = gather_simplex(&plan, &input, figure1[0], 5);
    mmax_simplex_layout *layout = lay_out(simplex);
    for (size_t row = 0; row < 5; row++) {
        mmax_point place = mmax_simplex_place(layout, point_of(simplex, MULTIMAX, row));
        ck_assert_double_eq_tol((place.x - layout->corners[0].x) / layout->side, second[row],
                                0.005);
        ck_assert_double_eq_tol((layout->corners[0].y - place.y) / layout->side, 0, 0.005);
    }
    free(layout);
    free_simplex(simplex);
}
END_TEST

START_TEST(an_inset_magnifies_the_corner_where_markers_crowd)
{
    /* Near the first corner, softmax and evsoftmax for k = 6 and others beyond. */
    static const size_t shape[] = {5, 3};
    struct mmax_plan plan = figure_plan();
    mmax_input input = figure_input(2, shape);
    mmax_simplex *simplex = gather_simplex(&plan, &input, figure1[0], 5);
    mmax_simplex_layout *layout = lay_out(simplex);
    ck_assert_double_eq(layout->magnification, 50);
    ck_assert_uint_eq(layout->inset_corner, 0);
    ck_assert_str_eq(layout->inset_text, "near a: 50\xc3\x97");
    const mmax_point *inset = layout->inset;
    double side = inset[1].x - inset[0].x;
    for (size_t i = 0; i < 3; i++)
        ck_assert_double_eq_tol(
            hypot(inset[i].x - inset[(i + 1) % 3].x, inset[i].y - inset[(i + 1) % 3].y), side,
            1e-9);
    static const double corner[] = {1, 0, 0}, near[] = {0.99, 0.01, 0}, beyond[] = {0.9, 0.1, 0};
    mmax_point place;
    ck_assert(mmax_simplex_place_in_inset(layout, corner, &place));
    ck_assert_double_eq_tol(place.x, inset[0].x, 1e-9);
    ck_assert(mmax_simplex_place_in_inset(layout, near, &place));
    ck_assert_double_eq_tol(place.x, inset[0].x + side / 2, 1e-9);
    ck_assert_double_eq_tol(place.y, inset[0].y, 1e-9);
    ck_assert(!mmax_simplex_place_in_inset(layout, beyond, &place));
    free(layout);
    free_simplex(simplex);
}
END_TEST

START_TEST(markers_that_keep_apart_have_no_inset)
{
    static const size_t shape[] = {2, 3};
    static const double logits[] = {1, 0.8, 0.5, 0.2, 0.7, 0.9};
    struct mmax_plan plan = figure_plan();
    mmax_input input = figure_input(2, shape);
    mmax_simplex *simplex = gather_simplex(&plan, &input, logits, 2);
    mmax_simplex_layout *layout = lay_out(simplex);
    ck_assert_double_eq(layout->magnification, 0);
    ck_assert_double_eq(layout->inset_name.width, 0);
    free(layout);
    free_simplex(simplex);
}
END_TEST

TCase *render_simplex_data_tests(void)
{
    TCase *tests = tcase_create("simplex data");
    tcase_add_test(tests, rows_of_two_entries_are_refused);
    tcase_add_test(tests, the_points_are_those_of_the_papers_figure);
    tcase_add_test(tests, longer_rows_show_the_three_columns_of_largest_mean_softmax_weight);
    tcase_add_test(tests, points_do_not_depend_on_how_rows_are_cut_into_blocks);
    tcase_add_test(tests, masked_and_skipped_rows_are_left_out_and_counted);
    tcase_add_test(tests, an_input_without_a_usable_row_has_no_points);
    tcase_add_test(tests, points_without_weight_on_the_three_are_no_points);
    tcase_add_test(tests, trajectories_run_from_the_cold_to_the_barycentre_once_for_equal_rows);
    tcase_add_test(tests, of_many_rows_some_are_kept_that_are_spread_evenly);
    tcase_add_test(tests, multimax_of_the_papers_figure_is_laid_out_in_its_places);
    tcase_add_test(tests, an_inset_magnifies_the_corner_where_markers_crowd);
    tcase_add_test(tests, markers_that_keep_apart_have_no_inset);
    return tests;
}
