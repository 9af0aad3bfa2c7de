#include "analyze/figures.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

static const double farthest_pair = 6; /* of two entries, at least */

/* ---- what the curves go over ----------------------------------------------------------------- */

static double mean_epsilon(const mmax_kept_rows *rows)
{
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < rows->n; i++)
        if (isfinite(rows->epsilon[i])) {
            sum += rows->epsilon[i];
            n++;
        }
    return n > 0 ? sum / (double)n : 0;
}

static void widen(mmax_curve *curve, double x)
{
    curve->low = fmin(curve->low, x);
    curve->high = fmax(curve->high, x);
}

/* All logits, all knots, and a little more, so that the slopes at both ends are seen. */
static void find_range(mmax_curve *curve, const mmax_kept_rows *rows)
{
    curve->low = HUGE_VAL;
    curve->high = -HUGE_VAL;
    for (size_t i = 0; i < rows->n * rows->row_length; i++)
        if (isfinite(rows->logits[i]))
            widen(curve, rows->logits[i]);
    for (size_t map = 0; map < curve->n_maps; map++)
        for (size_t i = 0; i < curve->sigmas[map].n_knots; i++)
            widen(curve, curve->sigmas[map].knots[i]);
    if (curve->low > curve->high)
        curve->low = curve->high = 0;
    double pad = fmax(0.05 * (curve->high / 2 - curve->low / 2), 1e-6 * fabs(curve->high));
    pad = pad > 0 && curve->low < curve->high ? 2 * pad : fmax(1, fabs(curve->high) / 2);
    curve->low = fmax(curve->low - pad, -DBL_MAX / 4);
    curve->high = fmin(curve->high + pad, DBL_MAX / 4);
}

static double between(double low, double high, size_t i)
{
    double fraction = (double)i / (MMAX_CURVE_POINTS - 1);
    return low * (1 - fraction) + high * fraction;
}

static void count_logits(mmax_curve *curve, const mmax_kept_rows *rows)
{
    for (size_t i = 0; i < rows->n * rows->row_length; i++) {
        double x = rows->logits[i];
        if (!isfinite(x))
            continue;
        double place = (x / 2 - curve->low / 2) / (curve->high / 2 - curve->low / 2);
        size_t bin = place > 0 ? (size_t)(place * MMAX_CURVE_BINS) : 0;
        curve->bins[bin < MMAX_CURVE_BINS ? bin : MMAX_CURVE_BINS - 1]++;
        curve->n_logits++;
    }
}

/* ---- sigma ----------------------------------------------------------------------------------- */

/* Moves the nearest inner point to where the curve bends. */
static void move_point(const mmax_curve *curve, double *x, double to)
{
    if (!(to > curve->low && to < curve->high))
        return;
    double place = (to / 2 - curve->low / 2) / (curve->high / 2 - curve->low / 2);
    size_t i = (size_t)floor(place * (MMAX_CURVE_POINTS - 1) + 0.5);
    i = i > 0 ? i : 1;
    x[i < MMAX_CURVE_POINTS - 1 ? i : MMAX_CURVE_POINTS - 2] = to;
}

static void make_sigma(const mmax_curve *curve, size_t map)
{
    const mmax_sigma *sigma = &curve->sigmas[map];
    double *x = curve->x + map * MMAX_CURVE_POINTS, *y = curve->y + map * MMAX_CURVE_POINTS;
    for (size_t i = 0; i < MMAX_CURVE_POINTS; i++)
        x[i] = between(curve->low, curve->high, i);
    for (size_t i = 0; i < sigma->n_falls; i++)
        for (size_t k = 0; k < 2; k++)
            move_point(curve, x, sigma->falls[i][k]);
    for (size_t i = 0; i < sigma->n_knots; i++)
        move_point(curve, x, sigma->knots[i]);
    for (size_t i = 0; i < MMAX_CURVE_POINTS; i++) {
        double value = mmax_sigma_at(sigma, x[i]);
        y[i] = isfinite(value) ? value : (double)NAN;
    }
}

/* ---- two entries ----------------------------------------------------------------------------- */

/* As far as the breakpoints that are numbers of everyday logits. */
static double pair_reach(const mmax_plan *plan)
{
    static const double most = 30;
    double reach = farthest_pair;
    for (size_t map = 0; map < plan->n_maps; map++)
        for (size_t i = 0; plan->maps[map].kind == MMAX_MULTIMAX && i < MMAX_SIGMA_TERMS; i++) {
            double knot = fabs(plan->maps[map].ranges[i]);
            bool counts = plan->maps[map].ts[i] != 0 && !plan->maps[map].range_is_epsilon[i];
            if (counts && knot + 1 <= most)
                reach = fmax(reach, knot + 1);
        }
    return reach;
}

static void take_first(void *context, const mmax_mapped_rows *mapped)
{
    double *weights = context;
    for (size_t i = 0; i < mapped->n; i++)
        weights[mapped->first + i] = mapped->weights[2 * i];
}

static mmax_status make_pairs(mmax_curve *curve, const mmax_plan *plan, mmax_error *error)
{
    double logits[MMAX_CURVE_POINTS][2], epsilon[MMAX_CURVE_POINTS], reach = pair_reach(plan);
    mmax_row_facts facts[MMAX_CURVE_POINTS];
    mmax_relevance relevance[MMAX_CURVE_POINTS];
    for (size_t i = 0; i < MMAX_CURVE_POINTS; i++) {
        curve->pair_x[i] = logits[i][0] = between(-reach, reach, i);
        logits[i][1] = 0;
    }
    mmax_kernel_facts(logits[0], MMAX_CURVE_POINTS, 2, facts);
    mmax_relevance_rows(&plan->relevance, DBL_EPSILON, logits[0], facts, MMAX_CURVE_POINTS, 2,
                        relevance);
    for (size_t i = 0; i < MMAX_CURVE_POINTS; i++)
        epsilon[i] = relevance[i].epsilon;
    const mmax_kept_rows pairs = {
        .row_length = 2, .n = MMAX_CURVE_POINTS, .logits = logits[0], .epsilon = epsilon};
    mmax_status status = MMAX_OK;
    for (size_t map = 0; map < curve->n_maps && status == MMAX_OK; map++)
        status = mmax_kept_rows_map(&pairs, &plan->maps[map], take_first,
                                    curve->pair + map * MMAX_CURVE_POINTS, error);
    return status;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static bool allocate(mmax_curve *curve)
{
    size_t n = MMAX_CURVE_POINTS * sizeof(double);
    curve->sigmas = mmax_alloc_zeroed(curve->n_maps, sizeof *curve->sigmas);
    curve->x = mmax_alloc_array(curve->n_maps, n);
    curve->y = mmax_alloc_array(curve->n_maps, n);
    curve->pair = mmax_alloc_array(curve->n_maps, n);
    return curve->sigmas && curve->x && curve->y && curve->pair;
}

static mmax_status end(const mmax_plan *plan, mmax_result *result, const mmax_kept_rows *rows,
                       mmax_error *error)
{
    mmax_curve *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "making curves");
    result->curve = self;
    self->n_maps = plan->n_maps;
    self->n_rows = rows->n_valid;
    self->n_kept = rows->n;
    self->step = rows->step;
    self->epsilon = mean_epsilon(rows);
    if (!allocate(self))
        return mmax_fail_memory(error, "making curves");
    for (size_t map = 0; map < self->n_maps; map++)
        mmax_sigma_of(&plan->maps[map], self->epsilon, &self->sigmas[map]);
    find_range(self, rows);
    count_logits(self, rows);
    for (size_t map = 0; map < self->n_maps; map++)
        make_sigma(self, map);
    return make_pairs(self, plan, error);
}

static void free_data(mmax_result *result)
{
    mmax_curve *curve = result->curve;
    if (!curve)
        return;
    free(curve->sigmas);
    free(curve->x);
    free(curve->y);
    free(curve->pair);
    free(curve);
}

const mmax_figure_gatherer mmax_gather_curve = {
    .wants_kept_rows = true,
    .end = end,
    .free = free_data,
};
