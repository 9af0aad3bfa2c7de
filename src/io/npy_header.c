#include "io/npy_header.h"

#include <stdlib.h>
#include <string.h>

/* ---- a parser for the Python literals that headers are made of ------------------------------- */

typedef struct parser {
    const char *file;
    const char *text;
    size_t length;
    size_t at;
    size_t offset; /* of the text in the file */
    mmax_error *error;
} parser;

/* A piece of the text. */
typedef struct piece {
    const char *text;
    size_t length;
} piece;

static mmax_status malformed(const parser *p, size_t at, const char *expected)
{
    return mmax_fail(p->error, MMAX_EFORMAT, "%s: the NPY header is malformed at byte %zu: %s",
                     p->file, p->offset + at, expected);
}

static void skip_space(parser *p)
{
    while (p->at < p->length && p->text[p->at] && strchr(" \t\r\n\f\v", p->text[p->at]))
        p->at++;
}

/* Takes the character if it comes next, after any space. */
static bool accept(parser *p, char character)
{
    skip_space(p);
    if (p->at >= p->length || p->text[p->at] != character)
        return false;
    p->at++;
    return true;
}

static bool accept_word(parser *p, const char *word)
{
    skip_space(p);
    size_t n = strlen(word);
    if (p->length - p->at < n || memcmp(p->text + p->at, word, n) != 0)
        return false;
    p->at += n;
    return true;
}

/* 'text', "text", and Python 2's u'text'.  No name or type needs an escape. */
static mmax_status parse_string(parser *p, piece *string)
{
    skip_space(p);
    size_t begin = p->at;
    if (p->at < p->length && (p->text[p->at] == 'u' || p->text[p->at] == 'b'))
        p->at++;
    char quote = p->at < p->length ? p->text[p->at] : '\0';
    if (quote != '\'' && quote != '"')
        return malformed(p, begin, "expected a quoted string");
    const char *from = p->text + ++p->at;
    const char *to = memchr(from, quote, p->length - p->at);
    if (!to || memchr(from, '\\', (size_t)(to - from)))
        return malformed(p, begin, to ? "unexpected '\\'" : "a quote is not closed");
    string->text = from;
    string->length = (size_t)(to - from);
    p->at += string->length + 1;
    return MMAX_OK;
}

/* The list of fields of a structured type, whatever is in it. */
static mmax_status skip_brackets(parser *p, piece *skipped)
{
    size_t begin = p->at;
    size_t depth = 0;
    do {
        char c = p->at < p->length ? p->text[p->at] : '\0';
        if (c == '\0')
            return malformed(p, begin, "a bracket is not closed");
        if (c == '\'' || c == '"') {
            piece ignored;
            mmax_status status = parse_string(p, &ignored);
            if (status != MMAX_OK)
                return status;
            continue;
        }
        depth += c == '[' || c == '(' || c == '{';
        depth -= c == ']' || c == ')' || c == '}';
        p->at++;
    } while (depth > 0);
    skipped->text = p->text + begin;
    skipped->length = p->at - begin;
    return MMAX_OK;
}

/* ---- the three values ------------------------------------------------------------------------ */

/* Any type: whether it is read is not the header's business. */
static mmax_status parse_descr(parser *p, mmax_npy_header *header)
{
    piece descr = {0};
    skip_space(p);
    char first = p->at < p->length ? p->text[p->at] : '\0';
    header->is_structured = first == '[' || first == '(' || first == '{';
    mmax_status status = header->is_structured ? skip_brackets(p, &descr) : parse_string(p, &descr);
    if (status != MMAX_OK)
        return status;
    mmax_quote(descr.text, descr.length, header->descr, sizeof header->descr);
    header->is_read = !header->is_structured && mmax_dtype_parse(p->file, descr.text, descr.length,
                                                                 &header->dtype, NULL) == MMAX_OK;
    return MMAX_OK;
}

static mmax_status parse_order(parser *p, mmax_npy_header *header)
{
    if (accept_word(p, "True"))
        header->is_fortran = true;
    else if (accept_word(p, "False"))
        header->is_fortran = false;
    else
        return malformed(p, p->at, "fortran_order must be True or False");
    return MMAX_OK;
}

static mmax_status parse_dimension(parser *p, size_t *dimension)
{
    skip_space(p);
    size_t begin = p->at;
    size_t value = 0;
    if (begin < p->length && p->text[begin] == '-')
        return malformed(p, begin, "a dimension is negative");
    for (; p->at < p->length && p->text[p->at] >= '0' && p->text[p->at] <= '9'; p->at++) {
        size_t digit = (size_t)(p->text[p->at] - '0');
        if (value > (SIZE_MAX - digit) / 10)
            return malformed(p, begin, "a dimension is too large");
        value = value * 10 + digit;
    }
    if (p->at == begin)
        return malformed(p, begin, "expected a dimension");
    if (p->at < p->length && p->text[p->at] == 'L') /* Python 2's long */
        p->at++;
    *dimension = value;
    return MMAX_OK;
}

/* (), (3,), (3, 4) or (3, 4,); but (3) is a number to Python. */
static mmax_status parse_shape(parser *p, mmax_npy_header *header)
{
    if (!accept(p, '('))
        return malformed(p, p->at, "shape must be a tuple");
    header->n_dims = 0;
    bool has_comma = true;
    while (!accept(p, ')')) {
        size_t dimension = 0;
        if (!has_comma)
            return malformed(p, p->at, "expected ',' or ')' in the shape");
        mmax_status status = parse_dimension(p, &dimension);
        if (status != MMAX_OK)
            return status;
        if (header->n_dims == MMAX_MAX_DIMS)
            return mmax_fail(p->error, MMAX_EUNSUPPORTED,
                             "%s: has more than %d dimensions; reshape it to fewer", p->file,
                             MMAX_MAX_DIMS);
        header->shape[header->n_dims++] = dimension;
        has_comma = accept(p, ',');
    }
    if (header->n_dims == 1 && !has_comma)
        return malformed(p, p->at, "shape must be a tuple");
    return MMAX_OK;
}

/* ---- the dictionary -------------------------------------------------------------------------- */

static const struct {
    const char *name;
    mmax_status (*parse)(parser *p, mmax_npy_header *header);
} keys[] = {
    {"descr", parse_descr},
    {"fortran_order", parse_order},
    {"shape", parse_shape},
};

enum { N_KEYS = sizeof keys / sizeof *keys };

static mmax_status parse_entry(parser *p, mmax_npy_header *header, bool seen[N_KEYS])
{
    piece key = {0};
    char quoted[64];
    mmax_status status = parse_string(p, &key);
    if (status != MMAX_OK)
        return status;
    size_t i = 0;
    while (i < N_KEYS &&
           (strlen(keys[i].name) != key.length || memcmp(keys[i].name, key.text, key.length) != 0))
        i++;
    if (i == N_KEYS || seen[i])
        return mmax_fail(p->error, MMAX_EFORMAT, "%s: the NPY header has %s '%s'", p->file,
                         i == N_KEYS ? "an unknown key" : "twice the key",
                         mmax_quote(key.text, key.length, quoted, sizeof quoted));
    seen[i] = true;
    if (!accept(p, ':'))
        return malformed(p, p->at, "expected ':' after a key");
    return keys[i].parse(p, header);
}

static mmax_status parse_dictionary(parser *p, mmax_npy_header *header)
{
    bool seen[N_KEYS] = {false};
    if (!accept(p, '{'))
        return malformed(p, p->at, "expected '{'");
    bool has_comma = true;
    while (!accept(p, '}')) {
        if (!has_comma)
            return malformed(p, p->at, "expected ',' or '}'");
        mmax_status status = parse_entry(p, header, seen);
        if (status != MMAX_OK)
            return status;
        has_comma = accept(p, ',');
    }
    skip_space(p);
    if (p->at < p->length)
        return malformed(p, p->at, "something follows the dictionary");
    for (size_t i = 0; i < N_KEYS; i++)
        if (!seen[i])
            return mmax_fail(p->error, MMAX_EFORMAT, "%s: the NPY header lacks the key '%s'",
                             p->file, keys[i].name);
    return MMAX_OK;
}

/* ---- the bytes before it --------------------------------------------------------------------- */

enum { MAGIC_SIZE = 6, VERSION_SIZE = 2 };

static mmax_status read_preamble(mmax_stream *stream, size_t *header_length, mmax_error *error)
{
    const char *file = mmax_stream_name(stream);
    const char *bytes;
    size_t n;
    mmax_status status = mmax_stream_peek(stream, MAGIC_SIZE + VERSION_SIZE + 4, &bytes, &n, error);
    if (status != MMAX_OK)
        return status;
    const unsigned char *u = (const unsigned char *)bytes;
    if (n < MAGIC_SIZE || memcmp(bytes, "\x93NUMPY", MAGIC_SIZE) != 0)
        return mmax_fail(error, MMAX_EFORMAT,
                         "%s: is not an NPY file: it does not begin with "
                         "'\\x93NUMPY'",
                         file);
    if (n >= MAGIC_SIZE + VERSION_SIZE && (u[6] < 1 || u[6] > 3 || u[7] != 0))
        return mmax_fail(error, MMAX_EUNSUPPORTED,
                         "%s: NPY version %d.%d is not known; expected 1.0, 2.0 or 3.0", file, u[6],
                         u[7]);
    size_t size = MAGIC_SIZE + VERSION_SIZE + (n > MAGIC_SIZE && u[6] == 1 ? 2 : 4);
    if (n < size)
        return mmax_fail(error, MMAX_EFORMAT, "%s: truncated: it ends inside the NPY header", file);
    *header_length = 0;
    for (size_t i = size; i-- > MAGIC_SIZE + VERSION_SIZE;)
        *header_length = *header_length << 8 | u[i];
    if (*header_length > MMAX_NPY_MAX_HEADER)
        return mmax_fail(error, MMAX_EFORMAT,
                         "%s: claims an NPY header of %zu bytes; at most %d are read", file,
                         *header_length, MMAX_NPY_MAX_HEADER);
    mmax_stream_skip(stream, size);
    return MMAX_OK;
}

mmax_status mmax_npy_header_read(mmax_stream *stream, mmax_npy_header *header, mmax_error *error)
{
    size_t length = 0;
    mmax_status status = read_preamble(stream, &length, error);
    if (status != MMAX_OK)
        return status;
    parser p = {.file = mmax_stream_name(stream),
                .length = length,
                .offset = mmax_stream_offset(stream),
                .error = error};
    char *text = NULL;
    status = mmax_stream_read_header(stream, "an NPY header", length, &text, error);
    p.text = text;
    if (status == MMAX_OK)
        status = parse_dictionary(&p, header);
    free(text);
    return status;
}

mmax_status mmax_npy_header_describe(mmax_stream *stream, mmax_npy_header *header,
                                     mmax_array_info *info, mmax_error *error)
{
    mmax_status status = mmax_npy_header_read(stream, header, error);
    if (status != MMAX_OK)
        return status;
    info->dtype = header->is_read ? header->dtype.name : header->descr;
    info->dtype_name = header->is_read ? header->dtype.info->name : header->descr;
    info->is_read = header->is_read;
    info->rows_known = true;
    info->n_dims = header->n_dims;
    memcpy(info->shape, header->shape, sizeof info->shape);
    return MMAX_OK;
}

mmax_status mmax_npy_header_require(const mmax_npy_header *header, const char *file,
                                    mmax_error *error)
{
    mmax_dtype ignored;
    if (header->is_read)
        return MMAX_OK;
    if (header->is_structured)
        return mmax_fail(error, MMAX_EUNSUPPORTED,
                         "%s: dtype %s is structured; save one of its fields as an array", file,
                         header->descr);
    return mmax_dtype_parse(file, header->descr, strlen(header->descr), &ignored, error);
}
