#include "map/family.h"

#include <math.h>
#include <string.h>

/* Where sigma falls.  Its slope is linear between the breakpoints:
 *
 *     1 - ts0 [x < r0] + ts1 [x > r1] - 2 ts2 max(r2 - x, 0) + 2 ts3 max(x - r3, 0)
 *
 * so each stretch between neighbouring breakpoints has at most one interval of negative slope, and
 * there are at most five stretches. */
enum { N_TERMS = MMAX_SIGMA_TERMS, MAX_STRETCHES = N_TERMS + 1 };

typedef struct interval {
    double from, to; /* infinite where it is open */
} interval;

static double least(double a, double b)
{
    return a < b ? a : b;
}

static double greatest(double a, double b)
{
    return a > b ? a : b;
}

/* The breakpoints of the terms that have a coefficient, ascending and distinct; their number. */
static size_t collect_knots(const double ts[N_TERMS], const double ranges[N_TERMS],
                            double knots[N_TERMS])
{
    size_t n = 0;
    for (size_t i = 0; i < N_TERMS; i++) {
        if (ts[i] == 0)
            continue;
        size_t at = 0;
        while (at < n && knots[at] < ranges[i])
            at++;
        if (at < n && knots[at] == ranges[i])
            continue;
        memmove(knots + at + 1, knots + at, (n - at) * sizeof knots[0]);
        knots[at] = ranges[i];
        n++;
    }
    return n;
}

/* The slope on a stretch without breakpoints. */
typedef struct line {
    double constant, rise; /* constant + rise * x */
} line;

static line slope_on(const double ts[N_TERMS], const double ranges[N_TERMS], interval stretch)
{
    bool below[N_TERMS], above[N_TERMS];
    for (size_t i = 0; i < N_TERMS; i++) {
        below[i] = ts[i] != 0 && stretch.to <= ranges[i];
        above[i] = ts[i] != 0 && stretch.from >= ranges[i];
    }
    return (line){
        .constant = 1 - (below[0] ? ts[0] : 0) + (above[1] ? ts[1] : 0) -
                    (below[2] ? 2 * ts[2] * ranges[2] : 0) - (above[3] ? 2 * ts[3] * ranges[3] : 0),
        .rise = (below[2] ? 2 * ts[2] : 0) + (above[3] ? 2 * ts[3] : 0),
    };
}

/* The part of such a stretch where the slope is negative; empty (from >= to) where there is none.
 */
static interval falling_part(const double ts[N_TERMS], const double ranges[N_TERMS],
                             interval stretch)
{
    line slope = slope_on(ts, ranges, stretch);
    if (slope.rise == 0)
        return slope.constant < 0 ? stretch : (interval){0, 0};
    double zero = -slope.constant / slope.rise;
    return slope.rise > 0 ? (interval){stretch.from, least(stretch.to, zero)}
                          : (interval){greatest(stretch.from, zero), stretch.to};
}

static interval stretch_at(const double *knots, size_t n_knots, size_t i)
{
    return (interval){i == 0 ? -HUGE_VAL : knots[i - 1], i == n_knots ? HUGE_VAL : knots[i]};
}

/* The falling intervals, ascending, neighbours joined; their number. */
static size_t find_falls(const double ts[N_TERMS], const double ranges[N_TERMS],
                         interval falls[MAX_STRETCHES])
{
    double knots[N_TERMS];
    size_t n_knots = collect_knots(ts, ranges, knots), n = 0;
    for (size_t i = 0; i <= n_knots; i++) {
        interval part = falling_part(ts, ranges, stretch_at(knots, n_knots, i));
        if (!(part.from < part.to))
            continue;
        if (n > 0 && falls[n - 1].to == part.from)
            falls[n - 1].to = part.to;
        else
            falls[n++] = part;
    }
    return n;
}

/* ---- sigma for one epsilon ------------------------------------------------------------------- */

static double slope_at(line slope, double x)
{
    return slope.rise == 0 ? slope.constant : slope.constant + slope.rise * x;
}

void mmax_sigma_of(const mmax_map *map, double epsilon, mmax_sigma *sigma)
{
    *sigma = (mmax_sigma){.n_knots = 0};
    for (size_t i = 0; map->kind == MMAX_MULTIMAX && i < N_TERMS; i++) {
        sigma->ts[i] = map->ts[i];
        sigma->ranges[i] = map->range_is_epsilon[i] ? epsilon : map->ranges[i];
    }
    sigma->n_knots = collect_knots(sigma->ts, sigma->ranges, sigma->knots);
    for (size_t i = 0; i <= sigma->n_knots; i++) {
        interval stretch = stretch_at(sigma->knots, sigma->n_knots, i);
        line slope = slope_on(sigma->ts, sigma->ranges, stretch);
        sigma->slopes[i][0] = slope_at(slope, stretch.from);
        sigma->slopes[i][1] = slope_at(slope, stretch.to);
    }
    interval falls[MAX_STRETCHES];
    sigma->n_falls = find_falls(sigma->ts, sigma->ranges, falls);
    for (size_t i = 0; i < sigma->n_falls; i++) {
        sigma->falls[i][0] = falls[i].from;
        sigma->falls[i][1] = falls[i].to;
    }
}

double mmax_sigma_at(const mmax_sigma *sigma, double x)
{
    double y;
    mmax_kernel_modulate(&x, 1, 1, sigma->ts, sigma->ranges, &y);
    return y;
}

/* ---- breakpoints of both sorts --------------------------------------------------------------- */

static size_t count_epsilon(const mmax_map *map, size_t *n_active)
{
    size_t n = 0;
    *n_active = 0;
    for (size_t i = 0; i < N_TERMS; i++) {
        *n_active += map->ts[i] != 0;
        n += map->ts[i] != 0 && map->range_is_epsilon[i];
    }
    return n;
}

static bool falls_for_epsilon(const mmax_map *map, double epsilon)
{
    double ranges[N_TERMS];
    interval falls[MAX_STRETCHES];
    for (size_t i = 0; i < N_TERMS; i++)
        ranges[i] = map->range_is_epsilon[i] ? epsilon : map->ranges[i];
    return find_falls(map->ts, ranges, falls) > 0;
}

/* With numbers and eps side by side: whether some eps makes sigma fall.  The slope is linear in x
 * and eps between the breakpoints, so it is enough to try eps at each number, between neighbours
 * and on both sides, near and far. */
static bool falls_for_some_epsilon(const mmax_map *map)
{
    double numbers[N_TERMS], ts[N_TERMS];
    for (size_t i = 0; i < N_TERMS; i++)
        ts[i] = map->range_is_epsilon[i] ? 0 : map->ts[i];
    size_t n = collect_knots(ts, map->ranges, numbers);
    double first = numbers[0], last = numbers[n - 1];
    double reach = 1e9 * (1 + fabs(first) + fabs(last));
    bool falls = falls_for_epsilon(map, first - 1) || falls_for_epsilon(map, first - reach) ||
                 falls_for_epsilon(map, last + 1) || falls_for_epsilon(map, last + reach);
    for (size_t i = 0; i < n && !falls; i++) {
        double next = i + 1 < n ? numbers[i + 1] : numbers[i];
        falls = falls_for_epsilon(map, numbers[i]) ||
                falls_for_epsilon(map, numbers[i] + (next - numbers[i]) / 2);
    }
    return falls;
}

/* ---- words ----------------------------------------------------------------------------------- */

static void add_place(char text[MMAX_SPEC_SIZE], double x, bool relative)
{
    if (!relative) {
        mmax_spec_add_number(text, x);
        return;
    }
    mmax_spec_add(text, "eps");
    if (x != 0) {
        mmax_spec_add(text, x > 0 ? " + " : " - ");
        mmax_spec_add_number(text, fabs(x));
    }
}

static void add_interval(char text[MMAX_SPEC_SIZE], interval fall, bool relative)
{
    bool has_from = isfinite(fall.from), has_to = isfinite(fall.to);
    if (!has_from && !has_to)
        mmax_spec_add(text, "everywhere");
    if (has_from && has_to) {
        add_place(text, fall.from, relative);
        mmax_spec_add(text, " < x < ");
        add_place(text, fall.to, relative);
    } else if (has_from) {
        mmax_spec_add(text, "x > ");
        add_place(text, fall.from, relative);
    } else if (has_to) {
        mmax_spec_add(text, "x < ");
        add_place(text, fall.to, relative);
    }
}

bool mmax_map_falls(const mmax_map *map, char interval_text[MMAX_SPEC_SIZE])
{
    char unwanted[MMAX_SPEC_SIZE], *text = interval_text ? interval_text : unwanted;
    text[0] = '\0';
    if (map->kind != MMAX_MULTIMAX)
        return false;
    size_t n_active, n_epsilon = count_epsilon(map, &n_active);
    bool relative = n_epsilon > 0;
    if (relative && n_epsilon < n_active) {
        bool falls = falls_for_some_epsilon(map);
        mmax_spec_add(text, falls ? "somewhere that depends on the row's eps" : "");
        return falls;
    }
    double ranges[N_TERMS];
    for (size_t i = 0; i < N_TERMS; i++)
        ranges[i] = relative ? 0 : map->ranges[i]; /* relative to eps */
    interval falls[MAX_STRETCHES];
    size_t n = find_falls(map->ts, ranges, falls);
    for (size_t i = 0; i < n; i++) {
        mmax_spec_add(text, i > 0 ? " or " : "");
        add_interval(text, falls[i], relative);
    }
    return n > 0;
}
