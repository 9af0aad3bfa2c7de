/* How wide a text is on a terminal.  wcwidth would ask the locale, on which nothing here depends,
 * and is not in POSIX without XSI. */
#include "base/display_width.h"

#include <string.h>

/* The code point of the valid character of N bytes at TEXT. */
static uint32_t code_of(const char *text, size_t n)
{
    const unsigned char *s = (const unsigned char *)text;
    uint32_t code = n == 1 ? s[0] : s[0] & (0x7fU >> n);
    for (size_t i = 1; i < n; i++)
        code = code << 6 | (s[i] & 0x3fU);
    return code;
}

static size_t width_of(uint32_t code)
{
    size_t low = 0, high = mmax_n_character_widths;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const mmax_character_width *range = &mmax_character_widths[middle];
        if (code < range->first)
            high = middle;
        else if (code > range->last)
            low = middle + 1;
        else
            return range->width;
    }
    return 1;
}

size_t mmax_display_prefix(const char *text, size_t width, size_t *used)
{
    size_t length = strlen(text), i = 0, total = 0;
    while (i < length) {
        size_t n = mmax_utf8_length(text + i, length - i);
        size_t columns = n > 0 ? width_of(code_of(text + i, n)) : 1;
        if (columns > width - total)
            break;
        total += columns;
        i += n > 0 ? n : 1;
    }
    *used = total;
    return i;
}

size_t mmax_display_width(const char *text)
{
    size_t width;
    mmax_display_prefix(text, SIZE_MAX, &width);
    return width;
}
