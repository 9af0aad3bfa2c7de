#include "io/key_block.h"

#include <gsl/gsl_cblas.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Entries of all keys of a block, 8 MiB. */
enum { BLOCK_ENTRIES = 1024 * 1024 };

/* GSL's dgemm is three plain loops.  Measured on products of 64 and 128 entries it gives 2.7
 * GFLOP/s where keys lie as they are in the file (Trans: dot products, whose sums wait for each
 * other) and 4.9 where they are transposed (NoTrans: the inner loop runs along the keys), as long
 * as the products of a call stay in a cache: 32 queries by 256 keys are 64 KiB.  Tiles of half and
 * twice that differ by less than 7 %. */
enum { TILE_KEYS = 256, TILE_QUERIES = 32 };

mmax_status mmax_key_block_init(mmax_key_block *block, size_t length, size_t n_keys,
                                mmax_error *error)
{
    size_t fits = length < BLOCK_ENTRIES ? BLOCK_ENTRIES / length : 1;
    size_t most = n_keys ? n_keys : 1;
    mmax_key_block self = {.length = length};
    self.capacity = fits < most ? fits : most;
    self.tile_keys = self.capacity < TILE_KEYS ? self.capacity : TILE_KEYS;
    size_t n_tiles = (self.capacity + self.tile_keys - 1) / self.tile_keys;
    self.tiles = mmax_alloc_array(self.capacity * length, sizeof *self.tiles);
    self.rows = mmax_alloc_array(self.tile_keys * length, sizeof *self.rows);
    self.is_finite = mmax_alloc_array(n_tiles, sizeof *self.is_finite);
    *block = self;
    if (self.tiles && self.rows && self.is_finite)
        return MMAX_OK;
    mmax_key_block_clear(block);
    return mmax_fail_memory(error, "making room for keys");
}

void mmax_key_block_clear(mmax_key_block *block)
{
    free(block->tiles);
    free(block->rows);
    free(block->is_finite);
    *block = (mmax_key_block){0};
}

/* The keys of the tile that begins at a key of the block. */
static size_t keys_of_tile(const mmax_key_block *block, size_t from)
{
    size_t rest = block->n - from;
    return rest < block->tile_keys ? rest : block->tile_keys;
}

static bool are_finite(const double *entries, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(entries[i]))
            return false;
    return true;
}

static void fill_tile(mmax_key_block *block, size_t from)
{
    size_t n = keys_of_tile(block, from), length = block->length;
    double *tile = block->tiles + from * length;
    bool is_finite = are_finite(block->rows, n * length);
    block->is_finite[from / block->tile_keys] = is_finite;
    if (!is_finite)
        memcpy(tile, block->rows, n * length * sizeof *tile);
    for (size_t k = 0; is_finite && k < length; k++)
        for (size_t j = 0; j < n; j++)
            tile[k * n + j] = block->rows[j * length + k];
}

mmax_status mmax_key_block_load(mmax_key_block *block, mmax_vectors *keys, size_t first, size_t n,
                                mmax_error *error)
{
    if (block->first == first && block->n == n)
        return MMAX_OK;
    block->first = first;
    block->n = n;
    for (size_t from = 0; from < n; from += block->tile_keys) {
        size_t n_read, n_wanted = keys_of_tile(block, from);
        mmax_status status =
            mmax_vectors_read(keys, first + from, n_wanted, block->rows, &n_read, error);
        if (status == MMAX_OK && n_read < n_wanted)
            status = mmax_fail(error, MMAX_EIO, "%s: changed while it was read",
                               mmax_vectors_name(keys));
        if (status != MMAX_OK) {
            block->n = 0;
            return status;
        }
        fill_tile(block, from);
    }
    return MMAX_OK;
}

/* Where a query's entry is 0, the loops of NoTrans leave the key's entry out, but 0 times infinity
 * is NaN: tiles with entries that are not finite go through those of Trans, which leave out none.
 * Both sum in the same order. */
static void multiply_tile(const mmax_key_block *block, size_t from, const double *queries,
                          size_t n_queries, size_t row_length, double *products)
{
    size_t n = keys_of_tile(block, from);
    bool is_finite = block->is_finite[from / block->tile_keys];
    int length = (int)block->length;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, is_finite ? CblasNoTrans : CblasTrans, (int)n_queries,
                (int)n, length, 1, queries, length, block->tiles + from * block->length,
                is_finite ? (int)n : length, 0, products, (int)row_length);
}

/* GSL counts the entries of a matrix in an int. */
static size_t queries_of_a_tile(size_t row_length, size_t length)
{
    size_t fits = INT_MAX / (row_length > length ? row_length : length);
    return fits < 1 ? 1 : fits < TILE_QUERIES ? fits : TILE_QUERIES;
}

void mmax_key_block_multiply(const mmax_key_block *block, const double *queries, size_t n_queries,
                             size_t row_length, double *products)
{
    size_t most = queries_of_a_tile(row_length, block->length);
    for (size_t from = 0; from < block->n; from += block->tile_keys)
        for (size_t query = 0; query < n_queries; query += most) {
            size_t rest = n_queries - query;
            multiply_tile(block, from, queries + query * block->length, rest < most ? rest : most,
                          row_length, products + query * row_length + from);
        }
}
