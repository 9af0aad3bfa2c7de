#include "io/columns.h"

#include <stdlib.h>
#include <string.h>

/* The list that is being read. */
typedef struct parser {
    const char *text; /* the whole */
    const char *next; /* what is still to be read */
    mmax_columns *columns;
    mmax_error *error;
} parser;

static mmax_status refuse(const parser *p, const char *what)
{
    char quoted[256];
    return mmax_fail(p->error, MMAX_EUSAGE, "invalid columns '%s': %s",
                     mmax_quote(p->text, strlen(p->text), quoted, sizeof quoted), what);
}

static void skip_blanks(parser *p)
{
    while (*p->next == ' ' || *p->next == '\t')
        p->next++;
}

/* ---- items ----------------------------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits at *TEXT; what no record can have becomes the largest number that is no mark. */
static size_t read_number(const char **text)
{
    size_t number = 0;
    for (; is_digit(**text); ++*text)
        number = number < (MMAX_LAST_COLUMN - 10) / 10 ? 10 * number + (size_t)(**text - '0')
                                                       : MMAX_LAST_COLUMN - 1;
    return number;
}

/* N, N-M, N- or -M; false for anything else, which is a name. */
static bool read_range(const char *text, const char *end, mmax_column_item *item)
{
    bool has_first = is_digit(*text);
    item->first = has_first ? read_number(&text) : 1;
    item->last = item->first;
    if (text == end)
        return has_first;
    if (*text++ != '-')
        return false;
    bool has_last = is_digit(*text);
    item->last = has_last ? read_number(&text) : MMAX_LAST_COLUMN;
    return text == end && (has_first || has_last);
}

static mmax_status read_plain(parser *p, mmax_column_item *item)
{
    const char *begin = p->next, *end = begin + strcspn(begin, ",");
    p->next = end;
    while (end > begin && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    if (begin == end)
        return refuse(p, "an item is empty; expected names, numbers or ranges between commas");
    if (read_range(begin, end, item)) {
        if (item->first == 0 || item->last == 0)
            return refuse(p, "columns are counted from 1");
        return item->last < item->first ? refuse(p, "a range runs backwards") : MMAX_OK;
    }
    item->name = mmax_alloc_array((size_t)(end - begin) + 1, 1);
    if (!item->name)
        return mmax_fail_memory(p->error, "reading the list of columns");
    memcpy(item->name, begin, (size_t)(end - begin));
    item->name[end - begin] = '\0';
    return MMAX_OK;
}

static mmax_status read_quoted(parser *p, mmax_column_item *item)
{
    size_t n = 0;
    item->name = mmax_alloc_array(strlen(p->next), 1);
    if (!item->name)
        return mmax_fail_memory(p->error, "reading the list of columns");
    for (p->next++; *p->next != '"' || p->next[1] == '"'; p->next++) {
        if (*p->next == '\0')
            return refuse(p, "a quote is never closed");
        p->next += *p->next == '"';
        item->name[n++] = *p->next;
    }
    item->name[n] = '\0';
    p->next++;
    skip_blanks(p);
    if (*p->next != ',' && *p->next != '\0')
        return refuse(p, "something follows a closing quote; expected a comma");
    return MMAX_OK;
}

/* ---- the list -------------------------------------------------------------------------------- */

static mmax_status read_item(parser *p)
{
    mmax_columns *columns = p->columns;
    mmax_column_item *grown =
        mmax_resize_array(columns->items, columns->n_items + 1, sizeof *columns->items);
    if (!grown)
        return mmax_fail_memory(p->error, "reading the list of columns");
    columns->items = grown;
    mmax_column_item *item = &grown[columns->n_items++];
    *item = (mmax_column_item){0};
    skip_blanks(p);
    mmax_status status = *p->next == '"' ? read_quoted(p, item) : read_plain(p, item);
    columns->has_names |= item->name != NULL;
    columns->has_ranges |= item->name == NULL;
    return status;
}

mmax_status mmax_columns_parse(const char *text, mmax_columns *columns, mmax_error *error)
{
    mmax_columns parsed = {0};
    parser p = {text, text, &parsed, error};
    mmax_status status;
    for (;;) {
        status = read_item(&p);
        if (status != MMAX_OK || *p.next == '\0')
            break;
        p.next++;
    }
    if (status == MMAX_OK)
        *columns = parsed;
    else
        mmax_columns_clear(&parsed);
    return status;
}

void mmax_columns_clear(mmax_columns *columns)
{
    for (size_t i = 0; i < columns->n_items; i++)
        free(columns->items[i].name);
    free(columns->items);
    *columns = (mmax_columns){0};
}

mmax_status mmax_columns_check(const char *text, mmax_error *error)
{
    mmax_columns columns = {0};
    mmax_status status = mmax_columns_parse(text, &columns, error);
    mmax_columns_clear(&columns);
    return status;
}
