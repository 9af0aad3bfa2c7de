#include "io/parameters_parts.h"

#include <stdlib.h>
#include <string.h>

mmax_status mmax_parameter_sets_new(size_t n, mmax_parameter_sets *sets, mmax_error *error)
{
    sets->sets = mmax_alloc_zeroed(n, sizeof *sets->sets);
    if (!sets->sets)
        return mmax_fail_memory(error, "reading parameters");
    sets->n = n;
    return MMAX_OK;
}

void mmax_parameter_sets_free(mmax_parameter_sets *sets)
{
    free(sets->sets);
    *sets = (mmax_parameter_sets){0};
}

bool mmax_set_add(char set[MMAX_SET_SIZE], const char *text)
{
    size_t used = strlen(set), length = strlen(text);
    if (length >= MMAX_SET_SIZE - used)
        return false;
    memcpy(set + used, text, length + 1);
    return true;
}

bool mmax_set_add_number(char set[MMAX_SET_SIZE], double value)
{
    char text[MMAX_NUMBER_SIZE];
    mmax_number_write(value, text);
    return mmax_set_add(set, text);
}

/* Whether a text begins as JSON does: with a bracket or a brace, behind white space and a byte
 * order mark.  A safetensors file may begin with the byte of a brace, but a NUL follows it. */
static bool begins_as_json(const char *bytes, size_t n)
{
    size_t at = n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (at < n && strchr(" \t\r\n", bytes[at]) && bytes[at])
        at++;
    return at < n && (bytes[at] == '{' || bytes[at] == '[') && !memchr(bytes, '\0', n);
}

mmax_status mmax_parameter_sets_read(const char *file, mmax_parameter_sets *sets, mmax_error *error)
{
    enum { LOOKED_AT = 64 };
    mmax_stream *stream;
    mmax_status status = mmax_stream_open(file, NULL, &stream, error);
    if (status != MMAX_OK)
        return status;
    const char *bytes;
    size_t n;
    mmax_parameter_sets read = {0};
    bool is_json = false;
    status = mmax_stream_peek(stream, LOOKED_AT, &bytes, &n, error);
    if (status == MMAX_OK) {
        is_json = begins_as_json(bytes, n < LOOKED_AT ? n : LOOKED_AT);
        status = is_json ? mmax_json_sets_read(stream, &read, error) : MMAX_OK;
    }
    /* Arrays are read by those who know their formats, from the beginning. */
    if (status == MMAX_OK && !is_json && n > 0 && !mmax_stream_is_file(stream, &n))
        status = mmax_fail(error, MMAX_EUNSUPPORTED,
                           "%s: parameters from a pipe must be JSON; save them as a file",
                           mmax_stream_name(stream));
    mmax_stream_free(stream);
    if (status == MMAX_OK && !is_json)
        status = mmax_array_sets_read(file, &read, error);
    if (status == MMAX_OK)
        *sets = read;
    else
        mmax_parameter_sets_free(&read);
    return status;
}
