/* The files of metrics among themselves: sums that metrics share, and the two metrics with loops of
 * their own.  Nobody else includes this. */
#ifndef MMAX_METRICS_PARTS_H
#define MMAX_METRICS_PARTS_H

#include "metrics/metrics.h"

#include <math.h>

static inline bool is_live(double logit)
{
    return logit > -(double)INFINITY;
}

/* A sum whose rounding errors are kept and added at the end.
 *
 * Neumaier, Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen, ZAMM 54, 1974.
 */
typedef struct compensated {
    double sum, lost;
} compensated;

static inline void compensated_add(compensated *total, double term)
{
    double sum = total->sum + term;
    bool larger = fabs(total->sum) >= fabs(term);
    total->lost += larger ? total->sum - sum + term : term - sum + total->sum;
    total->sum = sum;
}

static inline double compensated_total(const compensated *total)
{
    return total->sum + total->lost;
}

/* What a metric asks for beyond the row itself; p_max is always there.
 * A loop over the row is made only when a chosen metric needs it. */
typedef enum row_need {
    NEEDS_NOTHING = 0,
    NEEDS_ENTROPY = 1 << 0,
    NEEDS_SQUARES = 1 << 1,
    NEEDS_MODES = 1 << 2,
    NEEDS_RELEVANT = 1 << 3,
    NEEDS_IRRELEVANT = 1 << 4,
    NEEDS_DISTANCE = 1 << 5,
    NEEDS_SECOND = 1 << 6,
    NEEDS_WEIGHTS = 1 << 7 /* a loop of its own */
} row_need;

typedef struct row_sums {
    const mmax_metric_row *row;
    double n;            /* live entries, at least 1 */
    double largest;      /* p_max */
    double margin;       /* p_max less the next, 0 where the maximum is tied; p_max for one entry */
    size_t argmax;       /* the first place of p_max */
    double entropy;      /* -sum p ln p */
    double squares;      /* sum p^2 */
    size_t n_modes;      /* entries with p >= p_max / 2 */
    size_t n_relevant;   /* without ARGMAX where that is relevant */
    double relevant_gap; /* sum over them of p_max - p */
    size_t n_irrelevant; /* L */
    double irrelevant_sum; /* sum over them of exp(-p/s) */
    double distance;       /* sum p_j |query - j| */
} row_sums;

typedef double metric_value(const row_sums *sums);

/* The largest value of a metric, as far as it is the same for all rows of one length. */
typedef enum metric_ceiling {
    UP_TO_ONE,
    UP_TO_LOG_LENGTH,
    UP_TO_LENGTH, /* a number of entries */
    NO_CEILING    /* a distance: rows may come without end */
} metric_ceiling;

typedef struct metric_definition {
    mmax_metric_info info;
    double floor;
    metric_ceiling ceiling;
    unsigned needs; /* a set of row_need */
    metric_value *value;
} metric_definition;

enum { N_METRICS = 18 };
extern const metric_definition mmax_metric_table[N_METRICS];

/* In row.c: values that come from the sums alone. */
metric_value mmax_value_multimodality, mmax_value_sparsity, mmax_value_n_relevant,
    mmax_value_n_irrelevant, mmax_value_entropy, mmax_value_entropy_normalized,
    mmax_value_perplexity, mmax_value_participation, mmax_value_support, mmax_value_zeros,
    mmax_value_max_prob, mmax_value_margin, mmax_value_modes, mmax_value_hoyer, mmax_value_sink,
    mmax_value_distance;

/* In shape.c: values with a loop of their own. */
metric_value mmax_value_gini, mmax_value_peaks;

#endif
