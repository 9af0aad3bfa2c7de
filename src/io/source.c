#include "io/source.h"

#include <assert.h>
#include <float.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- formats --------------------------------------------------------------------------------- */

/* The table of formats that are read. */
static const struct reader {
    const char *name;
    mmax_format format;
    const char *suffixes[3];
    mmax_status (*open)(mmax_stream *stream, const mmax_source_options *options,
                        mmax_source **source, mmax_error *error);
} readers[] = {
    {"auto", MMAX_FORMAT_AUTO, {NULL}, NULL},
    {"npy", MMAX_FORMAT_NPY, {".npy"}, mmax_npy_open},
    {"csv", MMAX_FORMAT_CSV, {".csv"}, mmax_csv_open},
    {"tsv", MMAX_FORMAT_TSV, {".tsv", ".tab"}, mmax_csv_open},
};

enum { N_READERS = sizeof readers / sizeof *readers };

const char *mmax_format_name_at(size_t i)
{
    return i < N_READERS ? readers[i].name : NULL;
}

bool mmax_format_parse(const char *name, mmax_format *format)
{
    for (size_t i = 0; i < N_READERS; i++)
        if (strcmp(name, readers[i].name) == 0) {
            *format = readers[i].format;
            return true;
        }
    return false;
}

static const struct reader *reader_of(mmax_format format)
{
    size_t i = N_READERS - 1;
    while (i > 0 && readers[i].format != format)
        i--;
    return &readers[i];
}

static const struct reader *reader_by_suffix(const char *file)
{
    size_t length = strlen(file);
    for (size_t i = 1; i < N_READERS; i++)
        for (const char *const *suffix = readers[i].suffixes; *suffix; suffix++) {
            size_t n = strlen(*suffix);
            if (length > n && strcasecmp(file + length - n, *suffix) == 0)
                return &readers[i];
        }
    return NULL;
}

/* A tab outside quotes in the first line that is neither blank nor a comment makes a text TSV. */
static mmax_format sniff_text(const char *text, size_t n)
{
    bool is_quoted = false, is_comment = n > 0 && text[0] == '#', has_content = false;
    for (size_t i = 0; i < n; i++) {
        bool ends_line = (text[i] == '\n' || text[i] == '\r') && !is_quoted;
        if (ends_line && has_content && !is_comment)
            break;
        if (ends_line) {
            is_comment = i + 1 < n && text[i + 1] == '#';
            has_content = false;
            continue;
        }
        has_content = true;
        if (is_comment)
            continue;
        is_quoted ^= text[i] == '"';
        if (text[i] == '\t' && !is_quoted)
            return MMAX_FORMAT_TSV;
    }
    return MMAX_FORMAT_CSV;
}

enum { SNIFFED_BYTES = 64 * 1024 };

static mmax_status choose_by_content(mmax_stream *stream, const char *file,
                                     const mmax_source_options *options,
                                     const struct reader **reader, mmax_error *error)
{
    *reader = reader_by_suffix(file);
    if (*reader)
        return MMAX_OK;
    const char *bytes;
    size_t n;
    mmax_status status = mmax_stream_peek(stream, SNIFFED_BYTES, &bytes, &n, error);
    if (status == MMAX_OK)
        *reader = reader_of(options->delimiter ? MMAX_FORMAT_CSV : sniff_text(bytes, n));
    return status;
}

static mmax_status choose_reader(mmax_stream *stream, const char *file,
                                 const mmax_source_options *options, const struct reader **reader,
                                 mmax_error *error)
{
    const char *name = mmax_stream_name(stream);
    const char *bytes;
    size_t n;
    mmax_status status = mmax_stream_peek(stream, MMAX_SIGNATURE_SIZE, &bytes, &n, error);
    if (status != MMAX_OK)
        return status;
    if (n == 0)
        return mmax_fail(error, MMAX_EFORMAT, "%s: is empty; expected an array or rows of numbers",
                         name);
    const mmax_signature *signature = mmax_signature_find(bytes, n);
    if (signature && signature->format == MMAX_FORMAT_AUTO)
        return mmax_fail(error, MMAX_EUNSUPPORTED, "%s: is %s; %s", name, signature->name,
                         signature->advice);
    if (options->format == MMAX_FORMAT_AUTO && !signature)
        return choose_by_content(stream, file, options, reader, error);
    *reader = reader_of(options->format == MMAX_FORMAT_AUTO ? signature->format : options->format);
    if (signature && (*reader)->format != signature->format)
        return mmax_fail(error, MMAX_EFORMAT, "%s: is %s, not %s", name, signature->name,
                         (*reader)->name);
    return MMAX_OK;
}

/* ---- opening and closing --------------------------------------------------------------------- */

static mmax_status check_delimiter(char delimiter, mmax_error *error)
{
    /* What numbers, quotes and lines are made of cannot also come between them. */
    static const char taken[] = "\"\r\n#+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz";
    char quoted[8];
    if (delimiter == '\0' || (!strchr(taken, delimiter) && (unsigned char)delimiter < 0x80))
        return MMAX_OK;
    return mmax_fail(error, MMAX_EUSAGE,
                     "invalid delimiter '%s': it would be mistaken for a part of the text",
                     mmax_quote(&delimiter, 1, quoted, sizeof quoted));
}

static mmax_status open_on(mmax_stream *stream, const char *file,
                           const mmax_source_options *options, mmax_source **source,
                           mmax_error *error)
{
    char *own_file = NULL;
    const struct reader *reader = NULL;
    mmax_source *opened;
    mmax_status status = choose_reader(stream, file, options, &reader, error);
    if (status != MMAX_OK)
        return status;
    own_file = mmax_copy_text(file);
    if (!own_file)
        return mmax_fail_memory(error, "opening an input");
    mmax_source_options decided = *options;
    decided.format = reader->format;
    status = reader->open(stream, &decided, &opened, error);
    if (status != MMAX_OK) {
        free(own_file);
        return status;
    }
    opened->stream = stream;
    opened->name = mmax_stream_name(stream);
    opened->file = own_file;
    opened->input.file = own_file;
    opened->input.format = reader->name;
    *source = opened;
    return MMAX_OK;
}

mmax_status mmax_source_open(const char *file, const mmax_source_options *options,
                             mmax_source **source, mmax_error *error)
{
    static const mmax_source_options defaults;
    mmax_stream *stream;
    if (!options)
        options = &defaults;
    mmax_status status = check_delimiter(options->delimiter, error);
    if (status == MMAX_OK)
        status = mmax_stream_open(file, options->cancel, &stream, error);
    if (status != MMAX_OK)
        return status;
    status = open_on(stream, file, options, source, error);
    if (status != MMAX_OK)
        mmax_stream_free(stream);
    return status;
}

void mmax_source_free(mmax_source *source)
{
    if (!source)
        return;
    if (source->methods->close)
        source->methods->close(source);
    mmax_stream_free(source->stream);
    free(source->file);
    free(source);
}

/* ---- reading --------------------------------------------------------------------------------- */

mmax_status mmax_source_read(mmax_source *source, size_t max_rows, double *logits, size_t *n_rows,
                             mmax_error *error)
{
    assert(max_rows > 0);
    size_t n;
    mmax_status status = source->methods->read(source, max_rows, logits, &n, error);
    if (status != MMAX_OK)
        return status;
    source->first_row = source->next_row;
    source->next_row += n;
    *n_rows = n;
    return MMAX_OK;
}

bool mmax_source_can_seek(const mmax_source *source)
{
    return source->methods->can_seek && source->methods->can_seek(source);
}

mmax_status mmax_source_seek(mmax_source *source, size_t row, mmax_error *error)
{
    assert(row <= source->input.n_rows);
    mmax_status status = source->methods->seek(source, row, error);
    if (status == MMAX_OK)
        source->first_row = source->next_row = row;
    return status;
}

const mmax_input *mmax_source_input(const mmax_source *source)
{
    return &source->input;
}

const char *mmax_source_row_label(const mmax_source *source, size_t block_row)
{
    return source->methods->row_label ? source->methods->row_label(source, block_row) : NULL;
}

double mmax_source_epsilon(const mmax_source *source)
{
    return source->element == MMAX_FLOAT64 ? DBL_EPSILON : (double)FLT_EPSILON;
}

/* ---- shapes and places ----------------------------------------------------------------------- */

bool mmax_input_set_shape(mmax_input *input, const size_t *shape, size_t n_dims, size_t item_size)
{
    /* An axis of 0 must not hide an overflow in the others: the rows are counted without the last
     * axis. */
    size_t n_bytes = item_size;
    for (size_t i = 0; i < n_dims; i++)
        if (!mmax_multiply(n_bytes, shape[i] ? shape[i] : 1, &n_bytes) || n_bytes > PTRDIFF_MAX)
            return false;
    input->n_dims = n_dims;
    input->n_rows = 1;
    for (size_t i = 0; i < n_dims; i++) {
        input->shape[i] = shape[i];
        input->n_rows *= i + 1 < n_dims ? shape[i] : 1;
    }
    input->row_length = n_dims ? shape[n_dims - 1] : 1;
    return true;
}

void mmax_unravel(const mmax_input *input, size_t row, size_t index[MMAX_MAX_DIMS])
{
    /* The first index is what remains: the length of a text's first axis may not be known yet. */
    for (size_t i = input->n_dims < 1 ? 0 : input->n_dims - 1; i-- > 0;) {
        index[i] = i > 0 ? row % input->shape[i] : row;
        row = i > 0 ? row / input->shape[i] : 0;
    }
}

size_t mmax_group_rows(const mmax_input *input)
{
    return input->n_dims < 2 ? 1 : input->shape[input->n_dims - 2];
}

/* "a.npy: group 0.3, row 2, column 5", and less of it for less than three axes or a whole row. */
static void place_in_array(const mmax_source *source, size_t row, size_t column, char *place,
                           size_t size)
{
    size_t n_dims = source->input.n_dims;
    size_t index[MMAX_MAX_DIMS];
    char group[MMAX_MAX_DIMS * 21 + 16] = "";
    size_t used = 0;
    mmax_unravel(&source->input, row, index);
    for (size_t i = 0; i + 2 < n_dims; i++)
        used += (size_t)snprintf(group + used, sizeof group - used, "%s%zu", i ? "." : " group ",
                                 index[i]);
    char in_row[32] = "";
    if (column != MMAX_WHOLE_ROW)
        snprintf(in_row, sizeof in_row, "%s column %zu", n_dims == 1 ? ":" : ",", column);
    if (n_dims == 0)
        snprintf(place, size, "%s", source->name);
    else if (n_dims == 1)
        snprintf(place, size, "%s%s", source->name, in_row);
    else
        snprintf(place, size, "%s:%s%s row %zu%s", source->name, group, used ? "," : "",
                 index[n_dims - 2], in_row);
}

void mmax_source_place(const mmax_source *source, size_t block_row, size_t column, char *place,
                       size_t size)
{
    if (source->methods->place)
        source->methods->place(source, block_row, column, place, size);
    else
        place_in_array(source, source->first_row + block_row, column, place, size);
}
