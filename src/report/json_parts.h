/* json_parts: the values that JSON and NDJSON have in common, each on one line.
 * Called by json.c and ndjson.c. */
#ifndef MMAX_REPORT_JSON_PARTS_H
#define MMAX_REPORT_JSON_PARTS_H

#include "report/parts.h"

/* TEXT in quotes; bytes that are not UTF-8 become U+FFFD, NULL becomes null. */
void mmax_json_string(mmax_output *output, const char *text);

/* A member's name, which needs no escapes: "entropy":, after a comma unless it is the first. */
void mmax_json_key(mmax_output *output, bool is_first, const char *key);

/* null for what is not finite: JSON has no word for it. */
void mmax_json_number(mmax_output *output, double value);

/* "0.3" as [0, 3], "" as []. */
void mmax_json_index(mmax_output *output, const char *index);

/* {"count": 68, "missing": 0, "mean": ...} */
void mmax_json_summary(mmax_output *output, const mmax_summary *summary);

/* {"entropy": 0.5, ...}: one number for each metric. */
void mmax_json_metrics(mmax_output *output, const mmax_metric_list *list, const double *values);

/* A row from the value of its "index" to the end of its object:
 * [0, 3], "row": 5, "query": "the", "n": 7, "metrics": {...}} */
void mmax_json_row(mmax_report *report, const mmax_row_block *block, size_t i, size_t map,
                   const mmax_row_place *place);

/* The name of an input: "file": ..., "array": ... */
void mmax_json_input(mmax_output *output, const mmax_input *input);

#endif
