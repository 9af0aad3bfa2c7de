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

/* Why a block cannot be computed.  It becomes a message only when the block's turn comes, as only
 * the thread that reads knows the places of the source. */
typedef struct mmax_fault {
    mmax_status status; /* MMAX_OK: none */
    size_t row, column; /* in the block, of MMAX_EDOMAIN; MMAX_WHOLE_ROW: CAUSE says why */
    mmax_error cause;   /* of the others, too */
} mmax_fault;

/* The buffers of one block of rows, allocated once for the pass. */
typedef struct mmax_block {
    size_t capacity;          /* rows that fit */
    size_t first_row, n_rows; /* the rows that are in it */
    mmax_fault fault;         /* what computing it met */
    size_t row_length;
    double *logits;            /* (n_rows, row_length); a skipped row is all -inf.  NULL where rows
                                  are float32 and nobody wants more */
    bool *skipped;             /* (n_rows,) it held a NaN or +inf */
    mmax_row_facts *facts;     /* (n_rows,) */
    mmax_relevance *relevance; /* (n_rows,) */
    double *epsilon;           /* (n_rows,) */
    double *weights;           /* (capacity, row_length) under the last map, or, where somebody
                                  takes them, under each of them; NULL if nobody wants them */
    size_t weights_stride;     /* from one map's weights to the next's; 0: the last map's only */
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

/* How many rows make a block; at least 1. */
size_t mmax_block_rows(const mmax_plan *plan, const mmax_input *input);

mmax_status mmax_block_new(const mmax_plan *plan, const mmax_source *source,
                           const mmax_block_wants *wants, mmax_block **block, mmax_error *error);
void mmax_block_free(mmax_block *block);

/* Reads the next rows, of which the first is the input's FIRST_ROW, and transforms them; n_rows is
 * 0 at the end. */
mmax_status mmax_block_read(mmax_block *block, size_t first_row, mmax_source *source,
                            mmax_transform *transform, mmax_error *error);

/* Finds out what every map and metric asks of the rows, and applies the plan's maps: weights and
 * metrics.  The fault is MMAX_EDOMAIN for a NaN or +inf, unless the plan skips them, and what
 * mmax_map_apply fails with.  Of the source, which may be read on meanwhile, it looks only at what
 * does not change. */
void mmax_block_compute(mmax_block *block, const mmax_plan *plan, const mmax_source *source);

/* The block's fault as a failure, with the place of its row. */
mmax_status mmax_block_fail(const mmax_block *block, const mmax_source *source, mmax_error *error);

/* The weights under a map, where they are wanted; NULL else. */
const double *mmax_block_weights(const mmax_block *block, size_t map);

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
