/* One object a line, each of which stands on its own. */
#include "report/json_parts.h"

static void begin_object(mmax_report *report, const mmax_input *input, size_t map)
{
    char spec[MMAX_SPEC_SIZE];
    mmax_output_text(report->output, "{");
    mmax_json_input(report->output, input);
    mmax_output_text(report->output, ", \"map\": ");
    mmax_json_string(report->output, mmax_plan_spec(report->plan, map, spec));
    mmax_output_text(report->output, ", \"name\": ");
    mmax_json_string(report->output, mmax_map_name(&report->plan->maps[map]));
    mmax_output_text(report->output, ", \"index\": ");
}

static void write_set(mmax_report *report, const mmax_result *result, const mmax_summary_set *set)
{
    mmax_output *output = report->output;
    begin_object(report, &result->input, set->map);
    if (set->is_group)
        mmax_json_index(output, set->index);
    else
        mmax_output_text(output, "null");
    mmax_output_format(output, ", \"rows\": %zu, \"metrics\": {", set->n_rows);
    for (size_t k = 0; k < result->metrics.n_reported; k++) {
        mmax_json_key(output, k == 0, mmax_report_metric(&result->metrics, k)->key);
        mmax_json_summary(output, &set->summaries[k]);
    }
    mmax_output_text(output, "}}\n");
}

static void rows(mmax_report *report, const mmax_row_block *block)
{
    for (size_t i = 0; i < block->n_rows; i++) {
        mmax_row_place place;
        mmax_row_place_of(block->input, block->rows[i], &place);
        for (size_t m = 0; m < block->n_maps; m++) {
            begin_object(report, block->input, m);
            mmax_json_row(report, block, i, m, &place);
            mmax_output_text(report->output, "\n");
        }
    }
}

static void add(mmax_report *report, const mmax_result *result)
{
    if (report->in_rows)
        return;
    mmax_summary_set set;
    for (size_t i = 0; mmax_summary_set_at(result, i, &set); i++)
        write_set(report, result, &set);
}

static void fail(mmax_report *report, const char *message)
{
    const mmax_report_names *names = &report->names;
    const mmax_input input = {.file = names->file, .array = names->array, .keys = names->keys};
    mmax_output_text(report->output, "{");
    mmax_json_input(report->output, &input);
    mmax_output_text(report->output, ", \"error\": ");
    mmax_json_string(report->output, message);
    mmax_output_text(report->output, "}\n");
}

const mmax_report_writer mmax_ndjson_writer = {
    .name = "ndjson", .rows = rows, .add = add, .fail = fail};
