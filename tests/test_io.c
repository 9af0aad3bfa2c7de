#include "test_io.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void enter_folder(void)
{
    ck_assert_int_eq(chdir(testing_folder()), 0);
}

void write_bytes(const char *name, const void *bytes, size_t n_bytes)
{
    FILE *file = fopen(name, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, n_bytes, file), n_bytes);
    ck_assert_int_eq(fclose(file), 0);
}

void feed_stdin(const void *bytes, size_t n_bytes)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        close(ends[0]);
        const char *from = bytes;
        while (n_bytes > 0) {
            /* In odd pieces, so that numbers are torn apart. */
            ssize_t n = write(ends[1], from, n_bytes < 1021 ? n_bytes : 1021);
            if (n <= 0)
                _exit(1);
            from += n;
            n_bytes -= (size_t)n;
        }
        _exit(0);
    }
    close(ends[1]);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    close(ends[0]);
}

char *npy_bytes(int version, const char *dictionary, const void *data, size_t n_data,
                size_t *n_bytes)
{
    size_t length = strlen(dictionary);
    size_t preamble = version == 1 ? 10 : 12;
    char *bytes = mmax_alloc_array(preamble + length + n_data, 1);
    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes, "\x93NUMPY", 6);
    bytes[6] = (char)version;
    bytes[7] = 0;
    for (size_t i = 8; i < preamble; i++)
        bytes[i] = (char)(length >> 8 * (i - 8));
    memcpy(bytes + preamble, dictionary, length);
    if (n_data > 0)
        memcpy(bytes + preamble + length, data, n_data);
    *n_bytes = preamble + length + n_data;
    return bytes;
}

double *read_all(const char *file, const mmax_source_options *options, size_t block_rows,
                 mmax_source **source)
{
    mmax_error error = {0};
    mmax_status status = mmax_source_open(file, options, source, &error);
    ck_assert_msg(status == MMAX_OK, "%s", error.message);
    const mmax_input *input = mmax_source_input(*source);
    double *values = NULL;
    size_t n_rows = 0, capacity = 0;
    for (;;) {
        size_t n;
        size_t left = input->rows_known ? input->n_rows - n_rows : SIZE_MAX;
        size_t room = n_rows + (left < block_rows ? left : block_rows);
        if (room > capacity || !values) {
            capacity = 2 * room;
            values = mmax_resize_array(values, capacity * (input->row_length + 1), sizeof *values);
            ck_assert_ptr_nonnull(values);
        }
        status =
            mmax_source_read(*source, block_rows, values + n_rows * input->row_length, &n, &error);
        ck_assert_msg(status == MMAX_OK, "%s", error.message);
        ck_assert_uint_le(n, block_rows);
        if (n == 0)
            break;
        n_rows += n;
        ck_assert_msg(!input->rows_known || n_rows <= input->n_rows, "more rows than promised");
    }
    ck_assert(input->rows_known);
    ck_assert_uint_eq(n_rows, input->n_rows);
    return values;
}

void expect_failure(const char *file, const mmax_source_options *options, mmax_status status,
                    const char *message)
{
    mmax_error error = {0};
    mmax_source *source = NULL;
    mmax_status got = mmax_source_open(file, options, &source, &error);
    if (got == MMAX_OK) {
        size_t n = 1;
        double *row = mmax_alloc_array(mmax_source_input(source)->row_length, sizeof *row);
        ck_assert_ptr_nonnull(row);
        while (got == MMAX_OK && n > 0)
            got = mmax_source_read(source, 1, row, &n, &error);
        free(row);
        mmax_source_free(source);
    } else {
        ck_assert_ptr_null(source);
    }
    ck_assert_msg(got != MMAX_OK, "%s was read; expected: %s", file, message);
    ck_assert_str_eq(error.message, message);
    ck_assert_int_eq(got, status);
    ck_assert_int_eq(error.status, status);
}

int main(void)
{
    Suite *suite = suite_create("io");
    suite_add_tcase(suite, npy_cases());
    suite_add_tcase(suite, half_cases());
    suite_add_tcase(suite, csv_cases());
    suite_add_tcase(suite, text_cases());
    suite_add_tcase(suite, source_cases());
    suite_add_tcase(suite, writer_cases());
    suite_add_tcase(suite, real_cases());
    suite_add_tcase(suite, mask_cases());
    suite_add_tcase(suite, stream_cases());
    suite_add_tcase(suite, archive_cases());
    suite_add_tcase(suite, zip_cases());
    suite_add_tcase(suite, hostile_zip_cases());
    suite_add_tcase(suite, product_cases());
    suite_add_tcase(suite, product_block_cases());
    suite_add_tcase(suite, array_cases());
    suite_add_tcase(suite, token_cases());
    suite_add_tcase(suite, view_cases());
    suite_add_tcase(suite, text_view_cases());
    suite_add_tcase(suite, parameter_cases());
    suite_add_tcase(suite, safetensors_cases());
    suite_add_tcase(suite, parameter_array_cases());
    return testing_run(suite);
}
