#include "test_report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

mmax_map report_softmax(void)
{
    return (mmax_map){.kind = MMAX_SOFTMAX, .temperature = 1};
}

mmax_map report_sparsemax(void)
{
    return (mmax_map){.kind = MMAX_SPARSEMAX};
}

mmax_map report_entmax(double alpha)
{
    return (mmax_map){.kind = MMAX_ENTMAX, .alpha = alpha};
}

mmax_map report_evsoftmax(void)
{
    return (mmax_map){.kind = MMAX_EVSOFTMAX};
}

mmax_map report_multimax(double tb, double b, double td, double d)
{
    return (mmax_map){
        .kind = MMAX_MULTIMAX, .ts = {1 - tb, td - 1}, .ranges = {b, d}, .paper_spelling = true};
}

mmax_map report_default_multimax(void)
{
    mmax_map map = report_multimax(2, 0, 0.5, 0);
    map.range_is_epsilon[0] = map.range_is_epsilon[1] = true;
    return map;
}

mmax_plan report_plan(const mmax_map *maps, size_t n_maps, const size_t *metrics, size_t n_metrics)
{
    mmax_plan plan = {.n_maps = n_maps,
                      .has_own_maps = true,
                      .metrics = {.n = n_metrics, .n_reported = n_metrics}};
    memcpy(plan.maps, maps, n_maps * sizeof *maps);
    memcpy(plan.metrics.which, metrics, n_metrics * sizeof *metrics);
    return plan;
}

mmax_plan report_default_plan(void)
{
    const mmax_map maps[] = {report_softmax(), report_sparsemax(), report_entmax(1.5),
                             report_evsoftmax(), report_default_multimax()};
    size_t metrics[MMAX_MAX_METRICS], n_metrics = 0;
    for (size_t i = 0; mmax_metric_info_at(i); i++)
        if (mmax_metric_info_at(i)->by_default)
            metrics[n_metrics++] = i;
    return report_plan(maps, 5, metrics, n_metrics);
}

mmax_input report_input(const char *file, size_t n_dims, const size_t *shape)
{
    mmax_input input = {.file = file,
                        .format = "npy",
                        .dtype = "<f4",
                        .dtype_name = "float32",
                        .axis = -1,
                        .n_dims = n_dims,
                        .rows_known = true,
                        .n_rows = 1,
                        .row_length = n_dims > 0 ? shape[n_dims - 1] : 1};
    for (size_t i = 0; i < n_dims; i++)
        input.shape[i] = shape[i];
    for (size_t i = 0; i + 1 < n_dims; i++)
        input.n_rows *= shape[i];
    return input;
}

static mmax_summary *make_summaries(size_t n_sets, size_t n_metrics, size_t n_rows)
{
    mmax_summary *summaries = mmax_alloc_array(n_sets * n_metrics, sizeof *summaries);
    ck_assert_ptr_nonnull(summaries);
    for (size_t i = 0; i < n_sets * n_metrics; i++)
        summaries[i] = report_summary(n_rows, 0, 0.25);
    return summaries;
}

mmax_result report_result(const mmax_plan *plan, const mmax_input *input)
{
    mmax_result result = {.input = *input,
                          .n_maps = plan->n_maps,
                          .metrics = plan->metrics,
                          .per = plan->per,
                          .n_groups = 1,
                          .rows = input->n_rows};
    if (result.per == MMAX_PER_AUTO)
        result.per = input->n_dims > 2 ? MMAX_PER_GROUP : MMAX_PER_ALL;
    memcpy(result.maps, plan->maps, sizeof plan->maps);
    for (size_t i = 0; i + 2 < input->n_dims; i++)
        result.n_groups *= input->shape[i];
    result.all = make_summaries(plan->n_maps, plan->metrics.n, input->n_rows);
    if (result.per == MMAX_PER_GROUP) {
        size_t n_rows = input->n_dims > 1 ? input->shape[input->n_dims - 2] : 1;
        result.groups = make_summaries(result.n_groups * plan->n_maps, plan->metrics.n, n_rows);
        result.group_rows = mmax_alloc_array(result.n_groups, sizeof *result.group_rows);
        ck_assert_ptr_nonnull(result.group_rows);
        for (size_t g = 0; g < result.n_groups; g++)
            result.group_rows[g] = n_rows;
    }
    return result;
}

void report_free_result(mmax_result *result)
{
    free(result->all);
    free(result->groups);
    free(result->group_rows);
}

mmax_summary report_summary(size_t count, size_t missing, double mean)
{
    return (mmax_summary){.count = count,
                          .missing = missing,
                          .mean = mean,
                          .std = 0.5,
                          .min = mean - 1,
                          .max = mean + 1,
                          .p05 = mean - 0.75,
                          .p25 = mean - 0.5,
                          .p50 = mean,
                          .p75 = mean + 0.5,
                          .p95 = mean + 0.75};
}

mmax_summary report_no_summary(size_t missing)
{
    const double none = (double)NAN;
    return (mmax_summary){0, missing, none, none, none, none, none, none, none, none, none};
}

test_document document_open(const mmax_plan *plan, mmax_report_format format, bool color)
{
    const mmax_report_options options = {.format = format, .color = color};
    test_document document = {0};
    snprintf(document.file, sizeof document.file, "%s/document", testing_folder());
    mmax_error error = {0};
    if (mmax_report_open(plan, document.file, &options, &document.report, &error) != MMAX_OK)
        ck_abort_msg("%s", error.message);
    return document;
}

void document_add(test_document *document, const mmax_result *result)
{
    ck_assert_int_eq(mmax_report_add(document->report, result, NULL), MMAX_OK);
}

void document_begin(test_document *document, const mmax_input *input)
{
    mmax_sink *sink = mmax_report_rows(document->report);
    ck_assert_int_eq(sink->methods->begin(sink, input, NULL), MMAX_OK);
}

void document_rows(test_document *document, const mmax_input *input, const size_t *rows,
                   const size_t *n_live, size_t n_rows, const double *metrics)
{
    const mmax_plan *plan = document->report->plan;
    const mmax_row_block block = {.input = input,
                                  .n_rows = n_rows,
                                  .rows = rows,
                                  .n_live = n_live,
                                  .n_maps = plan->n_maps,
                                  .n_metrics = plan->metrics.n,
                                  .metrics = metrics};
    mmax_sink *sink = mmax_report_rows(document->report);
    ck_assert_int_eq(sink->methods->rows(sink, &block, NULL), MMAX_OK);
}

void document_fail(test_document *document, const char *message)
{
    ck_assert_int_eq(mmax_report_fail(document->report, message, NULL), MMAX_OK);
}

char *document_text(test_document *document)
{
    ck_assert_int_eq(mmax_report_finish(document->report, NULL), MMAX_OK);
    mmax_report_free(document->report);
    return testing_read_file(document->file, NULL);
}

char *document_of(const mmax_plan *plan, mmax_report_format format, const mmax_result *result)
{
    test_document document = document_open(plan, format, false);
    document_add(&document, result);
    return document_text(&document);
}
