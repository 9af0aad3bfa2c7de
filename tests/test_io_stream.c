#include "io/stream.h"

#include "test_io.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Byte number I of every file here: no run of them repeats within 64 KiB. */
static unsigned char byte_at(size_t i)
{
    return (unsigned char)(i * 7 + i / 256);
}

/* Not one check a byte: Check writes each down. */
static void check_numbered(const char *bytes, size_t first, size_t n)
{
    size_t i = 0;
    while (i < n && (unsigned char)bytes[i] == byte_at(first + i))
        i++;
    ck_assert_msg(i == n, "byte %zu is wrong", first + i);
}

static void write_numbered(const char *name, size_t n)
{
    unsigned char *bytes = mmax_alloc_array(n, 1);
    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < n; i++)
        bytes[i] = byte_at(i);
    write_bytes(name, bytes, n);
    free(bytes);
}

static mmax_stream *open_stream(const char *file)
{
    mmax_stream *stream = NULL;
    mmax_error error = {0};
    mmax_status status = mmax_stream_open(file, NULL, &stream, &error);
    ck_assert_msg(status == MMAX_OK, "%s", error.message);
    return stream;
}

/* Reads to the end: every byte is that of the file at FIRST and on.  Returns how many there were.
 */
static size_t read_numbered(mmax_stream *stream, size_t first)
{
    size_t n_read = 0;
    for (;;) {
        const char *bytes;
        size_t n;
        mmax_error error = {0};
        mmax_status status = mmax_stream_peek(stream, 1, &bytes, &n, &error);
        ck_assert_msg(status == MMAX_OK, "%s", error.message);
        if (n == 0)
            return n_read;
        /* In odd steps, so that the buffer's border falls anywhere. */
        n = n < 100003 ? n : 100003;
        check_numbered(bytes, first + n_read, n);
        mmax_stream_skip(stream, n);
        n_read += n;
    }
}

enum { N_BYTES = 700001 }; /* more than two buffers */

/* ---- files ----------------------------------------------------------------------------------- */

START_TEST(a_shared_descriptor_stays_where_it_was)
{
    write_numbered("n", N_BYTES);
    int in = open("n", O_RDONLY);
    ck_assert_int_eq(lseek(in, 1000, SEEK_SET), 1000);
    ck_assert_int_eq(dup2(in, STDIN_FILENO), STDIN_FILENO);
    mmax_stream *stream = open_stream("-");
    size_t n_bytes, done, total;
    ck_assert(mmax_stream_is_file(stream, &n_bytes));
    ck_assert_uint_eq(n_bytes, N_BYTES - 1000);
    ck_assert_uint_eq(read_numbered(stream, 1000), N_BYTES - 1000);
    mmax_stream_position(stream, &done, &total);
    ck_assert_uint_eq(done, N_BYTES);
    ck_assert_uint_eq(total, N_BYTES);
    ck_assert_int_eq(lseek(in, 0, SEEK_CUR), 1000);
    mmax_stream_free(stream);
    close(in);
}
END_TEST

START_TEST(a_stream_is_read_on_where_somebody_moved_its_descriptor)
{
    write_numbered("n", N_BYTES);
    int in = open("n", O_RDONLY);
    ck_assert_int_eq(dup2(in, STDIN_FILENO), STDIN_FILENO);
    mmax_stream *stream = open_stream("-");
    const char *bytes;
    size_t n;
    ck_assert_int_eq(mmax_stream_peek(stream, 10, &bytes, &n, NULL), MMAX_OK);
    ck_assert_int_eq(lseek(in, 5, SEEK_SET), 5);
    ck_assert_uint_eq(read_numbered(stream, 0), N_BYTES);
    mmax_stream_free(stream);
    close(in);
}
END_TEST

/* Offsets inside what is buffered, before and after it, and at both ends of the file. */
static const size_t seeks[] = {0, 1, 262143, 262144, 5, 700000, 700001, 300000, 299999, 0};

START_TEST(a_seek_goes_anywhere_and_back)
{
    write_numbered("n", N_BYTES);
    mmax_stream *stream = open_stream("n");
    for (size_t i = 0; i < sizeof seeks / sizeof *seeks; i++) {
        const char *bytes;
        size_t n;
        ck_assert_int_eq(mmax_stream_seek(stream, seeks[i], NULL), MMAX_OK);
        ck_assert_uint_eq(mmax_stream_offset(stream), seeks[i]);
        ck_assert_int_eq(mmax_stream_peek(stream, 2, &bytes, &n, NULL), MMAX_OK);
        size_t rest = N_BYTES - seeks[i];
        ck_assert(n <= rest && (n >= 2 || n == rest));
        check_numbered(bytes, seeks[i], n);
    }
    ck_assert_uint_eq(read_numbered(stream, 0), N_BYTES);
    mmax_stream_free(stream);
}
END_TEST

/* ---- parts ----------------------------------------------------------------------------------- */

static const struct {
    size_t offset, n_bytes, n_expected;
} parts[] = {
    {0, 10, 10},
    {1, 300000, 300000},
    {262143, 2, 2},
    {700000, 1, 1},
    {700000, 2, 1},
    {700001, 1, 0},
    {800000, 1, 0},
    {5, 0, 0},
    {3, SIZE_MAX, N_BYTES - 3},
    {SIZE_MAX, 1, 0},
    {SIZE_MAX, SIZE_MAX, 0},
    {0, N_BYTES, N_BYTES},
};

START_TEST(a_part_is_a_file_of_its_own)
{
    size_t offset = parts[_i].offset, expected = parts[_i].n_expected;
    write_numbered("n", N_BYTES);
    mmax_stream *stream = open_stream("n"), *part = NULL;
    ck_assert_int_eq(mmax_stream_open_part(stream, "n: m", offset, parts[_i].n_bytes, &part, NULL),
                     MMAX_OK);
    size_t n_bytes, done, total;
    ck_assert_str_eq(mmax_stream_name(part), "n: m");
    ck_assert(mmax_stream_is_file(part, &n_bytes));
    ck_assert_uint_eq(n_bytes, expected);
    /* Both are read by turns, and the part outlives the whole. */
    const char *bytes;
    size_t n;
    ck_assert_int_eq(mmax_stream_peek(stream, 1, &bytes, &n, NULL), MMAX_OK);
    ck_assert_uint_eq(read_numbered(part, offset), expected);
    ck_assert_uint_eq(read_numbered(stream, 0), N_BYTES);
    mmax_stream_free(stream);
    mmax_stream_position(part, &done, &total);
    ck_assert_uint_eq(done, (offset < N_BYTES ? offset : N_BYTES) + expected);
    ck_assert_uint_eq(total, N_BYTES);
    if (expected > 1) {
        unsigned char last[2];
        ck_assert_int_eq(mmax_stream_seek(part, expected - 1, NULL), MMAX_OK);
        ck_assert_uint_eq(read_numbered(part, offset + expected - 1), 1);
        ck_assert_int_eq(mmax_stream_read_at(part, expected - 2, last, 2, NULL), MMAX_OK);
        ck_assert_uint_eq(last[1], byte_at(offset + expected - 1));
    }
    ck_assert_int_eq(mmax_stream_check_end(part, NULL), MMAX_OK);
    mmax_stream_free(part);
}
END_TEST

START_TEST(a_part_of_a_part_lies_within_it)
{
    write_numbered("n", N_BYTES);
    mmax_stream *stream = open_stream("n"), *part, *inner;
    size_t n_bytes, done, total;
    ck_assert_int_eq(mmax_stream_open_part(stream, "n: a", 1000, 500, &part, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_stream_open_part(part, "n: a: b", 100, 1000, &inner, NULL), MMAX_OK);
    ck_assert_str_eq(mmax_stream_name(inner), "n: a: b");
    ck_assert(mmax_stream_is_file(inner, &n_bytes));
    ck_assert_uint_eq(n_bytes, 400);
    ck_assert_uint_eq(read_numbered(inner, 1100), 400);
    mmax_stream_position(inner, &done, &total);
    ck_assert_uint_eq(done, 1500);
    ck_assert_uint_eq(total, N_BYTES);
    mmax_stream_free(inner);
    mmax_stream_free(part);
    mmax_stream_free(stream);
}
END_TEST

START_TEST(a_part_notices_that_its_file_was_written_to)
{
    mmax_error error;
    write_numbered("n", 1000);
    mmax_stream *stream = open_stream("n"), *part;
    ck_assert_int_eq(mmax_stream_open_part(stream, "n", 10, 10, &part, NULL), MMAX_OK);
    FILE *file = fopen("n", "ab");
    fputs("more", file);
    fclose(file);
    ck_assert_uint_eq(read_numbered(part, 10), 10);
    ck_assert_int_eq(mmax_stream_check_end(part, &error), MMAX_EIO);
    ck_assert_str_eq(error.message, "n: was written to while it was read; try again when its "
                                    "writer has finished");
    mmax_stream_free(part);
    mmax_stream_free(stream);
}
END_TEST

/* ---- supplies -------------------------------------------------------------------------------- */

/* Supplies the numbered bytes, at most 1000 a time, and fails behind the last if told to. */
typedef struct counter {
    size_t n_bytes, at;
    bool fails_at_end;
    int n_closed;
} counter;

static mmax_status counter_read(void *self, char *bytes, size_t n, size_t *n_read,
                                mmax_error *error)
{
    counter *c = self;
    size_t rest = c->n_bytes - c->at;
    n = n < 1000 ? n : 1000;
    n = n < rest ? n : rest;
    if (rest == 0 && c->fails_at_end)
        return mmax_fail(error, MMAX_EFORMAT, "the sum is wrong");
    for (size_t i = 0; i < n; i++)
        bytes[i] = (char)byte_at(c->at + i);
    c->at += n;
    *n_read = n;
    return MMAX_OK;
}

static void counter_position(const void *self, size_t *done, size_t *total)
{
    const counter *c = self;
    *done = c->at / 10;
    *total = c->n_bytes / 10;
}

static void counter_close(void *self)
{
    ((counter *)self)->n_closed++;
}

static const mmax_supply counting = {counter_read, counter_position, counter_close};

static mmax_stream *open_counter(counter *c, const volatile sig_atomic_t *cancel)
{
    mmax_stream *stream = NULL;
    ck_assert_int_eq(mmax_stream_open_supply("n: m", cancel, &counting, c, &stream, NULL), MMAX_OK);
    return stream;
}

START_TEST(a_supply_is_read_as_a_pipe_is)
{
    counter c = {.n_bytes = N_BYTES};
    mmax_stream *stream = open_counter(&c, NULL);
    size_t n_bytes, done, total;
    ck_assert_str_eq(mmax_stream_name(stream), "n: m");
    ck_assert(!mmax_stream_is_file(stream, &n_bytes));
    ck_assert_uint_eq(read_numbered(stream, 0), N_BYTES);
    mmax_stream_position(stream, &done, &total);
    ck_assert_uint_eq(done, N_BYTES / 10);
    ck_assert_uint_eq(total, N_BYTES / 10);
    ck_assert_int_eq(mmax_stream_check_end(stream, NULL), MMAX_OK);
    mmax_stream_free(stream);
    ck_assert_int_eq(c.n_closed, 1);
}
END_TEST

START_TEST(a_supply_that_is_spooled_becomes_a_file_and_is_closed)
{
    counter c = {.n_bytes = N_BYTES};
    mmax_stream *stream = open_counter(&c, NULL);
    const char *bytes;
    size_t n, n_moved, n_bytes;
    ck_assert_int_eq(mmax_stream_peek(stream, 100, &bytes, &n, NULL), MMAX_OK);
    mmax_stream_skip(stream, 100);
    ck_assert_int_eq(mmax_stream_spool(stream, 600000, &n_moved, NULL), MMAX_OK);
    ck_assert_uint_eq(n_moved, 600000);
    ck_assert_int_eq(c.n_closed, 1);
    ck_assert(mmax_stream_is_file(stream, &n_bytes));
    ck_assert_uint_eq(n_bytes, 600000);
    ck_assert_uint_eq(read_numbered(stream, 100), 600000);
    mmax_stream_free(stream);
    ck_assert_int_eq(c.n_closed, 1);
}
END_TEST

START_TEST(what_only_the_end_of_a_supply_tells_is_asked_for)
{
    mmax_error error;
    const char *bytes;
    size_t n, n_moved;
    for (int spooled = 0; spooled < 2; spooled++) {
        counter c = {.n_bytes = 5000, .fails_at_end = true};
        mmax_stream *stream = open_counter(&c, NULL);
        ck_assert_int_eq(mmax_stream_peek(stream, 100, &bytes, &n, NULL), MMAX_OK);
        ck_assert_int_eq(spooled ? mmax_stream_spool(stream, 100, &n_moved, &error)
                                 : mmax_stream_check_end(stream, &error),
                         MMAX_EFORMAT);
        ck_assert_str_eq(error.message, "the sum is wrong");
        mmax_stream_free(stream);
        ck_assert_int_eq(c.n_closed, 1);
    }
    /* Not for ever: of a supply without end 16 MiB, and what a read brings in. */
    counter endless = {.n_bytes = SIZE_MAX};
    mmax_stream *stream = open_counter(&endless, NULL);
    ck_assert_int_eq(mmax_stream_check_end(stream, NULL), MMAX_OK);
    ck_assert_uint_lt(endless.at, 17 * 1024 * 1024);
    mmax_stream_free(stream);
}
END_TEST

START_TEST(a_raised_flag_stops_a_supply)
{
    volatile sig_atomic_t flag = 0;
    counter c = {.n_bytes = 10};
    const char *bytes;
    size_t n;
    mmax_error error;
    mmax_stream *stream = open_counter(&c, &flag);
    flag = 1;
    ck_assert_int_eq(mmax_stream_peek(stream, 1, &bytes, &n, &error), MMAX_ECANCELED);
    ck_assert_str_eq(error.message, "n: m: reading was cancelled");
    mmax_stream_free(stream);
}
END_TEST

START_TEST(the_length_of_a_pipe_is_not_known)
{
    size_t done, total;
    feed_stdin("0123456789", 10);
    mmax_stream *stream = open_stream("-");
    const char *bytes;
    size_t n;
    ck_assert_int_eq(mmax_stream_peek(stream, 10, &bytes, &n, NULL), MMAX_OK);
    mmax_stream_skip(stream, 10);
    mmax_stream_position(stream, &done, &total);
    ck_assert_uint_eq(done, 10);
    ck_assert_uint_eq(total, 0);
    ck_assert_int_eq(mmax_stream_check_end(stream, NULL), MMAX_OK);
    mmax_stream_free(stream);
}
END_TEST

TCase *stream_cases(void)
{
    TCase *stream = tcase_create("stream");
    tcase_add_checked_fixture(stream, enter_folder, NULL);
    tcase_add_test(stream, a_shared_descriptor_stays_where_it_was);
    tcase_add_test(stream, a_stream_is_read_on_where_somebody_moved_its_descriptor);
    tcase_add_test(stream, a_seek_goes_anywhere_and_back);
    tcase_add_loop_test(stream, a_part_is_a_file_of_its_own, 0, sizeof parts / sizeof *parts);
    tcase_add_test(stream, a_part_of_a_part_lies_within_it);
    tcase_add_test(stream, a_part_notices_that_its_file_was_written_to);
    tcase_add_test(stream, a_supply_is_read_as_a_pipe_is);
    tcase_add_test(stream, a_supply_that_is_spooled_becomes_a_file_and_is_closed);
    tcase_add_test(stream, what_only_the_end_of_a_supply_tells_is_asked_for);
    tcase_add_test(stream, a_raised_flag_stops_a_supply);
    tcase_add_test(stream, the_length_of_a_pipe_is_not_known);
    return stream;
}
