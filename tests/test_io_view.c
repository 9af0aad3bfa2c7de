#include "io/view.h"
#include "test_io.h"

#include <stdlib.h>
#include <string.h>

/* ---- one axis -------------------------------------------------------------------------------- */

/* The Python Language Reference, 3.3.1 (sequences): the slice has the items with index
 * x = i + n * k such that 0 <= n < (j - i) / k, i and j being reduced to what is there.  Bounds of
 * NONE are missing. */
enum { NONE = 99 };

static size_t slice_by_definition(int length, int i, int j, int k, int *indices)
{
    int least = k > 0 ? 0 : -1, most = k > 0 ? length : length - 1;
    int bounds[] = {i, j};
    for (int b = 0; b < 2; b++) {
        if (bounds[b] == NONE)
            bounds[b] = (b == 0) == (k > 0) ? least : most;
        else if (bounds[b] < 0)
            bounds[b] += length;
        bounds[b] = bounds[b] < least ? least : bounds[b] > most ? most : bounds[b];
    }
    size_t n = 0;
    for (int x = bounds[0]; k > 0 ? x < bounds[1] : x > bounds[1]; x += k)
        indices[n++] = x;
    return n;
}

static void write_bound(int bound, char text[8])
{
    text[0] = '\0';
    if (bound != NONE)
        snprintf(text, 8, "%d", bound);
}

static void expect_slice(int length, int i, int j, int k)
{
    char start[8], stop[8], select[32];
    int indices[8];
    size_t n = slice_by_definition(length, i, j, k, indices);
    write_bound(i, start);
    write_bound(j, stop);
    snprintf(select, sizeof select, "%s:%s:%d", start, stop, k);
    const mmax_layout whole = {
        .item_size = 4, .offset = 100, .n_dims = 1, .shape = {(size_t)length}, .strides = {4}};
    mmax_view view;
    mmax_view_whole(&whole, &view);
    ck_assert_int_eq(mmax_view_select("a", select, &view, NULL), MMAX_OK);
    ck_assert_uint_eq(view.layout.n_dims, 1);
    ck_assert_msg(view.layout.shape[0] == n, "%d entries, [%s]: %zu", length, select,
                  view.layout.shape[0]);
    for (size_t x = 0; x < n; x++) {
        ptrdiff_t at = (ptrdiff_t)view.layout.offset + (ptrdiff_t)x * view.layout.strides[0];
        ck_assert_msg(at == 100 + 4 * indices[x], "%d entries, [%s]: %td", length, select, at);
    }
}

START_TEST(every_slice_of_a_short_axis_is_what_python_defines)
{
    for (int length = 0; length <= 5; length++)
        for (int i = -8; i <= 8; i++)
            for (int j = -8; j <= 8; j++)
                for (int k = -3; k <= 3; k++)
                    if (k != 0)
                        expect_slice(length, i == -8 ? NONE : i, j == -8 ? NONE : j, k);
}
END_TEST

/* ---- whole arrays ---------------------------------------------------------------------------- */

/* What NumPy makes of a = np.arange(120).reshape(4, 5, 6): the shape of
 * b = np.moveaxis(a[SELECT], AXIS, -1), and the sum of (i + 1) * b.ravel()[i]. */
static const struct {
    const char *select;
    bool has_axis;
    int axis;
    size_t n_dims, shape[8];
    double sum;
} parts[] = {
    {"2", false, 0, 2, {5, 6}, 36890},
    {"-1", false, 0, 2, {5, 6}, 50840},
    {"1:3", false, 0, 3, {2, 5, 6}, 126880},
    {"::-1", false, 0, 3, {4, 5, 6}, 305960},
    {"...,0", false, 0, 2, {4, 5}, 15960},
    {":,2", false, 0, 2, {4, 6}, 23320},
    {"::2,1:4,-1", false, 0, 2, {2, 3}, 1281},
    {"-1,-1,-1", false, 0, 0, {0}, 119},
    {"1,::-2,4:0:-3", false, 0, 2, {3, 2}, 834},
    {"newaxis,2,...", false, 0, 3, {1, 5, 6}, 36890},
    {"..., None", false, 0, 4, {4, 5, 6, 1}, 575960},
    {" 3 , 1 : 100 , -2 ", false, 0, 1, {4}, 1120},
    {"1:1", false, 0, 3, {0, 5, 6}, 0},
    {"3:1:-1,...,::5", false, 0, 3, {2, 5, 2}, 17800},
    {"None,1,None,2,None,None", false, 0, 5, {1, 1, 1, 1, 6}, 952},
    {"...", false, 0, 3, {4, 5, 6}, 575960},
    {"1,2,3,...", false, 0, 0, {0}, 45},
    {"+1,:,", false, 0, 2, {5, 6}, 22940},
    {"100:,0", false, 0, 2, {0, 6}, 0},
    {NULL, true, 0, 3, {5, 6, 4}, 472430},
    {NULL, true, 1, 3, {4, 6, 5}, 570160},
    {NULL, true, -3, 3, {5, 6, 4}, 472430},
    {"1", true, 0, 2, {6, 5}, 21490},
    {"::-1,1", true, 0, 2, {6, 4}, 15430},
    {"...,1:3", true, -2, 3, {4, 2, 5}, 63500},
    {":,:,0", true, 0, 2, {5, 4}, 13680},
    {"2:3", true, 1, 3, {1, 6, 5}, 35440},
    {"99999999999999999999:", true, 0, 3, {5, 6, 0}, 0},
    {":, -99999999999999999999::2, 1", true, -1, 2, {4, 3}, 5970},
};

enum { N_ENTRIES = 120 };

static void make_array(bool is_fortran, size_t *n_bytes, char **bytes)
{
    float data[N_ENTRIES];
    char dictionary[96];
    for (size_t i = 0; i < N_ENTRIES; i++)
        data[is_fortran ? i / 30 + 4 * (i / 6 % 5) + 20 * (i % 6) : i] = (float)i;
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '=f4', 'fortran_order': %s, 'shape': (4, 5, 6), }",
             is_fortran ? "True" : "False");
    *bytes = npy_bytes(1, dictionary, data, sizeof data, n_bytes);
}

static void expect_part(int which, const char *file)
{
    const mmax_source_options options = {.select = parts[which].select,
                                         .has_axis = parts[which].has_axis,
                                         .axis = parts[which].axis};
    mmax_source *source;
    double *values = read_all(file, &options, 2, &source);
    const mmax_input *input = mmax_source_input(source);
    double sum = 0;
    for (size_t i = 0; i < input->n_rows * input->row_length; i++)
        sum += (double)(i + 1) * values[i];
    ck_assert_uint_eq(input->n_dims, parts[which].n_dims);
    for (size_t i = 0; i < input->n_dims; i++)
        ck_assert_uint_eq(input->shape[i], parts[which].shape[i]);
    ck_assert_double_eq(sum, parts[which].sum);
    ck_assert_int_eq(input->axis, parts[which].has_axis ? parts[which].axis : -1);
    free(values);
    mmax_source_free(source);
}

START_TEST(a_part_of_an_array_is_what_numpy_makes_of_it)
{
    for (int is_fortran = 0; is_fortran < 2; is_fortran++) {
        size_t n_bytes;
        char *bytes;
        make_array(is_fortran, &n_bytes, &bytes);
        write_bytes("a.npy", bytes, n_bytes);
        expect_part(_i, "a.npy");
        feed_stdin(bytes, n_bytes);
        expect_part(_i, "-");
        free(bytes);
    }
}
END_TEST

START_TEST(a_moved_axis_is_told_in_its_own_place)
{
    size_t n_bytes, shape[MMAX_MAX_DIMS];
    char *bytes;
    const mmax_source_options options = {.has_axis = true, .axis = -2, .select = "1:"};
    mmax_source *source;
    make_array(false, &n_bytes, &bytes);
    write_bytes("a.npy", bytes, n_bytes);
    ck_assert_int_eq(mmax_source_open("a.npy", &options, &source, NULL), MMAX_OK);
    mmax_input_own_shape(mmax_source_input(source), shape);
    for (size_t i = 0; i < 3; i++)
        ck_assert_uint_eq(shape[i], ((const size_t[]){3, 5, 6})[i]);
    mmax_source_free(source);
    free(bytes);
}
END_TEST

/* The part's row and column, and the entry of (4, 5, 6) that stands there, by hand. */
static const struct {
    const char *select;
    bool has_axis;
    int axis;
    size_t row, column;
    const char *place;
} places[] = {
    {"2", false, 0, 3, 4, "a.npy[2, 3, 4]"},
    {"::-1,1:,::2", false, 0, 5, 1, "a.npy[2, 2, 2]"},
    {NULL, true, 0, 8, 3, "a.npy[3, 1, 2]"},
    {NULL, true, 0, 8, MMAX_WHOLE_ROW, "a.npy[:, 1, 2]"},
    {"1,2,3", false, 0, 0, MMAX_WHOLE_ROW, "a.npy[1, 2, 3]"},
    {"1,2,3", false, 0, 0, 0, "a.npy[1, 2, 3]"},
    {":,2,None", false, 0, 1, MMAX_WHOLE_ROW, "a.npy[1, 2, :]"},
};

START_TEST(a_place_is_the_entry_of_the_original_array)
{
    size_t n_bytes;
    char *bytes, place[MMAX_MESSAGE_SIZE];
    const mmax_source_options options = {
        .has_axis = places[_i].has_axis, .axis = places[_i].axis, .select = places[_i].select};
    for (int is_fortran = 0; is_fortran < 2; is_fortran++) {
        double row[N_ENTRIES];
        size_t n_rows;
        mmax_source *source;
        make_array(is_fortran, &n_bytes, &bytes);
        write_bytes("a.npy", bytes, n_bytes);
        ck_assert_int_eq(mmax_source_open("a.npy", &options, &source, NULL), MMAX_OK);
        for (size_t i = 0; i <= places[_i].row; i++)
            ck_assert_int_eq(mmax_source_read(source, 1, row, &n_rows, NULL), MMAX_OK);
        mmax_source_place(source, 0, places[_i].column, place, sizeof place);
        ck_assert_str_eq(place, places[_i].place);
        mmax_source_free(source);
        free(bytes);
    }
}
END_TEST

/* ---- what is refused ------------------------------------------------------------------------- */

static const struct {
    const char *select, *message;
} bad[] = {
    {"", "invalid selection '': character 1: expected an integer, a slice such as 0:64, '...' or "
         "newaxis"},
    {"1,,2", "invalid selection '1,,2': character 3: expected an integer, a slice such as 0:64, "
             "'...' or newaxis"},
    {",", "invalid selection ',': character 1: expected an integer, a slice such as 0:64, '...' or "
          "newaxis"},
    {"[0, 1]", "invalid selection '[0, 1]': character 1: expected an integer, a slice such as "
               "0:64, '...' or newaxis"},
    {"1 2", "invalid selection '1 2': character 3: expected ',' or the end"},
    {"1.5", "invalid selection '1.5': character 2: expected ',' or the end"},
    {"0:1:2:3", "invalid selection '0:1:2:3': character 6: expected ',' or the end"},
    {"0, :: 0", "invalid selection '0, :: 0': character 7: a step of 0 goes nowhere"},
    {"...,0,...", "invalid selection '...,0,...': character 7: '...' can stand for the rest only "
                  "once"},
    {"0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0", "invalid selection "
                                            "'0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0': character "
                                            "35: too many items"},
    {"-", "invalid selection '-': character 1: expected an integer, a slice such as 0:64, '...' or "
          "newaxis"},
    {"0\x1b[2J", "invalid selection '0\\x1b[2J': character 2: expected ',' or the end"},
};

START_TEST(what_is_no_selection_is_refused_at_its_place)
{
    mmax_error error;
    ck_assert_int_eq(mmax_select_check(bad[_i].select, &error), MMAX_EUSAGE);
    ck_assert_str_eq(error.message, bad[_i].message);
    const mmax_source_options options = {.select = bad[_i].select};
    expect_failure("not-looked-for.npy", &options, MMAX_EUSAGE, bad[_i].message);
}
END_TEST

#define OF_SHAPE "; the array has shape (4, 5, 6)"

static const struct {
    const char *select;
    bool has_axis;
    int axis;
    const char *message;
} beyond[] = {
    {"4", false, 0, "a.npy: index 4 is out of bounds for axis 0 with size 4" OF_SHAPE},
    {"-5", false, 0, "a.npy: index -5 is out of bounds for axis 0 with size 4" OF_SHAPE},
    {"...,6", false, 0, "a.npy: index 6 is out of bounds for axis 2 with size 6" OF_SHAPE},
    {"0,0,0,0", false, 0, "a.npy: the selection has 4 indices for 3 axes" OF_SHAPE},
    {"None,None,None,None,None,None", false, 0,
     "a.npy: the selection has more than 8 axes" OF_SHAPE},
    {NULL, true, 3, "a.npy: axis 3 is out of bounds for an array of rank 3" OF_SHAPE},
    {NULL, true, -4, "a.npy: axis -4 is out of bounds for an array of rank 3" OF_SHAPE},
    {"0,0,0", true, 0,
     "a.npy: axis 0 is out of bounds for an array of rank 0; the array has shape ()"},
};

START_TEST(what_the_array_does_not_have_is_told_with_its_shape)
{
    size_t n_bytes;
    char *bytes;
    make_array(false, &n_bytes, &bytes);
    write_bytes("a.npy", bytes, n_bytes);
    const mmax_source_options options = {
        .has_axis = beyond[_i].has_axis, .axis = beyond[_i].axis, .select = beyond[_i].select};
    expect_failure("a.npy", &options, MMAX_EDOMAIN, beyond[_i].message);
    free(bytes);
}
END_TEST

START_TEST(rows_of_nothing_are_bounded)
{
    /* 2^25 rows of four bytes, of which no byte is there: but none is selected. */
    static const char dictionary[] =
        "{'descr': '|u1', 'fortran_order': False, 'shape': (33554432, 4), }";
    const mmax_source_options options = {.select = ":,4:"};
    size_t n_bytes;
    char *bytes = npy_bytes(1, dictionary, NULL, 0, &n_bytes);
    write_bytes("a.npy", bytes, n_bytes);
    expect_failure("a.npy", &options, MMAX_EFORMAT,
                   "a.npy: the selection has 33554432 rows or columns without any entry");
    free(bytes);
}
END_TEST

START_TEST(a_row_of_nothing_lies_at_the_beginning_of_its_array)
{
    /* The step from row to row is the length of a row: 0. */
    const mmax_layout array = {
        .item_size = 4, .offset = 128, .n_dims = 2, .shape = {3, 0}, .strides = {0, 4}};
    size_t index[MMAX_MAX_DIMS] = {9, 9};
    mmax_layout_unravel(&array, 128, index);
    ck_assert_uint_eq(index[0], 0);
    ck_assert_uint_eq(index[1], 0);
}
END_TEST

TCase *view_cases(void)
{
    TCase *view = tcase_create("view");
    tcase_add_checked_fixture(view, enter_folder, NULL);
    tcase_add_test(view, every_slice_of_a_short_axis_is_what_python_defines);
    tcase_add_loop_test(view, a_part_of_an_array_is_what_numpy_makes_of_it, 0,
                        sizeof parts / sizeof *parts);
    tcase_add_test(view, a_moved_axis_is_told_in_its_own_place);
    tcase_add_loop_test(view, a_place_is_the_entry_of_the_original_array, 0,
                        sizeof places / sizeof *places);
    tcase_add_loop_test(view, what_is_no_selection_is_refused_at_its_place, 0,
                        sizeof bad / sizeof *bad);
    tcase_add_loop_test(view, what_the_array_does_not_have_is_told_with_its_shape, 0,
                        sizeof beyond / sizeof *beyond);
    tcase_add_test(view, rows_of_nothing_are_bounded);
    tcase_add_test(view, a_row_of_nothing_lies_at_the_beginning_of_its_array);
    return view;
}
