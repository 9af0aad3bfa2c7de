/* What stands before the data of an NPY file. */
#ifndef MMAX_IO_NPY_HEADER_H
#define MMAX_IO_NPY_HEADER_H

#include "io/convert.h"
#include "io/stream.h"

/* A longer header is refused: NumPy's own writes less than 200 bytes for the types that are read.
 */
enum { MMAX_NPY_MAX_HEADER = 1024 * 1024 };

enum { MMAX_DESCR_SIZE = 96 };

typedef struct mmax_npy_header {
    char descr[MMAX_DESCR_SIZE]; /* the type as the header names it, made harmless and short */
    bool is_structured;          /* it is a list of fields */
    bool is_read;                /* it is a type that is read, and DTYPE says which */
    mmax_dtype dtype;
    bool is_fortran; /* the first axis runs fastest */
    size_t n_dims;
    size_t shape[MMAX_MAX_DIMS];
} mmax_npy_header;

/* Reads the header of an NPY file of version 1.0, 2.0 or 3.0 and leaves the stream at the first
 * byte of the data.  MMAX_EFORMAT for a header that is not well formed, MMAX_EUNSUPPORTED for ranks
 * that are not read; of any type.
 *
 * The format: Kern, A Simple File Format for NumPy Arrays, NumPy Enhancement Proposal 1, 2007, and
 * its later versions. */
mmax_status mmax_npy_header_read(mmax_stream *stream, mmax_npy_header *header, mmax_error *error);

/* The same, and what it says in INFO, whose names are left as they are. */
mmax_status mmax_npy_header_describe(mmax_stream *stream, mmax_npy_header *header,
                                     mmax_array_info *info, mmax_error *error);

/* MMAX_EUNSUPPORTED, saying why the array of that header is not read, unless it is. */
mmax_status mmax_npy_header_require(const mmax_npy_header *header, const char *file,
                                    mmax_error *error);

#endif
