#include "reference_metrics.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const interval no_value = {1, -1, false};

static interval around(precise value, precise off)
{
    return (interval){value - off, value + off, false};
}

/* The ends of a range are those of double. */
static interval within(interval i, precise lowest, precise highest)
{
    highest *= 1 + 0x1p-52L;
    return (interval){smaller(larger(i.least, lowest), highest),
                      larger(smaller(i.most, highest), lowest), i.is_open};
}

/* What a weight may be off by. */
static precise off_of(const measured *m, size_t i)
{
    return larger(m->bounds.most[i] - m->row->p[i], m->row->p[i] - m->bounds.least[i]);
}

static precise largest_of(const precise *p, size_t n)
{
    precise largest = -1;
    for (size_t i = 0; i < n; i++)
        largest = larger(largest, p[i]);
    return largest;
}

/* Of a sum that is formed of the weights: in lanes, or plainly in double within stretches of 128.
 */
static precise rounding(const measured *m)
{
    return m->of->unit * (m->of->steps + 8) + 0x1p-53L * smaller((precise)m->row->n, 128);
}

/* ---- which entries count --------------------------------------------------------------------- */

/* Within rounding of the threshold an entry is in neither set: 4 spacings of the logits' type at
 * the row's scale, and what rounding does to the threshold itself in double. */
static precise tolerance(const measured *m)
{
    const reference_row *row = m->row;
    precise largest = fabsl(row->max), scale = fabsl(row->epsilon), terms = 0;
    if (m->rules->epsilon == MMAX_EPSILON_UNIFORM) {
        scale = larger(scale, largest);
        terms = larger(fabsl(row->log_sum_exp), logl((precise)row->n_live));
    } else if (m->rules->epsilon == MMAX_EPSILON_MEAN) {
        scale = larger(largest, fabsl(row->min));
    }
    return 4 * ((precise)m->spacing * scale + (precise)DBL_EPSILON * terms);
}

void reference_divide(const measured *m)
{
    const reference_row *row = m->row;
    precise allowed = tolerance(m), fence = 8 * 0x1p-53L * (fabsl(row->epsilon) + allowed);
    fence += 0x1p-1074L;
    if (m->rules->epsilon == MMAX_EPSILON_UNIFORM)
        fence += m->of->epsilon_error;
    for (size_t i = 0; i < row->n; i++) {
        precise above = (precise)row->x[i] - row->epsilon - allowed;
        precise below = row->epsilon - (precise)row->x[i] - allowed;
        bool is_live = row->x[i] > -HUGE_VAL;
        m->above[i] = is_live && fabsl(above) <= fence ? -1 : is_live && above > 0;
        m->below[i] = is_live && fabsl(below) <= fence ? -1 : is_live && below > 0;
    }
}

typedef struct counted {
    size_t sure, possible;
} counted;

static counted count_of(const signed char *sides, size_t n)
{
    counted c = {0, 0};
    for (size_t i = 0; i < n; i++) {
        c.sure += sides[i] == 1;
        c.possible += sides[i] != 0;
    }
    return c;
}

/* Relevant entries without one argmax, where that is relevant. */
static counted count_relevant(const measured *m)
{
    counted c = count_of(m->above, m->row->n);
    precise largest = largest_of(m->bounds.least, m->row->n);
    bool may_be = false, may_not_be = false;
    for (size_t i = 0; i < m->row->n; i++) {
        if (m->row->x[i] == -HUGE_VAL || m->bounds.most[i] < largest)
            continue;
        may_be |= m->above[i] != 0;
        may_not_be |= m->above[i] != 1;
    }
    c.sure -= c.sure > 0 && may_be;
    c.possible -= c.possible > 0 && !may_not_be;
    return c;
}

static interval of_counts(counted c)
{
    return (interval){(precise)c.sure, (precise)c.possible, c.sure != c.possible};
}

static interval multimodality(const measured *m)
{
    counted c = count_relevant(m), all = count_of(m->above, m->row->n);
    if (c.sure != c.possible)
        return (interval){-HUGE_VALL, HUGE_VALL, true};
    if (c.sure == 0)
        return no_value;
    precise largest = largest_of(m->row->p, m->row->n), gap = 0;
    precise off = larger(largest_of(m->bounds.most, m->row->n) - largest,
                         largest - largest_of(m->bounds.least, m->row->n));
    precise all_off = (precise)all.sure * (off + 2 * largest * rounding(m));
    for (size_t i = 0; i < m->row->n; i++) {
        if (m->above[i] == 1) {
            gap += largest - m->row->p[i];
            all_off += off_of(m, i);
        }
    }
    return within(around(1 - gap / (precise)c.sure, all_off / (precise)c.sure + 4 * 0x1p-53L), 0,
                  1);
}

/* ---- sparsity -------------------------------------------------------------------------------- */

static precise log_reference(const measured *m)
{
    const reference_row *row = m->row;
    precise sum = 0, n = 0;
    switch (m->rules->reference) {
    case MMAX_REFERENCE_UNIFORM:
        return -logl((precise)row->n_live);
    case MMAX_REFERENCE_NUMBER:
        return logl((precise)m->rules->reference_number);
    case MMAX_REFERENCE_SOFTMAX_MIN:
        return row->min - row->log_sum_exp;
    case MMAX_REFERENCE_GEOMEAN:
        break;
    }
    for (size_t i = 0; i < row->n; i++) {
        if (m->below[i] == 1) {
            sum += (precise)row->x[i] - row->log_sum_exp;
            n += 1;
        }
    }
    return sum / n;
}

/* exp(-p/s) between its ends; where p or s may underflow in double, both come as logarithms. */
static interval sparsity_of(const measured *m, size_t i, precise log_s)
{
    const reference_row *row = m->row;
    precise u = m->of->unit, most_weight = m->bounds.most[i];
    if (row->p[i] == 0 && row->log_p[i] == -(precise)INFINITY)
        return (interval){expl(-most_weight * expl(-log_s)), 1, false};
    if (mmax_relevance_needs_log_weights(m->rules)) {
        precise log_off =
            m->bounds.log_off[i] + 8 * u * (fabsl(log_s) + fabsl(row->log_sum_exp) + 4);
        precise log_y = row->log_p[i] - log_s;
        return (interval){expl(-expl(log_y + log_off)), expl(-expl(log_y - log_off)), false};
    }
    precise relative = rounding(m) + 4 * 0x1p-53L * fabsl(log_s), per_s = expl(-log_s);
    precise least = larger(m->bounds.least[i], 0) * per_s * (1 - relative);
    precise most = most_weight * per_s * (1 + relative);
    return (interval){expl(-most), expl(-least), false};
}

static interval sparsity(const measured *m)
{
    counted c = count_of(m->below, m->row->n);
    precise least = 0, most = 0, log_s = log_reference(m);
    if (c.sure != c.possible)
        return (interval){-HUGE_VALL, HUGE_VALL, true};
    if (c.sure == 0)
        return no_value;
    for (size_t i = 0; i < m->row->n; i++) {
        if (m->below[i] == 1) {
            interval one = sparsity_of(m, i, log_s);
            least += one.least;
            most += one.most;
        }
    }
    precise n = (precise)c.sure;
    return within((interval){least / n - rounding(m), most / n + rounding(m), false}, 0, 1);
}

/* ---- moments --------------------------------------------------------------------------------- */

/* -p ln p has the slope -(1 + ln p), which has no end at 0: there it is below its value at P. */
static precise entropy_off(const measured *m, size_t i)
{
    precise p = m->row->p[i], own = off_of(m, i), most = smaller(m->bounds.most[i], 0.3L);
    if (p > 2 * own)
        return own * (2 + fabsl(m->row->log_p[i]));
    return own + (most > 0 ? -most * logl(most) : 0);
}

static interval entropy(const measured *m)
{
    precise sum = 0, off = 0, log_n = logl((precise)m->row->n_live);
    for (size_t i = 0; i < m->row->n; i++) {
        sum -= m->row->p[i] > 0 ? m->row->p[i] * m->row->log_p[i] : 0;
        off += entropy_off(m, i);
    }
    return within(around(sum, off + rounding(m) * (log_n + sum + 1)), 0, log_n);
}

static interval squares(const measured *m)
{
    precise least = 0, most = 0;
    for (size_t i = 0; i < m->row->n; i++) {
        precise low = larger(m->bounds.least[i], 0);
        least += low * low;
        most += m->bounds.most[i] * m->bounds.most[i];
    }
    return (interval){least * (1 - 2 * rounding(m)), most * (1 + 2 * rounding(m)), false};
}

static interval participation(const measured *m)
{
    interval s = squares(m);
    return within((interval){1 / s.most, 1 / s.least, false}, 1, (precise)m->row->n_live);
}

static interval hoyer(const measured *m)
{
    precise root = sqrtl((precise)m->row->n_live);
    if (m->row->n_live == 1)
        return around(1, 0);
    interval s = squares(m);
    precise off = 8 * 0x1p-53L * root / (root - 1);
    return within((interval){(root - 1 / sqrtl(s.least)) / (root - 1) - off,
                             (root - 1 / sqrtl(s.most)) / (root - 1) + off, false},
                  0, 1);
}

static interval perplexity(const measured *m)
{
    interval h = entropy(m);
    precise relative = 8 * 0x1p-53L * (1 + h.most);
    return within((interval){expl(h.least) * (1 - relative), expl(h.most) * (1 + relative), false},
                  1, (precise)m->row->n_live);
}

static interval entropy_normalized(const measured *m)
{
    interval h = entropy(m);
    precise log_n = logl((precise)m->row->n_live);
    if (m->row->n_live == 1)
        return around(0, 0);
    return within((interval){h.least / log_n - 4 * 0x1p-53L, h.most / log_n + 4 * 0x1p-53L, false},
                  0, 1);
}

static interval distance(const measured *m)
{
    precise least = 0, most = 0;
    if (m->query == SIZE_MAX)
        return no_value;
    for (size_t i = 0; i < m->row->n; i++) {
        precise steps = fabsl((precise)i - (precise)m->query);
        least += larger(m->bounds.least[i], 0) * steps;
        most += m->bounds.most[i] * steps;
    }
    return (interval){least * (1 - rounding(m)), most * (1 + rounding(m)), false};
}

/* ---- order ----------------------------------------------------------------------------------- */

static precise second_of(const precise *p, size_t n)
{
    precise largest = 0, second = 0;
    for (size_t i = 0; i < n; i++) {
        second = larger(second, smaller(p[i], largest));
        largest = larger(largest, p[i]);
    }
    return second;
}

static interval margin(const measured *m)
{
    size_t n = m->row->n;
    precise off = 2 * m->of->unit;
    return within((interval){largest_of(m->bounds.least, n) - second_of(m->bounds.most, n) - off,
                             largest_of(m->bounds.most, n) - second_of(m->bounds.least, n) + off,
                             false},
                  0, 1);
}

static interval max_prob(const measured *m)
{
    size_t n = m->row->n;
    return within((interval){largest_of(m->bounds.least, n) * (1 - 2 * m->of->unit),
                             largest_of(m->bounds.most, n) * (1 + 2 * m->of->unit), false},
                  0, 1);
}

static interval modes(const measured *m)
{
    size_t n = m->row->n;
    counted c = {0, 0};
    precise u = 4 * m->of->unit;
    precise low = largest_of(m->bounds.least, n) / 2, high = largest_of(m->bounds.most, n) / 2;
    for (size_t i = 0; i < n; i++) {
        c.sure += m->bounds.least[i] * (1 - u) >= high;
        c.possible += m->bounds.most[i] * (1 + u) >= low;
    }
    c.sure = c.sure > 1 ? c.sure : 1; /* the largest is one */
    return of_counts(c);
}

static interval support_of(const measured *m)
{
    return of_counts(count_of(m->bounds.support, m->row->n));
}

static interval zeros(const measured *m)
{
    interval s = support_of(m);
    precise n = (precise)m->row->n_live;
    return within((interval){1 - s.most / n - 0x1p-52L, 1 - s.least / n + 0x1p-52L, s.is_open}, 0,
                  1);
}

static int ascending(const void *a, const void *b)
{
    precise x = *(const precise *)a, y = *(const precise *)b;
    return (x > y) - (x < y);
}

static interval gini(const measured *m)
{
    size_t n = 0;
    precise sum = 0, off = 0;
    for (size_t i = 0; i < m->row->n; i++) {
        if (m->row->x[i] > -HUGE_VAL)
            m->room[n++] = m->row->p[i];
        off += off_of(m, i);
    }
    qsort(m->room, n, sizeof *m->room, ascending);
    for (size_t k = 1; k <= n; k++)
        sum += m->room[k - 1] * ((precise)(n - k) + 0.5L);
    return within(around(1 - 2 * sum / (precise)n, 2 * off + rounding(m)), 0, 1);
}

static interval sink(const measured *m)
{
    return within((interval){m->bounds.least[0], m->bounds.most[0], false}, 0, 1);
}

/* ---- peaks ----------------------------------------------------------------------------------- */

/* The lowest point between live entry I and higher terrain in that direction; -inf without any. */
static precise lowest_before_higher(const precise *p, size_t n, size_t i, int direction)
{
    precise lowest = p[i];
    for (size_t j = i; direction > 0 ? ++j < n : j-- > 0;) {
        if (p[j] > p[i])
            return lowest;
        lowest = smaller(lowest, p[j]);
    }
    return -(precise)INFINITY;
}

interval reference_peaks(const double *x, const double *p, size_t n, precise unit)
{
    precise *live = mmax_alloc_array(n + 1, sizeof *live), largest = 0;
    size_t n_live = 0;
    counted c = {0, 0};
    if (!live)
        abort();
    for (size_t i = 0; i < n; i++) {
        /* A plateau counts once. */
        if (x[i] > -HUGE_VAL && !(n_live > 0 && live[n_live - 1] == (precise)p[i]))
            live[n_live++] = (precise)p[i];
        largest = larger(largest, (precise)p[i]);
    }
    for (size_t i = 0; i < n_live; i++) {
        if ((i > 0 && live[i - 1] > live[i]) || (i + 1 < n_live && live[i + 1] > live[i]))
            continue;
        precise col = larger(lowest_before_higher(live, n_live, i, 1),
                             lowest_before_higher(live, n_live, i, -1));
        c.sure += live[i] - col >= 0.1L * largest * (1 + 8 * unit);
        c.possible += live[i] - col >= 0.1L * largest * (1 - 8 * unit);
    }
    free(live);
    return of_counts(c);
}

/* ---- by name --------------------------------------------------------------------------------- */

static interval n_relevant(const measured *m)
{
    return of_counts(count_relevant(m));
}

static interval n_irrelevant(const measured *m)
{
    return of_counts(count_of(m->below, m->row->n));
}

static const struct {
    const char *key;
    interval (*of)(const measured *m);
} metrics[] = {
    {"multimodality", multimodality},
    {"sparsity", sparsity},
    {"n_relevant", n_relevant},
    {"n_irrelevant", n_irrelevant},
    {"entropy", entropy},
    {"entropy_normalized", entropy_normalized},
    {"perplexity", perplexity},
    {"participation", participation},
    {"support", support_of},
    {"zeros", zeros},
    {"max_prob", max_prob},
    {"margin", margin},
    {"modes", modes},
    {"hoyer", hoyer},
    {"gini", gini},
    {"sink", sink},
    {"distance", distance},
};

interval reference_metric(const measured *m, const char *key)
{
    size_t i = 0;
    while (strcmp(metrics[i].key, key) != 0)
        i++;
    return m->row->n_live > 0 ? metrics[i].of(m) : no_value;
}
