#include "io/csv_layout.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

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

/* ---- records that are kept ------------------------------------------------------------------- */

static void clear_record(mmax_csv_record *record)
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

/* Reads a whole record.  It has no cells if the text has ended. */
static mmax_status read_record(mmax_csv_scanner *scanner, mmax_csv_record *record,
                               mmax_error *error)
{
    mmax_csv_cell cell = {.ends_record = false};
    *record = (mmax_csv_record){0};
    while (!cell.ends_record) {
        bool at_end;
        mmax_status status = mmax_csv_next(scanner, &cell, &at_end, error);
        if (status != MMAX_OK || at_end)
            return status;
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

mmax_status mmax_csv_layout_next(mmax_csv_layout *layout, mmax_csv_cell *cell, bool *at_end,
                                 mmax_error *error)
{
    mmax_csv_record *ahead = &layout->ahead;
    if (ahead->next < ahead->n_cells) {
        *cell = ahead->cells[ahead->next++];
        *at_end = false;
        return MMAX_OK;
    }
    if (ahead->cells)
        clear_record(ahead);
    return mmax_csv_next(&layout->scanner, cell, at_end, error);
}

/* ---- decisions ------------------------------------------------------------------------------- */

static bool is_empty(const mmax_csv_cell *cell)
{
    size_t length;
    mmax_csv_trim(cell, &length);
    return length == 0;
}

/* Cells that are neither empty nor numbers. */
static size_t count_words(const mmax_csv_cell *cells, size_t n)
{
    size_t n_words = 0;
    double ignored;
    for (size_t i = 0; i < n; i++)
        n_words += !is_empty(&cells[i]) && !mmax_csv_number(&cells[i], &ignored);
    return n_words;
}

static bool ends_in_delimiter(const mmax_csv_record *record)
{
    return record->n_cells > 1 && is_empty(&record->cells[record->n_cells - 1]);
}

static bool decide_header(mmax_csv_layout *layout, const mmax_csv_record *first, size_t n_cells,
                          mmax_header header)
{
    size_t n_words = count_words(first->cells, n_cells);
    size_t n_words_first = count_words(first->cells, 1);
    bool only_label = n_words == n_words_first && n_cells > 1;
    if (header == MMAX_HEADER_YES)
        return true;
    if (header == MMAX_HEADER_AUTO && is_empty(&first->cells[0]))
        return true;
    if (header == MMAX_HEADER_AUTO && !only_label && 2 * n_words > n_cells)
        return true;
    layout->has_words_in_first = header == MMAX_HEADER_AUTO && n_words > n_words_first;
    return false;
}

static void decide_row_labels(mmax_csv_layout *layout, const mmax_csv_record *header,
                              size_t n_header, const mmax_csv_record *data, size_t n_data)
{
    bool has_corner = header && is_empty(&header->cells[0]);
    bool lacks_corner = header && !has_corner && n_header + 1 == n_data;
    bool has_word_first = n_data > 1 && count_words(data->cells, 1) == 1 &&
                          count_words(data->cells + 1, n_data - 1) < n_data - 1;
    layout->has_row_labels = has_corner || lacks_corner || has_word_first;
}

static mmax_status keep_column_labels(mmax_csv_layout *layout, const mmax_csv_record *header,
                                      size_t n_header, size_t n_data, mmax_error *error)
{
    bool lacks_corner = !is_empty(&header->cells[0]) && n_header + 1 == n_data;
    size_t first = layout->has_row_labels && !lacks_corner;
    if (n_header - first != layout->row_length)
        return mmax_fail(error, MMAX_EFORMAT,
                         "%s:%zu:1: %zu columns in the header, %zu in the first row",
                         mmax_stream_name(layout->scanner.stream), header->cells[0].line,
                         n_header - first, layout->row_length);
    layout->column_labels = mmax_alloc_zeroed(layout->row_length, sizeof *layout->column_labels);
    for (size_t i = 0; layout->column_labels && i < layout->row_length; i++) {
        const mmax_csv_cell *cell = &header->cells[first + i];
        char *label = layout->column_labels[i] = mmax_alloc_array(cell->length + 1, 1);
        if (!label)
            break;
        memcpy(label, cell->text, cell->length);
        label[cell->length] = '\0';
    }
    if (!layout->column_labels ||
        (layout->row_length > 0 && !layout->column_labels[layout->row_length - 1]))
        return mmax_fail_memory(error, "reading the header of a text");
    return MMAX_OK;
}

static mmax_status decide(mmax_csv_layout *layout, const mmax_csv_record *header, mmax_error *error)
{
    const mmax_csv_record *data = &layout->ahead;
    const mmax_csv_record *first = header ? header : data;
    layout->has_trailing = ends_in_delimiter(first);
    size_t n_header = header ? header->n_cells - layout->has_trailing : 0;
    size_t n_data = data->n_cells - (layout->has_trailing && ends_in_delimiter(data));
    decide_row_labels(layout, header, n_header, data, n_data);
    if (n_data == layout->has_row_labels)
        return mmax_fail(error, MMAX_EFORMAT, "%s:%zu:1: no values beside the row's label",
                         mmax_stream_name(layout->scanner.stream), data->cells[0].line);
    layout->row_length = n_data - layout->has_row_labels;
    layout->scanner.comments =
        layout->has_row_labels ? MMAX_CSV_COMMENTS_NONE : MMAX_CSV_COMMENTS_ALL;
    return header ? keep_column_labels(layout, header, n_header, n_data, error) : MMAX_OK;
}

mmax_status mmax_csv_layout_read(mmax_csv_layout *layout, mmax_stream *stream, char delimiter,
                                 mmax_header header, mmax_error *error)
{
    const char *name = mmax_stream_name(stream);
    mmax_csv_record first = {0};
    mmax_status status = mmax_csv_scanner_init(&layout->scanner, stream, delimiter, error);
    if (status == MMAX_OK)
        status = read_record(&layout->scanner, &first, error);
    if (status == MMAX_OK && first.n_cells == 0)
        status =
            mmax_fail(error, MMAX_EFORMAT,
                      "%s: holds only blank lines and comments; expected rows of numbers", name);
    if (status != MMAX_OK)
        goto cleanup;
    layout->has_header =
        decide_header(layout, &first, first.n_cells - ends_in_delimiter(&first), header);
    if (layout->has_header) {
        layout->scanner.comments = MMAX_CSV_COMMENTS_SPACED;
        status = read_record(&layout->scanner, &layout->ahead, error);
        if (status == MMAX_OK && layout->ahead.n_cells == 0)
            status =
                mmax_fail(error, MMAX_EFORMAT, "%s:%zu:1: no row of numbers follows the header",
                          name, first.cells[0].line);
    } else {
        layout->ahead = first;
        first = (mmax_csv_record){0};
    }
    if (status == MMAX_OK)
        status = decide(layout, layout->has_header ? &first : NULL, error);
cleanup:
    clear_record(&first);
    return status;
}

void mmax_csv_layout_clear(mmax_csv_layout *layout)
{
    for (size_t i = 0; layout->column_labels && i < layout->row_length; i++)
        free(layout->column_labels[i]);
    free(layout->column_labels);
    clear_record(&layout->ahead);
    mmax_csv_scanner_clear(&layout->scanner);
}
