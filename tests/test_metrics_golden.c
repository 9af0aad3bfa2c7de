/* Metrics against the numbers that other people's code gave for the same weights.
 *
 * Not compared, because the conventions differ: N and M where the maximum is tied (the peer leaves
 * out every tied entry, we one), and what the golden set marks -1 or NaN (within rounding of a
 * threshold, or undefined for one entry where we define it). */
#include "test_metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- a tiny reader of the golden set --------------------------------------------------------- */

/* float64, C order. */
typedef struct array {
    char *bytes;
    double *values; /* (n_rows, width): all axes but the last as one */
    size_t n_rows, width;
} array;

static array read_array(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "golden/public/%s", name);
    char *file = testing_shared(path);
    ck_assert_ptr_nonnull(file);
    size_t n_bytes;
    array a = {.bytes = testing_read_file(file, &n_bytes)};
    free(file);
    ck_assert_uint_gt(n_bytes, 10);
    ck_assert(memcmp(a.bytes, "\x93NUMPY\x01", 7) == 0);
    size_t start = 10 + (unsigned char)a.bytes[8] + 256 * (size_t)(unsigned char)a.bytes[9];
    ck_assert_ptr_nonnull(strstr(a.bytes + 10, "'descr': '<f8', 'fortran_order': False"));
    size_t n = (n_bytes - start) / sizeof *a.values;
    char *shape = strstr(a.bytes + 10, "'shape': (") + 10;
    while (*shape != ')') {
        a.width = strtoul(shape, &shape, 10);
        shape += strspn(shape, ", ");
    }
    a.n_rows = n / a.width;
    a.values = mmax_alloc_array(n, sizeof *a.values);
    memcpy(a.values, a.bytes + start, n * sizeof *a.values);
    return a;
}

static void free_array(array *a)
{
    free(a->bytes);
    free(a->values);
}

/* The text of the object that begins at or after TEXT, to be freed; *END is behind it; NULL where
 * the list ends before. */
static char *next_object(const char *text, const char **end)
{
    while (*text != '{')
        if (*text++ == ']')
            return NULL;
    size_t depth = 0, length = 0;
    do {
        depth += text[length] == '{';
        depth -= text[length] == '}';
        length++;
    } while (depth > 0);
    char *object = mmax_alloc_array(length + 1, 1);
    memcpy(object, text, length);
    object[length] = '\0';
    *end = text + length;
    return object;
}

static const char *find(const char *object, const char *key)
{
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\":", key);
    const char *found = strstr(object, quoted);
    return found ? found + strlen(quoted) : NULL;
}

static void string_of(const char *object, const char *key, char text[128])
{
    const char *value = find(object, key);
    ck_assert_ptr_nonnull(value);
    ck_assert_int_eq(sscanf(value, "\"%127[^\"]\"", text), 1);
}

static double number_of(const char *object, const char *key)
{
    const char *value = find(object, key);
    ck_assert_ptr_nonnull(value);
    return strtod(value, NULL);
}

static void numbers_of(const char *object, const char *key, double *numbers, size_t n)
{
    char *value = strchr(find(object, key), '[');
    for (size_t i = 0; i < n; i++)
        numbers[i] = strtod(value + 1, &value);
}

static char *read_manifest(const char *test)
{
    char *file = testing_shared("golden/public/manifest.json");
    if (!file) {
        printf("SKIP: %s: no golden set\n", test);
        return NULL;
    }
    char *manifest = testing_read_file(file, NULL);
    free(file);
    return manifest;
}

/* ---- comparing ------------------------------------------------------------------------------- */

typedef struct comparison {
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
static void compare_case(const char *object, const array *metrics, comparison *c)
{
    char name[128], output[128];
    string_of(object, "name", name);
    string_of(object, "output", output);
    array weights = read_array(output);
    size_t first = (size_t)number_of(object, "metrics_row0");
    double tol_abs = number_of(object, "tol_abs");
    double *x = mmax_alloc_array(weights.width, sizeof *x);
    c->name = name;
    for (c->row = 0; c->row < weights.n_rows; c->row++) {
        const double *p = weights.values + c->row * weights.width;
        const double *theirs = metrics->values + (first + c->row) * N_COLUMNS;
        double sum = 0;
        for (size_t i = 0; i < weights.width; i++) {
            x[i] = p[i] > 0 ? log(p[i]) : -1e5;
            sum += p[i];
        }
        if (!(fabs(sum - 1) < 1e-6)) /* a row without live entry */
            continue;
        scored row = {.n = weights.width, .logits = x, .weights = p};
        compare_weights(c, &row, theirs, tol_abs);
        double thresholds[N_THRESHOLDS] = {1 / (double)weights.width, 0.01, 0.05};
        for (size_t i = 0; i < N_THRESHOLDS; i++)
            compare_threshold(c, &row, thresholds[i], theirs + FIRST_THRESHOLD + 5 * i, tol_abs);
    }
    free(x);
    free_array(&weights);
}

START_TEST(metrics_of_weights_agree_with_the_golden_set)
{
    char *manifest = read_manifest("metrics_of_weights_agree_with_the_golden_set");
    if (!manifest)
        return;
    array metrics = read_array("metrics.npy");
    ck_assert_uint_eq(metrics.width, N_COLUMNS);
    comparison c = {0};
    const char *next = find(manifest, "cases");
    for (char *object; (object = next_object(next, &next)); free(object))
        if (find(object, "metrics_row0"))
            compare_case(object, &metrics, &c);
    ck_assert_uint_gt(c.n_compared, 30000);
    free_array(&metrics);
    free(manifest);
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
    if (find(object, "ts")) {
        numbers_of(object, "ts", t, 4);
        numbers_of(object, "ranges", r, 4);
    }
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

static void compare_logit_case(const char *object, comparison *c)
{
    char name[128], input[128], output[128];
    string_of(object, "name", name);
    string_of(object, "input", input);
    string_of(object, "output", output);
    array logits = read_array(input), theirs = read_array(output);
    ck_assert_uint_eq(theirs.width, N_LOGIT_COLUMNS);
    ck_assert_uint_eq(theirs.n_rows, 3 * logits.n_rows);
    size_t n = logits.width;
    double epsilons[3], *z = mmax_alloc_array(3 * n, sizeof *z), *p = z + n, *log_p = p + n;
    numbers_of(object, "logit_eps", epsilons, 3);
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
    free_array(&logits);
    free_array(&theirs);
}

START_TEST(metrics_of_logits_agree_with_the_golden_set)
{
    char *manifest = read_manifest("metrics_of_logits_agree_with_the_golden_set");
    if (!manifest)
        return;
    comparison c = {0};
    const char *next = find(manifest, "logit_metric_cases");
    for (char *object; (object = next_object(next, &next)); free(object))
        compare_logit_case(object, &c);
    ck_assert_uint_gt(c.n_compared, 2000);
    free(manifest);
}
END_TEST

TCase *golden_tests(void)
{
    TCase *tests = tcase_create("golden");
    tcase_add_test(tests, metrics_of_weights_agree_with_the_golden_set);
    tcase_add_test(tests, metrics_of_logits_agree_with_the_golden_set);
    return tests;
}
