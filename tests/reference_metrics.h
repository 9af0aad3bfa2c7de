/* Every metric of a row from the reference's weights, as the interval that the bounds of these
 * weights allow. */
#ifndef MMAX_TEST_REFERENCE_METRICS_H
#define MMAX_TEST_REFERENCE_METRICS_H

#include "reference_bounds.h"

/* LEAST > MOST: the row has no value.  IS_OPEN: rounding decides which entries count. */
typedef struct interval {
    precise least, most;
    bool is_open;
} interval;

/* What a row's metrics are made from. */
typedef struct measured {
    const reference_row *row;
    const precision *of;
    bounds bounds;
    const mmax_relevance_rules *rules;
    double spacing;             /* of the logits' type at 1 */
    size_t query;               /* SIZE_MAX: none */
    precise *room;              /* (n,) */
    signed char *above, *below; /* (n,) by reference_divide */
} measured;

/* Which entries are relevant, ABOVE, and irrelevant, BELOW: 1, 0, or -1 where rounding decides. */
void reference_divide(const measured *m);

/* The metric KEY; but for "peaks", which depends on the last bit of a weight. */
interval reference_metric(const measured *m, const char *key);

/* How many peaks there are among weights (n,), by definition: n^2 in the worst case. */
interval reference_peaks(const double *x, const double *p, size_t n, precise unit);

#endif
