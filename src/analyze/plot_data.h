/* What plots show; see analyze.h.  In: the pass.  Out: numbers, in bounded memory.  Called by
 * render and report, through results. */
#ifndef MMAX_PLOT_DATA_H
#define MMAX_PLOT_DATA_H

#include "map/map.h"

#include <stdbool.h>

/* Rows between sparsity and multi-modality.  Up to MMAX_TRADEOFF_ROWS different rows are shown
 * each, of more the mean. */
enum { MMAX_TRADEOFF_ROWS = 8, MMAX_TRADEOFF_STEPS = 128 };

typedef struct mmax_tradeoff_point {
    double multimodality, sparsity;
} mmax_tradeoff_point;

/* What becomes of a row, or of the mean, along a map's parameter. */
typedef struct mmax_tradeoff_curve {
    size_t n;
    double parameters[MMAX_TRADEOFF_STEPS];          /* (n,) ascending: a temperature, or alpha */
    mmax_tradeoff_point points[MMAX_TRADEOFF_STEPS]; /* (n,) */
} mmax_tradeoff_curve;

typedef struct mmax_tradeoff {
    size_t n_rows;           /* of the input, without skipped ones */
    size_t n_kept;           /* of them as many as memory is allowed for */
    size_t n_usable;         /* of those the ones that have both numbers */
    size_t n_drawn;          /* of those the different ones, or as many as time is allowed for */
    bool is_each;            /* shows each of those, not their mean */
    size_t n_maps, n_curves; /* n_curves is n_drawn where is_each, else 1, or 0 without rows */
    size_t *rows;            /* (n_drawn,) which they are among all rows of the input,
                                ascending */
    mmax_tradeoff_point *points;  /* (n_maps, n_drawn) of the rows; NaN where a row has no value */
    mmax_tradeoff_point *markers; /* (n_maps, n_curves) the same, or their mean */
    mmax_tradeoff_curve *softmax; /* (n_curves,) over temperature, 0.001 to 10000 */
    mmax_tradeoff_curve *entmax;  /* (n_curves,) over alpha, 1 to 4 */
} mmax_tradeoff;

/* How many weights of live entries have which size, in bins of a tenth of a decade. */
enum {
    MMAX_DISTRIBUTION_DECADES = 12,
    MMAX_BINS_A_DECADE = 10,
    MMAX_DISTRIBUTION_BINS = MMAX_DISTRIBUTION_DECADES * MMAX_BINS_A_DECADE
};

typedef struct mmax_distribution {
    size_t n_maps;
    size_t n_rows, n_entries;                 /* with a live entry; live */
    double edges[MMAX_DISTRIBUTION_BINS + 1]; /* 10^-12 to 1; a bin holds its lower edge, the last
                                                 one its upper edge, too */
    size_t *zeros;                            /* (n_maps,) weights of exactly 0 */
    size_t *tiny;                             /* (n_maps,) above 0 and below the lowest edge */
    size_t *bins;                             /* (n_maps, MMAX_DISTRIBUTION_BINS) */
} mmax_distribution;

/* The first rows with their logits and their weights. */
enum { MMAX_SHOWN_ROWS = 4, MMAX_SHOWN_ENTRIES = 64 };

typedef struct mmax_shown_row {
    size_t index; /* among all rows of the input */
    char *label;  /* or NULL */
    double epsilon;
    size_t n;        /* entries that are shown: of a longer row those with the largest logits */
    size_t n_others; /* live ones that are not */
    size_t entries[MMAX_SHOWN_ENTRIES]; /* (n,) their places in the row, ascending */
    double logits[MMAX_SHOWN_ENTRIES];  /* (n,) -inf: masked */
    char *labels[MMAX_SHOWN_ENTRIES];   /* (n,) of the columns; each may be NULL */
    double *weights;                    /* (n_maps, n + 1) the last one is the sum of the others */
} mmax_shown_row;

typedef struct mmax_shown_rows {
    size_t n_maps, row_length;
    size_t n_rows; /* of the input with a live entry */
    size_t n;      /* of them shown */
    mmax_shown_row rows[MMAX_SHOWN_ROWS];
} mmax_shown_rows;

/* sigma of MultiMax over the logits of kept rows, and the weight of one of two entries. */
enum { MMAX_CURVE_POINTS = 241, MMAX_CURVE_BINS = 60 };

typedef struct mmax_curve {
    size_t n_maps;
    size_t n_rows; /* of the input, without skipped ones */
    size_t n_kept; /* of them one in STEP, as many as memory is allowed for */
    size_t step;
    double epsilon;     /* mean of the kept rows', for breakpoints that are eps; 0 without any */
    double low, high;   /* what sigma and the histogram go over */
    mmax_sigma *sigmas; /* (n_maps,) the identity of maps that have none */
    double *x;          /* (n_maps, MMAX_CURVE_POINTS) ascending; knots and ends of falls in between
                           are among them */
    double *y;          /* (n_maps, MMAX_CURVE_POINTS) sigma(x); NaN where it overflows */
    size_t n_logits;    /* live ones of the kept rows */
    size_t bins[MMAX_CURVE_BINS];     /* of them in equal parts of low ... high */
    double pair_x[MMAX_CURVE_POINTS]; /* the first of two entries; the other one is 0 */
    double *pair;                     /* (n_maps, MMAX_CURVE_POINTS) its weight */
} mmax_curve;

/* Metrics by layer and head: the first two of the leading axes. */
enum { MMAX_LAYERS_METRICS = 3, MMAX_LAYERS_SIDE = 256 };

typedef struct mmax_layer_means {
    size_t n_maps;
    size_t n_metrics;                    /* of the plan's, at most MMAX_LAYERS_METRICS */
    size_t metrics[MMAX_LAYERS_METRICS]; /* their places in the table */
    bool has_heads;                      /* there is a second axis */
    size_t all_layers, all_heads;        /* lengths of the axes; 1 head without a second one */
    size_t n_layers, n_heads;            /* of them shown: at most MMAX_LAYERS_SIDE */
    double *cells; /* (n_metrics, n_maps, n_layers, n_heads) mean over the rows that have a value,
                      whatever their other leading indices; NaN without one */
    double *lines; /* (n_metrics, n_maps, n_layers) the same over all heads */
} mmax_layer_means;

#endif
