#include "io/gzip.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST /* zlib reads its input, and says so when asked to */
#include <zlib.h>

typedef struct gunzip {
    mmax_stream *below;
    z_stream inflater;
    bool is_between; /* two members, or after the last */
} gunzip;

static mmax_status fail_damaged(const gunzip *self, const char *what, mmax_error *error)
{
    return mmax_fail(error, MMAX_EFORMAT, "%s: the gzip data is damaged: %s; make or copy it again",
                     mmax_stream_name(self->below), what);
}

/* Whether another member follows. */
static mmax_status begin_member(gunzip *self, bool *follows, mmax_error *error)
{
    const char *bytes;
    size_t n;
    mmax_status status = mmax_stream_peek(self->below, 2, &bytes, &n, error);
    if (status != MMAX_OK)
        return status;
    *follows = n >= 2 && memcmp(bytes, "\x1f\x8b", 2) == 0;
    if (!*follows)
        return MMAX_OK;
    self->is_between = false;
    return inflateReset(&self->inflater) == Z_OK ? MMAX_OK : fail_damaged(self, "no state", error);
}

static mmax_status inflate_some(gunzip *self, mmax_error *error)
{
    z_stream *z = &self->inflater;
    const char *bytes;
    size_t n;
    mmax_status status = mmax_stream_peek(self->below, 1, &bytes, &n, error);
    if (status != MMAX_OK)
        return status;
    if (n == 0)
        return fail_damaged(self, "it ends too soon", error);
    uInt given = n < UINT_MAX ? (uInt)n : UINT_MAX;
    z->next_in = (const Bytef *)bytes;
    z->avail_in = given;
    int result = inflate(z, Z_NO_FLUSH);
    mmax_stream_skip(self->below, given - z->avail_in);
    if (result == Z_MEM_ERROR)
        return mmax_fail_memory(error, "decompressing an input");
    if (result != Z_OK && result != Z_BUF_ERROR && result != Z_STREAM_END)
        return fail_damaged(self, z->msg ? z->msg : "it does not inflate", error);
    self->is_between = result == Z_STREAM_END;
    return MMAX_OK;
}

static mmax_status gunzip_read(void *supply, char *bytes, size_t n, size_t *n_read,
                               mmax_error *error)
{
    gunzip *self = supply;
    uInt wanted = n < UINT_MAX ? (uInt)n : UINT_MAX;
    self->inflater.next_out = (Bytef *)bytes;
    self->inflater.avail_out = wanted;
    while (self->inflater.avail_out == wanted) {
        bool follows = true;
        mmax_status status = MMAX_OK;
        if (self->is_between)
            status = begin_member(self, &follows, error);
        if (status == MMAX_OK && !follows)
            break;
        if (status == MMAX_OK)
            status = inflate_some(self, error);
        if (status != MMAX_OK)
            return status;
    }
    *n_read = wanted - self->inflater.avail_out;
    return MMAX_OK;
}

static void gunzip_position(const void *supply, size_t *done, size_t *total)
{
    mmax_stream_position(((const gunzip *)supply)->below, done, total);
}

static void gunzip_close(void *supply)
{
    gunzip *self = supply;
    inflateEnd(&self->inflater);
    mmax_stream_free(self->below);
    free(self);
}

mmax_status mmax_gzip_open(mmax_stream *stream, mmax_stream **plain, mmax_error *error)
{
    static const mmax_supply supply = {gunzip_read, gunzip_position, gunzip_close};
    enum { GZIP_ONLY = 16 }; /* what zlib adds to the window's bits for a gzip header and trailer */
    gunzip *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "decompressing an input");
    if (inflateInit2(&self->inflater, MAX_WBITS + GZIP_ONLY) != Z_OK) {
        free(self);
        return mmax_fail_memory(error, "decompressing an input");
    }
    mmax_status status = mmax_stream_open_supply(
        mmax_stream_name(stream), mmax_stream_cancel(stream), &supply, self, plain, error);
    if (status != MMAX_OK) {
        inflateEnd(&self->inflater);
        free(self);
        return status;
    }
    self->below = stream;
    return MMAX_OK;
}
