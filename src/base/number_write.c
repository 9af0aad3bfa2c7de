#include "base/base.h"
#include "base/number.h"

#include <assert.h>
#include <string.h>

/* digits * 10^exponent, the digits without trailing zeros once they are text. */
typedef struct decimal {
    uint64_t digits;
    int exponent;
} decimal;

/* A finite positive binary number: significand * 2^exponent. */
typedef struct binary {
    uint64_t significand; /* less than 2^53 */
    int exponent;
    bool narrow_below; /* a power of two: the next lower number is only half as far away */
} binary;

/* ---- the shortest decimal -------------------------------------------------------------------- */

/* The leading 64 bits of power * x / 2^64, where bit 0 also stands for everything cut off (round to
 * odd): enough to compare the exact product with multiples of 2. */
static uint64_t product_to_odd(const uint64_t power[2], uint64_t x)
{
    mmax_wide lower = mmax_wide_product(power[1], x);
    mmax_wide upper = mmax_wide_product(power[0], x);
    uint64_t middle = upper.low + lower.high;
    return (upper.high + (middle < lower.high)) | (middle > 1);
}

/* The shortest decimal in the rounding interval of a binary number, of these the nearest to it,
 * and of two equally near ones the even one.
 *
 * With 10^k at most the width of the interval, one of the neighbours on the grid of 10^k lies
 * inside, and at most one point of the grid of 10^(k+1) does, which is then shorter.  Everything is
 * compared at four times its size, so that the bounds of the interval, halfway to the next numbers,
 * are integers; the products with 10^-k are exact as far as a comparison can tell, for which the
 * power must be rounded up.
 *
 * Giulietti, The Schubfach Way to Render Doubles (2020). */
static decimal shortest(binary value)
{
    uint64_t c = value.significand;
    unsigned odd = c & 1; /* an even number owns the bounds of its interval */
    /* floor(log10(2^exponent)), or of 3/4 of it: 1262611 / 2^22 is log10(2), 524031 / 2^22 is
     * log10(4/3). */
    int k = (value.exponent * 1262611 - (value.narrow_below ? 524031 : 0)) >> 22;
    int shift = value.exponent + mmax_log2_of_power(-k) + 1;
    const uint64_t *truncated = mmax_powers_of_ten[-k - MMAX_LEAST_POWER];
    bool exact = -k >= 0 && -k <= MMAX_LAST_EXACT_POWER;
    /* No low word is all ones, as a test of the table sees to: the sum does not carry. */
    const uint64_t power[2] = {truncated[0], truncated[1] + !exact};
    uint64_t lower = product_to_odd(power, (4 * c - 2 + value.narrow_below) << shift) + odd;
    uint64_t middle = product_to_odd(power, (4 * c) << shift);
    uint64_t upper = product_to_odd(power, (4 * c + 2) << shift) - odd;

    /* Without branches: which of the cases it is, is as good as random. */
    uint64_t fine = middle / 4, coarse = fine / 10, halfway = 4 * fine + 2;
    bool coarse_below = lower <= 40 * coarse, coarse_above = 40 * coarse + 40 <= upper;
    bool fine_below = lower <= 4 * fine, fine_above = 4 * fine + 4 <= upper;
    bool is_coarse = (coarse > 0) & (coarse_below != coarse_above);
    bool nearer_above = middle + (fine & 1) > halfway;
    uint64_t fine_digits = fine + (fine_below != fine_above ? fine_above : nearer_above);
    return (decimal){is_coarse ? coarse + coarse_above : fine_digits, k + is_coarse};
}

/* ---- its text -------------------------------------------------------------------------------- */

enum { MAX_DIGITS = 17 };

static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                            "25262728293031323334353637383940414243444546474849"
                            "50515253545556575859606162636465666768697071727374"
                            "75767778798081828384858687888990919293949596979899";

static void put_eight_digits(uint32_t number, char *text)
{
    uint32_t high = number / 10000, low = number % 10000;
    memcpy(text, pairs + 2 * (high / 100), 2);
    memcpy(text + 2, pairs + 2 * (high % 100), 2);
    memcpy(text + 4, pairs + 2 * (low / 100), 2);
    memcpy(text + 6, pairs + 2 * (low % 100), 2);
}

/* Digits are copied by fixed sizes, which takes a few instructions and no call: what is copied too
 * much stays within MMAX_NUMBER_SIZE, the sign and the most that put_decimal needs being 26. */

/* Writes the digits with zeros after them; returns how many there are without trailing zeros, and
 * moves the exponent along. */
static size_t put_digits(decimal *number, char text[2 * MAX_DIGITS])
{
    char padded[2 * MAX_DIGITS];
    uint32_t low = (uint32_t)(number->digits % 100000000);
    uint64_t rest = number->digits / 100000000;
    put_eight_digits(low, padded + 9);
    put_eight_digits((uint32_t)(rest % 100000000), padded + 1);
    padded[0] = (char)('0' + rest / 100000000);
    memset(padded + MAX_DIGITS, '0', MAX_DIGITS);
    size_t first = 0, last = low ? MAX_DIGITS - 1 : MAX_DIGITS - 9;
    while (padded[first] == '0')
        first++;
    while (padded[last] == '0')
        last--;
    number->exponent += (int)(MAX_DIGITS - 1 - last);
    memcpy(text, padded + first, MAX_DIGITS);
    return last - first + 1;
}

/* Writes "1.5e20"; POINT as in put_decimal.  Signs and digits that may be missing are written
 * anyway and passed over or not: branches on them would be guessed wrongly. */
static char *put_scientific(const char *digits, size_t n, int point, char *text)
{
    text[0] = digits[0];
    text[1] = '.';
    memcpy(text + 2, digits + 1, MAX_DIGITS - 1);
    text += n > 1 ? n + 1 : 1;
    *text++ = 'e';
    int exponent = point - 1;
    unsigned size = (unsigned)(exponent < 0 ? -exponent : exponent);
    *text = '-';
    text += exponent < 0;
    *text = (char)('0' + size / 100);
    text += size >= 100;
    *text = (char)('0' + size / 10 % 10);
    text += size >= 10;
    *text++ = (char)('0' + size % 10);
    return text;
}

/* Writes a decimal; the point stands after its POINT-th digit. */
static char *put_decimal(decimal number, char *text)
{
    enum { LEAST_POINT = -4, GREATEST_POINT = 17 };
    char digits[2 * MAX_DIGITS];
    size_t n = put_digits(&number, digits);
    int point = (int)n + number.exponent;
    if (point < LEAST_POINT || point > GREATEST_POINT)
        return put_scientific(digits, n, point, text);
    if (point <= 0) {
        memcpy(text, "0.0000", 6);
        text += 2 - point;
        memcpy(text, digits, MAX_DIGITS);
        return text + n;
    }
    size_t n_before = (size_t)point;
    memcpy(text, digits, MAX_DIGITS);
    if (n_before >= n)
        return text + n_before;
    text[n_before] = '.';
    memcpy(text + n_before + 1, digits + n_before, 8);
    if (n - n_before > 8)
        memcpy(text + n_before + 9, digits + n_before + 8, 8);
    return text + n + 1;
}

/* ---- the formats ----------------------------------------------------------------------------- */

typedef struct layout {
    int significand_bits; /* as stored, without the leading one */
    int exponent_bits;
} layout;

static size_t write_bits(uint64_t bits, layout format, char text[MMAX_NUMBER_SIZE])
{
    int size = format.significand_bits + format.exponent_bits;
    uint64_t fraction = bits & (((uint64_t)1 << format.significand_bits) - 1);
    int field = (int)(bits >> format.significand_bits) & ((1 << format.exponent_bits) - 1);
    int all_ones = (1 << format.exponent_bits) - 1;
    char *end = text;
    if (field == all_ones && fraction) {
        memcpy(text, "nan", 4);
        return 3;
    }
    *end = '-'; /* without a branch: signs come in no order */
    end += bits >> size;
    if (field == all_ones) {
        memcpy(end, "inf", 3);
        end += 3;
    } else if (field == 0 && fraction == 0) {
        *end++ = '0';
    } else {
        int bias = all_ones / 2 + format.significand_bits;
        uint64_t leading_one = field ? (uint64_t)1 << format.significand_bits : 0;
        binary value = {
            .significand = fraction | leading_one,
            .exponent = (field ? field : 1) - bias,
            .narrow_below = fraction == 0 && field > 1,
        };
        end = put_decimal(shortest(value), end);
    }
    *end = '\0';
    assert(end - text < MMAX_NUMBER_SIZE);
    return (size_t)(end - text);
}

size_t mmax_number_write(double value, char text[MMAX_NUMBER_SIZE])
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return write_bits(bits, (layout){.significand_bits = 52, .exponent_bits = 11}, text);
}

size_t mmax_number_write_float(float value, char text[MMAX_NUMBER_SIZE])
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return write_bits(bits, (layout){.significand_bits = 23, .exponent_bits = 8}, text);
}
