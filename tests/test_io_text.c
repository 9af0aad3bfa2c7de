/* Texts as people's programs write them, and the columns that are chosen of them. */
#include "io/columns.h"
#include "test_io.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* float64: the macro of math.h is float. */
#define INF64 ((double)INFINITY)

typedef struct text_case {
    const char *text;
    mmax_source_options options;
    size_t row_length;
    double values[6];
    const char *columns, *rows; /* labels joined by |; NULL for none */
} text_case;

/* ---- what is read ---------------------------------------------------------------------------- */

static void join(char *joined, bool is_first, const char *label)
{
    strcat(joined, is_first ? "" : "|");
    strcat(joined, label);
}

static void check_case(const text_case *given, const char *file, size_t block_rows)
{
    mmax_source *source;
    mmax_error error = {0};
    double values[8];
    char columns[64] = "", rows[64] = "";
    size_t n, n_values = 0;
    ck_assert_msg(mmax_source_open(file, &given->options, &source, &error) == MMAX_OK, "%s",
                  error.message);
    const mmax_input *input = mmax_source_input(source);
    ck_assert_uint_eq(input->row_length, given->row_length);
    for (size_t i = 0; input->column_labels && i < input->row_length; i++)
        join(columns, i == 0, input->column_labels[i]);
    do {
        ck_assert_msg(mmax_source_read(source, block_rows, values, &n, &error) == MMAX_OK, "%s",
                      error.message);
        for (size_t i = 0; i < n * input->row_length; i++)
            ck_assert(testing_same(values[i], given->values[n_values++]));
        for (size_t i = 0; i < n && mmax_source_row_label(source, i); i++)
            join(rows, !*rows, mmax_source_row_label(source, i));
    } while (n > 0);
    size_t n_expected = sizeof given->values / sizeof *given->values;
    while (n_expected > 0 && given->values[n_expected - 1] == 0)
        n_expected--;
    ck_assert_uint_eq(n_values, n_expected);
    ck_assert_str_eq(columns, given->columns ? given->columns : "");
    ck_assert_str_eq(rows, given->rows ? given->rows : "");
    mmax_source_free(source);
}

static void check_everywhere(const text_case *given)
{
    write_bytes("good.csv", given->text, strlen(given->text));
    for (size_t block = 1; block <= 2; block++) {
        check_case(given, "good.csv", block);
        feed_stdin(given->text, strlen(given->text));
        check_case(given, "-", block);
    }
}

/* Without a word about the delimiter. */
static const text_case sniffed[] = {
    {"1;2\n3;4\n", {0}, 2, {1, 2, 3, 4}, NULL, NULL},
    {"a;b\r\n1.5;2\r\n", {0}, 2, {1.5, 2}, "a|b", NULL},
    {";a;b\nthe;1;2\n", {0}, 2, {1, 2}, "a|b", "the"},
    {"# a, b\n1;2", {0}, 2, {1, 2}, NULL, NULL},
    {"\"a,b\";c\n1;2\n", {0}, 2, {1, 2}, "a,b|c", NULL},
    {"\"a;b\",c\n1,2\n", {0}, 2, {1, 2}, "a;b|c", NULL},
    {"a;b\n1\n2\n", {0}, 1, {1, 2}, "a;b", NULL},
    {"1\t2\n3\t4\n", {.format = MMAX_FORMAT_CSV}, 2, {1, 2, 3, 4}, NULL, NULL},
    {"1.000000000000000000e+00 2.500000000000000000e-01\n"
     "-inf nan\n",
     {0},
     2,
     {1, 0.25, -INF64, (double)NAN},
     NULL,
     NULL},
    {"  1   2 \n 3 4\n\n  \n5  6", {0}, 2, {1, 2, 3, 4, 5, 6}, NULL, NULL},
    {"  1   2 \r\n 3 4  \r\n", {.delimiter = ' '}, 2, {1, 2, 3, 4}, NULL, NULL},
    {"\xef\xbb\xbf 1 2\r3 4\r", {0}, 2, {1, 2, 3, 4}, NULL, NULL},
    {"# x y\n1 2\n", {0}, 2, {1, 2}, NULL, NULL},
    {"x y\n1 2\n", {0}, 2, {1, 2}, "x|y", NULL},
    {"x y\nthe 1 2\ncat 3 4\n", {0}, 2, {1, 2, 3, 4}, "x|y", "the|cat"},
    {"the 1 2\ncat 3 4\n", {0}, 2, {1, 2, 3, 4}, NULL, "the|cat"},
    {"the  \"a b\"\n\"c d\"  1\n",
     {.delimiter = ' ', .header = MMAX_HEADER_YES},
     1,
     {1},
     "a b",
     "c d"},
    {"raw logit\n1\n2\n", {0}, 1, {1, 2}, "raw logit", NULL},
    {"1\n2\n", {0}, 1, {1, 2}, NULL, NULL},
    {"Unnamed: 0,a,b\n0,1,2\n1,3,4\n", {0}, 2, {1, 2, 3, 4}, "a|b", "0|1"},
    {"caf\xe9,1,2\n", {0}, 2, {1, 2}, NULL, "caf\xe9"},
};

START_TEST(the_first_lines_tell_what_separates_cells)
{
    check_everywhere(&sniffed[_i]);
}
END_TEST

START_TEST(blanks_delimit_in_runs_across_every_border_of_the_buffer)
{
    enum { N = 60000 };
    char *text = mmax_alloc_array(N, 12);
    ck_assert_ptr_nonnull(text);
    size_t used = 0;
    for (size_t i = 0; i < N; i++)
        used += (size_t)sprintf(text + used, "%*zu%s", 1 + (int)(i % 11), i % 7,
                                i % 100 == 99 ? "  \n" : " ");
    for (size_t pipe = 0; pipe < 2; pipe++) {
        mmax_source *source;
        write_bytes("wide.txt", text, used);
        if (pipe)
            feed_stdin(text, used);
        double *values = read_all(pipe ? "-" : "wide.txt", NULL, 7, &source);
        ck_assert_uint_eq(mmax_source_input(source)->n_rows, N / 100);
        for (size_t i = 0; i < N; i++)
            if (!testing_same(values[i], (double)(i % 7)))
                ck_abort_msg("element %zu", i);
        free(values);
        mmax_source_free(source);
    }
    free(text);
}
END_TEST

/* The columns id, y, p, q hold a word, nothing, and the two that are numbers. */
#define HEADED "id,y,p,q\nx,,1,2\n#z,w,3,4\n"

static const text_case chosen[] = {
    {HEADED, {.columns = "p,q"}, 2, {1, 2, 3, 4}, "p|q", "x|#z"},
    {HEADED, {.columns = "q, p"}, 2, {2, 1, 4, 3}, "q|p", "x|#z"},
    {HEADED, {.columns = "3-"}, 2, {1, 2, 3, 4}, "p|q", "x|#z"},
    {HEADED, {.columns = "4,3"}, 2, {2, 1, 4, 3}, "q|p", "x|#z"},
    {HEADED, {.columns = "\"p\",4"}, 2, {1, 2, 3, 4}, "p|q", "x|#z"},
    {"1,x,2\n3,,4\n", {.columns = "3,1"}, 2, {2, 1, 4, 3}, NULL, NULL},
    {"1,x,2\n3,,4\n", {.columns = "3"}, 1, {2, 4}, NULL, NULL},
    {"1,2,x\n3,4,\n", {.columns = "-2"}, 2, {1, 2, 3, 4}, NULL, NULL},
    {"1,2,\n3,4,\n", {.columns = "1-"}, 2, {1, 2, 3, 4}, NULL, NULL},
    {"a,b,\n1,2,\n", {.columns = "2-"}, 1, {2}, "b", NULL},
    {"the,1,2\n#cat,3,4\n", {.columns = "3,2"}, 2, {2, 1, 4, 3}, NULL, "the|#cat"},
    {",1.5,2\n,3,4\n", {.columns = "2-3"}, 2, {1.5, 2, 3, 4}, NULL, NULL},
    {",0,1\n0,1,2\n1,3,4\n", {.columns = "2-"}, 2, {1, 2, 3, 4}, "0|1", "0|1"},
    {",0,1\n0,1,2\n", {.columns = "\"1\""}, 1, {2}, "1", "0"},
    {"p,q\nx,1,2\n", {.columns = "q,p"}, 2, {2, 1}, "q|p", "x"},
    {"p,q\n7,1,2\n", {.columns = "1-"}, 3, {7, 1, 2}, "|p|q", NULL},
    {"1,2\n3,4\n", {.columns = "2", .header = MMAX_HEADER_YES}, 1, {4}, "2", NULL},
    {"a,b\n3,4\n", {.columns = "2", .header = MMAX_HEADER_YES}, 1, {4}, "b", NULL},
    {"\"a,b\",\"say \"\"so\"\"\"\n1,2\n",
     {.columns = "\"say \"\"so\"\"\" , \"a,b\""},
     2,
     {2, 1},
     "say \"so\"|a,b",
     NULL},
    {"id;p\nx;1\n", {.columns = "p"}, 1, {1}, "p", "x"},
    {"id\tp\nx\t1\n", {.columns = "2", .format = MMAX_FORMAT_TSV}, 1, {1}, "p", "x"},
};

START_TEST(chosen_columns_come_in_their_order_whatever_the_others_hold)
{
    check_everywhere(&chosen[_i]);
}
END_TEST

START_TEST(a_chosen_cell_has_its_place)
{
    char place[64], number[MMAX_NUMBER_SIZE];
    double values[2];
    size_t n;
    mmax_source *source;
    const mmax_source_options options = {.columns = "3,2"};
    write_bytes("a.csv", "x,+1e400,2\ny,inf,5\n", 19);
    ck_assert_int_eq(mmax_source_open("a.csv", &options, &source, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_source_read(source, 1, values, &n, NULL), MMAX_OK);
    mmax_source_place(source, 0, 1, place, sizeof place);
    ck_assert_str_eq(place, "a.csv:1:3");
    ck_assert(mmax_source_overflow(source, 0, 1, number, sizeof number));
    ck_assert_str_eq(number, "+1e400");
    ck_assert(!mmax_source_overflow(source, 0, 0, number, sizeof number));
    ck_assert_int_eq(mmax_source_read(source, 1, values, &n, NULL), MMAX_OK);
    mmax_source_place(source, 0, 1, place, sizeof place);
    ck_assert_str_eq(place, "a.csv:2:3");
    ck_assert(!mmax_source_overflow(source, 0, 1, number, sizeof number));
    mmax_source_free(source);
}
END_TEST

/* ---- what is refused ------------------------------------------------------------------------- */

static const struct {
    const char *text, *columns, *message;
    mmax_header header;
    mmax_status status; /* 0: MMAX_EFORMAT */
} refused[] = {
    {HEADED, "p,qq", "bad.csv:1: no column is named 'qq'", 0, 0},
    {"id,prob\nx,1\n", "porb", "bad.csv:1: no column is named 'porb'; did you mean 'prob'?", 0, 0},
    {HEADED, "5", "bad.csv:1: no column 5; the record has 4 cells", 0, 0},
    {HEADED, "5-", "bad.csv:1: no column 5; the record has 4 cells", 0, 0},
    {HEADED, "3-5", "bad.csv:2: no column 5; the record has 4 cells", 0, 0},
    {",0,7\n0,1,2\n", "7",
     "bad.csv:2: no column 7; the record has 3 cells; the one that is named so is '\"7\"'",
     MMAX_HEADER_YES, 0},
    {HEADED, "3,q,p", "bad.csv:1:6: column 3, 'p', is chosen twice", 0, MMAX_EUSAGE},
    {"1,2\n", "1,-2", "bad.csv: column 1 is chosen twice", 0, MMAX_EUSAGE},
    {"p,p\n1,2\n", "p", "bad.csv:1: 2 columns are named 'p'; give the number of one", 0, 0},
    {"1,2\n", "p",
     "bad.csv:1: the first line is no header that names columns; give their numbers, such as 3-6",
     0, 0},
    {HEADED, "p", "bad.csv: columns by name need a header; give their numbers, such as 3-6",
     MMAX_HEADER_NO, MMAX_EUSAGE},
    {HEADED, "2-",
     "bad.csv:2:3: the cell is empty; write -inf for a masked entry, nan for a missing "
     "one",
     0, 0},
    {HEADED, "id", "bad.csv:2:1: 'x' is not a number", 0, 0},
    {"1,x\n2\n", "1", "bad.csv:2:1: 1 cell in this row, 2 in the first", 0, 0},
    {"1,x\n2,y,z,w\n", "1", "bad.csv:2:1: 4 cells in this row, 2 in the first", 0, 0},
    {"p,q,r\n1,2\n", "p", "bad.csv:1:1: 3 columns in the header, 2 in the first row", 0, 0},
    {"p,q\n", "p", "bad.csv:1:1: no row of numbers follows the header", 0, 0},
    {"1,2\n", "2-1", "invalid columns '2-1': a range runs backwards", 0, MMAX_EUSAGE},
};

START_TEST(columns_that_are_not_there_are_named_with_their_place)
{
    mmax_source_options options = {.columns = refused[_i].columns, .header = refused[_i].header};
    write_bytes("bad.csv", refused[_i].text, strlen(refused[_i].text));
    mmax_status status = refused[_i].status ? refused[_i].status : MMAX_EFORMAT;
    expect_failure("bad.csv", &options, status, refused[_i].message);
}
END_TEST

START_TEST(an_array_has_no_columns_to_choose)
{
    static const double values[] = {1, 2};
    const mmax_source_options options = {.columns = "1"};
    size_t n;
    char *bytes = npy_bytes(1, "{'descr': '=f8', 'fortran_order': False, 'shape': (2,), }", values,
                            sizeof values, &n);
    write_bytes("a.npy", bytes, n);
    expect_failure("a.npy", &options, MMAX_EUSAGE,
                   "a.npy: columns are chosen in CSV and TSV files only; take a part of an array "
                   "with --select");
    free(bytes);
}
END_TEST

static const struct {
    const char *list, *what; /* NULL: it is a list */
} lists[] = {
    {"a", NULL},
    {"1,2-3,4-,-5", NULL},
    {" a b ,\t\"1\" ", NULL},
    {"\"\"", NULL},
    {"1-2-3,-,a-1,1e5", NULL},
    {"99999999999999999999999999", NULL},
    {"", "an item is empty; expected names, numbers or ranges between commas"},
    {"a,,b", "an item is empty; expected names, numbers or ranges between commas"},
    {"a,", "an item is empty; expected names, numbers or ranges between commas"},
    {"0", "columns are counted from 1"},
    {"0-3", "columns are counted from 1"},
    {"-0", "columns are counted from 1"},
    {"6-3", "a range runs backwards"},
    {"\"a", "a quote is never closed"},
    {"\"a\"\"", "a quote is never closed"},
    {"\"a\"b", "something follows a closing quote; expected a comma"},
};

START_TEST(a_list_of_columns_is_checked_before_any_file)
{
    char expected[256];
    mmax_error error = {0};
    mmax_status status = mmax_columns_check(lists[_i].list, &error);
    if (!lists[_i].what) {
        ck_assert_msg(status == MMAX_OK, "%s", error.message);
        return;
    }
    ck_assert_int_eq(status, MMAX_EUSAGE);
    snprintf(expected, sizeof expected, "invalid columns '%s': %s", lists[_i].list, lists[_i].what);
    ck_assert_str_eq(error.message, expected);
}
END_TEST

START_TEST(ranges_are_open_at_either_end)
{
    mmax_columns columns;
    ck_assert_int_eq(mmax_columns_parse("2-3,4-,-5,\"6\"", &columns, NULL), MMAX_OK);
    ck_assert_uint_eq(columns.n_items, 4);
    ck_assert_uint_eq(columns.items[0].first, 2);
    ck_assert_uint_eq(columns.items[0].last, 3);
    ck_assert_uint_eq(columns.items[1].first, 4);
    ck_assert_uint_eq(columns.items[1].last, MMAX_LAST_COLUMN);
    ck_assert_uint_eq(columns.items[2].first, 1);
    ck_assert_uint_eq(columns.items[2].last, 5);
    ck_assert_str_eq(columns.items[3].name, "6");
    ck_assert(columns.has_names);
    mmax_columns_clear(&columns);
}
END_TEST

/* ---- texts that are no texts, numbers that are no numbers ------------------------------------ */

static const struct {
    const char *bytes;
    size_t n;
    mmax_status status;
    const char *message;
} odd[] = {
    {"1\0,\0002\0\n\0", 8, MMAX_EUNSUPPORTED,
     "odd: is UTF-16LE text; convert it with iconv -f UTF-16LE -t UTF-8"},
    {"\0001\0,\0002\0\n", 8, MMAX_EUNSUPPORTED,
     "odd: is UTF-16BE text; convert it with iconv -f UTF-16BE -t UTF-8"},
    {"1\0\0\0\n\0\0\0", 8, MMAX_EUNSUPPORTED,
     "odd: is UTF-32LE text; convert it with iconv -f UTF-32LE -t UTF-8"},
    {"\0\0\0001\0\0\0\n", 8, MMAX_EUNSUPPORTED,
     "odd: is UTF-32BE text; convert it with iconv -f UTF-32BE -t UTF-8"},
    {"\xff\xfe\0\0001\0\0\0", 8, MMAX_EUNSUPPORTED,
     "odd: is UTF-32 text; convert it with iconv -f UTF-32 -t UTF-8"},
    {"\0\0\xfe\xff\0\0\0001", 8, MMAX_EUNSUPPORTED,
     "odd: is UTF-32 text; convert it with iconv -f UTF-32 -t UTF-8"},
    {"\xff\xfe"
     "1\0",
     4, MMAX_EUNSUPPORTED, "odd: is UTF-16 text; convert it with iconv -f UTF-16 -t UTF-8"},
#define TEXT(literal) literal, sizeof(literal) - 1, MMAX_EFORMAT
    {TEXT("1,5;2,5\n2,5;3,5\n"),
     "odd:1:1: '1,5' is not a number; write the decimal comma as a point"},
    {TEXT("a;b\n1,5;2\n"), "odd:2:1: '1,5' is not a number; write the decimal comma as a point"},
    {TEXT("1,5\t2,5\n"), "odd:1:1: '1,5' is not a number; write the decimal comma as a point"},
    {TEXT("1,2\n\"1,5\",2\n"),
     "odd:2:1: '1,5' is not a number; write the decimal comma as a point"},
    {TEXT("\"1,234,567\",2\n"),
     "odd:1:1: '1,234,567' is not a number; leave out what separates thousands"},
    {TEXT("1'234,2\n"), "odd:1:1: '1'234' is not a number; leave out what separates thousands"},
    {TEXT("n/a,2,3\n1,2,3\n"), "odd:1:1: 'n/a' is not a number; write nan for a missing entry, "
                               "-inf for a masked one"},
    {TEXT("1,2\n3,NULL\n"), "odd:2:3: 'NULL' is not a number; write nan for a missing entry, -inf "
                            "for a masked one"},
    {TEXT("2nd,1,2\n"), "odd:1:1: '2nd' is not a number; if it labels the row, choose the columns: "
                        "--columns=2-"},
    {TEXT("1 2\n3,4\n"), "odd:1:1: '1 2' is not a number; is it several, with another delimiter?"},
    {TEXT("2nd\n1\n"), "odd:1:1: '2nd' is not a number; if the first line names the columns, say "
                       "that there is a header"},
    {TEXT("1 2\n3 4 5\n"), "odd:2:1: 3 values in this row, 2 in the first"},
    {TEXT("a b\n"), "odd:1:1: no row of numbers follows the header"},
    {TEXT("1 2\n3 x\n"), "odd:2:3: 'x' is not a number"},
    {TEXT("hello world\nto all\n"), "odd:2:1: 'to all' is not a number; is it several, with "
                                    "another delimiter?"},
#undef TEXT
};

START_TEST(what_is_nearly_a_text_of_numbers_is_refused_with_advice)
{
    write_bytes("odd", odd[_i].bytes, odd[_i].n);
    expect_failure("odd", NULL, odd[_i].status, odd[_i].message);
}
END_TEST

START_TEST(two_softmaxes_side_by_side_are_told_apart_by_their_columns)
{
    char *file = testing_shared("real/DylanTrenck__ABBI__attention_weights.csv");
    if (!file) {
        puts("SKIP: two_softmaxes_side_by_side_are_told_apart_by_their_columns: no real files");
        return;
    }
    const char *const pairs[] = {"seq_to_seq,seq_to_clin", "5-"};
    for (size_t k = 0; k < 2; k++) {
        mmax_source *source;
        const mmax_source_options options = {.columns = pairs[k]};
        double *values = read_all(file, &options, 64, &source);
        ck_assert_uint_eq(mmax_source_input(source)->n_rows, 941);
        ck_assert_uint_eq(mmax_source_input(source)->row_length, 2);
        for (size_t i = 0; i < 941; i++)
            ck_assert_double_eq_tol((values[2 * i] + values[2 * i + 1]), 1,
                                    1.5e-6); /* printed with five digits */
        free(values);
        mmax_source_free(source);
    }
    free(file);
}
END_TEST

#define LOOP(name, table) tcase_add_loop_test(text, name, 0, sizeof(table) / sizeof *(table))

TCase *text_cases(void)
{
    TCase *text = tcase_create("text");
    tcase_add_checked_fixture(text, enter_folder, NULL);
    LOOP(the_first_lines_tell_what_separates_cells, sniffed);
    tcase_add_test(text, blanks_delimit_in_runs_across_every_border_of_the_buffer);
    LOOP(chosen_columns_come_in_their_order_whatever_the_others_hold, chosen);
    tcase_add_test(text, a_chosen_cell_has_its_place);
    LOOP(columns_that_are_not_there_are_named_with_their_place, refused);
    tcase_add_test(text, an_array_has_no_columns_to_choose);
    LOOP(a_list_of_columns_is_checked_before_any_file, lists);
    tcase_add_test(text, ranges_are_open_at_either_end);
    LOOP(what_is_nearly_a_text_of_numbers_is_refused_with_advice, odd);
    tcase_add_test(text, two_softmaxes_side_by_side_are_told_apart_by_their_columns);
    return text;
}
