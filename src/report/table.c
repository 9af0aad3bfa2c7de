/* The report for people: for each input its facts, the rows if they are asked for, the means over
 * all rows, the means over the rows of each group; at the end the legend. */
#include "report/table.h"

#include <math.h>
#include <string.h>

enum { NAME_SIZE = 4096 };

/* ---- what the input is ----------------------------------------------------------------------- */

/* Text has no type, but a format. */
static const char *kind_of(const mmax_input *input)
{
    if (strcmp(input->format, "csv") == 0)
        return "CSV";
    if (strcmp(input->format, "tsv") == 0)
        return "TSV";
    return input->dtype_name;
}

static void write_file(mmax_output *output, const char *file)
{
    char quoted[NAME_SIZE];
    if (strcmp(file, "-") == 0)
        file = "standard input";
    mmax_output_text(output, mmax_quote(file, strlen(file), quoted, sizeof quoted));
}

static void write_name(mmax_output *output, const mmax_input *input)
{
    char quoted[NAME_SIZE];
    write_file(output, input->file);
    if (input->keys) {
        mmax_output_text(output, " x ");
        write_file(output, input->keys);
    }
    if (!input->array)
        return;
    mmax_output_text(output, "[");
    mmax_output_text(output, mmax_quote(input->array, strlen(input->array), quoted, sizeof quoted));
    mmax_output_text(output, "]");
}

static void write_count(mmax_output *output, size_t count, const char *one, const char *many)
{
    mmax_output_format(output, "%zu %s", count, count == 1 ? one : many);
}

static void write_input(mmax_report *report, const mmax_input *input, bool rows_known)
{
    mmax_output *output = report->output;
    bool is_last = input->axis == -1 || input->axis + 1 == (int)input->n_dims;
    size_t shape[MMAX_MAX_DIMS];
    mmax_input_own_shape(input, shape);
    mmax_output_text(output, report->n_inputs > 0 ? "\n" : "");
    write_name(output, input);
    mmax_output_format(output, ": %s, ", kind_of(input));
    for (size_t i = 0; input->n_dims > 2 && i < input->n_dims; i++)
        mmax_output_format(output, "%s%zu", i > 0 ? " x " : "", shape[i]);
    mmax_output_text(output, input->n_dims > 2 ? ", " : "");
    if (rows_known)
        write_count(output, input->n_rows, "row of ", "rows of ");
    else
        mmax_output_text(output, "rows of ");
    write_count(output, input->row_length, "logit", "logits");
    if (!is_last)
        mmax_output_format(output, " along axis %d", input->axis);
    mmax_output_text(output, "\n");
}

/* What does not take part in the numbers; with rows before it, below an empty line. */
static void write_left_out(mmax_report *report, const mmax_result *result)
{
    static const struct {
        const char *one, *many;
    } words[] = {
        {"entry masked", "entries masked"},
        {"row masked throughout, without metrics", "rows masked throughout, without metrics"},
        {"row with NaN or +inf skipped", "rows with NaN or +inf skipped"}};
    const size_t counts[] = {result->masked_entries, result->masked_rows, result->invalid_rows};
    const char *separator = report->in_rows ? "\n" : "";
    bool any = false;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        if (counts[i] == 0)
            continue;
        mmax_output_text(report->output, separator);
        write_count(report->output, counts[i], words[i].one, words[i].many);
        separator = "; ";
        any = true;
    }
    mmax_output_text(report->output, any ? "\n" : "");
}

/* ---- means ----------------------------------------------------------------------------------- */

/* Sets 0 to n_sets - 1 of summaries: all rows, or the groups. */
typedef struct set_list {
    const mmax_result *result;
    bool groups;
    size_t n_sets;
} set_list;

/* means (n_maps, metrics.n_reported) written. */
static void read_means(const set_list *list, size_t i, mmax_summary_set *set, double *means)
{
    const mmax_result *result = list->result;
    for (size_t m = 0; m < result->n_maps; m++) {
        if (list->groups)
            mmax_summary_set_group(result, m, i, set);
        else
            mmax_summary_set_all(result, m, set);
        for (size_t k = 0; k < result->metrics.n_reported; k++)
            means[m * result->metrics.n_reported + k] = set->summaries[k].mean;
    }
}

static void fit(mmax_table *table, const set_list *list)
{
    double means[MMAX_MAX_MAPS * MMAX_MAX_METRICS];
    mmax_summary_set set;
    for (size_t i = 0; i < list->n_sets; i++) {
        read_means(list, i, &set, means);
        mmax_table_fit_decimals(table, means);
    }
    for (size_t i = 0; i < list->n_sets; i++) {
        read_means(list, i, &set, means);
        mmax_table_fit_widths(table, means);
    }
    mmax_table_close_up(table);
}

/* Whether a row has a value depends on its logits, not on the map: the first map speaks for all. */
static bool some_are_missing(const mmax_result *result, size_t *counts)
{
    bool missing = false;
    for (size_t k = 0; k < result->metrics.n_reported; k++) {
        counts[k] = result->n_maps > 0 ? result->all[k].count : 0;
        missing |= counts[k] != result->rows;
    }
    return missing;
}

static void write_all(mmax_report *report, const mmax_result *result)
{
    const set_list all = {.result = result, .n_sets = 1};
    double means[MMAX_MAX_MAPS * MMAX_MAX_METRICS];
    size_t counts[MMAX_MAX_METRICS];
    mmax_summary_set set;
    mmax_table table;
    bool missing = some_are_missing(result, counts);
    mmax_table_init(&table, report, NULL, 0);
    fit(&table, &all);
    read_means(&all, 0, &set, means);
    mmax_output_text(report->output, "\nmean over ");
    write_count(report->output, result->rows, "row", "rows");
    mmax_output_text(report->output, missing ? ", or those of them that have a value\n" : "\n");
    for (size_t first = 0, end; first < table.n_columns; first = end) {
        end = mmax_table_block(&table, first);
        mmax_output_text(report->output, first > 0 ? "\n" : "");
        mmax_table_heading(&table, first, end);
        mmax_table_lines(&table, first, end, "", means);
        if (missing)
            mmax_table_counts(&table, first, end, "rows", counts);
    }
}

static size_t widest_index(const mmax_result *result, const char *heading)
{
    size_t width = strlen(heading);
    char index[MMAX_INDEX_SIZE];
    for (size_t g = 0; g < result->n_groups; g++) {
        mmax_group_index(&result->input, g, index);
        width = strlen(index) > width ? strlen(index) : width;
    }
    return width;
}

static void write_groups(mmax_report *report, const mmax_result *result)
{
    static const char heading[] = "group";
    const set_list groups = {.result = result, .groups = true, .n_sets = result->n_groups};
    double means[MMAX_MAX_MAPS * MMAX_MAX_METRICS];
    mmax_summary_set set;
    mmax_table table;
    mmax_table_init(&table, report, heading, widest_index(result, heading));
    fit(&table, &groups);
    mmax_output_text(report->output, "\nmean over the rows of each group\n");
    for (size_t first = 0, end; first < table.n_columns; first = end) {
        end = mmax_table_block(&table, first);
        mmax_output_text(report->output, first > 0 ? "\n" : "");
        mmax_table_heading(&table, first, end);
        for (size_t g = 0; g < result->n_groups; g++) {
            read_means(&groups, g, &set, means);
            mmax_table_lines(&table, first, end, set.index, means);
        }
    }
}

/* ---- rows ------------------------------------------------------------------------------------ */

static size_t n_digits(size_t number)
{
    return (size_t)snprintf(NULL, 0, "%zu", number);
}

/* A label in a table takes this many columns at most, and in memory, accents upon accents, so many
 * bytes. */
enum { TOKEN_WIDTH = 16, TOKEN_SIZE = 256 };

/* What stands before the labels of maps, "0.3   5  the   6", in widths that hold for every row. */
typedef struct row_lead {
    size_t index_width; /* 0: the rows have no leading index */
    size_t row_width, n_width;
    size_t token_width; /* 0: nor tokens */
    char text[2 * MMAX_INDEX_SIZE + TOKEN_SIZE];
} row_lead;

/* A label in WIDTH columns: the rest is blanks, or the end of the label dots. */
static void fit_token(const char *label, size_t width, char text[TOKEN_SIZE + TOKEN_WIDTH])
{
    static const char dots[] = "...";
    size_t used, n_dots = strlen(dots);
    mmax_quote(label, strlen(label), text, TOKEN_SIZE);
    if (mmax_display_width(text) > width) {
        size_t length = mmax_display_prefix(text, width - n_dots, &used);
        strcpy(text + length, dots);
    }
    size_t length = strlen(text);
    used = mmax_display_width(text);
    memset(text + length, ' ', width - used);
    text[length + width - used] = '\0';
}

/* How many rows of a text there are, and what labels it has for them, is not known beforehand. */
static size_t token_column_width(const mmax_input *input)
{
    size_t widest = strlen("token");
    if (!input->rows_known)
        return TOKEN_WIDTH;
    size_t n = input->row_labels ? mmax_group_rows(input) : 0;
    for (size_t i = 0; i < n && widest < TOKEN_WIDTH; i++) {
        size_t width = mmax_display_width(input->row_labels[i]);
        widest = width > widest ? width : widest;
    }
    return widest < TOKEN_WIDTH ? widest : TOKEN_WIDTH;
}

static size_t at_least(size_t least, size_t width)
{
    return width > least ? width : least;
}

/* The number of rows of a text becomes known on the way: its column is ready for a million. */
static size_t row_column_width(const mmax_input *input)
{
    enum { TEXT_WIDTH = 6 };
    if (!input->rows_known)
        return TEXT_WIDTH;
    size_t n = input->n_dims < 2 ? 1 : input->shape[input->n_dims - 2];
    return at_least(strlen("row"), n_digits(n > 0 ? n - 1 : 0));
}

static void init_lead(row_lead *lead, const mmax_report *report, const mmax_input *input)
{
    *lead = (row_lead){.row_width = report->row_width,
                       .n_width = n_digits(input->row_length),
                       .token_width = report->token_width};
    for (size_t i = 0; i + 2 < input->n_dims; i++)
        lead->index_width += (i > 0) + n_digits(input->shape[i] > 0 ? input->shape[i] - 1 : 0);
    if (lead->index_width > 0)
        lead->index_width = at_least(strlen("index"), lead->index_width);
}

static void write_lead(row_lead *lead, const char *index, const char *row, const char *label,
                       const char *n)
{
    int gap = lead->index_width > 0 ? 2 : 0;
    char token[TOKEN_SIZE + TOKEN_WIDTH] = "";
    if (lead->token_width > 0)
        fit_token(label ? label : "", lead->token_width, token);
    snprintf(lead->text, sizeof lead->text, "%-*s%*s%*s%s%s  %*s", (int)lead->index_width,
             gap > 0 ? index : "", gap, "", (int)lead->row_width, row,
             lead->token_width > 0 ? "  " : "", token, (int)lead->n_width, n);
}

static void init_rows(mmax_report *report, const mmax_input *input, mmax_table *table,
                      row_lead *lead)
{
    init_lead(lead, report, input);
    write_lead(lead, "index", "row", "token", "n");
    mmax_table_init(table, report, lead->text, strlen(lead->text));
    mmax_table_fit_rows(table, input->row_length);
    mmax_table_close_up(table);
}

static void begin_rows(mmax_report *report, const mmax_input *input)
{
    mmax_table table;
    row_lead lead;
    write_input(report, input, input->rows_known);
    mmax_output_text(report->output, "\n");
    report->row_width = row_column_width(input);
    report->token_width = report->options.row_labels ? token_column_width(input) : 0;
    init_rows(report, input, &table, &lead);
    mmax_table_heading(&table, 0, table.n_columns);
}

static void rows(mmax_report *report, const mmax_row_block *block)
{
    double values[MMAX_MAX_MAPS * MMAX_MAX_METRICS];
    size_t n_reported = report->plan->metrics.n_reported;
    mmax_table table;
    row_lead lead;
    init_rows(report, block->input, &table, &lead);
    for (size_t i = 0; i < block->n_rows; i++) {
        mmax_row_place place;
        char row[MMAX_CELL_SIZE], n[MMAX_CELL_SIZE];
        mmax_row_place_of(block->input, block->rows[i], &place);
        for (size_t m = 0; m < block->n_maps; m++)
            memcpy(values + m * n_reported, mmax_block_metrics(block, m, i),
                   n_reported * sizeof *values);
        snprintf(row, sizeof row, "%zu", place.row);
        snprintf(n, sizeof n, "%zu", block->n_live[i]);
        write_lead(&lead, place.index, row, mmax_block_label(block, i), n);
        mmax_table_lines(&table, 0, table.n_columns, lead.text, values);
    }
}

/* ---- the document ---------------------------------------------------------------------------- */

static void add(mmax_report *report, const mmax_result *result)
{
    if (!report->in_rows)
        write_input(report, &result->input, true);
    write_left_out(report, result);
    write_all(report, result);
    if (mmax_report_has_groups(result) && result->n_groups > 1)
        write_groups(report, result);
}

static void fail(mmax_report *report, const char *message)
{
    char quoted[MMAX_MESSAGE_SIZE];
    mmax_output_text(report->output, "stopped: ");
    mmax_output_text(report->output, mmax_quote(message, strlen(message), quoted, sizeof quoted));
    mmax_output_text(report->output, "\n");
}

static void finish(mmax_report *report)
{
    if (report->n_inputs > 0)
        mmax_table_legend(report);
}

const mmax_report_writer mmax_table_writer = {.name = "table",
                                              .begin_rows = begin_rows,
                                              .rows = rows,
                                              .add = add,
                                              .fail = fail,
                                              .finish = finish};
