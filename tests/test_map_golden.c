/* The maps against numbers made by other people's code: the golden vectors, where they are there,
 * and the values that their authors printed. */
#include "golden.h"
#include "map/map.h"

#include <math.h>
#include <stdlib.h>

/* What the cases of each kind of map came to. */
typedef struct tally {
    size_t n_cases[MMAX_MULTIMAX + 1];
    double worst[MMAX_MULTIMAX + 1];
} tally;

static void apply_case(const char *object, void *context)
{
    tally *self = context;
    char spec[MMAX_SPEC_SIZE];
    mmax_map map;
    ck_assert(golden_spec(object, spec));
    ck_assert_int_eq(mmax_map_parse(spec, &map, NULL), MMAX_OK);
    golden_array x = golden_read(object, "input");
    double *p = mmax_alloc_array(x.n_rows * x.row_length, sizeof *p);
    ck_assert_ptr_nonnull(p);
    mmax_error error = {.status = MMAX_OK};
    mmax_map_rows(&map, x.values, x.n_rows, x.row_length, NULL, p, NULL, &error);
    ck_assert_msg(error.status == MMAX_OK, "%s: %s", spec, error.message);
    self->worst[map.kind] = fmax(self->worst[map.kind], golden_compare(object, &x, p));
    self->n_cases[map.kind]++;
    free(p);
    free(x.values);
}

START_TEST(every_golden_case_is_met_within_its_tolerance)
{
    tally all = {{0}, {0}};
    if (!golden_visit(apply_case, &all))
        return;
    for (size_t i = 0; mmax_map_info_at(i); i++) {
        printf("%s: %zu golden cases, worst error / tolerance %.2g\n", mmax_map_info_at(i)->name,
               all.n_cases[i], all.worst[i]);
        ck_assert_uint_gt(all.n_cases[i], 0);
    }
}
END_TEST

/* ---- published values ------------------------------------------------------------------------ */

typedef struct published {
    const char *spec;
    double x[3], p[3];
    double unit; /* of the last printed digit */
    const char *source;
} published;

static const published published_values[] = {
    {"softmax", {-2, 0, 0.5}, {0.0486, 0.3592, 0.5922}, 1e-4, "deep-spin/entmax, README"},
    {"sparsemax", {-2, 0, 0.5}, {0, 0.25, 0.75}, 1e-4, "deep-spin/entmax, README"},
    {"entmax:1.5", {-2, 0, 0.5}, {0, 0.3260, 0.6740}, 1e-4, "deep-spin/entmax, README"},
    {"entmax:1.33", {-1, 0, 0.5}, {0.0460, 0.3276, 0.6264}, 1e-4, "deep-spin/entmax, README"},
    {"entmax:1.33", {1, 2, 3.5}, {0.0026, 0.1012, 0.8963}, 1e-4, "deep-spin/entmax, README"},
    {"entmax:1.1", {0, 0, 1}, {0.1985, 0.1985, 0.6031}, 1e-4, "deep-spin/entmax, issue 24"},
    {"evsoftmax", {0.4, 1.4, -0.8}, {0.27, 0.73, 0}, 1e-2, "Chen et al., NeurIPS 2021, figure 1"},
    /* Figure 1 of the MultiMax paper, as read off: inputs (10, k, -1), the second weight. */
    {"multimax:figure1", {10, 10, -1}, {0.5, 0.5, 0}, 5e-3, "MultiMax, figure 1"},
    {"multimax:figure1", {10, 8, -1}, {0.628, 0.372, 0}, 5e-3, "MultiMax, figure 1"},
    {"multimax:figure1", {10, 6, -1}, {0.779, 0.221, 0}, 5e-3, "MultiMax, figure 1"},
    {"multimax:figure1", {10, 4, -1}, {0.899, 0.101, 0}, 5e-3, "MultiMax, figure 1"},
    {"multimax:figure1", {10, 2, -1}, {0.990, 0.010, 0}, 5e-3, "MultiMax, figure 1"},
};

START_TEST(values_that_authors_printed_are_met_to_their_last_digit)
{
    const published *value = &published_values[_i];
    mmax_map map;
    double p[3];
    ck_assert_int_eq(mmax_map_parse(value->spec, &map, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_map_rows(&map, value->x, 1, 3, NULL, p, NULL, NULL), MMAX_OK);
    for (size_t i = 0; i < 3; i++)
        ck_assert_msg(fabs(p[i] - value->p[i]) <= value->unit * 0.51, "%s (%s), entry %zu: %g",
                      value->spec, value->source, i, p[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("golden");
    TCase *golden = tcase_create("golden");
    tcase_set_timeout(golden, 60);
    tcase_add_test(golden, every_golden_case_is_met_within_its_tolerance);
    suite_add_tcase(suite, golden);
    TCase *printed = tcase_create("published");
    tcase_add_loop_test(printed, values_that_authors_printed_are_met_to_their_last_digit, 0,
                        sizeof published_values / sizeof published_values[0]);
    suite_add_tcase(suite, printed);
    return testing_run(suite);
}
