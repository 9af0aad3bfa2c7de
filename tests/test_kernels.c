/* The kernels on rows at the edges of float64; expected values by hand unless said otherwise. */
#include "kernels/kernels.h"
#include "testing.h"

#include <float.h>
#include <math.h>

enum { MAX_ROW = 5000 };

static const double inf = HUGE_VAL;

static mmax_row_facts facts_of(const double *x, size_t n)
{
    mmax_row_facts facts;
    mmax_kernel_facts(x, 1, n, &facts);
    return facts;
}

typedef struct weights {
    double p[MAX_ROW], log_p[MAX_ROW];
    size_t support;
} weights;

typedef enum family { SOFTMAX, SPARSEMAX, ENTMAX, EVSOFTMAX } family;

static void compute(family which, double parameter, const double *x, size_t n, weights *result)
{
    mmax_row_facts facts = facts_of(x, n);
    mmax_kernel_rows rows = {
        .logits = x,
        .facts = &facts,
        .n_rows = 1,
        .row_length = n,
        .weights = result->p,
        .log_weights = result->log_p,
        .support = &result->support,
    };
    switch (which) {
    case SOFTMAX:
        mmax_kernel_softmax(&rows, parameter);
        break;
    case SPARSEMAX:
        mmax_kernel_sparsemax(&rows);
        break;
    case ENTMAX:
        mmax_kernel_entmax(&rows, parameter);
        break;
    case EVSOFTMAX:
        mmax_kernel_evsoftmax(&rows);
        break;
    }
}

static void assert_near(double actual, double expected, double relative)
{
    ck_assert_msg(testing_same(actual, expected) ||
                      fabs(actual - expected) <= relative * fabs(expected),
                  "%.17g, expected %.17g", actual, expected);
}

/* ---- facts ----------------------------------------------------------------------------------- */

START_TEST(facts_leave_masked_entries_out)
{
    double x[] = {-inf, 1, -inf, 3, 2, -inf};
    mmax_row_facts facts = facts_of(x, 6);
    ck_assert_uint_eq(facts.n_live, 3);
    ck_assert_uint_eq(facts.invalid, MMAX_NO_COLUMN);
    ck_assert(facts.max == 3 && facts.min == 1 && facts.mean == 2);
    assert_near(facts.log_sum_exp, 3.4076059644443806, DBL_EPSILON); /* 3 + ln(1 + 1/e + 1/e^2) */
}
END_TEST

START_TEST(facts_of_a_row_without_live_entries_are_nan)
{
    double x[] = {-inf, -inf};
    for (size_t n = 0; n <= 2; n += 2) {
        mmax_row_facts facts = facts_of(x, n);
        ck_assert_uint_eq(facts.n_live, 0);
        ck_assert_uint_eq(facts.invalid, MMAX_NO_COLUMN);
        ck_assert(isnan(facts.max) && isnan(facts.min) && isnan(facts.mean));
        ck_assert(isnan(facts.log_sum_exp));
    }
}
END_TEST

START_TEST(the_first_nan_or_inf_of_a_row_is_found)
{
    double x[] = {0, -inf, (double)NAN, inf};
    ck_assert_uint_eq(facts_of(x, 4).invalid, 2);
    x[2] = 1;
    ck_assert_uint_eq(facts_of(x, 4).invalid, 3);
    x[0] = (double)NAN;
    ck_assert_uint_eq(facts_of(x, 4).invalid, 0);
}
END_TEST

START_TEST(the_mean_neither_overflows_nor_cancels)
{
    double huge[] = {1.7e308, 1.7e308}, opposite[] = {DBL_MAX, -DBL_MAX};
    double cancelling[] = {1e30, 1, -1e30, 2}, equal[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1};
    double tiny[] = {5e-324, 1.5e-323, 1e-323};
    ck_assert(facts_of(huge, 2).mean == 1.7e308);
    ck_assert(facts_of(opposite, 2).mean == 0);
    ck_assert(facts_of(cancelling, 4).mean == 0.75);
    ck_assert(facts_of(equal, 6).mean == 0.1);
    ck_assert(facts_of(tiny, 3).mean == 1e-323);
}
END_TEST

START_TEST(log_sum_exp_keeps_what_is_small_beside_the_maximum)
{
    double x[] = {0, -50}, apart[] = {1.7e308, -1.7e308}, offset[] = {1e6, 1e6};
    assert_near(facts_of(x, 2).log_sum_exp, 1.9287498479639178e-22, 4 * DBL_EPSILON); /* e^-50 */
    ck_assert(facts_of(apart, 2).log_sum_exp == 1.7e308);
    assert_near(facts_of(offset, 2).log_sum_exp, 1e6 + 0.6931471805599453, DBL_EPSILON);
}
END_TEST

START_TEST(extremes_are_those_of_the_facts)
{
    double x[] = {-inf, 1, 5, -2, (double)NAN, 3, -inf, -inf};
    mmax_row_facts extremes[4];
    mmax_kernel_extremes(x, 4, 2, extremes);
    ck_assert(extremes[0].max == 1 && extremes[0].min == 1 && extremes[0].n_live == 1);
    ck_assert(extremes[1].max == 5 && extremes[1].min == -2);
    ck_assert_uint_eq(extremes[2].invalid, 0);
    ck_assert(extremes[3].n_live == 0 && isnan(extremes[3].max));
}
END_TEST

/* ---- softmax --------------------------------------------------------------------------------- */

START_TEST(softmax_bears_every_temperature)
{
    static weights w;
    double x[] = {0, 1, 1}, far[] = {DBL_MAX, -DBL_MAX};
    compute(SOFTMAX, 1e-300, x, 3, &w);
    ck_assert(w.p[0] == 0 && w.p[1] == 0.5 && w.p[2] == 0.5 && w.support == 3);
    assert_near(w.log_p[0], -1e300, 4 * DBL_EPSILON);
    compute(SOFTMAX, 5e-324, x, 3, &w);
    ck_assert(w.p[0] == 0 && w.p[1] == 0.5);
    compute(SOFTMAX, 1e300, x, 3, &w);
    ck_assert(w.p[0] == w.p[1] && w.p[0] == 1.0 / 3);
    /* max - min overflows, but not once divided: 1 / (1 + e^-2). */
    compute(SOFTMAX, DBL_MAX, far, 2, &w);
    assert_near(w.p[0], 0.8807970779778823, 2 * DBL_EPSILON);
    assert_near(w.log_p[1], -2.1269280110429727, 2 * DBL_EPSILON);
    compute(SOFTMAX, 1, far, 2, &w);
    ck_assert(w.p[0] == 1 && w.p[1] == 0 && w.support == 2);
}
END_TEST

START_TEST(logarithms_are_right_where_weights_underflow)
{
    static weights w;
    double x[] = {0, -1e3, -1e5, -inf};
    compute(SOFTMAX, 1, x, 4, &w);
    ck_assert(w.p[1] == 0 && w.log_p[1] == -1e3 && w.log_p[2] == -1e5 && w.log_p[3] == -inf);
    ck_assert_uint_eq(w.support, 3);
    /* 1e4 log1p(-1e-4 * 1e3), and beyond 1/(alpha - 1) = 1e4 it is not in the support. */
    compute(ENTMAX, 1.0001, x, 4, &w);
    assert_near(w.log_p[1], -1053.6051565782, 1e-11);
    ck_assert(w.p[1] == 0 && w.log_p[2] == -inf && w.support == 2);
}
END_TEST

START_TEST(logarithms_are_those_of_the_weights)
{
    static weights w;
    static const struct {
        family which;
        double parameter;
    } maps[] = {{SOFTMAX, 0.5}, {SPARSEMAX, 0}, {ENTMAX, 1.2}, {ENTMAX, 1.5},
                {ENTMAX, 2},    {ENTMAX, 3.5},  {EVSOFTMAX, 0}};
    testing_random random = {7};
    double x[64];
    for (size_t i = 0; i < 64; i++)
        x[i] = i % 9 == 4 ? -inf : testing_normal(&random);
    for (size_t m = 0; m < sizeof maps / sizeof maps[0]; m++) {
        compute(maps[m].which, maps[m].parameter, x, 64, &w);
        for (size_t i = 0; i < 64; i++)
            ck_assert(w.log_p[i] == -inf ? w.p[i] == 0
                                         : fabs(w.log_p[i] - log(w.p[i])) < 64 * DBL_EPSILON);
    }
}
END_TEST

START_TEST(a_row_without_live_entries_weighs_nothing)
{
    static weights w;
    double x[] = {-inf, -inf, -inf};
    for (int which = SOFTMAX; which <= EVSOFTMAX; which++) {
        w.p[0] = w.log_p[2] = 1;
        compute((family)which, 1.7, x, 3, &w);
        ck_assert(w.p[0] == 0 && w.p[2] == 0 && w.log_p[2] == -inf && w.support == 0);
    }
}
END_TEST

/* ---- thresholds ------------------------------------------------------------------------------ */

START_TEST(an_entry_on_the_threshold_is_outside)
{
    static weights w;
    double x[] = {1, 0, -1};
    compute(SPARSEMAX, 0, x, 3, &w);
    ck_assert(w.p[0] == 1 && w.p[1] == 0 && w.support == 1);
    double x15[] = {2, 0}; /* (2 - 0) / 2 = 1 */
    compute(ENTMAX, 1.5, x15, 2, &w);
    ck_assert(w.p[0] == 1 && w.p[1] == 0 && w.support == 1);
    double x3[] = {0.5, 0}; /* 2 (0.5 - 0) = 1 */
    compute(ENTMAX, 3, x3, 2, &w);
    ck_assert(w.p[0] == 1 && w.p[1] == 0 && w.support == 1);
}
END_TEST

/* With alpha = 3 and x = (0, -(1 - delta) / 2) the weights are 1 - q and q with
 * (1 - q)^2 - q^2 = 1 - delta, so q = delta / 2 exactly.  A threshold in float64 would leave an
 * error of 1e-8. */
START_TEST(steep_entmax_is_exact_beside_its_threshold)
{
    static weights w;
    for (double delta = 0.5; delta > 1e-12; delta /= 16) {
        double x[] = {0, -(1 - delta) / 2};
        compute(ENTMAX, 3, x, 2, &w);
        ck_assert_uint_eq(w.support, 2);
        ck_assert_double_le(fabs(w.p[1] - delta / 2), DBL_EPSILON);
        ck_assert_double_le(fabs(w.p[0] - (1 - delta / 2)), DBL_EPSILON);
    }
}
END_TEST

START_TEST(entmax_near_alpha_one_departs_from_softmax_in_first_order)
{
    static weights near_one, softmax;
    double x[] = {0.3, -1.2, 2, 0.7, -0.1};
    compute(SOFTMAX, 1, x, 5, &softmax);
    for (double step = 1e-3; step > 1e-15; step /= 10) {
        compute(ENTMAX, 1 + step, x, 5, &near_one);
        for (size_t i = 0; i < 5; i++)
            ck_assert_double_le(fabs(near_one.p[i] - softmax.p[i]), 2 * step + 2 * DBL_EPSILON);
    }
}
END_TEST

START_TEST(rows_longer_than_the_candidates_buffer_are_no_different)
{
    static double x[MAX_ROW];
    static weights w;
    static const double alphas[] = {1.01, 1.5, 1.7, 2, 4};
    testing_random random = {3};
    for (size_t i = 0; i < MAX_ROW; i++)
        x[i] = i % 3 == 1 ? -inf : 1e-3 * testing_uniform(&random);
    for (size_t a = 0; a < 5; a++) {
        long double sum = 0;
        compute(ENTMAX, alphas[a], x, MAX_ROW, &w);
        for (size_t i = 0; i < MAX_ROW; i++)
            sum += (long double)w.p[i];
        ck_assert_double_le((double)fabsl(sum - 1), MAX_ROW * DBL_EPSILON);
        ck_assert(w.p[1] == 0 && w.log_p[1] == -inf);
    }
}
END_TEST

START_TEST(evsoftmax_keeps_what_is_at_the_mean_within_rounding)
{
    static weights w;
    double decimal[] = {0.1, 0.2, 0.3}, equal[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, -inf};
    compute(EVSOFTMAX, 0, decimal, 3, &w);
    ck_assert(w.p[0] == 0 && w.p[1] > 0 && w.support == 2);
    compute(EVSOFTMAX, 0, equal, 7, &w);
    ck_assert(w.p[0] == 1.0 / 6 && w.p[5] == w.p[0] && w.p[6] == 0 && w.support == 6);
}
END_TEST

/* ---- modulation ------------------------------------------------------------------------------ */

START_TEST(sigma_is_the_sum_of_its_terms)
{
    double ts[] = {-1, -0.5, -0.25, 0.5}, ranges[] = {0, 1, -1, 2}, x[] = {-3, 0.5, 4, -inf}, y[4];
    ck_assert_uint_eq(mmax_kernel_modulate(x, 1, 4, ts, ranges, y), 1);
    ck_assert(y[0] == -3 - 3 - 0.25 * 4 && y[1] == 0.5 && y[2] == 4 - 1.5 + 0.5 * 4);
    ck_assert(y[3] == -inf);
}
END_TEST

START_TEST(sigma_names_the_row_in_which_it_overflows)
{
    double ts[] = {0, 0, 0, 1}, ranges[12] = {0}, x[] = {1, 2, 1e200, 0, -inf, -inf}, y[6];
    ck_assert_uint_eq(mmax_kernel_modulate(x, 3, 2, ts, ranges, y), 1);
    ts[3] = 1e-300; /* 1e-300 * 1e200^2 does not */
    ck_assert_uint_eq(mmax_kernel_modulate(x, 3, 2, ts, ranges, y), 3);
    assert_near(y[2], 1e200, DBL_EPSILON);
    ts[3] = 0; /* what has no coefficient has no effect */
    ck_assert_uint_eq(mmax_kernel_modulate(x, 3, 2, ts, ranges, y), 3);
    ck_assert(y[2] == 1e200 && y[4] == -inf);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels");
    TCase *facts = tcase_create("facts");
    tcase_add_test(facts, facts_leave_masked_entries_out);
    tcase_add_test(facts, facts_of_a_row_without_live_entries_are_nan);
    tcase_add_test(facts, the_first_nan_or_inf_of_a_row_is_found);
    tcase_add_test(facts, the_mean_neither_overflows_nor_cancels);
    tcase_add_test(facts, log_sum_exp_keeps_what_is_small_beside_the_maximum);
    tcase_add_test(facts, extremes_are_those_of_the_facts);
    suite_add_tcase(suite, facts);
    TCase *maps = tcase_create("maps");
    tcase_add_test(maps, softmax_bears_every_temperature);
    tcase_add_test(maps, logarithms_are_right_where_weights_underflow);
    tcase_add_test(maps, logarithms_are_those_of_the_weights);
    tcase_add_test(maps, a_row_without_live_entries_weighs_nothing);
    tcase_add_test(maps, an_entry_on_the_threshold_is_outside);
    tcase_add_test(maps, steep_entmax_is_exact_beside_its_threshold);
    tcase_add_test(maps, entmax_near_alpha_one_departs_from_softmax_in_first_order);
    tcase_add_test(maps, rows_longer_than_the_candidates_buffer_are_no_different);
    tcase_add_test(maps, evsoftmax_keeps_what_is_at_the_mean_within_rounding);
    tcase_add_test(maps, sigma_is_the_sum_of_its_terms);
    tcase_add_test(maps, sigma_names_the_row_in_which_it_overflows);
    suite_add_tcase(suite, maps);
    return testing_run(suite);
}
