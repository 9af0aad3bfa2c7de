#include "render/theme.h"

#include <assert.h>

/* Okabe and Ito, Color Universal Design, 2008: told apart with every kind of colour vision.  Their
 * yellow is left out, no line colour on white paper, and their black is the theme's. */
static const mmax_rgb okabe_ito[MMAX_PALETTE_SIZE] = {
    [MMAX_ORANGE] = {230, 159, 0},       [MMAX_SKY_BLUE] = {86, 180, 233},
    [MMAX_BLUISH_GREEN] = {0, 158, 115}, [MMAX_BLUE] = {0, 114, 178},
    [MMAX_VERMILLION] = {213, 94, 0},    [MMAX_REDDISH_PURPLE] = {204, 121, 167},
};

static const mmax_inks inks[] = {
    [MMAX_THEME_LIGHT] = {.paper = {255, 255, 255},
                          .words = {30, 30, 30},
                          .soft = {90, 90, 90},
                          .grid = {214, 214, 214},
                          .masked = {242, 242, 242},
                          .hatch = {158, 158, 158},
                          .black = {0, 0, 0},
                          .line_from = 0,
                          .line_to = 0.85},
    [MMAX_THEME_DARK] = {.paper = {24, 26, 30},
                         .words = {232, 232, 232},
                         .soft = {168, 168, 168},
                         .grid = {62, 65, 71},
                         .masked = {44, 47, 52},
                         .hatch = {112, 114, 118},
                         .black = {240, 240, 240},
                         .line_from = 0.3,
                         .line_to = 1},
};

const mmax_inks *mmax_theme_inks(mmax_theme theme)
{
    assert(theme < sizeof inks / sizeof *inks);
    return &inks[theme];
}

mmax_rgb mmax_ink_of(const mmax_inks *of_theme, mmax_palette color)
{
    assert(color < MMAX_PALETTE_SIZE);
    return color == MMAX_BLACK ? of_theme->black : okabe_ito[color];
}
