#include "io/csv_layout.h"

#include <stdlib.h>
#include <string.h>

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
        mmax_csv_record_clear(ahead);
    return mmax_csv_next(&layout->scanner, cell, at_end, error);
}

size_t mmax_csv_layout_numbers(mmax_csv_layout *layout, double *values, size_t n)
{
    bool is_ahead = layout->ahead.next < layout->ahead.n_cells;
    return is_ahead ? 0 : mmax_csv_next_numbers(&layout->scanner, values, n);
}

/* ---- decisions ------------------------------------------------------------------------------- */

static bool decide_header(mmax_csv_layout *layout, const mmax_csv_record *first, size_t n_cells,
                          mmax_header header)
{
    size_t n_words = mmax_csv_count_words(first->cells, n_cells);
    size_t n_words_first = mmax_csv_count_words(first->cells, 1);
    bool only_label = n_words == n_words_first && n_cells > 1;
    if (header == MMAX_HEADER_YES)
        return true;
    if (header == MMAX_HEADER_AUTO && mmax_csv_is_corner(&first->cells[0]))
        return true;
    bool is_bad = n_cells == 1 && mmax_csv_is_bad_number(&first->cells[0]);
    if (header == MMAX_HEADER_AUTO && !only_label && !is_bad && 2 * n_words > n_cells)
        return true;
    layout->has_words_in_first = header == MMAX_HEADER_AUTO && (is_bad || n_words > n_words_first);
    return false;
}

/* Whether a header has nothing over the rows' labels, not even an empty cell. */
static bool lacks_corner(const mmax_csv_record *header, size_t n_header, size_t n_data)
{
    return header && !mmax_csv_is_corner(&header->cells[0]) && n_header + 1 == n_data;
}

static void decide_row_labels(mmax_csv_layout *layout, const mmax_csv_record *header,
                              size_t n_header, const mmax_csv_record *data, size_t n_data)
{
    bool has_corner = header && mmax_csv_is_corner(&header->cells[0]);
    bool has_word_first = n_data > 1 && mmax_csv_is_word(&data->cells[0]) &&
                          mmax_csv_count_words(data->cells + 1, n_data - 1) < n_data - 1;
    if (!header && mmax_csv_is_bad_number(&data->cells[0]))
        has_word_first = false;
    layout->has_row_labels = has_corner || lacks_corner(header, n_header, n_data) || has_word_first;
}

static mmax_status fail_header_length(const mmax_csv_layout *layout, const mmax_csv_record *header,
                                      size_t n_header, size_t n_data, mmax_error *error)
{
    return mmax_fail(error, MMAX_EFORMAT,
                     "%s:%zu:1: %zu column%s in the header, %zu in the first row",
                     mmax_stream_name(layout->scanner.stream), header->cells[0].line, n_header,
                     n_header == 1 ? "" : "s", n_data);
}

/* The label of the value that CELL heads. */
static mmax_status keep_column_label(mmax_csv_layout *layout, const mmax_csv_cell *cell,
                                     size_t value, mmax_error *error)
{
    if (!layout->column_labels)
        layout->column_labels =
            mmax_alloc_zeroed(layout->row_length, sizeof *layout->column_labels);
    char *label = layout->column_labels ? mmax_alloc_array(cell->length + 1, 1) : NULL;
    if (!label)
        return mmax_fail_memory(error, "reading the header of a text");
    memcpy(label, cell->text, cell->length);
    label[cell->length] = '\0';
    layout->column_labels[value] = label;
    return MMAX_OK;
}

static mmax_status decide_values(mmax_csv_layout *layout, const mmax_csv_record *header,
                                 mmax_error *error)
{
    const mmax_csv_record *data = &layout->ahead;
    layout->has_trailing = mmax_csv_ends_in_delimiter(header ? header : data);
    size_t n_header = header ? header->n_cells - layout->has_trailing : 0;
    size_t n_data = data->n_cells - (layout->has_trailing && mmax_csv_ends_in_delimiter(data));
    decide_row_labels(layout, header, n_header, data, n_data);
    if (n_data == layout->has_row_labels)
        return mmax_fail(error, MMAX_EFORMAT, "%s:%zu:1: no values beside the row's label",
                         mmax_stream_name(layout->scanner.stream), data->cells[0].line);
    layout->row_length = n_data - layout->has_row_labels;
    layout->scanner.comments =
        layout->has_row_labels ? MMAX_CSV_COMMENTS_NONE : MMAX_CSV_COMMENTS_ALL;
    if (!header)
        return MMAX_OK;
    size_t first = layout->has_row_labels && !lacks_corner(header, n_header, n_data);
    if (n_header - first != layout->row_length)
        return fail_header_length(layout, header, n_header - first, layout->row_length, error);
    mmax_status status = MMAX_OK;
    for (size_t i = 0; i < layout->row_length && status == MMAX_OK; i++)
        status = keep_column_label(layout, &header->cells[first + i], i, error);
    return status;
}

/* A first column that is neither chosen nor labels may begin with '#' in any record. */
static void decide_chosen_labels(mmax_csv_layout *layout, const mmax_csv_record *header)
{
    const mmax_csv_record *data = &layout->ahead;
    bool is_chosen = layout->selection.values[0] != MMAX_NO_VALUE;
    bool is_headed = header && header->n_cells == data->n_cells;
    bool is_word = mmax_csv_is_word(&data->cells[0]);
    bool has_corner = is_headed && mmax_csv_is_corner(&header->cells[0]);
    layout->has_row_labels = !is_chosen && (has_corner || (header && !is_headed) || is_word);
    layout->scanner.comments = layout->has_row_labels ? MMAX_CSV_COMMENTS_NONE
                               : is_chosen            ? MMAX_CSV_COMMENTS_ALL
                                                      : MMAX_CSV_COMMENTS_SPACED;
}

static mmax_status decide_chosen(mmax_csv_layout *layout, const mmax_csv_record *header,
                                 const mmax_columns *columns, mmax_error *error)
{
    const mmax_csv_record *data = &layout->ahead;
    bool has_trailing =
        mmax_csv_ends_in_delimiter(data) && (!header || mmax_csv_ends_in_delimiter(header));
    if (header && header->n_cells != data->n_cells &&
        !lacks_corner(header, header->n_cells, data->n_cells))
        return fail_header_length(layout, header, header->n_cells, data->n_cells, error);
    mmax_csv_selection *selection = &layout->selection;
    mmax_status status =
        mmax_csv_columns_select(columns, mmax_stream_name(layout->scanner.stream), header, data,
                                data->n_cells - has_trailing, selection, error);
    if (status != MMAX_OK)
        return status;
    decide_chosen_labels(layout, header);
    layout->row_length = selection->n_values;
    const mmax_csv_cell nothing = {.text = "", .length = 0};
    if (header && header->n_cells != data->n_cells && selection->values[0] != MMAX_NO_VALUE)
        status = keep_column_label(layout, &nothing, selection->values[0], error);
    for (size_t i = 0; header && i < header->n_cells && status == MMAX_OK; i++) {
        size_t value = selection->values[i + (data->n_cells - header->n_cells)];
        if (value != MMAX_NO_VALUE)
            status = keep_column_label(layout, &header->cells[i], value, error);
    }
    return status;
}

/* ---- the first records ----------------------------------------------------------------------- */

/* Reads the first record, which may be a header. */
static mmax_status read_first(mmax_csv_layout *layout, const mmax_csv_rules *rules,
                              mmax_csv_record *first, mmax_error *error)
{
    const char *name = mmax_stream_name(layout->scanner.stream);
    mmax_status status = mmax_csv_record_read(first, &layout->scanner, error);
    if (status != MMAX_OK)
        return status;
    if (first->n_cells == 0)
        return mmax_fail(error, MMAX_EFORMAT,
                         "%s: holds only blank lines and comments; expected rows of numbers", name);
    if (rules->columns)
        return mmax_csv_columns_header(rules->columns, name, first, rules->header,
                                       &layout->has_header, error);
    layout->has_header = decide_header(
        layout, first, first->n_cells - mmax_csv_ends_in_delimiter(first), rules->header);
    return MMAX_OK;
}

/* Reads the first record of data, if the first of all was none. */
static mmax_status read_data(mmax_csv_layout *layout, mmax_csv_record *first, mmax_error *error)
{
    if (!layout->has_header) {
        layout->ahead = *first;
        *first = (mmax_csv_record){0};
        return MMAX_OK;
    }
    layout->scanner.comments = MMAX_CSV_COMMENTS_SPACED;
    mmax_status status = mmax_csv_record_read(&layout->ahead, &layout->scanner, error);
    if (status == MMAX_OK && layout->ahead.n_cells == 0)
        return mmax_fail(error, MMAX_EFORMAT, "%s:%zu:1: no row of numbers follows the header",
                         mmax_stream_name(layout->scanner.stream), first->cells[0].line);
    return status;
}

mmax_status mmax_csv_layout_read(mmax_csv_layout *layout, mmax_stream *stream,
                                 const mmax_csv_rules *rules, mmax_error *error)
{
    mmax_csv_record first = {0};
    mmax_status status = mmax_csv_scanner_init(&layout->scanner, stream, rules->delimiter, error);
    if (status == MMAX_OK)
        status = read_first(layout, rules, &first, error);
    if (status == MMAX_OK)
        status = read_data(layout, &first, error);
    const mmax_csv_record *header = layout->has_header ? &first : NULL;
    if (status == MMAX_OK)
        status = rules->columns ? decide_chosen(layout, header, rules->columns, error)
                                : decide_values(layout, header, error);
    mmax_csv_record_clear(&first);
    return status;
}

void mmax_csv_layout_clear(mmax_csv_layout *layout)
{
    for (size_t i = 0; layout->column_labels && i < layout->row_length; i++)
        free(layout->column_labels[i]);
    free(layout->column_labels);
    mmax_csv_selection_clear(&layout->selection);
    mmax_csv_record_clear(&layout->ahead);
    mmax_csv_scanner_clear(&layout->scanner);
}
