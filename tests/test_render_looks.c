/* How maps are told apart in figures. */
#include "render/looks.h"
#include "test_render.h"

static bool same_look(const mmax_look *a, const mmax_look *b)
{
    return a->marker == b->marker && a->dash == b->dash && a->color == b->color &&
           a->radius == b->radius;
}

START_TEST(ten_maps_differ_in_shape_and_families_in_their_dashes_too)
{
    /* Five families, and entmax five times more. */
    mmax_map maps[10] = {{.kind = MMAX_SOFTMAX},
                         {.kind = MMAX_SPARSEMAX},
                         {.kind = MMAX_ENTMAX},
                         {.kind = MMAX_EVSOFTMAX},
                         {.kind = MMAX_MULTIMAX}};
    mmax_look looks[10];
    for (size_t i = 5; i < 10; i++)
        maps[i].kind = MMAX_ENTMAX;
    mmax_choose_looks(maps, 10, looks);
    for (size_t i = 0; i < 10; i++)
        for (size_t k = 0; k < i; k++) {
            ck_assert_int_ne(looks[i].marker, looks[k].marker);
            ck_assert(looks[i].radius != looks[k].radius);
            if (i < 5)
                ck_assert_int_ne(looks[i].dash, looks[k].dash);
        }
}
END_TEST

START_TEST(as_many_maps_as_a_plan_may_have_all_look_different)
{
    mmax_map maps[MMAX_MAX_MAPS] = {{.kind = MMAX_SOFTMAX}};
    mmax_look looks[MMAX_MAX_MAPS];
    for (size_t i = 0; i < MMAX_MAX_MAPS; i++)
        maps[i].kind = MMAX_SOFTMAX;
    mmax_choose_looks(maps, MMAX_MAX_MAPS, looks);
    for (size_t i = 0; i < MMAX_MAX_MAPS; i++)
        for (size_t k = 0; k < i; k++)
            ck_assert(!same_look(&looks[i], &looks[k]));
}
END_TEST

START_TEST(a_familys_first_map_looks_the_same_whatever_stands_before_it)
{
    const mmax_map alone[] = {{.kind = MMAX_ENTMAX}};
    const mmax_map after[] = {{.kind = MMAX_MULTIMAX}, {.kind = MMAX_MULTIMAX}, alone[0]};
    mmax_look one[1], three[3];
    mmax_choose_looks(alone, 1, one);
    mmax_choose_looks(after, 3, three);
    ck_assert(same_look(&one[0], &three[2]));
}
END_TEST

START_TEST(markers_are_drawn_from_the_largest_to_the_smallest)
{
    const mmax_look looks[] = {{.radius = 2}, {.radius = 9}, {.radius = 5}, {.radius = 9}};
    size_t order[4];
    mmax_order_by_size(looks, 4, order);
    static const size_t expected[] = {1, 3, 2, 0};
    for (size_t i = 0; i < 4; i++)
        ck_assert_uint_eq(order[i], expected[i]);
}
END_TEST

TCase *render_looks_tests(void)
{
    TCase *tests = tcase_create("looks");
    tcase_add_test(tests, ten_maps_differ_in_shape_and_families_in_their_dashes_too);
    tcase_add_test(tests, as_many_maps_as_a_plan_may_have_all_look_different);
    tcase_add_test(tests, a_familys_first_map_looks_the_same_whatever_stands_before_it);
    tcase_add_test(tests, markers_are_drawn_from_the_largest_to_the_smallest);
    return tests;
}
