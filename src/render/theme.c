#include "render/theme.h"

#include <assert.h>

/* The palettes: Okabe and Ito, Color Universal Design, 2008, told apart with every kind of colour
 * vision.  Their yellow is left out: on white paper it is no line colour; and dark paper has
 * something light in place of their black. */
static const mmax_inks
    inks[] =
        {
            [MMAX_THEME_LIGHT] = {.paper = {255, 255, 255},
                                  .words = {30, 30, 30},
                                  .soft = {90, 90, 90},
                                  .grid = {214, 214, 214},
                                  .masked = {242, 242, 242},
                                  .hatch = {158, 158, 158},
                                  .line_from = 0,
                                  .line_to = 0.85,
                                  .palette =
                                      {
                                          [MMAX_BLACK] = {0, 0, 0},
                                          [MMAX_ORANGE] = {230, 159, 0},
                                          [MMAX_SKY_BLUE] = {86, 180, 233},
                                          [MMAX_BLUISH_GREEN] = {0, 158, 115},
                                          [MMAX_BLUE] = {0, 114, 178},
                                          [MMAX_VERMILLION] = {213, 94, 0},
                                          [MMAX_REDDISH_PURPLE] = {204, 121, 167},
                                      }},
            [MMAX_THEME_DARK] = {.paper = {24, 26, 30},
                                 .words = {232, 232, 232},
                                 .soft = {168, 168, 168},
                                 .grid = {62, 65, 71},
                                 .masked = {44, 47, 52},
                                 .hatch = {112, 114, 118},
                                 .line_from = 0.3,
                                 .line_to = 1,
                                 .palette =
                                     {
                                         [MMAX_BLACK] = {240, 240, 240},
                                         [MMAX_ORANGE] = {230, 159, 0},
                                         [MMAX_SKY_BLUE] = {86, 180, 233},
                                         [MMAX_BLUISH_GREEN] = {0, 158, 115},
                                         [MMAX_BLUE] = {0, 114, 178},
                                         [MMAX_VERMILLION] = {213, 94, 0},
                                         [MMAX_REDDISH_PURPLE] = {204, 121, 167},
                                     }},
};

const mmax_inks *mmax_theme_inks(mmax_theme theme)
{
    assert(theme < sizeof inks / sizeof *inks);
    return &inks[theme];
}
