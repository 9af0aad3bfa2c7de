/* What the tests of reports share: plans and results made by hand, documents as text. */
#ifndef MMAX_TEST_REPORT_H
#define MMAX_TEST_REPORT_H

#include "report/report.h"
#include "testing.h"

/* The places of metrics in the table of metrics. */
enum { MULTIMODALITY, SPARSITY, N_RELEVANT, N_IRRELEVANT, ENTROPY };

mmax_map report_softmax(void);
mmax_map report_sparsemax(void);
mmax_map report_entmax(double alpha);
mmax_map report_evsoftmax(void);
mmax_map report_multimax(double tb, double b, double td, double d);
mmax_map report_default_multimax(void);

/* A plan of these maps and metrics. */
mmax_plan report_plan(const mmax_map *maps, size_t n_maps, const size_t *metrics, size_t n_metrics);

/* The plan of a bare command: five maps, eight metrics. */
mmax_plan report_default_plan(void);

/* float32 in NPY. */
mmax_input report_input(const char *file, size_t n_dims, const size_t *shape);

/* A result of that plan at level all, or group where the plan says so.  Every summary is
 * report_summary of its metric; to be freed with report_free_result. */
mmax_result report_result(const mmax_plan *plan, const mmax_input *input);
void report_free_result(mmax_result *result);

/* count values with this mean, deviation 0.5, least value mean - 1, greatest mean + 1, quantiles
 * between. */
mmax_summary report_summary(size_t count, size_t missing, double mean);
mmax_summary report_no_summary(size_t missing);

/* A document in the making, on a file of the test's folder. */
typedef struct test_document {
    char file[64];
    mmax_report *report;
} test_document;

test_document document_open(const mmax_plan *plan, mmax_report_format format, bool color);
void document_add(test_document *document, const mmax_result *result);
/* Begins an input of level row; its rows.  metrics (n_maps, n_rows, n_metrics). */
void document_begin(test_document *document, const mmax_input *input);
void document_rows(test_document *document, const mmax_input *input, const size_t *rows,
                   const size_t *n_live, size_t n_rows, const double *metrics);
void document_fail(test_document *document, const char *message);

/* Ends the document; its text, to be freed. */
char *document_text(test_document *document);

/* One result in one call; the text is to be freed. */
char *document_of(const mmax_plan *plan, mmax_report_format format, const mmax_result *result);

/* The cases of each file. */
TCase *report_json_case(void);
TCase *report_lines_case(void);
TCase *report_table_case(void);
TCase *report_labels_case(void);
TCase *report_data_case(void);

#endif
