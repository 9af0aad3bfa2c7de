#include "test_io_product.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define INF64 ((double)INFINITY)

/* ---- values ---------------------------------------------------------------------------------- */

/* One product, and the sum of its terms' sizes, which bounds its error. */
static long double multiply(const double *query, const double *key, size_t length,
                            long double *size)
{
    long double sum = 0;
    *size = 0;
    for (size_t i = 0; i < length; i++) {
        long double term = (long double)query[i] * (long double)key[i];
        sum += term;
        *size += fabsl(term);
    }
    return sum;
}

/* n terms summed one after the other: at most n roundings, each of half an epsilon of at most the
 * sum of sizes. */
static void expect_product(double got, const double *query, const double *key, size_t length)
{
    long double size, expected = multiply(query, key, length, &size);
    long double bound = (long double)length * (long double)DBL_EPSILON * size;
    ck_assert_msg(fabsl((long double)got - expected) <= bound, "%.17g, expected %.17Lg", got,
                  expected);
}

START_TEST(each_logit_is_the_product_of_a_query_and_a_key)
{
    /* Around the edges of tiles: 32 queries, 256 keys. */
    static const size_t sizes[][3] = {{1, 1, 1},    {1, 257, 3},  {31, 255, 64}, {33, 256, 5},
                                      {70, 600, 7}, {100, 17, 1}, {3, 4, 3000},  {64, 513, 2}};
    const size_t *size = sizes[_i];
    array q = random_array(1, (size_t[]){size[0], size[2]}, 2);
    array k = random_array(2, (size_t[]){size[1], size[2]}, 2);
    size_t n;
    enter_folder();
    save_array("q.npy", &q);
    save_array("k.npy", &k);
    double *got = read_product("q.npy", "k.npy", 13, 0, &n);
    ck_assert_uint_eq(n, size[0] * size[1]);
    for (size_t i = 0; i < n; i++)
        expect_product(got[i], q.values + i / size[1] * size[2], k.values + i % size[1] * size[2],
                       size[2]);
    free(got);
    free(q.values);
    free(k.values);
}
END_TEST

/* Shapes and what NumPy's matmul makes of them: the shape of np.matmul(q, k.swapaxes(-1, -2)),
 * worked out by its rules and compared with NumPy 1.24. */
static const struct {
    size_t q_dims, q[MMAX_MAX_DIMS], k_dims, k[MMAX_MAX_DIMS], n_dims, shape[MMAX_MAX_DIMS];
} broadcasts[] = {
    {2, {3, 4}, 2, {5, 4}, 2, {3, 5}},
    {1, {4}, 2, {5, 4}, 1, {5}},
    {1, {4}, 3, {2, 5, 4}, 2, {2, 5}},
    {3, {2, 3, 4}, 2, {5, 4}, 3, {2, 3, 5}},
    {2, {3, 4}, 3, {2, 5, 4}, 3, {2, 3, 5}},
    {4, {2, 6, 3, 4}, 4, {2, 6, 5, 4}, 4, {2, 6, 3, 5}},
    {4, {2, 6, 3, 4}, 4, {2, 1, 5, 4}, 4, {2, 6, 3, 5}}, /* one key head for all query heads */
    {4, {2, 6, 3, 4}, 4, {1, 6, 5, 4}, 4, {2, 6, 3, 5}}, /* keys come back */
    {4, {2, 6, 3, 4}, 3, {6, 5, 4}, 4, {2, 6, 3, 5}},
    {4, {2, 1, 3, 4}, 4, {1, 6, 5, 4}, 4, {2, 6, 3, 5}}, /* both */
    {4, {1, 2, 3, 4}, 4, {6, 1, 5, 4}, 4, {6, 2, 3, 5}},
    {5, {2, 3, 2, 3, 4}, 5, {2, 3, 1, 5, 4}, 5, {2, 3, 2, 3, 5}}, /* grouped queries */
    {8, {1, 2, 1, 2, 1, 2, 3, 4}, 8, {2, 1, 2, 1, 2, 1, 5, 4}, 8, {2, 2, 2, 2, 2, 2, 3, 5}},
    {3, {0, 3, 4}, 2, {5, 4}, 3, {0, 3, 5}},
    {3, {0, 3, 4}, 3, {1, 5, 4}, 3, {0, 3, 5}},
    {2, {0, 4}, 2, {5, 4}, 2, {0, 5}},
    {2, {3, 4}, 2, {0, 4}, 2, {3, 0}},
};

/* The matrix of A that a leading index of the result uses, walked axis by axis from the last. */
static size_t matrix_of(const size_t *shape, size_t n_leading, const size_t *a_shape,
                        size_t a_leading, size_t matrix)
{
    size_t of_a = 0, stride = 1;
    for (size_t i = 0; i < n_leading; i++) {
        size_t axis = n_leading - 1 - i, index = matrix % shape[axis];
        matrix /= shape[axis];
        size_t length = i < a_leading ? a_shape[a_leading - 1 - i] : 1;
        of_a += stride * (length == 1 ? 0 : index);
        stride *= length;
    }
    return of_a;
}

static void expect_broadcast(int i, const array *q, const array *k, const double *got, size_t n)
{
    size_t n_queries = q->n_dims < 2 ? 1 : q->shape[q->n_dims - 2];
    size_t n_keys = k->shape[k->n_dims - 2], length = k->shape[k->n_dims - 1];
    size_t n_leading = broadcasts[i].n_dims - (q->n_dims < 2 ? 1 : 2);
    for (size_t at = 0; at < n; at++) {
        size_t key = at % n_keys, query = at / n_keys % n_queries;
        size_t matrix = at / n_keys / n_queries;
        size_t of_q = matrix_of(broadcasts[i].shape, n_leading, q->shape,
                                q->n_dims < 2 ? 0 : q->n_dims - 2, matrix);
        size_t of_k = matrix_of(broadcasts[i].shape, n_leading, k->shape, k->n_dims - 2, matrix);
        expect_product(got[at], q->values + (of_q * n_queries + query) * length,
                       k->values + (of_k * n_keys + key) * length, length);
    }
}

START_TEST(leading_axes_broadcast_as_in_matmul)
{
    array q = random_array(3, broadcasts[_i].q, broadcasts[_i].q_dims);
    array k = random_array(4, broadcasts[_i].k, broadcasts[_i].k_dims);
    enter_folder();
    save_array("q.npy", &q);
    save_array("k.npy", &k);
    mmax_source *source = open_product("q.npy", "k.npy");
    const mmax_input *input = mmax_source_input(source);
    ck_assert_uint_eq(input->n_dims, broadcasts[_i].n_dims);
    for (size_t i = 0; i < input->n_dims; i++)
        ck_assert_uint_eq(input->shape[i], broadcasts[_i].shape[i]);
    size_t n_rows;
    double *got = read_rows(source, 2, 1, &n_rows);
    expect_broadcast(_i, &q, &k, got, n_rows * input->row_length);
    free(got);
    mmax_source_free(source);
    free(q.values);
    free(k.values);
}
END_TEST

START_TEST(the_input_speaks_of_both_files)
{
    array q = random_array(5, (size_t[]){3, 4}, 2);
    enter_folder();
    save_array("q.npy", &q);
    mmax_source *source = open_product("./q.npy", "q.npy");
    const mmax_input *input = mmax_source_input(source);
    ck_assert_str_eq(input->file, "./q.npy");
    ck_assert_str_eq(input->keys, "q.npy");
    ck_assert_str_eq(input->format, "product");
    ck_assert_ptr_null(input->array);
    ck_assert_ptr_null(input->column_labels);
    ck_assert_uint_eq(input->vector_length, 4);
    mmax_source_free(source);
    free(q.values);
}
END_TEST

START_TEST(the_dtype_is_float32_where_both_are_floats_of_at_most_that)
{
    static const struct {
        const char *q, *k, *dtype;
    } rows[] = {{"<f4", "<f4", "<f4"}, {"<f2", "<f2", "<f4"}, {">f4", "<f2", "<f4"},
                {"<f8", "<f4", "<f8"}, {"<f4", "<f8", "<f8"}, {"|i1", "<f4", "<f8"}};
    const double zeros[6] = {0};
    const array a = {.n_dims = 2, .shape = {2, 3}};
    enter_folder();
    save_array_as("q.npy", rows[_i].q, &a, zeros, (size_t)(rows[_i].q[2] - '0'), false);
    save_array_as("k.npy", rows[_i].k, &a, zeros, (size_t)(rows[_i].k[2] - '0'), false);
    mmax_source *source = open_product("q.npy", "k.npy");
    ck_assert_str_eq(mmax_source_input(source)->dtype, rows[_i].dtype);
    ck_assert(testing_same(mmax_source_epsilon(source),
                           strcmp(rows[_i].dtype, "<f4") == 0 ? (double)FLT_EPSILON : DBL_EPSILON));
    mmax_source_free(source);
}
END_TEST

/* ---- text ------------------------------------------------------------------------------------ */

START_TEST(queries_and_keys_of_text_are_multiplied)
{
    static const double expected[] = {1, 3, 5, 2, 4, 6, 3, 7, 11}; /* by hand */
    size_t n;
    enter_folder();
    write_bytes("q.csv", "1,0\n0,1\n1,1\n", 12);
    write_bytes("k.csv", "1,2\n3,4\n5,6\n", 12);
    for (size_t block = 1; block < 5; block++) {
        double *got = read_product("q.csv", "k.csv", block, 0, &n);
        ck_assert_uint_eq(n, 9);
        expect_same(got, expected, 9);
        free(got);
    }
    feed_stdin("1,0\n0,1\n1,1\n", 12);
    mmax_source *source = open_product("-", "k.csv");
    ck_assert(!mmax_source_input(source)->rows_known); /* they are multiplied as they come */
    double *got = read_rows(source, 2, 0, &n);
    expect_same(got, expected, 9);
    free(got);
    mmax_source_free(source);
}
END_TEST

START_TEST(queries_of_text_are_repeated_for_keys_of_more_axes)
{
    static const double expected[] = {1, 2, 3, 4}; /* (2, 2, 1) by hand */
    array k = {.n_dims = 3, .shape = {2, 1, 2}, .values = (double[]){1, 2, 3, 4}};
    size_t n;
    enter_folder();
    write_bytes("q.csv", "1,0\n0,1\n", 8);
    save_array("k.npy", &k);
    double *got = read_product("q.csv", "k.npy", 3, 0, &n);
    ck_assert_uint_eq(n, 4);
    expect_same(got, expected, 4);
    free(got);
}
END_TEST

/* ---- what is not finite ---------------------------------------------------------------------- */

START_TEST(a_vector_that_is_not_finite_masks_nothing)
{
    /* By IEEE 754; 1 * -inf would be -inf, and 1e308 * -10 too. */
    array q = {.n_dims = 2, .shape = {3, 2}, .values = (double[]){0, 1, 1, 0, 1e308, 0}};
    array k = {
        .n_dims = 2, .shape = {4, 2}, .values = (double[]){INF64, 1, (double)NAN, 1, -10, 1, 2, 3}};
    const double nan64 = (double)NAN;
    const double expected[] = {nan64, nan64, 1,     3,     INF64, nan64,
                               -10,   2,     INF64, nan64, nan64, INF64};
    size_t n;
    enter_folder();
    save_array("q.npy", &q);
    save_array("k.npy", &k);
    double *got = read_product("q.npy", "k.npy", 3, 0, &n);
    ck_assert_uint_eq(n, 12);
    expect_same(got, expected, 12);
    free(got);
}
END_TEST

START_TEST(what_is_not_finite_changes_no_bit_of_other_logits)
{
#if defined __i386__
    printf("SKIP: %s: GSL's products are rounded from 80 bits here\n", __func__);
    return;
#endif
    array q = random_array(14, (size_t[]){40, 64}, 2), k = random_array(15, (size_t[]){600, 64}, 2);
    size_t n;
    enter_folder();
    save_array("q.npy", &q);
    save_array("k.npy", &k);
    double *expected = read_product("q.npy", "k.npy", 40, 0, &n);
    k.values[300 * 64 + 5] = (double)NAN;
    save_array("k.npy", &k);
    double *got = read_product("q.npy", "k.npy", 40, 0, &n);
    for (size_t i = 0; i < n; i++)
        ck_assert(i % 600 == 300 ? isnan(got[i]) : testing_same(got[i], expected[i]));
    free(got);
    free(expected);
    free(q.values);
    free(k.values);
}
END_TEST

START_TEST(a_place_names_the_two_vectors)
{
    array q = random_array(16, (size_t[]){2, 3, 4, 5}, 4);
    array k = random_array(17, (size_t[]){3, 6, 5}, 3);
    array one = random_array(18, (size_t[]){5}, 1);
    char place[256];
    size_t n;
    mmax_error error;
    enter_folder();
    save_array("q.npy", &q);
    save_array("k.npy", &k);
    save_array("one.npy", &one);
    mmax_source *source = open_product("q.npy", "k.npy");
    double rows[20 * 6];
    ck_assert_int_eq(mmax_source_read(source, 10, rows, &n, &error), MMAX_OK);
    ck_assert_int_eq(mmax_source_read(source, 10, rows, &n, &error), MMAX_OK);
    mmax_source_place(source, 7, 5, place, sizeof place); /* row 17 of 24: (1, 1, 1) */
    ck_assert_str_eq(place, "q.npy: group 1.1, row 1 times k.npy: group 1, row 5");
    mmax_source_place(source, 7, MMAX_WHOLE_ROW, place, sizeof place);
    ck_assert_str_eq(place, "q.npy: group 1.1, row 1 times k.npy");
    mmax_source_place(source, 7, 5, place, 20);
    ck_assert_str_eq(place, "q.npy: group 1.1, r");
    mmax_source_free(source);
    source = open_product("one.npy", "k.npy");
    ck_assert_int_eq(mmax_source_read(source, 10, rows, &n, &error), MMAX_OK);
    mmax_source_place(source, 2, 4, place, sizeof place);
    ck_assert_str_eq(place, "one.npy times k.npy: group 2, row 4");
    mmax_source_free(source);
    free(q.values);
    free(k.values);
    free(one.values);
}
END_TEST

/* ---- refusals -------------------------------------------------------------------------------- */

static const struct {
    size_t q_dims, q[MMAX_MAX_DIMS], k_dims, k[MMAX_MAX_DIMS];
    const char *message;
} misfits[] = {
    {2,
     {3, 4},
     2,
     {5, 6},
     "q.npy, k.npy: shapes (3, 4) and (5, 6): a query has 4 entries and a key 6; expected (..., "
     "n_queries, d) and (..., n_keys, d)"},
    {3,
     {2, 3, 4},
     3,
     {2, 4, 5},
     "q.npy, k.npy: shapes (2, 3, 4) and (2, 4, 5): a query has 4 entries and a key 5; keys lie in "
     "columns: save np.swapaxes(k, -1, -2)"},
    {2,
     {3, 4},
     1,
     {4},
     "k.npy: shape (4,) is one vector; expected keys, (..., n_keys, d): save k[None] for a single "
     "key"},
    {2, {3, 4}, 0, {0}, "k.npy: shape () is one number; expected keys, (..., n_keys, d)"},
    {0, {0}, 2, {3, 4}, "q.npy: shape () is one number; expected queries, (..., n_queries, d)"},
    {2, {3, 0}, 2, {5, 0}, "k.npy: shape (5, 0): a vector without entries has no product"},
    {4,
     {2, 8, 3, 4},
     4,
     {2, 2, 5, 4},
     "q.npy, k.npy: shapes (2, 8, 3, 4) and (2, 2, 5, 4) do not broadcast: axis -3 is 8 and 2; "
     "where every key head serves 4 query heads (grouped-query attention), save np.repeat(k, 4, "
     "axis=-3)"},
    {4,
     {2, 8, 3, 4},
     3,
     {3, 5, 4},
     "q.npy, k.npy: shapes (2, 8, 3, 4) and (3, 5, 4) do not broadcast: axis -3 is 8 and 3"},
    {3,
     {2, 3, 4},
     3,
     {4, 5, 4},
     "q.npy, k.npy: shapes (2, 3, 4) and (4, 5, 4) do not broadcast: axis -3 is 2 and 4"},
    {3, {16777216, 1, 1}, 4, {16777216, 1, 0, 1}, "q.npy, k.npy: the product has too many rows"},
};

START_TEST(shapes_without_a_product_are_refused_by_both_shapes)
{
    array q = {.n_dims = misfits[_i].q_dims}, k = {.n_dims = misfits[_i].k_dims};
    memcpy(q.shape, misfits[_i].q, sizeof q.shape);
    memcpy(k.shape, misfits[_i].k, sizeof k.shape);
    size_t n = entries_of(&q) > entries_of(&k) ? entries_of(&q) : entries_of(&k);
    double *zeros = mmax_alloc_zeroed(n + 1, sizeof *zeros);
    ck_assert_ptr_nonnull(zeros);
    q.values = k.values = zeros;
    enter_folder();
    save_array("q.npy", &q);
    save_array("k.npy", &k);
    refuse_product("q.npy", "k.npy", MMAX_EDOMAIN, misfits[_i].message);
    free(zeros);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_named)
{
    array a = random_array(19, (size_t[]){2, 3}, 2);
    enter_folder();
    save_array("a.npy", &a);
    refuse_product("a.npy", "absent.npy", MMAX_EIO,
                   "absent.npy: cannot open: No such file or directory");
    refuse_product("absent.npy", "a.npy", MMAX_EIO,
                   "absent.npy: cannot open: No such file or directory");
    refuse_product("-", "-", MMAX_EUSAGE,
                   "queries and keys are both '-': standard input is read once");
    write_bytes("bad.csv", "1,2,3\n4,x,6\n", 12);
    refuse_product("a.npy", "bad.csv", MMAX_EFORMAT, "bad.csv:2:3: 'x' is not a number");
    write_bytes("k.csv", "1,2\n", 4);
    refuse_product(
        "a.npy", "k.csv", MMAX_EDOMAIN,
        "a.npy, k.csv: shapes (2, 3) and (?, 2): a query has 3 entries and a key 2; expected "
        "(..., n_queries, d) and (..., n_keys, d)");
    free(a.values);
}
END_TEST

START_TEST(a_raised_flag_ends_the_multiplication)
{
    array a = random_array(20, (size_t[]){2, 3}, 2);
    volatile sig_atomic_t cancel = 0;
    const mmax_source_options options = {.cancel = &cancel};
    mmax_source *source;
    mmax_error error;
    double row[2];
    size_t n;
    enter_folder();
    save_array("a.npy", &a);
    ck_assert_int_eq(mmax_source_open_product("a.npy", "a.npy", &options, &source, &error),
                     MMAX_OK);
    ck_assert_int_eq(mmax_source_read(source, 1, row, &n, &error), MMAX_OK);
    cancel = 1;
    ck_assert_int_eq(mmax_source_read(source, 1, row, &n, &error), MMAX_ECANCELED);
    mmax_source_free(source);
    free(a.values);
}
END_TEST

TCase *product_cases(void)
{
    TCase *cases = tcase_create("product");
    tcase_add_loop_test(cases, each_logit_is_the_product_of_a_query_and_a_key, 0, 8);
    tcase_add_loop_test(cases, leading_axes_broadcast_as_in_matmul, 0,
                        sizeof broadcasts / sizeof *broadcasts);
    tcase_add_test(cases, the_input_speaks_of_both_files);
    tcase_add_loop_test(cases, the_dtype_is_float32_where_both_are_floats_of_at_most_that, 0, 6);
    tcase_add_test(cases, queries_and_keys_of_text_are_multiplied);
    tcase_add_test(cases, queries_of_text_are_repeated_for_keys_of_more_axes);
    tcase_add_test(cases, a_vector_that_is_not_finite_masks_nothing);
    tcase_add_test(cases, what_is_not_finite_changes_no_bit_of_other_logits);
    tcase_add_test(cases, a_place_names_the_two_vectors);
    tcase_add_loop_test(cases, shapes_without_a_product_are_refused_by_both_shapes, 0,
                        sizeof misfits / sizeof *misfits);
    tcase_add_test(cases, a_file_that_cannot_be_read_is_named);
    tcase_add_test(cases, a_raised_flag_ends_the_multiplication);
    return cases;
}
