/* metrics: numbers about one row's weights.
 * In: logits, their facts, weights.  Out: one number a metric; NaN where the row has none.
 * Called by analyze; the table of metrics is the only list of them in the program. */
#ifndef MMAX_METRICS_H
#define MMAX_METRICS_H

#include "kernels/fused.h"

/* ---- which entries are relevant -------------------------------------------------------------- */

typedef enum mmax_epsilon_rule {
    MMAX_EPSILON_UNIFORM,
    MMAX_EPSILON_MEAN,
    MMAX_EPSILON_NUMBER
} mmax_epsilon_rule;

typedef enum mmax_reference_rule {
    MMAX_REFERENCE_UNIFORM,
    MMAX_REFERENCE_SOFTMAX_MIN,
    MMAX_REFERENCE_GEOMEAN,
    MMAX_REFERENCE_NUMBER
} mmax_reference_rule;

typedef struct mmax_relevance_rules {
    mmax_epsilon_rule epsilon;
    double epsilon_number; /* with MMAX_EPSILON_NUMBER: a logit, finite */
    mmax_reference_rule reference;
    double reference_number; /* with MMAX_REFERENCE_NUMBER: a weight > 0 */
} mmax_relevance_rules;

/* "uniform", "mean" or a number; "uniform", "softmax-min", "geomean" or a number. */
mmax_status mmax_epsilon_parse(const char *text, mmax_relevance_rules *rules, mmax_error *error);
mmax_status mmax_reference_parse(const char *text, mmax_relevance_rules *rules, mmax_error *error);

/* Writes them back as they are parsed. */
void mmax_epsilon_write(const mmax_relevance_rules *rules, char text[MMAX_NUMBER_SIZE]);
void mmax_reference_write(const mmax_relevance_rules *rules, char text[MMAX_NUMBER_SIZE]);

/* What the metrics ask of a row of logits besides its facts; the same for every map. */
typedef struct mmax_relevance {
    double epsilon;   /* relevant: x > epsilon + tolerance; irrelevant: x < epsilon - tolerance */
    double tolerance; /* what rounding can move epsilon by */
    double
        log_reference; /* ln s; NaN where the row has no s (geomean without irrelevant entries) */
} mmax_relevance;

/* logits (n_rows, row_length), facts (n_rows,), relevance (n_rows,) written; NaN throughout for a
 * row without a live entry.  spacing: mmax_source_epsilon.  logits may be NULL unless the reference
 * needs the logarithms of weights. */
void mmax_relevance_rows(const mmax_relevance_rules *rules, double spacing, const double *logits,
                         const mmax_row_facts *facts, size_t n_rows, size_t row_length,
                         mmax_relevance *relevance);

/* Whether sparsity needs ln p, because s can be as small as a weight that underflows. */
bool mmax_relevance_needs_log_weights(const mmax_relevance_rules *rules);

/* ---- metrics --------------------------------------------------------------------------------- */

enum { MMAX_MAX_METRICS = 32 };

/* A choice of metrics, by their places in the table: those that reports show, in its order, and
 * behind them those that are computed for checks alone. */
typedef struct mmax_metric_list {
    size_t n;
    size_t n_reported;
    size_t which[MMAX_MAX_METRICS];
} mmax_metric_list;

void mmax_metric_list_default(mmax_metric_list *list);
mmax_status mmax_metric_list_parse(const char *text, mmax_metric_list *list, mmax_error *error);

/* Has a metric computed, if it is not yet. */
void mmax_metric_list_add(mmax_metric_list *list, size_t metric);

/* The place of a metric, by its key, in the table; with an MMAX_EUSAGE in ERROR that names the
 * nearest, or all of them, MMAX_MAX_METRICS if it is not there. */
size_t mmax_metric_find(const char *key, mmax_error *error);

/* The least and the largest value that a metric can have on a row of n_keys entries; the largest is
 * infinite for a distance, which grows with the number of rows. */
void mmax_metric_bounds(size_t metric, size_t n_keys, double *lowest, double *highest);

#define MMAX_NO_QUERY SIZE_MAX

/* Whether a metric of the list has a loop of its own over weights: those of mmax_row_sums do not
 * do.
 */
bool mmax_metric_list_needs_weights(const mmax_metric_list *list);

/* One row under one map. */
typedef struct mmax_metric_row {
    const double *logits;      /* (row_length,) */
    const double *weights;     /* (row_length,) */
    const mmax_row_sums *sums; /* or NULL: to be found from the weights.  With them, logits and
                                  weights may be NULL unless a metric needs weights */
    const double *log_weights; /* (row_length,) or NULL */
    size_t row_length;
    size_t support;
    size_t query; /* the row's place on its axis; MMAX_NO_QUERY for rank below 2 */
    const mmax_row_facts *facts;
    const mmax_relevance *relevance;
    double *scratch; /* (row_length,) */
} mmax_metric_row;

/* All sums of a row with a live entry, from its weights. */
void mmax_metrics_sum_row(const mmax_metric_row *row, mmax_row_sums *sums);

/* values (list->n,) written. */
void mmax_metrics_of_row(const mmax_metric_list *list, const mmax_metric_row *row, double *values);

#endif
