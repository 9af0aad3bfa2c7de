/* Weights against the reference's bounds, and the worst of them. */
#include "test_numbers.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

/* ---- the worst ------------------------------------------------------------------------------- */

/* Maps whose errors are of one kind. */
typedef enum map_group {
    SOFTMAX_PLAIN,
    SOFTMAX_AT_T,
    SPARSEMAX_ALONE,
    ENTMAX_NEAR_1,
    ENTMAX_GENTLE,
    ENTMAX_15,
    ENTMAX_NEAR_2,
    ENTMAX_STEEP,
    EVSOFTMAX_ALONE,
    MULTIMAX_DEFAULT,
    MULTIMAX_NUMBERS,
    N_GROUPS
} map_group;

static const char *const group_names[N_GROUPS] = {
    "softmax",
    "softmax:t",
    "sparsemax",
    "entmax, 1 < a < 1.1",
    "entmax, 1.1 <= a < 2",
    "entmax:1.5",
    "entmax:2",
    "entmax, a > 2",
    "evsoftmax",
    "multimax",
    "multimax, numbers",
};

typedef struct worst {
    size_t n_rows, n_ill, n_on_fence, n_other_side;
    double absolute, relative; /* in epsilons of the arithmetic, but for ill-conditioned rows */
    double share;              /* of the bound */
} worst;

static worst worst_of[N_GROUPS][N_ARITHMETICS];
static size_t n_complaints;

static map_group group_of(const mmax_map *map)
{
    double alpha = map->alpha;
    switch (map->kind) {
    case MMAX_SOFTMAX:
        return map->temperature == 1 ? SOFTMAX_PLAIN : SOFTMAX_AT_T;
    case MMAX_SPARSEMAX:
        return SPARSEMAX_ALONE;
    case MMAX_EVSOFTMAX:
        return EVSOFTMAX_ALONE;
    case MMAX_MULTIMAX:
        return map->range_is_epsilon[0] ? MULTIMAX_DEFAULT : MULTIMAX_NUMBERS;
    case MMAX_ENTMAX:
        break;
    }
    if (alpha == 1 || alpha == 1.5 || alpha == 2)
        return alpha == 1 ? SOFTMAX_PLAIN : alpha == 1.5 ? ENTMAX_15 : ENTMAX_NEAR_2;
    return alpha < 1.1 ? ENTMAX_NEAR_1 : alpha < 2 ? ENTMAX_GENTLE : ENTMAX_STEEP;
}

void complain(const expectation *expected, const outcome *found, const char *format, ...)
{
    enum { MOST_PRINTED = 25 };
    if (++n_complaints > MOST_PRINTED)
        return;
    char spec[MMAX_SPEC_SIZE], what[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    mmax_map_format(&expected->of->maps[expected->map], spec);
    printf("batch %zu, '%s' of %zu%s, %s, %s: %s\n", expected->of->index,
           row_sort_name(expected->row), expected->of->n, expected->of->is_single ? " float32" : "",
           spec, found->path, what);
}

/* ---- one row --------------------------------------------------------------------------------- */

static void check_support(const expectation *expected, const outcome *found, worst *w)
{
    size_t least = 0, most = 0;
    const double *p = found->p;
    for (size_t i = 0; i < expected->of->n; i++) {
        signed char side = expected->bounds.support[i];
        least += side == 1;
        most += side != 0;
        w->n_on_fence += side == -1;
        w->n_other_side += side == -1 && (p[i] > 0) != (expected->reference->side[i] > 0);
        if (side == 0 && !(p[i] == 0 && !signbit(p[i])))
            complain(expected, found, "entry %zu is outside and weighs %g", i, p[i]);
        if (side == 1 && p[i] == 0 && expected->bounds.least[i] > 0)
            complain(expected, found, "entry %zu of weight %Lg is outside", i,
                     expected->reference->p[i]);
    }
    if (found->support != SIZE_MAX && (found->support < least || found->support > most))
        complain(expected, found, "support %zu, not %zu to %zu", found->support, least, most);
}

static void check_sum(const expectation *expected, const outcome *found)
{
    precise sum = 0, n = (precise)expected->of->n;
    for (size_t i = 0; i < expected->of->n; i++)
        sum += (precise)found->p[i];
    precise off = fabsl(sum - (expected->reference->n_live > 0));
    /* Each weight is rounded once, and divided by a sum that is. */
    precise unit = expected->precision.unit;
    if (!(off <= unit * (n + expected->precision.steps + 4)))
        complain(expected, found, "sum - 1 = %Lg", off);
}

/* Where a weight's bounds are that far from each other, logits that differ by rounding have other
 * weights: what the arithmetic makes of them says nothing about it. */
static bool is_ill_conditioned(const expectation *expected)
{
    for (size_t i = 0; i < expected->of->n; i++)
        if (expected->bounds.most[i] - expected->bounds.least[i] > 1e4L * expected->precision.unit)
            return true;
    return false;
}

void check_weights(const expectation *expected, const outcome *found)
{
    const reference_row *row = expected->reference;
    const precision *of = &expected->precision;
    worst *w = &worst_of[group_of(&expected->of->maps[expected->map])][of->which];
    bool is_ill = is_ill_conditioned(expected);
    w->n_rows++;
    w->n_ill += is_ill;
    for (size_t i = 0; i < expected->of->n; i++) {
        precise p = (precise)found->p[i], off = fabsl(p - row->p[i]);
        if (!(p >= expected->bounds.least[i] && p <= expected->bounds.most[i])) {
            complain(expected, found, "entry %zu: %.17Lg, not %.17Lg (%Lg to %Lg)", i, p, row->p[i],
                     expected->bounds.least[i] - row->p[i], expected->bounds.most[i] - row->p[i]);
            break;
        }
        precise bound = p > row->p[i] ? expected->bounds.most[i] - row->p[i]
                                      : row->p[i] - expected->bounds.least[i];
        if (!is_ill)
            w->absolute = fmax(w->absolute, (double)(off / (2 * of->unit)));
        if (!is_ill && row->p[i] > of->floor / of->unit && expected->bounds.support[i] == 1)
            w->relative = fmax(w->relative, (double)(off / row->p[i] / (2 * of->unit)));
        if (bound > 0)
            w->share = fmax(w->share, (double)(off / bound));
    }
    check_support(expected, found, w);
    check_sum(expected, found);
}

/* ---- table ----------------------------------------------------------------------------------- */

size_t print_worst_weights(void)
{
    static const char *const names[N_ARITHMETICS] = {"float64, scalar", "float64, lanes",
                                                     "float32, lanes"};
    printf("%-22s %-16s %7s %6s %9s %9s %7s %8s %6s\n", "map", "arithmetic", "rows", "ill",
           "absolute", "relative", "share", "on fence", "other");
    for (size_t g = 0; g < N_GROUPS; g++) {
        for (size_t a = 0; a < N_ARITHMETICS; a++) {
            const worst *w = &worst_of[g][a];
            if (w->n_rows > 0)
                printf("%-22s %-16s %7zu %6zu %9.3g %9.3g %7.2g %8zu %6zu\n", group_names[g],
                       names[a], w->n_rows, w->n_ill, w->absolute, w->relative, w->share,
                       w->n_on_fence, w->n_other_side);
        }
    }
    fflush(stdout);
    return n_complaints;
}
