#include "test_base.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- against the C library ------------------------------------------------------------------- */

/* The program has not set a locale: strtod reads as in the C locale. */
static void expect_what_strtod_reads(const char *text, size_t length)
{
    char *end;
    double expected = strtod(text, &end), value = 42;
    bool whole = length > 0 && end == text + length;
    bool read = mmax_number_read(text, length, &value);
    if (read != whole || !testing_same(value, whole ? expected : 42))
        ck_abort_msg("'%s': read %d as %a, expected %d as %a", text, read, value, whole, expected);
}

enum { TEXT_SIZE = 2048 };

typedef int make_text(testing_random *random, char text[TEXT_SIZE]);

static int below(testing_random *random, int n)
{
    return (int)(testing_uniform(random) * n);
}

static double any_double(testing_random *random)
{
    return double_of_bits(random_bits(random));
}

static int make_short(testing_random *random, char *text)
{
    int n_decimals = below(random, 8);
    return snprintf(text, TEXT_SIZE, "%s%d.%0*d", below(random, 2) ? "-" : "", below(random, 1000),
                    n_decimals, below(random, 10));
}

/* What people write without an exponent, and some of it with one. */
static int make_plain(testing_random *random, char *text)
{
    static const char *const signs[] = {"", "-", "+"};
    int n = snprintf(text, TEXT_SIZE, "%s", signs[below(random, 3)]);
    int n_before = below(random, 6), n_after = below(random, 12);
    for (int i = 0; i < n_before; i++)
        text[n++] = (char)('0' + below(random, 10));
    if (n_after > 0 || below(random, 2))
        text[n++] = '.';
    for (int i = 0; i < n_after; i++)
        text[n++] = (char)('0' + below(random, 10));
    text[n] = '\0';
    return below(random, 8) ? n : n + snprintf(text + n, 16, "e%d", below(random, 20) - 10);
}

static int make_17_digits(testing_random *random, char *text)
{
    return snprintf(text, TEXT_SIZE, "%.17g", any_double(random));
}

static int make_some_digits(testing_random *random, char *text)
{
    double value = any_double(random);
    return snprintf(text, TEXT_SIZE, "%.*e", below(random, 25), value);
}

static int make_subnormal(testing_random *random, char *text)
{
    uint64_t bits = random_bits(random) & 0x800fffffffffffff;
    return snprintf(text, TEXT_SIZE, "%.*g", 1 + below(random, 25), double_of_bits(bits));
}

static int make_integer(testing_random *random, char *text)
{
    unsigned long long number = random_bits(random) >> below(random, 64);
    return snprintf(text, TEXT_SIZE, "%llu", number);
}

/* Two runs of up to 20 digits around a point, and an exponent that may take them out of range. */
static int make_any_exponent(testing_random *random, char *text)
{
    unsigned long long a = random_bits(random) >> below(random, 64);
    unsigned long long b = random_bits(random) >> below(random, 64);
    return snprintf(text, TEXT_SIZE, "%llu.%llu%c%+d", a, b, below(random, 2) ? 'e' : 'E',
                    below(random, 720) - 360);
}

static int make_long(testing_random *random, char *text)
{
    int n = 20 + below(random, 900), point = below(random, n);
    for (int i = 0; i < n; i++)
        text[i] = (char)('0' + (below(random, 4) ? below(random, 10) : 0));
    text[point] = '.';
    return n + snprintf(text + n, 16, "e%d", below(random, 1400) - 700);
}

/* The point between two neighbours in full, one unit of its last digit less, or a digit more. */
static int make_halfway(testing_random *random, char *text)
{
    double value = any_double(random), next = nextafter(value, 2 * value);
    if (!isfinite(next) || !isfinite(value))
        value = next = 1;
    long double halfway = ((long double)value + (long double)next) / 2;
    int n = snprintf(text, TEXT_SIZE - 1, "%.1100Le", halfway);
    char *exponent = strchr(text, 'e'), *last = exponent - 1;
    while (*last == '0')
        last--;
    int which = below(random, 3);
    if (which == 1 && *last != '.')
        --*last;
    if (which == 2 && below(random, 2))
        exponent[-1] = '1';
    else if (which == 2 && last + 1 < exponent)
        last[1] = '1';
    return n;
}

/* Normal numbers only: for subnormal ones glibc 2.36 rounds some hexadecimal numbers down that are
 * beyond the middle; see known_numbers. */
static int make_hexadecimal(testing_random *random, char *text)
{
    unsigned long long a = random_bits(random) >> below(random, 64);
    unsigned long long b = random_bits(random) >> below(random, 64);
    return snprintf(text, TEXT_SIZE, below(random, 2) ? "0x%llx.%llxp%d" : "-0X%llX.%llXP%+d",
                    a | 1, b, below(random, 2060) - 1022);
}

static int make_garbage(testing_random *random, char *text)
{
    static const char alphabet[] = "0123456789..eE+-xXpPinfatyINFATY()_,";
    int n = below(random, 10);
    for (int i = 0; i < n; i++)
        text[i] = alphabet[below(random, sizeof alphabet - 1)];
    text[n] = '\0';
    return n;
}

static const struct {
    make_text *make;
    int n;
} shapes[] = {
    {make_short, 200000},        {make_plain, 200000},    {make_17_digits, 100000},
    {make_some_digits, 100000},  {make_subnormal, 50000}, {make_integer, 100000},
    {make_any_exponent, 200000}, {make_long, 20000},      {make_halfway, 20000},
    {make_hexadecimal, 100000},  {make_garbage, 200000},
};
enum { N_SHAPES = sizeof shapes / sizeof *shapes };

START_TEST(every_text_is_read_as_strtod_reads_it)
{
    testing_random random = {(uint64_t)_i + 1};
    char text[TEXT_SIZE];
    for (int i = 0; i < shapes[_i].n; i++) {
        int n = shapes[_i].make(&random, text);
        expect_what_strtod_reads(text, (size_t)n);
    }
}
END_TEST

/* ---- runs of numbers ------------------------------------------------------------------------- */

/* Whether a run may end before the cell: it is no decimal number and not -inf, or too large. */
static bool may_end_run(const char *cell, size_t length)
{
    char *end;
    double value = strtod(cell, &end);
    bool is_decimal = strspn(cell, " +-.0123456789eE") == length;
    return !(is_decimal && length > 0 && end == cell + length && value <= DBL_MAX &&
             length <= MMAX_NUMBERS_LENGTH);
}

enum { CELLS = 6, LINE_SIZE = CELLS * TEXT_SIZE };

/* Cells of one shape, each with the delimiter after it. */
static size_t make_line(testing_random *random, make_text *make, char delimiter, char *line,
                        size_t begins[CELLS + 1])
{
    char text[TEXT_SIZE];
    size_t used = 0;
    for (size_t i = 0; i < CELLS; i++) {
        begins[i] = used;
        make(random, text);
        used += (size_t)snprintf(line + used, LINE_SIZE - used, "%s%s%c",
                                 below(random, 8) ? "" : "  ", text, delimiter);
    }
    begins[CELLS] = used;
    return used;
}

START_TEST(a_run_of_numbers_is_what_strtod_reads_cell_by_cell)
{
    static char line[LINE_SIZE];
    testing_random random = {(uint64_t)_i + 101};
    for (int i = 0; i < shapes[_i].n / CELLS; i++) {
        size_t begins[CELLS + 1], n_bytes;
        double values[CELLS];
        char delimiter = ";\t|"[below(&random, 3)];
        size_t length = make_line(&random, shapes[_i].make, delimiter, line, begins);
        size_t n = mmax_numbers_read(line, length, delimiter, values, CELLS, &n_bytes);
        ck_assert_uint_eq(n_bytes, begins[n]);
        for (size_t k = 0; k < CELLS; k++)
            line[begins[k + 1] - 1] = '\0';
        for (size_t k = 0; k < n; k++)
            ck_assert_msg(testing_same(values[k], strtod(line + begins[k], NULL)),
                          "'%s' is read as %a", line + begins[k], values[k]);
        ck_assert_msg(n == CELLS || may_end_run(line + begins[n], begins[n + 1] - begins[n] - 1),
                      "the run ends before '%s'", line + begins[n]);
    }
}
END_TEST

static const struct {
    const char *text;
    char delimiter;
    size_t n, n_bytes;
} runs[] = {
    {"1,2,3", ',', 2, 4},
    {"1, 2,   3,4\n", ',', 3, 10},
    {"-inf,-1e400,+inf,1,", ',', 2, 12},
    {"1,1e400,1,", ',', 1, 2},
    {"1,-INF,-Infinity,1,", ',', 2, 7},
    {"1,nan,1,", ',', 1, 2},
    {"1,\"2\",3,", ',', 1, 2},
    {"1,2 ,3,", ',', 1, 2},
    {"1,,3,", ',', 1, 2},
    {"1,2\n3,4,", ',', 1, 2},
    {"1,2\r\n3,4,", ',', 1, 2},
    {"1,2;3,4,", ',', 1, 2},
    {"1,0x10,", ',', 1, 2},
    {"1,2", ';', 0, 0},
    {"", ',', 0, 0},
    /* Spaces delimit in runs, and not at the end of a line. */
    {"1 2 3\n", ' ', 2, 4},
    {"1 2  3 4", ' ', 1, 2},
    {"1 2 \n3 4", ' ', 1, 2},
    {"1 2 ", ' ', 1, 2},
};
enum { N_RUNS = sizeof runs / sizeof *runs };

START_TEST(a_run_of_numbers_ends_before_what_else_a_cell_may_be)
{
    /* Again with more after it, where there is room to look at eight bytes at once. */
    static const char *const after[] = {"", "\n123456789012345678901234567890"};
    for (size_t i = 0; i < 2; i++) {
        char text[64];
        double values[8];
        size_t n_bytes;
        size_t length = (size_t)snprintf(text, sizeof text, "%s%s", runs[_i].text, after[i]);
        size_t n = mmax_numbers_read(text, length, runs[_i].delimiter, values, 8, &n_bytes);
        ck_assert_uint_eq(n, runs[_i].n);
        ck_assert_uint_eq(n_bytes, runs[_i].n_bytes);
    }
}
END_TEST

START_TEST(a_run_of_numbers_reads_nothing_beyond_its_length)
{
    /* Heap of the exact size, for the address sanitizer. */
    static const char line[] = "-1234567.12345678e-12,0.5, 123.12345678,-inf,7,1.25,";
    size_t n_whole = 0;
    for (size_t n = 0; n < sizeof line; n++) {
        char *copy = mmax_alloc_array(n, 1);
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, line, n);
        double values[8];
        size_t n_bytes;
        n_whole += n > 0 && line[n - 1] == ',';
        ck_assert_uint_eq(mmax_numbers_read(copy, n, ',', values, 8, &n_bytes), n_whole);
        free(copy);
    }
}
END_TEST

START_TEST(a_run_of_numbers_ends_where_enough_are_read)
{
    double values[3] = {0, 0, 42};
    size_t n_bytes;
    ck_assert_uint_eq(mmax_numbers_read("1,2,3,4,", 8, ',', values, 2, &n_bytes), 2);
    ck_assert_uint_eq(n_bytes, 4);
    ck_assert_double_eq(values[1], 2);
    ck_assert_double_eq(values[2], 42);
}
END_TEST

/* ---- known values ---------------------------------------------------------------------------- */

static const struct {
    const char *text;
    double expected;
} known_numbers[] = {
    {"0", 0},
    {"-0", -0.0},
    {"+1.5", 1.5},
    {".5", .5},
    {"5.", 5},
    {"1.e2", 100},
    {"00012e-1", 1.2},
    {"18446744073709551615", 18446744073709551615.0},
    /* By hand: 2^53 + 1 lies halfway between two doubles and goes to the even one. */
    {"9007199254740993", 9007199254740992},
    {"9007199254740993.0", 9007199254740992},
    {"9007199254740993000e-3", 9007199254740992},
    {"9007199254740993.00000000000000000000001", 9007199254740994},
    {"9007199254740992.99999999999999999999999", 9007199254740992},
    {"9007199254740995", 9007199254740996},
    {"1.00000000000000011102230246251565404", 1}, /* below 1 + 2^-53 */
    {"1.00000000000000011102230246251565405", 0x1.0000000000001p0},
    /* The two texts that hung PHP (bug 53632) and javac (CVE-2010-4476). */
    {"2.2250738585072011e-308", 0x0.fffffffffffffp-1022},
    {"2.2250738585072012e-308", DBL_MIN},
    /* Around half of the least subnormal, 2.47032822920623272088...e-324, and around the halfway
     * point above the greatest double, 1.79769313486231580793...e308. */
    {"2.4703282292062327e-324", 0},
    {"2.4703282292062328e-324", 0x1p-1074},
    {"5e-324", 0x1p-1074},
    {"1.7976931348623157e308", DBL_MAX},
    {"1.7976931348623158e308", DBL_MAX},
    {"1.7976931348623159e308", HUGE_VAL},
    {"1e309", HUGE_VAL},
    {"-1e99999999999999999999", -HUGE_VAL},
    {"1e-99999999999999999999", 0},
    {"0e99999999999999999999", 0},
    {"0.00000000000000000000000000e999999999999", 0},
    {"inf", HUGE_VAL},
    {"-INF", -HUGE_VAL},
    {"Infinity", HUGE_VAL},
    {"nan", (double)NAN},
    {"-NaN", (double)NAN},
    {"nan(ind)", (double)NAN}, /* as the C library of Windows writes it */
    {"nan()", (double)NAN},
    /* Hexadecimal, by hand. */
    {"0x10", 16},
    {"0X.8P+1", 1},
    {"0x1.8p-1", .75},
    {"0x0p99999999999999999999", 0},
    {"0x1p-1074", 0x1p-1074},
    {"0x1p-1075", 0}, /* a tie, to even */
    {"0x1.0000000000000000000001p-1075", 0x1p-1074},
    {"0x3p-1075", 0x1p-1073},
    {"0x3cacb9a96930a.3p-1072", 0x0.f2b2e6a5a4c29p-1022}, /* ...28.c units of 2^-1074 */
    {"0x1p-2000", 0},
    {"0x1.00000000000008p0", 1},
    {"0x1.000000000000080000000000001p0", 0x1.0000000000001p0},
    {"0x1.fffffffffffff7p1023", DBL_MAX},
    {"0x1.fffffffffffff8p1023", HUGE_VAL},
    {"0x1p99999999999999999999", HUGE_VAL},
    {"0x100000000000000000000000000000000p-128", 1},
};
enum { N_KNOWN_NUMBERS = sizeof known_numbers / sizeof *known_numbers };

static void expect_number(const char *text, size_t length, double expected)
{
    double value = 42;
    ck_assert_msg(mmax_number_read(text, length, &value), "'%.100s' is refused", text);
    ck_assert_msg(testing_same(value, expected), "'%.100s' is read as %a, not %a", text, value,
                  expected);
}

START_TEST(known_numbers_are_read_as_they_should_be)
{
    const char *text = known_numbers[_i].text;
    expect_number(text, strlen(text), known_numbers[_i].expected);
}
END_TEST

static const char *const refused[] = {
    "",
    " 1",
    "1 ",
    "\t1",
    "1\n",
    "-",
    "+",
    ".",
    "-.",
    "e1",
    ".e1",
    "1e",
    "1e+",
    "1e1.5",
    "1.2.3",
    "--1",
    "+-1",
    "1,5",
    "1_000",
    "1d5",
    "n/a",
    "0x",
    "0x.",
    "0xp1",
    "0x1p",
    "0x1p+",
    "0x1.2.3",
    "0xg",
    "x1",
    "in",
    "infi",
    "infinit",
    "infinity1",
    "nan(",
    "nan(a",
    "nan(-)",
    "nan)",
    "nana",
    "na",
    "1f",
    "1e1e1",
    "0x1p1.5",
    "\357\273\2771",
};
enum { N_REFUSED = sizeof refused / sizeof *refused };

START_TEST(what_is_no_number_is_refused_and_its_place_left_alone)
{
    double value = 42;
    ck_assert(!mmax_number_read(refused[_i], strlen(refused[_i]), &value));
    ck_assert_double_eq(value, 42);
}
END_TEST

START_TEST(nothing_beyond_the_length_is_read)
{
    /* Heap of the exact size, for the address sanitizer. */
    static const char text[] = "-1234567.12345678e-12";
    for (size_t n = 0; n < sizeof text; n++) {
        char *copy = mmax_alloc_array(n, 1);
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, text, n);
        double value;
        bool complete = n > 1 && n != 18 && n != 19;
        ck_assert_int_eq(mmax_number_read(copy, n, &value), complete);
        free(copy);
    }
    double value;
    ck_assert(!mmax_number_read("1\0", 2, &value));
    ck_assert(!mmax_number_read(NULL, 0, &value));
}
END_TEST

/* 0.000...01 and 1000...0 with exponents that make up for the zeros. */
START_TEST(a_hundred_thousand_zeros_and_their_exponent_cancel)
{
    enum { N_ZEROS = 100000 };
    char *text = mmax_alloc_array(N_ZEROS + 32, 1);
    ck_assert_ptr_nonnull(text);
    memset(text, '0', N_ZEROS + 2);
    text[1] = '.';
    int n = snprintf(text + N_ZEROS + 2, 16, "1e%d", N_ZEROS + 1);
    expect_number(text, N_ZEROS + 2 + (size_t)n, 1);
    memset(text, '0', N_ZEROS + 1);
    text[0] = '3';
    n = snprintf(text + N_ZEROS + 1, 16, "e-%d", N_ZEROS);
    expect_number(text, N_ZEROS + 1 + (size_t)n, 3);
    free(text);
}
END_TEST

/* 2^53 + 1 is a tie; a digit four thousand places later breaks it, a zero does not. */
START_TEST(the_last_of_five_thousand_digits_can_decide)
{
    char text[5001];
    memset(text, '0', sizeof text);
    memcpy(text, "9007199254740993.", 17);
    expect_number(text, 5000, 9007199254740992);
    text[4999] = '1';
    expect_number(text, 5000, 9007199254740994);
}
END_TEST

START_TEST(numbers_are_read_with_a_point_whatever_the_locale)
{
    if (!use_comma_locale("numbers_are_read_with_a_point_whatever_the_locale"))
        return;
    double value = 42;
    ck_assert(mmax_number_read("-1234.5", 7, &value) && value == -1234.5);
    ck_assert(mmax_number_read("9007199254740993.1", 18, &value) && value == 9007199254740994);
    ck_assert(!mmax_number_read("1,5", 3, &value));
}
END_TEST

TCase *reading_cases(void)
{
    TCase *reading = tcase_create("reading numbers");
    tcase_set_timeout(reading, 60);
    tcase_add_loop_test(reading, every_text_is_read_as_strtod_reads_it, 0, N_SHAPES);
    tcase_add_loop_test(reading, a_run_of_numbers_is_what_strtod_reads_cell_by_cell, 0, N_SHAPES);
    tcase_add_loop_test(reading, a_run_of_numbers_ends_before_what_else_a_cell_may_be, 0, N_RUNS);
    tcase_add_test(reading, a_run_of_numbers_reads_nothing_beyond_its_length);
    tcase_add_test(reading, a_run_of_numbers_ends_where_enough_are_read);
    tcase_add_loop_test(reading, known_numbers_are_read_as_they_should_be, 0, N_KNOWN_NUMBERS);
    tcase_add_loop_test(reading, what_is_no_number_is_refused_and_its_place_left_alone, 0,
                        N_REFUSED);
    tcase_add_test(reading, nothing_beyond_the_length_is_read);
    tcase_add_test(reading, a_hundred_thousand_zeros_and_their_exponent_cancel);
    tcase_add_test(reading, the_last_of_five_thousand_digits_can_decide);
    tcase_add_test(reading, numbers_are_read_with_a_point_whatever_the_locale);
    return reading;
}
