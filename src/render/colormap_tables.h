/* The colours of each map; between colormap.c and its tables only. */
#ifndef MMAX_COLORMAP_TABLES_H
#define MMAX_COLORMAP_TABLES_H

#include "render/colormap.h"

enum { MMAX_COLORS = 256 };

extern const mmax_rgb mmax_viridis[MMAX_COLORS], mmax_cividis[MMAX_COLORS], mmax_magma[MMAX_COLORS],
    mmax_greys[MMAX_COLORS], mmax_blueorange[MMAX_COLORS];

#endif
