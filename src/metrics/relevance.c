#include "metrics/parts.h"

#include <float.h>
#include <string.h>

/* ---- rules as text --------------------------------------------------------------------------- */

static const char *const epsilon_names[] = {"uniform", "mean"};
static const char *const reference_names[] = {"uniform", "softmax-min", "geomean"};
enum {
    N_EPSILON_NAMES = sizeof epsilon_names / sizeof *epsilon_names,
    N_REFERENCE_NAMES = sizeof reference_names / sizeof *reference_names,
    QUOTED_SIZE = 80
};

/* An option that takes one of a few names or a number. */
typedef struct named_number {
    const char *option;
    const char *const *names;
    size_t n_names;
    const char *expected;       /* after "expected" */
    const char *number_must_be; /* after "must be" */
    double above;               /* the number is larger than this, and finite */
} named_number;

static const named_number epsilon_option = {.option = "epsilon",
                                            .names = epsilon_names,
                                            .n_names = N_EPSILON_NAMES,
                                            .expected = "uniform, mean or a number",
                                            .number_must_be = "finite",
                                            .above = -(double)INFINITY};

static const named_number reference_option = {.option = "reference",
                                              .names = reference_names,
                                              .n_names = N_REFERENCE_NAMES,
                                              .expected =
                                                  "uniform, softmax-min, geomean or a number",
                                              .number_must_be = "finite and greater than 0",
                                              .above = 0};

/* *CHOICE: the place of the name, or n_names with the number in *NUMBER. */
static mmax_status parse_named_number(const named_number *option, const char *text, size_t *choice,
                                      double *number, mmax_error *error)
{
    for (size_t i = 0; i < option->n_names; i++) {
        if (strcmp(text, option->names[i]) == 0) {
            *choice = i;
            return MMAX_OK;
        }
    }
    char quoted[QUOTED_SIZE];
    mmax_quote(text, strlen(text), quoted, sizeof quoted);
    double value;
    if (!mmax_number_read(text, strlen(text), &value)) {
        const char *meant = mmax_suggest(text, option->names, option->n_names);
        if (meant)
            return mmax_fail(error, MMAX_EUSAGE, "invalid %s '%s': did you mean '%s'?",
                             option->option, quoted, meant);
        return mmax_fail(error, MMAX_EUSAGE, "invalid %s '%s': expected %s", option->option, quoted,
                         option->expected);
    }
    if (!(value > option->above && value < (double)INFINITY))
        return mmax_fail(error, MMAX_EUSAGE, "invalid %s '%s': the number must be %s",
                         option->option, quoted, option->number_must_be);
    *choice = option->n_names;
    *number = value;
    return MMAX_OK;
}

mmax_status mmax_epsilon_parse(const char *text, mmax_relevance_rules *rules, mmax_error *error)
{
    size_t choice;
    double number = 0;
    mmax_status status = parse_named_number(&epsilon_option, text, &choice, &number, error);
    if (status == MMAX_OK) {
        rules->epsilon = (mmax_epsilon_rule)choice;
        rules->epsilon_number = number;
    }
    return status;
}

mmax_status mmax_reference_parse(const char *text, mmax_relevance_rules *rules, mmax_error *error)
{
    size_t choice;
    double number = 0;
    mmax_status status = parse_named_number(&reference_option, text, &choice, &number, error);
    if (status == MMAX_OK) {
        rules->reference = (mmax_reference_rule)choice;
        rules->reference_number = number;
    }
    return status;
}

static void write_named_number(const named_number *option, size_t choice, double number,
                               char text[MMAX_NUMBER_SIZE])
{
    if (choice < option->n_names)
        snprintf(text, MMAX_NUMBER_SIZE, "%s", option->names[choice]);
    else
        mmax_number_write(number, text);
}

void mmax_epsilon_write(const mmax_relevance_rules *rules, char text[MMAX_NUMBER_SIZE])
{
    write_named_number(&epsilon_option, rules->epsilon, rules->epsilon_number, text);
}

void mmax_reference_write(const mmax_relevance_rules *rules, char text[MMAX_NUMBER_SIZE])
{
    write_named_number(&reference_option, rules->reference, rules->reference_number, text);
}

/* ---- rules applied to rows ------------------------------------------------------------------- */

/* A threshold is a few operations away from the logits. */
static const double n_spacings = 4;

static double threshold(const mmax_relevance_rules *rules, const mmax_row_facts *facts,
                        double log_live)
{
    switch (rules->epsilon) {
    case MMAX_EPSILON_UNIFORM:
        return facts->log_sum_exp - log_live;
    case MMAX_EPSILON_MEAN:
        return facts->mean;
    case MMAX_EPSILON_NUMBER:
        break;
    }
    return rules->epsilon_number;
}

/* What rounding, of the stored logits and of the threshold itself, can move EPSILON by.
 *
 * uniform  The scale is that of the largest logits, the only ones that logsumexp sees: with
 *          max |x| a row that holds -3.4e38 as a mask would be "within rounding" as a whole.
 *          logsumexp - ln n is computed in double whatever the source's precision, and cancels to
 *          nothing for a long row of small logits: that error has the scale of its two terms.
 * mean     Every logit takes part in the sum, hence the largest magnitude.
 * number   The nearest logit that the source could have held. */
static double threshold_tolerance(const mmax_relevance_rules *rules, const mmax_row_facts *facts,
                                  double log_live, double epsilon, double spacing)
{
    double terms = 0, scale = fabs(epsilon);
    switch (rules->epsilon) {
    case MMAX_EPSILON_UNIFORM:
        scale = fmax(scale, fabs(facts->max));
        terms = fmax(fabs(facts->log_sum_exp), log_live);
        break;
    case MMAX_EPSILON_MEAN:
        scale = fmax(fabs(facts->max), fabs(facts->min));
        break;
    case MMAX_EPSILON_NUMBER:
        break;
    }
    return n_spacings * (spacing * scale + DBL_EPSILON * terms);
}

/* Mean of ln softmax over the irrelevant entries; NaN without any.  The terms are divided before
 * they are added, because logits near the end of double's range overflow their sum. */
static double log_geometric_mean(const double *logits, size_t row_length,
                                 const mmax_row_facts *facts, const mmax_relevance *relevance)
{
    double below = relevance->epsilon - relevance->tolerance;
    double n = (double)facts->n_live;
    compensated total = {0};
    size_t n_irrelevant = 0;
    for (size_t i = 0; i < row_length; i++) {
        if (logits[i] < below && is_live(logits[i])) {
            double log_weight = fmax(logits[i] - facts->log_sum_exp, -DBL_MAX);
            compensated_add(&total, log_weight / n);
            n_irrelevant++;
        }
    }
    return n_irrelevant ? compensated_total(&total) * (n / (double)n_irrelevant) : (double)NAN;
}

static double log_reference(const mmax_relevance_rules *rules, const double *logits,
                            size_t row_length, const mmax_row_facts *facts, double log_live,
                            const mmax_relevance *relevance)
{
    double log_s = (double)NAN;
    switch (rules->reference) {
    case MMAX_REFERENCE_UNIFORM:
        return -log_live;
    case MMAX_REFERENCE_NUMBER:
        return log(rules->reference_number);
    case MMAX_REFERENCE_SOFTMAX_MIN:
        log_s = facts->min - facts->log_sum_exp;
        break;
    case MMAX_REFERENCE_GEOMEAN:
        log_s = log_geometric_mean(logits, row_length, facts, relevance);
        break;
    }
    /* Finite, so that ln p - ln s is -inf and not NaN where a weight is 0.  Unlike fmax this keeps
     * the NaN of a row without s. */
    return log_s < -DBL_MAX ? -DBL_MAX : log_s;
}

void mmax_relevance_rows(const mmax_relevance_rules *rules, double spacing, const double *logits,
                         const mmax_row_facts *facts, size_t n_rows, size_t row_length,
                         mmax_relevance *relevance)
{
    size_t n_live = 1;
    double log_live = 0; /* ln n_live: most rows have as many entries as the one before */
    for (size_t r = 0; r < n_rows; r++) {
        mmax_relevance *row = &relevance[r];
        if (facts[r].n_live == 0 || facts[r].invalid != MMAX_NO_COLUMN) {
            *row = (mmax_relevance){(double)NAN, (double)NAN, (double)NAN};
            continue;
        }
        if (facts[r].n_live != n_live) {
            n_live = facts[r].n_live;
            log_live = log((double)n_live);
        }
        row->epsilon = threshold(rules, &facts[r], log_live);
        row->tolerance = threshold_tolerance(rules, &facts[r], log_live, row->epsilon, spacing);
        const double *of_row = logits ? logits + r * row_length : NULL;
        row->log_reference = log_reference(rules, of_row, row_length, &facts[r], log_live, row);
    }
}

bool mmax_relevance_needs_log_weights(const mmax_relevance_rules *rules)
{
    /* Weights below DBL_MIN come in steps of 5e-324: beside an s above this, a step is nothing. */
    static const double smallest_safe = 1e-290;
    switch (rules->reference) {
    case MMAX_REFERENCE_UNIFORM:
        return false;
    case MMAX_REFERENCE_NUMBER:
        return rules->reference_number < smallest_safe;
    case MMAX_REFERENCE_SOFTMAX_MIN:
    case MMAX_REFERENCE_GEOMEAN:
        break;
    }
    return true;
}
