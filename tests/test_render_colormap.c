#include "render/colormap.h"
#include "test_render.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_color(mmax_rgb color, int red, int green, int blue)
{
    return color.red == red && color.green == green && color.blue == blue;
}

START_TEST(the_published_maps_have_their_published_ends)
{
    /* The first and last triples of the papers' tables, times 255. */
    ck_assert(is_color(mmax_colormap_at(MMAX_VIRIDIS, 0), 68, 1, 84));
    ck_assert(is_color(mmax_colormap_at(MMAX_VIRIDIS, 1), 253, 231, 37));
    ck_assert(is_color(mmax_colormap_at(MMAX_MAGMA, 0), 0, 0, 4));
    ck_assert(is_color(mmax_colormap_at(MMAX_MAGMA, 1), 252, 253, 191));
    ck_assert(is_color(mmax_colormap_at(MMAX_CIVIDIS, 0), 0, 34, 78));
    ck_assert(is_color(mmax_colormap_at(MMAX_CIVIDIS, 1), 254, 232, 56));
}
END_TEST

static double linear(double channel)
{
    double c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

/* L* of CIELAB (CIE 1976) of a colour in sRGB (IEC 61966-2-1): 0 is black, 100 is white. */
static double lightness_of(mmax_rgb color)
{
    double y = 0.2126729 * linear(color.red) + 0.7151522 * linear(color.green) +
               0.0721750 * linear(color.blue);
    return y > 216.0 / 24389 ? 116 * cbrt(y) - 16 : 24389.0 / 27 * y;
}

START_TEST(maps_of_weights_only_grow_lighter)
{
    for (mmax_colormap map = 0; map < MMAX_COLORMAPS; map++) {
        if (mmax_colormap_info_at(map)->is_signed)
            continue;
        double before = lightness_of(mmax_colormap_at(map, 0));
        for (int i = 1; i < 256; i++) {
            double lightness = lightness_of(mmax_colormap_at(map, i / 255.0));
            ck_assert_msg(lightness > before - 0.25, "%s: %d", mmax_colormap_info_at(map)->name, i);
            before = lightness; /* 8 bits are a quarter of a unit */
        }
    }
}
END_TEST

START_TEST(opposite_differences_are_equally_light_and_darker_the_larger_they_are)
{
    double before = 100;
    for (int i = 0; i <= 127; i++) {
        double distance = (i + 0.5) / 127.5;
        mmax_rgb less = mmax_colormap_at(MMAX_BLUEORANGE, 0.5 - distance / 2),
                 more = mmax_colormap_at(MMAX_BLUEORANGE, 0.5 + distance / 2);
        ck_assert_double_eq_tol(lightness_of(less), lightness_of(more), 0.7);
        ck_assert(lightness_of(more) < before + 0.25);
        before = lightness_of(more);
        /* Blue and orange differ in what every eye has: short-wave cones. */
        if (distance > 0.1)
            ck_assert(less.blue > more.blue + 20);
    }
    ck_assert_double_eq_tol(lightness_of(mmax_colormap_at(MMAX_BLUEORANGE, 0.5)), 94, 0.5);
}
END_TEST

START_TEST(what_lies_outside_a_map_takes_the_nearer_end)
{
    for (mmax_colormap map = 0; map < MMAX_COLORMAPS; map++) {
        mmax_rgb first = mmax_colormap_at(map, 0), last = mmax_colormap_at(map, 1);
        mmax_rgb below = mmax_colormap_at(map, -1), above = mmax_colormap_at(map, 7),
                 none = mmax_colormap_at(map, NOT_A_NUMBER);
        ck_assert_int_eq(memcmp(&below, &first, sizeof first), 0);
        ck_assert_int_eq(memcmp(&above, &last, sizeof last), 0);
        ck_assert_int_eq(memcmp(&none, &first, sizeof first), 0);
    }
}
END_TEST

START_TEST(a_map_is_found_by_its_name_and_a_misspelt_one_is_suggested)
{
    mmax_colormap map;
    mmax_error error;
    ck_assert_int_eq(mmax_colormap_parse("magma", &map, &error), MMAX_OK);
    ck_assert_int_eq(map, MMAX_MAGMA);
    ck_assert_int_eq(mmax_colormap_parse("virids", &map, &error), MMAX_EUSAGE);
    ck_assert_str_eq(error.message, "invalid colour map 'virids': did you mean 'viridis'?");
    ck_assert_int_eq(mmax_colormap_parse("jet", &map, &error), MMAX_EUSAGE);
    ck_assert_str_eq(error.message, "invalid colour map 'jet': expected viridis, cividis, magma, "
                                    "greys or blueorange");
    ck_assert_int_eq(mmax_colormap_parse("blueorange", &map, &error), MMAX_EUSAGE);
    ck_assert_str_eq(error.message, "invalid colour map 'blueorange': it is for differences, which "
                                    "always have it, not for weights");
    ck_assert_int_eq(map, MMAX_MAGMA);
}
END_TEST

TCase *render_colormap_tests(void)
{
    TCase *tests = tcase_create("colormap");
    tcase_add_test(tests, the_published_maps_have_their_published_ends);
    tcase_add_test(tests, maps_of_weights_only_grow_lighter);
    tcase_add_test(tests, opposite_differences_are_equally_light_and_darker_the_larger_they_are);
    tcase_add_test(tests, what_lies_outside_a_map_takes_the_nearer_end);
    tcase_add_test(tests, a_map_is_found_by_its_name_and_a_misspelt_one_is_suggested);
    return tests;
}
