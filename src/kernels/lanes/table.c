#include "kernels/lanes/rows.h"

static void logarithms(const void *x, size_t n, void *y)
{
    for (size_t j = 0; j < n; j += LANES)
        store_before(y, j, n, log_of(load_before(x, j, n, 1)));
}

static void powers(const void *x, size_t n, void *y)
{
    for (size_t j = 0; j < n; j += LANES)
        store_before(y, j, n, exp_of(load_before(x, j, n, 0)));
}

const mmax_fused NAME(fused) = {
    .size = sizeof(real),
    .facts = NAME(facts),
    .count = NAME(count),
    .softmax = NAME(softmax),
    .multimax = NAME(multimax),
    .evsoftmax = NAME(evsoftmax),
    .entmax = NAME(entmax),
    .logarithms = logarithms,
    .powers = powers,
};
