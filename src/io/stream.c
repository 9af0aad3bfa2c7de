#include "io/stream.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct mmax_stream {
    int descriptor;
    bool is_ours; /* to be closed */
    char *name;   /* for messages */
    const volatile sig_atomic_t *cancel;
    const mmax_supply *supply; /* NULL: the descriptor */
    void *supplier;
    bool is_file;
    off_t start; /* where a file begins for us: standard input may stand in its middle */
    off_t stop;  /* and where it ends */
    off_t place; /* of a file: where the next read begins */
    struct stat opened;
    size_t begin, end; /* of what is buffered */
    size_t n_skipped;
    bool at_end;
    char buffer[MMAX_STREAM_BUFFER];
};

static bool is_cancelled(const mmax_stream *stream)
{
    return stream->cancel && *stream->cancel;
}

static mmax_status fail_cancelled(const mmax_stream *stream, mmax_error *error)
{
    return mmax_fail(error, MMAX_ECANCELED, "%s: reading was cancelled", stream->name);
}

static mmax_status fail_system(const mmax_stream *stream, const char *verb, mmax_error *error)
{
    return mmax_fail(error, MMAX_EIO, "%s: cannot %s: %s", stream->name, verb, strerror(errno));
}

/* ---- opening --------------------------------------------------------------------------------- */

static char *readable_name(const char *file)
{
    if (strcmp(file, "-") == 0)
        return mmax_copy_text("standard input");
    if (!*file)
        return mmax_copy_text("''");
    size_t length = strlen(file);
    size_t size;
    if (!mmax_multiply(length, 4, &size)) /* \xNN for every byte */
        return NULL;
    char *name = mmax_alloc_array(size + 1, 1);
    if (name)
        mmax_quote(file, length, name, size + 1);
    return name;
}

static mmax_status open_descriptor(mmax_stream *stream, const char *file, mmax_error *error)
{
    if (strcmp(file, "-") == 0) {
        stream->descriptor = STDIN_FILENO;
        return MMAX_OK;
    }
    /* Opening a FIFO waits for its writer, and a signal ends the wait. */
    do {
        if (is_cancelled(stream))
            return fail_cancelled(stream, error);
        stream->descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    } while (stream->descriptor < 0 && errno == EINTR);
    stream->is_ours = stream->descriptor >= 0;
    return stream->descriptor < 0 ? fail_system(stream, "open", error) : MMAX_OK;
}

static mmax_status examine(mmax_stream *stream, mmax_error *error)
{
    if (fstat(stream->descriptor, &stream->opened) != 0)
        return fail_system(stream, "open", error);
    if (S_ISDIR(stream->opened.st_mode))
        return mmax_fail(error, MMAX_EIO, "%s: is a directory; give the files in it", stream->name);
    /* The files of /proc claim to be regular and to hold nothing: they are read as pipes are. */
    if (S_ISREG(stream->opened.st_mode) && stream->opened.st_size > 0) {
        stream->start = lseek(stream->descriptor, 0, SEEK_CUR);
        stream->is_file = stream->start >= 0;
        stream->place = stream->start;
        stream->stop = stream->opened.st_size;
    }
    return MMAX_OK;
}

mmax_status mmax_stream_open(const char *file, const volatile sig_atomic_t *cancel,
                             mmax_stream **stream, mmax_error *error)
{
    mmax_stream *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "opening an input");
    self->descriptor = -1;
    self->cancel = cancel;
    self->name = readable_name(file);
    mmax_status status = self->name ? MMAX_OK : mmax_fail_memory(error, "opening an input");
    if (status == MMAX_OK)
        status = open_descriptor(self, file, error);
    if (status == MMAX_OK)
        status = examine(self, error);
    if (status != MMAX_OK) {
        mmax_stream_free(self);
        return status;
    }
    *stream = self;
    return MMAX_OK;
}

mmax_status mmax_stream_open_supply(const char *name, const volatile sig_atomic_t *cancel,
                                    const mmax_supply *supply, void *self, mmax_stream **stream,
                                    mmax_error *error)
{
    mmax_stream *opened = mmax_alloc_zeroed(1, sizeof *opened);
    if (opened)
        opened->name = mmax_copy_text(name);
    if (!opened || !opened->name) {
        free(opened);
        return mmax_fail_memory(error, "opening an input");
    }
    opened->descriptor = -1;
    opened->cancel = cancel;
    opened->supply = supply;
    opened->supplier = self;
    *stream = opened;
    return MMAX_OK;
}

mmax_status mmax_stream_open_part(const mmax_stream *whole, const char *name, size_t offset,
                                  size_t n_bytes, mmax_stream **part, mmax_error *error)
{
    assert(whole->is_file);
    mmax_stream *opened = mmax_alloc_zeroed(1, sizeof *opened);
    if (!opened)
        return mmax_fail_memory(error, "opening an input");
    opened->name = mmax_copy_text(name);
    opened->descriptor = fcntl(whole->descriptor, F_DUPFD_CLOEXEC, 0);
    opened->is_ours = opened->descriptor >= 0;
    opened->cancel = whole->cancel;
    opened->opened = whole->opened;
    opened->is_file = true;
    size_t there = 0;
    mmax_stream_is_file(whole, &there);
    offset = offset < there ? offset : there;
    n_bytes = n_bytes < there - offset ? n_bytes : there - offset;
    opened->start = opened->place = whole->start + (off_t)offset;
    opened->stop = opened->start + (off_t)n_bytes;
    mmax_status status = MMAX_OK;
    if (!opened->name)
        status = mmax_fail_memory(error, "opening an input");
    else if (!opened->is_ours)
        status = fail_system(opened, "open", error);
    if (status == MMAX_OK)
        *part = opened;
    else
        mmax_stream_free(opened);
    return status;
}

mmax_status mmax_stream_open_temporary(int descriptor, const char *name,
                                       const volatile sig_atomic_t *cancel, mmax_stream **stream,
                                       mmax_error *error)
{
    mmax_stream *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "opening an input");
    self->descriptor = descriptor;
    self->cancel = cancel;
    self->name = mmax_copy_text(name);
    mmax_status status = self->name ? MMAX_OK : mmax_fail_memory(error, "opening an input");
    if (status == MMAX_OK && fstat(descriptor, &self->opened) != 0)
        status = fail_system(self, "read", error);
    if (status != MMAX_OK) {
        mmax_stream_free(self); /* not ours yet: the descriptor stays open */
        return status;
    }
    self->is_ours = true;
    self->is_file = true;
    self->stop = self->opened.st_size;
    *stream = self;
    return MMAX_OK;
}

void mmax_stream_free(mmax_stream *stream)
{
    if (!stream)
        return;
    if (stream->is_ours)
        close(stream->descriptor);
    if (stream->supply && stream->supply->close)
        stream->supply->close(stream->supplier);
    free(stream->name);
    free(stream);
}

const char *mmax_stream_name(const mmax_stream *stream)
{
    return stream->name;
}

char *mmax_stream_member_name(const mmax_stream *stream, const char *member, size_t length)
{
    size_t size = strlen(stream->name) + 1;
    size_t quoted_size = 4 * length + 4; /* \xNN for every byte */
    char *name = mmax_alloc_array(size + quoted_size + 1, 1);
    if (!name)
        return NULL;
    char *end = stpcpy(stpcpy(name, stream->name), "[");
    mmax_quote(member, length, end, quoted_size);
    strcat(end, "]");
    return name;
}

const volatile sig_atomic_t *mmax_stream_cancel(const mmax_stream *stream)
{
    return stream->cancel;
}

static size_t size_of(off_t n_bytes)
{
    return n_bytes < 0 ? 0 : (uintmax_t)n_bytes > SIZE_MAX ? SIZE_MAX : (size_t)n_bytes;
}

bool mmax_stream_is_file(const mmax_stream *stream, size_t *n_bytes)
{
    if (!stream->is_file)
        return false;
    *n_bytes = size_of(stream->stop - stream->start);
    return true;
}

void mmax_stream_position(const mmax_stream *stream, size_t *n_done, size_t *n_total)
{
    if (stream->supply) {
        stream->supply->position(stream->supplier, n_done, n_total);
        return;
    }
    *n_done = stream->is_file ? size_of(stream->place) : stream->n_skipped;
    *n_total = stream->is_file ? size_of(stream->opened.st_size) : 0;
}

static const char shortened[] = "%s: became shorter while it was read";

/* ---- reading in order ------------------------------------------------------------------------ */

/* Several streams may read from one descriptor, so each keeps its own place. */
static mmax_status read_file(mmax_stream *stream, char *bytes, size_t n, size_t *n_read,
                             mmax_error *error)
{
    struct stat now;
    size_t rest = size_of(stream->stop - stream->place);
    n = n < rest ? n : rest;
    *n_read = 0;
    while (n > 0) {
        if (is_cancelled(stream))
            return fail_cancelled(stream, error);
        ssize_t got = pread(stream->descriptor, bytes, n, stream->place);
        if (got < 0 && errno != EINTR)
            return fail_system(stream, "read", error);
        if (got < 0)
            continue;
        /* Files of /sys have claimed more than they hold from the beginning. */
        if (got == 0 && fstat(stream->descriptor, &now) == 0 && now.st_size < stream->stop)
            return mmax_fail(error, MMAX_EIO, shortened, stream->name);
        stream->place += got;
        *n_read = (size_t)got;
        break;
    }
    return MMAX_OK;
}

/* One read; *N_READ is 0 at the end of the stream. */
static mmax_status read_some(mmax_stream *stream, char *bytes, size_t n, size_t *n_read,
                             mmax_error *error)
{
    if (stream->supply && is_cancelled(stream))
        return fail_cancelled(stream, error);
    if (stream->supply)
        return stream->supply->read(stream->supplier, bytes, n, n_read, error);
    if (stream->is_file)
        return read_file(stream, bytes, n, n_read, error);
    for (;;) {
        if (is_cancelled(stream))
            return fail_cancelled(stream, error);
        ssize_t got = read(stream->descriptor, bytes, n);
        if (got >= 0) {
            *n_read = (size_t)got;
            return MMAX_OK;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            /* Somebody made our standard input non-blocking. */
            struct pollfd wait = {.fd = stream->descriptor, .events = POLLIN};
            if (poll(&wait, 1, -1) < 0 && errno != EINTR)
                return fail_system(stream, "read", error);
        } else if (errno != EINTR) {
            return fail_system(stream, "read", error);
        }
    }
}

mmax_status mmax_stream_peek(mmax_stream *stream, size_t n, const char **bytes, size_t *n_available,
                             mmax_error *error)
{
    assert(n <= MMAX_STREAM_BUFFER);
    if (stream->end - stream->begin < n && MMAX_STREAM_BUFFER - stream->begin < n) {
        memmove(stream->buffer, stream->buffer + stream->begin, stream->end - stream->begin);
        stream->end -= stream->begin;
        stream->begin = 0;
    }
    while (stream->end - stream->begin < n && !stream->at_end) {
        if (stream->begin == stream->end)
            stream->begin = stream->end = 0;
        size_t n_read = 0;
        mmax_status status = read_some(stream, stream->buffer + stream->end,
                                       MMAX_STREAM_BUFFER - stream->end, &n_read, error);
        if (status != MMAX_OK)
            return status;
        stream->at_end = n_read == 0;
        stream->end += n_read;
    }
    *bytes = stream->buffer + stream->begin;
    *n_available = stream->end - stream->begin;
    return MMAX_OK;
}

const char *mmax_stream_buffered(const mmax_stream *stream, size_t *n_available)
{
    *n_available = stream->end - stream->begin;
    return stream->buffer + stream->begin;
}

void mmax_stream_skip(mmax_stream *stream, size_t n)
{
    assert(n <= stream->end - stream->begin);
    stream->begin += n;
    stream->n_skipped += n;
}

mmax_status mmax_stream_read(mmax_stream *stream, void *bytes, size_t n, size_t *n_read,
                             mmax_error *error)
{
    size_t n_buffered = stream->end - stream->begin, done = n_buffered < n ? n_buffered : n;
    if (done > 0)
        memcpy(bytes, stream->buffer + stream->begin, done);
    mmax_stream_skip(stream, done);
    while (done < n && !stream->at_end) {
        size_t n_more = 0;
        mmax_status status = read_some(stream, (char *)bytes + done, n - done, &n_more, error);
        if (status != MMAX_OK)
            return status;
        stream->at_end = n_more == 0;
        stream->n_skipped += n_more;
        done += n_more;
    }
    *n_read = done;
    return MMAX_OK;
}

size_t mmax_stream_offset(const mmax_stream *stream)
{
    return stream->n_skipped;
}

mmax_status mmax_stream_skip_to(mmax_stream *stream, size_t offset, mmax_error *error)
{
    while (stream->n_skipped < offset) {
        const char *bytes;
        size_t n, rest = offset - stream->n_skipped;
        mmax_status status = mmax_stream_peek(stream, 1, &bytes, &n, error);
        if (status != MMAX_OK || n == 0)
            return status;
        mmax_stream_skip(stream, n < rest ? n : rest);
    }
    return MMAX_OK;
}

/* ---- reading anywhere ------------------------------------------------------------------------ */

mmax_status mmax_stream_read_at(mmax_stream *stream, size_t offset, void *bytes, size_t n,
                                mmax_error *error)
{
    assert(stream->is_file);
    char *to = bytes;
    while (n > 0) {
        if (is_cancelled(stream))
            return fail_cancelled(stream, error);
        ssize_t got = pread(stream->descriptor, to, n, stream->start + (off_t)offset);
        if (got < 0 && errno != EINTR)
            return fail_system(stream, "read", error);
        if (got == 0)
            return mmax_fail(error, MMAX_EIO, shortened, stream->name);
        if (got > 0) {
            to += got;
            offset += (size_t)got;
            n -= (size_t)got;
        }
    }
    return MMAX_OK;
}

mmax_status mmax_stream_seek(mmax_stream *stream, size_t offset, mmax_error *error)
{
    assert(stream->is_file);
    (void)error;
    /* An archive goes back and forth within what is buffered already. */
    size_t buffered = stream->n_skipped - stream->begin;
    bool is_buffered = offset >= buffered && offset - buffered <= stream->end;
    stream->begin = is_buffered ? offset - buffered : 0;
    stream->end = is_buffered ? stream->end : 0;
    if (!is_buffered)
        stream->place = stream->start + (off_t)offset;
    stream->n_skipped = offset;
    stream->at_end = false;
    return MMAX_OK;
}

mmax_status mmax_stream_spool(mmax_stream *stream, size_t n, size_t *n_moved, mmax_error *error)
{
    int descriptor = mmax_temporary_file();
    if (descriptor < 0)
        return mmax_fail_temporary(stream->name, error);
    mmax_status status = MMAX_OK;
    size_t moved = 0;
    while (moved < n) {
        const char *bytes;
        size_t available;
        status = mmax_stream_peek(stream, 1, &bytes, &available, error);
        if (status != MMAX_OK || available == 0)
            break;
        size_t taken = available < n - moved ? available : n - moved;
        if (!mmax_write_fully(descriptor, bytes, taken)) {
            status = mmax_fail_temporary(stream->name, error);
            break;
        }
        mmax_stream_skip(stream, taken);
        moved += taken;
    }
    if (status == MMAX_OK && stream->supply)
        status = mmax_stream_check_end(stream, error);
    if (status == MMAX_OK && fstat(descriptor, &stream->opened) != 0)
        status = fail_system(stream, "read", error);
    if (status != MMAX_OK) {
        close(descriptor);
        return status;
    }
    if (stream->is_ours)
        close(stream->descriptor);
    if (stream->supply && stream->supply->close)
        stream->supply->close(stream->supplier);
    stream->supply = NULL;
    stream->is_ours = true;
    stream->descriptor = descriptor;
    stream->is_file = true;
    stream->start = stream->place = 0;
    stream->stop = stream->opened.st_size;
    stream->begin = stream->end = stream->n_skipped = 0;
    stream->at_end = false;
    *n_moved = moved;
    return MMAX_OK;
}

static mmax_status read_to_end(mmax_stream *stream, mmax_error *error)
{
    enum { FURTHEST = 16 * 1024 * 1024 };
    for (size_t done = 0; !stream->at_end && done < FURTHEST;) {
        const char *bytes;
        size_t n;
        mmax_status status = mmax_stream_peek(stream, 1, &bytes, &n, error);
        if (status != MMAX_OK)
            return status;
        mmax_stream_skip(stream, n);
        done += n;
    }
    return MMAX_OK;
}

mmax_status mmax_stream_check_end(mmax_stream *stream, mmax_error *error)
{
    struct stat now;
    if (stream->supply)
        return read_to_end(stream, error);
    if (!stream->is_file || fstat(stream->descriptor, &now) != 0)
        return MMAX_OK;
    const struct stat *then = &stream->opened;
    if (now.st_size == then->st_size && now.st_mtim.tv_sec == then->st_mtim.tv_sec &&
        now.st_mtim.tv_nsec == then->st_mtim.tv_nsec)
        return MMAX_OK;
    return mmax_fail(error, MMAX_EIO,
                     "%s: was written to while it was read; try again when its "
                     "writer has finished",
                     stream->name);
}
