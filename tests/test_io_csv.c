#include "test_io.h"

#include "io/stream.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is read ---------------------------------------------------------------------------- */

/* float64 constants: the macros of math.h are float. */
#define NAN64 ((double)NAN)
#define INF64 ((double)INFINITY)

static const struct {
    const char *text;
    mmax_source_options options;
    size_t n_rows, row_length;
    double values[8];
    const char *columns; /* labels joined by |; NULL for none */
    const char *rows;
} good[] = {
    {"1,2\n3,4\n", {0}, 2, 2, {1, 2, 3, 4}, NULL, NULL},
    {"1,2\n3,4", {0}, 2, 2, {1, 2, 3, 4}, NULL, NULL},
    {"1,2\r\n3,4\r\n", {0}, 2, 2, {1, 2, 3, 4}, NULL, NULL},
    {"1,2\r3,4\r", {0}, 2, 2, {1, 2, 3, 4}, NULL, NULL},
    {"\xef\xbb\xbf"
     "1,2\n3,4\n",
     {0},
     2,
     2,
     {1, 2, 3, 4},
     NULL,
     NULL},
    {"1\t2\n3\t4\n", {0}, 2, 2, {1, 2, 3, 4}, NULL, NULL},
    {"1;2\n3;4\n", {.delimiter = ';'}, 2, 2, {1, 2, 3, 4}, NULL, NULL},
    {"1 2\n3 4\n", {.delimiter = ' '}, 2, 2, {1, 2, 3, 4}, NULL, NULL},
    {"\n1,2\n\n  \n3,4\n\n", {0}, 2, 2, {1, 2, 3, 4}, NULL, NULL},
    {" 1 ,\t2\n3 , 4 \n", {.format = MMAX_FORMAT_CSV}, 2, 2, {1, 2, 3, 4}, NULL, NULL},
    {"# made by hand\n#again\n1,2\n# between\n#and\n3,4\n# the end",
     {0},
     2,
     2,
     {1, 2, 3, 4},
     NULL,
     NULL},
    {"\"1\",\"2\"\n\"3\",4\n", {0}, 2, 2, {1, 2, 3, 4}, NULL, NULL},
    {"1,2,\n3,4,\n", {0}, 2, 2, {1, 2, 3, 4}, NULL, NULL},
    {"a,b,\n1,2,\n3,4,\n", {0}, 2, 2, {1, 2, 3, 4}, "a|b", NULL},
    {"a,b\n1,2\n3,4\n", {0}, 2, 2, {1, 2, 3, 4}, "a|b", NULL},
    {"\"a \"\"b\"\"\",\"c,\nd\"\n1,2\n3,4\n", {0}, 2, 2, {1, 2, 3, 4}, "a \"b\"|c,\nd", NULL},
    {",a,b\nx,1,2\ny,3,4\n", {0}, 2, 2, {1, 2, 3, 4}, "a|b", "x|y"},
    {",0,1\n0,1,2\n1,3,4\n", {0}, 2, 2, {1, 2, 3, 4}, "0|1", "0|1"},
    {"\"\",\"V1\",\"V2\"\n\"1\",1,2\n\"2\",3,4\n", {0}, 2, 2, {1, 2, 3, 4}, "V1|V2", "1|2"},
    {"\"V1\",\"V2\"\n\"1\",1,2\n\"2\",3,4\n", {0}, 2, 2, {1, 2, 3, 4}, "V1|V2", "1|2"},
    {"token,a,b\nx,1,2\ny,3,4\n", {0}, 2, 2, {1, 2, 3, 4}, "a|b", "x|y"},
    {"query,In,2024,cats\nIn,1,2,3\n2024,4,5,6\n",
     {0},
     2,
     3,
     {1, 2, 3, 4, 5, 6},
     "In|2024|cats",
     "In|2024"},
    {"x,1,2\ny,3,4\n", {0}, 2, 2, {1, 2, 3, 4}, NULL, "x|y"},
    {"x,1,2\n#y,3,4\n# z,5,6\n", {0}, 3, 2, {1, 2, 3, 4, 5, 6}, NULL, "x|#y|# z"},
    {"token,a,b\n# comment\n##ing,1,2\n#,3,4\n", {0}, 2, 2, {1, 2, 3, 4}, "a|b", "##ing|#"},
    {"1,2\n3,4\n", {.header = MMAX_HEADER_YES}, 1, 2, {3, 4}, "1|2", NULL},
    {"1,2\n3,4\n", {.header = MMAX_HEADER_NO}, 2, 2, {1, 2, 3, 4}, NULL, NULL},
    {"x,1\ny,3\n", {.header = MMAX_HEADER_NO}, 2, 1, {1, 3}, NULL, "x|y"},
    {"logit\n1\n2\n3\n", {0}, 3, 1, {1, 2, 3}, "logit", NULL},
    {"1\n2\n3\n", {0}, 3, 1, {1, 2, 3}, NULL, NULL},
    {"1,2,3", {0}, 1, 3, {1, 2, 3}, NULL, NULL},
    {"nan,-inf,inf,NaN,Infinity,-Infinity,1e-320,0.1\n",
     {0},
     1,
     8,
     {NAN64, -INF64, INF64, NAN64, INF64, -INF64, 1e-320, 0.1},
     NULL,
     NULL},
    {"-0,1e400,-1e400,17976931348623157e292,+1\n",
     {0},
     1,
     5,
     {-0.0, INF64, -INF64, 17976931348623157e292, 1},
     NULL,
     NULL},
    {",\xd0\xba\xd0\xbe\xd1\x82, a\n\xd1\x85,1,2\n b ,3,4\n",
     {0},
     2,
     2,
     {1, 2, 3, 4},
     "\xd0\xba\xd0\xbe\xd1\x82| a",
     "\xd1\x85| b "},
};

static void check_labels(const char *expected, const char *const *labels, size_t n)
{
    char joined[128] = "";
    if (!expected) {
        ck_assert_ptr_null(labels);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        strcat(joined, i ? "|" : "");
        strcat(joined, labels[i]);
    }
    ck_assert_str_eq(joined, expected);
}

static void check_good(size_t i, const char *file, size_t block_rows)
{
    mmax_source *source;
    mmax_error error;
    double values[8];
    char *row_labels[8] = {NULL};
    size_t n, row = 0;
    ck_assert_int_eq(mmax_source_open(file, &good[i].options, &source, &error), MMAX_OK);
    const mmax_input *input = mmax_source_input(source);
    ck_assert_uint_eq(input->n_dims, 2);
    ck_assert_uint_eq(input->row_length, good[i].row_length);
    ck_assert_uint_eq(input->n_rows, 0);
    ck_assert(!input->rows_known);
    check_labels(good[i].columns, input->column_labels, input->row_length);
    do {
        ck_assert_int_eq(mmax_source_read(source, block_rows, values, &n, &error), MMAX_OK);
        for (size_t j = 0; j < n * input->row_length; j++)
            ck_assert(testing_same(values[j], good[i].values[row * input->row_length + j]));
        for (size_t j = 0; j < n; j++, row++) {
            const char *label = mmax_source_row_label(source, j);
            row_labels[row] = label ? mmax_copy_text(label) : NULL;
        }
        ck_assert_uint_eq(input->n_rows, row);
    } while (n > 0);
    ck_assert(input->rows_known);
    ck_assert_uint_eq(row, good[i].n_rows);
    ck_assert_uint_eq(input->shape[0], good[i].n_rows);
    ck_assert_uint_eq(input->shape[1], good[i].row_length);
    ck_assert_str_eq(input->dtype, "<f8");
    check_labels(good[i].rows, row_labels[0] ? (const char *const *)row_labels : NULL, row);
    for (size_t j = 0; j < row; j++)
        free(row_labels[j]);
    mmax_source_free(source);
}

START_TEST(text_is_read_from_a_file_and_a_pipe_whatever_the_block)
{
    size_t i = (size_t)_i;
    write_bytes("good.txt", good[i].text, strlen(good[i].text));
    for (size_t block = 1; block <= 7 && good[i].row_length * block <= 8; block++) {
        check_good(i, "good.txt", block);
        feed_stdin(good[i].text, strlen(good[i].text));
        check_good(i, "-", block);
    }
}
END_TEST

START_TEST(a_row_may_be_longer_than_any_buffer)
{
    enum { N = 120000 };
    char *text = mmax_alloc_array(2 * N, 12);
    ck_assert_ptr_nonnull(text);
    size_t used = 0;
    for (size_t i = 0; i < 2 * N; i++)
        used += (size_t)sprintf(text + used, "%zu.5%s", i, i % N == N - 1 ? "\r\n" : ",");
    write_bytes("long.csv", text, used);
    for (size_t pipe = 0; pipe < 2; pipe++) {
        mmax_source *source;
        if (pipe)
            feed_stdin(text, used);
        double *values = read_all(pipe ? "-" : "long.csv", NULL, 1, &source);
        ck_assert_uint_eq(mmax_source_input(source)->n_rows, 2);
        ck_assert_uint_eq(mmax_source_input(source)->row_length, N);
        for (size_t i = 0; i < 2 * N; i++)
            if (!testing_same(values[i], (double)i + 0.5))
                ck_abort_msg("element %zu", i);
        free(values);
        mmax_source_free(source);
    }
    free(text);
}
END_TEST

/* ---- the quick way and the careful one ------------------------------------------------------- */

static const char *const spellings[] = {
    "0.123456",    "-7.654321", "12.5",       "-0",
    "+1.5",        ".5",        "5.",         "0012",
    "1e5",         "-2.5E-7",   "123456789",  "0.1234567890123456",
    "-inf",        "nan",       "-Infinity",  "inf",
    "1e400",       "-1e400",    "0x1.8p3",    "9007199254740993",
    "  3.25",      "4.75 ",     "1.12345678", "4e-324",
    "1.123456789", "999.5",     "1000.5",     "2.2250738585072011e-308"};
enum { N_SPELLINGS = sizeof spellings / sizeof *spellings };

/* Numbers in random order, once as they are and once in quotes, which are read byte by byte. */
static void write_twice(testing_random *random, char delimiter, int n_rows, int n_columns)
{
    FILE *plain = fopen("plain.csv", "wb"), *quoted = fopen("quoted.csv", "wb");
    ck_assert(plain && quoted);
    for (int i = 0; i < n_rows * n_columns; i++) {
        const char *text = spellings[(int)(testing_uniform(random) * N_SPELLINGS)];
        char after = (i + 1) % n_columns ? delimiter : '\n';
        fprintf(plain, "%s%c", text, after);
        fprintf(quoted, "\"%s\"%c", text, after);
    }
    ck_assert(fclose(plain) == 0 && fclose(quoted) == 0);
}

START_TEST(quotes_around_every_number_change_no_value)
{
    enum { N_ROWS = 40, N_COLUMNS = 11 };
    static const char *const choices[] = {NULL, "2-", "1-3,5,7-9", "4,3,8-10,1"};
    testing_random random = {(uint64_t)_i + 1};
    char delimiter = ",;\t|"[_i];
    for (int round = 0; round < 40; round++) {
        write_twice(&random, delimiter, N_ROWS, N_COLUMNS);
        mmax_source_options options = {
            .delimiter = delimiter, .header = MMAX_HEADER_NO, .columns = choices[round % 4]};
        mmax_source *plain, *quoted;
        double *values = read_all("plain.csv", &options, 7, &plain);
        double *expected = read_all("quoted.csv", &options, 7, &quoted);
        const mmax_input *input = mmax_source_input(plain);
        ck_assert_uint_eq(input->n_rows, N_ROWS);
        ck_assert_uint_eq(input->row_length, mmax_source_input(quoted)->row_length);
        for (size_t i = 0; i < N_ROWS * input->row_length; i++)
            ck_assert_msg(testing_same(values[i], expected[i]), "value %zu: %a, %a", i, values[i],
                          expected[i]);
        free(values);
        free(expected);
        mmax_source_free(plain);
        mmax_source_free(quoted);
    }
}
END_TEST

START_TEST(the_buffer_may_end_at_any_byte_of_a_number)
{
    static const char rows[] = "1,2,3,4,5\n0.123456,-7654321.0123456789,1e-7,-inf,.5\n1,2,3,4,5\n";
    static const double expected[] = {1,  2, 3, 4, 5, 0.123456, -7654321.0123456789, 1e-7, -INF64,
                                      .5, 1, 2, 3, 4, 5};
    for (size_t shift = 0; shift < sizeof rows; shift++) {
        /* A comment as long as the buffer but for SHIFT bytes. */
        size_t n_before = MMAX_STREAM_BUFFER - shift;
        char *text = mmax_alloc_array(n_before + sizeof rows, 1);
        ck_assert_ptr_nonnull(text);
        memset(text, '#', n_before);
        text[n_before - 1] = '\n';
        memcpy(text + n_before, rows, sizeof rows);
        write_bytes("border.csv", text, n_before + sizeof rows - 1);
        mmax_source *source;
        double *values = read_all("border.csv", NULL, 2, &source);
        ck_assert_uint_eq(mmax_source_input(source)->n_rows, 3);
        for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
            ck_assert_msg(testing_same(values[i], expected[i]), "shift %zu, value %zu: %a", shift,
                          i, values[i]);
        free(values);
        free(text);
        mmax_source_free(source);
    }
}
END_TEST

/* ---- what is refused ------------------------------------------------------------------------- */

static const struct {
    const char *text;
    mmax_source_options options;
    const char *message;
} bad[] = {
    {"1,2\n3,n/a\n",
     {0},
     "bad.csv:2:3: 'n/a' is not a number; write nan for a missing entry, -inf for a masked one"},
    {"a,b\n1,2\n\n3,\"n/a\"\n",
     {0},
     "bad.csv:4:3: 'n/a' is not a number; write nan for a missing entry, -inf for a masked one"},
    {"1,2\n3, n/a \n",
     {0},
     "bad.csv:2:3: 'n/a' is not a number; write nan for a missing entry, -inf for a masked one"},
    {"1,2\n3,\x1b[2J\n", {0}, "bad.csv:2:3: '\\x1b[2J' is not a number"},
    {"1,2,n/a\n4,5,6\n",
     {0},
     "bad.csv:1:5: 'n/a' is not a number; write nan for a missing entry, -inf for a masked "
     "one"},
    {"x,1,2\ny,3,n/a\n",
     {0},
     "bad.csv:2:5: 'n/a' is not a number; write nan for a missing entry, -inf for a masked one"},
    {"x,1,n/a,4\ny,3,4,5\n",
     {0},
     "bad.csv:1:5: 'n/a' is not a number; write nan for a missing entry, -inf for a masked "
     "one"},
    {"1,2\n3,4,5\n", {0}, "bad.csv:2:1: 3 values in this row, 2 in the first"},
    {"1,2,3\n4,5\n", {0}, "bad.csv:2:1: 2 values in this row, 3 in the first"},
    {"1,2,3,4,5\n1,2,3,4,5\n1,2,3,4\n", {0}, "bad.csv:3:1: 4 values in this row, 5 in the first"},
    {"x,1,2\ny,3\n", {0}, "bad.csv:2:1: 1 value in this row, 2 in the first"},
    {"x,1,2\ny\n", {0}, "bad.csv:2:1: 0 values in this row, 2 in the first"},
    {"a,b,c\n1,2\n", {0}, "bad.csv:1:1: 3 columns in the header, 2 in the first row"},
    {",a\nx,1,2\n", {0}, "bad.csv:1:1: 1 column in the header, 2 in the first row"},
    {"1,2,\n3,4\n", {0}, "bad.csv:2:1: no delimiter ends this line, but one ends the first"},
    {"1,2\n3,4,\n", {0}, "bad.csv:2:1: a delimiter ends this line, but none ends the first"},
    {"1,2,\n3,4,5\n", {0}, "bad.csv:2:1: 3 values in this row, 2 in the first"},
    {"1,2,3\n4,5,6,7,n/a\n", {0}, "bad.csv:2:1: 5 values in this row, 3 in the first"},
    {"1,2,3\n4,5,6\n7,-8.25,9x,0\n", {0}, "bad.csv:3:9: '9x' is not a number"},
    {"1,2,3\n4,,6\n",
     {0},
     "bad.csv:2:3: the cell is empty; write -inf for a masked entry, nan for a missing one"},
    {"1,2,3\n4,  ,6\n",
     {0},
     "bad.csv:2:3: the cell is empty; write -inf for a masked entry, nan for a missing one"},
    {"1,2\n3,\n",
     {.header = MMAX_HEADER_NO},
     "bad.csv:2:3: the cell is empty; write -inf for a masked entry, nan for a missing one"},
    {",1\n",
     {.header = MMAX_HEADER_NO},
     "bad.csv:1:1: the cell is empty; write -inf for a masked entry, nan for a missing one"},
    {"1,2\n3,\"4\n5,6\n", {0}, "bad.csv:2:3: the quote that opens here is never closed"},
    {"1,2\n3,4\"5\n",
     {0},
     "bad.csv:2:4: a quote inside a cell; quote the whole cell and double the quote"},
    {"1,2\n3,\"4\"5\n",
     {0},
     "bad.csv:2:6: something follows the closing quote; expected a delimiter"},
    {"\"a\nb\",c\n1,x\n", {0}, "bad.csv:3:3: 'x' is not a number"},
    {"\"a\rb\",c\r\n1,x\n", {0}, "bad.csv:3:3: 'x' is not a number"},
    {"\xef\xbb\xbf"
     "1,2\nx,4\n",
     {0},
     "bad.csv:2:1: 'x' is not a number"},
    {"\xef\xbb\xbf"
     "1,\n",
     {.header = MMAX_HEADER_YES},
     "bad.csv:1:1: no row of numbers follows the header"},
    {"a,b\n\n# nothing\n", {0}, "bad.csv:1:1: no row of numbers follows the header"},
    {"\n \n# nothing",
     {0},
     "bad.csv: holds only blank lines and comments; expected rows of numbers"},
    {"\n", {0}, "bad.csv: holds only blank lines and comments; expected rows of numbers"},
    {"h\n,\n",
     {0},
     "bad.csv:2:2: the cell is empty; write -inf for a masked entry, nan for a missing one"},
    {"1,2\n3;4,5\n",
     {0},
     "bad.csv:2:1: '3;4' is not a number; is it several, with another delimiter?"},
    {"1;2\n3,5;4\n",
     {.delimiter = ';'},
     "bad.csv:2:1: '3,5' is not a number; write the decimal comma as a point"},
    {"x\n1 2\n", {0}, "bad.csv:2:1: '1 2' is not a number; is it several, with another delimiter?"},
    {"1,2\n3,0x\n", {0}, "bad.csv:2:3: '0x' is not a number"},
    {"1,2\n3,1_000\n",
     {0},
     "bad.csv:2:3: '1_000' is not a number; leave out what separates thousands"},
};

START_TEST(what_is_wrong_with_a_text_is_said_with_line_and_column)
{
    write_bytes("bad.csv", bad[_i].text, strlen(bad[_i].text));
    expect_failure("bad.csv", &bad[_i].options, MMAX_EFORMAT, bad[_i].message);
}
END_TEST

START_TEST(nul_bytes_and_cells_without_end_are_refused)
{
    write_bytes("bad.csv", "1,2\n3\0,4\n", 9);
    expect_failure(
        "bad.csv", NULL, MMAX_EFORMAT,
        "bad.csv:2:2: a NUL byte; if the text is UTF-16, convert it with iconv -f UTF-16 "
        "-t UTF-8");
    write_bytes("bad.csv", "1,2\n3,\"4\0\"\n", 11);
    expect_failure("bad.csv", NULL, MMAX_EFORMAT, "bad.csv:2:3: a NUL byte in a quoted cell");
    enum { N = 200000 };
    char *text = mmax_alloc_array(N, 1);
    ck_assert_ptr_nonnull(text);
    static const char fills[] = {'5', '"', ' '};
    for (size_t i = 0; i < sizeof fills; i++) {
        memset(text, '5', N);
        memcpy(text, "1,2\n", 4);
        text[4] = fills[i];
        if (fills[i] == ' ')
            memset(text, ' ', N);
        write_bytes("bad.csv", text, N);
        expect_failure("bad.csv", NULL, MMAX_EFORMAT,
                       fills[i] == ' ' ? "bad.csv:1:1: the cell is longer than 65536 bytes; is a "
                                         "quote or a delimiter missing?"
                                       : "bad.csv:2:1: the cell is longer than 65536 bytes; is a "
                                         "quote or a delimiter missing?");
    }
    free(text);
}
END_TEST

/* ---- places ---------------------------------------------------------------------------------- */

START_TEST(the_first_bad_cell_of_a_row_has_a_place_and_the_others_a_line_and_a_number)
{
    static const char text[] = "# comment\n,a,b,c\nx,1,2,3\n\n\"y\nz\",-inf, nan,inf\nw,1,2,3\n";
    double values[9];
    char place[64];
    size_t n;
    mmax_source *source;
    write_bytes("a.csv", text, sizeof text - 1);
    ck_assert_int_eq(mmax_source_open("a.csv", NULL, &source, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_source_read(source, 1, values, &n, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_source_read(source, 3, values, &n, NULL), MMAX_OK);
    ck_assert_uint_eq(n, 2);
    mmax_source_place(source, 0, 1, place, sizeof place);
    ck_assert_str_eq(place, "a.csv:6:9");
    mmax_source_place(source, 0, 2, place, sizeof place);
    ck_assert_str_eq(place, "a.csv:5: value 3");
    mmax_source_place(source, 1, 0, place, sizeof place);
    ck_assert_str_eq(place, "a.csv:7: value 1");
    ck_assert_str_eq(mmax_source_row_label(source, 0), "y\nz");
    mmax_source_free(source);
}
END_TEST

TCase *csv_cases(void)
{
    TCase *csv = tcase_create("csv");
    tcase_add_checked_fixture(csv, enter_folder, NULL);
    tcase_set_timeout(csv, 60);
    tcase_add_loop_test(csv, text_is_read_from_a_file_and_a_pipe_whatever_the_block, 0,
                        sizeof good / sizeof *good);
    tcase_add_test(csv, a_row_may_be_longer_than_any_buffer);
    tcase_add_loop_test(csv, quotes_around_every_number_change_no_value, 0, 4);
    tcase_add_test(csv, the_buffer_may_end_at_any_byte_of_a_number);
    tcase_add_loop_test(csv, what_is_wrong_with_a_text_is_said_with_line_and_column, 0,
                        sizeof bad / sizeof *bad);
    tcase_add_test(csv, nul_bytes_and_cells_without_end_are_refused);
    tcase_add_test(csv, the_first_bad_cell_of_a_row_has_a_place_and_the_others_a_line_and_a_number);
    return csv;
}
