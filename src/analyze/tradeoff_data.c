#include "analyze/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a trade-off may cost: entries of all its rows, unless one alone has more, and entries that
 * are mapped for all curves of one family: a few tenths of a second. */
enum { MAX_ENTRIES = 1 << 17, MAX_WORK = 1 << 23 };

/* Neighbours on a curve lie no farther apart than this, if the steps suffice for it. */
static const double max_gap = 0.025;

/* ---- points ---------------------------------------------------------------------------------- */

typedef struct point_taker {
    const mmax_kept_rows *rows;
    mmax_metric_list metrics;
    mmax_tradeoff_point *points; /* (rows->n,) */
} point_taker;

static void take_points(void *context, const mmax_mapped_rows *mapped)
{
    const point_taker *taker = context;
    size_t n = taker->rows->row_length;
    for (size_t i = 0; i < mapped->n; i++) {
        size_t row = mapped->first + i;
        const mmax_metric_row of_row = {
            .logits = taker->rows->logits + row * n,
            .weights = mapped->weights + i * n,
            .log_weights = mapped->log_weights ? mapped->log_weights + i * n : NULL,
            .row_length = n,
            .support = mapped->support[i],
            .query = MMAX_NO_QUERY,
            .facts = &mapped->facts[i],
            .relevance = &taker->rows->relevance[row],
        };
        double values[2];
        mmax_metrics_of_row(&taker->metrics, &of_row, values);
        taker->points[row] = (mmax_tradeoff_point){values[0], values[1]};
    }
}

static mmax_status point_taker_new(const mmax_kept_rows *rows, mmax_tradeoff_point *points,
                                   point_taker *taker, mmax_error *error)
{
    taker->rows = rows;
    taker->points = points;
    /* Taken in the order of the table, which is this one. */
    return mmax_metric_list_parse("multimodality,sparsity", &taker->metrics, error);
}

/* The points of rows under one map; points (rows->n,) written. */
static mmax_status find_points(const mmax_kept_rows *rows, const mmax_map *map,
                               mmax_tradeoff_point *points, mmax_error *error)
{
    point_taker taker;
    mmax_status status = point_taker_new(rows, points, &taker, error);
    if (status == MMAX_OK)
        status = mmax_kept_rows_map(rows, map, take_points, &taker, error);
    return status;
}

/* Whether p/s asks for logarithms, which take four times as long: where s is far from underflow,
 * weights that underflow are nothing beside it. */
static bool needs_log_weights(const mmax_kept_rows *rows)
{
    bool needs = false;
    for (size_t i = 0; i < rows->n; i++)
        needs |= rows->relevance[i].log_reference < -650;
    return needs;
}

static bool has_both(const mmax_tradeoff_point *point)
{
    return !isnan(point->multimodality) && !isnan(point->sparsity);
}

/* The mean of the points that have both numbers; NaN without any. */
static mmax_tradeoff_point mean_of(const mmax_tradeoff_point *points, size_t n)
{
    mmax_tradeoff_point sum = {0, 0};
    double n_added = 0;
    for (size_t i = 0; i < n; i++) {
        if (!has_both(&points[i]))
            continue;
        sum.multimodality += points[i].multimodality;
        sum.sparsity += points[i].sparsity;
        n_added++;
    }
    return (mmax_tradeoff_point){sum.multimodality / n_added, sum.sparsity / n_added};
}

/* ---- which rows ------------------------------------------------------------------------------ */

/* Whether one of the chosen rows has the same logits as the ROW-th. */
static bool is_among(const mmax_kept_rows *rows, const size_t *chosen, size_t n_chosen, size_t row)
{
    size_t n = rows->row_length;
    for (size_t i = 0; i < n_chosen; i++) {
        const double *a = rows->logits + chosen[i] * n, *b = rows->logits + row * n;
        size_t k = 0;
        while (k < n && a[k] == b[k])
            k++;
        if (k == n)
            return true;
    }
    return false;
}

/* The different ones of the usable rows; false if there are more than MMAX_TRADEOFF_ROWS. */
static bool choose_each(const mmax_kept_rows *rows, const size_t *usable, size_t n_usable,
                        size_t *chosen, size_t *n_chosen)
{
    size_t n = 0;
    for (size_t i = 0; i < n_usable; i++) {
        if (is_among(rows, chosen, n, usable[i]))
            continue;
        if (n == MMAX_TRADEOFF_ROWS)
            return false;
        chosen[n++] = usable[i];
    }
    *n_chosen = n;
    return true;
}

/* As many of the usable rows as may be mapped, evenly spread: every 2^k-th could meet the same
 * query of every head. */
static void choose_some(const mmax_kept_rows *rows, const size_t *usable, size_t n_usable,
                        size_t *chosen, size_t *n_chosen)
{
    size_t most = MAX_ENTRIES / rows->row_length;
    size_t n = n_usable;
    if (n > most)
        n = most > 0 ? most : 1;
    for (size_t i = 0; i < n; i++)
        chosen[i] = usable[i * n_usable / n];
    *n_chosen = n;
}

static void free_rows(mmax_kept_rows *rows)
{
    free(rows->logits);
    free(rows->epsilon);
    free(rows->relevance);
    free(rows->indices);
}

static mmax_status copy_rows(const mmax_kept_rows *rows, const size_t *chosen, size_t n,
                             mmax_kept_rows *copy, mmax_error *error)
{
    size_t row_length = rows->row_length;
    *copy = (mmax_kept_rows){
        .row_length = row_length,
        .n = n,
        .wants_log_weights = rows->wants_log_weights,
        .logits = mmax_alloc_array(n * row_length, sizeof *copy->logits),
        .epsilon = mmax_alloc_array(n, sizeof *copy->epsilon),
        .relevance = mmax_alloc_array(n, sizeof *copy->relevance),
        .indices = mmax_alloc_array(n, sizeof *copy->indices),
    };
    if (!copy->logits || !copy->epsilon || !copy->relevance || !copy->indices) {
        free_rows(copy);
        return mmax_fail_memory(error, "choosing the rows of a trade-off");
    }
    for (size_t i = 0; i < n; i++) {
        memcpy(copy->logits + i * row_length, rows->logits + chosen[i] * row_length,
               row_length * sizeof *rows->logits);
        copy->epsilon[i] = rows->epsilon[chosen[i]];
        copy->relevance[i] = rows->relevance[chosen[i]];
        copy->indices[i] = rows->indices[chosen[i]];
    }
    return MMAX_OK;
}

/* Which rows have both numbers depends on their logits, not on the map, but where a map gives the
 * most to an entry that is not relevant. */
static mmax_status choose_rows(mmax_tradeoff *self, const mmax_kept_rows *rows,
                               mmax_kept_rows *chosen_rows, mmax_error *error)
{
    const mmax_map softmax = {.kind = MMAX_SOFTMAX, .temperature = 1};
    size_t n_chosen = 0, *usable = mmax_alloc_array(rows->n, sizeof *usable);
    size_t *chosen = mmax_alloc_array(rows->n + MMAX_TRADEOFF_ROWS, sizeof *chosen);
    mmax_tradeoff_point *points = mmax_alloc_array(rows->n, sizeof *points);
    mmax_status status = usable && chosen && points
                             ? find_points(rows, &softmax, points, error)
                             : mmax_fail_memory(error, "choosing the rows of a trade-off");
    if (status == MMAX_OK) {
        for (size_t i = 0; i < rows->n; i++)
            if (has_both(&points[i]))
                usable[self->n_usable++] = i;
        self->is_each = choose_each(rows, usable, self->n_usable, chosen, &n_chosen);
        if (!self->is_each)
            choose_some(rows, usable, self->n_usable, chosen, &n_chosen);
        status = copy_rows(rows, chosen, n_chosen, chosen_rows, error);
    }
    free(points);
    free(chosen);
    free(usable);
    return status;
}

/* ---- curves ---------------------------------------------------------------------------------- */

/* A map of one parameter, as a curve goes along it. */
typedef struct family {
    mmax_map (*map_at)(double parameter);
    double (*between)(double a, double b);
    size_t n_first;
    const double *first; /* (n_first,) where a curve is looked at before it is refined */
} family;

static mmax_map softmax_at(double temperature)
{
    return (mmax_map){.kind = MMAX_SOFTMAX, .temperature = temperature};
}

static mmax_map entmax_at(double alpha)
{
    return (mmax_map){.kind = MMAX_ENTMAX, .alpha = alpha};
}

static double geometric_mean(double a, double b)
{
    return sqrt(a * b);
}

static double arithmetic_mean(double a, double b)
{
    return (a + b) / 2;
}

static const double temperatures[] = {0.001, 0.003, 0.01, 0.03, 0.1,  0.3,  1,    3,
                                      10,    30,    100,  300,  1000, 3000, 10000};
static const double alphas[] = {1, 1.004, 1.016, 1.0625, 1.25, 1.5, 1.75, 2, 2.5, 3, 4};

static const family softmax_family = {softmax_at, geometric_mean,
                                      sizeof temperatures / sizeof *temperatures, temperatures};
static const family entmax_family = {entmax_at, arithmetic_mean, sizeof alphas / sizeof *alphas,
                                     alphas};

/* The rows that one curve is the mean of, and room for their points. */
typedef struct curve_rows {
    mmax_kept_rows rows;
    mmax_tradeoff_point *points; /* (rows.n,) */
} curve_rows;

static mmax_status add_step(const family *of, const curve_rows *from, size_t place,
                            double parameter, mmax_tradeoff_curve *curve, mmax_error *error)
{
    const mmax_map map = of->map_at(parameter);
    mmax_status status = find_points(&from->rows, &map, from->points, error);
    if (status != MMAX_OK)
        return status;
    for (size_t i = curve->n; i > place; i--) {
        curve->parameters[i] = curve->parameters[i - 1];
        curve->points[i] = curve->points[i - 1];
    }
    curve->parameters[place] = parameter;
    curve->points[place] = mean_of(from->points, from->rows.n);
    curve->n++;
    return MMAX_OK;
}

/* The step after which the widest gap is, and its width. */
static size_t widest_gap(const mmax_tradeoff_curve *curve, double *width)
{
    size_t widest = 0;
    *width = 0;
    for (size_t i = 0; i + 1 < curve->n; i++) {
        const mmax_tradeoff_point *a = &curve->points[i], *b = &curve->points[i + 1];
        double gap = hypot(a->multimodality - b->multimodality, a->sparsity - b->sparsity);
        if (gap > *width) {
            *width = gap;
            widest = i;
        }
    }
    return widest;
}

/* Points that every curve of a family may have. */
static size_t max_steps(const mmax_kept_rows *rows)
{
    size_t n = MAX_WORK / (rows->n * rows->row_length);
    return n < MMAX_TRADEOFF_STEPS ? n : MMAX_TRADEOFF_STEPS;
}

/* Steps where they are needed: softmax crosses from all of the sparsity to none of it within a
 * fraction of a decade of temperature, and where that is depends on the rows. */
static mmax_status trace(const family *of, const curve_rows *from, size_t n_steps,
                         mmax_tradeoff_curve *curve, mmax_error *error)
{
    mmax_status status = MMAX_OK;
    for (size_t i = 0; i < of->n_first && status == MMAX_OK; i++)
        status = add_step(of, from, i, of->first[i], curve, error);
    while (status == MMAX_OK && curve->n < n_steps) {
        double width;
        size_t i = widest_gap(curve, &width);
        if (width <= max_gap)
            break;
        double parameter = of->between(curve->parameters[i], curve->parameters[i + 1]);
        if (parameter <= curve->parameters[i] || parameter >= curve->parameters[i + 1])
            break;
        status = add_step(of, from, i + 1, parameter, curve, error);
    }
    return status;
}

/* The rows from the FIRST on, N of them, which stay the other's. */
static mmax_kept_rows stretch_of(const mmax_kept_rows *rows, size_t first, size_t n)
{
    mmax_kept_rows stretch = *rows;
    stretch.n = n;
    stretch.logits += first * rows->row_length;
    stretch.epsilon += first;
    stretch.relevance += first;
    stretch.indices += first;
    return stretch;
}

static mmax_status trace_all(mmax_tradeoff *self, const mmax_kept_rows *rows, mmax_error *error)
{
    size_t n_rows = self->is_each ? 1 : rows->n;
    size_t n_steps = self->n_curves > 0 ? max_steps(rows) : 0;
    mmax_status status = MMAX_OK;
    curve_rows from = {.points = mmax_alloc_array(n_rows, sizeof *from.points)};
    self->softmax = mmax_alloc_zeroed(self->n_curves, sizeof *self->softmax);
    self->entmax = mmax_alloc_zeroed(self->n_curves, sizeof *self->entmax);
    if (!from.points || !self->softmax || !self->entmax)
        status = mmax_fail_memory(error, "tracing the curves of a trade-off");
    for (size_t i = 0; i < self->n_curves && status == MMAX_OK; i++) {
        from.rows = stretch_of(rows, i, n_rows);
        status = trace(&softmax_family, &from, n_steps, &self->softmax[i], error);
        if (status == MMAX_OK)
            status = trace(&entmax_family, &from, n_steps, &self->entmax[i], error);
    }
    free(from.points);
    return status;
}

/* ---- markers --------------------------------------------------------------------------------- */

static mmax_status place_markers(mmax_tradeoff *self, const mmax_plan *plan,
                                 const mmax_input *input, const mmax_kept_rows *rows,
                                 mmax_error *error)
{
    self->points = mmax_alloc_array(self->n_maps * self->n_drawn, sizeof *self->points);
    self->markers = mmax_alloc_array(self->n_maps * self->n_curves, sizeof *self->markers);
    if (!self->points || !self->markers)
        return mmax_fail_memory(error, "placing the markers of a trade-off");
    for (size_t map = 0; map < self->n_maps; map++) {
        mmax_tradeoff_point *points = self->points + map * self->n_drawn;
        point_taker taker;
        mmax_status status = point_taker_new(rows, points, &taker, error);
        if (status == MMAX_OK)
            status = mmax_kept_rows_map_layers(rows, plan, map, input, take_points, &taker, error);
        if (status != MMAX_OK)
            return status;
        size_t n_rows = self->is_each ? 1 : rows->n;
        for (size_t i = 0; i < self->n_curves; i++)
            self->markers[map * self->n_curves + i] = mean_of(points + i, n_rows);
    }
    return MMAX_OK;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static mmax_status fill(mmax_tradeoff *self, const mmax_plan *plan, const mmax_input *input,
                        const mmax_kept_rows *rows, mmax_error *error)
{
    self->n_drawn = rows->n;
    self->n_curves = self->is_each || rows->n == 0 ? rows->n : 1;
    self->rows = mmax_alloc_array(rows->n, sizeof *self->rows);
    if (!self->rows)
        return mmax_fail_memory(error, "making a trade-off");
    for (size_t i = 0; i < rows->n; i++)
        self->rows[i] = rows->indices[i];
    mmax_status status = place_markers(self, plan, input, rows, error);
    if (status == MMAX_OK)
        status = trace_all(self, rows, error);
    return status;
}

static mmax_status end(const mmax_plan *plan, mmax_result *result, const mmax_kept_rows *rows,
                       mmax_error *error)
{
    mmax_tradeoff *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "making a trade-off");
    result->tradeoff = self;
    self->n_rows = rows->n_valid;
    self->n_kept = rows->n;
    self->n_maps = plan->n_maps;
    mmax_kept_rows all = *rows, chosen;
    all.wants_log_weights = needs_log_weights(rows);
    mmax_status status = choose_rows(self, &all, &chosen, error);
    if (status != MMAX_OK)
        return status;
    status = fill(self, plan, &result->input, &chosen, error);
    free_rows(&chosen);
    return status;
}

static void free_data(mmax_result *result)
{
    mmax_tradeoff *tradeoff = result->tradeoff;
    if (!tradeoff)
        return;
    free(tradeoff->rows);
    free(tradeoff->points);
    free(tradeoff->markers);
    free(tradeoff->softmax);
    free(tradeoff->entmax);
    free(tradeoff);
}

const mmax_figure_gatherer mmax_gather_tradeoff = {
    .wants_kept_rows = true,
    .end = end,
    .free = free_data,
};
