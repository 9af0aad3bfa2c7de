/* The figures of a build without cairo: there are none. */
#include "render/render.h"

bool mmax_can_draw(void)
{
    return false;
}

static mmax_status refuse(const char *file, mmax_error *error)
{
    return mmax_fail(error, MMAX_EUNSUPPORTED,
                     "%s: this build has no figures; configure it with cairo, pango and libpng",
                     file);
}

mmax_status mmax_draw_heatmap(const mmax_result *result, const char *file,
                              const mmax_figure_options *options, mmax_error *error)
{
    (void)result;
    (void)options;
    return refuse(file, error);
}

mmax_status mmax_draw_simplex(const mmax_result *result, const char *file,
                              const mmax_figure_options *options, mmax_error *error)
{
    (void)result;
    (void)options;
    return refuse(file, error);
}

const char *mmax_render_library(size_t i)
{
    return i == 0 ? "no figures" : NULL;
}
