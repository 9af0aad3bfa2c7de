/* Checks: what they may say, and what results say to them. */
#include "test_analyze.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Under sparsemax the rows have 2 and 1 entries of support, so that its statistics are those of
 * (1, 2): quantiles are linear between the two, and the deviation is sqrt(1/2).  In the first one
 * no entry is relevant or irrelevant, in the second the one beside the largest is irrelevant. */
static const double logits[] = {0, 0, 3, 0};
static const size_t shape[] = {2, 2};

static mmax_plan *plan_of(const char *const *specs)
{
    mmax_plan *plan = new_plan();
    mmax_error error = {0};
    for (; *specs; specs++)
        if (mmax_plan_add_map(plan, *specs, &error) != MMAX_OK)
            ck_abort_msg("%s", error.message);
    return plan;
}

static mmax_plan *sparsemax_plan(void)
{
    return plan_of((const char *const[]){"sparsemax", NULL});
}

static void add_check(mmax_plan *plan, const char *text)
{
    mmax_error error = {0};
    if (mmax_plan_add_check(plan, text, &error) != MMAX_OK)
        ck_abort_msg("%s", error.message);
}

static mmax_result *analyze_rows(const mmax_plan *plan, mmax_source **source)
{
    *source = open_array(logits, shape, 2);
    return analyze(plan, *source);
}

/* What becomes of one check, alone in its plan, under one map. */
static mmax_check_outcome outcome_of(const char *text)
{
    mmax_plan *plan = sparsemax_plan();
    add_check(plan, text);
    mmax_source *source;
    mmax_result *result = analyze_rows(plan, &source);
    mmax_check_outcome outcome, other;
    ck_assert(mmax_check_outcome_at(plan, result, 0, &outcome));
    ck_assert(!mmax_check_outcome_at(plan, result, 1, &other));
    ck_assert_str_eq(outcome.check, text);
    outcome.check = NULL;
    mmax_result_free(result);
    mmax_source_free(source);
    mmax_plan_free(plan);
    return outcome;
}

/* ---- the grammar ----------------------------------------------------------------------------- */

START_TEST(every_operator_compares_as_it_is_read)
{
    static const struct {
        const char *operator_name;
        bool below, at, above; /* whether it holds of a number below, at and above the value */
    } cases[] = {
        {"<", false, false, true}, {"<=", false, true, true},  {">", true, false, false},
        {">=", true, true, false}, {"==", false, true, false}, {"!=", true, false, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static const char *const numbers[] = {"1.25", "1.5", "1.75"};
        const bool expected[] = {cases[i].below, cases[i].at, cases[i].above};
        for (size_t k = 0; k < 3; k++) {
            char text[64];
            snprintf(text, sizeof text, "support.mean %s %s", cases[i].operator_name, numbers[k]);
            ck_assert_msg(outcome_of(text).holds == expected[k], "%s", text);
        }
    }
}
END_TEST

START_TEST(every_statistic_of_reports_can_be_checked)
{
    static const char *const texts[] = {
        "support.count == 2",  "support.missing == 0",
        "support.mean == 1.5", "support.std == 0.7071067811865476",
        "support.min == 1",    "support.max == 2",
        "support.p05 == 1.05", "support.p25 == 1.25",
        "support.p50 == 1.5",  "support.p75 == 1.75",
        "support.p95 == 1.95",
    };
    ck_assert_uint_eq(sizeof texts / sizeof *texts, MMAX_STATISTICS);
    for (size_t i = 0; i < MMAX_STATISTICS; i++) {
        mmax_check_outcome outcome = outcome_of(texts[i]);
        ck_assert_msg(outcome.holds, "%s", outcome.message);
        ck_assert_ptr_nonnull(strstr(texts[i], mmax_statistic_names[i]));
    }
}
END_TEST

START_TEST(blanks_may_stand_around_every_part_and_numbers_are_those_of_the_program)
{
    static const char *const texts[] = {
        "support.mean>1",
        "  support.mean  >  1  ",
        "\tsupport.mean\t>\t1\t",
        "sparsemax:support.mean>1",
        " sparsemax : support.mean > 1",
        "support.mean > -1e3",
        "support.mean > +1",
        "support.mean >= 0x1.8p0",
        "support.mean < inf",
        "support.mean > -Infinity",
        "support.mean > .5",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        ck_assert_msg(outcome_of(texts[i]).holds, "%s", texts[i]);
}
END_TEST

/* In a run of softmax and entmax:2; the message in two parts. */
static const char metrics[] =
    "multimodality, sparsity, n_relevant, n_irrelevant, entropy, entropy_normalized, "
    "perplexity, participation, support, zeros, max_prob, margin, modes, hoyer, gini, peaks, "
    "sink or distance";
static const char grammar[] =
    "expected [MAP:]METRIC.STATISTIC OPERATOR NUMBER, such as 'entropy.mean > 0.5'";
static const char operators[] = "expected <, <=, >, >=, == or !=";
static const char statistics[] = "(count, missing, mean, std, min, max, p05, p25, p50, p75, p95)";
static const struct {
    const char *text, *before, *after;
} wrong_checks[] = {
    {"", grammar, ""},
    {"entropy.mean", grammar, ""},
    {"entropy.mean 0.5", grammar, ""},
    {"entropy.mean >", grammar, ""},
    {"> 0.5", grammar, ""},
    {"softmax: > 0.5", grammar, ""},
    {"entropy > 0.5", grammar, ""},
    {"entropy. > 0.5", grammar, ""},
    {".mean > 0.5", grammar, ""},
    {"entropy.mean = 0.5", "invalid operator '=': ", operators},
    {"entropy.mean => 0.5", "invalid operator '=>': ", operators},
    {"entropy.mean <> 0.5", "invalid operator '<>': ", operators},
    {"entropy.mean ! 0.5", "invalid operator '!': ", operators},
    {"entropy.mean >>>>>>>>>> 0.5", "invalid operator '>>>>>>>': ", operators},
    {"entropy.mean > > 0.5", "'mean >' is no statistic ", statistics},
    {"entropy.mean > 0,5", "'0,5' is not a number", ""},
    {"entropy.mean > half", "'half' is not a number", ""},
    {"entropy.mean > 0.5 nats", "'0.5 nats' is not a number", ""},
    {"entropy.mean > nan", "'nan' is not a number", ""},
    {"entropy.mean != -NAN", "'-NAN' is not a number", ""},
    {"entropy.mean > \x1b[31m", "'\\x1b[31m' is not a number", ""},
    {"entorpy.mean > 0.5", "invalid metric 'entorpy': did you mean 'entropy'?", ""},
    {"mean.entropy > 0.5", "invalid metric 'mean': expected ", metrics},
    {"Entropy/ln n.mean > 0.5", "invalid metric 'Entropy/ln n': expected ", metrics},
    {"entropy.median > 0.5", "'median' is no statistic ", statistics},
    {"entropy.mean.all > 0.5", "'mean.all' is no statistic ", statistics},
    {"entropy.p90 > 0.5", "'p90' is no statistic ", statistics},
    {"sofmax:entropy.mean > 0.5", "'sofmax' is no map of this run (softmax, entmax:2)",
     "; did you mean 'softmax'?"},
    {":entropy.mean > 0.5", "'' is no map of this run (softmax, entmax:2)", ""},
    {"multimax:entropy.mean > 0.5", "'multimax' is no map of this run (softmax, entmax:2)", ""},
    {"multimax:@none.json:entropy.mean > 0.5",
     "'multimax:@none.json' is no map of this run (softmax, entmax:2)", ""},
};

START_TEST(a_check_that_is_none_says_what_is_wrong)
{
    mmax_plan *plan = plan_of((const char *const[]){"softmax", "entmax:2", NULL});
    for (size_t i = 0; i < sizeof wrong_checks / sizeof *wrong_checks; i++) {
        char expected[MMAX_MESSAGE_SIZE], quoted[MMAX_MESSAGE_SIZE / 4];
        const char *text = wrong_checks[i].text;
        snprintf(expected, sizeof expected, "check '%s': %s%s",
                 mmax_quote(text, strlen(text), quoted, sizeof quoted), wrong_checks[i].before,
                 wrong_checks[i].after);
        mmax_error error = {0};
        ck_assert_int_eq(mmax_plan_add_check(plan, text, &error), MMAX_EUSAGE);
        ck_assert_str_eq(error.message, expected);
        ck_assert_int_eq(mmax_plan_add_check(plan, text, NULL), MMAX_EUSAGE);
    }
    ck_assert_uint_eq(plan->n_checks, 0);
    ck_assert_uint_eq(plan->metrics.n, plan->metrics.n_reported);
    mmax_plan_free(plan);
}
END_TEST

START_TEST(a_check_of_any_length_is_refused_in_a_message_that_ends)
{
    enum { LENGTH = 100000 };
    static char text[LENGTH + 1];
    static const char tails[][24] = {":entropy.mean > 1", ".mean > 1", " > 1", ""};
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        mmax_plan *plan = new_plan();
        mmax_error error = {0};
        memset(text, 'a', LENGTH);
        memcpy(text + LENGTH - strlen(tails[i]), tails[i], strlen(tails[i]));
        ck_assert_int_eq(mmax_plan_add_check(plan, text, &error), MMAX_EUSAGE);
        ck_assert_int_eq(strncmp(error.message, "check 'aaa", 10), 0);
        ck_assert_uint_lt(strlen(error.message), MMAX_MESSAGE_SIZE);
        mmax_plan_free(plan);
    }
}
END_TEST

/* ---- maps ------------------------------------------------------------------------------------ */

/* Which maps a check is about, as digits: "012". */
static void assert_maps(mmax_plan *plan, const char *text, const char *expected)
{
    add_check(plan, text);
    mmax_source *source;
    mmax_result *result = analyze_rows(plan, &source);
    mmax_check_outcome outcome;
    char maps[16] = "";
    for (size_t i = 0, n = 0;
         n < sizeof maps - 1 && mmax_check_outcome_at(plan, result, i, &outcome); i++)
        if (strcmp(outcome.check, text) == 0)
            maps[n++] = (char)('0' + outcome.map);
    ck_assert_msg(strcmp(maps, expected) == 0, "%s: %s", text, maps);
    mmax_result_free(result);
    mmax_source_free(source);
}

START_TEST(a_check_is_about_one_map_by_its_spec_or_its_name_or_about_all_of_them)
{
    mmax_plan *plan = plan_of((const char *const[]){"softmax", "entmax:1.2", "entmax", "evsoftmax",
                                                    "multimax:tb=2,b=eps,td=0.5,d=eps",
                                                    "multimax:figure1", NULL});
    assert_maps(plan, "zeros.p05 >= 0", "012345");
    assert_maps(plan, "softmax:zeros.p05 >= 0", "0");
    assert_maps(plan, "softmax:t=1:zeros.p05 >= 0", "0");
    assert_maps(plan, "entmax:alpha=1.2:zeros.p05 >= 0", "1");
    assert_maps(plan, "entmax:1.5:zeros.p05 >= 0", "2");
    assert_maps(plan, "entmax:zeros.p05 >= 0", "2");
    assert_maps(plan, "evsoftmax:zeros.p05 >= 0", "3");
    assert_maps(plan, "multimax:zeros.p05 >= 0", "4");
    assert_maps(plan, "multimax:tb=2,b=eps,td=0.5,d=eps:zeros.p05 >= 0", "4");
    assert_maps(plan, "multimax:ts=-1/-0.5/0/0,ranges=eps/eps/0/0:zeros.p05 >= 0", "4");
    assert_maps(plan, "multimax:figure1:zeros.p05 >= 0", "5");
    mmax_plan_free(plan);
}
END_TEST

START_TEST(a_map_from_a_file_is_named_by_the_file_whatever_signs_its_name_has)
{
    const char *file = testing_text_file("a:b >= 1, c==d.mean.json", "{\"tb\": 2, \"b\": 0}");
    char spec[MMAX_SPEC_SIZE], text[MMAX_SPEC_SIZE + 32];
    snprintf(spec, sizeof spec, "multimax:@%s", file);
    snprintf(text, sizeof text, "%s:zeros.mean<=0", spec);
    mmax_plan *plan = plan_of((const char *const[]){"softmax", spec, NULL});
    assert_maps(plan, text, "1");
    mmax_plan_free(plan);
}
END_TEST

START_TEST(outcomes_come_check_by_check_and_map_by_map)
{
    mmax_plan *plan = plan_of((const char *const[]){"softmax", "sparsemax", NULL});
    static const char *const checks[] = {"support.max > 1", "sparsemax:support.min == 1",
                                         "support.max > 1"};
    static const size_t maps[] = {0, 1, 1, 0, 1}, of[] = {0, 0, 1, 2, 2};
    for (size_t i = 0; i < 3; i++)
        add_check(plan, checks[i]);
    mmax_source *source;
    mmax_result *result = analyze_rows(plan, &source);
    mmax_check_outcome outcome;
    for (size_t i = 0; i < 5; i++) {
        ck_assert(mmax_check_outcome_at(plan, result, i, &outcome));
        ck_assert_uint_eq(outcome.map, maps[i]);
        ck_assert_str_eq(outcome.check, checks[of[i]]);
    }
    ck_assert(!mmax_check_outcome_at(plan, result, 5, &outcome));
    mmax_result_free(result);
    mmax_source_free(source);
    mmax_plan_free(plan);
}
END_TEST

/* ---- values ---------------------------------------------------------------------------------- */

START_TEST(an_outcome_has_the_value_in_all_its_digits)
{
    mmax_check_outcome outcome = outcome_of("support.std > 0.75");
    ck_assert(!outcome.holds);
    ck_assert_msg(testing_same(outcome.value, sqrt(0.5)), "%.17g", outcome.value);
    ck_assert_str_eq(outcome.message, "check 'support.std > 0.75' does not hold under sparsemax: "
                                      "support.std is 0.7071067811865476");
    outcome = outcome_of("sparsemax:support.count >= 2");
    ck_assert(outcome.holds);
    ck_assert_str_eq(outcome.message, "check 'sparsemax:support.count >= 2' holds under sparsemax: "
                                      "support.count is 2");
}
END_TEST

/* Each of them holds of some number, and together they hold of every one. */
static const char *const comparisons[] = {"< 0",  "<= 0",   "> 0",     ">= 0",  "== 0",
                                          "!= 0", "<= inf", ">= -inf", "!= inf"};

static void expect_missing(const char *statistic, const char *why)
{
    for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++) {
        char text[64], expected[MMAX_MESSAGE_SIZE];
        snprintf(text, sizeof text, "%s %s", statistic, comparisons[i]);
        mmax_check_outcome outcome = outcome_of(text);
        ck_assert_msg(!outcome.holds && isnan(outcome.value), "%s", text);
        snprintf(expected, sizeof expected,
                 "check '%s' does not hold under sparsemax: %s is missing, since %s", text,
                 statistic, why);
        ck_assert_str_eq(outcome.message, expected);
    }
}

START_TEST(nothing_holds_of_a_value_that_does_not_exist)
{
    expect_missing("multimodality.mean", "no row has a value");
    ck_assert(outcome_of("multimodality.count == 0").holds);
    ck_assert(outcome_of("multimodality.missing == 2").holds);
}
END_TEST

START_TEST(the_deviation_of_one_value_does_not_exist)
{
    expect_missing("sparsity.std", "only one row has a value");
    ck_assert(outcome_of("sparsity.mean == 1").holds);
    ck_assert(outcome_of("sparsity.missing == 1").holds);
}
END_TEST

START_TEST(an_input_without_rows_has_counts_and_nothing_else)
{
    static const size_t empty[] = {0, 2};
    mmax_plan *plan = sparsemax_plan();
    add_check(plan, "support.count == 0");
    add_check(plan, "support.mean >= 0");
    mmax_source *source = open_array(logits, empty, 2);
    mmax_result *result = analyze(plan, source);
    mmax_check_outcome outcome;
    ck_assert(mmax_check_outcome_at(plan, result, 0, &outcome) && outcome.holds);
    ck_assert(mmax_check_outcome_at(plan, result, 1, &outcome) && !outcome.holds);
    mmax_result_free(result);
    mmax_source_free(source);
    mmax_plan_free(plan);
}
END_TEST

/* ---- metrics --------------------------------------------------------------------------------- */

enum { GROUPS = 3, ROWS = 30, ROW = 7, N = GROUPS * ROWS * ROW };

static const size_t large_shape[] = {GROUPS, ROWS, ROW};

static mmax_result *analyze_many(const mmax_plan *plan, mmax_source **source)
{
    static double many[N];
    testing_random random = {11};
    for (size_t i = 0; i < N; i++)
        many[i] = i % 17 == 3 ? -(double)INFINITY : 2 * testing_normal(&random);
    *source = open_array(many, large_shape, 3);
    return analyze(plan, *source);
}

START_TEST(a_metric_that_is_checked_is_computed_and_changes_no_other_digit)
{
    mmax_plan *all = new_plan(), *checked = new_plan(), *plain = new_plan();
    mmax_source *sources[3];
    ck_assert_int_eq(mmax_plan_set_metrics(all, "all", NULL), MMAX_OK);
    add_check(checked, "gini.mean > 0");
    /* A choice that comes later takes nothing away. */
    ck_assert_int_eq(mmax_plan_set_metrics(checked, "sparsity,entropy", NULL), MMAX_OK);
    ck_assert_int_eq(mmax_plan_set_metrics(plain, "sparsity,entropy", NULL), MMAX_OK);
    add_check(checked, "margin.mean > 0");
    add_check(checked, "entropy.mean > 0");
    mmax_result *expected = analyze_many(all, &sources[0]),
                *result = analyze_many(checked, &sources[1]),
                *without = analyze_many(plain, &sources[2]);
    ck_assert_uint_eq(result->metrics.n_reported, 2);
    ck_assert_uint_eq(result->metrics.n, 4);
    static const char *const keys[] = {"sparsity", "entropy", "gini", "margin"};
    for (size_t map = 0; map < 5; map++) {
        for (size_t k = 0; k < 4; k++)
            ck_assert_mem_eq(mmax_result_summary(result, map, keys[k]),
                             mmax_result_summary(expected, map, keys[k]), sizeof(mmax_summary));
        for (size_t k = 0; k < 2; k++)
            for (size_t group = 0; group < GROUPS; group++)
                ck_assert_mem_eq(mmax_result_group_summary(result, group, map, keys[k]),
                                 mmax_result_group_summary(without, group, map, keys[k]),
                                 sizeof(mmax_summary));
        ck_assert_ptr_null(mmax_result_summary(result, map, "peaks"));
    }
    mmax_result *const results[] = {expected, result, without};
    mmax_plan *const plans[] = {all, checked, plain};
    for (size_t i = 0; i < 3; i++) {
        mmax_result_free(results[i]);
        mmax_source_free(sources[i]);
        mmax_plan_free(plans[i]);
    }
}
END_TEST

START_TEST(a_figure_of_layers_shows_no_metric_that_is_there_for_a_check)
{
    mmax_plan *plan = sparsemax_plan();
    mmax_source *source;
    ck_assert_int_eq(mmax_plan_set_metrics(plan, "support", NULL), MMAX_OK);
    mmax_plan_keep_figure(plan, MMAX_FIGURE_LAYERS);
    add_check(plan, "entropy.mean > 0");
    mmax_result *result = analyze_many(plan, &source);
    ck_assert_uint_eq(result->layer_means->n_metrics, 1);
    ck_assert_str_eq(mmax_metric_info_at(result->layer_means->metrics[0])->key, "support");
    mmax_result_free(result);
    mmax_source_free(source);
    mmax_plan_free(plan);
}
END_TEST

START_TEST(a_check_is_about_all_rows_at_every_level)
{
    static const char *const levels[] = {"all", "group", "row"};
    for (size_t i = 0; i < 3; i++) {
        mmax_plan *plan = sparsemax_plan();
        mmax_source *source;
        ck_assert_int_eq(mmax_plan_set_per(plan, levels[i], NULL), MMAX_OK);
        add_check(plan, "entropy.count == 90");
        mmax_result *result = analyze_many(plan, &source);
        mmax_check_outcome outcome;
        ck_assert(mmax_check_outcome_at(plan, result, 0, &outcome));
        ck_assert_msg(outcome.holds, "%s", outcome.message);
        mmax_result_free(result);
        mmax_source_free(source);
        mmax_plan_free(plan);
    }
}
END_TEST

START_TEST(another_map_takes_the_checks_away)
{
    mmax_plan *plan = sparsemax_plan();
    add_check(plan, "gini.mean > 0");
    ck_assert_uint_eq(plan->metrics.n, plan->metrics.n_reported + 1);
    ck_assert_int_eq(mmax_plan_add_map(plan, "softmax", NULL), MMAX_OK);
    ck_assert_uint_eq(plan->metrics.n, plan->metrics.n_reported);
    mmax_source *source;
    mmax_result *result = analyze_rows(plan, &source);
    mmax_check_outcome outcome;
    ck_assert(!mmax_check_outcome_at(plan, result, 0, &outcome));
    mmax_result_free(result);
    mmax_source_free(source);
    mmax_plan_free(plan);
}
END_TEST

TCase *check_tests(void)
{
    TCase *checks = tcase_create("checks");
    tcase_add_test(checks, every_operator_compares_as_it_is_read);
    tcase_add_test(checks, every_statistic_of_reports_can_be_checked);
    tcase_add_test(checks, blanks_may_stand_around_every_part_and_numbers_are_those_of_the_program);
    tcase_add_test(checks, a_check_that_is_none_says_what_is_wrong);
    tcase_add_test(checks, a_check_of_any_length_is_refused_in_a_message_that_ends);
    tcase_add_test(checks, a_check_is_about_one_map_by_its_spec_or_its_name_or_about_all_of_them);
    tcase_add_test(checks, a_map_from_a_file_is_named_by_the_file_whatever_signs_its_name_has);
    tcase_add_test(checks, outcomes_come_check_by_check_and_map_by_map);
    tcase_add_test(checks, an_outcome_has_the_value_in_all_its_digits);
    tcase_add_test(checks, nothing_holds_of_a_value_that_does_not_exist);
    tcase_add_test(checks, the_deviation_of_one_value_does_not_exist);
    tcase_add_test(checks, an_input_without_rows_has_counts_and_nothing_else);
    tcase_add_test(checks, a_metric_that_is_checked_is_computed_and_changes_no_other_digit);
    tcase_add_test(checks, a_figure_of_layers_shows_no_metric_that_is_there_for_a_check);
    tcase_add_test(checks, a_check_is_about_all_rows_at_every_level);
    tcase_add_test(checks, another_map_takes_the_checks_away);
    return checks;
}
