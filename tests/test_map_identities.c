/* What holds for every row, whatever is in it: the identities of each map. */
#include "map/map.h"
#include "testing.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { MAX_ROW = 5000, SHORT_ROW = 70 };

static const double inf = HUGE_VAL;

/* Check writes to a pipe at each of its assertions: too slow for one an entry. */
#define REQUIRE(condition, ...)                                                                    \
    do {                                                                                           \
        if (!(condition))                                                                          \
            ck_abort_msg(__VA_ARGS__);                                                             \
    } while (0)

/* ---- maps ------------------------------------------------------------------------------------ */

static const char *const specs[] = {
    "softmax",
    "softmax:t=0.1",
    "softmax:t=7",
    "sparsemax",
    "entmax:1",
    "entmax:1.0000001",
    "entmax:1.0001",
    "entmax:1.25",
    "entmax:1.5",
    "entmax:1.9",
    "entmax:2",
    "entmax:2.1",
    "entmax:3",
    "entmax:10",
    "evsoftmax",
    "multimax",
    "multimax:tb=1,b=0,td=1,d=0",
    "multimax:tb=2,b=-1,td=0.5,d=1,tb2=1.2,b2=-2,td2=1.1,d2=0",
    "multimax:figure1",
};
enum { N_SPECS = sizeof specs / sizeof specs[0] };

static mmax_map map_of(const char *spec)
{
    mmax_map map = {.kind = MMAX_SOFTMAX};
    mmax_error error = {.status = MMAX_OK, .message = ""};
    REQUIRE(mmax_map_parse(spec, &map, &error) == MMAX_OK, "%s", error.message);
    return map;
}

static void weigh(const mmax_map *map, const double *x, size_t n_rows, size_t n, double *p,
                  size_t *support)
{
    mmax_error error = {.status = MMAX_OK, .message = ""};
    REQUIRE(mmax_map_rows(map, x, n_rows, n, NULL, p, support, &error) == MMAX_OK, "%s",
            error.message);
}

static bool has_number_breakpoints(const mmax_map *map)
{
    bool has = false;
    for (size_t i = 0; i < 4; i++)
        has |= map->kind == MMAX_MULTIMAX && map->ts[i] != 0 && !map->range_is_epsilon[i];
    return has;
}

/* ---- rows ------------------------------------------------------------------------------------ */

typedef enum row_sort {
    WIDE,
    DENSE,
    TIES,
    EQUAL,
    HUGE_1E30,
    MASKED,
    MASKED_BY_HUGE,
    OFFSET,
    CLOSE,
    ONE_ABOVE_MANY,
    SUBNORMAL,
    ONE_LIVE,
    NONE_LIVE,
    N_SORTS
} row_sort;

static double entry_of(row_sort sort, testing_random *random, size_t i)
{
    double u = testing_uniform(random), z = testing_normal(random);
    switch (sort) {
    case WIDE:
        return 4 * z;
    case DENSE:
        return 0.1 * z;
    case TIES:
        return floor(4 * u) / 2;
    case EQUAL:
        return 0.1;
    case HUGE_1E30:
        return u < 0.3 ? 1e30 : u < 0.6 ? -1e30 : z;
    case MASKED:
        return u < 0.3 && i > 0 ? -inf : 2 * z;
    case MASKED_BY_HUGE:
        return u < 0.3 && i > 0 ? -3.4028234663852886e38 : 2 * z; /* float32's lowest */
    case OFFSET:
        return 1e6 + z;
    case CLOSE:
        return 1 + 1e-12 * z;
    case ONE_ABOVE_MANY:
        return i == 0 ? 0.4 : 1e-9 * z;
    case SUBNORMAL:
        return floor(100 * u) * 5e-324;
    case ONE_LIVE:
        return i == 0 ? 3 : -inf;
    case NONE_LIVE:
    case N_SORTS:
        break;
    }
    return -inf;
}

static void fill_row(row_sort sort, testing_random *random, double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = entry_of(sort, random, i);
}

typedef void row_check(const mmax_map *map, row_sort sort, const double *x, size_t n);

/* CHECK on rows of every sort and of 1 to 70 entries, and a few long ones. */
static void for_every_row(const mmax_map *map, row_check *check)
{
    static const size_t long_rows[] = {197, 1000, MAX_ROW};
    static double x[MAX_ROW];
    testing_random random = {42};
    for (int sort = 0; sort < N_SORTS; sort++)
        for (size_t n = 1; n <= SHORT_ROW + 3; n++) {
            size_t length = n <= SHORT_ROW ? n : long_rows[n - SHORT_ROW - 1];
            fill_row((row_sort)sort, &random, x, length);
            check(map, (row_sort)sort, x, length);
        }
}

/* ---- a distribution -------------------------------------------------------------------------- */

static void check_distribution(const mmax_map *map, row_sort sort, const double *x, size_t n)
{
    static double p[MAX_ROW];
    size_t support, n_live = 0, n_positive = 0;
    weigh(map, x, 1, n, p, &support);
    long double sum = 0;
    for (size_t i = 0; i < n; i++) {
        REQUIRE(p[i] >= 0 && p[i] <= 1, "sort %d, n %zu: %g", sort, n, p[i]);
        REQUIRE(x[i] > -inf || (p[i] == 0 && !signbit(p[i])), "a masked entry weighs %g", p[i]);
        n_live += x[i] > -inf;
        n_positive += p[i] > 0;
        sum += (long double)p[i];
    }
    double error = (double)fabsl(sum - (n_live > 0));
    REQUIRE(error <= (double)n * DBL_EPSILON, "sort %d, n %zu: sum - 1 = %g", sort, n, error);
    bool dense = map->kind == MMAX_SOFTMAX || map->kind == MMAX_MULTIMAX ||
                 (map->kind == MMAX_ENTMAX && map->alpha == 1);
    REQUIRE(n_positive <= support && support <= n_live, "sort %d, n %zu: support", sort, n);
    REQUIRE(!dense || support == n_live, "sort %d, n %zu: support", sort, n);
    REQUIRE(map->kind != MMAX_SPARSEMAX || support == n_positive, "sort %d, n %zu: support", sort,
            n);
    REQUIRE(n_live != 1 || (support == 1 && n_positive == 1), "sort %d, n %zu: support", sort, n);
}

START_TEST(weights_are_a_distribution_over_the_live_entries)
{
    mmax_map map = map_of(specs[_i]);
    for_every_row(&map, check_distribution);
}
END_TEST

static void check_order(const mmax_map *map, row_sort sort, const double *x, size_t n)
{
    static double p[MAX_ROW];
    if (n > SHORT_ROW)
        return;
    weigh(map, x, 1, n, p, NULL);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            bool kept =
                x[i] > x[j] ? p[i] >= p[j] * (1 - 64 * DBL_EPSILON) : x[i] < x[j] || p[i] == p[j];
            REQUIRE(kept, "sort %d, n %zu: %g -> %g, %g -> %g", sort, n, x[i], p[i], x[j], p[j]);
        }
}

START_TEST(order_is_kept_where_sigma_does_not_fall)
{
    mmax_map map = map_of(specs[_i]);
    if (!mmax_map_falls(&map, NULL))
        for_every_row(&map, check_order);
}
END_TEST

/* ---- symmetries ------------------------------------------------------------------------------ */

static void check_permutation(const mmax_map *map, row_sort sort, const double *x, size_t n)
{
    static double p[MAX_ROW], reversed[MAX_ROW], q[MAX_ROW];
    for (size_t i = 0; i < n; i++)
        reversed[i] = x[n - 1 - i];
    weigh(map, x, 1, n, p, NULL);
    weigh(map, reversed, 1, n, q, NULL);
    for (size_t i = 0; i < n; i++)
        REQUIRE(fabs(p[i] - q[n - 1 - i]) <= 4 * DBL_EPSILON, "sort %d, n %zu: %g, %g", sort, n,
                p[i], q[n - 1 - i]);
}

START_TEST(permuting_the_row_permutes_the_weights)
{
    mmax_map map = map_of(specs[_i]);
    for_every_row(&map, check_permutation);
}
END_TEST

/* Multiples of 2^-20 below 2^4, so that adding 1024 is exact. */
START_TEST(adding_a_number_to_the_row_changes_nothing)
{
    mmax_map map = map_of(specs[_i]);
    testing_random random = {1};
    double x[SHORT_ROW], shifted[SHORT_ROW], p[SHORT_ROW], q[SHORT_ROW];
    for (size_t n = 1; n <= SHORT_ROW && !has_number_breakpoints(&map); n++) {
        for (size_t i = 0; i < n; i++) {
            x[i] = floor(testing_uniform(&random) * 0x1p24) * 0x1p-20;
            shifted[i] = x[i] + 1024;
        }
        weigh(&map, x, 1, n, p, NULL);
        weigh(&map, shifted, 1, n, q, NULL);
        /* Breakpoints at eps are logits near 1024 in float64. */
        double tolerance = map.kind == MMAX_MULTIMAX ? 1024 * 4 * DBL_EPSILON : 0;
        for (size_t i = 0; i < n; i++)
            REQUIRE(fabs(p[i] - q[i]) <= tolerance, "n %zu: %.17g, %.17g", n, p[i], q[i]);
    }
}
END_TEST

static void check_deletion(const mmax_map *map, row_sort sort, const double *x, size_t n)
{
    static double p[MAX_ROW], live[MAX_ROW], q[MAX_ROW];
    size_t n_live = 0;
    for (size_t i = 0; i < n; i++)
        if (x[i] > -inf)
            live[n_live++] = x[i];
    weigh(map, x, 1, n, p, NULL);
    weigh(map, live, 1, n_live, q, NULL);
    for (size_t i = 0, j = 0; i < n; i++)
        if (x[i] > -inf) {
            REQUIRE(p[i] == q[j], "sort %d, n %zu: %.17g, %.17g", sort, n, p[i], q[j]);
            j++;
        }
}

START_TEST(a_masked_entry_is_as_good_as_deleted)
{
    mmax_map map = map_of(specs[_i]);
    for_every_row(&map, check_deletion);
}
END_TEST

static void check_blocks(const mmax_map *map, row_sort sort, const double *x, size_t n)
{
    enum { N_ROWS = 37 }; /* more than a block of mmax_map_rows */
    static double rows[N_ROWS * SHORT_ROW], all[N_ROWS * SHORT_ROW], one[SHORT_ROW];
    size_t supports[N_ROWS], support;
    if (n != 1 && n != 17 && n != SHORT_ROW)
        return;
    testing_random random = {n};
    memcpy(rows, x, n * sizeof *x);
    for (size_t i = 1; i < N_ROWS; i++)
        fill_row(i % 3 ? sort : MASKED, &random, rows + i * n, n);
    weigh(map, rows, N_ROWS, n, all, supports);
    for (size_t i = 0; i < N_ROWS; i++) {
        weigh(map, rows + i * n, 1, n, one, &support);
        ck_assert_uint_eq(support, supports[i]);
        ck_assert_int_eq(memcmp(one, all + i * n, n * sizeof *one), 0);
    }
    weigh(map, rows, N_ROWS, n, rows, NULL);
    ck_assert_int_eq(memcmp(rows, all, N_ROWS * n * sizeof *rows), 0);
}

START_TEST(rows_are_the_same_alone_in_a_block_and_in_place)
{
    mmax_map map = map_of(specs[_i]);
    for_every_row(&map, check_blocks);
}
END_TEST

/* ---- maps that are one map ------------------------------------------------------------------- */

typedef struct twins {
    const char *specs[2];
} twins;

static const twins twin_maps[] = {
    {{"entmax:1", "softmax"}},
    {{"entmax:2", "sparsemax"}},
    {{"multimax:tb=1,b=0.3,td=1,d=eps", "softmax"}},
    {{"multimax:ts=0/0/0/0,ranges=1/2/3/4", "softmax"}},
    {{"multimax", "multimax:ts=-1/-0.5/0/0,ranges=eps/eps/0/0"}},
};

static void check_same(const mmax_map *pair, row_sort sort, const double *x, size_t n)
{
    static double p[MAX_ROW], q[MAX_ROW];
    size_t support_p, support_q;
    weigh(&pair[0], x, 1, n, p, &support_p);
    weigh(&pair[1], x, 1, n, q, &support_q);
    REQUIRE(support_p == support_q, "sort %d, n %zu: %zu, %zu", sort, n, support_p, support_q);
    REQUIRE(memcmp(p, q, n * sizeof *p) == 0, "sort %d, n %zu", sort, n);
}

START_TEST(maps_that_are_one_give_the_same_bits)
{
    mmax_map pair[2] = {map_of(twin_maps[_i].specs[0]), map_of(twin_maps[_i].specs[1])};
    for_every_row(pair, check_same);
}
END_TEST

static void check_uniform(const mmax_map *map, row_sort sort, const double *x, size_t n)
{
    static double p[MAX_ROW];
    if (sort != EQUAL)
        return;
    weigh(map, x, 1, n, p, NULL);
    for (size_t i = 0; i < n; i++)
        REQUIRE(fabs(p[i] - 1 / (double)n) <= DBL_EPSILON, "n %zu: %g", n, p[i]);
}

START_TEST(equal_entries_weigh_the_same)
{
    mmax_map map = map_of(specs[_i]);
    for_every_row(&map, check_uniform);
}
END_TEST

/* ---- optimality ------------------------------------------------------------------------------ */

/* KKT: p^a - a (x - max) is one number q = -tau on the support, and a (x - max) + q <= 0 outside.
 * Where p^a has lost its digits to the power, a last bit of p counts a p^(a - 1) times. */
static void check_optimality(const mmax_map *map, row_sort sort, const double *x, size_t n)
{
    static double p[MAX_ROW];
    double alpha = map->kind == MMAX_SPARSEMAX ? 2 : map->alpha, max = -inf, p_max = 0;
    long double a = (long double)alpha - 1;
    size_t support;
    weigh(map, x, 1, n, p, &support);
    for (size_t i = 0; i < n; i++) {
        max = fmax(max, x[i]);
        p_max = fmax(p_max, p[i]);
    }
    long double q = powl((long double)p_max, a);
    for (size_t i = 0; i < n && support > 0; i++) {
        long double z = a * ((long double)x[i] - (long double)max);
        long double gap = p[i] > 0 ? powl((long double)p[i], a) - z - q : z + q;
        double tolerance = 4 * (alpha + 1) * DBL_EPSILON;
        bool met = p[i] > 0 ? (double)fabsl(gap) <= tolerance : (double)gap <= tolerance;
        /* A weight of softmax's kind may underflow within the support. */
        met = met || (alpha < 1.01 && p[i] < DBL_MIN);
        REQUIRE(met, "sort %d, n %zu, entry %zu: p %g, gap %Lg", sort, n, i, p[i], gap);
    }
}

START_TEST(entmax_meets_its_optimality_conditions)
{
    mmax_map map = map_of(specs[_i]);
    if (map.kind == MMAX_SPARSEMAX || (map.kind == MMAX_ENTMAX && map.alpha > 1))
        for_every_row(&map, check_optimality);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("identities");
    TCase *all = tcase_create("every map");
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, weights_are_a_distribution_over_the_live_entries, 0, N_SPECS);
    tcase_add_loop_test(all, order_is_kept_where_sigma_does_not_fall, 0, N_SPECS);
    tcase_add_loop_test(all, permuting_the_row_permutes_the_weights, 0, N_SPECS);
    tcase_add_loop_test(all, adding_a_number_to_the_row_changes_nothing, 0, N_SPECS);
    tcase_add_loop_test(all, a_masked_entry_is_as_good_as_deleted, 0, N_SPECS);
    tcase_add_loop_test(all, rows_are_the_same_alone_in_a_block_and_in_place, 0, N_SPECS);
    tcase_add_loop_test(all, equal_entries_weigh_the_same, 0, N_SPECS);
    tcase_add_loop_test(all, entmax_meets_its_optimality_conditions, 0, N_SPECS);
    tcase_add_loop_test(all, maps_that_are_one_give_the_same_bits, 0,
                        sizeof twin_maps / sizeof twin_maps[0]);
    suite_add_tcase(suite, all);
    return testing_run(suite);
}
