/* SPECs of maps.  A map is written as a SPEC and as a label that both read back to it, and the
 * weights that it makes are weights. */
#include "fuzz.h"

#include "map/map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_ROWS = 6, ROW_LENGTH = 5 };

static void check_spelling(const mmax_map *map, const char *spelling)
{
    mmax_map again;
    mmax_error error;
    REQUIRE(strlen(spelling) < MMAX_SPEC_SIZE - 1);
    REQUIRE(mmax_map_parse(spelling, &again, &error) == MMAX_OK);
    REQUIRE(mmax_map_equal(map, &again));
}

static void check_spellings(const mmax_map *map)
{
    char spec[MMAX_SPEC_SIZE], again[MMAX_SPEC_SIZE], text[MMAX_SPEC_SIZE];
    mmax_map parsed;
    mmax_map_format(map, spec);
    check_spelling(map, spec);
    REQUIRE(mmax_map_parse(spec, &parsed, NULL) == MMAX_OK);
    mmax_map_format(&parsed, again);
    REQUIRE(strcmp(spec, again) == 0);
    mmax_map_label(map, text);
    check_spelling(map, text);
    mmax_map_other_spelling(map, text);
    REQUIRE(!text[0] || mmax_map_parse(text, &parsed, NULL) == MMAX_OK);
    if (mmax_map_falls(map, text))
        REQUIRE(text[0]);
}

/* The weights of a row whose support is said to be SUPPORT entries. */
static void check_weights(const double *logits, const double *weights, size_t support)
{
    size_t n_live = 0, n_positive = 0;
    double sum = 0;
    for (size_t i = 0; i < ROW_LENGTH; i++) {
        REQUIRE(weights[i] >= 0 && weights[i] <= 1);
        REQUIRE(weights[i] == 0 || logits[i] > -(double)INFINITY);
        n_live += logits[i] > -(double)INFINITY;
        n_positive += weights[i] > 0;
        sum += weights[i];
    }
    REQUIRE(fabs(sum - (n_live > 0)) <= 1e-14);
    REQUIRE(n_positive <= support && support <= n_live);
}

static void check_map(const mmax_map *map)
{
    static const double logits[N_ROWS][ROW_LENGTH] = {
        {0, 1, 2, 3, 4},
        {-1e-3, 1e-3, 0, 1e-300, -1e-300},
        {5, 5, -(double)INFINITY, 5, -5},
        {1e8, -1e8, 1e7, 1e300, -1e300},
        {-(double)INFINITY, -(double)INFINITY, -(double)INFINITY, -(double)INFINITY,
         -(double)INFINITY},
        {-0.25, 0.5, 0.5, 0.125, -3},
    };
    double weights[ROW_LENGTH];
    size_t support;
    mmax_error error;
    for (size_t i = 0; i < N_ROWS; i++) {
        mmax_status status =
            mmax_map_rows(map, logits[i], 1, ROW_LENGTH, NULL, weights, &support, &error);
        if (status == MMAX_OK)
            check_weights(logits[i], weights, support);
        else
            fuzz_check_error(MMAX_EDOMAIN, &error);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mmax_map map;
    mmax_error error;
    char *text = fuzz_text((fuzz_input){data, size});
    if (mmax_map_parse(text, &map, &error) == MMAX_OK) {
        check_spellings(&map);
        check_map(&map);
    } else {
        fuzz_check_error(MMAX_EUSAGE, &error);
    }
    free(text);
    return 0;
}
