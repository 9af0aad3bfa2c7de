#include "io/source.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A mask of at most so many entries, 16 MiB, stays in memory; a larger one is read again wherever
 * its rows repeat. */
enum { KEPT_ENTRIES = 2 * 1024 * 1024 };

/* Entries looked at together while a mask is opened, or one row where a row is longer. */
enum { SCANNED_ENTRIES = 32 * 1024 };

struct mmax_mask {
    char *file;
    const volatile sig_atomic_t *cancel;
    const mmax_input *input; /* what the mask is broadcast to */
    mmax_source *source;     /* NULL once the mask is kept */
    mmax_input shape;        /* the mask's own shape, without its pointers */
    char *name;              /* for messages */
    bool is_boolean;         /* 0 masks and 1 does not; else entries are added */
    bool is_integer;
    double *kept;                  /* (n_rows, row_length) of the mask, or NULL */
    size_t kept_capacity;          /* entries */
    size_t strides[MMAX_MAX_DIMS]; /* rows of the mask that a step along an input's axis goes on */
    size_t current;                /* the mask's row that is in ROW; SIZE_MAX for none */
    double *row;                   /* (row_length,) of the mask, to be added */
    double *wide;                  /* (row_length,) of the input, or NULL where that is ROW */
};

/* ---- shapes ---------------------------------------------------------------------------------- */

static mmax_status fail_shape(const mmax_mask *self, mmax_error *error)
{
    const mmax_input *shape = &self->shape, *input = self->input;
    char of_mask[MMAX_SHAPE_SIZE], of_input[MMAX_SHAPE_SIZE], file[MMAX_MESSAGE_SIZE / 4];
    mmax_shape_write(shape->shape, shape->n_dims, of_mask);
    mmax_shape_write(input->shape, input->n_dims, of_input);
    mmax_quote(self->input->file, strlen(self->input->file), file, sizeof file);
    return mmax_fail(error, MMAX_EDOMAIN,
                     "%s: a mask of shape %s does not broadcast to %s, the shape of %s%s",
                     self->name, of_mask, of_input, file, self->input->rows_known ? "" : " so far");
}

/* NumPy's rule, for an input that keeps its shape: aligned at their ends, each axis of the mask is
 * 1 or the input's.  The first axis of a text passes until it is known. */
static mmax_status check_shape(const mmax_mask *self, mmax_error *error)
{
    const mmax_input *mask = &self->shape, *input = self->input;
    if (mask->n_dims > input->n_dims)
        return fail_shape(self, error);
    size_t n_missing = input->n_dims - mask->n_dims;
    for (size_t i = 0; i < mask->n_dims; i++) {
        bool is_open = (i == 0 && !mask->rows_known) || (i + n_missing == 0 && !input->rows_known);
        if (!is_open && mask->shape[i] != 1 && mask->shape[i] != input->shape[i + n_missing])
            return fail_shape(self, error);
    }
    return MMAX_OK;
}

static void set_strides(mmax_mask *self)
{
    const mmax_input *mask = &self->shape;
    size_t n_missing = self->input->n_dims - mask->n_dims;
    size_t stride = 1;
    for (size_t i = mask->n_dims < 1 ? 0 : mask->n_dims - 1; i-- > 0;) {
        self->strides[i + n_missing] = mask->shape[i] == 1 ? 0 : stride;
        stride *= mask->shape[i];
    }
}

/* ---- entries --------------------------------------------------------------------------------- */

/* Refuses, among the entries of the source's last block, what is no mask. */
static mmax_status check_entries(const mmax_mask *self, const double *entries, size_t n_rows,
                                 mmax_error *error)
{
    size_t row_length = self->shape.row_length;
    for (size_t i = 0; i < n_rows * row_length; i++) {
        double value = entries[i];
        bool is_binary = value == 0 || value == 1;
        if (self->is_integer ? is_binary : value < HUGE_VAL)
            continue;
        char place[MMAX_MESSAGE_SIZE / 2], number[MMAX_NUMBER_SIZE];
        mmax_source_place(self->source, i / row_length, i % row_length, place, sizeof place);
        mmax_number_write(value, number);
        return mmax_fail(error, MMAX_EDOMAIN, "%s: %s does not mask; expected %s", place, number,
                         self->is_integer ? "0 (masked) or 1 in an array of integers"
                                          : "0, -inf (masked) or a number to add");
    }
    return MMAX_OK;
}

static void to_addends(const mmax_mask *self, double *entries, size_t n)
{
    for (size_t i = 0; self->is_boolean && i < n; i++)
        entries[i] = entries[i] == 0 ? -HUGE_VAL : 0;
}

/* ---- opening --------------------------------------------------------------------------------- */

static mmax_status open_source(mmax_mask *self, mmax_error *error)
{
    const mmax_source_options options = {.cancel = self->cancel};
    mmax_source_free(self->source);
    self->source = NULL;
    return mmax_source_open(self->file, &options, &self->source, error);
}

static mmax_status fail_unkept(const mmax_mask *self, mmax_error *error)
{
    return mmax_fail(error, MMAX_EUNSUPPORTED,
                     "%s: a mask of more than %d entries is read more than once, and a pipe cannot "
                     "be; save it as a file",
                     self->name, KEPT_ENTRIES);
}

/* Adds entries to those kept, or gives up keeping them. */
static mmax_status keep(mmax_mask *self, size_t n_kept, const double *entries, size_t n,
                        mmax_error *error)
{
    if (n > KEPT_ENTRIES - n_kept) {
        /* What has a file below it, compressed or not, can be opened again. */
        size_t n_done, n_total;
        free(self->kept);
        self->kept = NULL;
        mmax_stream_position(self->source->stream, &n_done, &n_total);
        return n_total > 0 ? MMAX_OK : fail_unkept(self, error);
    }
    if (!self->kept || n_kept + n > self->kept_capacity) {
        size_t capacity = 2 * (n_kept + n);
        double *grown = mmax_resize_array(self->kept, capacity, sizeof *grown);
        if (!grown)
            return mmax_fail_memory(error, "keeping a mask");
        self->kept = grown;
        self->kept_capacity = capacity;
    }
    memcpy(self->kept + n_kept, entries, n * sizeof *entries);
    return MMAX_OK;
}

/* What the whole of a mask tells. */
typedef struct mask_scan {
    double *block; /* (block_rows, row_length) */
    size_t block_rows;
    size_t n_entries;
    bool is_binary, has_one; /* nothing but 0 and 1; a 1 */
} mask_scan;

static mmax_status scan_rows(mmax_mask *self, mask_scan *scan, mmax_error *error)
{
    bool keeps = true;
    for (;;) {
        size_t n_rows;
        mmax_status status =
            mmax_source_read(self->source, scan->block_rows, scan->block, &n_rows, error);
        if (status != MMAX_OK || n_rows == 0)
            return status;
        size_t n = n_rows * self->shape.row_length;
        status = check_entries(self, scan->block, n_rows, error);
        if (status == MMAX_OK && keeps)
            status = keep(self, scan->n_entries, scan->block, n, error);
        if (status != MMAX_OK)
            return status;
        keeps = self->kept != NULL;
        for (size_t i = 0; i < n; i++) {
            scan->is_binary &= scan->block[i] == 0 || scan->block[i] == 1;
            scan->has_one |= scan->block[i] == 1;
        }
        scan->n_entries += n;
    }
}

/* Reads the mask once: its final shape, its kind, its faults, and its entries if they are few. */
static mmax_status scan_mask(mmax_mask *self, mmax_error *error)
{
    size_t row_length = self->shape.row_length;
    mask_scan scan = {.is_binary = true};
    scan.block_rows = row_length && row_length < SCANNED_ENTRIES ? SCANNED_ENTRIES / row_length : 1;
    size_t n_entries = 0;
    if (mmax_multiply(scan.block_rows, row_length, &n_entries))
        scan.block = mmax_alloc_array(n_entries, sizeof *scan.block);
    self->row = mmax_alloc_array(row_length, sizeof *self->row);
    if (row_length != self->input->row_length)
        self->wide = mmax_alloc_array(self->input->row_length, sizeof *self->wide);
    mmax_status status = MMAX_OK;
    if (!scan.block || !self->row || (row_length != self->input->row_length && !self->wide))
        status = mmax_fail_memory(error, "reading a mask");
    else
        status = scan_rows(self, &scan, error);
    free(scan.block);
    if (status != MMAX_OK)
        return status;
    self->shape = *mmax_source_input(self->source);
    /* In text 0 and 1 can be nothing but a boolean mask: to add 1 here and there hides nothing. */
    self->is_boolean = self->is_integer || (scan.is_binary && scan.has_one);
    if (self->kept) {
        to_addends(self, self->kept, scan.n_entries);
        mmax_source_free(self->source);
        self->source = NULL;
    }
    return MMAX_OK;
}

static mmax_status open_mask(mmax_mask *self, mmax_error *error)
{
    self->name = mmax_alloc_array(strlen(self->file) + 1, 4); /* \xNN for every byte */
    if (!self->name)
        return mmax_fail_memory(error, "opening a mask");
    mmax_quote(self->file, strlen(self->file), self->name, 4 * (strlen(self->file) + 1));
    mmax_status status = open_source(self, error);
    if (status != MMAX_OK)
        return status;
    self->shape = *mmax_source_input(self->source);
    char kind = self->shape.dtype[1];
    self->is_integer = kind == 'b' || kind == 'i' || kind == 'u';
    /* Before the scan: no room is made for rows that cannot fit. */
    status = check_shape(self, error);
    if (status == MMAX_OK)
        status = scan_mask(self, error);
    if (status == MMAX_OK)
        status = check_shape(self, error);
    if (status == MMAX_OK)
        set_strides(self);
    return status;
}

mmax_status mmax_mask_open(const char *file, const volatile sig_atomic_t *cancel,
                           const mmax_input *input, mmax_mask **mask, mmax_error *error)
{
    mmax_mask *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "opening a mask");
    self->cancel = cancel;
    self->input = input;
    self->current = SIZE_MAX;
    self->file = mmax_copy_text(file);
    mmax_status status =
        self->file ? open_mask(self, error) : mmax_fail_memory(error, "opening a mask");
    if (status != MMAX_OK) {
        mmax_mask_free(self);
        return status;
    }
    *mask = self;
    return MMAX_OK;
}

void mmax_mask_free(mmax_mask *mask)
{
    if (!mask)
        return;
    mmax_source_free(mask->source);
    free(mask->file);
    free(mask->name);
    free(mask->kept);
    free(mask->row);
    free(mask->wide);
    free(mask);
}

/* ---- reading --------------------------------------------------------------------------------- */

static mmax_status fail_changed(const mmax_mask *self, mmax_error *error)
{
    return mmax_fail(error, MMAX_EIO, "%s: changed while it was read", self->name);
}

static mmax_status reopen(mmax_mask *self, mmax_error *error)
{
    mmax_status status = open_source(self, error);
    if (status == MMAX_OK && self->source->input.row_length != self->shape.row_length)
        return fail_changed(self, error);
    return status;
}

/* Brings the source to a row: at once in NPY of C order, else by reading what lies before it. */
static mmax_status go_to(mmax_mask *self, size_t row, mmax_error *error)
{
    if (self->source->next_row == row)
        return MMAX_OK;
    if (mmax_source_can_seek(self->source))
        return mmax_source_seek(self->source, row, error);
    mmax_status status = row < self->source->next_row ? reopen(self, error) : MMAX_OK;
    while (status == MMAX_OK && self->source->next_row < row) {
        size_t n_rows;
        status = mmax_source_read(self->source, 1, self->row, &n_rows, error);
        if (status == MMAX_OK && n_rows == 0)
            status = fail_changed(self, error);
    }
    return status;
}

static mmax_status fill_row(mmax_mask *self, size_t row, mmax_error *error)
{
    size_t row_length = self->shape.row_length;
    if (self->kept) {
        memcpy(self->row, self->kept + row * row_length, row_length * sizeof *self->row);
        return MMAX_OK;
    }
    size_t n_rows = 0;
    mmax_status status = go_to(self, row, error);
    if (status == MMAX_OK)
        status = mmax_source_read(self->source, 1, self->row, &n_rows, error);
    if (status == MMAX_OK && n_rows == 0)
        status = fail_changed(self, error);
    if (status == MMAX_OK)
        status = check_entries(self, self->row, 1, error);
    if (status == MMAX_OK)
        to_addends(self, self->row, row_length);
    return status;
}

mmax_status mmax_mask_row(mmax_mask *mask, size_t row, const double **addends, mmax_error *error)
{
    size_t index[MMAX_MAX_DIMS];
    size_t of_mask = 0;
    mmax_unravel(mask->input, row, index);
    for (size_t i = 0; i + 1 < mask->input->n_dims; i++)
        of_mask += index[i] * mask->strides[i];
    if (of_mask >= mask->shape.n_rows) /* a text has more rows than the mask */
        return fail_shape(mask, error);
    if (of_mask != mask->current) {
        mask->current = SIZE_MAX;
        mmax_status status = fill_row(mask, of_mask, error);
        if (status != MMAX_OK)
            return status;
        mask->current = of_mask;
        for (size_t i = 0; mask->wide && i < mask->input->row_length; i++)
            mask->wide[i] = mask->row[0];
    }
    *addends = mask->wide ? mask->wide : mask->row;
    return MMAX_OK;
}

mmax_status mmax_mask_finish(const mmax_mask *mask, mmax_error *error)
{
    return check_shape(mask, error);
}
