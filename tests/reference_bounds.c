#include "reference_bounds.h"

#include <float.h>
#include <math.h>

static const precise infinite = (precise)INFINITY;

precision precision_of(arithmetic which, const reference_row *row)
{
    bool is_single = which == SINGLE_LANES;
    precise n = (precise)row->n, unit = is_single ? 0x1p-24L : 0x1p-53L;
    precise lanes = is_single ? 16 : 8, stretch = 512;
    precise in_lane = smaller(ceill(n / lanes), stretch / lanes);
    precise outside = ceill(n / stretch) + 4;
    precision of = {.which = which, .unit = unit};
    of.steps = which == SCALAR ? 2 : in_lane + 3 + (is_single ? 1 : outside);
    of.floor = is_single ? 0x1p-124L : 0x1p-1020L;
    /* ln sum exp from a sum that is off by STEPS and its exponentials' units, and from double. */
    of.epsilon_error = unit * (of.steps + 3) +
                       0x1p-53L * 4 * (fabsl(row->log_sum_exp) + logl((precise)row->n_live + 1));
    return of;
}

/* ---- softmax --------------------------------------------------------------------------------- */

/* e^(s +- delta), within the range of long double by far. */
static precise bounded_exp(precise s)
{
    return s > 5000 ? expl(5000) : expl(s);
}

/* Of PART in itself and OTHERS, which rounding may have made negative. */
static precise share_of(precise part, precise others)
{
    return part > 0 ? part / (part + larger(others, 0)) : 0;
}

/* MOST (n,) holds what each argument may be off by. */
static void bound_softmax(const reference_row *row, const precision *of, precise *least,
                          precise *most)
{
    precise largest = -infinite, sum_low = 0, sum_high = 0;
    for (size_t i = 0; i < row->n; i++)
        largest = larger(largest, row->argument[i]);
    for (size_t i = 0; i < row->n; i++) {
        precise off = most[i], s = row->argument[i] - largest;
        least[i] = most[i] = 0;
        if (row->argument[i] == -infinite)
            continue;
        least[i] = bounded_exp(s - off);
        most[i] = bounded_exp(s + off);
        sum_low += least[i];
        sum_high += most[i];
    }
    precise relative = of->unit * (of->steps + 8);
    for (size_t i = 0; i < row->n; i++) {
        if (row->argument[i] == -infinite)
            continue;
        precise low = least[i], high = most[i];
        least[i] = share_of(low, sum_high - high) * (1 - relative) - of->floor;
        most[i] = share_of(high, sum_low - low) * (1 + relative) + of->floor;
        most[i] = smaller(most[i], 1 + of->unit);
    }
}

static precise off_of_quotient(const reference_row *row, const precision *of, size_t i)
{
    return row->argument[i] == -infinite ? 0 : 4 * of->unit * fabsl(row->argument[i]) + of->floor;
}

/* In lanes sigma is taken of d = x - max. */
static precise off_of_sigma(const reference_row *row, const mmax_map *map, const precision *of,
                            size_t i)
{
    precise x = (precise)row->x[i], size, off;
    if (row->argument[i] == -infinite)
        return 0;
    reference_sigma(map, x, row->epsilon, &size);
    if (of->which != SCALAR)
        size += fabsl(x - row->max) - fabsl(x);
    off = 4 * of->unit * size;
    for (size_t k = 0; k < 4; k++) {
        precise range = map->range_is_epsilon[k] ? row->epsilon : (precise)map->ranges[k];
        precise reach = k % 2 == 0 ? range - x : x - range, rounded = of->unit * fabsl(reach);
        if (of->which != SCALAR)
            rounded = of->unit * (2 * fabsl(range - row->max) + 2 * fabsl(x - row->max));
        if (map->range_is_epsilon[k])
            rounded += of->epsilon_error;
        if (reach > -rounded) {
            reach = larger(reach, 0) + rounded;
            off += fabsl((precise)map->ts[k]) * rounded * (k < 2 ? 1 : 2 * reach);
        }
    }
    return off;
}

static void bound_soft_map(const reference_row *row, const mmax_map *map, const precision *of,
                           precise *least, precise *most, signed char *support)
{
    for (size_t i = 0; i < row->n; i++) {
        support[i] = row->side[i] > 0;
        most[i] = map->kind == MMAX_MULTIMAX ? off_of_sigma(row, map, of, i)
                                             : off_of_quotient(row, of, i);
    }
    bound_softmax(row, of, least, most);
}

/* ---- entmax ---------------------------------------------------------------------------------- */

/* What is common to a row. */
typedef struct spread {
    precise a;
    precise largest_off;   /* of all d that can be in the support */
    precise threshold_off; /* of tau, as a d, by a sum that is off */
    precise sum_off;       /* of the sum, as a share */
} spread;

static precise difference(const reference_row *row, size_t i)
{
    return row->x[i] == -HUGE_VAL ? -infinite : (precise)row->x[i] - row->max;
}

/* t = -(tau + 1)/(alpha - 1): what stands beside d, and is rounded where d is. */
static precise shift_of(const reference_row *row, precise a)
{
    for (size_t i = 0; i < row->n; i++)
        if (difference(row, i) == 0)
            return (row->side[i] - 1) / a;
    return 0;
}

/* Of the logarithm of a weight by a power: the base, where it is rounded beside 1, counts 1/a
 * times. */
static precise power_off(const reference_row *row, const precision *of, precise a, size_t i)
{
    precise log_size = row->p[i] > 0 ? fabsl(logl(row->p[i])) : 0;
    precise base = of->which == SCALAR || a == 1 || a == 0.5L ? 0 : 2 / a;
    return of->unit * (8 + 4 * log_size + base);
}

static precise own_off(const reference_row *row, const precision *of, precise a, precise shift,
                       size_t i)
{
    precise d = difference(row, i);
    /* Beside -1/a an entry has no weight, however it is rounded. */
    return 4 * of->unit * (smaller(-d, 2 / a) + (a > 1 ? 1 / a : fabsl(shift)));
}

static spread spread_of(const reference_row *row, const precision *of, precise a, precise shift)
{
    spread s = {.a = a};
    precise slope = 0;
    for (size_t i = 0; i < row->n; i++) {
        if (row->p[i] > 0) {
            s.largest_off = larger(s.largest_off, own_off(row, of, a, shift, i));
            s.sum_off += row->p[i] * power_off(row, of, a, i);
            slope += powl(row->p[i], 1 - a);
        }
    }
    s.sum_off += of->unit * of->steps;
    s.threshold_off = slope > 0 ? s.sum_off / slope : 0;
    return s;
}

/* (side + change)^(1/a), of which P is the value for no change. */
static precise power_at(precise side, precise p, precise a, precise change)
{
    if (side + change <= 0)
        return 0;
    if (p > 0)
        return p * expl(log1pl(change / side) / a);
    return powl(side + change, 1 / a);
}

static void bound_entmax(const reference_row *row, const precision *of, precise a, precise *least,
                         precise *most, signed char *support)
{
    precise shift = shift_of(row, a);
    spread s = spread_of(row, of, a, shift);
    for (size_t i = 0; i < row->n; i++) {
        least[i] = most[i] = 0;
        support[i] = 0;
        if (difference(row, i) == -infinite)
            continue;
        precise off = own_off(row, of, a, shift, i) + s.largest_off + s.threshold_off;
        precise change = a * off + (of->which == SCALAR ? 0 : of->unit);
        precise relative = power_off(row, of, a, i) + 2 * s.sum_off;
        precise side = row->side[i];
        support[i] = side > change ? 1 : side < -change ? 0 : -1;
        least[i] = power_at(side, row->p[i], a, -change) * larger(1 - relative, 0) - of->floor;
        most[i] = power_at(side, row->p[i], a, change) * (1 + relative);
        most[i] += support[i] != 0 ? of->floor : 0;
        most[i] = smaller(most[i], 1 + of->unit);
    }
}

/* ---- evsoftmax ------------------------------------------------------------------------------- */

/* The mean is that of double in either width, and its sum compensated.  Who is inside decides over
 * all weights, so that nothing is said of them where somebody may be on either side. */
static void bound_evsoftmax(const reference_row *row, const precision *of, precise *least,
                            precise *most, signed char *support)
{
    precise largest = larger(fabsl(row->max), fabsl(row->min));
    precise of_sum = (precise)row->n * 0x1p-100L * largest, half = 0x1p-53L * fabsl(row->mean);
    bool is_open = false;
    for (size_t i = 0; i < row->n; i++) {
        /* What is at least the mean is at least the mean rounded. */
        bool is_inside = row->side[i] > of_sum || (row->side[i] > 0 && of_sum < half / 2);
        bool is_outside = row->side[i] < -(of_sum + 2 * half + 0x1p-1074L);
        support[i] = is_inside ? 1 : is_outside ? 0 : -1;
        is_open |= support[i] < 0;
        most[i] = off_of_quotient(row, of, i);
    }
    bound_softmax(row, of, least, most);
    for (size_t i = 0; i < row->n && is_open; i++) {
        least[i] = 0;
        most[i] = support[i] == 0 ? 0 : 1;
    }
}

void reference_bound(const reference_row *row, const mmax_map *map, const precision *of,
                     precise *least, precise *most, signed char *support)
{
    precise a = map->kind == MMAX_SPARSEMAX ? 1 : (precise)map->alpha - 1;
    bool has_threshold = map->kind == MMAX_SPARSEMAX || (map->kind == MMAX_ENTMAX && a > 0);
    if (row->n_live == 0) {
        for (size_t i = 0; i < row->n; i++) {
            least[i] = most[i] = 0;
            support[i] = 0;
        }
    } else if (has_threshold) {
        bound_entmax(row, of, a, least, most, support);
    } else if (map->kind == MMAX_EVSOFTMAX) {
        bound_evsoftmax(row, of, least, most, support);
    } else {
        bound_soft_map(row, map, of, least, most, support);
    }
}
