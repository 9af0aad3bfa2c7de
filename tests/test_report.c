#include "test_report.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

START_TEST(every_format_is_found_by_its_name_and_no_other_name_is_a_format)
{
    static const char *const names[] = {"table", "json", "ndjson", "csv", "tsv"};
    mmax_report_format format = MMAX_REPORT_TABLE;
    for (size_t i = 0; i < 5; i++) {
        ck_assert_str_eq(mmax_report_format_name_at(i), names[i]);
        ck_assert(mmax_report_format_parse(names[i], &format));
        ck_assert_uint_eq(format, i);
    }
    ck_assert_ptr_null(mmax_report_format_name_at(5));
    ck_assert(!mmax_report_format_parse("xml", &format));
    ck_assert_int_eq(format, MMAX_REPORT_TSV);
}
END_TEST

START_TEST(a_format_that_does_not_exist_is_wrong_usage)
{
    mmax_plan plan = report_default_plan();
    const mmax_report_options options = {.format = (mmax_report_format)5};
    mmax_report *report = NULL;
    mmax_error error = {0};
    ck_assert_int_eq(mmax_report_open(&plan, "-", &options, &report, &error), MMAX_EUSAGE);
    ck_assert_str_eq(error.message, "report format 5 is unknown");
    ck_assert_ptr_null(report);
}
END_TEST

START_TEST(a_file_that_cannot_be_made_is_named)
{
    mmax_plan plan = report_default_plan();
    const mmax_report_options options = {.format = MMAX_REPORT_JSON};
    mmax_report *report = NULL;
    mmax_error error = {0};
    ck_assert_int_eq(mmax_report_open(&plan, "/nowhere/a.json", &options, &report, &error),
                     MMAX_EIO);
    ck_assert_str_eq(error.message,
                     "/nowhere/a.json: directory '/nowhere' does not exist; create it first");
    ck_assert_ptr_null(report);
}
END_TEST

START_TEST(a_full_disk_is_reported_when_the_document_ends)
{
    mmax_plan plan = report_default_plan();
    const size_t shape[] = {4, 3};
    mmax_input input = report_input("a.npy", 2, shape);
    mmax_result result = report_result(&plan, &input);
    const mmax_report_options options = {.format = (mmax_report_format)_i};
    mmax_report *report;
    mmax_error error = {0};
    ck_assert_int_eq(mmax_report_open(&plan, "/dev/full", &options, &report, &error), MMAX_OK);
    ck_assert_int_eq(mmax_report_add(report, &result, &error), MMAX_OK);
    ck_assert_int_eq(mmax_report_finish(report, &error), MMAX_EIO);
    ck_assert_str_eq(error.message, "/dev/full: cannot write: No space left on device");
    mmax_report_free(report);
    report_free_result(&result);
}
END_TEST

START_TEST(a_full_disk_stops_the_rows_and_every_call_after_it)
{
    mmax_plan plan = report_default_plan();
    plan.per = MMAX_PER_ROW;
    const size_t shape[] = {4, 3};
    mmax_input input = report_input("a.npy", 2, shape);
    const mmax_report_options options = {.format = (mmax_report_format)_i};
    const size_t row = 0, n_live = 3;
    const double metrics[5 * 8] = {0.5};
    const mmax_row_block block = {&input, 1, &row, &n_live, NULL, 5, 8, metrics};
    mmax_report *report;
    mmax_status status = MMAX_OK;
    ck_assert_int_eq(mmax_report_open(&plan, "/dev/full", &options, &report, NULL), MMAX_OK);
    mmax_sink *sink = mmax_report_rows(report);
    ck_assert_int_eq(sink->methods->begin(sink, &input, NULL), MMAX_OK);
    /* What is buffered is not lost before it is written: some hundred rows later. */
    for (size_t i = 0; status == MMAX_OK && i < 10000; i++)
        status = sink->methods->rows(sink, &block, NULL);
    ck_assert_int_eq(status, MMAX_EIO);
    ck_assert_int_eq(mmax_report_fail(report, "a.npy: it failed", NULL), MMAX_EIO);
    ck_assert_int_eq(mmax_report_finish(report, NULL), MMAX_EIO);
    mmax_report_free(report);
}
END_TEST

START_TEST(a_reader_that_went_away_is_told_from_a_failure)
{
    mmax_plan plan = report_default_plan();
    const mmax_report_options options = {.format = MMAX_REPORT_CSV};
    char fifo[256];
    snprintf(fifo, sizeof fifo, "%s/fifo", testing_folder());
    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    signal(SIGPIPE, SIG_IGN);
    int reader = open(fifo, O_RDONLY | O_NONBLOCK);
    mmax_report *report;
    ck_assert_int_eq(mmax_report_open(&plan, fifo, &options, &report, NULL), MMAX_OK);
    close(reader);
    ck_assert_int_eq(mmax_report_finish(report, NULL), MMAX_EPIPE);
    mmax_report_free(report);
    unlink(fifo);
}
END_TEST

START_TEST(a_report_that_is_not_finished_leaves_no_file)
{
    mmax_plan plan = report_default_plan();
    const mmax_report_options options = {.format = MMAX_REPORT_JSON};
    char file[256];
    snprintf(file, sizeof file, "%s/unfinished", testing_folder());
    mmax_report *report;
    ck_assert_int_eq(mmax_report_open(&plan, file, &options, &report, NULL), MMAX_OK);
    mmax_report_free(report);
    ck_assert_int_ne(access(file, F_OK), 0);
    mmax_report_free(NULL);
}
END_TEST

START_TEST(a_report_asks_for_rows_only_at_level_row)
{
    mmax_plan plan = report_default_plan();
    test_document document = document_open(&plan, MMAX_REPORT_CSV, false);
    const mmax_sink_methods *methods = mmax_report_rows(document.report)->methods;
    ck_assert(!methods->begin && !methods->rows && !methods->weights && !methods->end);
    free(document_text(&document));
}
END_TEST

START_TEST(the_failure_of_an_input_that_had_not_begun_leaves_no_trace)
{
    mmax_plan plan = report_default_plan();
    test_document with = document_open(&plan, (mmax_report_format)_i, false);
    document_fail(&with, "a.npy: cannot open: No such file or directory");
    char *text = document_text(&with);
    test_document without = document_open(&plan, (mmax_report_format)_i, false);
    char *expected = document_text(&without);
    ck_assert_str_eq(text, expected);
    free(expected);
    free(text);
}
END_TEST

START_TEST(rows_are_the_same_bytes_however_they_come_in_blocks)
{
    mmax_plan plan = report_default_plan();
    plan.per = MMAX_PER_ROW;
    const size_t shape[] = {2, 2, 2, 3}, n_rows = 8;
    mmax_input input = report_input("a.npy", 4, shape);
    double metrics[5][8][8], one[5][8];
    size_t rows[8], n_live[8];
    testing_random random = {1};
    for (size_t i = 0; i < n_rows; i++) {
        rows[i] = i;
        n_live[i] = i % 4;
        for (size_t m = 0; m < 5; m++)
            for (size_t k = 0; k < 8; k++)
                metrics[m][i][k] = testing_normal(&random);
    }
    test_document whole = document_open(&plan, (mmax_report_format)_i, false);
    document_begin(&whole, &input);
    document_rows(&whole, &input, rows, n_live, n_rows, &metrics[0][0][0]);
    char *expected = document_text(&whole);
    test_document single = document_open(&plan, (mmax_report_format)_i, false);
    document_begin(&single, &input);
    for (size_t i = 0; i < n_rows; i++) {
        for (size_t m = 0; m < 5; m++)
            memcpy(one[m], metrics[m][i], sizeof one[m]);
        document_rows(&single, &input, &rows[i], &n_live[i], 1, &one[0][0]);
    }
    char *text = document_text(&single);
    ck_assert_str_eq(text, expected);
    free(expected);
    free(text);
}
END_TEST

/* The first two metrics of a plan are reported, the third is there for a check. */
static char *text_of_metrics(size_t n, mmax_report_format format, mmax_per per)
{
    static const size_t metrics[] = {N_IRRELEVANT, ENTROPY, SPARSITY}, shape[] = {2, 1, 3};
    static const size_t rows[] = {0, 1}, n_live[] = {3, 3};
    static const double of_two[] = {1, 2, 3, 4, 5, 6, 7, 8},
                        of_three[] = {1, 2, 90, 3, 4, 91, 5, 6, 92, 7, 8, 93};
    const mmax_map maps[] = {report_softmax(), report_sparsemax()};
    mmax_plan plan = report_plan(maps, 2, metrics, n);
    plan.metrics.n_reported = 2;
    plan.per = per;
    mmax_input input = report_input("a.npy", 3, shape);
    mmax_result result = report_result(&plan, &input);
    test_document document = document_open(&plan, format, false);
    if (per == MMAX_PER_ROW) {
        document_begin(&document, &input);
        document_rows(&document, &input, rows, n_live, 2, n == 2 ? of_two : of_three);
    }
    /* Metric by metric another mean, the same in every set. */
    size_t n_sets = per == MMAX_PER_GROUP ? result.n_groups * 2 : 0;
    for (size_t i = 0; i < 2 * n; i++)
        result.all[i] = report_summary(2, 0, 0.5 + (double)(i % n));
    for (size_t i = 0; i < n_sets * n; i++)
        result.groups[i] = report_summary(1, i % n == 2, 0.5 + (double)(i % n));
    document_add(&document, &result);
    char *text = document_text(&document);
    report_free_result(&result);
    return text;
}

START_TEST(a_metric_that_is_there_for_a_check_is_in_no_report)
{
    static const mmax_per levels[] = {MMAX_PER_ALL, MMAX_PER_GROUP, MMAX_PER_ROW};
    for (size_t i = 0; i < 3; i++) {
        char *with = text_of_metrics(3, (mmax_report_format)_i, levels[i]);
        char *without = text_of_metrics(2, (mmax_report_format)_i, levels[i]);
        ck_assert_str_eq(with, without);
        free(with);
        free(without);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report");
    TCase *report = tcase_create("report");
    tcase_add_test(report, every_format_is_found_by_its_name_and_no_other_name_is_a_format);
    tcase_add_test(report, a_format_that_does_not_exist_is_wrong_usage);
    tcase_add_test(report, a_file_that_cannot_be_made_is_named);
    tcase_add_loop_test(report, a_full_disk_is_reported_when_the_document_ends, 0, 5);
    tcase_add_loop_test(report, a_full_disk_stops_the_rows_and_every_call_after_it, 0, 5);
    tcase_add_test(report, a_reader_that_went_away_is_told_from_a_failure);
    tcase_add_test(report, a_report_that_is_not_finished_leaves_no_file);
    tcase_add_test(report, a_report_asks_for_rows_only_at_level_row);
    tcase_add_loop_test(report, the_failure_of_an_input_that_had_not_begun_leaves_no_trace, 0, 5);
    tcase_add_loop_test(report, rows_are_the_same_bytes_however_they_come_in_blocks, 0, 5);
    tcase_add_loop_test(report, a_metric_that_is_there_for_a_check_is_in_no_report, 0, 5);
    suite_add_tcase(suite, report);
    suite_add_tcase(suite, report_json_case());
    suite_add_tcase(suite, report_lines_case());
    suite_add_tcase(suite, report_table_case());
    suite_add_tcase(suite, report_labels_case());
    suite_add_tcase(suite, report_data_case());
    return testing_run(suite);
}
