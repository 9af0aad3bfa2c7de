#include "stats/parts.h"

#include <assert.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Values in a leaf of the moments.  A leaf's error does not grow with the number of rows, and only
 * one merge in LEAF values adds to it. */
enum { LEAF = 256, FIRST_CAPACITY = 64 };

struct mmax_accumulator {
    size_t missing;
    moments merged; /* of the whole leaves */
    moments leaf;   /* of the values since */
    double min, max;
    bool binned;     /* values have gone to the histogram */
    size_t capacity; /* of VALUES, at most MMAX_EXACT_ROWS */
    double *values;  /* (capacity,) in the order in which they came, for merging; behind them
                        (capacity,) for sorting */
    histogram bins;  /* bins.bins: NULL until needed */
};

static size_t count_of(const mmax_accumulator *a)
{
    return a->merged.n + a->leaf.n;
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
    a->merged = a->leaf = (moments){0};
    a->binned = false;
}

/* Room for one more value. */
static mmax_status grow(mmax_accumulator *a, mmax_error *error)
{
    size_t capacity = a->capacity ? 2 * a->capacity : FIRST_CAPACITY;
    if (capacity > MMAX_EXACT_ROWS)
        capacity = MMAX_EXACT_ROWS;
    double *values = mmax_resize_array(a->values, 2 * capacity, sizeof *values);
    if (!values)
        return mmax_fail_memory(error, "keeping values for quantiles");
    a->values = values;
    a->capacity = capacity;
    return MMAX_OK;
}

/* Moves what is kept into bins. */
static mmax_status start_bins(mmax_accumulator *a, mmax_error *error)
{
    if (!a->bins.bins)
        a->bins.bins = mmax_alloc_array(N_BINS, sizeof *a->bins.bins);
    if (!a->bins.bins)
        return mmax_fail_memory(error, "counting values for quantiles");
    mmax_histogram_clear(&a->bins);
    for (size_t i = 0; i < count_of(a); i++)
        mmax_histogram_add(&a->bins, a->values[i]);
    a->binned = true;
    return MMAX_OK;
}

static void widen(mmax_accumulator *a, double min, double max)
{
    bool first = count_of(a) == 0;
    a->min = first || min < a->min ? min : a->min;
    a->max = first || max > a->max ? max : a->max;
}

static void close_leaf(mmax_accumulator *a)
{
    mmax_moments_merge(&a->merged, &a->leaf);
    a->leaf = (moments){0};
}

mmax_status mmax_accumulator_add(mmax_accumulator *a, double value, mmax_error *error)
{
    if (isnan(value)) {
        a->missing++;
        return MMAX_OK;
    }
    size_t n = count_of(a);
    mmax_status status = MMAX_OK;
    if (!a->binned && n == MMAX_EXACT_ROWS)
        status = start_bins(a, error);
    else if (!a->binned && n == a->capacity)
        status = grow(a, error);
    if (status != MMAX_OK)
        return status;

    if (a->binned)
        mmax_histogram_add(&a->bins, value);
    else
        a->values[n] = value;
    widen(a, value, value);
    mmax_moments_add(&a->leaf, value);
    if (a->leaf.n == LEAF)
        close_leaf(a);
    return MMAX_OK;
}

/* OTHER's values are gone: its bins and moments are merged as they are. */
static mmax_status merge_binned(mmax_accumulator *a, const mmax_accumulator *other,
                                mmax_error *error)
{
    if (!a->binned) {
        mmax_status status = start_bins(a, error);
        if (status != MMAX_OK)
            return status;
    }
    mmax_histogram_merge(&a->bins, &other->bins);
    widen(a, other->min, other->max);
    close_leaf(a);
    mmax_moments_merge(&a->merged, &other->merged);
    mmax_moments_merge(&a->merged, &other->leaf);
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
        for (size_t i = 0; i < count_of(other) && status == MMAX_OK; i++)
            status = mmax_accumulator_add(a, other->values[i], error);
    if (status == MMAX_OK)
        a->missing += other->missing;
    return status;
}

/* ---- summary --------------------------------------------------------------------------------- */

enum { N_QUANTILES = 5 };
static const double shares[N_QUANTILES] = {0.05, 0.25, 0.5, 0.75, 0.95};

/* NumPy's default and GSL's: linear between the two nearest (definition 7 of Hyndman and Fan,
 * Sample Quantiles in Statistical Packages, American Statistician 50, 1996).  GSL weighs both, so
 * that two equal values can give a third one: hence the clamp. */
static void exact_quantiles(const mmax_accumulator *a, size_t n, double quantiles[N_QUANTILES])
{
    double *sorted = a->values + a->capacity;
    memcpy(sorted, a->values, n * sizeof *sorted);
    gsl_sort(sorted, 1, n);
    for (size_t i = 0; i < N_QUANTILES; i++) {
        double quantile = gsl_stats_quantile_from_sorted_data(sorted, 1, n, shares[i]);
        size_t k = (size_t)(shares[i] * (double)(n - 1));
        double next = sorted[k + 1 < n ? k + 1 : k];
        quantiles[i] = fmin(fmax(quantile, sorted[k]), next);
    }
}

void mmax_accumulator_summarize(mmax_accumulator *a, mmax_summary *summary)
{
    static const double none = (double)NAN;
    moments all = a->merged;
    mmax_moments_merge(&all, &a->leaf);
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
