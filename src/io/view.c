#include "io/view.h"

#include "io/source.h"

#include <string.h>

/* ---- the expression -------------------------------------------------------------------------- */

typedef enum item_kind { ITEM_INDEX, ITEM_SLICE, ITEM_NEWAXIS, ITEM_ELLIPSIS } item_kind;

typedef struct item {
    item_kind kind;
    bool has_start, has_stop;
    ptrdiff_t start, stop, step; /* an index is START; a slice without a step has 1 */
} item;

/* Enough for an index and a new axis each, and the dots. */
enum { MAX_ITEMS = 2 * MMAX_MAX_DIMS + 1 };

typedef struct expression {
    item items[MAX_ITEMS];
    size_t n_items;
    size_t n_indices; /* items that take an axis of the array */
} expression;

typedef struct parser {
    const char *text;
    size_t at;
    mmax_error *error;
} parser;

static mmax_status fail_at(const parser *p, size_t at, const char *what)
{
    char quoted[128];
    return mmax_fail(p->error, MMAX_EUSAGE, "invalid selection '%s': character %zu: %s",
                     mmax_quote(p->text, strlen(p->text), quoted, sizeof quoted), at + 1, what);
}

static void skip_blanks(parser *p)
{
    while (p->text[p->at] == ' ' || p->text[p->at] == '\t')
        p->at++;
}

static bool accept(parser *p, const char *word)
{
    skip_blanks(p);
    size_t n = strlen(word);
    if (strncmp(p->text + p->at, word, n) != 0)
        return false;
    p->at += n;
    return true;
}

/* An integer, if one comes next.  One that is too large for any array is as good as the largest. */
static bool accept_integer(parser *p, ptrdiff_t *value)
{
    skip_blanks(p);
    const char *c = p->text + p->at;
    bool is_negative = *c == '-';
    c += *c == '-' || *c == '+';
    if (*c < '0' || *c > '9')
        return false;
    ptrdiff_t magnitude = 0;
    for (; *c >= '0' && *c <= '9'; c++) {
        ptrdiff_t digit = *c - '0';
        magnitude = magnitude > (PTRDIFF_MAX - digit) / 10 ? PTRDIFF_MAX : 10 * magnitude + digit;
    }
    p->at = (size_t)(c - p->text);
    *value = is_negative ? -magnitude : magnitude;
    return true;
}

static mmax_status parse_slice(parser *p, item *it)
{
    it->kind = ITEM_SLICE;
    it->step = 1;
    it->has_stop = accept_integer(p, &it->stop);
    if (!accept(p, ":"))
        return MMAX_OK;
    skip_blanks(p);
    size_t at = p->at;
    if (accept_integer(p, &it->step) && it->step == 0)
        return fail_at(p, at, "a step of 0 goes nowhere");
    return MMAX_OK;
}

static mmax_status parse_item(parser *p, item *it)
{
    *it = (item){.kind = ITEM_NEWAXIS};
    if (accept(p, "newaxis") || accept(p, "None"))
        return MMAX_OK;
    if (accept(p, "...")) {
        it->kind = ITEM_ELLIPSIS;
        return MMAX_OK;
    }
    it->has_start = accept_integer(p, &it->start);
    if (accept(p, ":"))
        return parse_slice(p, it);
    it->kind = ITEM_INDEX;
    return it->has_start
               ? MMAX_OK
               : fail_at(p, p->at, "expected an integer, a slice such as 0:64, '...' or newaxis");
}

static mmax_status parse(const char *text, expression *e, mmax_error *error)
{
    parser p = {text, 0, error};
    bool has_ellipsis = false;
    *e = (expression){.n_items = 0};
    do {
        skip_blanks(&p);
        size_t at = p.at;
        if (!text[at] && e->n_items > 0) /* Python allows a comma at the end */
            break;
        item it;
        mmax_status status = parse_item(&p, &it);
        if (status != MMAX_OK)
            return status;
        if (it.kind == ITEM_ELLIPSIS && has_ellipsis)
            return fail_at(&p, at, "'...' can stand for the rest only once");
        if (e->n_items == MAX_ITEMS)
            return fail_at(&p, at, "too many items");
        has_ellipsis |= it.kind == ITEM_ELLIPSIS;
        e->n_indices += it.kind == ITEM_INDEX || it.kind == ITEM_SLICE;
        e->items[e->n_items++] = it;
    } while (accept(&p, ","));
    skip_blanks(&p);
    return text[p.at] ? fail_at(&p, p.at, "expected ',' or the end") : MMAX_OK;
}

mmax_status mmax_select_check(const char *text, mmax_error *error)
{
    expression ignored;
    return parse(text, &ignored, error);
}

/* ---- slicing --------------------------------------------------------------------------------- */

/* What Python makes of a bound: from the end if negative, and no farther than LEAST or MOST. */
static ptrdiff_t clip(ptrdiff_t bound, ptrdiff_t length, ptrdiff_t least, ptrdiff_t most)
{
    if (bound < 0)
        bound += length;
    return bound < least ? least : bound > most ? most : bound;
}

/* The first index of a slice of an axis, and how many there are. */
static void slice_axis(const item *it, size_t size, ptrdiff_t *first, size_t *count)
{
    ptrdiff_t length = (ptrdiff_t)size;
    bool is_forward = it->step > 0;
    ptrdiff_t least = is_forward ? 0 : -1, most = is_forward ? length : length - 1;
    ptrdiff_t start = is_forward ? least : most, stop = is_forward ? most : least;
    if (it->has_start)
        start = clip(it->start, length, least, most);
    if (it->has_stop)
        stop = clip(it->stop, length, least, most);
    ptrdiff_t distance = is_forward ? stop - start : start - stop;
    ptrdiff_t step = is_forward ? it->step : -it->step;
    *first = start;
    *count = distance > 0 ? (size_t)((distance - 1) / step) + 1 : 0;
}

static mmax_status fail_with_shape(const char *file, const mmax_layout *array, const char *what,
                                   mmax_error *error)
{
    char shape[MMAX_SHAPE_SIZE];
    mmax_shape_write(array->shape, array->n_dims, shape);
    return mmax_fail(error, MMAX_EDOMAIN, "%s: %s; the array has shape %s", file, what, shape);
}

/* Builds a view axis by axis. */
typedef struct builder {
    const char *file;
    const mmax_view *from;
    mmax_view to;
    size_t from_axis; /* the next of FROM's to be taken */
    mmax_error *error;
} builder;

static mmax_status add_axis(builder *b, size_t length, ptrdiff_t stride, int origin)
{
    mmax_layout *to = &b->to.layout;
    char what[128];
    snprintf(what, sizeof what, "the selection has more than %d axes", MMAX_MAX_DIMS);
    if (to->n_dims == MMAX_MAX_DIMS)
        return fail_with_shape(b->file, &b->from->layout, what, b->error);
    to->shape[to->n_dims] = length;
    to->strides[to->n_dims] = stride;
    b->to.origin[to->n_dims++] = origin;
    return MMAX_OK;
}

static void go_along(builder *b, ptrdiff_t index)
{
    ptrdiff_t stride = b->from->layout.strides[b->from_axis];
    b->to.layout.offset = (size_t)((ptrdiff_t)b->to.layout.offset + index * stride);
}

static mmax_status take_index(builder *b, const item *it)
{
    size_t size = b->from->layout.shape[b->from_axis];
    ptrdiff_t index = it->start < 0 ? it->start + (ptrdiff_t)size : it->start;
    if (index < 0 || (size_t)index >= size) {
        char what[128];
        snprintf(what, sizeof what, "index %td is out of bounds for axis %zu with size %zu",
                 it->start, b->from_axis, size);
        return fail_with_shape(b->file, &b->from->layout, what, b->error);
    }
    go_along(b, index);
    b->from_axis++;
    return MMAX_OK;
}

static mmax_status take_slice(builder *b, const item *it)
{
    size_t axis = b->from_axis;
    ptrdiff_t first;
    size_t count;
    slice_axis(it, b->from->layout.shape[axis], &first, &count);
    if (count > 0)
        go_along(b, first);
    b->from_axis++;
    /* With one element the step leads nowhere, and its product with the stride might overflow. */
    ptrdiff_t step = count > 1 ? it->step : 1;
    return add_axis(b, count, b->from->layout.strides[axis] * step, b->from->origin[axis]);
}

static mmax_status take_whole_axes(builder *b, size_t n)
{
    static const item whole = {.kind = ITEM_SLICE, .step = 1};
    mmax_status status = MMAX_OK;
    for (size_t i = 0; i < n && status == MMAX_OK; i++)
        status = take_slice(b, &whole);
    return status;
}

static mmax_status take_items(builder *b, const expression *e)
{
    size_t n_rest = b->from->layout.n_dims - e->n_indices; /* axes that no item names */
    for (size_t i = 0; i < e->n_items; i++) {
        const item *it = &e->items[i];
        mmax_status status = MMAX_OK;
        if (it->kind == ITEM_INDEX)
            status = take_index(b, it);
        else if (it->kind == ITEM_SLICE)
            status = take_slice(b, it);
        else if (it->kind == ITEM_NEWAXIS)
            status = add_axis(b, 1, 0, -1);
        else
            status = take_whole_axes(b, n_rest);
        if (status != MMAX_OK)
            return status;
    }
    return take_whole_axes(b, b->from->layout.n_dims - b->from_axis);
}

mmax_status mmax_view_select(const char *file, const char *select, mmax_view *view,
                             mmax_error *error)
{
    expression e;
    mmax_status status = parse(select, &e, error);
    if (status != MMAX_OK)
        return status;
    if (e.n_indices > view->layout.n_dims) {
        char what[128];
        snprintf(what, sizeof what, "the selection has %zu indices for %zu %s", e.n_indices,
                 view->layout.n_dims, view->layout.n_dims == 1 ? "axis" : "axes");
        return fail_with_shape(file, &view->layout, what, error);
    }
    builder b = {.file = file, .from = view, .to = *view, .error = error};
    b.to.layout.n_dims = 0;
    status = take_items(&b, &e);
    if (status == MMAX_OK)
        *view = b.to;
    return status;
}

/* The first index item is that of the first axis, unless the dots before it stand for axes. */
static const item *item_of_first_axis(const expression *e, size_t n_dims)
{
    for (size_t i = 0; i < e->n_items; i++) {
        const item *it = &e->items[i];
        if (it->kind == ITEM_ELLIPSIS && e->n_indices < n_dims)
            return NULL;
        if (it->kind == ITEM_INDEX || it->kind == ITEM_SLICE)
            return it;
    }
    return NULL;
}

static size_t reach_of(const item *it)
{
    if (!it || (it->has_start && it->start < 0) || (it->has_stop && it->stop < 0))
        return SIZE_MAX;
    if (it->kind == ITEM_INDEX)
        return (size_t)it->start + 1;
    if (it->step > 0)
        return it->has_stop ? (size_t)it->stop : SIZE_MAX;
    return it->has_start ? (size_t)it->start + 1 : SIZE_MAX;
}

mmax_status mmax_select_reach(const char *file, const char *select, size_t n_dims, size_t *reach,
                              mmax_error *error)
{
    expression e;
    mmax_status status = parse(select, &e, error);
    if (status != MMAX_OK)
        return status;
    if (e.n_indices > n_dims)
        return mmax_fail(error, MMAX_EDOMAIN, "%s: the selection has %zu indices for %zu axes",
                         file, e.n_indices, n_dims);
    *reach = reach_of(item_of_first_axis(&e, n_dims));
    return MMAX_OK;
}

/* ---- whole arrays and their axes ------------------------------------------------------------- */

void mmax_view_whole(const mmax_layout *array, mmax_view *view)
{
    view->layout = *array;
    for (size_t i = 0; i < array->n_dims; i++)
        view->origin[i] = (int)i;
}

mmax_status mmax_view_move_last(const char *file, int axis, mmax_view *view, mmax_error *error)
{
    mmax_layout *layout = &view->layout;
    int n_dims = (int)layout->n_dims;
    if (n_dims == 0 && axis == -1)
        return MMAX_OK;
    if (axis < -n_dims || axis >= n_dims) {
        char what[128];
        snprintf(what, sizeof what, "axis %d is out of bounds for an array of rank %d", axis,
                 n_dims);
        return fail_with_shape(file, layout, what, error);
    }
    size_t from = (size_t)(axis < 0 ? axis + n_dims : axis);
    size_t length = layout->shape[from];
    ptrdiff_t stride = layout->strides[from];
    int origin = view->origin[from];
    for (size_t i = from; i + 1 < layout->n_dims; i++) {
        layout->shape[i] = layout->shape[i + 1];
        layout->strides[i] = layout->strides[i + 1];
        view->origin[i] = view->origin[i + 1];
    }
    layout->shape[n_dims - 1] = length;
    layout->strides[n_dims - 1] = stride;
    view->origin[n_dims - 1] = origin;
    return MMAX_OK;
}

void mmax_layout_unravel(const mmax_layout *array, size_t offset, size_t index[MMAX_MAX_DIMS])
{
    size_t rest = offset - array->offset;
    size_t order[MMAX_MAX_DIMS], n = 0; /* axes longer than one, the largest stride first */
    for (size_t i = 0; i < array->n_dims; i++) {
        index[i] = 0;
        if (array->shape[i] <= 1 || array->strides[i] == 0)
            continue;
        size_t j = n++;
        for (; j > 0 && array->strides[order[j - 1]] < array->strides[i]; j--)
            order[j] = order[j - 1];
        order[j] = i;
    }
    for (size_t j = 0; j < n; j++) {
        size_t stride = (size_t)array->strides[order[j]];
        index[order[j]] = rest / stride;
        rest %= stride;
    }
}
