/* One document, schema 1: indented by two blanks, what has no parts that have parts on one line.
 * With rows, an input's rows come before its facts: they are written while the pass is made. */
#include "report/json_parts.h"

#include <math.h>

/* Begins the next line at DEPTH; after a comma unless it is the first of its kind. */
static void next_line(mmax_output *output, bool first, int depth)
{
    mmax_output_format(output, "%s\n%*s", first ? "" : ",", 2 * depth, "");
}

static void next_key(mmax_output *output, bool first, int depth, const char *key)
{
    next_line(output, first, depth);
    mmax_output_format(output, "\"%s\": ", key);
}

static void string_member(mmax_output *output, int depth, const char *key, const char *text)
{
    next_key(output, false, depth, key);
    mmax_json_string(output, text);
}

static void count_member(mmax_output *output, int depth, const char *key, size_t count)
{
    next_key(output, false, depth, key);
    mmax_output_count(output, count);
}

/* ---- the head of the document ---------------------------------------------------------------- */

static const char *level_name(mmax_per per)
{
    static const char *const names[] = {[MMAX_PER_AUTO] = "auto",
                                        [MMAX_PER_ALL] = "all",
                                        [MMAX_PER_GROUP] = "group",
                                        [MMAX_PER_ROW] = "row"};
    return names[per];
}

/* In the order in which they are applied. */
static void write_transform(mmax_output *output, const mmax_transform_rules *rules)
{
    next_key(output, false, 2, "from_probs");
    mmax_output_text(output, rules->from_probs ? "true" : "false");
    next_key(output, false, 2, "scale");
    mmax_json_number(output, rules->scale != 0 ? rules->scale : 1);
    next_key(output, false, 2, "mask");
    if (rules->is_causal || rules->mask_file)
        mmax_json_string(output, rules->is_causal ? "causal" : rules->mask_file);
    else
        mmax_output_text(output, "null");
}

/* What of the array is looked at, only where that was asked for. */
static void write_part(mmax_output *output, const mmax_source_options *source)
{
    if (source && source->columns)
        string_member(output, 2, "columns", source->columns);
    if (source && source->select)
        string_member(output, 2, "select", source->select);
    if (source && source->has_axis) {
        next_key(output, false, 2, "axis");
        mmax_output_format(output, "%d", source->axis);
    }
}

static void write_options(mmax_output *output, const mmax_plan *plan,
                          const mmax_source_options *source)
{
    char text[MMAX_NUMBER_SIZE], spec[MMAX_SPEC_SIZE];
    next_key(output, false, 1, "options");
    mmax_output_text(output, "{");
    mmax_epsilon_write(&plan->relevance, text);
    next_key(output, true, 2, "epsilon");
    mmax_json_string(output, text);
    mmax_reference_write(&plan->relevance, text);
    string_member(output, 2, "reference", text);
    string_member(output, 2, "per", level_name(plan->per));
    string_member(output, 2, "invalid", plan->skip_invalid ? "skip" : "error");
    write_part(output, source);
    write_transform(output, &plan->transform);
    next_key(output, false, 2, "metrics");
    mmax_output_text(output, "[");
    for (size_t k = 0; k < plan->metrics.n_reported; k++)
        mmax_output_format(output, "%s\"%s\"", k > 0 ? ", " : "",
                           mmax_report_metric(&plan->metrics, k)->key);
    mmax_output_text(output, "]");
    next_key(output, false, 2, "maps");
    mmax_output_text(output, "[");
    for (size_t m = 0; m < plan->n_maps; m++) {
        next_line(output, m == 0, 3);
        mmax_json_string(output, mmax_plan_spec(plan, m, spec));
    }
    next_line(output, true, 2);
    mmax_output_text(output, "]");
    next_line(output, true, 1);
    mmax_output_text(output, "}");
}

static void open(mmax_report *report)
{
    mmax_output *output = report->output;
    mmax_output_text(output, "{");
    next_key(output, true, 1, "schema");
    mmax_output_text(output, "1");
    string_member(output, 1, "program", "multimax-analyze");
    string_member(output, 1, "version", mmax_version());
    write_options(output, report->plan, report->options.source);
    next_key(output, false, 1, "inputs");
    mmax_output_text(output, "[");
}

/* ---- the parameters of a map ----------------------------------------------------------------- */

static void write_breakpoint(mmax_output *output, const mmax_map *map, size_t i)
{
    if (map->range_is_epsilon[i])
        mmax_output_text(output, "\"eps\"");
    else
        mmax_json_number(output, map->ranges[i]);
}

/* Both spellings: the paper's, one number an order, and the released code's. */
static void write_multimax(mmax_output *output, const mmax_map *map)
{
    static const char *const slopes[] = {"tb", "td"}, *const breakpoints[] = {"b", "d"};
    for (size_t i = 0; i < 2; i++) {
        mmax_output_format(output, "%s\"%s\": [", i > 0 ? ", " : "", slopes[i]);
        mmax_json_number(output, mmax_multimax_paper_t(map, i));
        mmax_output_text(output, ", ");
        mmax_json_number(output, mmax_multimax_paper_t(map, i + 2));
        mmax_output_format(output, "], \"%s\": [", breakpoints[i]);
        write_breakpoint(output, map, i);
        mmax_output_text(output, ", ");
        write_breakpoint(output, map, i + 2);
        mmax_output_text(output, "]");
    }
    mmax_output_text(output, ", \"ts\": [");
    for (size_t i = 0; i < 4; i++) {
        mmax_output_text(output, i > 0 ? ", " : "");
        mmax_json_number(output, map->ts[i]);
    }
    mmax_output_text(output, "], \"ranges\": [");
    for (size_t i = 0; i < 4; i++) {
        mmax_output_text(output, i > 0 ? ", " : "");
        write_breakpoint(output, map, i);
    }
    mmax_output_text(output, "]");
}

static void write_parameters(mmax_output *output, const mmax_map *map)
{
    mmax_output_text(output, "{");
    if (map->kind == MMAX_SOFTMAX) {
        mmax_output_text(output, "\"t\": ");
        mmax_json_number(output, map->temperature);
    } else if (map->kind == MMAX_ENTMAX) {
        mmax_output_text(output, "\"alpha\": ");
        mmax_json_number(output, map->alpha);
    } else if (map->kind == MMAX_MULTIMAX) {
        write_multimax(output, map);
    }
    mmax_output_text(output, "}");
}

/* The canonical SPEC of each layer. */
static void write_layers(mmax_output *output, const mmax_layers *layers)
{
    char spec[MMAX_SPEC_SIZE];
    next_key(output, false, 5, "layers");
    mmax_output_text(output, "[");
    for (size_t i = 0; i < layers->n; i++) {
        next_line(output, i == 0, 6);
        mmax_map_format(&layers->maps[i], spec);
        mmax_json_string(output, spec);
    }
    next_line(output, true, 5);
    mmax_output_text(output, "]");
}

/* ---- inputs ---------------------------------------------------------------------------------- */

static void begin_input(mmax_report *report, const mmax_input *input)
{
    next_line(report->output, report->n_inputs == 0, 2);
    mmax_output_text(report->output, "{");
    next_key(report->output, true, 3, "file");
    mmax_json_string(report->output, input->file);
    string_member(report->output, 3, "array", input->array);
    if (input->keys)
        string_member(report->output, 3, "keys", input->keys);
}

static void end_input(mmax_report *report)
{
    next_line(report->output, true, 2);
    mmax_output_text(report->output, "}");
}

static void write_facts(mmax_output *output, const mmax_result *result)
{
    const mmax_input *input = &result->input;
    string_member(output, 3, "format", input->format);
    string_member(output, 3, "dtype", input->dtype);
    size_t shape[MMAX_MAX_DIMS];
    mmax_input_own_shape(input, shape);
    next_key(output, false, 3, "shape");
    mmax_output_text(output, "[");
    for (size_t i = 0; i < input->n_dims; i++)
        mmax_output_format(output, "%s%zu", i > 0 ? ", " : "", shape[i]);
    mmax_output_text(output, "]");
    next_key(output, false, 3, "axis");
    mmax_output_format(output, "%d", input->axis);
    count_member(output, 3, "rows", input->n_rows);
    count_member(output, 3, "row_length", input->row_length);
    count_member(output, 3, "masked_rows", result->masked_rows);
    count_member(output, 3, "invalid_rows", result->invalid_rows);
    count_member(output, 3, "masked_entries", result->masked_entries);
}

static void write_summaries(mmax_output *output, const mmax_metric_list *metrics,
                            const mmax_summary *summaries, int depth)
{
    next_key(output, false, depth, "metrics");
    mmax_output_text(output, "{");
    for (size_t k = 0; k < metrics->n_reported; k++) {
        next_key(output, k == 0, depth + 1, mmax_report_metric(metrics, k)->key);
        mmax_json_summary(output, &summaries[k]);
    }
    next_line(output, true, depth);
    mmax_output_text(output, "}");
    next_line(output, true, depth - 1);
    mmax_output_text(output, "}");
}

static void write_groups(mmax_output *output, const mmax_result *result, size_t map)
{
    next_key(output, false, 5, "groups");
    mmax_output_text(output, "[");
    for (size_t g = 0; g < result->n_groups; g++) {
        mmax_summary_set set;
        mmax_summary_set_group(result, map, g, &set);
        next_line(output, g == 0, 6);
        mmax_output_text(output, "{");
        next_key(output, true, 7, "index");
        mmax_json_index(output, set.index);
        count_member(output, 7, "rows", set.n_rows);
        write_summaries(output, &result->metrics, set.summaries, 7);
    }
    next_line(output, true, 5);
    mmax_output_text(output, "]");
}

static void write_map(mmax_output *output, const mmax_plan *plan, const mmax_result *result,
                      size_t map)
{
    char spec[MMAX_SPEC_SIZE];
    mmax_summary_set set;
    next_line(output, map == 0, 4);
    mmax_output_text(output, "{");
    next_key(output, true, 5, "map");
    mmax_json_string(output, mmax_plan_spec(plan, map, spec));
    string_member(output, 5, "name", mmax_map_name(&result->maps[map]));
    next_key(output, false, 5, "parameters");
    if (plan->layers[map]) {
        mmax_output_text(output, "{}");
        write_layers(output, plan->layers[map]);
    } else {
        write_parameters(output, &result->maps[map]);
    }
    next_key(output, false, 5, "all");
    mmax_summary_set_all(result, map, &set);
    mmax_output_text(output, "{");
    next_key(output, true, 6, "rows");
    mmax_output_count(output, set.n_rows);
    write_summaries(output, &result->metrics, set.summaries, 6);
    if (result->per == MMAX_PER_GROUP)
        write_groups(output, result, map);
    next_line(output, true, 4);
    mmax_output_text(output, "}");
}

static void end_rows(mmax_report *report)
{
    if (report->n_rows > 0)
        next_line(report->output, true, 3);
    mmax_output_text(report->output, "]");
}

static void add(mmax_report *report, const mmax_result *result)
{
    mmax_output *output = report->output;
    if (report->in_rows)
        end_rows(report);
    else
        begin_input(report, &result->input);
    write_facts(output, result);
    next_key(output, false, 3, "maps");
    mmax_output_text(output, "[");
    for (size_t m = 0; m < result->n_maps; m++)
        write_map(output, report->plan, result, m);
    next_line(output, true, 3);
    mmax_output_text(output, "]");
    end_input(report);
}

static void begin_rows(mmax_report *report, const mmax_input *input)
{
    begin_input(report, input);
    next_key(report->output, false, 3, "row_metrics");
    mmax_output_text(report->output, "[");
}

static void write_row(mmax_report *report, const mmax_row_block *block, size_t i, size_t map,
                      const mmax_row_place *place)
{
    mmax_output *output = report->output;
    char spec[MMAX_SPEC_SIZE];
    next_line(output, report->n_rows == 0 && map == 0, 4);
    mmax_output_text(output, "{\"map\": ");
    mmax_json_string(output, mmax_plan_spec(report->plan, map, spec));
    mmax_output_text(output, ", \"index\": ");
    mmax_json_row(report, block, i, map, place);
}

static void rows(mmax_report *report, const mmax_row_block *block)
{
    for (size_t i = 0; i < block->n_rows; i++) {
        mmax_row_place place;
        mmax_row_place_of(block->input, block->rows[i], &place);
        for (size_t m = 0; m < block->n_maps; m++)
            write_row(report, block, i, m, &place);
        report->n_rows++;
    }
}

static void fail(mmax_report *report, const char *message)
{
    end_rows(report);
    string_member(report->output, 3, "error", message);
    end_input(report);
}

static void finish(mmax_report *report)
{
    if (report->n_inputs > 0)
        next_line(report->output, true, 1);
    mmax_output_text(report->output, "]\n}\n");
}

const mmax_report_writer mmax_json_writer = {.name = "json",
                                             .is_one_value = true,
                                             .open = open,
                                             .begin_rows = begin_rows,
                                             .rows = rows,
                                             .add = add,
                                             .fail = fail,
                                             .finish = finish};
