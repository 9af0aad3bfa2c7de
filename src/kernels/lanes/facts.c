#include "kernels/lanes/rows.h"

/* ---- extremes -------------------------------------------------------------------------------- */

/* The least live entry, and how many entries are live; false where there is a NaN or +inf. */
static bool add_live(const real *x, size_t n, mmax_row_facts *facts)
{
    lanes infinity = lanes_of((real)INFINITY), min = infinity;
    mask valid = lanes_at_least(infinity, infinity);
    facts->n_live = 0;
    for (size_t start = 0; start < n; start = stretch_end(start, n)) {
        size_t end = stretch_end(start, n);
        mask live_count = mask_none();
        for (size_t j = start; j < end; j += LANES) {
            lanes a = lanes_load(x + j);
            mask live = lanes_above(a, lanes_of(MASKED));
            live_count = mask_count(live_count, live);
            min = lanes_min(min, lanes_select(live, a, infinity));
            valid = mask_and(valid, lanes_above(infinity, a));
        }
        facts->n_live += mask_fold(live_count);
    }
    facts->min = (double)lanes_fold_min(min);
    return mask_bits(valid) == ALL_BITS;
}

static size_t first_invalid(const real *x)
{
    size_t column = 0;
    while (x[column] < (real)INFINITY)
        column++;
    return column;
}

/* Of a row with a NaN the extremes are any numbers, or NaN. */
static void add_extremes(const real *x, size_t n, mmax_row_facts *facts)
{
    lanes max = lanes_of(MASKED), min = lanes_of((real)INFINITY);
    for (size_t j = 0; j < n; j += LANES) {
        lanes a = lanes_load(x + j);
        max = lanes_max(max, a);
        min = lanes_min(min, a);
    }
    facts->max = (double)lanes_fold_max(max);
    facts->min = (double)lanes_fold_min(min);
}

/* ---- mean ------------------------------------------------------------------------------------ */

/* Eight sums in double whose rounding errors are kept, as mmax_sum has it: evsoftmax asks for the
 * mean to its last bit, and the elements may cancel. */
static double mean_of(const real *x, size_t n, const mmax_row_facts *facts)
{
    double high[8] = {0}, low[8] = {0};
    bool large = facts->max > 0x1p900 || facts->min < -0x1p900;
    double scale = large ? 0x1p-64 : 1;
    for (size_t j = 0; j < n; j += 8) {
        for (size_t k = 0; k < 8; k++) {
            double term = (double)x[j + k] * scale;
            term = term == -HUGE_VAL ? 0 : term;
            double sum = high[k] + term, part = sum - high[k];
            low[k] += (high[k] - (sum - part)) + (term - part);
            high[k] = sum;
        }
    }
    double sum = 0, lost = 0;
    for (size_t k = 0; k < 8; k++) {
        double next = sum + high[k], part = next - sum;
        lost += (sum - (next - part)) + (high[k] - part) + low[k];
        sum = next;
    }
    double live = (double)facts->n_live, quotient = sum / live;
    double remainder = fma(-quotient, live, sum) + lost;
    double mean = (quotient + remainder / live) / scale;
    mean = mean > facts->max ? facts->max : mean;
    return mean < facts->min ? facts->min : mean;
}

/* ---- exponentials ---------------------------------------------------------------------------- */

/* IS_NEAR: every entry is live and above LOWEST_EXPONENT less than the maximum.  The sums are the
 * same either way. */
INLINE mmax_row_exponentials add_exponentials(const real *x, size_t n, real max, real *powers,
                                              bool is_near)
{
    mmax_row_exponentials all = {0};
    lanes largest = lanes_of(max), lowest = lanes_of(LOWEST_EXPONENT);
    for (size_t start = 0; start < n; start = stretch_end(start, n)) {
        size_t end = stretch_end(start, n);
        lanes sum = lanes_of(0), dot = lanes_of(0);
        for (size_t j = start; j < end; j += LANES) {
            lanes d = lanes_subtract(lanes_load(x + j), largest);
            lanes inside = is_near ? d : lanes_max(d, lowest);
            lanes e = exp_in_range(inside);
            e = is_near ? e : lanes_keep(lanes_at_least(d, lowest), e);
            sum = lanes_add(sum, e);
            dot = lanes_fma(e, inside, dot);
            if (powers)
                lanes_store(powers + j, e);
        }
        all.sum += lanes_fold(sum);
        all.dot += lanes_fold(dot);
    }
    return all;
}

/* The facts but for the mean and log_sum_exp; false for a row with a NaN or +inf, and for one
 * without a live entry.  In a row whose extremes are near each other a NaN shows in the sum, which
 * saves most rows a look at each entry. */
static bool add_facts(const real *x, size_t n, mmax_row_facts *facts,
                      mmax_row_exponentials *exponentials, real *powers)
{
    *facts = (mmax_row_facts){
        .n_live = n, .invalid = MMAX_NO_COLUMN, .mean = (double)NAN, .log_sum_exp = (double)NAN};
    add_extremes(x, n, facts);
    real max = (real)facts->max;
    bool is_near = (real)facts->min - max >= LOWEST_EXPONENT;
    if (is_near)
        *exponentials = add_exponentials(x, n, max, powers, true);
    if (is_near ? isnan(exponentials->dot) : !add_live(x, n, facts)) {
        facts->invalid = first_invalid(x);
        return false;
    }
    if (is_near)
        return true;
    if (facts->n_live == 0) {
        facts->max = facts->min = (double)NAN;
        return false;
    }
    *exponentials = add_exponentials(x, n, max, powers, false);
    return true;
}

/* ln sum exp of entries so near each other that their exponentials would round to 1 in float32:
 * through the mean of e^d - 1, whose series has 8 terms for |d| <= NARROW. */
#define NARROW 0x1p-5

static double log_sum_exp_of_narrow(const real *x, size_t n, const mmax_row_facts *facts)
{
    double sums[8] = {0};
    for (size_t j = 0; j < n; j++) {
        double d = (double)x[j] - facts->max, term = 1;
        if (!(d >= -NARROW))
            continue; /* masked */
        for (int k = 8; k > 1; k--)
            term = 1 + term * d / k;
        sums[j % 8] += term * d;
    }
    double sum =
        ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
    double live = (double)facts->n_live;
    return facts->max + (log1p(sum / live) + log(live));
}

void NAME(facts)(const void *logits, size_t n_rows, size_t stride, bool with_mean,
                 mmax_row_facts *facts, mmax_row_exponentials *exponentials, void *powers)
{
    for (size_t i = 0; i < n_rows; i++) {
        const real *x = (const real *)logits + i * stride;
        real *of_row = powers ? (real *)powers + i * stride : NULL;
        if (!add_facts(x, stride, &facts[i], &exponentials[i], of_row)) {
            exponentials[i] = (mmax_row_exponentials){0};
            continue;
        }
        exponentials[i].log_sum = log(exponentials[i].sum);
        facts[i].log_sum_exp = facts[i].max - facts[i].min < NARROW
                                   ? log_sum_exp_of_narrow(x, stride, &facts[i])
                                   : facts[i].max + exponentials[i].log_sum;
        if (with_mean)
            facts[i].mean = mean_of(x, stride, &facts[i]);
    }
}

/* ---- relevance ------------------------------------------------------------------------------- */

void NAME(count)(const row *r)
{
    mmax_row_bounds *bounds = r->bounds;
    lanes above = lanes_of(bound_above(bounds->above)),
          below = lanes_of(bound_below(bounds->below));
    bounds->n_relevant = bounds->n_irrelevant = 0;
    for (size_t start = 0; start < r->n; start = stretch_end(start, r->n)) {
        size_t end = stretch_end(start, r->n);
        mask relevant = mask_none(), irrelevant = mask_none();
        for (size_t j = start; j < end; j += LANES) {
            lanes x = lanes_load(r->x + j);
            relevant = mask_count(relevant, lanes_above(x, above));
            irrelevant = mask_count(irrelevant, lanes_above(below, x));
        }
        bounds->n_relevant += mask_fold(relevant);
        bounds->n_irrelevant += mask_fold(irrelevant);
    }
    bounds->n_irrelevant -= r->n - r->facts->n_live;
    bounds->is_counted = true;
}
