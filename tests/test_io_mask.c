/* Masks: which arrays broadcast to which, what they add, and that memory does not follow them. */
#include "test_io.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 64 };

static void write_npy(const char *name, const char *dictionary, const void *data, size_t n_data)
{
    size_t n_bytes;
    char *bytes = npy_bytes(1, dictionary, data, n_data, &n_bytes);
    write_bytes(name, bytes, n_bytes);
    free(bytes);
}

static void write_doubles(const char *name, const char *shape, const double *data, size_t n)
{
    char dictionary[128];
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '=f8', 'fortran_order': False, 'shape': %s, }\n", shape);
    write_npy(name, dictionary, data, n * sizeof *data);
}

static mmax_source *open_input(const double *logits, size_t n_dims, const size_t *shape)
{
    mmax_source *source;
    ck_assert_int_eq(mmax_source_open_memory(logits, shape, n_dims, &source, NULL), MMAX_OK);
    return source;
}

static mmax_mask *open_mask(const char *file, const mmax_source *source)
{
    mmax_mask *mask;
    mmax_error error = {0};
    mmax_status status = mmax_mask_open(file, NULL, mmax_source_input(source), &mask, &error);
    ck_assert_msg(status == MMAX_OK, "%s", error.message);
    return mask;
}

static const double *row_of(mmax_mask *mask, size_t row)
{
    const double *addends;
    mmax_error error = {0};
    mmax_status status = mmax_mask_row(mask, row, &addends, &error);
    ck_assert_msg(status == MMAX_OK, "%s", error.message);
    return addends;
}

/* Each mask against an input of shape (2, 3, 2, 4), of which entry (i, j, k, l) gets the mask's
 * entry i * strides[0] + ...: NumPy's rule, by hand. */
static const struct {
    const char *shape;
    size_t n;
    size_t strides[4];
} broadcasts[] = {
    {"()", 1, {0, 0, 0, 0}},           {"(1,)", 1, {0, 0, 0, 0}},
    {"(4,)", 4, {0, 0, 0, 1}},         {"(2, 4)", 8, {0, 0, 4, 1}},
    {"(2, 1)", 2, {0, 0, 1, 0}},       {"(1, 1, 2, 4)", 8, {0, 0, 4, 1}},
    {"(2, 1, 1, 4)", 8, {4, 0, 0, 1}}, {"(2, 1, 2, 4)", 16, {8, 0, 4, 1}},
    {"(3, 1, 1)", 3, {0, 1, 0, 0}},    {"(2, 3, 2, 4)", 48, {24, 8, 4, 1}},
};

START_TEST(a_mask_broadcasts_as_in_numpy)
{
    static const double logits[48];
    static const size_t shape[] = {2, 3, 2, 4};
    double entries[MOST];
    for (size_t i = 0; i < MOST; i++)
        entries[i] = 10 + (double)i;
    write_doubles("mask.npy", broadcasts[_i].shape, entries, broadcasts[_i].n);
    mmax_source *source = open_input(logits, 4, shape);
    mmax_mask *mask = open_mask("mask.npy", source);
    /* Backwards, too: rows come in any order. */
    for (size_t step = 0; step < 24; step++) {
        size_t row = step < 12 ? step : 23 - step;
        size_t index[4] = {row / 6, row / 2 % 3, row % 2, 0};
        const double *addends = row_of(mask, row);
        for (index[3] = 0; index[3] < 4; index[3]++) {
            size_t at = 0;
            for (size_t i = 0; i < 4; i++)
                at += index[i] * broadcasts[_i].strides[i];
            ck_assert(addends[index[3]] == entries[at]);
        }
    }
    ck_assert_int_eq(mmax_mask_finish(mask, NULL), MMAX_OK);
    mmax_mask_free(mask);
    mmax_source_free(source);
}
END_TEST

static void expect_refusal(const char *file, const mmax_source *source, mmax_status status,
                           const char *message)
{
    mmax_mask *mask = NULL;
    mmax_error error = {0};
    ck_assert_int_eq(mmax_mask_open(file, NULL, mmax_source_input(source), &mask, &error), status);
    ck_assert_str_eq(error.message, message);
    ck_assert_ptr_null(mask);
}

static const struct {
    const char *shape;
    size_t n;
} others[] = {
    {"(3,)", 3}, {"(2, 3)", 6}, {"(3, 4)", 12}, {"(1, 2, 4)", 8}, {"(0, 4)", 0},
};

START_TEST(a_shape_that_does_not_broadcast_is_refused_with_both_shapes)
{
    static const double logits[8];
    static const size_t shape[] = {2, 4};
    double entries[MOST] = {0};
    char message[128];
    write_doubles("mask.npy", others[_i].shape, entries, others[_i].n);
    mmax_source *source = open_input(logits, 2, shape);
    snprintf(message, sizeof message,
             "mask.npy: a mask of shape %s does not broadcast to (2, 4), the shape of memory",
             others[_i].shape);
    expect_refusal("mask.npy", source, MMAX_EDOMAIN, message);
    mmax_source_free(source);
}
END_TEST

static const struct {
    const char *descr;
    const unsigned char data[16]; /* 1, 0 */
    size_t size;
} integers[] = {
    {"|b1", {1, 0}, 1},
    {"|i1", {1, 0}, 1},
    {"|u1", {1, 0}, 1},
    {"<i2", {1, 0, 0, 0}, 2},
    {">i2", {0, 1, 0, 0}, 2},
    {"<u2", {1}, 2},
    {"<i4", {1}, 4},
    {">u4", {0, 0, 0, 1}, 4},
    {"<i8", {1}, 8},
    {">i8", {[7] = 1}, 8},
    {"<u8", {1}, 8},
    {"<f4", {[2] = 0x80, 0x3f}, 4},
    {"<f8", {[6] = 0xf0, 0x3f}, 8},
};

START_TEST(nothing_but_0_and_1_is_a_boolean_mask_of_any_type)
{
    static const double logits[2];
    static const size_t shape[] = {2};
    char dictionary[128];
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '%s', 'fortran_order': False, 'shape': (2,), }\n", integers[_i].descr);
    write_npy("mask.npy", dictionary, integers[_i].data, 2 * integers[_i].size);
    mmax_source *source = open_input(logits, 1, shape);
    mmax_mask *mask = open_mask("mask.npy", source);
    const double *addends = row_of(mask, 0);
    ck_assert(addends[0] == 0);
    ck_assert(addends[1] == -HUGE_VAL);
    mmax_mask_free(mask);
    mmax_source_free(source);
}
END_TEST

START_TEST(integers_are_read_to_the_last_bit_of_a_double)
{
    static const struct {
        const char *descr;
        const unsigned char data[16];
        size_t size;
        double values[2]; /* by hand, in two's complement */
    } arrays[] = {
        {"|i1", {0x80, 0x7f}, 1, {-128, 127}},
        {"|u1", {0x80, 0xff}, 1, {128, 255}},
        {">i2", {0xff, 0xfe, 0x01, 0x00}, 2, {-2, 256}},
        {"<i4", {0, 0, 0, 0x80, 0xff, 0xff, 0xff, 0x7f}, 4, {-0x1p31, 0x1p31 - 1}},
        {"<u4", {0, 0, 0, 0x80, 0xff, 0xff, 0xff, 0xff}, 4, {0x1p31, 0x1p32 - 1}},
        {"<i8", {[7] = 0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 8, {-0x1p63, -1}},
        {"<u8", {[7] = 0x80, 1}, 8, {0x1p63, 1}},
        {"|b1", {0, 2}, 1, {0, 1}},
    };
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        char dictionary[128];
        snprintf(dictionary, sizeof dictionary,
                 "{'descr': '%s', 'fortran_order': False, 'shape': (2,), }\n", arrays[i].descr);
        write_npy("a.npy", dictionary, arrays[i].data, 2 * arrays[i].size);
        mmax_source *source;
        double *values = read_all("a.npy", NULL, 1, &source);
        ck_assert_str_eq(mmax_source_input(source)->dtype, arrays[i].descr);
        ck_assert_msg(values[0] == arrays[i].values[0] && values[1] == arrays[i].values[1],
                      "%s: %.17g, %.17g", arrays[i].descr, values[0], values[1]);
        free(values);
        mmax_source_free(source);
    }
}
END_TEST

START_TEST(what_cannot_mask_is_refused_with_its_place)
{
    static const double logits[4];
    static const size_t shape[] = {2, 2};
    mmax_source *source = open_input(logits, 2, shape);
    write_doubles("nan.npy", "(2, 2)", (const double[]){0, 0, (double)NAN, 0}, 4);
    expect_refusal("nan.npy", source, MMAX_EDOMAIN,
                   "nan.npy: row 1, column 0: nan does not mask; expected 0, -inf (masked) or a "
                   "number to add");
    write_bytes("inf.csv", "0,0\n0,inf\n", 10);
    expect_refusal("inf.csv", source, MMAX_EDOMAIN,
                   "inf.csv:2:3: inf does not mask; expected 0, -inf (masked) or a number to add");
    write_npy("two.npy", "{'descr': '|i1', 'fortran_order': False, 'shape': (2,), }\n", "\1\2", 2);
    expect_refusal("two.npy", source, MMAX_EDOMAIN,
                   "two.npy: column 1: 2 does not mask; expected 0 (masked) or 1 in an array of "
                   "integers");
    mmax_source_free(source);
}
END_TEST

/* (2, QUERIES, KEYS) is more than is kept.  Entry e is -e, or 0 and -inf if it is boolean. */
enum { QUERIES = 600, KEYS = 2000, ENTRIES = 2 * QUERIES * KEYS };

static double *large_entries(void)
{
    double *entries = mmax_alloc_array(ENTRIES, sizeof *entries);
    ck_assert_ptr_nonnull(entries);
    for (size_t i = 0; i < ENTRIES; i++)
        entries[i] = -(double)i;
    return entries;
}

/* An input of shape (2, 3, QUERIES, KEYS), of which no row is ever read. */
static void check_large(const char *file)
{
    static const double nothing[1];
    static const size_t shape[] = {2, 3, QUERIES, KEYS};
    mmax_source *source = open_input(nothing, 4, shape);
    mmax_mask *mask = open_mask(file, source);
    static const size_t queries[] = {0, 1, 2, 311, QUERIES - 1};
    for (size_t group = 0; group < 6; group++)
        for (size_t i = 0; i < 5; i++) {
            const double *addends = row_of(mask, group * QUERIES + queries[i]);
            size_t first = (group / 3 * QUERIES + queries[i]) * KEYS;
            ck_assert(addends[0] == -(double)first);
            ck_assert(addends[KEYS - 1] == -(double)(first + KEYS - 1));
        }
    mmax_mask_free(mask);
    mmax_source_free(source);
}

START_TEST(a_mask_too_large_to_keep_is_read_again_where_its_rows_repeat)
{
    double *entries = large_entries();
    write_doubles("large.npy", "(2, 1, 600, 2000)", entries, ENTRIES);
    free(entries);
    check_large("large.npy");
}
END_TEST

START_TEST(a_large_mask_of_fortran_order_is_read_again_from_its_beginning)
{
    double *entries = large_entries();
    double *turned = mmax_alloc_array(ENTRIES, sizeof *turned);
    ck_assert_ptr_nonnull(turned);
    for (size_t i = 0; i < 2; i++)
        for (size_t q = 0; q < QUERIES; q++)
            for (size_t k = 0; k < KEYS; k++)
                turned[(k * QUERIES + q) * 2 + i] = entries[(i * QUERIES + q) * KEYS + k];
    write_npy("large.npy",
              "{'descr': '=f8', 'fortran_order': True, 'shape': (2, 1, 600, 2000), }\n", turned,
              ENTRIES * sizeof *turned);
    free(turned);
    free(entries);
    check_large("large.npy");
}
END_TEST

START_TEST(a_small_mask_may_come_through_a_pipe_and_a_large_one_may_not)
{
    static const double nothing[1];
    static const size_t shape[] = {2, 1, QUERIES, KEYS}, small[] = {3, 2};
    mmax_source *source = open_input(nothing, 2, small);
    feed_stdin("0,-inf\n", 7);
    mmax_mask *mask = open_mask("/dev/stdin", source);
    ck_assert(row_of(mask, 2)[1] == -HUGE_VAL);
    mmax_mask_free(mask);
    mmax_source_free(source);

    double *entries = large_entries();
    size_t n_bytes;
    char *bytes =
        npy_bytes(1, "{'descr': '=f8', 'fortran_order': False, 'shape': (2, 1, 600, 2000), }\n",
                  entries, ENTRIES * sizeof *entries, &n_bytes);
    free(entries);
    feed_stdin(bytes, n_bytes);
    free(bytes);
    source = open_input(nothing, 4, shape);
    expect_refusal("/dev/stdin", source, MMAX_EUNSUPPORTED,
                   "/dev/stdin: a mask of more than 2097152 entries is read more than once, and a "
                   "pipe cannot be; save it as a file");
    mmax_source_free(source);
}
END_TEST

TCase *mask_cases(void)
{
    TCase *mask = tcase_create("mask");
    tcase_add_checked_fixture(mask, enter_folder, NULL);
    tcase_set_timeout(mask, 60);
    tcase_add_loop_test(mask, a_mask_broadcasts_as_in_numpy, 0,
                        sizeof broadcasts / sizeof *broadcasts);
    tcase_add_loop_test(mask, a_shape_that_does_not_broadcast_is_refused_with_both_shapes, 0,
                        sizeof others / sizeof *others);
    tcase_add_loop_test(mask, nothing_but_0_and_1_is_a_boolean_mask_of_any_type, 0,
                        sizeof integers / sizeof *integers);
    tcase_add_test(mask, integers_are_read_to_the_last_bit_of_a_double);
    tcase_add_test(mask, what_cannot_mask_is_refused_with_its_place);
    tcase_add_test(mask, a_mask_too_large_to_keep_is_read_again_where_its_rows_repeat);
    tcase_add_test(mask, a_large_mask_of_fortran_order_is_read_again_from_its_beginning);
    tcase_add_test(mask, a_small_mask_may_come_through_a_pipe_and_a_large_one_may_not);
    return mask;
}
