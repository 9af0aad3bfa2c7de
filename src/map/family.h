/* What a map's own file provides to the table of maps, and what the parser gives to it.
 * A new map is one file with the functions below and one row in table.c.  Not for other rooms. */
#ifndef MMAX_MAP_FAMILY_H
#define MMAX_MAP_FAMILY_H

#include "map/map.h"

/* ---- a SPEC taken apart ---------------------------------------------------------------------- */

/* A piece of a SPEC, not terminated; start is NULL where there is none. */
typedef struct mmax_piece {
    const char *start;
    size_t length;
} mmax_piece;

enum { MMAX_MAX_KEYS = 10 };

typedef struct mmax_parameters {
    const char *spec;                 /* all of it, for messages */
    mmax_piece bare;                  /* a single word without a key */
    mmax_piece values[MMAX_MAX_KEYS]; /* in the order of the family's keys */
} mmax_parameters;

/* ---- a family of maps ------------------------------------------------------------------------ */

typedef struct mmax_map_family {
    mmax_map_info info;
    const char *keys[MMAX_MAX_KEYS + 1]; /* NULL after the last */

    /* Sets the map's parameters, of which all are 0 before. */
    mmax_status (*parse)(const mmax_parameters *given, mmax_map *map, mmax_error *error);

    /* Appends the parameters to "NAME": ":t=1". */
    void (*format)(const mmax_map *map, char spec[MMAX_SPEC_SIZE]);

    /* The same as short as can be; NULL where it is FORMAT. */
    void (*label)(const mmax_map *map, char spec[MMAX_SPEC_SIZE]);

    /* As mmax_map_apply. */
    mmax_status (*apply)(const mmax_map *map, const mmax_kernel_rows *rows, const double *epsilon,
                         size_t *bad_row, mmax_error *error);
} mmax_map_family;

const mmax_map_family *mmax_map_family_of(mmax_map_kind kind);

mmax_status mmax_softmax_parse(const mmax_parameters *given, mmax_map *map, mmax_error *error);
void mmax_softmax_format(const mmax_map *map, char spec[MMAX_SPEC_SIZE]);
void mmax_softmax_label(const mmax_map *map, char spec[MMAX_SPEC_SIZE]);
mmax_status mmax_softmax_apply(const mmax_map *map, const mmax_kernel_rows *rows,
                               const double *epsilon, size_t *bad_row, mmax_error *error);

mmax_status mmax_sparsemax_apply(const mmax_map *map, const mmax_kernel_rows *rows,
                                 const double *epsilon, size_t *bad_row, mmax_error *error);

mmax_status mmax_entmax_parse(const mmax_parameters *given, mmax_map *map, mmax_error *error);
void mmax_entmax_format(const mmax_map *map, char spec[MMAX_SPEC_SIZE]);
void mmax_entmax_label(const mmax_map *map, char spec[MMAX_SPEC_SIZE]);
mmax_status mmax_entmax_apply(const mmax_map *map, const mmax_kernel_rows *rows,
                              const double *epsilon, size_t *bad_row, mmax_error *error);

mmax_status mmax_evsoftmax_apply(const mmax_map *map, const mmax_kernel_rows *rows,
                                 const double *epsilon, size_t *bad_row, mmax_error *error);

mmax_status mmax_multimax_parse(const mmax_parameters *given, mmax_map *map, mmax_error *error);
void mmax_multimax_format(const mmax_map *map, char spec[MMAX_SPEC_SIZE]);
void mmax_multimax_label(const mmax_map *map, char spec[MMAX_SPEC_SIZE]);
mmax_status mmax_multimax_apply(const mmax_map *map, const mmax_kernel_rows *rows,
                                const double *epsilon, size_t *bad_row, mmax_error *error);

/* ---- words ----------------------------------------------------------------------------------- */

/* "invalid map 'SPEC': ..." with MMAX_EUSAGE. */
#if defined __GNUC__
__attribute__((format(printf, 3, 4)))
#endif
mmax_status
mmax_invalid_map(mmax_error *error, const char *spec, const char *format, ...);

bool mmax_piece_is(mmax_piece piece, const char *word);

/* Reads a finite number, -0 as 0; *VALUE is untouched for a piece that is not there. */
mmax_status mmax_piece_number(const mmax_parameters *given, mmax_piece piece, double *value,
                              mmax_error *error);

/* Append; a SPEC of at most eight numbers fits by far. */
void mmax_spec_add(char spec[MMAX_SPEC_SIZE], const char *text);
void mmax_spec_add_number(char spec[MMAX_SPEC_SIZE], double value);

#endif
