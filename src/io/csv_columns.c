#include "io/csv_columns.h"

#include <stdlib.h>
#include <string.h>

enum { QUOTED_SIZE = 128 };

/* ---- names ----------------------------------------------------------------------------------- */

/* Blanks around a name count neither here nor there. */
static bool is_named(const mmax_csv_cell *cell, const char *name)
{
    const mmax_csv_cell wanted = {.text = name, .length = strlen(name)};
    size_t length, wanted_length;
    const char *text = mmax_csv_trim(cell, &length);
    const char *wanted_text = mmax_csv_trim(&wanted, &wanted_length);
    return length == wanted_length && memcmp(text, wanted_text, length) == 0;
}

/* The first cell of that name, and how many there are. */
static size_t find_name(const mmax_csv_record *header, const char *name, size_t *n_found)
{
    size_t first = header->n_cells;
    *n_found = 0;
    for (size_t i = 0; i < header->n_cells; i++)
        if (is_named(&header->cells[i], name) && (*n_found)++ == 0)
            first = i;
    return first;
}

static char *copy_cell(const mmax_csv_cell *cell)
{
    size_t length;
    const char *text = mmax_csv_trim(cell, &length);
    char *copy = mmax_alloc_array(length + 1, 1);
    if (copy) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

static mmax_status fail_unknown(const char *file, const mmax_csv_record *header, const char *name,
                                mmax_error *error)
{
    char quoted[QUOTED_SIZE], nearest[QUOTED_SIZE];
    mmax_status status;
    size_t n = 0;
    char **names = mmax_alloc_array(header->n_cells, sizeof *names);
    while (names && n < header->n_cells && (names[n] = copy_cell(&header->cells[n])))
        n++;
    if (!names || n < header->n_cells) {
        status = mmax_fail_memory(error, "looking for a column");
        goto cleanup;
    }
    const char *suggestion = mmax_suggest(name, (const char *const *)names, n);
    if (suggestion)
        mmax_quote(suggestion, strlen(suggestion), nearest, sizeof nearest);
    status = mmax_fail(error, MMAX_EFORMAT, "%s:%zu: no column is named '%s'%s%s%s", file,
                       header->cells[0].line, mmax_quote(name, strlen(name), quoted, sizeof quoted),
                       suggestion ? "; did you mean '" : "", suggestion ? nearest : "",
                       suggestion ? "'?" : "");
cleanup:
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
    return status;
}

/* ---- header ---------------------------------------------------------------------------------- */

static bool has_a_name(const mmax_columns *columns, const mmax_csv_record *record)
{
    size_t n_found;
    for (size_t i = 0; i < columns->n_items; i++)
        if (columns->items[i].name) {
            find_name(record, columns->items[i].name, &n_found);
            if (n_found > 0)
                return true;
        }
    return false;
}

/* Whether most of the chosen cells that are not empty are words, or all of them integers that count
 * up by one. */
static void look_at_chosen(const mmax_columns *columns, const mmax_csv_record *record,
                           bool *are_words, bool *count_up)
{
    size_t n = 0, n_words = 0, n_empty = 0, n_steps = 0;
    bool first_is_chosen = false;
    double value = 0, last = 0;
    for (size_t k = 0; k < columns->n_items; k++)
        for (size_t i = columns->items[k].first;
             i > 0 && i <= columns->items[k].last && i <= record->n_cells; i++) {
            const mmax_csv_cell *cell = &record->cells[i - 1];
            first_is_chosen |= i == 1;
            n_words += mmax_csv_is_word(cell);
            if (mmax_csv_number(cell, &value))
                n_steps += n == 0 ? value >= 0 && value <= 1e9 && value == (double)(long)value
                                  : value == last + 1;
            last = value;
            n++;
            n_empty += mmax_csv_is_empty(cell);
        }
    *are_words = 2 * n_words > n - n_empty;
    *count_up = n > 0 && n_steps == n && !first_is_chosen;
}

mmax_status mmax_csv_columns_header(const mmax_columns *columns, const char *file,
                                    const mmax_csv_record *first, mmax_header header,
                                    bool *has_header, mmax_error *error)
{
    bool are_words, count_up;
    if (columns->has_names && header == MMAX_HEADER_NO)
        return mmax_fail(error, MMAX_EUSAGE,
                         "%s: columns by name need a header; give their numbers, such as 3-6",
                         file);
    if (columns->has_names && header == MMAX_HEADER_AUTO && !has_a_name(columns, first) &&
        2 * mmax_csv_count_words(first->cells, first->n_cells) <= first->n_cells)
        return mmax_fail(error, MMAX_EFORMAT,
                         "%s:%zu: the first line is no header that names columns; give their "
                         "numbers, such as 3-6",
                         file, first->cells[0].line);
    look_at_chosen(columns, first, &are_words, &count_up);
    *has_header = header == MMAX_HEADER_YES || columns->has_names ||
                  (header == MMAX_HEADER_AUTO &&
                   (are_words || (count_up && mmax_csv_is_corner(&first->cells[0]))));
    return MMAX_OK;
}

/* ---- selection ------------------------------------------------------------------------------- */

/* What a selection is made from. */
typedef struct selecting {
    const char *file;
    const mmax_csv_record *header, *data;
    size_t n_columns;
    mmax_csv_selection *selection;
    mmax_error *error;
} selecting;

/* "a.csv:2: no column 7; a record has 6 cells" */
static mmax_status fail_past_end(const selecting *s, size_t number)
{
    char digits[MMAX_NUMBER_SIZE], quoted[QUOTED_SIZE] = "";
    size_t n_found = 0;
    snprintf(digits, sizeof digits, "%zu", number);
    if (s->header)
        find_name(s->header, digits, &n_found);
    if (n_found > 0)
        snprintf(quoted, sizeof quoted, "; the one that is named so is '\"%s\"'", digits);
    return mmax_fail(s->error, MMAX_EFORMAT, "%s:%zu: no column %s; the record has %zu cell%s%s",
                     s->file, s->data->cells[0].line, digits, s->n_columns,
                     s->n_columns == 1 ? "" : "s", quoted);
}

static mmax_status take_cell(const selecting *s, size_t i)
{
    mmax_csv_selection *selection = s->selection;
    char quoted[QUOTED_SIZE];
    if (selection->values[i] == MMAX_NO_VALUE) {
        selection->values[i] = selection->n_values++;
        return MMAX_OK;
    }
    if (!s->header || i < s->data->n_cells - s->header->n_cells)
        return mmax_fail(s->error, MMAX_EUSAGE, "%s: column %zu is chosen twice", s->file, i + 1);
    size_t length;
    const mmax_csv_cell *cell = &s->header->cells[i - (s->data->n_cells - s->header->n_cells)];
    const char *text = mmax_csv_trim(cell, &length);
    return mmax_fail(s->error, MMAX_EUSAGE, "%s:%zu:%zu: column %zu, '%s', is chosen twice",
                     s->file, cell->line, cell->column, i + 1,
                     mmax_quote(text, length, quoted, sizeof quoted));
}

static mmax_status take_name(const selecting *s, const char *name)
{
    char quoted[QUOTED_SIZE];
    size_t n_found, i = find_name(s->header, name, &n_found);
    if (n_found == 0)
        return fail_unknown(s->file, s->header, name, s->error);
    if (n_found > 1)
        return mmax_fail(s->error, MMAX_EFORMAT,
                         "%s:%zu: %zu columns are named '%s'; give the number of one", s->file,
                         s->header->cells[0].line, n_found,
                         mmax_quote(name, strlen(name), quoted, sizeof quoted));
    return take_cell(s, i + (s->data->n_cells - s->header->n_cells));
}

static mmax_status take_range(const selecting *s, const mmax_column_item *item)
{
    size_t last = item->last == MMAX_LAST_COLUMN ? s->n_columns : item->last;
    if (item->first > s->n_columns || last > s->n_columns)
        return fail_past_end(s, item->first > s->n_columns ? item->first : last);
    mmax_status status = MMAX_OK;
    for (size_t i = item->first; i <= last && status == MMAX_OK; i++)
        status = take_cell(s, i - 1);
    return status;
}

static void find_runs(mmax_csv_selection *selection)
{
    const size_t *values = selection->values;
    size_t run = 0;
    for (size_t i = selection->n_cells; i-- > 0; selection->runs[i] = run)
        if (values[i] == MMAX_NO_VALUE)
            run = 0;
        else
            run = run > 0 && values[i + 1] == values[i] + 1 ? run + 1 : 1;
}

mmax_status mmax_csv_columns_select(const mmax_columns *columns, const char *file,
                                    const mmax_csv_record *header, const mmax_csv_record *data,
                                    size_t n_columns, mmax_csv_selection *selection,
                                    mmax_error *error)
{
    mmax_csv_selection made = {.n_cells = data->n_cells};
    const selecting s = {file, header, data, n_columns, &made, error};
    made.values = mmax_alloc_array(made.n_cells, sizeof *made.values);
    made.runs = mmax_alloc_array(made.n_cells, sizeof *made.runs);
    mmax_status status = MMAX_OK;
    if (!made.values || !made.runs)
        status = mmax_fail_memory(error, "choosing columns");
    for (size_t i = 0; i < made.n_cells && status == MMAX_OK; i++)
        made.values[i] = MMAX_NO_VALUE;
    for (size_t k = 0; k < columns->n_items && status == MMAX_OK; k++)
        status = columns->items[k].name ? take_name(&s, columns->items[k].name)
                                        : take_range(&s, &columns->items[k]);
    if (status == MMAX_OK) {
        find_runs(&made);
        *selection = made;
    } else {
        mmax_csv_selection_clear(&made);
    }
    return status;
}

void mmax_csv_selection_clear(mmax_csv_selection *selection)
{
    free(selection->values);
    free(selection->runs);
    *selection = (mmax_csv_selection){0};
}
