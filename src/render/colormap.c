#include "render/colormap_tables.h"

#include <assert.h>

/* The colour maps: dark is little and light is much in all of those for weights, so that one
 * sentence of a caption holds for each. */
static const struct {
    mmax_colormap_info info;
    const mmax_rgb *colors; /* (MMAX_COLORS,) */
} maps[MMAX_COLORMAPS] = {
    [MMAX_VIRIDIS] = {{"viridis", "from dark purple over green to yellow; the default", false},
                      mmax_viridis},
    [MMAX_CIVIDIS] = {{"cividis", "from dark blue to yellow; the same for the colour-blind", false},
                      mmax_cividis},
    [MMAX_MAGMA] = {{"magma", "from black over red to pale yellow; for slides", false}, mmax_magma},
    [MMAX_GREYS] = {{"greys", "from dark to light grey; for print without colour", false},
                    mmax_greys},
    [MMAX_BLUEORANGE] = {{"blueorange",
                          "from blue over white to orange; for numbers of either sign, as "
                          "--difference has them",
                          true},
                         mmax_blueorange},
};

const mmax_colormap_info *mmax_colormap_info_at(size_t i)
{
    return i < MMAX_COLORMAPS ? &maps[i].info : NULL;
}

mmax_status mmax_colormap_parse(const char *name, mmax_colormap *colormap, mmax_error *error)
{
    const char *names[MMAX_COLORMAPS];
    for (size_t i = 0; i < MMAX_COLORMAPS; i++)
        names[i] = maps[i].info.name;
    size_t i = mmax_find_word("colour map", name, names, MMAX_COLORMAPS, error);
    if (i == MMAX_COLORMAPS)
        return MMAX_EUSAGE;
    if (maps[i].info.is_signed)
        return mmax_fail(error, MMAX_EUSAGE,
                         "invalid colour map '%s': it is for differences, which always have it, "
                         "not for weights",
                         name);
    *colormap = (mmax_colormap)i;
    return MMAX_OK;
}

mmax_rgb mmax_colormap_at(mmax_colormap colormap, double fraction)
{
    assert(colormap < MMAX_COLORMAPS);
    if (!(fraction > 0))
        return maps[colormap].colors[0];
    const double last = MMAX_COLORS - 1;
    return maps[colormap].colors[fraction < 1 ? (size_t)(fraction * last + 0.5) : MMAX_COLORS - 1];
}
