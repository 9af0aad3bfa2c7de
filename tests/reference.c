#include "reference.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

static const precise infinite = (precise)INFINITY;

reference_row *reference_new(size_t n)
{
    reference_row *row = mmax_alloc_zeroed(1, sizeof *row);
    precise *room = mmax_alloc_zeroed(4 * n, sizeof *room);
    if (!row || !room)
        abort();
    row->argument = room;
    row->p = room + n;
    row->side = room + 2 * n;
    row->log_p = room + 3 * n;
    return row;
}

void reference_free(reference_row *row)
{
    free(row->argument);
    free(row);
}

/* ---- sums ------------------------------------------------------------------------------------ */

/* What each addition loses is added at the end (Knuth's two-sum): a mean of numbers that cancel is
 * right as well. */
typedef struct total {
    precise sum, lost;
} total;

static void add(total *t, precise term)
{
    precise sum = t->sum + term, part = sum - t->sum;
    t->lost += (t->sum - (sum - part)) + (term - part);
    t->sum = sum;
}

static bool is_masked(double x)
{
    return x == -HUGE_VAL;
}

static precise threshold(const reference_row *row, const mmax_relevance_rules *rules)
{
    if (rules->epsilon == MMAX_EPSILON_MEAN)
        return row->mean;
    return rules->epsilon == MMAX_EPSILON_UNIFORM ? row->log_sum_exp - logl((precise)row->n_live)
                                                  : (precise)rules->epsilon_number;
}

void reference_facts(reference_row *row, const double *x, size_t n,
                     const mmax_relevance_rules *rules)
{
    total all = {0, 0}, exponentials = {0, 0};
    row->x = x;
    row->n = n;
    row->n_live = 0;
    row->max = -infinite;
    row->min = infinite;
    for (size_t i = 0; i < n; i++) {
        if (is_masked(x[i]))
            continue;
        row->n_live++;
        row->max = larger(row->max, (precise)x[i]);
        row->min = smaller(row->min, (precise)x[i]);
        add(&all, (precise)x[i]);
    }
    for (size_t i = 0; i < n; i++)
        if (!is_masked(x[i]))
            add(&exponentials, expl((precise)x[i] - row->max));
    row->mean = (all.sum + all.lost) / (precise)row->n_live;
    row->log_sum_exp = row->max + logl(exponentials.sum + exponentials.lost);
    row->epsilon = threshold(row, rules);
}

/* ---- softmax and those made from it ---------------------------------------------------------- */

/* p = softmax of the arguments, -inf for what has no weight. */
static void soften(reference_row *row)
{
    precise largest = -infinite;
    total sum = {0, 0};
    for (size_t i = 0; i < row->n; i++)
        largest = larger(largest, row->argument[i]);
    for (size_t i = 0; i < row->n; i++) {
        row->p[i] = expl(row->argument[i] - largest);
        add(&sum, row->p[i]);
    }
    precise whole = sum.sum + sum.lost;
    for (size_t i = 0; i < row->n; i++) {
        row->p[i] /= whole;
        row->log_p[i] = row->argument[i] - largest - logl(whole);
    }
}

static void softmax(reference_row *row, double temperature)
{
    for (size_t i = 0; i < row->n; i++) {
        row->argument[i] = is_masked(row->x[i])
                               ? -infinite
                               : ((precise)row->x[i] - row->max) / (precise)temperature;
        row->side[i] = is_masked(row->x[i]) ? -infinite : infinite;
    }
    soften(row);
}

static void evsoftmax(reference_row *row)
{
    for (size_t i = 0; i < row->n; i++) {
        precise x = (precise)row->x[i];
        /* At least the mean: what is equal to it is inside. */
        row->side[i] = x >= row->mean ? larger(x - row->mean, LDBL_MIN) : x - row->mean;
        row->argument[i] = row->side[i] > 0 ? x - row->max : -infinite;
    }
    soften(row);
}

precise reference_sigma(const mmax_map *map, precise x, precise epsilon, precise *size)
{
    precise sigma = x, sum = fabsl(x);
    for (size_t k = 0; k < 4; k++) {
        precise range = map->range_is_epsilon[k] ? epsilon : (precise)map->ranges[k];
        precise reach = k % 2 == 0 ? range - x : x - range;
        precise term = (precise)map->ts[k] * larger(reach, 0) * (k < 2 ? 1 : larger(reach, 0));
        sigma += term;
        sum += fabsl(term);
    }
    *size = sum;
    return sigma;
}

static void multimax(reference_row *row, const mmax_map *map)
{
    for (size_t i = 0; i < row->n; i++) {
        precise size = 0, sigma = -infinite;
        if (!is_masked(row->x[i]))
            sigma = reference_sigma(map, (precise)row->x[i], row->epsilon, &size);
        row->overflows |= size > 0 && fabsl(sigma) > (precise)DBL_MAX;
        row->may_overflow |= size > 0.99L * (precise)DBL_MAX;
        row->argument[i] = sigma;
        row->side[i] = is_masked(row->x[i]) ? -infinite : infinite;
    }
    soften(row);
}

/* ---- maps with a threshold ------------------------------------------------------------------- */

/* Differences to the maximum, descending, of the entries that can be in the support: max p <= 1
 * leaves those with (alpha - 1) d <= -1 without any. */
typedef struct candidates {
    precise *d; /* (n,) */
    size_t n;
    precise a, t;
    size_t k; /* entries in the support */
} candidates;

static int descending(const void *a, const void *b)
{
    precise x = *(const precise *)a, y = *(const precise *)b;
    return (x < y) - (x > y);
}

static void collect(const reference_row *row, precise a, candidates *c)
{
    *c = (candidates){.d = row->argument, .a = a};
    for (size_t i = 0; i < row->n; i++) {
        precise d = is_masked(row->x[i]) ? -infinite : (precise)row->x[i] - row->max;
        if (a * d > -1)
            c->d[c->n++] = d;
    }
    qsort(c->d, c->n, sizeof *c->d, descending);
}

/* Where the growing function F of the candidates and a number is 0: false position, with the value
 * at an end that stays halved (Illinois), to the last bits. */
typedef precise function(const candidates *c, precise at);

static precise root_of(function *f, const candidates *c, precise low, precise high)
{
    precise f_low = f(c, low), f_high = f(c, high);
    int stays = 0;
    for (int i = 0; i < 300; i++) {
        if (!(f_low < 0))
            return low;
        if (!(f_high > 0))
            return high;
        precise width = high - low;
        precise at = i % 8 == 7 ? low + width / 2 : low + width * (f_low / (f_low - f_high));
        if (!(at > low && at < high))
            at = low + width / 2;
        if (!(at > low && at < high))
            break;
        precise value = f(c, at);
        if (value < 0) {
            low = at;
            f_low = value;
            f_high = stays == 1 ? f_high / 2 : f_high;
            stays = 1;
        } else {
            high = at;
            f_high = value;
            f_low = stays == -1 ? f_low / 2 : f_low;
            stays = -1;
        }
    }
    return high;
}

/* p = (1 + a (t + d))^(1/a), which is ((alpha - 1) x - tau)^(1/(alpha - 1)) with
 * tau = (alpha - 1) max - 1 - a t, written so that nothing is lost as alpha goes to 1. */
static precise log_of_gentle_weight(precise a, precise t, precise d)
{
    precise w = a * (t + d);
    return w > -1 ? log1pl(w) / a : -infinite;
}

static precise log_of_sum(const candidates *c, precise t)
{
    total sum = {0, 0};
    for (size_t i = 0; i < c->n; i++)
        add(&sum, expl(log_of_gentle_weight(c->a, t, c->d[i])));
    return logl(sum.sum + sum.lost);
}

static void entmax_gentle(reference_row *row, precise a)
{
    candidates c;
    collect(row, a, &c);
    /* n equal entries weigh 1/n each: no t is lower. */
    precise low = expm1l(-a * logl((precise)c.n)) / a;
    precise t = root_of(log_of_sum, &c, low * (1 + 4 * LDBL_EPSILON), 0);
    for (size_t i = 0; i < row->n; i++) {
        precise d = is_masked(row->x[i]) ? -infinite : (precise)row->x[i] - row->max;
        row->log_p[i] = log_of_gentle_weight(a, t, d);
        row->p[i] = expl(row->log_p[i]);
        row->side[i] = 1 + a * (t + d);
    }
}

/* By sorting: the support are the k largest for the largest k with 1 + k d_k > sum of the k. */
static void sparsemax(reference_row *row)
{
    candidates c;
    collect(row, 1, &c);
    total sum = {0, 0};
    precise tau = 0;
    for (size_t k = 1; k <= c.n; k++) {
        add(&sum, c.d[k - 1]);
        precise so_far = sum.sum + sum.lost;
        if (1 + (precise)k * c.d[k - 1] > so_far)
            tau = (so_far - 1) / (precise)k;
    }
    for (size_t i = 0; i < row->n; i++) {
        precise d = is_masked(row->x[i]) ? -infinite : (precise)row->x[i] - row->max;
        row->side[i] = d - tau;
        row->p[i] = larger(d - tau, 0);
        row->log_p[i] = logl(row->p[i]);
    }
}

/* alpha > 2, where a threshold, rounded, says little of the smallest weight: the sum less 1 of the
 * k largest, of which the last weighs Y. */
static precise steep_sum(const candidates *c, precise y)
{
    total sum = {0, 0};
    precise last = c->d[c->k - 1], power = powl(y, c->a);
    for (size_t i = 0; i < c->k; i++) {
        precise distance = c->a * (c->d[i] - last);
        add(&sum, distance > 0 ? powl(distance + power, 1 / c->a) : y);
    }
    return (sum.sum - 1) + sum.lost;
}

static void entmax_steep(reference_row *row, precise a)
{
    candidates c;
    collect(row, a, &c);
    /* An entry is in the support if those above it would not weigh 1 with it as the threshold. */
    size_t least = 1, most = c.n;
    while (least < most) {
        c.k = (least + most + 1) / 2;
        if (steep_sum(&c, 0) < 0)
            least = c.k;
        else
            most = c.k - 1;
    }
    c.k = least;
    precise y = root_of(steep_sum, &c, 0, 1 / (precise)c.k), last = c.d[c.k - 1];
    for (size_t i = 0; i < row->n; i++) {
        precise d = is_masked(row->x[i]) ? -infinite : (precise)row->x[i] - row->max;
        precise distance = a * (d - last), side = distance + powl(y, a);
        row->side[i] = side;
        row->p[i] = distance >= 0 ? (distance > 0 ? powl(side, 1 / a) : y) : 0;
        row->log_p[i] = logl(row->p[i]);
    }
}

static void entmax(reference_row *row, double alpha)
{
    precise a = (precise)alpha - 1;
    if (alpha == 1)
        softmax(row, 1);
    else if (alpha == 2)
        sparsemax(row);
    else if (alpha < 2)
        entmax_gentle(row, a);
    else
        entmax_steep(row, a);
}

/* ---- any map --------------------------------------------------------------------------------- */

void reference_map(reference_row *row, const mmax_map *map)
{
    row->overflows = row->may_overflow = false;
    if (row->n_live == 0) {
        for (size_t i = 0; i < row->n; i++) {
            row->p[i] = 0;
            row->log_p[i] = row->side[i] = -infinite;
        }
        return;
    }
    switch (map->kind) {
    case MMAX_SOFTMAX:
        softmax(row, map->temperature);
        break;
    case MMAX_SPARSEMAX:
        sparsemax(row);
        break;
    case MMAX_ENTMAX:
        entmax(row, map->alpha);
        break;
    case MMAX_EVSOFTMAX:
        evsoftmax(row);
        break;
    case MMAX_MULTIMAX:
        multimax(row, map);
        break;
    }
}
