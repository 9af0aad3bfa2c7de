#include "io/vectors.h"

#include "io/source.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Vectors of at most so many entries, 8 MiB, stay in memory. */
enum { KEPT_ENTRIES = 1024 * 1024 };

/* Entries read together while all are brought in, or one row where a row is longer. */
enum { BLOCK_ENTRIES = 32 * 1024 };

struct mmax_vectors {
    mmax_source *source;
    double *kept; /* (n_stored,) entries, or NULL */
    size_t kept_capacity;
    FILE *spool; /* a temporary file of n_stored entries as they are in memory, or NULL */
    size_t n_stored;
    bool is_stored; /* what is read comes from kept or spool, not from the source */
};

mmax_status mmax_vectors_open(const char *file, const mmax_source_options *options,
                              mmax_vectors **vectors, mmax_error *error)
{
    mmax_vectors *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "opening an input");
    mmax_status status = mmax_source_open(file, options, &self->source, error);
    if (status != MMAX_OK) {
        free(self);
        return status;
    }
    *vectors = self;
    return MMAX_OK;
}

void mmax_vectors_free(mmax_vectors *vectors)
{
    if (!vectors)
        return;
    if (vectors->spool)
        fclose(vectors->spool);
    free(vectors->kept);
    mmax_source_free(vectors->source);
    free(vectors);
}

const mmax_input *mmax_vectors_input(const mmax_vectors *vectors)
{
    return mmax_source_input(vectors->source);
}

const char *mmax_vectors_name(const mmax_vectors *vectors)
{
    return vectors->source->name;
}

/* ---- bringing all rows in -------------------------------------------------------------------- */

static mmax_status write_spool(mmax_vectors *self, const double *entries, size_t n,
                               mmax_error *error)
{
    errno = 0;
    if (n > 0 && fwrite(entries, sizeof *entries, n, self->spool) < n)
        return mmax_fail_temporary(self->source->name, error);
    return MMAX_OK;
}

/* From memory to a temporary file. */
static mmax_status begin_spool(mmax_vectors *self, mmax_error *error)
{
    int descriptor = mmax_temporary_file();
    if (descriptor >= 0)
        self->spool = fdopen(descriptor, "w+b");
    if (!self->spool) {
        mmax_status status = mmax_fail_temporary(self->source->name, error);
        if (descriptor >= 0)
            close(descriptor);
        return status;
    }
    mmax_status status = write_spool(self, self->kept, self->n_stored, error);
    free(self->kept);
    self->kept = NULL;
    return status;
}

static mmax_status store(mmax_vectors *self, const double *entries, size_t n, mmax_error *error)
{
    mmax_status status = MMAX_OK;
    if (!self->spool && n > KEPT_ENTRIES - self->n_stored)
        status = begin_spool(self, error);
    if (status == MMAX_OK && self->spool) {
        status = write_spool(self, entries, n, error);
    } else if (status == MMAX_OK) {
        if (self->n_stored + n > self->kept_capacity) {
            size_t capacity = 2 * (self->n_stored + n);
            double *grown = mmax_resize_array(self->kept, capacity, sizeof *grown);
            if (!grown)
                return mmax_fail_memory(error, "keeping vectors");
            self->kept = grown;
            self->kept_capacity = capacity;
        }
        memcpy(self->kept + self->n_stored, entries, n * sizeof *entries);
    }
    self->n_stored += n;
    return status;
}

static mmax_status store_all(mmax_vectors *self, double *block, size_t block_rows,
                             mmax_error *error)
{
    size_t row_length = self->source->input.row_length;
    for (;;) {
        size_t n;
        mmax_status status = mmax_source_read(self->source, block_rows, block, &n, error);
        if (status == MMAX_OK && n > 0)
            status = store(self, block, n * row_length, error);
        if (status != MMAX_OK || n == 0)
            return status;
    }
}

mmax_status mmax_vectors_settle(mmax_vectors *vectors, mmax_error *error)
{
    const mmax_input *input = &vectors->source->input;
    if (vectors->is_stored || (input->rows_known && mmax_source_can_seek(vectors->source)))
        return MMAX_OK;
    size_t row_length = input->row_length, n_entries = 0;
    size_t block_rows = row_length && row_length < BLOCK_ENTRIES ? BLOCK_ENTRIES / row_length : 1;
    double *block = NULL;
    if (mmax_multiply(block_rows, row_length, &n_entries))
        block = mmax_alloc_array(n_entries, sizeof *block);
    if (!block)
        return mmax_fail_memory(error, "reading vectors");
    assert(vectors->source->next_row == 0);
    mmax_status status = store_all(vectors, block, block_rows, error);
    if (status == MMAX_OK && vectors->spool && fflush(vectors->spool) != 0)
        status = mmax_fail_temporary(vectors->source->name, error);
    free(block);
    vectors->is_stored = status == MMAX_OK;
    return status;
}

/* ---- reading --------------------------------------------------------------------------------- */

static mmax_status read_stored(mmax_vectors *self, size_t first, size_t n_rows, double *rows,
                               mmax_error *error)
{
    size_t row_length = self->source->input.row_length;
    size_t n = n_rows * row_length;
    if (n == 0)
        return MMAX_OK;
    if (self->kept) {
        memcpy(rows, self->kept + first * row_length, n * sizeof *rows);
        return MMAX_OK;
    }
    errno = 0;
    if (fseeko(self->spool, (off_t)(first * row_length * sizeof *rows), SEEK_SET) != 0 ||
        fread(rows, sizeof *rows, n, self->spool) < n) {
        errno = errno ? errno : EIO;
        return mmax_fail_temporary(self->source->name, error);
    }
    return MMAX_OK;
}

static mmax_status read_source(mmax_vectors *self, size_t first, size_t max_rows, double *rows,
                               size_t *n_rows, mmax_error *error)
{
    mmax_source *source = self->source;
    mmax_status status = MMAX_OK;
    if (source->next_row != first) {
        assert(mmax_source_can_seek(source));
        status = mmax_source_seek(source, first, error);
    }
    size_t done = 0;
    while (status == MMAX_OK && done < max_rows) {
        size_t n;
        status = mmax_source_read(source, max_rows - done, rows + done * source->input.row_length,
                                  &n, error);
        if (status == MMAX_OK && n == 0)
            break;
        done += status == MMAX_OK ? n : 0;
    }
    *n_rows = done;
    return status;
}

mmax_status mmax_vectors_read(mmax_vectors *vectors, size_t first, size_t max_rows, double *rows,
                              size_t *n_rows, mmax_error *error)
{
    const mmax_input *input = &vectors->source->input;
    if (!vectors->is_stored)
        return read_source(vectors, first, max_rows, rows, n_rows, error);
    size_t rest = input->n_rows - first;
    size_t n = rest < max_rows ? rest : max_rows;
    mmax_status status = read_stored(vectors, first, n, rows, error);
    if (status == MMAX_OK)
        *n_rows = n;
    return status;
}
