/* The bins of a distribution of weights. */
#include "report/figure_data.h"

static const char *const columns[] = {"map", "from", "to", "entries", "share", "cumulative", NULL};

/* A bin, and how many entries there are up to its end. */
static void write_bin(const mmax_result *result, mmax_delimited *line, size_t map,
                      const double ends[2], size_t count, size_t *cumulative)
{
    double n_entries = (double)result->distribution->n_entries;
    *cumulative += count;
    mmax_field_map(line, result, map);
    mmax_field_number(line, ends[0]);
    mmax_field_number(line, ends[1]);
    mmax_field_count(line, count);
    mmax_field_number(line, (double)count / n_entries);
    mmax_field_number(line, (double)*cumulative / n_entries);
    mmax_end_line(line);
}

static void write(const mmax_result *result, mmax_delimited *line)
{
    const mmax_distribution *data = result->distribution;
    const double zero[2] = {0, 0}, tiny[2] = {0, data->edges[0]};
    for (size_t map = 0; map < data->n_maps; map++) {
        const size_t *bins = data->bins + map * MMAX_DISTRIBUTION_BINS;
        size_t cumulative = 0;
        write_bin(result, line, map, zero, data->zeros[map], &cumulative);
        write_bin(result, line, map, tiny, data->tiny[map], &cumulative);
        for (size_t i = 0; i < MMAX_DISTRIBUTION_BINS; i++)
            write_bin(result, line, map, &data->edges[i], bins[i], &cumulative);
    }
}

const mmax_figure_writer mmax_distribution_writer = {columns, write};
