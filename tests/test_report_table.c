#include "report/table.h"
#include "test_report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Means of the eight default metrics under five maps. */
static const double means[5][8] = {{0.811, 0.81, 0.903, 2.87, 3.5, 0, 0.61, 1.92},
                                   {0.702, 0.9634, 0.402, 1.62, 1.92, 0.43, 0.79, 1.42},
                                   {0.7813, 0.9123, 0.613, 2.01, 2.4, 0.29, 0.71, 1.5},
                                   {0.8302, 0.8993, 0.7012, 2.18, 2.31, 0.31, 0.69, 1.61},
                                   {0.896, 0.868, 0.886, 2.75, 3.5, 0, 0.58, 2.3}};

static mmax_result default_result(const mmax_plan *plan, const mmax_input *input)
{
    mmax_result result = report_result(plan, input);
    for (size_t m = 0; m < 5; m++)
        for (size_t k = 0; k < 8; k++)
            result.all[m * 8 + k] = report_summary(result.rows, 0, means[m][k]);
    return result;
}

static void assert_text(char *text, const char *expected)
{
    ck_assert_str_eq(text, expected);
    free(text);
}

static size_t widest_line(const char *text)
{
    size_t widest = 0;
    for (const char *line = text; *line; line += strspn(line, "\n")) {
        size_t width = strcspn(line, "\n");
        widest = width > widest ? width : widest;
        line += width;
    }
    return widest;
}

#define LEGEND                                                                                     \
    "\n"                                                                                           \
    "*           best of the maps, where higher is better\n"                                       \
    "eps         logsumexp(x) - ln n of a row's n live logits x; relevant: x > eps\n"              \
    "s           1/n; sparsity averages exp(-p/s)\n"                                               \
    "multimax    tb=2,b=eps,td=0.5,d=eps (illustrative, not trained)\n"                            \
    "            ts=-1/-0.5/0/0,ranges=eps/eps/0/0\n"                                              \
    "more        standard deviations, extremes and quantiles: JSON, CSV and TSV\n"

START_TEST(the_default_table_shows_means_marks_the_best_and_explains_itself)
{
    mmax_plan plan = report_default_plan();
    const size_t shape[] = {24, 6};
    mmax_input input = report_input("heads.npy", 2, shape);
    mmax_result result = default_result(&plan, &input);
    for (size_t m = 0; m < 5; m++)
        result.all[m * 8].count = 17;
    result.masked_entries = 2160;
    result.masked_rows = 1;
    result.invalid_rows = 2;
    assert_text(document_of(&plan, MMAX_REPORT_TABLE, &result),
                "heads.npy: float32, 24 rows of 6 logits\n"
                "2160 entries masked; 1 row masked throughout, without metrics; "
                "2 rows with NaN or +inf skipped\n"
                "\n"
                "mean over 24 rows, or those of them that have a value\n"
                "            multi-                                              max\n"
                "          modality sparsity entropy perplexity support zeros   prob   modes\n"
                "                               nats    entries entries share weight entries\n"
                "softmax      0.811    0.810   0.903       2.87    3.50 0      0.610    1.92\n"
                "sparsemax    0.702    0.963*  0.402       1.62    1.92 0.430  0.790    1.42\n"
                "entmax:1.5   0.781    0.912   0.613       2.01    2.40 0.290  0.710    1.50\n"
                "evsoftmax    0.830    0.899   0.701       2.18    2.31 0.310  0.690    1.61\n"
                "multimax     0.896*   0.868   0.886       2.75    3.50 0      0.580    2.30\n"
                "rows            17       24      24         24      24    24     24      24\n" //
                LEGEND);
    report_free_result(&result);
}
END_TEST

START_TEST(groups_follow_the_means_over_all_rows_and_inputs_follow_each_other)
{
    const mmax_map maps[] = {report_softmax(), report_sparsemax()};
    const size_t metrics[] = {MULTIMODALITY, ENTROPY}, shape[] = {1, 2, 2, 3}, flat[] = {1, 1};
    mmax_plan plan = report_plan(maps, 2, metrics, 2);
    mmax_input input = report_input("a.npz", 4, shape), single = report_input("-", 2, flat);
    input.array = "x";
    single.format = "csv";
    mmax_result result = report_result(&plan, &input), other = report_result(&plan, &single);
    result.all[0].mean = 0.5;
    result.groups[0] = report_no_summary(2);
    result.groups[6].mean = 0.0123;
    other.all[0] = other.all[2] = report_no_summary(1);
    test_document document = document_open(&plan, MMAX_REPORT_TABLE, false);
    document_add(&document, &result);
    document_add(&document, &other);
    assert_text(document_text(&document),
                "a.npz[x]: float32, 1 x 2 x 2 x 3, 4 rows of 3 logits\n"
                "\n"
                "mean over 4 rows\n"
                "            multi-\n"
                "          modality  entropy\n"
                "                       nats\n"
                "softmax      0.500*   0.250\n"
                "sparsemax    0.250    0.250\n"
                "\n"
                "mean over the rows of each group\n"
                "                   multi-\n"
                "group            modality  entropy\n"
                "                              nats\n"
                "0.0    softmax     -         0.250\n"
                "       sparsemax   0.2500    0.250\n"
                "0.1    softmax     0.2500*   0.250\n"
                "       sparsemax   0.0123    0.250\n"
                "\n"
                "standard input: CSV, 1 row of 1 logit\n"
                "\n"
                "mean over 1 row, or those of them that have a value\n"
                "            multi-\n"
                "          modality  entropy\n"
                "                       nats\n"
                "softmax          -    0.250\n"
                "sparsemax        -    0.250\n"
                "rows             0        1\n"
                "\n"
                "*          best of the maps, where higher is better\n"
                "eps        logsumexp(x) - ln n of a row's n live logits x; relevant: x > eps\n"
                "more       standard deviations, extremes and quantiles: JSON, CSV and TSV\n");
    report_free_result(&result);
    report_free_result(&other);
}
END_TEST

START_TEST(a_table_of_rows_shows_each_row_under_every_map)
{
    const mmax_map maps[] = {report_softmax(), report_sparsemax()};
    const size_t metrics[] = {MULTIMODALITY, N_RELEVANT}, shape[] = {2, 2, 12};
    const size_t rows[] = {1, 2}, n_live[] = {12, 3};
    const double values[] = {0.5, 2, (double)NAN, 0, 0.75, 2, (double)NAN, 1.0 / 3};
    mmax_plan plan = report_plan(maps, 2, metrics, 2);
    plan.per = MMAX_PER_ROW;
    mmax_input input = report_input("a.npy", 3, shape);
    mmax_result result = report_result(&plan, &input);
    result.masked_entries = 1;
    test_document document = document_open(&plan, MMAX_REPORT_TABLE, false);
    document_begin(&document, &input);
    document_rows(&document, &input, rows, n_live, 2, values);
    document_add(&document, &result);
    assert_text(document_text(&document),
                "a.npy: float32, 2 x 2 x 12, 4 rows of 12 logits\n"
                "\n"
                "                            multi-\n"
                "index  row   n            modality  relevant\n"
                "                                     entries\n"
                "0        1  12  softmax     0.5000     2\n"
                "                sparsemax   0.7500*    2\n"
                "1        0   3  softmax     -          0\n"
                "                sparsemax   -          0.333\n"
                "\n"
                "1 entry masked\n"
                "\n"
                "mean over 4 rows\n"
                "            multi-\n"
                "          modality  relevant\n"
                "                     entries\n"
                "softmax      0.250     0.250\n"
                "sparsemax    0.250     0.250\n"
                "\n"
                "*          best of the maps, where higher is better\n"
                "eps        logsumexp(x) - ln n of a row's n live logits x; relevant: x > eps\n"
                "more       standard deviations, extremes and quantiles: JSON, CSV and TSV\n");
    report_free_result(&result);
}
END_TEST

START_TEST(a_table_of_rows_that_fails_says_so_without_control_characters)
{
    const mmax_map map = report_softmax();
    const size_t metrics[] = {ENTROPY}, shape[] = {2, 3};
    mmax_plan plan = report_plan(&map, 1, metrics, 1);
    plan.per = MMAX_PER_ROW;
    mmax_input input = report_input("a\x1b[31m\xff.csv", 2, shape);
    input.format = "tsv";
    input.rows_known = false;
    const size_t row = 999, n_live = 3;
    const double value = 0.5;
    test_document document = document_open(&plan, MMAX_REPORT_TABLE, true);
    document_begin(&document, &input);
    document_rows(&document, &input, &row, &n_live, 1, &value);
    document_fail(&document, "a\x1b.csv:3:1: 'x' is not a number");
    assert_text(document_text(&document),
                "a\\x1b[31m\\xff.csv: TSV, rows of 3 logits\n"
                "\n"
                "   row  n          entropy\n"
                "                      nats\n"
                "   999  3  softmax  0.5000\n"
                "stopped: a\\x1b.csv:3:1: 'x' is not a number\n"
                "\n"
                "more     standard deviations, extremes and quantiles: JSON, CSV and TSV\n");
}
END_TEST

START_TEST(colour_is_bold_and_nothing_else_and_only_when_asked_for)
{
    mmax_plan plan = report_default_plan();
    const size_t shape[] = {24, 6};
    mmax_input input = report_input("heads.npy", 2, shape);
    mmax_result result = default_result(&plan, &input);
    test_document document = document_open(&plan, MMAX_REPORT_TABLE, true);
    document_add(&document, &result);
    char *colored = document_text(&document);
    char *plain = document_of(&plan, MMAX_REPORT_TABLE, &result);
    ck_assert_ptr_null(strchr(plain, '\x1b'));
    ck_assert_ptr_nonnull(strstr(colored, "\nsparsemax    0.702    \x1b[1m0.963\x1b[0m*  0.402 "));
    char *to = colored;
    for (const char *from = colored; *from; from++)
        if (strncmp(from, "\x1b[1m", 4) == 0 || strncmp(from, "\x1b[0m", 4) == 0)
            from += 3;
        else
            *to++ = *from;
    *to = '\0';
    ck_assert_str_eq(colored, plain);
    free(colored);
    free(plain);
    report_free_result(&result);
}
END_TEST

START_TEST(no_line_is_wider_than_a_hundred_columns_and_a_plain_table_fits_eighty)
{
    const size_t flat[] = {8000, 1000}, deep[] = {12, 12, 197, 197};
    mmax_plan plan = report_default_plan();
    mmax_input input = report_input("heads.npy", 2, flat);
    mmax_result result = default_result(&plan, &input);
    char *text = document_of(&plan, MMAX_REPORT_TABLE, &result);
    /* The table itself: up to the legend. */
    *strstr(text, "\n*") = '\0';
    ck_assert_uint_le(widest_line(text), 80);
    free(text);
    report_free_result(&result);
    plan.metrics.n = 0;
    while (mmax_metric_info_at(plan.metrics.n)) {
        plan.metrics.which[plan.metrics.n] = plan.metrics.n;
        plan.metrics.n++;
    }
    plan.metrics.n_reported = plan.metrics.n;
    input = report_input("heads.npy", 4, deep);
    result = report_result(&plan, &input);
    text = document_of(&plan, MMAX_REPORT_TABLE, &result);
    ck_assert_uint_le(widest_line(text), 100);
    free(text);
    report_free_result(&result);
    plan = report_default_plan();
    plan.per = MMAX_PER_ROW;
    result = default_result(&plan, &input);
    test_document document = document_open(&plan, MMAX_REPORT_TABLE, false);
    document_begin(&document, &input);
    document_rows(&document, &input, (size_t[]){28367}, (size_t[]){197}, 1, &means[0][0]);
    document_add(&document, &result);
    text = document_text(&document);
    ck_assert_uint_le(widest_line(text), 100);
    free(text);
    report_free_result(&result);
}
END_TEST

START_TEST(long_labels_get_a_short_name_and_falling_modulations_a_warning)
{
    const mmax_map maps[] = {report_default_multimax(), report_multimax(-1.25, 0.123456789, 0.5, 2),
                             report_entmax(1.2345678901234567)};
    const size_t metrics[] = {ENTROPY}, shape[] = {4, 3};
    mmax_plan plan = report_plan(maps, 3, metrics, 1);
    mmax_input input = report_input("a.npy", 2, shape);
    mmax_result result = report_result(&plan, &input);
    char *text = document_of(&plan, MMAX_REPORT_TABLE, &result);
    ck_assert_ptr_nonnull(strstr(text, "\nmultimax     0.250\n"
                                       "multimax#2   0.250\n"
                                       "entmax       0.250\n"));
    ck_assert_ptr_nonnull(
        strstr(text, "\nmultimax    tb=2,b=eps,td=0.5,d=eps (illustrative, not trained)\n"
                     "            ts=-1/-0.5/0/0,ranges=eps/eps/0/0\n"
                     "multimax#2  tb=-1.25,b=0.123456789,td=0.5,d=2\n"
                     "            ts=2.25/-0.5/0/0,ranges=0.123456789/2/0/0\n"
                     "            falls: x < 0.123456789; there a larger logit can get a smaller "
                     "weight\n"
                     "entmax      entmax:alpha=1.2345678901234567\n"));
    free(text);
    report_free_result(&result);
}
END_TEST

START_TEST(the_legend_says_the_rules_in_use)
{
    static const char *const epsilons[] = {
        "eps      logsumexp(x) - ln n of a row's n live logits x;",
        "eps      mean of a row's live logits;", "eps      0.5;"};
    static const char *const references[] = {
        "s        1/n;", "s        smallest softmax weight of a row;",
        "s        geometric mean of irrelevant softmax weights;", "s        0.25;"};
    const mmax_map map = report_softmax();
    const size_t metrics[] = {SPARSITY}, shape[] = {4, 3};
    mmax_plan plan = report_plan(&map, 1, metrics, 1);
    plan.relevance =
        (mmax_relevance_rules){(mmax_epsilon_rule)(_i % 3), 0.5, (mmax_reference_rule)_i, 0.25};
    mmax_input input = report_input("a.npy", 2, shape);
    mmax_result result = report_result(&plan, &input);
    char *text = document_of(&plan, MMAX_REPORT_TABLE, &result);
    ck_assert_ptr_nonnull(strstr(text, epsilons[_i % 3]));
    ck_assert_ptr_nonnull(strstr(text, references[_i]));
    ck_assert_uint_le(widest_line(text), 100);
    /* One map has no best. */
    ck_assert_ptr_null(strchr(text, '*'));
    free(text);
    report_free_result(&result);
}
END_TEST

START_TEST(a_type_is_said_in_words)
{
    static const char *const types[] = {"float16", "bfloat16", "uint8", "int32", "bool"};
    mmax_plan plan = report_default_plan();
    const size_t shape[] = {4, 3};
    mmax_input input = report_input("a.npy", 2, shape);
    input.dtype_name = types[_i];
    mmax_result result = report_result(&plan, &input);
    char *text = document_of(&plan, MMAX_REPORT_TABLE, &result), expected[64];
    snprintf(expected, sizeof expected, "a.npy: %s, 4 rows of 3 logits\n", types[_i]);
    ck_assert_ptr_nonnull(strstr(text, expected));
    free(text);
    report_free_result(&result);
}
END_TEST

static const struct {
    double value;
    int decimals;
    const char *text;
    size_t blanks;
} cells[] = {
    {0.81149, 3, "0.811", 0},
    {0.81149, 5, "0.8115", 1},
    {5.88, 3, "5.880", 0},
    {197.25, 3, "197.3", 2},
    {1234.5, 3, "1235", 4},
    {6, 2, "6", 3},
    {0, 3, "0", 4},
    {-0.0, 0, "0", 0},
    {-0.5, 3, "-0.500", 0},
    {-1e-4, 2, "0.00", 0},
    {0.9996, 3, "1.000", 0},
    {(double)NAN, 2, "-", 3},
    {1.26e-7, 4, "1.3e-07", 0},
    {-5e-324, 4, "-4.9e-324", 0},
    {3e200, 4, "3.0e+200", 0},
};

START_TEST(cells_have_three_or_four_digits_and_aligned_points)
{
    char text[MMAX_CELL_SIZE];
    ck_assert_uint_eq(mmax_cell_write(cells[_i].value, cells[_i].decimals, text), cells[_i].blanks);
    ck_assert_str_eq(text, cells[_i].text);
}
END_TEST

TCase *report_table_case(void)
{
    TCase *table = tcase_create("table");
    tcase_add_test(table, the_default_table_shows_means_marks_the_best_and_explains_itself);
    tcase_add_test(table, groups_follow_the_means_over_all_rows_and_inputs_follow_each_other);
    tcase_add_test(table, a_table_of_rows_shows_each_row_under_every_map);
    tcase_add_test(table, a_table_of_rows_that_fails_says_so_without_control_characters);
    tcase_add_test(table, colour_is_bold_and_nothing_else_and_only_when_asked_for);
    tcase_add_test(table, no_line_is_wider_than_a_hundred_columns_and_a_plain_table_fits_eighty);
    tcase_add_test(table, long_labels_get_a_short_name_and_falling_modulations_a_warning);
    tcase_add_loop_test(table, the_legend_says_the_rules_in_use, 0, 4);
    tcase_add_loop_test(table, a_type_is_said_in_words, 0, 5);
    tcase_add_loop_test(table, cells_have_three_or_four_digits_and_aligned_points, 0,
                        (int)(sizeof cells / sizeof *cells));
    return table;
}
