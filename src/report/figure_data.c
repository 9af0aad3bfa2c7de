#include "report/figure_data.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

static const mmax_figure_writer *const writers[MMAX_FIGURES] = {
    [MMAX_FIGURE_HEATMAP] = &mmax_heatmap_writer,
    [MMAX_FIGURE_SIMPLEX] = &mmax_simplex_writer,
    [MMAX_FIGURE_TRADEOFF] = &mmax_tradeoff_writer,
    [MMAX_FIGURE_CURVE] = &mmax_curve_writer,
    [MMAX_FIGURE_DISTRIBUTION] = &mmax_distribution_writer,
    [MMAX_FIGURE_ROWS] = &mmax_rows_writer,
    [MMAX_FIGURE_LAYERS] = &mmax_layers_writer,
};

void mmax_field_map(mmax_delimited *line, const mmax_result *result, size_t map)
{
    char label[MMAX_SPEC_SIZE];
    mmax_result_label(result, map, label);
    mmax_field_text(line, label);
}

static bool is_tsv(const char *file)
{
    size_t length = strlen(file);
    return length > 4 && strcasecmp(file + length - 4, ".tsv") == 0;
}

mmax_status mmax_write_figure_data(const mmax_result *result, mmax_figure_kind kind,
                                   const char *file, mmax_error *error)
{
    assert(kind < MMAX_FIGURES);
    mmax_output *output = NULL;
    mmax_status status = mmax_result_check_figure(result, kind, error);
    if (status == MMAX_OK)
        status = mmax_output_open(file, result->cancel, &output, error);
    if (status != MMAX_OK)
        return status;
    mmax_delimited line = {.output = output, .is_tsv = is_tsv(file)};
    for (const char *const *column = writers[kind]->columns; *column; column++)
        mmax_field_text(&line, *column);
    mmax_end_line(&line);
    writers[kind]->write(result, &line);
    status = mmax_output_commit(output, error);
    mmax_output_free(output);
    return status;
}
