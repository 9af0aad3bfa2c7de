#include "base/base.h"
#include "base/number.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Where written exponents are clamped: far beyond what digits can make up for, and safe to add to
 * their number. */
static const int64_t huge_exponent = 1000000000000000000;

enum {
    SIGNIFICAND_BITS = 53,
    LEAST_EXPONENT = -1074,
    GREATEST_EXPONENT = 971,
    GREATEST_POWER = 308
};

/* ---- rounding -------------------------------------------------------------------------------- */

/* A positive number cut off to a double: the number is floor + rest, floor a multiple of
 * 2^exponent, which is the distance between doubles there. */
typedef struct truncated {
    uint64_t floor;      /* times 2^exponent, at most 53 bits */
    uint64_t rest, half; /* in a unit of its own: what was cut off, and half of 2^exponent */
    int exponent;
} truncated;

/* Cuts leading * 2^exponent; one of the two highest bits of LEADING is set. */
static truncated truncate_to_double(uint64_t leading, int exponent)
{
    int drop = 64 - SIGNIFICAND_BITS - !(leading >> 63);
    if (exponent + drop < LEAST_EXPONENT)
        drop = LEAST_EXPONENT - exponent;
    if (drop > 64)
        return (truncated){.rest = 0, .half = 1, .exponent = LEAST_EXPONENT};
    return (truncated){
        .floor = drop < 64 ? leading >> drop : 0,
        .rest = drop < 64 ? leading & (((uint64_t)1 << drop) - 1) : leading,
        .half = (uint64_t)1 << (drop - 1),
        .exponent = exponent + drop,
    };
}

/* significand * 2^exponent as a double: the exponent field counts from LEAST_EXPONENT, and the
 * leading bit of a normal significand, up to 2^53, adds the one that is missing. */
static double make_double(uint64_t significand, int exponent)
{
    if (exponent > GREATEST_EXPONENT)
        return HUGE_VAL;
    uint64_t bits = ((uint64_t)(exponent - LEAST_EXPONENT) << (SIGNIFICAND_BITS - 1)) + significand;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static int leading_zeros(uint64_t x)
{
#if defined __GNUC__
    return __builtin_clzll(x);
#else
    int n = 0;
    for (; !(x >> 63); x <<= 1)
        n++;
    return n;
#endif
}

static int trailing_zeros(uint64_t x)
{
#if defined __GNUC__
    return __builtin_ctzll(x);
#else
    int n = 0;
    for (; !(x & 1); x >>= 1)
        n++;
    return n;
#endif
}

/* ---- decimal --------------------------------------------------------------------------------- */

enum { DIGITS_OF_64_BITS = 19 };

/* The eight bytes at P, the first one lowest, as the digits that they are: 0 to 9 for '0' to '9'.
 */
static inline uint64_t load_eight(const char *p)
{
    const unsigned char *s = (const unsigned char *)p;
    uint64_t word = (uint64_t)s[0] | (uint64_t)s[1] << 8 | (uint64_t)s[2] << 16 |
                    (uint64_t)s[3] << 24 | (uint64_t)s[4] << 32 | (uint64_t)s[5] << 40 |
                    (uint64_t)s[6] << 48 | (uint64_t)s[7] << 56;
    return word - 0x3030303030303030;
}

/* How many digits come before the first byte that is none.  Up to there nothing is borrowed and
 * nothing carried from one byte to the next. */
static inline unsigned count_leading_digits(uint64_t word)
{
    uint64_t others = (word | (word + 0x7676767676767676)) & 0x8080808080808080;
    return others ? (unsigned)trailing_zeros(others) / 8 : 8;
}

/* Eight digits as a number below 10^8.  Works on all bytes of a word at once: ten times a byte plus
 * its neighbour never carries into the next. */
static inline uint32_t join_eight(uint64_t word)
{
    word = (word * 10 + (word >> 8)) & 0x00ff00ff00ff00ff;
    word = (word * 100 + (word >> 16)) & 0x0000ffff0000ffff;
    return (uint32_t)(word * 10000 + (word >> 32));
}

static inline bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

/* Appends the digits from P on, as many as there are among eight bytes, to NUMBER, and counts them.
 */
static inline const char *scan_up_to_eight(const char *p, uint64_t *number, int *n_digits)
{
    static const uint64_t powers[] = {1,      10,      100,      1000,     10000,
                                      100000, 1000000, 10000000, 100000000};
    uint64_t word = load_eight(p);
    unsigned n = count_leading_digits(word);
    /* Zeros before the digits take the place of what follows them, in two steps: up to 64 bits. */
    uint64_t digits = n < 8 ? word << 8 << 8 * (7 - n) : word;
    *number = *number * powers[n] + join_eight(digits);
    *n_digits += (int)n;
    return p + n;
}

/* Appends the digits from P on to NUMBER, which wraps around if they are too many. */
static inline const char *scan_digits(const char *p, const char *end, uint64_t *number)
{
    uint64_t sum = *number, word;
    for (; end - p >= 8 && count_leading_digits(word = load_eight(p)) == 8; p += 8)
        sum = sum * 100000000 + join_eight(word);
    for (; p < end && is_digit(*p); p++)
        sum = sum * 10 + (unsigned char)(*p - '0');
    *number = sum;
    return p;
}

/* Reads "+12" or "12" and returns where it ends; NULL if there is no digit. */
static const char *scan_exponent(const char *p, const char *end, int64_t *exponent)
{
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    if (p == end || !is_digit(*p))
        return NULL;
    int64_t number = 0;
    for (; p < end && is_digit(*p); p++)
        if (number < huge_exponent / 10)
            number = number * 10 + (*p - '0');
    *exponent = negative ? -number : number;
    return p;
}

/* significand * 10^power, and less than 10^power more, cut off to a double, and whether to round
 * up. False if that is open.
 *
 * With P the product of 192 bits of the significand and the 128 bits of the power, the number lies
 * in [P, P + S): at P itself if the power is exact and no digit was cut off.  S, in units of the
 * leading word, is 2^-64 for the cut-off bits of the power, and 2^4 for cut-off digits (there are
 * 19 before them, which are shifted by 4 bits at most).  Only a halfway point inside the interval
 * leaves the direction open; halfway points are 2^10 units apart at least, so that there is none
 * where the rest is already above one.
 *
 * Lemire, Number Parsing at a Gigabyte per Second, Software: Practice and Experience 51 (2021),
 * after an idea of Eisel; here with the whole product and an interval, so that subnormal numbers
 * and cut-off digits are no special cases. */
static inline bool cut_decimal(uint64_t significand, int power, bool more, truncated *cut, bool *up)
{
    int shift = leading_zeros(significand);
    const uint64_t *leading = mmax_powers_of_ten[power - MMAX_LEAST_POWER];
    mmax_wide upper = mmax_wide_product(significand << shift, leading[0]);
    mmax_wide lower = mmax_wide_product(significand << shift, leading[1]);
    uint64_t middle = upper.low + lower.high;
    upper.high += middle < lower.high;
    *cut = truncate_to_double(upper.high, mmax_log2_of_power(power) + 1 - shift);
    /* The usual answer without a branch: which way to round is as good as random. */
    *up = cut->rest >= cut->half;
    if (cut->rest == cut->half && (middle | lower.low) == 0) {
        bool exact = power >= 0 && power <= MMAX_LAST_EXACT_POWER && !more;
        *up = !exact || (cut->floor & 1);
    }
    if (more)
        return *up || cut->half - cut->rest > 17;
    return cut->half - cut->rest != 1 || middle < UINT64_MAX;
}

/* The double nearest to the digits, whose leading ones make SIGNIFICAND * 10^POWER; MORE says that
 * others than 0 follow.  10^309 and what is below 10^(19 - 343) are beyond the doubles. */
static inline double nearest(uint64_t significand, int64_t power, bool more,
                             const mmax_digits *digits)
{
    if (significand == 0 || power < MMAX_LEAST_POWER)
        return 0;
    if (power > GREATEST_POWER)
        return HUGE_VAL;
    truncated cut;
    bool up;
    if (!cut_decimal(significand, (int)power, more, &cut, &up)) {
        int order = mmax_compare_exactly(digits, 2 * cut.floor + 1, cut.exponent - 1);
        up = order > 0 || (order == 0 && (cut.floor & 1));
    }
    return make_double(cut.floor + up, cut.exponent);
}

/* The same where the digits are too many for a significand of 64 bits. */
static double nearest_to_many(mmax_digits digits)
{
    while (digits.first < digits.end && (*digits.first == '0' || *digits.first == '.'))
        digits.n -= *digits.first++ == '0';
    uint64_t significand = 0;
    size_t taken = 0;
    const char *p = digits.first;
    for (; p < digits.end && taken < DIGITS_OF_64_BITS; p++)
        if (*p != '.') {
            significand = significand * 10 + (unsigned char)(*p - '0');
            taken++;
        }
    while (p < digits.end && (*p == '0' || *p == '.'))
        p++;
    int64_t power = digits.exponent + (int64_t)(digits.n - taken);
    return nearest(significand, power, p < digits.end, &digits);
}

/* significand * 10^exponent as one product or quotient of exact doubles, which rounds once: a third
 * less time for the short numbers that make up most texts.  Needs the usual rounding mode.
 *
 * Clinger, How to Read Floating Point Numbers Accurately, PLDI 1990. */
static inline bool short_decimal(uint64_t significand, int64_t exponent, double *value)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (FLT_EVAL_METHOD != 0 || significand > (uint64_t)1 << SIGNIFICAND_BITS || exponent < -22 ||
        exponent > 22)
        return false;
    double exact = (double)(int64_t)significand; /* signed: most machines have no other way */
    *value = exponent < 0 ? exact / powers[-exponent] : exact * powers[exponent];
    return true;
}

/* Reads the decimal number without a sign that the text from P on begins with, and returns where it
 * ends; NULL if there is none. */
static const char *scan_decimal(const char *p, const char *end, double *value)
{
    uint64_t significand = 0;
    const char *first = p, *last;
    p = last = scan_digits(p, end, &significand);
    size_t n = (size_t)(p - first);
    int64_t exponent = 0;
    if (p < end && *p == '.') {
        const char *point = p;
        p = last = scan_digits(p + 1, end, &significand);
        exponent = point + 1 - p;
        n -= (size_t)exponent;
    }
    if (n == 0)
        return NULL;
    if (p < end && (*p == 'e' || *p == 'E')) {
        int64_t written;
        p = scan_exponent(p + 1, end, &written);
        if (!p)
            return NULL;
        exponent += written;
    }
    mmax_digits digits = {first, last, n, exponent};
    if (n > DIGITS_OF_64_BITS)
        *value = nearest_to_many(digits);
    else if (!short_decimal(significand, exponent, value))
        *value = nearest(significand, exponent, false, &digits);
    return p;
}

/* ---- hexadecimal ----------------------------------------------------------------------------- */

static char lower_case(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Whether the text from P on starts with WORD, in any case. */
static bool starts_with(const char *p, const char *end, const char *word)
{
    for (; *word; p++, word++)
        if (p == end || lower_case(*p) != *word)
            return false;
    return true;
}

static int hexadecimal_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static double hexadecimal_value(uint64_t significand, int64_t exponent, bool more)
{
    if (significand == 0)
        return 0;
    int shift = leading_zeros(significand);
    exponent -= shift;
    if (exponent < LEAST_EXPONENT - 65)
        return 0;
    if (exponent > GREATEST_EXPONENT)
        return HUGE_VAL;
    truncated cut = truncate_to_double(significand << shift, (int)exponent);
    bool up = cut.rest > cut.half || (cut.rest == cut.half && (more || (cut.floor & 1)));
    return make_double(cut.floor + up, cut.exponent);
}

static bool read_hexadecimal(const char *p, const char *end, double *value)
{
    if (!starts_with(p, end, "0x"))
        return false;
    p += 2;
    uint64_t significand = 0;
    int64_t exponent = 0;
    bool more = false, any = false, after_point = false;
    for (; p < end; p++) {
        int digit = hexadecimal_digit(*p);
        if (digit < 0 && (*p != '.' || after_point))
            break;
        if (digit < 0) {
            after_point = true;
            continue;
        }
        any = true;
        if (significand >> 60) {
            more = more || digit > 0;
            exponent += after_point ? 0 : 4;
        } else {
            significand = significand << 4 | (unsigned)digit;
            exponent -= after_point ? 4 : 0;
        }
    }
    int64_t written = 0;
    if (!any ||
        (p < end && ((*p != 'p' && *p != 'P') || scan_exponent(p + 1, end, &written) != end)))
        return false;
    *value = hexadecimal_value(significand, exponent + written, more);
    return true;
}

/* ---- words ----------------------------------------------------------------------------------- */

/* What follows "nan": nothing, or the letters, digits and underscores in parentheses that some C
 * libraries print and all read. */
static bool is_nan_tail(const char *p, const char *end)
{
    if (p == end)
        return true;
    if (end - p < 2 || *p != '(' || end[-1] != ')')
        return false;
    for (p++; p < end - 1; p++) {
        char c = lower_case(*p);
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_')
            return false;
    }
    return true;
}

static bool read_word(const char *p, const char *end, double *value)
{
    size_t length = (size_t)(end - p);
    if ((length == 3 && starts_with(p, end, "inf")) ||
        (length == 8 && starts_with(p, end, "infinity")))
        *value = HUGE_VAL;
    else if (starts_with(p, end, "nan") && is_nan_tail(p + 3, end))
        *value = (double)NAN;
    else
        return false;
    return true;
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* Signs come in no order: no branch on them. */
static inline double with_sign(double magnitude, char sign)
{
    uint64_t bits;
    memcpy(&bits, &magnitude, sizeof bits);
    bits |= (uint64_t)(sign == '-') << 63;
    memcpy(&magnitude, &bits, sizeof magnitude);
    return magnitude;
}

bool mmax_number_read(const char *text, size_t length, double *value)
{
    if (length == 0)
        return false;
    char sign = text[0];
    const char *p = text + (sign == '-' || sign == '+'), *end = text + length;
    double magnitude;
    if (scan_decimal(p, end, &magnitude) != end && !read_hexadecimal(p, end, &magnitude) &&
        !read_word(p, end, &magnitude))
        return false;
    *value = with_sign(magnitude, sign);
    return true;
}

/* The number at the beginning of a cell that ends in the delimiter, and where that stands; NULL for
 * every other cell. */
static const char *scan_cell(const char *begin, const char *end, char delimiter, double *value)
{
    const char *p = begin;
    while (p < end && *p == ' ')
        p++;
    char sign = p < end ? *p : '\0';
    p += sign == '-' || sign == '+';
    double magnitude;
    const char *after = scan_decimal(p, end, &magnitude);
    if (!after && starts_with(p, end, "inf")) {
        magnitude = HUGE_VAL;
        after = p + 3;
    }
    if (!after || after == end || *after != delimiter || after - begin > MMAX_NUMBERS_LENGTH)
        return NULL;
    *value = with_sign(magnitude, sign);
    return after;
}

/* The same for the short numbers that make up most texts, at most three digits before the point and
 * eight after it, at twice the speed: with SHORT_ROOM bytes from BEGIN on no bound is looked at.
 * NULL for every other number, too. */
enum { SHORT_ROOM = 1 + 1 + 3 + 1 + 8 + 1 };
static inline const char *scan_short_cell(const char *begin, char delimiter, double *value)
{
    const char *p = begin;
    if (*p == ' ')
        p++;
    char sign = *p;
    p += sign == '-'; /* without a branch: signs come in no order */
    if (!is_digit(*p))
        return NULL;
    /* As many digits as before, most of the time: guessing is faster than counting here. */
    uint64_t significand = (unsigned char)(*p++ - '0');
    if (is_digit(*p))
        significand = 10 * significand + (unsigned char)(*p++ - '0');
    if (is_digit(*p))
        significand = 10 * significand + (unsigned char)(*p++ - '0');
    int n_decimals = 0;
    if (*p == '.')
        p = scan_up_to_eight(p + 1, &significand, &n_decimals);
    double magnitude;
    if (*p != delimiter || !short_decimal(significand, -n_decimals, &magnitude))
        return NULL;
    *value = with_sign(magnitude, sign);
    return p;
}

size_t mmax_numbers_read(const char *text, size_t length, char delimiter, double *values, size_t n,
                         size_t *n_bytes)
{
    const char *next = text, *end = text + length;
    bool is_short = true; /* probably: as long as the one before */
    size_t i = 0;
    while (i < n) {
        double value;
        const char *after = NULL;
        if (is_short && end - next >= SHORT_ROOM)
            after = scan_short_cell(next, delimiter, &value);
        if (!after) {
            after = scan_cell(next, end, delimiter, &value);
            if (!after || !(value <= DBL_MAX))
                break;
            is_short = after - next < SHORT_ROOM;
        }
        /* Several spaces may be one delimiter, and at the end of a line they are none. */
        if (delimiter == ' ' && (after + 1 == end || (unsigned char)after[1] <= ' '))
            break;
        values[i++] = value;
        next = after + 1;
    }
    *n_bytes = (size_t)(next - text);
    return i;
}
