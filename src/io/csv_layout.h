/* What the first records of a delimited text tell of all: a header, row labels, how many values. */
#ifndef MMAX_IO_CSV_LAYOUT_H
#define MMAX_IO_CSV_LAYOUT_H

#include "io/csv_record.h"

/* A record that was read ahead, to be read again. */
typedef struct mmax_csv_record {
    char *text; /* the cells' texts, one after the other */
    size_t text_used, text_size;
    mmax_csv_cell *cells; /* (n_cells,) their texts not set */
    size_t n_cells, cells_size;
    size_t next, next_text; /* the cell that is read again next */
} mmax_csv_record;

typedef struct mmax_csv_layout {
    mmax_csv_scanner scanner;
    mmax_csv_record ahead; /* the first record of data */
    bool has_header;
    bool has_row_labels;     /* the first cell of each record is no value */
    bool has_trailing;       /* a delimiter ends each record */
    bool has_words_in_first; /* the first record is data, but has cells that are no numbers */
    size_t row_length;
    char **column_labels; /* (row_length,) or NULL */
} mmax_csv_layout;

/* Reads as far as the first record of data and decides.
 *
 * auto: the first record is a header when its first cell is empty, or when most of its cells are
 * words and not just the first (one word among numbers is more likely a mistake, and is reported).
 *
 * The first column is labels when there is a header with an empty first cell or with one cell less
 * than the data has, or when the first cell of the first record of data is a word and another
 * is not.
 *
 * A delimiter at the end of the first record must end all of them, and adds no value.
 *
 * MMAX_EFORMAT when there is no data, or a header of another length than the data. */
mmax_status mmax_csv_layout_read(mmax_csv_layout *layout, mmax_stream *stream, char delimiter,
                                 mmax_header header, mmax_error *error);
void mmax_csv_layout_clear(mmax_csv_layout *layout);

/* The next cell of the data: as mmax_csv_next, what was read ahead first. */
mmax_status mmax_csv_layout_next(mmax_csv_layout *layout, mmax_csv_cell *cell, bool *at_end,
                                 mmax_error *error);

/* The cell's text without the spaces around it. */
const char *mmax_csv_trim(const mmax_csv_cell *cell, size_t *length);

/* Whether the cell is a number, with spaces around it or not. */
bool mmax_csv_number(const mmax_csv_cell *cell, double *value);

#endif
