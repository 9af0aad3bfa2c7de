/* Columns of a terminal: what takes none, one and two, by the Unicode Character Database. */
#include "test_base.h"

#include <string.h>

static const struct {
    const char *text;
    size_t width; /* by hand */
} widths[] = {
    {"", 0},
    {"the", 3},
    {"\xc3\xa9", 1},                                     /* e acute, one character */
    {"e\xcc\x81\xcc\x82", 1},                            /* e with two combining accents */
    {"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 6},         /* three ideographs */
    {"\xef\xbc\xa1", 2},                                 /* full-width A */
    {"\xea\xb0\x80", 2},                                 /* a syllable of Hangul */
    {"\xe1\x84\x80\xe1\x85\xa1", 2},                     /* the same as initial and vowel */
    {"\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7", 5},     /* Arabic */
    {"\xe2\x96\x81the", 4},                              /* U+2581, an ordinary character */
    {"\xf0\x9f\x98\x80", 2},                             /* a face */
    {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", 4}, /* two emoji and a joiner of none */
    {"\xf0\xa0\x80\x80\xf0\xbf\xbf\xbd", 4},             /* the ends of the ideographic planes */
    {"\xc2\xad", 1},                                     /* soft hyphen */
    {"\xe2\x80\x8b", 0},                                 /* zero width space */
    {"\xf4\x8f\xbf\xbf", 1},                             /* the last code point */
    {"a\xff\xe2\x96", 4},                                /* each byte that is not UTF-8 */
};

START_TEST(a_text_is_as_wide_as_a_terminal_draws_it)
{
    ck_assert_uint_eq(mmax_display_width(widths[_i].text), widths[_i].width);
}
END_TEST

static const struct {
    const char *text;
    size_t width, length, used; /* by hand */
} prefixes[] = {
    {"the", 0, 0, 0},
    {"the", 2, 2, 2},
    {"the", 9, 3, 3},
    {"\xe6\x97\xa5\xe6\x9c\xac", 3, 3, 2}, /* half an ideograph is none */
    {"e\xcc\x81"
     "te\xcc\x81",
     2, 4, 2}, /* an accent stays with its letter */
    {"e\xcc\x81"
     "te\xcc\x81",
     1, 3, 1},
    {"\xff\xff", 1, 1, 1},
};

START_TEST(the_beginning_of_a_text_has_whole_characters_only)
{
    size_t used;
    ck_assert_uint_eq(mmax_display_prefix(prefixes[_i].text, prefixes[_i].width, &used),
                      prefixes[_i].length);
    ck_assert_uint_eq(used, prefixes[_i].used);
}
END_TEST

TCase *width_cases(void)
{
    TCase *width = tcase_create("width");
    tcase_add_loop_test(width, a_text_is_as_wide_as_a_terminal_draws_it, 0,
                        (int)(sizeof widths / sizeof *widths));
    tcase_add_loop_test(width, the_beginning_of_a_text_has_whole_characters_only, 0,
                        (int)(sizeof prefixes / sizeof *prefixes));
    return width;
}
