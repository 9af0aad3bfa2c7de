/* table: the report for people, in its parts: lines, numbers, columns, and the legend.
 * Called by table.c.
 *
 * A table has a line a map and a column a metric.  Lines stay within MMAX_TABLE_WIDTH columns of a
 * terminal: more metrics than fit are broken into blocks one below the other.  The columns of a
 * table of rows are fixed before the first row is known, and are not broken. */
#ifndef MMAX_REPORT_TABLE_H
#define MMAX_REPORT_TABLE_H

#include "report/parts.h"

enum {
    MMAX_TABLE_WIDTH = 100,
    MMAX_TABLE_NARROW = 80, /* what columns move closer together for */
    MMAX_LABEL_WIDTH = 24,  /* longer labels get a short name and a line in the legend */
    MMAX_CELL_SIZE = 32,
    MMAX_HEADING_SIZE = 32
};

/* ---- lines ----------------------------------------------------------------------------------- */

/* Blanks are held back until something follows them, so that no line ends in blanks. */
typedef struct mmax_pen {
    mmax_output *output;
    size_t blanks;
} mmax_pen;

void mmax_pen_text(mmax_pen *pen, const char *text);
void mmax_pen_left(mmax_pen *pen, const char *text, size_t width);
void mmax_pen_right(mmax_pen *pen, const char *text, size_t width);
void mmax_pen_end_line(mmax_pen *pen);

/* ---- numbers --------------------------------------------------------------------------------- */

/* Decimals that VALUE needs to show three significant digits; 0 for a whole number. */
int mmax_cell_decimals(double value);

/* Writes VALUE with at most DECIMALS decimals and at most four significant digits: "0.811",
 * "5.880", "1234"; whole numbers without decimals, "-" for NaN, powers of ten only below 0.0001.
 * Returns the blanks that belong behind it so that the points of a column lie below each other.
 * Independent of the locale. */
size_t mmax_cell_write(double value, int decimals, char text[MMAX_CELL_SIZE]);

/* ---- columns --------------------------------------------------------------------------------- */

typedef struct mmax_table_column {
    const mmax_metric_info *metric;
    char heading[2][MMAX_HEADING_SIZE]; /* two lines; the first may be empty */
    int decimals;
    size_t width; /* the mark of the best value stands behind it */
} mmax_table_column;

typedef struct mmax_table {
    mmax_pen pen;
    bool color;
    size_t n_maps;
    char labels[MMAX_MAX_MAPS][MMAX_LABEL_WIDTH + 1];
    size_t label_width;
    const char *lead_heading; /* of what stands before the labels, once for all maps */
    size_t lead_width;        /* 0: nothing does */
    size_t n_columns;
    mmax_table_column columns[MMAX_MAX_METRICS];
    size_t gap; /* blanks between a mark and the next column */
} mmax_table;

/* What a map is called in tables: its label, or "multimax#2" (the plan's second MultiMax) where
 * that is too long; returns whether it is. */
bool mmax_table_label(const mmax_plan *plan, size_t map, char label[MMAX_LABEL_WIDTH + 1]);

/* A table whose columns are as wide as their headings. */
void mmax_table_init(mmax_table *table, const mmax_report *report, const char *lead_heading,
                     size_t lead_width);

/* Values come as (n_maps, n_columns).  First every set of them raises the columns' decimals, then
 * every set widens the columns. */
void mmax_table_fit_decimals(mmax_table *table, const double *values);
void mmax_table_fit_widths(mmax_table *table, const double *values);

/* Fixes the widths of a table of rows: weights, counts and sums for up to ROW_LENGTH entries. */
void mmax_table_fit_rows(mmax_table *table, size_t row_length);

/* Chooses the gap; call it when all widths are known. */
void mmax_table_close_up(mmax_table *table);

/* Columns [first, the end that is returned) fit one block. */
size_t mmax_table_block(const mmax_table *table, size_t first);

void mmax_table_heading(mmax_table *table, size_t first, size_t end);

/* One line a map; LEAD on the first of them.  The best value of a column is marked where the maps
 * differ in the digits that are shown. */
void mmax_table_lines(mmax_table *table, size_t first, size_t end, const char *lead,
                      const double *values);

/* A line of whole numbers, one a column. */
void mmax_table_counts(mmax_table *table, size_t first, size_t end, const char *label,
                       const size_t *counts);

/* ---- legend ---------------------------------------------------------------------------------- */

/* What the marks, eps, s and the labels mean, and the parameters of every MultiMax. */
void mmax_table_legend(const mmax_report *report);

#endif
