/* Logits that are the products of queries and keys. */
#include "io/key_block.h"
#include "io/product_shape.h"
#include "io/source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Keys that do not fit a block are read again for every piece of queries, so pieces are as large as
 * bearable: 64 MiB of logits from at most 16 MiB of queries.  Of 1024 queries and 65536 keys of 64
 * entries the program needs 3.4 s then, 4.0 s with 8 MiB, and 15 s with one row at a time.  Where
 * keys stay, 1 MiB of queries is enough. */
enum {
    AHEAD_ENTRIES = 8 * 1024 * 1024,
    AHEAD_QUERY_ENTRIES = 2 * 1024 * 1024,
    QUERY_ENTRIES = 128 * 1024
};

/* A product without a column costs no bytes, so the size of the files does not bound its rows. */
enum { MAX_EMPTY = 1 << 24 };

typedef struct product_source {
    mmax_source base;
    const volatile sig_atomic_t *cancel;
    mmax_vectors *queries, *keys;
    char *queries_file, *keys_file;
    mmax_product_shape shape;
    mmax_key_block block;
    double *query_rows; /* (piece_rows, vector_length) */
    size_t piece_rows;
    double *ahead;                           /* (ahead_rows, n_keys); NULL where keys fit a block */
    size_t ahead_rows, ahead_first, n_ahead; /* rows of the product that AHEAD holds */
} product_source;

/* ---- multiplying ----------------------------------------------------------------------------- */

static mmax_status multiply_blocks(product_source *self, size_t first_key, size_t n_queries,
                                   double *logits, mmax_error *error)
{
    size_t n_keys = self->shape.n_keys;
    for (size_t done = 0; done < n_keys; done += self->block.n) {
        if (self->cancel && *self->cancel)
            return mmax_fail(error, MMAX_ECANCELED, "interrupted");
        size_t rest = n_keys - done;
        size_t n = rest < self->block.capacity ? rest : self->block.capacity;
        mmax_status status =
            mmax_key_block_load(&self->block, self->keys, first_key + done, n, error);
        if (status != MMAX_OK)
            return status;
        mmax_key_block_multiply(&self->block, self->query_rows, n_queries, n_keys, logits + done);
    }
    return MMAX_OK;
}

/* -inf says that an entry is masked, and no product of vectors says that. */
static void unmask(double *logits, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (logits[i] == -HUGE_VAL)
            logits[i] = (double)NAN;
}

/* Computes rows of the product from ROW on, max_rows at most; fewer where a piece ends; none at the
 * end of queries that are not counted. */
static mmax_status multiply_piece(product_source *self, size_t row, size_t max_rows, double *logits,
                                  size_t *n_rows, mmax_error *error)
{
    mmax_product_place place = mmax_product_locate(&self->shape, row);
    size_t n = place.n_rows < self->piece_rows ? place.n_rows : self->piece_rows;
    n = n < max_rows ? n : max_rows;
    size_t n_read = 0;
    mmax_status status =
        mmax_vectors_read(self->queries, place.query, n, self->query_rows, &n_read, error);
    if (status == MMAX_OK && n_read < n && self->base.input.rows_known)
        status = mmax_fail(error, MMAX_EIO, "%s: changed while it was read",
                           mmax_vectors_name(self->queries));
    if (status == MMAX_OK && n_read > 0)
        status = multiply_blocks(self, place.first_key, n_read, logits, error);
    if (status != MMAX_OK)
        return status;
    unmask(logits, n_read * self->shape.n_keys);
    *n_rows = n_read;
    return MMAX_OK;
}

/* The same through the rows that are computed ahead, where there are some. */
static mmax_status next_rows(product_source *self, size_t row, size_t max_rows, double *logits,
                             size_t *n_rows, mmax_error *error)
{
    size_t n_keys = self->shape.n_keys;
    bool is_ahead = row - self->ahead_first < self->n_ahead;
    if (!is_ahead && max_rows >= self->ahead_rows)
        return multiply_piece(self, row, max_rows, logits, n_rows, error);
    if (!is_ahead) {
        self->ahead_first = row;
        self->n_ahead = 0;
        mmax_status status =
            multiply_piece(self, row, self->ahead_rows, self->ahead, &self->n_ahead, error);
        if (status != MMAX_OK)
            return status;
    }
    size_t at = row - self->ahead_first, rest = self->n_ahead - at;
    *n_rows = rest < max_rows ? rest : max_rows;
    memcpy(logits, self->ahead + at * n_keys, *n_rows * n_keys * sizeof *logits);
    return MMAX_OK;
}

/* ---- the source ------------------------------------------------------------------------------ */

static mmax_status product_read(mmax_source *source, size_t max_rows, double *logits,
                                size_t *n_rows, mmax_error *error)
{
    product_source *self = (product_source *)source;
    mmax_input *input = &source->input;
    size_t rest = input->rows_known ? input->n_rows - source->next_row : SIZE_MAX;
    size_t wanted = rest < max_rows ? rest : max_rows;
    size_t done = 0;
    while (done < wanted) {
        size_t n;
        mmax_status status = next_rows(self, source->next_row + done, wanted - done,
                                       logits + done * input->row_length, &n, error);
        if (status != MMAX_OK)
            return status;
        if (n == 0)
            break;
        done += n;
    }
    if (!input->rows_known) {
        input->n_rows = input->shape[0] = source->next_row + done;
        input->rows_known = done < wanted;
    }
    *n_rows = done;
    return MMAX_OK;
}

/* "q.npy: group 0.3, row 2 times k.npy: group 0.3, row 5": the vectors of a logit, or the query of
 * a row of them. */
static void product_place(const mmax_source *source, size_t block_row, size_t column, char *place,
                          size_t size)
{
    const product_source *self = (const product_source *)source;
    mmax_product_place at = mmax_product_locate(&self->shape, source->first_row + block_row);
    mmax_place_in_array(mmax_vectors_name(self->queries), mmax_vectors_input(self->queries),
                        at.query, MMAX_WHOLE_ROW, place, size);
    size_t used = strlen(place);
    const char *keys = mmax_vectors_name(self->keys);
    if (column == MMAX_WHOLE_ROW) {
        snprintf(place + used, size - used, " times %s", keys);
        return;
    }
    used += (size_t)snprintf(place + used, size - used, " times ");
    if (used < size)
        mmax_place_in_array(keys, mmax_vectors_input(self->keys), at.first_key + column,
                            MMAX_WHOLE_ROW, place + used, size - used);
}

static void product_close(mmax_source *source)
{
    product_source *self = (product_source *)source;
    free(self->ahead);
    free(self->query_rows);
    mmax_key_block_clear(&self->block);
    free(self->queries_file);
    free(self->keys_file);
    mmax_vectors_free(self->keys);
    mmax_vectors_free(self->queries);
}

static const mmax_source_methods product_methods = {
    .read = product_read, .place = product_place, .close = product_close};

/* ---- opening --------------------------------------------------------------------------------- */

/* Floats of at most 32 bits deserve the arithmetic of float32; NumPy would give float16 for
 * products of float16, but here they are summed in float64 and nothing is rounded to it. */
static mmax_element wider_element(const mmax_input *queries, const mmax_input *keys)
{
    bool is_double = mmax_element_of(queries->dtype) == MMAX_FLOAT64 ||
                     mmax_element_of(keys->dtype) == MMAX_FLOAT64;
    return is_double ? MMAX_FLOAT64 : MMAX_FLOAT32;
}

static mmax_status find_shape(product_source *self, mmax_error *error)
{
    const mmax_factor queries = {mmax_vectors_name(self->queries),
                                 mmax_vectors_input(self->queries)};
    const mmax_factor keys = {mmax_vectors_name(self->keys), mmax_vectors_input(self->keys)};
    mmax_status status = mmax_product_check(&queries, &keys, error);
    /* The number of keys is the length of a row; that of the queries may come at the end where
     * nothing follows them. */
    if (status == MMAX_OK && !keys.input->rows_known)
        status = mmax_vectors_settle(self->keys, error);
    if (status == MMAX_OK && !queries.input->rows_known && keys.input->n_dims > 2)
        status = mmax_vectors_settle(self->queries, error);
    if (status == MMAX_OK)
        status = mmax_product_shape_find(&queries, &keys, &self->shape, error);
    return status;
}

static mmax_status describe(product_source *self, mmax_error *error)
{
    const mmax_product_shape *shape = &self->shape;
    mmax_input *input = &self->base.input;
    const mmax_input *queries = mmax_vectors_input(self->queries);
    const mmax_input *keys = mmax_vectors_input(self->keys);
    const char *name = mmax_vectors_name(self->queries);
    bool fits = mmax_input_set_shape(input, shape->shape, shape->n_dims, sizeof(double));
    if (!fits || (shape->n_keys == 0 && input->n_rows > MAX_EMPTY))
        return mmax_fail(error, MMAX_EDOMAIN, "%s, %s: the product has too many rows", name,
                         mmax_vectors_name(self->keys));
    self->base.name = name;
    self->base.element = wider_element(queries, keys);
    input->keys = self->keys_file;
    input->format = "product";
    input->axis = -1;
    bool is_wide = self->base.element == MMAX_FLOAT64;
    input->dtype = is_wide ? "<f8" : "<f4";
    input->dtype_name = is_wide ? "float64" : "float32";
    input->vector_length = keys->row_length;
    input->rows_known = queries->rows_known;
    return MMAX_OK;
}

static size_t at_least_one(size_t n)
{
    return n ? n : 1;
}

static mmax_status make_room(product_source *self, mmax_error *error)
{
    size_t length = self->base.input.vector_length, n_keys = self->shape.n_keys;
    mmax_status status = mmax_key_block_init(&self->block, length, n_keys, error);
    if (status != MMAX_OK)
        return status;
    bool keys_fit = n_keys <= self->block.capacity;
    self->piece_rows = at_least_one((keys_fit ? QUERY_ENTRIES : AHEAD_QUERY_ENTRIES) / length);
    if (!keys_fit) {
        size_t fits = at_least_one(AHEAD_ENTRIES / n_keys);
        self->piece_rows = fits < self->piece_rows ? fits : self->piece_rows;
    }
    if (self->piece_rows > self->shape.n_queries)
        self->piece_rows = at_least_one(self->shape.n_queries);
    self->query_rows = mmax_alloc_array(self->piece_rows * length, sizeof *self->query_rows);
    if (!keys_fit && self->piece_rows > 1) {
        self->ahead_rows = self->piece_rows;
        self->ahead = mmax_alloc_array(self->ahead_rows * n_keys, sizeof *self->ahead);
    }
    if (!self->query_rows || (self->ahead_rows && !self->ahead))
        return mmax_fail_memory(error, "making room for products of queries and keys");
    return MMAX_OK;
}

/* What is read more than once must be readable more than once. */
static mmax_status settle(product_source *self, mmax_error *error)
{
    bool keys_fit = self->shape.n_keys <= self->block.capacity;
    mmax_status status = MMAX_OK;
    if (mmax_product_repeats_queries(&self->shape))
        status = mmax_vectors_settle(self->queries, error);
    if (status == MMAX_OK && (!keys_fit || mmax_product_returns_to_keys(&self->shape)))
        status = mmax_vectors_settle(self->keys, error);
    return status;
}

static mmax_status open_factors(product_source *self, const char *queries, const char *keys,
                                const mmax_source_options *options, mmax_error *error)
{
    self->keys_file = mmax_copy_text(keys);
    self->queries_file = mmax_copy_text(queries);
    if (!self->keys_file || !self->queries_file)
        return mmax_fail_memory(error, "opening an input");
    self->base.input.file = self->queries_file;
    mmax_status status = mmax_vectors_open(queries, options, &self->queries, error);
    if (status == MMAX_OK)
        status = mmax_vectors_open(keys, options, &self->keys, error);
    return status;
}

mmax_status mmax_source_open_product(const char *queries, const char *keys,
                                     const mmax_source_options *options, mmax_source **source,
                                     mmax_error *error)
{
    mmax_source_options vectors = options ? *options : (mmax_source_options){0};
    vectors.array = vectors.select = vectors.columns = NULL; /* said of one file, not of two */
    vectors.has_axis = false;
    if (strcmp(queries, "-") == 0 && strcmp(keys, "-") == 0)
        return mmax_fail(error, MMAX_EUSAGE,
                         "queries and keys are both '-': standard input is read once");
    product_source *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "opening an input");
    self->base.methods = &product_methods;
    self->cancel = vectors.cancel;
    mmax_status status = open_factors(self, queries, keys, &vectors, error);
    if (status == MMAX_OK)
        status = find_shape(self, error);
    if (status == MMAX_OK)
        status = describe(self, error);
    if (status == MMAX_OK)
        status = make_room(self, error);
    if (status == MMAX_OK)
        status = settle(self, error);
    if (status != MMAX_OK) {
        mmax_source_free(&self->base);
        return status;
    }
    *source = &self->base;
    return MMAX_OK;
}
