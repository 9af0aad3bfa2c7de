/* The files of stats among themselves: moments, and a histogram.  Nobody else includes this. */
#ifndef MMAX_STATS_PARTS_H
#define MMAX_STATS_PARTS_H

#include "stats/stats.h"

/* ---- moments --------------------------------------------------------------------------------- */

/* Count, mean and sum of squared deviations from the mean; all zero is empty. */
typedef struct moments {
    size_t n;
    double mean;
    double squares;
} moments;

void mmax_moments_add(moments *m, double value);

/* M becomes the moments of its values followed by those of OTHER.  Associative up to rounding: in
 * whatever order parts are merged, mean and deviation agree to about 1e-15 of the values' scale a
 * merge; equal values give the same digits in every order. */
void mmax_moments_merge(moments *m, const moments *other);

/* ---- histogram ------------------------------------------------------------------------------- */

/* More than 1000, for quantiles within 1/1000 of the range. */
enum { N_BINS = 2048 };

/* What one bin has seen.  Least and greatest make quantiles exact where a bin holds one distinct
 * value, as bins do for counts and shares of rows of moderate length. */
typedef struct histogram_bin {
    size_t n;
    double least, greatest;
} histogram_bin;

typedef struct histogram {
    double lowest, highest; /* of the range; values beyond it go to the bins at its ends */
    histogram_bin *bins;    /* (N_BINS,) */
} histogram;

void mmax_histogram_clear(histogram *h);
void mmax_histogram_add(histogram *h, double value);
void mmax_histogram_merge(histogram *h, const histogram *other);

/* The quantiles of n > 0 values for ascending shares (n_shares,): each lies within one bin's width
 * of the one that sorting would give.  One walk over the bins. */
void mmax_histogram_quantiles(const histogram *h, size_t n, const double *shares, size_t n_shares,
                              double *quantiles);

#endif
