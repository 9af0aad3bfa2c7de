/* Conditions on the summaries of a result:
 *     [MAP ":"] METRIC "." STATISTIC OPERATOR NUMBER */
#include "analyze/analyze.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { QUOTED_SIZE = MMAX_MESSAGE_SIZE / 4, SIGN_SIZE = 8 };

static const char *const operators[] = {
    [MMAX_IS_LESS] = "<",      [MMAX_IS_AT_MOST] = "<=", [MMAX_IS_GREATER] = ">",
    [MMAX_IS_AT_LEAST] = ">=", [MMAX_IS_EQUAL] = "==",   [MMAX_IS_UNEQUAL] = "!=",
};
enum { N_OPERATORS = sizeof operators / sizeof *operators };

/* ---- the grammar ----------------------------------------------------------------------------- */

/* What a check is made of, in words. */
typedef struct check_parts {
    char *map; /* NULL: all of them */
    char *metric, *statistic;
    char sign[SIGN_SIZE];
    char *number;
} check_parts;

/* TEXT without the blanks at its ends. */
static char *trim(char *text)
{
    static const char blanks[] = " \t";
    text += strspn(text, blanks);
    char *end = text + strlen(text);
    while (end > text && strchr(blanks, end[-1]))
        end--;
    *end = '\0';
    return text;
}

/* Cuts TEXT into its parts; false if one is missing.  SPECs and names of files hold all kinds of
 * signs, but what comes behind them does not: the last operator and the last colon are the ones. */
static bool split(char *text, check_parts *parts)
{
    static const char signs[] = "<=>!";
    char *end = text + strlen(text);
    while (end > text && !strchr(signs, end[-1]))
        end--;
    char *begin = end;
    while (begin > text && strchr(signs, begin[-1]))
        begin--;
    size_t length = (size_t)(end - begin);
    length = length < SIGN_SIZE ? length : SIGN_SIZE - 1;
    memcpy(parts->sign, begin, length);
    parts->sign[length] = '\0';
    parts->number = trim(end);
    *begin = '\0';

    char *colon = strrchr(text, ':');
    if (colon)
        *colon = '\0';
    parts->map = colon ? trim(text) : NULL;
    parts->metric = trim(colon ? colon + 1 : text);
    char *dot = strchr(parts->metric, '.');
    if (!dot)
        return false;
    *dot = '\0';
    parts->statistic = dot + 1;
    return *parts->metric && *parts->statistic && *parts->sign && *parts->number;
}

/* Says what NAME might have been; MEANT, the nearest of NAMES, may be NULL. */
static mmax_status refuse_name(const char *name, const char *what, const char *const *names,
                               size_t n, const char *meant, mmax_error *error)
{
    char list[MMAX_MESSAGE_SIZE / 2] = "", quoted[QUOTED_SIZE];
    for (size_t i = 0, used = 0; i < n && used < sizeof list; i++)
        used +=
            (size_t)snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", names[i]);
    return mmax_fail(error, MMAX_EUSAGE, "'%s' is no %s (%s)%s%s%s",
                     mmax_quote(name, strlen(name), quoted, sizeof quoted), what, list,
                     meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
}

static mmax_status find_map(const mmax_plan *plan, const char *name, size_t *map, mmax_error *error)
{
    char storage[MMAX_MAX_MAPS][MMAX_SPEC_SIZE];
    const char *labels[MMAX_MAX_MAPS];
    *map = mmax_plan_find_map(plan, name);
    if (*map < plan->n_maps)
        return MMAX_OK;
    for (size_t i = 0; i < plan->n_maps; i++)
        labels[i] = mmax_plan_label(plan, i, storage[i]);
    return refuse_name(name, "map of this run", labels, plan->n_maps,
                       mmax_suggest(name, labels, plan->n_maps), error);
}

/* Suggests none: the nearest of median is mean, and that of p90 is p50. */
static mmax_status find_statistic(const char *name, size_t *statistic, mmax_error *error)
{
    for (size_t i = 0; i < MMAX_STATISTICS; i++)
        if (strcmp(name, mmax_statistic_names[i]) == 0) {
            *statistic = i;
            return MMAX_OK;
        }
    return refuse_name(name, "statistic", mmax_statistic_names, MMAX_STATISTICS, NULL, error);
}

static mmax_status read_number(const char *text, double *number, mmax_error *error)
{
    char quoted[QUOTED_SIZE];
    double value;
    if (!mmax_number_read(text, strlen(text), &value) || isnan(value))
        return mmax_fail(error, MMAX_EUSAGE, "'%s' is not a number",
                         mmax_quote(text, strlen(text), quoted, sizeof quoted));
    *number = value;
    return MMAX_OK;
}

/* Finds what the parts stand for. */
static mmax_status resolve(const mmax_plan *plan, const check_parts *parts, mmax_check *check,
                           mmax_error *error)
{
    check->map = MMAX_EVERY_MAP;
    if (parts->map && find_map(plan, parts->map, &check->map, error) != MMAX_OK)
        return MMAX_EUSAGE;
    check->metric = mmax_metric_find(parts->metric, error);
    if (check->metric == MMAX_MAX_METRICS)
        return MMAX_EUSAGE;
    if (find_statistic(parts->statistic, &check->statistic, error) != MMAX_OK)
        return MMAX_EUSAGE;
    size_t comparison = mmax_find_word("operator", parts->sign, operators, N_OPERATORS, error);
    if (comparison == N_OPERATORS)
        return MMAX_EUSAGE;
    check->comparison = (mmax_comparison)comparison;
    return read_number(parts->number, &check->number, error);
}

static mmax_status parse(const mmax_plan *plan, const char *text, mmax_check *check,
                         mmax_error *error)
{
    check_parts parts;
    char *copy = mmax_copy_text(text);
    if (!copy)
        return mmax_fail_memory(error, "reading it");
    mmax_status status = split(copy, &parts)
                             ? resolve(plan, &parts, check, error)
                             : mmax_fail(error, MMAX_EUSAGE,
                                         "expected [MAP:]METRIC.STATISTIC OPERATOR NUMBER, such as "
                                         "'entropy.mean > 0.5'");
    free(copy);
    return status;
}

/* ---- the plan's ------------------------------------------------------------------------------ */

static mmax_status keep(mmax_plan *plan, const mmax_check *check, const char *text,
                        mmax_error *error)
{
    mmax_check *checks = mmax_resize_array(plan->checks, plan->n_checks + 1, sizeof *checks);
    if (checks)
        plan->checks = checks;
    char *copy = mmax_copy_text(text);
    if (!checks || !copy) {
        free(copy);
        return mmax_fail_memory(error, "keeping it");
    }
    checks[plan->n_checks] = *check;
    checks[plan->n_checks++].text = copy;
    mmax_metric_list_add(&plan->metrics, check->metric);
    return MMAX_OK;
}

mmax_status mmax_plan_add_check(mmax_plan *plan, const char *text, mmax_error *error)
{
    mmax_check check;
    mmax_error cause;
    char quoted[QUOTED_SIZE];
    mmax_status status = parse(plan, text, &check, &cause);
    if (status == MMAX_OK)
        status = keep(plan, &check, text, &cause);
    if (status == MMAX_OK)
        return MMAX_OK;
    return mmax_fail(error, status, "check '%s': %s",
                     mmax_quote(text, strlen(text), quoted, sizeof quoted), cause.message);
}

void mmax_plan_add_checked_metrics(mmax_plan *plan)
{
    for (size_t i = 0; i < plan->n_checks; i++)
        mmax_metric_list_add(&plan->metrics, plan->checks[i].metric);
}

void mmax_plan_drop_checks(mmax_plan *plan)
{
    for (size_t i = 0; i < plan->n_checks; i++)
        free(plan->checks[i].text);
    free(plan->checks);
    plan->checks = NULL;
    plan->n_checks = 0;
    plan->metrics.n = plan->metrics.n_reported;
}

/* ---- what a result says ---------------------------------------------------------------------- */

/* Written so that NaN fails every one of them. */
static bool compare(double value, mmax_comparison comparison, double number)
{
    switch (comparison) {
    case MMAX_IS_LESS:
        return value < number;
    case MMAX_IS_AT_MOST:
        return value <= number;
    case MMAX_IS_GREATER:
        return value > number;
    case MMAX_IS_AT_LEAST:
        return value >= number;
    case MMAX_IS_EQUAL:
        return value <= number && value >= number;
    case MMAX_IS_UNEQUAL:
        return value < number || value > number;
    }
    return false;
}

static void tell(const mmax_plan *plan, const mmax_check *check, const mmax_summary *summary,
                 mmax_check_outcome *outcome)
{
    char text[QUOTED_SIZE], spec[MMAX_SPEC_SIZE], label[QUOTED_SIZE], number[MMAX_NUMBER_SIZE];
    const char *map = mmax_plan_label(plan, outcome->map, spec);
    mmax_number_write(outcome->value, number);
    const char *found = !isnan(outcome->value) ? number
                        : summary->count == 0  ? "missing, since no row has a value"
                                               : "missing, since only one row has a value";
    snprintf(outcome->message, sizeof outcome->message, "check '%s' %s under %s: %s.%s is %s",
             mmax_quote(check->text, strlen(check->text), text, sizeof text),
             outcome->holds ? "holds" : "does not hold",
             mmax_quote(map, strlen(map), label, sizeof label),
             mmax_metric_info_at(check->metric)->key, mmax_statistic_names[check->statistic],
             found);
}

static void look_at(const mmax_plan *plan, const mmax_result *result, const mmax_check *check,
                    size_t map, mmax_check_outcome *outcome)
{
    const mmax_summary *summary =
        mmax_result_summary(result, map, mmax_metric_info_at(check->metric)->key);
    assert(summary);
    double statistics[MMAX_STATISTICS];
    mmax_summary_statistics(summary, statistics);
    outcome->check = check->text;
    outcome->map = map;
    outcome->value = statistics[check->statistic];
    outcome->holds = compare(outcome->value, check->comparison, check->number);
    tell(plan, check, summary, outcome);
}

bool mmax_check_outcome_at(const mmax_plan *plan, const mmax_result *result, size_t i,
                           mmax_check_outcome *outcome)
{
    for (size_t k = 0; k < plan->n_checks; k++) {
        const mmax_check *check = &plan->checks[k];
        bool is_of_one = check->map != MMAX_EVERY_MAP;
        size_t n = is_of_one ? 1 : result->n_maps;
        if (i < n) {
            look_at(plan, result, check, is_of_one ? check->map : i, outcome);
            return true;
        }
        i -= n;
    }
    return false;
}
