#include "test_metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const double infinite = (double)INFINITY;

/* ---- helpers --------------------------------------------------------------------------------- */

mmax_row_facts facts_of(const double *logits, size_t n)
{
    const double none = (double)NAN;
    mmax_row_facts facts = {
        .invalid = MMAX_NO_COLUMN, .max = none, .min = none, .mean = none, .log_sum_exp = none};
    long double sum = 0, scaled = 0;
    for (size_t i = 0; i < n; i++) {
        if (logits[i] == -infinite)
            continue;
        facts.max = facts.n_live ? fmax(facts.max, logits[i]) : logits[i];
        facts.min = facts.n_live ? fmin(facts.min, logits[i]) : logits[i];
        facts.n_live++;
        sum += (long double)logits[i];
    }
    if (facts.n_live == 0)
        return facts;
    for (size_t i = 0; i < n; i++)
        scaled += expl((long double)logits[i] - (long double)facts.max);
    facts.mean = (double)(sum / (long double)facts.n_live);
    facts.log_sum_exp = (double)((long double)facts.max + logl(scaled));
    return facts;
}

mmax_relevance relevance_of(const mmax_relevance_rules *rules, const double *logits, size_t n)
{
    mmax_row_facts facts = facts_of(logits, n);
    mmax_relevance relevance;
    mmax_relevance_rows(rules, 0x1p-52, logits, &facts, 1, n, &relevance);
    return relevance;
}

void softmax_of(const double *logits, size_t n, double *weights, double *log_weights)
{
    mmax_row_facts facts = facts_of(logits, n);
    long double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += expl((long double)logits[i] - (long double)facts.max);
    for (size_t i = 0; i < n; i++) {
        long double below = (long double)logits[i] - (long double)facts.max;
        weights[i] = (double)(expl(below) / sum);
        if (log_weights)
            log_weights[i] = (double)(below - logl(sum));
    }
}

static void score_list(const scored *row, const mmax_metric_list *list, double *values)
{
    double *own = mmax_alloc_array(2 * row->n, sizeof *own), *scratch = own + row->n;
    ck_assert_ptr_nonnull(own);
    const double *weights = row->weights;
    if (!weights) {
        softmax_of(row->logits, row->n, own, NULL);
        weights = own;
    }
    size_t support = row->support;
    for (size_t i = 0; i < row->n && row->support == 0; i++)
        support += weights[i] > 0;
    mmax_row_facts facts = facts_of(row->logits, row->n);
    mmax_relevance relevance =
        row->relevance ? *row->relevance : relevance_of(&row->rules, row->logits, row->n);
    mmax_metric_row metric_row = {.logits = row->logits,
                                  .weights = weights,
                                  .log_weights = row->log_weights,
                                  .row_length = row->n,
                                  .support = support,
                                  .query = row->query ? row->query - 1 : MMAX_NO_QUERY,
                                  .facts = &facts,
                                  .relevance = &relevance,
                                  .scratch = scratch};
    mmax_metrics_of_row(list, &metric_row, values);
    free(own);
}

size_t n_metrics(void)
{
    size_t n = 0;
    while (mmax_metric_info_at(n))
        n++;
    return n;
}

size_t metric_place(const char *key)
{
    for (size_t i = 0; mmax_metric_info_at(i); i++)
        if (strcmp(mmax_metric_info_at(i)->key, key) == 0)
            return i;
    ck_abort_msg("no metric %s", key);
    return 0;
}

double score(const scored *row, const char *key)
{
    mmax_metric_list list = {.n = 1, .which = {metric_place(key)}};
    double value;
    score_list(row, &list, &value);
    return value;
}

void score_all(const scored *row, double *values)
{
    mmax_metric_list list;
    ck_assert_int_eq(mmax_metric_list_parse("all", &list, NULL), MMAX_OK);
    score_list(row, &list, values);
}

int main(void)
{
    Suite *suite = suite_create("metrics");
    suite_add_tcase(suite, rules_tests());
    suite_add_tcase(suite, values_tests());
    suite_add_tcase(suite, shape_tests());
    suite_add_tcase(suite, golden_tests());
    return testing_run(suite);
}
