/* stats: many numbers become a summary.
 * In: one number a row, NaN for none.  Out: mmax_summary.  Called by analyze, and by report for the
 * table of statistics.
 *
 * Moments are summed over leaves of a fixed number of rows and the leaves merged in order (Chan,
 * Golub and LeVeque), so no digit depends on how the rows came in blocks.  Values are kept up to
 * MMAX_EXACT_ROWS, beyond that they are counted in bins over the metric's range: then the size of
 * an accumulator is fixed. */
#ifndef MMAX_STATS_H
#define MMAX_STATS_H

#include "base/base.h"

/* The numbers of a summary in the order of reports, and their names: the only list of them in the
 * program.  Counts are exact up to 2^53. */
enum { MMAX_STATISTICS = 11 };
extern const char *const mmax_statistic_names[MMAX_STATISTICS];
void mmax_summary_statistics(const mmax_summary *summary, double statistics[MMAX_STATISTICS]);

/* ---- accumulators ---------------------------------------------------------------------------- */

typedef struct mmax_accumulator mmax_accumulator;

/* lowest <= every value <= highest.  lowest is finite; highest may be infinite, and the range is
 * then [lowest, lowest + 2^k] for the least k >= 0 that reaches beyond every value. */
mmax_status mmax_accumulator_new(double lowest, double highest, mmax_accumulator **accumulator,
                                 mmax_error *error);
void mmax_accumulator_free(mmax_accumulator *accumulator);

/* Adds the values of N rows, which lie STRIDE apart; NaN where a row has none.  However many are
 * added at once, the digits are the same.  MMAX_ENOMEM only. */
mmax_status mmax_accumulator_add(mmax_accumulator *accumulator, const double *values, size_t n,
                                 size_t stride, mmax_error *error);

/* Appends all of OTHER, which has the same range and keeps what it has.
 *
 * While OTHER keeps its values (count <= MMAX_EXACT_ROWS) this is adding them one by one, to the
 * last digit.  Beyond that its bins are added, which is exact too, and its moments merged as a
 * whole: mean and std then are those of adding up to rounding, about 1e-15 of the values' scale.
 * So merging is associative: in everything but the last digits of mean and std, always. */
mmax_status mmax_accumulator_merge(mmax_accumulator *accumulator, const mmax_accumulator *other,
                                   mmax_error *error);

/* Empties it, for the next group. */
void mmax_accumulator_clear(mmax_accumulator *accumulator);

/* Sorts what it keeps; the accumulator can go on afterwards. */
void mmax_accumulator_summarize(mmax_accumulator *accumulator, mmax_summary *summary);

#endif
