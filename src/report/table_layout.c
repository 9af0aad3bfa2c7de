#include "report/table.h"

#include <math.h>
#include <string.h>

/* ---- lines ----------------------------------------------------------------------------------- */

void mmax_pen_text(mmax_pen *pen, const char *text)
{
    if (!*text)
        return;
    for (; pen->blanks > 0; pen->blanks--)
        mmax_output_text(pen->output, " ");
    mmax_output_text(pen->output, text);
}

void mmax_pen_left(mmax_pen *pen, const char *text, size_t width)
{
    size_t used = mmax_display_width(text);
    mmax_pen_text(pen, text);
    pen->blanks += used < width ? width - used : 0;
}

void mmax_pen_right(mmax_pen *pen, const char *text, size_t width)
{
    size_t used = mmax_display_width(text);
    pen->blanks += used < width ? width - used : 0;
    mmax_pen_text(pen, text);
}

void mmax_pen_end_line(mmax_pen *pen)
{
    mmax_output_text(pen->output, "\n");
    pen->blanks = 0;
}

/* ---- columns --------------------------------------------------------------------------------- */

bool mmax_table_label(const mmax_plan *plan, size_t map, char label[MMAX_LABEL_WIDTH + 1])
{
    char spec[MMAX_SPEC_SIZE];
    mmax_map_label(&plan->maps[map], spec);
    bool is_long = plan->layers[map] || strlen(spec) > MMAX_LABEL_WIDTH;
    size_t nth = 0, n_alike = 0;
    for (size_t m = 0; m < plan->n_maps; m++) {
        n_alike += plan->maps[m].kind == plan->maps[map].kind;
        nth = m == map ? n_alike : nth;
    }
    if (!is_long)
        strcpy(label, spec);
    else if (n_alike == 1)
        strcpy(label, mmax_map_name(&plan->maps[map]));
    else
        snprintf(label, MMAX_LABEL_WIDTH + 1, "%s#%zu", mmax_map_name(&plan->maps[map]), nth);
    return is_long;
}

static void copy_heading(const char *text, size_t length, char line[MMAX_HEADING_SIZE])
{
    snprintf(line, MMAX_HEADING_SIZE, "%.*s", (int)length, text);
}

/* Breaks a heading at a blank or behind a hyphen or a slash where that makes it narrower. */
static void break_heading(const char *heading, mmax_table_column *column)
{
    size_t length = strlen(heading), narrowest = length, n_first = 0, begin_second = 0;
    for (size_t i = 1; i + 1 < length; i++) {
        if (!strchr(" -/", heading[i]))
            continue;
        size_t first = heading[i] == ' ' ? i : i + 1, second = length - i - 1;
        size_t width = first > second ? first : second;
        if (width >= narrowest)
            continue;
        narrowest = width;
        n_first = first;
        begin_second = i + 1;
    }
    copy_heading(heading, n_first, column->heading[0]);
    copy_heading(heading + begin_second, length - begin_second, column->heading[1]);
}

static void widen(mmax_table_column *column, size_t width)
{
    if (width > column->width)
        column->width = width;
}

void mmax_table_init(mmax_table *table, const mmax_report *report, const char *lead_heading,
                     size_t lead_width)
{
    const mmax_plan *plan = report->plan;
    *table = (mmax_table){.pen.output = report->output,
                          .color = report->options.color,
                          .n_maps = plan->n_maps,
                          .lead_heading = lead_heading,
                          .lead_width = lead_width,
                          .n_columns = plan->metrics.n_reported,
                          .gap = 1};
    for (size_t m = 0; m < plan->n_maps; m++) {
        mmax_table_label(plan, m, table->labels[m]);
        size_t width = strlen(table->labels[m]);
        table->label_width = width > table->label_width ? width : table->label_width;
    }
    for (size_t k = 0; k < table->n_columns; k++) {
        mmax_table_column *column = &table->columns[k];
        column->metric = mmax_report_metric(&plan->metrics, k);
        break_heading(column->metric->heading, column);
        widen(column, strlen(column->heading[0]));
        widen(column, strlen(column->heading[1]));
        widen(column, strlen(column->metric->unit));
    }
}

void mmax_table_fit_decimals(mmax_table *table, const double *values)
{
    for (size_t m = 0; m < table->n_maps; m++)
        for (size_t k = 0; k < table->n_columns; k++) {
            int decimals = mmax_cell_decimals(values[m * table->n_columns + k]);
            if (decimals > table->columns[k].decimals)
                table->columns[k].decimals = decimals;
        }
}

void mmax_table_fit_widths(mmax_table *table, const double *values)
{
    char text[MMAX_CELL_SIZE];
    for (size_t m = 0; m < table->n_maps; m++)
        for (size_t k = 0; k < table->n_columns; k++) {
            mmax_table_column *column = &table->columns[k];
            size_t blanks =
                mmax_cell_write(values[m * table->n_columns + k], column->decimals, text);
            widen(column, strlen(text) + blanks);
        }
}

void mmax_table_fit_rows(mmax_table *table, size_t row_length)
{
    char text[MMAX_CELL_SIZE];
    size_t n_digits = (size_t)snprintf(text, sizeof text, "%zu", row_length);
    for (size_t k = 0; k < table->n_columns; k++) {
        mmax_table_column *column = &table->columns[k];
        bool counts = strcmp(column->metric->unit, "entries") == 0;
        column->decimals = counts ? 3 : 4;
        widen(column, counts ? n_digits + strlen(".000") : strlen("0.0000"));
        widen(column, strlen("1.0e-07"));
    }
}

static size_t lead_and_label_width(const mmax_table *table)
{
    return table->label_width + (table->lead_width > 0 ? table->lead_width + 2 : 0);
}

void mmax_table_close_up(mmax_table *table)
{
    static const size_t limits[] = {MMAX_TABLE_NARROW, MMAX_TABLE_WIDTH};
    size_t width = lead_and_label_width(table);
    for (size_t k = 0; k < table->n_columns; k++)
        width += table->columns[k].width + 1;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        for (size_t gap = 2; gap-- > 0;)
            if (width + gap * table->n_columns <= limits[i]) {
                table->gap = gap;
                return;
            }
}

size_t mmax_table_block(const mmax_table *table, size_t first)
{
    size_t width = lead_and_label_width(table), end = first;
    do
        width += table->gap + table->columns[end++].width + 1;
    while (end < table->n_columns &&
           width + table->gap + table->columns[end].width + 1 <= MMAX_TABLE_WIDTH);
    return end;
}

/* ---- writing --------------------------------------------------------------------------------- */

static void begin_line(mmax_table *table, const char *lead, const char *label)
{
    if (table->lead_width > 0)
        mmax_pen_left(&table->pen, lead, table->lead_width + 2);
    mmax_pen_left(&table->pen, label, table->label_width);
}

static void write_column_text(mmax_table *table, size_t k, const char *text)
{
    table->pen.blanks += table->gap;
    mmax_pen_right(&table->pen, text, table->columns[k].width);
    table->pen.blanks++;
}

void mmax_table_heading(mmax_table *table, size_t first, size_t end)
{
    bool has_two_lines = false, has_units = false;
    for (size_t k = first; k < end; k++) {
        has_two_lines |= table->columns[k].heading[0][0] != '\0';
        has_units |= table->columns[k].metric->unit[0] != '\0';
    }
    for (size_t i = has_two_lines ? 0 : 1; i < 2; i++) {
        begin_line(table, i == 1 && table->lead_heading ? table->lead_heading : "", "");
        for (size_t k = first; k < end; k++)
            write_column_text(table, k, table->columns[k].heading[i]);
        mmax_pen_end_line(&table->pen);
    }
    if (!has_units)
        return;
    begin_line(table, "", "");
    for (size_t k = first; k < end; k++)
        write_column_text(table, k, table->columns[k].metric->unit);
    mmax_pen_end_line(&table->pen);
}

/* The text of a column's best value; "" where no value is better than the others as they are shown.
 */
static void find_best(const mmax_table *table, size_t k, const double *values,
                      char best[MMAX_CELL_SIZE])
{
    double highest = (double)NAN;
    bool differ = false;
    char text[MMAX_CELL_SIZE];
    best[0] = '\0';
    if (table->columns[k].metric->better != MMAX_BETTER_HIGHER)
        return;
    for (size_t m = 0; m < table->n_maps; m++) {
        double value = values[m * table->n_columns + k];
        if (isnan(value))
            continue;
        mmax_cell_write(value, table->columns[k].decimals, text);
        differ |= best[0] != '\0' && strcmp(text, best) != 0;
        if (!(value <= highest)) {
            highest = value;
            strcpy(best, text);
        }
    }
    if (!differ)
        best[0] = '\0';
}

static void write_cell(mmax_table *table, size_t k, double value, const char *best)
{
    static const char bold[] = "\033[1m", normal[] = "\033[0m";
    mmax_pen *pen = &table->pen;
    char text[MMAX_CELL_SIZE];
    size_t blanks = mmax_cell_write(value, table->columns[k].decimals, text);
    size_t used = strlen(text) + blanks, width = table->columns[k].width;
    bool is_best = strcmp(text, best) == 0;
    pen->blanks += table->gap + (used < width ? width - used : 0);
    if (is_best && table->color)
        mmax_pen_text(pen, bold);
    mmax_pen_text(pen, text);
    if (is_best && table->color)
        mmax_pen_text(pen, normal);
    mmax_pen_left(pen, is_best ? "*" : "", 1 + blanks);
}

void mmax_table_lines(mmax_table *table, size_t first, size_t end, const char *lead,
                      const double *values)
{
    char best[MMAX_MAX_METRICS][MMAX_CELL_SIZE];
    for (size_t k = first; k < end; k++)
        find_best(table, k, values, best[k]);
    for (size_t m = 0; m < table->n_maps; m++) {
        begin_line(table, m == 0 ? lead : "", table->labels[m]);
        for (size_t k = first; k < end; k++)
            write_cell(table, k, values[m * table->n_columns + k], best[k]);
        mmax_pen_end_line(&table->pen);
    }
}

void mmax_table_counts(mmax_table *table, size_t first, size_t end, const char *label,
                       const size_t *counts)
{
    begin_line(table, "", label);
    for (size_t k = first; k < end; k++) {
        char text[MMAX_CELL_SIZE];
        snprintf(text, sizeof text, "%zu", counts[k]);
        write_column_text(table, k, text);
    }
    mmax_pen_end_line(&table->pen);
}
