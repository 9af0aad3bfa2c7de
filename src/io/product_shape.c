#include "io/product_shape.h"

#include "io/source.h"

enum { SHAPE_SIZE = MMAX_MAX_DIMS * 22 + 8 };

/* As NumPy writes it: "()", "(3,)", "(2, 3)"; "(?, 3)" while rows are not counted. */
static void write_shape(const mmax_input *input, char text[SHAPE_SIZE])
{
    size_t used = (size_t)snprintf(text, SHAPE_SIZE, "(");
    for (size_t i = 0; i < input->n_dims; i++) {
        const char *comma = i ? ", " : "";
        used +=
            (size_t)(i == 0 && !input->rows_known ? snprintf(text + used, SHAPE_SIZE - used, "?")
                                                  : snprintf(text + used, SHAPE_SIZE - used,
                                                             "%s%zu", comma, input->shape[i]));
    }
    snprintf(text + used, SHAPE_SIZE - used, input->n_dims == 1 ? ",)" : ")");
}

/* ---- what can be multiplied ------------------------------------------------------------------ */

static mmax_status fail_length(const mmax_factor *queries, const mmax_factor *keys,
                               mmax_error *error)
{
    char q_shape[SHAPE_SIZE], k_shape[SHAPE_SIZE];
    const mmax_input *q = queries->input, *k = keys->input;
    write_shape(q, q_shape);
    write_shape(k, k_shape);
    bool is_transposed =
        (k->n_dims > 2 || k->rows_known) && k->shape[k->n_dims - 2] == q->row_length;
    return mmax_fail(error, MMAX_EDOMAIN,
                     "%s, %s: shapes %s and %s: a query has %zu entries and a key %zu; %s",
                     queries->name, keys->name, q_shape, k_shape, q->row_length, k->row_length,
                     is_transposed ? "keys lie in columns: save np.swapaxes(k, -1, -2)"
                                   : "expected (..., n_queries, d) and (..., n_keys, d)");
}

mmax_status mmax_product_check(const mmax_factor *queries, const mmax_factor *keys,
                               mmax_error *error)
{
    char shape[SHAPE_SIZE];
    const mmax_input *q = queries->input, *k = keys->input;
    write_shape(q->n_dims < 1 ? q : k, shape);
    if (q->n_dims < 1)
        return mmax_fail(error, MMAX_EDOMAIN,
                         "%s: shape %s is one number; expected queries, (..., n_queries, d)",
                         queries->name, shape);
    if (k->n_dims < 2)
        return mmax_fail(error, MMAX_EDOMAIN,
                         "%s: shape %s is %s; expected keys, (..., n_keys, d)%s", keys->name, shape,
                         k->n_dims < 1 ? "one number" : "one vector",
                         k->n_dims < 1 ? "" : ": save k[None] for a single key");
    if (q->row_length != k->row_length)
        return fail_length(queries, keys, error);
    if (k->row_length < 1)
        return mmax_fail(error, MMAX_EDOMAIN,
                         "%s: shape %s: a vector without entries has no product", keys->name,
                         shape);
    return MMAX_OK;
}

/* ---- broadcasting ---------------------------------------------------------------------------- */

/* The length of the axis that lies DISTANCE before the last of INPUT; 1 where there is none. */
static size_t axis_from_end(const mmax_input *input, size_t distance)
{
    return distance < input->n_dims ? input->shape[input->n_dims - 1 - distance] : 1;
}

static mmax_status fail_axis(const mmax_factor *queries, const mmax_factor *keys, size_t distance,
                             mmax_error *error)
{
    char q_shape[SHAPE_SIZE], k_shape[SHAPE_SIZE], advice[160] = "";
    size_t q = axis_from_end(queries->input, distance), k = axis_from_end(keys->input, distance);
    write_shape(queries->input, q_shape);
    write_shape(keys->input, k_shape);
    if (k > 1 && q % k == 0 && q > k)
        snprintf(advice, sizeof advice,
                 "; where every key head serves %zu query heads (grouped-query attention), save "
                 "np.repeat(k, %zu, axis=-%zu)",
                 q / k, q / k, distance + 1);
    return mmax_fail(error, MMAX_EDOMAIN,
                     "%s, %s: shapes %s and %s do not broadcast: axis -%zu is %zu and %zu%s",
                     queries->name, keys->name, q_shape, k_shape, distance + 1, q, k, advice);
}

/* Matrices that a step along each leading axis goes on; 0 along those that INPUT repeats. */
static void set_strides(const mmax_input *input, size_t n_leading, size_t strides[MMAX_MAX_DIMS])
{
    size_t stride = 1;
    for (size_t i = n_leading; i-- > 0;) {
        size_t length = axis_from_end(input, n_leading - i + 1);
        strides[i] = length == 1 ? 0 : stride;
        stride *= length;
    }
}

mmax_status mmax_product_shape_find(const mmax_factor *queries, const mmax_factor *keys,
                                    mmax_product_shape *shape, mmax_error *error)
{
    const mmax_input *q = queries->input, *k = keys->input;
    mmax_product_shape self = {.n_keys = k->shape[k->n_dims - 2]};
    bool is_one_query = q->n_dims < 2;
    size_t most_dims = q->n_dims > k->n_dims ? q->n_dims : k->n_dims;
    self.n_leading = most_dims - 2;
    for (size_t i = 0; i < self.n_leading; i++) {
        size_t distance = self.n_leading - i + 1;
        size_t of_query = axis_from_end(q, distance), of_key = axis_from_end(k, distance);
        if (of_query != of_key && of_query != 1 && of_key != 1)
            return fail_axis(queries, keys, distance, error);
        self.shape[i] = of_query == 1 ? of_key : of_query;
    }
    self.n_dims = self.n_leading;
    if (!is_one_query)
        self.shape[self.n_dims++] = q->shape[q->n_dims - 2];
    self.shape[self.n_dims++] = self.n_keys;
    self.n_queries = is_one_query ? 1 : q->rows_known ? q->shape[q->n_dims - 2] : SIZE_MAX;
    set_strides(q, self.n_leading, self.query_strides);
    set_strides(k, self.n_leading, self.key_strides);
    if (self.n_keys > MMAX_MAX_ROW)
        return mmax_fail(error, MMAX_EUNSUPPORTED, "%s: more than %d keys in a matrix", keys->name,
                         MMAX_MAX_ROW);
    *shape = self;
    return MMAX_OK;
}

bool mmax_product_repeats_queries(const mmax_product_shape *shape)
{
    for (size_t i = 0; i < shape->n_leading; i++)
        if (shape->shape[i] > 1 && shape->query_strides[i] == 0)
            return true;
    return false;
}

/* Where a repeated axis has no other inside it, the same keys come one time after the other. */
bool mmax_product_returns_to_keys(const mmax_product_shape *shape)
{
    bool is_repeated = false;
    for (size_t i = 0; i < shape->n_leading; i++) {
        if (is_repeated && shape->key_strides[i] > 0)
            return true;
        is_repeated = is_repeated || (shape->shape[i] > 1 && shape->key_strides[i] == 0);
    }
    return false;
}

mmax_product_place mmax_product_locate(const mmax_product_shape *shape, size_t row)
{
    size_t matrix = row / shape->n_queries, at = row % shape->n_queries;
    size_t of_queries = 0, of_keys = 0;
    for (size_t i = shape->n_leading; i-- > 0;) {
        size_t index = matrix % shape->shape[i];
        matrix /= shape->shape[i];
        of_queries += index * shape->query_strides[i];
        of_keys += index * shape->key_strides[i];
    }
    /* While their number is not known there is one matrix of queries, the first. */
    size_t first_query = of_queries ? of_queries * shape->n_queries : 0;
    return (mmax_product_place){first_query + at, of_keys * shape->n_keys, shape->n_queries - at};
}
