#include "io/array.h"
#include "test_io.h"

#include <stdlib.h>
#include <string.h>

/* A stream of 5 bytes that belong to nobody and then 24 bytes, of which each element is its own
 * index: places in the expectations are worked out by hand. */
enum { BEFORE = 5, N_DATA = 24 };

static void make_bytes(unsigned char *bytes)
{
    memset(bytes, 0xee, BEFORE);
    for (size_t i = 0; i < N_DATA; i++)
        bytes[BEFORE + i] = (unsigned char)i;
}

static mmax_array bytes_array(size_t n_dims, const size_t *shape, bool is_fortran)
{
    mmax_dtype dtype;
    mmax_array array;
    ck_assert_int_eq(mmax_dtype_parse("a", "|u1", 3, &dtype, NULL), MMAX_OK);
    ck_assert_int_eq(
        mmax_array_describe("a", &dtype, shape, n_dims, is_fortran, BEFORE, &array, NULL), MMAX_OK);
    return array;
}

static mmax_stream *open_stream(bool is_pipe, const void *bytes, size_t n)
{
    mmax_stream *stream = NULL;
    if (is_pipe)
        feed_stdin(bytes, n);
    else
        write_bytes("a.bin", bytes, n);
    ck_assert_int_eq(mmax_stream_open(is_pipe ? "-" : "a.bin", NULL, &stream, NULL), MMAX_OK);
    return stream;
}

static mmax_source *open_array(mmax_stream *stream, const mmax_array *array)
{
    static const mmax_source_options defaults;
    mmax_source *source = NULL;
    mmax_error error = {.message = ""};
    mmax_status status = mmax_array_open(stream, array, &defaults, &source, &error);
    ck_assert_msg(status == MMAX_OK, "%s", error.message);
    return source;
}

static void close_array(mmax_source *source)
{
    mmax_stream *stream = source->stream;
    mmax_source_free(source);
    mmax_stream_free(stream);
}

static void expect_values(mmax_source *source, const double *expected, size_t n)
{
    size_t row_length = mmax_source_input(source)->row_length;
    size_t n_done = 0, n_rows;
    double row[N_DATA];
    do {
        ck_assert_int_eq(mmax_source_read(source, 1, row, &n_rows, NULL), MMAX_OK);
        for (size_t i = 0; i < n_rows * row_length; i++)
            ck_assert_double_eq(row[i], expected[n_done++]);
    } while (n_rows > 0);
    ck_assert_uint_eq(n_done, n);
}

START_TEST(an_array_may_lie_anywhere_in_a_file_or_a_pipe)
{
    unsigned char bytes[BEFORE + N_DATA];
    double in_c[N_DATA], in_fortran[N_DATA];
    bool is_pipe = _i & 1, is_fortran = _i & 2;
    make_bytes(bytes);
    for (size_t i = 0; i < N_DATA; i++) {
        in_c[i] = (double)i;
        in_fortran[i] = (double)(i / 6 + 4 * (i % 6));
    }
    mmax_array array = bytes_array(2, (const size_t[]){4, 6}, is_fortran);
    mmax_source *source = open_array(open_stream(is_pipe, bytes, sizeof bytes), &array);
    expect_values(source, is_fortran ? in_fortran : in_c, N_DATA);
    close_array(source);
}
END_TEST

START_TEST(a_range_of_leading_indices_needs_nothing_that_comes_after_it)
{
    /* Rows 1 and 2 of (4, 6): bytes 6 to 17; of those after them not one is there. */
    unsigned char bytes[BEFORE + N_DATA];
    double expected[12];
    make_bytes(bytes);
    for (size_t i = 0; i < 12; i++)
        expected[i] = (double)(6 + i);
    mmax_array array = bytes_array(2, (const size_t[]){4, 6}, false);
    array.layout.offset += 6;
    array.layout.shape[0] = 2;
    mmax_source *source = open_array(open_stream(_i, bytes, BEFORE + 18), &array);
    expect_values(source, expected, 12);
    close_array(source);
}
END_TEST

START_TEST(strides_may_be_negative_and_leave_gaps)
{
    /* Of (4, 6) the rows 3 and 1, of those the columns 5, 3, 1. */
    static const double expected[] = {23, 21, 19, 11, 9, 7};
    unsigned char bytes[BEFORE + N_DATA];
    make_bytes(bytes);
    mmax_array array = bytes_array(2, (const size_t[]){4, 6}, false);
    array.layout.offset = BEFORE + 23;
    array.layout.shape[0] = 2, array.layout.strides[0] = -12;
    array.layout.shape[1] = 3, array.layout.strides[1] = -2;
    mmax_source *source = open_array(open_stream(_i, bytes, sizeof bytes), &array);
    expect_values(source, expected, 6);
    close_array(source);
}
END_TEST

static const struct {
    bool is_pipe, is_fortran;
    size_t n_bytes, first_row;
    const char *message;
} cut[] = {
    {false, false, BEFORE + 20, 0,
     "a.bin: truncated: the header promises 24 bytes of data, 20 are there"},
    {false, true, BEFORE + 20, 0,
     "a.bin: truncated: the header promises 24 bytes of data, 20 are there"},
    {false, false, 3, 0, "a.bin: truncated: the header promises 24 bytes of data, 0 are there"},
    {true, true, BEFORE + 20, 0,
     "standard input: truncated: the header promises 24 bytes of data, 20 are there"},
    {true, false, BEFORE + 7, 2,
     "standard input: truncated: the header promises 24 bytes of data, 7 are there"},
    {true, true, 3, 0,
     "standard input: truncated: the header promises 24 bytes of data, 0 are there"},
};

START_TEST(missing_bytes_are_counted_from_the_beginning_of_the_data)
{
    static const mmax_source_options defaults;
    unsigned char bytes[BEFORE + N_DATA];
    mmax_source *source;
    mmax_error error;
    make_bytes(bytes);
    mmax_array array = bytes_array(2, (const size_t[]){4, 6}, cut[_i].is_fortran);
    array.layout.offset += 6 * cut[_i].first_row;
    array.layout.shape[0] -= cut[_i].first_row;
    mmax_stream *stream = open_stream(cut[_i].is_pipe, bytes, cut[_i].n_bytes);
    ck_assert_int_eq(mmax_array_open(stream, &array, &defaults, &source, &error), MMAX_EFORMAT);
    ck_assert_str_eq(error.message, cut[_i].message);
    mmax_stream_free(stream);
}
END_TEST

START_TEST(an_array_without_elements_needs_no_bytes)
{
    mmax_array array = bytes_array(3, (const size_t[]){2, 0, 3}, false);
    mmax_source *source = open_array(open_stream(_i, "", 0), &array);
    ck_assert_uint_eq(mmax_source_input(source)->n_rows, 0);
    ck_assert_uint_eq(mmax_source_input(source)->row_length, 3);
    expect_values(source, NULL, 0);
    close_array(source);
}
END_TEST

TCase *array_cases(void)
{
    TCase *array = tcase_create("array");
    tcase_add_checked_fixture(array, enter_folder, NULL);
    tcase_add_loop_test(array, an_array_may_lie_anywhere_in_a_file_or_a_pipe, 0, 4);
    tcase_add_loop_test(array, a_range_of_leading_indices_needs_nothing_that_comes_after_it, 0, 2);
    tcase_add_loop_test(array, strides_may_be_negative_and_leave_gaps, 0, 2);
    tcase_add_loop_test(array, missing_bytes_are_counted_from_the_beginning_of_the_data, 0,
                        sizeof cut / sizeof *cut);
    tcase_add_loop_test(array, an_array_without_elements_needs_no_bytes, 0, 2);
    return array;
}
