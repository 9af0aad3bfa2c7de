#include "metrics/parts.h"

/* ---- gini ------------------------------------------------------------------------------------ */

/* Moves values[root] down until no child is larger; values (n,) is a heap below ROOT. */
static void sift_down(double *values, size_t root, size_t n)
{
    double value = values[root];
    for (size_t child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && values[child + 1] > values[child])
            child++;
        if (!(values[child] > value))
            break;
        values[root] = values[child];
    }
    values[root] = value;
}

/* Heapsort, ascending: in place, and no row makes it quadratic.  Not qsort, which may allocate. */
static void sort(double *values, size_t n)
{
    for (size_t i = n / 2; i-- > 0;)
        sift_down(values, i, n);
    for (size_t last = n; last-- > 1;) {
        double largest = values[0];
        values[0] = values[last];
        values[last] = largest;
        sift_down(values, 0, last);
    }
}

/* Only positive weights are sorted: zeros come first and add nothing.  With m of them in ascending
 * order, counted from 0, the j-th has k = n - m + j + 1, and so n - k + 1/2 = m - j - 1/2.
 *
 * Hurley and Rickard, Comparing Measures of Sparsity, IEEE Trans. Information Theory 55, 2009. */
double mmax_value_gini(const row_sums *sums)
{
    const mmax_metric_row *row = sums->row;
    double *positive = row->scratch;
    size_t m = 0;
    for (size_t i = 0; i < row->row_length; i++)
        if (row->weights[i] > 0)
            positive[m++] = row->weights[i];
    sort(positive, m);
    compensated total = {0};
    for (size_t j = 0; j < m; j++)
        compensated_add(&total, positive[j] * ((double)(m - j) - 0.5));
    return 1 - 2 * compensated_total(&total) / sums->n;
}

/* ---- peaks ----------------------------------------------------------------------------------- */

/* Peaks whose topographic prominence (height above the higher of the two lowest points between the
 * peak and higher terrain, one on each side; a side without higher terrain does not count) is at
 * least c = p_max / 10.  Masked entries are passed over as if they were not there; the row's ends
 * are peaks where they are higher than their one neighbour; a plateau counts once; peaks of equal
 * height do not limit each other.
 *
 * One pass and no memory, by hysteresis.  A peak stands out on its left when the row has risen by c
 * from LOW, the lowest point since the last peak that was counted; on its right as soon as the row
 * falls by c below it.  LOW is enough:
 *   - what rose by less than c above LOW cannot hide a later peak: one that is lower than it rises
 *     even less, and one that is higher looks past it;
 *   - a peak that is replaced by a higher one before the row fell by c has its right col within c,
 *     so it is not prominent, and the higher one inherits that its left side is clear;
 *   - a counted peak h was left by a fall of c, so a later peak higher than h has a point c below h
 *     before it, and stands out on its left whatever lies before h.
 * A stack of peaks, the usual way, gives the same counts and needs room for two numbers a peak. */
double mmax_value_peaks(const row_sums *sums)
{
    const mmax_metric_row *row = sums->row;
    const double *p = row->weights;
    double c = 0.1 * sums->largest;
    size_t n_counted = 0;
    size_t n_waiting = 0; /* peaks of height HIGH that stand out on their left so far */
    double high = 0, low = -(double)INFINITY, previous = (double)NAN;
    for (size_t i = 0; i < row->row_length; i++) {
        if (!is_live(row->logits[i]) || p[i] == previous)
            continue; /* masked, or the same plateau */
        previous = p[i];
        if (n_waiting == 0) {
            low = p[i] < low ? p[i] : low;
            if (p[i] - low >= c) {
                high = p[i];
                n_waiting = 1;
            }
        } else if (p[i] > high) {
            high = p[i];
            n_waiting = 1;
        } else if (p[i] == high) {
            n_waiting++;
        } else if (high - p[i] >= c) {
            n_counted += n_waiting;
            n_waiting = 0;
            low = p[i];
        }
    }
    return (double)(n_counted + n_waiting);
}
