#include "test_report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static mmax_plan small_plan(size_t n_maps)
{
    const mmax_map maps[] = {report_softmax(), report_default_multimax()};
    const size_t metrics[] = {MULTIMODALITY, ENTROPY};
    return report_plan(maps, n_maps, metrics, 2);
}

/* Two inputs, of rank 2 and of rank 3; the first has no multi-modality under softmax. */
static char *two_inputs(mmax_report_format format)
{
    mmax_plan plan = small_plan(2);
    const size_t shape[] = {4, 3}, deep_shape[] = {2, 2, 3};
    mmax_input flat = report_input("a.npy", 2, shape);
    mmax_input deep = report_input("b, \"c\"\t\\.npz", 3, deep_shape);
    deep.array = "x\ny";
    mmax_result first = report_result(&plan, &flat), second = report_result(&plan, &deep);
    first.all[0] = report_no_summary(4);
    test_document document = document_open(&plan, format, false);
    document_add(&document, &first);
    document_add(&document, &second);
    report_free_result(&first);
    report_free_result(&second);
    return document_text(&document);
}

/* Two rows of the second group under two maps, then a failure. */
static char *two_rows(mmax_report_format format)
{
    mmax_plan plan = small_plan(2);
    plan.per = MMAX_PER_ROW;
    const size_t shape[] = {2, 2, 2, 3}, rows[] = {2, 3}, n_live[] = {3, 1};
    const double metrics[] = {0.5, 0.25, (double)NAN, 0, 0.75, 0.125, (double)NAN, 1e-7};
    mmax_input input = report_input("a.npy", 4, shape);
    mmax_result result = report_result(&plan, &input);
    test_document document = document_open(&plan, format, false);
    document_begin(&document, &input);
    document_rows(&document, &input, rows, n_live, 2, metrics);
    document_add(&document, &result);
    document_begin(&document, &input);
    document_fail(&document, "a.npy: truncated");
    report_free_result(&result);
    return document_text(&document);
}

static void assert_text(char *text, const char *expected)
{
    ck_assert_str_eq(text, expected);
    free(text);
}

#define MULTIMAX "\"multimax:tb=2,b=eps,td=0.5,d=eps\""
#define NUMBERS  ",0,0.25,0.5,-0.75,1.25,-0.5,-0.25,0.25,0.75,1\n"
#define ODD      "\"b, \"\"c\"\"\t\\.npz\",\"x\ny\","

START_TEST(csv_has_one_header_and_a_line_for_each_map_group_and_metric)
{
    assert_text(
        two_inputs(MMAX_REPORT_CSV),
        "file,array,map,index,metric,count,missing,mean,std,min,max,p05,p25,p50,p75,p95\n"
        "a.npy,,softmax:t=1,,multimodality,0,4,,,,,,,,,\n"
        "a.npy,,softmax:t=1,,entropy,4" NUMBERS                                                   //
        "a.npy,," MULTIMAX ",,multimodality,4" NUMBERS "a.npy,," MULTIMAX ",,entropy,4" NUMBERS   //
            ODD "softmax:t=1,0,multimodality,2" NUMBERS ODD "softmax:t=1,0,entropy,2" NUMBERS     //
                ODD "softmax:t=1,1,multimodality,2" NUMBERS ODD "softmax:t=1,1,entropy,2" NUMBERS //
                    ODD MULTIMAX ",0,multimodality,2" NUMBERS ODD MULTIMAX
        ",0,entropy,2" NUMBERS ODD MULTIMAX ",1,multimodality,2" NUMBERS ODD MULTIMAX
        ",1,entropy,2" NUMBERS);
}
END_TEST

START_TEST(tsv_escapes_what_would_break_a_line_and_quotes_nothing)
{
    char *text = two_inputs(MMAX_REPORT_TSV);
    ck_assert_ptr_nonnull(strstr(
        text,
        "file\tarray\tmap\tindex\tmetric\tcount\tmissing\tmean\tstd\tmin\tmax\tp05\tp25\tp50\tp75\t"
        "p95\n"
        "a.npy\t\tsoftmax:t=1\t\tmultimodality\t0\t4\t\t\t\t\t\t\t\t\t\n"));
    ck_assert_ptr_nonnull(strstr(text, "\nb, \"c\"\\t\\\\.npz\tx\\ny\tmultimax:tb=2,b=eps,td=0.5,"
                                       "d=eps\t1\tentropy\t2\t0\t0.25\t0.5\t-0.75\t1.25\t-0.5\t"
                                       "-0.25\t0.25\t0.75\t1\n"));
    free(text);
}
END_TEST

START_TEST(csv_of_rows_has_each_row_under_every_map_and_one_column_a_metric)
{
    assert_text(two_rows(MMAX_REPORT_CSV), "file,array,map,index,row,n,multimodality,entropy\n"
                                           "a.npy,,softmax:t=1,0.1,0,3,0.5,0.25\n"
                                           "a.npy,," MULTIMAX ",0.1,0,3,0.75,0.125\n"
                                           "a.npy,,softmax:t=1,0.1,1,1,,0\n"
                                           "a.npy,," MULTIMAX ",0.1,1,1,,1e-7\n");
}
END_TEST

START_TEST(tsv_of_rows_has_the_same_fields)
{
    assert_text(two_rows(MMAX_REPORT_TSV),
                "file\tarray\tmap\tindex\trow\tn\tmultimodality\tentropy\n"
                "a.npy\t\tsoftmax:t=1\t0.1\t0\t3\t0.5\t0.25\n"
                "a.npy\t\tmultimax:tb=2,b=eps,td=0.5,d=eps\t0.1\t0\t3\t0.75\t0.125\n"
                "a.npy\t\tsoftmax:t=1\t0.1\t1\t1\t\t0\n"
                "a.npy\t\tmultimax:tb=2,b=eps,td=0.5,d=eps\t0.1\t1\t1\t\t1e-7\n");
}
END_TEST

START_TEST(without_inputs_there_is_the_header_alone)
{
    mmax_plan plan = small_plan(2);
    test_document csv = document_open(&plan, MMAX_REPORT_CSV, false);
    assert_text(document_text(&csv),
                "file,array,map,index,metric,count,missing,mean,std,min,max,p05,p25,p50,p75,p95\n");
    test_document ndjson = document_open(&plan, MMAX_REPORT_NDJSON, false);
    assert_text(document_text(&ndjson), "");
    test_document table = document_open(&plan, MMAX_REPORT_TABLE, false);
    assert_text(document_text(&table), "");
}
END_TEST

START_TEST(rows_of_ranks_below_three_have_no_index)
{
    mmax_plan plan = small_plan(1);
    plan.per = MMAX_PER_ROW;
    const size_t shape[] = {3, 3}, row = _i == 2 ? 2 : 0, n_live = 3;
    const double metrics[] = {0.5, 0.25};
    mmax_input input = report_input("a.npy", (size_t)_i, shape);
    test_document document = document_open(&plan, MMAX_REPORT_CSV, false);
    document_begin(&document, &input);
    document_rows(&document, &input, &row, &n_live, 1, metrics);
    assert_text(document_text(&document), _i == 2
                                              ? "file,array,map,index,row,n,multimodality,entropy\n"
                                                "a.npy,,softmax:t=1,,2,3,0.5,0.25\n"
                                              : "file,array,map,index,row,n,multimodality,entropy\n"
                                                "a.npy,,softmax:t=1,,0,3,0.5,0.25\n");
}
END_TEST

#define SUMMARY(count)                                                                             \
    "{\"count\": " count ", \"missing\": 0, \"mean\": 0.25, \"std\": 0.5, \"min\": -0.75, "        \
    "\"max\": 1.25, \"p05\": -0.5, \"p25\": -0.25, \"p50\": 0.25, \"p75\": 0.75, \"p95\": 1}"

START_TEST(ndjson_has_one_object_for_each_map_and_group)
{
    mmax_plan plan = small_plan(1);
    const size_t shape[] = {4, 3}, deep_shape[] = {2, 2, 3};
    mmax_input flat = report_input("a.npy", 2, shape), deep = report_input("b.npz", 3, deep_shape);
    deep.array = "x";
    mmax_result first = report_result(&plan, &flat), second = report_result(&plan, &deep);
    test_document document = document_open(&plan, MMAX_REPORT_NDJSON, false);
    document_add(&document, &first);
    document_add(&document, &second);
    assert_text(
        document_text(&document),
        "{\"file\": \"a.npy\", \"array\": null, \"map\": \"softmax:t=1\", \"name\": "
        "\"softmax\", \"index\": null, \"rows\": 4, \"metrics\": {\"multimodality\": " //
        SUMMARY("4") ", \"entropy\": " SUMMARY(
            "4") "}}\n"
                 "{\"file\": \"b.npz\", \"array\": \"x\", \"map\": \"softmax:t=1\", \"name\": "
                 "\"softmax\", \"index\": [0], \"rows\": 2, \"metrics\": {\"multimodality\": " //
        SUMMARY("2") ", \"entropy\": " SUMMARY(
            "2") "}}\n"
                 "{\"file\": \"b.npz\", \"array\": \"x\", \"map\": \"softmax:t=1\", \"name\": "
                 "\"softmax\", \"index\": [1], \"rows\": 2, \"metrics\": {\"multimodality\": " //
        SUMMARY("2") ", \"entropy\": " SUMMARY("2") "}}\n");
    report_free_result(&first);
    report_free_result(&second);
}
END_TEST

START_TEST(ndjson_of_rows_has_one_object_for_each_row_and_map_and_says_what_failed)
{
    assert_text(two_rows(MMAX_REPORT_NDJSON),
                "{\"file\": \"a.npy\", \"array\": null, \"map\": \"softmax:t=1\", \"name\": "
                "\"softmax\", \"index\": [0, 1], \"row\": 0, \"n\": 3, \"metrics\": "
                "{\"multimodality\": 0.5, \"entropy\": 0.25}}\n"
                "{\"file\": \"a.npy\", \"array\": null, \"map\": " MULTIMAX ", \"name\": "
                "\"multimax\", \"index\": [0, 1], \"row\": 0, \"n\": 3, \"metrics\": "
                "{\"multimodality\": 0.75, \"entropy\": 0.125}}\n"
                "{\"file\": \"a.npy\", \"array\": null, \"map\": \"softmax:t=1\", \"name\": "
                "\"softmax\", \"index\": [0, 1], \"row\": 1, \"n\": 1, \"metrics\": "
                "{\"multimodality\": null, \"entropy\": 0}}\n"
                "{\"file\": \"a.npy\", \"array\": null, \"map\": " MULTIMAX ", \"name\": "
                "\"multimax\", \"index\": [0, 1], \"row\": 1, \"n\": 1, \"metrics\": "
                "{\"multimodality\": null, \"entropy\": 1e-7}}\n"
                "{\"file\": \"a.npy\", \"array\": null, \"error\": \"a.npy: truncated\"}\n");
}
END_TEST

START_TEST(a_failed_input_is_named_when_its_source_is_gone)
{
    mmax_plan plan = small_plan(1);
    plan.per = MMAX_PER_ROW;
    const size_t shape[] = {2, 3};
    char file[] = "a.npz", array[] = "x", keys[] = "k.npz";
    mmax_input input = report_input(file, 2, shape);
    input.array = array;
    input.keys = keys;
    test_document document = document_open(&plan, MMAX_REPORT_NDJSON, false);
    document_begin(&document, &input);
    /* What a source's memory may hold when it is another's. */
    file[0] = array[0] = keys[0] = '?';
    memset(&input, 0x5a, sizeof input);
    document_fail(&document, "truncated");
    assert_text(document_text(&document), "{\"file\": \"a.npz\", \"array\": \"x\", \"keys\": "
                                          "\"k.npz\", \"error\": \"truncated\"}\n");
}
END_TEST

TCase *report_lines_case(void)
{
    TCase *lines = tcase_create("lines");
    tcase_add_test(lines, csv_has_one_header_and_a_line_for_each_map_group_and_metric);
    tcase_add_test(lines, tsv_escapes_what_would_break_a_line_and_quotes_nothing);
    tcase_add_test(lines, csv_of_rows_has_each_row_under_every_map_and_one_column_a_metric);
    tcase_add_test(lines, tsv_of_rows_has_the_same_fields);
    tcase_add_test(lines, without_inputs_there_is_the_header_alone);
    tcase_add_loop_test(lines, rows_of_ranks_below_three_have_no_index, 0, 3);
    tcase_add_test(lines, ndjson_has_one_object_for_each_map_and_group);
    tcase_add_test(lines, ndjson_of_rows_has_one_object_for_each_row_and_map_and_says_what_failed);
    tcase_add_test(lines, a_failed_input_is_named_when_its_source_is_gone);
    return lines;
}
