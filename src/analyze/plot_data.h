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

#endif
