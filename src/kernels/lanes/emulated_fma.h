/* Fused multiply-add for machines without one, a lane at a time: about as fast as scalar code.  The
 * C library's fma would do, but changes the rounding mode and back for every number.  Part of
 * lanes.h.
 *
 * Boldo and Melquiond, Emulation of a FMA and Correctly Rounded Sums: Proved Algorithms Using
 * Rounding to Odd, IEEE Trans. Computers 57, 2008. */
#ifndef MMAX_KERNELS_LANES_EMULATED_FMA_H
#define MMAX_KERNELS_LANES_EMULATED_FMA_H

/* a + b = sum + *lost exactly (Knuth). */
INLINE double two_sum(double a, double b, double *lost)
{
    double sum = a + b, part = sum - a;
    *lost = (a - (sum - part)) + (b - part);
    return sum;
}

/* a + b rounded to the neighbour whose last bit is 1, unless it is exact: rounding that once more,
 * to fewer bits, then errs as little as rounding once. */
INLINE double add_to_odd(double a, double b)
{
    double lost, sum = two_sum(a, b, &lost);
    uint64_t bits;
    memcpy(&bits, &sum, sizeof bits);
    if (fabs(lost) > 0 && (bits & 1) == 0) /* not where an infinity has made it NaN */
        bits += (lost > 0) == (sum > 0) ? 1 : UINT64_MAX;
    memcpy(&sum, &bits, sizeof bits);
    return sum;
}

#if MMAX_WIDTH == 32
/* The product is exact in double. */
INLINE float fused(float a, float b, float c)
{
    return (float)add_to_odd((double)a * (double)b, (double)c);
}
#else
/* The high half of the bits of a (Veltkamp). */
INLINE double high_half(double a)
{
    double scaled = a * 0x8000001p0;
    return scaled - (scaled - a);
}

/* Where a step on the way overflows, the product is rounded first. */
INLINE double fused(double a, double b, double c)
{
    double product = a * b, plain = product + c;
    double a_high = high_half(a), b_high = high_half(b), a_low = a - a_high, b_low = b - b_high;
    double product_lost =
        a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low);
    double low_lost, lost;
    double low = two_sum(c, product_lost, &low_lost), sum = two_sum(product, low, &lost);
    double all = sum + add_to_odd(low_lost, lost);
    return isfinite(all) ? all : plain;
}
#endif

/* Not inline: it is as large as all else together. */
static __attribute__((noinline)) lanes lanes_fma(lanes a, lanes b, lanes c)
{
    EACH(for (int j = 0; j < VECTOR_LANES; j++) a.v[i][j] = fused(a.v[i][j], b.v[i][j], c.v[i][j]));
    return a;
}

#endif
