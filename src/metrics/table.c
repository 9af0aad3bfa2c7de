#include "metrics/parts.h"

#include <assert.h>
#include <string.h>

/* In the order of reports.  Headings are for people: the default ones fit a terminal of 100
 * columns beside the name of a map. */
const metric_definition mmax_metric_table[N_METRICS] = {
    {.info = {.key = "multimodality",
              .heading = "multi-modality",
              .unit = "",
              .range = "[0, 1]",
              .definition = "1 - mean of p_max - p over the relevant entries other than one argmax",
              .better = MMAX_BETTER_HIGHER,
              .by_default = true},
     .ceiling = UP_TO_ONE,
     .needs = NEEDS_RELEVANT,
     .value = mmax_value_multimodality},
    {.info = {.key = "sparsity",
              .heading = "sparsity",
              .unit = "",
              .range = "[0, 1]",
              .definition = "mean of exp(-p/s) over the irrelevant entries",
              .better = MMAX_BETTER_HIGHER,
              .by_default = true},
     .ceiling = UP_TO_ONE,
     .needs = NEEDS_IRRELEVANT,
     .value = mmax_value_sparsity},
    {.info = {.key = "n_relevant",
              .heading = "relevant",
              .unit = "entries",
              .range = "[0, n - 1]",
              .definition = "relevant entries (x > epsilon) other than one argmax of p"},
     .ceiling = UP_TO_LENGTH,
     .needs = NEEDS_RELEVANT,
     .value = mmax_value_n_relevant},
    {.info = {.key = "n_irrelevant",
              .heading = "irrelevant",
              .unit = "entries",
              .range = "[0, n]",
              .definition = "irrelevant entries (x < epsilon)"},
     .ceiling = UP_TO_LENGTH,
     .needs = NEEDS_IRRELEVANT,
     .value = mmax_value_n_irrelevant},
    {.info = {.key = "entropy",
              .heading = "entropy",
              .unit = "nats",
              .range = "[0, ln n]",
              .definition = "-sum p ln p",
              .by_default = true},
     .ceiling = UP_TO_LOG_LENGTH,
     .needs = NEEDS_ENTROPY,
     .value = mmax_value_entropy},
    {.info = {.key = "entropy_normalized",
              .heading = "entropy/ln n",
              .unit = "",
              .range = "[0, 1]",
              .definition = "entropy / ln n; 0 when n = 1"},
     .ceiling = UP_TO_ONE,
     .needs = NEEDS_ENTROPY,
     .value = mmax_value_entropy_normalized},
    {.info = {.key = "perplexity",
              .heading = "perplexity",
              .unit = "entries",
              .range = "[1, n]",
              .definition = "exp(entropy): the effective number of entries",
              .by_default = true},
     .floor = 1,
     .ceiling = UP_TO_LENGTH,
     .needs = NEEDS_ENTROPY,
     .value = mmax_value_perplexity},
    {.info = {.key = "participation",
              .heading = "participation",
              .unit = "entries",
              .range = "[1, n]",
              .definition = "1 / sum p^2"},
     .floor = 1,
     .ceiling = UP_TO_LENGTH,
     .needs = NEEDS_SQUARES,
     .value = mmax_value_participation},
    {.info = {.key = "support",
              .heading = "support",
              .unit = "entries",
              .range = "[1, n]",
              .definition = "entries with p > 0",
              .by_default = true},
     .ceiling = UP_TO_LENGTH,
     .value = mmax_value_support},
    {.info = {.key = "zeros",
              .heading = "zeros",
              .unit = "share",
              .range = "[0, 1)",
              .definition = "1 - support/n: the share of exact zeros",
              .by_default = true},
     .ceiling = UP_TO_ONE,
     .value = mmax_value_zeros},
    {.info = {.key = "max_prob",
              .heading = "max prob",
              .unit = "weight",
              .range = "(0, 1]",
              .definition = "p_max, the largest weight",
              .by_default = true},
     .ceiling = UP_TO_ONE,
     .value = mmax_value_max_prob},
    {.info = {.key = "margin",
              .heading = "margin",
              .unit = "weight",
              .range = "[0, 1]",
              .definition = "the largest weight less the second; p_max when n = 1"},
     .ceiling = UP_TO_ONE,
     .needs = NEEDS_SECOND,
     .value = mmax_value_margin},
    {.info = {.key = "modes",
              .heading = "modes",
              .unit = "entries",
              .range = "[1, n]",
              .definition = "entries with p >= p_max / 2",
              .by_default = true},
     .ceiling = UP_TO_LENGTH,
     .needs = NEEDS_MODES,
     .value = mmax_value_modes},
    {.info = {.key = "hoyer",
              .heading = "Hoyer",
              .unit = "",
              .range = "[0, 1]",
              .definition =
                  "(sqrt n - 1/|p|) / (sqrt n - 1), |p| the Euclidean norm; 1 when n = 1"},
     .ceiling = UP_TO_ONE,
     .needs = NEEDS_SQUARES,
     .value = mmax_value_hoyer},
    {.info = {.key = "gini",
              .heading = "Gini",
              .unit = "",
              .range = "[0, 1)",
              .definition = "1 - 2 sum p_(k) (n - k + 1/2) / n, p_(1) <= ... <= p_(n)"},
     .ceiling = UP_TO_ONE,
     .needs = NEEDS_WEIGHTS,
     .value = mmax_value_gini},
    {.info = {.key = "peaks",
              .heading = "peaks",
              .unit = "",
              .range = "[1, (n + 1)/2]",
              .definition = "local maxima along the row of prominence >= p_max / 10"},
     .ceiling = UP_TO_LENGTH,
     .needs = NEEDS_WEIGHTS,
     .value = mmax_value_peaks},
    {.info = {.key = "sink",
              .heading = "sink",
              .unit = "weight",
              .range = "[0, 1]",
              .definition = "p of the first entry of the row"},
     .ceiling = UP_TO_ONE,
     .needs = NEEDS_WEIGHTS,
     .value = mmax_value_sink},
    {.info = {.key = "distance",
              .heading = "distance",
              .unit = "entries",
              .range = ">= 0",
              .definition = "sum p_j |i - j|, i the query's place and j the key's"},
     .ceiling = NO_CEILING,
     .needs = NEEDS_DISTANCE,
     .value = mmax_value_distance},
};

_Static_assert((size_t)N_METRICS <= (size_t)MMAX_MAX_METRICS, "a list holds every metric");

const mmax_metric_info *mmax_metric_info_at(size_t i)
{
    return i < N_METRICS ? &mmax_metric_table[i].info : NULL;
}

void mmax_metric_bounds(size_t metric, size_t n_keys, double *lowest, double *highest)
{
    assert(metric < N_METRICS);
    double length = (double)n_keys, top = 1;
    switch (mmax_metric_table[metric].ceiling) {
    case UP_TO_ONE:
        break;
    case UP_TO_LOG_LENGTH:
        top = n_keys ? log(length) : 0;
        break;
    case UP_TO_LENGTH:
        top = length;
        break;
    case NO_CEILING:
        top = (double)INFINITY;
        break;
    }
    *lowest = mmax_metric_table[metric].floor;
    *highest = top > *lowest ? top : *lowest + 1;
}

bool mmax_metric_list_needs_weights(const mmax_metric_list *list)
{
    unsigned needs = NEEDS_NOTHING;
    for (size_t i = 0; i < list->n; i++)
        needs |= mmax_metric_table[list->which[i]].needs;
    return needs & (NEEDS_DISTANCE | NEEDS_SECOND | NEEDS_WEIGHTS);
}

/* ---- lists ----------------------------------------------------------------------------------- */

static void list_of_chosen(const bool chosen[N_METRICS], mmax_metric_list *list)
{
    list->n = 0;
    for (size_t i = 0; i < N_METRICS; i++)
        if (chosen[i])
            list->which[list->n++] = i;
    list->n_reported = list->n;
}

void mmax_metric_list_add(mmax_metric_list *list, size_t metric)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->which[i] == metric)
            return;
    list->which[list->n++] = metric;
}

size_t mmax_metric_find(const char *key, mmax_error *error)
{
    const char *keys[N_METRICS];
    for (size_t i = 0; i < N_METRICS; i++)
        keys[i] = mmax_metric_table[i].info.key;
    size_t found = mmax_find_word("metric", key, keys, N_METRICS, error);
    return found < N_METRICS ? found : MMAX_MAX_METRICS;
}

void mmax_metric_list_default(mmax_metric_list *list)
{
    bool chosen[N_METRICS];
    for (size_t i = 0; i < N_METRICS; i++)
        chosen[i] = mmax_metric_table[i].info.by_default;
    list_of_chosen(chosen, list);
}

static bool is_word(const char *item, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(item, word, length) == 0;
}

static mmax_status refuse_metric(const char *item, size_t length, mmax_error *error)
{
    const char *names[N_METRICS + 1] = {"all"};
    char expected[512] = "all";
    size_t used = strlen(expected);
    for (size_t i = 0; i < N_METRICS; i++) {
        names[i + 1] = mmax_metric_table[i].info.key;
        used += (size_t)snprintf(expected + used, sizeof expected - used, ", %s", names[i + 1]);
        assert(used < sizeof expected);
    }
    char name[64], quoted[80];
    mmax_quote(item, length, quoted, sizeof quoted);
    snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name), item);
    const char *meant = mmax_suggest(name, names, N_METRICS + 1);
    if (meant)
        return mmax_fail(error, MMAX_EUSAGE, "invalid metric '%s': did you mean '%s'?", quoted,
                         meant);
    return mmax_fail(error, MMAX_EUSAGE, "invalid metric '%s': expected %s", quoted, expected);
}

static mmax_status choose(const char *item, size_t length, bool chosen[N_METRICS],
                          mmax_error *error)
{
    bool all = is_word(item, length, "all"), known = all;
    for (size_t i = 0; i < N_METRICS; i++) {
        if (all || is_word(item, length, mmax_metric_table[i].info.key)) {
            chosen[i] = true;
            known = true;
        }
    }
    return known ? MMAX_OK : refuse_metric(item, length, error);
}

mmax_status mmax_metric_list_parse(const char *text, mmax_metric_list *list, mmax_error *error)
{
    bool chosen[N_METRICS] = {false};
    for (const char *item = text;; item++) {
        size_t length = strcspn(item, ",");
        if (length == 0) {
            char quoted[80];
            mmax_quote(text, strlen(text), quoted, sizeof quoted);
            return mmax_fail(error, MMAX_EUSAGE,
                             "invalid metrics '%s': an item is empty; expected keys separated by "
                             "commas, or all",
                             quoted);
        }
        mmax_status status = choose(item, length, chosen, error);
        if (status != MMAX_OK)
            return status;
        item += length;
        if (*item == '\0')
            break;
    }
    list_of_chosen(chosen, list);
    return MMAX_OK;
}
