#include "io/csv_layout.h"
#include "io/csv_record.h"
#include "io/csv_sniff.h"
#include "io/file.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

/* What is remembered of a row of the last block. */
typedef struct row_note {
    size_t line;
    size_t label;     /* offset in the labels */
    size_t bad_entry; /* the first NaN or +inf of the row, SIZE_MAX for none, and its place */
    size_t bad_line, bad_column;
    char overflow[MMAX_NUMBER_SIZE]; /* how that entry is written if it is finite there; "" */
} row_note;

typedef struct csv_source {
    mmax_source base;
    mmax_csv_layout layout;
    row_note *notes; /* (n_notes,) room for the rows of a block */
    size_t n_notes;
    char *labels; /* of the rows of the block, each 0-terminated */
    size_t labels_used, labels_size;
} csv_source;

/* ---- one row --------------------------------------------------------------------------------- */

static mmax_status keep_label(csv_source *self, row_note *note, const mmax_csv_cell *cell,
                              mmax_error *error)
{
    size_t needed = self->labels_used + cell->length + 1;
    if (needed > self->labels_size) {
        char *grown = mmax_resize_array(self->labels, needed, 2);
        if (!grown)
            return mmax_fail_memory(error, "reading row labels");
        self->labels = grown;
        self->labels_size = 2 * needed;
    }
    note->label = self->labels_used;
    memcpy(self->labels + note->label, cell->text, cell->length);
    self->labels[note->label + cell->length] = '\0';
    self->labels_used = needed;
    return MMAX_OK;
}

/* What to do about a cell that is not a number. */
static const char *advise(const csv_source *self, const mmax_csv_cell *cell)
{
    size_t length;
    const char *text = mmax_csv_trim(cell, &length);
    bool has_decimal_comma = mmax_csv_has_decimal_comma(text, length);
    if (mmax_csv_is_missing(text, length))
        return "; write nan for a missing entry, -inf for a masked one";
    if (has_decimal_comma)
        return "; write the decimal comma as a point";
    bool is_bad = mmax_csv_is_bad_number(cell);
    bool is_header = self->layout.has_words_in_first;
    if ((is_bad || !is_header) &&
        (memchr(text, ';', length) || memchr(text, '\t', length) || memchr(text, ' ', length)))
        return "; is it several, with another delimiter?";
    if (is_header)
        return "; if the first line names the columns, say that there is a header";
    if (is_bad &&
        (memchr(text, ',', length) || memchr(text, '_', length) || memchr(text, '\'', length)))
        return "; leave out what separates thousands";
    if (is_bad && cell->column == 1 && !self->layout.has_header)
        return "; if it labels the row, choose the columns: --columns=2-";
    return "";
}

static mmax_status fail_cell(const csv_source *self, const mmax_csv_cell *cell, mmax_error *error)
{
    size_t length;
    const char *text = mmax_csv_trim(cell, &length);
    if (length == 0)
        return mmax_fail(error, MMAX_EFORMAT,
                         "%s:%zu:%zu: the cell is empty; write -inf for a masked entry, nan for a "
                         "missing one",
                         self->base.name, cell->line, cell->column);
    char quoted[64];
    return mmax_fail(error, MMAX_EFORMAT, "%s:%zu:%zu: '%s' is not a number%s", self->base.name,
                     cell->line, cell->column, mmax_quote(text, length, quoted, sizeof quoted),
                     advise(self, cell));
}

static mmax_status fail_ragged(csv_source *self, const row_note *note, size_t n_cells,
                               mmax_csv_cell cell, mmax_error *error)
{
    const mmax_csv_layout *layout = &self->layout;
    while (!cell.ends_record) {
        bool at_end;
        mmax_status status = mmax_csv_layout_next(&self->layout, &cell, &at_end, error);
        if (status != MMAX_OK)
            return status;
        n_cells++;
    }
    size_t n_labels = layout->has_row_labels;
    bool ends_empty = n_cells > 1 && cell.length == 0;
    size_t n_values = n_cells - (n_cells < n_labels ? n_cells : n_labels) - ends_empty;
    if (layout->has_trailing != ends_empty && n_values == layout->row_length)
        return mmax_fail(error, MMAX_EFORMAT,
                         "%s:%zu:1: %s delimiter ends this line, but %s ends "
                         "the first",
                         self->base.name, note->line, ends_empty ? "a" : "no",
                         ends_empty ? "none" : "one");
    return mmax_fail(error, MMAX_EFORMAT, "%s:%zu:1: %zu value%s in this row, %zu in the first",
                     self->base.name, note->line, n_values, n_values == 1 ? "" : "s",
                     layout->row_length);
}

/* A number of digits that is infinite overflowed: "inf" has none. */
static void keep_overflow(row_note *note, const mmax_csv_cell *cell)
{
    size_t length;
    const char *text = mmax_csv_trim(cell, &length);
    const char *digits = text + (*text == '+');
    if ((*digits >= '0' && *digits <= '9') || *digits == '.')
        mmax_quote(text, length, note->overflow, sizeof note->overflow);
}

static mmax_status read_value(const csv_source *self, const mmax_csv_cell *cell, size_t entry,
                              row_note *note, double *value, mmax_error *error)
{
    if (!mmax_csv_number(cell, value))
        return fail_cell(self, cell, error);
    if (note->bad_entry == SIZE_MAX && !(*value <= DBL_MAX)) {
        note->bad_entry = entry;
        note->bad_line = cell->line;
        note->bad_column = cell->column;
        keep_overflow(note, cell);
    }
    return MMAX_OK;
}

/* Reads one record into values (row_length,), unless the text has ended. */
static mmax_status read_row(csv_source *self, row_note *note, double *values, bool *at_end,
                            mmax_error *error)
{
    const mmax_csv_layout *layout = &self->layout;
    size_t n_labels = layout->has_row_labels;
    size_t n_expected = n_labels + layout->row_length + layout->has_trailing;
    *note = (row_note){.bad_entry = SIZE_MAX};
    mmax_csv_cell cell = {.ends_record = false};
    for (size_t i = 0; !cell.ends_record; i++) {
        if (i >= n_labels && i - n_labels < layout->row_length)
            i += mmax_csv_layout_numbers(&self->layout, values + (i - n_labels),
                                         layout->row_length - (i - n_labels));
        mmax_status status = mmax_csv_layout_next(&self->layout, &cell, at_end, error);
        if (status != MMAX_OK || *at_end)
            return status;
        if (i == 0)
            note->line = cell.line;
        if (i >= n_expected || (cell.ends_record && i + 1 < n_expected)) {
            /* A cell that is no number tells more than the count of cells. */
            double ignored;
            if (i >= n_labels && i < n_labels + layout->row_length)
                status = read_value(self, &cell, i, note, &ignored, error);
            return status != MMAX_OK ? status : fail_ragged(self, note, i + 1, cell, error);
        }
        if (i < n_labels)
            status = keep_label(self, note, &cell, error);
        else if (i < n_labels + layout->row_length)
            status = read_value(self, &cell, i - n_labels, note, values + (i - n_labels), error);
        else if (cell.length > 0)
            status = fail_ragged(self, note, i + 1, cell, error);
        if (status != MMAX_OK)
            return status;
    }
    return MMAX_OK;
}

static mmax_status fail_other_length(csv_source *self, const row_note *note, size_t n_cells,
                                     mmax_csv_cell cell, mmax_error *error)
{
    while (!cell.ends_record) {
        bool at_end;
        mmax_status status = mmax_csv_layout_next(&self->layout, &cell, &at_end, error);
        if (status != MMAX_OK)
            return status;
        n_cells++;
    }
    return mmax_fail(error, MMAX_EFORMAT, "%s:%zu:1: %zu cell%s in this row, %zu in the first",
                     self->base.name, note->line, n_cells, n_cells == 1 ? "" : "s",
                     self->layout.selection.n_cells);
}

/* The same where columns were chosen; what the others hold is not looked at. */
static mmax_status read_chosen(csv_source *self, row_note *note, double *values, bool *at_end,
                               mmax_error *error)
{
    const mmax_csv_selection *selection = &self->layout.selection;
    *note = (row_note){.bad_entry = SIZE_MAX};
    mmax_csv_cell cell = {.ends_record = false};
    for (size_t i = 0; !cell.ends_record; i++) {
        if (i < selection->n_cells && selection->runs[i] > 0)
            i += mmax_csv_layout_numbers(&self->layout, values + selection->values[i],
                                         selection->runs[i]);
        mmax_status status = mmax_csv_layout_next(&self->layout, &cell, at_end, error);
        if (status != MMAX_OK || *at_end)
            return status;
        if (i == 0)
            note->line = cell.line;
        if (i >= selection->n_cells || (cell.ends_record && i + 1 < selection->n_cells))
            return fail_other_length(self, note, i + 1, cell, error);
        size_t value = selection->values[i];
        if (value != MMAX_NO_VALUE)
            status = read_value(self, &cell, value, note, values + value, error);
        else if (i == 0 && self->layout.has_row_labels)
            status = keep_label(self, note, &cell, error);
        if (status != MMAX_OK)
            return status;
    }
    return MMAX_OK;
}

/* ---- the source ------------------------------------------------------------------------------ */

static mmax_status make_note(csv_source *self, size_t i, mmax_error *error)
{
    if (i < self->n_notes)
        return MMAX_OK;
    size_t n = self->n_notes ? 2 * self->n_notes : 64;
    row_note *grown = mmax_resize_array(self->notes, n, sizeof *grown);
    if (!grown)
        return mmax_fail_memory(error, "reading rows of text");
    self->notes = grown;
    self->n_notes = n;
    return MMAX_OK;
}

static mmax_status csv_read(mmax_source *source, size_t max_rows, double *logits, size_t *n_rows,
                            mmax_error *error)
{
    csv_source *self = (csv_source *)source;
    bool at_end = source->input.rows_known;
    bool is_chosen = self->layout.selection.n_cells > 0;
    size_t n = 0;
    self->labels_used = 0;
    while (n < max_rows && !at_end) {
        mmax_status status = make_note(self, n, error);
        if (status == MMAX_OK)
            status = (is_chosen ? read_chosen : read_row)(
                self, &self->notes[n], logits + n * source->input.row_length, &at_end, error);
        if (status == MMAX_OK && at_end)
            status = mmax_stream_check_end(source->stream, error);
        if (status != MMAX_OK)
            return status;
        n += !at_end;
    }
    source->input.n_rows += n;
    source->input.shape[0] = source->input.n_rows;
    source->input.rows_known = at_end;
    *n_rows = n;
    return MMAX_OK;
}

static void csv_place(const mmax_source *source, size_t block_row, size_t column, char *place,
                      size_t size)
{
    const csv_source *self = (const csv_source *)source;
    const row_note *note = &self->notes[block_row];
    if (column == note->bad_entry)
        snprintf(place, size, "%s:%zu:%zu", source->name, note->bad_line, note->bad_column);
    else if (column == MMAX_WHOLE_ROW)
        snprintf(place, size, "%s:%zu", source->name, note->line);
    else
        snprintf(place, size, "%s:%zu: value %zu", source->name, note->line, column + 1);
}

static bool csv_overflow(const mmax_source *source, size_t block_row, size_t column, char *text,
                         size_t size)
{
    const csv_source *self = (const csv_source *)source;
    const row_note *note = &self->notes[block_row];
    if (column != note->bad_entry || !*note->overflow)
        return false;
    snprintf(text, size, "%s", note->overflow);
    return true;
}

static const char *csv_row_label(const mmax_source *source, size_t block_row)
{
    const csv_source *self = (const csv_source *)source;
    return self->layout.has_row_labels ? self->labels + self->notes[block_row].label : NULL;
}

static void csv_close(mmax_source *source)
{
    csv_source *self = (csv_source *)source;
    mmax_csv_layout_clear(&self->layout);
    free(self->notes);
    free(self->labels);
}

static const mmax_source_methods csv_methods = {.read = csv_read,
                                                .place = csv_place,
                                                .overflow = csv_overflow,
                                                .row_label = csv_row_label,
                                                .close = csv_close};

/* Decides how the text is to be read, and reads as far as its first row. */
static mmax_status read_layout(csv_source *self, mmax_stream *stream,
                               const mmax_source_options *options, mmax_error *error)
{
    mmax_columns columns = {0};
    mmax_csv_rules rules = {.delimiter = options->delimiter, .header = options->header};
    mmax_status status = MMAX_OK;
    if (!rules.delimiter && options->format == MMAX_FORMAT_TSV)
        rules.delimiter = '\t';
    if (!rules.delimiter)
        status = mmax_csv_sniff(stream, &rules.delimiter, error);
    if (status == MMAX_OK && options->columns) {
        status = mmax_columns_parse(options->columns, &columns, error);
        rules.columns = &columns;
    }
    if (status == MMAX_OK)
        status = mmax_csv_layout_read(&self->layout, stream, &rules, error);
    mmax_columns_clear(&columns);
    return status;
}

mmax_status mmax_csv_open(mmax_stream *stream, const mmax_source_options *options,
                          mmax_source **source, mmax_error *error)
{
    csv_source *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "opening a text");
    mmax_status status = read_layout(self, stream, options, error);
    if (status != MMAX_OK) {
        csv_close(&self->base);
        free(self);
        return status;
    }
    mmax_input *input = &self->base.input;
    self->base.methods = &csv_methods;
    self->base.name = mmax_stream_name(stream);
    self->base.stream = stream;
    self->base.element = MMAX_FLOAT64;
    input->dtype = "<f8";
    input->axis = -1;
    input->dtype_name = "float64";
    input->n_dims = 2;
    input->row_length = input->shape[1] = self->layout.row_length;
    input->column_labels = (const char *const *)self->layout.column_labels;
    *source = &self->base;
    return MMAX_OK;
}

/* ---- the file -------------------------------------------------------------------------------- */

typedef struct csv_file {
    mmax_file base;
    mmax_source *source; /* opened to learn the length of its rows; NULL once it is handed over */
} csv_file;

static mmax_status csv_next(mmax_file *file, mmax_error *error)
{
    csv_file *self = (csv_file *)file;
    file->at_end = file->n_arrays > 0;
    if (file->at_end)
        return MMAX_OK;
    file->array_stream = file->stream;
    mmax_status status = mmax_csv_open(file->stream, &file->options, &self->source, error);
    if (status != MMAX_OK)
        return status;
    const mmax_input *input = &self->source->input;
    file->info = (mmax_array_info){.dtype = input->dtype,
                                   .dtype_name = input->dtype_name,
                                   .n_dims = input->n_dims,
                                   .shape = {0, input->row_length},
                                   .is_read = true};
    file->is_alone = file->is_float = true;
    return MMAX_OK;
}

static mmax_status csv_array(mmax_file *file, mmax_source **source, mmax_error *error)
{
    (void)error;
    csv_file *self = (csv_file *)file;
    *source = self->source;
    self->source = NULL;
    return MMAX_OK;
}

static void csv_file_close(mmax_file *file)
{
    mmax_source_free(((csv_file *)file)->source);
}

static const mmax_file_methods csv_file_methods = {
    .next = csv_next, .open = csv_array, .close = csv_file_close};

mmax_status mmax_csv_file_open(mmax_stream *stream, mmax_file **file, mmax_error *error)
{
    (void)stream;
    csv_file *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "opening a text");
    self->base.methods = &csv_file_methods;
    *file = &self->base;
    return MMAX_OK;
}
