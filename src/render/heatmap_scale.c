#include "render/heatmap_scale.h"

#include <math.h>
#include <string.h>

/* A logarithmic scale of more would leave each power of ten few colours. */
static const double most_decades = 6;

/* Two labels of a bar are at least that far apart. */
static const double least_gap = 8.4;

enum { MAX_PICTURES = MMAX_HEATMAP_MOST_PANELS * MMAX_MAX_MAPS };

/* ---- from the cells -------------------------------------------------------------------------- */

/* The top of the scale of all CHOSEN pictures together. */
static double top_of(const mmax_heatmap *data, const mmax_figure_options *options, bool is_signed,
                     const bool *chosen)
{
    double largest = 0;
    for (size_t i = 0; i < data->n_panels * data->n_pictures; i++)
        if (chosen[i])
            largest = fmax(largest, (double)data->panel_max[i]);
    if (options->vmax > 0 && options->vmax_is_percentile) {
        double percentile = mmax_heatmap_percentile(data, chosen, options->vmax);
        if (percentile > 0)
            return percentile;
    }
    if (options->vmax > 0 && !options->vmax_is_percentile && !is_signed)
        return options->vmax;
    return options->has_own_scales && largest > 0 ? largest : mmax_nice_top(largest);
}

/* The powers of ten between the tops of CHOSEN pictures and their least weights above 0: at least
 * one, so that the scale has a length. */
static double decades_of(const mmax_heatmap *data, const mmax_heatmap_scale *scale,
                         const bool *chosen)
{
    double least = 1;
    for (size_t i = 0; i < data->n_panels * data->n_pictures; i++) {
        bool alone[MAX_PICTURES] = {false};
        alone[i] = chosen[i];
        double weight = chosen[i] ? mmax_heatmap_percentile(data, alone, 1e-9) : 0;
        if (weight > 0)
            least = fmin(least, weight / scale->tops[i]);
    }
    double bottom = scale->top * fmax(fmin(least, 0.1), pow(10, -most_decades));
    return log10(scale->top) - floor(log10(bottom * (1 + 1e-9)));
}

static void find_cells_beyond(const mmax_heatmap *data, const bool *chosen,
                              mmax_heatmap_scale *scale)
{
    size_t n_cells = data->height * data->width;
    double lowest = scale->kind == MMAX_COLORS_LOG ? pow(10, -scale->decades) * (1 - 1e-9) : 0;
    for (size_t i = 0; i < data->n_panels * data->n_pictures; i++) {
        if (!chosen[i])
            continue;
        scale->has_more |= (double)data->panel_max[i] > scale->tops[i] * (1 + 1e-6);
        double bottom = lowest * scale->tops[i];
        for (size_t k = 0; lowest > 0 && !scale->has_less && k < n_cells; k++)
            scale->has_less = (double)data->cells[i * n_cells + k] < bottom;
    }
}

void mmax_heatmap_scale_make(const mmax_heatmap *data, const mmax_figure_options *options,
                             bool is_signed, mmax_heatmap_scale *scale)
{
    bool chosen[MAX_PICTURES] = {false};
    size_t n = data->n_panels * data->n_pictures;
    for (size_t i = 0; i < n; i++)
        chosen[i] = mmax_heatmap_is_difference(data, i % data->n_pictures) == is_signed;
    memset(scale, 0, sizeof *scale);
    scale->kind = is_signed ? MMAX_COLORS_LINEAR : options->color_scale;
    scale->is_signed = is_signed;
    scale->is_shared = !options->has_own_scales;
    scale->is_given = options->vmax > 0 && (options->vmax_is_percentile || !is_signed);
    scale->top = scale->is_shared ? top_of(data, options, is_signed, chosen) : 1;
    for (size_t i = 0; i < n; i++) {
        bool alone[MAX_PICTURES] = {false};
        alone[i] = chosen[i];
        scale->tops[i] = scale->is_shared ? scale->top : top_of(data, options, is_signed, alone);
    }
    if (scale->kind == MMAX_COLORS_LOG)
        scale->decades = decades_of(data, scale, chosen);
    find_cells_beyond(data, chosen, scale);
}

/* ---- places ---------------------------------------------------------------------------------- */

/* The place of a share of the top. */
static double place_of(const mmax_heatmap_scale *scale, double share)
{
    if (scale->is_signed)
        return (1 + share) / 2;
    switch (scale->kind) {
    case MMAX_COLORS_LOG:
        return share > 0 ? 1 + log10(share) / scale->decades : 0;
    case MMAX_COLORS_SQRT:
        return sqrt(share);
    case MMAX_COLORS_LINEAR:
        break;
    }
    return share;
}

double mmax_heatmap_fraction(const mmax_heatmap_scale *scale, size_t i, double value)
{
    return place_of(scale, value / scale->tops[i]);
}

double mmax_heatmap_scale_bottom(const mmax_heatmap_scale *scale)
{
    if (scale->is_signed)
        return -scale->top;
    if (scale->kind != MMAX_COLORS_LOG)
        return 0;
    return mmax_power_of_ten((int)lround(log10(scale->top) - scale->decades));
}

/* ---- ticks ----------------------------------------------------------------------------------- */

static void add_tick(const mmax_heatmap_scale *scale, const mmax_measure *measure, double value,
                     double length, mmax_ticks *ticks)
{
    char text[MMAX_NUMBER_SIZE + 2];
    size_t used = 0;
    if (value < 0)
        used = (size_t)snprintf(text, sizeof text, "\xe2\x88\x92");
    text[used + mmax_number_write(fabs(mmax_round_digits(value, 3)), text + used)] = '\0';
    mmax_add_tick(measure, length * place_of(scale, value / scale->top), text, ticks);
}

/* A top that was given is told, in place of a round value close to it. */
static size_t add_top(const mmax_heatmap_scale *scale, double length, double *values, size_t n)
{
    if (!scale->is_given || !scale->is_shared)
        return n;
    while (n > 0 && length * (1 - place_of(scale, values[n - 1] / scale->top)) < least_gap)
        n--;
    values[n++] = scale->top;
    return n;
}

/* On a scale of square roots a quarter of the first value, where there is most room. */
static size_t add_small(const mmax_heatmap_scale *scale, double length, double *values, size_t n)
{
    double small = n > 1 ? values[1] / 4 : 0;
    if (scale->kind != MMAX_COLORS_SQRT || length * place_of(scale, small / scale->top) < least_gap)
        return n;
    for (size_t i = n++; i > 1; i--)
        values[i] = values[i - 1];
    values[1] = small;
    return n;
}

/* Every power of ten, and a top that was given. */
static void add_powers(const mmax_heatmap_scale *scale, const mmax_measure *measure, double length,
                       mmax_ticks *ticks)
{
    double values[MMAX_MAX_TICKS];
    int last = (int)floor(log10(scale->top) + 1e-9);
    size_t n = 0;
    for (int power = (int)lround(log10(scale->top) - scale->decades); power <= last; power++)
        values[n++] = mmax_power_of_ten(power);
    n = add_top(scale, length, values, n);
    for (size_t i = 0; i < n; i++)
        add_tick(scale, measure, values[i], length, ticks);
}

static void add_round_values(const mmax_heatmap_scale *scale, const mmax_measure *measure,
                             double length, size_t n, mmax_ticks *ticks)
{
    double values[MMAX_MAX_TICKS + 2]; /* a top and a small one more */
    size_t n_values = mmax_round_values(scale->top, scale->is_signed ? n / 2 : n, values);
    n_values = add_small(scale, length, values, n_values);
    n_values = add_top(scale, length, values, n_values);
    for (size_t i = n_values; scale->is_signed && i-- > 1;)
        add_tick(scale, measure, -values[i], length, ticks);
    for (size_t i = 0; i < n_values; i++)
        add_tick(scale, measure, values[i], length, ticks);
}

void mmax_heatmap_scale_ticks(const mmax_heatmap_scale *scale, const mmax_measure *measure,
                              double length, size_t n, mmax_ticks *ticks)
{
    ticks->n = 0;
    ticks->widest = 0;
    if (scale->kind == MMAX_COLORS_LOG)
        add_powers(scale, measure, length, ticks);
    else if (scale->kind == MMAX_COLORS_SQRT || scale->is_signed || scale->is_given)
        add_round_values(scale, measure, length, n, ticks);
    else
        mmax_value_ticks(measure, scale->top, length, n, ticks);
}
