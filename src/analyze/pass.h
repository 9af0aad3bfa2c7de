/* The parts of the pass over the blocks; private to analyze. */
#ifndef MMAX_PASS_H
#define MMAX_PASS_H

#include "analyze/fused_block.h"

/* ---- sinks ----------------------------------------------------------------------------------- */

typedef struct mmax_sinks {
    mmax_sink *const *list; /* (n,) */
    size_t n;
} mmax_sinks;

mmax_status mmax_sinks_begin(const mmax_sinks *sinks, const mmax_input *input, mmax_error *error);
mmax_status mmax_sinks_rows(const mmax_sinks *sinks, const mmax_row_block *block,
                            mmax_error *error);
mmax_status mmax_sinks_weights(const mmax_sinks *sinks, const mmax_weight_block *block,
                               mmax_error *error);
bool mmax_sinks_take_weights(const mmax_sinks *sinks);
mmax_status mmax_sinks_end(const mmax_sinks *sinks, const mmax_input *input, mmax_error *error);

/* ---- block ----------------------------------------------------------------------------------- */

/* The buffers of one block of rows, allocated once for the pass. */
typedef struct mmax_block {
    size_t capacity;          /* rows that fit */
    size_t first_row, n_rows; /* the rows that are in it */
    size_t row_length;
    double *logits;            /* (n_rows, row_length); a skipped row is all -inf.  NULL where rows
                                  are float32 and nobody wants more */
    bool *skipped;             /* (n_rows,) it held a NaN or +inf */
    mmax_row_facts *facts;     /* (n_rows,) */
    mmax_relevance *relevance; /* (n_rows,) */
    double *epsilon;           /* (n_rows,) */
    double *weights;           /* (n_rows, row_length) under one map; NULL if nobody wants them */
    mmax_fused_block *fused;   /* NULL: the scalar kernels do it all */
    double *log_weights;       /* the same, or NULL when no metric asks for it */
    size_t *support;           /* (n_rows,) */
    const char **labels;       /* (n_rows,) the rows' labels; NULL where a row has none */
    double *scratch;           /* (row_length,) */
    size_t n_kept;             /* rows not skipped */
    size_t *rows, *n_live;     /* (n_kept,) */
    const char **kept_labels;  /* (n_kept,) */
    double *metrics;           /* (n_maps, n_kept, n_metrics) */
} mmax_block;

mmax_status mmax_block_new(const mmax_plan *plan, const mmax_source *source,
                           const mmax_block_wants *wants, mmax_block **block, mmax_error *error);
void mmax_block_free(mmax_block *block);

/* Reads the next rows, transforms them and finds out what every map and metric asks of them; n_rows
 * is 0 at the end. MMAX_EDOMAIN for a NaN or +inf, unless the plan skips them. */
mmax_status mmax_block_read(mmax_block *block, const mmax_plan *plan, mmax_source *source,
                            mmax_transform *transform, mmax_error *error);

/* Applies the plan's map-th map: weights, support and this map's part of metrics. */
mmax_status mmax_block_apply(mmax_block *block, const mmax_plan *plan, size_t map,
                             const mmax_source *source, mmax_error *error);

/* After the last map: the logits of skipped rows become NaN, so that nothing mistakes them for
 * masked ones. */
void mmax_block_blank_logits(mmax_block *block);

/* ---- tally ----------------------------------------------------------------------------------- */

/* Row metrics become the summaries of groups and of all.  Groups are added to all in their order,
 * so all is the same whether or not groups are reported. */
typedef struct mmax_tally {
    mmax_result *result;
    size_t n_cells;           /* n_maps * n_metrics */
    mmax_accumulator **group; /* (n_cells,) of the current group */
    mmax_accumulator **all;   /* (n_cells,) */
    size_t group_length;      /* rows of the input in a group; SIZE_MAX when there is but one */
    size_t group_index;       /* the current one */
    size_t rows_in_group;     /* tallied so far */
    size_t groups_capacity;
} mmax_tally;

/* On failure, too, mmax_tally_end is to be called. */
mmax_status mmax_tally_begin(mmax_tally *tally, const mmax_input *input, mmax_result *result,
                             mmax_error *error);
mmax_status mmax_tally_block(mmax_tally *tally, const mmax_block *block, mmax_error *error);

/* Finishes the last groups and all. */
mmax_status mmax_tally_finish(mmax_tally *tally, const mmax_input *input, mmax_error *error);
void mmax_tally_end(mmax_tally *tally);

#endif
