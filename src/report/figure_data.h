/* figure_data: the numbers that figures draw, as lines of CSV or TSV: one for each mark, behind a
 * line that names the columns.  In: a finished result.  Out: a file.  Called through multimax.h. */
#ifndef MMAX_FIGURE_DATA_H
#define MMAX_FIGURE_DATA_H

#include "report/delimited.h"
#include "report/parts.h"

/* How the data of one figure are written. */
typedef struct mmax_figure_writer {
    const char *const *columns; /* their names; NULL after the last */

    /* A line for each mark, with a field for every column; the result keeps the figure. */
    void (*write)(const mmax_result *result, mmax_delimited *line);
} mmax_figure_writer;

extern const mmax_figure_writer mmax_heatmap_writer, mmax_simplex_writer, mmax_tradeoff_writer;
extern const mmax_figure_writer mmax_curve_writer, mmax_distribution_writer, mmax_rows_writer,
    mmax_layers_writer;

/* The map's name as the figure has it. */
void mmax_field_map(mmax_delimited *line, const mmax_result *result, size_t map);

#endif
