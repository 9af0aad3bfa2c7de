#include "analyze/figures_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_KEPT = 1 << 21, /* logits of the rows that are kept: 16 MiB, but at least one row */
    CHUNK = 1 << 15     /* logits that are mapped at once */
};

static const double coldest = 0.05, hottest = 500;

struct mmax_simplex_rows {
    size_t row_length;
    size_t n_valid; /* rows seen, without skipped ones */
    size_t n_kept;  /* of them the first ones */
    size_t max_kept;
    size_t room;        /* rows that the arrays can hold; grows to max_kept */
    double *logits;     /* (n_kept, row_length) */
    double *epsilon;    /* (n_kept,) */
    size_t *indices;    /* (n_kept,) ascending, among all rows of the input */
    bool out_of_memory; /* told when the points are made */
};

mmax_status mmax_simplex_rows_new(const mmax_input *input, mmax_simplex_rows **rows,
                                  mmax_error *error)
{
    if (input->row_length < 3) {
        char file[256];
        mmax_quote(input->file, strlen(input->file), file, sizeof file);
        return mmax_fail(error, MMAX_EUNSUPPORTED,
                         "%s: a simplex plot needs rows of at least three entries; these have %zu",
                         file, input->row_length);
    }
    mmax_simplex_rows *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "preparing a simplex plot");
    self->row_length = input->row_length;
    self->max_kept = MAX_KEPT / input->row_length;
    if (self->max_kept > MMAX_SIMPLEX_POINTS)
        self->max_kept = MMAX_SIMPLEX_POINTS;
    if (self->max_kept == 0)
        self->max_kept = 1;
    *rows = self;
    return MMAX_OK;
}

static bool make_room(mmax_simplex_rows *rows)
{
    if (rows->n_kept < rows->room)
        return true;
    size_t room = rows->room < rows->max_kept / 2 ? 2 * rows->room + 16 : rows->max_kept;
    if (room > rows->max_kept)
        room = rows->max_kept;
    size_t n;
    if (!mmax_multiply(room, rows->row_length, &n))
        return false;
    double *logits = mmax_resize_array(rows->logits, n, sizeof *logits);
    if (!logits)
        return false;
    rows->logits = logits;
    double *epsilon = mmax_resize_array(rows->epsilon, room, sizeof *epsilon);
    if (!epsilon)
        return false;
    rows->epsilon = epsilon;
    size_t *indices = mmax_resize_array(rows->indices, room, sizeof *indices);
    if (!indices)
        return false;
    rows->indices = indices;
    rows->room = room;
    return true;
}

static bool is_skipped(const double *logits, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (isnan(logits[i]))
            return true;
    return false;
}

void mmax_simplex_rows_add(mmax_simplex_rows *rows, size_t first_row, size_t n_rows,
                           const double *logits, const double *epsilon)
{
    for (size_t i = 0; i < n_rows; i++) {
        const double *row = logits + i * rows->row_length;
        if (is_skipped(row, rows->row_length))
            continue;
        rows->n_valid++;
        if (rows->n_kept == rows->max_kept || rows->out_of_memory)
            continue;
        if (!make_room(rows)) {
            rows->out_of_memory = true;
            continue;
        }
        memcpy(rows->logits + rows->n_kept * rows->row_length, row, rows->row_length * sizeof *row);
        rows->indices[rows->n_kept] = first_row + i;
        rows->epsilon[rows->n_kept++] = epsilon[i];
    }
}

void mmax_simplex_rows_free(mmax_simplex_rows *rows)
{
    if (!rows)
        return;
    free(rows->logits);
    free(rows->epsilon);
    free(rows->indices);
    free(rows);
}

/* ---- maps over kept rows --------------------------------------------------------------------- */

/* Room to map a chunk of rows. */
typedef struct workspace {
    size_t max_rows;
    mmax_row_facts *facts; /* (max_rows,) */
    double *weights;       /* (max_rows, row_length) */
    size_t *support;       /* (max_rows,) */
} workspace;

static void workspace_free(workspace *work)
{
    free(work->facts);
    free(work->weights);
    free(work->support);
}

static bool workspace_new(workspace *self, size_t row_length)
{
    self->max_rows = row_length < CHUNK ? CHUNK / row_length : 1;
    self->facts = mmax_alloc_array(self->max_rows, sizeof *self->facts);
    self->weights = mmax_alloc_array(self->max_rows * row_length, sizeof *self->weights);
    self->support = mmax_alloc_array(self->max_rows, sizeof *self->support);
    return self->facts && self->weights && self->support;
}

/* Maps N rows from logits into work->weights. */
static mmax_status map_chunk(const mmax_map *map, const double *logits, const double *epsilon,
                             size_t n, size_t row_length, const workspace *work, mmax_error *error)
{
    mmax_kernel_facts(logits, n, row_length, work->facts);
    mmax_kernel_rows rows = {
        .logits = logits,
        .facts = work->facts,
        .n_rows = n,
        .row_length = row_length,
        .weights = work->weights,
        .support = work->support,
    };
    size_t bad_row;
    return mmax_map_apply(map, &rows, epsilon, &bad_row, error);
}

typedef void chunk_taker(void *context, size_t first_row, size_t n_rows, const double *weights);

/* Maps the kept rows from the FIRST to before the END, chunk by chunk. */
static mmax_status map_rows(const mmax_map *map, const mmax_simplex_rows *rows, size_t first,
                            size_t end, const workspace *work, chunk_taker *take, void *context,
                            mmax_error *error)
{
    for (; first < end; first += work->max_rows) {
        size_t left = end - first;
        size_t n = left < work->max_rows ? left : work->max_rows;
        mmax_status status = map_chunk(map, rows->logits + first * rows->row_length,
                                       rows->epsilon + first, n, rows->row_length, work, error);
        if (status != MMAX_OK)
            return status;
        take(context, first, n, work->weights);
    }
    return MMAX_OK;
}

/* ---- which three ----------------------------------------------------------------------------- */

typedef struct column_sums {
    size_t n_columns;
    double *sums; /* (n_columns,) */
} column_sums;

static void add_columns(void *context, size_t first_row, size_t n_rows, const double *weights)
{
    column_sums *to = context;
    (void)first_row;
    for (size_t i = 0; i < n_rows; i++)
        for (size_t j = 0; j < to->n_columns; j++)
            to->sums[j] += weights[i * to->n_columns + j];
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

static mmax_status choose_columns(mmax_simplex *simplex, const mmax_simplex_rows *rows,
                                  const workspace *work, mmax_error *error)
{
    for (size_t i = 0; i < 3; i++)
        simplex->columns[i] = i;
    if (rows->row_length == 3)
        return MMAX_OK;
    column_sums sums = {rows->row_length, mmax_alloc_zeroed(rows->row_length, sizeof(double))};
    if (!sums.sums)
        return mmax_fail_memory(error, "choosing the corners of a simplex plot");
    const mmax_map softmax = {.kind = MMAX_SOFTMAX, .temperature = 1};
    mmax_status status = map_rows(&softmax, rows, 0, rows->n_kept, work, add_columns, &sums, error);
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
    const mmax_simplex_rows *rows;
    double *points; /* (n_points, 3) of the map at hand */
    size_t n_points;
    double share;
} point_taker;

static void take_points(void *context, size_t first_row, size_t n_rows, const double *weights)
{
    point_taker *taker = context;
    size_t row_length = taker->rows->row_length;
    for (size_t i = 0; i < n_rows; i++) {
        double three[3];
        if (!three_of(taker->simplex, taker->rows->logits + (first_row + i) * row_length, three))
            continue;
        double *point = taker->points + 3 * taker->n_points++;
        double sum = 0;
        for (size_t k = 0; k < 3; k++) {
            point[k] = weights[i * row_length + taker->simplex->columns[k]];
            sum += point[k];
        }
        if (row_length == 3)
            sum = 1; /* but for rounding, which is not ours to spread */
        taker->share += sum;
        for (size_t k = 0; k < 3; k++)
            point[k] = sum > 0 ? point[k] / sum : (double)NAN;
    }
}

/* Maps all the kept rows under the plan's map-th map, each with that of its layer. */
static mmax_status map_layers(const mmax_plan *plan, size_t map, const mmax_input *input,
                              const workspace *work, point_taker *taker, mmax_error *error)
{
    const mmax_simplex_rows *rows = taker->rows;
    for (size_t first = 0, end; first < rows->n_kept; first = end) {
        size_t row = rows->indices[first], n_alike;
        const mmax_map *of_row = mmax_plan_map_of_row(plan, map, input, row, &n_alike);
        for (end = first + 1; end < rows->n_kept && rows->indices[end] - row < n_alike;)
            end++;
        mmax_status status = map_rows(of_row, rows, first, end, work, take_points, taker, error);
        if (status != MMAX_OK)
            return status;
    }
    return MMAX_OK;
}

static mmax_status make_points(mmax_simplex *simplex, const mmax_plan *plan,
                               const mmax_input *input, const mmax_simplex_rows *rows,
                               const workspace *work, mmax_error *error)
{
    for (size_t i = 0; i < rows->n_kept; i++) {
        double three[3];
        simplex->n_points += three_of(simplex, rows->logits + i * rows->row_length, three);
    }
    simplex->points = mmax_alloc_array(simplex->n_maps * simplex->n_points, 3 * sizeof(double));
    simplex->share = mmax_alloc_zeroed(simplex->n_maps, sizeof(double));
    if (!simplex->points || !simplex->share)
        return mmax_fail_memory(error, "making the points of a simplex plot");
    for (size_t map = 0; map < simplex->n_maps; map++) {
        point_taker taker = {.simplex = simplex,
                             .rows = rows,
                             .points = simplex->points + 3 * map * simplex->n_points};
        mmax_status status = map_layers(plan, map, input, work, &taker, error);
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

static size_t first_distinct(const mmax_simplex *simplex, const mmax_simplex_rows *rows,
                             double seen[MMAX_SIMPLEX_TRAJECTORIES][3])
{
    size_t n_seen = 0;
    for (size_t i = 0; i < rows->n_kept && n_seen < MMAX_SIMPLEX_TRAJECTORIES; i++) {
        double three[3];
        if (three_of(simplex, rows->logits + i * rows->row_length, three) &&
            is_new(seen, n_seen, three))
            memcpy(seen[n_seen++], three, sizeof three);
    }
    return n_seen;
}

static mmax_status make_trajectories(mmax_simplex *simplex, const mmax_simplex_rows *rows,
                                     mmax_error *error)
{
    double starts[MMAX_SIMPLEX_TRAJECTORIES][3];
    const size_t n_steps = MMAX_SIMPLEX_TEMPERATURES;
    size_t n = simplex->n_trajectories = first_distinct(simplex, rows, starts);
    simplex->temperatures = mmax_alloc_array(n_steps, sizeof(double));
    simplex->trajectories = mmax_alloc_array(n * n_steps, 3 * sizeof(double));
    if (!simplex->temperatures || !simplex->trajectories)
        return mmax_fail_memory(error, "making the trajectories of a simplex plot");
    const double no_epsilon[MMAX_SIMPLEX_TRAJECTORIES] = {0};
    mmax_row_facts facts[MMAX_SIMPLEX_TRAJECTORIES];
    double weights[3 * MMAX_SIMPLEX_TRAJECTORIES];
    size_t support[MMAX_SIMPLEX_TRAJECTORIES];
    const workspace work = {MMAX_SIMPLEX_TRAJECTORIES, facts, weights, support};
    for (size_t i = 0; n > 0 && i < n_steps; i++) {
        double t = coldest * pow(hottest / coldest, (double)i / (double)(n_steps - 1));
        mmax_map softmax = {.kind = MMAX_SOFTMAX, .temperature = t};
        simplex->temperatures[i] = t;
        mmax_status status = map_chunk(&softmax, starts[0], no_epsilon, n, 3, &work, error);
        if (status != MMAX_OK)
            return status;
        for (size_t k = 0; k < n; k++)
            memcpy(simplex->trajectories + 3 * (k * n_steps + i), weights + 3 * k,
                   3 * sizeof(double));
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

mmax_status mmax_simplex_new(const mmax_plan *plan, const mmax_input *input,
                             const mmax_simplex_rows *rows, mmax_simplex **simplex,
                             mmax_error *error)
{
    if (rows->out_of_memory)
        return mmax_fail_memory(error, "keeping the rows of a simplex plot");
    mmax_simplex *self = mmax_alloc_zeroed(1, sizeof *self);
    workspace work = {0};
    mmax_status status = MMAX_OK;
    if (!self || !workspace_new(&work, rows->row_length)) {
        status = mmax_fail_memory(error, "making a simplex plot");
        goto out;
    }
    self->row_length = rows->row_length;
    self->n_rows = rows->n_valid;
    self->n_kept = rows->n_kept;
    self->n_maps = plan->n_maps;
    status = choose_columns(self, rows, &work, error);
    if (status == MMAX_OK)
        status = copy_labels(self, input, error);
    if (status == MMAX_OK)
        status = make_points(self, plan, input, rows, &work, error);
    if (status == MMAX_OK)
        status = make_trajectories(self, rows, error);
    if (status != MMAX_OK)
        goto out;
    *simplex = self;
    self = NULL;
out:
    workspace_free(&work);
    mmax_simplex_free(self);
    return status;
}

void mmax_simplex_free(mmax_simplex *simplex)
{
    if (!simplex)
        return;
    for (size_t i = 0; i < 3; i++)
        free(simplex->labels[i]);
    free(simplex->points);
    free(simplex->share);
    free(simplex->temperatures);
    free(simplex->trajectories);
    free(simplex);
}
