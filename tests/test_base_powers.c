#include "test_base.h"

#include "base/number.h"

/* A natural number, least limb first; made for this test and nothing else. */
typedef struct natural {
    uint32_t limbs[40];
} natural;

static void multiply(natural *x, uint32_t factor)
{
    uint64_t carry = 0;
    for (size_t i = 0; i < sizeof x->limbs / sizeof *x->limbs; i++) {
        carry += (uint64_t)x->limbs[i] * factor;
        x->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    ck_assert_uint_eq(carry, 0);
}

static int bit(const natural *x, int i)
{
    return i < 0 ? 0 : (int)(x->limbs[i / 32] >> (i % 32) & 1);
}

static int bit_length(const natural *x)
{
    int n = 32 * (int)(sizeof x->limbs / sizeof *x->limbs);
    while (n > 0 && !bit(x, n - 1))
        n--;
    return n;
}

static natural natural_of_entry(int power, uint64_t summand)
{
    const uint64_t *entry = mmax_powers_of_ten[power - MMAX_LEAST_POWER];
    uint64_t low = entry[1] + summand;
    ck_assert_uint_ge(low, summand); /* the writer counts on it: no entry ends in 64 ones */
    return (natural){
        {(uint32_t)low, (uint32_t)(low >> 32), (uint32_t)entry[0], (uint32_t)(entry[0] >> 32)}};
}

/* 5^q cut off after 128 bits: bit for bit. */
START_TEST(a_power_in_the_table_starts_with_the_bits_of_the_power_of_five)
{
    natural five = {{1}};
    for (int q = 0; q <= MMAX_GREATEST_POWER; q++, multiply(&five, 5)) {
        natural entry = natural_of_entry(q, 0);
        int n = bit_length(&five), cut = 0;
        ck_assert_int_eq(bit_length(&entry), 128);
        for (int i = 1; i <= 128; i++)
            ck_assert_int_eq(bit(&entry, 128 - i), bit(&five, n - i));
        for (int i = 0; i < n - 128; i++)
            cut |= bit(&five, i);
        ck_assert_int_eq(cut == 0, q <= MMAX_LAST_EXACT_POWER);
        ck_assert_int_eq(mmax_log2_of_power(q), q + n - 1);
    }
}
END_TEST

/* T = floor(2^b / 5^q), by T 5^q < 2^b < (T + 1) 5^q and without dividing. */
START_TEST(a_negative_power_in_the_table_is_the_quotient_rounded_down)
{
    natural five = {{1}};
    for (int q = 1; q <= -MMAX_LEAST_POWER; q++) {
        natural below = natural_of_entry(-q, 0), above = natural_of_entry(-q, 1);
        ck_assert_int_eq(bit_length(&below), 128);
        multiply(&five, 5);
        for (int i = 0; i < q; i++) {
            multiply(&below, 5);
            multiply(&above, 5);
        }
        int n = bit_length(&five), b = 127 + n;
        ck_assert_int_eq(bit_length(&below), b);
        ck_assert_int_eq(bit_length(&above), b + 1);
        ck_assert_int_eq(mmax_log2_of_power(-q), -n - q);
    }
}
END_TEST

TCase *power_cases(void)
{
    TCase *powers = tcase_create("the table of powers");
    tcase_add_test(powers, a_power_in_the_table_starts_with_the_bits_of_the_power_of_five);
    tcase_add_test(powers, a_negative_power_in_the_table_is_the_quotient_rounded_down);
    return powers;
}
