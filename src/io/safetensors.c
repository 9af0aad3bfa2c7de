#include "io/safetensors.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- types ----------------------------------------------------------------------------------- */

/* The types that the format knows.  A file with another one can be listed all the same, but nobody
 * knows how long that tensor should be. */
static const struct {
    const char *code;
    size_t n_bits;
    const char *numpy; /* NULL: not read */
} types[] = {
    {"F64", 64, "<f8"},       {"F32", 32, "<f4"},       {"F16", 16, "<f2"},   {"BF16", 16, "<V2"},
    {"I64", 64, "<i8"},       {"I32", 32, "<i4"},       {"I16", 16, "<i2"},   {"I8", 8, "|i1"},
    {"U64", 64, "<u8"},       {"U32", 32, "<u4"},       {"U16", 16, "<u2"},   {"U8", 8, "|u1"},
    {"BOOL", 8, "|b1"},       {"F8_E4M3", 8, NULL},     {"F8_E5M2", 8, NULL}, {"F8_E8M0", 8, NULL},
    {"F6_E2M3", 6, NULL},     {"F6_E3M2", 6, NULL},     {"F4", 4, NULL},      {"C64", 64, NULL},
    {"F8_E4M3FNUZ", 8, NULL}, {"F8_E5M2FNUZ", 8, NULL},
};

enum { N_TYPES = sizeof types / sizeof *types };

static size_t find_type(const char *code)
{
    size_t i = 0;
    while (i < N_TYPES && strcmp(types[i].code, code) != 0)
        i++;
    return i;
}

/* ---- the text of the header ------------------------------------------------------------------ */

enum { LENGTH_SIZE = 8 };

static mmax_status read_length(mmax_stream *stream, size_t *length, mmax_error *error)
{
    const char *file = mmax_stream_name(stream);
    const char *bytes;
    size_t n, n_there;
    mmax_status status = mmax_stream_peek(stream, LENGTH_SIZE, &bytes, &n, error);
    if (status != MMAX_OK)
        return status;
    if (n < LENGTH_SIZE)
        return mmax_fail(error, MMAX_EFORMAT,
                         "%s: truncated: it ends inside the length of the safetensors header",
                         file);
    uint64_t claimed = 0;
    for (size_t i = LENGTH_SIZE; i-- > 0;)
        claimed = claimed << 8 | (unsigned char)bytes[i];
    if (claimed > MMAX_SAFETENSORS_MAX_HEADER)
        return mmax_fail(error, MMAX_EFORMAT,
                         "%s: claims a safetensors header of %llu bytes; at most %d are allowed",
                         file, (unsigned long long)claimed, MMAX_SAFETENSORS_MAX_HEADER);
    mmax_stream_skip(stream, LENGTH_SIZE);
    *length = (size_t)claimed;
    size_t offset = mmax_stream_offset(stream);
    if (mmax_stream_is_file(stream, &n_there) && n_there - offset < *length)
        return mmax_fail(error, MMAX_EFORMAT,
                         "%s: truncated: it promises a safetensors header of %zu bytes, %zu are "
                         "there",
                         file, *length, n_there - offset);
    return MMAX_OK;
}

static mmax_status malformed(const char *file, size_t at, const char *what, mmax_error *error)
{
    char quoted[128];
    return mmax_fail(error, MMAX_EFORMAT, "%s: the safetensors header is malformed at byte %zu: %s",
                     file, LENGTH_SIZE + at, mmax_quote(what, strlen(what), quoted, sizeof quoted));
}

/* A header nests three deep, and has a dozen values for each tensor.  What the parser makes of a
 * value takes a hundred bytes and more, however short it is in the text, so that the number of
 * values is looked at first.  Objects and lists cost the parser as much as several others, empty or
 * not. */
enum { MAX_DEPTH = 3, MAX_VALUES = 4 * 1000 * 1000, OBJECT_VALUES = 10, LIST_VALUES = 4 };

static size_t cost_of(char c)
{
    return c == '{' ? OBJECT_VALUES : c == '[' ? LIST_VALUES : c == ',' || c == ':';
}

static mmax_status check_structure(const char *file, const char *text, size_t length,
                                   mmax_error *error)
{
    size_t depth = 0, n_values = 0;
    bool is_quoted = false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (is_quoted && c == '\\')
            i++;
        else if (c == '"')
            is_quoted = !is_quoted;
        if (is_quoted)
            continue;
        n_values += cost_of(c);
        depth += c == '{' || c == '[';
        depth -= depth > 0 && (c == '}' || c == ']');
        if (depth > MAX_DEPTH)
            return malformed(file, i, "it is nested too deeply", error);
        if (n_values > MAX_VALUES)
            return malformed(file, i, "it has too many values", error);
    }
    return MMAX_OK;
}

static mmax_status parse_text(const char *file, const char *text, size_t length, json_t **root,
                              mmax_error *error)
{
    if (length == 0 || text[0] != '{')
        return mmax_fail(error, MMAX_EFORMAT,
                         "%s: is not a safetensors file: its header does not begin with '{'", file);
    mmax_status status = check_structure(file, text, length, error);
    if (status != MMAX_OK)
        return status;
    size_t end = length; /* blanks may fill it up so that the data are aligned */
    while (text[end - 1] == ' ')
        end--;
    if (text[end - 1] != '}')
        return malformed(file, end, "expected '}' and nothing but blanks after it", error);
    json_error_t of_json;
    errno = 0;
    *root = json_loadb(text, end, JSON_REJECT_DUPLICATES, &of_json);
    if (!*root && errno == ENOMEM) /* of which jansson says nothing, or that a token is invalid */
        return mmax_fail_memory(error, "reading a header");
    if (!*root) /* its position is behind what it did not expect */
        return malformed(file, of_json.position > 0 ? (size_t)of_json.position - 1 : 0,
                         of_json.text, error);
    return MMAX_OK;
}

/* ---- one tensor ------------------------------------------------------------------------------ */

static mmax_status fail_tensor(const char *file, const char *name, mmax_status status,
                               const char *what, mmax_error *error)
{
    char quoted[128];
    return mmax_fail(error, status, "%s: tensor '%s': %s", file,
                     mmax_quote(name, strlen(name), quoted, sizeof quoted), what);
}

/* An integer that is a size; half of what a ptrdiff_t holds, so that the header's length can be
 * added to it. */
static bool get_size(const json_t *value, size_t *size)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) > PTRDIFF_MAX / 2)
        return false;
    *size = (size_t)json_integer_value(value);
    return true;
}

static mmax_status read_shape(const char *file, const json_t *list, mmax_tensor *tensor,
                              mmax_error *error)
{
    static const char expected[] = "'shape' must be a list of sizes";
    if (!json_is_array(list))
        return fail_tensor(file, tensor->name, MMAX_EFORMAT, expected, error);
    size_t n = json_array_size(list);
    tensor->shape = mmax_alloc_array(n, sizeof *tensor->shape);
    if (!tensor->shape)
        return mmax_fail_memory(error, "reading a safetensors header");
    for (; tensor->n_dims < n; tensor->n_dims++)
        if (!get_size(json_array_get(list, tensor->n_dims), &tensor->shape[tensor->n_dims]))
            return fail_tensor(file, tensor->name, MMAX_EFORMAT, expected, error);
    return MMAX_OK;
}

static mmax_status read_offsets(const char *file, const json_t *list, mmax_tensor *tensor,
                                mmax_error *error)
{
    if (!json_is_array(list) || json_array_size(list) != 2 ||
        !get_size(json_array_get(list, 0), &tensor->begin) ||
        !get_size(json_array_get(list, 1), &tensor->end) || tensor->end < tensor->begin)
        return fail_tensor(file, tensor->name, MMAX_EFORMAT,
                           "'data_offsets' must be a begin and an end", error);
    return MMAX_OK;
}

/* Whether the offsets are as far apart as the type and the shape say. */
static mmax_status check_size(const char *file, const mmax_tensor *tensor, size_t n_bits,
                              mmax_error *error)
{
    size_t n = n_bits, n_there = tensor->end - tensor->begin;
    bool is_empty = false, fits = true;
    for (size_t i = 0; i < tensor->n_dims; i++) {
        is_empty |= tensor->shape[i] == 0;
        fits = fits && mmax_multiply(n, tensor->shape[i] ? tensor->shape[i] : 1, &n);
    }
    if (!fits)
        return fail_tensor(file, tensor->name, MMAX_EFORMAT, "the product of its shape overflows",
                           error);
    n = is_empty ? 0 : n;
    if (n % 8 != 0 || n / 8 != n_there) {
        char what[128];
        snprintf(what, sizeof what, "%zu bytes between its offsets, %zu by its shape and type",
                 n_there, n / 8 + (n % 8 != 0));
        return fail_tensor(file, tensor->name, MMAX_EFORMAT, what, error);
    }
    return MMAX_OK;
}

static mmax_status read_type(const char *file, const json_t *value, mmax_tensor *tensor,
                             mmax_error *error)
{
    if (!json_is_string(value))
        return fail_tensor(file, tensor->name, MMAX_EFORMAT, "'dtype' must be a string", error);
    tensor->code = mmax_copy_text(json_string_value(value));
    if (!tensor->code)
        return mmax_fail_memory(error, "reading a safetensors header");
    size_t type = find_type(tensor->code);
    if (type == N_TYPES || !types[type].numpy)
        return MMAX_OK;
    tensor->is_read = true;
    mmax_status status =
        mmax_dtype_parse(file, types[type].numpy, strlen(types[type].numpy), &tensor->dtype, error);
    tensor->dtype.stored = NULL; /* this format does name bfloat16 */
    return status;
}

static mmax_status read_tensor(const char *file, const char *name, const json_t *facts,
                               mmax_tensor *tensor, mmax_error *error)
{
    tensor->name = mmax_copy_text(name);
    if (!tensor->name)
        return mmax_fail_memory(error, "reading a safetensors header");
    if (!json_is_object(facts))
        return fail_tensor(file, name, MMAX_EFORMAT,
                           "expected an object of 'dtype', 'shape' and 'data_offsets'", error);
    mmax_status status = read_type(file, json_object_get(facts, "dtype"), tensor, error);
    if (status == MMAX_OK)
        status = read_shape(file, json_object_get(facts, "shape"), tensor, error);
    if (status == MMAX_OK)
        status = read_offsets(file, json_object_get(facts, "data_offsets"), tensor, error);
    size_t type = status == MMAX_OK ? find_type(tensor->code) : N_TYPES;
    if (type < N_TYPES)
        status = check_size(file, tensor, types[type].n_bits, error);
    return status;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static int compare_tensors(const void *a, const void *b)
{
    const mmax_tensor *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    if (x->end != y->end) /* those without bytes come first */
        return x->end < y->end ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Whether the tensors cover the data, each byte once. */
static mmax_status check_cover(const mmax_safetensors *self, mmax_stream *stream, mmax_error *error)
{
    const char *file = mmax_stream_name(stream);
    size_t covered = 0, n_there;
    for (size_t i = 0; i < self->n_tensors; i++) {
        const mmax_tensor *tensor = &self->tensors[i];
        if (tensor->begin < covered)
            return fail_tensor(file, tensor->name, MMAX_EFORMAT,
                               "its bytes overlap those of another tensor", error);
        if (tensor->begin > covered)
            return fail_tensor(file, tensor->name, MMAX_EFORMAT,
                               "bytes before its own belong to no tensor", error);
        covered = tensor->end;
    }
    if (!mmax_stream_is_file(stream, &n_there))
        return MMAX_OK;
    n_there -= self->data_begin;
    if (n_there < covered)
        return mmax_fail(error, MMAX_EFORMAT,
                         "%s: truncated: the header promises %zu bytes of data, %zu are there",
                         file, covered, n_there);
    if (n_there > covered)
        return mmax_fail(error, MMAX_EFORMAT, "%s: %zu bytes at the end belong to no tensor", file,
                         n_there - covered);
    return MMAX_OK;
}

static mmax_status check_metadata(const char *file, json_t *metadata, mmax_error *error)
{
    const char *key;
    json_t *value;
    bool ok = json_is_object(metadata);
    json_object_foreach(metadata, key, value) ok = ok && json_is_string(value);
    return ok ? MMAX_OK
              : mmax_fail(
                    error, MMAX_EFORMAT,
                    "%s: '__metadata__' of the safetensors header must be an object of strings",
                    file);
}

static mmax_status read_tensors(mmax_safetensors *self, const char *file, json_t *root,
                                mmax_error *error)
{
    const char *name;
    json_t *facts;
    self->tensors = mmax_alloc_zeroed(json_object_size(root), sizeof *self->tensors);
    if (!self->tensors)
        return mmax_fail_memory(error, "reading a safetensors header");
    json_object_foreach(root, name, facts)
    {
        mmax_status status =
            strcmp(name, "__metadata__") == 0
                ? check_metadata(file, facts, error)
                : read_tensor(file, name, facts, &self->tensors[self->n_tensors++], error);
        if (status != MMAX_OK)
            return status;
    }
    qsort(self->tensors, self->n_tensors, sizeof *self->tensors, compare_tensors);
    return MMAX_OK;
}

static mmax_status read_header(mmax_safetensors *self, mmax_stream *stream, mmax_error *error)
{
    const char *file = mmax_stream_name(stream);
    char *text = NULL;
    json_t *root = NULL;
    size_t length = 0;
    mmax_status status = read_length(stream, &length, error);
    if (status != MMAX_OK)
        return status;
    status = mmax_stream_read_header(stream, "a safetensors header", length, &text, error);
    if (status == MMAX_OK)
        status = parse_text(file, text, length, &root, error);
    free(text);
    if (status != MMAX_OK)
        return status;
    self->data_begin = mmax_stream_offset(stream);
    status = read_tensors(self, file, root, error);
    if (status == MMAX_OK)
        status = check_cover(self, stream, error);
    json_decref(root);
    return status;
}

mmax_status mmax_safetensors_open(mmax_stream *stream, mmax_safetensors **tensors,
                                  mmax_error *error)
{
    mmax_safetensors *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "reading a safetensors header");
    mmax_status status = read_header(self, stream, error);
    if (status != MMAX_OK) {
        mmax_safetensors_free(self);
        return status;
    }
    *tensors = self;
    return MMAX_OK;
}

void mmax_safetensors_free(mmax_safetensors *tensors)
{
    if (!tensors)
        return;
    for (size_t i = 0; i < tensors->n_tensors; i++) {
        free(tensors->tensors[i].name);
        free(tensors->tensors[i].code);
        free(tensors->tensors[i].shape);
    }
    free(tensors->tensors);
    free(tensors);
}

mmax_status mmax_safetensors_array(const mmax_safetensors *tensors, size_t i, const char *file,
                                   mmax_array *array, mmax_error *error)
{
    const mmax_tensor *tensor = &tensors->tensors[i];
    char what[96], code[48];
    if (!tensor->is_read) {
        snprintf(what, sizeof what, "is %s, which is not read; save it as F32",
                 mmax_quote(tensor->code, strlen(tensor->code), code, sizeof code));
        return fail_tensor(file, tensor->name, MMAX_EUNSUPPORTED, what, error);
    }
    if (tensor->n_dims > MMAX_MAX_DIMS) {
        snprintf(what, sizeof what, "has more than %d dimensions; reshape it to fewer",
                 MMAX_MAX_DIMS);
        return fail_tensor(file, tensor->name, MMAX_EUNSUPPORTED, what, error);
    }
    return mmax_array_describe(file, &tensor->dtype, tensor->shape, tensor->n_dims, false,
                               tensors->data_begin + tensor->begin, array, error);
}
