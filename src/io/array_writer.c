#include "io/convert.h"
#include "io/stream.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Elements converted at a time. */
enum { CHUNK = 4096 };

/* Magic, version, 2 bytes of length and the dictionary: for 8 dimensions of 20 digits less than
 * this. */
enum { HEADER_SIZE = 384 };

struct mmax_array_writer {
    mmax_array_format format;
    mmax_element element;
    mmax_output *output;
    int spool;       /* a temporary file for the data while the header cannot be written; or -1 */
    bool is_pending; /* the header that was written will have to be patched */
    size_t row_length;
    size_t n_rows; /* written */
    unsigned char chunk[CHUNK * sizeof(double)];
};

/* ---- the NPY header -------------------------------------------------------------------------- */

/* The same bytes as NumPy 1.23 and later write: after the dictionary there is room for a first axis
 * of 21 digits, so the length of the header does not depend on the number of rows, and it can be
 * written again when that is known. */
enum { FIRST_AXIS_DIGITS = 21, ALIGNMENT = 64, PREAMBLE = 10 };

static size_t format_header(const mmax_array_writer *writer, const mmax_input *input,
                            char header[HEADER_SIZE])
{
    static const char *const codes[] = {"<f2", "<f4", "<f8"};
    size_t used = PREAMBLE;
    memcpy(header, "\x93NUMPY\x01\x00", PREAMBLE - 2);
    used += (size_t)snprintf(header + used, HEADER_SIZE - used,
                             "{'descr': '%s', 'fortran_order': False, 'shape': (",
                             codes[writer->element]);
    size_t n_digits = 0;
    for (size_t i = 0; i < input->n_dims; i++) {
        const char *separator = i + 1 < input->n_dims ? ", " : input->n_dims == 1 ? "," : "";
        int n = snprintf(header + used, HEADER_SIZE - used, "%zu%s", input->shape[i], separator);
        used += (size_t)n;
        if (i == 0)
            n_digits = (size_t)n - strlen(separator);
    }
    used += (size_t)snprintf(header + used, HEADER_SIZE - used, "), }");
    size_t spare = input->n_dims ? FIRST_AXIS_DIGITS - n_digits : 0;
    size_t end = used + spare + 1;
    end += ALIGNMENT - end % ALIGNMENT;
    assert(end <= HEADER_SIZE);
    memset(header + used, ' ', end - used);
    header[end - 1] = '\n';
    header[PREAMBLE - 2] = (char)((end - PREAMBLE) & 0xff);
    header[PREAMBLE - 1] = (char)((end - PREAMBLE) >> 8);
    return end;
}

static mmax_status fail_spool(mmax_error *error)
{
    return mmax_fail_temporary("the weights", error);
}

static mmax_status begin_npy(mmax_array_writer *writer, const mmax_input *input, mmax_error *error)
{
    char header[HEADER_SIZE];
    if (!input->rows_known && !mmax_output_can_patch(writer->output)) {
        writer->spool = mmax_temporary_file();
        if (writer->spool < 0)
            return fail_spool(error);
        return MMAX_OK;
    }
    writer->is_pending = !input->rows_known;
    mmax_output_write(writer->output, header, format_header(writer, input, header));
    return mmax_output_status(writer->output, error);
}

mmax_status mmax_array_writer_open(const char *file, const volatile sig_atomic_t *cancel,
                                   mmax_array_format format, mmax_element element,
                                   const mmax_input *input, mmax_array_writer **writer,
                                   mmax_error *error)
{
    mmax_array_writer *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "opening an output");
    self->format = format;
    self->element = element;
    self->row_length = input->row_length;
    self->spool = -1;
    mmax_status status = mmax_output_open(file, cancel, &self->output, error);
    if (status == MMAX_OK && format == MMAX_ARRAY_NPY)
        status = begin_npy(self, input, error);
    if (status != MMAX_OK) {
        mmax_array_writer_free(self);
        return status;
    }
    *writer = self;
    return MMAX_OK;
}

void mmax_array_writer_free(mmax_array_writer *writer)
{
    if (!writer)
        return;
    if (writer->spool >= 0)
        close(writer->spool);
    mmax_output_free(writer->output);
    free(writer);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static mmax_status write_elements(mmax_array_writer *writer, const double *values, size_t n,
                                  mmax_error *error)
{
    for (size_t done = 0; done < n;) {
        size_t taken = n - done < CHUNK ? n - done : CHUNK;
        size_t n_bytes = taken * mmax_element_size(writer->element);
        mmax_element_from_double(writer->element, values + done, taken, writer->chunk);
        if (writer->spool >= 0) {
            mmax_status status = mmax_write_fully(writer->spool, writer->chunk, n_bytes)
                                     ? MMAX_OK
                                     : fail_spool(error);
            if (status != MMAX_OK)
                return status;
        } else {
            mmax_output_write(writer->output, writer->chunk, n_bytes);
        }
        done += taken;
    }
    return MMAX_OK;
}

/* The shortest text of a weight of the element's precision; none for a NaN. */
static size_t put_number(mmax_element element, double value, char text[MMAX_NUMBER_SIZE])
{
    if (isnan(value))
        return 0;
    if (element == MMAX_FLOAT64)
        return mmax_number_write(value, text);
    if (element == MMAX_FLOAT32)
        return mmax_number_write_float((float)value, text);
    return mmax_number_write_half(mmax_half_to_double(mmax_half_from_double(value)), text);
}

static void write_text(mmax_array_writer *writer, const double *values, size_t n_rows)
{
    char *text = (char *)writer->chunk, delimiter = writer->format == MMAX_ARRAY_TSV ? '\t' : ',';
    size_t used = 0;
    for (size_t i = 0; i < n_rows; i++)
        for (size_t j = 0; j < writer->row_length; j++) {
            if (sizeof writer->chunk - used <= MMAX_NUMBER_SIZE) {
                mmax_output_write(writer->output, text, used);
                used = 0;
            }
            used += put_number(writer->element, *values++, text + used);
            text[used++] = j + 1 < writer->row_length ? delimiter : '\n';
        }
    mmax_output_write(writer->output, text, used);
}

mmax_status mmax_array_writer_rows(mmax_array_writer *writer, const double *rows, size_t n_rows,
                                   mmax_error *error)
{
    writer->n_rows += n_rows;
    if (writer->format == MMAX_ARRAY_NPY) {
        mmax_status status = write_elements(writer, rows, n_rows * writer->row_length, error);
        return status != MMAX_OK ? status : mmax_output_status(writer->output, error);
    }
    write_text(writer, rows, n_rows);
    return mmax_output_status(writer->output, error);
}

/* ---- the end --------------------------------------------------------------------------------- */

static mmax_status copy_spool(mmax_array_writer *writer, mmax_error *error)
{
    off_t offset = 0;
    for (;;) {
        ssize_t n = pread(writer->spool, writer->chunk, sizeof writer->chunk, offset);
        if (n < 0 && errno != EINTR)
            return fail_spool(error);
        if (n == 0)
            return MMAX_OK;
        if (n > 0) {
            mmax_output_write(writer->output, writer->chunk, (size_t)n);
            offset += n;
        }
    }
}

mmax_status mmax_array_writer_commit(mmax_array_writer *writer, const mmax_input *input,
                                     mmax_error *error)
{
    assert(input->rows_known && writer->n_rows == input->n_rows);
    char header[HEADER_SIZE];
    if (writer->spool >= 0) {
        mmax_output_write(writer->output, header, format_header(writer, input, header));
        mmax_status status = copy_spool(writer, error);
        if (status != MMAX_OK)
            return status;
    }
    if (writer->is_pending)
        mmax_output_patch(writer->output, 0, header, format_header(writer, input, header));
    return mmax_output_commit(writer->output, error);
}
