/* The shape of a product of queries and keys, and which rows of theirs a row of it is made of. */
#ifndef MMAX_IO_PRODUCT_SHAPE_H
#define MMAX_IO_PRODUCT_SHAPE_H

#include "io/io.h"

/* A factor of the product, as messages name it. */
typedef struct mmax_factor {
    const char *name;
    const mmax_input *input;
} mmax_factor;

typedef struct mmax_product_shape {
    size_t n_dims; /* of the product, with that of queries if there is one, and that of keys */
    size_t shape[MMAX_MAX_DIMS];
    size_t n_leading;                    /* axes before those of queries and keys */
    size_t n_queries;                    /* for each leading index; SIZE_MAX while not known */
    size_t n_keys;                       /* for each leading index */
    size_t query_strides[MMAX_MAX_DIMS]; /* matrices of queries that a step along an axis goes on */
    size_t key_strides[MMAX_MAX_DIMS];   /* the same of keys */
} mmax_product_shape;

/* MMAX_EDOMAIN unless keys are matrices, vectors have one and the same length, at least 1, and
 * the BLAS can count what there is.  Needs no count of rows. */
mmax_status mmax_product_check(const mmax_factor *queries, const mmax_factor *keys,
                               mmax_error *error);

/* NumPy's matmul of queries and transposed keys, which passed the check.  The rows of the keys are
 * known, and those of the queries unless keys have two axes.  MMAX_EDOMAIN where leading axes do
 * not broadcast. */
mmax_status mmax_product_shape_find(const mmax_factor *queries, const mmax_factor *keys,
                                    mmax_product_shape *shape, mmax_error *error);

/* Whether matrices of queries are used more than once; whether those of keys are after others were.
 */
bool mmax_product_repeats_queries(const mmax_product_shape *shape);
bool mmax_product_returns_to_keys(const mmax_product_shape *shape);

/* The row of the queries and the first row of the keys that a row of the product is made of, and
 * how many rows of the product from it on have the same keys. */
typedef struct mmax_product_place {
    size_t query, first_key, n_rows;
} mmax_product_place;

mmax_product_place mmax_product_locate(const mmax_product_shape *shape, size_t row);

#endif
