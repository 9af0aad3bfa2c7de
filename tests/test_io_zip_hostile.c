/* Archives whose members are not what they seem. */
#include "test_io_zip.h"

#include <stdlib.h>
#include <string.h>

/* The first member cannot be read to its end. */
static void expect_first_fails(const char *file, mmax_status status, const char *message)
{
    zip_reader r = open_zip(file);
    zip_found next = {0};
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

/* ---- one member ------------------------------------------------------------------------------ */

#define AGAIN "; make or copy it again"

static const struct {
    zip_member member;
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
        zip_write("z", &bad[_i].member, 1);
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
    static const zip_member members[] = {{"a.npy", .n_data = 50, .method = 8, .flags = 1},
                                         {"b.npy", .n_data = 50, .method = 8}};
    mmax_file *file;
    mmax_error error;
    const mmax_array_info *info = NULL;
    zip_write("z", members, 2);
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
    static const zip_member members[] = {{"README", .flags = 1},
                                         {"a.npy", .n_data = 1000},
                                         {"b.npy", .n_data = 1000, .method = 8, .flags = 1},
                                         {"c.npy", .n_data = 1000, .method = 8}};
    static const char *const asked[] = {NULL, "a", "b", "c"};
    for (size_t i = 0; i < 8; i++) {
        const char *wanted = asked[i / 2];
        mmax_source_options options = {.array = wanted};
        mmax_file *file;
        mmax_error error = {.message = ""};
        zip_write("z", members, 4);
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
static const zip_member liars[] = {
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
    zip_write("z", &liars[_i], 1);
    free(testing_read_file("z", &n_file));
    for (int from_pipe = 0; from_pipe < 2; from_pipe++) {
        zip_found next = {0};
        mmax_error error = {0};
        unsigned char *bytes = NULL;
        size_t n = 0;
        if (from_pipe)
            feed_file("z");
        zip_reader r = open_zip(from_pipe ? "-" : "z");
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

/* ---- members that share bytes ---------------------------------------------------------------- */

/* The bytes of an inner archive, as the numbers of an array of the outer one, whose directory has
 * entries for both. */
START_TEST(a_member_within_another_is_read_as_it_is)
{
    static const zip_member inner = {"inner.npy", .n_data = 50};
    zip_writer small = {0}, large = {0};
    zip_add(&small, &inner);
    const zip_member outer = {"outer.npy", .n_data = small.file.n, .data = small.file.bytes};
    zip_add(&large, &outer);
    zip_add_entry(&large, &inner, large.file.n - small.file.n);
    zip_finish(&large, "");
    write_bytes("z", large.file.bytes, large.file.n);
    zip_reader r = open_zip("z");
    expect_member(&r, &outer, true);
    expect_member(&r, &inner, true);
    expect_end(&r);
    close_zip(&r);
    zip_free(&small);
    zip_free(&large);
}
END_TEST

/* As in archives that are to inflate without end from few bytes: libarchive takes them for one
 * member or for as many as there are entries, and each is what it is. */
START_TEST(a_thousand_entries_for_one_member_are_no_more_than_they_say)
{
    enum { N_ENTRIES = 1000 };
    static const zip_member m = {"a.npy", .n_data = 50, .method = 8};
    zip_writer zip = {0};
    size_t n_expected, n_members = 0;
    zip_add(&zip, &m);
    for (size_t i = 1; i < N_ENTRIES; i++)
        zip_add_entry(&zip, &m, 0);
    zip_finish(&zip, "");
    write_bytes("z", zip.file.bytes, zip.file.n);
    unsigned char *expected = zip_member_data(&m, &n_expected), *bytes;
    zip_reader r = open_zip("z");
    zip_found next = {0};
    while (mmax_zip_next(r.zip, &next.name, &next.stream, NULL) == MMAX_OK && next.name) {
        size_t n;
        ck_assert_int_eq(read_stream(next.stream, &bytes, &n, NULL), MMAX_OK);
        ck_assert_uint_eq(n, n_expected);
        ck_assert_mem_eq(bytes, expected, n);
        free(bytes);
        n_members++;
    }
    ck_assert_ptr_null(next.name);
    ck_assert(n_members == 1 || n_members == N_ENTRIES);
    free(expected);
    close_zip(&r);
    zip_free(&zip);
}
END_TEST

TCase *hostile_zip_cases(void)
{
    TCase *zip = tcase_create("hostile zip");
    tcase_add_checked_fixture(zip, enter_folder, NULL);
    tcase_add_loop_test(zip, a_member_that_is_not_what_it_says_is_an_error, 0,
                        sizeof bad / sizeof *bad);
    tcase_add_test(zip, a_member_that_is_encrypted_does_not_hide_those_behind_it);
    tcase_add_test(zip, an_encrypted_array_hides_no_other);
    tcase_add_loop_test(zip, no_lie_about_a_size_reaches_beyond_the_file, 0,
                        sizeof liars / sizeof *liars);
    tcase_add_test(zip, a_member_within_another_is_read_as_it_is);
    tcase_add_test(zip, a_thousand_entries_for_one_member_are_no_more_than_they_say);
    return zip;
}
