/* Metrics by layer and head: what the pass keeps of them, and where they are drawn. */
#include "render/layers_layout.h"

#include "test_render.h"
#include "test_render_places.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct analysis {
    mmax_plan *plan;
    mmax_source *source;
    mmax_result *result;
} analysis;

static analysis analyze(const double *logits, const size_t *shape, size_t n_dims,
                        const char *metrics, const char *per)
{
    analysis a;
    ck_assert_int_eq(mmax_plan_new(&a.plan, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_plan_set_metrics(a.plan, metrics, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_plan_set_per(a.plan, per, NULL), MMAX_OK);
    mmax_plan_keep_figure(a.plan, MMAX_FIGURE_LAYERS);
    ck_assert_int_eq(mmax_source_open_memory(logits, shape, n_dims, &a.source, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_analyze(a.plan, a.source, NULL, 0, &a.result, NULL), MMAX_OK);
    return a;
}

static void free_analysis(analysis *a)
{
    mmax_result_free(a->result);
    mmax_source_free(a->source);
    mmax_plan_free(a->plan);
}

static const char *key_of(const analysis *a, size_t metric)
{
    return mmax_metric_info_at(a->result->layer_means->metrics[metric])->key;
}

enum { LAYERS = 3, HEADS = 2, QUERIES = 4, KEYS = 5 };
static const size_t shape[] = {LAYERS, HEADS, QUERIES, KEYS};

static void fill_normal(double logits[LAYERS * HEADS * QUERIES * KEYS])
{
    testing_random random = {21};
    for (size_t i = 0; i < LAYERS * HEADS * QUERIES * KEYS; i++)
        logits[i] = 2 * testing_normal(&random);
}

/* ---- data ------------------------------------------------------------------------------------ */

START_TEST(cells_are_the_means_of_groups_and_lines_those_of_all_their_rows)
{
    double logits[LAYERS * HEADS * QUERIES * KEYS];
    fill_normal(logits);
    analysis a = analyze(logits, shape, 4, "entropy,max_prob", "group");
    const mmax_layer_means *data = a.result->layer_means;
    ck_assert_uint_eq(data->n_metrics, 2);
    ck_assert_uint_eq(data->n_layers, LAYERS);
    ck_assert_uint_eq(data->n_heads, HEADS);
    for (size_t i = 0; i < data->n_metrics * data->n_maps * LAYERS; i++) {
        size_t metric = i / LAYERS / data->n_maps, map = i / LAYERS % data->n_maps;
        double sum = 0;
        for (size_t head = 0; head < HEADS; head++) {
            size_t group = i % LAYERS * HEADS + head;
            const mmax_summary *of_group =
                mmax_result_group_summary(a.result, group, map, key_of(&a, metric));
            ck_assert_double_eq_tol(data->cells[i * HEADS + head], of_group->mean, 1e-14);
            sum += of_group->mean;
        }
        ck_assert_double_eq_tol(data->lines[i], sum / HEADS, 1e-14); /* as many rows in each */
    }
    free_analysis(&a);
}
END_TEST

START_TEST(the_report_does_not_depend_on_whether_groups_are_kept_for_a_figure)
{
    double logits[LAYERS * HEADS * QUERIES * KEYS];
    fill_normal(logits);
    analysis a = analyze(logits, shape, 4, "entropy", "all"),
             b = analyze(logits, shape, 4, "entropy", "group");
    ck_assert_int_eq(a.result->per, MMAX_PER_ALL);
    ck_assert_ptr_null(mmax_result_group_summary(a.result, 0, 0, "entropy"));
    const mmax_layer_means *x = a.result->layer_means, *y = b.result->layer_means;
    ck_assert_mem_eq(x->cells, y->cells, x->n_maps * LAYERS * HEADS * sizeof *x->cells);
    ck_assert_mem_eq(x->lines, y->lines, x->n_maps * LAYERS * sizeof *x->lines);
    free_analysis(&a);
    free_analysis(&b);
}
END_TEST

START_TEST(what_multimax_is_about_comes_first_and_there_are_three_metrics_at_most)
{
    static const struct {
        const char *list, *keys[MMAX_LAYERS_METRICS];
        size_t n;
    } cases[] = {
        {"all", {"multimodality", "sparsity", "entropy"}, 3},
        {"support,zeros,sparsity", {"sparsity", "support", "zeros"}, 3},
        {"support,zeros,max_prob,modes", {"support", "zeros", "max_prob"}, 3},
        {"modes", {"modes"}, 1},
    };
    const double logits[LAYERS * HEADS * QUERIES * KEYS] = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        analysis a = analyze(logits, shape, 4, cases[i].list, "all");
        ck_assert_uint_eq(a.result->layer_means->n_metrics, cases[i].n);
        for (size_t k = 0; k < cases[i].n; k++)
            ck_assert_str_eq(key_of(&a, k), cases[i].keys[k]);
        free_analysis(&a);
    }
}
END_TEST

START_TEST(axes_behind_the_second_are_averaged_and_one_alone_are_layers)
{
    enum { N = LAYERS * HEADS * QUERIES * KEYS };
    static const size_t five[] = {LAYERS, 1, HEADS, QUERIES, KEYS},
                        three[] = {LAYERS * HEADS, QUERIES, KEYS};
    double logits[N];
    fill_normal(logits);
    analysis a = analyze(logits, shape, 4, "entropy", "all"),
             b = analyze(logits, five, 5, "entropy", "all"),
             c = analyze(logits, three, 3, "entropy", "all");
    const mmax_layer_means *four = a.result->layer_means, *averaged = b.result->layer_means,
                           *one = c.result->layer_means;
    ck_assert_uint_eq(averaged->n_heads, 1);
    ck_assert(!one->has_heads);
    ck_assert_uint_eq(one->n_layers, LAYERS * HEADS);
    for (size_t i = 0; i < four->n_maps * LAYERS; i++) {
        ck_assert_double_eq(averaged->cells[i], four->lines[i]);
        ck_assert_double_eq(averaged->lines[i], four->lines[i]);
    }
    for (size_t i = 0; i < four->n_maps * LAYERS * HEADS; i++)
        ck_assert_double_eq(one->cells[i], four->cells[i]);
    free_analysis(&a);
    free_analysis(&b);
    free_analysis(&c);
}
END_TEST

START_TEST(groups_without_a_value_are_no_numbers)
{
    double logits[LAYERS * HEADS * QUERIES * KEYS];
    fill_normal(logits);
    for (size_t i = 0; i < QUERIES * KEYS; i++)
        logits[i] = -HUGE_VAL; /* the first head of the first layer */
    analysis a = analyze(logits, shape, 4, "entropy", "all");
    const mmax_layer_means *data = a.result->layer_means;
    ck_assert(isnan(data->cells[0]));
    ck_assert_double_eq(data->lines[0], data->cells[1]);
    free_analysis(&a);
}
END_TEST

/* ---- places ---------------------------------------------------------------------------------- */

START_TEST(lines_pass_over_layers_without_a_value)
{
    double lines[] = {NOT_A_NUMBER, 1, 2, NOT_A_NUMBER, NOT_A_NUMBER, 3};
    const mmax_layer_means data = {.n_maps = 1, .n_metrics = 1, .n_layers = 6, .lines = lines};
    const mmax_panel panel = {.x = {.kind = MMAX_AXIS_CELLS, .high = 6},
                              .y = {.low = 0, .high = 4},
                              .area = {0, 0, 60, 40}};
    mmax_point points[MMAX_LAYERS_SIDE];
    size_t layer = 0;
    ck_assert_uint_eq(mmax_layers_stretch(&data, 0, 0, &panel, &layer, points), 2);
    ck_assert_double_eq_tol(points[1].x, 25, 1e-9);
    ck_assert_double_eq_tol(points[1].y, 20, 1e-9);
    ck_assert_uint_eq(mmax_layers_stretch(&data, 0, 0, &panel, &layer, points), 1);
    ck_assert_double_eq_tol(points[0].x, 55, 1e-9);
    ck_assert_uint_eq(mmax_layers_stretch(&data, 0, 0, &panel, &layer, points), 0);
}
END_TEST

START_TEST(scales_hold_all_means_of_a_metric)
{
    static const char *const maps[] = {"softmax", "sparsemax", "entmax:1.5", "evsoftmax",
                                       "multimax"};
    static const mmax_figure_options options = {0};
    double logits[LAYERS * HEADS * QUERIES * KEYS];
    fill_normal(logits);
    analysis a = analyze(logits, shape, 4, "entropy,support", "all");
    const mmax_layer_means *data = a.result->layer_means;
    mmax_plot *plot;
    ck_assert_int_eq(mmax_plot_new(mmax_layers_panels(data), &plot, NULL), MMAX_OK);
    plot->title = plot->caption = "words";
    mmax_layers_plan(data, maps, plot);
    ck_assert_int_eq(mmax_plot_lay_out(plot, &options, &measure, NULL), MMAX_OK);
    size_t n_lines = data->n_maps * LAYERS;
    for (size_t metric = 0; metric < 2; metric++) {
        const mmax_axis *colors = &plot->panels[mmax_layers_bar(data, metric)].y,
                        *values = &plot->panels[mmax_layers_lines(data, metric)].y;
        for (size_t i = 0; i < n_lines * HEADS; i++) {
            double at = mmax_axis_at(colors, data->cells[metric * n_lines * HEADS + i]);
            ck_assert(at >= 0 && at <= 1);
        }
        for (size_t i = 0; i < n_lines; i++) {
            double at = mmax_axis_at(values, data->lines[metric * n_lines + i]);
            ck_assert(at > 0 && at < 1);
        }
        for (size_t map = 1; map < data->n_maps; map++)
            ck_assert_double_eq(plot->panels[mmax_layers_heatmap(data, metric, map)].area.y,
                                plot->panels[mmax_layers_heatmap(data, metric, 0)].area.y);
    }
    mmax_plot_free(plot);
    free_analysis(&a);
}
END_TEST

TCase *render_layers_tests(void)
{
    TCase *tests = tcase_create("layers");
    tcase_add_test(tests, cells_are_the_means_of_groups_and_lines_those_of_all_their_rows);
    tcase_add_test(tests, the_report_does_not_depend_on_whether_groups_are_kept_for_a_figure);
    tcase_add_test(tests, what_multimax_is_about_comes_first_and_there_are_three_metrics_at_most);
    tcase_add_test(tests, axes_behind_the_second_are_averaged_and_one_alone_are_layers);
    tcase_add_test(tests, groups_without_a_value_are_no_numbers);
    tcase_add_test(tests, lines_pass_over_layers_without_a_value);
    tcase_add_test(tests, scales_hold_all_means_of_a_metric);
    return tests;
}
