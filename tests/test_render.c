#include "test_render.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct mmax_plan figure_plan(void)
{
    return (struct mmax_plan){
        .n_maps = 5,
        .maps = {{.kind = MMAX_SOFTMAX, .temperature = 1},
                 {.kind = MMAX_SPARSEMAX},
                 {.kind = MMAX_ENTMAX, .alpha = 1.5},
                 {.kind = MMAX_EVSOFTMAX},
                 {.kind = MMAX_MULTIMAX,
                  .ts = {-2.9, -0.4265, 0, -0.0259},
                  .ranges = {2.3, 3, 0, 3}}},
    };
}

mmax_input figure_input(size_t n_dims, const size_t *shape)
{
    mmax_input input = {.file = "folder/demo.npy",
                        .format = "npy",
                        .dtype = "<f8",
                        .dtype_name = "float64",
                        .axis = -1,
                        .n_dims = n_dims,
                        .rows_known = true,
                        .n_rows = 1,
                        .row_length = shape[n_dims - 1]};
    for (size_t i = 0; i < n_dims; i++) {
        input.shape[i] = shape[i];
        input.n_rows *= i + 1 < n_dims ? shape[i] : 1;
    }
    return input;
}

/* One block under one map; epsilon as the default rule has it. */
typedef struct mapped {
    double *weights, *epsilon;
    mmax_row_facts *facts;
    size_t *support;
} mapped;

static mapped map_block(const mmax_map *map, const double *logits, size_t n_rows, size_t row_length)
{
    mapped m = {mmax_alloc_array(n_rows * row_length, sizeof(double)),
                mmax_alloc_array(n_rows, sizeof(double)),
                mmax_alloc_array(n_rows, sizeof(mmax_row_facts)),
                mmax_alloc_array(n_rows, sizeof(size_t))};
    ck_assert(m.weights && m.epsilon && m.facts && m.support);
    /* As in the pass: a row with a NaN goes through the maps as a masked one. */
    for (size_t i = 0; i < n_rows * row_length; i++)
        m.weights[i] = isnan(logits[i]) ? -HUGE_VAL : logits[i];
    mmax_kernel_facts(m.weights, n_rows, row_length, m.facts);
    for (size_t i = 0; i < n_rows; i++)
        m.epsilon[i] = m.facts[i].log_sum_exp - log((double)m.facts[i].n_live);
    mmax_kernel_rows rows = {.logits = m.weights,
                             .facts = m.facts,
                             .n_rows = n_rows,
                             .row_length = row_length,
                             .weights = m.weights,
                             .support = m.support};
    size_t bad_row;
    ck_assert_int_eq(mmax_map_apply(map, &rows, m.epsilon, &bad_row, NULL), MMAX_OK);
    for (size_t i = 0; i < n_rows * row_length; i++)
        m.weights[i] = isnan(logits[i]) ? logits[i] : m.weights[i];
    return m;
}

static void free_mapped(mapped *m)
{
    free(m->weights);
    free(m->epsilon);
    free(m->facts);
    free(m->support);
}

mmax_heatmap *gather_heatmap(const struct mmax_plan *plan, const mmax_input *input,
                             const double *logits, size_t block, const char *const *row_labels)
{
    mmax_heatmap *heatmap;
    ck_assert_int_eq(mmax_heatmap_new(plan, input, &heatmap, NULL), MMAX_OK);
    for (size_t first = 0; first < input->n_rows; first += block) {
        size_t left = input->n_rows - first, n = left < block ? left : block;
        const double *rows = logits + first * input->row_length;
        for (size_t map = 0; map < plan->n_maps; map++) {
            mapped m = map_block(&plan->maps[map], rows, n, input->row_length);
            ck_assert_int_eq(mmax_heatmap_add(heatmap, map, first, n, rows, m.weights,
                                              row_labels ? row_labels + first : NULL, NULL),
                             MMAX_OK);
            free_mapped(&m);
        }
    }
    ck_assert_int_eq(mmax_heatmap_end(heatmap, input, NULL), MMAX_OK);
    return heatmap;
}

mmax_simplex *gather_simplex(const struct mmax_plan *plan, const mmax_input *input,
                             const double *logits, size_t block)
{
    mmax_simplex_rows *rows;
    ck_assert_int_eq(mmax_simplex_rows_new(input, &rows, NULL), MMAX_OK);
    for (size_t first = 0; first < input->n_rows; first += block) {
        size_t left = input->n_rows - first, n = left < block ? left : block;
        const double *x = logits + first * input->row_length;
        mapped m = map_block(&plan->maps[0], x, n, input->row_length);
        mmax_simplex_rows_add(rows, first, n, x, m.epsilon);
        free_mapped(&m);
    }
    mmax_simplex *simplex;
    ck_assert_int_eq(mmax_simplex_new(plan, input, rows, &simplex, NULL), MMAX_OK);
    mmax_simplex_rows_free(rows);
    return simplex;
}

mmax_result figure_result(const struct mmax_plan *plan, const mmax_input *input,
                          const double *logits, const char *const *row_labels)
{
    mmax_result result = {.input = *input, .n_maps = plan->n_maps};
    memcpy(result.maps, plan->maps, sizeof result.maps);
    result.heatmap = gather_heatmap(plan, input, logits, 64, row_labels);
    if (input->row_length >= 3)
        result.simplex = gather_simplex(plan, input, logits, 64);
    return result;
}

void free_figure_result(mmax_result *result)
{
    mmax_heatmap_free(result->heatmap);
    mmax_simplex_free(result->simplex);
}

/* ---- names of files -------------------------------------------------------------------------- */

START_TEST(figures_are_png_svg_and_pdf_by_their_suffix_in_either_case)
{
    static const char *const good[] = {"a.png", "b/c.SVG", "x.y.Pdf", "png:-", "svg:-", "pdf:-"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        ck_assert_int_eq(mmax_figure_check(good[i], NULL), MMAX_OK);
}
END_TEST

START_TEST(other_names_are_refused_with_what_was_expected)
{
    static const char *const bad[] = {"a.jpg", "png", ".png", "figures/.svg", "", "-", "PNG:-"};
    mmax_error error;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_int_eq(mmax_figure_check(bad[i], &error), MMAX_EUSAGE);
    ck_assert_int_eq(mmax_figure_check("a.jpg", &error), MMAX_EUSAGE);
    ck_assert_str_eq(error.message, "invalid figure 'a.jpg': expected a name ending in .png, .svg "
                                    "or .pdf, or png:-, svg:-, pdf:-");
}
END_TEST

#ifndef HAVE_CAIRO
START_TEST(a_build_without_cairo_says_that_it_has_no_figures)
{
    mmax_error error;
    mmax_result result = {0};
    ck_assert(!mmax_can_draw());
    ck_assert_int_eq(mmax_draw_heatmap(&result, "a.png", NULL, &error), MMAX_EUNSUPPORTED);
    ck_assert_str_eq(error.message,
                     "a.png: this build has no figures; configure it with cairo, pango and libpng");
    ck_assert_int_eq(mmax_draw_simplex(&result, "a.png", NULL, &error), MMAX_EUNSUPPORTED);
}
END_TEST
#endif

int main(void)
{
    Suite *suite = suite_create("render");
    TCase *names = tcase_create("names");
    tcase_add_test(names, figures_are_png_svg_and_pdf_by_their_suffix_in_either_case);
    tcase_add_test(names, other_names_are_refused_with_what_was_expected);
    suite_add_tcase(suite, names);
    suite_add_tcase(suite, render_data_tests());
    suite_add_tcase(suite, render_simplex_data_tests());
    suite_add_tcase(suite, render_layout_tests());
#ifdef HAVE_CAIRO
    suite_add_tcase(suite, render_file_tests());
    suite_add_tcase(suite, render_odd_file_tests());
#else
    tcase_add_test(names, a_build_without_cairo_says_that_it_has_no_figures);
#endif
    return testing_run(suite);
}
