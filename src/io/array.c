#include "io/array.h"

#include "io/view.h"

#include <stdlib.h>
#include <string.h>

/* Rows whose elements lie apart are gathered this many bytes at a time, or one row where a row is
 * longer: the caller has room for eight bytes an element of it in any case. */
enum { SLAB_SIZE = 4 * 1024 * 1024 };

/* A pipe whose rows are said to be longer is moved to a file before anybody makes room for a row:
 * what is said may not be true. */
enum { TRUSTED_ROW = 16 * 1024 * 1024 };

typedef struct array_source {
    mmax_source base;
    mmax_dtype dtype;
    mmax_layout whole;    /* of the array */
    mmax_layout layout;   /* of what is handed out of it */
    ptrdiff_t data_begin; /* in the stream; before its beginning once a part of it was spooled */
    size_t data_size;
    bool is_in_order;    /* the elements lie in the file as they are handed out */
    size_t slab_axis;    /* a slab is a range of this leading axis and the whole of those after */
    size_t slab_inner;   /* rows for each step along it */
    size_t slab_steps;   /* steps in a slab at most */
    size_t slab_row;     /* the first row of the slab, */
    size_t slab_rows;    /* and how many there are in it */
    unsigned char *slab; /* (slab_steps * slab_inner, row_length) elements */
    unsigned char *scratch;
} array_source;

/* ---- elements in order ----------------------------------------------------------------------- */

/* Where elements go: to one of the two. */
typedef struct destination {
    double *wide;
    float *single;
} destination;

static void convert(const array_source *self, const unsigned char *bytes, size_t n,
                    const destination *to, size_t first)
{
    if (to->single)
        mmax_dtype_to_single(&self->dtype, bytes, n, to->single + first);
    else
        mmax_dtype_to_double(&self->dtype, bytes, n, to->wide + first);
}

/* STREAM_END is where the stream turned out to end. */
static mmax_status fail_truncated(const array_source *self, size_t stream_end, mmax_error *error)
{
    ptrdiff_t n_there = (ptrdiff_t)stream_end - self->data_begin;
    return mmax_fail(error, MMAX_EFORMAT,
                     "%s: truncated: the header promises %zu bytes of data, %zu are there",
                     self->base.name, self->data_size, n_there < 0 ? 0 : (size_t)n_there);
}

/* Elements that are what is asked for go to their place at once. */
static mmax_status read_as_they_are(array_source *self, size_t n, const destination *to,
                                    mmax_error *error)
{
    mmax_stream *stream = self->base.stream;
    size_t n_bytes = n * self->dtype.info->size, n_read = 0;
    void *bytes = to->single ? (void *)to->single : to->wide;
    mmax_status status = mmax_stream_read(stream, bytes, n_bytes, &n_read, error);
    if (status == MMAX_OK && n_read < n_bytes)
        status = fail_truncated(self, mmax_stream_offset(stream), error);
    return status;
}

static mmax_status read_in_order(array_source *self, size_t n, const destination *to,
                                 mmax_error *error)
{
    mmax_stream *stream = self->base.stream;
    size_t size = self->dtype.info->size;
    if (to->single ? mmax_dtype_is_single(&self->dtype) : mmax_dtype_is_double(&self->dtype))
        return read_as_they_are(self, n, to, error);
    for (size_t done = 0; done < n;) {
        const char *bytes;
        size_t available;
        mmax_status status = mmax_stream_peek(stream, size, &bytes, &available, error);
        if (status != MMAX_OK)
            return status;
        if (available < size)
            return fail_truncated(self, mmax_stream_offset(stream) + available, error);
        size_t taken = available / size < n - done ? available / size : n - done;
        convert(self, (const unsigned char *)bytes, taken, to, done);
        mmax_stream_skip(stream, taken * size);
        done += taken;
    }
    return MMAX_OK;
}

/* ---- elements that lie apart ----------------------------------------------------------------- */

/* Chooses the largest range of rows that is a box of the array and fits SLAB_SIZE. */
static void plan_slabs(array_source *self)
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
static mmax_status next_slab(array_source *self, size_t row, mmax_error *error)
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

static mmax_status read_apart(array_source *self, size_t n_rows, const destination *to,
                              mmax_error *error)
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
        convert(self, self->slab + at * row_length * self->dtype.info->size, taken * row_length, to,
                done * row_length);
        done += taken;
    }
    return MMAX_OK;
}

static mmax_status read_rows(mmax_source *source, size_t max_rows, const destination *to,
                             size_t *n_rows, mmax_error *error)
{
    array_source *self = (array_source *)source;
    const mmax_input *input = &source->input;
    size_t rest = input->n_rows - source->next_row;
    size_t n = rest < max_rows ? rest : max_rows;
    mmax_status status = MMAX_OK;
    if (input->row_length > 0 && n > 0)
        status = self->is_in_order ? read_in_order(self, n * input->row_length, to, error)
                                   : read_apart(self, n, to, error);
    if (status == MMAX_OK && n == rest)
        status = mmax_stream_check_end(source->stream, error);
    if (status == MMAX_OK)
        *n_rows = n;
    return status;
}

static mmax_status array_read(mmax_source *source, size_t max_rows, double *logits, size_t *n_rows,
                              mmax_error *error)
{
    return read_rows(source, max_rows, &(destination){.wide = logits}, n_rows, error);
}

static mmax_status array_read_singles(mmax_source *source, size_t max_rows, float *logits,
                                      size_t *n_rows, mmax_error *error)
{
    return read_rows(source, max_rows, &(destination){.single = logits}, n_rows, error);
}

static void array_close(mmax_source *source)
{
    array_source *self = (array_source *)source;
    free(self->slab);
    free(self->scratch);
}

static mmax_status array_seek(mmax_source *source, size_t row, mmax_error *error)
{
    array_source *self = (array_source *)source;
    size_t n_before = row * source->input.row_length * self->dtype.info->size;
    return mmax_stream_seek(source->stream, self->layout.offset + n_before, error);
}

static bool array_can_seek(const mmax_source *source)
{
    size_t n_bytes;
    return ((const array_source *)source)->is_in_order &&
           mmax_stream_is_file(source->stream, &n_bytes);
}

/* "a.npy[3, 0, 2, 5]": the indices in the array of the entry that is COLUMN of the row, and ':' on
 * the axis that a whole row runs along. */
static void place_in_whole(const mmax_source *source, size_t block_row, size_t column, char *place,
                           size_t size)
{
    const array_source *self = (const array_source *)source;
    const mmax_layout *layout = &self->layout;
    size_t index[MMAX_MAX_DIMS], next[MMAX_MAX_DIMS];
    size_t offset = layout->offset;
    size_t last = layout->n_dims - 1; /* not used for rank 0 */
    mmax_unravel(&source->input, source->first_row + block_row, index);
    for (size_t i = 0; i + 1 < layout->n_dims; i++)
        offset += index[i] * (size_t)layout->strides[i];
    bool has_range = column == MMAX_WHOLE_ROW && source->input.row_length > 1;
    if (column != MMAX_WHOLE_ROW && layout->n_dims > 0)
        offset += column * (size_t)layout->strides[last];
    mmax_layout_unravel(&self->whole, offset, index);
    mmax_layout_unravel(&self->whole, has_range ? offset + (size_t)layout->strides[last] : offset,
                        next);
    size_t used = (size_t)snprintf(place, size, "%s", source->name);
    for (size_t i = 0; i < self->whole.n_dims && used < size; i++) {
        const char *before = i > 0 ? ", " : "[", *after = i + 1 < self->whole.n_dims ? "" : "]";
        used +=
            index[i] != next[i]
                ? (size_t)snprintf(place + used, size - used, "%s:%s", before, after)
                : (size_t)snprintf(place + used, size - used, "%s%zu%s", before, index[i], after);
    }
}

static const mmax_source_methods array_methods = {.read = array_read,
                                                  .read_singles = array_read_singles,
                                                  .can_seek = array_can_seek,
                                                  .seek = array_seek,
                                                  .close = array_close};

/* Of a part of an array, whose rows and columns are not those that the file has. */
static const mmax_source_methods part_methods = {.read = array_read,
                                                 .read_singles = array_read_singles,
                                                 .place = place_in_whole,
                                                 .can_seek = array_can_seek,
                                                 .seek = array_seek,
                                                 .close = array_close};

/* ---- where the data lie ---------------------------------------------------------------------- */

static bool is_empty(const mmax_layout *layout)
{
    for (size_t i = 0; i < layout->n_dims; i++)
        if (layout->shape[i] == 0)
            return true;
    return false;
}

/* Whether the elements lie one after the other in C order; axes of one do not matter. */
static bool lies_in_order(const mmax_layout *layout)
{
    ptrdiff_t stride = (ptrdiff_t)layout->item_size;
    if (is_empty(layout))
        return true;
    for (size_t i = layout->n_dims; i-- > 0;) {
        if (layout->shape[i] > 1 && layout->strides[i] != stride)
            return false;
        stride *= (ptrdiff_t)layout->shape[i];
    }
    return true;
}

/* The bytes [*begin, *end) that hold the elements, of which there is at least one. */
static void find_extent(const mmax_layout *layout, size_t *begin, size_t *end)
{
    ptrdiff_t lowest = (ptrdiff_t)layout->offset, highest = lowest;
    for (size_t i = 0; i < layout->n_dims; i++) {
        ptrdiff_t reach = (ptrdiff_t)(layout->shape[i] - 1) * layout->strides[i];
        lowest += reach < 0 ? reach : 0;
        highest += reach > 0 ? reach : 0;
    }
    *begin = (size_t)lowest;
    *end = (size_t)highest + layout->item_size;
}

/* Goes forward in a pipe. */
static mmax_status skip_to(array_source *self, mmax_stream *stream, size_t offset,
                           mmax_error *error)
{
    mmax_status status = mmax_stream_skip_to(stream, offset, error);
    size_t at = mmax_stream_offset(stream);
    return status == MMAX_OK && at < offset ? fail_truncated(self, at, error) : status;
}

/* Moves what is needed of a pipe to a file, of which places count from then on. */
static mmax_status spool(array_source *self, mmax_stream *stream, size_t begin, size_t end,
                         mmax_error *error)
{
    size_t n_there;
    mmax_status status = mmax_stream_spool(stream, end - begin, &n_there, error);
    if (status != MMAX_OK)
        return status;
    self->layout.offset -= begin;
    self->whole.offset -= begin; /* may wrap around: only differences from it are taken */
    self->data_begin -= (ptrdiff_t)begin;
    return n_there < end - begin ? fail_truncated(self, n_there, error) : MMAX_OK;
}

/* Brings the stream to the first element.  Makes sure of what can be: that a file is as long as it
 * must be, and that what must be read out of order lies in a file. */
static mmax_status secure_data(array_source *self, mmax_stream *stream, mmax_error *error)
{
    size_t begin, end, stream_end;
    if (is_empty(&self->layout))
        return MMAX_OK;
    find_extent(&self->layout, &begin, &end);
    bool is_file = mmax_stream_is_file(stream, &stream_end);
    if (is_file && stream_end < end)
        return fail_truncated(self, stream_end, error);
    mmax_status status = mmax_check_row_length(self->base.name, self->base.input.row_length, error);
    if (status != MMAX_OK)
        return status;
    if (is_file)
        return self->is_in_order && mmax_stream_offset(stream) != begin
                   ? mmax_stream_seek(stream, begin, error)
                   : MMAX_OK;
    status = skip_to(self, stream, begin, error);
    bool is_trusted = self->base.input.row_length <= TRUSTED_ROW / sizeof(double);
    if (status == MMAX_OK && !(self->is_in_order && is_trusted))
        status = spool(self, stream, begin, end, error);
    return status;
}

/* ---- opening --------------------------------------------------------------------------------- */

mmax_status mmax_array_describe(const char *file, const mmax_dtype *dtype, const size_t *shape,
                                size_t n_dims, bool is_fortran, size_t data_begin,
                                mmax_array *array, mmax_error *error)
{
    mmax_array made = {.dtype = *dtype, .data_begin = data_begin};
    mmax_layout *layout = &made.layout;
    mmax_input sizes = {0};
    if (!mmax_input_set_shape(&sizes, shape, n_dims, dtype->info->size))
        return mmax_fail(error, MMAX_EFORMAT,
                         "%s: the product of the dimensions in the header overflows", file);
    layout->item_size = dtype->info->size;
    layout->offset = data_begin;
    layout->n_dims = n_dims;
    made.data_size = sizes.n_rows * sizes.row_length * layout->item_size;
    size_t stride = layout->item_size;
    for (size_t i = 0; i < n_dims; i++) {
        size_t axis = is_fortran ? i : n_dims - 1 - i;
        layout->shape[axis] = shape[axis];
        layout->strides[axis] = (ptrdiff_t)stride;
        stride *= shape[axis];
    }
    *array = made;
    return MMAX_OK;
}

/* An array without elements costs no bytes, so its file's size does not bound its rows. */
enum { MAX_EMPTY = 1 << 24 };

static mmax_status set_shape(array_source *self, mmax_error *error)
{
    const mmax_layout *layout = &self->layout;
    mmax_input *input = &self->base.input;
    size_t n_else = 1;
    if (!mmax_input_set_shape(input, layout->shape, layout->n_dims, layout->item_size))
        return mmax_fail(error, MMAX_EFORMAT, "%s: the product of the dimensions overflows",
                         self->base.name);
    for (size_t i = 0; i < layout->n_dims; i++)
        n_else *= layout->shape[i] ? layout->shape[i] : 1;
    if (is_empty(layout) && n_else > MAX_EMPTY)
        return mmax_fail(
            error, MMAX_EFORMAT, "%s: %s %zu rows or columns without any entry", self->base.name,
            self->base.methods == &part_methods ? "the selection has" : "the header promises",
            n_else);
    return MMAX_OK;
}

/* Decides which elements are handed out, and in what order. */
static mmax_status choose_part(array_source *self, const mmax_source_options *options,
                               mmax_error *error)
{
    mmax_view view;
    mmax_status status = MMAX_OK;
    mmax_view_whole(&self->whole, &view);
    if (options->select)
        status = mmax_view_select(self->base.name, options->select, &view, error);
    if (status == MMAX_OK && options->has_axis)
        status = mmax_view_move_last(self->base.name, options->axis, &view, error);
    if (status != MMAX_OK)
        return status;
    self->layout = view.layout;
    self->is_in_order = lies_in_order(&self->layout);
    self->base.input.axis = options->has_axis ? options->axis : -1;
    self->base.methods = options->select || options->has_axis ? &part_methods : &array_methods;
    return MMAX_OK;
}

static mmax_status alloc_slab(array_source *self, mmax_error *error)
{
    if (self->is_in_order)
        return MMAX_OK;
    plan_slabs(self);
    size_t row_bytes = self->base.input.row_length * self->layout.item_size;
    self->slab = mmax_alloc_array(self->slab_steps * self->slab_inner, row_bytes);
    self->scratch = mmax_alloc_array(MMAX_GATHER_SCRATCH, 1);
    if (!self->slab || !self->scratch)
        return mmax_fail_memory(error, "opening an array");
    return MMAX_OK;
}

mmax_status mmax_array_open(mmax_stream *stream, const mmax_array *array,
                            const mmax_source_options *options, mmax_source **source,
                            mmax_error *error)
{
    array_source *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "opening an array");
    self->base.name = mmax_stream_name(stream);
    self->base.element = array->dtype.info->element;
    self->base.input.dtype = array->dtype.name;
    self->base.input.dtype_name = array->dtype.info->name;
    self->base.input.stored_dtype = array->dtype.stored;
    self->base.input.rows_known = true;
    self->dtype = array->dtype;
    self->whole = array->layout;
    self->data_begin = (ptrdiff_t)array->data_begin;
    self->data_size = array->data_size;
    mmax_status status = choose_part(self, options, error);
    if (status == MMAX_OK)
        status = set_shape(self, error);
    if (status == MMAX_OK)
        status = secure_data(self, stream, error);
    if (status == MMAX_OK)
        status = alloc_slab(self, error);
    if (status != MMAX_OK) {
        array_close(&self->base);
        free(self);
        return status;
    }
    self->base.stream = stream;
    *source = &self->base;
    return MMAX_OK;
}
