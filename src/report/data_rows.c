/* The bars of rows. */
#include "report/figure_data.h"

#include <math.h>

static const char *const columns[] = {"index", "row",     "epsilon", "entry",  "label",
                                      "logit", "entries", "map",     "weight", NULL};

static void write_place(mmax_delimited *line, const mmax_result *result, const mmax_shown_row *row)
{
    mmax_row_place place;
    mmax_row_place_of(&result->input, row->index, &place);
    mmax_field_text(line, place.index);
    mmax_field_count(line, place.row);
    mmax_field_number(line, row->epsilon);
}

/* An entry of a row under a map; the one past the last are all others. */
static void write_entry(mmax_delimited *line, const mmax_result *result, const mmax_shown_row *row,
                        size_t i, size_t map)
{
    write_place(line, result, row);
    if (i < row->n) {
        mmax_field_count(line, row->entries[i]);
        mmax_field_label(line, row->labels[i]);
        mmax_field_number(line, row->logits[i]);
        mmax_field_count(line, 1);
    } else {
        mmax_field_none(line);
        mmax_field_none(line);
        mmax_field_none(line);
        mmax_field_count(line, row->n_others);
    }
    mmax_field_map(line, result, map);
    bool is_masked = i < row->n && isinf(row->logits[i]);
    mmax_field_number(line, is_masked ? (double)NAN : row->weights[map * (row->n + 1) + i]);
    mmax_end_line(line);
}

static void write(const mmax_result *result, mmax_delimited *line)
{
    const mmax_shown_rows *rows = result->shown_rows;
    for (size_t i = 0; i < rows->n; i++) {
        const mmax_shown_row *row = &rows->rows[i];
        for (size_t map = 0; map < rows->n_maps; map++)
            for (size_t k = 0; k < row->n + (row->n_others > 0); k++)
                write_entry(line, result, row, k, map);
    }
}

const mmax_figure_writer mmax_rows_writer = {columns, write};
