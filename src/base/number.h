/* number.h: what the reading and the writing of numbers share: the powers of ten and a product of
 * 128 bits.  In: integers.  Out: integers.  Called by number_*.c only. */
#ifndef MMAX_NUMBER_H
#define MMAX_NUMBER_H

#include <stddef.h>
#include <stdint.h>

enum {
    MMAX_LEAST_POWER = -342,   /* 2^64 times the next lower one is less than half of 2^-1074 */
    MMAX_GREATEST_POWER = 324, /* turns 2^-1074 into an integer with a digit of its own */
    MMAX_LAST_EXACT_POWER = 55 /* 5^55 < 2^128 < 5^56 */
};

/* The 128 leading bits, cut off and not rounded, of 10^q at [q - MMAX_LEAST_POWER]: high word, low
 * word.  With T these 128 bits as an integer and e = mmax_log2_of_power(q),
 *     T * 2^(e - 127) <= 10^q < (T + 1) * 2^(e - 127),   2^127 <= T < 2^128,
 * with equality on the left for 0 <= q <= MMAX_LAST_EXACT_POWER and nowhere else. */
extern const uint64_t mmax_powers_of_ten[MMAX_GREATEST_POWER - MMAX_LEAST_POWER + 1][2];

/* floor(log2(10^q)) for the q of the table: 217706 / 2^16 is log2(10) to 2e-7, near enough below
 * |q| = 400.  The shift of a negative number rounds down, as gcc and clang define it. */
static inline int mmax_log2_of_power(int q)
{
    return (q * 217706) >> 16;
}

typedef struct mmax_wide {
    uint64_t high, low;
} mmax_wide;

static inline mmax_wide mmax_wide_product(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
    __extension__ typedef unsigned __int128 uint128;
    uint128 product = (uint128)a * b;
    return (mmax_wide){(uint64_t)(product >> 64), (uint64_t)product};
#else
    uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    uint64_t low = a0 * b0, middle = a1 * b0 + (low >> 32), other = a0 * b1 + (uint32_t)middle;
    return (mmax_wide){a1 * b1 + (middle >> 32) + (other >> 32), (other << 32) | (uint32_t)low};
#endif
}

/* The digits of a decimal number as they stand in a text, with a '.' at most somewhere among them;
 * the last one counts 10^exponent.  If they are more than 19, the first one is not 0. */
typedef struct mmax_digits {
    const char *first, *end;
    size_t n;
    int64_t exponent;
} mmax_digits;

/* The sign of digits - odd * 2^exponent, where odd * 2^exponent lies halfway between two
 * neighbouring doubles next to the number.  Exact, some microseconds. */
int mmax_compare_exactly(const mmax_digits *digits, uint64_t odd, int exponent);

#endif
