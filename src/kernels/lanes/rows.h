/* What the bodies share: walks over a row, and sums that do not lose.  Not for other folders. */
#ifndef MMAX_KERNELS_LANES_ROWS_H
#define MMAX_KERNELS_LANES_ROWS_H

#include "kernels/fused.h"
#include "kernels/lanes/functions.h"

#define MASKED ((real)-INFINITY)

/* Lanes are added up in their own width for this many elements, then in double: 32 terms a lane
 * leave errors of 1e-6 of a sum in float32.  Shorter stretches cost more than they gain. */
enum { STRETCH = 512 };

/* One row as the bodies see it. */
typedef struct row {
    const real *x;
    size_t n; /* the stride */
    const mmax_row_facts *facts;
    mmax_row_bounds *bounds;
    const mmax_row_exponentials *exponentials;
    const real *powers;
    real *scratch;
    real *weights; /* or NULL */
    mmax_row_sums *sums;
} row;

INLINE row row_at(const mmax_fused_rows *rows, size_t i)
{
    size_t start = i * rows->stride;
    return (row){
        .x = (const real *)rows->logits + start,
        .n = rows->stride,
        .facts = &rows->facts[i],
        .bounds = &rows->bounds[i],
        .exponentials = &rows->exponentials[i],
        .powers = rows->powers ? (const real *)rows->powers + start : NULL,
        .scratch = rows->scratch,
        .weights = rows->weights ? (real *)rows->weights + start : NULL,
        .sums = &rows->sums[i],
    };
}

/* A row without a live entry. */
INLINE bool row_is_dead(const row *r)
{
    if (r->facts->n_live > 0)
        return false;
    for (size_t j = 0; r->weights && j < r->n; j++)
        r->weights[j] = 0;
    *r->sums = (mmax_row_sums){0};
    return true;
}

INLINE size_t stretch_end(size_t start, size_t n)
{
    return n - start < STRETCH ? n : start + STRETCH;
}

/* Bounds in the row's width: no number of that width lies between one and the bound itself. */
INLINE real bound_above(double bound)
{
    real narrow = (real)bound;
    return (double)narrow > bound ? (real)nextafterf((float)narrow, -INFINITY) : narrow;
}

INLINE real bound_below(double bound)
{
    real narrow = (real)bound;
    return (double)narrow < bound ? (real)nextafterf((float)narrow, INFINITY) : narrow;
}

/* Counts the entries on either side of the row's bounds. */
void NAME(count)(const row *r);

/* The functions of the table, and the table. */
void NAME(facts)(const void *logits, size_t n_rows, size_t stride, bool with_mean,
                 mmax_row_facts *facts, mmax_row_exponentials *exponentials, void *powers);
void NAME(softmax)(const mmax_fused_rows *rows, double temperature);
void NAME(multimax)(const mmax_fused_rows *rows, const double ts[4], const double *ranges);
void NAME(evsoftmax)(const mmax_fused_rows *rows);
void NAME(entmax)(const mmax_fused_rows *rows, double alpha);
extern const mmax_fused NAME(fused);

#endif
