/* A run of bytes from a file, a pipe, standard input, a part of a file or a supply of another kind,
 * read through one reused buffer. */
#ifndef MMAX_IO_STREAM_H
#define MMAX_IO_STREAM_H

#include "base/base.h"

/* The buffer: large enough that a system call costs nothing beside the copy, small enough to stay
 * in a second-level cache. */
enum { MMAX_STREAM_BUFFER = 256 * 1024 };

typedef struct mmax_stream mmax_stream;

/* Opens FILE, or standard input for "-".  A directory is MMAX_EIO, and so is what cannot be opened.
 * CANCEL may be NULL; it is looked at before every system call and after an interrupted one. */
mmax_status mmax_stream_open(const char *file, const volatile sig_atomic_t *cancel,
                             mmax_stream **stream, mmax_error *error);

/* A stream of what was written to a file from mmax_temporary_file, which it takes over when it
 * succeeds.  NAME is for messages and harmless. */
mmax_status mmax_stream_open_temporary(int descriptor, const char *name,
                                       const volatile sig_atomic_t *cancel, mmax_stream **stream,
                                       mmax_error *error);
void mmax_stream_free(mmax_stream *stream);

/* What bytes that are made while they are read come from: a decompressor, a member of an archive.
 */
typedef struct mmax_supply {
    /* Up to n further bytes; *N_READ is 0 only at the end. */
    mmax_status (*read)(void *self, char *bytes, size_t n, size_t *n_read, mmax_error *error);
    /* How far the file below has been read, as mmax_stream_position. */
    void (*position)(const void *self, size_t *n_done, size_t *n_total);
    void (*close)(void *self); /* NULL: nothing */
} mmax_supply;

/* A stream of what SELF supplies.  NAME is for messages, copied.  CANCEL may be NULL; it is looked
 * at before every call of read.  SELF is closed with the stream; on failure it is left alone. */
mmax_status mmax_stream_open_supply(const char *name, const volatile sig_atomic_t *cancel,
                                    const mmax_supply *supply, void *self, mmax_stream **stream,
                                    mmax_error *error);

/* Bytes [OFFSET, OFFSET + N_BYTES) of WHOLE, a file, as far as it has them: a file of its own with
 * a place of its own, which may outlive WHOLE. */
mmax_status mmax_stream_open_part(const mmax_stream *whole, const char *name, size_t offset,
                                  size_t n_bytes, mmax_stream **part, mmax_error *error);

/* The name for messages, harmless for a terminal; "standard input" for "-". */
const char *mmax_stream_name(const mmax_stream *stream);

/* What a member of the stream's file is called in messages, "a.npz[attn]", made harmless; to be
 * freed, NULL on lack of memory. */
char *mmax_stream_member_name(const mmax_stream *stream, const char *member, size_t length);

/* Whether any byte can be read at any time, and then how many there are in all. */
bool mmax_stream_is_file(const mmax_stream *stream, size_t *n_bytes);

/* How many bytes of the file have been read, and how many it has; 0 where that is not known.  Of a
 * compressed file the compressed ones, of a part those of the whole. */
void mmax_stream_position(const mmax_stream *stream, size_t *n_done, size_t *n_total);

/* The flag that ends reading; NULL for none. */
const volatile sig_atomic_t *mmax_stream_cancel(const mmax_stream *stream);

/* Shows the bytes that come next: at least n of them (n <= MMAX_STREAM_BUFFER), fewer only before
 * the end of the stream.  They stay where they are until the next peek. */
mmax_status mmax_stream_peek(mmax_stream *stream, size_t n, const char **bytes, size_t *n_available,
                             mmax_error *error);

/* What is buffered of the bytes that come next, without reading more; may be nothing. */
const char *mmax_stream_buffered(const mmax_stream *stream, size_t *n_available);

/* Goes past n bytes that the last peek has shown. */
void mmax_stream_skip(mmax_stream *stream, size_t n);

/* Reads the next n bytes, fewer only at the end of the stream, and goes past them: what is not
 * buffered yet goes where it is wanted at once. */
mmax_status mmax_stream_read(mmax_stream *stream, void *bytes, size_t n, size_t *n_read,
                             mmax_error *error);

/* The number of bytes gone past since the beginning. */
size_t mmax_stream_offset(const mmax_stream *stream);

/* Goes forward to OFFSET, or to the end of the stream if that comes before. */
mmax_status mmax_stream_skip_to(mmax_stream *stream, size_t offset, mmax_error *error);

/* Takes the next LENGTH bytes, which *HEADER holds then, to be freed; not 0-terminated.  Memory
 * grows as they come: a length may be a lie.  MMAX_EFORMAT where they end before; WHAT is "an NPY
 * header". */
mmax_status mmax_stream_read_header(mmax_stream *stream, const char *what, size_t length,
                                    char **header, mmax_error *error);

/* Files only: reads n bytes at OFFSET from the beginning, wherever the stream stands.  MMAX_EIO if
 * the file ends before: it did not when it was opened. */
mmax_status mmax_stream_read_at(mmax_stream *stream, size_t offset, void *bytes, size_t n,
                                mmax_error *error);

/* Files only: goes to OFFSET from the beginning, so that the next peek shows what lies there. */
mmax_status mmax_stream_seek(mmax_stream *stream, size_t offset, mmax_error *error);

/* Makes a pipe a file: moves the next n bytes to a temporary file without a name, which the stream
 * then consists of.  N_MOVED is less than n if the pipe ended.  A supply is checked as
 * mmax_stream_check_end has it. */
mmax_status mmax_stream_spool(mmax_stream *stream, size_t n, size_t *n_moved, mmax_error *error);

/* To be called where the bytes that are wanted end: MMAX_EIO if a file was written to since it was
 * opened.  What is decompressed is read on, 16 MiB at most: checksums stand at the end, and what
 * lies further away vouches for something else. */
mmax_status mmax_stream_check_end(mmax_stream *stream, mmax_error *error);

/* Opens a file without a name, in $TMPDIR or /tmp; -1 and errno on failure. */
int mmax_temporary_file(void);

/* Writes all of it, or returns false and sets errno. */
bool mmax_write_fully(int descriptor, const void *bytes, size_t n);

/* MMAX_EIO: what is read under NAME cannot be written to a temporary file, by errno. */
mmax_status mmax_fail_temporary(const char *name, mmax_error *error);

#endif
