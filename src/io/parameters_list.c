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

static bool is_of_sets(const mmax_array_info *info)
{
    return info->is_read && (info->n_dims == 1 || info->n_dims == 2) &&
           info->shape[info->n_dims - 1] == MMAX_N_TERMS;
}

/* "(4,)", and for what is not of numbers "(4,) and type |O". */
static void write_kind(const mmax_array_info *info, char text[MMAX_ARRAY_KIND_SIZE])
{
    char dtype[32];
    mmax_shape_write(info->shape, info->n_dims, text);
    size_t used = strlen(text);
    if (!info->is_read)
        snprintf(text + used, MMAX_ARRAY_KIND_SIZE - used, " and type %s",
                 mmax_quote(info->dtype, strlen(info->dtype), dtype, sizeof dtype));
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

/* Reads the array that FILE came to. */
static mmax_status read_values(mmax_file *file, const mmax_parameter_arrays *list,
                               mmax_parameter_array *array, mmax_error *error)
{
    mmax_source *source;
    mmax_status status = mmax_file_array(file, &source, error);
    if (status != MMAX_OK)
        return status;
    status = fill(array, list, source, error);
    mmax_source_free(source);
    return status;
}

/* Takes an array into the list if its name or its shape is one of parameters. */
static mmax_status take_array(mmax_parameter_arrays *list, mmax_file *file,
                              const mmax_array_info *info, mmax_error *error)
{
    mmax_parameter_array found = {.name = mmax_copy_text(info->array ? info->array : "")};
    if (!found.name)
        return mmax_fail_memory(error, "reading parameters");
    find_role(&found);
    write_kind(info, found.kind);
    bool is_set = is_of_sets(info);
    bool is_wanted = (is_set || found.role) && list->n < MOST_ARRAYS;
    mmax_parameter_array *to = NULL;
    if (is_wanted)
        to = add_array(list);
    else if (!list->other)
        to = list->other = mmax_alloc_zeroed(1, sizeof *to);
    if (!to) {
        bool is_left_out = !is_wanted && list->other;
        free(found.name);
        return is_left_out ? MMAX_OK : mmax_fail_memory(error, "reading parameters");
    }
    *to = found;
    return is_wanted && is_set ? read_values(file, list, to, error) : MMAX_OK;
}

mmax_status mmax_parameter_arrays_read(const char *file, mmax_parameter_arrays *list,
                                       mmax_error *error)
{
    mmax_file *opened;
    mmax_quote(file, strlen(file), list->file, sizeof list->file);
    mmax_status status = mmax_file_open(file, NULL, &opened, error);
    if (status != MMAX_OK)
        return status;
    const mmax_array_info *info = NULL;
    do {
        status = mmax_file_next(opened, &info, error);
        if (status == MMAX_OK && info)
            status = take_array(list, opened, info, error);
    } while (status == MMAX_OK && info);
    mmax_file_free(opened);
    return status;
}
