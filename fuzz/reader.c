#include "reader.h"

#include "io/source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of a row: what a decompressor makes of a small file has no end. */
enum { MOST_ENTRIES = 1 << 20 };

/* One way of reading, and what came of it. */
typedef struct reading {
    const char *file;
    size_t block_rows;
    bool as_singles; /* where the array has them */
    bool is_given_up, is_archive;
    mmax_status status;
    size_t n_arrays, n_rows;
    uint64_t digest, last; /* of all values, and of those of the last row */
} reading;

static const char *const selects[] = {
    NULL,  "...",       "0",       ":",   "::-1", "1:",       ":2",           "..., 0",
    "::2", "..., ::-1", "newaxis", "0:0", "-1",   "..., 1:3", "1, ..., None", "::3, ::-2",
};
static const int axes[] = {-1, 0, 1, -2, 7, -8};
static const char *const column_lists[] = {NULL, "1", "2-", "-2", "a", "\"b\",1", "3,1-2", "x,y"};
static const char delimiters[] = {'\0', ',', ';', '\t', ' ', '|', '#', 'e'};
static const char *const arrays[] = {NULL, NULL, "a", "ts", "b.npy", ""};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static void choose_options(fuzz_input *input, mmax_format format, mmax_source_options *options)
{
    *options = (mmax_source_options){.format = format};
    options->select = selects[fuzz_choose(input, COUNT(selects))];
    size_t axis = fuzz_choose(input, 2 * COUNT(axes));
    options->has_axis = axis < COUNT(axes);
    options->axis = axes[axis % COUNT(axes)];
    if (fuzz_choose(input, 4) == 0)
        options->format = MMAX_FORMAT_AUTO;
    size_t kind = fuzz_choose(input, 256);
    if (format == MMAX_FORMAT_CSV) {
        options->header = (mmax_header)(kind % 3);
        options->delimiter = delimiters[kind / 3 % COUNT(delimiters)];
        options->columns = column_lists[fuzz_choose(input, COUNT(column_lists))];
    } else {
        options->array = arrays[kind % COUNT(arrays)];
    }
}

/* ---- one array ------------------------------------------------------------------------------- */

static void check_shape(const mmax_input *input)
{
    size_t n_rows = 1;
    REQUIRE(input->n_dims <= MMAX_MAX_DIMS);
    for (size_t i = 0; i + 1 < input->n_dims; i++)
        n_rows *= input->shape[i];
    REQUIRE(input->n_rows == n_rows);
    REQUIRE(input->row_length == (input->n_dims ? input->shape[input->n_dims - 1] : 1));
    REQUIRE(input->dtype && input->dtype_name && input->format);
}

static void check_places(mmax_source *source, size_t n_rows)
{
    char text[256];
    const mmax_input *input = mmax_source_input(source);
    mmax_source_place(source, n_rows - 1, MMAX_WHOLE_ROW, text, sizeof text);
    REQUIRE(text[0] && fuzz_is_harmless(text, strlen(text), ""));
    for (size_t i = 0; i < 2 && input->row_length > 0; i++) {
        size_t column = i * (input->row_length - 1);
        mmax_source_place(source, 0, column, text, sizeof text);
        REQUIRE(text[0] && fuzz_is_harmless(text, strlen(text), ""));
    }
    for (size_t i = 0; i < input->row_length && input->column_labels; i++)
        REQUIRE(input->column_labels[i]);
    mmax_source_row_label(source, n_rows - 1);
}

static void check_overflow(const mmax_source *source, const double *row, size_t row_length)
{
    char text[64];
    for (size_t i = 0; i < row_length; i++) {
        if (!isnan(row[i]) && row[i] != (double)INFINITY)
            continue;
        if (mmax_source_overflow(source, 0, i, text, sizeof text))
            REQUIRE(row[i] == (double)INFINITY && text[0]);
        break;
    }
}

/* FNV-1a over the bits of numbers; NaN of any payload is one. */
static uint64_t digest(uint64_t before, const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double value = isnan(values[i]) ? (double)NAN : values[i];
        uint64_t bits;
        memcpy(&bits, &value, sizeof bits);
        before = (before ^ bits) * 1099511628211u;
    }
    return before;
}

static mmax_status read_block(reading *r, mmax_source *source, size_t max_rows, double *rows,
                              size_t *n_rows, mmax_error *error)
{
    if (!r->as_singles || !mmax_source_has_singles(source))
        return mmax_source_read(source, max_rows, rows, n_rows, error);
    /* In the second half of the same room. */
    size_t n_entries = max_rows * mmax_source_input(source)->row_length;
    float *singles = (float *)rows + n_entries;
    mmax_status status = mmax_source_read_singles(source, max_rows, singles, n_rows, error);
    if (status == MMAX_OK)
        for (size_t i = 0; i < *n_rows * mmax_source_input(source)->row_length; i++)
            rows[i] = (double)singles[i];
    return status;
}

/* A row that the source goes back to is the row that it was. */
static void check_seek(mmax_source *source, size_t last, uint64_t expected, double *row)
{
    size_t n_read;
    if (!mmax_source_can_seek(source))
        return;
    REQUIRE(mmax_source_seek(source, last, NULL) == MMAX_OK);
    REQUIRE(mmax_source_read(source, 1, row, &n_read, NULL) == MMAX_OK && n_read == 1);
    REQUIRE(mmax_source_first_row(source) == last);
    REQUIRE(digest(0, row, mmax_source_input(source)->row_length) == expected);
}

static void check_block(reading *r, mmax_source *source, double *rows, size_t n)
{
    size_t row_length = mmax_source_input(source)->row_length, n_done, n_total;
    r->digest = digest(r->digest, rows, n * row_length);
    r->last = digest(0, rows + (n - 1) * row_length, row_length);
    check_places(source, n);
    check_overflow(source, rows, row_length);
    mmax_source_position(source, &n_done, &n_total);
    REQUIRE(n_total == 0 || n_done <= n_total);
}

static size_t read_blocks(reading *r, mmax_source *source, size_t max_rows, double *rows)
{
    mmax_error error;
    size_t n_read = 1, n = 0;
    while (n_read > 0) {
        r->status = read_block(r, source, max_rows, rows, &n_read, &error);
        if (r->status != MMAX_OK) {
            fuzz_check_error(r->status, &error);
            return n;
        }
        REQUIRE(n_read <= max_rows);
        REQUIRE(n_read == 0 || mmax_source_first_row(source) == n);
        if (n_read > 0)
            check_block(r, source, rows, n_read);
        n += n_read;
    }
    if (n > 0)
        check_seek(source, n - 1, r->last, rows);
    return n;
}

static void read_rows(reading *r, mmax_source *source)
{
    const mmax_input *input = mmax_source_input(source);
    size_t row_length = input->row_length;
    check_shape(input);
    r->is_given_up |= row_length > MOST_ENTRIES;
    if (r->is_given_up)
        return;
    size_t max_rows = r->block_rows * (row_length + 1) > MOST_ENTRIES ? 1 : r->block_rows;
    double *rows = malloc(max_rows * (row_length + 1) * sizeof *rows);
    REQUIRE(rows);
    size_t n = read_blocks(r, source, max_rows, rows);
    r->n_rows += n;
    free(rows);
    check_shape(input);
    if (r->status == MMAX_OK)
        REQUIRE(input->rows_known && input->n_rows == n);
}

/* ---- one file -------------------------------------------------------------------------------- */

static void check_info(const mmax_array_info *info)
{
    REQUIRE(info->file && info->format && info->n_dims <= MMAX_MAX_DIMS);
    REQUIRE(!info->is_read || (info->dtype && info->dtype_name));
}

static void read_arrays(reading *r, mmax_file *file)
{
    mmax_error error;
    for (r->n_arrays = 0; !r->is_given_up; r->n_arrays++) {
        const mmax_array_info *info = NULL;
        mmax_source *source = NULL;
        mmax_status status = mmax_file_next(file, &info, &error);
        if (status == MMAX_OK && !info)
            return;
        if (status == MMAX_OK) {
            check_info(info);
            r->is_archive = strcmp(info->format, "npz") == 0;
            status = mmax_file_array(file, &source, &error);
            REQUIRE(status != MMAX_OK || info->is_read);
        }
        if (status == MMAX_OK)
            read_rows(r, source);
        else
            fuzz_check_error(status, &error);
        if (status != MMAX_OK)
            r->status = status;
        mmax_source_free(source);
    }
}

static reading read_file(const mmax_source_options *options, const char *path, size_t block_rows,
                         bool as_singles)
{
    reading r = {.file = path, .block_rows = block_rows, .as_singles = as_singles};
    mmax_file *file;
    mmax_error error;
    r.status = mmax_file_open(path, options, &file, &error);
    if (r.status == MMAX_OK) {
        read_arrays(&r, file);
        mmax_file_free(file);
    } else {
        fuzz_check_error(r.status, &error);
    }
    return r;
}

static bool reads_the_same(const reading *a, const reading *b)
{
    return a->n_arrays == b->n_arrays && a->n_rows == b->n_rows && a->digest == b->digest;
}

/* Of an archive that lies the members depend on the way: its directory stands at the end, which a
 * pipe has not shown when its members come.  What lies behind the array that was named a pipe does
 * not look at, whatever it is. */
static bool agrees_with_pipe(const mmax_source_options *options, const reading *file,
                             const reading *pipe)
{
    if (file->is_archive || pipe->is_archive)
        return true;
    if (file->status != MMAX_OK && (pipe->status != MMAX_OK || options->array))
        return true;
    return file->status == pipe->status && reads_the_same(file, pipe);
}

void fuzz_read_arrays(mmax_format format, const uint8_t *data, size_t size)
{
    static const size_t block_sizes[] = {1, 2, 3, 64, 4096};
    fuzz_input input = {data, size};
    mmax_source_options options;
    choose_options(&input, format, &options);
    size_t block = block_sizes[fuzz_choose(&input, COUNT(block_sizes))];
    char *path = fuzz_file("input", input);
    reading first = read_file(&options, path, 4096, false);
    if (first.status == MMAX_OK && !first.is_given_up) {
        reading second = read_file(&options, path, block, true);
        REQUIRE(second.status == MMAX_OK && reads_the_same(&first, &second));
    }
    if (fuzz_pipe(input) && !first.is_given_up) {
        reading piped = read_file(&options, "-", block, false);
        REQUIRE(agrees_with_pipe(&options, &first, &piped));
    }
    free(path);
}
