/* Labels of rows in the report: there when they are asked for, in every format, and harmless. */
#include "test_report.h"

#include <stdlib.h>
#include <string.h>

enum { N_ROWS = 5 };

/* As tokens come, and as a text's own may be: a quote and a comma, a line end, bytes of no
 * character, none. */
static const char *const labels[N_ROWS] = {" the", "\"a\",\xe6\x97\xa5", "b\n\x1b", "\xff\\", NULL};

static char *labelled_rows(mmax_report_format format, const mmax_input *input,
                           const char *const *of_rows)
{
    const mmax_map map = report_softmax();
    const size_t metrics[] = {ENTROPY}, rows[] = {0, 1, 2, 3, 4}, n_live[] = {2, 2, 2, 2, 2};
    const double values[N_ROWS] = {0.5, 0.25, 0.125, 0, 1};
    mmax_plan plan = report_plan(&map, 1, metrics, 1);
    plan.per = MMAX_PER_ROW;
    const mmax_report_options options = {.format = format, .row_labels = true};
    test_document document = {0};
    snprintf(document.file, sizeof document.file, "%s/document", testing_folder());
    ck_assert_int_eq(mmax_report_open(&plan, document.file, &options, &document.report, NULL),
                     MMAX_OK);
    document_begin(&document, input);
    const mmax_row_block block = {.input = input,
                                  .n_rows = N_ROWS,
                                  .rows = rows,
                                  .n_live = n_live,
                                  .labels = of_rows,
                                  .n_maps = 1,
                                  .n_metrics = 1,
                                  .metrics = values};
    mmax_sink *sink = mmax_report_rows(document.report);
    ck_assert_int_eq(sink->methods->rows(sink, &block, NULL), MMAX_OK);
    document_fail(&document, "over");
    return document_text(&document);
}

static mmax_input five_rows(void)
{
    static const size_t shape[] = {N_ROWS, 2};
    return report_input("a.npy", 2, shape);
}

static void assert_text(char *text, const char *expected)
{
    ck_assert_str_eq(text, expected);
    free(text);
}

START_TEST(csv_has_a_token_behind_the_row_escaped_before_it_is_quoted)
{
    mmax_input input = five_rows();
    assert_text(labelled_rows(MMAX_REPORT_CSV, &input, labels),
                "file,array,map,index,row,token,n,entropy\n"
                "a.npy,,softmax:t=1,,0, the,2,0.5\n"
                "a.npy,,softmax:t=1,,1,\"\"\"a\"\",\xe6\x97\xa5\",2,0.25\n"
                "a.npy,,softmax:t=1,,2,b\\x0a\\x1b,2,0.125\n"
                "a.npy,,softmax:t=1,,3,\\xff\\,2,0\n"
                "a.npy,,softmax:t=1,,4,,2,1\n");
    assert_text(labelled_rows(MMAX_REPORT_CSV, &input, NULL),
                "file,array,map,index,row,token,n,entropy\n"
                "a.npy,,softmax:t=1,,0,,2,0.5\n"
                "a.npy,,softmax:t=1,,1,,2,0.25\n"
                "a.npy,,softmax:t=1,,2,,2,0.125\n"
                "a.npy,,softmax:t=1,,3,,2,0\n"
                "a.npy,,softmax:t=1,,4,,2,1\n");
}
END_TEST

START_TEST(tsv_escapes_the_backslash_of_an_escape_as_any_other)
{
    mmax_input input = five_rows();
    assert_text(labelled_rows(MMAX_REPORT_TSV, &input, labels),
                "file\tarray\tmap\tindex\trow\ttoken\tn\tentropy\n"
                "a.npy\t\tsoftmax:t=1\t\t0\t the\t2\t0.5\n"
                "a.npy\t\tsoftmax:t=1\t\t1\t\"a\",\xe6\x97\xa5\t2\t0.25\n"
                "a.npy\t\tsoftmax:t=1\t\t2\tb\\\\x0a\\\\x1b\t2\t0.125\n"
                "a.npy\t\tsoftmax:t=1\t\t3\t\\\\xff\\\\\t2\t0\n"
                "a.npy\t\tsoftmax:t=1\t\t4\t\t2\t1\n");
}
END_TEST

START_TEST(json_calls_it_the_query)
{
    static const char *const rows[N_ROWS] = {
        "\"row\": 0, \"query\": \" the\", \"n\": 2, \"metrics\": {\"entropy\": 0.5}}",
        "\"row\": 1, \"query\": \"\\\"a\\\",\xe6\x97\xa5\", \"n\": 2, ",
        "\"row\": 2, \"query\": \"b\\n\\u001b\", \"n\": 2, ",
        "\"row\": 3, \"query\": \"\xef\xbf\xbd\\\\\", \"n\": 2, ",
        "\"row\": 4, \"query\": null, \"n\": 2, "};
    static const mmax_report_format formats[] = {MMAX_REPORT_JSON, MMAX_REPORT_NDJSON};
    mmax_input input = five_rows();
    for (size_t k = 0; k < 2; k++) {
        char *text = labelled_rows(formats[k], &input, labels);
        for (size_t i = 0; i < N_ROWS; i++)
            ck_assert_msg(strstr(text, rows[i]) != NULL, "%s lacks %s", text, rows[i]);
        free(text);
    }
}
END_TEST

/* Where the columns stand is counted by hand: an ideograph takes two, an accent none. */
START_TEST(a_table_fits_labels_into_columns_of_a_terminal)
{
    static const char nine_ideographs[] = "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"
                                          "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"
                                          "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e";
    static const char *const tokens[N_ROWS] = {"\xe6\x97\xa5\xe6\x9c\xac", "e\xcc\x81t", "",
                                               nine_ideographs, "abcdefghijklmnop"};
    mmax_input input = five_rows();
    input.row_labels = tokens;
    char *text = labelled_rows(MMAX_REPORT_TABLE, &input, tokens);
    static const char expected[] =
        "row  token             n          entropy\n"
        "                                     nats\n"
        "  0  \xe6\x97\xa5\xe6\x9c\xac              2  softmax  0.5000\n"
        "  1  e\xcc\x81t                2  softmax  0.2500\n"
        "  2                    2  softmax  0.1250\n"
        "  3  \xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e...   2"
        "  softmax  0\n"
        "  4  abcdefghijklmnop  2  softmax  1\n";
    ck_assert_msg(strstr(text, expected) != NULL, "%s", text);
    free(text);
    static const char *const short_ones[N_ROWS] = {"a", "b", "c", "d", "e"};
    input.row_labels = short_ones;
    text = labelled_rows(MMAX_REPORT_TABLE, &input, short_ones);
    ck_assert_msg(strstr(text, "\n  0  a      2  softmax  0.5000\n") != NULL, "%s", text);
    free(text);
}
END_TEST

START_TEST(a_table_is_ready_for_whatever_labels_a_text_has)
{
    /* Accents upon accents: more bytes than columns. */
    enum { N_ACCENTS = 400 };
    static char heap[2 * N_ACCENTS + 2] = "e";
    for (size_t i = 0; i < N_ACCENTS; i++)
        memcpy(heap + 1 + 2 * i, "\xcc\x81", 2);
    const char *const of_rows[N_ROWS] = {"b\n\x1b", "\xff", heap, NULL, "a"};
    mmax_input input = five_rows();
    input.rows_known = false;
    char *text = labelled_rows(MMAX_REPORT_TABLE, &input, of_rows);
    ck_assert_ptr_nonnull(strstr(text, "\n     0  b\\x0a\\x1b         2  softmax  0.5000\n"));
    ck_assert_ptr_nonnull(strstr(text, "\n     1  \\xff              2  softmax  0.2500\n"));
    ck_assert_ptr_nonnull(strstr(text, "\xcc\x81...              2  softmax  0.1250\n"));
    ck_assert_ptr_nonnull(strstr(text, "\n     3                    2  softmax  0\n"));
    free(text);
}
END_TEST

TCase *report_labels_case(void)
{
    TCase *tests = tcase_create("labels");
    tcase_add_test(tests, csv_has_a_token_behind_the_row_escaped_before_it_is_quoted);
    tcase_add_test(tests, tsv_escapes_the_backslash_of_an_escape_as_any_other);
    tcase_add_test(tests, json_calls_it_the_query);
    tcase_add_test(tests, a_table_fits_labels_into_columns_of_a_terminal);
    tcase_add_test(tests, a_table_is_ready_for_whatever_labels_a_text_has);
    return tests;
}
