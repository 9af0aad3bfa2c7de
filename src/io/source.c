#include "io/tokens.h"

#include <assert.h>
#include <float.h>
#include <stdlib.h>

void mmax_source_free(mmax_source *source)
{
    if (!source)
        return;
    if (source->methods->close)
        source->methods->close(source);
    mmax_file_free(source->owner);
    free(source);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* After N rows were read. */
static mmax_status go_on(mmax_source *source, size_t n, size_t *n_rows, mmax_error *error)
{
    source->first_row = source->next_row;
    source->next_row += n;
    mmax_status status = mmax_tokens_follow(source, n, error);
    if (status == MMAX_OK)
        *n_rows = n;
    return status;
}

mmax_status mmax_source_read(mmax_source *source, size_t max_rows, double *logits, size_t *n_rows,
                             mmax_error *error)
{
    assert(max_rows > 0);
    size_t n;
    mmax_status status = source->methods->read(source, max_rows, logits, &n, error);
    return status == MMAX_OK ? go_on(source, n, n_rows, error) : status;
}

bool mmax_source_has_singles(const mmax_source *source)
{
    return source->methods->read_singles && source->element != MMAX_FLOAT64;
}

mmax_status mmax_source_read_singles(mmax_source *source, size_t max_rows, float *logits,
                                     size_t *n_rows, mmax_error *error)
{
    assert(max_rows > 0 && mmax_source_has_singles(source));
    size_t n;
    mmax_status status = source->methods->read_singles(source, max_rows, logits, &n, error);
    return status == MMAX_OK ? go_on(source, n, n_rows, error) : status;
}

size_t mmax_source_first_row(const mmax_source *source)
{
    return source->first_row;
}

bool mmax_source_can_read_ahead(const mmax_source *source)
{
    return source->input.rows_known && !source->methods->overflow && !source->methods->row_label;
}

void mmax_source_position(const mmax_source *source, size_t *n_done, size_t *n_total)
{
    *n_done = *n_total = 0;
    if (source->stream)
        mmax_stream_position(source->stream, n_done, n_total);
}

bool mmax_source_can_seek(const mmax_source *source)
{
    return source->methods->can_seek && source->methods->can_seek(source);
}

mmax_status mmax_source_seek(mmax_source *source, size_t row, mmax_error *error)
{
    assert(row <= source->input.n_rows);
    mmax_status status = source->methods->seek(source, row, error);
    if (status == MMAX_OK)
        source->first_row = source->next_row = row;
    return status;
}

const mmax_input *mmax_source_input(const mmax_source *source)
{
    return &source->input;
}

bool mmax_source_overflow(const mmax_source *source, size_t block_row, size_t column, char *text,
                          size_t size)
{
    return source->methods->overflow &&
           source->methods->overflow(source, block_row, column, text, size);
}

const char *mmax_source_row_label(const mmax_source *source, size_t block_row)
{
    const mmax_input *input = &source->input;
    if (input->row_labels)
        return input->row_labels[(source->first_row + block_row) % mmax_group_rows(input)];
    return source->methods->row_label ? source->methods->row_label(source, block_row) : NULL;
}

double mmax_source_epsilon(const mmax_source *source)
{
    return source->element == MMAX_FLOAT64 ? DBL_EPSILON : (double)FLT_EPSILON;
}

/* ---- shapes and places ----------------------------------------------------------------------- */

void mmax_input_own_shape(const mmax_input *input, size_t shape[MMAX_MAX_DIMS])
{
    size_t n = input->n_dims;
    size_t axis = (size_t)(input->axis < 0 ? input->axis + (int)n : input->axis);
    for (size_t i = 0; i < n; i++)
        shape[i] = i == axis ? input->shape[n - 1] : input->shape[i - (i > axis)];
}

bool mmax_input_set_shape(mmax_input *input, const size_t *shape, size_t n_dims, size_t item_size)
{
    /* An axis of 0 must not hide an overflow in the others: the rows are counted without the last
     * axis. */
    size_t n_bytes = item_size;
    for (size_t i = 0; i < n_dims; i++)
        if (!mmax_multiply(n_bytes, shape[i] ? shape[i] : 1, &n_bytes) || n_bytes > PTRDIFF_MAX)
            return false;
    input->n_dims = n_dims;
    input->n_rows = 1;
    for (size_t i = 0; i < n_dims; i++) {
        input->shape[i] = shape[i];
        input->n_rows *= i + 1 < n_dims ? shape[i] : 1;
    }
    input->row_length = n_dims ? shape[n_dims - 1] : 1;
    return true;
}

mmax_status mmax_check_row_length(const char *name, size_t row_length, mmax_error *error)
{
    if (row_length <= MMAX_MAX_ROW)
        return MMAX_OK;
    return mmax_fail(error, MMAX_EUNSUPPORTED,
                     "%s: has rows of %zu entries, and at most %d are read; --select and --axis "
                     "take other rows",
                     name, row_length, MMAX_MAX_ROW);
}

void mmax_unravel(const mmax_input *input, size_t row, size_t index[MMAX_MAX_DIMS])
{
    /* The first index is what remains: the length of a text's first axis may not be known yet. */
    for (size_t i = input->n_dims < 1 ? 0 : input->n_dims - 1; i-- > 0;) {
        index[i] = i > 0 ? row % input->shape[i] : row;
        row = i > 0 ? row / input->shape[i] : 0;
    }
}

size_t mmax_group_rows(const mmax_input *input)
{
    return input->n_dims < 2 ? 1 : input->shape[input->n_dims - 2];
}

void mmax_place_in_array(const char *name, const mmax_input *input, size_t row, size_t column,
                         char *place, size_t size)
{
    size_t n_dims = input->n_dims;
    size_t index[MMAX_MAX_DIMS];
    char group[MMAX_MAX_DIMS * 21 + 16] = "";
    size_t used = 0;
    mmax_unravel(input, row, index);
    for (size_t i = 0; i + 2 < n_dims; i++)
        used += (size_t)snprintf(group + used, sizeof group - used, "%s%zu", i ? "." : " group ",
                                 index[i]);
    char in_row[32] = "";
    if (column != MMAX_WHOLE_ROW)
        snprintf(in_row, sizeof in_row, "%s column %zu", n_dims == 1 ? ":" : ",", column);
    if (n_dims == 0)
        snprintf(place, size, "%s", name);
    else if (n_dims == 1)
        snprintf(place, size, "%s%s", name, in_row);
    else
        snprintf(place, size, "%s:%s%s row %zu%s", name, group, used ? "," : "", index[n_dims - 2],
                 in_row);
}

void mmax_source_place(const mmax_source *source, size_t block_row, size_t column, char *place,
                       size_t size)
{
    if (source->methods->place)
        source->methods->place(source, block_row, column, place, size);
    else
        mmax_place_in_array(source->name, &source->input, source->first_row + block_row, column,
                            place, size);
}
