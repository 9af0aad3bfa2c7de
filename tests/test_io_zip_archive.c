#include "test_io_zip.h"

#include <stdlib.h>
#include <string.h>

/* ---- writing --------------------------------------------------------------------------------- */

void zip_put(zip_bytes *to, const void *more, size_t n)
{
    if (to->n + n > to->room) {
        to->room = 2 * (to->n + n);
        to->bytes = mmax_resize_array(to->bytes, to->room, 1);
        ck_assert_ptr_nonnull(to->bytes);
    }
    if (n > 0)
        memcpy(to->bytes + to->n, more, n);
    to->n += n;
}

void zip_put_number(zip_bytes *to, uint64_t value, size_t n)
{
    unsigned char bytes[8];
    for (size_t i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(value >> 8 * i);
    zip_put(to, bytes, n);
}

uint32_t zip_crc(const unsigned char *bytes, size_t n)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < n; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

unsigned char *zip_deflate_stored(const unsigned char *bytes, size_t n, size_t *n_deflated)
{
    unsigned char *deflated = mmax_alloc_array(n + 5 * (n / 65535 + 1), 1);
    size_t at = 0, done = 0;
    do {
        size_t block = n - done < 65535 ? n - done : 65535;
        deflated[at++] = done + block == n;
        deflated[at++] = (unsigned char)block;
        deflated[at++] = (unsigned char)(block >> 8);
        deflated[at++] = (unsigned char)~block;
        deflated[at++] = (unsigned char)(~block >> 8);
        memcpy(deflated + at, bytes + done, block);
        at += block;
        done += block;
    } while (done < n);
    *n_deflated = at;
    return deflated;
}

unsigned char *zip_member_data(const zip_member *m, size_t *n)
{
    if (m->n_data == 0) {
        *n = 10;
        return (unsigned char *)mmax_copy_text("0123456789");
    }
    unsigned char *data = mmax_alloc_array(m->n_data, 1);
    char dictionary[96];
    for (size_t i = 0; i < m->n_data; i++)
        data[i] = m->data ? m->data[i] : (unsigned char)(i * 3);
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '|u1', 'fortran_order': False, 'shape': (%zu,)}", m->n_data);
    char *npy = npy_bytes(1, dictionary, data, m->n_data, n);
    free(data);
    return (unsigned char *)npy;
}

/* What headers say of a member. */
typedef struct told {
    uint32_t crc;
    uint64_t n_stored, n_plain;
} told;

/* Sizes and name, as a local header and an entry of the directory both have them. */
static void put_header(zip_bytes *to, bool is_entry, const zip_member *m, const told *what)
{
    bool later = m->flags & 8 && !is_entry;
    zip_put_number(to, is_entry ? 0x02014b50 : 0x04034b50, 4);
    if (is_entry)
        zip_put_number(to, 20, 2);
    zip_put_number(to, m->zip64 ? 45 : 20, 2);
    zip_put_number(to, (uint64_t)m->flags, 2);
    zip_put_number(to, (uint64_t)m->method, 2);
    zip_put_number(to, 0x00210000, 4); /* 1 January 1980 */
    zip_put_number(to, later ? 0 : what->crc, 4);
    zip_put_number(to, m->zip64 ? 0xffffffff : later ? 0 : what->n_stored, 4);
    zip_put_number(to, m->zip64 ? 0xffffffff : later ? 0 : what->n_plain, 4);
    zip_put_number(to, strlen(m->name), 2);
    zip_put_number(to, m->zip64 ? 20 : 0, 2);
    if (is_entry) {
        /* Comment, disk, attributes within and without, and the offset, which is put in later. */
        zip_put_number(to, 0, 2 + 2 + 2);
        zip_put_number(to, 0, 4 + 4);
    }
    zip_put(to, m->name, strlen(m->name));
    if (m->zip64) {
        zip_put_number(to, 1, 2);
        zip_put_number(to, 16, 2);
        zip_put_number(to, later ? 0 : what->n_plain, 8);
        zip_put_number(to, later ? 0 : what->n_stored, 8);
    }
}

/* The bytes that are stored, to be freed, and what is true of them but for the checksum. */
static unsigned char *stored_bytes(const zip_member *m, size_t *n_stored, told *truth)
{
    size_t n_plain;
    unsigned char *plain = zip_member_data(m, &n_plain), *stored = plain;
    *truth = (told){.crc = zip_crc(plain, n_plain) ^ m->crc_flip, .n_plain = n_plain};
    *n_stored = n_plain;
    if (m->method == 8) {
        stored = zip_deflate_stored(plain, n_plain, n_stored);
        free(plain);
    }
    truth->n_stored = *n_stored;
    return stored;
}

static told lie(const zip_member *m, told truth, int64_t by)
{
    truth.n_plain += (uint64_t)by;
    if (m->lies_stored)
        truth.n_stored = truth.n_plain;
    return truth;
}

static void put_entry(zip_writer *zip, const zip_member *m, told truth, size_t offset)
{
    size_t begin = zip->directory.n;
    told what = lie(m, truth, m->central_size_lie);
    put_header(&zip->directory, true, m, &what);
    for (size_t i = 0; i < 4; i++)
        zip->directory.bytes[begin + 42 + i] = (unsigned char)(offset >> 8 * i);
    zip->n_members++;
}

void zip_add(zip_writer *zip, const zip_member *m)
{
    size_t n_stored, offset = zip->file.n - zip->n_before;
    told truth;
    unsigned char *stored = stored_bytes(m, &n_stored, &truth);
    told what = lie(m, truth, m->local_size_lie);
    put_header(&zip->file, false, m, &what);
    zip_put(&zip->file, stored, n_stored);
    if (m->flags & 8) {
        zip_put_number(&zip->file, 0x08074b50, 4);
        zip_put_number(&zip->file, truth.crc, 4);
        zip_put_number(&zip->file, truth.n_stored, m->zip64 ? 8 : 4);
        zip_put_number(&zip->file, truth.n_plain, m->zip64 ? 8 : 4);
    }
    put_entry(zip, m, truth, offset);
    free(stored);
}

void zip_add_entry(zip_writer *zip, const zip_member *m, size_t offset)
{
    size_t n_stored;
    told truth;
    free(stored_bytes(m, &n_stored, &truth));
    put_entry(zip, m, truth, offset);
}

void zip_finish(zip_writer *zip, const char *comment)
{
    zip_bytes *file = &zip->file;
    size_t at = file->n - zip->n_before;
    zip_put(file, zip->directory.bytes, zip->directory.n);
    zip_put_number(file, 0x06054b50, 4);
    zip_put_number(file, 0, 4);
    zip_put_number(file, zip->n_members, 2);
    zip_put_number(file, zip->n_members, 2);
    zip_put_number(file, zip->directory.n, 4);
    zip_put_number(file, at, 4);
    zip_put_number(file, strlen(comment), 2);
    zip_put(file, comment, strlen(comment));
}

void zip_free(zip_writer *zip)
{
    free(zip->file.bytes);
    free(zip->directory.bytes);
}

void zip_write(const char *file, const zip_member *members, size_t n)
{
    zip_writer zip = {0};
    for (size_t i = 0; i < n; i++)
        zip_add(&zip, &members[i]);
    zip_finish(&zip, "");
    write_bytes(file, zip.file.bytes, zip.file.n);
    zip_free(&zip);
}

/* ---- reading --------------------------------------------------------------------------------- */

void feed_file(const char *file)
{
    size_t n;
    char *bytes = testing_read_file(file, &n);
    feed_stdin(bytes, n);
    free(bytes);
}

zip_reader open_zip(const char *file)
{
    zip_reader r = {0};
    mmax_error error = {0};
    ck_assert_int_eq(mmax_stream_open(file, NULL, &r.stream, NULL), MMAX_OK);
    mmax_status status = mmax_zip_open(r.stream, &r.zip, &error);
    ck_assert_msg(status == MMAX_OK, "%s", error.message);
    return r;
}

void close_zip(zip_reader *r)
{
    mmax_zip_free(r->zip);
    mmax_stream_free(r->stream);
}

mmax_status read_stream(mmax_stream *stream, unsigned char **bytes, size_t *n_bytes,
                        mmax_error *error)
{
    *bytes = NULL;
    *n_bytes = 0;
    for (;;) {
        const char *next;
        size_t n;
        mmax_status status = mmax_stream_peek(stream, 1, &next, &n, error);
        if (status != MMAX_OK)
            return status;
        if (n == 0)
            return mmax_stream_check_end(stream, error);
        *bytes = mmax_resize_array(*bytes, *n_bytes + n, 1);
        ck_assert_ptr_nonnull(*bytes);
        memcpy(*bytes + *n_bytes, next, n);
        *n_bytes += n;
        mmax_stream_skip(stream, n);
    }
}

void expect_member(zip_reader *r, const zip_member *m, bool is_part)
{
    zip_found next = {0};
    mmax_error error = {0};
    unsigned char *bytes;
    size_t n, n_expected, n_part = 0;
    ck_assert_msg(mmax_zip_next(r->zip, &next.name, &next.stream, &error) == MMAX_OK, "%s",
                  error.message);
    ck_assert_ptr_nonnull(next.name);
    ck_assert_str_eq(next.name, m->name);
    ck_assert_int_eq(mmax_stream_is_file(next.stream, &n_part), is_part);
    ck_assert_msg(read_stream(next.stream, &bytes, &n, &error) == MMAX_OK, "%s", error.message);
    unsigned char *expected = zip_member_data(m, &n_expected);
    ck_assert_uint_eq(n, n_expected);
    ck_assert(memcmp(bytes, expected, n) == 0);
    if (is_part)
        ck_assert_uint_eq(n_part, n);
    free(expected);
    free(bytes);
}

void expect_end(zip_reader *r)
{
    zip_found next = {"x", NULL};
    mmax_error error = {0};
    ck_assert_msg(mmax_zip_next(r->zip, &next.name, &next.stream, &error) == MMAX_OK, "%s",
                  error.message);
    ck_assert_ptr_null(next.name);
}
