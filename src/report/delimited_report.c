/* CSV and TSV: one table for the whole document. */
#include "report/delimited.h"
#include "report/parts.h"

static mmax_delimited line_of(const mmax_report *report)
{
    return (mmax_delimited){.output = report->output,
                            .is_tsv = report->options.format == MMAX_REPORT_TSV};
}

/* The fields that every line begins with: file, array, map, index. */
static void write_place(mmax_delimited *line, const mmax_report *report, const mmax_input *input,
                        size_t map, const char *index)
{
    char spec[MMAX_SPEC_SIZE];
    mmax_field_text(line, input->file);
    mmax_field_text(line, input->array);
    mmax_field_text(line, mmax_plan_spec(report->plan, map, spec));
    mmax_field_text(line, index);
}

static void open(mmax_report *report)
{
    static const char *const places[] = {"file", "array", "map", "index"};
    mmax_delimited line = line_of(report);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        mmax_field_text(&line, places[i]);
    if (report->plan->per == MMAX_PER_ROW) {
        mmax_field_text(&line, "row");
        if (report->options.row_labels)
            mmax_field_text(&line, "token");
        mmax_field_text(&line, "n");
        for (size_t k = 0; k < report->plan->metrics.n_reported; k++)
            mmax_field_text(&line, mmax_report_metric(&report->plan->metrics, k)->key);
    } else {
        mmax_field_text(&line, "metric");
        for (size_t i = 0; i < MMAX_STATISTICS; i++)
            mmax_field_text(&line, mmax_statistic_names[i]);
    }
    mmax_end_line(&line);
}

static void write_row(mmax_report *report, const mmax_row_block *block, size_t i, size_t map,
                      const mmax_row_place *place)
{
    const double *values = mmax_block_metrics(block, map, i);
    mmax_delimited line = line_of(report);
    write_place(&line, report, block->input, map, place->index);
    mmax_field_count(&line, place->row);
    if (report->options.row_labels)
        mmax_field_label(&line, mmax_block_label(block, i));
    mmax_field_count(&line, block->n_live[i]);
    for (size_t k = 0; k < report->plan->metrics.n_reported; k++)
        mmax_field_number(&line, values[k]);
    mmax_end_line(&line);
}

static void rows(mmax_report *report, const mmax_row_block *block)
{
    for (size_t i = 0; i < block->n_rows; i++) {
        mmax_row_place place;
        mmax_row_place_of(block->input, block->rows[i], &place);
        for (size_t m = 0; m < block->n_maps; m++)
            write_row(report, block, i, m, &place);
    }
}

static void write_set(mmax_report *report, const mmax_result *result, const mmax_summary_set *set)
{
    for (size_t k = 0; k < result->metrics.n_reported; k++) {
        double statistics[MMAX_STATISTICS];
        mmax_summary_statistics(&set->summaries[k], statistics);
        mmax_delimited line = line_of(report);
        write_place(&line, report, &result->input, set->map, set->index);
        mmax_field_text(&line, mmax_report_metric(&result->metrics, k)->key);
        for (size_t i = 0; i < MMAX_STATISTICS; i++)
            mmax_field_number(&line, statistics[i]);
        mmax_end_line(&line);
    }
}

static void add(mmax_report *report, const mmax_result *result)
{
    /* The columns of a document of rows have no place for summaries. */
    if (report->plan->per == MMAX_PER_ROW)
        return;
    mmax_summary_set set;
    for (size_t i = 0; mmax_summary_set_at(result, i, &set); i++)
        write_set(report, result, &set);
}

const mmax_report_writer mmax_csv_writer = {.name = "csv", .open = open, .rows = rows, .add = add};
const mmax_report_writer mmax_tsv_writer = {.name = "tsv", .open = open, .rows = rows, .add = add};
