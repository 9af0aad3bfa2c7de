/* Lanes: 16 float32 or 8 float64 side by side, in as many registers as the instruction set needs.
 * In: MMAX_SET (baseline, avx2, avx512, neon) and MMAX_WIDTH (32, 64) from the makefile.  Called by
 * the bodies in this folder only, each of which is compiled once a set and width.
 *
 * There are 64 bytes of lanes on every machine, an element belongs to the lane of its place modulo
 * their number, lanes are folded in one order, and multiply-adds are fused, by emulation where the
 * machine has none: so all sets agree to the last bit.  Vectors of GNU C wider than the machine's
 * were tried: gcc 12 spills them, which made it ten times slower; plain loops left to the
 * vectorizer were 15 % slower. */
#ifndef MMAX_KERNELS_LANES_LANES_H
#define MMAX_KERNELS_LANES_LANES_H

#include "kernels/kernels.h"

#include <float.h>
#include <math.h>
#include <string.h>

#if defined __x86_64__ || defined __i386__
#include <immintrin.h>
#elif defined __aarch64__
#include <arm_neon.h>
#endif

#define PASTE4(a, b, c, d)      a##b##c##d
#define NAME3(name, set, width) PASTE4(mmax_##name##_, set, _, width)
/* NAME(facts) is mmax_facts_avx2_32. */
#define NAME(name) NAME3(name, MMAX_SET, MMAX_WIDTH)

#define INLINE static inline __attribute__((always_inline))

/* ---- types ----------------------------------------------------------------------------------- */

#if MMAX_WIDTH == 32
typedef float real;
typedef int32_t integer;
typedef uint32_t natural;
enum { FRACTION_BITS = FLT_MANT_DIG - 1, EXPONENT_BIAS = FLT_MAX_EXP - 1 };
#else
typedef double real;
typedef int64_t integer;
typedef uint64_t natural;
enum { FRACTION_BITS = DBL_MANT_DIG - 1, EXPONENT_BIAS = DBL_MAX_EXP - 1 };
#endif

/* EACH(statement): once for each vector of the lanes, its index being the constant i. */
#define EACH_AT(index, statement)                                                                  \
    {                                                                                              \
        enum { i = index };                                                                        \
        statement;                                                                                 \
    }

#if defined __AVX512F__
enum { VECTOR_BYTES = 64 };
#define EACH(statement)                                                                            \
    do                                                                                             \
        EACH_AT(0, statement)                                                                      \
    while (0)
#elif defined __AVX2__
enum { VECTOR_BYTES = 32 };
#define EACH(statement)                                                                            \
    do {                                                                                           \
        EACH_AT(0, statement)                                                                      \
        EACH_AT(1, statement)                                                                      \
    } while (0)
#else
enum { VECTOR_BYTES = 16 };
#define EACH(statement)                                                                            \
    do {                                                                                           \
        EACH_AT(0, statement)                                                                      \
        EACH_AT(1, statement)                                                                      \
        EACH_AT(2, statement)                                                                      \
        EACH_AT(3, statement)                                                                      \
    } while (0)
#endif

enum {
    LANES_BYTES = 64,
    LANES = LANES_BYTES / (int)sizeof(real),
    VECTORS = LANES_BYTES / VECTOR_BYTES,
    VECTOR_LANES = LANES / VECTORS
};

typedef real vector __attribute__((vector_size(VECTOR_BYTES)));
typedef integer integer_vector __attribute__((vector_size(VECTOR_BYTES)));
typedef natural natural_vector __attribute__((vector_size(VECTOR_BYTES)));
typedef real loose_vector
    __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(real)), may_alias));

typedef struct lanes {
    vector v[VECTORS];
} lanes;

/* All bits of a lane, or none. */
typedef struct mask {
    integer_vector v[VECTORS];
} mask;

/* ---- one vector ------------------------------------------------------------------------------ */

#if defined __AVX512F__ && MMAX_WIDTH == 32
#define VECTOR_FMA(a, b, c) ((vector)_mm512_fmadd_ps((__m512)(a), (__m512)(b), (__m512)(c)))
#define VECTOR_MAX(a, b)    ((vector)_mm512_max_ps((__m512)(a), (__m512)(b)))
#define VECTOR_MIN(a, b)    ((vector)_mm512_min_ps((__m512)(a), (__m512)(b)))
#define VECTOR_BITS(m)      ((unsigned)_mm512_movepi32_mask((__m512i)(m)))
#elif defined __AVX512F__
#define VECTOR_FMA(a, b, c) ((vector)_mm512_fmadd_pd((__m512d)(a), (__m512d)(b), (__m512d)(c)))
#define VECTOR_MAX(a, b)    ((vector)_mm512_max_pd((__m512d)(a), (__m512d)(b)))
#define VECTOR_MIN(a, b)    ((vector)_mm512_min_pd((__m512d)(a), (__m512d)(b)))
#define VECTOR_BITS(m)      ((unsigned)_mm512_movepi64_mask((__m512i)(m)))
#elif defined __AVX2__ && MMAX_WIDTH == 32
#define VECTOR_FMA(a, b, c) ((vector)_mm256_fmadd_ps((__m256)(a), (__m256)(b), (__m256)(c)))
#define VECTOR_MAX(a, b)    ((vector)_mm256_max_ps((__m256)(a), (__m256)(b)))
#define VECTOR_MIN(a, b)    ((vector)_mm256_min_ps((__m256)(a), (__m256)(b)))
#define VECTOR_BITS(m)      ((unsigned)_mm256_movemask_ps((__m256)(m)))
#elif defined __AVX2__
#define VECTOR_FMA(a, b, c) ((vector)_mm256_fmadd_pd((__m256d)(a), (__m256d)(b), (__m256d)(c)))
#define VECTOR_MAX(a, b)    ((vector)_mm256_max_pd((__m256d)(a), (__m256d)(b)))
#define VECTOR_MIN(a, b)    ((vector)_mm256_min_pd((__m256d)(a), (__m256d)(b)))
#define VECTOR_BITS(m)      ((unsigned)_mm256_movemask_pd((__m256d)(m)))
#elif defined __SSE2__ && MMAX_WIDTH == 32
#define VECTOR_MAX(a, b) ((vector)_mm_max_ps((__m128)(a), (__m128)(b)))
#define VECTOR_MIN(a, b) ((vector)_mm_min_ps((__m128)(a), (__m128)(b)))
#define VECTOR_BITS(m)   ((unsigned)_mm_movemask_ps((__m128)(m)))
#elif defined __SSE2__
#define VECTOR_MAX(a, b) ((vector)_mm_max_pd((__m128d)(a), (__m128d)(b)))
#define VECTOR_MIN(a, b) ((vector)_mm_min_pd((__m128d)(a), (__m128d)(b)))
#define VECTOR_BITS(m)   ((unsigned)_mm_movemask_pd((__m128d)(m)))
#elif defined __aarch64__ && MMAX_WIDTH == 32
#define VECTOR_FMA(a, b, c)                                                                        \
    ((vector)vfmaq_f32((float32x4_t)(c), (float32x4_t)(a), (float32x4_t)(b)))
#define VECTOR_MAX(a, b) ((vector)vmaxq_f32((float32x4_t)(a), (float32x4_t)(b)))
#define VECTOR_MIN(a, b) ((vector)vminq_f32((float32x4_t)(a), (float32x4_t)(b)))
#elif defined __aarch64__
#define VECTOR_FMA(a, b, c)                                                                        \
    ((vector)vfmaq_f64((float64x2_t)(c), (float64x2_t)(a), (float64x2_t)(b)))
#define VECTOR_MAX(a, b) ((vector)vmaxq_f64((float64x2_t)(a), (float64x2_t)(b)))
#define VECTOR_MIN(a, b) ((vector)vminq_f64((float64x2_t)(a), (float64x2_t)(b)))
#else
#define VECTOR_SELECT(m, a, b)                                                                     \
    ((vector)(((m) & (integer_vector)(a)) | (~(m) & (integer_vector)(b))))
#define VECTOR_MAX(a, b) VECTOR_SELECT((a) > (b), a, b)
#define VECTOR_MIN(a, b) VECTOR_SELECT((a) < (b), a, b)
#endif

#if !defined VECTOR_BITS
INLINE unsigned vector_bits(integer_vector m)
{
    unsigned bits = 0;
    for (int j = 0; j < VECTOR_LANES; j++)
        bits |= (unsigned)(m[j] != 0) << j;
    return bits;
}
#define VECTOR_BITS(m) vector_bits(m)
#endif

/* ---- lanes ----------------------------------------------------------------------------------- */

INLINE lanes lanes_of(real value)
{
    lanes r;
    EACH(r.v[i] = value - (vector){0}); /* value in every lane, NaN and -0 too */
    return r;
}

INLINE lanes lanes_load(const real *at)
{
    lanes r;
    EACH(r.v[i] = *(const loose_vector *)(at + i * VECTOR_LANES));
    return r;
}

INLINE void lanes_store(real *at, lanes a)
{
    EACH(*(loose_vector *)(at + i * VECTOR_LANES) = a.v[i]);
}

INLINE lanes lanes_add(lanes a, lanes b)
{
    EACH(a.v[i] += b.v[i]);
    return a;
}

INLINE lanes lanes_subtract(lanes a, lanes b)
{
    EACH(a.v[i] -= b.v[i]);
    return a;
}

INLINE lanes lanes_multiply(lanes a, lanes b)
{
    EACH(a.v[i] *= b.v[i]);
    return a;
}

INLINE lanes lanes_divide(lanes a, lanes b)
{
    EACH(a.v[i] /= b.v[i]);
    return a;
}

#if defined VECTOR_FMA
/* a * b + c, rounded once. */
INLINE lanes lanes_fma(lanes a, lanes b, lanes c)
{
    EACH(a.v[i] = VECTOR_FMA(a.v[i], b.v[i], c.v[i]));
    return a;
}
#else
#include "kernels/lanes/emulated_fma.h"
#endif

/* Which of the two comes out where one is NaN differs by machine. */
INLINE lanes lanes_max(lanes a, lanes b)
{
    EACH(a.v[i] = VECTOR_MAX(a.v[i], b.v[i]));
    return a;
}

INLINE lanes lanes_min(lanes a, lanes b)
{
    EACH(a.v[i] = VECTOR_MIN(a.v[i], b.v[i]));
    return a;
}

/* ---- masks ----------------------------------------------------------------------------------- */

INLINE mask lanes_above(lanes a, lanes b)
{
    mask r;
    EACH(r.v[i] = a.v[i] > b.v[i]);
    return r;
}

INLINE mask lanes_at_least(lanes a, lanes b)
{
    mask r;
    EACH(r.v[i] = a.v[i] >= b.v[i]);
    return r;
}

INLINE mask mask_and(mask a, mask b)
{
    EACH(a.v[i] &= b.v[i]);
    return a;
}

INLINE mask mask_or(mask a, mask b)
{
    EACH(a.v[i] |= b.v[i]);
    return a;
}

INLINE mask mask_not(mask a)
{
    EACH(a.v[i] = ~a.v[i]);
    return a;
}

INLINE mask mask_none(void)
{
    return (mask){{{0}}};
}

/* Adds 1 in the lanes of M: a mask is -1. */
INLINE mask mask_count(mask counts, mask m)
{
    EACH(counts.v[i] -= m.v[i]);
    return counts;
}

/* a where M is, 0 elsewhere. */
INLINE lanes lanes_keep(mask m, lanes a)
{
    EACH(a.v[i] = (vector)(m.v[i] & (integer_vector)a.v[i]));
    return a;
}

INLINE lanes lanes_select(mask m, lanes a, lanes b)
{
    EACH(a.v[i] = (vector)((m.v[i] & (integer_vector)a.v[i]) | (~m.v[i] & (integer_vector)b.v[i])));
    return a;
}

/* One bit a lane. */
INLINE unsigned mask_bits(mask m)
{
    unsigned bits = 0;
    EACH(bits |= VECTOR_BITS(m.v[i]) << (i * VECTOR_LANES));
    return bits;
}

enum { ALL_BITS = (1 << LANES) - 1 };

/* ---- folding --------------------------------------------------------------------------------- */

#if MMAX_WIDTH == 32
typedef float half_vector __attribute__((vector_size(VECTOR_BYTES / 2)));
typedef double wide_vector __attribute__((vector_size(VECTOR_BYTES)));
#endif

/* The sum of the lanes, in double and in one order: those that are half of them apart, then a
 * quarter, and so on. */
INLINE double lanes_fold(lanes a)
{
    double sums[8];
#if MMAX_WIDTH == 32
    half_vector halves[2 * VECTORS];
    wide_vector wide[VECTORS];
    memcpy(halves, &a, sizeof a);
    EACH(wide[i] = __builtin_convertvector(halves[i], wide_vector) +
                   __builtin_convertvector(halves[i + VECTORS], wide_vector));
    memcpy(sums, wide, sizeof sums);
#else
    memcpy(sums, &a, sizeof sums);
#endif
    double s0 = sums[0] + sums[4], s1 = sums[1] + sums[5], s2 = sums[2] + sums[6];
    double s3 = sums[3] + sums[7];
    return (s0 + s2) + (s1 + s3);
}

/* Two 32-bit counts are added at once: each stays below 2^32. */
INLINE size_t mask_fold(mask counts)
{
    integer_vector sum = counts.v[0];
    uint64_t parts[VECTOR_BYTES / 8], total = 0;
    for (int k = 1; k < VECTORS; k++)
        sum += counts.v[k];
    memcpy(parts, &sum, sizeof parts);
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
        total += parts[k];
    return MMAX_WIDTH == 32 ? (size_t)((total & 0xffffffff) + (total >> 32)) : (size_t)total;
}

INLINE real lanes_first(lanes a)
{
    return a.v[0][0];
}

INLINE real larger(real a, real b)
{
    return a > b ? a : b;
}

INLINE real largest_of_four(const real *a)
{
    return larger(larger(a[0], a[2]), larger(a[1], a[3]));
}

/* Written out: gcc leaves a loop a loop at -O2, and each step then waits for the stores of the one
 * before. */
INLINE real lanes_fold_max(lanes a)
{
    real parts[LANES];
    memcpy(parts, &a, sizeof a);
    real low = larger(largest_of_four(parts), largest_of_four(parts + 4));
#if MMAX_WIDTH == 32
    low = larger(low, larger(largest_of_four(parts + 8), largest_of_four(parts + 12)));
#endif
    return low;
}

INLINE real lanes_fold_min(lanes a)
{
    return -lanes_fold_max(lanes_subtract(lanes_of(0), a));
}

#endif
