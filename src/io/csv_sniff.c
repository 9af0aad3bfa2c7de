#include "io/csv_sniff.h"

#include <string.h>

enum { SNIFFED_BYTES = 64 * 1024, SNIFFED_LINES = 2 };

/* ---- wide characters ------------------------------------------------------------------------- */

/* Encodings of which the other bytes of the first character, which is of ASCII, are NUL. */
static const struct encoding {
    const char *name;
    size_t width, place; /* bytes a character; which of them is not NUL */
} encodings[] = {{"UTF-32LE", 4, 0}, {"UTF-32BE", 4, 3}, {"UTF-16LE", 2, 0}, {"UTF-16BE", 2, 1}};

static bool is_encoded(const struct encoding *encoding, const char *bytes, size_t n)
{
    for (size_t i = 0; i < 2 * encoding->width; i++)
        if (i >= n || (bytes[i] != '\0') != (i % encoding->width == encoding->place))
            return false;
    return true;
}

static mmax_status refuse_wide(mmax_stream *stream, const char *bytes, size_t n, mmax_error *error)
{
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++)
        if (is_encoded(&encodings[i], bytes, n))
            return mmax_fail(error, MMAX_EUNSUPPORTED,
                             "%s: is %s text; convert it with iconv -f %s -t UTF-8",
                             mmax_stream_name(stream), encodings[i].name, encodings[i].name);
    return MMAX_OK;
}

/* ---- lines ----------------------------------------------------------------------------------- */

/* A record without its line end; is_cut: it goes on beyond what is seen of the text. */
typedef struct line {
    const char *text;
    size_t length;
    bool is_cut;
} line;

static bool is_blank(const line *seen)
{
    for (size_t i = 0; i < seen->length; i++)
        if (seen->text[i] != ' ')
            return false;
    return true;
}

/* The next record of bytes[*at..n) that is neither blank nor a comment; false at their end. */
static bool next_line(const char *bytes, size_t n, size_t *at, line *seen)
{
    while (*at < n) {
        size_t begin = *at, end = begin;
        bool is_comment = bytes[begin] == '#', is_quoted = false;
        for (; end < n && (is_quoted || (bytes[end] != '\n' && bytes[end] != '\r')); end++)
            is_quoted ^= bytes[end] == '"' && !is_comment;
        *at = end + 1;
        *seen = (line){bytes + begin, end - begin, end == n && n >= SNIFFED_BYTES};
        if (!is_comment && !is_blank(seen))
            return true;
    }
    return false;
}

static bool has_outside_quotes(const line *seen, char c)
{
    bool is_quoted = false;
    for (size_t i = 0; i < seen->length; i++) {
        is_quoted ^= seen->text[i] == '"';
        if (seen->text[i] == c && !is_quoted)
            return true;
    }
    return false;
}

/* ---- cells ----------------------------------------------------------------------------------- */

bool mmax_csv_has_decimal_comma(const char *text, size_t length)
{
    char copy[MMAX_NUMBER_SIZE];
    const char *comma = memchr(text, ',', length);
    double ignored;
    if (!comma || length > sizeof copy)
        return false;
    memcpy(copy, text, length);
    copy[comma - text] = '.';
    return mmax_number_read(copy, length, &ignored);
}

/* How many cells a line has, and how many of those after the first are numbers of some kind. */
typedef struct cell_count {
    size_t n, n_numbers;
    bool first_is_number;
} cell_count;

static bool is_number(const char *text, size_t length)
{
    double ignored;
    return mmax_number_read(text, length, &ignored) || mmax_csv_has_decimal_comma(text, length);
}

/* Splits at the delimiter, at ' ' in runs.  A cell that may be cut does not count. */
static cell_count count_cells(const line *seen, char delimiter)
{
    cell_count count = {0};
    const char *end = seen->text + seen->length;
    for (const char *cell = seen->text; cell <= end; cell++) {
        const char *next = memchr(cell, delimiter, (size_t)(end - cell));
        if (!next && seen->is_cut)
            break;
        const char *begin = cell, *past = next ? next : end;
        cell = past;
        while (begin < past && *begin == ' ')
            begin++;
        while (begin < past && past[-1] == ' ')
            past--;
        if (delimiter == ' ' && begin == past)
            continue;
        bool number = is_number(begin, (size_t)(past - begin));
        if (count.n++ == 0)
            count.first_is_number = number;
        else
            count.n_numbers += number;
    }
    return count;
}

/* ---- decisions ------------------------------------------------------------------------------- */

static bool is_separated_by(const line lines[], size_t n_lines, char delimiter)
{
    for (size_t i = 0; i < n_lines; i++)
        if (!has_outside_quotes(&lines[i], delimiter))
            return false;
    if (!has_outside_quotes(&lines[0], ','))
        return true;
    cell_count first = count_cells(&lines[0], delimiter);
    return first.first_is_number && first.n_numbers + 1 == first.n;
}

static bool is_separated_by_spaces(const line lines[], size_t n_lines)
{
    for (size_t i = 0; i < n_lines; i++)
        for (const char *other = ",;\t\""; *other; other++)
            if (memchr(lines[i].text, *other, lines[i].length))
                return false;
    cell_count first = count_cells(&lines[0], ' ');
    if (first.n > 1 && first.first_is_number && first.n_numbers + 1 == first.n)
        return true;
    if (n_lines < 2)
        return false;
    cell_count second = count_cells(&lines[1], ' ');
    bool has_numbers = second.n > 1 && second.n_numbers + 1 == second.n;
    bool is_cut = lines[0].is_cut || lines[1].is_cut;
    bool has_label = !second.first_is_number && first.n + 1 == second.n;
    return has_numbers && (first.n == second.n || has_label || is_cut);
}

mmax_status mmax_csv_sniff(mmax_stream *stream, char *delimiter, mmax_error *error)
{
    const char *bytes;
    size_t n, at = 0, n_lines = 0;
    line lines[SNIFFED_LINES];
    mmax_status status = mmax_stream_peek(stream, SNIFFED_BYTES, &bytes, &n, error);
    if (status == MMAX_OK)
        status = refuse_wide(stream, bytes, n, error);
    if (status != MMAX_OK)
        return status;
    if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
        at = 3;
    while (n_lines < SNIFFED_LINES && next_line(bytes, n, &at, &lines[n_lines]))
        n_lines++;
    *delimiter = ',';
    if (n_lines == 0)
        return MMAX_OK;
    if (is_separated_by(lines, n_lines, '\t'))
        *delimiter = '\t';
    else if (is_separated_by(lines, n_lines, ';'))
        *delimiter = ';';
    else if (is_separated_by_spaces(lines, n_lines))
        *delimiter = ' ';
    return MMAX_OK;
}
