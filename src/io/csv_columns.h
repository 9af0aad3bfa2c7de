/* The columns of a text that are logits, where they are chosen. */
#ifndef MMAX_IO_CSV_COLUMNS_H
#define MMAX_IO_CSV_COLUMNS_H

#include "io/columns.h"
#include "io/csv_cell.h"

#define MMAX_NO_VALUE SIZE_MAX

/* Which cell of a record is which value of a row. */
typedef struct mmax_csv_selection {
    size_t n_cells; /* of each record; 0: nothing is chosen */
    size_t n_values;
    size_t *values; /* (n_cells,) the place of the cell in the row, MMAX_NO_VALUE for none */
    size_t *runs;   /* (n_cells,) how many cells from this one on are values in a row; 0: none */
} mmax_csv_selection;

/* Whether the first record is a header, where HEADER leaves it open.  With names it must be one.
 * Without, it is when most of the chosen cells are words, or when they count up by one as those of
 * a DataFrame do and the first cell, not chosen, is a corner.  What other cells hold does not
 * matter. */
mmax_status mmax_csv_columns_header(const mmax_columns *columns, const char *file,
                                    const mmax_csv_record *first, mmax_header header,
                                    bool *has_header, mmax_error *error);

/* Finds the columns in a record of data, of which the first n_columns cells are meant by "3-".
 *
 * header  NULL: none; else of one cell less than the data, or as many
 *
 * MMAX_EFORMAT with the place for a name that the header lacks or has twice, a number past the end,
 * and a column that is chosen twice. */
mmax_status mmax_csv_columns_select(const mmax_columns *columns, const char *file,
                                    const mmax_csv_record *header, const mmax_csv_record *data,
                                    size_t n_columns, mmax_csv_selection *selection,
                                    mmax_error *error);
void mmax_csv_selection_clear(mmax_csv_selection *selection);

#endif
