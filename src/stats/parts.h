/* The files of stats among themselves: moments, and a histogram.  Nobody else includes this. */
#ifndef MMAX_STATS_PARTS_H
#define MMAX_STATS_PARTS_H

#include "stats/stats.h"

/* ---- moments --------------------------------------------------------------------------------- */

/* All zero is empty. */
typedef struct moments {
    size_t n;
    double sum, lost; /* of the values, and its rounding errors */
    double centre;    /* the mean, up to a rounding error for each value or merge */
    double squares;   /* sum of squared deviations from the mean */
} moments;

moments mmax_moments_of(const double *values, size_t n);

/* M becomes the moments of its values followed by those of OTHER.  Associative up to rounding:
 * in whatever order parts are merged, the mean is that of an exact sum to its last digit, and the
 * squares agree to about 1e-15 a merge. */
void mmax_moments_merge(moments *m, const moments *other);

/* n > 0. */
double mmax_moments_mean(const moments *m);

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
    double lowest, width; /* of the range; values beyond it go to the bins at its ends */
    bool grows;           /* values above it double its width instead */
    histogram_bin *bins;  /* (N_BINS,) */
} histogram;

/* Doubling the width halves a value's place among the bins exactly, and a pair of bins becomes one:
 * whatever the order of values and merges, the bins are those of a range that was right at once. */
void mmax_histogram_clear(histogram *h);
void mmax_histogram_add(histogram *h, const double *values, size_t n);
void mmax_histogram_merge(histogram *h, const histogram *other);

/* The quantiles of n > 0 values for ascending shares (n_shares,): each lies within one bin's width
 * of the one that sorting would give.  One walk over the bins. */
void mmax_histogram_quantiles(const histogram *h, size_t n, const double *shares, size_t n_shares,
                              double *quantiles);

#endif
