/* theme: the inks of a figure, light or dark.
 * In: a theme of the options.  Out: colours.  Called by the figures, through their canvas. */
#ifndef MMAX_THEME_H
#define MMAX_THEME_H

#include "base/base.h"
#include "render/colormap.h"

typedef struct mmax_inks {
    mmax_rgb paper;
    mmax_rgb words; /* that matter */
    mmax_rgb soft;  /* captions, frames, ticks */
    mmax_rgb grid;  /* lines to compare by */
    mmax_rgb masked, hatch;
    double line_from, line_to;           /* the part of a colour map that lines stand out in */
    mmax_rgb palette[MMAX_PALETTE_SIZE]; /* for what differs in kind, by mmax_palette */
} mmax_inks;

const mmax_inks *mmax_theme_inks(mmax_theme theme);

#endif
