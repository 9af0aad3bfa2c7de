/* The fused kernels of every instruction set that this processor has: exp and log against libm's
 * long double, all sets against each other, and their sums against those of the scalar kernels. */
#include "kernels/fused.h"
#include "testing.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Rows of at most 1100 entries: three stretches of sums, the last of them not whole. */
enum { MAX_ROW = 1104, N_MAPS = 9 };

static const double inf = HUGE_VAL;

static const char *const set_names[] = {"baseline", "avx2", "avx512", "neon"};
enum { N_SETS = sizeof set_names / sizeof set_names[0] };

/* The set, or NULL with a line that says so. */
static const mmax_instruction_set *set_at(int i)
{
    const mmax_instruction_set *set = NULL;
    if (mmax_instruction_set_choose(set_names[i], &set, NULL) != MMAX_OK)
        printf("SKIP: %s: not on this processor\n", set_names[i]);
    return set;
}

/* ---- functions ------------------------------------------------------------------------------- */

enum { N_POINTS = 1 << 16 };

static double ulps_single(float value, long double exact)
{
    int exponent;
    frexpl(exact, &exponent);
    return (double)(fabsl((long double)value - exact) / ldexpl(1, exponent - FLT_MANT_DIG));
}

static double ulps_double(double value, long double exact)
{
    int exponent;
    frexpl(exact, &exponent);
    return (double)(fabsl((long double)value - exact) / ldexpl(1, exponent - DBL_MANT_DIG));
}

START_TEST(exp_and_log_err_by_less_than_they_promise)
{
    static float x[N_POINTS], y[N_POINTS];
    static double wide_x[N_POINTS], wide_y[N_POINTS];
    const mmax_instruction_set *set = set_at(_i);
    double worst[4] = {0};
    testing_random random = {5};
    if (!set)
        return;
    for (size_t i = 0; i < N_POINTS; i++) {
        x[i] = (float)(-86.5 * pow(testing_uniform(&random), 3));
        wide_x[i] = -700 * pow(testing_uniform(&random), 3);
    }
    set->single->powers(x, N_POINTS, y);
    set->wide->powers(wide_x, N_POINTS, wide_y);
    for (size_t i = 0; i < N_POINTS; i++) {
        worst[0] = fmax(worst[0], ulps_single(y[i], expl((long double)x[i])));
        worst[1] = fmax(worst[1], ulps_double(wide_y[i], expl((long double)wide_x[i])));
    }
    /* Weights: 1 down to what exp gives. */
    set->single->logarithms(y, N_POINTS, x);
    set->wide->logarithms(wide_y, N_POINTS, wide_x);
    for (size_t i = 0; i < N_POINTS; i++) {
        if (y[i] < 1)
            worst[2] = fmax(worst[2], ulps_single(x[i], logl((long double)y[i])));
        if (wide_y[i] < 1)
            worst[3] = fmax(worst[3], ulps_double(wide_x[i], logl((long double)wide_y[i])));
    }
    ck_assert_msg(worst[0] <= 1.1 && worst[1] <= 1.1 && worst[2] <= 2 && worst[3] <= 2,
                  "%s: units in the last place, exp %.3f and %.3f, log %.3f and %.3f", set->name,
                  worst[0], worst[1], worst[2], worst[3]);
}
END_TEST

START_TEST(exp_is_exact_where_it_should_be)
{
    const mmax_instruction_set *set = set_at(_i);
    if (!set)
        return;
    float x[16] = {0, -INFINITY, -1000, -87, -FLT_MIN}, y[16];
    double wide_x[16] = {0, -inf, -1e4, -708, -DBL_MIN}, wide_y[16];
    set->single->powers(x, 16, y);
    set->wide->powers(wide_x, 16, wide_y);
    ck_assert(y[0] == 1 && y[1] == 0 && y[2] == 0 && y[3] == 0 && y[4] == 1);
    ck_assert(wide_y[0] == 1 && wide_y[1] == 0 && wide_y[2] == 0 && wide_y[3] == 0);
    ck_assert(wide_y[4] == 1);
}
END_TEST

/* ---- rows ------------------------------------------------------------------------------------ */

/* A row at either width with all that the kernels find. */
typedef struct scene {
    size_t n, stride;
    bool is_single;
    union {
        float single[MAX_ROW];
        double wide[MAX_ROW];
    } logits, powers, weights;
    char scratch[2 * MAX_ROW * sizeof(double)];
    mmax_row_facts facts;
    mmax_row_exponentials exponentials;
    mmax_row_bounds bounds;
    mmax_row_sums sums;
} scene;

static void set_row(scene *s, bool is_single, const double *x, size_t n)
{
    memset(s, 0, sizeof *s);
    s->n = n;
    s->stride = (n + 15) / 16 * 16;
    s->is_single = is_single;
    ck_assert_uint_le(s->stride, MAX_ROW);
    for (size_t j = 0; j < s->stride; j++) {
        if (is_single)
            s->logits.single[j] = j < n ? (float)x[j] : -INFINITY;
        else
            s->logits.wide[j] = j < n ? x[j] : -inf;
    }
}

static double logit_at(const scene *s, size_t j)
{
    return s->is_single ? (double)s->logits.single[j] : s->logits.wide[j];
}

static double weight_at(const scene *s, size_t j)
{
    return s->is_single ? (double)s->weights.single[j] : s->weights.wide[j];
}

static const double ts[4] = {-1, -0.5, -0.25, -0.03125};

static void find_facts(scene *s, const mmax_fused *fused)
{
    fused->facts(&s->logits, 1, s->stride, true, &s->facts, &s->exponentials, &s->powers);
    double epsilon = s->facts.log_sum_exp - log((double)s->facts.n_live);
    s->bounds = (mmax_row_bounds){.above = epsilon + 1e-5,
                                  .below = epsilon - 1e-5,
                                  .per_reference = (double)s->facts.n_live,
                                  .log_per_reference = log((double)s->facts.n_live)};
}

static void apply(scene *s, const mmax_fused *fused, size_t map, bool with_weights)
{
    static const double alphas[] = {2, 1.5, 1.25, 1.9, 1};
    const double eps = (s->bounds.above + s->bounds.below) / 2, ranges[4] = {eps, eps, eps, eps};
    const double first_order[4] = {ts[0], ts[1], 0, 0};
    s->bounds.is_counted = false;
    const mmax_fused_rows rows = {.logits = &s->logits,
                                  .n_rows = 1,
                                  .stride = s->stride,
                                  .facts = &s->facts,
                                  .bounds = &s->bounds,
                                  .exponentials = &s->exponentials,
                                  .powers = &s->powers,
                                  .scratch = s->scratch,
                                  .weights = with_weights ? &s->weights : NULL,
                                  .sums = &s->sums};
    switch (map) {
    case 0:
    case 1:
        fused->softmax(&rows, map == 0 ? 1 : 0.75);
        break;
    case 2:
        fused->evsoftmax(&rows);
        break;
    case 3:
        fused->multimax(&rows, first_order, ranges);
        break;
    default:
        fused->entmax(&rows, alphas[map - 4]);
        break;
    }
}

/* What rows are made of: spread, masks, ties, an offset. */
typedef struct kind {
    double spread, offset;
    bool masked, tied, extreme;
} kind;

static const kind kinds[] = {
    {.spread = 2},
    {.spread = 0.1},
    {.spread = 8, .offset = 1000},
    {.spread = 1e-4, .offset = -3},
    {.spread = 0},
    {.spread = 2, .masked = true},
    {.spread = 3, .tied = true},
    {.spread = 2, .extreme = true},
};
enum { N_KINDS = sizeof kinds / sizeof kinds[0] };

/* As many float32 values, so that both widths have the same row. */
static void make_row(const kind *k, size_t n, testing_random *random, double *x)
{
    for (size_t j = 0; j < n; j++) {
        double value = k->offset + k->spread * testing_normal(random);
        value = k->tied ? rint(value) : value;
        x[j] = (double)(float)value;
        if (k->masked && testing_uniform(random) < 0.4)
            x[j] = -inf;
        if (k->extreme && testing_uniform(random) < 0.2)
            x[j] = (double)-FLT_MAX;
    }
    x[n / 2] = k->offset;
}

static const size_t lengths[] = {1, 2, 3, 7, 8, 15, 16, 17, 33, 64, 100, 511, 512, 513, 1100};
enum { N_LENGTHS = sizeof lengths / sizeof lengths[0] };

static bool same_sums(const mmax_row_sums *a, const mmax_row_sums *b)
{
    return a->is_left == b->is_left && testing_same(a->largest, b->largest) &&
           testing_same(a->entropy, b->entropy) && testing_same(a->squares, b->squares) &&
           testing_same(a->relevant_gap, b->relevant_gap) &&
           testing_same(a->irrelevant_sum, b->irrelevant_sum) && a->n_relevant == b->n_relevant &&
           a->n_irrelevant == b->n_irrelevant && a->n_modes == b->n_modes &&
           a->support == b->support;
}

/* All that the kernels found, to the bit. */
static bool same_found(const scene *a, const scene *b)
{
    return memcmp(&a->powers, &b->powers, sizeof a->powers) == 0 &&
           memcmp(&a->weights, &b->weights, sizeof a->weights) == 0 &&
           testing_same(a->facts.max, b->facts.max) && testing_same(a->facts.min, b->facts.min) &&
           testing_same(a->facts.mean, b->facts.mean) && a->facts.n_live == b->facts.n_live &&
           testing_same(a->facts.log_sum_exp, b->facts.log_sum_exp) &&
           testing_same(a->exponentials.sum, b->exponentials.sum) &&
           testing_same(a->exponentials.dot, b->exponentials.dot) && same_sums(&a->sums, &b->sums);
}

START_TEST(every_set_gives_the_bits_of_the_baseline)
{
    static scene expected, actual;
    const mmax_instruction_set *set = set_at(_i), *baseline = set_at(0);
    testing_random random = {11};
    double x[MAX_ROW];
    for (size_t i = 0; set && i < N_LENGTHS * N_KINDS * 2; i++) {
        bool is_single = i % 2;
        make_row(&kinds[i / 2 % N_KINDS], lengths[i / 2 / N_KINDS], &random, x);
        set_row(&expected, is_single, x, lengths[i / 2 / N_KINDS]);
        actual = expected;
        find_facts(&expected, is_single ? baseline->single : baseline->wide);
        find_facts(&actual, is_single ? set->single : set->wide);
        for (size_t map = 0; map < N_MAPS; map++) {
            apply(&expected, is_single ? baseline->single : baseline->wide, map, true);
            apply(&actual, is_single ? set->single : set->wide, map, true);
            ck_assert_msg(same_found(&expected, &actual), "row %zu, map %zu", i, map);
        }
    }
}
END_TEST

START_TEST(sums_are_the_same_whether_or_not_weights_are_written)
{
    static scene s;
    const mmax_instruction_set *set = set_at(_i);
    testing_random random = {12};
    double x[MAX_ROW];
    for (size_t i = 0; set && i < N_KINDS * N_MAPS; i++) {
        make_row(&kinds[i % N_KINDS], 100, &random, x);
        set_row(&s, i / N_KINDS % 2, x, 100);
        const mmax_fused *fused = s.is_single ? set->single : set->wide;
        find_facts(&s, fused);
        apply(&s, fused, i / N_KINDS, true);
        mmax_row_sums with = s.sums;
        s.sums = (mmax_row_sums){0};
        apply(&s, fused, i / N_KINDS, false);
        ck_assert(same_sums(&with, &s.sums));
    }
}
END_TEST

/* The sums by their definitions, of the weights that were written. */
static void check_sums(const scene *s, double tolerance)
{
    long double entropy = 0, squares = 0, gap = 0, irrelevant = 0, sum = 0;
    double largest = 0;
    size_t n_modes = 0, n_relevant = 0, n_irrelevant = 0;
    for (size_t j = 0; j < s->n; j++)
        largest = fmax(largest, weight_at(s, j));
    for (size_t j = 0; j < s->n; j++) {
        double x = logit_at(s, j), p = weight_at(s, j);
        ck_assert(x > -inf || p == 0);
        sum += (long double)p;
        entropy -= p > 0 ? (long double)p * logl((long double)p) : 0;
        squares += (long double)p * (long double)p;
        n_modes += p >= largest / 2;
        if (x > s->bounds.above) {
            n_relevant++;
            gap += (long double)largest - (long double)p;
        } else if (x < s->bounds.below && x > -inf) {
            n_irrelevant++;
            irrelevant += expl(-(long double)p * (long double)s->bounds.per_reference);
        }
    }
    double n = (double)s->n;
    ck_assert_double_le(fabs((double)sum - 1), 4 * tolerance);
    ck_assert_double_le(fabs(s->sums.largest - largest), tolerance);
    ck_assert_double_le(fabs(s->sums.entropy - (double)entropy), 16 * tolerance);
    ck_assert_double_le(fabs(s->sums.squares - (double)squares), 4 * tolerance);
    ck_assert_double_le(fabs(s->sums.relevant_gap - (double)gap), n * tolerance);
    ck_assert_double_le(fabs(s->sums.irrelevant_sum - (double)irrelevant), n * n * tolerance);
    ck_assert_uint_eq(s->bounds.n_relevant, n_relevant);
    ck_assert_uint_eq(s->sums.n_irrelevant, n_irrelevant);
    ck_assert_uint_le(n_relevant - s->sums.n_relevant, 1);
    /* Two units in the last place may stand between a weight and half of the largest. */
    ck_assert_uint_le(
        n_modes > s->sums.n_modes ? n_modes - s->sums.n_modes : s->sums.n_modes - n_modes, 1);
}

START_TEST(sums_are_those_of_the_weights)
{
    if (!testing_has_long_double(__func__))
        return;
    static scene s;
    const mmax_instruction_set *set = set_at(_i);
    testing_random random = {13};
    double x[MAX_ROW];
    for (size_t i = 0; set && i < N_LENGTHS * N_KINDS * 2; i++) {
        size_t n = lengths[i / 2 / N_KINDS];
        make_row(&kinds[i / 2 % N_KINDS], n, &random, x);
        set_row(&s, i % 2, x, n);
        const mmax_fused *fused = s.is_single ? set->single : set->wide;
        find_facts(&s, fused);
        for (size_t map = 0; map < N_MAPS; map++) {
            apply(&s, fused, map, true);
            if (!s.sums.is_left)
                check_sums(&s, s.is_single ? 4e-7 : 1e-15);
        }
    }
}
END_TEST

/* ---- against the scalar kernels -------------------------------------------------------------- */

static void reference(const scene *s, size_t map, const double *x, double *p, size_t *support)
{
    static const double alphas[] = {2, 1.5, 1.25, 1.9, 1};
    const double eps = (s->bounds.above + s->bounds.below) / 2, ranges[4] = {eps, eps, eps, eps};
    const double first_order[4] = {ts[0], ts[1], 0, 0};
    mmax_row_facts facts;
    mmax_kernel_facts(x, 1, s->n, &facts);
    mmax_kernel_rows rows = {.logits = x,
                             .facts = &facts,
                             .n_rows = 1,
                             .row_length = s->n,
                             .weights = p,
                             .support = support};
    if (map < 2)
        mmax_kernel_softmax(&rows, map == 0 ? 1 : 0.75);
    else if (map == 2)
        mmax_kernel_evsoftmax(&rows);
    else if (map > 3)
        mmax_kernel_entmax(&rows, alphas[map - 4]);
    if (map != 3)
        return;
    ck_assert_uint_eq(mmax_kernel_modulate(x, 1, s->n, first_order, ranges, p), 1);
    mmax_kernel_extremes(p, 1, s->n, &facts);
    rows.logits = p;
    mmax_kernel_softmax(&rows, 1);
}

START_TEST(weights_are_those_of_the_scalar_kernels)
{
    static scene s;
    const mmax_instruction_set *set = set_at(_i);
    testing_random random = {14};
    double x[MAX_ROW], p[MAX_ROW];
    for (size_t i = 0; set && i < N_LENGTHS * N_KINDS * 2; i++) {
        size_t n = lengths[i / 2 / N_KINDS], support;
        make_row(&kinds[i / 2 % N_KINDS], n, &random, x);
        set_row(&s, i % 2, x, n);
        const mmax_fused *fused = s.is_single ? set->single : set->wide;
        find_facts(&s, fused);
        for (size_t map = 0; map < N_MAPS; map++) {
            apply(&s, fused, map, true);
            reference(&s, map, x, p, &support);
            for (size_t j = 0; j < n && !s.sums.is_left; j++)
                ck_assert_msg(fabs(weight_at(&s, j) - p[j]) <= (s.is_single ? 1e-6 : 4e-15),
                              "row %zu of %zu, map %zu, column %zu: %.17g, expected %.17g", i, n,
                              map, j, weight_at(&s, j), p[j]);
            if (!s.sums.is_left && (!s.is_single || map < 4))
                ck_assert_uint_eq(s.sums.support, support);
        }
    }
}
END_TEST

START_TEST(facts_are_those_of_the_scalar_kernels)
{
    static scene s;
    const mmax_instruction_set *set = set_at(_i);
    testing_random random = {15};
    double x[MAX_ROW];
    for (size_t i = 0; set && i < N_LENGTHS * N_KINDS * 2; i++) {
        size_t n = lengths[i / 2 / N_KINDS];
        mmax_row_facts facts;
        make_row(&kinds[i / 2 % N_KINDS], n, &random, x);
        set_row(&s, i % 2, x, n);
        find_facts(&s, s.is_single ? set->single : set->wide);
        mmax_kernel_facts(x, 1, n, &facts);
        ck_assert(s.facts.max == facts.max && s.facts.min == facts.min);
        ck_assert(s.facts.mean == facts.mean && s.facts.n_live == facts.n_live);
        ck_assert_uint_eq(s.facts.invalid, MMAX_NO_COLUMN);
        ck_assert_double_le(fabs(s.facts.log_sum_exp - facts.log_sum_exp),
                            (s.is_single ? 2e-7 : 2e-15) + 4 * DBL_EPSILON * fabs(facts.max));
    }
}
END_TEST

START_TEST(invalid_and_dead_rows_are_found)
{
    static scene s;
    const mmax_instruction_set *set = set_at(_i);
    for (int width = 0; set && width < 2; width++) {
        const mmax_fused *fused = width ? set->single : set->wide;
        double x[20] = {0}, dead[3] = {-inf, -inf, -inf};
        x[17] = (double)NAN;
        x[19] = inf;
        set_row(&s, width, x, 20);
        find_facts(&s, fused);
        ck_assert_uint_eq(s.facts.invalid, 17);
        x[17] = -inf;
        set_row(&s, width, x, 20);
        find_facts(&s, fused);
        ck_assert_uint_eq(s.facts.invalid, 19);
        set_row(&s, width, dead, 3);
        find_facts(&s, fused);
        ck_assert(s.facts.n_live == 0 && isnan(s.facts.max) && isnan(s.facts.log_sum_exp));
        for (size_t map = 0; map < N_MAPS; map++) {
            memset(&s.weights, 1, sizeof s.weights);
            apply(&s, fused, map, true);
            ck_assert(weight_at(&s, 0) == 0 && weight_at(&s, 2) == 0 && !s.sums.is_left);
        }
    }
}
END_TEST

/* Rows with a masked entry are looked at in another way than those without. */
START_TEST(a_nan_is_found_wherever_it_stands)
{
    const mmax_instruction_set *set = set_at(_i);
    if (!set)
        return;
    for (size_t i = 0; i < 8 * 48; i++) {
        static scene s;
        size_t place = i / 8;
        double x[48] = {0};
        x[(place + 5) % 48] = i & 2u ? -inf : 1;
        x[place] = i & 4u ? (double)NAN : inf;
        set_row(&s, i & 1u, x, 48);
        find_facts(&s, s.is_single ? set->single : set->wide);
        ck_assert_uint_eq(s.facts.invalid, place);
    }
}
END_TEST

/* ---- choosing -------------------------------------------------------------------------------- */

START_TEST(a_set_that_cannot_be_is_refused_in_words)
{
    const mmax_instruction_set *set = NULL;
    mmax_error error;
    ck_assert_int_eq(mmax_instruction_set_choose("sse9", &set, &error), MMAX_EUSAGE);
    ck_assert_ptr_null(set);
    const char *begin = "unknown instruction set 'sse9': this processor has baseline";
    ck_assert_msg(strncmp(error.message, begin, strlen(begin)) == 0, "%s", error.message);
    ck_assert_int_eq(mmax_instruction_set_choose(NULL, &set, &error), MMAX_OK);
    for (int i = 0; i < N_SETS; i++) {
        if (mmax_instruction_set_choose(set_names[i], &set, &error) != MMAX_OK)
            ck_assert_msg(strncmp(error.message, "unsupported", 11) == 0, "%s", error.message);
        else
            ck_assert_str_eq(set->name, set_names[i]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fused kernels");
    TCase *lanes = tcase_create("lanes");
    tcase_add_loop_test(lanes, exp_and_log_err_by_less_than_they_promise, 0, N_SETS);
    tcase_add_loop_test(lanes, exp_is_exact_where_it_should_be, 0, N_SETS);
    tcase_add_loop_test(lanes, every_set_gives_the_bits_of_the_baseline, 1, N_SETS);
    tcase_add_loop_test(lanes, sums_are_the_same_whether_or_not_weights_are_written, 0, N_SETS);
    tcase_add_loop_test(lanes, sums_are_those_of_the_weights, 0, N_SETS);
    tcase_add_loop_test(lanes, weights_are_those_of_the_scalar_kernels, 0, N_SETS);
    tcase_add_loop_test(lanes, facts_are_those_of_the_scalar_kernels, 0, N_SETS);
    tcase_add_loop_test(lanes, invalid_and_dead_rows_are_found, 0, N_SETS);
    tcase_add_loop_test(lanes, a_nan_is_found_wherever_it_stands, 0, N_SETS);
    tcase_add_test(lanes, a_set_that_cannot_be_is_refused_in_words);
    suite_add_tcase(suite, lanes);
    return testing_run(suite);
}
