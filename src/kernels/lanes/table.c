#include "kernels/lanes/rows.h"

static void logarithms(const void *x, size_t n, void *y)
{
    for (size_t j = 0; j < n; j += LANES)
        lanes_store((real *)y + j, log_of(lanes_load((const real *)x + j)));
}

static void powers(const void *x, size_t n, void *y)
{
    for (size_t j = 0; j < n; j += LANES)
        lanes_store((real *)y + j, exp_of(lanes_load((const real *)x + j)));
}

const mmax_fused NAME(fused) = {
    .size = sizeof(real),
    .facts = NAME(facts),
    .softmax = NAME(softmax),
    .multimax = NAME(multimax),
    .evsoftmax = NAME(evsoftmax),
    .entmax = NAME(entmax),
    .logarithms = logarithms,
    .powers = powers,
};
