/* A slow implementation of every map and every metric, in long double, from their definitions.
 * It shares no code with the program: of its headers only the names of maps and rules are used.
 *
 * long double is taken to have at least 64 bits of fraction and a range far beyond that of double:
 * a difference of two doubles is finite then, and exp(-10000) no 0, so that nothing here needs a
 * second thought at the edges of double.  See testing_has_long_double. */
#ifndef MMAX_TEST_REFERENCE_H
#define MMAX_TEST_REFERENCE_H

#include "metrics/metrics.h"

typedef long double precise;

/* Of two numbers, neither of them NaN: the C library's are calls. */
static inline precise larger(precise a, precise b)
{
    return a > b ? a : b;
}

static inline precise smaller(precise a, precise b)
{
    return a < b ? a : b;
}

/* ---- maps ------------------------------------------------------------------------------------ */

/* A row of logits under a map.  What is in the support has SIDE > 0: the distance from the
 * threshold in (alpha - 1) x for entmax and sparsemax, in x for evsoftmax, infinite where there is
 * no threshold. */
typedef struct reference_row {
    size_t n, n_live;
    const double *x;
    precise max, min, mean, log_sum_exp, epsilon;
    precise *argument;         /* (n,) what softmax is taken of: x/t, sigma(x) */
    precise *p, *log_p, *side; /* (n,); log_p also where p is 0 but in the support */
    bool overflows;            /* sigma does, in double; nothing else is meant then */
    bool may_overflow;         /* a term of it does, which the sum need not */
} reference_row;

/* Room for rows of up to N entries. */
reference_row *reference_new(size_t n);
void reference_free(reference_row *row);

/* Facts of a row, and its threshold EPSILON by the rule. */
void reference_facts(reference_row *row, const double *x, size_t n,
                     const mmax_relevance_rules *rules);

/* After the facts: p and what belongs to it. */
void reference_map(reference_row *row, const mmax_map *map);

/* sigma of one logit, and the sum of the sizes of its terms. */
precise reference_sigma(const mmax_map *map, precise x, precise epsilon, precise *size);

#endif
