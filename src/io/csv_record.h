/* The cells of a delimited text, one after the other: RFC 4180 (Shafranovich 2005), and what
 * people's programs make of it. */
#ifndef MMAX_IO_CSV_RECORD_H
#define MMAX_IO_CSV_RECORD_H

#include "io/stream.h"

/* A longer cell is an error, most likely of a quote that is not closed. */
enum { MMAX_CSV_MAX_CELL = 64 * 1024 };

/* Which lines that begin with '#' are comments.  A token may begin with '#' too, so once rows are
 * known to have labels no line is a comment, and while it is not known only "# ..." and "#". */
typedef enum mmax_csv_comments {
    MMAX_CSV_COMMENTS_ALL,
    MMAX_CSV_COMMENTS_SPACED,
    MMAX_CSV_COMMENTS_NONE
} mmax_csv_comments;

typedef struct mmax_csv_cell {
    const char *text; /* not 0-terminated; until the next call */
    size_t length;
    size_t line, column; /* of its first byte, from 1; columns count bytes */
    bool ends_record;
} mmax_csv_cell;

/* Where the next cell begins. */
typedef struct mmax_csv_scanner {
    mmax_stream *stream;
    char delimiter;
    mmax_csv_comments comments;
    bool is_plain;     /* the delimiter occurs in no number */
    bool is_inside;    /* in a record, not before one */
    size_t line;       /* from 1 */
    size_t line_begin; /* offset in the stream of the first byte of the line */
    bool stops[256];   /* bytes that end or spoil an unquoted cell */
    char *unquoted;    /* (MMAX_CSV_MAX_CELL,) for quoted cells; NULL until there is one */
} mmax_csv_scanner;

/* Starts at the stream's beginning; passes a UTF-8 byte order mark. */
mmax_status mmax_csv_scanner_init(mmax_csv_scanner *scanner, mmax_stream *stream, char delimiter,
                                  mmax_error *error);
void mmax_csv_scanner_clear(mmax_csv_scanner *scanner);

/* The next cell.  *AT_END is set, and the cell left alone, when only blank lines and comments
 * followed the last record. */
mmax_status mmax_csv_next(mmax_csv_scanner *scanner, mmax_csv_cell *cell, bool *at_end,
                          mmax_error *error);

/* Goes past up to n cells that are nothing but decimal numbers, in a record and not its last, as
 * far as they are in the stream's buffer, and returns how many these were: what mmax_csv_next and
 * mmax_csv_number would have read.  It may stop anywhere: whatever else a cell can be is left to
 * them. */
size_t mmax_csv_next_numbers(mmax_csv_scanner *scanner, double *values, size_t n);

#endif
