/* The list of leading indices that heatmaps show: "0.3,0.5,2.*". */
#include "analyze/heatmap_plan.h"

#include <stdlib.h>
#include <string.h>

/* An item of a list: a leading index, of which some parts may be "*". */

typedef struct panel_item {
    size_t n_parts;
    size_t parts[MMAX_MAX_DIMS];
    bool is_any[MMAX_MAX_DIMS];
} panel_item;

/* Reads the part at the head of TEXT; NULL if there is none.  Saturates: no axis is that long. */
static const char *read_part(const char *text, size_t *index, bool *is_any)
{
    *is_any = *text == '*';
    if (*is_any)
        return text + 1;
    const char *c = text;
    for (*index = 0; *c >= '0' && *c <= '9'; c++)
        *index = *index < SIZE_MAX / 16 ? 10 * *index + (size_t)(*c - '0') : SIZE_MAX / 2;
    return c > text ? c : NULL;
}

/* Reads the item at the head of TEXT, up to a comma or its end; NULL if it is none. */
static const char *read_item(const char *text, panel_item *item)
{
    item->n_parts = 0;
    do {
        if (item->n_parts > 0)
            text++;
        if (item->n_parts == MMAX_MAX_DIMS)
            return NULL;
        size_t i = item->n_parts++;
        text = read_part(text, &item->parts[i], &item->is_any[i]);
    } while (text && *text == '.');
    return text && (*text == ',' || *text == '\0') ? text : NULL;
}

mmax_status mmax_plan_set_panels(mmax_plan *plan, const char *list, mmax_error *error)
{
    panel_item item;
    const char *rest = read_item(list, &item);
    while (rest && *rest == ',')
        rest = read_item(rest + 1, &item);
    char quoted[64];
    if (!rest)
        return mmax_fail(error, MMAX_EUSAGE,
                         "invalid panels '%s': expected leading indices as in reports, separated "
                         "by commas, such as 0.3,0.5,2.*",
                         mmax_quote(list, strlen(list), quoted, sizeof quoted));
    char *copy = mmax_copy_text(list);
    if (!copy)
        return mmax_fail_memory(error, "keeping a list of panels");
    free(plan->panels);
    plan->panels = copy;
    return MMAX_OK;
}

/* ---- of an input ----------------------------------------------------------------------------- */

/* Whether the input has such an index, and how many groups it stands for: at most one more than
 * are drawn. */
static bool fits(const panel_item *item, const mmax_input *input, size_t *n_groups)
{
    size_t n_leading = input->n_dims > 2 ? input->n_dims - 2 : 0;
    *n_groups = 1;
    if (item->n_parts != n_leading)
        return false;
    for (size_t i = 0; i < n_leading; i++) {
        if (!item->is_any[i] && item->parts[i] >= input->shape[i])
            return false;
        if (!item->is_any[i] || *n_groups > MMAX_HEATMAP_MOST_PANELS)
            continue;
        *n_groups = input->shape[i] > MMAX_HEATMAP_MOST_PANELS ? MMAX_HEATMAP_MOST_PANELS + 1
                                                               : *n_groups * input->shape[i];
    }
    return true;
}

/* The K-th group of an item, counted in C order over its axes of "*". */
static size_t group_at(const panel_item *item, const mmax_input *input, size_t k)
{
    size_t group = 0, stride = 1;
    for (size_t i = item->n_parts; i-- > 0; stride *= input->shape[i]) {
        size_t index = item->is_any[i] ? k % input->shape[i] : item->parts[i];
        group += index * stride;
        k = item->is_any[i] ? k / input->shape[i] : k;
    }
    return group;
}

static mmax_status refuse_item(const char *text, const char *end, const mmax_input *input,
                               mmax_error *error)
{
    char quoted[64], name[256], shape[MMAX_SHAPE_SIZE], leading[MMAX_SHAPE_SIZE];
    mmax_quote(input->file, strlen(input->file), name, sizeof name);
    mmax_quote(text, (size_t)(end - text), quoted, sizeof quoted);
    if (input->n_dims <= 2)
        return mmax_fail(error, MMAX_EDOMAIN,
                         "%s: no panel '%s': it is one matrix, without leading indices", name,
                         quoted);
    mmax_shape_write(input->shape, input->n_dims, shape);
    mmax_shape_write(input->shape, input->n_dims - 2, leading);
    return mmax_fail(error, MMAX_EDOMAIN, "%s: no panel '%s': the leading axes of shape %s are %s",
                     name, quoted, shape, leading);
}

static mmax_status refuse_list(const char *list, const mmax_input *input, mmax_error *error)
{
    char quoted[256], name[256];
    return mmax_fail(
        error, MMAX_EDOMAIN, "%s: panels '%s' are more than %d leading indices; choose fewer",
        mmax_quote(input->file, strlen(input->file), name, sizeof name),
        mmax_quote(list, strlen(list), quoted, sizeof quoted), MMAX_HEATMAP_MOST_PANELS);
}

static bool is_among(size_t group, const size_t *groups, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (groups[i] == group)
            return true;
    return false;
}

/* Adds the groups of an item that are not there yet; false where there are too many. */
static bool add_groups(const panel_item *item, const mmax_input *input, size_t n_groups,
                       size_t *groups, size_t *n)
{
    for (size_t k = 0; k < n_groups; k++) {
        size_t group = group_at(item, input, k);
        if (is_among(group, groups, *n))
            continue;
        if (*n == MMAX_HEATMAP_MOST_PANELS)
            return false;
        groups[(*n)++] = group;
    }
    return true;
}

mmax_status mmax_panels_choose(const char *list, const mmax_input *input, size_t *groups, size_t *n,
                               mmax_error *error)
{
    *n = 0;
    panel_item item;
    for (const char *text = list, *end; text; text = *end == ',' ? end + 1 : NULL) {
        size_t n_groups;
        end = read_item(text, &item);
        if (!fits(&item, input, &n_groups))
            return refuse_item(text, end, input, error);
        if (!add_groups(&item, input, n_groups, groups, n))
            return refuse_list(list, input, error);
    }
    return MMAX_OK;
}
