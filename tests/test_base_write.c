#include "test_base.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- known values ---------------------------------------------------------------------------- */

static const struct {
    double value;
    const char *expected;
} known_doubles[] = {
    {0, "0"},
    {-0.0, "-0"},
    {1, "1"},
    {-1, "-1"},
    {10, "10"},
    {12345, "12345"},
    {0.1, "0.1"},
    {-1.5, "-1.5"},
    {0.1 + 0.2, "0.30000000000000004"},
    {1.0 / 3, "0.3333333333333333"},
    /* Notation: plain from 1e-5 up to, but not with, 1e17. */
    {1e-5, "0.00001"},
    {-1.2345678901234567e-5, "-0.000012345678901234568"},
    {9.999999999999999e-6, "9.999999999999999e-6"},
    {1e-6, "1e-6"},
    {123456.789, "123456.789"},
    {1e16, "10000000000000000"},
    {99999999999999984, "99999999999999980"},
    {1e17, "1e17"},
    {1.5e20, "1.5e20"},
    {1.25e-7, "1.25e-7"},
    {1e100, "1e100"},
    {-1e-100, "-1e-100"},
    /* The ends of the format, as Python's repr has their digits. */
    {DBL_MAX, "1.7976931348623157e308"},
    {-DBL_MAX, "-1.7976931348623157e308"},
    {DBL_MIN, "2.2250738585072014e-308"},
    {0x0.fffffffffffffp-1022, "2.225073858507201e-308"},
    {0x1p-1074, "5e-324"},
    {0x1p-1073, "1e-323"},
    {0x3p-1074, "1.5e-323"},
    {HUGE_VAL, "inf"},
    {-HUGE_VAL, "-inf"},
    {(double)NAN, "nan"},
    /* Python's repr: powers of two, where the interval is narrower below. */
    {0x1p-44, "5.684341886080802e-14"}, /* ...8015: a tie between two of 16 digits, to even */
    {0x1p53, "9007199254740992"},
    {0x1p56, "72057594037927940"},
    {0x1p60, "1.152921504606847e18"},
    {0x1p122, "5.316911983139664e36"},
    {9.5367431640625e-7, "9.5367431640625e-7"},
    {1e23, "1e23"}, /* 17 digits would say 9.9999999999999992e22 */
    {9.999999999999997e22, "9.999999999999997e22"},
    {2e-44, "2e-44"},
    {5e-320, "5e-320"},
    {4.35, "4.35"},
    {299792458, "299792458"},
};
enum { N_KNOWN_DOUBLES = sizeof known_doubles / sizeof *known_doubles };

START_TEST(known_doubles_are_written_as_they_should_be)
{
    char text[MMAX_NUMBER_SIZE];
    size_t length = mmax_number_write(known_doubles[_i].value, text);
    ck_assert_str_eq(text, known_doubles[_i].expected);
    ck_assert_uint_eq(length, strlen(text));
}
END_TEST

static const struct {
    float value;
    const char *expected;
} known_floats[] = {
    {0.1f, "0.1"},
    {-0.0f, "-0"},
    {16777216, "16777216"},
    {33554432, "33554432"}, /* NumPy writes 33554432. as well */
    {1e-5f, "0.00001"},
    {1e17f, "1e17"},
    {1.0f / 3, "0.33333334"},
    {FLT_MAX, "3.4028235e38"},
    {FLT_MIN, "1.1754944e-38"},
    {0x1p-149f, "1e-45"},
    {INFINITY, "inf"},
    {-INFINITY, "-inf"},
    {NAN, "nan"},
};
enum { N_KNOWN_FLOATS = sizeof known_floats / sizeof *known_floats };

START_TEST(known_floats_are_written_as_they_should_be)
{
    char text[MMAX_NUMBER_SIZE];
    size_t length = mmax_number_write_float(known_floats[_i].value, text);
    ck_assert_str_eq(text, known_floats[_i].expected);
    ck_assert_uint_eq(length, strlen(text));
}
END_TEST

/* ---- properties ------------------------------------------------------------------------------ */

/* The grammar of RFC 8259, section 6. */
static bool is_json_number(const char *p)
{
    p += *p == '-';
    size_t n = strspn(p, "0123456789");
    if (n == 0 || (n > 1 && *p == '0'))
        return false;
    p += n;
    if (*p == '.') {
        p += n = 1 + strspn(p + 1, "0123456789");
        if (n == 1)
            return false;
    }
    if (*p == 'e') {
        p += 1 + (p[1] == '-');
        n = strspn(p, "0123456789");
        if (n == 0)
            return false;
        p += n;
    }
    return *p == '\0';
}

/* The number of digits of a text from the first to the last that is not 0. */
static int count_digits(const char *text)
{
    int n = 0, n_zeros = 0;
    for (; *text && *text != 'e'; text++) {
        if (*text < '0' || *text > '9' || (*text == '0' && n == 0))
            continue;
        n_zeros = *text == '0' ? n_zeros + 1 : 0;
        n++;
    }
    return n - n_zeros;
}

static bool reads_back(const char *text, double value, bool is_float)
{
    if (is_float)
        return (double)strtof(text, NULL) == value;
    return strtod(text, NULL) == value;
}

/* The decimal of N digits that is nearest to the value, one unit of its last digit away; a carry
 * out of the first digit does not matter here. */
static void make_neighbour(char *text, int direction)
{
    for (char *p = strchr(text, 'e') - 1; p >= text; p--) {
        if (*p < '0' || *p > '9')
            continue;
        *p = (char)(*p + direction);
        if (*p >= '0' && *p <= '9')
            return;
        *p = direction > 0 ? '0' : '9';
    }
}

/* No decimal with a digit less reads back: the nearest one does not, nor its neighbours.  And no
 * other of the same length is nearer: printf, which rounds exactly, has the same one, unless that
 * one lies outside of a narrower lower half of the interval. */
static void expect_the_shortest(double value, bool is_float)
{
    char text[MMAX_NUMBER_SIZE], other[64];
    if (is_float)
        mmax_number_write_float((float)value, text);
    else
        mmax_number_write(value, text);
    ck_assert_msg(is_json_number(text), "%a is written as '%s'", value, text);
    ck_assert_msg(reads_back(text, value, is_float), "%a is written as '%s'", value, text);
    int n = count_digits(text);
    for (int direction = -1; n > 1 && direction <= 1; direction++) {
        snprintf(other, sizeof other, "%.*e", n - 2, value);
        if (direction != 0)
            make_neighbour(other, direction);
        ck_assert_msg(!reads_back(other, value, is_float), "%a: '%s' is shorter than '%s'", value,
                      other, text);
    }
    snprintf(other, sizeof other, "%.*e", n - 1, value);
    if (reads_back(other, value, is_float))
        ck_assert_msg(strtod(text, NULL) == strtod(other, NULL) && count_digits(other) <= n,
                      "%a: '%s' is nearer than '%s'", value, other, text);
}

START_TEST(the_decimal_of_a_double_is_the_shortest_and_of_these_the_nearest)
{
    testing_random random = {11};
    for (int i = 0; i < 60000; i++) {
        uint64_t bits = random_bits(&random);
        if (i % 4 == 1) /* few bits */
            bits &= ~(((uint64_t)1 << (int)(testing_uniform(&random) * 53)) - 1);
        if (i % 4 == 2) /* subnormal */
            bits &= 0x800fffffffffffff >> (int)(testing_uniform(&random) * 52);
        double value = double_of_bits(bits);
        if (i % 4 == 3) /* few digits, and not */
            value = round(testing_uniform(&random) * 1e9) / 1e4;
        if (isfinite(value) && value != 0)
            expect_the_shortest(value, false);
    }
}
END_TEST

static float float_of_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

START_TEST(the_decimal_of_a_float_is_the_shortest_and_of_these_the_nearest)
{
    testing_random random = {12};
    for (int i = 0; i < 60000; i++) {
        uint32_t bits = (uint32_t)random_bits(&random);
        if (i % 4 == 1)
            bits &= ~(((uint32_t)1 << (int)(testing_uniform(&random) * 24)) - 1);
        if (i % 4 == 2)
            bits &= 0x807fffff >> (int)(testing_uniform(&random) * 23);
        float value = float_of_bits(bits);
        if (isfinite(value) && value != 0)
            expect_the_shortest((double)value, true);
    }
}
END_TEST

START_TEST(powers_of_two_and_their_neighbours_are_written_shortest)
{
    for (int exponent = -1074; exponent <= 1023; exponent++) {
        double power = ldexp(1, exponent);
        expect_the_shortest(power, false);
        expect_the_shortest(nextafter(power, HUGE_VAL), false);
        if (exponent > -1074)
            expect_the_shortest(nextafter(power, 0), false);
    }
    for (int exponent = -149; exponent <= 127; exponent++) {
        float power = ldexpf(1, exponent);
        expect_the_shortest((double)power, true);
        expect_the_shortest((double)nextafterf(power, INFINITY), true);
        if (exponent > -149)
            expect_the_shortest((double)nextafterf(power, 0), true);
    }
}
END_TEST

/* Every 1e-324 < 10^k < 1e309 is the only decimal of one digit that reads as its double, but for
 * 1e-323, which is 2 * 2^-1074 = 9.88e-324 and still nearest to it. */
START_TEST(powers_of_ten_are_written_as_powers_of_ten)
{
    for (int k = -323; k <= 308; k++) {
        char expected[MMAX_NUMBER_SIZE], text[MMAX_NUMBER_SIZE];
        if (k >= 17 || k < -5)
            snprintf(expected, sizeof expected, "1e%d", k);
        else
            snprintf(expected, sizeof expected, "%.*f", k < 0 ? -k : 0, pow(10, k));
        double value;
        ck_assert(mmax_number_read(expected, strlen(expected), &value));
        mmax_number_write(value, text);
        ck_assert_str_eq(text, expected);
    }
}
END_TEST

START_TEST(a_million_random_doubles_read_back_to_the_bit)
{
    testing_random random = {13};
    for (int i = 0; i < 1000000; i++) {
        double value = double_of_bits(random_bits(&random)), back;
        char text[MMAX_NUMBER_SIZE];
        size_t length = mmax_number_write(value, text);
        bool read = mmax_number_read(text, length, &back);
        if (!read || !testing_same(value, back))
            ck_abort_msg("%a is written as '%s'", value, text);
    }
}
END_TEST

/* A float's decimal need not read back by way of a double: strtof is asked. */
START_TEST(floats_of_every_exponent_read_back_to_the_bit)
{
    testing_random random = {14};
    for (uint32_t i = 0; i < 200000; i++) {
        uint32_t bits = (i % 512) << 23 | (uint32_t)(testing_uniform(&random) * 0x1p23);
        float value = float_of_bits(bits);
        char text[MMAX_NUMBER_SIZE];
        size_t length = mmax_number_write_float(value, text);
        if (length != strlen(text) || !testing_same((double)strtof(text, NULL), (double)value))
            ck_abort_msg("%a is written as '%s'", (double)value, text);
    }
}
END_TEST

START_TEST(numbers_are_written_with_a_point_whatever_the_locale)
{
    if (!use_comma_locale("numbers_are_written_with_a_point_whatever_the_locale"))
        return;
    char text[MMAX_NUMBER_SIZE];
    mmax_number_write(-1234.5, text);
    ck_assert_str_eq(text, "-1234.5");
    mmax_number_write_float(0.1f, text);
    ck_assert_str_eq(text, "0.1");
}
END_TEST

TCase *writing_cases(void)
{
    TCase *writing = tcase_create("writing numbers");
    tcase_set_timeout(writing, 60);
    tcase_add_loop_test(writing, known_doubles_are_written_as_they_should_be, 0, N_KNOWN_DOUBLES);
    tcase_add_loop_test(writing, known_floats_are_written_as_they_should_be, 0, N_KNOWN_FLOATS);
    tcase_add_test(writing, the_decimal_of_a_double_is_the_shortest_and_of_these_the_nearest);
    tcase_add_test(writing, the_decimal_of_a_float_is_the_shortest_and_of_these_the_nearest);
    tcase_add_test(writing, powers_of_two_and_their_neighbours_are_written_shortest);
    tcase_add_test(writing, powers_of_ten_are_written_as_powers_of_ten);
    tcase_add_test(writing, a_million_random_doubles_read_back_to_the_bit);
    tcase_add_test(writing, floats_of_every_exponent_read_back_to_the_bit);
    tcase_add_test(writing, numbers_are_written_with_a_point_whatever_the_locale);
    return writing;
}
