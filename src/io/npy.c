#include "io/array.h"
#include "io/file.h"
#include "io/npy_header.h"

mmax_status mmax_npy_open(mmax_stream *stream, const mmax_npy_header *header,
                          const mmax_source_options *options, mmax_source **source,
                          mmax_error *error)
{
    const char *name = mmax_stream_name(stream);
    mmax_array array;
    mmax_status status = mmax_npy_header_require(header, name, error);
    if (status == MMAX_OK)
        status = mmax_array_describe(name, &header->dtype, header->shape, header->n_dims,
                                     header->is_fortran, mmax_stream_offset(stream), &array, error);
    return status == MMAX_OK ? mmax_array_open(stream, &array, options, source, error) : status;
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
