/* What every source has in common, and the formats that make them. */
#ifndef MMAX_IO_SOURCE_H
#define MMAX_IO_SOURCE_H

#include "io/io.h"
#include "io/npy_header.h"
#include "io/stream.h"

/* What differs from one format to the next. */
typedef struct mmax_source_methods {
    /* As mmax_source_read.  The caller keeps count of the rows. */
    mmax_status (*read)(mmax_source *source, size_t max_rows, double *logits, size_t *n_rows,
                        mmax_error *error);
    /* As mmax_source_read_singles; NULL: as float64 only. */
    mmax_status (*read_singles)(mmax_source *source, size_t max_rows, float *logits, size_t *n_rows,
                                mmax_error *error);
    /* As mmax_source_place; NULL: by the indices in the array. */
    void (*place)(const mmax_source *source, size_t block_row, size_t column, char *place,
                  size_t size);
    /* As mmax_source_overflow; NULL: numbers are no text. */
    bool (*overflow)(const mmax_source *source, size_t block_row, size_t column, char *text,
                     size_t size);
    const char *(*row_label)(const mmax_source *source, size_t block_row); /* NULL: no labels */
    /* As mmax_source_seek; NULL, or can_seek false: by no way but reading. */
    bool (*can_seek)(const mmax_source *source);
    mmax_status (*seek)(mmax_source *source, size_t row, mmax_error *error);
    void (*close)(mmax_source *source); /* frees what the format added; NULL: nothing */
} mmax_source_methods;

/* The head of every source; what its format needs follows it. */
struct mmax_source {
    const mmax_source_methods *methods;
    mmax_input input;
    mmax_element element;
    const char *name;                  /* for messages; the stream's */
    mmax_stream *stream;               /* the file's; NULL for memory */
    mmax_file *owner;                  /* freed with the source; NULL: somebody else's */
    size_t first_row;                  /* of the last block */
    size_t next_row;                   /* rows handed out so far */
    const mmax_tokens *keys, *queries; /* as in mmax_source_set_tokens */
};

/* The array behind an NPY header, of any type that is read, and the rows of a text.  The stream is
 * kept, not owned. */
mmax_status mmax_npy_open(mmax_stream *stream, const mmax_npy_header *header,
                          const mmax_source_options *options, mmax_source **source,
                          mmax_error *error);
mmax_status mmax_csv_open(mmax_stream *stream, const mmax_source_options *options,
                          mmax_source **source, mmax_error *error);

/* The part of a text that the options select, with rows along their axis, as an array: its values
 * are moved to a temporary file, as many rows of them as the selection looks at.  Takes over TEXT
 * when it succeeds; labels follow. */
mmax_status mmax_text_view_open(mmax_source *text, const mmax_source_options *options,
                                mmax_source **source, mmax_error *error);

/* Whether the source can go to any of its rows, and goes there: the next row read is ROW.  A
 * failure is MMAX_EIO. */
bool mmax_source_can_seek(const mmax_source *source);
mmax_status mmax_source_seek(mmax_source *source, size_t row, mmax_error *error);

/* Sets shape, n_rows and row_length; false if they or the bytes of the array, at ITEM_SIZE each,
 * overflow. */
bool mmax_input_set_shape(mmax_input *input, const size_t *shape, size_t n_dims, size_t item_size);

/* A row is held whole, several times over, so that its length bounds the memory of a run whatever a
 * file promises, and whatever a small one inflates to. */
enum { MMAX_MAX_ROW = 1 << 26 };

/* MMAX_EUNSUPPORTED for rows that are longer. */
mmax_status mmax_check_row_length(const char *name, size_t row_length, mmax_error *error);

/* Writes where an entry, or with MMAX_WHOLE_ROW a row, lies in an array: "a.npy: group 0.3, row 2,
 * column 5", and less of it for less than three axes. */
void mmax_place_in_array(const char *name, const mmax_input *input, size_t row, size_t column,
                         char *place, size_t size);

/* A kind of file told by bytes at a fixed place. */
typedef struct mmax_signature {
    size_t offset;
    const char *bytes;
    size_t n_bytes;
    mmax_format format;      /* the format that reads it; MMAX_FORMAT_AUTO: none does */
    const char *name;        /* "a gzip file" */
    const char *advice;      /* what to do about a kind that is not read */
    const char *compression; /* "gzip": what is in it decides the format; NULL for other kinds */
} mmax_signature;

/* Enough for every signature. */
enum { MMAX_SIGNATURE_SIZE = 32 };

/* The signature that the first n bytes of a file have; NULL for none. */
const mmax_signature *mmax_signature_find(const char *bytes, size_t n);

#endif
