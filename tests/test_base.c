#include "testing.h"

#include <stdlib.h>

START_TEST(a_name_with_a_typing_error_finds_the_name_that_was_meant)
{
    static const char *const names[] = {"softmax", "sparsemax", "entmax"};
    ck_assert_str_eq(mmax_suggest("sparsmax", names, 3), "sparsemax");
    ck_assert_str_eq(mmax_suggest("sotfmax", names, 3), "softmax");
    ck_assert_ptr_null(mmax_suggest("banana", names, 3));
}
END_TEST

START_TEST(control_characters_and_broken_utf8_are_shown_escaped)
{
    char quoted[64];
    ck_assert_str_eq(mmax_quote("a\x1b[31m\xff\xc3\xa9", 9, quoted, sizeof quoted),
                     "a\\x1b[31m\\xff\xc3\xa9");
    ck_assert_str_eq(mmax_quote("0123456789", 10, quoted, 8), "0123...");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base");
    TCase *text = tcase_create("text");
    tcase_add_test(text, a_name_with_a_typing_error_finds_the_name_that_was_meant);
    tcase_add_test(text, control_characters_and_broken_utf8_are_shown_escaped);
    suite_add_tcase(suite, text);
    return testing_run(suite);
}
