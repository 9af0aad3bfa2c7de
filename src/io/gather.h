/* Elements that lie apart in a file, brought together in C order. */
#ifndef MMAX_IO_GATHER_H
#define MMAX_IO_GATHER_H

#include "io/stream.h"

/* An array, or a part of one, in a file: element (i, j, ...) lies at
 * offset + i * strides[0] + j * strides[1] + ...  Strides are in bytes and may be negative: other
 * axes first, slices and steps are layouts too. */
typedef struct mmax_layout {
    size_t item_size;
    size_t offset;
    size_t n_dims;
    size_t shape[MMAX_MAX_DIMS];
    ptrdiff_t strides[MMAX_MAX_DIMS];
} mmax_layout;

/* Bytes between the first and the last that one system call may bring in. */
enum { MMAX_GATHER_SCRATCH = 1024 * 1024 };

/* Copies all elements of the layout to ITEMS, C order, packed.
 *
 * scratch (MMAX_GATHER_SCRATCH,)
 *
 * Where elements lie near each other the bytes between them are read too, otherwise each gets a
 * system call of its own. */
mmax_status mmax_gather(mmax_stream *stream, const mmax_layout *layout, unsigned char *scratch,
                        unsigned char *items, mmax_error *error);

#endif
