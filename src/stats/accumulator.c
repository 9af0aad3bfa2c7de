#include "stats/parts.h"

#include <assert.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Values in a leaf of the moments.  A leaf's error does not grow with the number of rows, and only
 * one merge in LEAF values adds to it. */
enum { LEAF = 256, FIRST_CAPACITY = 64 };

struct mmax_accumulator {
    size_t missing;
    moments merged;    /* of the whole leaves */
    double leaf[LEAF]; /* the values since */
    size_t n_leaf;
    double min, max;
    bool binned;     /* values have gone to the histogram */
    size_t capacity; /* of VALUES, at most MMAX_EXACT_ROWS */
    double *values;  /* (capacity,) in the order in which they came, for merging; behind them
                        (capacity,) for sorting */
    histogram bins;  /* bins.bins: NULL until needed */
};

static size_t count_of(const mmax_accumulator *a)
{
    return a->merged.n + a->n_leaf;
}

mmax_status mmax_accumulator_new(double lowest, double highest, mmax_accumulator **accumulator,
                                 mmax_error *error)
{
    assert(lowest < highest && isfinite(lowest));
    mmax_accumulator *a = mmax_alloc_zeroed(1, sizeof *a);
    if (!a)
        return mmax_fail_memory(error, "preparing summaries");
    a->bins.lowest = lowest;
    a->bins.grows = isinf(highest);
    a->bins.width = highest - lowest;
    mmax_accumulator_clear(a);
    *accumulator = a;
    return MMAX_OK;
}

void mmax_accumulator_free(mmax_accumulator *a)
{
    if (!a)
        return;
    free(a->bins.bins);
    free(a->values);
    free(a);
}

void mmax_accumulator_clear(mmax_accumulator *a)
{
    a->missing = 0;
    a->merged = (moments){0};
    a->n_leaf = 0;
    a->min = (double)INFINITY;
    a->max = -(double)INFINITY;
    a->binned = false;
}

/* Room for N values. */
static mmax_status reserve(mmax_accumulator *a, size_t n, mmax_error *error)
{
    size_t capacity = a->capacity ? a->capacity : FIRST_CAPACITY;
    while (capacity < n)
        capacity *= 2;
    if (capacity == a->capacity)
        return MMAX_OK;
    if (capacity > MMAX_EXACT_ROWS)
        capacity = MMAX_EXACT_ROWS;
    double *values = mmax_resize_array(a->values, 2 * capacity, sizeof *values);
    if (!values)
        return mmax_fail_memory(error, "keeping values for quantiles");
    a->values = values;
    a->capacity = capacity;
    return MMAX_OK;
}

/* Moves the N values that are kept into bins. */
static mmax_status start_bins(mmax_accumulator *a, size_t n, mmax_error *error)
{
    if (!a->bins.bins)
        a->bins.bins = mmax_alloc_array(N_BINS, sizeof *a->bins.bins);
    if (!a->bins.bins)
        return mmax_fail_memory(error, "counting values for quantiles");
    mmax_histogram_clear(&a->bins);
    mmax_histogram_add(&a->bins, a->values, n);
    a->binned = true;
    return MMAX_OK;
}

static void close_leaf(mmax_accumulator *a)
{
    const moments leaf = mmax_moments_of(a->leaf, a->n_leaf);
    mmax_moments_merge(&a->merged, &leaf);
    a->n_leaf = 0;
}

static void widen(mmax_accumulator *a, double min, double max)
{
    a->min = min < a->min ? min : a->min;
    a->max = max > a->max ? max : a->max;
}

/* Keeps N values of the leaf for quantiles, which come after N_BEFORE others. */
static mmax_status keep(mmax_accumulator *a, size_t n_before, const double *values, size_t n,
                        mmax_error *error)
{
    mmax_status status = MMAX_OK;
    if (!a->binned)
        status = n_before + n > MMAX_EXACT_ROWS ? start_bins(a, n_before, error)
                                                : reserve(a, n_before + n, error);
    if (status != MMAX_OK)
        return status;
    if (a->binned)
        mmax_histogram_add(&a->bins, values, n);
    else
        memcpy(a->values + n_before, values, n * sizeof *values);
    for (size_t i = 0; i < n; i++)
        widen(a, values[i], values[i]);
    return MMAX_OK;
}

mmax_status mmax_accumulator_add(mmax_accumulator *a, const double *values, size_t n, size_t stride,
                                 mmax_error *error)
{
    mmax_status status = MMAX_OK;
    for (size_t i = 0; i < n && status == MMAX_OK;) {
        size_t first = a->n_leaf, n_leaf = first;
        for (; i < n && n_leaf < LEAF; i++) {
            a->leaf[n_leaf] = values[i * stride];
            bool is_missing = isnan(values[i * stride]);
            a->missing += is_missing;
            n_leaf += !is_missing;
        }
        status = keep(a, a->merged.n + first, a->leaf + first, n_leaf - first, error);
        if (status == MMAX_OK)
            a->n_leaf = n_leaf;
        if (a->n_leaf == LEAF)
            close_leaf(a);
    }
    return status;
}

/* OTHER's values are gone: its bins and moments are merged as they are. */
static mmax_status merge_binned(mmax_accumulator *a, const mmax_accumulator *other,
                                mmax_error *error)
{
    if (!a->binned) {
        mmax_status status = start_bins(a, count_of(a), error);
        if (status != MMAX_OK)
            return status;
    }
    mmax_histogram_merge(&a->bins, &other->bins);
    widen(a, other->min, other->max);
    close_leaf(a);
    const moments leaf = mmax_moments_of(other->leaf, other->n_leaf);
    mmax_moments_merge(&a->merged, &other->merged);
    mmax_moments_merge(&a->merged, &leaf);
    return MMAX_OK;
}

mmax_status mmax_accumulator_merge(mmax_accumulator *a, const mmax_accumulator *other,
                                   mmax_error *error)
{
    assert(a != other && a->bins.lowest == other->bins.lowest &&
           a->bins.grows == other->bins.grows &&
           (a->bins.grows || a->bins.width == other->bins.width));
    mmax_status status = MMAX_OK;
    if (other->binned)
        status = merge_binned(a, other, error);
    else
        status = mmax_accumulator_add(a, other->values, count_of(other), 1, error);
    if (status == MMAX_OK)
        a->missing += other->missing;
    return status;
}

/* ---- summary --------------------------------------------------------------------------------- */

enum { N_QUANTILES = 5 };
static const double shares[N_QUANTILES] = {0.05, 0.25, 0.5, 0.75, 0.95};

/* NumPy's default and GSL's: linear between the two nearest (definition 7 of Hyndman and Fan,
 * Sample Quantiles in Statistical Packages, American Statistician 50, 1996).  Both are weighed, so
 * that two equal values can give a third one, and two neighbouring ones a smaller one for a larger
 * share: hence the clamp, from the quantile before.  GSL's function of it is not called because on
 * 32-bit x86 it rounds otherwise. */
static void exact_quantiles(const mmax_accumulator *a, size_t n, double quantiles[N_QUANTILES])
{
    double *sorted = a->values + a->capacity;
    memcpy(sorted, a->values, n * sizeof *sorted);
    gsl_sort(sorted, 1, n);
    for (size_t i = 0; i < N_QUANTILES; i++) {
        double place = shares[i] * (double)(n - 1);
        size_t k = (size_t)place;
        double weight = place - (double)k, next = sorted[k + 1 < n ? k + 1 : k];
        double least = i > 0 && quantiles[i - 1] > sorted[k] ? quantiles[i - 1] : sorted[k];
        quantiles[i] = fmin(fmax((1 - weight) * sorted[k] + weight * next, least), next);
    }
}

void mmax_accumulator_summarize(mmax_accumulator *a, mmax_summary *summary)
{
    static const double none = (double)NAN;
    moments all = a->merged;
    const moments leaf = mmax_moments_of(a->leaf, a->n_leaf);
    mmax_moments_merge(&all, &leaf);
    *summary = (mmax_summary){.count = all.n,
                              .missing = a->missing,
                              .mean = none,
                              .std = none,
                              .min = none,
                              .max = none,
                              .p05 = none,
                              .p25 = none,
                              .p50 = none,
                              .p75 = none,
                              .p95 = none};
    if (all.n == 0)
        return;
    /* Rounding can put the mean of equal and of nearly equal values outside them. */
    summary->mean = fmin(fmax(mmax_moments_mean(&all), a->min), a->max);
    if (all.n > 1)
        summary->std = sqrt(all.squares / (double)(all.n - 1));
    summary->min = a->min;
    summary->max = a->max;
    double quantiles[N_QUANTILES];
    if (a->binned)
        mmax_histogram_quantiles(&a->bins, all.n, shares, N_QUANTILES, quantiles);
    else
        exact_quantiles(a, all.n, quantiles);
    summary->p05 = quantiles[0];
    summary->p25 = quantiles[1];
    summary->p50 = quantiles[2];
    summary->p75 = quantiles[3];
    summary->p95 = quantiles[4];
}
