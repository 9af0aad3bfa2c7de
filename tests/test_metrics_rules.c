/* The table of metrics, lists of metrics, and the rules of relevance. */
#include "test_metrics.h"

#include <math.h>
#include <string.h>

#define assert_message(call, text)                                                                 \
    do {                                                                                           \
        mmax_error error = {0};                                                                    \
        ck_assert_int_eq((call), MMAX_EUSAGE);                                                     \
        ck_assert_int_eq(error.status, MMAX_EUSAGE);                                               \
        ck_assert_str_eq(error.message, (text));                                                   \
    } while (0)

/* ---- table ----------------------------------------------------------------------------------- */

START_TEST(the_table_lists_every_metric_in_the_order_of_reports)
{
    static const char *const keys[] = {"multimodality", "sparsity",      "n_relevant",
                                       "n_irrelevant",  "entropy",       "entropy_normalized",
                                       "perplexity",    "participation", "support",
                                       "zeros",         "max_prob",      "margin",
                                       "modes",         "hoyer",         "gini",
                                       "peaks",         "sink",          "distance"};
    size_t n = sizeof keys / sizeof *keys;
    ck_assert_uint_eq(n_metrics(), n);
    for (size_t i = 0; i < n; i++) {
        const mmax_metric_info *info = mmax_metric_info_at(i);
        ck_assert_str_eq(info->key, keys[i]);
        ck_assert_uint_gt(strlen(info->heading), 0);
        ck_assert_uint_gt(strlen(info->range), 0);
        ck_assert_uint_gt(strlen(info->definition), 0);
        ck_assert_ptr_nonnull(info->unit);
    }
    ck_assert_ptr_null(mmax_metric_info_at(SIZE_MAX));
}
END_TEST

START_TEST(only_multimodality_and_sparsity_are_better_when_higher)
{
    for (size_t i = 0; i < n_metrics(); i++)
        ck_assert_int_eq(mmax_metric_info_at(i)->better,
                         i < 2 ? MMAX_BETTER_HIGHER : MMAX_BETTER_NEITHER);
}
END_TEST

START_TEST(the_default_metrics_are_eight_whose_headings_fit_a_terminal)
{
    mmax_metric_list list, parsed;
    mmax_metric_list_default(&list);
    ck_assert_int_eq(mmax_metric_list_parse("multimodality,sparsity,entropy,perplexity,support,"
                                            "zeros,max_prob,modes",
                                            &parsed, NULL),
                     MMAX_OK);
    ck_assert_uint_eq(list.n, 8);
    ck_assert_uint_eq(parsed.n, 8);
    size_t width = 16; /* of a label */
    for (size_t i = 0; i < list.n; i++) {
        ck_assert_uint_eq(list.which[i], parsed.which[i]);
        width += 2 + strlen(mmax_metric_info_at(list.which[i])->heading);
    }
    ck_assert_uint_le(width, 100);
}
END_TEST

START_TEST(bounds_are_never_empty_and_but_for_a_distance_finite)
{
    static const size_t sizes[] = {0, 1, 2, 3, 197, 1000000000};
    for (size_t i = 0; i < n_metrics(); i++) {
        for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++) {
            double lowest, highest;
            mmax_metric_bounds(i, sizes[j], &lowest, &highest);
            ck_assert(lowest < highest);
            ck_assert(isfinite(lowest));
            ck_assert(isfinite(highest) == (i != metric_place("distance")));
        }
    }
}
END_TEST

START_TEST(bounds_follow_the_length_of_the_row)
{
    static const struct {
        const char *key;
        double lowest, highest;
    } expected[] = {{"multimodality", 0, 1},  {"perplexity", 1, 20},
                    {"participation", 1, 20}, {"support", 0, 20},
                    {"n_relevant", 0, 20},    {"zeros", 0, 1},
                    {"peaks", 0, 20},         {"entropy", 0, 2.995732273553991}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        double lowest, highest;
        mmax_metric_bounds(metric_place(expected[i].key), 20, &lowest, &highest);
        ck_assert_double_eq(lowest, expected[i].lowest);
        ck_assert_double_eq_tol(highest, expected[i].highest, 1e-15 * highest);
    }
}
END_TEST

/* ---- lists ----------------------------------------------------------------------------------- */

START_TEST(a_list_keeps_the_order_of_the_table_and_duplicates_are_harmless)
{
    mmax_metric_list list;
    ck_assert_int_eq(mmax_metric_list_parse("gini,entropy,gini,sparsity", &list, NULL), MMAX_OK);
    ck_assert_uint_eq(list.n, 3);
    ck_assert_uint_eq(list.which[0], metric_place("sparsity"));
    ck_assert_uint_eq(list.which[1], metric_place("entropy"));
    ck_assert_uint_eq(list.which[2], metric_place("gini"));
    ck_assert_int_eq(mmax_metric_list_parse("entropy,all", &list, NULL), MMAX_OK);
    ck_assert_uint_eq(list.n, n_metrics());
}
END_TEST

START_TEST(a_bad_list_is_refused_by_name_and_leaves_the_list_alone)
{
    mmax_metric_list list = {.n = 77};
    assert_message(mmax_metric_list_parse("sparsity,entorpy", &list, &error),
                   "invalid metric 'entorpy': did you mean 'entropy'?");
    assert_message(mmax_metric_list_parse(" gini", &list, &error),
                   "invalid metric ' gini': did you mean 'gini'?");
    assert_message(mmax_metric_list_parse("al", &list, &error),
                   "invalid metric 'al': did you mean 'all'?");
    assert_message(mmax_metric_list_parse("\x1b[31m", &list, &error),
                   "invalid metric '\\x1b[31m': expected all, multimodality, sparsity, n_relevant, "
                   "n_irrelevant, entropy, entropy_normalized, perplexity, participation, support, "
                   "zeros, max_prob, margin, modes, hoyer, gini, peaks, sink, distance");
    static const char *const with_empty_items[] = {"", ",", "entropy,", ",entropy", "gini,,peaks"};
    for (size_t i = 0; i < sizeof with_empty_items / sizeof *with_empty_items; i++) {
        char text[200];
        snprintf(
            text, sizeof text,
            "invalid metrics '%s': an item is empty; expected keys separated by commas, or all",
            with_empty_items[i]);
        assert_message(mmax_metric_list_parse(with_empty_items[i], &list, &error), text);
    }
    ck_assert_uint_eq(list.n, 77);
    ck_assert_int_eq(mmax_metric_list_parse("nothing", &list, NULL), MMAX_EUSAGE);
}
END_TEST

START_TEST(an_endless_name_is_refused_in_a_short_message)
{
    char name[5000];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    mmax_metric_list list;
    mmax_error error;
    ck_assert_int_eq(mmax_metric_list_parse(name, &list, &error), MMAX_EUSAGE);
    ck_assert_ptr_nonnull(strstr(error.message, "xxx...': expected all"));
}
END_TEST

/* ---- rules as text --------------------------------------------------------------------------- */

START_TEST(epsilon_is_read_and_written_back)
{
    static const struct {
        const char *text, *written;
        mmax_epsilon_rule rule;
        double number;
    } cases[] = {{"uniform", "uniform", MMAX_EPSILON_UNIFORM, 0},
                 {"mean", "mean", MMAX_EPSILON_MEAN, 0},
                 {"-1.50", "-1.5", MMAX_EPSILON_NUMBER, -1.5},
                 {"0", "0", MMAX_EPSILON_NUMBER, 0},
                 {"1e-320", "1e-320", MMAX_EPSILON_NUMBER, 1e-320}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mmax_relevance_rules rules = {.reference = MMAX_REFERENCE_GEOMEAN};
        char text[MMAX_NUMBER_SIZE];
        ck_assert_int_eq(mmax_epsilon_parse(cases[i].text, &rules, NULL), MMAX_OK);
        ck_assert_int_eq(rules.epsilon, cases[i].rule);
        ck_assert_double_eq(rules.epsilon_number, cases[i].number);
        ck_assert_int_eq(rules.reference, MMAX_REFERENCE_GEOMEAN);
        mmax_epsilon_write(&rules, text);
        ck_assert_str_eq(text, cases[i].written);
    }
}
END_TEST

START_TEST(a_bad_epsilon_is_refused_word_for_word)
{
    mmax_relevance_rules rules = {.epsilon_number = 7};
    assert_message(mmax_epsilon_parse("unifrom", &rules, &error),
                   "invalid epsilon 'unifrom': did you mean 'uniform'?");
    assert_message(mmax_epsilon_parse("foo", &rules, &error),
                   "invalid epsilon 'foo': expected uniform, mean or a number");
    assert_message(mmax_epsilon_parse("", &rules, &error),
                   "invalid epsilon '': expected uniform, mean or a number");
    assert_message(mmax_epsilon_parse("0.1 ", &rules, &error),
                   "invalid epsilon '0.1 ': expected uniform, mean or a number");
    assert_message(mmax_epsilon_parse("-inf", &rules, &error),
                   "invalid epsilon '-inf': the number must be finite");
    assert_message(mmax_epsilon_parse("nan", &rules, &error),
                   "invalid epsilon 'nan': the number must be finite");
    assert_message(mmax_epsilon_parse("1e999", &rules, &error),
                   "invalid epsilon '1e999': the number must be finite");
    ck_assert_double_eq(rules.epsilon_number, 7);
}
END_TEST

START_TEST(reference_is_read_and_written_back)
{
    static const struct {
        const char *text, *written;
        mmax_reference_rule rule;
    } cases[] = {{"uniform", "uniform", MMAX_REFERENCE_UNIFORM},
                 {"softmax-min", "softmax-min", MMAX_REFERENCE_SOFTMAX_MIN},
                 {"geomean", "geomean", MMAX_REFERENCE_GEOMEAN},
                 {"0.010", "0.01", MMAX_REFERENCE_NUMBER}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mmax_relevance_rules rules = {.epsilon = MMAX_EPSILON_MEAN};
        char text[MMAX_NUMBER_SIZE];
        ck_assert_int_eq(mmax_reference_parse(cases[i].text, &rules, NULL), MMAX_OK);
        ck_assert_int_eq(rules.reference, cases[i].rule);
        ck_assert_int_eq(rules.epsilon, MMAX_EPSILON_MEAN);
        mmax_reference_write(&rules, text);
        ck_assert_str_eq(text, cases[i].written);
    }
}
END_TEST

START_TEST(a_bad_reference_is_refused_word_for_word)
{
    mmax_relevance_rules rules = {0};
    assert_message(mmax_reference_parse("softmaxmin", &rules, &error),
                   "invalid reference 'softmaxmin': did you mean 'softmax-min'?");
    assert_message(
        mmax_reference_parse("median", &rules, &error),
        "invalid reference 'median': expected uniform, softmax-min, geomean or a number");
    static const char *const outside[] = {"0", "-0.1", "inf", "nan"};
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        char text[200];
        snprintf(text, sizeof text,
                 "invalid reference '%s': the number must be finite and greater than 0",
                 outside[i]);
        assert_message(mmax_reference_parse(outside[i], &rules, &error), text);
    }
}
END_TEST

/* ---- rules applied --------------------------------------------------------------------------- */

/* By hand: x = (0, ln 3): logsumexp = ln 4, so that epsilon = ln 4 - ln 2 = ln 2. */
START_TEST(epsilon_is_the_fair_share_the_mean_or_the_number)
{
    double x[] = {0, log(3), -infinite};
    mmax_relevance_rules rules = {.epsilon = MMAX_EPSILON_UNIFORM};
    ck_assert_double_eq_tol(relevance_of(&rules, x, 3).epsilon, log(2), 1e-15);
    rules.epsilon = MMAX_EPSILON_MEAN;
    ck_assert_double_eq_tol(relevance_of(&rules, x, 3).epsilon, log(3) / 2, 1e-15);
    rules = (mmax_relevance_rules){.epsilon = MMAX_EPSILON_NUMBER, .epsilon_number = 0.25};
    ck_assert_double_eq(relevance_of(&rules, x, 3).epsilon, 0.25);
}
END_TEST

/* By hand: x = (0, ln 2, ln 5), softmax = (1/8, 2/8, 5/8); below epsilon = ln(8/3) are the first
 * two, of geometric mean sqrt(2)/8. */
START_TEST(the_reference_weight_is_what_its_rule_says)
{
    double x[] = {0, log(2), -infinite, log(5)};
    mmax_relevance_rules rules = {.reference = MMAX_REFERENCE_UNIFORM};
    ck_assert_double_eq_tol(exp(relevance_of(&rules, x, 4).log_reference), 1.0 / 3, 1e-15);
    rules.reference = MMAX_REFERENCE_SOFTMAX_MIN;
    ck_assert_double_eq_tol(exp(relevance_of(&rules, x, 4).log_reference), 1.0 / 8, 1e-15);
    rules.reference = MMAX_REFERENCE_GEOMEAN;
    ck_assert_double_eq_tol(exp(relevance_of(&rules, x, 4).log_reference), sqrt(2) / 8, 1e-15);
    rules = (mmax_relevance_rules){.reference = MMAX_REFERENCE_NUMBER, .reference_number = 0.3};
    ck_assert_double_eq_tol(exp(relevance_of(&rules, x, 4).log_reference), 0.3, 1e-15);
    rules = (mmax_relevance_rules){
        .epsilon = MMAX_EPSILON_NUMBER, .epsilon_number = -1, .reference = MMAX_REFERENCE_GEOMEAN};
    ck_assert(isnan(relevance_of(&rules, x, 4).log_reference));
}
END_TEST

START_TEST(a_row_without_valid_live_entries_has_no_threshold)
{
    double x[] = {-infinite, -infinite, (double)NAN, 0, 1, 2};
    mmax_row_facts facts[3] = {facts_of(x, 2), facts_of(x + 4, 2), facts_of(x + 4, 2)};
    facts[1].invalid = 0;
    mmax_relevance_rules rules = {0};
    mmax_relevance relevance[3];
    mmax_relevance_rows(&rules, 0x1p-52, x, facts, 3, 2, relevance);
    for (size_t i = 0; i < 2; i++)
        ck_assert(isnan(relevance[i].epsilon) && isnan(relevance[i].tolerance) &&
                  isnan(relevance[i].log_reference));
    ck_assert(!isnan(relevance[2].epsilon));
}
END_TEST

START_TEST(only_small_references_need_logarithms_of_weights)
{
    mmax_relevance_rules rules = {.reference = MMAX_REFERENCE_UNIFORM};
    ck_assert(!mmax_relevance_needs_log_weights(&rules));
    rules.reference = MMAX_REFERENCE_SOFTMAX_MIN;
    ck_assert(mmax_relevance_needs_log_weights(&rules));
    rules.reference = MMAX_REFERENCE_GEOMEAN;
    ck_assert(mmax_relevance_needs_log_weights(&rules));
    rules = (mmax_relevance_rules){.reference = MMAX_REFERENCE_NUMBER, .reference_number = 1e-9};
    ck_assert(!mmax_relevance_needs_log_weights(&rules));
    rules.reference_number = 1e-300;
    ck_assert(mmax_relevance_needs_log_weights(&rules));
}
END_TEST

static const double spacings[] = {0x1p-52, 0x1p-23, 0x1p-10};
static const mmax_epsilon_rule row_wise[] = {MMAX_EPSILON_UNIFORM, MMAX_EPSILON_MEAN};

/* Facts as a kernel gets them: naive sums in double. */
static void naive_facts(const double *x, size_t n, mmax_row_facts *facts)
{
    *facts = facts_of(x, n);
    double sum = 0, scaled = 0;
    for (size_t i = 0; i < n; i++) {
        sum += x[i] / (double)n;
        scaled += exp(x[i] - facts->max);
    }
    facts->mean = sum;
    facts->log_sum_exp = facts->max + log(scaled);
}

START_TEST(a_constant_row_has_neither_relevant_nor_irrelevant_entries)
{
    static const double constants[] = {0,    1e-300, 1e-3, 0.1,  -2.9957322735539909,
                                       -0.7, 88.5,   -1e6, 1e30, -3e38};
    static const size_t lengths[] = {1, 2, 3, 7, 20, 197, 1024, 5000};
    double x[5000];
    for (size_t i = 0; i < 10 * 8 * 2; i++) {
        double constant = constants[i % 10];
        size_t n = lengths[i / 10 % 8];
        for (size_t j = 0; j < n; j++)
            x[j] = constant;
        mmax_row_facts facts;
        naive_facts(x, n, &facts);
        facts.mean = constant;
        mmax_relevance_rules rules = {.epsilon = row_wise[i / 80]};
        mmax_relevance relevance;
        mmax_relevance_rows(&rules, 0x1p-52, x, &facts, 1, n, &relevance);
        scored row = {.n = n, .logits = x, .relevance = &relevance};
        ck_assert_double_eq(score(&row, "n_relevant"), 0);
        ck_assert_double_eq(score(&row, "n_irrelevant"), 0);
        ck_assert(isnan(score(&row, "multimodality")));
        ck_assert(isnan(score(&row, "sparsity")));
    }
}
END_TEST

/* A row of equal entries that differ by one spacing of the source's precision at most. */
START_TEST(entries_within_rounding_of_the_threshold_are_in_neither_set)
{
    for (size_t i = 0; i < 6; i++) {
        double h = spacings[i / 2];
        double x[] = {3, 3 + 2 * h, 3, 3 - 2 * h, 3};
        mmax_row_facts facts = facts_of(x, 5);
        mmax_relevance_rules rules = {.epsilon = row_wise[i % 2]};
        mmax_relevance relevance;
        mmax_relevance_rows(&rules, h, x, &facts, 1, 5, &relevance);
        scored row = {.n = 5, .logits = x, .relevance = &relevance};
        ck_assert_double_eq(score(&row, "n_relevant"), 0);
        ck_assert_double_eq(score(&row, "n_irrelevant"), 0);
    }
}
END_TEST

START_TEST(a_mask_of_minus_float_max_does_not_put_a_row_within_rounding)
{
    const double mask = -3.4028234663852886e38;
    double x[] = {1, 0.5, -0.5, -1, mask, mask};
    mmax_row_facts facts = facts_of(x, 6);
    mmax_relevance_rules rules = {0};
    mmax_relevance relevance;
    mmax_relevance_rows(&rules, 0x1p-23, x, &facts, 1, 6, &relevance);
    scored row = {.n = 6, .logits = x, .relevance = &relevance};
    /* epsilon = logsumexp(1, .5, -.5, -1) - ln 6 = 1.668 - 1.792 = -0.12 */
    ck_assert_double_eq(score(&row, "n_relevant"), 1);
    ck_assert_double_eq(score(&row, "n_irrelevant"), 4);
}
END_TEST

START_TEST(references_survive_the_ends_of_doubles_range)
{
    double x[] = {1.7e308, -1.7e308, -1.7e308, 1.7e308};
    static const mmax_reference_rule rules_[] = {MMAX_REFERENCE_SOFTMAX_MIN,
                                                 MMAX_REFERENCE_GEOMEAN};
    double log_weights[] = {-log(2), -infinite, -infinite, -log(2)};
    for (size_t i = 0; i < 2; i++) {
        mmax_relevance_rules rules = {.reference = rules_[i]};
        mmax_relevance relevance = relevance_of(&rules, x, 4);
        ck_assert(isfinite(relevance.log_reference));
        scored row = {.n = 4, .logits = x, .rules = rules, .log_weights = log_weights};
        ck_assert_double_eq(score(&row, "sparsity"), 1);
    }
}
END_TEST

TCase *rules_tests(void)
{
    TCase *tests = tcase_create("rules");
    tcase_add_test(tests, the_table_lists_every_metric_in_the_order_of_reports);
    tcase_add_test(tests, only_multimodality_and_sparsity_are_better_when_higher);
    tcase_add_test(tests, the_default_metrics_are_eight_whose_headings_fit_a_terminal);
    tcase_add_test(tests, bounds_are_never_empty_and_but_for_a_distance_finite);
    tcase_add_test(tests, bounds_follow_the_length_of_the_row);
    tcase_add_test(tests, a_list_keeps_the_order_of_the_table_and_duplicates_are_harmless);
    tcase_add_test(tests, a_bad_list_is_refused_by_name_and_leaves_the_list_alone);
    tcase_add_test(tests, an_endless_name_is_refused_in_a_short_message);
    tcase_add_test(tests, epsilon_is_read_and_written_back);
    tcase_add_test(tests, a_bad_epsilon_is_refused_word_for_word);
    tcase_add_test(tests, reference_is_read_and_written_back);
    tcase_add_test(tests, a_bad_reference_is_refused_word_for_word);
    tcase_add_test(tests, epsilon_is_the_fair_share_the_mean_or_the_number);
    tcase_add_test(tests, the_reference_weight_is_what_its_rule_says);
    tcase_add_test(tests, a_row_without_valid_live_entries_has_no_threshold);
    tcase_add_test(tests, only_small_references_need_logarithms_of_weights);
    tcase_add_test(tests, a_constant_row_has_neither_relevant_nor_irrelevant_entries);
    tcase_add_test(tests, entries_within_rounding_of_the_threshold_are_in_neither_set);
    tcase_add_test(tests, a_mask_of_minus_float_max_does_not_put_a_row_within_rounding);
    tcase_add_test(tests, references_survive_the_ends_of_doubles_range);
    return tests;
}
