/* Every map and every metric, by every way to compute them, against the slow reference. */
#include "test_numbers.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- maps ------------------------------------------------------------------------------------ */

static const double alphas[] = {
    1,        1 + DBL_EPSILON,
    1 + 1e-9, 1.0001,
    1.001,    1.01,
    1.05,     1.0999,
    1.1,      1.15,
    1.2,      1.25,
    4.0 / 3,  1.4,
    1.45,     1.5,
    1.55,     1.6,
    1.7,      1.75,
    1.8,      1.9,
    1.95,     1.99,
    2 - 1e-9, 2,
    2 + 1e-9, 2.01,
    2.1,      2.5,
    3,        4,
    5,        7,
    10,
};
static const double temperatures[] = {0.5, 0.01, 0.1, 2, 10, 1e3, 1e-80, 1e80, 1e-300, 1e300};
static const char *const multimaxes[] = {
    "multimax:figure1",
    "multimax:tb=2,b=-1,td=0.5,d=1",
    "multimax:tb=2,b=-1,td=0.5,d=1,tb2=1.2,b2=-2,td2=1.1,d2=0",
    "multimax:tb=2,b=eps,td=0.5,d=eps,tb2=1.5,b2=eps,td2=0.9,d2=eps",
    "multimax:tb=-2,b=0,td=1,d=0", /* falls below 0 */
    "multimax:tb=1,b=0,td=-3,d=1",
    "multimax:tb=1,b=0,td=0.001,d=-3",
    "multimax:tb=1e-80,b=1e-80,td=1e-80,d=1e-80",
    "multimax:tb=1e6,b=0,td=1e-6,d=0,tb2=1e6,b2=0,td2=1e6,d2=100",
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void add_map(batch *b, const char *spec)
{
    mmax_error error;
    if (mmax_map_parse(spec, &b->maps[b->n_maps], &error) != MMAX_OK)
        ck_abort_msg("%s", error.message);
    b->n_maps++;
}

static void add_random_multimax(batch *b, testing_random *random)
{
    mmax_map map = {.kind = MMAX_MULTIMAX};
    for (size_t k = 0; k < 4; k++) {
        map.ts[k] = testing_normal(random) * (k < 2 ? 1 : 0.1);
        map.ranges[k] = 2 * testing_normal(random);
        map.range_is_epsilon[k] = testing_uniform(random) < 0.25;
    }
    b->maps[b->n_maps++] = map;
}

/* The maps of the default report go with every batch, of the others each its own. */
static void choose_maps(batch *b, testing_random *random)
{
    static const char *const always[] = {"softmax", "sparsemax", "entmax:1.5", "evsoftmax",
                                         "multimax"};
    b->n_maps = 0;
    for (size_t i = 0; i < COUNT(always); i++)
        add_map(b, always[i]);
    double alpha = alphas[b->index % COUNT(alphas)];
    if (alpha != 1.5)
        b->maps[b->n_maps++] = (mmax_map){.kind = MMAX_ENTMAX, .alpha = alpha};
    b->maps[b->n_maps++] = (mmax_map){
        .kind = MMAX_SOFTMAX, .temperature = temperatures[b->index / 2 % COUNT(temperatures)]};
    size_t which = b->index / 2 % (2 * COUNT(multimaxes));
    if (which < COUNT(multimaxes))
        add_map(b, multimaxes[which]);
    else
        add_random_multimax(b, random);
}

/* ---- batches --------------------------------------------------------------------------------- */

static size_t n_sorts(void)
{
    size_t n = 0;
    while (row_sort_name(n))
        n++;
    return n;
}

static void choose_rules(batch *b)
{
    static const double references[] = {0.01, 1e-40, 1e-295};
    b->rules = (mmax_relevance_rules){.epsilon = (mmax_epsilon_rule)(b->index % 3),
                                      .epsilon_number = 0.25,
                                      .reference = (mmax_reference_rule)(b->index % 7)};
    if (b->index % 7 > MMAX_REFERENCE_NUMBER)
        b->rules.reference = MMAX_REFERENCE_UNIFORM;
    b->rules.reference_number = references[b->index / 7 % 3];
}

static void make_batch(batch *b, size_t index, size_t n, testing_random *random)
{
    b->index = index;
    b->n = n;
    b->is_single = index % 2;
    b->n_rows = n_sorts();
    for (size_t i = 0; i < b->n_rows; i++)
        make_sorted_row(i, b->is_single, random, b->x + i * n, n);
    choose_maps(b, random);
    choose_rules(b);
}

/* ---- the scalar kernels ---------------------------------------------------------------------- */

static void check_scalar(expectation *e, double *p)
{
    size_t support;
    const mmax_map *map = &e->of->maps[e->map];
    outcome found = {.path = "scalar", .p = p, .support = 0};
    mmax_error error;
    double epsilon = (double)e->reference->epsilon;
    mmax_status status =
        mmax_map_rows(map, e->reference->x, 1, e->of->n, &epsilon, p, &support, &error);
    found.support = support;
    if (e->reference->overflows || e->reference->may_overflow) {
        if (e->reference->overflows && status != MMAX_EDOMAIN)
            complain(e, &found, "an overflow that nobody saw");
        return;
    }
    if (status != MMAX_OK) {
        complain(e, &found, "%s", error.message);
        return;
    }
    e->precision = precision_of(SCALAR, e->reference);
    reference_bound(e->reference, map, &e->precision, &e->bounds);
    check_weights(e, &found);
}

/* ---- lanes ----------------------------------------------------------------------------------- */

/* A row as the fused kernels take it. */
typedef struct lane_row {
    const mmax_fused *fused;
    size_t stride;
    void *logits, *powers, *scratch, *weights;
    mmax_row_facts facts;
    mmax_row_exponentials exponentials;
    mmax_row_bounds bounds;
    mmax_row_sums sums;
} lane_row;

static void put(const mmax_fused *fused, void *row, size_t i, double value)
{
    if (fused->size == sizeof(float))
        ((float *)row)[i] = (float)value;
    else
        ((double *)row)[i] = value;
}

static double get(const mmax_fused *fused, const void *row, size_t i)
{
    return fused->size == sizeof(float) ? (double)((const float *)row)[i]
                                        : ((const double *)row)[i];
}

static void load_row(lane_row *l, const mmax_fused *fused, const reference_row *row)
{
    l->fused = fused;
    l->stride = (row->n + MMAX_FUSED_LANES - 1) / MMAX_FUSED_LANES * MMAX_FUSED_LANES;
    for (size_t i = 0; i < l->stride; i++)
        put(fused, l->logits, i, i < row->n ? row->x[i] : -HUGE_VAL);
    fused->facts(l->logits, 1, l->stride, true, &l->facts, &l->exponentials, l->powers);
    l->bounds = (mmax_row_bounds){.above = (double)row->epsilon, .below = (double)row->epsilon};
}

/* Whether the lanes take the row at all. */
static bool check_lanes(expectation *e, lane_row *l, arithmetic which, double *p)
{
    const mmax_map *map = &e->of->maps[e->map];
    /* Where a threshold is asked for in the program, it is what the facts of the row give. */
    double epsilon = (double)e->reference->epsilon;
    mmax_fused_rows rows = {.logits = l->logits,
                            .n_rows = 1,
                            .stride = l->stride,
                            .facts = &l->facts,
                            .bounds = &l->bounds,
                            .exponentials = &l->exponentials,
                            .powers = mmax_map_uses_powers(map) ? l->powers : NULL,
                            .scratch = l->scratch,
                            .weights = l->weights,
                            .sums = &l->sums};
    mmax_map_apply_fused(map, l->fused, &rows, &epsilon);
    if (l->sums.is_left || e->reference->may_overflow)
        return false;
    for (size_t i = 0; i < e->of->n; i++)
        p[i] = get(l->fused, l->weights, i);
    outcome found = {.path = which == WIDE_LANES ? "float64 lanes" : "float32 lanes",
                     .p = p,
                     .support = l->sums.support};
    e->precision = precision_of(which, e->reference);
    reference_bound(e->reference, map, &e->precision, &e->bounds);
    check_weights(e, &found);
    return true;
}

/* ---- analyses -------------------------------------------------------------------------------- */

/* ARE_TAKEN: whether lanes of either width take the row.  The threshold is that of the first facts,
 * whoever has the row in the end. */
static void check_analysis(expectation *e, const analysis *a, bool is_file,
                           const bool are_taken[N_ARITHMETICS], const metric_room *room)
{
    const mmax_relevance_rules *rules = &e->of->rules;
    bool is_careful = mmax_relevance_needs_log_weights(rules);
    bool is_single = is_file && !is_careful &&
                     (rules->reference != MMAX_REFERENCE_NUMBER || rules->reference_number > 1e-30);
    arithmetic which = is_single && are_taken[SINGLE_LANES]   ? SINGLE_LANES
                       : !is_careful && are_taken[WIDE_LANES] ? WIDE_LANES
                                                              : SCALAR;
    if (a->is_left_out[e->row])
        return;
    e->precision = precision_of(which, e->reference);
    if (is_single)
        e->precision.epsilon_error = precision_of(SINGLE_LANES, e->reference).epsilon_error;
    reference_bound(e->reference, &e->of->maps[e->map], &e->precision, &e->bounds);
    outcome found = {.path = is_file ? "analysis of float32" : "analysis of float64",
                     .p = analysis_weights(a, e->row, e->map),
                     .support = SIZE_MAX,
                     .metrics = analysis_metrics(a, e->row, e->map),
                     .query = e->row};
    check_weights(e, &found);
    check_metrics(e, &found, is_file ? (double)FLT_EPSILON : DBL_EPSILON, room);
}

/* ---- all of it ------------------------------------------------------------------------------- */

typedef struct room {
    expectation e;
    lane_row lanes;
    analysis wide, single;
    double *p;
    metric_room metrics;
} room;

static void *allocate(size_t n, size_t size)
{
    void *bytes = mmax_alloc_zeroed(n, size);
    if (!bytes)
        ck_abort_msg("no memory");
    return bytes;
}

static void make_analysis(analysis *a)
{
    a->logits = allocate(n_sorts() * LONGEST_ROW, sizeof(double));
    a->weights = allocate(MAX_BATCH_MAPS * n_sorts() * LONGEST_ROW, sizeof(double));
    a->metrics = allocate(MAX_BATCH_MAPS * n_sorts() * N_METRIC_KEYS, sizeof(double));
}

static void free_analysis(analysis *a)
{
    free(a->logits);
    free(a->weights);
    free(a->metrics);
}

static void make_room(room *r)
{
    size_t n = LONGEST_ROW + MMAX_FUSED_LANES;
    r->e.reference = reference_new(n);
    r->e.bounds.least = allocate(n, sizeof(precise));
    r->e.bounds.most = allocate(n, sizeof(precise));
    r->e.bounds.log_off = allocate(n, sizeof(precise));
    r->e.bounds.support = allocate(n, 1);
    r->lanes.logits = allocate(n, sizeof(double));
    r->lanes.powers = allocate(n, sizeof(double));
    r->lanes.weights = allocate(n, sizeof(double));
    r->lanes.scratch = allocate(mmax_fused_scratch(n), 1);
    r->p = allocate(n, sizeof(double));
    r->metrics = (metric_room){allocate(n, sizeof(precise)), allocate(n, 1), allocate(n, 1)};
    make_analysis(&r->wide);
    make_analysis(&r->single);
}

static void free_room(room *r)
{
    reference_free(r->e.reference);
    free(r->e.bounds.least);
    free(r->e.bounds.most);
    free(r->e.bounds.log_off);
    free(r->e.bounds.support);
    free(r->lanes.logits);
    free(r->lanes.powers);
    free(r->lanes.weights);
    free(r->lanes.scratch);
    free(r->p);
    free(r->metrics.numbers);
    free(r->metrics.above);
    free(r->metrics.below);
    free_analysis(&r->wide);
    free_analysis(&r->single);
}

static void check_row(room *r, const mmax_instruction_set *set)
{
    expectation *e = &r->e;
    bool are_taken[N_ARITHMETICS] = {true};
    reference_map(e->reference, &e->of->maps[e->map]);
    check_scalar(e, r->p);
    load_row(&r->lanes, set->wide, e->reference);
    are_taken[WIDE_LANES] = check_lanes(e, &r->lanes, WIDE_LANES, r->p);
    check_analysis(e, &r->wide, false, are_taken, &r->metrics);
    if (!e->of->is_single)
        return;
    load_row(&r->lanes, set->single, e->reference);
    are_taken[SINGLE_LANES] = check_lanes(e, &r->lanes, SINGLE_LANES, r->p);
    check_analysis(e, &r->single, true, are_taken, &r->metrics);
}

/* Rows on which a sigma overflows, or may. */
static void find_overflows(room *r, analysis *a)
{
    const batch *b = r->e.of;
    a->of = b;
    for (size_t row = 0; row < b->n_rows; row++) {
        reference_row *reference = r->e.reference;
        a->is_left_out[row] = false;
        reference_facts(reference, b->x + row * b->n, b->n, &b->rules);
        for (size_t map = 0; map < b->n_maps; map++) {
            if (b->maps[map].kind != MMAX_MULTIMAX)
                continue;
            reference_map(reference, &b->maps[map]);
            a->is_left_out[row] |= reference->may_overflow;
        }
    }
}

static void check_batch(room *r, const batch *b, const mmax_instruction_set *set)
{
    expectation *e = &r->e;
    e->of = b;
    find_overflows(r, &r->wide);
    analyze_batch(&r->wide, false);
    if (b->is_single) {
        find_overflows(r, &r->single);
        analyze_batch(&r->single, true);
    }
    for (e->row = 0; e->row < b->n_rows; e->row++) {
        reference_facts(e->reference, b->x + e->row * b->n, b->n, &b->rules);
        for (e->map = 0; e->map < b->n_maps; e->map++)
            check_row(r, set);
    }
}

/* Few long rows unless everything is wanted: an entry takes as long wherever it is. */
static size_t length_of(size_t index, bool wants_all, testing_random *random)
{
    static const size_t long_rows[] = {1100, LONGEST_ROW};
    size_t n = random_length(random);
    if (wants_all || n < 200)
        return n;
    return index % COUNT(alphas) == 0 ? long_rows[index / COUNT(alphas) % 2] : 1 + n % 200;
}

START_TEST(weights_and_metrics_are_those_of_the_reference_as_far_as_their_arithmetic_allows)
{
    if (!testing_has_long_double(__func__))
        return;
    const char *value = getenv("MULTIMAX_LONG");
    bool wants_all = value && *value;
    size_t n_batches = wants_all ? 100000 / n_sorts() + 1 : 2 * COUNT(alphas);
    room r = {.p = NULL};
    batch b = {.x = allocate(n_sorts() * LONGEST_ROW, sizeof(double))};
    const mmax_instruction_set *set;
    testing_random random = {1};
    ck_assert_int_eq(mmax_instruction_set_choose(getenv("MULTIMAX_ISA"), &set, NULL), MMAX_OK);
    make_room(&r);
    for (size_t i = 0; i < n_batches; i++) {
        make_batch(&b, i, length_of(i, wants_all, &random), &random);
        check_batch(&r, &b, set);
    }
    free_room(&r);
    free(b.x);
    print_worst_metrics();
    size_t n_wrong = print_worst_weights();
    ck_assert_msg(n_wrong == 0, "%zu numbers are wrong", n_wrong);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("numbers");
    TCase *tests = tcase_create("reference");
    tcase_set_timeout(tests, 3600);
    tcase_add_test(
        tests, weights_and_metrics_are_those_of_the_reference_as_far_as_their_arithmetic_allows);
    suite_add_tcase(suite, tests);
    suite_add_tcase(suite, number_identities());
    return testing_run(suite);
}
