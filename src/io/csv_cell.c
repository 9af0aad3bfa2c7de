#include "io/csv_cell.h"

#include "io/csv_sniff.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- cells ----------------------------------------------------------------------------------- */

const char *mmax_csv_trim(const mmax_csv_cell *cell, size_t *length)
{
    const char *begin = cell->text;
    const char *end = begin + cell->length;
    while (begin < end && (*begin == ' ' || *begin == '\t'))
        begin++;
    while (begin < end && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *length = (size_t)(end - begin);
    return begin;
}

bool mmax_csv_number(const mmax_csv_cell *cell, double *value)
{
    size_t length;
    const char *text = mmax_csv_trim(cell, &length);
    return mmax_number_read(text, length, value);
}

bool mmax_csv_is_empty(const mmax_csv_cell *cell)
{
    size_t length;
    mmax_csv_trim(cell, &length);
    return length == 0;
}

bool mmax_csv_is_word(const mmax_csv_cell *cell)
{
    size_t length;
    double ignored;
    const char *text = mmax_csv_trim(cell, &length);
    return length > 0 && !mmax_number_read(text, length, &ignored) &&
           !mmax_csv_has_decimal_comma(text, length);
}

size_t mmax_csv_count_words(const mmax_csv_cell *cells, size_t n)
{
    size_t n_words = 0;
    for (size_t i = 0; i < n; i++)
        n_words += mmax_csv_is_word(&cells[i]);
    return n_words;
}

bool mmax_csv_is_missing(const char *text, size_t length)
{
    static const char *const words[] = {"NA", "N/A", "NULL", "None", "<NA>"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (length == strlen(words[i]) && strncasecmp(text, words[i], length) == 0)
            return true;
    return false;
}

bool mmax_csv_is_bad_number(const mmax_csv_cell *cell)
{
    size_t length;
    const char *text = mmax_csv_trim(cell, &length);
    size_t i = length > 0 && (*text == '+' || *text == '-');
    i += i < length && text[i] == '.';
    bool has_digit = i < length && text[i] >= '0' && text[i] <= '9';
    return mmax_csv_is_word(cell) && (has_digit || mmax_csv_is_missing(text, length));
}

bool mmax_csv_is_corner(const mmax_csv_cell *cell)
{
    static const char by_pandas[] = "Unnamed: 0";
    size_t length;
    const char *text = mmax_csv_trim(cell, &length);
    return length == 0 || (length == sizeof by_pandas - 1 && memcmp(text, by_pandas, length) == 0);
}

/* ---- records --------------------------------------------------------------------------------- */

void mmax_csv_record_clear(mmax_csv_record *record)
{
    free(record->text);
    free(record->cells);
    *record = (mmax_csv_record){0};
}

static bool grow_record(mmax_csv_record *record, size_t n_bytes)
{
    if (record->text_used + n_bytes > record->text_size) {
        char *text = mmax_resize_array(record->text, record->text_used + n_bytes, 2);
        if (!text)
            return false;
        record->text = text;
        record->text_size = 2 * (record->text_used + n_bytes);
    }
    if (record->n_cells == record->cells_size) {
        size_t n = record->cells_size ? 2 * record->cells_size : 64;
        mmax_csv_cell *cells = mmax_resize_array(record->cells, n, sizeof *cells);
        if (!cells)
            return false;
        record->cells = cells;
        record->cells_size = n;
    }
    return true;
}

mmax_status mmax_csv_record_read(mmax_csv_record *record, mmax_csv_scanner *scanner,
                                 mmax_error *error)
{
    mmax_csv_cell cell = {.ends_record = false};
    *record = (mmax_csv_record){0};
    while (!cell.ends_record) {
        bool at_end;
        mmax_status status = mmax_csv_next(scanner, &cell, &at_end, error);
        if (status != MMAX_OK || at_end)
            return status;
        if (record->n_cells == MMAX_CSV_MAX_CELLS)
            return mmax_fail(error, MMAX_EUNSUPPORTED, "%s:%zu:%zu: more than %d cells in a row",
                             mmax_stream_name(scanner->stream), cell.line, cell.column,
                             MMAX_CSV_MAX_CELLS);
        if (cell.length > MMAX_CSV_MAX_RECORD - record->text_used)
            return mmax_fail(error, MMAX_EUNSUPPORTED, "%s:%zu:%zu: more than %d MiB in a row",
                             mmax_stream_name(scanner->stream), cell.line, cell.column,
                             MMAX_CSV_MAX_RECORD >> 20);
        /* One byte more, so that there is a text even if all cells are empty. */
        if (!grow_record(record, cell.length + 1))
            return mmax_fail_memory(error, "reading the first row of a text");
        memcpy(record->text + record->text_used, cell.text, cell.length);
        record->text_used += cell.length;
        record->cells[record->n_cells++] = cell;
    }
    /* The text moved while it grew. */
    const char *text = record->text;
    for (size_t i = 0; i < record->n_cells; i++) {
        record->cells[i].text = text;
        text += record->cells[i].length;
    }
    return MMAX_OK;
}

bool mmax_csv_ends_in_delimiter(const mmax_csv_record *record)
{
    return record->n_cells > 1 && mmax_csv_is_empty(&record->cells[record->n_cells - 1]);
}
