/* Parameters as arrays: by their names in one file, or in two files side by side. */
#include "io/parameters_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *quote_name(const char *name, char quoted[MMAX_MESSAGE_SIZE / 8])
{
    return mmax_quote(name, strlen(name), quoted, MMAX_MESSAGE_SIZE / 8);
}

/* ---- from arrays to layers ------------------------------------------------------------------- */

/* Arrays of one file that together are the ts or the ranges of all layers. */
typedef struct array_stack {
    const mmax_parameter_arrays *list;
    mmax_parameter_array **arrays; /* (n_arrays,) into the list, in the order of the layers */
    size_t n_arrays;
    size_t n_layers;
} array_stack;

static mmax_status fail_shape(const mmax_parameter_arrays *list, const mmax_parameter_array *array,
                              const char *expected, mmax_error *error)
{
    char name[MMAX_MESSAGE_SIZE / 8];
    if (!array->name[0])
        return mmax_fail(error, MMAX_EFORMAT, "%s: an array of shape %s; expected %s", list->file,
                         array->kind, expected);
    return mmax_fail(error, MMAX_EFORMAT, "%s: array '%s' of shape %s; expected %s", list->file,
                     quote_name(array->name, name), array->kind, expected);
}

/* Orders the arrays of a stack and counts its layers. */
static mmax_status settle(array_stack *stack, mmax_error *error)
{
    char first[MMAX_MESSAGE_SIZE / 8], other[MMAX_MESSAGE_SIZE / 8];
    bool is_single = stack->n_arrays == 1;
    qsort(stack->arrays, stack->n_arrays, sizeof *stack->arrays, mmax_compare_names);
    stack->n_layers = 0;
    for (size_t i = 0; i < stack->n_arrays; i++) {
        const mmax_parameter_array *array = stack->arrays[i];
        if (!array->values || array->n_rows == 0)
            return fail_shape(stack->list, array, "(4,) or (layers, 4)", error);
        if (!is_single && array->n_rows != 1)
            return fail_shape(stack->list, array, "(4,), as there is one a layer", error);
        if (!mmax_names_are_alike(stack->arrays[0]->name, array->name))
            return mmax_fail(error, MMAX_EFORMAT,
                             "%s: which of '%s' and '%s' comes first? names of layers must differ "
                             "in nothing but numbers",
                             stack->list->file, quote_name(stack->arrays[0]->name, first),
                             quote_name(array->name, other));
        stack->n_layers += array->n_rows;
    }
    if (stack->n_layers > MMAX_MAX_LAYERS)
        return mmax_fail(error, MMAX_EUNSUPPORTED, "%s: more than %d layers", stack->list->file,
                         MMAX_MAX_LAYERS);
    return MMAX_OK;
}

static const double *layer_of(const array_stack *stack, size_t layer)
{
    return stack->n_arrays == 1 ? stack->arrays[0]->values + layer * MMAX_N_TERMS
                                : stack->arrays[layer]->values;
}

static mmax_status combine(const array_stack *ts, const array_stack *ranges,
                           mmax_parameter_sets *sets, mmax_error *error)
{
    if (ts->n_layers != ranges->n_layers)
        return mmax_fail(error, MMAX_EFORMAT,
                         "%s: ts of shape (%zu, 4) and, in %s, ranges of shape (%zu, 4); expected "
                         "the same shape",
                         ts->list->file, ts->n_layers, ranges->list->file, ranges->n_layers);
    mmax_status status = mmax_parameter_sets_new(ts->n_layers, sets, error);
    const array_stack *const stacks[] = {ts, ranges};
    for (size_t i = 0; status == MMAX_OK && i < ts->n_layers; i++)
        for (size_t k = 0; k < 2; k++) {
            const double *values = layer_of(stacks[k], i);
            mmax_set_add(sets->sets[i], k == 0 ? "ts=" : ",ranges=");
            for (size_t j = 0; j < MMAX_N_TERMS; j++) {
                mmax_set_add(sets->sets[i], j == 0 ? "" : "/");
                mmax_set_add_number(sets->sets[i], values[j]);
            }
        }
    return status;
}

/* ---- by name, in one file -------------------------------------------------------------------- */

/* The arrays of a role: the long names where there are any, and of these the numbered ones: a
 * classifier's own parameters lie beside those of its layers. */
static mmax_status pick(const mmax_parameter_arrays *list, mmax_parameter_role role,
                        array_stack *stack, mmax_error *error)
{
    bool any_long = false, any_number = false;
    for (size_t i = 0; i < list->n; i++)
        any_long |= list->arrays[i].role && list->arrays[i].is_long;
    for (size_t i = 0; i < list->n; i++) {
        const mmax_parameter_array *array = &list->arrays[i];
        any_number |= array->role && array->is_long == any_long && mmax_array_has_number(array);
    }
    *stack = (array_stack){.list = list};
    stack->arrays = mmax_alloc_array(list->n, sizeof *stack->arrays);
    if (!stack->arrays)
        return mmax_fail_memory(error, "reading parameters");
    for (size_t i = 0; i < list->n; i++) {
        mmax_parameter_array *array = &list->arrays[i];
        if (array->role == role && array->is_long == any_long &&
            mmax_array_has_number(array) == any_number)
            stack->arrays[stack->n_arrays++] = array;
    }
    return MMAX_OK;
}

/* Every ts has ranges of the same prefix. */
static mmax_status check_partners(const array_stack *ts, const array_stack *ranges,
                                  mmax_error *error)
{
    for (size_t i = 0; i < ts->n_arrays || i < ranges->n_arrays; i++) {
        const mmax_parameter_array *a = i < ts->n_arrays ? ts->arrays[i] : NULL;
        const mmax_parameter_array *b = i < ranges->n_arrays ? ranges->arrays[i] : NULL;
        if (a && b && a->prefix == b->prefix && strncmp(a->name, b->name, a->prefix) == 0)
            continue;
        char name[MMAX_MESSAGE_SIZE / 8];
        return mmax_fail(error, MMAX_EFORMAT, "%s: '%s' has no partner: every ts needs its ranges",
                         ts->list->file, quote_name(a ? a->name : b->name, name));
    }
    return MMAX_OK;
}

/* *IS_NAMED is false where the file has not both: then SETS are untouched. */
static mmax_status read_named(const mmax_parameter_arrays *list, bool *is_named,
                              mmax_parameter_sets *sets, mmax_error *error)
{
    array_stack ts = {0}, ranges = {0};
    mmax_status status = pick(list, MMAX_TS, &ts, error);
    if (status == MMAX_OK)
        status = pick(list, MMAX_RANGES, &ranges, error);
    *is_named = status == MMAX_OK && ts.n_arrays > 0 && ranges.n_arrays > 0;
    if (*is_named) {
        status = settle(&ts, error);
        if (status == MMAX_OK)
            status = settle(&ranges, error);
        if (status == MMAX_OK)
            status = check_partners(&ts, &ranges, error);
        if (status == MMAX_OK)
            status = combine(&ts, &ranges, sets, error);
    }
    free(ts.arrays);
    free(ranges.arrays);
    return status;
}

/* ---- side by side, in two files -------------------------------------------------------------- */

static char *find_last(char *text, const char *word)
{
    char *last = NULL;
    for (char *at = text; (at = strstr(at, word)); at++)
        last = at;
    return last;
}

/* The name of the file beside FILE, to be freed: "ts" for "ranges" in it, or the other way round;
 * NULL where it has neither, or on lack of memory.  The role is FILE's own. */
static char *name_partner(const char *file, mmax_parameter_role *own)
{
    size_t size = strlen(file) + sizeof "ranges";
    char *partner = mmax_alloc_array(size, 1);
    if (!partner)
        return NULL;
    strcpy(partner, file);
    char *base = strrchr(partner, '/') ? strrchr(partner, '/') + 1 : partner;
    char *at = find_last(base, mmax_role_names[MMAX_RANGES]);
    *own = at ? MMAX_RANGES : MMAX_TS;
    at = at ? at : find_last(base, mmax_role_names[MMAX_TS]);
    if (!at) {
        free(partner);
        return NULL;
    }
    const char *rest = file + (at - partner) + strlen(mmax_role_names[*own]);
    snprintf(at, size - (size_t)(at - partner), "%s%s",
             mmax_role_names[*own == MMAX_TS ? MMAX_RANGES : MMAX_TS], rest);
    return partner;
}

/* All the arrays of a file. */
static mmax_status stack_all(const mmax_parameter_arrays *list, array_stack *stack,
                             mmax_error *error)
{
    *stack = (array_stack){.list = list};
    if (list->other)
        return fail_shape(list, list->other, "(4,) or (layers, 4)", error);
    if (list->n == 0)
        return mmax_fail(error, MMAX_EFORMAT, "%s: holds no array of numbers", list->file);
    stack->arrays = mmax_alloc_array(list->n, sizeof *stack->arrays);
    if (!stack->arrays)
        return mmax_fail_memory(error, "reading parameters");
    for (size_t i = 0; i < list->n; i++)
        stack->arrays[stack->n_arrays++] = &list->arrays[i];
    return settle(stack, error);
}

/* The error of a partner that cannot be read, with why it is looked for. */
static mmax_status fail_partner(const mmax_parameter_arrays *own_list, mmax_parameter_role own,
                                mmax_status status, mmax_error *error)
{
    char cause[MMAX_MESSAGE_SIZE / 2];
    if (!error)
        return status;
    snprintf(cause, sizeof cause, "%.*s", MMAX_MESSAGE_SIZE / 2 - 1, error->message);
    return mmax_fail(error, status, "%s; %s has no array multimax_%s, so that is looked for there",
                     cause, own_list->file,
                     mmax_role_names[own == MMAX_TS ? MMAX_RANGES : MMAX_TS]);
}

static mmax_status read_pair(const char *file, const mmax_parameter_arrays *list,
                             mmax_parameter_sets *sets, mmax_error *error)
{
    mmax_parameter_role own;
    errno = 0;
    char *partner = name_partner(file, &own);
    if (!partner && errno == ENOMEM)
        return mmax_fail_memory(error, "reading parameters");
    if (!partner)
        return mmax_fail(error, MMAX_EFORMAT,
                         "%s: holds no arrays multimax_ts and multimax_ranges; expected these, or "
                         "the names ts.npz and ranges.npz for two files",
                         list->file);
    mmax_parameter_arrays other = {0};
    array_stack stacks[2] = {{0}, {0}};
    array_stack *mine = &stacks[own == MMAX_RANGES], *theirs = &stacks[own == MMAX_TS];
    mmax_status status = mmax_parameter_arrays_read(partner, &other, error);
    if (status != MMAX_OK) {
        status = fail_partner(list, own, status, error);
        goto out;
    }
    status = stack_all(list, mine, error);
    if (status == MMAX_OK)
        status = stack_all(&other, theirs, error);
    if (status == MMAX_OK)
        status = combine(&stacks[0], &stacks[1], sets, error);
out:
    free(stacks[0].arrays);
    free(stacks[1].arrays);
    mmax_parameter_arrays_free(&other);
    free(partner);
    return status;
}

mmax_status mmax_array_sets_read(const char *file, mmax_parameter_sets *sets, mmax_error *error)
{
    mmax_parameter_arrays list = {0};
    bool is_named = false;
    mmax_status status = mmax_parameter_arrays_read(file, &list, error);
    if (status == MMAX_OK)
        status = read_named(&list, &is_named, sets, error);
    if (status == MMAX_OK && !is_named)
        status = read_pair(file, &list, sets, error);
    mmax_parameter_arrays_free(&list);
    return status;
}
