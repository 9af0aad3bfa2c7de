/* The words for maps: what is read, what is written, what is said when it cannot be read. */
#include "map/map.h"
#include "testing.h"

#include <math.h>
#include <string.h>

static mmax_map map_of(const char *spec)
{
    mmax_map map = {.kind = MMAX_SOFTMAX};
    mmax_error error = {.status = MMAX_OK, .message = ""};
    ck_assert_msg(mmax_map_parse(spec, &map, &error) == MMAX_OK, "%s", error.message);
    return map;
}

/* ---- reading and writing --------------------------------------------------------------------- */

typedef struct words {
    const char *spec, *canonical, *label, *other_spelling;
} words;

static const words good_specs[] = {
    {"softmax", "softmax:t=1", "softmax", ""},
    {"softmax:2", "softmax:t=2", "softmax:t=2", ""},
    {"softmax:t=1e-300", "softmax:t=1e-300", "softmax:t=1e-300", ""},
    {"sparsemax", "sparsemax", "sparsemax", ""},
    {"entmax", "entmax:alpha=1.5", "entmax:1.5", ""},
    {"entmax:1.5", "entmax:alpha=1.5", "entmax:1.5", ""},
    {"entmax:alpha=10", "entmax:alpha=10", "entmax:10", ""},
    {"entmax:1", "entmax:alpha=1", "entmax:1", ""},
    {"evsoftmax", "evsoftmax", "evsoftmax", ""},
    {"multimax", "multimax:tb=2,b=eps,td=0.5,d=eps", "multimax",
     "multimax:ts=-1/-0.5/0/0,ranges=eps/eps/0/0"},
    {"multimax:d=eps,td=0.5,b=eps,tb=2", "multimax:tb=2,b=eps,td=0.5,d=eps", "multimax",
     "multimax:ts=-1/-0.5/0/0,ranges=eps/eps/0/0"},
    {"multimax:tb=2,b=0", "multimax:tb=2,b=0,td=1,d=0", "multimax:tb=2,b=0,td=1,d=0",
     "multimax:ts=-1/0/0/0,ranges=0/0/0/0"},
    {"multimax:td=0.5,d=-0", "multimax:tb=1,b=0,td=0.5,d=0", "multimax:tb=1,b=0,td=0.5,d=0",
     "multimax:ts=0/-0.5/0/0,ranges=0/0/0/0"},
    {"multimax:tb=1e-20,b=1,td=0.1,d=2", "multimax:tb=1e-20,b=1,td=0.1,d=2",
     "multimax:tb=1e-20,b=1,td=0.1,d=2", "multimax:ts=1/-0.9/0/0,ranges=1/2/0/0"},
    {"multimax:tb2=1.5,b2=eps", "multimax:tb=1,b=0,td=1,d=0,tb2=1.5,b2=eps,td2=1,d2=0",
     "multimax:tb=1,b=0,td=1,d=0,tb2=1.5,b2=eps,td2=1,d2=0",
     "multimax:ts=0/0/-0.5/0,ranges=0/0/eps/0"},
    {"multimax:figure1", "multimax:ts=-2.9/-0.4265/0/-0.0259,ranges=2.3/3/0/3", "multimax:figure1",
     "multimax:tb=3.9,b=2.3,td=0.5735,d=3,tb2=1,b2=0,td2=0.9741,d2=3"},
    {"multimax:ranges=0/1/eps/0,ts=-1/-.5/0/0", "multimax:ts=-1/-0.5/0/0,ranges=0/1/eps/0",
     "multimax:ts=-1/-0.5/0/0,ranges=0/1/eps/0",
     "multimax:tb=2,b=0,td=0.5,d=1,tb2=1,b2=eps,"
     "td2=1,d2=0"},
};

START_TEST(a_map_is_written_in_full_in_short_and_in_the_other_spelling)
{
    const words *expected = &good_specs[_i];
    mmax_map map = map_of(expected->spec);
    char text[MMAX_SPEC_SIZE];
    mmax_map_format(&map, text);
    ck_assert_str_eq(text, expected->canonical);
    mmax_map_label(&map, text);
    ck_assert_str_eq(text, expected->label);
    mmax_map_other_spelling(&map, text);
    ck_assert_str_eq(text, expected->other_spelling);
    ck_assert_int_eq(strncmp(expected->spec, mmax_map_name(&map), strlen(mmax_map_name(&map))), 0);
}
END_TEST

static bool same_numbers(const double *a, const double *b, size_t n)
{
    bool same = true;
    for (size_t i = 0; i < n; i++)
        same = same && testing_same(a[i], b[i]);
    return same;
}

static void assert_identical(const mmax_map *a, const mmax_map *b)
{
    ck_assert_int_eq(a->kind, b->kind);
    ck_assert(testing_same(a->temperature, b->temperature) && testing_same(a->alpha, b->alpha));
    ck_assert(same_numbers(a->ts, b->ts, 4) && same_numbers(a->paper_ts, b->paper_ts, 4));
    ck_assert(same_numbers(a->ranges, b->ranges, 4));
    ck_assert_mem_eq(a->range_is_epsilon, b->range_is_epsilon, sizeof a->range_is_epsilon);
    ck_assert(a->paper_spelling == b->paper_spelling && mmax_map_equal(a, b));
}

START_TEST(what_is_written_reads_back_to_the_same_map_bit_for_bit)
{
    mmax_map map = map_of(good_specs[_i].spec);
    char text[MMAX_SPEC_SIZE];
    mmax_map_format(&map, text);
    mmax_map again = map_of(text);
    assert_identical(&map, &again);
    mmax_map_label(&map, text);
    again = map_of(text);
    ck_assert(mmax_map_equal(&map, &again));
}
END_TEST

START_TEST(a_map_made_by_hand_has_a_paper_spelling_too)
{
    mmax_map map = {
        .kind = MMAX_MULTIMAX, .ts = {-1, -0.5}, .ranges = {0, 1}, .paper_spelling = true};
    char text[MMAX_SPEC_SIZE];
    mmax_map_format(&map, text);
    ck_assert_str_eq(text, "multimax:tb=2,b=0,td=0.5,d=1");
    /* 1 - 0.9 is 0.09999999999999998, but 0.1 gives 0.9, too, and is shorter. */
    map = map_of("multimax:ts=0.9/-0.7/0/0,ranges=0/1/0/0");
    mmax_map_other_spelling(&map, text);
    ck_assert_str_eq(text, "multimax:tb=0.1,b=0,td=0.3,d=1");
}
END_TEST

/* Random digits in every parameter: 1 - t_b is rounded, and must not come back as another t_b. */
START_TEST(random_parameters_survive_writing_and_reading)
{
    testing_random random = {5};
    for (int repeat = 0; repeat < 100; repeat++) {
        char spec[MMAX_SPEC_SIZE], text[MMAX_SPEC_SIZE];
        double v[8];
        for (size_t i = 0; i < 8; i++)
            v[i] = testing_normal(&random) * exp(8 * testing_normal(&random));
        if (repeat % 2)
            snprintf(spec, sizeof spec,
                     "multimax:tb=%.17g,b=%.17g,td=%.17g,d=%.17g,tb2=%.17g,b2=%.17g,td2=%.17g,"
                     "d2=%.17g",
                     v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]);
        else
            snprintf(spec, sizeof spec,
                     "multimax:ts=%.17g/%.17g/%.17g/%.17g,ranges=%.17g/%.17g/%.17g/%.17g", v[0],
                     v[1], v[2], v[3], v[4], v[5], v[6], v[7]);
        mmax_map map = map_of(spec);
        ck_assert(testing_same(repeat % 2 ? map.paper_ts[0] : map.ts[0], v[0]));
        mmax_map_format(&map, text);
        mmax_map again = map_of(text);
        assert_identical(&map, &again);
    }
}
END_TEST

/* ---- what cannot be read --------------------------------------------------------------------- */

typedef struct refusal {
    const char *spec, *message;
} refusal;

static const refusal bad_specs[] = {
    {"sparsmax", "invalid map 'sparsmax': did you mean 'sparsemax'?"},
    {"foo", "invalid map 'foo': expected softmax, sparsemax, entmax, evsoftmax or multimax"},
    {"", "invalid map '': expected softmax, sparsemax, entmax, evsoftmax or multimax"},
    {"Softmax:t=2", "invalid map 'Softmax:t=2': did you mean 'softmax'?"},
    {"soft\033max", "invalid map 'soft\\x1bmax': did you mean 'softmax'?"},
    {"sparsemax:2", "invalid map 'sparsemax:2': sparsemax takes no parameters"},
    {"evsoftmax:", "invalid map 'evsoftmax:': evsoftmax takes no parameters"},
    {"softmax:", "invalid map 'softmax:': a parameter is missing; expected softmax:t=T"},
    {"softmax:t=", "invalid map 'softmax:t=': '' is not a number"},
    {"softmax:t=x", "invalid map 'softmax:t=x': 'x' is not a number"},
    {"softmax:warm", "invalid map 'softmax:warm': 'warm' is not a number"},
    {"softmax:t", "invalid map 'softmax:t': parameter 't' needs a value: t=..."},
    {"softmax:t=1e999", "invalid map 'softmax:t=1e999': '1e999' is not a finite number"},
    {"softmax:t=nan", "invalid map 'softmax:t=nan': 'nan' is not a finite number"},
    {"softmax:t=0", "invalid map 'softmax:t=0': t must be greater than 0"},
    {"softmax:-1", "invalid map 'softmax:-1': t must be greater than 0"},
    {"softmax:t=1,t=2", "invalid map 'softmax:t=1,t=2': parameter 't' is given twice"},
    {"softmax:2,t=2", "invalid map 'softmax:2,t=2': '2' has no key; expected softmax:t=T"},
    {"softmax:temp=2", "invalid map 'softmax:temp=2': unknown parameter 'temp'; expected t"},
    {"entmax:alhpa=2",
     "invalid map 'entmax:alhpa=2': unknown parameter 'alhpa'; did you mean 'alpha'?"},
    {"entmax:0.5", "invalid map 'entmax:0.5': alpha must be between 1 and 10"},
    {"entmax:alpha=10.5", "invalid map 'entmax:alpha=10.5': alpha must be between 1 and 10"},
    {"entmax:alpha=1.5,",
     "invalid map 'entmax:alpha=1.5,': a parameter is missing; expected entmax:alpha=A"},
    {"multimax:tb=2", "invalid map 'multimax:tb=2': 'tb' needs 'b'"},
    {"multimax:tb=2,b=0,d=1", "invalid map 'multimax:tb=2,b=0,d=1': 'd' needs 'td'"},
    {"multimax:td2=2", "invalid map 'multimax:td2=2': 'td2' needs 'd2'"},
    {"multimax:tb=eps,b=1", "invalid map 'multimax:tb=eps,b=1': 'eps' is not a number"},
    {"multimax:tb=2,b=epsilon",
     "invalid map 'multimax:tb=2,b=epsilon': 'epsilon' is neither a number nor eps"},
    {"multimax:tb=2,b=inf", "invalid map 'multimax:tb=2,b=inf': 'inf' is not a finite number"},
    {"multimax:tb=2,ts=0/0/0/0", "invalid map 'multimax:tb=2,ts=0/0/0/0': 'tb' and 'ts' belong to "
                                 "two spellings; use one of them"},
    {"multimax:ts=0/0/0/0", "invalid map 'multimax:ts=0/0/0/0': 'ts' needs 'ranges'"},
    {"multimax:ranges=0/0/0/0", "invalid map 'multimax:ranges=0/0/0/0': 'ranges' needs 'ts'"},
    {"multimax:ts=1/2/3,ranges=0/0/0/0",
     "invalid map 'multimax:ts=1/2/3,ranges=0/0/0/0': 'ts' must be four values: ts=A/B/C/D"},
    {"multimax:ts=1/2/3/4,ranges=0/0/0/0/0", "invalid map 'multimax:ts=1/2/3/4,ranges=0/0/0/0/0': "
                                             "'ranges' must be four values: ranges=A/B/C/D"},
    {"multimax:ts=1/2/x/4,ranges=0/0/0/0",
     "invalid map 'multimax:ts=1/2/x/4,ranges=0/0/0/0': 'x' is not a number"},
    {"multimax:figur1",
     "invalid map 'multimax:figur1': unknown preset 'figur1'; did you mean 'figure1'?"},
    {"multimax:paper",
     "invalid map 'multimax:paper': 'paper' is neither KEY=VALUE nor the preset 'figure1'"},
    {"multimax:figure1,tb=2", "invalid map 'multimax:figure1,tb=2': 'figure1' has no key; expected "
                              "multimax:tb=T,b=B,td=T,d=D[,tb2=T,b2=B,td2=T,d2=D] or "
                              "ts=A/B/C/D,ranges=A/B/C/D or figure1 or @FILE"},
    {"multimax:@a,b:c", "invalid map 'multimax:@a,b:c': parameters in a file need a plan: "
                        "mmax_plan_add_map reads them"},
    {"entmax:@a", "invalid map 'entmax:@a': '@a' is not a number"},
    {"multimax:zz=1", "invalid map 'multimax:zz=1': unknown parameter 'zz'; expected tb, b, td, d, "
                      "tb2, b2, td2, d2, ts or ranges"},
};

START_TEST(a_spec_that_cannot_be_read_is_refused_with_a_reason)
{
    mmax_error error;
    mmax_map map = {.kind = MMAX_ENTMAX, .alpha = 7};
    ck_assert_int_eq(mmax_map_parse(bad_specs[_i].spec, &map, &error), MMAX_EUSAGE);
    ck_assert_str_eq(error.message, bad_specs[_i].message);
    ck_assert_int_eq(error.status, MMAX_EUSAGE);
    ck_assert(map.kind == MMAX_ENTMAX && map.alpha == 7);
}
END_TEST

START_TEST(a_spec_of_any_length_is_refused_in_a_short_message)
{
    static char spec[100000];
    mmax_error error;
    mmax_map map;
    memset(spec, 'x', sizeof spec - 1);
    ck_assert_int_eq(mmax_map_parse(spec, &map, &error), MMAX_EUSAGE);
    ck_assert_ptr_nonnull(strstr(error.message, "...': it is longer than 511 bytes"));
}
END_TEST

/* ---- the table ------------------------------------------------------------------------------- */

START_TEST(the_default_maps_are_those_of_the_table)
{
    mmax_map maps[8];
    ck_assert_uint_eq(mmax_default_maps(maps, 8), 5);
    for (size_t i = 0; i < 5; i++)
        ck_assert_str_eq(mmax_map_name(&maps[i]), mmax_map_info_at(i)->name);
    ck_assert_ptr_null(mmax_map_info_at(5));
    ck_assert(maps[2].alpha == 1.5 && maps[0].temperature == 1);
    ck_assert_uint_eq(mmax_default_maps(maps, 2), 2);
}
END_TEST

START_TEST(maps_are_equal_when_they_compute_the_same)
{
    static const char *const groups[][2] = {
        {"softmax", "softmax:1"},
        {"entmax", "entmax:alpha=1.5"},
        {"multimax", "multimax:ts=-1/-0.5/0/0,ranges=eps/eps/0/0"},
        {"multimax:tb=2,b=0,td=1,d=0", "multimax:tb=2,b=0"},
    };
    mmax_map maps[4][2];
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 2; j++)
            maps[i][j] = map_of(groups[i][j]);
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 4; j++)
            ck_assert(mmax_map_equal(&maps[i][0], &maps[j][1]) == (i == j));
}
END_TEST

/* ---- where sigma falls ----------------------------------------------------------------------- */

typedef struct fall {
    const char *spec, *interval; /* "" where it does not fall */
} fall;

static const fall falls[] = {
    {"softmax", ""},
    {"multimax", ""},
    {"multimax:figure1", "x > 14.071428571428571"}, /* 0.5735 = 2 * 0.0259 (x - 3) */
    {"multimax:tb=-1,b=-1.5", "x < -1.5"},
    {"multimax:tb=-1,b=eps", "x < eps"},
    {"multimax:tb=2,b=0,td=-0.5,d=3", "x > 3"},
    {"multimax:tb=-1,b=0,td=-1,d=3", "x < 0 or x > 3"},
    {"multimax:tb=-1,b=3,td=-1,d=3", "everywhere"},
    {"multimax:tb=-1,b=5,td=-1,d=3", "everywhere"}, /* -3 where they overlap */
    {"multimax:td2=0,d2=eps", "x > eps + 0.5"},     /* 1 = 2 (x - eps) */
    {"multimax:tb2=0,b2=eps", "x < eps - 0.5"},
    /* Slope 1 - 2 (x - 3), and from 4 on 1 - 2 (x - 3) + 3: below 0 in (3.5, 4) and from 5. */
    {"multimax:td=4,d=4,td2=0,d2=3", "3.5 < x < 4 or x > 5"},
    {"multimax:ts=0/-4/0/1,ranges=0/3/0/3.5", "3 < x < 5"}, /* 1 - 4 + 2 (x - 3.5) = 0 */
    {"multimax:tb=-1,b=eps,td=0.5,d=1", "somewhere that depends on the row's eps"},
    {"multimax:tb=2,b=eps,td=0.5,d=1", ""},
    {"multimax:tb=2,b=eps,td=0.5,d=1,tb2=3,b2=0", ""},
    /* 1 - 0.8 [x > eps] - 0.8 [x < 1]: only between the two. */
    {"multimax:ts=0.8/-0.8/0/0,ranges=1/eps/0/0", "somewhere that depends on the row's eps"},
    /* 1 + 1 above 0; 2 (x - eps) eats it up. */
    {"multimax:ts=0/1/0/-1,ranges=0/0/0/eps", "somewhere that depends on the row's eps"},
};

START_TEST(the_interval_where_sigma_falls_is_named)
{
    mmax_map map = map_of(falls[_i].spec);
    char interval[MMAX_SPEC_SIZE];
    bool expected = falls[_i].interval[0] != '\0';
    ck_assert(mmax_map_falls(&map, interval) == expected);
    ck_assert_str_eq(interval, falls[_i].interval);
    ck_assert(mmax_map_falls(&map, NULL) == expected);
}
END_TEST

/* ---- rows ------------------------------------------------------------------------------------ */

START_TEST(a_number_that_is_no_logit_is_named_by_its_place)
{
    static double x[40 * 3], p[40 * 3];
    mmax_map map = map_of("softmax");
    mmax_error error;
    x[35 * 3 + 2] = (double)NAN;
    ck_assert_int_eq(mmax_map_rows(&map, x, 40, 3, NULL, p, NULL, &error), MMAX_EDOMAIN);
    ck_assert_str_eq(error.message, "row 35, column 2 (from 0): nan is not a logit; expected a "
                                    "finite number or -inf");
    x[7 * 3] = HUGE_VAL;
    ck_assert_int_eq(mmax_map_rows(&map, x, 40, 3, NULL, p, NULL, &error), MMAX_EDOMAIN);
    ck_assert_str_eq(error.message, "row 7, column 0 (from 0): inf is not a logit; expected a "
                                    "finite number or -inf");
    ck_assert_int_eq(mmax_map_rows(&map, x, 40, 3, NULL, p, NULL, NULL), MMAX_EDOMAIN);
}
END_TEST

START_TEST(a_sigma_that_overflows_is_named_by_its_row)
{
    static double x[70], p[70];
    mmax_map map = map_of("multimax:td2=2,d2=0");
    mmax_error error;
    x[66] = 1e200;
    ck_assert_int_eq(mmax_map_rows(&map, x, 70, 1, NULL, p, NULL, &error), MMAX_EDOMAIN);
    ck_assert_str_eq(error.message, "row 66 (from 0): multimax's sigma overflows; mask with -inf, "
                                    "not with huge numbers");
}
END_TEST

/* By hand: with eps = 0 sigma(-1) = -2 and sigma(2) = 1, so p = 1/(1 + e^3) and its rest. */
START_TEST(the_threshold_of_eps_breakpoints_can_be_given)
{
    double x[] = {-1, 2}, epsilon[] = {0}, p[2];
    mmax_map map = map_of("multimax");
    ck_assert_int_eq(mmax_map_rows(&map, x, 1, 2, epsilon, p, NULL, NULL), MMAX_OK);
    ck_assert_double_eq_tol(p[0], 0.04742587317756678, 1e-16);
    ck_assert_double_eq_tol(p[1], 0.9525741268224333, 2e-16);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

int main(void)
{
    Suite *suite = suite_create("map");
    TCase *spec = tcase_create("spec");
    tcase_add_loop_test(spec, a_map_is_written_in_full_in_short_and_in_the_other_spelling, 0,
                        COUNT(good_specs));
    tcase_add_loop_test(spec, what_is_written_reads_back_to_the_same_map_bit_for_bit, 0,
                        COUNT(good_specs));
    tcase_add_test(spec, a_map_made_by_hand_has_a_paper_spelling_too);
    tcase_add_test(spec, random_parameters_survive_writing_and_reading);
    tcase_add_loop_test(spec, a_spec_that_cannot_be_read_is_refused_with_a_reason, 0,
                        COUNT(bad_specs));
    tcase_add_test(spec, a_spec_of_any_length_is_refused_in_a_short_message);
    suite_add_tcase(suite, spec);
    TCase *maps = tcase_create("maps");
    tcase_add_test(maps, the_default_maps_are_those_of_the_table);
    tcase_add_test(maps, maps_are_equal_when_they_compute_the_same);
    tcase_add_loop_test(maps, the_interval_where_sigma_falls_is_named, 0, COUNT(falls));
    tcase_add_test(maps, a_number_that_is_no_logit_is_named_by_its_place);
    tcase_add_test(maps, a_sigma_that_overflows_is_named_by_its_row);
    tcase_add_test(maps, the_threshold_of_eps_breakpoints_can_be_given);
    suite_add_tcase(suite, maps);
    return testing_run(suite);
}
