/* Figures of odd inputs, and figures that fail. */
#include "test_render.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void in_folder(const char *name, char path[512])
{
    snprintf(path, 512, "%s/%s", testing_folder(), name);
}

/* Every figure of a result in every kind; SVGs are read by xmllint where it is there. */
static void draw_all(const mmax_result *result, const char *name)
{
    static const char *const suffixes[] = {"png", "svg", "pdf"};
    static const mmax_figure_options by_name = {0};
    for (size_t i = 0; i < 3 * MMAX_FIGURES; i++) {
        const char *suffix = suffixes[i % 3];
        mmax_figure_kind kind = (mmax_figure_kind)(i / 3);
        if (mmax_result_check_figure(result, kind, NULL) != MMAX_OK)
            continue;
        char file[64], path[512], command[600];
        snprintf(file, sizeof file, "odd.%s", suffix);
        in_folder(file, path);
        mmax_error error = {MMAX_OK, ""};
        mmax_status status = mmax_draw_figure(result, kind, path, &by_name, &error);
        if (status != MMAX_OK)
            ck_abort_msg("%s of %s as %s: %s", mmax_figure_name(kind), name, suffix, error.message);
        snprintf(command, sizeof command,
                 "if command -v xmllint >/dev/null; then xmllint --noout '%s'; fi", path);
        if (i % 3 == 1)
            ck_assert_int_eq(system(command), 0);
        ck_assert_int_eq(unlink(path), 0);
    }
}

typedef struct odd_case {
    const char *name;
    size_t n_dims, shape[3];
    enum { RANDOM, MASKED, SKIPPED, EQUAL } kind;
} odd_case;

static const odd_case odd_cases[] = {
    {"1 x 1", 2, {1, 1}, RANDOM},
    {"one row", 1, {7}, RANDOM},
    {"one row of three", 1, {3}, RANDOM},
    {"no rows", 2, {0, 4}, RANDOM},
    {"no group", 3, {0, 4, 4}, RANDOM},
    {"all masked", 2, {3, 3}, MASKED},
    {"all skipped", 2, {3, 3}, SKIPPED},
    {"300 groups", 3, {300, 4, 4}, RANDOM},
    {"50000 columns", 2, {2, 50000}, RANDOM},
    {"many rows", 2, {3000, 3}, RANDOM},
    {"equal", 2, {5, 5}, EQUAL},
};

enum { N_ODD_CASES = sizeof odd_cases / sizeof *odd_cases };

START_TEST(odd_inputs_have_figures)
{
    const odd_case *c = &odd_cases[_i];
    struct mmax_plan plan = figure_plan();
    mmax_input input = figure_input(c->n_dims, c->shape);
    size_t n = input.n_rows * input.row_length;
    double *logits = mmax_alloc_array(n, sizeof *logits);
    ck_assert_ptr_nonnull(logits);
    testing_random random = {5};
    for (size_t i = 0; i < n; i++)
        logits[i] = c->kind == RANDOM    ? testing_normal(&random)
                    : c->kind == MASKED  ? -HUGE_VAL
                    : c->kind == SKIPPED ? NOT_A_NUMBER
                                         : 1;
    mmax_result result = figure_result(&plan, &input, logits, NULL);
    result.invalid_rows = c->kind == SKIPPED ? input.n_rows : 0;
    draw_all(&result, c->name);
    free_figure_result(&result);
    free(logits);
}
END_TEST

static const size_t odd_shapes[][MMAX_MAX_DIMS] = {{0, 4, 4},        {1, 1, 1},    {300, 2, 3},
                                                   {300, 270, 1, 2}, {3, 0, 2, 2}, {2, 3, 2, 4, 5},
                                                   {2, 2, 0, 3}};
static const size_t n_odd_dims[] = {3, 3, 3, 4, 4, 5, 4};

START_TEST(odd_inputs_have_figures_of_layers)
{
    const size_t *shape = odd_shapes[_i];
    size_t n = 1;
    for (size_t i = 0; i < n_odd_dims[_i]; i++)
        n *= shape[i];
    double *logits = mmax_alloc_array(n, sizeof *logits);
    ck_assert_ptr_nonnull(logits);
    testing_random random = {6};
    for (size_t i = 0; i < n; i++)
        logits[i] = i % 7 < 3 ? (double)-INFINITY : testing_normal(&random);
    mmax_plan *plan;
    mmax_source *source;
    mmax_result *result;
    ck_assert_int_eq(mmax_plan_new(&plan, NULL), MMAX_OK);
    mmax_plan_keep_figure(plan, MMAX_FIGURE_LAYERS);
    ck_assert_int_eq(mmax_source_open_memory(logits, shape, n_odd_dims[_i], &source, NULL),
                     MMAX_OK);
    ck_assert_int_eq(mmax_analyze(plan, source, NULL, 0, &result, NULL), MMAX_OK);
    draw_all(result, "layers");
    mmax_result_free(result);
    mmax_source_free(source);
    mmax_plan_free(plan);
    free(logits);
}
END_TEST

START_TEST(labels_in_any_script_and_in_none_have_figures)
{
    static const char *const labels[] = {
        "\xff\xfe broken \xc3",                             /* not UTF-8 */
        "\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7",         /* right to left */
        "\xf0\x9f\x98\x80\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", /* emoji */
        "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",             /* ideographs */
        "a\ttab\nline\x1b[31m",                             /* control characters */
        "\xef\xbf\xbe\xef\xbf\xbf\xef\xbb\xbf]]>",          /* hostile to XML */
        "\xef\xb7\x90 \xf0\x9f\xbf\xbe \xf4\x8f\xbf\xbf",   /* and to cairo */
        "",
        "\xe2\x80\xa8\xe2\x80\xa9 separators",
        "a token that is much too long for any axis, and then some more of it"};
    enum { N = sizeof labels / sizeof *labels };
    static const size_t shape[] = {N, N};
    const double logits[N * N] = {0};
    struct mmax_plan plan = figure_plan();
    mmax_input input = figure_input(2, shape);
    input.column_labels = labels;
    input.file = "folder/\xff name\x01.npy";
    input.array = "attn";
    mmax_result result = figure_result(&plan, &input, logits, labels);
    draw_all(&result, "labels");
    free_figure_result(&result);
}
END_TEST

START_TEST(more_maps_than_shapes_have_figures)
{
    static const size_t shape[] = {4, 3};
    static const double logits[] = {1, 2, 3, 0, 0, 0, 2, 0, 1, -1, 2, 2};
    struct mmax_plan plan = figure_plan();
    for (plan.n_maps = 5; plan.n_maps < 20; plan.n_maps++)
        plan.maps[plan.n_maps] =
            (mmax_map){.kind = MMAX_ENTMAX, .alpha = 1 + (double)plan.n_maps / 20};
    mmax_input input = figure_input(2, shape);
    mmax_result result = figure_result(&plan, &input, logits, NULL);
    draw_all(&result, "maps");
    free_figure_result(&result);
}
END_TEST

/* ---- failures -------------------------------------------------------------------------------- */

static mmax_result small_result(void)
{
    static const size_t shape[] = {2, 3};
    static const double logits[] = {1, 2, 3, 3, 2, 1};
    struct mmax_plan plan = figure_plan();
    mmax_input input = figure_input(2, shape);
    return figure_result(&plan, &input, logits, NULL);
}

static void assert_message(mmax_status got, mmax_status status, const mmax_error *error,
                           const char *message)
{
    ck_assert_int_eq(got, status);
    ck_assert_str_eq(error->message, message);
}

START_TEST(a_full_disk_is_reported_and_leaves_nothing)
{
    static const char *const names[] = {"full.png", "full.svg", "full.pdf"};
    mmax_result result = small_result();
    if (access("/dev/full", W_OK) != 0) {
        printf("SKIP: a_full_disk_is_reported_and_leaves_nothing: no /dev/full\n");
        return;
    }
    for (size_t i = 0; i < 3; i++) {
        char path[512], message[700];
        in_folder(names[i], path);
        ck_assert_int_eq(symlink("/dev/full", path), 0);
        mmax_error error;
        mmax_status status = mmax_draw_figure(&result, MMAX_FIGURE_HEATMAP, path, NULL, &error);
        snprintf(message, sizeof message, "%s: cannot write: No space left on device", path);
        assert_message(status, MMAX_EIO, &error, message);
    }
    free_figure_result(&result);
}
END_TEST

START_TEST(a_missing_folder_is_reported)
{
    mmax_result result = small_result();
    char path[512];
    in_folder("no/such/folder.pdf", path);
    mmax_error error;
    ck_assert_int_eq(mmax_draw_figure(&result, MMAX_FIGURE_SIMPLEX, path, NULL, &error), MMAX_EIO);
    ck_assert(strstr(error.message, "folder.pdf: directory ") != NULL);
    free_figure_result(&result);
}
END_TEST

START_TEST(sizes_and_resolutions_out_of_bounds_are_refused)
{
    mmax_result result = small_result();
    char path[512];
    struct stat status;
    mmax_error error;
    in_folder("size.png", path);
    mmax_figure_options options = {.width = NOT_A_NUMBER};
    assert_message(mmax_draw_figure(&result, MMAX_FIGURE_HEATMAP, path, &options, &error),
                   MMAX_EUSAGE, &error,
                   "invalid size of a figure: expected a width and a height between 0 (as the "
                   "content asks) and 1000000");
    options = (mmax_figure_options){.dpi = 5};
    assert_message(mmax_draw_figure(&result, MMAX_FIGURE_HEATMAP, path, &options, &error),
                   MMAX_EUSAGE, &error,
                   "invalid resolution of a figure: expected 10 to 2400 dots per inch");
    options = (mmax_figure_options){.width = 9600, .height = 960, .dpi = 600}; /* 100 inches */
    assert_message(mmax_draw_figure(&result, MMAX_FIGURE_SIMPLEX, path, &options, &error),
                   MMAX_EUSAGE, &error,
                   "a figure of 60000 x 6000 pixels is too large: at most 32767 a side and "
                   "268435456 in all; give a smaller size or fewer dots per inch");
    ck_assert_int_ne(stat(path, &status), 0);
    free_figure_result(&result);
}
END_TEST

START_TEST(a_result_without_the_data_of_a_figure_is_refused)
{
    mmax_result result = {0};
    mmax_error error;
    assert_message(
        mmax_draw_figure(&result, MMAX_FIGURE_HEATMAP, "a.png", NULL, &error), MMAX_EUSAGE, &error,
        "the result keeps no heatmap figure: call mmax_plan_keep_figure before mmax_analyze");
    assert_message(
        mmax_draw_figure(&result, MMAX_FIGURE_SIMPLEX, "a.png", NULL, &error), MMAX_EUSAGE, &error,
        "the result keeps no simplex figure: call mmax_plan_keep_figure before mmax_analyze");
    result = small_result();
    ck_assert_int_eq(mmax_draw_figure(&result, MMAX_FIGURE_HEATMAP, "a.gif", NULL, &error),
                     MMAX_EUSAGE);
    ck_assert(mmax_can_draw());
    free_figure_result(&result);
}
END_TEST

TCase *render_odd_file_tests(void)
{
    TCase *tests = tcase_create("odd files");
    tcase_add_loop_test(tests, odd_inputs_have_figures, 0, N_ODD_CASES);
    tcase_add_loop_test(tests, odd_inputs_have_figures_of_layers, 0,
                        sizeof odd_shapes / sizeof *odd_shapes);
    tcase_add_test(tests, labels_in_any_script_and_in_none_have_figures);
    tcase_add_test(tests, more_maps_than_shapes_have_figures);
    tcase_add_test(tests, a_full_disk_is_reported_and_leaves_nothing);
    tcase_add_test(tests, a_missing_folder_is_reported);
    tcase_add_test(tests, sizes_and_resolutions_out_of_bounds_are_refused);
    tcase_add_test(tests, a_result_without_the_data_of_a_figure_is_refused);
    return tests;
}
