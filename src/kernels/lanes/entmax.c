#include "kernels/lanes/rows.h"

/* The maps with a threshold: p = max(c d - tau, 0)^(1/c) with d = x - max and c = alpha - 1.  Only
 * entries with c d > -1 can be in the support; they are collected first, and everything but one
 * walk over the row is done to them alone. */

/* ---- candidates ------------------------------------------------------------------------------ */

/* The logits that can be in the support, and masked entries up to whole lanes. */
typedef struct candidates {
    const real *x; /* (n,) */
    size_t n;      /* a multiple of LANES */
    lanes max;     /* the row's */
} candidates;

/* Collects the logits with x - max > LEAST in the scratch. */
static candidates collect(const row *r, real least)
{
    lanes max = lanes_of((real)r->facts->max), limit = lanes_of(least);
    real *x = r->scratch;
    size_t n = 0;
    for (size_t j = 0; j < r->n; j += LANES) {
        lanes a = lanes_load(r->x + j);
        unsigned bits = mask_bits(lanes_above(lanes_subtract(a, max), limit));
        if (bits == ALL_BITS) {
            lanes_store(x + n, a);
            n += LANES;
            continue;
        }
        for (; bits; bits &= bits - 1)
            x[n++] = r->x[j + (size_t)__builtin_ctz(bits)];
    }
    lanes_store(x + n, lanes_of(MASKED));
    return (candidates){x, (n + LANES - 1) / LANES * LANES, max};
}

INLINE lanes difference(const candidates *c, size_t j)
{
    return lanes_subtract(lanes_load(c->x + j), c->max);
}

/* A sum over the candidates above a threshold, and of what it is. */
typedef struct part {
    double sum, squares;
    size_t n;
} part;

/* Over z = scale d > tau, of z - centre. */
INLINE part sum_above(const candidates *c, real scale, real tau, real centre)
{
    part all = {0, 0, 0};
    for (size_t start = 0; start < c->n; start = stretch_end(start, c->n)) {
        size_t end = stretch_end(start, c->n);
        lanes sum = lanes_of(0), squares = lanes_of(0);
        mask count = mask_none();
        for (size_t j = start; j < end; j += LANES) {
            lanes z = lanes_multiply(difference(c, j), lanes_of(scale));
            mask inside = lanes_above(z, lanes_of(tau));
            lanes u = lanes_keep(inside, lanes_subtract(z, lanes_of(centre)));
            sum = lanes_add(sum, u);
            squares = lanes_fma(u, u, squares);
            count = mask_count(count, inside);
        }
        all.sum += lanes_fold(sum);
        all.squares += lanes_fold(squares);
        all.n += mask_fold(count);
    }
    return all;
}

/* ---- thresholds ------------------------------------------------------------------------------ */

/* How a weight follows from d = x - max. */
typedef enum weight_form {
    LINEAR, /* d - tau */
    SQUARE, /* (d/2 - tau)^2 */
    POWER /* (1 + a (tau + d))^(1/a); the other way to write the threshold, see kernels/entmax.c */
} weight_form;

/* The threshold is TAU + LOW.  Rounded to the row's width it would be off by so much that the sum
 * of k weights is off by k times as much, which a division by the sum would put on the largest. */
typedef struct solution {
    real tau, low, a;
    double total; /* of the weights before they are divided by it; nearly 1 */
} solution;

static void set_threshold(solution *s, double tau)
{
    s->tau = (real)tau;
    s->low = (real)(tau - (double)s->tau);
}

/* Michelot's active set; see mmax_row_sparsemax.  A threshold is found as what it differs from the
 * one before by: these sums are about 1, where those of d count every entry. */
static void solve_linear(const candidates *c, solution *s)
{
    double tau = -1;
    for (size_t n_before = SIZE_MAX;;) {
        real centre = (real)tau;
        part p = sum_above(c, 1, centre, centre);
        tau = (double)centre + (p.sum - 1) / (double)p.n;
        if (p.n >= n_before)
            break;
        n_before = p.n;
    }
    set_threshold(s, tau);
}

/* Newton's method from the left on |(z - tau)+| = 1, z = d/2, until it stands within the last bits,
 * where a step errs by less than they are. */
static void solve_square(const candidates *c, solution *s)
{
    static const real enough =
        4 * (sizeof(real) == sizeof(float) ? (real)FLT_EPSILON : (real)DBL_EPSILON);
    double tau = -1;
    for (int step = 0; step < 100; step++) {
        real centre = (real)tau;
        part p = sum_above(c, (real)0.5, centre, centre);
        double change = (p.squares - sqrt(p.squares)) / p.sum;
        tau = (double)centre + change;
        if (!(change > (double)enough))
            break;
    }
    set_threshold(s, tau);
}

/* ---- weights --------------------------------------------------------------------------------- */

/* What a weight is a power of; above 0 inside the support, and 0 outside. */
INLINE lanes excess_of(lanes d, const solution *s, weight_form form)
{
    lanes tau = lanes_of(s->tau), low = lanes_of(s->low), excess;
    if (form == POWER) /* LOW counts where many entries are, at their threshold, far below 1 */
        excess = lanes_fma(lanes_of(s->a), low,
                           lanes_fma(lanes_add(d, tau), lanes_of(s->a), lanes_of(1)));
    else if (form == SQUARE)
        excess = lanes_subtract(lanes_subtract(lanes_multiply(d, lanes_of((real)0.5)), tau), low);
    else
        excess = lanes_subtract(lanes_subtract(d, tau), low);
    return lanes_max(excess, lanes_of(0));
}

/* base^(1/a), and 0 for base = 0. */
INLINE lanes power_of(lanes base, real a)
{
    lanes safe = lanes_max(base, lanes_of(SMALLEST_NORMAL));
    lanes log_p = lanes_min(lanes_divide(log_of(safe), lanes_of(a)), lanes_of(0));
    return lanes_keep(lanes_above(base, lanes_of(SMALLEST_NORMAL)), exp_of(log_p));
}

INLINE lanes power_of_excess(lanes excess, const solution *s, weight_form form)
{
    return form == LINEAR   ? excess
           : form == SQUARE ? lanes_multiply(excess, excess)
                            : power_of(excess, s->a);
}

INLINE lanes weights_of(lanes d, const solution *s, weight_form form)
{
    return power_of_excess(excess_of(d, s, form), s, form);
}

/* |dp / dtau| of a weight. */
INLINE lanes slope_of(lanes excess, lanes p, weight_form form)
{
    return form == LINEAR   ? lanes_keep(lanes_above(excess, lanes_of(0)), lanes_of(1))
           : form == SQUARE ? lanes_add(excess, excess)
                            : lanes_divide(p, lanes_max(excess, lanes_of(SMALLEST_NORMAL)));
}

/* Sets the total of the weights, and returns how fast it changes with the threshold. */
INLINE double add_up(const candidates *c, solution *s, weight_form form)
{
    double slope = 0;
    s->total = 0;
    for (size_t start = 0; start < c->n; start = stretch_end(start, c->n)) {
        size_t end = stretch_end(start, c->n);
        lanes sums = lanes_of(0), slopes = lanes_of(0);
        for (size_t j = start; j < end; j += LANES) {
            lanes excess = excess_of(difference(c, j), s, form);
            lanes p = power_of_excess(excess, s, form);
            sums = lanes_add(sums, p);
            slopes = lanes_add(slopes, slope_of(excess, p, form));
        }
        s->total += lanes_fold(sums);
        slope += lanes_fold(slopes);
    }
    return slope;
}

/* Brings the total of the weights so near to 1 that to divide by it moves no weight by more than
 * rounding does: where many are at their threshold, by one more step of Newton's method, in LOW. */
INLINE void refine(const candidates *c, solution *s, weight_form form)
{
    static const real enough =
        8 * (sizeof(real) == sizeof(float) ? (real)FLT_EPSILON : (real)DBL_EPSILON);
    double slope = add_up(c, s, form);
    if (!(fabs(s->total - 1) > (double)enough))
        return;
    double step = (s->total - 1) / slope;
    s->low += (real)(form == POWER ? -step : step);
    add_up(c, s, form);
}

/* One step of Newton's method from the right on (sum p)^a = 1 in TAU: see newton in
 * kernels/entmax.c. */
static double power_step(const candidates *c, const solution *s)
{
    double sum = 0, slope = 0;
    for (size_t start = 0; start < c->n; start = stretch_end(start, c->n)) {
        size_t end = stretch_end(start, c->n);
        lanes sums = lanes_of(0), slopes = lanes_of(0);
        for (size_t j = start; j < end; j += LANES) {
            lanes base = excess_of(difference(c, j), s, POWER);
            lanes safe = lanes_max(base, lanes_of(SMALLEST_NORMAL));
            lanes p = power_of(base, s->a);
            sums = lanes_add(sums, p);
            slopes = lanes_add(slopes, lanes_divide(p, safe));
        }
        sum += lanes_fold(sums);
        slope += lanes_fold(slopes);
    }
    double a = (double)s->a;
    return (double)s->tau + sum / slope * (expm1(-a * log(sum)) / a);
}

/* TAU falls from 0 until it stands within the last bits. */
static void solve_power(const candidates *c, solution *s)
{
    static const real enough =
        2 * (sizeof(real) == sizeof(float) ? (real)FLT_EPSILON : (real)DBL_EPSILON);
    double tau = 0;
    for (int step = 0; step < 100; step++) {
        s->tau = (real)tau;
        tau = power_step(c, s);
        if (!(tau < (double)(s->tau - enough * (1 - s->tau))))
            break;
    }
    set_threshold(s, tau);
}

/* The sums over the candidates; every other entry has weight 0, and adds 1 to the irrelevant sum
 * where it is irrelevant. */
INLINE void measure_candidates(const row *r, const candidates *c, const solution *s,
                               weight_form form)
{
    const mmax_row_bounds *bounds = r->bounds;
    if (!bounds->is_counted)
        NAME(count)(r);
    lanes total = lanes_of((real)s->total);
    real largest = lanes_fold_max(lanes_divide(weights_of(lanes_of(0), s, form), total));
    lanes above = lanes_of(bound_above(bounds->above)),
          below = lanes_of(bound_below(bounds->below));
    lanes per_reference = lanes_of(-(real)bounds->per_reference);
    double entropy = 0, squares = 0, relevant = 0, irrelevant = 0;
    size_t n_modes = 0, support = 0, n_irrelevant = 0;
    for (size_t start = 0; start < c->n; start = stretch_end(start, c->n)) {
        size_t end = stretch_end(start, c->n);
        lanes entropies = lanes_of(0), square = lanes_of(0), gap = lanes_of(0), term = lanes_of(0);
        mask modes = mask_none(), inside = mask_none(), low = mask_none();
        for (size_t j = start; j < end; j += LANES) {
            lanes x = lanes_load(c->x + j), excess = excess_of(lanes_subtract(x, c->max), s, form);
            lanes p = lanes_divide(power_of_excess(excess, s, form), total);
            /* Not p > 0: a power of what is inside the support may underflow. */
            inside = mask_count(inside, lanes_above(excess, lanes_of(0)));
            modes = mask_count(modes, lanes_at_least(p, lanes_of((real)0.5 * largest)));
            lanes safe = lanes_max(p, lanes_of(SMALLEST_NORMAL));
            entropies = lanes_fma(p, log_of(safe), entropies);
            square = lanes_fma(p, p, square);
            gap = lanes_add(gap, lanes_keep(lanes_above(x, above), p));
            mask is_low = mask_and(lanes_above(below, x), lanes_above(x, lanes_of(MASKED)));
            low = mask_count(low, is_low);
            term = lanes_add(term, lanes_keep(is_low, exp_of(lanes_multiply(p, per_reference))));
        }
        entropy -= lanes_fold(entropies);
        squares += lanes_fold(square);
        relevant += lanes_fold(gap);
        irrelevant += lanes_fold(term);
        n_modes += mask_fold(modes);
        support += mask_fold(inside);
        n_irrelevant += mask_fold(low);
    }
    double all_gap = (double)bounds->n_relevant * (double)largest - relevant;
    *r->sums = (mmax_row_sums){
        .largest = (double)largest,
        .entropy = entropy > 0 ? entropy : 0,
        .squares = squares,
        .relevant_gap = all_gap > 0 ? all_gap : 0,
        .irrelevant_sum = irrelevant + (double)(bounds->n_irrelevant - n_irrelevant),
        .n_relevant = bounds->n_relevant - (r->facts->max > bounds->above),
        .n_irrelevant = bounds->n_irrelevant,
        .n_modes = n_modes,
        .support = support,
    };
}

INLINE void write_weights(const row *r, const candidates *c, const solution *s, weight_form form)
{
    lanes total = lanes_of((real)s->total);
    for (size_t j = 0; r->weights && j < r->n; j += LANES) {
        lanes d = lanes_subtract(lanes_load(r->x + j), c->max);
        lanes_store(r->weights + j, lanes_divide(weights_of(d, s, form), total));
    }
}

/* ---- rows ------------------------------------------------------------------------------------ */

INLINE void finish(const row *r, const candidates *c, solution *s, weight_form form)
{
    refine(c, s, form);
    measure_candidates(r, c, s, form);
    write_weights(r, c, s, form);
}

static void sparsemax_row(const row *r)
{
    candidates c = collect(r, -1);
    solution s = {0};
    solve_linear(&c, &s);
    finish(r, &c, &s, LINEAR);
}

static void entmax15_row(const row *r)
{
    candidates c = collect(r, -2);
    solution s = {0};
    solve_square(&c, &s);
    finish(r, &c, &s, SQUARE);
}

static void entmax_row(const row *r, double alpha)
{
    solution s = {.a = (real)(alpha - 1)};
    candidates c = collect(r, -1 / s.a);
    solve_power(&c, &s);
    finish(r, &c, &s, POWER);
}

/* Nearer to 1 the rounding of 1 + a (tau + d) would count 1/a times; above 2 the threshold is the
 * wrong variable (kernels/entmax_steep.c). */
static bool is_left(double alpha)
{
    return alpha < 1.1 || alpha > 2;
}

void NAME(entmax)(const mmax_fused_rows *rows, double alpha)
{
    if (alpha == 1) {
        NAME(softmax)(rows, 1);
        return;
    }
    for (size_t i = 0; i < rows->n_rows; i++) {
        row r = row_at(rows, i);
        if (row_is_dead(&r))
            continue;
        r.sums->is_left = is_left(alpha);
        if (r.sums->is_left)
            continue;
        if (alpha == 2)
            sparsemax_row(&r);
        else if (alpha == 1.5)
            entmax15_row(&r);
        else
            entmax_row(&r, alpha);
    }
}
