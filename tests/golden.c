#include "golden.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- arrays ---------------------------------------------------------------------------------- */

static double half_to_double(unsigned bits)
{
    int exponent = (int)(bits >> 10 & 31);
    double fraction = (double)(bits & 1023);
    double magnitude = exponent == 31  ? HUGE_VAL
                       : exponent == 0 ? ldexp(fraction, -24)
                                       : ldexp(1024 + fraction, exponent - 25);
    return bits >> 15 ? -magnitude : magnitude;
}

/* The files are little-endian, machines need not be. */
static double element_at(const char *bytes, size_t i, size_t size)
{
    uint64_t bits = 0;
    for (size_t j = 0; j < size; j++)
        bits |= (uint64_t)(unsigned char)bytes[i * size + j] << 8 * j;
    if (size == 2)
        return half_to_double((unsigned)bits);
    if (size == 4) {
        uint32_t low = (uint32_t)bits;
        float single;
        memcpy(&single, &low, 4);
        return (double)single;
    }
    double number;
    memcpy(&number, &bits, 8);
    return number;
}

golden_array golden_read_npy(const char *file)
{
    size_t n_bytes, n_elements = 1, row_length = 1;
    char *bytes = testing_read_file(file, &n_bytes);
    size_t header_length = (unsigned char)bytes[8] + 256u * (unsigned char)bytes[9];
    char *descr = strstr(bytes + 10, "'<f"), *shape = strstr(bytes + 10, "'shape': (");
    ck_assert(descr && shape && strstr(bytes + 10, "'fortran_order': False"));
    size_t size = (size_t)(descr[3] - '0');
    for (char *at = shape + strlen("'shape': ("); *at != ')';) {
        row_length = strtoul(at, &at, 10);
        n_elements *= row_length;
        at += strspn(at, ", ");
    }
    ck_assert_uint_eq(n_bytes, 10 + header_length + n_elements * size);
    golden_array read = {mmax_alloc_array(n_elements, sizeof(double)), n_elements / row_length,
                         row_length};
    ck_assert_ptr_nonnull(read.values);
    for (size_t i = 0; i < n_elements; i++)
        read.values[i] = element_at(bytes + 10 + header_length, i, size);
    free(bytes);
    return read;
}

/* ---- the manifest ---------------------------------------------------------------------------- */

/* The end of the JSON object that starts at TEXT. */
static char *object_end(char *text)
{
    int depth = 0;
    bool quoted = false;
    for (; *text; text++) {
        if (*text == '"' && text[-1] != '\\')
            quoted = !quoted;
        depth += quoted ? 0 : (*text == '{') - (*text == '}');
        if (depth == 0)
            return text + 1;
    }
    ck_abort_msg("the manifest ends within an object");
}

static const char *find_value(const char *object, const char *key)
{
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\":", key);
    const char *at = strstr(object, quoted);
    return at ? at + strlen(quoted) : NULL;
}

double golden_number(const char *object, const char *key, double otherwise)
{
    const char *at = find_value(object, key);
    return at ? strtod(at, NULL) : otherwise;
}

bool golden_numbers(const char *object, const char *key, double *numbers, size_t n)
{
    const char *at = find_value(object, key);
    if (!at)
        return false;
    for (size_t i = 0; i < n; i++) {
        char *end;
        at += strspn(at, "[, ");
        numbers[i] = strtod(at, &end);
        ck_assert_ptr_ne(end, at);
        at = end;
    }
    return true;
}

void golden_text(const char *object, const char *key, char text[256])
{
    const char *at = find_value(object, key);
    ck_assert(at && *at == '"');
    snprintf(text, 256, "%.*s", (int)strcspn(at + 1, "\""), at + 1);
}

enum { LIST_SIZE = 128 };

/* "[1, 2, 3, 4]" of the manifest as the SPEC's "1/2/3/4". */
static void list_of(const char *object, const char *key, char list[LIST_SIZE])
{
    const char *at = find_value(object, key);
    ck_assert(at && *at == '[');
    size_t n = 0;
    for (at++; *at != ']' && n < LIST_SIZE - 1; at++)
        if (*at != ' ')
            list[n++] = *at == ',' ? '/' : *at;
    list[n] = '\0';
}

static bool row_is_unsafe(const char *object, size_t row)
{
    const char *at = find_value(object, "zeros_unsafe_rows");
    if (!at)
        return false;
    for (char *end; *at != ']'; at = end) {
        at++;
        unsigned long unsafe = strtoul(at, &end, 10);
        if (end == at)
            return false;
        if (unsafe == row)
            return true;
    }
    return false;
}

/* The SPEC of a case; false for the mappings that are not ours. */
bool golden_spec(const char *object, char spec[MMAX_SPEC_SIZE])
{
    char mapping[256], ts[LIST_SIZE], ranges[LIST_SIZE];
    golden_text(object, "mapping", mapping);
    if (strcmp(mapping, "softmax") == 0)
        snprintf(spec, MMAX_SPEC_SIZE, "softmax:t=%.17g", golden_number(object, "temperature", 1));
    else if (strcmp(mapping, "entmax") == 0)
        snprintf(spec, MMAX_SPEC_SIZE, "entmax:%.17g", golden_number(object, "alpha", (double)NAN));
    else if (strcmp(mapping, "entmax15") == 0)
        snprintf(spec, MMAX_SPEC_SIZE, "entmax:1.5");
    else if (strcmp(mapping, "sparsemax") == 0 || strcmp(mapping, "evsoftmax") == 0)
        snprintf(spec, MMAX_SPEC_SIZE, "%s", mapping);
    else if (strcmp(mapping, "multimax") == 0) {
        list_of(object, "ts", ts);
        list_of(object, "ranges", ranges);
        snprintf(spec, MMAX_SPEC_SIZE, "multimax:ts=%s,ranges=%s", ts, ranges);
    } else
        return false;
    return true;
}

char *golden_path(const char *object, const char *key)
{
    char name[256], file[512];
    golden_text(object, key, name);
    snprintf(file, sizeof file, "golden/public/%s", name);
    return testing_shared(file);
}

golden_array golden_read(const char *object, const char *key)
{
    char *path = golden_path(object, key);
    ck_assert_ptr_nonnull(path);
    golden_array read = golden_read_npy(path);
    free(path);
    return read;
}

bool golden_visit_list(const char *list, golden_visitor *visit, void *context)
{
    char *path = testing_shared("golden/public/manifest.json");
    if (!path) {
        printf("SKIP: golden vectors: the shared folder is not there\n");
        return false;
    }
    char *manifest = testing_read_file(path, NULL);
    const char *value = find_value(manifest, list);
    ck_assert(value && *value == '[');
    for (char *at = manifest + (value + 1 - manifest); *at == '{';) {
        char *end = object_end(at), next = *end;
        *end = '\0';
        visit(at, context);
        at = next == ',' ? end + 1 : end;
        *end = next;
    }
    free(manifest);
    free(path);
    return true;
}

/* A visitor of the cases that are ours, and what it was given. */
typedef struct chosen_visit {
    golden_visitor *visit;
    void *context;
} chosen_visit;

static void visit_ours(const char *object, void *context)
{
    const chosen_visit *chosen = context;
    char spec[MMAX_SPEC_SIZE];
    if (golden_spec(object, spec))
        chosen->visit(object, chosen->context);
}

bool golden_visit(golden_visitor *visit, void *context)
{
    chosen_visit chosen = {visit, context};
    return golden_visit_list("cases", visit_ours, &chosen);
}

/* ---- comparison ------------------------------------------------------------------------------ */

/* The peer's evsoftmax takes the mean over -inf, too, and degenerates to softmax; ours is over the
 * live entries, as are the cases marked "live". */
static bool peer_differs(const char *object, const double *x, size_t n)
{
    char mapping[256];
    golden_text(object, "mapping", mapping);
    if (strcmp(mapping, "evsoftmax") != 0 || strstr(object, "\"rows\":\"live\""))
        return false;
    for (size_t i = 0; i < n; i++)
        if (x[i] == -HUGE_VAL)
            return true;
    return false;
}

static double compare_row(const char *object, const char *name, size_t row, const double *p,
                          const double *expected, size_t n, bool is_single)
{
    double tol_abs = golden_number(object, is_single ? "tol_abs_f32" : "tol_abs", 0);
    double tol_rel = is_single ? (double)NAN : golden_number(object, "tol_rel", (double)NAN);
    double least = is_single ? 0x1p-124 : 0, worst = 0;
    bool unsafe = row_is_unsafe(object, row);
    for (size_t i = 0; i < n; i++) {
        double error = fabs(p[i] - expected[i]);
        worst = fmax(worst, error);
        /* DBL_MIN: below it the peers' numbers have lost digits to gradual underflow. */
        bool far = !(error <= tol_abs) || error > tol_rel * expected[i] + DBL_MIN;
        if (far)
            ck_abort_msg("%s, row %zu, column %zu: %.17g, expected %.17g", name, row, i, p[i],
                         expected[i]);
        if (!unsafe && (p[i] == 0) != (expected[i] == 0) && !(expected[i] < least && p[i] < least))
            ck_abort_msg("%s, row %zu, column %zu: %.17g, expected %.17g: a zero must be exact",
                         name, row, i, p[i], expected[i]);
    }
    return worst;
}

static double compare_all(const char *object, const golden_array *logits, const double *weights,
                          bool is_single)
{
    char name[256];
    golden_text(object, "name", name);
    golden_array expected = golden_read(object, "output");
    ck_assert_uint_eq(expected.n_rows, logits->n_rows);
    ck_assert_uint_eq(expected.row_length, logits->row_length);
    double worst = 0;
    for (size_t row = 0; row < logits->n_rows; row++) {
        size_t at = row * logits->row_length, n = logits->row_length;
        if (!peer_differs(object, logits->values + at, n))
            worst = fmax(worst, compare_row(object, name, row, weights + at, expected.values + at,
                                            n, is_single));
    }
    free(expected.values);
    return worst / golden_number(object, is_single ? "tol_abs_f32" : "tol_abs", 0);
}

double golden_compare(const char *object, const golden_array *logits, const double *weights)
{
    return compare_all(object, logits, weights, false);
}

double golden_compare_single(const char *object, const golden_array *logits, const double *weights)
{
    return compare_all(object, logits, weights, true);
}
