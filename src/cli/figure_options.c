/* The options of figures: where they go, and how they look. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

/* ---- figures --------------------------------------------------------------------------------- */

static bool take_figure(cli_settings *settings, mmax_figure_kind kind, const char *argument,
                        mmax_error *error)
{
    settings->figures[kind] = argument;
    mmax_plan_keep_figure(settings->plan, kind);
    return mmax_figure_check(argument, error) == MMAX_OK;
}

#define TAKE_FIGURE(name, kind)                                                                    \
    static bool name(cli_settings *settings, const char *argument, mmax_error *error)              \
    {                                                                                              \
        return take_figure(settings, kind, argument, error);                                       \
    }

TAKE_FIGURE(take_heatmap, MMAX_FIGURE_HEATMAP)
TAKE_FIGURE(take_simplex, MMAX_FIGURE_SIMPLEX)
TAKE_FIGURE(take_tradeoff, MMAX_FIGURE_TRADEOFF)
TAKE_FIGURE(take_curve, MMAX_FIGURE_CURVE)
TAKE_FIGURE(take_distribution, MMAX_FIGURE_DISTRIBUTION)
TAKE_FIGURE(take_rows, MMAX_FIGURE_ROWS)
TAKE_FIGURE(take_layers, MMAX_FIGURE_LAYERS)

static bool take_show(cli_settings *settings, const char *argument, mmax_error *error)
{
    char names[128] = "one of";
    const char *name;
    for (mmax_figure_kind kind = 0; (name = mmax_figure_name(kind)); kind++) {
        if (strcmp(argument, name) == 0) {
            settings->shows[kind] = true;
            mmax_plan_keep_figure(settings->plan, kind);
            return true;
        }
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", kind > 0 ? ", " : " ", name);
    }
    return refuse(error, "figure", argument, names);
}

static bool take_data(cli_settings *settings, const char *argument, mmax_error *error)
{
    settings->data = argument;
    return *argument || refuse(error, "output", argument, "the name of a file, or -");
}

static bool take_panels(cli_settings *settings, const char *argument, mmax_error *error)
{
    return mmax_plan_set_panels(settings->plan, argument, error) == MMAX_OK;
}

/* The plan is told when it has its maps. */
static bool take_difference(cli_settings *settings, const char *argument, mmax_error *error)
{
    (void)error;
    settings->difference = argument;
    return true;
}

static const option_row figure_rows[] = {
    {0, "heatmap", "FILE",
     "draw the matrices of weights: .png, .svg, .pdf, or\n"
     "png:-, svg:-, pdf:- for standard output",
     take_heatmap},
    {0, "panels", "LIST",
     "of the heatmap, by leading indices as in reports:\n0.3,0.5,2.* (default: the first 12)",
     take_panels},
    {0, "difference", "MAPA,MAPB", "heatmaps of two maps and of MAPA - MAPB", take_difference},
    {0, "simplex", "FILE", "draw rows of three entries as points of a triangle", take_simplex},
    {0, "tradeoff", "FILE", "draw sparsity against multi-modality, over temperature",
     take_tradeoff},
    {0, "curve", "FILE", "draw sigma of MultiMax over the logits", take_curve},
    {0, "distribution", "FILE", "draw how many weights have which size", take_distribution},
    {0, "rows", "FILE", "draw the first rows: bars of logits and of weights", take_rows},
    {0, "layers", "FILE", "draw metrics by layer and head", take_layers},
    {0, "show", "FIGURE",
     "show a figure in the terminal, behind the report:\n"
     "the name of one of these options",
     take_show},
    {0, "data", "FILE",
     "write the numbers that a figure draws: CSV, .tsv,\n"
     "or - for standard output; %g in FILE becomes the\n"
     "figure's name",
     take_data},
};

const option_group figure_group = OPTION_GROUP("Figures", figure_rows);

/* ---- how figures look ------------------------------------------------------------------------ */

static bool take_title(cli_settings *settings, const char *argument, mmax_error *error)
{
    (void)error;
    settings->figure.title = argument;
    return true;
}

/* The number at the head of TEXT, digits and a point only, so that no locale matters. */
static const char *scan_length(const char *text, double *length)
{
    double value = 0, unit = 1;
    const char *c = text;
    for (; *c >= '0' && *c <= '9'; c++)
        value = 10 * value + (*c - '0');
    if (*c == '.')
        for (c++; *c >= '0' && *c <= '9'; c++)
            value += (unit /= 10) * (*c - '0');
    *length = value;
    return c;
}

static bool take_size(cli_settings *settings, const char *argument, mmax_error *error)
{
    mmax_figure_options *figure = &settings->figure;
    const char *rest = scan_length(argument, &figure->width);
    bool ok = *rest == 'x';
    if (ok)
        rest = scan_length(rest + 1, &figure->height);
    figure->size_in_mm = strcmp(rest, "mm") == 0;
    double least = figure->size_in_mm ? 20 : 80, most = figure->size_in_mm ? 2000 : 10000;
    ok = ok && (figure->size_in_mm || strcmp(rest, "px") == 0 || *rest == '\0') &&
         figure->width >= least && figure->height >= least && figure->width <= most &&
         figure->height <= most;
    return ok || refuse(error, "size", argument,
                        "WxH such as 800x600 (px, 80 to 10000) or 180x120mm (20 to 2000)");
}

static bool take_dpi(cli_settings *settings, const char *argument, mmax_error *error)
{
    const char *rest = scan_length(argument, &settings->figure.dpi);
    bool ok = *rest == '\0' && settings->figure.dpi >= 30 && settings->figure.dpi <= 2400;
    return ok || refuse(error, "resolution", argument, "a number of dots an inch from 30 to 2400");
}

static bool take_theme(cli_settings *settings, const char *argument, mmax_error *error)
{
    settings->has_theme = true;
    settings->figure.theme = strcmp(argument, "dark") == 0 ? MMAX_THEME_DARK : MMAX_THEME_LIGHT;
    return strcmp(argument, "light") == 0 || strcmp(argument, "dark") == 0 ||
           refuse(error, "theme", argument, "light or dark");
}

static bool take_colormap(cli_settings *settings, const char *argument, mmax_error *error)
{
    return mmax_colormap_parse(argument, &settings->figure.colormap, error) == MMAX_OK;
}

static bool take_color_scale(cli_settings *settings, const char *argument, mmax_error *error)
{
    static const char *const words[] = {"linear", "log", "sqrt"};
    static const mmax_color_scale scales[] = {MMAX_COLORS_LINEAR, MMAX_COLORS_LOG,
                                              MMAX_COLORS_SQRT};
    for (size_t i = 0; i < 3; i++)
        if (strcmp(argument, words[i]) == 0) {
            settings->figure.color_scale = scales[i];
            return true;
        }
    return refuse(error, "colour scale", argument, "linear, log or sqrt");
}

static bool take_vmax(cli_settings *settings, const char *argument, mmax_error *error)
{
    return mmax_vmax_parse(argument, &settings->figure, error) == MMAX_OK;
}

static bool take_shared_scale(cli_settings *settings, const char *argument, mmax_error *error)
{
    settings->figure.has_own_scales = strcmp(argument, "no") == 0;
    return settings->figure.has_own_scales || strcmp(argument, "yes") == 0 ||
           refuse(error, "choice of a shared scale", argument, "yes or no");
}

static bool take_row_order(cli_settings *settings, const char *argument, mmax_error *error)
{
    settings->figure.rows_by_logit = strcmp(argument, "logit") == 0;
    return settings->figure.rows_by_logit || strcmp(argument, "index") == 0 ||
           refuse(error, "order of a row", argument, "index or logit");
}

static const option_row look_rows[] = {
    {0, "title", "TEXT", "the figure's title (default: the input's name)", take_title},
    {0, "size", "WxH", "in px (96 an inch) or mm: 800x600, 180x120mm", take_size},
    {0, "colormap", "NAME", "of heatmaps: one of --list-colormaps (default: viridis)",
     take_colormap},
    {0, "color-scale", "SCALE", "of heatmaps: linear (the default), log or sqrt", take_color_scale},
    {0, "vmax", "F|pNN",
     "top of that scale: a weight, or a percentile such as\np99, which no single large weight "
     "moves",
     take_vmax},
    {0, "shared-scale", "yes|no", "one colour scale for all panels (the default) or each\nits own",
     take_shared_scale},
    {0, "theme", "NAME", "light (the default) or dark paper", take_theme},
    {0, "dpi", "N", "dots an inch of a PNG (default: 144)", take_dpi},
    {0, "row-order", "NAME",
     "of the entries in --rows: by index (the default)\n"
     "or by logit, the largest first",
     take_row_order},
};

const option_group look_group = OPTION_GROUP("How figures look", look_rows);
