/* What stands before the data of a safetensors file: the table of its tensors. */
#ifndef MMAX_IO_SAFETENSORS_H
#define MMAX_IO_SAFETENSORS_H

#include "io/array.h"

/* The format's own limit. */
enum { MMAX_SAFETENSORS_MAX_HEADER = 100 * 1000 * 1000 };

typedef struct mmax_tensor {
    char *name;
    char *code;       /* its type as the file has it: "F32", "F8_E4M3" */
    bool is_read;     /* whether values of that type are read, and then */
    mmax_dtype dtype; /* what NumPy calls it */
    size_t n_dims;
    size_t *shape;     /* (n_dims,) */
    size_t begin, end; /* of its bytes in the data */
} mmax_tensor;

typedef struct mmax_safetensors {
    size_t n_tensors;
    mmax_tensor *tensors; /* (n_tensors,) in the order of their data */
    size_t data_begin;    /* where the data begin in the stream */
} mmax_safetensors;

/* Reads the header and leaves the stream at the first byte of the data.  The tensors' bytes follow
 * one another without overlap or gap and, in a file, are all that follows the header, as the format
 * demands.  MMAX_EFORMAT says which tensor is wrong.  Memory: a small multiple of the header, no
 * byte of which is believed before it is there.
 *
 * The format: Hugging Face, Safetensors, 2022, README of the safetensors repository. */
mmax_status mmax_safetensors_open(mmax_stream *stream, mmax_safetensors **tensors,
                                  mmax_error *error);
void mmax_safetensors_free(mmax_safetensors *tensors);

/* The i-th tensor, as mmax_array_open takes it.  MMAX_EUNSUPPORTED for types and ranks that are not
 * read.  FILE is for messages. */
mmax_status mmax_safetensors_array(const mmax_safetensors *tensors, size_t i, const char *file,
                                   mmax_array *array, mmax_error *error);

#endif
