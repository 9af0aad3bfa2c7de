#include "stats/parts.h"

#include <math.h>

static const histogram_bin empty_bin = {
    .least = (double)INFINITY,
    .greatest = -(double)INFINITY,
};

void mmax_histogram_clear(histogram *h)
{
    if (h->grows)
        h->width = 1;
    for (size_t i = 0; i < N_BINS; i++)
        h->bins[i] = empty_bin;
}

/* Without fmin and fmax, which are calls because they weigh NaN. */
static void add_bin(histogram_bin *bin, const histogram_bin *other)
{
    bin->n += other->n;
    bin->least = other->least < bin->least ? other->least : bin->least;
    bin->greatest = other->greatest > bin->greatest ? other->greatest : bin->greatest;
}

static void double_width(histogram *h)
{
    h->width *= 2;
    for (size_t i = 0; i < N_BINS / 2; i++) {
        histogram_bin pair = h->bins[2 * i];
        add_bin(&pair, &h->bins[2 * i + 1]);
        h->bins[i] = pair;
    }
    for (size_t i = N_BINS / 2; i < N_BINS; i++)
        h->bins[i] = empty_bin;
}

static size_t bin_of(const histogram *h, double value)
{
    double place = (value - h->lowest) / h->width * N_BINS;
    if (!(place > 0))
        return 0;
    return place < N_BINS ? (size_t)place : N_BINS - 1;
}

void mmax_histogram_add(histogram *h, const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double value = values[i];
        while (h->grows && value - h->lowest >= h->width && isfinite(value))
            double_width(h);
        const histogram_bin one = {1, value, value};
        add_bin(&h->bins[bin_of(h, value)], &one);
    }
}

void mmax_histogram_merge(histogram *h, const histogram *other)
{
    while (h->width < other->width)
        double_width(h);
    size_t step = (size_t)(h->width / other->width); /* a power of two; 1 unless they grow */
    for (size_t i = 0; i < N_BINS; i++)
        add_bin(&h->bins[i / step], &other->bins[i]);
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
