#include "base/number.h"

#include <assert.h>
#include <stdbool.h>

/* A natural number in base 2^32, least limb first, without leading zeros; 0 has no limb.
 *
 * The largest that occurs: LONGEST digits, or a halfway point times 5^n with n at most LONGEST + 1
 * + 342, which is below 2^2660; the shift only brings the smaller of the two up to the larger. */
enum { LIMBS = 88 };

typedef struct natural {
    size_t n;
    uint32_t limbs[LIMBS];
} natural;

/* x = x * factor + summand */
static void multiply_add(natural *x, uint32_t factor, uint32_t summand)
{
    uint64_t carry = summand;
    for (size_t i = 0; i < x->n; i++) {
        carry += (uint64_t)x->limbs[i] * factor;
        x->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry) {
        assert(x->n < LIMBS);
        x->limbs[x->n++] = (uint32_t)carry;
    }
}

static void multiply_by_power_of_5(natural *x, int power)
{
    enum { STEP = 13, FIVE_TO_STEP = 1220703125 };
    for (; power >= STEP; power -= STEP)
        multiply_add(x, FIVE_TO_STEP, 0);
    for (; power > 0; power--)
        multiply_add(x, 5, 0);
}

static void multiply_by_power_of_2(natural *x, int power)
{
    size_t whole = (size_t)power / 32;
    multiply_add(x, (uint32_t)1 << (power % 32), 0);
    assert(x->n + whole <= LIMBS);
    for (size_t i = x->n; i > 0; i--)
        x->limbs[i - 1 + whole] = x->limbs[i - 1];
    for (size_t i = 0; i < whole; i++)
        x->limbs[i] = 0;
    x->n += whole;
}

static int compare(const natural *a, const natural *b)
{
    if (a->n != b->n)
        return a->n < b->n ? -1 : 1;
    for (size_t i = a->n; i > 0; i--)
        if (a->limbs[i - 1] != b->limbs[i - 1])
            return a->limbs[i - 1] < b->limbs[i - 1] ? -1 : 1;
    return 0;
}

/* A point halfway between two doubles has at most 767 significant digits: what follows in a longer
 * text can break a tie, and a single digit 1 in its stead does the same. */
enum { LONGEST = 768 };

/* Reads the digits as an integer; returns the power of ten that it is to be multiplied with. */
static int64_t read_digits(const mmax_digits *digits, natural *x)
{
    size_t n = digits->n < LONGEST ? digits->n : LONGEST;
    const char *p = digits->first;
    x->n = 0;
    for (size_t i = 0; i < n; p++)
        if (*p != '.') {
            multiply_add(x, 10, (uint32_t)(*p - '0'));
            i++;
        }
    int64_t exponent = digits->exponent + (int64_t)(digits->n - n);
    while (p < digits->end && (*p == '0' || *p == '.'))
        p++;
    if (p == digits->end)
        return exponent;
    multiply_add(x, 10, 1);
    return exponent - 1;
}

int mmax_compare_exactly(const mmax_digits *digits, uint64_t odd, int exponent)
{
    natural left, right = {.n = 2, .limbs = {(uint32_t)odd, (uint32_t)(odd >> 32)}};
    right.n = right.limbs[1] ? 2 : 1;
    int power_of_10 = (int)read_digits(digits, &left);
    if (power_of_10 > 0)
        multiply_by_power_of_5(&left, power_of_10);
    else
        multiply_by_power_of_5(&right, -power_of_10);
    if (power_of_10 > exponent)
        multiply_by_power_of_2(&left, power_of_10 - exponent);
    else
        multiply_by_power_of_2(&right, exponent - power_of_10);
    return compare(&left, &right);
}
