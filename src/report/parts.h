/* parts: what the formats of reports share: the sets of summaries in a result, places of rows, the
 * plan's choices in words.  Called by the writers of this room only. */
#ifndef MMAX_REPORT_PARTS_H
#define MMAX_REPORT_PARTS_H

#include "report/report.h"

/* The k-th metric of a list. */
const mmax_metric_info *mmax_report_metric(const mmax_metric_list *list, size_t k);

/* The summaries of one map over all rows, or over the rows of one group. */
typedef struct mmax_summary_set {
    size_t map;
    bool is_group;
    char index[MMAX_INDEX_SIZE]; /* of the group: "0.3"; "" for all rows */
    size_t n_rows;
    const mmax_summary *summaries; /* (metrics.n,), of which metrics.n_reported are for reports */
} mmax_summary_set;

/* Whether the result has groups to report. */
bool mmax_report_has_groups(const mmax_result *result);

void mmax_summary_set_all(const mmax_result *result, size_t map, mmax_summary_set *set);
void mmax_summary_set_group(const mmax_result *result, size_t map, size_t group,
                            mmax_summary_set *set);

/* The i-th set that a format of lines reports: map by map, and under each its groups, or all rows
 * where the level is not group.  False past the last. */
bool mmax_summary_set_at(const mmax_result *result, size_t i, mmax_summary_set *set);

/* Where a row lies: its group's index, "" below rank 3, and its position in the group. */
typedef struct mmax_row_place {
    char index[MMAX_INDEX_SIZE];
    size_t row;
} mmax_row_place;

void mmax_row_place_of(const mmax_input *input, size_t row, mmax_row_place *place);

/* The metrics of the block's i-th row under a map: (n_metrics,). */
const double *mmax_block_metrics(const mmax_row_block *block, size_t map, size_t i);

/* The label of the block's i-th row, whatever bytes it has; NULL where it has none. */
const char *mmax_block_label(const mmax_row_block *block, size_t i);

#endif
