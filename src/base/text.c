#include "base/base.h"

#include <assert.h>
#include <string.h>

void mmax_shape_write(const size_t *shape, size_t n_dims, char text[MMAX_SHAPE_SIZE])
{
    size_t used = (size_t)snprintf(text, MMAX_SHAPE_SIZE, "(");
    for (size_t i = 0; i < n_dims; i++)
        used +=
            (size_t)snprintf(text + used, MMAX_SHAPE_SIZE - used, i ? ", %zu" : "%zu", shape[i]);
    snprintf(text + used, MMAX_SHAPE_SIZE - used, n_dims == 1 ? ",)" : ")");
}

size_t mmax_utf8_length(const char *text, size_t length)
{
    const unsigned char *s = (const unsigned char *)text;
    if (length == 0)
        return 0;
    if (s[0] < 0x80)
        return 1;
    size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || n > length)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    /* Overlong forms, surrogates and what lies beyond U+10FFFF show in the second byte. */
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] >= 0xa0) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] >= 0x90))
        return 0;
    return n;
}

/* Control characters of ASCII, those of Latin-1 that terminals act on (U+0080 to U+009F), and those
 * of Unicode that end a line or reorder what stands on it (U+2028 to U+202E, U+2066 to U+2069). */
static bool is_control(const char *text, size_t n)
{
    const unsigned char *s = (const unsigned char *)text;
    if (n == 1)
        return s[0] < 0x20 || s[0] == 0x7f;
    if (n == 2)
        return s[0] == 0xc2 && s[1] < 0xa0;
    return n == 3 && s[0] == 0xe2 &&
           ((s[1] == 0x80 && s[2] >= 0xa8 && s[2] <= 0xae) ||
            (s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9));
}

/* Writes the character at the start of TEXT, whole or not at all; returns how many bytes of TEXT it
 * takes, and how many it needs, escaped or not, in *NEEDED. */
static size_t quote_character(const char *text, size_t length, char *quoted, size_t room,
                              size_t *needed)
{
    static const char digits[] = "0123456789abcdef";
    size_t n = mmax_utf8_length(text, length);
    bool plain = n > 0 && !is_control(text, n);
    n = n > 0 ? n : 1;
    *needed = plain ? n : 4 * n;
    if (*needed > room)
        return n;
    for (size_t i = 0; i < n; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (plain)
            quoted[i] = text[i];
        else
            memcpy(quoted + 4 * i, (char[]){'\\', 'x', digits[byte >> 4], digits[byte & 15]}, 4);
    }
    return n;
}

const char *mmax_quote(const char *text, size_t length, char *quoted, size_t size)
{
    static const char ellipsis[] = "...";
    assert(size >= sizeof ellipsis);
    size_t used = 0, cut = 0; /* CUT: where there is still room for the ellipsis */
    for (size_t i = 0, needed; i < length; used += needed) {
        i += quote_character(text + i, length - i, quoted + used, size - 1 - used, &needed);
        if (needed > size - 1 - used) {
            memcpy(quoted + cut, ellipsis, sizeof ellipsis);
            return quoted;
        }
        if (used + needed + sizeof ellipsis <= size)
            cut = used + needed;
    }
    quoted[used] = '\0';
    return quoted;
}

enum { LONGEST_NAME = 64 };

/* Damerau's distance restricted to adjacent swaps (optimal string alignment): typing errors are
 * insertions, deletions, substitutions and swaps. */
static size_t edit_distance(const char *a, size_t n, const char *b, size_t m)
{
    size_t rows[3][LONGEST_NAME + 1];
    size_t *before = rows[0], *previous = rows[1], *current = rows[2];
    for (size_t j = 0; j <= m; j++)
        previous[j] = j;
    for (size_t i = 1; i <= n; i++) {
        current[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t best = previous[j - 1] + (a[i - 1] != b[j - 1]);
            if (previous[j] + 1 < best)
                best = previous[j] + 1;
            if (current[j - 1] + 1 < best)
                best = current[j - 1] + 1;
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            current[j] = best;
        }
        size_t *oldest = before;
        before = previous;
        previous = current;
        current = oldest;
    }
    return previous[m];
}

const char *mmax_suggest(const char *name, const char *const *candidates, size_t n_candidates)
{
    size_t n = strlen(name);
    const char *nearest = NULL;
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < n_candidates && n <= LONGEST_NAME; i++) {
        size_t m = strlen(candidates[i]);
        if (m > LONGEST_NAME)
            continue;
        size_t distance = edit_distance(name, n, candidates[i], m);
        if (3 * distance <= (n > m ? n : m) && distance < least) {
            least = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}

size_t mmax_find_word(const char *what, const char *word, const char *const *words, size_t n_words,
                      mmax_error *error)
{
    for (size_t i = 0; i < n_words; i++)
        if (strcmp(word, words[i]) == 0)
            return i;
    char quoted[64];
    mmax_quote(word, strlen(word), quoted, sizeof quoted);
    const char *meant = mmax_suggest(word, words, n_words);
    if (meant) {
        mmax_fail(error, MMAX_EUSAGE, "invalid %s '%s': did you mean '%s'?", what, quoted, meant);
        return n_words;
    }
    char expected[256] = "";
    for (size_t i = 0, used = 0; i < n_words; i++) {
        const char *joint = i == 0 ? "" : i + 1 == n_words ? " or " : ", ";
        used += (size_t)snprintf(expected + used, sizeof expected - used, "%s%s", joint, words[i]);
        assert(used < sizeof expected);
    }
    mmax_fail(error, MMAX_EUSAGE, "invalid %s '%s': expected %s", what, quoted, expected);
    return n_words;
}
