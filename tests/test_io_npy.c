#include "test_io.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const size_t block_sizes[] = {1, 2, 7, 1000};
enum { N_BLOCK_SIZES = sizeof block_sizes / sizeof *block_sizes };

static bool host_is_little(void)
{
    const unsigned one = 1;
    return *(const unsigned char *)&one == 1;
}

/* One value as the element CODE, 'f2', 'f4' or 'f8', big or little end first. */
static void put(double value, int size, bool is_big, unsigned char *bytes)
{
    uint64_t bits = 0;
    float narrow = (float)value;
    if (size == 8)
        memcpy(&bits, &value, 8);
    else if (size == 4)
        memcpy(&bits, &narrow, 4);
    else if (value != 0) {
        /* Normal halves only: the value is fraction * 2^exponent with fraction in [1, 2). */
        int exponent;
        double fraction = frexp(fabs(value), &exponent) * 2;
        bits = (uint64_t)(exponent - 1 + 15) << 10 | (uint64_t)((fraction - 1) * 1024);
        bits |= value < 0 ? 0x8000u : 0;
    }
    if (size == 4 && !host_is_little())
        bits >>= 32;
    for (int i = 0; i < size; i++)
        bytes[is_big ? size - 1 - i : i] = (unsigned char)(bits >> 8 * i);
}

/* Element number I in C order: halves hold it exactly. */
static double value_at(size_t i)
{
    return ((double)(i % 1999) - 1000) / 4;
}

/* ---- what is read ---------------------------------------------------------------------------- */

static const struct {
    const char *dictionary;
    int version, size;
    bool is_big;
    const char *dtype;
    size_t n_dims, shape[8];
} good[] = {
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }\n",
     1,
     4,
     false,
     "<f4",
     2,
     {3, 4}},
    {"{'descr': '>f4', 'fortran_order': False, 'shape': (3, 4), }\n", 1, 4, true, ">f4", 2, {3, 4}},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }\n",
     2,
     8,
     false,
     "<f8",
     2,
     {3, 4}},
    {"{'descr': '>f8', 'fortran_order': False, 'shape': (3, 4), }\n", 3, 8, true, ">f8", 2, {3, 4}},
    {"{'descr': '<f2', 'fortran_order': False, 'shape': (3, 4), }\n",
     1,
     2,
     false,
     "<f2",
     2,
     {3, 4}},
    {"{'descr': '>f2', 'fortran_order': False, 'shape': (3, 4), }\n", 1, 2, true, ">f2", 2, {3, 4}},
    {"{'shape':(4,3),'fortran_order':False,'descr':'<f4'}", 1, 4, false, "<f4", 2, {4, 3}},
    {" { \"shape\" : ( 4 , 3 , ) ,\n\t'descr' : u'<f4' , 'fortran_order' : False }  \n",
     1,
     4,
     false,
     "<f4",
     2,
     {4, 3}},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (3L, 2L), }\n",
     1,
     4,
     false,
     "<f4",
     2,
     {3, 2}},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (), }\n", 1, 4, false, "<f4", 0, {0}},
    {"{'descr': '<f4', 'fortran_order': True, 'shape': (), }\n", 1, 4, false, "<f4", 0, {0}},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (5,), }\n", 1, 4, false, "<f4", 1, {5}},
    {"{'descr': '<f4', 'fortran_order': True, 'shape': (5,), }\n", 1, 4, false, "<f4", 1, {5}},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (0,), }\n", 1, 4, false, "<f4", 1, {0}},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (0, 5), }\n",
     1,
     4,
     false,
     "<f4",
     2,
     {0, 5}},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (5, 0), }\n",
     1,
     4,
     false,
     "<f4",
     2,
     {5, 0}},
    {"{'descr': '<f4', 'fortran_order': True, 'shape': (5, 0), }\n", 1, 4, false, "<f4", 2, {5, 0}},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, 2, 5), }\n",
     1,
     4,
     false,
     "<f4",
     4,
     {2, 3, 2, 5}},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1, 2, 1, 2, 1, 2, 3), }\n",
     1,
     4,
     false,
     "<f4",
     8,
     {2, 1, 2, 1, 2, 1, 2, 3}},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (90, 3001), }\n",
     1,
     4,
     false,
     "<f4",
     2,
     {90, 3001}},
    {"{'descr': '<f8', 'fortran_order': True, 'shape': (1, 7, 1), }\n",
     1,
     8,
     false,
     "<f8",
     3,
     {1, 7, 1}},
    {"{'descr': 'float32', 'fortran_order': False, 'shape': (3, 4), }\n",
     1,
     4,
     false,
     "<f4",
     2,
     {3, 4}},
    {"{'descr': '|f8', 'fortran_order': False, 'shape': (3, 4), }\n",
     1,
     8,
     false,
     "<f8",
     2,
     {3, 4}},
    /* The order of the machine, here little end first. */
    {"{'descr': '=f4', 'fortran_order': False, 'shape': (3, 4), }\n",
     1,
     4,
     false,
     "<f4",
     2,
     {3, 4}},
};

static void check_good(size_t i, const char *file, size_t block_rows)
{
    mmax_source *source;
    double *values = read_all(file, NULL, block_rows, &source);
    const mmax_input *input = mmax_source_input(source);
    size_t n = 1;
    ck_assert_str_eq(input->file, file);
    ck_assert_str_eq(input->format, "npy");
    ck_assert_str_eq(input->dtype, good[i].dtype);
    ck_assert_ptr_null(input->array);
    ck_assert_ptr_null(input->column_labels);
    ck_assert_uint_eq(input->n_dims, good[i].n_dims);
    for (size_t j = 0; j < good[i].n_dims; j++) {
        ck_assert_uint_eq(input->shape[j], good[i].shape[j]);
        n *= good[i].shape[j];
    }
    ck_assert_uint_eq(input->n_rows * input->row_length, n);
    ck_assert_uint_eq(input->row_length, good[i].n_dims ? good[i].shape[good[i].n_dims - 1] : 1);
    for (size_t j = 0; j < n; j++)
        if (!testing_same(values[j], value_at(j)))
            ck_abort_msg("element %zu", j);
    ck_assert_double_eq(mmax_source_epsilon(source), good[i].size == 8 ? 0x1p-52 : 0x1p-23);
    free(values);
    mmax_source_free(source);
}

START_TEST(every_header_that_numpy_writes_is_read_from_a_file_and_a_pipe)
{
    size_t i = (size_t)_i;
    size_t n = 1, n_bytes, size = (size_t)good[i].size;
    for (size_t j = 0; j < good[i].n_dims; j++)
        n *= good[i].shape[j];
    unsigned char *data = mmax_alloc_array(n, size);
    ck_assert_ptr_nonnull(data);
    for (size_t j = 0; j < n; j++)
        put(value_at(j), good[i].size, good[i].is_big, data + j * size);
    char *bytes = npy_bytes(good[i].version, good[i].dictionary, data, n * size, &n_bytes);
    write_bytes("good.npy", bytes, n_bytes);
    for (size_t j = 0; j < N_BLOCK_SIZES; j++) {
        check_good(i, "good.npy", block_sizes[j]);
        feed_stdin(bytes, n_bytes);
        check_good(i, "-", block_sizes[j]);
    }
    free(data);
    free(bytes);
}
END_TEST

/* ---- Fortran order --------------------------------------------------------------------------- */

static const struct {
    size_t n_dims, shape[4];
} fortran[] = {
    {2, {3, 5}},         {2, {700, 3}},      {2, {2, 40000}},  {2, {300, 1100}},
    {3, {4, 3, 5}},      {3, {2, 300, 500}}, {3, {1, 6, 7}},   {4, {2, 3, 4, 5}},
    {4, {3, 2, 70, 80}}, {3, {600, 2, 600}}, {2, {1, 300000}}, {2, {2, 300000}},
    {3, {2, 700, 900}},
};

/* Element (i0, i1, ...) lies at i0 + shape0 * (i1 + shape1 * (i2 + ...)). */
static size_t fortran_place(const size_t *shape, size_t n_dims, size_t c_index)
{
    size_t index[4];
    for (size_t i = n_dims; i-- > 0;) {
        index[i] = c_index % shape[i];
        c_index /= shape[i];
    }
    size_t place = 0;
    for (size_t i = n_dims; i-- > 0;)
        place = place * shape[i] + index[i];
    return place;
}

START_TEST(fortran_order_gives_the_rows_of_c_order_for_every_block_size)
{
    size_t n_dims = fortran[_i].n_dims;
    const size_t *shape = fortran[_i].shape;
    size_t n = 1, n_bytes;
    char dictionary[256], dimensions[128] = "";
    for (size_t i = 0; i < n_dims; i++) {
        size_t used = strlen(dimensions);
        snprintf(dimensions + used, sizeof dimensions - used, "%zu,", shape[i]);
        n *= shape[i];
    }
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '<f8', 'fortran_order': True, 'shape': (%s)}\n", dimensions);
    unsigned char *data = mmax_alloc_array(n, 8);
    ck_assert_ptr_nonnull(data);
    for (size_t i = 0; i < n; i++)
        put((double)i, 8, false, data + 8 * fortran_place(shape, n_dims, i));
    char *bytes = npy_bytes(1, dictionary, data, n * 8, &n_bytes);
    write_bytes("fortran.npy", bytes, n_bytes);
    for (size_t j = 0; j < 2 * N_BLOCK_SIZES; j++) {
        bool is_pipe = j % 2;
        mmax_source *source;
        if (is_pipe)
            feed_stdin(bytes, n_bytes);
        double *values = read_all(is_pipe ? "-" : "fortran.npy", NULL, block_sizes[j / 2], &source);
        for (size_t i = 0; i < n; i++)
            if (!testing_same(values[i], (double)i))
                ck_abort_msg("element %zu", i);
        free(values);
        mmax_source_free(source);
    }
    free(data);
    free(bytes);
}
END_TEST

/* ---- what is refused ------------------------------------------------------------------------- */

#define MALFORMED "bad.npy: the NPY header is malformed at byte "

static const struct {
    const char *dictionary;
    mmax_status status;
    const char *message;
} bad[] = {
    {"{'descr': '|O', 'fortran_order': False, 'shape': (10,), }", MMAX_EUNSUPPORTED,
     "bad.npy: dtype '|O' is pickled Python objects, which are never loaded; save it as an array "
     "of "
     "numbers, np.stack(list(a)).astype('f4')"},
    {"{'descr': '<c8', 'fortran_order': False, 'shape': (10,), }", MMAX_EUNSUPPORTED,
     "bad.npy: dtype '<c8' is complex; expected a real floating-point or integer dtype"},
    {"{'descr': '<i16', 'fortran_order': False, 'shape': (10,), }", MMAX_EUNSUPPORTED,
     "bad.npy: dtype '<i16' is not read; save it as float32 or float64"},
    {"{'descr': 'float8_e4m3fn', 'fortran_order': False, 'shape': (10,), }", MMAX_EUNSUPPORTED,
     "bad.npy: dtype 'float8_e4m3fn' is not read; save it as float32 or float64"},
    {"{'descr': '<f16', 'fortran_order': False, 'shape': (10,), }", MMAX_EUNSUPPORTED,
     "bad.npy: dtype '<f16' is not read; save it as float32 or float64"},
    {"{'descr': '<U4', 'fortran_order': False, 'shape': (10,), }", MMAX_EUNSUPPORTED,
     "bad.npy: dtype '<U4' is text; expected a real floating-point or integer dtype"},
    {"{'descr': '|S3', 'fortran_order': False, 'shape': (10,), }", MMAX_EUNSUPPORTED,
     "bad.npy: dtype '|S3' is text; expected a real floating-point or integer dtype"},
    {"{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (10,), }", MMAX_EUNSUPPORTED,
     "bad.npy: dtype '<M8[ns]' is a date or time; expected a real floating-point or integer dtype"},
    {"{'descr': '|V1', 'fortran_order': False, 'shape': (10,), }", MMAX_EUNSUPPORTED,
     "bad.npy: dtype '|V1' is raw bytes, of which only V2 is read, as bfloat16; save it as float32 "
     "or float64"},
    {"{'descr': [('a', '<f4'), ('b]', '<f4', (2,))], 'fortran_order': False, 'shape': (10,), }",
     MMAX_EUNSUPPORTED,
     "bad.npy: dtype [('a', '<f4'), ('b]', '<f4', (2,))] is structured; save one of its fields as "
     "an "
     "array"},
    {"{'descr': 'x\x1b[2J', 'fortran_order': False, 'shape': (10,), }", MMAX_EUNSUPPORTED,
     "bad.npy: dtype 'x\\x1b[2J' is not known; expected a real floating-point or integer dtype"},
    {"{'descr': '', 'fortran_order': False, 'shape': (10,), }", MMAX_EUNSUPPORTED,
     "bad.npy: dtype '' is not known; expected a real floating-point or integer dtype"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1), }", MMAX_EUNSUPPORTED,
     "bad.npy: has more than 8 dimensions; reshape it to fewer"},
    {"{'descr': '<f4', 'fortran_order': False, }", MMAX_EFORMAT,
     "bad.npy: the NPY header lacks the key 'shape'"},
    {"{}", MMAX_EFORMAT, "bad.npy: the NPY header lacks the key 'descr'"},
    {"{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (), }", MMAX_EFORMAT,
     "bad.npy: the NPY header has twice the key 'descr'"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (), 'extra': 1}", MMAX_EFORMAT,
     "bad.npy: the NPY header has an unknown key 'extra'"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (-3, 4), }", MMAX_EFORMAT,
     MALFORMED "61: a dimension is negative"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", MMAX_EFORMAT,
     MALFORMED "61: a dimension is too large"},
#if SIZE_MAX > UINT32_MAX
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", MMAX_EFORMAT,
     "bad.npy: the product of the dimensions in the header overflows"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4294967296, 4294967296), }",
     MMAX_EFORMAT, "bad.npy: the product of the dimensions in the header overflows"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 1), }", MMAX_EFORMAT,
     "bad.npy: the product of the dimensions in the header overflows"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776, 0), }", MMAX_EFORMAT,
     "bad.npy: the header promises 1099511627776 rows or columns without any entry"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,), }", MMAX_EFORMAT,
     "bad.npy: truncated: the header promises 4000000000000 bytes of data, 16 are there"},
#else
    /* What 32 bits can not count. */
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 0), }", MMAX_EFORMAT,
     MALFORMED "61: a dimension is too large"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (65536, 65536), }", MMAX_EFORMAT,
     "bad.npy: the product of the dimensions in the header overflows"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (1073741824, 1), }", MMAX_EFORMAT,
     "bad.npy: the product of the dimensions in the header overflows"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (536870911,), }", MMAX_EFORMAT,
     "bad.npy: truncated: the header promises 2147483644 bytes of data, 16 are there"},
#endif
    {"{'descr': '<f4', 'fortran_order': True, 'shape': (5, 20), }", MMAX_EFORMAT,
     "bad.npy: truncated: the header promises 400 bytes of data, 16 are there"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (3), }", MMAX_EFORMAT,
     MALFORMED "63: shape must be a tuple"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': [3], }", MMAX_EFORMAT,
     MALFORMED "60: shape must be a tuple"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (3 4), }", MMAX_EFORMAT,
     MALFORMED "63: expected ',' or ')' in the shape"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (x,), }", MMAX_EFORMAT,
     MALFORMED "61: expected a dimension"},
    {"{'descr': '<f4', 'fortran_order': 0, 'shape': (3,), }", MMAX_EFORMAT,
     MALFORMED "44: fortran_order must be True or False"},
    {"{'descr': 4, 'fortran_order': False, 'shape': (3,), }", MMAX_EFORMAT,
     MALFORMED "20: expected a quoted string"},
    {"{'descr': '<f4, 'fortran_order': False}", MMAX_EFORMAT, MALFORMED "27: expected ',' or '}'"},
    {"{'descr': '<f4", MMAX_EFORMAT, MALFORMED "20: a quote is not closed"},
    {"{'descr': '<f\\x34'}", MMAX_EFORMAT, MALFORMED "20: unexpected '\\'"},
    {"{'descr': [('a', '<f4')", MMAX_EFORMAT, MALFORMED "20: a bracket is not closed"},
    {"{'descr' '<f4'}", MMAX_EFORMAT, MALFORMED "19: expected ':' after a key"},
    {"{'descr': '<f4' 'shape': ()}", MMAX_EFORMAT, MALFORMED "26: expected ',' or '}'"},
    {"import os", MMAX_EFORMAT, MALFORMED "10: expected '{'"},
    {"", MMAX_EFORMAT, MALFORMED "10: expected '{'"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (), } + 1", MMAX_EFORMAT,
     MALFORMED "66: something follows the dictionary"},
};

START_TEST(a_header_that_lies_or_that_is_not_understood_is_refused_by_name)
{
    size_t n_bytes;
    char *bytes = npy_bytes(1, bad[_i].dictionary, "0123456789abcdef", 16, &n_bytes);
    write_bytes("bad.npy", bytes, n_bytes);
    expect_failure("bad.npy", NULL, bad[_i].status, bad[_i].message);
    free(bytes);
}
END_TEST

static const struct {
    const char *bytes;
    size_t n_bytes;
    mmax_status status;
    const char *message;
} cut[] = {
    {"\x93NUMPY", 6, MMAX_EFORMAT, "cut.npy: truncated: it ends inside the NPY header"},
    {"\x93NUMPY\x01\x00\x50", 9, MMAX_EFORMAT, "cut.npy: truncated: it ends inside the NPY header"},
    {"\x93NUMPY\x02\x00\x50\x00", 10, MMAX_EFORMAT,
     "cut.npy: truncated: it ends inside the NPY header"},
    {"\x93NUMPY\x04\x00\x50\x00\x00\x00{", 13, MMAX_EUNSUPPORTED,
     "cut.npy: NPY version 4.0 is not known; expected 1.0, 2.0 or 3.0"},
    {"\x93NUMPY\x01\x01\x50\x00\x00\x00{", 13, MMAX_EUNSUPPORTED,
     "cut.npy: NPY version 1.1 is not known; expected 1.0, 2.0 or 3.0"},
    {"\x93NUMPY\x01\x00\x50\x00{'descr'", 18, MMAX_EFORMAT,
     "cut.npy: truncated: it promises an NPY header of 80 bytes, 8 are there"},
    {"\x93NUMPY\x02\x00\xff\xff\xff\xff{", 13, MMAX_EFORMAT,
     "cut.npy: claims an NPY header of 4294967295 bytes; at most 1048576 are read"},
    {"hello", 5, MMAX_EFORMAT, "cut.npy: is not an NPY file: it does not begin with '\\x93NUMPY'"},
    {"", 0, MMAX_EFORMAT, "cut.npy: is empty; expected an array or rows of numbers"},
};

START_TEST(a_file_that_ends_before_its_data_is_refused_by_name)
{
    write_bytes("cut.npy", cut[_i].bytes, cut[_i].n_bytes);
    expect_failure("cut.npy", NULL, cut[_i].status, cut[_i].message);
}
END_TEST

static const char one_by_hundred[] =
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 100), }\n";

START_TEST(missing_bytes_are_counted_in_files_and_pipes)
{
    char data[392] = {0};
    size_t n_bytes;
    char *bytes = npy_bytes(1, one_by_hundred, data, sizeof data, &n_bytes);
    write_bytes("a.npy", bytes, n_bytes);
    expect_failure("a.npy", NULL, MMAX_EFORMAT,
                   "a.npy: truncated: the header promises 400 bytes of data, 392 are there");
    static const char message[] =
        "standard input: truncated: the header promises 400 bytes of data, 392 are there";
    feed_stdin(bytes, n_bytes);
    expect_failure("-", NULL, MMAX_EFORMAT, message);
    memcpy(strstr(bytes + 10, "False"), "True ", 5);
    memcpy(strstr(bytes + 10, "(1, 100)"), "(100, 1)", 8);
    feed_stdin(bytes, n_bytes);
    expect_failure("-", NULL, MMAX_EFORMAT, message);
    memcpy(strstr(bytes + 10, "(100, 1)"), "(10, 10)", 8);
    feed_stdin(bytes, n_bytes);
    expect_failure("-", NULL, MMAX_EFORMAT, message);
    free(bytes);
}
END_TEST

START_TEST(a_pipe_that_claims_an_enormous_row_is_believed_only_when_the_row_is_there)
{
    size_t n_bytes;
    char *bytes = npy_bytes(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (60000000,), }",
                            "12345678", 8, &n_bytes);
    mmax_error error;
    mmax_source *source = NULL;
    feed_stdin(bytes, n_bytes);
    ck_assert_int_eq(mmax_source_open("-", NULL, &source, &error), MMAX_EFORMAT);
    ck_assert_ptr_null(source);
    ck_assert_str_eq(error.message, "standard input: truncated: the header promises 240000000 "
                                    "bytes of data, 8 are there");
    free(bytes);
}
END_TEST

/* 2^26 entries are the longest row; a file with a hole has as many bytes as it promises. */
START_TEST(a_row_too_long_to_be_held_is_refused_before_it_is_moved_or_held)
{
    size_t n_bytes;
    mmax_source *source;
    char *bytes = npy_bytes(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 67108864)}",
                            NULL, 0, &n_bytes);
    write_bytes("a.npy", bytes, n_bytes);
    ck_assert_int_eq(truncate("a.npy", (off_t)(n_bytes + 2 * 67108865)), 0);
    ck_assert_int_eq(mmax_source_open("a.npy", NULL, &source, NULL), MMAX_OK);
    mmax_source_free(source);
    strstr(bytes + 10, "67108864")[7] = '5';
    write_bytes("a.npy", bytes, n_bytes);
    ck_assert_int_eq(truncate("a.npy", (off_t)(n_bytes + 2 * 67108865)), 0);
    expect_failure("a.npy", NULL, MMAX_EUNSUPPORTED,
                   "a.npy: has rows of 67108865 entries, and at most 67108864 are read; --select "
                   "and --axis take other rows");
    feed_stdin(bytes, n_bytes);
    expect_failure("-", NULL, MMAX_EUNSUPPORTED,
                   "standard input: has rows of 67108865 entries, and at most 67108864 are read; "
                   "--select and --axis take other rows");
    free(bytes);
}
END_TEST

START_TEST(bytes_after_the_array_are_ignored_as_numpy_does)
{
    float data[101] = {0};
    size_t n_bytes;
    char *bytes = npy_bytes(1, one_by_hundred, data, sizeof data, &n_bytes);
    mmax_source *source;
    write_bytes("a.npy", bytes, n_bytes);
    free(read_all("a.npy", NULL, 3, &source));
    ck_assert_uint_eq(mmax_source_input(source)->n_rows, 1);
    mmax_source_free(source);
    free(bytes);
}
END_TEST

TCase *npy_cases(void)
{
    TCase *npy = tcase_create("npy");
    tcase_add_checked_fixture(npy, enter_folder, NULL);
    tcase_set_timeout(npy, 60);
    tcase_add_loop_test(npy, every_header_that_numpy_writes_is_read_from_a_file_and_a_pipe, 0,
                        sizeof good / sizeof *good - (host_is_little() ? 0 : 1));
    tcase_add_loop_test(npy, fortran_order_gives_the_rows_of_c_order_for_every_block_size, 0,
                        sizeof fortran / sizeof *fortran);
    tcase_add_loop_test(npy, a_header_that_lies_or_that_is_not_understood_is_refused_by_name, 0,
                        sizeof bad / sizeof *bad);
    tcase_add_loop_test(npy, a_file_that_ends_before_its_data_is_refused_by_name, 0,
                        sizeof cut / sizeof *cut);
    tcase_add_test(npy, missing_bytes_are_counted_in_files_and_pipes);
    tcase_add_test(npy, a_pipe_that_claims_an_enormous_row_is_believed_only_when_the_row_is_there);
    tcase_add_test(npy, a_row_too_long_to_be_held_is_refused_before_it_is_moved_or_held);
    tcase_add_test(npy, bytes_after_the_array_are_ignored_as_numpy_does);
    return npy;
}
