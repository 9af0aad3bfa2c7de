/* What the tests of the io room share. */
#ifndef MMAX_TEST_IO_H
#define MMAX_TEST_IO_H

#include "io/io.h"
#include "testing.h"

TCase *npy_cases(void);
TCase *half_cases(void);
TCase *csv_cases(void);
TCase *text_cases(void);
TCase *source_cases(void);
TCase *writer_cases(void);
TCase *real_cases(void);
TCase *mask_cases(void);
TCase *stream_cases(void);
TCase *archive_cases(void);
TCase *zip_cases(void);
TCase *hostile_zip_cases(void);
TCase *product_cases(void);
TCase *product_block_cases(void);
TCase *array_cases(void);
TCase *token_cases(void);
TCase *view_cases(void);
TCase *text_view_cases(void);
TCase *parameter_cases(void);
TCase *safetensors_cases(void);
TCase *parameter_array_cases(void);

/* Goes to the test's own folder, so that files have short names in messages. */
void enter_folder(void);

/* Writes a file in the current folder. */
void write_bytes(const char *name, const void *bytes, size_t n_bytes);

/* Makes standard input a pipe that yields these bytes and ends. */
void feed_stdin(const void *bytes, size_t n_bytes);

/* The bytes of an NPY file: preamble of a version, the dictionary, then the data.  To be freed. */
char *npy_bytes(int version, const char *dictionary, const void *data, size_t n_data,
                size_t *n_bytes);

/* Opens and reads to the end in blocks; fails the test if that does not work.  The source stays
 * open.  values (n_rows, row_length), to be freed. */
double *read_all(const char *file, const mmax_source_options *options, size_t block_rows,
                 mmax_source **source);

/* Opens and reads to the end; the test fails unless that fails so. */
void expect_failure(const char *file, const mmax_source_options *options, mmax_status status,
                    const char *message);

#endif
