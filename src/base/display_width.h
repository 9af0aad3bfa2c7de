/* The table behind mmax_display_width; private to base. */
#ifndef MMAX_DISPLAY_WIDTH_H
#define MMAX_DISPLAY_WIDTH_H

#include "base/base.h"

/* Characters of another width than 1, ascending. */
typedef struct mmax_character_width {
    uint32_t first, last;
    uint8_t width; /* 0: drawn over the character before; 2: East Asian wide and full-width */
} mmax_character_width;

extern const mmax_character_width mmax_character_widths[];
extern const size_t mmax_n_character_widths;

#endif
