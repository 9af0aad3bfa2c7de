/* The vectors of a file, one a row, that can be read again and in any order. */
#ifndef MMAX_IO_VECTORS_H
#define MMAX_IO_VECTORS_H

#include "io/io.h"

typedef struct mmax_vectors mmax_vectors;

/* As mmax_source_open; until mmax_vectors_settle the rows can be read once, from first to last. */
mmax_status mmax_vectors_open(const char *file, const mmax_source_options *options,
                              mmax_vectors **vectors, mmax_error *error);
void mmax_vectors_free(mmax_vectors *vectors);

/* The file's input; its rows are known after mmax_vectors_settle. */
const mmax_input *mmax_vectors_input(const mmax_vectors *vectors);

/* The file's name for messages. */
const char *mmax_vectors_name(const mmax_vectors *vectors);

/* Makes any row readable at any time.  A file whose rows lie one after the other is read where they
 * lie; of anything else (pipes, text, Fortran order) every row is read now, and kept in 8 MiB of
 * memory or else in a temporary file. */
mmax_status mmax_vectors_settle(mmax_vectors *vectors, mmax_error *error);

/* Reads max_rows rows from FIRST on: rows (max_rows, row_length).  N_ROWS is less only where the
 * input ends. */
mmax_status mmax_vectors_read(mmax_vectors *vectors, size_t first, size_t max_rows, double *rows,
                              size_t *n_rows, mmax_error *error);

#endif
