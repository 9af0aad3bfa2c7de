/* The formats of files of arrays, and which of them a file has. */
#include "io/file.h"

#include <string.h>
#include <strings.h>

/* The table of formats that are read. */
static const mmax_reader readers[] = {
    {"auto", MMAX_FORMAT_AUTO, {NULL}, false, NULL},
    {"npy", MMAX_FORMAT_NPY, {".npy"}, false, mmax_npy_file_open},
    {"npz", MMAX_FORMAT_NPZ, {".npz"}, true, mmax_npz_file_open},
    {"safetensors", MMAX_FORMAT_SAFETENSORS, {".safetensors"}, true, mmax_safetensors_file_open},
    {"csv", MMAX_FORMAT_CSV, {".csv"}, false, mmax_csv_file_open},
    {"tsv", MMAX_FORMAT_TSV, {".tsv", ".tab"}, false, mmax_csv_file_open},
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

static const mmax_reader *reader_of(mmax_format format)
{
    size_t i = N_READERS - 1;
    while (i > 0 && readers[i].format != format)
        i--;
    return &readers[i];
}

/* The length of a name without the suffixes of compressions: the content tells of those. */
static size_t uncompressed_length(const char *file)
{
    static const char *const suffixes[] = {".gz", ".bz2", ".xz", ".zst", ".lz4"};
    size_t length = strlen(file);
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes;) {
        size_t n = strlen(suffixes[i]);
        bool is_there = length > n && strncasecmp(file + length - n, suffixes[i], n) == 0;
        length -= is_there ? n : 0;
        i = is_there ? 0 : i + 1;
    }
    return length;
}

static const mmax_reader *reader_by_suffix(const char *file)
{
    size_t length = uncompressed_length(file);
    for (size_t i = 1; i < N_READERS; i++)
        for (const char *const *suffix = readers[i].suffixes; *suffix; suffix++) {
            size_t n = strlen(*suffix);
            if (length > n && strncasecmp(file + length - n, *suffix, n) == 0)
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
                                     const mmax_source_options *options, const mmax_reader **reader,
                                     mmax_error *error)
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

mmax_status mmax_reader_choose(mmax_stream *stream, const char *file,
                               const mmax_source_options *options, const mmax_reader **reader,
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
