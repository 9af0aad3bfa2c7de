/* exp and log on lanes, the same on every machine: libm's differ between builds with and without
 * fused multiply-adds.  Largest errors, by tests/test_kernels_lanes.c, against libm's long double:
 * exp 1.1 units in the last place, log 2. */
#ifndef MMAX_KERNELS_LANES_FUNCTIONS_H
#define MMAX_KERNELS_LANES_FUNCTIONS_H

#include "kernels/lanes/lanes.h"

/* Polynomials by polynomials.py.  ln 2 is split so that its high part times an exponent is exact
 * (Cody and Waite, Software Manual for the Elementary Functions, 1980). */
#if MMAX_WIDTH == 32
#define LN2_HIGH        0x1.63p-1F
#define LN2_LOW         -0x1.bd0106p-13F
#define ROUNDING        0x1.8p23F /* added, it leaves an integer in the low bits */
#define SQRT_HALF       0x1.6a09e6p-1F
#define SMALLEST_NORMAL FLT_MIN
static const real exp_terms[] = {0x1p0F,         0x1p-1F,        0x1.55547cp-3F,
                                 0x1.5554eap-5F, 0x1.123d82p-7F, 0x1.6d4316p-10F};
static const real decline_terms[] = {0x1p0F,         0x1.fffff2p-2F, 0x1.55539cp-3F,
                                     0x1.552b7ap-5F, 0x1.0f2970p-7F, 0x1.54e9d0p-10F,
                                     0x1.0e782ap-13F};
static const real log_terms[] = {0x1.555556p-1F, 0x1.9999ecp-2F, 0x1.245c44p-2F, 0x1.ddced8p-3F};
#else
#define LN2_HIGH        0x1.62e42feep-1
#define LN2_LOW         0x1.a39ef35793c76p-33
#define ROUNDING        0x1.8p52
#define SQRT_HALF       0x1.6a09e667f3bcdp-1
#define SMALLEST_NORMAL DBL_MIN
static const real exp_terms[] = {
    0x1p0,
    0x1.0000000000005p-1,
    0x1.5555555555557p-3,
    0x1.55555555520afp-5,
    0x1.11111111100dfp-7,
    0x1.6c16c17f43a58p-10,
    0x1.a01a01abe62ddp-13,
    0x1.a019a66a75dd4p-16,
    0x1.71de02375656cp-19,
    0x1.28a2c0a7209fbp-22,
    0x1.af4ddd84882fep-26,
};
static const real decline_terms[] = {
    0x1p0,
    0x1.fffffffffffbep-2,
    0x1.5555555553ca2p-3,
    0x1.55555554e203fp-5,
    0x1.111110ffa9561p-7,
    0x1.6c16be5149fc2p-10,
    0x1.a019a78fa5b63p-13,
    0x1.a013446a69778p-16,
    0x1.7187b0a8cb841p-19,
    0x1.2500b7a9a3a06p-22,
    0x1.8e7bfae804f06p-26,
    0x1.6b1bcacc80c20p-30,
};
static const real log_terms[] = {0x1.5555555555555p-1, 0x1.9999999999a38p-2, 0x1.2492492476cccp-2,
                                 0x1.c71c720159177p-3, 0x1.745cf9048dd95p-3, 0x1.3b1c355a8f7a2p-3,
                                 0x1.0fbe95d716020p-3, 0x1.0c039c49989c6p-3};
#endif

#define LAST_OF(terms) terms[sizeof(terms) / sizeof(terms)[0] - 1]

/* Below this, two binades above the smallest normal number, exp gives 0: gradual underflow costs
 * hundreds of cycles on some machines, and nothing here is decided by a weight being 0. */
#define LOWEST_EXPONENT ((real) - (EXPONENT_BIAS - 2) * (real)0.6931471805599453)

/* sum * x + term: a step of Horner's rule.  Written out, because gcc leaves a loop a loop at -O2.
 */
INLINE lanes horner(lanes sum, lanes x, real term)
{
    return lanes_fma(sum, x, lanes_of(term));
}

/* (e^x - 1) / x for |x| <= ln(2)/2. */
INLINE lanes exp_polynomial(lanes x)
{
    lanes sum = lanes_of(LAST_OF(exp_terms));
#if MMAX_WIDTH == 64
    sum = horner(sum, x, exp_terms[9]);
    sum = horner(sum, x, exp_terms[8]);
    sum = horner(sum, x, exp_terms[7]);
    sum = horner(sum, x, exp_terms[6]);
    sum = horner(sum, x, exp_terms[5]);
#endif
    sum = horner(sum, x, exp_terms[4]);
    sum = horner(sum, x, exp_terms[3]);
    sum = horner(sum, x, exp_terms[2]);
    sum = horner(sum, x, exp_terms[1]);
    return horner(sum, x, exp_terms[0]);
}

/* The same for -1 - DECLINE_SLACK <= x <= 0: half of what an exponential costs. */
#define DECLINE_SLACK ((real)0x1p-9)
INLINE lanes decline_factor(lanes x)
{
    lanes sum = lanes_of(LAST_OF(decline_terms));
#if MMAX_WIDTH == 64
    sum = horner(sum, x, decline_terms[10]);
    sum = horner(sum, x, decline_terms[9]);
    sum = horner(sum, x, decline_terms[8]);
    sum = horner(sum, x, decline_terms[7]);
    sum = horner(sum, x, decline_terms[6]);
#endif
    sum = horner(sum, x, decline_terms[5]);
    sum = horner(sum, x, decline_terms[4]);
    sum = horner(sum, x, decline_terms[3]);
    sum = horner(sum, x, decline_terms[2]);
    sum = horner(sum, x, decline_terms[1]);
    return horner(sum, x, decline_terms[0]);
}

INLINE lanes log_polynomial(lanes x)
{
    lanes sum = lanes_of(LAST_OF(log_terms));
#if MMAX_WIDTH == 64
    sum = horner(sum, x, log_terms[6]);
    sum = horner(sum, x, log_terms[5]);
    sum = horner(sum, x, log_terms[4]);
    sum = horner(sum, x, log_terms[3]);
#endif
    sum = horner(sum, x, log_terms[2]);
    sum = horner(sum, x, log_terms[1]);
    return horner(sum, x, log_terms[0]);
}

/* e^x for LOWEST_EXPONENT <= x <= 0: x = k ln 2 + r, and 2^k is put into the exponent. */
INLINE lanes exp_in_range(lanes x)
{
    lanes shifted = lanes_fma(x, lanes_of((real)1.4426950408889634), lanes_of(ROUNDING));
    lanes k = lanes_subtract(shifted, lanes_of(ROUNDING));
    lanes r = lanes_fma(k, lanes_of(-LN2_HIGH), x);
    r = lanes_fma(k, lanes_of(-LN2_LOW), r);
    lanes e = lanes_fma(exp_polynomial(r), r, lanes_of(1));
    EACH(e.v[i] =
             (vector)((natural_vector)e.v[i] + ((natural_vector)shifted.v[i] << FRACTION_BITS)));
    return e;
}

/* e^x for x <= 0, -inf included; 0 below LOWEST_EXPONENT. */
INLINE lanes exp_of(lanes x)
{
    lanes lowest = lanes_of(LOWEST_EXPONENT);
    return lanes_keep(lanes_at_least(x, lowest), exp_in_range(lanes_max(x, lowest)));
}

/* ln x for normal x > 0: x = 2^k m with sqrt(1/2) <= m < sqrt 2, ln m = 2 artanh((m - 1)/(m + 1)).
 */
INLINE lanes log_of(lanes x)
{
    const real half = SQRT_HALF, one = 1, rounding = ROUNDING;
    integer half_bits, one_bits, rounding_bits;
    memcpy(&half_bits, &half, sizeof half);
    memcpy(&one_bits, &one, sizeof one);
    memcpy(&rounding_bits, &rounding, sizeof rounding);
    lanes k, m;
    EACH(natural_vector bits = (natural_vector)((integer_vector)x.v[i] + (one_bits - half_bits));
         k.v[i] =
             (vector)((integer_vector)(bits >> FRACTION_BITS) + (rounding_bits - EXPONENT_BIAS));
         m.v[i] =
             (vector)((integer_vector)(bits & (((natural)1 << FRACTION_BITS) - 1)) + half_bits));
    k = lanes_subtract(k, lanes_of(ROUNDING));
    lanes s = lanes_divide(lanes_subtract(m, lanes_of(1)), lanes_add(m, lanes_of(1)));
    lanes z = lanes_multiply(s, s);
    lanes w = lanes_multiply(lanes_multiply(s, z), log_polynomial(z));
    lanes low = lanes_fma(k, lanes_of(LN2_LOW), w);
    return lanes_fma(k, lanes_of(LN2_HIGH), lanes_fma(s, lanes_of(2), low));
}

#endif
