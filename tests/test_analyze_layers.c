/* Maps whose parameters are in a file, one for each layer of the input. */
#include "test_analyze.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LAYERS = 3, HEADS = 2, QUERIES = 23, KEYS = 5, ROWS = LAYERS * HEADS * QUERIES };

static const size_t shape[] = {LAYERS, HEADS, QUERIES, KEYS};

/* The same three sets as one file has them and as SPECs; the second is of both orders, the third
 * depends on each row's threshold. */
static const char layers_json[] =
    "[{\"tb\": 2, \"b\": 0, \"td\": 0.1, \"d\": 1},\n"
    " {\"ts\": [-1, -0.5, -0.25, 0.125], \"ranges\": [0.5, 1, -1, 2]},\n"
    " {\"tb\": 3, \"b\": \"eps\", \"td\": 0.5, \"d\": \"eps\"}]\n";
static const char *const specs[LAYERS] = {
    "multimax:tb=2,b=0,td=0.1,d=1",
    "multimax:ts=-1/-0.5/-0.25/0.125,ranges=0.5/1/-1/2",
    "multimax:tb=3,b=eps,td=0.5,d=eps",
};

/* Normal logits with masked entries and one masked row. */
static void fill(double logits[ROWS * KEYS])
{
    testing_random random = {5};
    for (size_t i = 0; i < ROWS * KEYS; i++)
        logits[i] = i % 13 == 0 || i / KEYS == 40 ? -(double)INFINITY : 2 * testing_normal(&random);
}

static char *spec_of(const char *file)
{
    char *spec = mmax_alloc_array(strlen(file) + 16, 1);
    ck_assert_ptr_nonnull(spec);
    sprintf(spec, "multimax:@%s", file);
    return spec;
}

static mmax_plan *plan_of(const char *spec)
{
    mmax_plan *plan = new_plan();
    mmax_error error = {0};
    if (mmax_plan_add_map(plan, spec, &error) != MMAX_OK)
        ck_abort_msg("%s", error.message);
    ck_assert_int_eq(mmax_plan_set_metrics(plan, "all", NULL), MMAX_OK);
    return plan;
}

static mmax_plan *plan_of_text(const char *name, const char *text)
{
    char *spec = spec_of(testing_text_file(name, text));
    mmax_plan *plan = plan_of(spec);
    free(spec);
    return plan;
}

/* A sink that keeps every weight and every metric of one map. */
typedef struct row_keeper {
    mmax_sink sink;
    size_t n_weights, n_metrics;
    double weights[ROWS * KEYS];
    double metrics[ROWS * 32];
} row_keeper;

static mmax_status keep_weights(mmax_sink *sink, const mmax_weight_block *block, mmax_error *error)
{
    row_keeper *self = (row_keeper *)sink;
    (void)error;
    size_t n = block->n_rows * KEYS;
    memcpy(self->weights + self->n_weights, block->weights, n * sizeof(double));
    self->n_weights += n;
    return MMAX_OK;
}

static mmax_status keep_metrics(mmax_sink *sink, const mmax_row_block *block, mmax_error *error)
{
    row_keeper *self = (row_keeper *)sink;
    (void)error;
    size_t n = block->n_rows * block->n_metrics;
    memcpy(self->metrics + self->n_metrics, block->metrics, n * sizeof(double));
    self->n_metrics += n;
    return MMAX_OK;
}

static const mmax_sink_methods keeper_methods = {.weights = keep_weights, .rows = keep_metrics};

static mmax_result *run(const mmax_plan *plan, const double *logits, const size_t *dims,
                        size_t n_dims, row_keeper *keeper)
{
    mmax_source *source = open_array(logits, dims, n_dims);
    mmax_error error = {0};
    mmax_result *result;
    mmax_sink *const sinks[] = {&keeper->sink};
    *keeper = (row_keeper){.sink = {&keeper_methods}};
    if (mmax_analyze(plan, source, sinks, 1, &result, &error) != MMAX_OK)
        ck_abort_msg("%s", error.message);
    mmax_source_free(source);
    return result;
}

static bool same(const double *a, const double *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!testing_same(a[i], b[i]))
            return false;
    return true;
}

START_TEST(each_layer_is_what_it_would_be_alone_under_its_map_whatever_the_blocks)
{
    static double logits[ROWS * KEYS];
    static row_keeper whole, part;
    static const size_t block_rows[] = {0, 1, 7, 45, 46, 47, 100, 1000};
    fill(logits);
    mmax_plan *plan = plan_of_text("layers.json", layers_json);
    mmax_plan_set_block_rows(plan, block_rows[_i]);
    mmax_result *result = run(plan, logits, shape, 4, &whole);
    ck_assert_uint_eq(whole.n_weights, ROWS * KEYS);
    size_t n_weights = 0, n_metrics = 0;
    for (size_t layer = 0; layer < LAYERS; layer++) {
        mmax_plan *alone = plan_of(specs[layer]);
        const size_t n_entries = HEADS * QUERIES * KEYS;
        mmax_result *of_layer = run(alone, logits + layer * n_entries, shape + 1, 3, &part);
        ck_assert(same(whole.weights + n_weights, part.weights, part.n_weights));
        ck_assert(same(whole.metrics + n_metrics, part.metrics, part.n_metrics));
        n_weights += part.n_weights;
        n_metrics += part.n_metrics;
        for (size_t head = 0; head < HEADS; head++)
            for (size_t k = 0; k < result->metrics.n; k++) {
                const char *key = mmax_metric_info_at(result->metrics.which[k])->key;
                ck_assert(
                    same(&mmax_result_group_summary(result, layer * HEADS + head, 0, key)->mean,
                         &mmax_result_group_summary(of_layer, head, 0, key)->mean, 9));
            }
        mmax_result_free(of_layer);
        mmax_plan_free(alone);
    }
    ck_assert_uint_eq(whole.n_weights, n_weights);
    ck_assert_uint_eq(whole.n_metrics, n_metrics);
    mmax_result_free(result);
    mmax_plan_free(plan);
}
END_TEST

START_TEST(a_skipped_row_shifts_no_layer)
{
    static double logits[ROWS * KEYS];
    static row_keeper whole, part;
    const size_t skipped = HEADS * QUERIES - 1; /* the last row of the first layer */
    fill(logits);
    logits[skipped * KEYS] = (double)NAN;
    mmax_plan *plan = plan_of_text("layers.json", layers_json), *alone = plan_of(specs[1]);
    ck_assert_int_eq(mmax_plan_set_invalid(plan, "skip", NULL), MMAX_OK);
    mmax_result_free(run(plan, logits, shape, 4, &whole));
    const size_t n = HEADS * QUERIES * KEYS;
    mmax_result_free(run(alone, logits + n, shape + 1, 3, &part));
    ck_assert(isnan(whole.weights[skipped * KEYS]));
    ck_assert(same(whole.weights + n, part.weights, n));
    mmax_plan_free(alone);
    mmax_plan_free(plan);
}
END_TEST

START_TEST(a_simplex_takes_every_rows_own_layer)
{
    enum { N = 4, ROW = 3 };
    static const size_t dims[] = {LAYERS, N, ROW};
    double logits[LAYERS * N * ROW];
    testing_random random = {6};
    for (size_t i = 0; i < LAYERS * N * ROW; i++)
        logits[i] = 2 * testing_normal(&random);
    logits[0] = (double)NAN; /* skipped: the rows kept are not the rows of the input */
    mmax_plan *plan = plan_of_text("layers.json", layers_json);
    ck_assert_int_eq(mmax_plan_set_invalid(plan, "skip", NULL), MMAX_OK);
    mmax_plan_keep_figure(plan, MMAX_FIGURE_SIMPLEX);
    mmax_source *source = open_array(logits, dims, 3);
    mmax_result *result = analyze(plan, source);
    ck_assert_uint_eq(result->simplex->n_points, LAYERS * N - 1);
    for (size_t layer = 0; layer < LAYERS; layer++) {
        mmax_map map;
        double weights[N * ROW];
        ck_assert_int_eq(mmax_map_parse(specs[layer], &map, NULL), MMAX_OK);
        size_t first = layer == 0 ? 1 : layer * N, n = layer == 0 ? N - 1 : N;
        ck_assert_int_eq(
            mmax_map_rows(&map, logits + first * ROW, n, ROW, NULL, weights, NULL, NULL), MMAX_OK);
        /* eps of the pass and of mmax_map_rows may differ in the last place. */
        for (size_t i = 0; i < n * ROW; i++)
            ck_assert_double_eq_tol(result->simplex->points[(first - 1) * ROW + i], weights[i],
                                    1e-14);
    }
    mmax_result_free(result);
    mmax_source_free(source);
    mmax_plan_free(plan);
}
END_TEST

START_TEST(an_overflow_is_told_with_its_row)
{
    enum { N = 2, ROW = 2 };
    static const size_t dims[] = {2, N, ROW};
    const double logits[2 * N * ROW] = {0, 1, 0, 1, 0, 1, 0, 1e200};
    mmax_plan *plan = plan_of_text(
        "overflow.json", "{\"ts\": [[0,0,0,0],[0,0,0,1]], \"ranges\": [[0,0,0,0],[0,0,0,0]]}");
    mmax_source *source = open_array(logits, dims, 3);
    mmax_result *result = NULL;
    mmax_error error;
    ck_assert_int_eq(mmax_analyze(plan, source, NULL, 0, &result, &error), MMAX_EDOMAIN);
    ck_assert_str_eq(error.message, "memory: group 1, row 1: multimax's sigma overflows; mask with "
                                    "-inf, not with huge numbers");
    mmax_source_free(source);
    mmax_plan_free(plan);
}
END_TEST

static const struct {
    size_t n_dims, dims[4];
    const char *shape;
} misfits[] = {
    {2, {3, 2}, "(3, 2)"},       {1, {3}, "(3,)"},
    {3, {2, 3, 2}, "(2, 3, 2)"}, {4, {6, 3, 1, 2}, "(6, 3, 1, 2)"},
    {3, {0, 3, 2}, "(0, 3, 2)"},
};

START_TEST(an_input_with_another_number_of_layers_is_refused)
{
    static const double logits[6 * 3 * 2];
    const char *file = testing_text_file("layers.json", layers_json);
    char *spec = spec_of(file);
    mmax_plan *plan = plan_of(spec);
    mmax_source *source = open_array(logits, misfits[_i].dims, misfits[_i].n_dims);
    mmax_result *result = NULL;
    mmax_error error;
    char expected[MMAX_MESSAGE_SIZE];
    ck_assert_int_eq(mmax_analyze(plan, source, NULL, 0, &result, &error), MMAX_EDOMAIN);
    snprintf(expected, sizeof expected,
             "%s: parameters of shape (3, 4) do not match memory of shape %s; layers are the first "
             "of at least three axes",
             file, misfits[_i].shape);
    ck_assert_str_eq(error.message, expected);
    ck_assert_ptr_null(result);
    mmax_source_free(source);
    mmax_plan_free(plan);
    free(spec);
}
END_TEST

START_TEST(layers_without_rows_are_no_fault)
{
    static const size_t dims[] = {LAYERS, 0, 2};
    static const double none[1];
    mmax_plan *plan = plan_of_text("layers.json", layers_json);
    mmax_source *source = open_array(none, dims, 3);
    mmax_result *result = analyze(plan, source);
    ck_assert_uint_eq(mmax_result_summary(result, 0, "entropy")->count, 0);
    mmax_result_free(result);
    mmax_source_free(source);
    mmax_plan_free(plan);
}
END_TEST

START_TEST(one_set_is_a_map_as_any_other)
{
    char spec[MMAX_SPEC_SIZE];
    mmax_plan *plan =
        plan_of_text("one.json", "{\"ts\": [[-1, -0.5, 0, -0.0]], \"ranges\": [[0, 1, 0, 0]]}");
    ck_assert_str_eq(mmax_plan_spec(plan, 0, spec), "multimax:ts=-1/-0.5/0/0,ranges=0/1/0/0");
    ck_assert_ptr_eq(mmax_plan_layer_at(plan, 0, 0), mmax_plan_map_at(plan, 0));
    ck_assert_ptr_null(mmax_plan_layer_at(plan, 0, 1));
    ck_assert_ptr_null(mmax_plan_layer_at(plan, 1, 0));
    ck_assert_int_eq(mmax_plan_add_map(plan, "multimax:ts=-1/-0.5/0/0,ranges=0/1/0/0", NULL),
                     MMAX_EUSAGE);
    mmax_plan_free(plan);
}
END_TEST

START_TEST(layers_keep_the_name_of_their_file)
{
    /* The name of a file may hold whatever means something in a SPEC. */
    char *spec = spec_of(testing_text_file("odd, name:ts=1.json", layers_json)),
         text[MMAX_SPEC_SIZE];
    mmax_plan *plan = plan_of(spec);
    ck_assert_str_eq(mmax_plan_spec(plan, 0, text), spec);
    for (size_t i = 0; i < LAYERS; i++) {
        mmax_map_format(mmax_plan_layer_at(plan, 0, i), text);
        ck_assert_str_eq(text, specs[i]);
    }
    ck_assert_ptr_null(mmax_plan_layer_at(plan, 0, LAYERS));
    mmax_plan_free(plan);
    free(spec);
}
END_TEST

START_TEST(the_same_layers_twice_are_refused_and_others_are_not)
{
    char *spec = spec_of(testing_text_file("layers.json", layers_json));
    char *same_spec = spec_of(testing_text_file("copy.json", layers_json));
    char *other_spec = spec_of(testing_text_file(
        "other.json", "[{\"tb\": 2, \"b\": 0, \"td\": 0.1, \"d\": 1}, {\"tb\": 2, \"b\": 1}]"));
    mmax_error error;
    mmax_plan *plan = plan_of(spec);
    ck_assert_int_eq(mmax_plan_add_map(plan, same_spec, &error), MMAX_EUSAGE);
    ck_assert_msg(strstr(error.message, "copy.json' is given twice"), "%s", error.message);
    ck_assert_int_eq(mmax_plan_add_map(plan, other_spec, NULL), MMAX_OK);
    char *third_spec = spec_of(testing_text_file(
        "third.json", "[{\"tb\": 2, \"b\": 0, \"td\": 0.1, \"d\": 1}, {\"tb\": 2, \"b\": 2}]"));
    ck_assert_int_eq(mmax_plan_add_map(plan, third_spec, NULL), MMAX_OK);
    free(third_spec);
    /* What the first layer has is not what all have. */
    ck_assert_int_eq(mmax_plan_add_map(plan, specs[0], NULL), MMAX_OK);
    mmax_plan_free(plan);
    free(spec);
    free(same_spec);
    free(other_spec);
}
END_TEST

START_TEST(a_figure_tells_files_apart_only_where_there_are_several_multimaxes)
{
    static const double logits[LAYERS * 2];
    static const size_t dims[] = {LAYERS, 1, 2};
    char *spec = spec_of(testing_text_file("layers.json", layers_json)), label[MMAX_SPEC_SIZE];
    mmax_plan *plan = plan_of(spec);
    ck_assert_int_eq(mmax_plan_add_map(plan, "entmax:1.5", NULL), MMAX_OK);
    mmax_source *source = open_array(logits, dims, 3);
    mmax_result *result = analyze(plan, source);
    mmax_result_label(result, 0, label);
    ck_assert_str_eq(label, "multimax");
    mmax_result_label(result, 1, label);
    ck_assert_str_eq(label, "entmax:1.5");
    mmax_result_free(result);
    mmax_source_free(source);
    ck_assert_int_eq(mmax_plan_add_map(plan, "multimax", NULL), MMAX_OK);
    source = open_array(logits, dims, 3);
    result = analyze(plan, source);
    /* A result outlives its plan. */
    mmax_plan_free(plan);
    mmax_result_label(result, 0, label);
    ck_assert_str_eq(label, spec);
    mmax_result_label(result, 2, label);
    ck_assert_str_eq(label, "multimax");
    mmax_result_free(result);
    mmax_source_free(source);
    free(spec);
}
END_TEST

static const struct {
    const char *text;
    const char *message; /* behind the name of the file */
} bad_sets[] = {
    {"{\"tb\": 2, \"bb\": 0}",
     ": invalid map 'multimax:tb=2,bb=0': unknown parameter 'bb'; expected tb, b, td, d, tb2, b2, "
     "td2, d2, ts or ranges"},
    {"[{\"tb\": 2, \"b\": 0}, {\"tb\": 2}]",
     ": layer 1: invalid map 'multimax:tb=2': 'tb' needs 'b'"},
    {"{\"ts\": [1, 2, 3, \"eps\"], \"ranges\": [1, 2, 3, \"epsilon\"]}",
     ": invalid map 'multimax:ts=1/2/3/eps,ranges=1/2/3/epsilon': 'eps' is not a number"},
    {"nan,1,2,3\n", ": invalid map 'multimax:ts=nan/1/2/3,ranges=0/0/0/0': 'nan' is not a finite "
                    "number"},
};

START_TEST(parameters_are_held_to_what_a_spec_is)
{
    const char *file =
        testing_text_file(bad_sets[_i].text[0] == 'n' ? "ts.csv" : "p.json", bad_sets[_i].text);
    testing_text_file("ranges.csv", "0,0,0,0\n");
    char *spec = spec_of(file), expected[MMAX_MESSAGE_SIZE];
    mmax_plan *plan = new_plan();
    mmax_error error;
    ck_assert_int_eq(mmax_plan_add_map(plan, spec, &error), MMAX_EFORMAT);
    snprintf(expected, sizeof expected, "%s%s", file, bad_sets[_i].message);
    ck_assert_str_eq(error.message, expected);
    ck_assert_uint_eq(plan->n_maps, 5); /* the default ones */
    mmax_plan_free(plan);
    free(spec);
}
END_TEST

TCase *layer_tests(void)
{
    TCase *cases = tcase_create("layers");
    tcase_add_loop_test(
        cases, each_layer_is_what_it_would_be_alone_under_its_map_whatever_the_blocks, 0, 8);
    tcase_add_test(cases, a_skipped_row_shifts_no_layer);
    tcase_add_test(cases, a_simplex_takes_every_rows_own_layer);
    tcase_add_test(cases, an_overflow_is_told_with_its_row);
    tcase_add_loop_test(cases, an_input_with_another_number_of_layers_is_refused, 0,
                        sizeof misfits / sizeof *misfits);
    tcase_add_test(cases, layers_without_rows_are_no_fault);
    tcase_add_test(cases, one_set_is_a_map_as_any_other);
    tcase_add_test(cases, layers_keep_the_name_of_their_file);
    tcase_add_test(cases, the_same_layers_twice_are_refused_and_others_are_not);
    tcase_add_test(cases, a_figure_tells_files_apart_only_where_there_are_several_multimaxes);
    tcase_add_loop_test(cases, parameters_are_held_to_what_a_spec_is, 0,
                        sizeof bad_sets / sizeof *bad_sets);
    return cases;
}
