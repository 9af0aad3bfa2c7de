/* What the first records of a delimited text tell of all: a header, row labels, how many values. */
#ifndef MMAX_IO_CSV_LAYOUT_H
#define MMAX_IO_CSV_LAYOUT_H

#include "io/csv_columns.h"

typedef struct mmax_csv_layout {
    mmax_csv_scanner scanner;
    mmax_csv_record ahead; /* the first record of data */
    bool has_header;
    bool has_row_labels;     /* the first cell of each record is no value */
    bool has_trailing;       /* a delimiter ends each record */
    bool has_words_in_first; /* the first record is data, but has cells that are no numbers */
    size_t row_length;
    mmax_csv_selection selection; /* of cells that are values, where columns were chosen */
    char **column_labels;         /* (row_length,) or NULL */
} mmax_csv_layout;

/* How a text is to be read. */
typedef struct mmax_csv_rules {
    char delimiter;
    mmax_header header;
    const mmax_columns *columns; /* NULL: every column but the rows' labels */
} mmax_csv_rules;

/* Reads as far as the first record of data and decides.
 *
 * auto: the first record is a header when its first cell is a corner, or when most of its cells are
 * words and not just the first (one word among numbers is more likely a mistake, and is reported),
 * nor a lone "1 2".
 *
 * The first column is labels when there is a header with a corner or with one cell less than the
 * data has, or when the first cell of the first record of data is a word and another is not; below
 * no header that word must not be a number gone wrong, lest it vanish without a complaint.
 *
 * A delimiter at the end of the first record must end all of them, and adds no value.
 *
 * Where columns are chosen, see mmax_csv_columns_header for the header; the first column is labels
 * if it is not chosen and has a corner, no heading or a word in it, and an empty cell at the end of
 * the records is a column like any other, but for open ranges.
 *
 * MMAX_EFORMAT when there is no data, or a header of another length than the data. */
mmax_status mmax_csv_layout_read(mmax_csv_layout *layout, mmax_stream *stream,
                                 const mmax_csv_rules *rules, mmax_error *error);
void mmax_csv_layout_clear(mmax_csv_layout *layout);

/* The next cell of the data: as mmax_csv_next, what was read ahead first. */
mmax_status mmax_csv_layout_next(mmax_csv_layout *layout, mmax_csv_cell *cell, bool *at_end,
                                 mmax_error *error);

/* As mmax_csv_next_numbers, none while there is something that was read ahead. */
size_t mmax_csv_layout_numbers(mmax_csv_layout *layout, double *values, size_t n);

#endif
