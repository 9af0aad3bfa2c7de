/* The arrays of a file that may be parameters, and what their names tell. */
#include "io/parameters_parts.h"

#include "io/io.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* One of each role more than there may be layers, to see that there are no more. */
enum { MOST_ARRAYS = 2 * (MMAX_MAX_LAYERS + 1) };

const char *const mmax_role_names[] = {[MMAX_TS] = "ts", [MMAX_RANGES] = "ranges"};

/* ---- names ----------------------------------------------------------------------------------- */

/* Whether NAME ends in WORD, behind nothing or what no word goes on with, JOINT among it. */
static bool ends_in_word(const char *name, const char *word, char joint)
{
    size_t n = strlen(name), m = strlen(word);
    if (n < m || strcmp(name + n - m, word) != 0)
        return false;
    return n == m || name[n - m - 1] == joint ||
           !(isalnum((unsigned char)name[n - m - 1]) || name[n - m - 1] == '_');
}

static void find_role(mmax_parameter_array *array)
{
    static const char *const long_names[] = {
        [MMAX_TS] = "multimax_ts", [MMAX_RANGES] = "multimax_ranges"};
    for (mmax_parameter_role i = MMAX_TS; i <= MMAX_RANGES; i++) {
        bool is_long = ends_in_word(array->name, long_names[i], '_');
        if (!is_long && !ends_in_word(array->name, mmax_role_names[i], '.'))
            continue;
        array->role = i;
        array->is_long = is_long;
        array->prefix = strlen(array->name) - strlen(is_long ? long_names[i] : mmax_role_names[i]);
    }
}

bool mmax_array_has_number(const mmax_parameter_array *array)
{
    for (size_t i = 0; i < array->prefix; i++)
        if (isdigit((unsigned char)array->name[i]))
            return true;
    return false;
}

/* The digits at the beginning of TEXT, without leading zeros; *TEXT goes behind them. */
static size_t cut_number(const char **text, const char **digits)
{
    size_t n = strspn(*text, "0123456789");
    *digits = *text + strspn(*text, "0");
    *text += n;
    return *digits < *text ? (size_t)(*text - *digits) : 0;
}

/* As strcmp, but layers.9 comes before layers.10. */
int mmax_compare_names(const void *a, const void *b)
{
    const char *x = (*(mmax_parameter_array *const *)a)->name,
               *y = (*(mmax_parameter_array *const *)b)->name;
    while (*x && *y) {
        if (!isdigit((unsigned char)*x) || !isdigit((unsigned char)*y)) {
            if (*x != *y)
                break;
            x++, y++;
            continue;
        }
        const char *m, *n;
        size_t n_m = cut_number(&x, &m), n_n = cut_number(&y, &n);
        int order = n_m != n_n ? (n_m < n_n ? -1 : 1) : memcmp(m, n, n_m);
        if (order != 0)
            return order;
    }
    return strcmp(x, y);
}

/* Whether two names differ in their numbers alone. */
bool mmax_names_are_alike(const char *x, const char *y)
{
    for (;;) {
        size_t m = strspn(x, "0123456789"), n = strspn(y, "0123456789");
        if ((m > 0) != (n > 0) || x[m] != y[n])
            return false;
        if (!x[m])
            return true;
        x += m + 1;
        y += n + 1;
    }
}

/* ---- the arrays of a file -------------------------------------------------------------------- */

static void free_array(mmax_parameter_array *array)
{
    free(array->name);
    free(array->values);
}

void mmax_parameter_arrays_free(mmax_parameter_arrays *list)
{
    for (size_t i = 0; i < list->n; i++)
        free_array(&list->arrays[i]);
    if (list->other)
        free_array(list->other);
    free(list->arrays);
    free(list->other);
}

static bool has_shape_of_sets(const mmax_input *input)
{
    return (input->n_dims == 1 || input->n_dims == 2) && input->row_length == MMAX_N_TERMS;
}

static mmax_status fill(mmax_parameter_array *array, const mmax_parameter_arrays *list,
                        mmax_source *source, mmax_error *error)
{
    /* One more than is taken, to see that there are no more. */
    const size_t room = MMAX_MAX_LAYERS + 1;
    array->values = mmax_alloc_array(room * MMAX_N_TERMS, sizeof *array->values);
    if (!array->values)
        return mmax_fail_memory(error, "reading parameters");
    size_t n_rows = 1;
    while (n_rows > 0 && array->n_rows < room) {
        mmax_status status =
            mmax_source_read(source, room - array->n_rows,
                             array->values + array->n_rows * MMAX_N_TERMS, &n_rows, error);
        if (status != MMAX_OK)
            return status;
        array->n_rows += n_rows;
    }
    if (array->n_rows > MMAX_MAX_LAYERS)
        return mmax_fail(error, MMAX_EUNSUPPORTED, "%s: more than %d layers", list->file,
                         MMAX_MAX_LAYERS);
    double *shrunk =
        mmax_resize_array(array->values, array->n_rows * MMAX_N_TERMS + 1, sizeof *shrunk);
    array->values = shrunk ? shrunk : array->values;
    return MMAX_OK;
}

/* Makes room for another array; NULL on lack of memory. */
static mmax_parameter_array *add_array(mmax_parameter_arrays *list)
{
    if (list->n == list->capacity) {
        size_t capacity = 2 * list->capacity + 8;
        mmax_parameter_array *grown = mmax_resize_array(list->arrays, capacity, sizeof *grown);
        if (!grown)
            return NULL;
        list->arrays = grown;
        list->capacity = capacity;
    }
    list->arrays[list->n] = (mmax_parameter_array){0};
    return &list->arrays[list->n++];
}

/* Takes an array into the list if its name or its shape is one of parameters. */
static mmax_status take_array(mmax_parameter_arrays *list, mmax_source *source, mmax_error *error)
{
    const mmax_input *input = mmax_source_input(source);
    mmax_parameter_array found = {.name = mmax_copy_text(input->array ? input->array : "")};
    if (!found.name)
        return mmax_fail_memory(error, "reading parameters");
    find_role(&found);
    bool is_set = has_shape_of_sets(input);
    bool is_wanted = (is_set || found.role) && list->n < MOST_ARRAYS;
    mmax_parameter_array *to = NULL;
    if (is_wanted)
        to = add_array(list);
    else if (!list->other)
        to = list->other = mmax_alloc_zeroed(1, sizeof *to);
    if (!to) {
        free(found.name);
        return is_wanted || !list->other ? mmax_fail_memory(error, "reading parameters") : MMAX_OK;
    }
    *to = found;
    mmax_status status = is_wanted && is_set ? fill(to, list, source, error) : MMAX_OK;
    mmax_shape_write(input->shape, input->n_dims, to->shape);
    return status;
}

mmax_status mmax_parameter_arrays_read(const char *file, mmax_parameter_arrays *list,
                                       mmax_error *error)
{
    const mmax_source_options options = {0};
    mmax_source *source;
    mmax_quote(file, strlen(file), list->file, sizeof list->file);
    mmax_status status = mmax_source_open(file, &options, &source, error);
    if (status != MMAX_OK)
        return status;
    status = take_array(list, source, error);
    mmax_source_free(source);
    return status;
}
