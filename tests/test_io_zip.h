/* ZIP archives written byte by byte, so that their headers can say anything, and read member by
 * member. */
#ifndef MMAX_TEST_IO_ZIP_H
#define MMAX_TEST_IO_ZIP_H

#include "io/archive.h"
#include "io/stream.h"
#include "test_io.h"

/* ---- writing --------------------------------------------------------------------------------- */

/* What a member is like, and what its headers say instead.  0 is the usual. */
typedef struct zip_member {
    const char *name;
    size_t n_data;             /* of the NPY file of '|u1' that it holds; 0: it is no array */
    const unsigned char *data; /* (n_data,), or NULL: i * 3 of i */
    int method;                /* 0 stored; 8 deflated, in stored blocks; others are nonsense */
    int flags;                 /* 1 encrypted, 8 sizes follow the data, 0x800 the name is UTF-8 */
    bool zip64;                /* sizes in the extra field, 0xffffffff where they usually are */
    uint32_t crc_flip;
    int64_t local_size_lie, central_size_lie; /* added to the size of the plain bytes */
    bool lies_stored; /* of a stored member the compressed size lies along */
} zip_member;

typedef struct zip_bytes {
    unsigned char *bytes;
    size_t n, room;
} zip_bytes;

typedef struct zip_writer {
    zip_bytes file, directory; /* the central directory, which goes to the file's end */
    size_t n_before; /* bytes before the archive, from whose beginning its offsets count */
    size_t n_members;
} zip_writer;

/* Bytes, or the N lowest of a number, the least first, that follow. */
void zip_put(zip_bytes *to, const void *more, size_t n);
void zip_put_number(zip_bytes *to, uint64_t value, size_t n);

/* A member and its entry in the directory; that alone, for bytes that lie at OFFSET already. */
void zip_add(zip_writer *zip, const zip_member *m);
void zip_add_entry(zip_writer *zip, const zip_member *m, size_t offset);

/* The directory and what ends it. */
void zip_finish(zip_writer *zip, const char *comment);
void zip_free(zip_writer *zip);

/* All of that, into a file. */
void zip_write(const char *file, const zip_member *members, size_t n);

/* ISO 3309, bit by bit. */
uint32_t zip_crc(const unsigned char *bytes, size_t n);

/* Deflate without compression, to be freed: blocks of at most 65535 bytes.  RFC 1951, 3.2.4. */
unsigned char *zip_deflate_stored(const unsigned char *bytes, size_t n, size_t *n_deflated);

/* What is in a member, to be freed. */
unsigned char *zip_member_data(const zip_member *m, size_t *n);

/* ---- reading --------------------------------------------------------------------------------- */

typedef struct zip_found {
    const char *name;
    mmax_stream *stream;
} zip_found;

typedef struct zip_reader {
    mmax_stream *stream;
    mmax_zip *zip;
} zip_reader;

void feed_file(const char *file);

zip_reader open_zip(const char *file);
void close_zip(zip_reader *r);

/* Reads a stream to its end; whatever was read stays in BYTES, to be freed. */
mmax_status read_stream(mmax_stream *stream, unsigned char **bytes, size_t *n_bytes,
                        mmax_error *error);

/* The next member is M, and every byte of it is there. */
void expect_member(zip_reader *r, const zip_member *m, bool is_part);
void expect_end(zip_reader *r);

#endif
