#include "test_base.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

uint64_t random_bits(testing_random *random)
{
    uint64_t bits = 0;
    for (int i = 0; i < 2; i++)
        bits = bits << 32 | (uint64_t)(testing_uniform(random) * 0x1p32);
    return bits;
}

double double_of_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

bool use_comma_locale(const char *name)
{
    static const char *const locales[] = {"de_DE.UTF-8", "de_DE.utf8",  "de_DE",      "fr_FR.UTF-8",
                                          "es_ES.UTF-8", "it_IT.UTF-8", "pl_PL.UTF-8"};
    for (size_t i = 0; i < sizeof locales / sizeof *locales; i++)
        if (setlocale(LC_ALL, locales[i]) && strcmp(localeconv()->decimal_point, ",") == 0)
            return true;
    setlocale(LC_ALL, "C");
    printf("SKIP: %s: no locale with a decimal comma is installed\n", name);
    return false;
}

/* ---- names ----------------------------------------------------------------------------------- */

static const char *const map_names[] = {"softmax", "sparsemax", "entmax"};

/* Expected values by hand: edits over a third of the longer word are too many. */
static const struct {
    const char *typed, *meant;
} suggestions[] = {
    {"sparsmax", "sparsemax"}, /* deletion */
    {"softtmax", "softmax"},   /* insertion */
    {"entmex", "entmax"},      /* substitution */
    {"sotfmax", "softmax"},    /* swap: one edit, not two */
    {"entmxa", "entmax"},      /* swap at the end */
    {"softmax", "softmax"},    /* no edit at all */
    {"etnmx", "entmax"},       /* 2 edits of 6 letters */
    {"etnx", NULL},            /* 3 of 6 */
    {"banana", NULL},
    {"", NULL},
    {"softmaxsoftmaxsoftmaxsoftmaxsoftmaxsoftmaxsoftmaxsoftmaxsoftmaxsoftmax", NULL},
};
enum { N_SUGGESTIONS = sizeof suggestions / sizeof *suggestions };

START_TEST(a_name_with_a_typing_error_finds_the_name_that_was_meant)
{
    const char *found = mmax_suggest(suggestions[_i].typed, map_names, 3);
    if (suggestions[_i].meant)
        ck_assert_pstr_eq(found, suggestions[_i].meant);
    else
        ck_assert_ptr_null(found);
}
END_TEST

START_TEST(candidates_longer_than_any_name_of_ours_are_passed_over)
{
    char name[101];
    memset(name, 'a', 100);
    name[100] = '\0';
    ck_assert_ptr_null(mmax_suggest(name + 40, (const char *const[]){name}, 1));
    ck_assert_ptr_null(mmax_suggest("softmax", NULL, 0));
}
END_TEST

/* ---- text ------------------------------------------------------------------------------------ */

/* Table 3-7 of the Unicode Standard, "Well-Formed UTF-8 Byte Sequences": its borders, and the next
 * byte on the wrong side of each. */
static const struct {
    const char *bytes;
    size_t length, expected;
} characters[] = {
    {"", 0, 0},
    {"a", 1, 1},
    {"\0", 1, 1},
    {"\x7f", 1, 1},
    {"\x80", 1, 0},
    {"\xc1\xbf", 2, 0},
    {"\xc2\x80", 2, 2},
    {"\xc2\x80", 1, 0},
    {"\xc2\x7f", 2, 0},
    {"\xc2\xc0", 2, 0},
    {"\xdf\xbf", 2, 2},
    {"\xe0\x9f\xbf", 3, 0},
    {"\xe0\xa0\x80", 3, 3},
    {"\xe0\xa0\x80", 2, 0},
    {"\xed\x9f\xbf", 3, 3},
    {"\xed\xa0\x80", 3, 0},
    {"\xee\x80\x80", 3, 3},
    {"\xef\xbf\xbf", 3, 3},
    {"\xe1\x80\x7f", 3, 0},
    {"\xf0\x8f\xbf\xbf", 4, 0},
    {"\xf0\x90\x80\x80", 4, 4},
    {"\xf0\x90\x80\x80", 3, 0},
    {"\xf4\x8f\xbf\xbf", 4, 4},
    {"\xf4\x90\x80\x80", 4, 0},
    {"\xf5\x80\x80\x80", 4, 0},
    {"\xff", 1, 0},
    {"ab", 2, 1},
};
enum { N_CHARACTERS = sizeof characters / sizeof *characters };

START_TEST(a_character_is_as_long_as_the_unicode_standard_says)
{
    ck_assert_uint_eq(mmax_utf8_length(characters[_i].bytes, characters[_i].length),
                      characters[_i].expected);
}
END_TEST

static const struct {
    const char *text;
    size_t size;
    const char *expected;
} quotations[] = {
    {"", 4, ""},
    {"plain", 64, "plain"},
    {"a\x1b[31m\xff\xc3\xa9", 64, "a\\x1b[31m\\xff\xc3\xa9"},
    {"\t\n\r\x7f", 64, "\\x09\\x0a\\x0d\\x7f"},
    {"\xc2\x9b"
     "31m",
     64, "\\xc2\\x9b31m"},                                              /* CSI in one character */
    {"\xc2\xa0", 64, "\xc2\xa0"},                                       /* the first one after C1 */
    {"\xe2\x80\xae", 64, "\\xe2\\x80\\xae"},                            /* right-to-left override */
    {"\xe2\x80\xa8\xe2\x81\xa6", 64, "\\xe2\\x80\\xa8\\xe2\\x81\\xa6"}, /* line, isolate */
    {"\xe2\x80\xa7\xe2\x81\xaa", 64, "\xe2\x80\xa7\xe2\x81\xaa"},
    {"0123456789", 11, "0123456789"}, /* just fits */
    {"0123456789", 10, "012345..."},
    {"0123456789", 8, "0123..."},
    {"0123456789", 4, "..."},
    {"0123", 5, "0123"},
    {"012\xc3\xa9", 6, "012\xc3\xa9"},
    {"012\xc3\xa9z", 6, "01..."},
    {"0\xc3\xa9zzz", 6, "0..."}, /* no half of a character before the dots */
    {"\x1b\x1b\x1b", 9, "\\x1b..."},
    {"\x1b\x1b", 9, "\\x1b\\x1b"},
};
enum { N_QUOTATIONS = sizeof quotations / sizeof *quotations };

START_TEST(quoted_text_is_harmless_and_short_enough)
{
    char quoted[64];
    memset(quoted, '#', sizeof quoted);
    const char *text = quotations[_i].text;
    size_t size = quotations[_i].size;
    ck_assert_ptr_eq(mmax_quote(text, strlen(text), quoted, size), quoted);
    ck_assert_str_eq(quoted, quotations[_i].expected);
    for (size_t i = size; i < sizeof quoted; i++)
        ck_assert_int_eq(quoted[i], '#');
}
END_TEST

/* ---- status ---------------------------------------------------------------------------------- */

START_TEST(a_message_may_be_made_from_the_one_it_replaces)
{
    mmax_error error;
    ck_assert_int_eq(mmax_fail(&error, MMAX_EFORMAT, "no %s", "number"), MMAX_EFORMAT);
    ck_assert_int_eq(mmax_fail(&error, MMAX_EIO, "a.csv:1: %s", error.message), MMAX_EIO);
    ck_assert_int_eq(error.status, MMAX_EIO);
    ck_assert_str_eq(error.message, "a.csv:1: no number");
    ck_assert_int_eq(mmax_fail(NULL, MMAX_EIO, "nobody listens"), MMAX_EIO);
}
END_TEST

START_TEST(a_message_that_is_too_long_ends_in_dots_after_a_whole_character)
{
    char text[2 * MMAX_MESSAGE_SIZE] = "";
    for (size_t shift = 0; shift < 2; shift++) {
        memset(text, 'a', shift);
        for (size_t i = shift; i + 2 < sizeof text; i += 2)
            memcpy(text + i, "\xc3\xa9", 3);
        mmax_error error;
        mmax_fail(&error, MMAX_EIO, "%s", text);
        size_t length = strlen(error.message);
        ck_assert_uint_ge(length, MMAX_MESSAGE_SIZE - 2);
        ck_assert_str_eq(error.message + length - 3, "...");
        for (size_t i = 0, n; i < length; i += n)
            ck_assert_uint_gt(n = mmax_utf8_length(error.message + i, length - i), 0);
    }
}
END_TEST

START_TEST(lack_of_memory_names_what_it_was_needed_for)
{
    mmax_error error;
    ck_assert_int_eq(mmax_fail_memory(&error, "reading a.npy"), MMAX_ENOMEM);
    ck_assert_str_eq(error.message, "out of memory while reading a.npy");
}
END_TEST

/* ---- memory ---------------------------------------------------------------------------------- */

START_TEST(a_product_that_overflows_is_refused_and_leaves_its_place_alone)
{
    size_t product = 17, half = (size_t)1 << (4 * sizeof(size_t));
    ck_assert(!mmax_multiply(half, half, &product));
    ck_assert(!mmax_multiply(SIZE_MAX, 2, &product));
    ck_assert(!mmax_multiply(2, SIZE_MAX / 2 + 1, &product));
    ck_assert_uint_eq(product, 17);
    ck_assert(mmax_multiply(SIZE_MAX / 2, 2, &product));
    ck_assert_uint_eq(product, SIZE_MAX - 1);
    ck_assert(mmax_multiply(SIZE_MAX, 1, &product) && product == SIZE_MAX);
    ck_assert(mmax_multiply(0, SIZE_MAX, &product) && product == 0);
    ck_assert(mmax_multiply(SIZE_MAX, 0, &product) && product == 0);
}
END_TEST

START_TEST(an_array_whose_size_overflows_is_not_allocated)
{
    ck_assert_ptr_null(mmax_alloc_array(SIZE_MAX / 8 + 2, 8));
    ck_assert_ptr_null(mmax_alloc_zeroed(SIZE_MAX / 8 + 2, 8));
    char *old = mmax_copy_text("as it was");
    ck_assert_ptr_nonnull(old);
    ck_assert_ptr_null(mmax_resize_array(old, SIZE_MAX / 8 + 2, 8));
    ck_assert_str_eq(old, "as it was");
    free(old);
}
END_TEST

START_TEST(an_array_of_nothing_is_a_pointer_that_can_be_freed)
{
    void *pointers[] = {mmax_alloc_array(0, 8), mmax_alloc_array(8, 0), mmax_alloc_zeroed(0, 8),
                        mmax_alloc_zeroed(8, 0), mmax_resize_array(NULL, 0, 8)};
    for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++) {
        ck_assert_ptr_nonnull(pointers[i]);
        free(pointers[i]);
    }
}
END_TEST

START_TEST(zeroed_memory_is_zero_and_a_resized_array_keeps_its_elements)
{
    int *numbers = mmax_alloc_zeroed(100, sizeof *numbers);
    ck_assert_ptr_nonnull(numbers);
    for (int i = 0; i < 100; i++) {
        ck_assert_int_eq(numbers[i], 0);
        numbers[i] = i;
    }
    int *more = mmax_resize_array(numbers, 10000, sizeof *more);
    ck_assert_ptr_nonnull(more);
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(more[i], i);
    free(more);
}
END_TEST

static TCase *text_cases(void)
{
    TCase *text = tcase_create("text");
    tcase_add_loop_test(text, a_name_with_a_typing_error_finds_the_name_that_was_meant, 0,
                        N_SUGGESTIONS);
    tcase_add_test(text, candidates_longer_than_any_name_of_ours_are_passed_over);
    tcase_add_loop_test(text, a_character_is_as_long_as_the_unicode_standard_says, 0, N_CHARACTERS);
    tcase_add_loop_test(text, quoted_text_is_harmless_and_short_enough, 0, N_QUOTATIONS);
    tcase_add_test(text, a_message_may_be_made_from_the_one_it_replaces);
    tcase_add_test(text, a_message_that_is_too_long_ends_in_dots_after_a_whole_character);
    tcase_add_test(text, lack_of_memory_names_what_it_was_needed_for);
    return text;
}

static TCase *memory_cases(void)
{
    TCase *memory = tcase_create("memory");
    tcase_add_test(memory, a_product_that_overflows_is_refused_and_leaves_its_place_alone);
    tcase_add_test(memory, an_array_whose_size_overflows_is_not_allocated);
    tcase_add_test(memory, an_array_of_nothing_is_a_pointer_that_can_be_freed);
    tcase_add_test(memory, zeroed_memory_is_zero_and_a_resized_array_keeps_its_elements);
    return memory;
}

int main(void)
{
    Suite *suite = suite_create("base");
    suite_add_tcase(suite, text_cases());
    suite_add_tcase(suite, memory_cases());
    suite_add_tcase(suite, power_cases());
    suite_add_tcase(suite, reading_cases());
    suite_add_tcase(suite, writing_cases());
    suite_add_tcase(suite, output_cases());
    suite_add_tcase(suite, refused_output_cases());
    suite_add_tcase(suite, width_cases());
    return testing_run(suite);
}
