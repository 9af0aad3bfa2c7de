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
    mmax_rgb black;            /* of the palette: on dark paper something light */
    double line_from, line_to; /* the part of a colour map that lines stand out in */
} mmax_inks;

const mmax_inks *mmax_theme_inks(mmax_theme theme);

/* An ink of the palette, for what differs in kind. */
mmax_rgb mmax_ink_of(const mmax_inks *of_theme, mmax_palette color);

#endif
