/* Rows that figures map again once the pass is over; private to analyze.
 * In: the blocks of the pass.  Out: their weights under any map.
 *
 * Of many rows one in two, four, eight, ... is kept, spread evenly, so that no layer or head is
 * left out and memory is bounded; which ones follows from the number of rows alone. */
#ifndef MMAX_KEPT_ROWS_H
#define MMAX_KEPT_ROWS_H

#include "analyze/analyze.h"

enum { MMAX_KEPT_ROWS = 2000 };

typedef struct mmax_kept_rows {
    size_t row_length;
    size_t n_valid;            /* rows of the input, without skipped ones */
    size_t step;               /* about one row in so many is kept: a power of two */
    size_t n;                  /* rows kept: at most MMAX_KEPT_ROWS, and 16 MiB but at least one */
    size_t room, max_rows;     /* rows that fit; that may */
    double *logits;            /* (n, row_length) */
    double *epsilon;           /* (n,) */
    mmax_relevance *relevance; /* (n,) */
    size_t *indices;           /* (n,) ascending, among all rows of the input */
    bool is_out_of_memory;     /* told by mmax_kept_rows_check */
    bool wants_log_weights;    /* of maps over them */
} mmax_kept_rows;

mmax_status mmax_kept_rows_new(const mmax_input *input, mmax_kept_rows **rows, mmax_error *error);
void mmax_kept_rows_free(mmax_kept_rows *rows);

/* Adds a block, in C order.
 *
 * first_row  index of the block's first row among all rows of the input
 * logits     (n_rows, row_length); skipped rows hold a NaN and are passed over
 * relevance  (n_rows,) */
void mmax_kept_rows_add(mmax_kept_rows *rows, size_t first_row, size_t n_rows, const double *logits,
                        const mmax_relevance *relevance);

/* MMAX_ENOMEM if rows are missing for lack of memory. */
mmax_status mmax_kept_rows_check(const mmax_kept_rows *rows, mmax_error *error);

/* ---- maps over them -------------------------------------------------------------------------- */

/* Rows under one map: N of them from the FIRST on. */
typedef struct mmax_mapped_rows {
    size_t first, n;
    const double *weights;       /* (n, row_length) */
    const double *log_weights;   /* the same shape, or NULL where nobody wants them */
    const size_t *support;       /* (n,) */
    const mmax_row_facts *facts; /* (n,) */
} mmax_mapped_rows;

typedef void mmax_rows_taker(void *context, const mmax_mapped_rows *mapped);

/* Hands out all rows under MAP, some at a time, in their order.  MMAX_ENOMEM, and what
 * mmax_map_apply fails with. */
mmax_status mmax_kept_rows_map(const mmax_kept_rows *rows, const mmax_map *map,
                               mmax_rows_taker *take, void *context, mmax_error *error);

/* The same under the plan's map-th map, each row under that of its layer. */
mmax_status mmax_kept_rows_map_layers(const mmax_kept_rows *rows, const mmax_plan *plan, size_t map,
                                      const mmax_input *input, mmax_rows_taker *take, void *context,
                                      mmax_error *error);

#endif
