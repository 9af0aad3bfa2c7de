/* What the test files of metrics share: rows, their facts by the definition, one metric of a row.
 */
#ifndef MMAX_TEST_METRICS_H
#define MMAX_TEST_METRICS_H

#include "metrics/metrics.h"
#include "testing.h"

/* A row to score; what is 0 or NULL gets its usual value. */
typedef struct scored {
    size_t n;
    const double *logits;
    const double *weights;     /* NULL: softmax of the logits */
    const double *log_weights; /* NULL: none are given */
    size_t support;            /* 0: the weights that are not 0 */
    size_t query;              /* the place on the axis plus 1; 0: none */
    mmax_relevance_rules rules;
    const mmax_relevance *relevance; /* NULL: by the rules, at double's spacing */
} scored;

extern const double infinite; /* +inf as a double */

/* Facts of one row by their definitions, summed in long double. */
mmax_row_facts facts_of(const double *logits, size_t n);
mmax_relevance relevance_of(const mmax_relevance_rules *rules, const double *logits, size_t n);

/* p = softmax(x), and ln p unless LOG_WEIGHTS is NULL. */
void softmax_of(const double *logits, size_t n, double *weights, double *log_weights);

/* The metric KEY alone, and every metric in the table's order (n_metrics(),). */
double score(const scored *row, const char *key);
void score_all(const scored *row, double *values);
size_t n_metrics(void);
size_t metric_place(const char *key);

TCase *rules_tests(void);
TCase *values_tests(void);
TCase *shape_tests(void);
TCase *golden_tests(void);

#endif
