/* Tokens: lines become labels, and labels are as many as what they label. */
#include "io/tokens.h"
#include "test_io.h"

#include <stdlib.h>
#include <string.h>

#define BYTES(literal) literal, sizeof(literal) - 1

static mmax_tokens *read_bytes(const void *bytes, size_t n_bytes)
{
    mmax_tokens *tokens = NULL;
    mmax_error error = {0};
    enter_folder();
    write_bytes("t", bytes, n_bytes);
    mmax_status status = mmax_tokens_read("t", NULL, &tokens, &error);
    ck_assert_msg(status == MMAX_OK, "%s", error.message);
    return tokens;
}

static void refuse_bytes(const void *bytes, size_t n_bytes, mmax_status status, const char *message)
{
    mmax_tokens *tokens = NULL;
    mmax_error error = {0};
    enter_folder();
    write_bytes("t", bytes, n_bytes);
    ck_assert_int_eq(mmax_tokens_read("t", NULL, &tokens, &error), status);
    ck_assert_str_eq(error.message, message);
    ck_assert_ptr_null(tokens);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static const struct {
    const char *bytes;
    size_t n_bytes;
    const char *labels[4]; /* by hand, up to NULL */
} texts[] = {
    {BYTES(""), {NULL}},
    {BYTES("\n"), {""}},
    {BYTES("a\nb\n"), {"a", "b"}},
    {BYTES("a\nb"), {"a", "b"}},
    {BYTES("a\r\nb\r\n"), {"a", "b"}},
    {BYTES("a\r\nb\r"), {"a", "b"}},
    {BYTES("\n\na\n"), {"", "", "a"}},
    {BYTES(" the \n\t\n"), {" the ", "\\x09"}},
    {BYTES("\xef\xbb\xbf"
           "a\nb\n"),
     {"a", "b"}},
    {BYTES("a\n\xef\xbb\xbf"
           "b\n"),
     {"a", "\xef\xbb\xbf"
           "b"}},
    {BYTES("a\rb\n\r\r\n"),
     {"a\\x0d"
      "b",
      "\\x0d"}},
    {BYTES("a\0b\n\0\n"),
     {"a\\x00"
      "b",
      "\\x00"}},
    {BYTES("\xe2\x96\x81the\n\xe6\x97\xa5\xe6\x9c\xac\n\xf0\x9f\x98\x80\n"),
     {"\xe2\x96\x81the", "\xe6\x97\xa5\xe6\x9c\xac", "\xf0\x9f\x98\x80"}},
    {BYTES("\xff\n\xe2\x96\nd\xc3\n"), {"\\xff", "\\xe2\\x96", "d\\xc3"}},
    {BYTES("\x1b[31m\n\xe2\x80\xae"
           "abc\n"),
     {"\\x1b[31m", "\\xe2\\x80\\xae"
                   "abc"}},
    {BYTES("{\"\n%PDF-\n"), {"{\"", "%PDF-"}},
    {BYTES("\x80\n"), {"\\x80"}},
    {BYTES("a,b\n\"\n"), {"a,b", "\""}},
};

START_TEST(each_line_is_a_label_that_a_terminal_can_be_given)
{
    mmax_tokens *tokens = read_bytes(texts[_i].bytes, texts[_i].n_bytes);
    size_t n = 0;
    for (; n < 4 && texts[_i].labels[n]; n++) {
        ck_assert_uint_lt(n, tokens->n);
        ck_assert_str_eq(tokens->labels[n], texts[_i].labels[n]);
    }
    ck_assert_uint_eq(tokens->n, n);
    mmax_tokens_free(tokens);
}
END_TEST

/* Character by character and line by line over the borders of the stream's buffer. */
START_TEST(a_long_text_is_the_same_as_its_lines)
{
    enum { N = 100000 };
    static const char line[] = "\xe6\x97\xa5\n";
    char *bytes = mmax_alloc_array(N, sizeof line - 1);
    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < N; i++)
        memcpy(bytes + i * (sizeof line - 1), line, sizeof line - 1);
    mmax_tokens *tokens = read_bytes(bytes, N * (sizeof line - 1));
    ck_assert_uint_eq(tokens->n, N);
    for (size_t i = 0; i < N; i++)
        ck_assert_str_eq(tokens->labels[i], "\xe6\x97\xa5");
    mmax_tokens_free(tokens);
    free(bytes);
}
END_TEST

START_TEST(tokens_come_from_a_pipe_too)
{
    mmax_tokens *tokens = NULL;
    enter_folder();
    feed_stdin(BYTES("a\nb\n"));
    ck_assert_int_eq(mmax_tokens_read("-", NULL, &tokens, NULL), MMAX_OK);
    ck_assert_uint_eq(tokens->n, 2);
    ck_assert_str_eq(tokens->labels[1], "b");
    mmax_tokens_free(tokens);
}
END_TEST

/* ---- limits ---------------------------------------------------------------------------------- */

START_TEST(a_line_may_have_64_kib_and_no_more)
{
    char *bytes = mmax_alloc_array(MMAX_MAX_TOKEN_BYTES + 6, 1);
    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes, "a\n", 2);
    memset(bytes + 2, 'b', MMAX_MAX_TOKEN_BYTES + 1);
    memcpy(bytes + 2 + MMAX_MAX_TOKEN_BYTES, "\r\nb", 3);
    mmax_tokens *tokens = read_bytes(bytes, MMAX_MAX_TOKEN_BYTES + 4);
    ck_assert_uint_eq(tokens->n, 2);
    ck_assert_uint_eq(strlen(tokens->labels[1]), MMAX_MAX_TOKEN_BYTES);
    mmax_tokens_free(tokens);
    static const char message[] = "t:2: longer than 65536 bytes; expected one token a line";
    memset(bytes + 2, 'b', MMAX_MAX_TOKEN_BYTES + 1);
    memcpy(bytes + 2 + MMAX_MAX_TOKEN_BYTES + 1, "\n", 1);
    refuse_bytes(bytes, MMAX_MAX_TOKEN_BYTES + 4, MMAX_EFORMAT, message);
    memset(bytes + 2, 'b', MMAX_MAX_TOKEN_BYTES + 4);
    refuse_bytes(bytes, MMAX_MAX_TOKEN_BYTES + 6, MMAX_EFORMAT, message);
    free(bytes);
}
END_TEST

START_TEST(labels_without_end_are_refused)
{
    size_t n = (size_t)MMAX_MAX_TOKENS + 1;
    char *bytes = mmax_alloc_array(n, 1);
    ck_assert_ptr_nonnull(bytes);
    memset(bytes, '\n', n);
    refuse_bytes(bytes, n, MMAX_EFORMAT, "t:16777217: more than 16777216 tokens");
    free(bytes);
}
END_TEST

/* Bytes that are not UTF-8 take four each, which makes 1024 lines of 64 KiB too much. */
START_TEST(labels_of_more_memory_than_is_allowed_are_refused)
{
    size_t line = MMAX_MAX_TOKEN_BYTES + 1, n = 1024;
    char *bytes = mmax_alloc_array(n, line);
    ck_assert_ptr_nonnull(bytes);
    memset(bytes, '\xf9', n * line);
    for (size_t i = 1; i <= n; i++)
        bytes[i * line - 1] = '\n';
    refuse_bytes(bytes, n * line, MMAX_EFORMAT, "t:1024: more than 256 MiB of tokens");
    free(bytes);
}
END_TEST

static const struct {
    const char *bytes;
    size_t n_bytes;
    const char *message;
} foreign[] = {
    {BYTES("\xff\xfe"
           "a\0\n\0"),
     "t: is UTF-16 text; expected one token a line, in UTF-8"},
    {BYTES("\xfe\xff\0a\0\n"), "t: is UTF-16 text; expected one token a line, in UTF-8"},
    {BYTES("\x93NUMPY\x01\0"), "t: is an NPY file; expected one token a line, in UTF-8"},
};

START_TEST(what_is_no_text_is_refused_by_name)
{
    refuse_bytes(foreign[_i].bytes, foreign[_i].n_bytes, MMAX_EUNSUPPORTED, foreign[_i].message);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_named)
{
    mmax_tokens *tokens = NULL;
    mmax_error error = {0};
    enter_folder();
    ck_assert_int_eq(mmax_tokens_read("none", NULL, &tokens, &error), MMAX_EIO);
    ck_assert_str_eq(error.message, "none: cannot open: No such file or directory");
    mmax_tokens_free(NULL);
}
END_TEST

START_TEST(reading_stops_when_it_is_cancelled)
{
    mmax_tokens *tokens = NULL;
    volatile sig_atomic_t cancel = 1;
    enter_folder();
    write_bytes("t", BYTES("a\n"));
    ck_assert_int_eq(mmax_tokens_read("t", &cancel, &tokens, NULL), MMAX_ECANCELED);
}
END_TEST

/* ---- labels of an input ---------------------------------------------------------------------- */

static mmax_source *open_zeros(size_t n_dims, const size_t *shape)
{
    static const double zeros[64];
    mmax_source *source = NULL;
    ck_assert_int_eq(mmax_source_open_memory(zeros, shape, n_dims, &source, NULL), MMAX_OK);
    return source;
}

static void read_to_end(mmax_source *source, size_t block_rows)
{
    double rows[64];
    size_t n = 1;
    while (n > 0)
        ck_assert_int_eq(mmax_source_read(source, block_rows, rows, &n, NULL), MMAX_OK);
}

START_TEST(tokens_of_queries_label_the_rows_of_every_group)
{
    static const size_t shape[] = {2, 3, 2};
    mmax_source *source = open_zeros(3, shape);
    mmax_tokens *keys = read_bytes(BYTES("a\nb\n")), *queries = read_bytes(BYTES("x\ny\nz\n"));
    ck_assert_int_eq(mmax_source_set_tokens(source, keys, queries, NULL), MMAX_OK);
    ck_assert_str_eq(mmax_source_input(source)->column_labels[1], "b");
    double rows[12];
    size_t n;
    ck_assert_int_eq(mmax_source_read(source, 2, rows, &n, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_source_read(source, 4, rows, &n, NULL), MMAX_OK);
    static const char *const expected[] = {"z", "x", "y", "z"};
    ck_assert_uint_eq(n, 4);
    for (size_t i = 0; i < 4; i++)
        ck_assert_str_eq(mmax_source_row_label(source, i), expected[i]);
    mmax_source_free(source);
    mmax_tokens_free(keys);
    mmax_tokens_free(queries);
}
END_TEST

START_TEST(tokens_of_keys_label_queries_where_these_are_as_many)
{
    static const size_t shape[] = {4, 2, 2};
    mmax_tokens *keys = read_bytes(BYTES("a\nb\n"));
    for (size_t rank = 1; rank <= 3; rank++) {
        mmax_source *source = open_zeros(rank, shape + 3 - rank);
        ck_assert_int_eq(mmax_source_set_tokens(source, keys, NULL, NULL), MMAX_OK);
        if (rank == 1)
            ck_assert_ptr_null(mmax_source_input(source)->row_labels);
        else
            ck_assert_str_eq(mmax_source_input(source)->row_labels[1], "b");
        mmax_source_free(source);
    }
    static const size_t tall[] = {3, 2};
    mmax_source *source = open_zeros(2, tall);
    ck_assert_int_eq(mmax_source_set_tokens(source, keys, NULL, NULL), MMAX_OK);
    ck_assert_ptr_null(mmax_source_input(source)->row_labels);
    ck_assert_ptr_null(mmax_source_row_label(source, 0));
    mmax_source_free(source);
    mmax_tokens_free(keys);
}
END_TEST

static const struct {
    size_t n_dims, shape[3];
    const char *keys, *queries; /* NULL: none */
    const char *message;
} misfits[] = {
    {2, {3, 2}, "a\nb\nc\n", NULL, "t: 3 tokens, but memory has 2 keys a row"},
    {2, {3, 2}, "", NULL, "t: 0 tokens, but memory has 2 keys a row"},
    {1, {1}, "a\nb\n", NULL, "t: 2 tokens, but memory has 1 key a row"},
    {0, {0}, "a\nb\n", NULL, "t: 2 tokens, but memory has 1 key a row"},
    {2, {3, 2}, "a\nb\n", "x\n", "t: 1 token, but memory has 3 queries"},
    {2, {3, 2}, NULL, "x\n", "t: 1 token, but memory has 3 queries"},
    {1, {2}, NULL, "x\ny\n", "t: 2 tokens, but memory has 1 query"},
    {3, {2, 3, 2}, NULL, "x\ny\n", "t: 2 tokens, but memory has 3 queries a group"},
    {2, {0, 2}, NULL, "x\ny\n", "t: 2 tokens, but memory has 0 queries"},
};

START_TEST(another_number_of_tokens_is_refused_with_both_numbers)
{
    const char *keys_text = misfits[_i].keys, *queries_text = misfits[_i].queries;
    mmax_tokens *keys = keys_text ? read_bytes(keys_text, strlen(keys_text)) : NULL;
    mmax_tokens *queries = queries_text ? read_bytes(queries_text, strlen(queries_text)) : NULL;
    mmax_source *source = open_zeros(misfits[_i].n_dims, misfits[_i].shape);
    mmax_error error = {0};
    ck_assert_int_eq(mmax_source_set_tokens(source, keys, queries, &error), MMAX_EDOMAIN);
    ck_assert_str_eq(error.message, misfits[_i].message);
    ck_assert_ptr_null(mmax_source_input(source)->column_labels);
    ck_assert_ptr_null(mmax_source_input(source)->row_labels);
    mmax_source_free(source);
    mmax_tokens_free(keys);
    mmax_tokens_free(queries);
}
END_TEST

/* ---- texts, whose rows are not counted beforehand -------------------------------------------- */

static mmax_source *open_text(const char *text)
{
    mmax_source *source = NULL;
    enter_folder();
    write_bytes("a.csv", text, strlen(text));
    ck_assert_int_eq(mmax_source_open("a.csv", NULL, &source, NULL), MMAX_OK);
    return source;
}

START_TEST(tokens_go_before_the_labels_of_a_text)
{
    mmax_source *source = open_text(",p,q\nr,1,2\ns,3,4\n");
    mmax_tokens *keys = read_bytes(BYTES("a\nb\n")), *queries = read_bytes(BYTES("x\ny\n"));
    ck_assert_int_eq(mmax_source_set_tokens(source, NULL, NULL, NULL), MMAX_OK);
    ck_assert_str_eq(mmax_source_input(source)->column_labels[1], "q");
    ck_assert_int_eq(mmax_source_set_tokens(source, keys, NULL, NULL), MMAX_OK);
    double rows[4];
    size_t n;
    ck_assert_int_eq(mmax_source_read(source, 1, rows, &n, NULL), MMAX_OK);
    ck_assert_str_eq(mmax_source_input(source)->column_labels[1], "b");
    ck_assert_str_eq(mmax_source_row_label(source, 0), "r");
    ck_assert_int_eq(mmax_source_set_tokens(source, keys, queries, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_source_read(source, 1, rows, &n, NULL), MMAX_OK);
    ck_assert_str_eq(mmax_source_row_label(source, 0), "y");
    mmax_source_free(source);
    mmax_tokens_free(keys);
    mmax_tokens_free(queries);
}
END_TEST

START_TEST(tokens_of_keys_label_the_rows_of_a_text_when_it_turns_out_square)
{
    static const char *const wide_and_square[] = {"1,2\n", "1,2\n3,4\n", "1,2\n3,4\n5,6\n"};
    mmax_tokens *keys = read_bytes(BYTES("a\nb\n"));
    for (size_t i = 0; i < 3; i++)
        for (size_t block_rows = 1; block_rows < 5; block_rows++) {
            mmax_source *source = open_text(wide_and_square[i]);
            double rows[64];
            size_t n;
            ck_assert_int_eq(mmax_source_set_tokens(source, keys, NULL, NULL), MMAX_OK);
            ck_assert_int_eq(mmax_source_read(source, block_rows, rows, &n, NULL), MMAX_OK);
            ck_assert_ptr_null(mmax_source_row_label(source, 0));
            read_to_end(source, block_rows);
            if (i == 1)
                ck_assert_str_eq(mmax_source_input(source)->row_labels[1], "b");
            else
                ck_assert_ptr_null(mmax_source_input(source)->row_labels);
            mmax_source_free(source);
        }
    mmax_tokens_free(keys);
}
END_TEST

static const struct {
    const char *text, *message;
    size_t block_rows;
} miscounted[] = {
    {"1,2\n", "t: 2 tokens, but a.csv has 1 query", 4},
    {"1,2\n", "t: 2 tokens, but a.csv has 1 query", 1},
    {"1,2\n3,4\n5,6\n", "t: 2 tokens, but a.csv has more than 2 queries", 1},
    {"1,2\n3,4\n5,6\n", "t: 2 tokens, but a.csv has more than 2 queries", 3},
    {"1,2\n3,4\n5,6\n", "t: 2 tokens, but a.csv has 3 queries", 4},
};

START_TEST(a_text_with_another_number_of_rows_fails_at_the_row_too_many_or_at_its_end)
{
    mmax_tokens *queries = read_bytes(BYTES("x\ny\n"));
    mmax_source *source = open_text(miscounted[_i].text);
    mmax_error error = {0};
    double rows[64];
    size_t n = 1;
    mmax_status status = mmax_source_set_tokens(source, NULL, queries, NULL);
    while (status == MMAX_OK && n > 0)
        status = mmax_source_read(source, miscounted[_i].block_rows, rows, &n, &error);
    ck_assert_int_eq(status, MMAX_EDOMAIN);
    ck_assert_str_eq(error.message, miscounted[_i].message);
    mmax_source_free(source);
    mmax_tokens_free(queries);
}
END_TEST

TCase *token_cases(void)
{
    TCase *tests = tcase_create("tokens");
    tcase_add_loop_test(tests, each_line_is_a_label_that_a_terminal_can_be_given, 0,
                        (int)(sizeof texts / sizeof *texts));
    tcase_add_test(tests, a_long_text_is_the_same_as_its_lines);
    tcase_add_test(tests, tokens_come_from_a_pipe_too);
    tcase_add_test(tests, a_line_may_have_64_kib_and_no_more);
    tcase_add_test(tests, labels_without_end_are_refused);
    tcase_add_test(tests, labels_of_more_memory_than_is_allowed_are_refused);
    tcase_add_loop_test(tests, what_is_no_text_is_refused_by_name, 0,
                        (int)(sizeof foreign / sizeof *foreign));
    tcase_add_test(tests, a_file_that_is_not_there_is_named);
    tcase_add_test(tests, reading_stops_when_it_is_cancelled);
    tcase_add_test(tests, tokens_of_queries_label_the_rows_of_every_group);
    tcase_add_test(tests, tokens_of_keys_label_queries_where_these_are_as_many);
    tcase_add_loop_test(tests, another_number_of_tokens_is_refused_with_both_numbers, 0,
                        (int)(sizeof misfits / sizeof *misfits));
    tcase_add_test(tests, tokens_go_before_the_labels_of_a_text);
    tcase_add_test(tests, tokens_of_keys_label_the_rows_of_a_text_when_it_turns_out_square);
    tcase_add_loop_test(tests,
                        a_text_with_another_number_of_rows_fails_at_the_row_too_many_or_at_its_end,
                        0, (int)(sizeof miscounted / sizeof *miscounted));
    return tests;
}
