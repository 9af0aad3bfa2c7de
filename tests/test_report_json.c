#include "test_report.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- a reader of JSON, written from RFC 8259 and not from the writer ------------------------- */

static const char *skip_value(const char *c);

static const char *skip_space(const char *c)
{
    return c + strspn(c, " \t\n\r");
}

/* NULL where the text breaks the grammar, as in all of these. */
static const char *skip_string(const char *c)
{
    if (*c++ != '"')
        return NULL;
    while (*c != '"') {
        size_t n = mmax_utf8_length(c, strlen(c));
        if (n == 0 || (unsigned char)*c < 0x20)
            return NULL;
        if (*c == '\\' && c[1] == 'u') {
            for (int i = 2; i < 6; i++)
                if (!isxdigit((unsigned char)c[i]))
                    return NULL;
            n = 6;
        } else if (*c == '\\') {
            if (!c[1] || !strchr("\"\\/bfnrt", c[1]))
                return NULL;
            n = 2;
        }
        c += n;
    }
    return c + 1;
}

static const char *skip_digits(const char *c)
{
    size_t n = strspn(c, "0123456789");
    return n > 0 ? c + n : NULL;
}

static const char *skip_number(const char *c)
{
    c += *c == '-';
    if (*c == '0')
        c++;
    else if (!(c = skip_digits(c)))
        return NULL;
    if (*c == '.' && !(c = skip_digits(c + 1)))
        return NULL;
    if (*c != 'e' && *c != 'E')
        return c;
    c++;
    return skip_digits(c + (*c == '+' || *c == '-'));
}

static const char *skip_members(const char *c, bool is_object)
{
    char end = is_object ? '}' : ']';
    c = skip_space(c + 1);
    if (*c == end)
        return c + 1;
    for (;;) {
        if (is_object) {
            if (!(c = skip_string(skip_space(c))))
                return NULL;
            c = skip_space(c);
            if (*c++ != ':')
                return NULL;
        }
        if (!(c = skip_value(c)))
            return NULL;
        c = skip_space(c);
        if (*c == end)
            return c + 1;
        if (*c++ != ',')
            return NULL;
    }
}

static const char *skip_value(const char *c)
{
    static const char *const words[] = {"null", "true", "false"};
    c = skip_space(c);
    for (size_t i = 0; i < 3; i++)
        if (strncmp(c, words[i], strlen(words[i])) == 0)
            return c + strlen(words[i]);
    if (*c == '{' || *c == '[')
        return skip_members(c, *c == '{');
    return *c == '"' ? skip_string(c) : skip_number(c);
}

static void assert_json(const char *text)
{
    const char *end = skip_value(text);
    if (!end || *skip_space(end))
        ck_abort_msg("not JSON: %s", text);
}

START_TEST(the_reader_of_these_tests_refuses_what_is_not_json)
{
    static const char *const bad[] = {"{",   "[1,]",    "{\"a\" 1}", "\"\n\"",   "01",       "1.",
                                      "nan", "\"\\x\"", "[1 2]",     "\"\xff\"", "{\"a\":}", "-"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *end = skip_value(bad[i]);
        ck_assert(!end || *end);
    }
    assert_json(" {\"a\": [1, -0.5e+3, null, {\"\\u00e9\\n\": \"\"}], \"b\": []} ");
}
END_TEST

/* ---- documents ------------------------------------------------------------------------------- */

#define HEAD(per, maps)                                                                            \
    "{\n"                                                                                          \
    "  \"schema\": 1,\n"                                                                           \
    "  \"program\": \"multimax-analyze\",\n"                                                       \
    "  \"version\": \"" PACKAGE_VERSION "\",\n"                                                    \
    "  \"options\": {\n"                                                                           \
    "    \"epsilon\": \"uniform\",\n"                                                              \
    "    \"reference\": \"uniform\",\n"                                                            \
    "    \"per\": \"" per "\",\n"                                                                  \
    "    \"invalid\": \"error\",\n"                                                                \
    "    \"from_probs\": false,\n"                                                                 \
    "    \"scale\": 1,\n"                                                                          \
    "    \"mask\": null,\n"                                                                        \
    "    \"metrics\": [\"multimodality\", \"entropy\"],\n"                                         \
    "    \"maps\": [\n" maps "    ]\n"                                                             \
    "  },\n"

/* report_summary(4, 0, 0.25), by hand. */
#define QUARTER(count)                                                                             \
    "{\"count\": " count ", \"missing\": 0, \"mean\": 0.25, \"std\": 0.5, \"min\": -0.75, "        \
    "\"max\": 1.25, \"p05\": -0.5, \"p25\": -0.25, \"p50\": 0.25, \"p75\": 0.75, \"p95\": 1}"
#define NO_VALUE(missing)                                                                          \
    "{\"count\": 0, \"missing\": " missing ", \"mean\": null, \"std\": null, \"min\": null, "      \
    "\"max\": null, \"p05\": null, \"p25\": null, \"p50\": null, \"p75\": null, \"p95\": null}"

static mmax_plan small_plan(size_t n_maps)
{
    const mmax_map maps[] = {report_softmax(), report_default_multimax()};
    const size_t metrics[] = {MULTIMODALITY, ENTROPY};
    return report_plan(maps, n_maps, metrics, 2);
}

START_TEST(a_document_without_inputs_is_whole)
{
    mmax_plan plan = small_plan(1);
    test_document document = document_open(&plan, MMAX_REPORT_JSON, false);
    char *text = document_text(&document);
    ck_assert_str_eq(text, HEAD("auto", "      \"softmax:t=1\"\n") "  \"inputs\": []\n"
                                                                   "}\n");
    assert_json(text);
    free(text);
}
END_TEST

START_TEST(level_all_has_one_set_of_summaries_a_map)
{
    mmax_plan plan = small_plan(2);
    plan.per = MMAX_PER_ALL;
    const size_t shape[] = {4, 3};
    mmax_input input = report_input("a.npy", 2, shape);
    mmax_result result = report_result(&plan, &input);
    result.masked_rows = 1;
    result.invalid_rows = 2;
    result.masked_entries = 5;
    result.all[0] = report_no_summary(4);
    char *text = document_of(&plan, MMAX_REPORT_JSON, &result);
    ck_assert_str_eq(
        text, HEAD("all", "      \"softmax:t=1\",\n"
                          "      \"multimax:tb=2,b=eps,td=0.5,d=eps\"\n") //
        "  \"inputs\": [\n"
        "    {\n"
        "      \"file\": \"a.npy\",\n"
        "      \"array\": null,\n"
        "      \"format\": \"npy\",\n"
        "      \"dtype\": \"<f4\",\n"
        "      \"shape\": [4, 3],\n"
        "      \"axis\": -1,\n"
        "      \"rows\": 4,\n"
        "      \"row_length\": 3,\n"
        "      \"masked_rows\": 1,\n"
        "      \"invalid_rows\": 2,\n"
        "      \"masked_entries\": 5,\n"
        "      \"maps\": [\n"
        "        {\n"
        "          \"map\": \"softmax:t=1\",\n"
        "          \"name\": \"softmax\",\n"
        "          \"parameters\": {\"t\": 1},\n"
        "          \"all\": {\n"
        "            \"rows\": 4,\n"
        "            \"metrics\": {\n"
        "              \"multimodality\": " NO_VALUE(
            "4") ",\n"
                 "              \"entropy\": " QUARTER(
                     "4") "\n"
                          "            }\n"
                          "          }\n"
                          "        },\n"
                          "        {\n"
                          "          \"map\": \"multimax:tb=2,b=eps,td=0.5,d=eps\",\n"
                          "          \"name\": \"multimax\",\n"
                          "          \"parameters\": {\"tb\": [2, 1], \"b\": [\"eps\", 0], \"td\": "
                          "[0.5, 1], "
                          "\"d\": [\"eps\", 0], \"ts\": [-1, -0.5, 0, 0], \"ranges\": [\"eps\", "
                          "\"eps\", 0, 0]},\n"
                          "          \"all\": {\n"
                          "            \"rows\": 4,\n"
                          "            \"metrics\": {\n"
                          "              \"multimodality\": " QUARTER(
                              "4") ",\n"
                                   "              \"entropy\": " QUARTER("4") "\n"
                                                                              "            }\n"
                                                                              "          }\n"
                                                                              "        }\n"
                                                                              "      ]\n"
                                                                              "    }\n"
                                                                              "  ]\n"
                                                                              "}\n");
    assert_json(text);
    free(text);
    report_free_result(&result);
}
END_TEST

START_TEST(level_group_has_the_summaries_of_each_group_with_its_index)
{
    mmax_plan plan = small_plan(1);
    const size_t shape[] = {1, 2, 2, 3};
    mmax_input input = report_input("a.npy", 4, shape);
    mmax_result result = report_result(&plan, &input);
    result.groups[3] = report_no_summary(2);
    char *text = document_of(&plan, MMAX_REPORT_JSON, &result);
    ck_assert_ptr_nonnull(strstr(
        text,
        "          },\n"
        "          \"groups\": [\n"
        "            {\n"
        "              \"index\": [0, 0],\n"
        "              \"rows\": 2,\n"
        "              \"metrics\": {\n"
        "                \"multimodality\": " QUARTER(
            "2") ",\n"
                 "                \"entropy\": " QUARTER(
                     "2") "\n"
                          "              }\n"
                          "            },\n"
                          "            {\n"
                          "              \"index\": [0, 1],\n"
                          "              \"rows\": 2,\n"
                          "              \"metrics\": {\n"
                          "                \"multimodality\": " QUARTER(
                              "2") ",\n"
                                   "                \"entropy\": " NO_VALUE("2") "\n"
                                                                                 "              }\n"
                                                                                 "            }\n"
                                                                                 "          ]\n"
                                                                                 "        }\n"
                                                                                 "      ]\n"
                                                                                 "    }\n"
                                                                                 "  ]\n"
                                                                                 "}\n"));
    assert_json(text);
    free(text);
    report_free_result(&result);
}
END_TEST

/* Two rows, the second of them without a multi-modality. */
static void add_two_rows(test_document *document, const mmax_input *input)
{
    const size_t rows[] = {0, 5}, n_live[] = {3, 1};
    const double metrics[] = {0.5, 0.25, (double)NAN, 0};
    document_begin(document, input);
    document_rows(document, input, rows, n_live, 2, metrics);
}

#define ROWS                                                                                       \
    "    {\n"                                                                                      \
    "      \"file\": \"a.npy\",\n"                                                                 \
    "      \"array\": null,\n"                                                                     \
    "      \"row_metrics\": [\n"                                                                   \
    "        {\"map\": \"softmax:t=1\", \"index\": [0], \"row\": 0, \"n\": 3, \"metrics\": "       \
    "{\"multimodality\": 0.5, \"entropy\": 0.25}},\n"                                              \
    "        {\"map\": \"softmax:t=1\", \"index\": [2], \"row\": 1, \"n\": 1, \"metrics\": "       \
    "{\"multimodality\": null, \"entropy\": 0}}\n"                                                 \
    "      ],\n"

START_TEST(level_row_has_the_rows_before_the_facts_and_a_failed_input_is_closed)
{
    mmax_plan plan = small_plan(1);
    plan.per = MMAX_PER_ROW;
    const size_t shape[] = {3, 2, 3};
    mmax_input input = report_input("a.npy", 3, shape);
    mmax_result result = report_result(&plan, &input);
    test_document document = document_open(&plan, MMAX_REPORT_JSON, false);
    add_two_rows(&document, &input);
    document_fail(&document, "a.npy: 'x' is\tnot");
    document_begin(&document, &input);
    document_fail(&document, "b");
    add_two_rows(&document, &input);
    document_add(&document, &result);
    char *text = document_text(&document);
    const char expected[] = HEAD("row", "      \"softmax:t=1\"\n") //
        "  \"inputs\": [\n" ROWS "      \"error\": \"a.npy: 'x' is\\tnot\"\n"
        "    },\n"
        "    {\n"
        "      \"file\": \"a.npy\",\n"
        "      \"array\": null,\n"
        "      \"row_metrics\": [],\n"
        "      \"error\": \"b\"\n"
        "    },\n" ROWS "      \"format\": \"npy\",\n";
    ck_assert_str_eq(strncmp(text, expected, strlen(expected)) == 0 ? expected : text, expected);
    assert_json(text);
    free(text);
    report_free_result(&result);
}
END_TEST

START_TEST(an_input_that_is_neither_added_nor_failed_is_closed_by_what_follows)
{
    mmax_plan plan = small_plan(1);
    plan.per = MMAX_PER_ROW;
    const size_t shape[] = {3, 2, 3};
    mmax_input input = report_input("a.npy", 3, shape);
    test_document document = document_open(&plan, MMAX_REPORT_JSON, false);
    add_two_rows(&document, &input);
    add_two_rows(&document, &input);
    char *text = document_text(&document);
    ck_assert_str_eq(text, HEAD("row", "      \"softmax:t=1\"\n") //
                     "  \"inputs\": [\n" ROWS "      \"error\": \"not finished\"\n"
                     "    },\n" ROWS "      \"error\": \"not finished\"\n"
                     "    }\n"
                     "  ]\n"
                     "}\n");
    assert_json(text);
    free(text);
}
END_TEST

START_TEST(odd_names_are_escaped_and_broken_utf8_is_replaced)
{
    mmax_plan plan = small_plan(1);
    const size_t shape[] = {4, 3};
    mmax_input input = report_input("a\"\\\n\t\x01\x7f\xc2\x9b\xff\xc3\xa9\xe2\x82.npy", 2, shape);
    input.array = "\xf0\x9f\x98\x80,/";
    mmax_result result = report_result(&plan, &input);
    char *text = document_of(&plan, MMAX_REPORT_JSON, &result);
    ck_assert_ptr_nonnull(
        strstr(text, "      \"file\": \"a\\\"\\\\\\n\\t\\u0001\\u007f\\u009b\xef\xbf\xbd\xc3\xa9"
                     "\xef\xbf\xbd\xef\xbf\xbd.npy\",\n"
                     "      \"array\": \"\xf0\x9f\x98\x80,/\",\n"));
    assert_json(text);
    free(text);
    report_free_result(&result);
}
END_TEST

START_TEST(options_and_parameters_are_written_as_they_are_read)
{
    mmax_map second = report_multimax(0.1, -1.5, 0.3, 2);
    second.ts[2] = 0.25;
    second.ranges[2] = 1e-7;
    const mmax_map maps[] = {report_entmax(1.5), report_sparsemax(), report_evsoftmax(), second};
    const size_t metrics[] = {SPARSITY};
    mmax_plan plan = report_plan(maps, 4, metrics, 1);
    plan.relevance = (mmax_relevance_rules){.epsilon = MMAX_EPSILON_NUMBER,
                                            .epsilon_number = -0.1,
                                            .reference = MMAX_REFERENCE_SOFTMAX_MIN};
    plan.skip_invalid = true;
    char mask_file[] = "m \"1\".npy";
    plan.transform =
        (mmax_transform_rules){.from_probs = true, .scale = 0.125, .mask_file = mask_file};
    const size_t shape[] = {4, 3};
    mmax_input input = report_input("a.npy", 2, shape);
    mmax_result result = report_result(&plan, &input);
    char *text = document_of(&plan, MMAX_REPORT_JSON, &result);
    ck_assert_ptr_nonnull(strstr(text, "    \"epsilon\": \"-0.1\",\n"
                                       "    \"reference\": \"softmax-min\",\n"
                                       "    \"per\": \"auto\",\n"
                                       "    \"invalid\": \"skip\",\n"
                                       "    \"from_probs\": true,\n"
                                       "    \"scale\": 0.125,\n"
                                       "    \"mask\": \"m \\\"1\\\".npy\",\n"
                                       "    \"metrics\": [\"sparsity\"],\n"));
    ck_assert_ptr_nonnull(strstr(text, "\"parameters\": {\"alpha\": 1.5},\n"));
    ck_assert_ptr_nonnull(
        strstr(text, "\"name\": \"evsoftmax\",\n          \"parameters\": {},\n"));
    /* 1 - 0.1 = 0.9 exactly rounded, but 1 - 0.9 is not 0.1: the paper's number is found again. */
    ck_assert_ptr_nonnull(strstr(text,
                                 "\"parameters\": {\"tb\": [0.1, 0.75], \"b\": [-1.5, 1e-7], "
                                 "\"td\": [0.3, 1], \"d\": [2, 0], \"ts\": [0.9, -0.7, 0.25, 0], "
                                 "\"ranges\": [-1.5, 2, 1e-7, 0]},\n"));
    assert_json(text);
    free(text);
    report_free_result(&result);
}
END_TEST

START_TEST(numbers_read_back_to_the_same_double)
{
    static const double numbers[] = {0.1,           1.0 / 3, 5e-324, 1.7976931348623157e308,
                                     123456789.125, -0.0,    1e-7};
    mmax_plan plan = small_plan(1);
    plan.per = MMAX_PER_ROW;
    const size_t shape[] = {4, 3}, row = 0, n_live = 3;
    mmax_input input = report_input("a.npy", 2, shape);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const double metrics[] = {numbers[i], (double)INFINITY};
        test_document document = document_open(&plan, MMAX_REPORT_NDJSON, false);
        document_begin(&document, &input);
        document_rows(&document, &input, &row, &n_live, 1, metrics);
        mmax_result result = report_result(&plan, &input);
        document_add(&document, &result);
        report_free_result(&result);
        char *text = document_text(&document);
        const char *number = strstr(text, "\"multimodality\": ") + strlen("\"multimodality\": ");
        ck_assert(testing_same(strtod(number, NULL), numbers[i]));
        ck_assert_ptr_nonnull(strstr(number, ", \"entropy\": null}}\n"));
        assert_json(text);
        free(text);
    }
}
END_TEST

START_TEST(every_line_of_ndjson_is_a_document)
{
    mmax_plan plan = report_default_plan();
    const size_t shapes[] = {2, 3, 4, 5};
    test_document document = document_open(&plan, MMAX_REPORT_NDJSON, false);
    for (size_t n_dims = 0; n_dims <= 4; n_dims++) {
        mmax_input input = report_input("a \"b\".npy", n_dims, shapes);
        mmax_result result = report_result(&plan, &input);
        document_add(&document, &result);
        report_free_result(&result);
    }
    char *text = document_text(&document);
    size_t n_lines = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        assert_json(line);
        n_lines++;
    }
    /* Five maps: one line for ranks 0 to 2, two for (2, 3, 4), six for (2, 3, 4, 5). */
    ck_assert_uint_eq(n_lines, 5 * (3 + 2 + 6));
    free(text);
}
END_TEST

TCase *report_json_case(void)
{
    TCase *json = tcase_create("json");
    tcase_add_test(json, the_reader_of_these_tests_refuses_what_is_not_json);
    tcase_add_test(json, a_document_without_inputs_is_whole);
    tcase_add_test(json, level_all_has_one_set_of_summaries_a_map);
    tcase_add_test(json, level_group_has_the_summaries_of_each_group_with_its_index);
    tcase_add_test(json, level_row_has_the_rows_before_the_facts_and_a_failed_input_is_closed);
    tcase_add_test(json, an_input_that_is_neither_added_nor_failed_is_closed_by_what_follows);
    tcase_add_test(json, odd_names_are_escaped_and_broken_utf8_is_replaced);
    tcase_add_test(json, options_and_parameters_are_written_as_they_are_read);
    tcase_add_test(json, numbers_read_back_to_the_same_double);
    tcase_add_test(json, every_line_of_ndjson_is_a_document);
    return json;
}
