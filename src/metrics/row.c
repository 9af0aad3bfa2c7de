#include "metrics/parts.h"

/* ---- sums ------------------------------------------------------------------------------------ */

/* Terms are added plainly within a stretch of the row and the stretches with compensation: the
 * error of a sum of terms of one sign is at most STRETCH rounding errors of it however long the
 * row is, and the inner loops stay simple. */
enum { STRETCH = 128 };

/* Masked entries need no test where their weight of 0 adds nothing. */
static void find_largest(const double *weights, size_t n, row_sums *sums)
{
    double largest = weights[0], second = 0;
    size_t argmax = 0;
    for (size_t i = 1; i < n; i++) {
        if (weights[i] > largest) {
            second = largest;
            largest = weights[i];
            argmax = i;
        } else if (weights[i] > second) {
            second = weights[i];
        }
    }
    sums->largest = largest;
    sums->margin = largest - second;
    sums->argmax = argmax;
}

static double entropy_of(const double *weights, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        if (weights[i] > 0)
            sum -= weights[i] * log(weights[i]);
    return sum;
}

static double squares_of(const double *weights, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += weights[i] * weights[i];
    return sum;
}

static size_t count_modes(const double *weights, size_t n, double largest)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += weights[i] >= 0.5 * largest;
    return count;
}

/* Adds the relevant entries to *COUNT and returns the sum of their gaps to p_max. */
static double relevant_gap_of(const double *logits, const double *weights, size_t n, double above,
                              double largest, size_t *count)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (logits[i] > above) {
            sum += largest - weights[i];
            ++*count;
        }
    }
    return sum;
}

/* Adds the irrelevant entries to *COUNT and returns the sum of exp(-p/s) over them. */
static double irrelevant_sum_of(const double *logits, const double *weights,
                                const double *log_weights, size_t n, double below,
                                double log_reference, size_t *count)
{
    double per_reference = exp(-log_reference), sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (logits[i] < below && is_live(logits[i])) {
            sum += exp(log_weights ? -exp(log_weights[i] - log_reference)
                                   : -weights[i] * per_reference);
            ++*count;
        }
    }
    return sum;
}

static double distance_of(const double *weights, size_t first, size_t n, size_t query)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        size_t key = first + i;
        sum += weights[i] * (double)(key > query ? key - query : query - key);
    }
    return sum;
}

/* One walk over the row: each stretch is loaded once for all the loops that are needed. */
static void sum_row(const mmax_metric_row *row, unsigned needs, row_sums *sums)
{
    compensated entropy = {0}, squares = {0}, gap = {0}, irrelevant = {0}, distance = {0};
    const mmax_relevance *relevance = row->relevance;
    double above = relevance->epsilon + relevance->tolerance;
    double below = relevance->epsilon - relevance->tolerance;
    for (size_t first = 0; first < row->row_length; first += STRETCH) {
        size_t n = row->row_length - first < STRETCH ? row->row_length - first : STRETCH;
        const double *x = row->logits + first, *p = row->weights + first;
        const double *log_p = row->log_weights ? row->log_weights + first : NULL;
        if (needs & NEEDS_ENTROPY)
            compensated_add(&entropy, entropy_of(p, n));
        if (needs & NEEDS_SQUARES)
            compensated_add(&squares, squares_of(p, n));
        if (needs & NEEDS_MODES)
            sums->n_modes += count_modes(p, n, sums->largest);
        if (needs & NEEDS_RELEVANT)
            compensated_add(&gap,
                            relevant_gap_of(x, p, n, above, sums->largest, &sums->n_relevant));
        if (needs & NEEDS_IRRELEVANT)
            compensated_add(&irrelevant,
                            irrelevant_sum_of(x, p, log_p, n, below, relevance->log_reference,
                                              &sums->n_irrelevant));
        if (needs & NEEDS_DISTANCE)
            compensated_add(&distance, distance_of(p, first, n, row->query));
    }
    sums->entropy = compensated_total(&entropy);
    sums->squares = compensated_total(&squares);
    sums->relevant_gap = compensated_total(&gap);
    sums->irrelevant_sum = compensated_total(&irrelevant);
    sums->distance = compensated_total(&distance);
    if ((needs & NEEDS_RELEVANT) && row->logits[sums->argmax] > above)
        sums->n_relevant--; /* its gap was 0 */
}

void mmax_metrics_sum_row(const mmax_metric_row *row, mmax_row_sums *found)
{
    row_sums sums = {.row = row, .n = (double)row->facts->n_live};
    find_largest(row->weights, row->row_length, &sums);
    sum_row(row, NEEDS_ENTROPY | NEEDS_SQUARES | NEEDS_MODES | NEEDS_RELEVANT | NEEDS_IRRELEVANT,
            &sums);
    *found = (mmax_row_sums){
        .largest = sums.largest,
        .entropy = sums.entropy,
        .squares = sums.squares,
        .relevant_gap = sums.relevant_gap,
        .irrelevant_sum = sums.irrelevant_sum,
        .n_relevant = sums.n_relevant,
        .n_irrelevant = sums.n_irrelevant,
        .n_modes = sums.n_modes,
        .support = row->support,
    };
}

/* What the kernels have found already. */
static void take_sums(const mmax_row_sums *found, row_sums *sums)
{
    sums->largest = found->largest;
    sums->entropy = found->entropy;
    sums->squares = found->squares;
    sums->n_modes = found->n_modes;
    sums->n_relevant = found->n_relevant;
    sums->relevant_gap = found->relevant_gap;
    sums->n_irrelevant = found->n_irrelevant;
    sums->irrelevant_sum = found->irrelevant_sum;
}

/* ---- values ---------------------------------------------------------------------------------- */

/* Zhou, Fritz and Keuper, MultiMax, ICML 2024, Definition 3.2, with one argmax left out of a tie:
 * the continuous extension of the definition. */
double mmax_value_multimodality(const row_sums *sums)
{
    return sums->n_relevant ? 1 - sums->relevant_gap / (double)sums->n_relevant : (double)NAN;
}

/* The same, Definition 3.3: exp((s - p)/s - 1) = exp(-p/s). */
double mmax_value_sparsity(const row_sums *sums)
{
    return sums->n_irrelevant ? sums->irrelevant_sum / (double)sums->n_irrelevant : (double)NAN;
}

double mmax_value_n_relevant(const row_sums *sums)
{
    return (double)sums->n_relevant;
}

double mmax_value_n_irrelevant(const row_sums *sums)
{
    return (double)sums->n_irrelevant;
}

double mmax_value_entropy(const row_sums *sums)
{
    return sums->entropy;
}

double mmax_value_entropy_normalized(const row_sums *sums)
{
    return sums->n > 1 ? sums->entropy / log(sums->n) : 0;
}

double mmax_value_perplexity(const row_sums *sums)
{
    return exp(sums->entropy);
}

double mmax_value_participation(const row_sums *sums)
{
    return 1 / sums->squares;
}

/* The map's count: a softmax weight that underflows is in the support still. */
double mmax_value_support(const row_sums *sums)
{
    return (double)sums->row->support;
}

double mmax_value_zeros(const row_sums *sums)
{
    return (sums->n - (double)sums->row->support) / sums->n;
}

double mmax_value_max_prob(const row_sums *sums)
{
    return sums->largest;
}

double mmax_value_margin(const row_sums *sums)
{
    return sums->margin;
}

double mmax_value_modes(const row_sums *sums)
{
    return (double)sums->n_modes;
}

/* Hoyer, Non-negative Matrix Factorization with Sparseness Constraints, JMLR 5, 2004. */
double mmax_value_hoyer(const row_sums *sums)
{
    double root = sqrt(sums->n);
    return sums->n > 1 ? (root - 1 / sqrt(sums->squares)) / (root - 1) : 1;
}

double mmax_value_sink(const row_sums *sums)
{
    return sums->row->weights[0];
}

double mmax_value_distance(const row_sums *sums)
{
    return sums->row->query == MMAX_NO_QUERY ? (double)NAN : sums->distance;
}

/* A value that rounding has put outside the metric's range is the end of that range: nobody should
 * read a perplexity of 17.000000000000004 among 17 entries.  NaN stays. */
static double within_range(double value, size_t metric, size_t n_live)
{
    const metric_definition *definition = &mmax_metric_table[metric];
    double top = definition->ceiling == UP_TO_LENGTH ? (double)n_live : 1, lowest, highest;
    if (definition->ceiling != UP_TO_LOG_LENGTH && value >= definition->floor && value <= top)
        return value; /* the usual case, without a call */
    mmax_metric_bounds(metric, n_live, &lowest, &highest);
    return value < lowest ? lowest : value > highest ? highest : value;
}

void mmax_metrics_of_row(const mmax_metric_list *list, const mmax_metric_row *row, double *values)
{
    if (row->facts->n_live == 0) {
        for (size_t i = 0; i < list->n; i++)
            values[i] = (double)NAN;
        return;
    }
    unsigned needs = NEEDS_NOTHING;
    for (size_t i = 0; i < list->n; i++)
        needs |= mmax_metric_table[list->which[i]].needs;
    if (row->query == MMAX_NO_QUERY)
        needs &= ~(unsigned)NEEDS_DISTANCE;

    row_sums sums = {.row = row, .n = (double)row->facts->n_live};
    if (!row->sums || needs & NEEDS_SECOND)
        find_largest(row->weights, row->row_length, &sums);
    if (row->sums)
        needs &= NEEDS_DISTANCE;
    if (needs & ~(unsigned)(NEEDS_SECOND | NEEDS_WEIGHTS))
        sum_row(row, needs, &sums);
    if (row->sums)
        take_sums(row->sums, &sums);
    for (size_t i = 0; i < list->n; i++) {
        double value = mmax_metric_table[list->which[i]].value(&sums);
        values[i] = within_range(value, list->which[i], row->facts->n_live);
    }
}
