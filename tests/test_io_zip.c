#include "io/archive.h"
#include "io/stream.h"
#include "test_io.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- archives, written byte by byte ---------------------------------------------------------- */

/* What a member is like, and what its headers say instead.  0 is the usual. */
typedef struct member {
    const char *name;
    size_t n_data; /* of the numbered NPY file that it holds; 0: "0123456789" */
    int method;    /* 0 stored; 8 deflated, in stored blocks; others are nonsense */
    int flags;     /* 1 encrypted, 8 sizes follow the data, 0x800 the name is UTF-8 */
    bool zip64;    /* sizes in the extra field, 0xffffffff where they usually are */
    uint32_t crc_flip;
    int64_t local_size_lie, central_size_lie; /* added to the size of the plain bytes */
    bool lies_stored; /* of a stored member the compressed size lies along */
} member;

typedef struct zip_writer {
    unsigned char *bytes;
    size_t n, room;
    size_t n_before; /* bytes before the archive, from whose beginning its offsets count */
    unsigned char *central;
    size_t n_central, central_room, n_members;
} zip_writer;

static void put(unsigned char **bytes, size_t *n, size_t *room, const void *more, size_t n_more)
{
    if (*n + n_more > *room) {
        *room = 2 * (*n + n_more);
        *bytes = mmax_resize_array(*bytes, *room, 1);
        ck_assert_ptr_nonnull(*bytes);
    }
    if (n_more > 0)
        memcpy(*bytes + *n, more, n_more);
    *n += n_more;
}

static void put_bytes(zip_writer *zip, const void *more, size_t n)
{
    put(&zip->bytes, &zip->n, &zip->room, more, n);
}

/* N bytes of a number, the least first, into the archive or its central directory. */
static void put_number(zip_writer *zip, bool central, uint64_t value, size_t n)
{
    unsigned char bytes[8];
    for (size_t i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(value >> 8 * i);
    if (central)
        put(&zip->central, &zip->n_central, &zip->central_room, bytes, n);
    else
        put_bytes(zip, bytes, n);
}

/* ISO 3309, bit by bit. */
static uint32_t crc_of(const unsigned char *bytes, size_t n)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < n; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

/* Deflate without compression: blocks of at most 65535 bytes.  RFC 1951, 3.2.4. */
static unsigned char *deflate_stored(const unsigned char *bytes, size_t n, size_t *n_deflated)
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

/* The data of a member, to be freed: an NPY file of n_data bytes of '|u1', i * 3 of i. */
static unsigned char *data_of(const member *m, size_t *n)
{
    if (m->n_data == 0) {
        *n = 10;
        return (unsigned char *)mmax_copy_text("0123456789");
    }
    unsigned char *data = mmax_alloc_array(m->n_data, 1);
    char dictionary[96];
    for (size_t i = 0; i < m->n_data; i++)
        data[i] = (unsigned char)(i * 3);
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '|u1', 'fortran_order': False, 'shape': (%zu,)}", m->n_data);
    char *npy = npy_bytes(1, dictionary, data, m->n_data, n);
    free(data);
    return (unsigned char *)npy;
}

/* Sizes and name, as a local header and a central one both have them. */
static void put_header(zip_writer *zip, bool central, const member *m, uint32_t crc,
                       uint64_t n_stored, uint64_t n_plain)
{
    bool later = m->flags & 8 && !central;
    size_t n_name = strlen(m->name);
    put_number(zip, central, central ? 0x02014b50 : 0x04034b50, 4);
    if (central)
        put_number(zip, central, 20, 2);
    put_number(zip, central, m->zip64 ? 45 : 20, 2);
    put_number(zip, central, (uint64_t)m->flags, 2);
    put_number(zip, central, (uint64_t)m->method, 2);
    put_number(zip, central, 0x00210000, 4); /* 1 January 1980 */
    put_number(zip, central, later ? 0 : crc, 4);
    put_number(zip, central, m->zip64 ? 0xffffffff : later ? 0 : n_stored, 4);
    put_number(zip, central, m->zip64 ? 0xffffffff : later ? 0 : n_plain, 4);
    put_number(zip, central, n_name, 2);
    put_number(zip, central, m->zip64 ? 20 : 0, 2);
    if (central) {
        /* Comment, disk, attributes within and without, and the offset, which is put in later. */
        put_number(zip, central, 0, 2 + 2 + 2);
        put_number(zip, central, 0, 4 + 4);
    }
    if (central)
        put(&zip->central, &zip->n_central, &zip->central_room, m->name, n_name);
    else
        put_bytes(zip, m->name, n_name);
    if (m->zip64) {
        put_number(zip, central, 1, 2);
        put_number(zip, central, 16, 2);
        put_number(zip, central, later ? 0 : n_plain, 8);
        put_number(zip, central, later ? 0 : n_stored, 8);
    }
}

static void add_member(zip_writer *zip, const member *m)
{
    size_t n_plain, n_stored;
    size_t offset = zip->n - zip->n_before;
    unsigned char *plain = data_of(m, &n_plain), *stored = NULL;
    uint32_t crc = crc_of(plain, n_plain) ^ m->crc_flip;
    n_stored = n_plain;
    if (m->method == 8)
        stored = deflate_stored(plain, n_plain, &n_stored);
    uint64_t local = n_plain + (uint64_t)m->local_size_lie;
    uint64_t central = n_plain + (uint64_t)m->central_size_lie;
    put_header(zip, false, m, crc, m->lies_stored ? local : n_stored, local);
    put_bytes(zip, stored ? stored : plain, n_stored);
    if (m->flags & 8) {
        put_number(zip, false, 0x08074b50, 4);
        put_number(zip, false, crc, 4);
        put_number(zip, false, n_stored, m->zip64 ? 8 : 4);
        put_number(zip, false, n_plain, m->zip64 ? 8 : 4);
    }
    size_t begin = zip->n_central;
    put_header(zip, true, m, crc, m->lies_stored ? central : n_stored, central);
    for (size_t i = 0; i < 4; i++)
        zip->central[begin + 42 + i] = (unsigned char)(offset >> 8 * i);
    zip->n_members++;
    free(stored);
    free(plain);
}

/* The central directory and what ends it. */
static void finish_zip(zip_writer *zip, const char *comment)
{
    size_t at = zip->n - zip->n_before;
    put_bytes(zip, zip->central, zip->n_central);
    put_number(zip, false, 0x06054b50, 4);
    put_number(zip, false, 0, 4);
    put_number(zip, false, zip->n_members, 2);
    put_number(zip, false, zip->n_members, 2);
    put_number(zip, false, zip->n_central, 4);
    put_number(zip, false, at, 4);
    put_number(zip, false, strlen(comment), 2);
    put_bytes(zip, comment, strlen(comment));
}

static void write_zip(const char *file, const member *members, size_t n)
{
    zip_writer zip = {0};
    for (size_t i = 0; i < n; i++)
        add_member(&zip, &members[i]);
    finish_zip(&zip, "");
    write_bytes(file, zip.bytes, zip.n);
    free(zip.bytes);
    free(zip.central);
}

/* ---- reading them ---------------------------------------------------------------------------- */

typedef struct found {
    const char *name;
    mmax_stream *stream;
} found;

typedef struct reader {
    mmax_stream *stream;
    mmax_zip *zip;
} reader;

static void feed_file(const char *file)
{
    size_t n;
    char *bytes = testing_read_file(file, &n);
    feed_stdin(bytes, n);
    free(bytes);
}

static reader open_zip(const char *file)
{
    reader r = {0};
    mmax_error error = {0};
    ck_assert_int_eq(mmax_stream_open(file, NULL, &r.stream, NULL), MMAX_OK);
    mmax_status status = mmax_zip_open(r.stream, &r.zip, &error);
    ck_assert_msg(status == MMAX_OK, "%s", error.message);
    return r;
}

static void close_zip(reader *r)
{
    mmax_zip_free(r->zip);
    mmax_stream_free(r->stream);
}

/* Reads a stream to its end; whatever was read stays in BYTES, to be freed. */
static mmax_status read_stream(mmax_stream *stream, unsigned char **bytes, size_t *n_bytes,
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

/* The next member is M, and every byte of it is there. */
static void expect_member(reader *r, const member *m, bool is_part)
{
    found next = {0};
    mmax_error error = {0};
    unsigned char *bytes;
    size_t n, n_expected, n_part = 0;
    ck_assert_msg(mmax_zip_next(r->zip, &next.name, &next.stream, &error) == MMAX_OK, "%s",
                  error.message);
    ck_assert_ptr_nonnull(next.name);
    ck_assert_str_eq(next.name, m->name);
    ck_assert_int_eq(mmax_stream_is_file(next.stream, &n_part), is_part);
    ck_assert_msg(read_stream(next.stream, &bytes, &n, &error) == MMAX_OK, "%s", error.message);
    unsigned char *expected = data_of(m, &n_expected);
    ck_assert_uint_eq(n, n_expected);
    ck_assert(memcmp(bytes, expected, n) == 0);
    if (is_part)
        ck_assert_uint_eq(n_part, n);
    free(expected);
    free(bytes);
}

static void expect_end(reader *r)
{
    found next = {"x", NULL};
    mmax_error error = {0};
    ck_assert_msg(mmax_zip_next(r->zip, &next.name, &next.stream, &error) == MMAX_OK, "%s",
                  error.message);
    ck_assert_ptr_null(next.name);
}

/* The first member cannot be read to its end, from a file or a pipe; NULL: it can. */
static void expect_first_fails(const char *file, mmax_status status, const char *message)
{
    reader r = open_zip(file);
    found next = {0};
    mmax_error error = {0};
    unsigned char *bytes = NULL;
    size_t n = 0;
    mmax_status got = mmax_zip_next(r.zip, &next.name, &next.stream, &error);
    if (got == MMAX_OK)
        got = read_stream(next.stream, &bytes, &n, &error);
    ck_assert_msg(got == status, "%zu bytes were read: %s", n, error.message);
    ck_assert_str_eq(error.message, message);
    free(bytes);
    close_zip(&r);
}

/* ---- members --------------------------------------------------------------------------------- */

static const member good[] = {
    {"a.npy", .n_data = 1000},
    {"b.npy", .n_data = 300000},
    {"c.npy", .n_data = 1000, .method = 8},
    {"d.npy", .n_data = 300000, .method = 8},
    {"e.npy", .n_data = 1000, .zip64 = true},
    {"f.npy", .n_data = 1000, .method = 8, .zip64 = true},
    {"g.npy", .n_data = 1000, .method = 8, .flags = 8},
    {"h.npy", .n_data = 300000, .flags = 8},
    {"i.npy", .n_data = 1000, .zip64 = true, .flags = 8},
    {"text", .n_data = 0},
    {"deflated text", .method = 8},
    {"last.npy", .n_data = 5},
};
enum { N_GOOD = sizeof good / sizeof *good };

START_TEST(a_stored_array_is_a_part_of_the_file_and_every_other_member_is_read)
{
    write_zip("z", good, N_GOOD);
    reader r = open_zip("z");
    for (size_t i = 0; i < N_GOOD; i++)
        expect_member(&r, &good[i], good[i].method == 0 && good[i].n_data > 0);
    expect_end(&r);
    close_zip(&r);
}
END_TEST

START_TEST(a_pipe_gives_the_same_members)
{
    write_zip("z", good, N_GOOD);
    feed_file("z");
    reader r = open_zip("-");
    for (size_t i = 0; i < N_GOOD; i++)
        expect_member(&r, &good[i], false);
    expect_end(&r);
    close_zip(&r);
}
END_TEST

START_TEST(members_that_nobody_reads_are_passed_over)
{
    write_zip("z", good, N_GOOD);
    for (int from_pipe = 0; from_pipe < 2; from_pipe++) {
        if (from_pipe)
            feed_file("z");
        reader r = open_zip(from_pipe ? "-" : "z");
        for (size_t i = 0; i < N_GOOD; i++) {
            found next = {0};
            const char *bytes;
            size_t n;
            mmax_error error = {0};
            ck_assert_msg(mmax_zip_next(r.zip, &next.name, &next.stream, &error) == MMAX_OK, "%s",
                          error.message);
            ck_assert_str_eq(next.name, good[i].name);
            /* Some are begun. */
            if (i % 3 == 0)
                ck_assert_int_eq(mmax_stream_peek(next.stream, 10, &bytes, &n, NULL), MMAX_OK);
        }
        expect_end(&r);
        close_zip(&r);
    }
}
END_TEST

START_TEST(the_position_is_that_in_the_archive)
{
    found next = {0};
    size_t n_bytes, done, total;
    write_zip("z", good, N_GOOD);
    reader r = open_zip("z");
    mmax_stream_is_file(r.stream, &n_bytes);
    size_t last = 0;
    for (size_t i = 0; i < N_GOOD; i++) {
        unsigned char *bytes;
        size_t n;
        ck_assert_int_eq(mmax_zip_next(r.zip, &next.name, &next.stream, NULL), MMAX_OK);
        ck_assert_int_eq(read_stream(next.stream, &bytes, &n, NULL), MMAX_OK);
        mmax_stream_position(next.stream, &done, &total);
        ck_assert_uint_eq(total, n_bytes);
        ck_assert_uint_le(done, n_bytes);
        if (good[i].method == 0 && good[i].n_data > 0) {
            ck_assert_uint_gt(done, last);
            last = done;
        }
        free(bytes);
    }
    close_zip(&r);
}
END_TEST

/* ---- names ----------------------------------------------------------------------------------- */

START_TEST(names_are_the_bytes_of_the_archive_in_any_locale)
{
    static const member named[] = {
        {"\xc3\xbc\xe6\xbc\xa2.npy", .n_data = 9, .flags = 0x800}, /* marked as UTF-8 */
        {"\xc3\xbc.npy", .n_data = 9},                             /* not marked */
        {"\xfc.npy", .n_data = 9},                                 /* Latin-1 */
        {"a\x1b[31m.npy", .n_data = 9},
        {"folder/b.npy", .n_data = 9},
    };
    static const char *const shown[] = {"z[\xc3\xbc\xe6\xbc\xa2]", "z[\xc3\xbc]", "z[\\xfc]",
                                        "z[a\\x1b[31m]", "z[folder/b]"};
    write_zip("z", named, 5);
    /* No program of this suite calls setlocale: it is "C". */
    reader r = open_zip("z");
    for (size_t i = 0; i < 5; i++) {
        found next = {0};
        ck_assert_int_eq(mmax_zip_next(r.zip, &next.name, &next.stream, NULL), MMAX_OK);
        ck_assert_str_eq(next.name, named[i].name);
        ck_assert_str_eq(mmax_stream_name(next.stream), shown[i]);
    }
    expect_end(&r);
    close_zip(&r);
}
END_TEST

START_TEST(folders_are_no_members)
{
    static const member members[] = {
        {"folder/", .n_data = 0}, {"folder/a.npy", .n_data = 9}, {"other/", .n_data = 0}};
    write_zip("z", members, 3);
    for (int from_pipe = 0; from_pipe < 2; from_pipe++) {
        if (from_pipe)
            feed_file("z");
        reader r = open_zip(from_pipe ? "-" : "z");
        expect_member(&r, &members[1], !from_pipe);
        expect_end(&r);
        close_zip(&r);
    }
}
END_TEST

/* ---- archives -------------------------------------------------------------------------------- */

START_TEST(an_archive_may_have_a_comment_and_other_bytes_before_it)
{
    static char comment[65536];
    memset(comment, 'c', sizeof comment - 1);
    for (int i = 0; i < 3; i++) {
        zip_writer zip = {0};
        zip.n_before = i == 1 ? 5000 : 0;
        put_bytes(&zip, comment, zip.n_before);
        add_member(&zip, &good[0]);
        add_member(&zip, &good[2]);
        finish_zip(&zip, i == 0 ? "a comment" : i == 1 ? "" : comment);
        write_bytes("z", zip.bytes, zip.n);
        reader r = open_zip("z");
        expect_member(&r, &good[0], true);
        expect_member(&r, &good[2], false);
        expect_end(&r);
        close_zip(&r);
        free(zip.bytes);
        free(zip.central);
    }
}
END_TEST

START_TEST(an_archive_of_nothing_has_no_members)
{
    write_zip("z", NULL, 0);
    reader r = open_zip("z");
    expect_end(&r);
    close_zip(&r);
    feed_file("z");
    r = open_zip("-");
    expect_end(&r);
    close_zip(&r);
}
END_TEST

START_TEST(ten_thousand_members_are_read)
{
    zip_writer zip = {0};
    char name[16];
    for (size_t i = 0; i < 10000; i++) {
        snprintf(name, sizeof name, "%zu.npy", i);
        const member m = {name, .n_data = 1 + i % 50, .method = i % 2 ? 8 : 0};
        add_member(&zip, &m);
    }
    finish_zip(&zip, "");
    write_bytes("z", zip.bytes, zip.n);
    reader r = open_zip("z");
    for (size_t i = 0; i < 10000; i++) {
        found next = {0};
        const char *bytes;
        size_t n;
        snprintf(name, sizeof name, "%zu.npy", i);
        ck_assert_int_eq(mmax_zip_next(r.zip, &next.name, &next.stream, NULL), MMAX_OK);
        ck_assert_str_eq(next.name, name);
        ck_assert_int_eq(mmax_stream_peek(next.stream, 6, &bytes, &n, NULL), MMAX_OK);
        ck_assert(n > 6 && memcmp(bytes, "\x93NUMPY", 6) == 0);
    }
    expect_end(&r);
    close_zip(&r);
    free(zip.bytes);
    free(zip.central);
}
END_TEST

START_TEST(a_compressed_archive_is_read_as_a_pipe)
{
    /* gzip of stored blocks: head, deflate, CRC, size. */
    zip_writer zip = {0}, gzip = {0};
    size_t n_deflated;
    add_member(&zip, &good[1]);
    add_member(&zip, &good[2]);
    finish_zip(&zip, "");
    unsigned char *deflated = deflate_stored(zip.bytes, zip.n, &n_deflated);
    put_bytes(&gzip, "\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
    put_bytes(&gzip, deflated, n_deflated);
    put_number(&gzip, false, crc_of(zip.bytes, zip.n), 4);
    put_number(&gzip, false, zip.n, 4);
    write_bytes("z.gz", gzip.bytes, gzip.n);
    reader r = {0};
    ck_assert_int_eq(mmax_stream_open("z.gz", NULL, &r.stream, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_decompress(r.stream, &r.stream, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_zip_open(r.stream, &r.zip, NULL), MMAX_OK);
    expect_member(&r, &good[1], false);
    expect_member(&r, &good[2], false);
    expect_end(&r);
    close_zip(&r);
    free(deflated);
    free(gzip.bytes);
    free(zip.bytes);
    free(zip.central);
}
END_TEST

/* Whether all members are read, each as it is, and then the end is seen; a failure is MMAX_EFORMAT.
 */
static bool reads_all(const char *file, const member *members, size_t n_members)
{
    reader r = {0};
    mmax_error error = {0};
    ck_assert_int_eq(mmax_stream_open(file, NULL, &r.stream, NULL), MMAX_OK);
    mmax_status status = mmax_zip_open(r.stream, &r.zip, &error);
    size_t n_read = 0;
    found next = {"", NULL};
    while (status == MMAX_OK && next.name) {
        status = mmax_zip_next(r.zip, &next.name, &next.stream, &error);
        if (status != MMAX_OK || !next.name)
            break;
        unsigned char *bytes;
        size_t n, n_expected;
        status = read_stream(next.stream, &bytes, &n, &error);
        ck_assert_uint_lt(n_read, n_members);
        unsigned char *expected = data_of(&members[n_read++], &n_expected);
        ck_assert_uint_le(n, n_expected);
        ck_assert(n == 0 || memcmp(bytes, expected, n) == 0);
        /* A part that the file ends before says so by its length: NPY knows how long it is. */
        if (status == MMAX_OK && n < n_expected)
            status = MMAX_EFORMAT;
        free(expected);
        free(bytes);
    }
    ck_assert(status == MMAX_OK || status == MMAX_EFORMAT);
    if (status == MMAX_OK)
        ck_assert_uint_eq(n_read, n_members);
    close_zip(&r);
    return status == MMAX_OK;
}

START_TEST(a_truncated_archive_is_an_error_or_has_lost_nothing_but_its_directory)
{
    static const member members[] = {{"a.npy", .n_data = 50},
                                     {"b.npy", .n_data = 50, .method = 8},
                                     {"c.npy", .n_data = 50, .method = 8, .flags = 8},
                                     {"d.npy", .n_data = 50, .zip64 = true}};
    size_t n;
    write_zip("z", members, 4);
    char *bytes = testing_read_file("z", &n);
    size_t shortest = n;
    for (size_t cut = 4; cut < n; cut++) {
        write_bytes("cut", bytes, cut);
        if (reads_all("cut", members, 4) && cut < shortest)
            shortest = cut;
        if (cut % 16 == 0) {
            feed_stdin(bytes, cut);
            reads_all("-", members, 4);
        }
    }
    /* Four entries of the directory, 46 + 5 bytes each, one with 20 more, and 22 that end it. */
    ck_assert_uint_ge(shortest, n - (4 * 51 + 20 + 22));
    free(bytes);
}
END_TEST

START_TEST(what_is_no_archive_is_damaged)
{
    mmax_stream *stream;
    mmax_zip *zip = NULL;
    found next;
    mmax_error error;
    write_bytes("z", "PK\x03\x04 and nothing that follows from it", 37);
    ck_assert_int_eq(mmax_stream_open("z", NULL, &stream, NULL), MMAX_OK);
    mmax_status status = mmax_zip_open(stream, &zip, &error);
    if (status == MMAX_OK)
        status = mmax_zip_next(zip, &next.name, &next.stream, &error);
    ck_assert_int_eq(status, MMAX_EFORMAT);
    ck_assert_msg(strncmp(error.message, "z: the archive is damaged or cut off: ", 38) == 0, "%s",
                  error.message);
    mmax_zip_free(zip);
    mmax_stream_free(stream);
    mmax_zip_free(NULL);
}
END_TEST

/* ---- members that are not what they seem ----------------------------------------------------- */

#define AGAIN "; make or copy it again"

static const struct {
    member member;
    mmax_status status;
    const char *message; /* in a file "z"; in a pipe the name differs */
    bool only_pipe;      /* a part of a file is not looked at */
} bad[] = {
    {{"a.npy", .n_data = 1000, .method = 8, .flags = 1},
     MMAX_EUNSUPPORTED,
     "[a]: is encrypted; unpack it with its password",
     false},
    {{"a.npy", .n_data = 1000, .flags = 1},
     MMAX_EUNSUPPORTED,
     "[a]: is encrypted; unpack it with its password",
     false},
    {{"a.npy", .n_data = 1000, .method = 8, .crc_flip = 1},
     MMAX_EFORMAT,
     "[a]: the archive is damaged or cut off: ZIP bad CRC: 0xdea4f5be should be 0xdea4f5bf" AGAIN,
     false},
    {{"a.npy", .n_data = 1000, .crc_flip = 1},
     MMAX_EFORMAT,
     "[a]: the archive is damaged or cut off: ZIP bad CRC: 0xdea4f5be should be 0xdea4f5bf" AGAIN,
     true},
    {{"text", .crc_flip = 1},
     MMAX_EFORMAT,
     "[text]: the archive is damaged or cut off: ZIP bad CRC: 0xa684c7c6 should be "
     "0xa684c7c7" AGAIN,
     false},
    {{"a.npy", .n_data = 100000, .method = 8, .local_size_lie = -99000, .central_size_lie = -99000},
     MMAX_EFORMAT,
     "[a]: the archive is damaged or cut off: ZIP uncompressed data is wrong size (read 100070, "
     "expected "
     "1070)" AGAIN,
     false},
    {{"a.npy", .n_data = 1000, .method = 8, .local_size_lie = 9, .central_size_lie = 9},
     MMAX_EFORMAT,
     "[a]: the archive is damaged or cut off: ZIP uncompressed data is wrong size (read 1068, "
     "expected "
     "1077)" AGAIN,
     false},
    {{"a.npy", .n_data = 1000, .method = 99},
     MMAX_EUNSUPPORTED,
     "[a]: is not read: Unsupported ZIP compression method (99: aes); save it again with "
     "np.savez",
     false},
};

START_TEST(a_member_that_is_not_what_it_says_is_an_error)
{
    for (int from_pipe = bad[_i].only_pipe; from_pipe < 2; from_pipe++) {
        char message[256];
        write_zip("z", &bad[_i].member, 1);
        if (from_pipe)
            feed_file("z");
        snprintf(message, sizeof message, "%s%s", from_pipe ? "standard input" : "z",
                 bad[_i].message);
        expect_first_fails(from_pipe ? "-" : "z", bad[_i].status, message);
    }
}
END_TEST

START_TEST(a_member_that_is_encrypted_does_not_hide_those_behind_it)
{
    static const member members[] = {{"a.npy", .n_data = 50, .method = 8, .flags = 1},
                                     {"b.npy", .n_data = 50, .method = 8}};
    mmax_file *file;
    mmax_error error;
    const mmax_array_info *info = NULL;
    write_zip("z", members, 2);
    ck_assert_int_eq(mmax_file_open("z", NULL, &file, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_file_next(file, &info, &error), MMAX_EUNSUPPORTED);
    ck_assert_str_eq(error.message, "z[a]: is encrypted; unpack it with its password");
    ck_assert_int_eq(mmax_file_next(file, &info, &error), MMAX_OK);
    ck_assert_ptr_nonnull(info);
    ck_assert_str_eq(info->array, "b");
    ck_assert_int_eq(mmax_file_next(file, &info, &error), MMAX_OK);
    ck_assert_ptr_null(info);
    mmax_file_free(file);
}
END_TEST

/* The members are listed one by one, and each can be asked for by its name, from a file and a pipe;
 * one that is no array is nobody's business. */
START_TEST(an_encrypted_array_hides_no_other)
{
    static const member members[] = {{"README", .flags = 1},
                                     {"a.npy", .n_data = 1000},
                                     {"b.npy", .n_data = 1000, .method = 8, .flags = 1},
                                     {"c.npy", .n_data = 1000, .method = 8}};
    static const char *const asked[] = {NULL, "a", "b", "c"};
    for (size_t i = 0; i < 8; i++) {
        const char *wanted = asked[i / 2];
        mmax_source_options options = {.array = wanted};
        mmax_file *file;
        mmax_error error = {.message = ""};
        write_zip("z", members, 4);
        if (i % 2)
            feed_file("z");
        ck_assert_int_eq(mmax_file_open(i % 2 ? "-" : "z", &options, &file, NULL), MMAX_OK);
        for (const char *name = "abc"; *name; name++) {
            const mmax_array_info *info = NULL;
            if (wanted && *wanted != *name)
                continue;
            mmax_status status = mmax_file_next(file, &info, &error);
            ck_assert_int_eq(status, *name == 'b' ? MMAX_EUNSUPPORTED : MMAX_OK);
            if (*name == 'b') {
                ck_assert_str_eq(error.message,
                                 i % 2 ? "standard input[b]: is encrypted; unpack it with its "
                                         "password"
                                       : "z[b]: is encrypted; unpack it with its password");
                continue;
            }
            ck_assert_ptr_nonnull(info);
            ck_assert_mem_eq(info->array, name, 1);
        }
        const mmax_array_info *end = (const mmax_array_info *)&options;
        ck_assert_int_eq(mmax_file_next(file, &end, &error), MMAX_OK);
        ck_assert_ptr_null(end);
        mmax_file_free(file);
    }
}
END_TEST

/* Headers that contradict each other or the file: whatever comes of it, it is bounded. */
static const member liars[] = {
    {"a.npy", .n_data = 1000, .central_size_lie = 100000000, .lies_stored = true},
    {"a.npy", .n_data = 1000, .central_size_lie = 100000000},
    {"a.npy", .n_data = 1000, .local_size_lie = 100000000, .lies_stored = true},
    {"a.npy", .n_data = 1000, .local_size_lie = -500, .lies_stored = true},
    {"a.npy", .n_data = 1000, .central_size_lie = -500, .lies_stored = true},
    {"a.npy", .n_data = 1000, .zip64 = true, .central_size_lie = INT64_MAX - 2000,
     .local_size_lie = INT64_MAX - 2000, .lies_stored = true},
    {"a.npy", .n_data = 1000, .zip64 = true, .central_size_lie = INT64_MIN,
     .local_size_lie = INT64_MIN, .lies_stored = true},
    {"a.npy", .n_data = 1000, .zip64 = true, .central_size_lie = -1129, .local_size_lie = -1129},
    {"", .n_data = 10},
};

START_TEST(no_lie_about_a_size_reaches_beyond_the_file)
{
    size_t n_file;
    write_zip("z", &liars[_i], 1);
    free(testing_read_file("z", &n_file));
    for (int from_pipe = 0; from_pipe < 2; from_pipe++) {
        found next = {0};
        mmax_error error = {0};
        unsigned char *bytes = NULL;
        size_t n = 0;
        if (from_pipe)
            feed_file("z");
        reader r = open_zip(from_pipe ? "-" : "z");
        mmax_status status = mmax_zip_next(r.zip, &next.name, &next.stream, &error);
        if (status == MMAX_OK && next.name)
            status = read_stream(next.stream, &bytes, &n, &error);
        ck_assert(status == MMAX_OK || status == MMAX_EFORMAT);
        ck_assert_uint_le(n, n_file);
        free(bytes);
        close_zip(&r);
    }
}
END_TEST

TCase *zip_cases(void)
{
    TCase *zip = tcase_create("zip");
    tcase_add_checked_fixture(zip, enter_folder, NULL);
    tcase_add_test(zip, a_stored_array_is_a_part_of_the_file_and_every_other_member_is_read);
    tcase_add_test(zip, a_pipe_gives_the_same_members);
    tcase_add_test(zip, members_that_nobody_reads_are_passed_over);
    tcase_add_test(zip, the_position_is_that_in_the_archive);
    tcase_add_test(zip, names_are_the_bytes_of_the_archive_in_any_locale);
    tcase_add_test(zip, folders_are_no_members);
    tcase_add_test(zip, an_archive_may_have_a_comment_and_other_bytes_before_it);
    tcase_add_test(zip, an_archive_of_nothing_has_no_members);
    tcase_add_test(zip, ten_thousand_members_are_read);
    tcase_add_test(zip, a_compressed_archive_is_read_as_a_pipe);
    tcase_add_test(zip, a_truncated_archive_is_an_error_or_has_lost_nothing_but_its_directory);
    tcase_add_test(zip, what_is_no_archive_is_damaged);
    tcase_add_loop_test(zip, a_member_that_is_not_what_it_says_is_an_error, 0,
                        sizeof bad / sizeof *bad);
    tcase_add_test(zip, a_member_that_is_encrypted_does_not_hide_those_behind_it);
    tcase_add_test(zip, an_encrypted_array_hides_no_other);
    tcase_add_loop_test(zip, no_lie_about_a_size_reaches_beyond_the_file, 0,
                        sizeof liars / sizeof *liars);
    return zip;
}
