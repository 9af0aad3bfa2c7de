/* The numbers of figures as CSV and TSV. */
#include "report/figure_data.h"
#include "test_report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a figure of a result with two maps is written as; to be freed. */
static char *data_of(mmax_result *result, mmax_figure_kind kind, const char *name)
{
    const mmax_map maps[] = {report_softmax(), report_entmax(1.5)};
    result->n_maps = 2;
    memcpy(result->maps, maps, sizeof maps);
    char file[256];
    mmax_error error = {0};
    snprintf(file, sizeof file, "%s/%s", testing_folder(), name);
    ck_assert_msg(mmax_write_figure_data(result, kind, file, &error) == MMAX_OK, "%s",
                  error.message);
    size_t n_bytes;
    return testing_read_file(file, &n_bytes);
}

static void assert_text(char *text, const char *expected)
{
    ck_assert_str_eq(text, expected);
    free(text);
}

#define HEATMAP_COLUMNS "map,index,row,column,row_label,column_label,weight\n"

START_TEST(a_heatmap_is_a_line_for_each_cell_of_each_panel_and_map_and_empty_where_it_is_masked)
{
    const size_t shape[] = {2, 3, 1, 2};
    float cells[] = {0.25F, 0.75F, 1, 0, NAN, 1, 0.1F, 0.9F};
    mmax_heatmap heatmap = {.n_groups = 6,
                            .n_panels = 2,
                            .groups = {0, 1},
                            .n_pictures = 2,
                            .maps = {0, 1},
                            .n_rows = 1,
                            .n_columns = 2,
                            .pool_rows = 1,
                            .pool_columns = 1,
                            .height = 1,
                            .width = 2,
                            .cells = cells};
    mmax_result result = {.input = report_input("a.npy", 4, shape), .heatmap = &heatmap};
    assert_text(data_of(&result, MMAX_FIGURE_HEATMAP, "h.csv"),
                HEATMAP_COLUMNS "softmax,0.0,0,0,,,0.25\nsoftmax,0.0,0,1,,,0.75\n"
                                "entmax:1.5,0.0,0,0,,,1\nentmax:1.5,0.0,0,1,,,0\n"
                                "softmax,0.1,0,0,,,\nsoftmax,0.1,0,1,,,1\n"
                                "entmax:1.5,0.1,0,0,,,0.1\nentmax:1.5,0.1,0,1,,,0.9\n");
}
END_TEST

START_TEST(a_difference_is_named_by_both_of_its_maps)
{
    const size_t shape[] = {1, 1};
    float cells[] = {0.25F, 0.75F, -0.5F};
    mmax_heatmap heatmap = {.n_groups = 1,
                            .n_panels = 1,
                            .n_pictures = 3,
                            .maps = {0, 1, 0},
                            .has_difference = true,
                            .n_rows = 1,
                            .n_columns = 1,
                            .pool_rows = 1,
                            .pool_columns = 1,
                            .height = 1,
                            .width = 1,
                            .cells = cells};
    mmax_result result = {.input = report_input("a.npy", 2, shape), .heatmap = &heatmap};
    assert_text(data_of(&result, MMAX_FIGURE_HEATMAP, "h.csv"),
                HEATMAP_COLUMNS "softmax,,0,0,,,0.25\nentmax:1.5,,0,0,,,0.75\n"
                                "softmax \xe2\x88\x92 entmax:1.5,,0,0,,,-0.5\n");
}
END_TEST

START_TEST(labels_are_quoted_and_whatever_is_no_text_in_them_is_escaped)
{
    const size_t shape[] = {2, 2};
    float cells[] = {0, 0, 0, 0, 1, 1, 1, 1};
    char quote[] = "a \"b\"", comma[] = "c,d", broken[] = "\xff\n", tab[] = "e\tf\\";
    char *rows[] = {quote, comma}, *columns[] = {broken, tab};
    mmax_heatmap heatmap = {.n_groups = 1,
                            .n_panels = 1,
                            .n_pictures = 1,
                            .n_rows = 2,
                            .n_columns = 2,
                            .pool_rows = 1,
                            .pool_columns = 1,
                            .height = 2,
                            .width = 2,
                            .cells = cells,
                            .row_labels = rows,
                            .column_labels = columns};
    mmax_result result = {.input = report_input("a.npy", 2, shape), .heatmap = &heatmap};
    assert_text(data_of(&result, MMAX_FIGURE_HEATMAP, "h.csv"), HEATMAP_COLUMNS
                "softmax,,0,0,\"a \"\"b\"\"\",\\xff\\x0a,0\n"
                "softmax,,0,1,\"a \"\"b\"\"\",e\\x09f\\,0\n"
                "softmax,,1,0,\"c,d\",\\xff\\x0a,0\nsoftmax,,1,1,\"c,d\",e\\x09f\\,0\n");
    assert_text(
        data_of(&result, MMAX_FIGURE_HEATMAP, "h.TSV"),
        "map\tindex\trow\tcolumn\trow_label\tcolumn_label\tweight\n"
        "softmax\t\t0\t0\ta \"b\"\t\\\\xff\\\\x0a\t0\n"
        "softmax\t\t0\t1\ta \"b\"\te\\\\x09f\\\\\t0\n"
        "softmax\t\t1\t0\tc,d\t\\\\xff\\\\x0a\t0\nsoftmax\t\t1\t1\tc,d\te\\\\x09f\\\\\t0\n");
}
END_TEST

START_TEST(a_pooled_cell_has_its_first_row_and_column)
{
    const size_t shape[] = {1500, 1500};
    float cells[] = {0.5F, 0.25F};
    mmax_heatmap heatmap = {.n_groups = 1,
                            .n_panels = 1,
                            .n_pictures = 1,
                            .n_rows = 3,
                            .n_columns = 4,
                            .pool_rows = 2,
                            .pool_columns = 4,
                            .height = 2,
                            .width = 1,
                            .cells = cells};
    mmax_result result = {.input = report_input("a.npy", 2, shape), .heatmap = &heatmap};
    assert_text(data_of(&result, MMAX_FIGURE_HEATMAP, "h.csv"),
                HEATMAP_COLUMNS "softmax,,0,0,,,0.5\nsoftmax,,2,0,,,0.25\n");
}
END_TEST

/* The field of a line of CSV without quotes, and the number in it: NaN where it is empty. */
static double number_at(const char *line, size_t field)
{
    for (; field > 0; field--)
        line = strchr(line, ',') + 1;
    size_t length = strcspn(line, ",\n");
    double value = (double)NAN;
    ck_assert(length == 0 || mmax_number_read(line, length, &value));
    return value;
}

START_TEST(every_weight_of_a_heatmap_reads_back_to_the_same_float)
{
    enum { SIDE = 40 };
    const size_t shape[] = {SIDE, SIDE};
    float cells[SIDE * SIDE];
    testing_random random = {1};
    for (size_t i = 0; i < SIDE * SIDE; i++)
        cells[i] = (float)exp(-100 * testing_uniform(&random));
    mmax_heatmap heatmap = {.n_groups = 1,
                            .n_panels = 1,
                            .n_pictures = 1,
                            .n_rows = SIDE,
                            .n_columns = SIDE,
                            .pool_rows = 1,
                            .pool_columns = 1,
                            .height = SIDE,
                            .width = SIDE,
                            .cells = cells};
    mmax_result result = {.input = report_input("a.npy", 2, shape), .heatmap = &heatmap};
    char *text = data_of(&result, MMAX_FIGURE_HEATMAP, "h.csv");
    const char *line = text;
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        line = strchr(line, '\n') + 1;
        ck_assert_uint_eq((size_t)number_at(line, 2), i / SIDE);
        ck_assert_uint_eq((size_t)number_at(line, 3), i % SIDE);
        ck_assert((float)number_at(line, 6) == cells[i]);
    }
    ck_assert_str_eq(strchr(line, '\n'), "\n");
    free(text);
}
END_TEST

#define SIMPLEX_COLUMNS "part,map,index,row,column,label,temperature,p1,p2,p3\n"

/* Two points under two maps, of rows 1 and 4 of three groups of two; no curve. */
static mmax_result points_result(mmax_simplex *simplex, double *points, size_t *rows)
{
    static const size_t shape[] = {3, 2, 7};
    *simplex = (mmax_simplex){.row_length = 7,
                              .columns = {1, 4, 6},
                              .n_rows = 6,
                              .n_kept = 6,
                              .n_points = 2,
                              .rows = rows,
                              .n_maps = 2,
                              .points = points};
    return (mmax_result){.input = report_input("a.npy", 3, shape), .simplex = simplex};
}

START_TEST(a_simplex_is_its_corners_and_a_marker_for_each_row_and_map_but_those_without_a_place)
{
    double points[] = {0.5, 0.25, 0.25, 0.1,         0.2,         0.7,
                       1,   0,    0,    (double)NAN, (double)NAN, (double)NAN};
    size_t rows[] = {1, 4};
    char label[] = "the, end";
    mmax_simplex simplex;
    mmax_result result = points_result(&simplex, points, rows);
    simplex.labels[2] = label;
    assert_text(data_of(&result, MMAX_FIGURE_SIMPLEX, "s.csv"),
                SIMPLEX_COLUMNS "corner,,,,1,,,1,0,0\ncorner,,,,4,,,0,1,0\n"
                                "corner,,,,6,\"the, end\",,0,0,1\n"
                                "marker,softmax,0,1,,,,0.5,0.25,0.25\n"
                                "marker,softmax,2,0,,,,0.1,0.2,0.7\n"
                                "marker,entmax:1.5,0,1,,,,1,0,0\n");
}
END_TEST

START_TEST(a_curve_of_a_simplex_is_a_point_for_each_temperature)
{
    enum { N = MMAX_SIMPLEX_TEMPERATURES };
    double points[12] = {0}, temperatures[N], trajectories[2 * N * 3];
    size_t rows[] = {1, 4};
    mmax_simplex simplex;
    mmax_result result = points_result(&simplex, points, rows);
    for (size_t i = 0; i < N; i++)
        temperatures[i] = exp((double)i / 7);
    for (size_t i = 0; i < 2 * N * 3; i++)
        trajectories[i] = 1 / (1 + (double)i);
    simplex.n_trajectories = 2;
    simplex.trajectory_rows[0] = 1;
    simplex.trajectory_rows[1] = 4;
    simplex.temperatures = temperatures;
    simplex.trajectories = trajectories;
    char *text = data_of(&result, MMAX_FIGURE_SIMPLEX, "s.csv");
    const char *line = strstr(text, "\ncurve,");
    ck_assert_ptr_nonnull(line);
    for (size_t i = 0; i < 2 * N; i++, line = strchr(line + 1, '\n')) {
        const char *head = i < N ? "curve,softmax,0,1,,,\n" : "curve,softmax,2,0,,,\n";
        ck_assert(strncmp(line + 1, head, strlen(head) - 1) == 0);
        ck_assert(number_at(line + 1, 6) == temperatures[i % N]);
        for (size_t k = 0; k < 3; k++)
            ck_assert(number_at(line + 1, 7 + k) == trajectories[3 * i + k]);
    }
    ck_assert_str_eq(line, "\n");
    free(text);
}
END_TEST

START_TEST(a_figure_that_was_not_kept_has_no_data)
{
    mmax_result result = {0};
    mmax_error error = {0};
    ck_assert_int_eq(mmax_write_figure_data(&result, MMAX_FIGURE_SIMPLEX, "/nowhere/a", &error),
                     MMAX_EUSAGE);
    ck_assert_str_eq(error.message, "the result keeps no simplex figure: call "
                                    "mmax_plan_keep_figure before mmax_analyze");
}
END_TEST

START_TEST(data_that_cannot_be_written_fail_by_the_name_of_their_file)
{
    const size_t shape[] = {1, 1};
    mmax_heatmap heatmap = {.n_panels = 0};
    mmax_result result = {.input = report_input("a.npy", 2, shape), .heatmap = &heatmap};
    mmax_error error = {0};
    ck_assert_int_eq(mmax_write_figure_data(&result, MMAX_FIGURE_HEATMAP, "/nowhere/a", &error),
                     MMAX_EIO);
    ck_assert_str_eq(error.message,
                     "/nowhere/a: directory '/nowhere' does not exist; create it first");
    ck_assert_int_eq(mmax_write_figure_data(&result, MMAX_FIGURE_HEATMAP, "/dev/full", &error),
                     MMAX_EIO);
    ck_assert_str_eq(error.message, "/dev/full: cannot write: No space left on device");
}
END_TEST

TCase *report_data_case(void)
{
    TCase *c = tcase_create("data");
    tcase_add_test(
        c, a_heatmap_is_a_line_for_each_cell_of_each_panel_and_map_and_empty_where_it_is_masked);
    tcase_add_test(c, a_difference_is_named_by_both_of_its_maps);
    tcase_add_test(c, labels_are_quoted_and_whatever_is_no_text_in_them_is_escaped);
    tcase_add_test(c, a_pooled_cell_has_its_first_row_and_column);
    tcase_add_test(c, every_weight_of_a_heatmap_reads_back_to_the_same_float);
    tcase_add_test(
        c, a_simplex_is_its_corners_and_a_marker_for_each_row_and_map_but_those_without_a_place);
    tcase_add_test(c, a_curve_of_a_simplex_is_a_point_for_each_temperature);
    tcase_add_test(c, a_figure_that_was_not_kept_has_no_data);
    tcase_add_test(c, data_that_cannot_be_written_fail_by_the_name_of_their_file);
    return c;
}
