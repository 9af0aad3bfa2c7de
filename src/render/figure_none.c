/* The figures of a build without cairo: there are none. */
#include "render/render.h"

bool mmax_can_draw(void)
{
    return false;
}

mmax_status mmax_draw_figure(const mmax_result *result, mmax_figure_kind kind, const char *file,
                             const mmax_figure_options *options, mmax_error *error)
{
    (void)result;
    (void)kind;
    (void)options;
    return mmax_fail(error, MMAX_EUNSUPPORTED,
                     "%s: this build has no figures; configure it with cairo, pango and libpng",
                     file);
}

mmax_status mmax_show_figure(const mmax_result *result, mmax_figure_kind kind, const char *file,
                             const mmax_terminal *terminal, const mmax_figure_options *options,
                             mmax_error *error)
{
    char name[64];
    (void)file;
    (void)terminal;
    snprintf(name, sizeof name, "--show=%s", mmax_figure_name(kind));
    return mmax_draw_figure(result, kind, name, options, error);
}

const char *mmax_render_library(size_t i)
{
    return i == 0 ? "no figures" : NULL;
}
