/* Which character separates the cells of a text, where nobody says. */
#ifndef MMAX_IO_CSV_SNIFF_H
#define MMAX_IO_CSV_SNIFF_H

#include "io/stream.h"

/* Goes by the first two records, of which the stream shows 64 KiB:
 *
 * - tab or ';' when both have it and the first has no comma, or when a split at it leaves numbers
 *   with decimal commas (so that the message about them has the right place);
 * - a run of blanks, as np.savetxt has it, when neither has a comma, tab, ';' or quote, and the
 *   first is numbers, or the second is (after a label or not) and the first has as many cells or
 *   lacks one over the label;
 * - else a comma.
 *
 * Whatever is quoted counts for nothing.  MMAX_EUNSUPPORTED for what is UTF-16 or UTF-32 without a
 * byte order mark. */
mmax_status mmax_csv_sniff(mmax_stream *stream, char *delimiter, mmax_error *error);

/* Whether the text is a number once a comma in it is taken for the decimal point. */
bool mmax_csv_has_decimal_comma(const char *text, size_t length);

#endif
