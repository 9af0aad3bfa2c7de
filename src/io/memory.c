#include "io/source.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef struct memory_source {
    mmax_source base;
    const double *logits; /* (n_rows, row_length) */
} memory_source;

static mmax_status memory_read(mmax_source *source, size_t max_rows, double *logits, size_t *n_rows,
                               mmax_error *error)
{
    (void)error;
    const memory_source *self = (const memory_source *)source;
    size_t row_length = source->input.row_length;
    size_t rest = source->input.n_rows - source->next_row;
    *n_rows = rest < max_rows ? rest : max_rows;
    size_t n = *n_rows * row_length;
    if (n > 0)
        memcpy(logits, self->logits + source->next_row * row_length, n * sizeof *logits);
    return MMAX_OK;
}

static const mmax_source_methods memory_methods = {.read = memory_read};

mmax_status mmax_source_open_memory(const double *logits, const size_t *shape, size_t n_dims,
                                    mmax_source **source, mmax_error *error)
{
    if (n_dims > MMAX_MAX_DIMS)
        return mmax_fail(error, MMAX_EUSAGE, "an array of rank %zu; at most %d is allowed", n_dims,
                         MMAX_MAX_DIMS);
    memory_source *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "opening an array");
    if (!mmax_input_set_shape(&self->base.input, shape, n_dims, sizeof *logits)) {
        free(self);
        return mmax_fail(error, MMAX_EUSAGE, "the shape of the array overflows");
    }
    self->base.methods = &memory_methods;
    self->base.name = "memory";
    self->base.element = MMAX_FLOAT64;
    self->base.input.file = "memory";
    self->base.input.format = "memory";
    self->base.input.dtype = "<f8";
    self->base.input.axis = -1;
    self->base.input.dtype_name = "float64";
    self->base.input.rows_known = true;
    self->logits = logits;
    *source = &self->base;
    return MMAX_OK;
}
