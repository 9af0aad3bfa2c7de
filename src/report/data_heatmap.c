/* The cells of a heatmap. */
#include "report/figure_data.h"

static const char *const columns[] = {"map",       "index",        "row",    "column",
                                      "row_label", "column_label", "weight", NULL};

/* One picture of a panel: of pooled cells the row and the column are their first ones.  That of a
 * difference is named as in the figure. */
static void write_picture(const mmax_result *result, mmax_delimited *line, size_t panel,
                          size_t picture)
{
    const mmax_heatmap *data = result->heatmap;
    const float *cell =
        data->cells + (panel * data->n_pictures + picture) * data->height * data->width;
    char index[MMAX_INDEX_SIZE], label[MMAX_PICTURE_SIZE];
    mmax_group_index(&result->input, data->groups[panel], index);
    mmax_heatmap_label(result, picture, label);
    for (size_t i = 0; i < data->height; i++)
        for (size_t j = 0; j < data->width; j++) {
            mmax_field_text(line, label);
            mmax_field_text(line, index);
            mmax_field_count(line, i * data->pool_rows);
            mmax_field_count(line, j * data->pool_columns);
            mmax_field_label(line, data->row_labels ? data->row_labels[i] : NULL);
            mmax_field_label(line, data->column_labels ? data->column_labels[j] : NULL);
            mmax_field_float(line, *cell++);
            mmax_end_line(line);
        }
}

static void write(const mmax_result *result, mmax_delimited *line)
{
    for (size_t panel = 0; panel < result->heatmap->n_panels; panel++)
        for (size_t i = 0; i < result->heatmap->n_pictures; i++)
            write_picture(result, line, panel, i);
}

const mmax_figure_writer mmax_heatmap_writer = {columns, write};
