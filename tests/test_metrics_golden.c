/* Metrics against the numbers that other people's code gave for the same weights.
 *
 * Not compared, because the conventions differ: N and M where the maximum is tied (the peer leaves
 * out every tied entry, we one), and what the golden set marks -1 or NaN (within rounding of a
 * threshold, or undefined for one entry where we define it). */
#include "golden.h"
#include "test_metrics.h"

#include <math.h>
#include <stdlib.h>

/* ---- comparing ------------------------------------------------------------------------------- */

typedef struct comparison {
    golden_array metrics; /* of weights, by case and row */
    const char *name;
    size_t row;
    size_t n_compared;
} comparison;

static void compare(comparison *c, const char *what, double ours, double theirs, double tolerance)
{
    if (isnan(theirs))
        return;
    c->n_compared++;
    ck_assert_msg(fabs(ours - theirs) <= tolerance, "%s, row %zu: %s is %.17g, not %.17g", c->name,
                  c->row, what, ours, theirs);
}

static bool tied_maximum(const double *p, size_t n)
{
    double max = 0;
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        max = fmax(max, p[i]);
    for (size_t i = 0; i < n; i++)
        count += p[i] >= max;
    return count > 1;
}

/* ---- metrics from weights -------------------------------------------------------------------- */

/* The columns of metrics.npy. */
enum {
    ENTROPY,
    PERPLEXITY,
    PARTICIPATION = 3,
    ZEROS,
    HOYER,
    GINI,
    MAX,
    FIRST_THRESHOLD, /* for each: N, M, L, S with s = 0.01, S with s = 0.1 */
    N_THRESHOLDS = 3,
    N_COLUMNS = 27
};

static void compare_weights(comparison *c, scored *row, const double *theirs, double tol_abs)
{
    double n = (double)row->n, tolerance = fmax(1e-11, 50 * tol_abs);
    compare(c, "entropy", score(row, "entropy"), theirs[ENTROPY], tolerance);
    compare(c, "perplexity", score(row, "perplexity") / theirs[PERPLEXITY], 1, tolerance);
    compare(c, "participation", score(row, "participation") / theirs[PARTICIPATION], 1, tolerance);
    compare(c, "support", score(row, "support"), n - theirs[ZEROS], 0);
    compare(c, "zeros", score(row, "zeros"), theirs[ZEROS] / n, 1e-15);
    compare(c, "hoyer", score(row, "hoyer"), theirs[HOYER], tolerance);
    compare(c, "gini", score(row, "gini"), theirs[GINI], tolerance);
    compare(c, "max_prob", score(row, "max_prob"), theirs[MAX], 0);
}

static void compare_threshold(comparison *c, scored *row, double threshold, const double *theirs,
                              double tol_abs)
{
    static const double references[] = {0.01, 0.1};
    row->rules = (mmax_relevance_rules){.epsilon = MMAX_EPSILON_NUMBER,
                                        .epsilon_number = log(threshold),
                                        .reference = MMAX_REFERENCE_NUMBER};
    if (theirs[0] >= 0 && !tied_maximum(row->weights, row->n)) {
        compare(c, "n_relevant", score(row, "n_relevant"), theirs[0], 0);
        compare(c, "multimodality", score(row, "multimodality"), theirs[1],
                fmax(1e-11, 50 * tol_abs));
    }
    if (theirs[2] < 0)
        return;
    compare(c, "n_irrelevant", score(row, "n_irrelevant"), theirs[2], 0);
    for (size_t i = 0; i < 2; i++) {
        row->rules.reference_number = references[i];
        compare(c, "sparsity", score(row, "sparsity"), theirs[3 + i],
                fmax(1e-11, 50 * tol_abs / references[i]));
    }
}

/* x = ln p, and a logit far below every threshold for p = 0: the peer counts entries of weight 0,
 * masked ones too, among the irrelevant. */
static void compare_case(const char *object, void *context)
{
    comparison *c = context;
    double first_row = golden_number(object, "metrics_row0", -1);
    if (first_row < 0)
        return;
    char name[256];
    golden_text(object, "name", name);
    golden_array weights = golden_read(object, "output");
    size_t first = (size_t)first_row, n = weights.row_length;
    double tol_abs = golden_number(object, "tol_abs", (double)NAN);
    double *x = mmax_alloc_array(n, sizeof *x);
    ck_assert_ptr_nonnull(x);
    c->name = name;
    for (c->row = 0; c->row < weights.n_rows; c->row++) {
        const double *p = weights.values + c->row * n;
        const double *theirs = c->metrics.values + (first + c->row) * N_COLUMNS;
        double sum = 0;
        for (size_t i = 0; i < n; i++) {
            x[i] = p[i] > 0 ? log(p[i]) : -1e5;
            sum += p[i];
        }
        if (!(fabs(sum - 1) < 1e-6)) /* a row without live entry */
            continue;
        scored row = {.n = n, .logits = x, .weights = p};
        compare_weights(c, &row, theirs, tol_abs);
        double thresholds[N_THRESHOLDS] = {1 / (double)n, 0.01, 0.05};
        for (size_t i = 0; i < N_THRESHOLDS; i++)
            compare_threshold(c, &row, thresholds[i], theirs + FIRST_THRESHOLD + 5 * i, tol_abs);
    }
    free(x);
    free(weights.values);
}

START_TEST(metrics_of_weights_agree_with_the_golden_set)
{
    char *path = testing_shared("golden/public/metrics.npy");
    comparison c = {.n_compared = 0};
    if (path) {
        c.metrics = golden_read_npy(path);
        ck_assert_uint_eq(c.metrics.row_length, N_COLUMNS);
    }
    if (golden_visit_list("cases", compare_case, &c))
        ck_assert_uint_gt(c.n_compared, 30000);
    free(c.metrics.values);
    free(path);
}
END_TEST

/* ---- metrics from logits --------------------------------------------------------------------- */

/* The columns of logitmetrics.*.npy. */
enum {
    N_RELEVANT,
    MULTIMODALITY,
    N_IRRELEVANT,
    FIRST_NUMBER,
    UNIFORM = 6,
    SOFTMAX_MIN,
    GEOMEAN_UNMODULATED,
    MIN_UNMODULATED,
    LOGIT_ENTROPY,
    N_LOGIT_COLUMNS
};

static double positive(double value)
{
    return value > 0 ? value : 0;
}

/* The released code's modulation, by its definition. */
static void modulate(const char *object, const double *x, size_t n, double *modulated)
{
    double t[4] = {0}, r[4] = {0};
    if (golden_numbers(object, "ts", t, 4))
        ck_assert(golden_numbers(object, "ranges", r, 4));
    for (size_t i = 0; i < n; i++) {
        double below = positive(r[2] - x[i]), above = positive(x[i] - r[3]);
        modulated[i] = x[i] + t[0] * positive(r[0] - x[i]) + t[1] * positive(x[i] - r[1]) +
                       t[2] * below * below + t[3] * above * above;
    }
}

/* The peer applies the threshold to the modulated logits z, and takes two of its references from
 * the unmodulated x. */
static void compare_logits(comparison *c, scored *row, const double *x, const double *theirs)
{
    static const double tolerance = 1e-11, numbers[] = {0.001, 0.01, 0.1};
    if (!tied_maximum(row->weights, row->n)) {
        compare(c, "n_relevant", score(row, "n_relevant"), theirs[N_RELEVANT], 0);
        compare(c, "multimodality", score(row, "multimodality"), theirs[MULTIMODALITY], tolerance);
    }
    compare(c, "n_irrelevant", score(row, "n_irrelevant"), theirs[N_IRRELEVANT], 0);
    compare(c, "entropy", score(row, "entropy"), theirs[LOGIT_ENTROPY], tolerance);
    row->rules.reference = MMAX_REFERENCE_NUMBER;
    for (size_t i = 0; i < 3; i++) {
        row->rules.reference_number = numbers[i];
        compare(c, "sparsity, number", score(row, "sparsity"), theirs[FIRST_NUMBER + i], tolerance);
    }
    row->rules.reference = MMAX_REFERENCE_UNIFORM;
    compare(c, "sparsity, uniform", score(row, "sparsity"), theirs[UNIFORM], tolerance);
    row->rules.reference = MMAX_REFERENCE_SOFTMAX_MIN;
    compare(c, "sparsity, softmax-min", score(row, "sparsity"), theirs[SOFTMAX_MIN], tolerance);

    mmax_relevance relevance = relevance_of(&row->rules, row->logits, row->n);
    relevance.log_reference = relevance_of(&row->rules, x, row->n).log_reference;
    row->relevance = &relevance;
    compare(c, "sparsity, minimum of x", score(row, "sparsity"), theirs[MIN_UNMODULATED],
            tolerance);
    row->rules.reference = MMAX_REFERENCE_GEOMEAN;
    relevance.log_reference = relevance_of(&row->rules, x, row->n).log_reference;
    if (!isnan(relevance.log_reference))
        compare(c, "sparsity, geomean of x", score(row, "sparsity"), theirs[GEOMEAN_UNMODULATED],
                tolerance);
}

static void compare_logit_case(const char *object, void *context)
{
    comparison *c = context;
    char name[256];
    golden_text(object, "name", name);
    golden_array logits = golden_read(object, "input"), theirs = golden_read(object, "output");
    ck_assert_uint_eq(theirs.row_length, N_LOGIT_COLUMNS);
    ck_assert_uint_eq(theirs.n_rows, 3 * logits.n_rows);
    size_t n = logits.row_length;
    double epsilons[3], *z = mmax_alloc_array(3 * n, sizeof *z), *p = z + n, *log_p = p + n;
    ck_assert(z && golden_numbers(object, "logit_eps", epsilons, 3));
    c->name = name;
    for (c->row = 0; c->row < theirs.n_rows; c->row++) {
        const double *x = logits.values + c->row % logits.n_rows * n;
        modulate(object, x, n, z);
        softmax_of(z, n, p, log_p);
        scored row = {.n = n,
                      .logits = z,
                      .weights = p,
                      .log_weights = log_p,
                      .rules = {.epsilon = MMAX_EPSILON_NUMBER,
                                .epsilon_number = epsilons[c->row / logits.n_rows]}};
        compare_logits(c, &row, x, theirs.values + c->row * N_LOGIT_COLUMNS);
    }
    free(z);
    free(logits.values);
    free(theirs.values);
}

START_TEST(metrics_of_logits_agree_with_the_golden_set)
{
    comparison c = {.n_compared = 0};
    if (golden_visit_list("logit_metric_cases", compare_logit_case, &c))
        ck_assert_uint_gt(c.n_compared, 2000);
}
END_TEST

TCase *golden_tests(void)
{
    TCase *tests = tcase_create("golden");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, metrics_of_weights_agree_with_the_golden_set);
    tcase_add_test(tests, metrics_of_logits_agree_with_the_golden_set);
    return tests;
}
