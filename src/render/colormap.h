/* Colours for numbers and colours for names.  In: a fraction or a name.  Out: 8-bit sRGB. */
#ifndef MMAX_COLORMAP_H
#define MMAX_COLORMAP_H

#include "base/base.h"

typedef struct mmax_rgb {
    uint8_t red, green, blue;
} mmax_rgb;

/* The colour of a number on a map: 0 is dark, 1 is light; on a signed one 0, 0.5 and 1 are the
 * negative end, zero and the positive end.  What lies outside, and NaN, takes the nearer end (NaN
 * the one of 0). */
mmax_rgb mmax_colormap_at(mmax_colormap colormap, double fraction);

/* The palette of Okabe and Ito, for what differs in kind; see theme.h. */
typedef enum mmax_palette {
    MMAX_BLACK,
    MMAX_ORANGE,
    MMAX_SKY_BLUE,
    MMAX_BLUISH_GREEN,
    MMAX_BLUE,
    MMAX_VERMILLION,
    MMAX_REDDISH_PURPLE,
    MMAX_PALETTE_SIZE
} mmax_palette;

#endif
