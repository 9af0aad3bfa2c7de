#include "stats/parts.h"

#include <math.h>

void mmax_histogram_clear(histogram *h)
{
    for (size_t i = 0; i < N_BINS; i++)
        h->bins[i] = (histogram_bin){.least = (double)INFINITY, .greatest = -(double)INFINITY};
}

static size_t bin_of(const histogram *h, double value)
{
    double place = (value - h->lowest) / (h->highest - h->lowest) * N_BINS;
    if (!(place > 0))
        return 0;
    return place < N_BINS ? (size_t)place : N_BINS - 1;
}

void mmax_histogram_add(histogram *h, double value)
{
    histogram_bin *bin = &h->bins[bin_of(h, value)];
    bin->n++;
    bin->least = fmin(bin->least, value);
    bin->greatest = fmax(bin->greatest, value);
}

void mmax_histogram_merge(histogram *h, const histogram *other)
{
    for (size_t i = 0; i < N_BINS; i++) {
        h->bins[i].n += other->bins[i].n;
        h->bins[i].least = fmin(h->bins[i].least, other->bins[i].least);
        h->bins[i].greatest = fmax(h->bins[i].greatest, other->bins[i].greatest);
    }
}

/* A place in the sorted values: bins[bin] and the number of values in the bins before it. */
typedef struct position {
    size_t bin, before;
} position;

/* About where the k-th value in ascending order, counted from 0, lies: as if a bin's values were
 * spread evenly from its least to its greatest.  Moves POSITION on to the bin that holds it. */
static double order_statistic(const histogram *h, size_t k, position *at)
{
    while (k - at->before >= h->bins[at->bin].n)
        at->before += h->bins[at->bin++].n;
    const histogram_bin *bin = &h->bins[at->bin];
    if (bin->n == 1 || bin->least >= bin->greatest)
        return bin->least;
    double share = (double)(k - at->before) / (double)(bin->n - 1);
    return fmin(bin->least + share * (bin->greatest - bin->least), bin->greatest);
}

void mmax_histogram_quantiles(const histogram *h, size_t n, const double *shares, size_t n_shares,
                              double *quantiles)
{
    position at = {0, 0};
    for (size_t i = 0; i < n_shares; i++) {
        double place = shares[i] * (double)(n - 1);
        size_t k = (size_t)place;
        double value = order_statistic(h, k, &at);
        position after = at;
        double next = k + 1 < n ? order_statistic(h, k + 1, &after) : value;
        quantiles[i] = value + (place - (double)k) * (next - value);
    }
}
