/* What the tests of products of queries and keys share. */
#ifndef MMAX_TEST_IO_PRODUCT_H
#define MMAX_TEST_IO_PRODUCT_H

#include "test_io.h"

/* An array as a test makes it. */
typedef struct array {
    size_t n_dims, shape[MMAX_MAX_DIMS];
    double *values;
} array;

size_t entries_of(const array *a);

/* Writes the array to an NPY file, as float64 or as DATA of another dtype. */
void save_array(const char *file, const array *a);
void save_array_as(const char *file, const char *dtype, const array *a, const void *data,
                   size_t item_size, bool is_fortran);

/* Uniform in [-1, 1), the same on every machine; values to be freed. */
array random_array(uint64_t seed, const size_t *shape, size_t n_dims);

mmax_source *open_product(const char *queries, const char *keys);

/* Reads to the end; the block sizes are max_rows, then max_rows + step, and so on.  To be freed. */
double *read_rows(mmax_source *source, size_t max_rows, size_t step, size_t *n_rows);
double *read_product(const char *queries, const char *keys, size_t max_rows, size_t step,
                     size_t *n_entries);

/* The same bits, NaN equal to NaN. */
void expect_same(const double *got, const double *expected, size_t n);

void refuse_product(const char *queries, const char *keys, mmax_status status, const char *message);

#endif
