/* An array of elements in a stream, whatever container it lies in, as a source of rows. */
#ifndef MMAX_IO_ARRAY_H
#define MMAX_IO_ARRAY_H

#include "io/convert.h"
#include "io/gather.h"
#include "io/source.h"

/* What a container tells of one of its arrays.  Places count from the stream's beginning, as
 * mmax_stream_offset does. */
typedef struct mmax_array {
    mmax_dtype dtype;
    mmax_layout layout; /* of the whole of it */
    size_t data_begin;  /* its bytes in the stream: where they begin */
    size_t data_size;   /* and how many the header promises */
} mmax_array;

/* Lays out the whole of an array, packed, in C or in Fortran order.  FILE is for the message:
 * MMAX_EFORMAT if the bytes of the array, or its axes where one of them is 0, overflow.
 *
 * shape (n_dims,), at most MMAX_MAX_DIMS */
mmax_status mmax_array_describe(const char *file, const mmax_dtype *dtype, const size_t *shape,
                                size_t n_dims, bool is_fortran, size_t data_begin,
                                mmax_array *array, mmax_error *error);

/* A source of the array's rows, or of those that the options select.  The stream may stand anywhere
 * that is not beyond the first byte that is needed; it is taken over as mmax_npy_open has it.
 *
 * Elements that lie one after the other in C order are converted where they are peeked; what comes
 * after the last of them is neither read nor missed.  Others are gathered, and a pipe is moved to a
 * file for it.  MMAX_EFORMAT where bytes are missing, MMAX_EDOMAIN for a selection or
 * an axis that the array does not have. */
mmax_status mmax_array_open(mmax_stream *stream, const mmax_array *array,
                            const mmax_source_options *options, mmax_source **source,
                            mmax_error *error);

#endif
