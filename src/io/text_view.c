#include "io/array.h"
#include "io/tokens.h"
#include "io/view.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Values moved at once. */
enum { BLOCK_ENTRIES = 32 * 1024 };

/* A part of a text.  Rows of a text come one after the other and nobody knows how many there are,
 * so the values that a selection or another axis may want are moved to a temporary file of float64,
 * and the part is taken from the array there. */
typedef struct text_view {
    mmax_source base;
    mmax_source *text;   /* keeps names and the labels of its columns */
    mmax_stream *values; /* of the text */
    mmax_source *array;  /* the part of them */
    char **row_labels;   /* (n_rows,) of the text, or NULL */
    size_t n_rows;
    size_t label_bytes;         /* of row_labels */
    mmax_view view;             /* of the array whose axes are the text's rows and columns */
    const char **column_labels; /* (row_length,) of the part, or NULL; borrowed */
} text_view;

/* ---- moving the values ----------------------------------------------------------------------- */

static mmax_status keep_row_label(text_view *self, size_t block_row, mmax_error *error)
{
    const char *label = mmax_source_row_label(self->text, block_row);
    size_t n = self->n_rows;
    if (!label)
        return MMAX_OK;
    self->label_bytes += strlen(label) + 1;
    if (n == MMAX_MAX_TOKENS || self->label_bytes > MMAX_MAX_TOKENS_BYTES)
        return mmax_fail(error, MMAX_EUNSUPPORTED,
                         "%s: its rows have more than %d labels, or %d MiB of them",
                         self->text->name, MMAX_MAX_TOKENS, MMAX_MAX_TOKENS_BYTES >> 20);
    if ((n & (n - 1)) == 0) { /* full at every power of two */
        char **grown = mmax_resize_array(self->row_labels, n ? 2 * n : 1, sizeof *grown);
        if (!grown)
            return mmax_fail_memory(error, "keeping the labels of rows");
        self->row_labels = grown;
    }
    self->row_labels[n] = mmax_copy_text(label);
    return self->row_labels[n] ? MMAX_OK : mmax_fail_memory(error, "keeping the labels of rows");
}

/* Writes up to n_wanted rows to the file. */
static mmax_status move_rows(text_view *self, int descriptor, size_t n_wanted, double *block,
                             size_t block_rows, mmax_error *error)
{
    size_t row_length = self->text->input.row_length;
    while (self->n_rows < n_wanted) {
        size_t rest = n_wanted - self->n_rows;
        size_t n_rows;
        mmax_status status = mmax_source_read(self->text, rest < block_rows ? rest : block_rows,
                                              block, &n_rows, error);
        if (status != MMAX_OK || n_rows == 0)
            return status;
        if (!mmax_write_fully(descriptor, block, n_rows * row_length * sizeof *block))
            return mmax_fail_temporary(self->text->name, error);
        for (size_t i = 0; i < n_rows && status == MMAX_OK; i++) {
            status = keep_row_label(self, i, error);
            self->n_rows += status == MMAX_OK;
        }
        if (status != MMAX_OK)
            return status;
    }
    return MMAX_OK;
}

static mmax_status move_values(text_view *self, size_t n_wanted,
                               const volatile sig_atomic_t *cancel, mmax_stream **stream,
                               mmax_error *error)
{
    size_t row_length = self->text->input.row_length;
    size_t block_rows = row_length < BLOCK_ENTRIES ? BLOCK_ENTRIES / row_length : 1;
    int descriptor = mmax_temporary_file();
    if (descriptor < 0)
        return mmax_fail_temporary(self->text->name, error);
    double *block = mmax_alloc_array(block_rows * row_length, sizeof *block);
    mmax_status status = block ? MMAX_OK : mmax_fail_memory(error, "reading a text");
    if (status == MMAX_OK)
        status = move_rows(self, descriptor, n_wanted, block, block_rows, error);
    if (status == MMAX_OK)
        status = mmax_stream_open_temporary(descriptor, self->text->name, cancel, stream, error);
    if (status != MMAX_OK)
        close(descriptor);
    free(block);
    return status;
}

/* ---- labels ---------------------------------------------------------------------------------- */

/* The label that an entry of the part has from one axis of the text: 0 its row's, 1 its column's;
 * NULL if it has none.  OFFSET is the entry's. */
static const char *label_at(const text_view *self, const mmax_layout *whole, int axis,
                            size_t offset)
{
    size_t index[MMAX_MAX_DIMS];
    mmax_layout_unravel(whole, offset, index);
    if (axis == 0)
        return self->row_labels ? self->row_labels[index[0]] : NULL;
    const char *const *labels = self->text->input.column_labels;
    return labels ? labels[index[1]] : NULL;
}

static mmax_layout layout_of_text(const text_view *self)
{
    size_t row_length = self->text->input.row_length;
    return (mmax_layout){.item_size = sizeof(double),
                         .n_dims = 2,
                         .shape = {self->n_rows, row_length},
                         .strides = {(ptrdiff_t)(row_length * sizeof(double)), sizeof(double)}};
}

/* Whether rows run along the rows of the text. */
static bool is_turned(const text_view *self)
{
    size_t n_dims = self->view.layout.n_dims;
    return n_dims > 0 && self->view.origin[n_dims - 1] == 0;
}

static mmax_status label_columns(text_view *self, mmax_error *error)
{
    const mmax_layout *part = &self->view.layout;
    mmax_layout whole = layout_of_text(self);
    size_t n_dims = part->n_dims;
    int axis = n_dims > 0 ? self->view.origin[n_dims - 1] : -1;
    bool is_empty = self->base.input.n_rows == 0 || self->base.input.row_length == 0;
    if (axis < 0 || is_empty || !label_at(self, &whole, axis, part->offset))
        return MMAX_OK;
    size_t n = self->base.input.row_length;
    self->column_labels = mmax_alloc_array(n, sizeof *self->column_labels);
    if (!self->column_labels)
        return mmax_fail_memory(error, "keeping labels");
    for (size_t i = 0; i < n; i++)
        self->column_labels[i] =
            label_at(self, &whole, axis, part->offset + i * (size_t)part->strides[n_dims - 1]);
    self->base.input.column_labels = self->column_labels;
    return MMAX_OK;
}

static const char *view_row_label(const mmax_source *source, size_t block_row)
{
    const text_view *self = (const text_view *)source;
    const mmax_layout *part = &self->view.layout;
    mmax_layout whole = layout_of_text(self);
    size_t index[MMAX_MAX_DIMS];
    size_t offset = part->offset;
    mmax_unravel(&source->input, source->first_row + block_row, index);
    for (size_t i = 0; i + 1 < part->n_dims; i++)
        offset += index[i] * (size_t)part->strides[i];
    return source->input.row_length > 0 ? label_at(self, &whole, is_turned(self) ? 1 : 0, offset)
                                        : NULL;
}

/* ---- the source ------------------------------------------------------------------------------ */

static mmax_status view_read(mmax_source *source, size_t max_rows, double *logits, size_t *n_rows,
                             mmax_error *error)
{
    return mmax_source_read(((text_view *)source)->array, max_rows, logits, n_rows, error);
}

static void view_place(const mmax_source *source, size_t block_row, size_t column, char *place,
                       size_t size)
{
    mmax_source_place(((const text_view *)source)->array, block_row, column, place, size);
}

static bool view_can_seek(const mmax_source *source)
{
    return mmax_source_can_seek(((const text_view *)source)->array);
}

static mmax_status view_seek(mmax_source *source, size_t row, mmax_error *error)
{
    return mmax_source_seek(((text_view *)source)->array, row, error);
}

static void view_close(mmax_source *source)
{
    text_view *self = (text_view *)source;
    for (size_t i = 0; self->row_labels && i < self->n_rows; i++)
        free(self->row_labels[i]);
    free(self->row_labels);
    free(self->column_labels);
    mmax_source_free(self->array);
    mmax_stream_free(self->values);
    mmax_source_free(self->text);
}

static const mmax_source_methods view_methods = {.read = view_read,
                                                 .place = view_place,
                                                 .row_label = view_row_label,
                                                 .can_seek = view_can_seek,
                                                 .seek = view_seek,
                                                 .close = view_close};

/* ---- opening --------------------------------------------------------------------------------- */

/* The array of the moved values, and the part of it. */
static mmax_status open_array(text_view *self, const mmax_source_options *options,
                              mmax_error *error)
{
    const char *name = self->text->name;
    mmax_layout whole = layout_of_text(self);
    mmax_dtype dtype;
    mmax_array array;
    mmax_status status = mmax_dtype_parse(name, "=f8", 3, &dtype, error);
    if (status == MMAX_OK)
        status = mmax_array_describe(name, &dtype, whole.shape, 2, false, 0, &array, error);
    if (status == MMAX_OK)
        status = mmax_array_open(self->values, &array, options, &self->array, error);
    return status;
}

/* As mmax_array_open has it, which knows nothing of labels. */
static void lay_out(text_view *self, const mmax_source_options *options)
{
    mmax_layout whole = layout_of_text(self);
    mmax_view_whole(&whole, &self->view);
    if (options->select)
        mmax_view_select("", options->select, &self->view, NULL);
    if (options->has_axis)
        mmax_view_move_last("", options->axis, &self->view, NULL);
}

static mmax_status fill(text_view *self, const mmax_source_options *options, mmax_error *error)
{
    const mmax_input *of_text = &self->text->input;
    size_t n_wanted = SIZE_MAX;
    mmax_status status = MMAX_OK;
    if (options->select)
        status = mmax_select_reach(self->text->name, options->select, 2, &n_wanted, error);
    if (status == MMAX_OK)
        status = move_values(self, n_wanted, options->cancel, &self->values, error);
    if (status == MMAX_OK)
        status = open_array(self, options, error);
    if (status != MMAX_OK)
        return status;
    mmax_input *input = &self->base.input;
    *input = self->array->input;
    input->file = of_text->file;
    input->format = of_text->format;
    input->dtype = of_text->dtype;
    input->dtype_name = of_text->dtype_name;
    lay_out(self, options);
    return label_columns(self, error);
}

mmax_status mmax_text_view_open(mmax_source *text, const mmax_source_options *options,
                                mmax_source **source, mmax_error *error)
{
    text_view *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "opening a part of a text");
    self->base.methods = &view_methods;
    self->base.name = text->name;
    self->base.element = text->element;
    self->base.stream = text->stream;
    self->text = text;
    mmax_status status = fill(self, options, error);
    if (status != MMAX_OK) {
        self->text = NULL; /* stays the caller's */
        mmax_source_free(&self->base);
        return status;
    }
    *source = &self->base;
    return MMAX_OK;
}
