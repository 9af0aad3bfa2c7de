#include "io/safetensors.h"
#include "test_io.h"

#include <stdlib.h>
#include <string.h>

/* ---- files ----------------------------------------------------------------------------------- */

/* The bytes of a file: the length of the header, the header, the data.  To be freed. */
static char *file_bytes(const char *header, const void *data, size_t n_data, size_t *n_bytes)
{
    size_t length = strlen(header);
    uint64_t prefix = length;
    char *bytes = mmax_alloc_array(8 + length + n_data, 1);
    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < 8; i++)
        bytes[i] = (char)(prefix >> 8 * i);
    memcpy(bytes + 8, header, length);
    if (n_data > 0)
        memcpy(bytes + 8 + length, data, n_data);
    *n_bytes = 8 + length + n_data;
    return bytes;
}

static mmax_stream *stream_of(bool is_pipe, const void *bytes, size_t n_bytes)
{
    mmax_stream *stream = NULL;
    if (is_pipe)
        feed_stdin(bytes, n_bytes);
    else
        write_bytes("a.safetensors", bytes, n_bytes);
    ck_assert_int_eq(mmax_stream_open(is_pipe ? "-" : "a.safetensors", NULL, &stream, NULL),
                     MMAX_OK);
    return stream;
}

static mmax_stream *stream_of_header(bool is_pipe, const char *header, const void *data,
                                     size_t n_data)
{
    size_t n_bytes;
    char *bytes = file_bytes(header, data, n_data, &n_bytes);
    mmax_stream *stream = stream_of(is_pipe, bytes, n_bytes);
    free(bytes);
    return stream;
}

static mmax_safetensors *open_tensors(mmax_stream *stream)
{
    mmax_error error = {.message = ""};
    mmax_safetensors *tensors = NULL;
    mmax_status status = mmax_safetensors_open(stream, &tensors, &error);
    ck_assert_msg(status == MMAX_OK, "%s", error.message);
    return tensors;
}

static mmax_source *open_tensor(mmax_stream *stream, const mmax_safetensors *tensors, size_t i)
{
    static const mmax_source_options defaults;
    mmax_array array;
    mmax_source *source = NULL;
    mmax_error error = {.message = ""};
    mmax_status status =
        mmax_safetensors_array(tensors, i, mmax_stream_name(stream), &array, &error);
    if (status == MMAX_OK)
        status = mmax_array_open(stream, &array, &defaults, &source, &error);
    ck_assert_msg(status == MMAX_OK, "%s", error.message);
    return source;
}

/* ---- what is read ---------------------------------------------------------------------------- */

/* Every type that is read with one element, 1, whose bytes are written here from the types'
 * definitions, little end first. */
static const struct {
    const char *code, *dtype;
    size_t size;
    const char *bytes;
} types[] = {
    {"F64", "<f8", 8, "\0\0\0\0\0\0\xf0\x3f"},
    {"F32", "<f4", 4, "\0\0\x80\x3f"},
    {"F16", "<f2", 2, "\0\x3c"},
    {"BF16", "bfloat16", 2, "\x80\x3f"},
    {"I64", "<i8", 8, "\1\0\0\0\0\0\0\0"},
    {"I32", "<i4", 4, "\1\0\0\0"},
    {"I16", "<i2", 2, "\1\0"},
    {"I8", "|i1", 1, "\1"},
    {"U64", "<u8", 8, "\1\0\0\0\0\0\0\0"},
    {"U32", "<u4", 4, "\1\0\0\0"},
    {"U16", "<u2", 2, "\1\0"},
    {"U8", "|u1", 1, "\1"},
    {"BOOL", "|b1", 1, "\1"},
};

START_TEST(every_type_is_read_as_numpy_would_name_it)
{
    char header[128];
    snprintf(header, sizeof header,
             "{\"x\":{\"dtype\":\"%s\",\"shape\":[1],\"data_offsets\":[0,%zu]}}", types[_i].code,
             types[_i].size);
    mmax_stream *stream = stream_of_header(false, header, types[_i].bytes, types[_i].size);
    mmax_safetensors *tensors = open_tensors(stream);
    ck_assert_uint_eq(tensors->n_tensors, 1);
    ck_assert_str_eq(tensors->tensors[0].name, "x");
    ck_assert_str_eq(tensors->tensors[0].code, types[_i].code);
    mmax_source *source = open_tensor(stream, tensors, 0);
    double value;
    size_t n_rows;
    ck_assert_int_eq(mmax_source_read(source, 1, &value, &n_rows, NULL), MMAX_OK);
    ck_assert_uint_eq(n_rows, 1);
    ck_assert_double_eq(value, 1);
    ck_assert_str_eq(mmax_source_input(source)->dtype, types[_i].dtype);
    ck_assert_ptr_null(mmax_source_input(source)->stored_dtype);
    mmax_source_free(source);
    mmax_safetensors_free(tensors);
    mmax_stream_free(stream);
}
END_TEST

/* Named out of the order of their data; a matrix, one without entries, a number, one that is not
 * read, in an order of offsets that is not that of the names. */
static const char several[] =
    "{\"__metadata__\":{\"format\":\"pt\"},"
    "\"b\":{\"dtype\":\"U8\",\"shape\":[2,3],\"data_offsets\":[1,7]},"
    "\"odd\":{\"dtype\":\"F8_E4M3\",\"shape\":[2],\"data_offsets\":[7,9]},"
    "\"a\":{\"dtype\":\"I8\",\"shape\":[],\"data_offsets\":[0,1]},"
    "\"none\":{\"dtype\":\"F32\",\"shape\":[4,0],\"data_offsets\":[7,7]},"
    "\"last\":{\"dtype\":\"U8\",\"shape\":[1,1,2],\"data_offsets\":[9,11]}}    ";

static const char several_data[] = "\xfb\1\2\3\4\5\6??\7\x8";

START_TEST(tensors_come_in_the_order_of_their_data_from_a_file_and_a_pipe)
{
    static const struct {
        const char *name;
        size_t n_rows, row_length;
        double values[6];
    } expected[] = {
        {"a", 1, 1, {-5}},  {"b", 2, 3, {1, 2, 3, 4, 5, 6}}, {"none", 4, 0, {0}},
        {"odd", 0, 0, {0}}, {"last", 1, 2, {7, 8}},
    };
    mmax_stream *stream = stream_of_header(_i, several, several_data, 11);
    mmax_safetensors *tensors = open_tensors(stream);
    ck_assert_uint_eq(tensors->n_tensors, 5);
    ck_assert_uint_eq(tensors->data_begin, 8 + strlen(several));
    for (size_t i = 0; i < 5; i++) {
        double values[6];
        size_t n_rows;
        ck_assert_str_eq(tensors->tensors[i].name, expected[i].name);
        ck_assert(tensors->tensors[i].is_read == (i != 3));
        if (i == 3)
            continue;
        mmax_source *source = open_tensor(stream, tensors, i);
        ck_assert_uint_eq(mmax_source_input(source)->row_length, expected[i].row_length);
        ck_assert_int_eq(mmax_source_read(source, 6, values, &n_rows, NULL), MMAX_OK);
        ck_assert_uint_eq(n_rows, expected[i].n_rows);
        ck_assert_mem_eq(values, expected[i].values,
                         n_rows * expected[i].row_length * sizeof *values);
        mmax_source_free(source);
    }
    mmax_safetensors_free(tensors);
    mmax_stream_free(stream);
}
END_TEST

/* A file begins with the length of its header, whose bytes may be those that other files begin
 * with: 0x80 a pickle's, 0x8b1f those of gzip, 0xfeff and 0xfffe those of UTF-16. */
START_TEST(a_file_is_known_whatever_the_length_of_its_header)
{
    static const char header[] = "{\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}";
    static const size_t more[] = {0x8b1f, 0xfeff, 0xfffe, 0x4d42};
    enum { SHORTEST = sizeof header - 1, N_LENGTHS = 600, N_MORE = sizeof more / sizeof *more };
    for (size_t i = 0; i < N_LENGTHS + N_MORE; i++) {
        size_t n_bytes, length = i < N_LENGTHS ? SHORTEST + i : more[i - N_LENGTHS];
        char *padded = mmax_alloc_array(length + 1, 1);
        memset(padded, ' ', length);
        memcpy(padded, header, SHORTEST);
        padded[length] = '\0';
        char *bytes = file_bytes(padded, "\1", 1, &n_bytes);
        mmax_source *source = NULL;
        mmax_error error = {.message = ""};
        write_bytes("a.safetensors", bytes, n_bytes);
        mmax_status status = mmax_source_open("a.safetensors", NULL, &source, &error);
        ck_assert_msg(status == MMAX_OK, "a header of %zu bytes: %s", length, error.message);
        mmax_source_free(source);
        free(bytes);
        free(padded);
    }
}
END_TEST

START_TEST(what_is_not_read_is_listed_and_refused_by_name)
{
    static const struct {
        const char *header, *message;
        size_t n_data;
    } cases[] = {
        {"{\"x\":{\"dtype\":\"F8_E4M3\",\"shape\":[2],\"data_offsets\":[0,2]}}",
         "a: tensor 'x': is F8_E4M3, which is not read; save it as F32", 2},
        {"{\"x\":{\"dtype\":\"F4\",\"shape\":[2,3],\"data_offsets\":[0,3]}}",
         "a: tensor 'x': is F4, which is not read; save it as F32", 3},
        {"{\"x\":{\"dtype\":\"X\\u001b9\",\"shape\":[2],\"data_offsets\":[0,5]}}",
         "a: tensor 'x': is X\\x1b9, which is not read; save it as F32", 5},
        {"{\"x\":{\"dtype\":\"U8\",\"shape\":[1,1,1,1,1,1,1,1,2],\"data_offsets\":[0,2]}}",
         "a: tensor 'x': has more than 8 dimensions; reshape it to fewer", 2},
    };
    mmax_array array;
    mmax_error error;
    mmax_stream *stream = stream_of_header(false, cases[_i].header, "12345", cases[_i].n_data);
    mmax_safetensors *tensors = open_tensors(stream);
    ck_assert_str_eq(tensors->tensors[0].name, "x");
    ck_assert_int_eq(mmax_safetensors_array(tensors, 0, "a", &array, &error), MMAX_EUNSUPPORTED);
    ck_assert_str_eq(error.message, cases[_i].message);
    mmax_safetensors_free(tensors);
    mmax_stream_free(stream);
}
END_TEST

START_TEST(a_file_may_hold_no_tensor)
{
    mmax_stream *stream = stream_of_header(_i, "{}", "", 0);
    mmax_safetensors *tensors = open_tensors(stream);
    ck_assert_uint_eq(tensors->n_tensors, 0);
    mmax_safetensors_free(tensors);
    mmax_stream_free(stream);
}
END_TEST

START_TEST(brackets_and_commas_in_names_are_no_structure)
{
    mmax_stream *stream = stream_of_header(
        false, "{\"[[[[{{\\\"{\\\\\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", "1",
        1);
    mmax_safetensors *tensors = open_tensors(stream);
    ck_assert_str_eq(tensors->tensors[0].name, "[[[[{{\"{\\");
    mmax_safetensors_free(tensors);
    mmax_stream_free(stream);
}
END_TEST

/* ---- what is refused ------------------------------------------------------------------------- */

#define U8(name, shape, offsets)                                                                   \
    "\"" name "\":{\"dtype\":\"U8\",\"shape\":" shape ",\"data_offsets\":" offsets "}"
#define MALFORMED "a.safetensors: the safetensors header is malformed at byte "

/* Four bytes of data follow each. */
static const struct {
    const char *header, *message;
} bad[] = {
    {"[]", "a.safetensors: is not a safetensors file: its header does not begin with '{'"},
    {" {}", "a.safetensors: is not a safetensors file: its header does not begin with '{'"},
    {"", "a.safetensors: is not a safetensors file: its header does not begin with '{'"},
    {"{}\n", MALFORMED "11: expected '}' and nothing but blanks after it"},
    {"{\"x\":[[[1]]]}", MALFORMED "15: it is nested too deeply"},
    {"{\"x\":1}", "a.safetensors: tensor 'x': expected an object of 'dtype', 'shape' and "
                  "'data_offsets'"},
    {"{\"__metadata__\":{\"a\":1}}",
     "a.safetensors: '__metadata__' of the safetensors header must be an object of strings"},
    {"{\"__metadata__\":[]}",
     "a.safetensors: '__metadata__' of the safetensors header must be an object of strings"},
    {"{\"x\":{\"shape\":[4],\"data_offsets\":[0,4]}}",
     "a.safetensors: tensor 'x': 'dtype' must be a string"},
    {"{" U8("x", "4", "[0,4]") "}", "a.safetensors: tensor 'x': 'shape' must be a list of sizes"},
    {"{" U8("x", "[-4]", "[0,4]") "}",
     "a.safetensors: tensor 'x': 'shape' must be a list of sizes"},
    {"{" U8("x", "[4.0]", "[0,4]") "}",
     "a.safetensors: tensor 'x': 'shape' must be a list of sizes"},
    {"{" U8("x", "[4]", "[0,4,4]") "}",
     "a.safetensors: tensor 'x': 'data_offsets' must be a begin and an end"},
    {"{" U8("x", "[4]", "[4,0]") "}",
     "a.safetensors: tensor 'x': 'data_offsets' must be a begin and an end"},
    {"{" U8("x", "[4]", "[0,9223372036854775807]") "}",
     "a.safetensors: tensor 'x': 'data_offsets' must be a begin and an end"},
    {"{" U8("x", "[3]", "[0,4]") "}",
     "a.safetensors: tensor 'x': 4 bytes between its offsets, 3 by its shape and type"},
    {"{\"x\":{\"dtype\":\"F6_E2M3\",\"shape\":[5],\"data_offsets\":[0,3]}}",
     "a.safetensors: tensor 'x': 3 bytes between its offsets, 4 by its shape and type"},
    {"{" U8("x", "[16777216,16777216,16777216]", "[0,4]") "}",
     "a.safetensors: tensor 'x': the product of its shape overflows"},
    {"{" U8("x", "[0,16777216,16777216,16777216]", "[0,0]") "}",
     "a.safetensors: tensor 'x': the product of its shape overflows"},
    {"{" U8("x", "[3]", "[0,3]") "," U8("y", "[2]", "[2,4]") "}",
     "a.safetensors: tensor 'y': its bytes overlap those of another tensor"},
    {"{" U8("x", "[4]", "[0,4]") "," U8("y", "[0]", "[2,2]") "}",
     "a.safetensors: tensor 'y': its bytes overlap those of another tensor"},
    {"{" U8("y", "[2]", "[2,4]") "," U8("x", "[1]", "[0,1]") "}",
     "a.safetensors: tensor 'y': bytes before its own belong to no tensor"},
    {"{" U8("x", "[3]", "[1,4]") "}",
     "a.safetensors: tensor 'x': bytes before its own belong to no tensor"},
    {"{" U8("x", "[3]", "[0,3]") "}", "a.safetensors: 1 bytes at the end belong to no tensor"},
    {"{" U8("x", "[5]", "[0,5]") "}",
     "a.safetensors: truncated: the header promises 5 bytes of data, 4 are there"},
    {"{" U8("\\u001b[2J", "[3]", "[0,4]") "}",
     "a.safetensors: tensor '\\x1b[2J': 4 bytes between its offsets, 3 by its shape and type"},
};

START_TEST(a_header_that_lies_is_refused_by_the_tensors_name)
{
    mmax_error error;
    mmax_safetensors *tensors = NULL;
    mmax_stream *stream = stream_of_header(false, bad[_i].header, "1234", 4);
    ck_assert_int_eq(mmax_safetensors_open(stream, &tensors, &error), MMAX_EFORMAT);
    ck_assert_str_eq(error.message, bad[_i].message);
    ck_assert_ptr_null(tensors);
    mmax_stream_free(stream);
}
END_TEST

/* What the parser says differs from one version of it to the next: the place does not. */
static const char *const not_json[][2] = {
    {"{\"x\":1,}", MALFORMED "15: "},
    {"{" U8("x", "[2]", "[0,2]") "," U8("x", "[2]", "[2,4]") "}", MALFORMED "63: duplicate"},
    {"{\"x\":\"\\u0000\"}", MALFORMED "20: "},
    {"{\"x\":99999999999999999999}", MALFORMED "32: "},
};

START_TEST(a_header_that_is_no_json_is_refused_at_its_place)
{
    mmax_error error;
    mmax_safetensors *tensors = NULL;
    mmax_stream *stream = stream_of_header(false, not_json[_i][0], "1234", 4);
    ck_assert_int_eq(mmax_safetensors_open(stream, &tensors, &error), MMAX_EFORMAT);
    ck_assert_msg(strncmp(error.message, not_json[_i][1], strlen(not_json[_i][1])) == 0, "%s",
                  error.message);
    mmax_stream_free(stream);
}
END_TEST

static const struct {
    bool is_pipe;
    const char *bytes;
    size_t n_bytes;
    const char *message;
} cut[] = {
    {false, "\2\0\0\0", 4,
     "a.safetensors: truncated: it ends inside the length of the safetensors header"},
    {false, "\x9\0\0\0\0\0\0\0{}", 10,
     "a.safetensors: truncated: it promises a safetensors header of 9 bytes, 2 are there"},
    {true, "\x9\0\0\0\0\0\0\0{}", 10,
     "standard input: truncated: it promises a safetensors header of 9 bytes, 2 are there"},
    {false, "\0\0\0\0\0\0\0\x80{}", 10,
     "a.safetensors: claims a safetensors header of 9223372036854775808 bytes; at most 100000000 "
     "are allowed"},
    {true, "\1\xe1\xf5\5\0\0\0\0{}", 10,
     "standard input: claims a safetensors header of 100000001 bytes; at most 100000000 are "
     "allowed"},
};

START_TEST(a_length_is_believed_only_when_the_header_is_there)
{
    mmax_error error;
    mmax_safetensors *tensors = NULL;
    mmax_stream *stream = stream_of(cut[_i].is_pipe, cut[_i].bytes, cut[_i].n_bytes);
    ck_assert_int_eq(mmax_safetensors_open(stream, &tensors, &error), MMAX_EFORMAT);
    ck_assert_str_eq(error.message, cut[_i].message);
    mmax_stream_free(stream);
}
END_TEST

/* What is repeated, and the byte at which it is too much: 4 * 10^6 are allowed, of which an object
 * counts 10, a list 4, and a comma or a colon 1. */
static const struct {
    const char *before, *repeated, *after, *place;
} crowded[] = {
    {"{\"x\":[", "0,", "0]}", "7999985"},
    {"{\"x\":[", "{},", "{}]}", "1090919"},
    {"{\"x\":[", "[],", "[]]}", "2400005"},
    {"{", "\"\":0,", "\"\":0}", "9999986"},
};

START_TEST(a_header_of_more_values_than_any_model_has_is_refused_before_it_is_parsed)
{
    enum { N = 4 * 1000 * 1000 };
    const char *before = crowded[_i].before, *repeated = crowded[_i].repeated;
    size_t start = strlen(before), step = strlen(repeated);
    char *header = mmax_alloc_array(start + N * step + strlen(crowded[_i].after) + 1, 1);
    memcpy(header, before, start);
    for (size_t i = 0; i < N; i++)
        memcpy(header + start + i * step, repeated, step);
    strcpy(header + start + N * step, crowded[_i].after);
    mmax_error error;
    char expected[128];
    mmax_safetensors *tensors = NULL;
    mmax_stream *stream = stream_of_header(false, header, "", 0);
    ck_assert_int_eq(mmax_safetensors_open(stream, &tensors, &error), MMAX_EFORMAT);
    snprintf(expected, sizeof expected, MALFORMED "%s: it has too many values", crowded[_i].place);
    ck_assert_str_eq(error.message, expected);
    mmax_stream_free(stream);
    free(header);
}
END_TEST

TCase *safetensors_cases(void)
{
    TCase *safetensors = tcase_create("safetensors");
    tcase_add_checked_fixture(safetensors, enter_folder, NULL);
    tcase_add_loop_test(safetensors, every_type_is_read_as_numpy_would_name_it, 0,
                        sizeof types / sizeof *types);
    tcase_add_loop_test(safetensors, tensors_come_in_the_order_of_their_data_from_a_file_and_a_pipe,
                        0, 2);
    tcase_add_test(safetensors, a_file_is_known_whatever_the_length_of_its_header);
    tcase_add_loop_test(safetensors, what_is_not_read_is_listed_and_refused_by_name, 0, 4);
    tcase_add_loop_test(safetensors, a_file_may_hold_no_tensor, 0, 2);
    tcase_add_test(safetensors, brackets_and_commas_in_names_are_no_structure);
    tcase_add_loop_test(safetensors, a_header_that_lies_is_refused_by_the_tensors_name, 0,
                        sizeof bad / sizeof *bad);
    tcase_add_loop_test(safetensors, a_header_that_is_no_json_is_refused_at_its_place, 0, 4);
    tcase_add_loop_test(safetensors, a_length_is_believed_only_when_the_header_is_there, 0,
                        sizeof cut / sizeof *cut);
    tcase_add_loop_test(safetensors,
                        a_header_of_more_values_than_any_model_has_is_refused_before_it_is_parsed,
                        0, sizeof crowded / sizeof *crowded);
    return safetensors;
}
