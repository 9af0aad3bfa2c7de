#include "io/file.h"
#include "io/archive.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* What a name asks for: a file, and of its arrays perhaps one. */
typedef struct target {
    char *path;
    char *array; /* NULL: the options say */
} target;

/* "a.npz[attn]" is the array attn of a.npz, unless there is a file of that very name.  Files and
 * arrays may both have brackets in their names: the file is the longest that is there. */
static mmax_status split_name(const char *name, target *split, mmax_error *error)
{
    size_t length = strlen(name);
    *split = (target){.path = mmax_copy_text(name)};
    bool has_array =
        split->path && length > 2 && name[length - 1] == ']' && access(name, F_OK) != 0;
    size_t last = 0, end = 0; /* of the name, before a bracket; 0: there is none */
    for (size_t i = has_array ? length - 1 : 0; i > 0 && end == 0; i--) {
        if (name[i] != '[')
            continue;
        split->path[i] = '\0';
        last = last ? last : i;
        end = strcmp(split->path, "-") == 0 || access(split->path, F_OK) == 0 ? i : 0;
    }
    end = end ? end : last;
    if (end > 0) {
        memcpy(split->path, name, end); /* with its brackets again */
        split->path[end] = '\0';
        split->array = mmax_copy_text(name + end + 1);
        if (split->array)
            split->array[length - end - 2] = '\0';
    }
    if (split->path && (split->array || end == 0))
        return MMAX_OK;
    free(split->path);
    return mmax_fail_memory(error, "opening an input");
}

/* Whether the format has what the options ask for. */
static mmax_status check_options(const mmax_file *self, const mmax_reader *reader,
                                 mmax_error *error)
{
    if (self->options.columns && reader->open != mmax_csv_file_open)
        return mmax_fail(error, MMAX_EUSAGE,
                         "%s: columns are chosen in CSV and TSV files only; take a part of an "
                         "array with --select",
                         mmax_stream_name(self->stream));
    char quoted[64];
    const char *array = self->options.array;
    if (!array || reader->has_members)
        return MMAX_OK;
    return mmax_fail(error, MMAX_EUSAGE, "%s: is one array without a name, not several with '%s'",
                     mmax_stream_name(self->stream),
                     mmax_quote(array, strlen(array), quoted, sizeof quoted));
}

/* Data may be compressed more than once, by mistake mostly; deeper ones are made to do harm. */
enum { MOST_COMPRESSIONS = 3 };

/* Replaces a stream of compressed data by that of what is in it. */
static mmax_status decompress(mmax_stream **stream, mmax_error *error)
{
    for (int i = 0;; i++) {
        const char *bytes;
        size_t n;
        mmax_status status = mmax_stream_peek(*stream, MMAX_SIGNATURE_SIZE, &bytes, &n, error);
        if (status != MMAX_OK)
            return status;
        const mmax_signature *signature = mmax_signature_find(bytes, n);
        if (!signature || !signature->compression)
            return MMAX_OK;
        if (i == MOST_COMPRESSIONS)
            return mmax_fail(error, MMAX_EUNSUPPORTED,
                             "%s: is compressed more than %d times over; decompress it first",
                             mmax_stream_name(*stream), MOST_COMPRESSIONS);
        status = mmax_decompress(*stream, stream, error);
        if (status != MMAX_OK)
            return status;
    }
}

/* Takes over the stream, also when it fails. */
static mmax_status open_on(mmax_stream *stream, target split, const mmax_source_options *options,
                           mmax_file **opened, mmax_error *error)
{
    const mmax_reader *reader = NULL;
    mmax_file *self;
    mmax_status status = decompress(&stream, error);
    if (status == MMAX_OK)
        status = mmax_reader_choose(stream, split.path, options, &reader, error);
    if (status == MMAX_OK)
        status = reader->open(stream, &self, error);
    if (status != MMAX_OK) {
        mmax_stream_free(stream);
        free(split.path);
        free(split.array);
        return status;
    }
    self->stream = stream;
    self->format = reader->name;
    self->path = split.path;
    self->array = split.array;
    self->options = *options;
    self->options.format = reader->format;
    if (split.array)
        self->options.array = split.array;
    status = check_options(self, reader, error);
    if (status == MMAX_OK)
        *opened = self;
    else
        mmax_file_free(self);
    return status;
}

mmax_status mmax_file_open(const char *file, const mmax_source_options *options, mmax_file **opened,
                           mmax_error *error)
{
    static const mmax_source_options defaults;
    mmax_stream *stream;
    target split;
    if (!options)
        options = &defaults;
    mmax_status status = check_delimiter(options->delimiter, error);
    if (status == MMAX_OK && options->select)
        status = mmax_select_check(options->select, error);
    if (status == MMAX_OK)
        status = split_name(file, &split, error);
    if (status != MMAX_OK)
        return status;
    status = mmax_stream_open(split.path, options->cancel, &stream, error);
    if (status != MMAX_OK) {
        free(split.path);
        free(split.array);
        return status;
    }
    return open_on(stream, split, options, opened, error);
}

void mmax_file_free(mmax_file *file)
{
    if (!file)
        return;
    if (file->methods->close)
        file->methods->close(file);
    mmax_stream_free(file->stream);
    free(file->path);
    free(file->array);
    free(file);
}

/* ---- arrays ---------------------------------------------------------------------------------- */

/* "attn" names the array of the member "attn.npy"; so does the member's own name. */
static bool is_named(const mmax_array_info *info, const char *name)
{
    size_t length = strlen(info->array);
    return strncmp(name, info->array, length) == 0 &&
           (name[length] == '\0' || strcmp(name + length, ".npy") == 0);
}

static void note_name(mmax_file *file)
{
    char quoted[64];
    const char *name = file->info.array;
    size_t room = sizeof file->names - file->names_used;
    file->n_arrays++;
    if (!name)
        return;
    mmax_quote(name, strlen(name), quoted, sizeof quoted);
    if (strlen(quoted) + sizeof ", '', ..." > room) {
        if (room > 1)
            snprintf(file->names + file->names_used, room, ", ...");
        file->names_used = sizeof file->names;
        return;
    }
    file->names_used += (size_t)snprintf(file->names + file->names_used, room, "%s'%s'",
                                         file->names_used ? ", " : "", quoted);
}

static mmax_status fail_unnamed(const mmax_file *file, mmax_error *error)
{
    char quoted[64];
    const char *name = file->options.array;
    return mmax_fail(error, MMAX_EUSAGE, "%s: holds no array named '%s'%s%s",
                     mmax_stream_name(file->stream),
                     mmax_quote(name, strlen(name), quoted, sizeof quoted),
                     file->n_arrays ? "; there are " : "", file->names);
}

static mmax_status fail_empty(const mmax_file *file, mmax_error *error)
{
    return mmax_fail(error, MMAX_EFORMAT, "%s: holds no array%s", mmax_stream_name(file->stream),
                     file->options.format == MMAX_FORMAT_NPZ
                         ? " in NPY format; what PyTorch saves in zip archives is pickled: save "
                           "it with safetensors or np.savez"
                         : "");
}

/* The next array, whatever its name. */
static mmax_status step(mmax_file *file, mmax_error *error)
{
    if (file->is_broken)
        file->at_end = true;
    if (file->at_end)
        return MMAX_OK;
    file->info = (mmax_array_info){0};
    file->is_float = file->is_alone = false;
    mmax_status status = file->methods->next(file, error);
    file->info.file = file->path;
    file->info.format = file->format;
    file->info.is_input = file->is_float || file->is_alone || file->options.array;
    if (status != MMAX_OK && !file->info.array && status != MMAX_EUNSUPPORTED)
        file->is_broken = true;
    if (!file->at_end && !file->is_broken)
        note_name(file);
    return status;
}

mmax_status mmax_file_next(mmax_file *file, const mmax_array_info **info, mmax_error *error)
{
    const char *wanted = file->options.array;
    mmax_status status = MMAX_OK;
    bool is_shown = false;
    if (file->is_found)
        file->at_end = true;
    while (status == MMAX_OK && !is_shown && !file->at_end) {
        status = step(file, error);
        is_shown =
            !file->at_end && (!wanted || (file->info.array && is_named(&file->info, wanted)));
        /* What is wrong with another array does not matter. */
        if (wanted && !is_shown && !file->is_broken)
            status = MMAX_OK;
    }
    file->is_found |= wanted && is_shown;
    if (status != MMAX_OK)
        return status;
    if (file->at_end && wanted && !file->is_found && !file->is_broken) {
        file->is_broken = true;
        return fail_unnamed(file, error);
    }
    if (file->at_end && file->n_arrays == 0 && !file->is_broken) {
        file->is_broken = true;
        return fail_empty(file, error);
    }
    *info = file->at_end ? NULL : &file->info;
    return MMAX_OK;
}

/* All of the array that next came to, but for a part that it takes itself. */
static mmax_status open_array(mmax_file *file, mmax_source **source, mmax_error *error)
{
    mmax_source *opened;
    mmax_status status = file->methods->open(file, &opened, error);
    if (status != MMAX_OK)
        return status;
    opened->stream = file->array_stream;
    opened->name = mmax_stream_name(file->array_stream);
    opened->input.file = file->path;
    opened->input.array = file->info.array;
    opened->input.format = file->format;
    *source = opened;
    return MMAX_OK;
}

/* An array knows its parts itself; a text must become one first. */
static mmax_status select_of_text(const mmax_file *file, mmax_source **source, mmax_error *error)
{
    const mmax_source_options *options = &file->options;
    bool is_text = options->format == MMAX_FORMAT_CSV || options->format == MMAX_FORMAT_TSV;
    if (!is_text || (!options->select && !options->has_axis))
        return MMAX_OK;
    return mmax_text_view_open(*source, options, source, error);
}

mmax_status mmax_file_array(mmax_file *file, mmax_source **source, mmax_error *error)
{
    mmax_source *opened;
    mmax_status status = open_array(file, &opened, error);
    if (status != MMAX_OK)
        return status;
    status = select_of_text(file, &opened, error);
    if (status == MMAX_OK)
        *source = opened;
    else
        mmax_source_free(opened);
    return status;
}

enum { COUNTED_ENTRIES = 32 * 1024 };

mmax_status mmax_file_count_rows(mmax_file *file, mmax_error *error)
{
    mmax_source *source;
    mmax_status status = open_array(file, &source, error); /* a text: all of it */
    if (status != MMAX_OK)
        return status;
    size_t row_length = source->input.row_length, n_rows = 1, n_entries = 0;
    size_t max_rows = row_length && row_length < COUNTED_ENTRIES ? COUNTED_ENTRIES / row_length : 1;
    double *rows = NULL;
    if (mmax_multiply(max_rows, row_length, &n_entries))
        rows = mmax_alloc_array(n_entries, sizeof *rows);
    if (!rows)
        status = mmax_fail_memory(error, "counting rows");
    while (status == MMAX_OK && n_rows > 0)
        status = mmax_source_read(source, max_rows, rows, &n_rows, error);
    if (status == MMAX_OK) {
        file->info.shape[0] = source->input.shape[0];
        file->info.rows_known = true;
    }
    free(rows);
    mmax_source_free(source);
    return status;
}

/* ---- the one array of a file ----------------------------------------------------------------- */

static mmax_status open_sole(mmax_file *file, mmax_source **source, mmax_error *error)
{
    const mmax_array_info *info = NULL;
    file->needs_alone = !file->options.array;
    mmax_status status = mmax_file_next(file, &info, error);
    if (status != MMAX_OK)
        return status;
    if (file->needs_alone && !file->is_alone) {
        char quoted[64];
        return mmax_fail(error, MMAX_EUSAGE,
                         "%s: holds several arrays where one is needed: name it in brackets, as "
                         "in 'FILE[%s]'",
                         mmax_stream_name(file->stream),
                         mmax_quote(info->array, strlen(info->array), quoted, sizeof quoted));
    }
    return mmax_file_array(file, source, error);
}

mmax_status mmax_source_open(const char *file, const mmax_source_options *options,
                             mmax_source **source, mmax_error *error)
{
    mmax_file *opened;
    mmax_status status = mmax_file_open(file, options, &opened, error);
    if (status != MMAX_OK)
        return status;
    status = open_sole(opened, source, error);
    if (status == MMAX_OK)
        (*source)->owner = opened;
    else
        mmax_file_free(opened);
    return status;
}
