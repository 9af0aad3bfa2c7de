/* sigma of MultiMax, the logits below it, and the weight of one of two entries. */
#include "report/figure_data.h"

#include <math.h>

static const char *const columns[] = {"part", "map", "x", "to", "y", NULL};

/* Fields that do not apply, NaN, are empty. */
static void write_mark(mmax_delimited *line, const mmax_result *result, const char *part,
                       size_t map, const double numbers[3])
{
    mmax_field_text(line, part);
    if (map < result->curve->n_maps)
        mmax_field_map(line, result, map);
    else
        mmax_field_none(line);
    for (size_t i = 0; i < 3; i++)
        mmax_field_number(line, numbers[i]);
    mmax_end_line(line);
}

static void write_sigma(mmax_delimited *line, const mmax_result *result, size_t map)
{
    const mmax_curve *data = result->curve;
    const mmax_sigma *sigma = &data->sigmas[map];
    for (size_t i = 0; i < MMAX_CURVE_POINTS; i++) {
        size_t at = map * MMAX_CURVE_POINTS + i;
        write_mark(line, result, "sigma", map,
                   (const double[]){data->x[at], (double)NAN, data->y[at]});
    }
    for (size_t i = 0; i < sigma->n_knots; i++)
        write_mark(
            line, result, "breakpoint", map,
            (const double[]){sigma->knots[i], (double)NAN, mmax_sigma_at(sigma, sigma->knots[i])});
    for (size_t i = 0; i < sigma->n_falls; i++)
        write_mark(line, result, "fall", map,
                   (const double[]){sigma->falls[i][0], sigma->falls[i][1], (double)NAN});
}

static void write_logits(mmax_delimited *line, const mmax_result *result)
{
    const mmax_curve *data = result->curve;
    for (size_t i = 0; i < MMAX_CURVE_BINS; i++) {
        double from = (double)i / MMAX_CURVE_BINS, to = (double)(i + 1) / MMAX_CURVE_BINS;
        write_mark(line, result, "logits", data->n_maps,
                   (const double[]){data->low * (1 - from) + data->high * from,
                                    data->low * (1 - to) + data->high * to, (double)data->bins[i]});
    }
}

static void write(const mmax_result *result, mmax_delimited *line)
{
    const mmax_curve *data = result->curve;
    for (size_t map = 0; map < data->n_maps; map++)
        if (result->maps[map].kind == MMAX_MULTIMAX)
            write_sigma(line, result, map);
    write_logits(line, result);
    for (size_t map = 0; map < data->n_maps; map++)
        for (size_t i = 0; i < MMAX_CURVE_POINTS; i++)
            write_mark(line, result, "pair", map,
                       (const double[]){data->pair_x[i], (double)NAN,
                                        data->pair[map * MMAX_CURVE_POINTS + i]});
}

const mmax_figure_writer mmax_curve_writer = {columns, write};
