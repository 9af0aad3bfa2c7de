/* Lines of CSV and TSV, field by field.  In: texts and numbers.  Out: an output.  Called by the
 * writers of this room only. */
#ifndef MMAX_DELIMITED_H
#define MMAX_DELIMITED_H

#include "base/base.h"

/* CSV quotes as RFC 4180 has it, with "\n" at the ends of lines; TSV cannot quote and escapes tabs,
 * line ends and backslashes instead. */
typedef struct mmax_delimited {
    mmax_output *output;
    bool is_tsv;
    bool in_line; /* a field is there: the next one is delimited from it */
} mmax_delimited;

/* The fields of a line, from left to right.  TEXT, whatever bytes it has, keeps its tabs and line
 * ends, as the format writes them; the rest is escaped as by mmax_quote.  It may be NULL, then the
 * field is empty. */
void mmax_field_text(mmax_delimited *line, const char *text);

/* A label: all of it is escaped as by mmax_quote.  May be NULL. */
void mmax_field_label(mmax_delimited *line, const char *label);

/* Empty where the number does not exist: NaN and the infinities. */
void mmax_field_number(mmax_delimited *line, double value);

/* The same for a float32: the shortest decimal that reads back to it. */
void mmax_field_float(mmax_delimited *line, float value);

void mmax_field_count(mmax_delimited *line, size_t count);
void mmax_field_none(mmax_delimited *line);

void mmax_end_line(mmax_delimited *line);

#endif
