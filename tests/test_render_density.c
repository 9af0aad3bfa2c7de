/* The small triangles of a simplex of many rows. */
#include "render/simplex_density.h"
#include "test_render.h"

#include <math.h>

static void random_weights(testing_random *random, double weights[3])
{
    double sum = 0;
    for (size_t i = 0; i < 3; i++)
        sum += weights[i] = -log(testing_uniform(random));
    for (size_t i = 0; i < 3; i++)
        weights[i] /= sum;
}

/* Twice the area of a triangle, negative for the other way round; weights as places. */
static double area(const double a[3], const double b[3], const double c[3])
{
    return (b[1] - a[1]) * (c[2] - a[2]) - (c[1] - a[1]) * (b[2] - a[2]);
}

START_TEST(weights_lie_within_the_triangle_that_holds_them)
{
    testing_random random = {5};
    for (int i = 0; i < 20000; i++) {
        double weights[3], c[3][3];
        random_weights(&random, weights);
        mmax_density_corners(mmax_density_cell(weights), c);
        double whole = fabs(area(c[0], c[1], c[2]));
        double parts = fabs(area(weights, c[1], c[2])) + fabs(area(c[0], weights, c[2])) +
                       fabs(area(c[0], c[1], weights));
        ck_assert_double_eq_tol(parts, whole, 1e-15);
    }
}
END_TEST

START_TEST(the_triangles_are_alike_and_each_holds_its_middle)
{
    for (size_t cell = 0; cell < MMAX_DENSITY_CELLS; cell++) {
        double c[3][3], middle[3];
        mmax_density_corners(cell, c);
        for (size_t i = 0; i < 3; i++)
            middle[i] = (c[0][i] + c[1][i] + c[2][i]) / 3;
        ck_assert_uint_eq(mmax_density_cell(middle), cell);
        ck_assert_double_eq_tol(fabs(area(c[0], c[1], c[2])), 1.0 / MMAX_DENSITY_CELLS, 1e-15);
    }
}
END_TEST

/* A small triangle is outermost where two of its corners lie on a side of the simplex. */
static bool is_at_side(size_t cell, size_t entry)
{
    double c[3][3];
    size_t n = 0;
    mmax_density_corners(cell, c);
    for (size_t k = 0; k < 3; k++)
        n += fabs(c[k][entry]) < 1e-12;
    return n == 2;
}

START_TEST(points_of_sparse_maps_are_in_the_outermost_triangles)
{
    for (size_t zero = 0; zero < 3; zero++)
        for (int i = 0; i <= 100; i++) {
            double weights[3];
            weights[zero] = 0;
            weights[(zero + 1) % 3] = i / 100.0;
            weights[(zero + 2) % 3] = 1 - i / 100.0;
            ck_assert(is_at_side(mmax_density_cell(weights), zero));
        }
    static const double corners[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    for (size_t k = 0; k < 3; k++) {
        size_t cell = mmax_density_cell(corners[k]);
        ck_assert(is_at_side(cell, (k + 1) % 3) && is_at_side(cell, (k + 2) % 3));
    }
}
END_TEST

START_TEST(rounding_beyond_a_side_is_no_matter)
{
    static const double beyond[][3] = {{-1e-17, 0.5, 0.5},
                                       {0, 1.0000000000000002, 0},
                                       {1, -1e-17, 1e-17},
                                       {0, 0.3, 0.7000000000000001}};
    for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++)
        ck_assert_uint_lt(mmax_density_cell(beyond[i]), MMAX_DENSITY_CELLS);
}
END_TEST

START_TEST(every_point_is_counted_once_but_those_without_a_place)
{
    double points[] = {
        1, 0, 0, 0, 1, 0, 0.2, 0.3, 0.5, NOT_A_NUMBER, NOT_A_NUMBER, NOT_A_NUMBER, 1, 0, 0,
        1, 0, 0, 1, 0, 0, 0,   0,   1};
    const mmax_simplex data = {.n_points = 4, .n_maps = 2, .points = points};
    size_t counts[MMAX_DENSITY_CELLS], sum = 0;
    ck_assert_uint_eq(mmax_density_count(&data, 0, counts), 1);
    for (size_t i = 0; i < MMAX_DENSITY_CELLS; i++)
        sum += counts[i];
    ck_assert_uint_eq(sum, 3);
    ck_assert_uint_eq(mmax_density_count(&data, 1, counts), 3);
    ck_assert_uint_eq(counts[mmax_density_cell(points)], 3);
}
END_TEST

static double distance(mmax_point a, mmax_point b)
{
    return hypot(a.x - b.x, a.y - b.y);
}

START_TEST(the_simplex_of_a_panel_is_equilateral_and_leaves_room_for_names)
{
    static const double corners[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    static const mmax_rectangle areas[] = {{10, 20, 150, 160}, {0, 0, 400, 120}};
    for (size_t i = 0; i < 2; i++) {
        const mmax_panel panel = {.area = areas[i]};
        mmax_point p[3];
        for (size_t k = 0; k < 3; k++)
            p[k] = mmax_density_place(&panel, corners[k]);
        ck_assert_double_eq_tol(distance(p[0], p[1]), distance(p[1], p[2]), 1e-9);
        ck_assert_double_eq_tol(distance(p[0], p[1]), distance(p[0], p[2]), 1e-9);
        ck_assert(p[2].y - areas[i].y >= mmax_line_height(MMAX_TICK_SIZE));
        ck_assert(areas[i].y + areas[i].height - p[0].y >= mmax_line_height(MMAX_TICK_SIZE));
        ck_assert(p[0].x > areas[i].x && p[1].x < areas[i].x + areas[i].width);
    }
}
END_TEST

TCase *render_density_tests(void)
{
    TCase *tests = tcase_create("simplex density");
    tcase_add_test(tests, weights_lie_within_the_triangle_that_holds_them);
    tcase_add_test(tests, the_triangles_are_alike_and_each_holds_its_middle);
    tcase_add_test(tests, points_of_sparse_maps_are_in_the_outermost_triangles);
    tcase_add_test(tests, rounding_beyond_a_side_is_no_matter);
    tcase_add_test(tests, every_point_is_counted_once_but_those_without_a_place);
    tcase_add_test(tests, the_simplex_of_a_panel_is_equilateral_and_leaves_room_for_names);
    return tests;
}
