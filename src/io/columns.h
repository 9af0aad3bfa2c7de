/* The LIST of --columns: which columns of a text are logits, and in which order. */
#ifndef MMAX_IO_COLUMNS_H
#define MMAX_IO_COLUMNS_H

#include "base/base.h"

#define MMAX_LAST_COLUMN SIZE_MAX

/* A column by its name, or a range of them by their numbers, counted from 1. */
typedef struct mmax_column_item {
    char *name;         /* NULL: a range */
    size_t first, last; /* last is MMAX_LAST_COLUMN for "3-" */
} mmax_column_item;

typedef struct mmax_columns {
    mmax_column_item *items; /* (n_items,) */
    size_t n_items;
    bool has_names, has_ranges;
} mmax_columns;

/* Reads LIST = ITEM {"," ITEM}, where ITEM is a name, a number, N-M, N-, -M, or a name in double
 * quotes, a quote in it doubled; blanks around an item do not count.  MMAX_EUSAGE for another text.
 */
mmax_status mmax_columns_parse(const char *text, mmax_columns *columns, mmax_error *error);
void mmax_columns_clear(mmax_columns *columns);

#endif
