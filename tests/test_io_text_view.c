#include "io/source.h"
#include "io/view.h"
#include "test_io.h"

#include <stdlib.h>
#include <string.h>

static const char table[] = ",a,b,c\nx,1,2,3\ny,4,5,6\nz,7,8,9\n";

/* By hand.  Labels are of the columns and then of the first row; "" for none. */
static const struct {
    const char *select;
    bool has_axis;
    int axis;
    size_t n_dims, shape[2];
    double values[9];
    const char *labels[4];
} turned[] = {
    {NULL, true, 0, 2, {3, 3}, {1, 4, 7, 2, 5, 8, 3, 6, 9}, {"x", "y", "z", "a"}},
    {NULL, true, -1, 2, {3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9}, {"a", "b", "c", "x"}},
    {"1:", false, 0, 2, {2, 3}, {4, 5, 6, 7, 8, 9}, {"a", "b", "c", "y"}},
    {"::-1,::2", false, 0, 2, {3, 2}, {7, 9, 4, 6, 1, 3}, {"a", "c", "", "z"}},
    {"1", false, 0, 1, {3}, {4, 5, 6}, {"a", "b", "c", "y"}},
    {":2,1", false, 0, 1, {2}, {2, 5}, {"x", "y", "", "b"}},
    {"-1,-1", false, 0, 0, {0}, {9}, {"", "", "", "z"}},
    {"2,None", true, 0, 2, {3, 1}, {7, 8, 9}, {"", "", "", "z"}},
    {":,1:2", true, 0, 2, {1, 3}, {2, 5, 8}, {"x", "y", "z", "b"}},
};

static void expect_turned(int which, const char *file)
{
    const mmax_source_options options = {.has_axis = turned[which].has_axis,
                                         .axis = turned[which].axis,
                                         .select = turned[which].select};
    mmax_source *source;
    mmax_error error = {.message = ""};
    double values[9];
    size_t n_rows;
    mmax_status status = mmax_source_open(file, &options, &source, &error);
    ck_assert_msg(status == MMAX_OK, "%s", error.message);
    const mmax_input *input = mmax_source_input(source);
    ck_assert_uint_eq(input->n_dims, turned[which].n_dims);
    for (size_t i = 0; i < input->n_dims; i++)
        ck_assert_uint_eq(input->shape[i], turned[which].shape[i]);
    ck_assert_int_eq(mmax_source_read(source, 9, values, &n_rows, NULL), MMAX_OK);
    ck_assert_uint_eq(n_rows, input->n_rows);
    ck_assert_mem_eq(values, turned[which].values, n_rows * input->row_length * sizeof *values);
    for (size_t i = 0; i < input->row_length; i++)
        ck_assert_str_eq(input->column_labels ? input->column_labels[i] : "",
                         turned[which].labels[i]);
    ck_assert_str_eq(mmax_source_row_label(source, 0), turned[which].labels[3]);
    ck_assert_str_eq(input->format, "csv");
    ck_assert_str_eq(input->file, file);
    mmax_source_free(source);
}

START_TEST(labels_of_a_text_follow_the_selection)
{
    write_bytes("a.csv", table, strlen(table));
    expect_turned(_i, "a.csv");
    feed_stdin(table, strlen(table));
    expect_turned(_i, "-");
}
END_TEST

static const struct {
    const char *select;
    size_t n_dims, reach;
} reaches[] = {
    {"5", 2, 6},          {"-1", 2, SIZE_MAX},   {":100", 2, 100},
    {"3:", 2, SIZE_MAX},  {"7:2:-1", 2, 8},      {"::-1", 2, SIZE_MAX},
    {":-1", 2, SIZE_MAX}, {"-3:5", 2, SIZE_MAX}, {"...,5", 2, SIZE_MAX},
    {"...,5,5", 2, 6},    {"None,:9,0", 2, 9},   {"None", 2, SIZE_MAX},
};

START_TEST(a_text_is_read_as_far_as_the_selection_looks)
{
    size_t reach;
    ck_assert_int_eq(
        mmax_select_reach("a.csv", reaches[_i].select, reaches[_i].n_dims, &reach, NULL), MMAX_OK);
    ck_assert_msg(reach == reaches[_i].reach, "[%s]: %zu", reaches[_i].select, reach);
}
END_TEST

START_TEST(what_comes_after_the_selection_may_be_no_number)
{
    static const char text[] = "1,2\n3,4\nthe end\n";
    const mmax_source_options options = {.select = ":2"}, too_far = {.select = ":3"};
    mmax_source *source;
    write_bytes("a.csv", text, strlen(text));
    double *values = read_all("a.csv", &options, 1, &source);
    ck_assert_double_eq(values[3], 4);
    mmax_source_free(source);
    free(values);
    expect_failure("a.csv", &too_far, MMAX_EFORMAT,
                   "a.csv:3:1: 'the end' is not a number; is it "
                   "several, with another delimiter?");
}
END_TEST

START_TEST(what_a_text_does_not_have_is_told)
{
    static const struct {
        const char *select, *message;
        int axis;
    } cases[] = {
        {"5", "a.csv: index 5 is out of bounds for axis 0 with size 3; the array has shape (3, 3)",
         -1},
        {"0,0,0", "a.csv: the selection has 3 indices for 2 axes", -1},
        {NULL, "a.csv: axis 2 is out of bounds for an array of rank 2; the array has shape (3, 3)",
         2},
    };
    const mmax_source_options options = {
        .select = cases[_i].select, .has_axis = true, .axis = cases[_i].axis};
    write_bytes("a.csv", table, strlen(table));
    expect_failure("a.csv", &options, MMAX_EDOMAIN, cases[_i].message);
}
END_TEST

START_TEST(a_part_of_a_text_says_where_its_entries_were)
{
    const mmax_source_options options = {.has_axis = true, .axis = 0};
    mmax_source *source;
    char place[MMAX_MESSAGE_SIZE];
    double row[3];
    size_t n_rows;
    write_bytes("a.csv", table, strlen(table));
    ck_assert_int_eq(mmax_source_open("a.csv", &options, &source, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_source_read(source, 1, row, &n_rows, NULL), MMAX_OK);
    ck_assert(mmax_source_can_seek(source) == false); /* its rows are columns of the text */
    mmax_source_place(source, 0, 2, place, sizeof place);
    ck_assert_str_eq(place, "a.csv[2, 0]");
    mmax_source_free(source);
}
END_TEST

START_TEST(no_room_for_a_temporary_file_is_told)
{
    const mmax_source_options options = {.has_axis = true, .axis = 0};
    write_bytes("a.csv", table, strlen(table));
    setenv("TMPDIR", "/nowhere", 1);
    expect_failure("a.csv", &options, MMAX_EIO,
                   "a.csv: cannot be kept in a temporary file: No such file or directory; let "
                   "TMPDIR name a folder with room");
}
END_TEST

TCase *text_view_cases(void)
{
    TCase *view = tcase_create("text view");
    tcase_add_checked_fixture(view, enter_folder, NULL);
    tcase_add_loop_test(view, labels_of_a_text_follow_the_selection, 0,
                        sizeof turned / sizeof *turned);
    tcase_add_loop_test(view, a_text_is_read_as_far_as_the_selection_looks, 0,
                        sizeof reaches / sizeof *reaches);
    tcase_add_test(view, what_comes_after_the_selection_may_be_no_number);
    tcase_add_loop_test(view, what_a_text_does_not_have_is_told, 0, 3);
    tcase_add_test(view, a_part_of_a_text_says_where_its_entries_were);
    tcase_add_test(view, no_room_for_a_temporary_file_is_told);
    return view;
}
