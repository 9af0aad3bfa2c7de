/* What a plan says of heatmaps before there is an input: which leading indices, and which two maps
 * are compared.  Private to analyze. */
#ifndef MMAX_HEATMAP_PLAN_H
#define MMAX_HEATMAP_PLAN_H

#include "analyze/analyze.h"

/* The groups of an input that a list chooses, in its order and each once.
 *
 * list    as mmax_plan_set_panels has checked it
 * groups  (MMAX_HEATMAP_MOST_PANELS,)
 *
 * MMAX_EDOMAIN for an index that the input does not have, and for more groups than are drawn. */
mmax_status mmax_panels_choose(const char *list, const mmax_input *input, size_t *groups, size_t *n,
                               mmax_error *error);

#endif
