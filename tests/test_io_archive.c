#include "io/archive.h"

#include "io/stream.h"
#include "test_io.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

#define BYTES(literal) literal, sizeof(literal) - 1

/* ---- compressing ----------------------------------------------------------------------------- */

static const struct {
    const char *name, *suffix;
    int (*add)(struct archive *);
} compressions[] = {
    {"gzip", ".gz", archive_write_add_filter_gzip},
    {"zstd", ".zst", archive_write_add_filter_zstd},
    {"xz", ".xz", archive_write_add_filter_xz},
    {"bzip2", ".bz2", archive_write_add_filter_bzip2},
    {"lz4", ".lz4", archive_write_add_filter_lz4},
};
enum { N_COMPRESSIONS = sizeof compressions / sizeof *compressions };

/* What libarchive's writer makes of the bytes, to be freed; NULL, and a word about it, where it can
 * not. */
static char *compress_bytes(int i, const void *bytes, size_t n, size_t *n_compressed)
{
    size_t room = n + n / 8 + 65536;
    char *compressed = mmax_alloc_array(room, 1);
    ck_assert_ptr_nonnull(compressed);
    struct archive *archive = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    if (compressions[i].add(archive) != ARCHIVE_OK) {
        printf("SKIP: %s: libarchive does not write it\n", compressions[i].name);
        archive_entry_free(entry);
        archive_write_free(archive);
        free(compressed);
        return NULL;
    }
    archive_write_set_bytes_per_block(archive, 0);
    ck_assert_int_eq(archive_write_set_format_raw(archive), ARCHIVE_OK);
    ck_assert_int_eq(archive_write_open_memory(archive, compressed, room, n_compressed),
                     ARCHIVE_OK);
    archive_entry_set_filetype(entry, AE_IFREG);
    ck_assert_int_eq(archive_write_header(archive, entry), ARCHIVE_OK);
    ck_assert_int_eq(archive_write_data(archive, bytes, n), (la_ssize_t)n);
    ck_assert_int_eq(archive_write_close(archive), ARCHIVE_OK);
    archive_entry_free(entry);
    archive_write_free(archive);
    return compressed;
}

/* Reads what is compressed in FILE to its end and finishes.  Bytes to be freed, also after a
 * failure. */
static mmax_status decompress_file(const char *file, char **bytes, size_t *n_bytes,
                                   mmax_error *error)
{
    mmax_stream *stream;
    *bytes = NULL;
    *n_bytes = 0;
    mmax_status status = mmax_stream_open(file, NULL, &stream, error);
    ck_assert_int_eq(status, MMAX_OK);
    status = mmax_decompress(stream, &stream, error);
    if (status != MMAX_OK) {
        mmax_stream_free(stream);
        return status;
    }
    size_t n = 1;
    while (status == MMAX_OK && n > 0) {
        const char *next;
        status = mmax_stream_peek(stream, 1, &next, &n, error);
        if (status != MMAX_OK || n == 0)
            break;
        *bytes = mmax_resize_array(*bytes, *n_bytes + n, 1);
        ck_assert_ptr_nonnull(*bytes);
        memcpy(*bytes + *n_bytes, next, n);
        *n_bytes += n;
        mmax_stream_skip(stream, n);
    }
    if (status == MMAX_OK)
        status = mmax_stream_check_end(stream, error);
    mmax_stream_free(stream);
    return status;
}

static void expect_bytes(const char *file, const void *expected, size_t n_expected)
{
    char *bytes;
    size_t n;
    mmax_error error = {0};
    mmax_status status = decompress_file(file, &bytes, &n, &error);
    ck_assert_msg(status == MMAX_OK, "%s", error.message);
    ck_assert_uint_eq(n, n_expected);
    ck_assert(n == 0 || memcmp(bytes, expected, n) == 0);
    free(bytes);
}

static void expect_damage(const char *file, const char *message)
{
    char *bytes;
    size_t n;
    mmax_error error = {0};
    ck_assert_int_eq(decompress_file(file, &bytes, &n, &error), MMAX_EFORMAT);
    ck_assert_str_eq(error.message, message);
    free(bytes);
}

/* ---- every input, compressed ----------------------------------------------------------------- */

enum { N_ROWS = 2000, ROW_LENGTH = 9, N_VALUES = N_ROWS * ROW_LENGTH };

static char *numbered_npy(const char *order, size_t *n_bytes)
{
    static double values[N_VALUES];
    char dictionary[96];
    testing_random random = {1};
    for (size_t i = 0; i < N_VALUES; i++)
        values[i] = testing_normal(&random);
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '=f8', 'fortran_order': %s, 'shape': (%d, %d)}", order, N_ROWS, ROW_LENGTH);
    return npy_bytes(1, dictionary, values, sizeof values, n_bytes);
}

static char *numbered_text(char delimiter, size_t *n_bytes)
{
    char *text = mmax_alloc_array(N_VALUES, MMAX_NUMBER_SIZE);
    ck_assert_ptr_nonnull(text);
    testing_random random = {2};
    *n_bytes = 0;
    for (size_t i = 0; i < N_VALUES; i++) {
        *n_bytes += mmax_number_write(testing_normal(&random), text + *n_bytes);
        text[(*n_bytes)++] = (i + 1) % ROW_LENGTH ? delimiter : '\n';
    }
    return text;
}

/* The same numbers, and the same words about them. */
static void expect_same_source(const char *file, const char *plain)
{
    mmax_source *source, *expected_source;
    double *expected = read_all(plain, NULL, 64, &expected_source);
    double *values = read_all(file, NULL, 64, &source);
    const mmax_input *input = mmax_source_input(source);
    const mmax_input *other = mmax_source_input(expected_source);
    ck_assert_str_eq(input->file, file);
    ck_assert_str_eq(input->format, other->format);
    ck_assert_uint_eq(input->n_rows, N_ROWS);
    ck_assert_uint_eq(other->n_rows, N_ROWS);
    ck_assert_uint_eq(input->row_length, ROW_LENGTH);
    ck_assert_mem_eq(values, expected, N_VALUES * sizeof *values);
    free(values);
    free(expected);
    mmax_source_free(source);
    mmax_source_free(expected_source);
}

static const char *const plain_names[] = {"c.npy", "f.npy", "a.csv", "a.tsv"};

START_TEST(a_compressed_file_or_pipe_holds_what_the_plain_file_holds)
{
    for (size_t i = 0; i < sizeof plain_names / sizeof *plain_names; i++) {
        const char *plain = plain_names[i];
        char file[32];
        size_t n, n_compressed;
        char *bytes = i < 2 ? numbered_npy(i == 0 ? "False" : "True", &n)
                            : numbered_text(i == 2 ? ',' : '\t', &n);
        char *compressed = compress_bytes(_i, bytes, n, &n_compressed);
        if (compressed) {
            write_bytes(plain, bytes, n);
            snprintf(file, sizeof file, "%s%s", plain, compressions[_i].suffix);
            write_bytes(file, compressed, n_compressed);
            expect_same_source(file, plain);
            feed_stdin(compressed, n_compressed);
            expect_same_source("-", plain);
        }
        free(compressed);
        free(bytes);
    }
}
END_TEST

START_TEST(the_suffix_below_that_of_the_compression_counts)
{
    static const char *const files[] = {"a.csv.gz", "a.CSV.GZ", "a.csv.gz.xz", "a.csv", ".gz"};
    static const char text[] = "1,2\t\n";
    size_t n;
    char *compressed = compress_bytes(0, BYTES("1,2\n"), &n);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        mmax_source *source;
        /* The content decides whether it is compressed, whatever the name. */
        write_bytes(files[i], compressed, n);
        free(read_all(files[i], NULL, 1, &source));
        ck_assert_str_eq(mmax_source_input(source)->format, "csv");
        mmax_source_free(source);
    }
    free(compressed);
    /* The first line has a tab: TSV, but for the name. */
    write_bytes("b.tab.zst", BYTES("1\t2\n"));
    write_bytes("b.csv.bz2", text, sizeof text - 1);
    mmax_source *source;
    free(read_all("b.tab.zst", NULL, 1, &source));
    ck_assert_str_eq(mmax_source_input(source)->format, "tsv");
    mmax_source_free(source);
    free(read_all("b.csv.bz2", NULL, 1, &source));
    ck_assert_str_eq(mmax_source_input(source)->format, "csv");
    ck_assert_uint_eq(mmax_source_input(source)->row_length, 2);
    mmax_source_free(source);
}
END_TEST

START_TEST(a_large_mask_may_be_compressed)
{
    /* More entries than are kept, so that it is read again for the second group. */
    enum { SIDE = 1449 };
    const mmax_input input = {.n_dims = 3,
                              .shape = {2, SIDE, SIDE},
                              .n_rows = 2 * SIDE,
                              .rows_known = true,
                              .row_length = SIDE};
    size_t n, n_compressed;
    unsigned char *entries = mmax_alloc_zeroed(SIDE, SIDE);
    for (size_t i = 0; i < SIDE; i++)
        entries[i * SIDE + i] = 1;
    char *npy = npy_bytes(1, "{'descr': '|b1', 'fortran_order': False, 'shape': (1449, 1449)}",
                          entries, (size_t)SIDE * SIDE, &n);
    char *compressed = compress_bytes(0, npy, n, &n_compressed);
    write_bytes("m.npy.gz", compressed, n_compressed);
    mmax_mask *mask;
    mmax_error error = {0};
    ck_assert_msg(mmax_mask_open("m.npy.gz", NULL, &input, &mask, &error) == MMAX_OK, "%s",
                  error.message);
    for (size_t row = 0; row < 2 * SIDE; row += SIDE / 2) {
        const double *addends;
        ck_assert_int_eq(mmax_mask_row(mask, row, &addends, &error), MMAX_OK);
        for (size_t i = 0; i < SIDE; i++)
            ck_assert(i == row % SIDE ? addends[i] == 0 : addends[i] < 0);
    }
    mmax_mask_free(mask);
    free(compressed);
    free(npy);
    free(entries);
}
END_TEST

/* ---- gzip, byte by byte ---------------------------------------------------------------------- */

#define GZIP_HEAD "\x1f\x8b\x08\0\0\0\0\0\0\x03"
#define STORED_BLOCK                                                                               \
    "\x01\x04\0\xfb\xff"                                                                           \
    "1,2\n"                          /* RFC 1951: final, stored, 4, ~4 */
#define CRC_OF_IT "\x33\x42\x21\x55" /* of "1,2\n", by Python's zlib.crc32 */
#define GZIP      GZIP_HEAD STORED_BLOCK CRC_OF_IT "\x04\0\0\0"

static const struct {
    const char *bytes;
    size_t n_bytes;
    const char *expected; /* or a message of damage */
} gzips[] = {
    {BYTES(GZIP), "1,2\n"},
    {BYTES(GZIP GZIP GZIP), "1,2\n1,2\n1,2\n"},
    {BYTES("\x1f\x8b\x08\x08\0\0\0\0\0\x03"
           "a.csv\0" STORED_BLOCK CRC_OF_IT "\x04\0\0\0"),
     "1,2\n"},
    /* As gzip -d, what follows is ignored: the zeros of a tape's last block, or anything. */
    {BYTES(GZIP "\0\0\0\0\0\0\0\0\0\0"), "1,2\n"},
    {BYTES(GZIP "garbage"), "1,2\n"},
    {BYTES(GZIP "\x1f"), "1,2\n"},
    {BYTES(GZIP_HEAD STORED_BLOCK "\x32\x42\x21\x55"
                                  "\x04\0\0\0"),
     "g: the gzip data is damaged: incorrect data check; make or copy it again"},
    {BYTES(GZIP_HEAD STORED_BLOCK CRC_OF_IT "\x05\0\0\0"),
     "g: the gzip data is damaged: incorrect length check; make or copy it again"},
    {BYTES(GZIP_HEAD STORED_BLOCK CRC_OF_IT),
     "g: the gzip data is damaged: it ends too soon; make or copy it again"},
    {BYTES(GZIP_HEAD "\x01\x04\0\xfb\xff"
                     "1,"),
     "g: the gzip data is damaged: it ends too soon; make or copy it again"},
    {BYTES(GZIP_HEAD), "g: the gzip data is damaged: it ends too soon; make or copy it again"},
    {BYTES(GZIP "\x1f\x8b\x08"),
     "g: the gzip data is damaged: it ends too soon; make or copy it again"},
    {BYTES("\x1f\x8b\x07\0\0\0\0\0\0\x03" STORED_BLOCK CRC_OF_IT "\x04\0\0\0"),
     "g: the gzip data is damaged: unknown compression method; make or copy it again"},
    {BYTES(GZIP_HEAD "\x07"),
     "g: the gzip data is damaged: invalid block type; make or copy it again"},
};

START_TEST(gzip_is_read_as_gzip_d_reads_it)
{
    const char *expected = gzips[_i].expected;
    write_bytes("g", gzips[_i].bytes, gzips[_i].n_bytes);
    if (expected[0] == '1')
        expect_bytes("g", expected, strlen(expected));
    else
        expect_damage("g", expected);
}
END_TEST

START_TEST(a_wrong_checksum_behind_an_array_is_noticed)
{
    size_t n, n_compressed;
    for (int fortran = 0; fortran < 2; fortran++) {
        char *bytes = numbered_npy(fortran ? "True" : "False", &n);
        char *compressed = compress_bytes(0, bytes, n, &n_compressed);
        compressed[n_compressed - 8] ^= 1;
        write_bytes("a.npy", compressed, n_compressed);
        expect_failure("a.npy", NULL, MMAX_EFORMAT,
                       "a.npy: the gzip data is damaged: incorrect data check; make or copy it "
                       "again");
        free(compressed);
        free(bytes);
    }
}
END_TEST

/* ---- any compression ------------------------------------------------------------------------- */

/* 100 kB that compress by half. */
static char *some_bytes(size_t *n)
{
    *n = 100000;
    char *bytes = mmax_alloc_array(*n, 1);
    testing_random random = {3};
    for (size_t i = 0; i < *n; i++)
        bytes[i] = (char)(testing_uniform(&random) * 16);
    return bytes;
}

START_TEST(members_and_frames_one_after_the_other_are_read_as_one)
{
    size_t n, n_compressed;
    char *bytes = some_bytes(&n);
    char *first = compress_bytes(_i, bytes, n / 3, &n_compressed);
    if (first) {
        size_t n_second;
        char *second = compress_bytes(_i, bytes + n / 3, n - n / 3, &n_second);
        first = mmax_resize_array(first, n_compressed + n_second, 1);
        memcpy(first + n_compressed, second, n_second);
        write_bytes("c", first, n_compressed + n_second);
        expect_bytes("c", bytes, n);
        free(second);
    }
    free(first);
    free(bytes);
}
END_TEST

/* Two members one after the other, so that either is cut. */
START_TEST(data_that_end_too_soon_are_damaged_wherever_they_end)
{
    enum { SIGNATURE = 10 }; /* with less it is not known to be compressed */
    char start[64];
    size_t n, n_compressed;
    char *bytes = some_bytes(&n);
    char *compressed = compress_bytes(_i, bytes, n, &n_compressed);
    if (compressed) {
        compressed = mmax_resize_array(compressed, 2 * n_compressed, 1);
        memcpy(compressed + n_compressed, compressed, n_compressed);
    }
    snprintf(start, sizeof start, "c: the %s data is damaged: ", compressions[_i].name);
    for (size_t i = 0; compressed && i < 80; i++) {
        char *read = NULL;
        size_t n_read;
        mmax_error error = {0};
        size_t cut = i < 20   ? SIGNATURE + i
                     : i < 40 ? n_compressed - 1 - (i - 20)
                     : i < 60 ? n_compressed + 14 + (i - 40)
                              : n_compressed * 2 / 21 * (i - 59);
        write_bytes("c", compressed, cut);
        ck_assert_msg(decompress_file("c", &read, &n_read, &error) == MMAX_EFORMAT,
                      "cut at %zu of %zu: %zu bytes", cut, 2 * n_compressed, n_read);
        ck_assert_msg(strncmp(error.message, start, strlen(start)) == 0, "%s", error.message);
        free(read);
    }
    free(compressed);
    free(bytes);
}
END_TEST

START_TEST(a_flipped_bit_is_an_error_or_does_not_matter)
{
    size_t n, n_compressed, n_noticed = 0, n_tries = 0;
    char *bytes = some_bytes(&n);
    char *compressed = compress_bytes(_i, bytes, n, &n_compressed);
    for (size_t at = 12; compressed && at < n_compressed; at += n_compressed / 150) {
        char *read = NULL;
        size_t n_read;
        mmax_error error = {0};
        compressed[at] ^= (char)(1 << at % 8);
        write_bytes("c", compressed, n_compressed);
        compressed[at] ^= (char)(1 << at % 8);
        mmax_status status = decompress_file("c", &read, &n_read, &error);
        /* libarchive writes zstd without checksums: what has none can not be held against it. */
        bool has_checksum = strcmp(compressions[_i].name, "zstd") != 0;
        if (status == MMAX_OK && has_checksum)
            ck_assert_msg(n_read == n && memcmp(read, bytes, n) == 0, "byte %zu", at);
        else if (status != MMAX_OK)
            ck_assert_int_eq(status, MMAX_EFORMAT);
        n_noticed += status != MMAX_OK || !has_checksum;
        n_tries++;
        free(read);
    }
    ck_assert_uint_ge(n_noticed * 10, n_tries * 9);
    free(compressed);
    free(bytes);
}
END_TEST

/* What zstd writes of "1,2\n", whose last four bytes are a checksum. */
START_TEST(a_zstd_checksum_is_compared)
{
    static const char zstd[] = "\x28\xb5\x2f\xfd\x04\x58\x21\x00\x00"
                               "1,2\n"
                               "\xbf\x93\x13\x60";
    char bytes[sizeof zstd - 1];
    memcpy(bytes, zstd, sizeof bytes);
    write_bytes("c", bytes, sizeof bytes);
    expect_bytes("c", "1,2\n", 4);
    bytes[sizeof bytes - 1] ^= 1;
    write_bytes("c", bytes, sizeof bytes);
    expect_damage("c", "c: the zstd data is damaged: Zstd decompression failed: Restored data "
                       "doesn't match checksum; make or copy it again");
}
END_TEST

/* What gzip, zstd, xz and lz4 write when they read nothing.  What bzip2 writes then has no
 * signature.
 */
static const struct {
    const char *bytes;
    size_t n_bytes;
} empty[] = {
    {BYTES("\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0")},
    {BYTES("\x28\xb5\x2f\xfd\x24\0\x01\0\0\x99\xe9\xd8\x51")},
    {BYTES(
        "\xfd"
        "7zXZ\0\0\x04\xe6\xd6\xb4\x46\0\0\0\0\x1c\xdf\x44\x21\x1f\xb6\xf3\x7d\x01\0\0\0\0\x04YZ")},
    {BYTES("\x04\x22\x4d\x18\x64\x40\xa7\0\0\0\0\x05\x5d\xcc\x02")},
};

START_TEST(what_is_compressed_and_empty_is_empty)
{
    write_bytes("c", empty[_i].bytes, empty[_i].n_bytes);
    expect_bytes("c", "", 0);
    expect_failure("c", NULL, MMAX_EFORMAT, "c: is empty; expected an array or rows of numbers");
}
END_TEST

static void expect_one_row(const char *file)
{
    mmax_source *source;
    double *values = read_all(file, NULL, 1, &source);
    ck_assert_uint_eq(mmax_source_input(source)->n_rows, 1);
    ck_assert_double_eq(values[1], 2);
    free(values);
    mmax_source_free(source);
}

START_TEST(three_layers_are_taken_off_and_four_are_refused)
{
    /* gzip, xz, gzip, bzip2, from the inside. */
    static const int layers[] = {0, 2, 0, 3};
    size_t n = 4;
    char *bytes = mmax_copy_text("1,2\n");
    for (size_t i = 0; i < 4; i++) {
        size_t n_compressed;
        char *compressed = compress_bytes(layers[i], bytes, n, &n_compressed);
        free(bytes);
        bytes = compressed;
        n = n_compressed;
        write_bytes("c", bytes, n);
        if (i < 3)
            expect_one_row("c");
        else
            expect_failure("c", NULL, MMAX_EUNSUPPORTED,
                           "c: is compressed more than 3 times over; decompress it first");
    }
    free(bytes);
}
END_TEST

START_TEST(the_position_is_that_in_the_compressed_file)
{
    size_t n, n_compressed, done, total, n_bytes;
    char *bytes = some_bytes(&n);
    char *compressed = compress_bytes(_i, bytes, n, &n_compressed);
    if (compressed) {
        mmax_stream *stream;
        const char *shown;
        write_bytes("c", compressed, n_compressed);
        ck_assert_int_eq(mmax_stream_open("c", NULL, &stream, NULL), MMAX_OK);
        ck_assert_int_eq(mmax_decompress(stream, &stream, NULL), MMAX_OK);
        ck_assert_str_eq(mmax_stream_name(stream), "c");
        ck_assert(!mmax_stream_is_file(stream, &n_bytes));
        ck_assert_int_eq(mmax_stream_peek(stream, 1, &shown, &n_bytes, NULL), MMAX_OK);
        mmax_stream_position(stream, &done, &total);
        ck_assert_uint_gt(done, 0);
        ck_assert_uint_le(done, n_compressed);
        ck_assert_uint_eq(total, n_compressed);
        mmax_stream_free(stream);
    }
    free(compressed);
    free(bytes);
}
END_TEST

START_TEST(a_raised_flag_stops_decompressing)
{
    size_t n, n_compressed;
    char *bytes = numbered_npy("False", &n);
    char *compressed = compress_bytes(_i, bytes, n, &n_compressed);
    if (compressed) {
        volatile sig_atomic_t flag = 0;
        static double rows[N_VALUES];
        mmax_source_options options = {.cancel = &flag};
        mmax_source *source;
        mmax_error error;
        size_t n_rows;
        write_bytes("c", compressed, n_compressed);
        ck_assert_int_eq(mmax_source_open("c", &options, &source, &error), MMAX_OK);
        flag = 1;
        ck_assert_int_eq(mmax_source_read(source, N_ROWS, rows, &n_rows, &error), MMAX_ECANCELED);
        ck_assert_str_eq(error.message, "c: reading was cancelled");
        mmax_source_free(source);
    }
    free(compressed);
    free(bytes);
}
END_TEST

TCase *archive_cases(void)
{
    TCase *archive = tcase_create("archive");
    tcase_add_checked_fixture(archive, enter_folder, NULL);
    tcase_add_loop_test(archive, a_compressed_file_or_pipe_holds_what_the_plain_file_holds, 0,
                        N_COMPRESSIONS);
    tcase_add_test(archive, the_suffix_below_that_of_the_compression_counts);
    tcase_add_test(archive, a_large_mask_may_be_compressed);
    tcase_add_loop_test(archive, gzip_is_read_as_gzip_d_reads_it, 0, sizeof gzips / sizeof *gzips);
    tcase_add_test(archive, a_wrong_checksum_behind_an_array_is_noticed);
    tcase_add_loop_test(archive, members_and_frames_one_after_the_other_are_read_as_one, 0,
                        N_COMPRESSIONS);
    tcase_add_loop_test(archive, data_that_end_too_soon_are_damaged_wherever_they_end, 0,
                        N_COMPRESSIONS);
    tcase_add_loop_test(archive, a_flipped_bit_is_an_error_or_does_not_matter, 0, N_COMPRESSIONS);
    tcase_add_test(archive, a_zstd_checksum_is_compared);
    tcase_add_loop_test(archive, what_is_compressed_and_empty_is_empty, 0,
                        sizeof empty / sizeof *empty);
    tcase_add_test(archive, three_layers_are_taken_off_and_four_are_refused);
    tcase_add_loop_test(archive, the_position_is_that_in_the_compressed_file, 0, N_COMPRESSIONS);
    tcase_add_loop_test(archive, a_raised_flag_stops_decompressing, 0, N_COMPRESSIONS);
    return archive;
}
