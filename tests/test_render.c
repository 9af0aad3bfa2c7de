#include "test_render.h"

#include <float.h>
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

/* One block under one map; relevance as the plan's rules have it. */
typedef struct mapped {
    double *weights, *epsilon;
    mmax_row_facts *facts;
    mmax_relevance *relevance;
    size_t *support;
} mapped;

static mapped map_block(const struct mmax_plan *plan, size_t map, const double *logits,
                        size_t n_rows, size_t row_length)
{
    mapped m = {
        mmax_alloc_array(n_rows * row_length, sizeof(double)),
        mmax_alloc_array(n_rows, sizeof(double)), mmax_alloc_array(n_rows, sizeof(mmax_row_facts)),
        mmax_alloc_array(n_rows, sizeof(mmax_relevance)), mmax_alloc_array(n_rows, sizeof(size_t))};
    ck_assert(m.weights && m.epsilon && m.facts && m.relevance && m.support);
    /* As in the pass: a row with a NaN goes through the maps as a masked one. */
    for (size_t i = 0; i < n_rows * row_length; i++)
        m.weights[i] = isnan(logits[i]) ? -HUGE_VAL : logits[i];
    mmax_kernel_facts(m.weights, n_rows, row_length, m.facts);
    mmax_relevance_rows(&plan->relevance, DBL_EPSILON, m.weights, m.facts, n_rows, row_length,
                        m.relevance);
    for (size_t i = 0; i < n_rows; i++)
        m.epsilon[i] = m.relevance[i].epsilon;
    mmax_kernel_rows rows = {.logits = m.weights,
                             .facts = m.facts,
                             .n_rows = n_rows,
                             .row_length = row_length,
                             .weights = m.weights,
                             .support = m.support};
    size_t bad_row;
    ck_assert_int_eq(mmax_map_apply(&plan->maps[map], &rows, m.epsilon, &bad_row, NULL), MMAX_OK);
    for (size_t i = 0; i < n_rows * row_length; i++)
        m.weights[i] = isnan(logits[i]) ? logits[i] : m.weights[i];
    return m;
}

static void free_mapped(mapped *m)
{
    free(m->weights);
    free(m->epsilon);
    free(m->facts);
    free(m->relevance);
    free(m->support);
}

/* Hands a block to the figures, with its weights under every map. */
static void add_block(const struct mmax_plan *plan, mmax_result *result, mmax_kept_rows *kept,
                      mmax_figure_block *block)
{
    mapped m[MMAX_MAX_MAPS];
    const double *weights[MMAX_MAX_MAPS];
    for (size_t map = 0; map < plan->n_maps; map++) {
        m[map] = map_block(plan, map, block->logits, block->n_rows, result->input.row_length);
        weights[map] = m[map].weights;
    }
    block->weights = weights;
    block->relevance = m[0].relevance;
    block->facts = m[0].facts;
    ck_assert_int_eq(mmax_figures_add(plan, result, kept, block, NULL), MMAX_OK);
    for (size_t map = 0; map < plan->n_maps; map++)
        free_mapped(&m[map]);
}

void gather_figures(const struct mmax_plan *plan, const double *logits, size_t block,
                    const char *const *row_labels, mmax_result *result)
{
    const mmax_input *input = &result->input;
    mmax_kept_rows *kept = NULL;
    const char **labels = mmax_alloc_zeroed(input->n_rows + 1, sizeof(char *));
    ck_assert_ptr_nonnull(labels);
    for (size_t i = 0; row_labels && i < input->n_rows; i++)
        labels[i] = row_labels[i];
    ck_assert_int_eq(mmax_figures_begin(plan, result, &kept, NULL), MMAX_OK);
    for (size_t first = 0; first < input->n_rows; first += block) {
        size_t left = input->n_rows - first;
        mmax_figure_block of_figures = {.first_row = first,
                                        .n_rows = left < block ? left : block,
                                        .logits = logits + first * input->row_length,
                                        .labels = labels + first};
        add_block(plan, result, kept, &of_figures);
    }
    ck_assert_int_eq(mmax_figures_end(plan, result, kept, NULL), MMAX_OK);
    mmax_kept_rows_free(kept);
    free(labels);
}

mmax_heatmap *gather_heatmap(const struct mmax_plan *plan, const mmax_input *input,
                             const double *logits, size_t block, const char *const *row_labels)
{
    struct mmax_plan of_heatmap = *plan;
    mmax_result result = {.input = *input};
    mmax_plan_keep_figure(&of_heatmap, MMAX_FIGURE_HEATMAP);
    gather_figures(&of_heatmap, logits, block, row_labels, &result);
    return result.heatmap;
}

void free_heatmap(mmax_heatmap *heatmap)
{
    mmax_result result = {.heatmap = heatmap};
    mmax_figures_free(&result);
}

mmax_simplex *gather_simplex(const struct mmax_plan *plan, const mmax_input *input,
                             const double *logits, size_t block)
{
    struct mmax_plan of_simplex = *plan;
    mmax_result result = {.input = *input};
    mmax_plan_keep_figure(&of_simplex, MMAX_FIGURE_SIMPLEX);
    gather_figures(&of_simplex, logits, block, NULL, &result);
    return result.simplex;
}

void free_simplex(mmax_simplex *simplex)
{
    mmax_result result = {.simplex = simplex};
    mmax_figures_free(&result);
}

bool can_have_figure(const mmax_input *input, mmax_figure_kind kind)
{
    if (kind == MMAX_FIGURE_LAYERS)
        return false; /* is made from summaries, which are not gathered here */
    return kind != MMAX_FIGURE_SIMPLEX || input->row_length >= 3;
}

mmax_result figure_result(const struct mmax_plan *plan, const mmax_input *input,
                          const double *logits, const char *const *row_labels)
{
    mmax_result result = {.input = *input, .n_maps = plan->n_maps};
    memcpy(result.maps, plan->maps, sizeof result.maps);
    struct mmax_plan of_figures = *plan;
    for (mmax_figure_kind kind = 0; kind < MMAX_FIGURES; kind++)
        if (can_have_figure(input, kind))
            mmax_plan_keep_figure(&of_figures, kind);
    gather_figures(&of_figures, logits, 64, row_labels, &result);
    return result;
}

void free_figure_result(mmax_result *result)
{
    mmax_figures_free(result);
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
    ck_assert_int_eq(mmax_draw_figure(&result, MMAX_FIGURE_HEATMAP, "a.png", NULL, &error),
                     MMAX_EUNSUPPORTED);
    ck_assert_str_eq(error.message,
                     "a.png: this build has no figures; configure it with cairo, pango and libpng");
    ck_assert_int_eq(mmax_draw_figure(&result, MMAX_FIGURE_SIMPLEX, "a.png", NULL, &error),
                     MMAX_EUNSUPPORTED);
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
    suite_add_tcase(suite, render_density_tests());
    suite_add_tcase(suite, render_tradeoff_tests());
    suite_add_tcase(suite, render_colormap_tests());
    suite_add_tcase(suite, render_scale_tests());
    suite_add_tcase(suite, render_layout_tests());
    suite_add_tcase(suite, render_axes_tests());
    suite_add_tcase(suite, render_distribution_tests());
    suite_add_tcase(suite, render_curve_tests());
    suite_add_tcase(suite, render_rows_tests());
    suite_add_tcase(suite, render_layers_tests());
#ifdef HAVE_CAIRO
    suite_add_tcase(suite, render_file_tests());
    suite_add_tcase(suite, render_plot_file_tests());
    suite_add_tcase(suite, render_odd_file_tests());
    suite_add_tcase(suite, render_looks_tests());
    suite_add_tcase(suite, render_show_tests());
#else
    tcase_add_test(names, a_build_without_cairo_says_that_it_has_no_figures);
#endif
    return testing_run(suite);
}
