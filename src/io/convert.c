#include "io/convert.h"

#include <math.h>
#include <string.h>

/* ---- float16 --------------------------------------------------------------------------------- */

/* Binary16 has 1 sign bit, 5 of exponent (bias 15) and 10 of fraction; binary64 has 11 (bias 1023)
 * and 52. */
enum { HALF_FRACTION = 10, HALF_BIAS = 15, HALF_SPECIAL = 31, DOUBLE_FRACTION = 52 };

static double double_from_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint64_t bits_of_double(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

double mmax_half_to_double(uint16_t half)
{
    unsigned exponent = (half >> HALF_FRACTION) & 31u;
    unsigned fraction = half & 1023u;
    uint64_t sign = (uint64_t)(half & 0x8000u) << 48;
    if (exponent == 0) {
        double magnitude = (double)fraction * 0x1p-24;
        return sign ? -magnitude : magnitude;
    }
    uint64_t wide = exponent == HALF_SPECIAL ? 2047u : exponent - HALF_BIAS + 1023u;
    return double_from_bits(sign | wide << DOUBLE_FRACTION |
                            (uint64_t)fraction << (DOUBLE_FRACTION - HALF_FRACTION));
}

uint16_t mmax_half_from_double(double value)
{
    uint64_t bits = bits_of_double(value);
    uint16_t sign = (uint16_t)(bits >> 48 & 0x8000u);
    if (isnan(value))
        return (uint16_t)(sign | 0x7e00u);
    double magnitude = fabs(value);
    if (magnitude >= 65520) /* half-way from the largest, 65504, to the next: the tie goes up */
        return (uint16_t)(sign | 0x7c00u);
    if (magnitude < 0x1p-25) /* half of the smallest: the tie goes to 0 */
        return sign;
    int exponent = (int)(bits >> DOUBLE_FRACTION & 2047u) - 1023;
    uint64_t significand = (bits & 0xfffffffffffffu) | 0x10000000000000u;
    /* The unit in the last place is 2^(exponent - 10), and 2^-24 for subnormals. */
    int shift = DOUBLE_FRACTION - HALF_FRACTION + (exponent < -14 ? -14 - exponent : 0);
    uint64_t kept = significand >> shift;
    uint64_t lost = significand & ((UINT64_C(1) << shift) - 1);
    uint64_t middle = UINT64_C(1) << (shift - 1);
    kept += lost > middle || (lost == middle && (kept & 1u));
    /* A carry out of the fraction moves into the exponent, as it should: subnormals have exponent
     * 0, and the leading bit of the others counts as 1 in the exponent. */
    uint64_t base = exponent < -14 ? 0 : (uint64_t)(exponent + HALF_BIAS - 1) << HALF_FRACTION;
    return (uint16_t)(sign | (base + kept));
}

/* ---- arrays of elements ---------------------------------------------------------------------- */

static bool host_is_little(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 1;
}

static uint16_t swap16(uint16_t x)
{
    return (uint16_t)(x << 8 | x >> 8);
}

static uint32_t swap32(uint32_t x)
{
    return (uint32_t)swap16((uint16_t)x) << 16 | swap16((uint16_t)(x >> 16));
}

static uint64_t swap64(uint64_t x)
{
    return (uint64_t)swap32((uint32_t)x) << 32 | swap32((uint32_t)(x >> 32));
}

static void half_to_double(const unsigned char *bytes, size_t n, bool is_swapped, double *values)
{
    for (size_t i = 0; i < n; i++) {
        uint16_t half;
        memcpy(&half, bytes + i * sizeof half, sizeof half);
        values[i] = mmax_half_to_double(is_swapped ? swap16(half) : half);
    }
}

static void float_to_double(const unsigned char *bytes, size_t n, bool is_swapped, double *values)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        float value;
        memcpy(&bits, bytes + i * sizeof bits, sizeof bits);
        bits = is_swapped ? swap32(bits) : bits;
        memcpy(&value, &bits, sizeof value);
        values[i] = (double)value;
    }
}

/* Bfloat16 is the upper half of a float32. */
static void bfloat_to_double(const unsigned char *bytes, size_t n, bool is_swapped, double *values)
{
    for (size_t i = 0; i < n; i++) {
        uint16_t upper;
        float value;
        memcpy(&upper, bytes + i * sizeof upper, sizeof upper);
        uint32_t bits = (uint32_t)(is_swapped ? swap16(upper) : upper) << 16;
        memcpy(&value, &bits, sizeof value);
        values[i] = (double)value;
    }
}

static uint16_t half_at(const unsigned char *bytes, size_t i, bool is_swapped)
{
    uint16_t half;
    memcpy(&half, bytes + i * sizeof half, sizeof half);
    return is_swapped ? swap16(half) : half;
}

/* The exponent and fraction of a binary16, moved to their places in a float32, make a number that
 * is 2^112 times too small, subnormals too. */
static void half_to_single(const unsigned char *bytes, size_t n, bool is_swapped, float *values)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t half = half_at(bytes, i, is_swapped), bits = (half & 0x7fffu) << 13;
        float value;
        memcpy(&value, &bits, sizeof value);
        value *= 0x1p112F;
        memcpy(&bits, &value, sizeof bits);
        bits |= (half & 0x7c00u) == 0x7c00u ? 0x7f800000u : 0;
        bits |= (half & 0x8000u) << 16;
        memcpy(&values[i], &bits, sizeof bits);
    }
}

static void bfloat_to_single(const unsigned char *bytes, size_t n, bool is_swapped, float *values)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t bits = (uint32_t)half_at(bytes, i, is_swapped) << 16;
        memcpy(&values[i], &bits, sizeof bits);
    }
}

static void float_to_single(const unsigned char *bytes, size_t n, bool is_swapped, float *values)
{
    if (n > 0)
        memcpy(values, bytes, n * sizeof *values);
    for (size_t i = 0; i < n && is_swapped; i++) {
        uint32_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        bits = swap32(bits);
        memcpy(&values[i], &bits, sizeof bits);
    }
}

static void double_to_double(const unsigned char *bytes, size_t n, bool is_swapped, double *values)
{
    if (n > 0)
        memcpy(values, bytes, n * sizeof *values);
    for (size_t i = 0; i < n && is_swapped; i++)
        values[i] = double_from_bits(swap64(bits_of_double(values[i])));
}

static void bool_to_double(const unsigned char *bytes, size_t n, bool is_swapped, double *values)
{
    (void)is_swapped;
    for (size_t i = 0; i < n; i++)
        values[i] = bytes[i] != 0;
}

/* An integer of SIZE bytes, the most significant one first. */
static uint64_t big_endian(const unsigned char *bytes, size_t size, bool is_reversed)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < size; i++)
        bits = bits << 8 | bytes[is_reversed ? size - 1 - i : i];
    return bits;
}

static void unsigned_to_double(const unsigned char *bytes, size_t n, size_t size, bool is_swapped,
                               double *values)
{
    for (size_t i = 0; i < n; i++)
        values[i] = (double)big_endian(bytes + i * size, size, host_is_little() != is_swapped);
}

static void signed_to_double(const unsigned char *bytes, size_t n, size_t size, bool is_swapped,
                             double *values)
{
    uint64_t sign = UINT64_C(1) << (8 * size - 1);
    for (size_t i = 0; i < n; i++) {
        uint64_t bits = big_endian(bytes + i * size, size, host_is_little() != is_swapped);
        /* Two's complement: minus the distance to 2^(8 size), which is -bits where that is 2^64. */
        uint64_t below = (~bits + 1) & ((sign - 1) | sign);
        values[i] = bits & sign ? -(double)below : (double)bits;
    }
}

#define INTEGER_TO_DOUBLE(kind, size)                                                              \
    static void kind##size##_to_double(const unsigned char *bytes, size_t n, bool is_swapped,      \
                                       double *values)                                             \
    {                                                                                              \
        kind##_to_double(bytes, n, size, is_swapped, values);                                      \
    }

INTEGER_TO_DOUBLE(signed, 1)
INTEGER_TO_DOUBLE(signed, 2)
INTEGER_TO_DOUBLE(signed, 4)
INTEGER_TO_DOUBLE(signed, 8)
INTEGER_TO_DOUBLE(unsigned, 1)
INTEGER_TO_DOUBLE(unsigned, 2)
INTEGER_TO_DOUBLE(unsigned, 4)
INTEGER_TO_DOUBLE(unsigned, 8)

void mmax_dtype_to_double(const mmax_dtype *dtype, const unsigned char *bytes, size_t n,
                          double *values)
{
    dtype->info->to_double(bytes, n, dtype->is_swapped, values);
}

void mmax_dtype_to_single(const mmax_dtype *dtype, const unsigned char *bytes, size_t n,
                          float *values)
{
    dtype->info->to_single(bytes, n, dtype->is_swapped, values);
}

bool mmax_dtype_is_single(const mmax_dtype *dtype)
{
    return dtype->info->to_single == float_to_single && !dtype->is_swapped;
}

bool mmax_dtype_is_double(const mmax_dtype *dtype)
{
    return dtype->info->to_double == double_to_double && !dtype->is_swapped;
}

size_t mmax_element_size(mmax_element element)
{
    return element == MMAX_FLOAT16 ? 2 : element == MMAX_FLOAT32 ? 4 : 8;
}

static uint32_t bits_of_single(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* A loop for each width: a million weights are written as fast as they are copied. */
void mmax_element_from_double(mmax_element element, const double *values, size_t n,
                              unsigned char *bytes)
{
    bool is_swapped = !host_is_little();
    for (size_t i = 0; i < n && element == MMAX_FLOAT16; i++) {
        uint16_t bits = mmax_half_from_double(values[i]);
        bits = is_swapped ? swap16(bits) : bits;
        memcpy(bytes + i * sizeof bits, &bits, sizeof bits);
    }
    for (size_t i = 0; i < n && element == MMAX_FLOAT32; i++) {
        uint32_t bits = bits_of_single((float)values[i]);
        bits = is_swapped ? swap32(bits) : bits;
        memcpy(bytes + i * sizeof bits, &bits, sizeof bits);
    }
    for (size_t i = 0; i < n && element == MMAX_FLOAT64; i++) {
        uint64_t bits = bits_of_double(values[i]);
        bits = is_swapped ? swap64(bits) : bits;
        memcpy(bytes + i * sizeof bits, &bits, sizeof bits);
    }
}

/* ---- decimals of float16 --------------------------------------------------------------------- */

size_t mmax_number_write_half(double value, char text[MMAX_NUMBER_SIZE])
{
    if (value == 0 || !isfinite(value))
        return mmax_number_write(value, text);
    uint16_t half = mmax_half_from_double(value);
    int leading = (int)floor(log10(fabs(value)));
    /* Five digits tell all float16 apart.  Each step is exact but for one correctly rounded
     * division: a value of 11 bits times a power of ten below 2^40 fits a double. */
    for (int n_digits = 1; n_digits <= 5; n_digits++) {
        int decimals = n_digits - 1 - leading;
        double scale = 1;
        for (int i = 0; i < (decimals < 0 ? -decimals : decimals); i++)
            scale *= 10;
        double shortened = decimals < 0 ? rint(value / scale) * scale : rint(value * scale) / scale;
        if (mmax_half_from_double(shortened) == half)
            return mmax_number_write(shortened, text);
    }
    return mmax_number_write(value, text);
}

/* ---- names ----------------------------------------------------------------------------------- */

static const mmax_dtype_info dtypes[] = {
    {"f2", "float16", {"<f2", ">f2"}, 2, MMAX_FLOAT16, half_to_double, half_to_single},
    {"f4", "float32", {"<f4", ">f4"}, 4, MMAX_FLOAT32, float_to_double, float_to_single},
    {"f8", "float64", {"<f8", ">f8"}, 8, MMAX_FLOAT64, double_to_double, NULL},
    {"V2",
     "bfloat16",
     {"bfloat16", "bfloat16"},
     2,
     MMAX_FLOAT32,
     bfloat_to_double,
     bfloat_to_single},
    {"b1", "bool", {"|b1", "|b1"}, 1, MMAX_FLOAT64, bool_to_double, NULL},
    {"i1", "int8", {"|i1", "|i1"}, 1, MMAX_FLOAT64, signed1_to_double, NULL},
    {"i2", "int16", {"<i2", ">i2"}, 2, MMAX_FLOAT64, signed2_to_double, NULL},
    {"i4", "int32", {"<i4", ">i4"}, 4, MMAX_FLOAT64, signed4_to_double, NULL},
    {"i8", "int64", {"<i8", ">i8"}, 8, MMAX_FLOAT64, signed8_to_double, NULL},
    {"u1", "uint8", {"|u1", "|u1"}, 1, MMAX_FLOAT64, unsigned1_to_double, NULL},
    {"u2", "uint16", {"<u2", ">u2"}, 2, MMAX_FLOAT64, unsigned2_to_double, NULL},
    {"u4", "uint32", {"<u4", ">u4"}, 4, MMAX_FLOAT64, unsigned4_to_double, NULL},
    {"u8", "uint64", {"<u8", ">u8"}, 8, MMAX_FLOAT64, unsigned8_to_double, NULL},
};

#define EXPECTED "expected a real floating-point or integer dtype"

/* NumPy's letters for the kinds of types that are not read. */
static const struct {
    const char *letters;
    const char *what;
} refusals[] = {
    {"fiub", "is not read; save it as float32 or float64"},
    {"c", "is complex; " EXPECTED},
    {"O", "is pickled Python objects, which are never loaded; save it as an array of numbers, "
          "np.stack(list(a)).astype('f4')"},
    {"SUa", "is text; " EXPECTED},
    {"Mm", "is a date or time; " EXPECTED},
    {"V", "is raw bytes, of which only V2 is read, as bfloat16; save it as float32 or float64"},
};

static bool is_word(const char *text, size_t length, const char *word)
{
    return length == strlen(word) && memcmp(text, word, length) == 0;
}

static mmax_status refuse(const char *file, const char *text, size_t length, char kind,
                          mmax_error *error)
{
    char quoted[64];
    mmax_quote(text, length, quoted, sizeof quoted);
    for (size_t i = 0; kind && i < sizeof refusals / sizeof *refusals; i++)
        if (strchr(refusals[i].letters, kind))
            return mmax_fail(error, MMAX_EUNSUPPORTED, "%s: dtype '%s' %s", file, quoted,
                             refusals[i].what);
    return mmax_fail(error, MMAX_EUNSUPPORTED, "%s: dtype '%s' is not known; " EXPECTED, file,
                     quoted);
}

static const char *stored_name(const char *code, size_t length, char order)
{
    if (!is_word(code, length, "V2"))
        return NULL;
    return order == '<' ? "<V2" : order == '>' ? ">V2" : "|V2";
}

mmax_status mmax_dtype_parse(const char *file, const char *text, size_t length, mmax_dtype *dtype,
                             mmax_error *error)
{
    bool has_order = length > 0 && strchr("<>=|", text[0]) && text[0];
    char order = has_order ? text[0] : '|';
    const char *code = text + has_order;
    size_t code_length = length - has_order;
    /* '|', which bfloat16 has in files, tells no order, nor does a name alone: it is that of nearly
     * every machine that writes files, and a file has the same numbers on all that read it. */
    bool is_little = order == '<' || order == '|' || (order == '=' && host_is_little());
    for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++)
        if (is_word(code, code_length, dtypes[i].code) || is_word(text, length, dtypes[i].name)) {
            dtype->info = &dtypes[i];
            dtype->is_swapped = is_little != host_is_little();
            dtype->name = dtypes[i].canonical[is_little ? 0 : 1];
            dtype->stored = stored_name(code, code_length, order);
            return MMAX_OK;
        }
    return refuse(file, text, length, code_length > 0 ? *code : '\0', error);
}

bool mmax_dtype_is_float(const mmax_dtype *dtype)
{
    return strchr("fV", dtype->info->code[0]) != NULL;
}

mmax_element mmax_element_of(const char *dtype)
{
    for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++)
        if (strcmp(dtype, dtypes[i].canonical[0]) == 0 ||
            strcmp(dtype, dtypes[i].canonical[1]) == 0)
            return dtypes[i].element;
    return MMAX_FLOAT64;
}
