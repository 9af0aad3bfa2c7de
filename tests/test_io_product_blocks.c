#include "test_io_product.h"

#include <stdlib.h>
#include <string.h>

/* ---- files ----------------------------------------------------------------------------------- */

size_t entries_of(const array *a)
{
    size_t n = 1;
    for (size_t i = 0; i < a->n_dims; i++)
        n *= a->shape[i];
    return n;
}

/* Writes the shape as a Python tuple. */
static void write_tuple(const size_t *shape, size_t n_dims, char text[256])
{
    size_t used = (size_t)snprintf(text, 256, "(");
    for (size_t i = 0; i < n_dims; i++)
        used += (size_t)snprintf(text + used, 256 - used, "%zu, ", shape[i]);
    snprintf(text + used, 256 - used, ")");
}

void save_array_as(const char *file, const char *dtype, const array *a, const void *data,
                   size_t item_size, bool is_fortran)
{
    char tuple[256], dictionary[512];
    size_t n_bytes;
    write_tuple(a->shape, a->n_dims, tuple);
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '%s', 'fortran_order': %s, 'shape': %s}         \n", dtype,
             is_fortran ? "True" : "False", tuple);
    char *bytes = npy_bytes(1, dictionary, data, entries_of(a) * item_size, &n_bytes);
    write_bytes(file, bytes, n_bytes);
    free(bytes);
}

void save_array(const char *file, const array *a)
{
    save_array_as(file, "=f8", a, a->values, sizeof *a->values, false);
}

array random_array(uint64_t seed, const size_t *shape, size_t n_dims)
{
    testing_random random = {seed};
    array a = {.n_dims = n_dims};
    memcpy(a.shape, shape, n_dims * sizeof *shape);
    a.values = mmax_alloc_array(entries_of(&a), sizeof *a.values);
    ck_assert_ptr_nonnull(a.values);
    for (size_t i = 0; i < entries_of(&a); i++)
        a.values[i] = 2 * testing_uniform(&random) - 1;
    return a;
}

/* ---- reading --------------------------------------------------------------------------------- */

mmax_source *open_product(const char *queries, const char *keys)
{
    mmax_source *source = NULL;
    mmax_error error = {0};
    mmax_status status = mmax_source_open_product(queries, keys, NULL, &source, &error);
    ck_assert_msg(status == MMAX_OK, "%s", error.message);
    return source;
}

double *read_rows(mmax_source *source, size_t max_rows, size_t step, size_t *n_rows)
{
    size_t row_length = mmax_source_input(source)->row_length;
    double *values = NULL;
    *n_rows = 0;
    for (;; max_rows += step) {
        mmax_error error = {0};
        size_t n;
        values = mmax_resize_array(values, (*n_rows + max_rows) * row_length + 1, sizeof *values);
        ck_assert_ptr_nonnull(values);
        mmax_status status =
            mmax_source_read(source, max_rows, values + *n_rows * row_length, &n, &error);
        ck_assert_msg(status == MMAX_OK, "%s", error.message);
        if (n == 0)
            break;
        *n_rows += n;
    }
    ck_assert(mmax_source_input(source)->rows_known);
    ck_assert_uint_eq(*n_rows, mmax_source_input(source)->n_rows);
    return values;
}

double *read_product(const char *queries, const char *keys, size_t max_rows, size_t step,
                     size_t *n_entries)
{
    mmax_source *source = open_product(queries, keys);
    size_t n_rows;
    double *values = read_rows(source, max_rows, step, &n_rows);
    *n_entries = n_rows * mmax_source_input(source)->row_length;
    mmax_source_free(source);
    return values;
}

void expect_same(const double *got, const double *expected, size_t n)
{
    for (size_t i = 0; i < n; i++) /* an assertion for each would take most of the time */
        if (!testing_same(got[i], expected[i]))
            ck_abort_msg("entry %zu: %.17g, expected %.17g", i, got[i], expected[i]);
}

void refuse_product(const char *queries, const char *keys, mmax_status status, const char *message)
{
    mmax_source *source = NULL;
    mmax_error error = {0};
    ck_assert_int_eq(mmax_source_open_product(queries, keys, NULL, &source, &error), status);
    ck_assert_ptr_null(source);
    ck_assert_str_eq(error.message, message);
}

/* ---- blocks and chunks ----------------------------------------------------------------------- */

START_TEST(no_bit_depends_on_the_rows_read_at_once)
{
    array q = random_array(6, (size_t[]){2, 3, 37, 64}, 4);
    array k = random_array(7, (size_t[]){3, 300, 64}, 3);
    size_t n, m;
    enter_folder();
    save_array("q.npy", &q);
    save_array("k.npy", &k);
    double *whole = read_product("q.npy", "k.npy", 222, 0, &n);
    static const size_t blocks[][2] = {{1, 0}, {2, 0}, {7, 0}, {1, 5}, {36, 0}, {1000, 0}};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        double *got = read_product("q.npy", "k.npy", blocks[i][0], blocks[i][1], &m);
        ck_assert_uint_eq(m, n);
        expect_same(got, whole, n);
        free(got);
    }
    free(whole);
    free(q.values);
    free(k.values);
}
END_TEST

/* Keys of more than 8 MiB are read in two blocks, and rows are computed ahead: 64 MiB are 182 rows
 * of 46000 logits.  Half the keys fit a block. */
enum { MANY_KEYS = 46000, LONG = 32, MANY_QUERIES = 190 };

static void save_many(void)
{
    array q = random_array(8, (size_t[]){MANY_QUERIES, LONG}, 2);
    array k = random_array(9, (size_t[]){MANY_KEYS, LONG}, 2);
    save_array("q.npy", &q);
    save_array("k.npy", &k);
    k.shape[0] = MANY_KEYS / 2;
    save_array("k0.npy", &k);
    double *all = k.values;
    k.values += (size_t)MANY_KEYS / 2 * LONG;
    save_array("k1.npy", &k);
    free(all);
    free(q.values);
}

START_TEST(keys_in_chunks_give_the_bits_of_keys_that_stay)
{
    size_t n, n0, n1;
    enter_folder();
    save_many();
    double *first = read_product("q.npy", "k0.npy", 50, 0, &n0);
    double *second = read_product("q.npy", "k1.npy", 50, 0, &n1);
    static const size_t blocks[][2] = {{3, 0}, {100, 0}, {1, 40}};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        double *got = read_product("q.npy", "k.npy", blocks[i][0], blocks[i][1], &n);
        ck_assert_uint_eq(n, (size_t)MANY_QUERIES * MANY_KEYS);
        for (size_t row = 0; row < MANY_QUERIES; row++) {
            size_t half = MANY_KEYS / 2;
            expect_same(got + row * MANY_KEYS, first + row * half, half);
            expect_same(got + row * MANY_KEYS + half, second + row * half, half);
        }
        free(got);
    }
    free(first);
    free(second);
}
END_TEST

static void feed_file(const char *file)
{
    size_t n_bytes;
    char *bytes = testing_read_file(file, &n_bytes);
    feed_stdin(bytes, n_bytes);
    free(bytes);
}

START_TEST(a_pipe_gives_the_bits_of_a_file_however_often_it_is_needed)
{
    /* Queries once and keys that stay; keys that come back; queries that are repeated. */
    static const struct {
        size_t q[4], k[4];
        bool queries_are_piped;
    } rows[] = {
        {{2, 3, 40, 8}, {2, 3, 50, 8}, true},     {{2, 3, 40, 8}, {2, 3, 50, 8}, false},
        {{2, 3, 40, 8}, {1, 3, 50, 8}, false},    {{1, 3, 40, 8}, {2, 1, 50, 8}, true},
        {{1, 2, 700, 800}, {2, 1, 5, 800}, true}, {{2, 1, 5, 800}, {1, 2, 700, 800}, false}};
    array q = random_array(10, rows[_i].q, 4), k = random_array(11, rows[_i].k, 4);
    size_t n, m;
    enter_folder();
    save_array("q.npy", &q);
    save_array("k.npy", &k);
    double *expected = read_product("q.npy", "k.npy", 17, 0, &n);
    bool of_queries = rows[_i].queries_are_piped;
    feed_file(of_queries ? "q.npy" : "k.npy");
    double *got =
        of_queries ? read_product("-", "k.npy", 17, 0, &m) : read_product("q.npy", "-", 17, 0, &m);
    ck_assert_uint_eq(m, n);
    expect_same(got, expected, n);
    free(got);
    free(expected);
    free(q.values);
    free(k.values);
}
END_TEST

START_TEST(keys_of_a_pipe_that_do_not_stay_go_to_a_temporary_file)
{
    size_t n, m;
    enter_folder();
    save_many();
    double *expected = read_product("q.npy", "k.npy", 64, 0, &n);
    feed_file("k.npy");
    double *got = read_product("q.npy", "-", 64, 0, &m);
    ck_assert_uint_eq(m, n);
    expect_same(got, expected, n);
    free(got);
    free(expected);
    feed_file("k.npy");
    ck_assert_int_eq(setenv("TMPDIR", "/nowhere", 1), 0);
    refuse_product(
        "q.npy", "-", MMAX_EIO,
        "standard input: cannot be kept in a temporary file: No such file or directory; let "
        "TMPDIR name a folder with room");
}
END_TEST

START_TEST(arrays_in_fortran_order_are_multiplied_as_those_in_c_order)
{
    array q = random_array(12, (size_t[]){3, 20, 6}, 3), k = random_array(13, q.shape, 3);
    array turned = random_array(0, q.shape, 3);
    size_t n, m;
    enter_folder();
    save_array("q.npy", &q);
    save_array("k.npy", &k);
    double *expected = read_product("q.npy", "k.npy", 9, 0, &n);
    for (size_t of_keys = 0; of_keys < 2; of_keys++) {
        const double *from = of_keys ? k.values : q.values;
        for (size_t a = 0, at = 0; a < 3; a++)
            for (size_t b = 0; b < 20; b++)
                for (size_t c = 0; c < 6; c++, at++)
                    turned.values[a + 3 * (b + 20 * c)] = from[at];
        save_array_as(of_keys ? "k.npy" : "q.npy", "=f8", &turned, turned.values, sizeof(double),
                      true);
    }
    double *got = read_product("q.npy", "k.npy", 9, 0, &m);
    ck_assert_uint_eq(m, n);
    expect_same(got, expected, n);
    free(got);
    free(expected);
    free(turned.values);
    free(q.values);
    free(k.values);
}
END_TEST

TCase *product_block_cases(void)
{
    TCase *cases = tcase_create("product_blocks");
    tcase_add_test(cases, no_bit_depends_on_the_rows_read_at_once);
    tcase_add_test(cases, keys_in_chunks_give_the_bits_of_keys_that_stay);
    tcase_add_loop_test(cases, a_pipe_gives_the_bits_of_a_file_however_often_it_is_needed, 0, 6);
    tcase_add_test(cases, keys_of_a_pipe_that_do_not_stay_go_to_a_temporary_file);
    tcase_add_test(cases, arrays_in_fortran_order_are_multiplied_as_those_in_c_order);
    return cases;
}
