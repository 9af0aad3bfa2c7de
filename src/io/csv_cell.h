/* Records of a text that are kept, and what their cells look like. */
#ifndef MMAX_IO_CSV_CELL_H
#define MMAX_IO_CSV_CELL_H

#include "io/csv_record.h"

/* A record that was read ahead, to be read again. */
typedef struct mmax_csv_record {
    char *text; /* the cells' texts, one after the other */
    size_t text_used, text_size;
    mmax_csv_cell *cells; /* (n_cells,) */
    size_t n_cells, cells_size;
    size_t next; /* the cell that is read again next */
} mmax_csv_record;

/* The first records are kept whole; with these limits a few inflated bytes are no gigabytes. */
enum { MMAX_CSV_MAX_CELLS = 1 << 24, MMAX_CSV_MAX_RECORD = 1 << 28 };

/* Reads a whole record.  It has no cells if the text has ended.  MMAX_EUNSUPPORTED beyond the
 * limits. */
mmax_status mmax_csv_record_read(mmax_csv_record *record, mmax_csv_scanner *scanner,
                                 mmax_error *error);
void mmax_csv_record_clear(mmax_csv_record *record);

/* The cell's text without the blanks around it. */
const char *mmax_csv_trim(const mmax_csv_cell *cell, size_t *length);

/* Whether the cell is a number, with blanks around it or not. */
bool mmax_csv_number(const mmax_csv_cell *cell, double *value);

bool mmax_csv_is_empty(const mmax_csv_cell *cell);

/* Whether it is neither empty nor a number, not even one with a decimal comma. */
bool mmax_csv_is_word(const mmax_csv_cell *cell);
size_t mmax_csv_count_words(const mmax_csv_cell *cells, size_t n);

/* Whether a text says that a number is missing: NA, N/A, NULL, None. */
bool mmax_csv_is_missing(const char *text, size_t length);

/* Whether a word is rather a number that is missing or written in a way that is not read, "1_000",
 * than a label. */
bool mmax_csv_is_bad_number(const mmax_csv_cell *cell);

/* Whether the cell heads the labels of rows: it is empty, or what pandas calls such a column when
 * it reads it back. */
bool mmax_csv_is_corner(const mmax_csv_cell *cell);

/* Whether the last cell is empty, and so a delimiter ends the line. */
bool mmax_csv_ends_in_delimiter(const mmax_csv_record *record);

#endif
