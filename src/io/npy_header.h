/* What stands before the data of an NPY file. */
#ifndef MMAX_IO_NPY_HEADER_H
#define MMAX_IO_NPY_HEADER_H

#include "io/convert.h"
#include "io/stream.h"

/* A longer header is refused: NumPy's own writes less than 200 bytes for the types that are read.
 */
enum { MMAX_NPY_MAX_HEADER = 1024 * 1024 };

typedef struct mmax_npy_header {
    mmax_dtype dtype;
    bool is_fortran; /* the first axis runs fastest */
    size_t n_dims;
    size_t shape[MMAX_MAX_DIMS];
} mmax_npy_header;

/* Reads the header of an NPY file of version 1.0, 2.0 or 3.0 and leaves the stream at the first
 * byte of the data.  MMAX_EFORMAT for a header that is not well formed, MMAX_EUNSUPPORTED for types
 * and ranks that are not read.
 *
 * The format: Kern, A Simple File Format for NumPy Arrays, NumPy Enhancement Proposal 1, 2007, and
 * its later versions. */
mmax_status mmax_npy_header_read(mmax_stream *stream, mmax_npy_header *header, mmax_error *error);

#endif
