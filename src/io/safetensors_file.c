/* The tensors of a safetensors file as arrays, in the order of their data, so that a pipe will do.
 */
#include "io/file.h"
#include "io/safetensors.h"

#include <stdlib.h>
#include <string.h>

typedef struct safetensors_file {
    mmax_file base;
    mmax_safetensors *tensors; /* NULL until the header was read */
    size_t at;                 /* the tensor that comes next */
    mmax_stream *bytes;        /* of the one that is shown */
} safetensors_file;

/* ---- the bytes of a tensor on a pipe --------------------------------------------------------- */

/* Some of the bytes that come next in a stream. */
typedef struct section {
    mmax_stream *whole;
    size_t rest;
} section;

static mmax_status section_read(void *self, char *bytes, size_t n, size_t *n_read,
                                mmax_error *error)
{
    section *s = self;
    const char *next;
    size_t available;
    *n_read = 0;
    if (s->rest == 0) /* the bytes behind it are not waited for */
        return MMAX_OK;
    mmax_status status = mmax_stream_peek(s->whole, 1, &next, &available, error);
    if (status != MMAX_OK)
        return status;
    n = n < s->rest ? n : s->rest;
    n = n < available ? n : available;
    memcpy(bytes, next, n);
    mmax_stream_skip(s->whole, n);
    s->rest -= n;
    *n_read = n;
    return MMAX_OK;
}

static void section_position(const void *self, size_t *n_done, size_t *n_total)
{
    mmax_stream_position(((const section *)self)->whole, n_done, n_total);
}

static const mmax_supply section_supply = {
    .read = section_read, .position = section_position, .close = free};

static mmax_status open_section(mmax_stream *whole, const char *name, size_t n_bytes,
                                mmax_stream **bytes, mmax_error *error)
{
    section *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "opening a tensor");
    *self = (section){whole, n_bytes};
    mmax_status status = mmax_stream_open_supply(name, mmax_stream_cancel(whole), &section_supply,
                                                 self, bytes, error);
    if (status != MMAX_OK)
        free(self);
    return status;
}

/* Goes forward to where a tensor's data begin or end. */
static mmax_status skip_to(mmax_stream *stream, size_t offset, mmax_error *error)
{
    mmax_status status = mmax_stream_skip_to(stream, offset, error);
    if (status != MMAX_OK || mmax_stream_offset(stream) == offset)
        return status;
    return mmax_fail(error, MMAX_EFORMAT, "%s: truncated: it ends before the tensor's data",
                     mmax_stream_name(stream));
}

/* ---- tensors --------------------------------------------------------------------------------- */

static mmax_status open_bytes(safetensors_file *self, const mmax_tensor *tensor, mmax_error *error)
{
    mmax_stream *whole = self->base.stream;
    size_t begin = self->tensors->data_begin + tensor->begin, n_bytes, size;
    n_bytes = tensor->end - tensor->begin;
    char *title = mmax_stream_member_name(whole, tensor->name, strlen(tensor->name));
    if (!title)
        return mmax_fail_memory(error, "opening a tensor");
    mmax_status status = MMAX_OK;
    if (mmax_stream_is_file(whole, &size)) {
        status = mmax_stream_open_part(whole, title, begin, n_bytes, &self->bytes, error);
    } else {
        status = skip_to(whole, begin, error);
        if (status == MMAX_OK)
            status = open_section(whole, title, n_bytes, &self->bytes, error);
    }
    free(title);
    return status;
}

static void describe(safetensors_file *self, const mmax_tensor *tensor)
{
    mmax_array_info *info = &self->base.info;
    info->array = tensor->name;
    info->dtype = tensor->is_read ? tensor->dtype.name : tensor->code;
    info->dtype_name = tensor->is_read ? tensor->dtype.info->name : tensor->code;
    info->is_read = tensor->is_read;
    info->rows_known = true;
    info->n_dims = tensor->n_dims;
    for (size_t i = 0; i < tensor->n_dims && i < MMAX_MAX_DIMS; i++)
        info->shape[i] = tensor->shape[i];
    self->base.is_float = tensor->is_read && mmax_dtype_is_float(&tensor->dtype);
    self->base.is_alone = self->tensors->n_tensors == 1;
}

/* There is no room for its shape, be it only to list it. */
static mmax_status fail_rank(const mmax_file *file, const mmax_tensor *tensor, mmax_error *error)
{
    char quoted[64];
    return mmax_fail(error, MMAX_EUNSUPPORTED,
                     "%s: tensor '%s': has more than %d dimensions; reshape it to fewer",
                     mmax_stream_name(file->stream),
                     mmax_quote(tensor->name, strlen(tensor->name), quoted, sizeof quoted),
                     MMAX_MAX_DIMS);
}

/* On a pipe the file's length is known only when all tensors have been passed. */
static mmax_status check_end(const safetensors_file *self, mmax_error *error)
{
    mmax_stream *whole = self->base.stream;
    const mmax_safetensors *tensors = self->tensors;
    const char *bytes;
    size_t n, end = tensors->data_begin;
    if (mmax_stream_is_file(whole, &n))
        return MMAX_OK;
    if (tensors->n_tensors > 0)
        end += tensors->tensors[tensors->n_tensors - 1].end;
    mmax_status status = skip_to(whole, end, error);
    if (status == MMAX_OK)
        status = mmax_stream_peek(whole, 1, &bytes, &n, error);
    if (status == MMAX_OK && n > 0)
        status = mmax_fail(error, MMAX_EFORMAT, "%s: bytes at the end belong to no tensor",
                           mmax_stream_name(whole));
    return status;
}

static mmax_status safetensors_next(mmax_file *file, mmax_error *error)
{
    safetensors_file *self = (safetensors_file *)file;
    mmax_stream_free(self->bytes);
    self->bytes = NULL;
    if (!self->tensors) {
        mmax_status status = mmax_safetensors_open(file->stream, &self->tensors, error);
        if (status != MMAX_OK) {
            file->is_broken = true;
            return status;
        }
    }
    file->at_end = self->at == self->tensors->n_tensors;
    if (file->at_end) {
        mmax_status status = check_end(self, error);
        file->is_broken = status != MMAX_OK;
        return status;
    }
    const mmax_tensor *tensor = &self->tensors->tensors[self->at++];
    describe(self, tensor);
    if (tensor->n_dims > MMAX_MAX_DIMS)
        return fail_rank(file, tensor, error);
    mmax_status status = open_bytes(self, tensor, error);
    file->array_stream = self->bytes;
    file->is_broken = status != MMAX_OK; /* what lies behind is not there either */
    return status;
}

static mmax_status safetensors_array(mmax_file *file, mmax_source **source, mmax_error *error)
{
    safetensors_file *self = (safetensors_file *)file;
    mmax_array array;
    mmax_status status = mmax_safetensors_array(self->tensors, self->at - 1,
                                                mmax_stream_name(self->bytes), &array, error);
    if (status != MMAX_OK)
        return status;
    /* Its stream has nothing before it. */
    array.layout.offset = array.data_begin = 0;
    return mmax_array_open(self->bytes, &array, &file->options, source, error);
}

static void safetensors_close(mmax_file *file)
{
    safetensors_file *self = (safetensors_file *)file;
    mmax_stream_free(self->bytes);
    mmax_safetensors_free(self->tensors);
}

static const mmax_file_methods safetensors_methods = {
    .next = safetensors_next, .open = safetensors_array, .close = safetensors_close};

mmax_status mmax_safetensors_file_open(mmax_stream *stream, mmax_file **file, mmax_error *error)
{
    (void)stream;
    safetensors_file *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "opening a safetensors file");
    self->base.methods = &safetensors_methods;
    *file = &self->base;
    return MMAX_OK;
}
