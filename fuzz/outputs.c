#include "outputs.h"

#include "io/io.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- reports --------------------------------------------------------------------------------- */

static void check_ascending(const json_t *summary)
{
    static const char *const keys[] = {"min", "p05", "p25", "p50", "p75", "p95", "max"};
    double before = -(double)INFINITY;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        double value = json_number_value(json_object_get(summary, keys[i]));
        REQUIRE(value >= before);
        before = value;
    }
    /* The mean is rounded. */
    double mean = json_number_value(json_object_get(summary, "mean"));
    double least = json_number_value(json_object_get(summary, "min"));
    double room = 1e-12 * fmax(fabs(least), fabs(before));
    REQUIRE(mean >= least - room && mean <= before + room);
}

static void check_summary(const json_t *summary)
{
    json_int_t count = json_integer_value(json_object_get(summary, "count"));
    REQUIRE(count >= 0 && json_integer_value(json_object_get(summary, "missing")) >= 0);
    if (count > 0)
        check_ascending(summary);
    else
        REQUIRE(json_is_null(json_object_get(summary, "mean")));
}

static void check_value(json_t *value)
{
    const char *key;
    json_t *part;
    size_t i;
    if (json_object_get(value, "p05"))
        check_summary(value);
    json_object_foreach(value, key, part) check_value(part);
    json_array_foreach(value, i, part) check_value(part);
}

void check_json(const char *text, size_t n)
{
    size_t at = 0;
    while (at < n) {
        json_error_t error;
        json_t *document =
            json_loadb(text + at, n - at, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &error);
        REQUIRE(document && json_is_object(document));
        check_value(document);
        json_decref(document);
        at += (size_t)error.position;
        while (at < n && text[at] == '\n')
            at++;
    }
}

/* ---- weights --------------------------------------------------------------------------------- */

static void check_row(const double *row, size_t n, double tolerance)
{
    double sum = 0;
    size_t n_missing = 0;
    for (size_t i = 0; i < n; i++) {
        n_missing += isnan(row[i]) ? 1 : 0;
        REQUIRE(isnan(row[i]) || (row[i] >= 0 && row[i] <= 1));
        sum += row[i];
    }
    REQUIRE(n_missing == 0 || n_missing == n);
    REQUIRE(n_missing > 0 || sum == 0 || fabs(sum - 1) <= tolerance);
}

void check_probs(const char *path)
{
    mmax_source *source;
    mmax_error error;
    size_t n_rows = 1;
    if (mmax_source_open(path, NULL, &source, &error) != MMAX_OK)
        fuzz_fail(error.message, __FILE__, __LINE__);
    size_t n = mmax_source_input(source)->row_length;
    double *row = malloc((n + 1) * sizeof *row);
    REQUIRE(row);
    /* Weights of float32 are computed in float32, whatever they are written as, and those of
     * float16 rounded to it, or to nothing. */
    double tolerance = 0x1p-23 * (double)n;
    if (strcmp(mmax_source_input(source)->dtype_name, "float16") == 0)
        tolerance = 0x1p-10 * (double)n;
    while (n_rows > 0) {
        REQUIRE(mmax_source_read(source, 1, row, &n_rows, &error) == MMAX_OK);
        if (n_rows > 0)
            check_row(row, n, tolerance);
    }
    free(row);
    mmax_source_free(source);
}
