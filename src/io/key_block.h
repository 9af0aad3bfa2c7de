/* Keys in the order that a product with queries wants them. */
#ifndef MMAX_IO_KEY_BLOCK_H
#define MMAX_IO_KEY_BLOCK_H

#include "io/vectors.h"

/* A range of the keys of a file.  They lie in tiles, the last of which may be short. */
typedef struct mmax_key_block {
    size_t length;    /* entries of a key */
    size_t tile_keys; /* keys of a tile */
    size_t capacity;  /* keys of a block */
    size_t first, n;  /* the keys that are in it; n is 0 before the first load */
    double *tiles;    /* a tile is (length, keys) or, where it is not finite, (keys, length) */
    bool *is_finite;  /* (tiles of a block,) */
    double *rows;     /* (tile_keys, length) as they are read */
} mmax_key_block;

/* Room for keys of 8 MiB, at least one and at most n_keys.  LENGTH is from 1 to INT_MAX, as the
 * BLAS counts. */
mmax_status mmax_key_block_init(mmax_key_block *block, size_t length, size_t n_keys,
                                mmax_error *error);
void mmax_key_block_clear(mmax_key_block *block);

/* Makes the block n keys from FIRST on, n <= capacity; reads nothing if it is that already. */
mmax_status mmax_key_block_load(mmax_key_block *block, mmax_vectors *keys, size_t first, size_t n,
                                mmax_error *error);

/* Products of queries with the keys of the block.
 *
 * queries   (n_queries, length)
 * products  (n_queries, block->n) of a matrix of row_length columns, INT_MAX at most; written
 *
 * With the BLAS of GSL each product is summed over the entries in their order, from first to last,
 * whatever the shapes: blocks of another size give the same bits.  A BLAS linked in its place may
 * sum in another order, and in one that depends on the shapes. */
void mmax_key_block_multiply(const mmax_key_block *block, const double *queries, size_t n_queries,
                             size_t row_length, double *products);

#endif
