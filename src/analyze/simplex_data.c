#include "analyze/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double coldest = 0.05, hottest = 500;

/* ---- which three ----------------------------------------------------------------------------- */

typedef struct column_sums {
    size_t n_columns;
    double *sums; /* (n_columns,) */
} column_sums;

static void add_columns(void *context, const mmax_mapped_rows *mapped)
{
    column_sums *to = context;
    for (size_t i = 0; i < mapped->n; i++)
        for (size_t j = 0; j < to->n_columns; j++)
            to->sums[j] += mapped->weights[i * to->n_columns + j];
}

/* The three largest sums, in the order of the columns; of equal ones the first columns. */
static void pick_three(const double *sums, size_t n, size_t columns[3])
{
    size_t n_picked = 0;
    for (size_t j = 0; j < n; j++) {
        size_t place = n_picked;
        while (place > 0 && sums[j] > sums[columns[place - 1]])
            place--;
        if (place == 3)
            continue;
        n_picked += n_picked < 3;
        for (size_t k = n_picked - 1; k > place; k--)
            columns[k] = columns[k - 1];
        columns[place] = j;
    }
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < 2; k++)
            if (columns[k] > columns[k + 1]) {
                size_t swapped = columns[k];
                columns[k] = columns[k + 1];
                columns[k + 1] = swapped;
            }
}

static mmax_status choose_columns(mmax_simplex *simplex, const mmax_kept_rows *rows,
                                  mmax_error *error)
{
    for (size_t i = 0; i < 3; i++)
        simplex->columns[i] = i;
    if (rows->row_length == 3)
        return MMAX_OK;
    column_sums sums = {rows->row_length, mmax_alloc_zeroed(rows->row_length, sizeof(double))};
    if (!sums.sums)
        return mmax_fail_memory(error, "choosing the corners of a simplex plot");
    const mmax_map softmax = {.kind = MMAX_SOFTMAX, .temperature = 1};
    mmax_status status = mmax_kept_rows_map(rows, &softmax, add_columns, &sums, error);
    if (status == MMAX_OK)
        pick_three(sums.sums, rows->row_length, simplex->columns);
    free(sums.sums);
    return status;
}

/* ---- points ---------------------------------------------------------------------------------- */

/* The three logits of a row; false if one of them is masked. */
static bool three_of(const mmax_simplex *simplex, const double *row, double three[3])
{
    for (size_t i = 0; i < 3; i++)
        three[i] = row[simplex->columns[i]];
    return isfinite(three[0]) && isfinite(three[1]) && isfinite(three[2]);
}

typedef struct point_taker {
    mmax_simplex *simplex;
    const mmax_kept_rows *rows;
    double *points; /* (n_points, 3) of the map at hand */
    size_t n_points;
    double share;
} point_taker;

static void take_points(void *context, const mmax_mapped_rows *mapped)
{
    point_taker *taker = context;
    size_t row_length = taker->rows->row_length;
    for (size_t i = 0; i < mapped->n; i++) {
        double three[3];
        if (!three_of(taker->simplex, taker->rows->logits + (mapped->first + i) * row_length,
                      three))
            continue;
        double *point = taker->points + 3 * taker->n_points++;
        double sum = 0;
        for (size_t k = 0; k < 3; k++) {
            point[k] = mapped->weights[i * row_length + taker->simplex->columns[k]];
            sum += point[k];
        }
        if (row_length == 3)
            sum = 1; /* but for rounding, which is not ours to spread */
        taker->share += sum;
        for (size_t k = 0; k < 3; k++)
            point[k] = sum > 0 ? point[k] / sum : (double)NAN;
    }
}

static mmax_status make_points(mmax_simplex *simplex, const mmax_plan *plan,
                               const mmax_input *input, const mmax_kept_rows *rows,
                               mmax_error *error)
{
    simplex->rows = mmax_alloc_array(rows->n, sizeof *simplex->rows);
    for (size_t i = 0; simplex->rows && i < rows->n; i++) {
        double three[3];
        if (three_of(simplex, rows->logits + i * rows->row_length, three))
            simplex->rows[simplex->n_points++] = rows->indices[i];
    }
    simplex->points = mmax_alloc_array(simplex->n_maps * simplex->n_points, 3 * sizeof(double));
    simplex->share = mmax_alloc_zeroed(simplex->n_maps, sizeof(double));
    if (!simplex->rows || !simplex->points || !simplex->share)
        return mmax_fail_memory(error, "making the points of a simplex plot");
    for (size_t map = 0; map < simplex->n_maps; map++) {
        point_taker taker = {.simplex = simplex,
                             .rows = rows,
                             .points = simplex->points + 3 * map * simplex->n_points};
        mmax_status status =
            mmax_kept_rows_map_layers(rows, plan, map, input, take_points, &taker, error);
        if (status != MMAX_OK)
            return status;
        simplex->share[map] = taker.share / (double)simplex->n_points; /* NaN without points */
    }
    return MMAX_OK;
}

/* ---- trajectories ---------------------------------------------------------------------------- */

/* Softmax moves rows that differ by a constant alike: such are one trajectory. */
static bool is_new(double seen[][3], size_t n_seen, const double three[3])
{
    for (size_t i = 0; i < n_seen; i++)
        if (three[1] - three[0] == seen[i][1] - seen[i][0] &&
            three[2] - three[0] == seen[i][2] - seen[i][0])
            return false;
    return true;
}

static size_t first_distinct(mmax_simplex *simplex, const mmax_kept_rows *rows,
                             double seen[MMAX_SIMPLEX_TRAJECTORIES][3])
{
    size_t n_seen = 0;
    for (size_t i = 0; i < rows->n && n_seen < MMAX_SIMPLEX_TRAJECTORIES; i++) {
        double three[3];
        if (three_of(simplex, rows->logits + i * rows->row_length, three) &&
            is_new(seen, n_seen, three)) {
            simplex->trajectory_rows[n_seen] = rows->indices[i];
            memcpy(seen[n_seen++], three, sizeof three);
        }
    }
    return n_seen;
}

/* Where the trajectories of one temperature go. */
typedef struct trajectory_taker {
    mmax_simplex *simplex;
    size_t step;
} trajectory_taker;

static void take_step(void *context, const mmax_mapped_rows *mapped)
{
    trajectory_taker *taker = context;
    for (size_t i = 0; i < mapped->n; i++)
        memcpy(taker->simplex->trajectories +
                   3 * ((mapped->first + i) * MMAX_SIMPLEX_TEMPERATURES + taker->step),
               mapped->weights + 3 * i, 3 * sizeof(double));
}

static mmax_status make_trajectories(mmax_simplex *simplex, const mmax_kept_rows *rows,
                                     mmax_error *error)
{
    double starts[MMAX_SIMPLEX_TRAJECTORIES][3], no_epsilon[MMAX_SIMPLEX_TRAJECTORIES] = {0};
    const size_t n_steps = MMAX_SIMPLEX_TEMPERATURES;
    size_t n = simplex->n_trajectories = first_distinct(simplex, rows, starts);
    simplex->temperatures = mmax_alloc_array(n_steps, sizeof(double));
    simplex->trajectories = mmax_alloc_array(n * n_steps, 3 * sizeof(double));
    if (!simplex->temperatures || !simplex->trajectories)
        return mmax_fail_memory(error, "making the trajectories of a simplex plot");
    const mmax_kept_rows of_starts = {
        .row_length = 3, .n = n, .logits = starts[0], .epsilon = no_epsilon};
    for (size_t i = 0; n > 0 && i < n_steps; i++) {
        double t = coldest * pow(hottest / coldest, (double)i / (double)(n_steps - 1));
        const mmax_map softmax = {.kind = MMAX_SOFTMAX, .temperature = t};
        trajectory_taker taker = {simplex, i};
        simplex->temperatures[i] = t;
        mmax_status status = mmax_kept_rows_map(&of_starts, &softmax, take_step, &taker, error);
        if (status != MMAX_OK)
            return status;
    }
    return MMAX_OK;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static mmax_status copy_labels(mmax_simplex *simplex, const mmax_input *input, mmax_error *error)
{
    for (size_t i = 0; input->column_labels && i < 3; i++) {
        simplex->labels[i] = mmax_copy_text(input->column_labels[simplex->columns[i]]);
        if (!simplex->labels[i])
            return mmax_fail_memory(error, "keeping the labels of columns");
    }
    return MMAX_OK;
}

static mmax_status begin(const mmax_plan *plan, mmax_result *result, mmax_error *error)
{
    const mmax_input *input = &result->input;
    (void)plan;
    if (input->row_length >= 3)
        return MMAX_OK;
    char file[256];
    mmax_quote(input->file, strlen(input->file), file, sizeof file);
    return mmax_fail(error, MMAX_EUNSUPPORTED,
                     "%s: a simplex plot needs rows of at least three entries; these have %zu",
                     file, input->row_length);
}

static mmax_status end(const mmax_plan *plan, mmax_result *result, const mmax_kept_rows *rows,
                       mmax_error *error)
{
    mmax_simplex *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "making a simplex plot");
    result->simplex = self;
    self->row_length = rows->row_length;
    self->n_rows = rows->n_valid;
    self->n_kept = rows->n;
    self->n_maps = plan->n_maps;
    mmax_status status = choose_columns(self, rows, error);
    if (status == MMAX_OK)
        status = copy_labels(self, &result->input, error);
    if (status == MMAX_OK)
        status = make_points(self, plan, &result->input, rows, error);
    if (status == MMAX_OK)
        status = make_trajectories(self, rows, error);
    return status;
}

static void free_data(mmax_result *result)
{
    mmax_simplex *simplex = result->simplex;
    if (!simplex)
        return;
    for (size_t i = 0; i < 3; i++)
        free(simplex->labels[i]);
    free(simplex->rows);
    free(simplex->points);
    free(simplex->share);
    free(simplex->temperatures);
    free(simplex->trajectories);
    free(simplex);
}

const mmax_figure_gatherer mmax_gather_simplex = {
    .wants_kept_rows = true,
    .begin = begin,
    .end = end,
    .free = free_data,
};
