#include "stats/stats.h"

#include <string.h>

const char *const mmax_statistic_names[MMAX_STATISTICS] = {
    "count", "missing", "mean", "std", "min", "max", "p05", "p25", "p50", "p75", "p95"};

void mmax_summary_statistics(const mmax_summary *summary, double statistics[MMAX_STATISTICS])
{
    const double in_order[] = {(double)summary->count,
                               (double)summary->missing,
                               summary->mean,
                               summary->std,
                               summary->min,
                               summary->max,
                               summary->p05,
                               summary->p25,
                               summary->p50,
                               summary->p75,
                               summary->p95};
    _Static_assert(sizeof in_order == MMAX_STATISTICS * sizeof *in_order, "one for each name");
    memcpy(statistics, in_order, sizeof in_order);
}
