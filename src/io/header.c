/* Headers that say how long they are. */
#include "io/stream.h"

#include <stdlib.h>
#include <string.h>

/* Appends at most REST bytes of what is there to *TEXT; none at the end of the stream. */
static mmax_status append_some(mmax_stream *stream, size_t rest, char **text, size_t *done,
                               size_t *capacity, mmax_error *error)
{
    const char *bytes;
    size_t n;
    mmax_status status = mmax_stream_peek(stream, 1, &bytes, &n, error);
    if (status != MMAX_OK || n == 0)
        return status;
    n = n < rest ? n : rest;
    if (*done + n > *capacity) {
        char *grown = mmax_resize_array(*text, 2 * (*done + n), 1);
        if (!grown)
            return mmax_fail_memory(error, "reading a header");
        *text = grown;
        *capacity = 2 * (*done + n);
    }
    memcpy(*text + *done, bytes, n);
    mmax_stream_skip(stream, n);
    *done += n;
    return MMAX_OK;
}

mmax_status mmax_stream_read_header(mmax_stream *stream, const char *what, size_t length,
                                    char **header, mmax_error *error)
{
    size_t done = 0, capacity = 0;
    char *text = mmax_alloc_array(0, 1);
    mmax_status status = text ? MMAX_OK : mmax_fail_memory(error, "reading a header");
    while (status == MMAX_OK && done < length) {
        size_t before = done;
        status = append_some(stream, length - done, &text, &done, &capacity, error);
        if (status == MMAX_OK && done == before)
            status = mmax_fail(error, MMAX_EFORMAT,
                               "%s: truncated: it promises %s of %zu bytes, %zu are there",
                               mmax_stream_name(stream), what, length, done);
    }
    if (status == MMAX_OK)
        *header = text;
    else
        free(text);
    return status;
}
