/* The maps against numbers made by other people's code: the golden vectors, where they are there,
 * and the values that their authors printed. */
#include "map/map.h"
#include "testing.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- arrays ---------------------------------------------------------------------------------- */

typedef struct array {
    double *values;
    size_t n_rows, row_length;
} array;

static double half_to_double(const unsigned char *bytes)
{
    unsigned bits = bytes[0] | (unsigned)bytes[1] << 8;
    int exponent = (int)(bits >> 10 & 31);
    double fraction = (double)(bits & 1023);
    double magnitude = exponent == 31  ? HUGE_VAL
                       : exponent == 0 ? ldexp(fraction, -24)
                                       : ldexp(1024 + fraction, exponent - 25);
    return bits >> 15 ? -magnitude : magnitude;
}

static double element_at(const char *bytes, size_t i, size_t size)
{
    float single;
    double number;
    if (size == 2)
        return half_to_double((const unsigned char *)bytes + 2 * i);
    if (size == 4) {
        memcpy(&single, bytes + 4 * i, 4);
        return (double)single;
    }
    memcpy(&number, bytes + 8 * i, 8);
    return number;
}

/* NPY 1.0, little endian, C order, f2, f4 or f8: all that the golden vectors are. */
static array read_npy(const char *file)
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
    array read = {mmax_alloc_array(n_elements, sizeof(double)), n_elements / row_length,
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

static double number_of(const char *object, const char *key, double otherwise)
{
    const char *at = find_value(object, key);
    return at ? strtod(at, NULL) : otherwise;
}

static void text_of(const char *object, const char *key, char text[256])
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
static bool spec_of(const char *object, char spec[MMAX_SPEC_SIZE])
{
    char mapping[256], ts[LIST_SIZE], ranges[LIST_SIZE];
    text_of(object, "mapping", mapping);
    if (strcmp(mapping, "softmax") == 0)
        snprintf(spec, MMAX_SPEC_SIZE, "softmax:t=%.17g", number_of(object, "temperature", 1));
    else if (strcmp(mapping, "entmax") == 0)
        snprintf(spec, MMAX_SPEC_SIZE, "entmax:%.17g", number_of(object, "alpha", (double)NAN));
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

/* ---- golden vectors -------------------------------------------------------------------------- */

/* The peer's evsoftmax takes the mean over -inf, too, and degenerates to softmax; ours is over the
 * live entries, as are the cases marked "live". */
static bool peer_differs(const char *object, const mmax_map *map, const double *x, size_t n)
{
    if (map->kind != MMAX_EVSOFTMAX || strstr(object, "\"rows\":\"live\""))
        return false;
    for (size_t i = 0; i < n; i++)
        if (x[i] == -HUGE_VAL)
            return true;
    return false;
}

static double compare_row(const char *object, const char *name, size_t row, const double *p,
                          const double *expected, size_t n)
{
    double tol_abs = number_of(object, "tol_abs", 0);
    double tol_rel = number_of(object, "tol_rel", (double)NAN), worst = 0;
    bool unsafe = row_is_unsafe(object, row);
    for (size_t i = 0; i < n; i++) {
        double error = fabs(p[i] - expected[i]);
        worst = fmax(worst, error);
        /* DBL_MIN: below it the peers' numbers have lost digits to gradual underflow. */
        bool far = !(error <= tol_abs) || error > tol_rel * expected[i] + DBL_MIN;
        if (far)
            ck_abort_msg("%s, row %zu, column %zu: %.17g, expected %.17g", name, row, i, p[i],
                         expected[i]);
        if (!unsafe && (p[i] == 0) != (expected[i] == 0))
            ck_abort_msg("%s, row %zu, column %zu: %.17g, expected %.17g: a zero must be exact",
                         name, row, i, p[i], expected[i]);
    }
    return worst;
}

static double compare_case(const char *object, const mmax_map *map)
{
    char name[256], input[256], output[256], file[512];
    text_of(object, "name", name);
    text_of(object, "input", input);
    text_of(object, "output", output);
    snprintf(file, sizeof file, "golden/public/%s", input);
    char *input_path = testing_shared(file);
    snprintf(file, sizeof file, "golden/public/%s", output);
    char *output_path = testing_shared(file);
    array x = read_npy(input_path), expected = read_npy(output_path);
    double *p = mmax_alloc_array(x.n_rows * x.row_length, sizeof *p), worst = 0;
    ck_assert_ptr_nonnull(p);
    mmax_error error = {.status = MMAX_OK};
    mmax_map_rows(map, x.values, x.n_rows, x.row_length, NULL, p, NULL, &error);
    ck_assert_msg(error.status == MMAX_OK, "%s: %s", name, error.message);
    for (size_t row = 0; row < x.n_rows; row++) {
        size_t at = row * x.row_length;
        if (!peer_differs(object, map, x.values + at, x.row_length))
            worst = fmax(
                worst, compare_row(object, name, row, p + at, expected.values + at, x.row_length));
    }
    free(p);
    free(x.values);
    free(expected.values);
    free(input_path);
    free(output_path);
    return worst / number_of(object, "tol_abs", 0);
}

START_TEST(every_golden_case_is_met_within_its_tolerance)
{
    char *path = testing_shared("golden/public/manifest.json");
    if (!path) {
        printf("SKIP: golden vectors: the shared folder is not there\n");
        return;
    }
    char *manifest = testing_read_file(path, NULL);
    char *at = strstr(manifest, "\"cases\":[");
    ck_assert_ptr_nonnull(at);
    size_t n_cases[MMAX_MULTIMAX + 1] = {0};
    double worst[MMAX_MULTIMAX + 1] = {0};
    for (at += strlen("\"cases\":["); *at == '{';) {
        char *end = object_end(at), next = *end, spec[MMAX_SPEC_SIZE];
        *end = '\0';
        if (spec_of(at, spec)) {
            mmax_map map;
            ck_assert_int_eq(mmax_map_parse(spec, &map, NULL), MMAX_OK);
            worst[map.kind] = fmax(worst[map.kind], compare_case(at, &map));
            n_cases[map.kind]++;
        }
        at = next == ',' ? end + 1 : end;
        *end = next;
    }
    for (size_t i = 0; mmax_map_info_at(i); i++) {
        printf("%s: %zu golden cases, worst error / tolerance %.2g\n", mmax_map_info_at(i)->name,
               n_cases[i], worst[i]);
        ck_assert_uint_gt(n_cases[i], 0);
    }
    free(manifest);
    free(path);
}
END_TEST

/* ---- published values ------------------------------------------------------------------------ */

typedef struct published {
    const char *spec;
    double x[3], p[3];
    double unit; /* of the last printed digit */
    const char *source;
} published;

static const published published_values[] = {
    {"softmax", {-2, 0, 0.5}, {0.0486, 0.3592, 0.5922}, 1e-4, "deep-spin/entmax, README"},
    {"sparsemax", {-2, 0, 0.5}, {0, 0.25, 0.75}, 1e-4, "deep-spin/entmax, README"},
    {"entmax:1.5", {-2, 0, 0.5}, {0, 0.3260, 0.6740}, 1e-4, "deep-spin/entmax, README"},
    {"entmax:1.33", {-1, 0, 0.5}, {0.0460, 0.3276, 0.6264}, 1e-4, "deep-spin/entmax, README"},
    {"entmax:1.33", {1, 2, 3.5}, {0.0026, 0.1012, 0.8963}, 1e-4, "deep-spin/entmax, README"},
    {"entmax:1.1", {0, 0, 1}, {0.1985, 0.1985, 0.6031}, 1e-4, "deep-spin/entmax, issue 24"},
    {"evsoftmax", {0.4, 1.4, -0.8}, {0.27, 0.73, 0}, 1e-2, "Chen et al., NeurIPS 2021, figure 1"},
    /* Figure 1 of the MultiMax paper, as read off: inputs (10, k, -1), the second weight. */
    {"multimax:figure1", {10, 10, -1}, {0.5, 0.5, 0}, 5e-3, "MultiMax, figure 1"},
    {"multimax:figure1", {10, 8, -1}, {0.628, 0.372, 0}, 5e-3, "MultiMax, figure 1"},
    {"multimax:figure1", {10, 6, -1}, {0.779, 0.221, 0}, 5e-3, "MultiMax, figure 1"},
    {"multimax:figure1", {10, 4, -1}, {0.899, 0.101, 0}, 5e-3, "MultiMax, figure 1"},
    {"multimax:figure1", {10, 2, -1}, {0.990, 0.010, 0}, 5e-3, "MultiMax, figure 1"},
};

START_TEST(values_that_authors_printed_are_met_to_their_last_digit)
{
    const published *value = &published_values[_i];
    mmax_map map;
    double p[3];
    ck_assert_int_eq(mmax_map_parse(value->spec, &map, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_map_rows(&map, value->x, 1, 3, NULL, p, NULL, NULL), MMAX_OK);
    for (size_t i = 0; i < 3; i++)
        ck_assert_msg(fabs(p[i] - value->p[i]) <= value->unit * 0.51, "%s (%s), entry %zu: %g",
                      value->spec, value->source, i, p[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("golden");
    TCase *golden = tcase_create("golden");
    tcase_set_timeout(golden, 60);
    tcase_add_test(golden, every_golden_case_is_met_within_its_tolerance);
    suite_add_tcase(suite, golden);
    TCase *printed = tcase_create("published");
    tcase_add_loop_test(printed, values_that_authors_printed_are_met_to_their_last_digit, 0,
                        sizeof published_values / sizeof published_values[0]);
    suite_add_tcase(suite, printed);
    return testing_run(suite);
}
