#include "kernels/lanes/rows.h"

/* ---- sums of weights ------------------------------------------------------------------------- */

/* What is known of a row: the more, the fewer steps an entry takes. */
typedef enum row_kind {
    ANY_ROW,
    NEAR_ROW,     /* every entry is live, and p/s never exceeds the range of exp_in_range */
    DECLINING_ROW /* p/s of irrelevant entries is at most 1, about */
} row_kind;

/* The sums of a row are the same as NEAR_ROW and ANY_ROW.  In a DECLINING_ROW exp(-p/s) is added as
 * what it differs from 1 by, which is 0 for masked entries: they need but not be counted. */
INLINE void add_measures(const row *r, const real *powers, double total, row_kind kind,
                         bool is_counted)
{
    mmax_row_bounds *bounds = r->bounds;
    lanes above = lanes_of(bound_above(bounds->above)),
          below = lanes_of(bound_below(bounds->below));
    lanes per_reference = lanes_of(-(real)(bounds->per_reference / total));
    double relevant_sum = 0, irrelevant_sum = 0, squares_sum = 0;
    size_t n_modes = 0, n_relevant = 0, n_irrelevant = 0;
    for (size_t start = 0; start < r->n; start = stretch_end(start, r->n)) {
        size_t end = stretch_end(start, r->n);
        lanes relevant = lanes_of(0), irrelevant = lanes_of(0), squares = lanes_of(0);
        mask modes = mask_none(), highs = mask_none(), lows = mask_none();
        for (size_t j = start; j < end; j += LANES) {
            lanes x = lanes_load(r->x + j), e = lanes_load(powers + j);
            mask is_high = lanes_above(x, above), is_low = lanes_above(below, x);
            if (kind == ANY_ROW)
                is_low = mask_and(is_low, lanes_above(x, lanes_of(MASKED)));
            if (!is_counted) {
                highs = mask_count(highs, is_high);
                lows = mask_count(lows, is_low);
            }
            modes = mask_count(modes, lanes_at_least(e, lanes_of((real)0.5)));
            relevant = lanes_add(relevant, lanes_keep(is_high, e));
            squares = lanes_fma(e, e, squares);
            lanes ratio = lanes_multiply(e, per_reference);
            if (kind == DECLINING_ROW) {
                ratio = lanes_keep(is_low, ratio);
                irrelevant = lanes_fma(decline_factor(ratio), ratio, irrelevant);
                continue;
            }
            /* What is below e^LOWEST_EXPONENT may as well be that. */
            if (kind == ANY_ROW)
                ratio = lanes_max(ratio, lanes_of(LOWEST_EXPONENT));
            irrelevant = lanes_add(irrelevant, lanes_keep(is_low, exp_in_range(ratio)));
        }
        n_modes += mask_fold(modes);
        if (!is_counted) {
            n_relevant += mask_fold(highs);
            n_irrelevant += mask_fold(lows);
        }
        relevant_sum += lanes_fold(relevant);
        irrelevant_sum += lanes_fold(irrelevant);
        squares_sum += lanes_fold(squares);
    }
    if (!is_counted) {
        bounds->n_relevant = n_relevant;
        bounds->n_irrelevant = n_irrelevant;
        if (kind == DECLINING_ROW)
            bounds->n_irrelevant -= r->n - r->facts->n_live;
        bounds->is_counted = true;
    }
    if (kind == DECLINING_ROW)
        irrelevant_sum += (double)bounds->n_irrelevant;
    double gap = ((double)bounds->n_relevant - relevant_sum) / total;
    *r->sums = (mmax_row_sums){
        .largest = 1 / total,
        .squares = squares_sum / (total * total),
        .relevant_gap = gap > 0 ? gap : 0,
        .irrelevant_sum = irrelevant_sum,
        .n_relevant = bounds->n_relevant,
        .n_irrelevant = bounds->n_irrelevant,
        .n_modes = n_modes,
    };
}

/* LOW: an upper bound of ln e for the irrelevant entries. */
static row_kind kind_of(const row *r, double log_total, double total, double low)
{
    real per_reference = (real)(r->bounds->per_reference / total);
    double log_ratio = low + r->bounds->log_per_reference - log_total;
    if (isfinite(per_reference) && log_ratio < (double)DECLINE_SLACK / 2)
        return DECLINING_ROW;
    return r->facts->n_live == r->n && per_reference < -LOWEST_EXPONENT ? NEAR_ROW : ANY_ROW;
}

/* The sums of a row whose weights are POWERS (n,), unnormalized, divided by their sum; the largest
 * power is 1.  All but the entropy and the support. */
static void measure(const row *r, const real *powers, const mmax_row_exponentials *sums, double low)
{
    row_kind kind = kind_of(r, sums->log_sum, sums->sum, low);
    if (kind == DECLINING_ROW)
        r->bounds->is_counted ? add_measures(r, powers, sums->sum, DECLINING_ROW, true)
                              : add_measures(r, powers, sums->sum, DECLINING_ROW, false);
    else if (kind == NEAR_ROW)
        r->bounds->is_counted ? add_measures(r, powers, sums->sum, NEAR_ROW, true)
                              : add_measures(r, powers, sums->sum, NEAR_ROW, false);
    else
        r->bounds->is_counted ? add_measures(r, powers, sums->sum, ANY_ROW, true)
                              : add_measures(r, powers, sums->sum, ANY_ROW, false);
}

/* Weights p = powers / total, where they are wanted. */
static void write_weights(const row *r, const real *powers, double total)
{
    lanes divisor = lanes_of((real)total);
    for (size_t j = 0; r->weights && j < r->n; j += LANES)
        lanes_store(r->weights + j, lanes_divide(lanes_load(powers + j), divisor));
}

/* -sum p ln p = ln Z - (sum e d) / Z.  LEADER is the logit of the first entry of the largest
 * weight, LOW an upper bound of ln e of the irrelevant entries. */
static void finish(const row *r, const real *powers, const mmax_row_exponentials *sums,
                   double leader, double low)
{
    measure(r, powers, sums, low);
    r->sums->n_relevant -= leader > r->bounds->above;
    double entropy = sums->log_sum - sums->dot / sums->sum;
    r->sums->entropy = entropy > 0 ? entropy : 0;
    r->sums->support = r->facts->n_live;
    write_weights(r, powers, sums->sum);
}

/* ---- softmax --------------------------------------------------------------------------------- */

/* Exponentials of (D - LARGEST) / t to the scratch, which may be where D lies. */
static mmax_row_exponentials exponentiate(const row *r, const real *d, real largest, real t)
{
    mmax_row_exponentials all = {0};
    lanes shift = lanes_of(largest), divisor = lanes_of(t), lowest = lanes_of(LOWEST_EXPONENT);
    for (size_t start = 0; start < r->n; start = stretch_end(start, r->n)) {
        size_t end = stretch_end(start, r->n);
        lanes sum = lanes_of(0), dot = lanes_of(0);
        for (size_t j = start; j < end; j += LANES) {
            lanes a = lanes_subtract(lanes_load(d + j), shift);
            if (t != 1)
                a = lanes_divide(a, divisor);
            lanes inside = lanes_max(a, lowest);
            lanes e = lanes_keep(lanes_at_least(a, lowest), exp_in_range(inside));
            sum = lanes_add(sum, e);
            dot = lanes_fma(e, inside, dot);
            lanes_store(r->scratch + j, e);
        }
        all.sum += lanes_fold(sum);
        all.dot += lanes_fold(dot);
    }
    all.log_sum = log(all.sum);
    return all;
}

/* An upper bound of ln e of the irrelevant entries of softmax at a temperature. */
static double depth(const row *r, double t)
{
    double distance = r->bounds->below - r->facts->max;
    return distance < 0 ? distance / t : 0;
}

/* Whether a temperature is one that a quotient in this width bears. */
static bool is_moderate(const row *r, double t)
{
    double range = r->facts->max - r->facts->min;
    return t == 1 || (t > 0x1p-60 && t < 0x1p60 && range < 0x1p60);
}

void NAME(softmax)(const mmax_fused_rows *rows, double temperature)
{
    for (size_t i = 0; i < rows->n_rows; i++) {
        row r = row_at(rows, i);
        if (row_is_dead(&r))
            continue;
        r.sums->is_left = !is_moderate(&r, temperature);
        if (r.sums->is_left)
            continue;
        if (temperature == 1 && r.powers) {
            finish(&r, r.powers, r.exponentials, r.facts->max, depth(&r, 1));
        } else {
            mmax_row_exponentials sums =
                exponentiate(&r, r.x, (real)r.facts->max, (real)temperature);
            finish(&r, r.scratch, &sums, r.facts->max, depth(&r, temperature));
        }
    }
}

/* ---- evsoftmax ------------------------------------------------------------------------------- */

static mmax_row_exponentials keep_from_mean(const row *r, size_t *support)
{
    mmax_row_exponentials all = {0};
    lanes mean = lanes_of(bound_below(r->facts->mean)), max = lanes_of((real)r->facts->max);
    lanes lowest = lanes_of(LOWEST_EXPONENT);
    *support = 0;
    for (size_t start = 0; start < r->n; start = stretch_end(start, r->n)) {
        size_t end = stretch_end(start, r->n);
        lanes sum = lanes_of(0), dot = lanes_of(0);
        mask count = mask_none();
        for (size_t j = start; j < end; j += LANES) {
            lanes x = lanes_load(r->x + j);
            mask inside = lanes_at_least(x, mean);
            lanes e = lanes_keep(inside, lanes_load(r->powers + j));
            count = mask_count(count, inside);
            sum = lanes_add(sum, e);
            dot = lanes_fma(e, lanes_max(lanes_subtract(x, max), lowest), dot);
            lanes_store(r->scratch + j, e);
        }
        all.sum += lanes_fold(sum);
        all.dot += lanes_fold(dot);
        *support += mask_fold(count);
    }
    all.log_sum = log(all.sum);
    return all;
}

/* The definition is with mmax_kernel_evsoftmax. */
void NAME(evsoftmax)(const mmax_fused_rows *rows)
{
    for (size_t i = 0; i < rows->n_rows; i++) {
        row r = row_at(rows, i);
        size_t support;
        if (row_is_dead(&r))
            continue;
        mmax_row_exponentials sums = keep_from_mean(&r, &support);
        finish(&r, r.scratch, &sums, r.facts->max, depth(&r, 1));
        r.sums->support = support;
    }
}

/* ---- MultiMax -------------------------------------------------------------------------------- */

/* The square term beside the linear one on a side of sigma. */
typedef enum square_term {
    NO_SQUARE,
    SAME_RANGE, /* both share the distance, and are one product */
    OWN_RANGE
} square_term;

/* Modulation relative to the row's largest logit: breakpoints less it, in double, lose nothing of a
 * common offset. */
typedef struct modulation {
    lanes ts[4], ranges[4];
    square_term low, high;
    bool bears_overflow;
} modulation;

static double positive(double value)
{
    return value > 0 ? value : 0;
}

/* A lower bound of sigma's slope between the row's extremes. */
static double least_slope(const row *r, const double ts[4], const double ranges[4])
{
    double max = r->facts->max, min = r->facts->min;
    return 1 - positive(ts[0]) - positive(-ts[1]) -
           2 * positive(ts[2]) * positive(ranges[2] - min) -
           2 * positive(-ts[3]) * positive(max - ranges[3]);
}

/* Whether lanes do for this row.  Two things lose digits: terms that are large at the top of the
 * row, of which float32 keeps 24 bits, and, where sigma may fall, an entry far below the largest
 * logit that ends up with weight: of its distance, again, only so many bits are kept. */
static bool is_bearable(const row *r, const double ts[4], const double ranges[4])
{
    static const double most = sizeof(real) == sizeof(float) ? 32 : 256;
    double max = r->facts->max, height = 0;
    for (int k = 0; k < 4; k++) {
        double distance = positive(k % 2 == 0 ? ranges[k] - max : max - ranges[k]);
        height += ts[k] == 0 ? 0 : fabs(ts[k]) * (k < 2 ? distance : distance * distance);
        if (ts[k] != 0 && !(fabs(ts[k]) < 0x1p100 && fabs(ranges[k] - max) < 0x1p100))
            return false;
    }
    if (sizeof(real) == sizeof(float) && !(height < most))
        return false;
    return max - r->facts->min < most || least_slope(r, ts, ranges) >= 0;
}

static square_term square_term_of(const double ts[4], const double *ranges, int side)
{
    if (ts[side + 2] == 0)
        return NO_SQUARE;
    return ts[side] != 0 && ranges[side] == ranges[side + 2] ? SAME_RANGE : OWN_RANGE;
}

/* Member by member: gcc clears and copies the whole by string instructions otherwise, which take as
 * long as a short row. */
INLINE void set_modulation(modulation *m, const row *r, const double ts[4], const double *ranges)
{
    m->low = square_term_of(ts, ranges, 0);
    m->high = square_term_of(ts, ranges, 1);
    /* What falls below the least float32 is no overflow of sigma in float64. */
    m->bears_overflow = sizeof(real) == sizeof(float);
    for (int k = 0; k < 4; k++) {
        m->ts[k] = lanes_of((real)ts[k]);
        m->ranges[k] = lanes_of((real)(ts[k] != 0 ? ranges[k] - r->facts->max : 0));
    }
}

INLINE lanes reach(lanes a, lanes b)
{
    return lanes_max(lanes_subtract(a, b), lanes_of(0));
}

/* Adds the linear term of a side, and the square one where it shares the distance. */
INLINE lanes add_terms(const modulation *m, int side, square_term square, lanes distance, lanes y)
{
    lanes t = m->ts[side];
    if (square == SAME_RANGE)
        t = lanes_fma(m->ts[side + 2], distance, t);
    return lanes_fma(t, distance, y);
}

INLINE lanes sigma(const modulation *m, lanes d)
{
    lanes y = add_terms(m, 0, m->low, reach(m->ranges[0], d), d);
    y = add_terms(m, 1, m->high, reach(d, m->ranges[1]), y);
    if (m->low == OWN_RANGE) {
        lanes low = reach(m->ranges[2], d);
        y = lanes_fma(lanes_multiply(m->ts[2], low), low, y);
    }
    if (m->high == OWN_RANGE) {
        lanes high = reach(d, m->ranges[3]);
        y = lanes_fma(lanes_multiply(m->ts[3], high), high, y);
    }
    return y;
}

/* sigma to the scratch; its maximum, or infinity or NaN where this width does not do. */
static real modulate(const row *r, const modulation *m)
{
    lanes shift = lanes_of((real)r->facts->max), masked = lanes_of(MASKED), max = masked;
    mask valid = lanes_at_least(masked, masked);
    for (size_t j = 0; j < r->n; j += LANES) {
        lanes x = lanes_load(r->x + j);
        mask live = lanes_above(x, masked);
        lanes y = sigma(m, lanes_subtract(x, shift));
        y = lanes_select(live, y, masked);
        valid =
            mask_and(valid, m->bears_overflow ? lanes_at_least(y, masked)
                                              : mask_or(mask_not(live), lanes_above(y, masked)));
        max = lanes_max(max, y);
        lanes_store(r->scratch + j, y);
    }
    return mask_bits(valid) == ALL_BITS ? lanes_fold_max(max) : (real)NAN;
}

/* The logit of the first entry whose power is 1. */
static double leader_of(const row *r)
{
    size_t j = 0;
    while (!mask_bits(lanes_at_least(lanes_load(r->scratch + j), lanes_of(1))))
        j += LANES;
    while (r->scratch[j] < 1)
        j++;
    return (double)r->x[j];
}

/* Exponentials of sigma less its largest value TOP to the scratch, where sigma never falls: that is
 * where x is largest, and needs no walk over the row.  What rounding lifts above it ties with it.
 * IS_NEAR: every entry is live and above LOWEST_EXPONENT then; the sums are the same either way. */
INLINE mmax_row_exponentials exponentiate_rising(const row *r, const modulation *m, lanes top,
                                                 bool is_near)
{
    mmax_row_exponentials all = {0};
    lanes shift = lanes_of((real)r->facts->max), masked = lanes_of(MASKED), zero = lanes_of(0);
    lanes lowest = lanes_of(LOWEST_EXPONENT);
    for (size_t start = 0; start < r->n; start = stretch_end(start, r->n)) {
        size_t end = stretch_end(start, r->n);
        lanes sum = lanes_of(0), dot = lanes_of(0);
        for (size_t j = start; j < end; j += LANES) {
            lanes x = lanes_load(r->x + j), y = sigma(m, lanes_subtract(x, shift));
            if (!is_near)
                y = lanes_select(lanes_above(x, masked), y, masked);
            lanes a = lanes_min(lanes_subtract(y, top), zero);
            lanes inside = is_near ? a : lanes_max(a, lowest);
            lanes e = exp_in_range(inside);
            e = is_near ? e : lanes_keep(lanes_at_least(a, lowest), e);
            sum = lanes_add(sum, e);
            dot = lanes_fma(e, inside, dot);
            lanes_store(r->scratch + j, e);
        }
        all.sum += lanes_fold(sum);
        all.dot += lanes_fold(dot);
    }
    all.log_sum = log(all.sum);
    return all;
}

/* sigma of one logit, less the largest value. */
INLINE real sigma_of(const row *r, const modulation *m, lanes top, double logit)
{
    lanes d = lanes_of((real)(logit - r->facts->max));
    return lanes_first(lanes_subtract(sigma(m, d), top));
}

static bool map_rising(const row *r, const modulation *m)
{
    lanes top = sigma(m, lanes_of(0));
    real bottom = sigma_of(r, m, top, r->facts->min);
    if (!(m->bears_overflow ? bottom >= MASKED : bottom > MASKED) || bottom > 0)
        return false;
    bool is_near = r->facts->n_live == r->n && bottom >= LOWEST_EXPONENT / 2;
    mmax_row_exponentials sums =
        is_near ? exponentiate_rising(r, m, top, true) : exponentiate_rising(r, m, top, false);
    /* Far from the largest value the entries up to the bounds do not tie with it. */
    real low = sigma_of(r, m, top, fmin(r->bounds->above, r->facts->max));
    finish(r, r->scratch, &sums, low < -1 ? r->facts->max : leader_of(r), (double)low);
    return true;
}

static bool map_falling(const row *r, const modulation *m)
{
    real max = modulate(r, m);
    if (!isfinite(max))
        return false;
    mmax_row_exponentials sums = exponentiate(r, r->scratch, max, 1);
    finish(r, r->scratch, &sums, leader_of(r), 0);
    return true;
}

void NAME(multimax)(const mmax_fused_rows *rows, const double ts[4], const double *ranges)
{
    for (size_t i = 0; i < rows->n_rows; i++) {
        row r = row_at(rows, i);
        const double *of_row = ranges + 4 * i;
        if (row_is_dead(&r))
            continue;
        bool is_mapped = false;
        if (is_bearable(&r, ts, of_row)) {
            modulation m;
            set_modulation(&m, &r, ts, of_row);
            is_mapped = least_slope(&r, ts, of_row) >= 0 ? map_rising(&r, &m) : map_falling(&r, &m);
        }
        r.sums->is_left = !is_mapped;
    }
}
