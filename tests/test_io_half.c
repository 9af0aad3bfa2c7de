#include "io/convert.h"
#include "test_io.h"

#include <math.h>
#include <stdlib.h>

/* IEEE 754-2008, 3.4: the value of binary16 by its definition. */
static double half_by_definition(unsigned bits)
{
    double sign = bits & 0x8000u ? -1 : 1;
    int exponent = (int)(bits >> 10 & 31u);
    int fraction = (int)(bits & 1023u);
    if (exponent == 31)
        return fraction ? (double)NAN : sign * (double)INFINITY;
    if (exponent == 0)
        return sign * ldexp(fraction, -24);
    return sign * ldexp(1024 + fraction, exponent - 25);
}

START_TEST(every_half_is_read_as_its_definition_says)
{
    for (unsigned bits = 0; bits < 65536; bits++)
        ck_assert_msg(testing_same(mmax_half_to_double((uint16_t)bits), half_by_definition(bits)),
                      "0x%04x", bits);
}
END_TEST

START_TEST(every_half_comes_back_from_float64)
{
    for (unsigned bits = 0; bits < 65536; bits++) {
        unsigned back = mmax_half_from_double(half_by_definition(bits));
        if (isnan(half_by_definition(bits)))
            ck_assert_msg((back & 0x7e00u) == 0x7e00u, "0x%04x", bits);
        else
            ck_assert_msg(back == bits, "0x%04x gives 0x%04x", bits, back);
    }
}
END_TEST

/* Between two neighbours: the middle goes to the even one, the doubles next to the middle, which
 * float32 cannot tell from it, to the nearer one.  65504's upper neighbour would be 65536. */
START_TEST(float64_is_rounded_to_the_nearest_half_once)
{
    for (unsigned low = 0; low < 0x7c00u; low++) {
        unsigned high = low + 1;
        double above = high == 0x7c00u ? 65536 : half_by_definition(high);
        double middle = (half_by_definition(low) + above) / 2;
        unsigned even = low % 2 ? high : low;
        ck_assert_uint_eq(mmax_half_from_double(middle), even);
        ck_assert_uint_eq(mmax_half_from_double(nextafter(middle, 0)), low);
        ck_assert_uint_eq(mmax_half_from_double(nextafter(middle, 1e9)), high);
        ck_assert_uint_eq(mmax_half_from_double(-middle), even | 0x8000u);
    }
    ck_assert_uint_eq(mmax_half_from_double(1e300), 0x7c00u);
    ck_assert_uint_eq(mmax_half_from_double(-5e-324), 0x8000u);
}
END_TEST

START_TEST(the_decimals_of_a_half_read_back_and_none_is_longer_than_five_digits)
{
    for (unsigned bits = 0; bits < 0x7c00u; bits++) {
        char text[MMAX_NUMBER_SIZE];
        double value;
        size_t length = mmax_number_write_half(half_by_definition(bits), text);
        ck_assert(mmax_number_read(text, length, &value));
        ck_assert_msg(mmax_half_from_double(value) == bits, "0x%04x: %s", bits, text);
        char digits[16];
        snprintf(digits, sizeof digits, "%.4e", value);
        ck_assert_msg(strtod(digits, NULL) == value, "0x%04x: %s", bits, text);
    }
}
END_TEST

START_TEST(a_half_is_written_as_people_would_write_it)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0x1.998p-4, "0.1"}, {1, "1"}, {-0.5, "-0.5"},   {0x1.554p-2, "0.3333"},
                 {2048, "2048"},      {0, "0"}, {0x1p-24, "6e-8"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[MMAX_NUMBER_SIZE];
        mmax_number_write_half(cases[i].value, text);
        ck_assert_str_eq(text, cases[i].text);
    }
}
END_TEST

START_TEST(a_bfloat16_is_the_upper_half_of_a_float32)
{
    static const char dictionary[] = "{'descr': '%s', 'fortran_order': False, 'shape': (7,), }\n";
    /* Sign, 8 bits of exponent, 7 of fraction: 1, -2, 0, -0, 3.140625, 2^-133, -inf. */
    static const unsigned char little[] = {0x80, 0x3f, 0,    0xc0, 0, 0,    0,
                                           0x80, 0x49, 0x40, 1,    0, 0x80, 0xff};
    static const double expected[] = {1, -2, 0, -0.0, 3.140625, 0x1p-133, -HUGE_VAL};
    static const char *const types[] = {"<V2", ">V2", "|V2"};
    unsigned char data[sizeof little];
    for (size_t i = 0; i < sizeof little; i++)
        data[i] = little[_i == 1 ? i ^ 1 : i];
    char text[96];
    snprintf(text, sizeof text, dictionary, types[_i]);
    size_t n_bytes;
    char *bytes = npy_bytes(1, text, data, sizeof data, &n_bytes);
    write_bytes("a.npy", bytes, n_bytes);
    mmax_source *source;
    double *values = read_all("a.npy", NULL, 1, &source);
    for (size_t i = 0; i < 7; i++)
        ck_assert_msg(testing_same(values[i], expected[i]), "%zu: %g", i, values[i]);
    ck_assert_str_eq(mmax_source_input(source)->dtype, "bfloat16");
    ck_assert_str_eq(mmax_source_input(source)->stored_dtype, types[_i]);
    ck_assert_double_eq(mmax_source_epsilon(source), 0x1p-23);
    ck_assert_int_eq(mmax_element_of("bfloat16"), MMAX_FLOAT32);
    mmax_source_free(source);
    free(values);
    free(bytes);
}
END_TEST

TCase *half_cases(void)
{
    TCase *half = tcase_create("float16");
    tcase_add_checked_fixture(half, enter_folder, NULL);
    tcase_add_loop_test(half, a_bfloat16_is_the_upper_half_of_a_float32, 0, 3);
    tcase_add_test(half, every_half_is_read_as_its_definition_says);
    tcase_add_test(half, every_half_comes_back_from_float64);
    tcase_add_test(half, float64_is_rounded_to_the_nearest_half_once);
    tcase_add_test(half, the_decimals_of_a_half_read_back_and_none_is_longer_than_five_digits);
    tcase_add_test(half, a_half_is_written_as_people_would_write_it);
    return half;
}
