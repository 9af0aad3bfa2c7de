#include "io/csv_record.h"

#include <stdlib.h>
#include <string.h>

mmax_status mmax_csv_scanner_init(mmax_csv_scanner *scanner, mmax_stream *stream, char delimiter,
                                  mmax_error *error)
{
    *scanner = (mmax_csv_scanner){.stream = stream, .delimiter = delimiter, .line = 1};
    scanner->is_plain = delimiter && strchr(",;\t| ", delimiter);
    const char stops[] = {delimiter, '\n', '\r', '"', '\0'};
    for (size_t i = 0; i < sizeof stops; i++)
        scanner->stops[(unsigned char)stops[i]] = true;
    const char *bytes;
    size_t n;
    mmax_status status = mmax_stream_peek(stream, 3, &bytes, &n, error);
    if (status == MMAX_OK && n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
        mmax_stream_skip(stream, 3);
    scanner->line_begin = mmax_stream_offset(stream);
    return status;
}

void mmax_csv_scanner_clear(mmax_csv_scanner *scanner)
{
    free(scanner->unquoted);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static mmax_status fail_at(const mmax_csv_scanner *scanner, size_t ahead, const char *what,
                           mmax_error *error)
{
    size_t column = mmax_stream_offset(scanner->stream) - scanner->line_begin + ahead + 1;
    return mmax_fail(error, MMAX_EFORMAT, "%s:%zu:%zu: %s", mmax_stream_name(scanner->stream),
                     scanner->line, column, what);
}

/* Goes past the LF, CR or CR LF that comes next. */
static mmax_status skip_line_end(mmax_csv_scanner *scanner, mmax_error *error)
{
    const char *bytes;
    size_t n;
    mmax_status status = mmax_stream_peek(scanner->stream, 2, &bytes, &n, error);
    if (status != MMAX_OK)
        return status;
    mmax_stream_skip(scanner->stream, n >= 2 && bytes[0] == '\r' && bytes[1] == '\n' ? 2 : 1);
    scanner->line++;
    scanner->line_begin = mmax_stream_offset(scanner->stream);
    return MMAX_OK;
}

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

/* Goes past everything before the next line end, however long. */
static mmax_status skip_rest_of_line(mmax_csv_scanner *scanner, mmax_error *error)
{
    for (;;) {
        const char *bytes;
        size_t n;
        mmax_status status = mmax_stream_peek(scanner->stream, 1, &bytes, &n, error);
        if (status != MMAX_OK || n == 0)
            return status;
        size_t i = 0;
        while (i < n && !is_line_end(bytes[i]))
            i++;
        mmax_stream_skip(scanner->stream, i);
        if (i < n)
            return MMAX_OK;
    }
}

static bool is_comment(const mmax_csv_scanner *scanner, const char *bytes, size_t n)
{
    if (bytes[0] != '#' || scanner->comments == MMAX_CSV_COMMENTS_NONE)
        return false;
    return scanner->comments == MMAX_CSV_COMMENTS_ALL || n == 1 || bytes[1] == ' ' ||
           is_line_end(bytes[1]);
}

/* Whether nothing but spaces comes before the next line end or the end of the text, and how many.
 * A line with more of them than a cell may have is not blank: reading it as a cell will say so. */
static mmax_status see_blank(const mmax_csv_scanner *scanner, size_t *n_spaces, bool *is_blank,
                             mmax_error *error)
{
    const char *bytes;
    size_t n;
    size_t seen_before = 0;
    *n_spaces = 0;
    for (;;) {
        mmax_status status = mmax_stream_peek(scanner->stream, *n_spaces + 1, &bytes, &n, error);
        if (status != MMAX_OK)
            return status;
        while (*n_spaces < n && bytes[*n_spaces] == ' ')
            ++*n_spaces;
        bool has_more = n > seen_before;
        if (*n_spaces < n || *n_spaces > MMAX_CSV_MAX_CELL || !has_more)
            break;
        seen_before = n;
    }
    *is_blank = *n_spaces == n ? *n_spaces <= MMAX_CSV_MAX_CELL : is_line_end(bytes[*n_spaces]);
    return MMAX_OK;
}

/* Goes to the first byte of the next record. */
static mmax_status skip_to_record(mmax_csv_scanner *scanner, bool *at_end, mmax_error *error)
{
    for (;;) {
        size_t n_spaces;
        bool is_blank = false;
        const char *bytes;
        size_t n = 0;
        mmax_status status = see_blank(scanner, &n_spaces, &is_blank, error);
        if (status == MMAX_OK)
            status = mmax_stream_peek(scanner->stream, 2, &bytes, &n, error);
        if (status != MMAX_OK)
            return status;
        *at_end = n == 0;
        if (*at_end || (!is_blank && !is_comment(scanner, bytes, n)))
            return MMAX_OK;
        status = skip_rest_of_line(scanner, error);
        if (status == MMAX_OK)
            status = mmax_stream_peek(scanner->stream, 1, &bytes, &n, error);
        if (status == MMAX_OK && n > 0)
            status = skip_line_end(scanner, error);
        if (status != MMAX_OK)
            return status;
    }
}

/* ---- cells ----------------------------------------------------------------------------------- */

static size_t count_spaces(const char *bytes, size_t n)
{
    size_t i = 0;
    while (i < n && bytes[i] == ' ')
        i++;
    return i;
}

/* Goes past all the blanks that come next, where they are delimiters. */
static mmax_status skip_spaces(mmax_csv_scanner *scanner, mmax_error *error)
{
    const char *bytes;
    size_t n, n_spaces;
    do {
        mmax_status status = mmax_stream_peek(scanner->stream, 1, &bytes, &n, error);
        if (status != MMAX_OK)
            return status;
        n_spaces = count_spaces(bytes, n);
        mmax_stream_skip(scanner->stream, n_spaces);
    } while (n > 0 && n_spaces == n);
    return MMAX_OK;
}

/* Goes past the delimiter or line end after a cell, or notices the end of the text.  Blanks delimit
 * in runs, and those at the end of a line do not. */
static mmax_status finish_cell(mmax_csv_scanner *scanner, mmax_csv_cell *cell, mmax_error *error)
{
    const char *bytes;
    size_t n;
    mmax_status status = MMAX_OK;
    bool in_runs = scanner->delimiter == ' ';
    if (in_runs)
        status = skip_spaces(scanner, error);
    if (status == MMAX_OK)
        status = mmax_stream_peek(scanner->stream, 1, &bytes, &n, error);
    if (status != MMAX_OK)
        return status;
    cell->ends_record =
        n == 0 || (in_runs ? is_line_end(bytes[0]) : bytes[0] != scanner->delimiter);
    scanner->is_inside = !cell->ends_record;
    if (cell->ends_record && n > 0)
        status = skip_line_end(scanner, error);
    else if (!cell->ends_record && !in_runs)
        mmax_stream_skip(scanner->stream, 1);
    return status;
}

static mmax_status fail_too_long(const mmax_csv_scanner *scanner, const mmax_csv_cell *cell,
                                 mmax_error *error)
{
    return mmax_fail(error, MMAX_EFORMAT,
                     "%s:%zu:%zu: the cell is longer than %d bytes; is a quote or a delimiter "
                     "missing?",
                     mmax_stream_name(scanner->stream), cell->line, cell->column,
                     MMAX_CSV_MAX_CELL);
}

/* The cell stays in the stream's buffer; only what follows it is looked at, so that nothing moves
 * before the next call. */
static mmax_status next_plain(mmax_csv_scanner *scanner, mmax_csv_cell *cell, const char *bytes,
                              size_t n, mmax_error *error)
{
    size_t length = 0;
    mmax_status status = MMAX_OK;
    for (;;) {
        while (length < n && !scanner->stops[(unsigned char)bytes[length]])
            length++;
        size_t after = length;
        if (scanner->delimiter == ' ')
            after += count_spaces(bytes + length, n - length);
        if (after > MMAX_CSV_MAX_CELL)
            return fail_too_long(scanner, cell, error);
        /* One more byte than the cell, and a second for CR LF. */
        if (after + 1 < n)
            break;
        size_t before = n;
        status = mmax_stream_peek(scanner->stream, after + 2, &bytes, &n, error);
        if (status != MMAX_OK)
            return status;
        if (n == before)
            break;
    }
    if (length < n && bytes[length] == '"')
        return fail_at(scanner, length,
                       "a quote inside a cell; quote the whole cell and double the quote", error);
    if (length < n && bytes[length] == '\0')
        return fail_at(
            scanner, length,
            "a NUL byte; if the text is UTF-16, convert it with iconv -f UTF-16 -t UTF-8", error);
    cell->text = bytes;
    cell->length = length;
    mmax_stream_skip(scanner->stream, length);
    return finish_cell(scanner, cell, error);
}

/* Takes the byte that comes next; -1 at the end of the text. */
static mmax_status take_byte(mmax_csv_scanner *scanner, int *byte, mmax_error *error)
{
    const char *bytes;
    size_t n;
    mmax_status status = mmax_stream_peek(scanner->stream, 1, &bytes, &n, error);
    if (status != MMAX_OK)
        return status;
    *byte = n == 0 ? -1 : (unsigned char)bytes[0];
    if (n > 0 && is_line_end(bytes[0]) && *byte != '\r')
        return skip_line_end(scanner, error);
    mmax_stream_skip(scanner->stream, n > 0);
    return MMAX_OK;
}

/* A lone CR in quotes is a line end as well; one before LF leaves the counting to the LF. */
static mmax_status count_lone_cr(mmax_csv_scanner *scanner, mmax_error *error)
{
    const char *bytes;
    size_t n;
    mmax_status status = mmax_stream_peek(scanner->stream, 1, &bytes, &n, error);
    if (status == MMAX_OK && (n == 0 || bytes[0] != '\n')) {
        scanner->line++;
        scanner->line_begin = mmax_stream_offset(scanner->stream);
    }
    return status;
}

/* Quoted cells are rare among numbers: byte by byte is fast enough. */
static mmax_status next_quoted(mmax_csv_scanner *scanner, mmax_csv_cell *cell, mmax_error *error)
{
    if (!scanner->unquoted)
        scanner->unquoted = mmax_alloc_array(MMAX_CSV_MAX_CELL, 1);
    if (!scanner->unquoted)
        return mmax_fail_memory(error, "reading a quoted cell");
    mmax_stream_skip(scanner->stream, 1);
    cell->text = scanner->unquoted;
    cell->length = 0;
    for (;;) {
        int byte = 0;
        mmax_status status = take_byte(scanner, &byte, error);
        if (status == MMAX_OK && byte == '\r')
            status = count_lone_cr(scanner, error);
        if (status != MMAX_OK)
            return status;
        if (byte < 0)
            return mmax_fail(error, MMAX_EFORMAT,
                             "%s:%zu:%zu: the quote that opens here is never closed",
                             mmax_stream_name(scanner->stream), cell->line, cell->column);
        if (byte == '\0')
            return mmax_fail(error, MMAX_EFORMAT, "%s:%zu:%zu: a NUL byte in a quoted cell",
                             mmax_stream_name(scanner->stream), cell->line, cell->column);
        if (byte == '"') {
            const char *bytes;
            size_t n;
            status = mmax_stream_peek(scanner->stream, 1, &bytes, &n, error);
            if (status != MMAX_OK)
                return status;
            if (n == 0 || bytes[0] == scanner->delimiter || is_line_end(bytes[0]))
                return finish_cell(scanner, cell, error);
            if (bytes[0] != '"')
                return fail_at(scanner, 0,
                               "something follows the closing quote; expected a delimiter", error);
            mmax_stream_skip(scanner->stream, 1);
        }
        if (cell->length == MMAX_CSV_MAX_CELL)
            return fail_too_long(scanner, cell, error);
        scanner->unquoted[cell->length++] = (char)byte;
    }
}

mmax_status mmax_csv_next(mmax_csv_scanner *scanner, mmax_csv_cell *cell, bool *at_end,
                          mmax_error *error)
{
    mmax_status status = MMAX_OK;
    *at_end = false;
    if (!scanner->is_inside)
        status = skip_to_record(scanner, at_end, error);
    if (status == MMAX_OK && !*at_end && !scanner->is_inside && scanner->delimiter == ' ')
        status = skip_spaces(scanner, error);
    if (status != MMAX_OK || *at_end)
        return status;
    const char *bytes;
    size_t n;
    status = mmax_stream_peek(scanner->stream, 1, &bytes, &n, error);
    if (status != MMAX_OK)
        return status;
    cell->line = scanner->line;
    cell->column = mmax_stream_offset(scanner->stream) - scanner->line_begin + 1;
    if (n > 0 && bytes[0] == '"')
        return next_quoted(scanner, cell, error);
    return next_plain(scanner, cell, bytes, n, error);
}

size_t mmax_csv_next_numbers(mmax_csv_scanner *scanner, double *values, size_t n)
{
    if (!scanner->is_inside || !scanner->is_plain)
        return 0;
    size_t n_available, n_bytes;
    const char *bytes = mmax_stream_buffered(scanner->stream, &n_available);
    size_t n_read = mmax_numbers_read(bytes, n_available, scanner->delimiter, values, n, &n_bytes);
    mmax_stream_skip(scanner->stream, n_bytes);
    return n_read;
}
