/* Metrics against the intervals of the reference, and the worst of them. */
#include "test_numbers.h"

#include <float.h>
#include <math.h>
#include <string.h>

typedef struct worst {
    size_t n_values, n_open;
    double relative; /* to the value or 1, whichever is larger, in epsilons of the arithmetic */
    double share;    /* of the interval */
} worst;

static worst worst_of[N_METRIC_KEYS][N_ARITHMETICS];

/* The reference's own value is the interval's middle, but for what the metric's range cuts off. */
static void keep_worst(worst *w, const interval *allowed, precise value, precise exact,
                       precise unit)
{
    precise off = fabsl(value - exact),
            room = larger(allowed->most - exact, exact - allowed->least);
    w->n_values++;
    w->n_open += allowed->is_open || room > 1e4L * unit * larger(1, fabsl(exact));
    if (allowed->is_open || room > 1e4L * unit * larger(1, fabsl(exact)))
        return;
    w->relative = fmax(w->relative, (double)(off / larger(1, fabsl(exact)) / (2 * unit)));
    if (room > 0)
        w->share = fmax(w->share, (double)(off / room));
}

static double value_of(const outcome *found, const char *key)
{
    size_t k = 0;
    while (strcmp(mmax_metric_info_at(k)->key, key) != 0)
        k++;
    return found->metrics[k];
}

/* What holds between the metrics of any weights: effective numbers of entries by higher powers are
 * smaller (Renyi), and none is larger than the support.  The perplexity is the exponential of a sum
 * that is up to ln n, and is off by so much more. */
static void check_chain(const expectation *expected, const outcome *found)
{
    double n = (double)expected->reference->n_live, largest = value_of(found, "max_prob");
    double numbers[] = {1 / largest, value_of(found, "participation"),
                        value_of(found, "perplexity"), value_of(found, "support"), n};
    precise steps = 4 * (expected->precision.steps + 32) * (1 + logl((precise)n));
    double slack = 1 + (double)(expected->precision.unit * steps);
    for (size_t i = 0; i + 1 < sizeof numbers / sizeof numbers[0]; i++)
        if (!(numbers[i] <= numbers[i + 1] * slack))
            complain(expected, found, "effective numbers: %g before %g", numbers[i],
                     numbers[i + 1]);
    if (!(value_of(found, "modes") >= 1 && value_of(found, "modes") <= value_of(found, "support")))
        complain(expected, found, "modes");
    if (!(value_of(found, "margin") <= largest * slack) || !(value_of(found, "sink") <= slack))
        complain(expected, found, "margin or sink");
    if (!(value_of(found, "n_relevant") + value_of(found, "n_irrelevant") <= n))
        complain(expected, found, "more entries than there are");
    if (!(value_of(found, "peaks") <= ceil(n / 2) && value_of(found, "peaks") >= 1))
        complain(expected, found, "peaks");
}

void check_metrics(const expectation *expected, const outcome *found, double spacing,
                   const metric_room *room)
{
    const measured m = {.row = expected->reference,
                        .of = &expected->precision,
                        .bounds = expected->bounds,
                        .rules = &expected->of->rules,
                        .spacing = spacing,
                        .query = found->query,
                        .room = room->numbers,
                        .above = room->above,
                        .below = room->below};
    measured exactly = m;
    reference_divide(&m);
    if (m.row->n_live > 0)
        check_chain(expected, found);
    exactly.bounds.least = exactly.bounds.most = expected->reference->p;
    for (size_t k = 0; k < N_METRIC_KEYS; k++) {
        const char *key = mmax_metric_info_at(k)->key;
        bool is_peaks = strcmp(key, "peaks") == 0;
        precise value = (precise)found->metrics[k];
        interval allowed =
            is_peaks && m.row->n_live > 0
                ? reference_peaks(m.row->x, found->p, m.row->n, expected->precision.unit)
                : reference_metric(&m, is_peaks ? "support" : key);
        bool has_value = allowed.least <= allowed.most;
        if (allowed.is_open && isnan(found->metrics[k]))
            continue;
        if (has_value ? !(value >= allowed.least && value <= allowed.most) : !isnan(value)) {
            complain(expected, found, "%s is %.17Lg, not %.17Lg to %.17Lg", key, value,
                     allowed.least, allowed.most);
            continue;
        }
        if (!has_value)
            continue;
        interval exact = is_peaks ? allowed : reference_metric(&exactly, key);
        keep_worst(&worst_of[k][expected->precision.which], &allowed, value,
                   (exact.least + exact.most) / 2, expected->precision.unit);
    }
}

void print_worst_metrics(void)
{
    static const char *const names[N_ARITHMETICS] = {"float64, scalar", "float64, lanes",
                                                     "float32, lanes"};
    printf("%-22s %-16s %8s %8s %9s %7s\n", "metric", "arithmetic", "values", "open", "relative",
           "share");
    for (size_t k = 0; k < N_METRIC_KEYS; k++)
        for (size_t a = 0; a < N_ARITHMETICS; a++)
            printf("%-22s %-16s %8zu %8zu %9.3g %7.2g\n", mmax_metric_info_at(k)->key, names[a],
                   worst_of[k][a].n_values, worst_of[k][a].n_open, worst_of[k][a].relative,
                   worst_of[k][a].share);
}
