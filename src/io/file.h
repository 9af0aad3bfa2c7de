/* What every file of arrays has in common, and the kinds of them. */
#ifndef MMAX_IO_FILE_H
#define MMAX_IO_FILE_H

#include "io/source.h"

/* What differs from one kind of file to the next. */
typedef struct mmax_file_methods {
    /* Goes to the next array: sets INFO, whose pointers live until the next call, and the stream
     * that the array is read from; or at_end. */
    mmax_status (*next)(mmax_file *file, mmax_error *error);
    /* The source of that array, once.  The caller sets what all sources have in common. */
    mmax_status (*open)(mmax_file *file, mmax_source **source, mmax_error *error);
    void (*close)(mmax_file *file); /* frees what the kind added; NULL: nothing */
} mmax_file_methods;

/* The head of every file of arrays; what its kind needs follows it. */
struct mmax_file {
    const mmax_file_methods *methods;
    const char *format; /* its name */
    char *path;         /* as given, without an array in brackets; "-" is standard input */
    char *array;        /* what was in brackets, or NULL */
    mmax_stream *stream;
    mmax_source_options options; /* with the format decided */
    mmax_array_info info;        /* of the array that next came to */
    bool is_float;               /* that one is of floating-point numbers */
    bool is_alone;               /* it is the only one; see needs_alone */
    mmax_stream *array_stream;   /* what that is read from; belongs to the kind */
    size_t n_arrays;             /* gone past */
    bool needs_alone; /* is_alone must be told of every first array, not just of other types */
    bool at_end;
    bool is_broken;    /* nothing behind what failed can be reached */
    bool is_found;     /* the array that the options name was shown */
    char names[256];   /* of the arrays gone past, for a message; as many as fit */
    size_t names_used; /* of it */
};

/* One line of the table of formats. */
typedef struct mmax_reader {
    const char *name;
    mmax_format format;
    const char *suffixes[3];
    bool has_members; /* arrays with names */
    mmax_status (*open)(mmax_stream *stream, mmax_file **file, mmax_error *error);
} mmax_reader;

/* The reader for a stream: that of the options, or by its first bytes, or by the suffix of FILE;
 * but never one that the first bytes contradict.  What is known and not read is MMAX_EUNSUPPORTED.
 */
mmax_status mmax_reader_choose(mmax_stream *stream, const char *file,
                               const mmax_source_options *options, const mmax_reader **reader,
                               mmax_error *error);

/* The kinds.  They look at the stream only when the first array is asked for; it is not theirs. */
mmax_status mmax_npy_file_open(mmax_stream *stream, mmax_file **file, mmax_error *error);
mmax_status mmax_npz_file_open(mmax_stream *stream, mmax_file **file, mmax_error *error);
mmax_status mmax_safetensors_file_open(mmax_stream *stream, mmax_file **file, mmax_error *error);
mmax_status mmax_csv_file_open(mmax_stream *stream, mmax_file **file, mmax_error *error);

#endif
