/* fused: a map and the sums of its metrics in one visit of a row, in float32 or float64.
 * In: logits of either width, C order.  Out: facts, the sums that metrics are made of, weights
 * where somebody asks for them.  Called by analyze; no allocation, no files, no threads.
 *
 * The bodies are in lanes/, compiled once an instruction set and width; which set runs is chosen
 * once, by mmax_fused_choose.  No result of a row depends on the other rows of its block, nor on
 * whether weights are written.  What needs more care than lanes give (an overflow, a temperature
 * beyond all measure) is left to the scalar kernels of kernels.h: the row says so. */
#ifndef MMAX_FUSED_H
#define MMAX_FUSED_H

#include "kernels/kernels.h"

/* What metrics ask of a row besides its weights, and the numbers of entries on either side. */
typedef struct mmax_row_bounds {
    double above, below;                     /* relevant: x > above; irrelevant: x < below */
    double per_reference, log_per_reference; /* 1/s and its logarithm */
    bool is_counted;                         /* the first map that passes by counts: */
    size_t n_relevant, n_irrelevant;
} mmax_row_bounds;

/* Sums over exp(x - max), from which softmax is made; 0 for a row without a live entry. */
typedef struct mmax_row_exponentials {
    double sum;
    double dot;     /* sum of exp(d) d, d = x - max */
    double log_sum; /* ln sum */
} mmax_row_exponentials;

/* The sums of one row under one map. */
typedef struct mmax_row_sums {
    bool is_left; /* to kernels.h: nothing else is written */
    double largest, entropy, squares;
    double relevant_gap;   /* sum of p_max - p over the relevant entries */
    double irrelevant_sum; /* sum of exp(-p/s) over the irrelevant ones */
    size_t n_relevant;     /* without one argmax, where that is relevant */
    size_t n_irrelevant, n_modes, support;
} mmax_row_sums;

/* Rows lie STRIDE entries apart, a multiple of MMAX_FUSED_LANES, and end with -inf: those entries
 * count as masked, and lanes need no rests. */
enum { MMAX_FUSED_LANES = 16 };

/* Rows are valid, finite or -inf.  Those without a live entry get weights 0 and no sums. */
typedef struct mmax_fused_rows {
    const void *logits; /* (n_rows, stride) of the width */
    size_t n_rows, stride;
    const mmax_row_facts *facts;               /* (n_rows,) */
    mmax_row_bounds *bounds;                   /* (n_rows,) counted if they are not */
    const mmax_row_exponentials *exponentials; /* (n_rows,) */
    const void *powers;  /* (n_rows, stride) exp(x - max), or NULL; needed by evsoftmax */
    void *scratch;       /* mmax_fused_scratch bytes */
    void *weights;       /* (n_rows, stride) written, or NULL */
    mmax_row_sums *sums; /* (n_rows,) written */
} mmax_fused_rows;

/* One instruction set at one width. */
typedef struct mmax_fused {
    size_t size; /* of an element: 4 or 8 */

    /* As mmax_kernel_facts, and the exponentials; powers (n_rows, stride) written unless NULL.
     * With WITH_MEAN false the mean is left NaN. */
    void (*facts)(const void *logits, size_t n_rows, size_t stride, bool with_mean,
                  mmax_row_facts *facts, mmax_row_exponentials *exponentials, void *powers);

    void (*softmax)(const mmax_fused_rows *rows, double temperature);
    void (*multimax)(const mmax_fused_rows *rows, const double ts[4],
                     const double *ranges); /* (n_rows, 4) */
    void (*evsoftmax)(const mmax_fused_rows *rows);
    void (*entmax)(const mmax_fused_rows *rows, double alpha);

    /* ln x of n normal numbers > 0, e^x of n numbers <= 0, n a multiple of the lanes: for tests. */
    void (*logarithms)(const void *x, size_t n, void *y);
    void (*powers)(const void *x, size_t n, void *y);
} mmax_fused;

typedef struct mmax_instruction_set {
    const char *name; /* "avx2" */
    const mmax_fused *single, *wide;
} mmax_instruction_set;

/* The best set that this build and this processor have, or the one called NAME: "baseline", "avx2",
 * "avx512", "neon".  MMAX_EUSAGE for another, and for one that cannot run here. */
mmax_status mmax_instruction_set_choose(const char *name, const mmax_instruction_set **set,
                                        mmax_error *error);

/* Bytes of scratch for rows of that stride. */
size_t mmax_fused_scratch(size_t stride);

#endif
