/* report: results as tables, JSON, NDJSON, CSV and TSV.
 * In: finished results, and rows while they are made.  Out: text in an output file.  Called by the
 * command line through multimax.h; computes no metric. */
#ifndef MMAX_REPORT_H
#define MMAX_REPORT_H

#include "analyze/analyze.h"

/* What differs from one format to the next.  Calls come in this order, inputs one after the other:
 *     open (begin_rows rows* (add | fail) | add)* finish
 * begin_rows and rows come only for inputs whose level is row. */
typedef struct mmax_report_writer {
    const char *name;
    bool is_one_value; /* a reader can do nothing before the end */
    void (*open)(mmax_report *report);
    void (*begin_rows)(mmax_report *report, const mmax_input *input);
    void (*rows)(mmax_report *report, const mmax_row_block *block);
    void (*add)(mmax_report *report, const mmax_result *result);
    void (*fail)(mmax_report *report, const char *message);
    void (*finish)(mmax_report *report);
} mmax_report_writer; /* any of the functions may be NULL */

/* What an input is called: the source that it came from may be gone when it is said to have failed.
 */
typedef struct mmax_report_names {
    char *file, *array, *keys;
} mmax_report_names;

struct mmax_report {
    mmax_sink sink; /* first: a report is its own sink of rows */
    const mmax_plan *plan;
    const mmax_report_writer *writer;
    mmax_output *output;
    mmax_report_options options;
    size_t n_inputs;         /* begun */
    size_t n_added;          /* of these, to the end */
    size_t n_rows;           /* of this input, written */
    bool in_rows;            /* begin_rows was called, add or fail not yet */
    mmax_report_names names; /* of this input, with in_rows */
    size_t row_width;        /* table: of the column of rows, fixed by begin_rows */
    size_t token_width;      /* table: of their labels, likewise; 0: there is no such column */
};

extern const mmax_report_writer mmax_table_writer, mmax_json_writer, mmax_ndjson_writer,
    mmax_csv_writer, mmax_tsv_writer;

#endif
