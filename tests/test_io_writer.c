#include "test_io.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const mmax_input matrix = {
    .n_dims = 2, .shape = {2, 3}, .rows_known = true, .n_rows = 2, .row_length = 3};
static const double weights[] = {0.1, 0.25, 0.65, (double)NAN, 0, 1};

static void write_all(const char *file, mmax_array_format format, mmax_element element,
                      const mmax_input *before, const mmax_input *after, const double *values)
{
    mmax_array_writer *writer;
    mmax_error error = {0};
    mmax_status status =
        mmax_array_writer_open(file, NULL, format, element, before, &writer, &error);
    for (size_t i = 0; status == MMAX_OK && i < after->n_rows; i++)
        status = mmax_array_writer_rows(writer, values + i * after->row_length, 1, &error);
    if (status == MMAX_OK)
        status = mmax_array_writer_commit(writer, after, &error);
    ck_assert_msg(status == MMAX_OK, "%s", error.message);
    mmax_array_writer_free(writer);
}

static void expect_bytes(const char *file, const char *expected, size_t n_expected)
{
    size_t n;
    char *bytes = testing_read_file(file, &n);
    ck_assert_uint_eq(n, n_expected);
    ck_assert_mem_eq(bytes, expected, n);
    free(bytes);
}

/* ---- NPY ------------------------------------------------------------------------------------- */

/* numpy.save("x.npy", numpy.zeros(shape, dtype)) of NumPy 1.24 without its data. */
static const struct {
    mmax_element element;
    size_t n_dims, shape[8];
    const char *dictionary;
    size_t n_bytes;
} headers[] = {
    {MMAX_FLOAT32, 2, {2, 3}, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 128},
    {MMAX_FLOAT64, 1, {5}, "{'descr': '<f8', 'fortran_order': False, 'shape': (5,), }", 128},
    {MMAX_FLOAT16, 0, {0}, "{'descr': '<f2', 'fortran_order': False, 'shape': (), }", 128},
    {MMAX_FLOAT32,
     8,
     {1, 1, 1, 1, 1, 1, 100, 100},
     "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1, 1, 100, 100), }",
     128},
    {MMAX_FLOAT32,
     5,
     {1, 1000, 1, 100, 1},
     "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1000, 1, 100, 1), }",
     128},
};

START_TEST(the_header_is_the_one_that_numpy_writes)
{
    mmax_input input = {.n_dims = headers[_i].n_dims, .rows_known = true, .n_rows = 1};
    char expected[256];
    size_t n = headers[_i].n_bytes, size = headers[_i].element == MMAX_FLOAT16   ? 2
                                           : headers[_i].element == MMAX_FLOAT32 ? 4
                                                                                 : 8;
    input.row_length = input.n_dims ? headers[_i].shape[input.n_dims - 1] : 1;
    for (size_t i = 0; i < input.n_dims; i++) {
        input.shape[i] = headers[_i].shape[i];
        input.n_rows *= i + 1 < input.n_dims ? input.shape[i] : 1;
    }
    double *zeros = mmax_alloc_zeroed(input.n_rows * input.row_length, sizeof *zeros);
    write_all("x.npy", MMAX_ARRAY_NPY, headers[_i].element, &input, &input, zeros);
    memcpy(expected, "\x93NUMPY\x01", 8);
    expected[8] = (char)(n - 10);
    expected[9] = 0;
    memset(expected + 10, ' ', n - 10);
    memcpy(expected + 10, headers[_i].dictionary, strlen(headers[_i].dictionary));
    expected[n - 1] = '\n';
    size_t n_bytes;
    char *bytes = testing_read_file("x.npy", &n_bytes);
    ck_assert_uint_eq(n_bytes, n + input.n_rows * input.row_length * size);
    ck_assert_mem_eq(bytes, expected, n);
    free(bytes);
    free(zeros);
}
END_TEST

START_TEST(elements_are_rounded_once_and_little_endian)
{
    static const double values[] = {1, -2, 1 + 0x1p-11 + 0x1p-40};
    static const mmax_input row = {
        .n_dims = 1, .shape = {3}, .rows_known = true, .n_rows = 1, .row_length = 3};
    /* Through float32 the last would lose 2^-40 and then fall to 1; nearest is 1 + 2^-10. */
    write_all("x.npy", MMAX_ARRAY_NPY, MMAX_FLOAT16, &row, &row, values);
    char *bytes = testing_read_file("x.npy", NULL);
    ck_assert_mem_eq(bytes + 128, "\x00\x3c\x00\xc0\x01\x3c", 6);
    free(bytes);
    write_all("x.npy", MMAX_ARRAY_NPY, MMAX_FLOAT32, &row, &row, values);
    bytes = testing_read_file("x.npy", NULL);
    ck_assert_mem_eq(bytes + 128, "\x00\x00\x80\x3f\x00\x00\x00\xc0\x00\x10\x80\x3f", 12);
    free(bytes);
}
END_TEST

START_TEST(what_is_written_as_npy_is_read_back)
{
    static const mmax_element elements[] = {MMAX_FLOAT16, MMAX_FLOAT32, MMAX_FLOAT64};
    static const char *const dtypes[] = {"<f2", "<f4", "<f8"};
    enum { N = 9000 };
    static double values[N];
    const mmax_input input = {
        .n_dims = 3, .shape = {2, 3, 1500}, .rows_known = true, .n_rows = 6, .row_length = 1500};
    for (size_t i = 0; i < N; i++)
        values[i] = (double)(i % 2000) / 16 - 60;
    values[7] = -(double)INFINITY;
    values[8] = (double)NAN;
    for (size_t i = 0; i < 3; i++) {
        mmax_source *source;
        write_all("x.npy", MMAX_ARRAY_NPY, elements[i], &input, &input, values);
        double *back = read_all("x.npy", NULL, 4, &source);
        ck_assert_str_eq(mmax_source_input(source)->dtype, dtypes[i]);
        ck_assert_int_eq(mmax_element_of(dtypes[i]), elements[i]);
        ck_assert_uint_eq(mmax_source_input(source)->shape[1], 3);
        for (size_t j = 0; j < N; j++)
            ck_assert(testing_same(back[j], values[j]));
        free(back);
        mmax_source_free(source);
    }
    ck_assert_int_eq(mmax_element_of(">f2"), MMAX_FLOAT16);
    ck_assert_int_eq(mmax_element_of("<i8"), MMAX_FLOAT64);
}
END_TEST

/* Standard output of the code between these two becomes the file. */
static int redirect_stdout(const char *file)
{
    fflush(stdout);
    int saved = dup(STDOUT_FILENO);
    int out = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ck_assert_int_ge(out, 0);
    ck_assert_int_eq(dup2(out, STDOUT_FILENO), STDOUT_FILENO);
    close(out);
    return saved;
}

static void restore_stdout(int saved)
{
    ck_assert_int_eq(dup2(saved, STDOUT_FILENO), STDOUT_FILENO);
    close(saved);
}

START_TEST(the_number_of_rows_may_come_last_in_a_file_and_on_standard_output)
{
    mmax_input before = matrix;
    before.rows_known = false;
    before.shape[0] = before.n_rows = 0;
    size_t n;
    write_all("known.npy", MMAX_ARRAY_NPY, MMAX_FLOAT64, &matrix, &matrix, weights);
    char *expected = testing_read_file("known.npy", &n);
    write_all("patched.npy", MMAX_ARRAY_NPY, MMAX_FLOAT64, &before, &matrix, weights);
    expect_bytes("patched.npy", expected, n);
    int saved = redirect_stdout("spooled.npy");
    write_all("-", MMAX_ARRAY_NPY, MMAX_FLOAT64, &before, &matrix, weights);
    restore_stdout(saved);
    expect_bytes("spooled.npy", expected, n);
    free(expected);
}
END_TEST

/* ---- text ------------------------------------------------------------------------------------ */

static const struct {
    mmax_array_format format;
    mmax_element element;
    const char *text;
} texts[] = {
    {MMAX_ARRAY_CSV, MMAX_FLOAT64, "0.1,0.25,0.65\n,0,1\n"},
    {MMAX_ARRAY_TSV, MMAX_FLOAT64, "0.1\t0.25\t0.65\n\t0\t1\n"},
    {MMAX_ARRAY_CSV, MMAX_FLOAT32, "0.1,0.25,0.65\n,0,1\n"},
    {MMAX_ARRAY_CSV, MMAX_FLOAT16, "0.1,0.25,0.65\n,0,1\n"},
};

START_TEST(numbers_are_written_as_short_as_their_type_allows)
{
    write_all("x.csv", texts[_i].format, texts[_i].element, &matrix, &matrix, weights);
    expect_bytes("x.csv", texts[_i].text, strlen(texts[_i].text));
}
END_TEST

START_TEST(an_array_of_more_axes_is_written_as_all_its_rows)
{
    const mmax_input cube = {
        .n_dims = 3, .shape = {2, 1, 3}, .rows_known = true, .n_rows = 2, .row_length = 3};
    write_all("x.csv", MMAX_ARRAY_CSV, MMAX_FLOAT64, &cube, &cube, weights);
    expect_bytes("x.csv", texts[0].text, strlen(texts[0].text));
}
END_TEST

/* ---- failures -------------------------------------------------------------------------------- */

START_TEST(what_is_not_committed_leaves_the_old_file)
{
    mmax_array_writer *writer;
    write_bytes("x.npy", "old", 3);
    ck_assert_int_eq(
        mmax_array_writer_open("x.npy", NULL, MMAX_ARRAY_NPY, MMAX_FLOAT64, &matrix, &writer, NULL),
        MMAX_OK);
    ck_assert_int_eq(mmax_array_writer_rows(writer, weights, 2, NULL), MMAX_OK);
    mmax_array_writer_free(writer);
    mmax_array_writer_free(NULL);
    expect_bytes("x.npy", "old", 3);
}
END_TEST

START_TEST(a_full_device_and_a_missing_folder_are_errors)
{
    mmax_array_writer *writer;
    mmax_error error = {0};
    static double zeros[100000];
    const mmax_input row = {
        .n_dims = 1, .shape = {100000}, .rows_known = true, .n_rows = 1, .row_length = 100000};
    ck_assert_int_eq(mmax_array_writer_open("no/x.npy", NULL, MMAX_ARRAY_NPY, MMAX_FLOAT64, &row,
                                            &writer, &error),
                     MMAX_EIO);
    ck_assert_str_eq(error.message, "no/x.npy: directory 'no' does not exist; create it first");
    static const mmax_array_format formats[] = {MMAX_ARRAY_NPY, MMAX_ARRAY_CSV};
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(mmax_array_writer_open("/dev/full", NULL, formats[i], MMAX_FLOAT64, &row,
                                                &writer, &error),
                         MMAX_OK);
        ck_assert_int_eq(mmax_array_writer_rows(writer, zeros, 1, &error), MMAX_EIO);
        ck_assert_str_eq(error.message, "/dev/full: cannot write: No space left on device");
        mmax_array_writer_free(writer);
    }
}
END_TEST

START_TEST(a_temporary_file_that_cannot_be_made_is_an_error)
{
    mmax_array_writer *writer;
    mmax_error error = {0};
    mmax_input unknown = matrix;
    unknown.rows_known = false;
    ck_assert_int_eq(setenv("TMPDIR", "/nonexistent", 1), 0);
    ck_assert_int_eq(
        mmax_array_writer_open("-", NULL, MMAX_ARRAY_NPY, MMAX_FLOAT64, &unknown, &writer, &error),
        MMAX_EIO);
    ck_assert_str_eq(
        error.message,
        "the weights: cannot be kept in a temporary file: No such file or directory; let "
        "TMPDIR name a folder with room");
    size_t n_bytes;
    char *bytes = npy_bytes(1, "{'descr': '=f8', 'fortran_order': True, 'shape': (2, 2)}", weights,
                            32, &n_bytes);
    feed_stdin(bytes, n_bytes);
    expect_failure("-", NULL, MMAX_EIO,
                   "standard input: cannot be kept in a temporary file: No such file or directory; "
                   "let TMPDIR name a folder with room");
    free(bytes);
}
END_TEST

TCase *writer_cases(void)
{
    TCase *writer = tcase_create("writer");
    tcase_add_checked_fixture(writer, enter_folder, NULL);
    tcase_add_loop_test(writer, the_header_is_the_one_that_numpy_writes, 0,
                        sizeof headers / sizeof *headers);
    tcase_add_test(writer, elements_are_rounded_once_and_little_endian);
    tcase_add_test(writer, what_is_written_as_npy_is_read_back);
    tcase_add_test(writer, the_number_of_rows_may_come_last_in_a_file_and_on_standard_output);
    tcase_add_loop_test(writer, numbers_are_written_as_short_as_their_type_allows, 0,
                        sizeof texts / sizeof *texts);
    tcase_add_test(writer, an_array_of_more_axes_is_written_as_all_its_rows);
    tcase_add_test(writer, what_is_not_committed_leaves_the_old_file);
    tcase_add_test(writer, a_full_device_and_a_missing_folder_are_errors);
    tcase_add_test(writer, a_temporary_file_that_cannot_be_made_is_an_error);
    return writer;
}
