#include "test_io_zip.h"

#include <stdlib.h>
#include <string.h>

/* ---- members --------------------------------------------------------------------------------- */

static const zip_member good[] = {
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
    zip_write("z", good, N_GOOD);
    zip_reader r = open_zip("z");
    for (size_t i = 0; i < N_GOOD; i++)
        expect_member(&r, &good[i], good[i].method == 0 && good[i].n_data > 0);
    expect_end(&r);
    close_zip(&r);
}
END_TEST

START_TEST(a_pipe_gives_the_same_members)
{
    zip_write("z", good, N_GOOD);
    feed_file("z");
    zip_reader r = open_zip("-");
    for (size_t i = 0; i < N_GOOD; i++)
        expect_member(&r, &good[i], false);
    expect_end(&r);
    close_zip(&r);
}
END_TEST

START_TEST(members_that_nobody_reads_are_passed_over)
{
    zip_write("z", good, N_GOOD);
    for (int from_pipe = 0; from_pipe < 2; from_pipe++) {
        if (from_pipe)
            feed_file("z");
        zip_reader r = open_zip(from_pipe ? "-" : "z");
        for (size_t i = 0; i < N_GOOD; i++) {
            zip_found next = {0};
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
    zip_found next = {0};
    size_t n_bytes, done, total;
    zip_write("z", good, N_GOOD);
    zip_reader r = open_zip("z");
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
    static const zip_member named[] = {
        {"\xc3\xbc\xe6\xbc\xa2.npy", .n_data = 9, .flags = 0x800}, /* marked as UTF-8 */
        {"\xc3\xbc.npy", .n_data = 9},                             /* not marked */
        {"\xfc.npy", .n_data = 9},                                 /* Latin-1 */
        {"a\x1b[31m.npy", .n_data = 9},
        {"folder/b.npy", .n_data = 9},
    };
    static const char *const shown[] = {"z[\xc3\xbc\xe6\xbc\xa2]", "z[\xc3\xbc]", "z[\\xfc]",
                                        "z[a\\x1b[31m]", "z[folder/b]"};
    zip_write("z", named, 5);
    /* No program of this suite calls setlocale: it is "C". */
    zip_reader r = open_zip("z");
    for (size_t i = 0; i < 5; i++) {
        zip_found next = {0};
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
    static const zip_member members[] = {
        {"folder/", .n_data = 0}, {"folder/a.npy", .n_data = 9}, {"other/", .n_data = 0}};
    zip_write("z", members, 3);
    for (int from_pipe = 0; from_pipe < 2; from_pipe++) {
        if (from_pipe)
            feed_file("z");
        zip_reader r = open_zip(from_pipe ? "-" : "z");
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
        zip_put(&zip.file, comment, zip.n_before);
        zip_add(&zip, &good[0]);
        zip_add(&zip, &good[2]);
        zip_finish(&zip, i == 0 ? "a comment" : i == 1 ? "" : comment);
        write_bytes("z", zip.file.bytes, zip.file.n);
        zip_reader r = open_zip("z");
        expect_member(&r, &good[0], true);
        expect_member(&r, &good[2], false);
        expect_end(&r);
        close_zip(&r);
        zip_free(&zip);
    }
}
END_TEST

START_TEST(an_archive_of_nothing_has_no_members)
{
    zip_write("z", NULL, 0);
    zip_reader r = open_zip("z");
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
        const zip_member m = {name, .n_data = 1 + i % 50, .method = i % 2 ? 8 : 0};
        zip_add(&zip, &m);
    }
    zip_finish(&zip, "");
    write_bytes("z", zip.file.bytes, zip.file.n);
    zip_reader r = open_zip("z");
    for (size_t i = 0; i < 10000; i++) {
        zip_found next = {0};
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
    zip_free(&zip);
}
END_TEST

START_TEST(a_compressed_archive_is_read_as_a_pipe)
{
    /* gzip of stored blocks: head, deflate, CRC, size. */
    zip_writer zip = {0};
    zip_bytes gzip = {0};
    size_t n_deflated;
    zip_add(&zip, &good[1]);
    zip_add(&zip, &good[2]);
    zip_finish(&zip, "");
    unsigned char *deflated = zip_deflate_stored(zip.file.bytes, zip.file.n, &n_deflated);
    zip_put(&gzip, "\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
    zip_put(&gzip, deflated, n_deflated);
    zip_put_number(&gzip, zip_crc(zip.file.bytes, zip.file.n), 4);
    zip_put_number(&gzip, zip.file.n, 4);
    write_bytes("z.gz", gzip.bytes, gzip.n);
    zip_reader r = {0};
    ck_assert_int_eq(mmax_stream_open("z.gz", NULL, &r.stream, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_decompress(r.stream, &r.stream, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_zip_open(r.stream, &r.zip, NULL), MMAX_OK);
    expect_member(&r, &good[1], false);
    expect_member(&r, &good[2], false);
    expect_end(&r);
    close_zip(&r);
    free(deflated);
    free(gzip.bytes);
    zip_free(&zip);
}
END_TEST

/* Whether all members are read, each as it is, and then the end is seen; a failure is MMAX_EFORMAT.
 */
static bool reads_all(const char *file, const zip_member *members, size_t n_members)
{
    zip_reader r = {0};
    mmax_error error = {0};
    ck_assert_int_eq(mmax_stream_open(file, NULL, &r.stream, NULL), MMAX_OK);
    mmax_status status = mmax_zip_open(r.stream, &r.zip, &error);
    size_t n_read = 0;
    zip_found next = {"", NULL};
    while (status == MMAX_OK && next.name) {
        status = mmax_zip_next(r.zip, &next.name, &next.stream, &error);
        if (status != MMAX_OK || !next.name)
            break;
        unsigned char *bytes;
        size_t n, n_expected;
        status = read_stream(next.stream, &bytes, &n, &error);
        ck_assert_uint_lt(n_read, n_members);
        unsigned char *expected = zip_member_data(&members[n_read++], &n_expected);
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
    static const zip_member members[] = {{"a.npy", .n_data = 50},
                                         {"b.npy", .n_data = 50, .method = 8},
                                         {"c.npy", .n_data = 50, .method = 8, .flags = 8},
                                         {"d.npy", .n_data = 50, .zip64 = true}};
    size_t n;
    zip_write("z", members, 4);
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
    zip_found next;
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
    return zip;
}
