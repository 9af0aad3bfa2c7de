/* What plots show; see analyze.h.  In: the pass.  Out: numbers, in bounded memory.  Called by
 * render and report, through results. */
#ifndef MMAX_PLOT_DATA_H
#define MMAX_PLOT_DATA_H

#include <stddef.h>

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

#endif
