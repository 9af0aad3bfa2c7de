/* CSV and TSV: one table for the whole document.  CSV quotes as RFC 4180 has it, with "\n" at the
 * ends of lines; TSV cannot quote and escapes tabs, line ends and backslashes instead. */
#include "report/parts.h"

#include <math.h>
#include <string.h>

static bool is_tsv(const mmax_report *report)
{
    return report->options.format == MMAX_REPORT_TSV;
}

static void write_quoted(mmax_output *output, const char *text)
{
    mmax_output_text(output, "\"");
    for (const char *c = text; *c; c++)
        mmax_output_write(output, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1);
    mmax_output_text(output, "\"");
}

static void write_escaped(mmax_output *output, const char *text)
{
    static const char special[] = "\t\n\r\\", letters[] = "tnr\\";
    for (const char *c = text; *c; c++) {
        const char *found = strchr(special, *c);
        if (found)
            mmax_output_format(output, "\\%c", letters[found - special]);
        else
            mmax_output_write(output, c, 1);
    }
}

void mmax_delimited_text(mmax_output *output, const char *text, bool is_tab)
{
    if (!text)
        return;
    if (is_tab)
        write_escaped(output, text);
    else if (strpbrk(text, ",\"\r\n"))
        write_quoted(output, text);
    else
        mmax_output_text(output, text);
}

static void write_text(mmax_report *report, const char *text)
{
    mmax_delimited_text(report->output, text, is_tsv(report));
}

/* A label is escaped as mmax_quote has it: one from a text may be any bytes.  No line ends in it
 * then; in CSV only commas and quotes are left to quote for. */
static void write_label(mmax_report *report, const char *label)
{
    if (!label)
        return;
    size_t length = strlen(label);
    bool is_quoted = !is_tsv(report) && strpbrk(label, ",\"");
    if (is_quoted)
        mmax_output_text(report->output, "\"");
    for (size_t i = 0; i < length;) {
        size_t n = mmax_utf8_length(label + i, length - i);
        char character[4 * 4 + 1];
        n = n > 0 ? n : 1;
        mmax_quote(label + i, n, character, sizeof character);
        if (is_tsv(report))
            write_escaped(report->output, character);
        else
            mmax_output_text(report->output, *character == '"' ? "\"\"" : character);
        i += n;
    }
    if (is_quoted)
        mmax_output_text(report->output, "\"");
}

static void delimit(mmax_report *report)
{
    mmax_output_text(report->output, is_tsv(report) ? "\t" : ",");
}

static void write_number(mmax_report *report, double value)
{
    delimit(report);
    if (isfinite(value))
        mmax_output_number(report->output, value);
}

static void write_count(mmax_report *report, size_t count)
{
    delimit(report);
    mmax_output_count(report->output, count);
}

/* The fields that every line begins with: file, array, map, index. */
static void write_place(mmax_report *report, const mmax_input *input, size_t map, const char *index)
{
    char spec[MMAX_SPEC_SIZE];
    write_text(report, input->file);
    delimit(report);
    write_text(report, input->array);
    delimit(report);
    write_text(report, mmax_plan_spec(report->plan, map, spec));
    delimit(report);
    mmax_output_text(report->output, index);
}

static void write_heading(mmax_report *report, const char *name)
{
    delimit(report);
    mmax_output_text(report->output, name);
}

static void open(mmax_report *report)
{
    static const char *const places[] = {"array", "map", "index"};
    mmax_output_text(report->output, "file");
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        write_heading(report, places[i]);
    if (report->plan->per == MMAX_PER_ROW) {
        write_heading(report, "row");
        if (report->options.row_labels)
            write_heading(report, "token");
        write_heading(report, "n");
        for (size_t k = 0; k < report->plan->metrics.n; k++)
            write_heading(report, mmax_report_metric(&report->plan->metrics, k)->key);
    } else {
        write_heading(report, "metric");
        write_heading(report, "count");
        write_heading(report, "missing");
        for (size_t i = 0; i < MMAX_SUMMARY_NUMBERS; i++)
            write_heading(report, mmax_summary_names[i]);
    }
    mmax_output_text(report->output, "\n");
}

static void write_row(mmax_report *report, const mmax_row_block *block, size_t i, size_t map,
                      const mmax_row_place *place)
{
    const double *values = mmax_block_metrics(block, map, i);
    write_place(report, block->input, map, place->index);
    write_count(report, place->row);
    if (report->options.row_labels) {
        delimit(report);
        write_label(report, mmax_block_label(block, i));
    }
    write_count(report, block->n_live[i]);
    for (size_t k = 0; k < block->n_metrics; k++)
        write_number(report, values[k]);
    mmax_output_text(report->output, "\n");
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
    for (size_t k = 0; k < result->metrics.n; k++) {
        const mmax_summary *summary = &set->summaries[k];
        double numbers[MMAX_SUMMARY_NUMBERS];
        mmax_summary_numbers(summary, numbers);
        write_place(report, &result->input, set->map, set->index);
        write_heading(report, mmax_report_metric(&result->metrics, k)->key);
        write_count(report, summary->count);
        write_count(report, summary->missing);
        for (size_t i = 0; i < MMAX_SUMMARY_NUMBERS; i++)
            write_number(report, numbers[i]);
        mmax_output_text(report->output, "\n");
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
