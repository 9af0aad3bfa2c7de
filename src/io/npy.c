#include "io/file.h"
#include "io/gather.h"
#include "io/npy_header.h"
#include "io/source.h"

#include <stdlib.h>
#include <string.h>

/* Rows whose elements lie apart are gathered this many bytes at a time, or one row where a row is
 * longer: the caller has room for eight bytes an element of it in any case. */
enum { SLAB_SIZE = 4 * 1024 * 1024 };

/* A pipe whose rows are said to be longer is moved to a file before anybody makes room for a row:
 * what is said may not be true. */
enum { TRUSTED_ROW = 16 * 1024 * 1024 };

typedef struct npy_source {
    mmax_source base;
    mmax_dtype dtype;
    mmax_layout layout;
    bool is_in_order;    /* the elements lie in the file as they are handed out */
    size_t n_done;       /* in order: elements read */
    size_t slab_axis;    /* a slab is a range of this leading axis and the whole of those after */
    size_t slab_inner;   /* rows for each step along it */
    size_t slab_steps;   /* steps in a slab at most */
    size_t slab_row;     /* the first row of the slab, */
    size_t slab_rows;    /* and how many there are in it */
    unsigned char *slab; /* (slab_steps * slab_inner, row_length) elements */
    unsigned char *scratch;
} npy_source;

/* ---- elements in order ----------------------------------------------------------------------- */

static mmax_status fail_truncated(const npy_source *self, size_t n_there, mmax_error *error)
{
    const mmax_input *input = &self->base.input;
    size_t promised = input->n_rows * input->row_length * self->dtype.info->size;
    return mmax_fail(error, MMAX_EFORMAT,
                     "%s: truncated: the header promises %zu bytes of data, %zu are there",
                     self->base.name, promised, n_there);
}

static mmax_status read_in_order(npy_source *self, size_t n, double *values, mmax_error *error)
{
    size_t size = self->dtype.info->size;
    for (size_t done = 0; done < n;) {
        const char *bytes;
        size_t available;
        mmax_status status = mmax_stream_peek(self->base.stream, size, &bytes, &available, error);
        if (status != MMAX_OK)
            return status;
        if (available < size)
            return fail_truncated(self, self->n_done * size + available, error);
        size_t taken = available / size < n - done ? available / size : n - done;
        mmax_dtype_to_double(&self->dtype, (const unsigned char *)bytes, taken, values + done);
        mmax_stream_skip(self->base.stream, taken * size);
        done += taken;
        self->n_done += taken;
    }
    return MMAX_OK;
}

/* ---- elements that lie apart ----------------------------------------------------------------- */

/* Chooses the largest range of rows that is a box of the array and fits SLAB_SIZE. */
static void plan_slabs(npy_source *self)
{
    const mmax_layout *layout = &self->layout;
    size_t n_leading = layout->n_dims - 1;
    size_t row_bytes = self->base.input.row_length * layout->item_size;
    size_t fits = row_bytes < SLAB_SIZE ? SLAB_SIZE / row_bytes : 1;
    self->slab_inner = 1;
    self->slab_axis = n_leading > 0 ? n_leading - 1 : 0;
    while (self->slab_axis > 0 && layout->shape[self->slab_axis] <= fits / self->slab_inner)
        self->slab_inner *= layout->shape[self->slab_axis--];
    size_t length = n_leading > 0 ? layout->shape[self->slab_axis] : 1;
    size_t steps = fits / self->slab_inner;
    self->slab_steps = steps < length ? steps : length;
}

/* Fills the slab with the rows from ROW on; row is where the last slab ended. */
static mmax_status next_slab(npy_source *self, size_t row, mmax_error *error)
{
    mmax_layout box = self->layout;
    size_t index[MMAX_MAX_DIMS];
    size_t n_leading = box.n_dims - 1;
    size_t steps = 1;
    mmax_unravel(&self->base.input, row, index);
    for (size_t i = 0; i < n_leading; i++) {
        box.offset = (size_t)((ptrdiff_t)box.offset + (ptrdiff_t)index[i] * box.strides[i]);
        if (i == self->slab_axis) {
            size_t rest = box.shape[i] - index[i];
            steps = rest < self->slab_steps ? rest : self->slab_steps;
            box.shape[i] = steps;
        } else if (i < self->slab_axis) {
            box.shape[i] = 1;
        }
    }
    self->slab_row = row;
    self->slab_rows = steps * self->slab_inner;
    return mmax_gather(self->base.stream, &box, self->scratch, self->slab, error);
}

static mmax_status read_apart(npy_source *self, size_t n_rows, double *values, mmax_error *error)
{
    size_t row_length = self->base.input.row_length;
    for (size_t done = 0; done < n_rows;) {
        size_t row = self->base.next_row + done;
        if (row == self->slab_row + self->slab_rows) {
            mmax_status status = next_slab(self, row, error);
            if (status != MMAX_OK)
                return status;
        }
        size_t at = row - self->slab_row;
        size_t rest = self->slab_rows - at;
        size_t taken = rest < n_rows - done ? rest : n_rows - done;
        mmax_dtype_to_double(&self->dtype, self->slab + at * row_length * self->dtype.info->size,
                             taken * row_length, values + done * row_length);
        done += taken;
    }
    return MMAX_OK;
}

static mmax_status npy_read(mmax_source *source, size_t max_rows, double *logits, size_t *n_rows,
                            mmax_error *error)
{
    npy_source *self = (npy_source *)source;
    const mmax_input *input = &source->input;
    size_t rest = input->n_rows - source->next_row;
    size_t n = rest < max_rows ? rest : max_rows;
    mmax_status status = MMAX_OK;
    if (input->row_length > 0 && n > 0)
        status = self->is_in_order ? read_in_order(self, n * input->row_length, logits, error)
                                   : read_apart(self, n, logits, error);
    if (status == MMAX_OK && n == rest)
        status = mmax_stream_check_end(source->stream, error);
    if (status == MMAX_OK)
        *n_rows = n;
    return status;
}

static void npy_close(mmax_source *source)
{
    npy_source *self = (npy_source *)source;
    free(self->slab);
    free(self->scratch);
}

static mmax_status npy_seek(mmax_source *source, size_t row, mmax_error *error)
{
    npy_source *self = (npy_source *)source;
    self->n_done = row * source->input.row_length;
    return mmax_stream_seek(source->stream,
                            self->layout.offset + self->n_done * self->dtype.info->size, error);
}

static bool npy_can_seek(const mmax_source *source)
{
    size_t n_bytes;
    return ((const npy_source *)source)->is_in_order &&
           mmax_stream_is_file(source->stream, &n_bytes);
}

static const mmax_source_methods npy_methods = {
    .read = npy_read, .can_seek = npy_can_seek, .seek = npy_seek, .close = npy_close};

/* ---- opening --------------------------------------------------------------------------------- */

/* An array without elements costs no bytes, so its file's size does not bound its rows. */
enum { MAX_EMPTY = 1 << 24 };

static mmax_status check_shape(mmax_input *input, const mmax_npy_header *header, const char *file,
                               mmax_error *error)
{
    size_t n_else = 1;
    bool is_empty = false;
    if (!mmax_input_set_shape(input, header->shape, header->n_dims, header->dtype.info->size))
        return mmax_fail(error, MMAX_EFORMAT,
                         "%s: the product of the dimensions in the header overflows", file);
    for (size_t i = 0; i < header->n_dims; i++) {
        n_else *= header->shape[i] ? header->shape[i] : 1;
        is_empty |= header->shape[i] == 0;
    }
    if (is_empty && n_else > MAX_EMPTY)
        return mmax_fail(error, MMAX_EFORMAT,
                         "%s: the header promises %zu rows or columns without any entry", file,
                         n_else);
    return MMAX_OK;
}

/* Strides of the array, and whether its elements lie in C order: axes of one do not matter. */
static void lay_out(npy_source *self, const mmax_npy_header *header)
{
    mmax_layout *layout = &self->layout;
    layout->item_size = header->dtype.info->size;
    layout->n_dims = header->n_dims;
    size_t c_stride = layout->item_size, f_stride = layout->item_size;
    size_t c_strides[MMAX_MAX_DIMS], f_strides[MMAX_MAX_DIMS];
    for (size_t i = 0; i < layout->n_dims; i++) {
        size_t j = layout->n_dims - 1 - i;
        f_strides[i] = f_stride;
        c_strides[j] = c_stride;
        f_stride *= header->shape[i];
        c_stride *= header->shape[j];
    }
    self->is_in_order = true;
    for (size_t i = 0; i < layout->n_dims; i++) {
        layout->shape[i] = header->shape[i];
        layout->strides[i] = (ptrdiff_t)(header->is_fortran ? f_strides[i] : c_strides[i]);
        if (header->shape[i] > 1 && (size_t)layout->strides[i] != c_strides[i])
            self->is_in_order = false;
    }
    if (self->base.input.n_rows == 0 || self->base.input.row_length == 0)
        self->is_in_order = true;
}

/* Makes sure of what can be: that a file is as long as its header says, and that what must be read
 * out of order lies in a file. */
static mmax_status secure_data(npy_source *self, mmax_stream *stream, mmax_error *error)
{
    const mmax_input *input = &self->base.input;
    size_t n_bytes = input->n_rows * input->row_length * self->dtype.info->size;
    size_t offset = mmax_stream_offset(stream);
    size_t n_there;
    if (mmax_stream_is_file(stream, &n_there)) {
        n_there = n_there < offset ? 0 : n_there - offset;
        self->layout.offset = offset;
    } else if (!self->is_in_order || input->row_length > TRUSTED_ROW / sizeof(double)) {
        mmax_status status = mmax_stream_spool(stream, n_bytes, &n_there, error);
        if (status != MMAX_OK)
            return status;
    } else {
        return MMAX_OK;
    }
    return n_there < n_bytes ? fail_truncated(self, n_there, error) : MMAX_OK;
}

static mmax_status alloc_slab(npy_source *self, mmax_error *error)
{
    if (self->is_in_order)
        return MMAX_OK;
    plan_slabs(self);
    size_t row_bytes = self->base.input.row_length * self->layout.item_size;
    self->slab = mmax_alloc_array(self->slab_steps * self->slab_inner, row_bytes);
    self->scratch = mmax_alloc_array(MMAX_GATHER_SCRATCH, 1);
    if (!self->slab || !self->scratch)
        return mmax_fail_memory(error, "opening an NPY file");
    return MMAX_OK;
}

mmax_status mmax_npy_open(mmax_stream *stream, const mmax_npy_header *header,
                          const mmax_source_options *options, mmax_source **source,
                          mmax_error *error)
{
    const char *name = mmax_stream_name(stream);
    mmax_status status = mmax_npy_header_require(header, name, error);
    if (status == MMAX_OK && !options->takes_integers)
        status = mmax_dtype_require_float(name, &header->dtype, error);
    if (status != MMAX_OK)
        return status;
    npy_source *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "opening an NPY file");
    self->base.methods = &npy_methods;
    self->base.name = name;
    self->base.stream = stream;
    self->base.element = header->dtype.info->element;
    self->base.input.dtype = header->dtype.name;
    self->base.input.rows_known = true;
    self->dtype = header->dtype;
    status = check_shape(&self->base.input, header, name, error);
    if (status == MMAX_OK) {
        lay_out(self, header);
        status = secure_data(self, stream, error);
    }
    if (status == MMAX_OK)
        status = alloc_slab(self, error);
    if (status != MMAX_OK) {
        npy_close(&self->base);
        free(self);
        return status;
    }
    *source = &self->base;
    return MMAX_OK;
}

/* ---- the file -------------------------------------------------------------------------------- */

typedef struct npy_file {
    mmax_file base;
    mmax_npy_header header;
} npy_file;

static mmax_status npy_next(mmax_file *file, mmax_error *error)
{
    npy_file *self = (npy_file *)file;
    file->at_end = file->n_arrays > 0;
    if (file->at_end)
        return MMAX_OK;
    file->array_stream = file->stream;
    file->is_alone = true; /* and so an input of whatever type */
    return mmax_npy_header_describe(file->stream, &self->header, &file->info, error);
}

static mmax_status npy_array(mmax_file *file, mmax_source **source, mmax_error *error)
{
    const npy_file *self = (const npy_file *)file;
    return mmax_npy_open(file->array_stream, &self->header, &file->options, source, error);
}

static const mmax_file_methods npy_file_methods = {.next = npy_next, .open = npy_array};

mmax_status mmax_npy_file_open(mmax_stream *stream, mmax_file **file, mmax_error *error)
{
    (void)stream;
    npy_file *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "opening an NPY file");
    self->base.methods = &npy_file_methods;
    *file = &self->base;
    return MMAX_OK;
}
