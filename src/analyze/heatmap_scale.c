#include "analyze/analyze.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Floats that are not negative are ordered as their bits are, of which the first is 0: counting by
 * the upper half, and then those of one upper half by the lower, finds any rank. */
enum { HALF_BITS = 16, N_UPPER = 1 << (31 - HALF_BITS), N_LOWER = 1 << HALF_BITS };

static uint32_t magnitude_bits(float cell)
{
    uint32_t bits;
    memcpy(&bits, &cell, sizeof bits);
    return bits & 0x7fffffffu;
}

/* Counts the cells of the chosen pictures by a half of their bits, into COUNTS: by the upper one,
 * or for UPPER < N_UPPER by the lower one of those that have this upper one. */
static void count_cells(const mmax_heatmap *heatmap, const bool *chosen, size_t upper,
                        size_t *counts)
{
    size_t n_cells = heatmap->height * heatmap->width;
    for (size_t i = 0; i < heatmap->n_panels * heatmap->n_pictures; i++)
        for (size_t k = 0; chosen[i] && k < n_cells; k++) {
            float cell = heatmap->cells[i * n_cells + k];
            uint32_t bits = magnitude_bits(cell);
            if (isnan(cell) || bits == 0)
                continue;
            if (upper == N_UPPER)
                counts[bits >> HALF_BITS]++;
            else if (bits >> HALF_BITS == upper)
                counts[bits & (N_LOWER - 1)]++;
        }
}

/* The least place up to which COUNTS sum to more than RANK, from which all before it are taken. */
static size_t place_of(const size_t *counts, size_t *rank)
{
    size_t place = 0;
    for (; *rank >= counts[place]; place++)
        *rank -= counts[place];
    return place;
}

static double at_rank(const mmax_heatmap *heatmap, const bool *chosen, size_t *counts,
                      double percent)
{
    count_cells(heatmap, chosen, N_UPPER, counts);
    size_t n = 0;
    for (size_t i = 0; i < N_UPPER; i++)
        n += counts[i];
    if (n == 0)
        return 0;
    double before = ceil(percent / 100 * (double)n) - 1;
    size_t rank = before > 0 ? (size_t)before : 0;
    size_t upper = place_of(counts, &rank);
    memset(counts, 0, N_LOWER * sizeof *counts);
    count_cells(heatmap, chosen, upper, counts);
    uint32_t bits = (uint32_t)(upper << HALF_BITS | place_of(counts, &rank));
    float magnitude;
    memcpy(&magnitude, &bits, sizeof magnitude);
    return (double)magnitude;
}

double mmax_heatmap_percentile(const mmax_heatmap *heatmap, const bool *chosen, double percent)
{
    static const size_t n_counts = (size_t)N_UPPER > N_LOWER ? (size_t)N_UPPER : N_LOWER;
    size_t *counts = mmax_alloc_zeroed(n_counts, sizeof *counts);
    double magnitude = counts ? at_rank(heatmap, chosen, counts, percent) : 0;
    free(counts);
    return magnitude;
}
