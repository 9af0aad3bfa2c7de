/* The readers of parameters, and what they share; for parameters*.c only. */
#ifndef MMAX_IO_PARAMETERS_PARTS_H
#define MMAX_IO_PARAMETERS_PARTS_H

#include "io/parameters.h"
#include "io/stream.h"

enum { MMAX_N_TERMS = 4 };

/* Room for n empty sets; NULL in sets->sets on lack of memory. */
mmax_status mmax_parameter_sets_new(size_t n, mmax_parameter_sets *sets, mmax_error *error);

/* Append to a set; false if it is full. */
bool mmax_set_add(char set[MMAX_SET_SIZE], const char *text);
bool mmax_set_add_number(char set[MMAX_SET_SIZE], double value);

/* STREAM, at its beginning, holds JSON. */
mmax_status mmax_json_sets_read(mmax_stream *stream, mmax_parameter_sets *sets, mmax_error *error);

/* ---- arrays ---------------------------------------------------------------------------------- */

typedef enum mmax_parameter_role { MMAX_NO_ROLE, MMAX_TS, MMAX_RANGES } mmax_parameter_role;

extern const char *const mmax_role_names[]; /* "ts", "ranges" */

enum { MMAX_ARRAY_KIND_SIZE = MMAX_SHAPE_SIZE + 48 };

/* An array that may be parameters. */
typedef struct mmax_parameter_array {
    char *name;                      /* "" where the file has but one, without a name */
    mmax_parameter_role role;        /* by the name */
    bool is_long;                    /* the name ends in "multimax_ts", not in "ts" alone */
    size_t prefix;                   /* bytes of the name before that */
    size_t n_rows;                   /* sets */
    double *values;                  /* (n_rows, 4); NULL for another shape */
    char kind[MMAX_ARRAY_KIND_SIZE]; /* its shape, and what else speaks against it, in words */
} mmax_parameter_array;

typedef struct mmax_parameter_arrays {
    char file[MMAX_MESSAGE_SIZE / 4]; /* the file's name, for messages */
    mmax_parameter_array *arrays;     /* (n,) those of a name or a shape that parameters have */
    size_t n, capacity;
    mmax_parameter_array *other; /* the first of those left out, for a message; NULL for none */
} mmax_parameter_arrays;

/* To be freed on failure, too. */
mmax_status mmax_parameter_arrays_read(const char *file, mmax_parameter_arrays *list,
                                       mmax_error *error);
void mmax_parameter_arrays_free(mmax_parameter_arrays *list);

/* Whether there is a number in the prefix: of a layer. */
bool mmax_array_has_number(const mmax_parameter_array *array);

/* Of pointers to arrays, for qsort: by their names, layers.9 before layers.10. */
int mmax_compare_names(const void *a, const void *b);

/* Whether two names differ in their numbers alone. */
bool mmax_names_are_alike(const char *x, const char *y);

/* FILE holds arrays, or one of them with another beside it. */
mmax_status mmax_array_sets_read(const char *file, mmax_parameter_sets *sets, mmax_error *error);

#endif
