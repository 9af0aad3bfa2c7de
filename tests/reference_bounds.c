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

/* Of ln p_i as a difference of logarithms, or as the logarithm of a power. */
static precise log_off_of(const reference_row *row, const precision *of, size_t i)
{
    return 8 * of->unit * (fabsl(row->log_p[i]) + 4);
}

/* e^(s +- delta), within the range of long double by far. */
static precise bounded_exp(precise s)
{
    return s > 5000 ? expl(5000) : expl(s);
}

/* A sum without its largest term: taking a term away from it leaves what it should. */
typedef struct split_sum {
    precise largest, rest;
    size_t place; /* of the largest */
} split_sum;

static split_sum split(const precise *terms, size_t n)
{
    split_sum sum = {terms[0], 0, 0};
    for (size_t i = 1; i < n; i++) {
        bool is_larger = terms[i] > sum.largest;
        sum.rest += is_larger ? sum.largest : terms[i];
        if (is_larger) {
            sum.largest = terms[i];
            sum.place = i;
        }
    }
    return sum;
}

/* Of PART in itself and in a sum, whose term I, TERM, it stands for. */
static precise share_of(precise part, const split_sum *sum, size_t i, precise term)
{
    precise others = i == sum->place ? sum->rest : larger(sum->rest - term, 0) + sum->largest;
    return part > 0 ? part / (part + others) : 0;
}

/* LOG_OFF (n,) holds what each argument may be off by. */
static void bound_softmax(const reference_row *row, const precision *of, bounds *b)
{
    precise largest = -infinite, largest_off = 0, relative = of->unit * (of->steps + 8);
    for (size_t i = 0; i < row->n; i++) {
        largest = larger(largest, row->argument[i]);
        largest_off = larger(largest_off, b->log_off[i]);
    }
    for (size_t i = 0; i < row->n; i++) {
        precise s = row->argument[i] - largest;
        b->least[i] = bounded_exp(s - b->log_off[i]);
        b->most[i] = bounded_exp(s + b->log_off[i]);
    }
    split_sum least = split(b->least, row->n), most = split(b->most, row->n);
    for (size_t i = 0; i < row->n; i++) {
        precise low = b->least[i], high = b->most[i];
        if (row->argument[i] == -infinite)
            continue;
        b->least[i] = share_of(low, &most, i, high) * (1 - relative) - of->floor;
        b->most[i] = share_of(high, &least, i, low) * (1 + relative) + of->floor;
        b->most[i] = smaller(b->most[i], 1 + of->unit);
        b->log_off[i] += largest_off + 2 * relative + log_off_of(row, of, i);
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
                           bounds *b)
{
    for (size_t i = 0; i < row->n; i++) {
        b->support[i] = row->side[i] > 0;
        b->log_off[i] = map->kind == MMAX_MULTIMAX ? off_of_sigma(row, map, of, i)
                                                   : off_of_quotient(row, of, i);
    }
    bound_softmax(row, of, b);
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

/* What a power's base that is off by CHANGE adds to its logarithm, at most. */
static precise log_off_of_power(precise side, precise a, precise change)
{
    return change < side ? -log1pl(-change / side) / a : infinite;
}

static void bound_entmax(const reference_row *row, const precision *of, precise a, bounds *b)
{
    precise shift = shift_of(row, a);
    spread s = spread_of(row, of, a, shift);
    for (size_t i = 0; i < row->n; i++) {
        b->least[i] = b->most[i] = b->log_off[i] = 0;
        b->support[i] = 0;
        if (difference(row, i) == -infinite)
            continue;
        precise off = own_off(row, of, a, shift, i) + s.largest_off + s.threshold_off;
        precise change = a * off + (of->which == SCALAR ? 0 : of->unit);
        precise relative = power_off(row, of, a, i) + 2 * s.sum_off;
        precise side = row->side[i];
        b->support[i] = side > change ? 1 : side < -change ? 0 : -1;
        b->least[i] = power_at(side, row->p[i], a, -change) * larger(1 - relative, 0) - of->floor;
        b->most[i] = power_at(side, row->p[i], a, change) * (1 + relative);
        b->most[i] += b->support[i] != 0 ? of->floor : 0;
        b->most[i] = smaller(b->most[i], 1 + of->unit);
        b->log_off[i] = log_off_of_power(side, a, change) + 2 * relative + log_off_of(row, of, i);
    }
}

/* ---- evsoftmax ------------------------------------------------------------------------------- */

/* The mean is that of double in either width, and its sum compensated.  Who is inside decides over
 * all weights, so that nothing is said of them where somebody may be on either side. */
static void bound_evsoftmax(const reference_row *row, const precision *of, bounds *b)
{
    precise largest = larger(fabsl(row->max), fabsl(row->min));
    precise of_sum = (precise)row->n * 0x1p-100L * largest, half = 0x1p-53L * fabsl(row->mean);
    bool is_open = false;
    for (size_t i = 0; i < row->n; i++) {
        /* What is at least the mean is at least the mean rounded. */
        bool is_inside = row->side[i] > of_sum || (row->side[i] > 0 && of_sum < half / 2);
        bool is_outside = row->side[i] < -(of_sum + 2 * half + 0x1p-1074L);
        b->support[i] = is_inside ? 1 : is_outside ? 0 : -1;
        is_open |= b->support[i] < 0;
        b->log_off[i] = off_of_quotient(row, of, i);
    }
    bound_softmax(row, of, b);
    for (size_t i = 0; i < row->n && is_open; i++) {
        b->least[i] = 0;
        b->most[i] = b->support[i] == 0 ? 0 : 1;
        b->log_off[i] = infinite;
    }
}

void reference_bound(const reference_row *row, const mmax_map *map, const precision *of, bounds *b)
{
    precise a = map->kind == MMAX_SPARSEMAX ? 1 : (precise)map->alpha - 1;
    bool has_threshold = map->kind == MMAX_SPARSEMAX || (map->kind == MMAX_ENTMAX && a > 0);
    if (row->n_live == 0) {
        for (size_t i = 0; i < row->n; i++) {
            b->least[i] = b->most[i] = b->log_off[i] = 0;
            b->support[i] = 0;
        }
    } else if (has_threshold) {
        bound_entmax(row, of, a, b);
    } else if (map->kind == MMAX_EVSOFTMAX) {
        bound_evsoftmax(row, of, b);
    } else {
        bound_soft_map(row, map, of, b);
    }
}
