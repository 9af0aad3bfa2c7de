#include "io/tokens.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading --------------------------------------------------------------------------------- */

/* What is read so far. */
typedef struct token_reader {
    mmax_stream *stream;
    const char *name;
    char *line; /* (MMAX_MAX_TOKEN_BYTES + 1,) with room for the CR of a CRLF */
    size_t line_length;
    size_t n;
    char *text;
    size_t used, size;
} token_reader;

static mmax_status refuse_length(const token_reader *reader, mmax_error *error)
{
    return mmax_fail(error, MMAX_EFORMAT, "%s:%zu: longer than %d bytes; expected one token a line",
                     reader->name, reader->n + 1, MMAX_MAX_TOKEN_BYTES);
}

static mmax_status make_room(token_reader *reader, size_t n_bytes, mmax_error *error)
{
    if (reader->size - reader->used >= n_bytes)
        return MMAX_OK;
    size_t size = 2 * reader->size + n_bytes;
    char *grown = mmax_resize_array(reader->text, size, 1);
    if (!grown)
        return mmax_fail_memory(error, "reading tokens");
    reader->text = grown;
    reader->size = size;
    return MMAX_OK;
}

/* The line becomes a label that any reader of UTF-8 and any terminal can be given. */
static mmax_status end_line(token_reader *reader, mmax_error *error)
{
    size_t n = reader->line_length;
    if (n > 0 && reader->line[n - 1] == '\r')
        n--;
    if (n > MMAX_MAX_TOKEN_BYTES)
        return refuse_length(reader, error);
    if (reader->n == MMAX_MAX_TOKENS)
        return mmax_fail(error, MMAX_EFORMAT, "%s:%zu: more than %d tokens", reader->name,
                         reader->n + 1, MMAX_MAX_TOKENS);
    size_t most = 4 * n + 4; /* every byte escaped; mmax_quote wants 4 at least */
    mmax_status status = make_room(reader, most, error);
    if (status != MMAX_OK)
        return status;
    mmax_quote(reader->line, n, reader->text + reader->used, most);
    reader->used += strlen(reader->text + reader->used) + 1;
    if (reader->used > MMAX_MAX_TOKENS_BYTES)
        return mmax_fail(error, MMAX_EFORMAT, "%s:%zu: more than %d MiB of tokens", reader->name,
                         reader->n + 1, MMAX_MAX_TOKENS_BYTES >> 20);
    reader->line_length = 0;
    reader->n++;
    return MMAX_OK;
}

static mmax_status take_bytes(token_reader *reader, const char *bytes, size_t n, mmax_error *error)
{
    mmax_status status = MMAX_OK;
    for (size_t i = 0; i < n && status == MMAX_OK;) {
        const char *end = memchr(bytes + i, '\n', n - i);
        size_t length = (end ? (size_t)(end - bytes) : n) - i;
        if (length > MMAX_MAX_TOKEN_BYTES + 1 - reader->line_length)
            return refuse_length(reader, error);
        memcpy(reader->line + reader->line_length, bytes + i, length);
        reader->line_length += length;
        if (end)
            status = end_line(reader, error);
        i += length + (end != NULL);
    }
    return status;
}

/* Goes past a byte order mark, and refuses what is plainly no UTF-8.  Signatures of plain
 * characters are none here: a token may be "{" or "%PDF-". */
static mmax_status begin_text(token_reader *reader, mmax_error *error)
{
    static const char mark[] = "\xef\xbb\xbf";
    const char *bytes;
    size_t n;
    mmax_status status = mmax_stream_peek(reader->stream, MMAX_SIGNATURE_SIZE, &bytes, &n, error);
    if (status != MMAX_OK)
        return status;
    const mmax_signature *signature = mmax_signature_find(bytes, n);
    if (signature && signature->n_bytes > 1 && (unsigned char)signature->bytes[0] >= 0x80)
        return mmax_fail(error, MMAX_EUNSUPPORTED, "%s: is %s; expected one token a line, in UTF-8",
                         reader->name, signature->name);
    if (n >= 3 && memcmp(bytes, mark, 3) == 0)
        mmax_stream_skip(reader->stream, 3);
    return MMAX_OK;
}

static mmax_status read_lines(token_reader *reader, mmax_error *error)
{
    const char *bytes;
    size_t n = 0;
    mmax_status status = begin_text(reader, error);
    while (status == MMAX_OK) {
        status = mmax_stream_peek(reader->stream, 1, &bytes, &n, error);
        if (status != MMAX_OK || n == 0)
            break;
        status = take_bytes(reader, bytes, n, error);
        mmax_stream_skip(reader->stream, n);
    }
    if (status == MMAX_OK && reader->line_length > 0)
        status = end_line(reader, error);
    return status;
}

/* Takes over the reader's text. */
static mmax_status keep_labels(token_reader *reader, mmax_tokens **tokens, mmax_error *error)
{
    mmax_tokens *self = mmax_alloc_zeroed(1, sizeof *self);
    char *name = mmax_copy_text(reader->name);
    const char **labels = mmax_alloc_array(reader->n, sizeof *labels);
    if (!self || !name || !labels) {
        free(self);
        free(name);
        free(labels);
        return mmax_fail_memory(error, "keeping tokens");
    }
    const char *label = reader->text;
    for (size_t i = 0; i < reader->n; i++) {
        labels[i] = label;
        label += strlen(label) + 1;
    }
    *self = (mmax_tokens){name, reader->n, reader->text, labels};
    reader->text = NULL;
    *tokens = self;
    return MMAX_OK;
}

mmax_status mmax_tokens_read(const char *file, const volatile sig_atomic_t *cancel,
                             mmax_tokens **tokens, mmax_error *error)
{
    token_reader reader = {0};
    mmax_status status = mmax_stream_open(file, cancel, &reader.stream, error);
    if (status != MMAX_OK)
        return status;
    reader.name = mmax_stream_name(reader.stream);
    reader.line = mmax_alloc_array(MMAX_MAX_TOKEN_BYTES + 1, 1);
    status = reader.line ? read_lines(&reader, error) : mmax_fail_memory(error, "reading tokens");
    if (status == MMAX_OK)
        status = keep_labels(&reader, tokens, error);
    free(reader.text);
    free(reader.line);
    mmax_stream_free(reader.stream);
    return status;
}

void mmax_tokens_free(mmax_tokens *tokens)
{
    if (!tokens)
        return;
    free(tokens->labels);
    free(tokens->text);
    free(tokens->name);
    free(tokens);
}

/* ---- labels of an input ---------------------------------------------------------------------- */

/* "tokens.txt: 5 tokens, but a.npy has 6 keys a row" */
static mmax_status refuse_count(const mmax_source *source, const mmax_tokens *tokens,
                                const char *more_than, size_t n, const char *what, const char *each,
                                mmax_error *error)
{
    return mmax_fail(error, MMAX_EDOMAIN, "%s: %zu token%s, but %s has %s%zu %s%s", tokens->name,
                     tokens->n, tokens->n == 1 ? "" : "s", source->name, more_than, n, what, each);
}

static mmax_status check_queries(const mmax_source *source, const mmax_tokens *queries,
                                 mmax_error *error)
{
    const mmax_input *input = &source->input;
    size_t n = mmax_group_rows(input);
    if (!input->rows_known && n <= queries->n)
        return MMAX_OK;
    if (!input->rows_known)
        return refuse_count(source, queries, "more than ", queries->n,
                            queries->n == 1 ? "query" : "queries", "", error);
    if (n == queries->n)
        return MMAX_OK;
    return refuse_count(source, queries, "", n, n == 1 ? "query" : "queries",
                        input->n_dims > 2 ? " a group" : "", error);
}

mmax_status mmax_source_set_tokens(mmax_source *source, const mmax_tokens *keys,
                                   const mmax_tokens *queries, mmax_error *error)
{
    mmax_input *input = &source->input;
    size_t n = input->row_length;
    if (keys && keys->n != n)
        return refuse_count(source, keys, "", n, n == 1 ? "key" : "keys", " a row", error);
    mmax_status status = queries ? check_queries(source, queries, error) : MMAX_OK;
    if (status != MMAX_OK)
        return status;
    bool is_square = input->n_dims >= 2 && input->rows_known && mmax_group_rows(input) == n;
    const mmax_tokens *of_rows = queries ? queries : is_square ? keys : NULL;
    if (keys)
        input->column_labels = keys->labels;
    if (of_rows)
        input->row_labels = of_rows->labels;
    source->keys = keys;
    source->queries = queries;
    return MMAX_OK;
}

mmax_status mmax_tokens_follow(mmax_source *source, size_t n_rows, mmax_error *error)
{
    mmax_input *input = &source->input;
    if (source->queries)
        return check_queries(source, source->queries, error);
    /* Not before: the last block must not have labels that the others lack. */
    bool is_over = n_rows == 0 && input->rows_known;
    if (source->keys && is_over && input->n_dims >= 2 &&
        mmax_group_rows(input) == input->row_length)
        input->row_labels = source->keys->labels;
    return MMAX_OK;
}
