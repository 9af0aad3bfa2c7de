/* The part of a block that the fused kernels work with; private to analyze. */
#ifndef MMAX_FUSED_BLOCK_H
#define MMAX_FUSED_BLOCK_H

#include "analyze/transform.h"

/* What a pass asks of its blocks. */
typedef struct mmax_block_wants {
    bool logits;    /* as float64: for figures, and for metrics with loops of their own */
    bool weights;   /* likewise */
    bool every_map; /* the weights of every map at once, for those who take them */
} mmax_block_wants;

typedef struct mmax_fused_block {
    const mmax_fused *kernels;
    size_t row_length, stride;
    bool is_single; /* rows are float32 */
    bool with_mean;
    void *logits;  /* (capacity, stride) of the width; NULL: the block's own float64 are the ones */
    void *weights; /* the same, where they are wanted; NULL then, too: the block's own */
    mmax_row_bounds *bounds;             /* (capacity,) */
    mmax_row_exponentials *exponentials; /* (capacity,) */
    void *powers;                        /* (capacity, stride) of the width, or NULL */
    void *scratch;
    mmax_row_sums *sums;    /* (capacity,) under one map */
    const mmax_fused *wide; /* for rows that float32 kernels leave; NULL where rows are float64 */
    double *row_logits;     /* (stride,) of a row that the kernels leave */
    double *row_weights;    /* the same */
} mmax_fused_block;

/* *FUSED is NULL where a metric needs the logarithms of weights: then the scalar kernels do it all,
 * in float64.  Rows are float32 where the source has them and nothing transforms them: a transform
 * is in float64.  MMAX_ENOMEM. */
mmax_status mmax_fused_block_new(const mmax_plan *plan, const mmax_source *source, size_t capacity,
                                 bool wants_weights, mmax_fused_block **fused, mmax_error *error);
void mmax_fused_block_free(mmax_fused_block *fused);

/* Float32 rows: reads the next ones. */
mmax_status mmax_fused_block_read(mmax_fused_block *fused, mmax_source *source, size_t max_rows,
                                  size_t *n_rows, mmax_error *error);

/* LOGITS: the block's float64, (n_rows, row_length), which are not looked at where rows are
 * float32.
 */
void mmax_fused_block_facts(mmax_fused_block *fused, const double *logits, size_t n_rows,
                            mmax_row_facts *facts);

/* After the facts: the entries on either side of each row's threshold. */
void mmax_fused_block_bound(mmax_fused_block *fused, size_t n_rows,
                            const mmax_relevance *relevance);

/* Float32 rows as float64, (n_rows, row_length), and one entry. */
void mmax_fused_block_widen(const mmax_fused_block *fused, size_t first, size_t n_rows,
                            double *wide);
double mmax_fused_block_entry(const mmax_fused_block *fused, size_t row, size_t column);

/* Masks a whole row of the kernels' own. */
void mmax_fused_block_blank(mmax_fused_block *fused, size_t row);

/* Rows of a block under one map. */
typedef struct mmax_fused_run {
    const mmax_map *map;
    size_t first, n_rows;
    const double *logits;
    const mmax_row_facts *facts;     /* of the whole block, as all below */
    const mmax_relevance *relevance; /* (n_rows,) */
    const double *epsilon;           /* (n_rows,) */
    double *weights;                 /* (n_rows, row_length) written, or NULL */
} mmax_fused_run;

/* The sums of the rows, and their weights.  On failure, that of mmax_map_apply, *BAD_ROW counts
 * from the beginning of the block. */
mmax_status mmax_fused_block_apply(mmax_fused_block *fused, const mmax_fused_run *run,
                                   size_t *bad_row, mmax_error *error);

#endif
