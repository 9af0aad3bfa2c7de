/* Parameters in files.  What is expected is worked out by hand: numbers that binary holds exactly,
 * in the words of a SPEC. */
#include "test_io.h"

#include "io/parameters.h"

#include <stdlib.h>
#include <string.h>

static void write_text(const char *name, const char *text)
{
    write_bytes(name, text, strlen(text));
}

/* An NPY file of float64. */
static void write_npy(const char *name, const char *shape, const double *values, size_t n)
{
    char dictionary[128];
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '=f8', 'fortran_order': False, 'shape': %s, }\n", shape);
    size_t n_bytes;
    char *bytes = npy_bytes(1, dictionary, values, n * sizeof *values, &n_bytes);
    write_bytes(name, bytes, n_bytes);
    free(bytes);
}

static void assert_sets(const char *file, const char *const *expected, size_t n)
{
    mmax_error error = {0};
    mmax_parameter_sets sets = {0};
    mmax_status status = mmax_parameter_sets_read(file, &sets, &error);
    ck_assert_msg(status == MMAX_OK, "%s", error.message);
    ck_assert_uint_eq(sets.n, n);
    for (size_t i = 0; i < n; i++)
        ck_assert_str_eq(sets.sets[i], expected[i]);
    mmax_parameter_sets_free(&sets);
    ck_assert_ptr_null(sets.sets);
}

static void assert_refused(const char *file, mmax_status status, const char *message)
{
    mmax_error error = {0};
    mmax_parameter_sets sets = {0};
    ck_assert_int_eq(mmax_parameter_sets_read(file, &sets, &error), status);
    ck_assert_str_eq(error.message, message);
    ck_assert_ptr_null(sets.sets);
    ck_assert_int_eq(mmax_parameter_sets_read(file, &sets, NULL), status);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

enum { MOST_SETS = 3 };

static const struct {
    const char *text;
    const char *sets[MOST_SETS];
} good_json[] = {
    {"{\"ts\": [-1, -0.5, 0, 0], \"ranges\": [0, 1, 0, 0]}", {"ts=-1/-0.5/0/0,ranges=0/1/0/0"}},
    {"\xef\xbb\xbf \r\n\t{\"ranges\":[0,1,0,0],\"ts\":[-1,-5e-1,0,-0.0]}",
     {"ts=-1/-0.5/0/-0,ranges=0/1/0/0"}},
    {"{\"multimax_ts\": [1, 2, 3, 4], \"multimax_ranges\": [5, 6, 7, \"eps\"]}",
     {"ts=1/2/3/4,ranges=5/6/7/eps"}},
    {"{\"ts\": [[1, 2, 3, 4], [5, 6, 7, 8]], \"ranges\": [[0, 0, 0, 0], [0, 0, 0, 9]]}",
     {"ts=1/2/3/4,ranges=0/0/0/0", "ts=5/6/7/8,ranges=0/0/0/9"}},
    {"{\"ts\": [[1, 2, 3, 4]], \"ranges\": [[0, 0, 0, 0]]}", {"ts=1/2/3/4,ranges=0/0/0/0"}},
    {"{\"tb\": 2, \"b\": 0, \"td\": 0.5, \"d\": \"eps\"}", {"tb=2,b=0,td=0.5,d=eps"}},
    {"[{\"tb\": 2, \"b\": 0}, {\"ts\": [1, 2, 3, 4], \"ranges\": [0, 0, 0, 0]}, {\"td2\": 0.1, "
     "\"d2\": 3}]",
     {"tb=2,b=0", "ts=1/2/3/4,ranges=0/0/0/0", "td2=0.1,d2=3"}},
    /* Whether a word means something is the map's to say. */
    {"{\"nonsense\": \"word\"}", {"nonsense=word"}},
    /* An integer beyond 64 bits is a float64 as any other. */
    {"{\"tb\": 18446744073709551616, \"b\": 0}", {"tb=1.8446744073709552e19,b=0"}},
};

START_TEST(json_gives_the_sets_that_it_spells)
{
    enter_folder();
    size_t n = 0;
    while (n < MOST_SETS && good_json[_i].sets[n])
        n++;
    write_text("p.json", good_json[_i].text);
    assert_sets("p.json", good_json[_i].sets, n);
}
END_TEST

static const struct {
    const char *text;
    const char *message;
} bad_json[] = {
    {"{\"ts\": [1, 2, 3], \"ranges\": [1, 2, 3, 4]}",
     "p.json: 'ts' must be a list of four numbers, or a list of such lists, one a layer"},
    {"{\"ts\": [1, 2, 3, 4], \"ranges\": 5}",
     "p.json: 'ranges' must be a list of four numbers, or a list of such lists, one a layer"},
    {"{\"ts\": [], \"ranges\": []}",
     "p.json: 'ts' must be a list of four numbers, or a list of such lists, one a layer"},
    {"{\"ts\": [[1, 2, 3, 4], 5], \"ranges\": [[1, 2, 3, 4], [1, 2, 3, 4]]}",
     "p.json: 'ts' must be a list of four numbers, or a list of such lists, one a layer"},
    {"{\"ts\": [1, 2, 3, 4], \"ranges\": [[1, 2, 3, 4]]}",
     "p.json: 'ts' is one set and 'ranges' a list of 1"},
    {"{\"ts\": [[1, 2, 3, 4]], \"ranges\": [1, 2, 3, 4]}",
     "p.json: 'ts' is a list of 1 and 'ranges' one set"},
    {"{\"ts\": [[1, 2, 3, 4]], \"ranges\": [[1, 2, 3, 4], [1, 2, 3, 4]]}",
     "p.json: 'ts' is a list of 1 and 'ranges' a list of 2"},
    {"{\"ts\": [1, 2, 3, 4]}", "p.json: 'ts' and 'ranges' come together and alone"},
    {"{\"ts\": [1, 2, 3, 4], \"ranges\": [1, 2, 3, 4], \"tb\": 2}",
     "p.json: 'ts' and 'ranges' come together and alone"},
    {"{\"ts\": [1, null, 3, 4], \"ranges\": [1, 2, 3, 4]}",
     "p.json: 'ts' must be a number or \"eps\"; this is null"},
    {"{\"tb\": true}", "p.json: 'tb' must be a number or \"eps\"; this is a boolean"},
    {"{\"tb\": {}}", "p.json: 'tb' must be a number or \"eps\"; this is an object"},
    {"{\"tb\": [1]}", "p.json: 'tb' must be a number or \"eps\"; this is a list"},
    {"{\"tb\": \"1,b=2\"}", "p.json: 'tb' must be a number or \"eps\"; this is a text"},
    {"{\"tb=1,b\": 2}", "p.json: unknown parameter 'tb=1,b'"},
    {"{\"\": 2}", "p.json: unknown parameter ''"},
    {"{\"a\\u001b[2J\": 2}", "p.json: unknown parameter 'a\\x1b[2J'"},
    {"{}", "p.json: an object without parameters"},
    {"[]", "p.json: the list of layers is empty"},
    {"[3]", "p.json: layer 0 is a number; expected {\"ts\": [...], \"ranges\": [...]} or {\"tb\": "
            "..., \"b\": ...}"},
    {"[{\"tb\": 1}, \"x\"]", "p.json: layer 1 is a text; expected {\"ts\": [...], \"ranges\": "
                             "[...]} or {\"tb\": ..., \"b\": ...}"},
    {"[{\"ts\": [[1, 2, 3, 4], [1, 2, 3, 4]], \"ranges\": [[1, 2, 3, 4], [1, 2, 3, 4]]}]",
     "p.json: layer 0 holds 2 layers"},
};

START_TEST(json_of_another_kind_is_refused)
{
    enter_folder();
    write_text("p.json", bad_json[_i].text);
    assert_refused("p.json", MMAX_EFORMAT, bad_json[_i].message);
}
END_TEST

static const struct {
    const char *text;
    const char *place; /* what comes after it is jansson's */
} broken_json[] = {
    {"{\"tb\": 2,\n \"tb\": 3}", "p.json:2:5: "},
    {"{\"tb\": 2", "p.json:1:8: "},
    {"{\"tb\": 1e999}", "p.json:1:12: "},
    {"{\"tb\": NaN}", "p.json:1:10: "},
    {"[1] 2", "p.json:1:5: "},
    {"[\"\x1b[2J\"]", "p.json:1:2: "},
    {"{\"tb\": \"\\u0000\"}", "p.json:1:"},
};

START_TEST(broken_json_is_refused_with_its_place_and_without_its_control_characters)
{
    enter_folder();
    write_text("p.json", broken_json[_i].text);
    mmax_error error = {0};
    mmax_parameter_sets sets = {0};
    ck_assert_int_eq(mmax_parameter_sets_read("p.json", &sets, &error), MMAX_EFORMAT);
    const char *place = broken_json[_i].place;
    ck_assert_msg(strncmp(error.message, place, strlen(place)) == 0, "%s", error.message);
    ck_assert_ptr_null(strchr(error.message, '\x1b'));
}
END_TEST

START_TEST(json_without_end_is_refused_within_bounds)
{
    enter_folder();
    /* Deeper than any parser should follow, longer than parameters are, of more layers than any. */
    enum { DEEP = 1000000, LONG = 5 * 1024 * 1024, MANY = 4097 };
    char *text = mmax_alloc_array(LONG, 1);
    ck_assert_ptr_nonnull(text);
    memset(text, '[', DEEP);
    write_bytes("deep.json", text, DEEP);
    memset(text + 1, ' ', LONG - 1);
    write_bytes("long.json", text, LONG);
    char *end = stpcpy(text, "[0");
    for (size_t i = 1; i < MANY; i++)
        end = stpcpy(end, ",0");
    strcpy(end, "]");
    write_text("many.json", text);
    free(text);
    mmax_parameter_sets sets = {0};
    ck_assert_int_eq(mmax_parameter_sets_read("deep.json", &sets, NULL), MMAX_EFORMAT);
    assert_refused("long.json", MMAX_EUNSUPPORTED,
                   "long.json: more than 4 MiB of JSON are no parameters");
    assert_refused("many.json", MMAX_EUNSUPPORTED, "many.json: more than 4096 layers");
}
END_TEST

START_TEST(a_set_that_names_too_much_is_refused)
{
    enter_folder();
    char text[4096] = "{", *end = text + 1;
    for (int i = 0; i < 40; i++)
        end += sprintf(end, "%s\"k%d\": -1.2345678901234567e-300", i ? "," : "", i);
    strcpy(end, "}");
    write_text("p.json", text);
    mmax_error error;
    mmax_parameter_sets sets = {0};
    ck_assert_int_eq(mmax_parameter_sets_read("p.json", &sets, &error), MMAX_EFORMAT);
    ck_assert_str_eq(error.message, "p.json: a set has more than eight parameters");
}
END_TEST

/* ---- two files ------------------------------------------------------------------------------- */

static const double eight[] = {-1, -0.5, 0, 0.25, 1, 2, 3, -4};

START_TEST(either_of_two_files_finds_the_other)
{
    enter_folder();
    static const char *const expected[] = {"ts=-1/-0.5/0/0.25,ranges=1/2/3/-4"};
    static const char *const names[][2] = {
        {"ts.npy", "ranges.npy"},
        {"run.3-ts-best.npy", "run.3-ranges-best.npy"},
        {"ts-ts.npy", "ts-ranges.npy"},
        {"./ts.npy", "./ranges.npy"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        write_npy(names[i][0], "(4,)", eight, 4);
        write_npy(names[i][1], "(1, 4)", eight + 4, 4);
        assert_sets(names[i][0], expected, 1);
        assert_sets(names[i][1], expected, 1);
    }
}
END_TEST

START_TEST(a_folder_keeps_its_name)
{
    enter_folder();
    static const char *const expected[] = {"ts=-1/-0.5/0/0.25,ranges=1/2/3/-4"};
    ck_assert_int_eq(system("mkdir ts ranges"), 0);
    write_npy("ts/ts.npy", "(4,)", eight, 4);
    write_npy("ts/ranges.npy", "(4,)", eight + 4, 4);
    assert_sets("ts/ts.npy", expected, 1);
    assert_sets("ts/ranges.npy", expected, 1);
    write_npy("ts/other.npy", "(4,)", eight, 4);
    assert_refused("ts/other.npy", MMAX_EFORMAT,
                   "ts/other.npy: holds no arrays multimax_ts and multimax_ranges; expected these, "
                   "or the names ts.npz and ranges.npz for two files");
}
END_TEST

START_TEST(two_files_hold_a_set_for_every_layer)
{
    enter_folder();
    static const char *const expected[] = {"ts=-1/-0.5/0/0.25,ranges=1/2/3/-4",
                                           "ts=1/2/3/-4,ranges=-1/-0.5/0/0.25"};
    const double swapped[] = {1, 2, 3, -4, -1, -0.5, 0, 0.25};
    write_npy("ts.npy", "(2, 4)", eight, 8);
    write_npy("ranges.npy", "(2, 4)", swapped, 8);
    assert_sets("ts.npy", expected, 2);
}
END_TEST

static const struct {
    const char *ts_shape;
    size_t n_ts;
    const char *ranges_shape; /* NULL: no such file */
    size_t n_ranges;
    mmax_status status;
    const char *message;
} bad_pairs[] = {
    {"(4,)", 4, NULL, 0, MMAX_EIO,
     "ranges.npy: cannot open: No such file or directory; ts.npy has no array multimax_ranges, so "
     "that is looked for there"},
    {"(2, 4)", 8, "(4,)", 4, MMAX_EFORMAT,
     "ts.npy: ts of shape (2, 4) and, in ranges.npy, ranges of shape (1, 4); expected the same "
     "shape"},
    {"(2, 4)", 8, "(4, 2)", 8, MMAX_EFORMAT,
     "ranges.npy: an array of shape (4, 2); expected (4,) or (layers, 4)"},
    {"(1, 2, 4)", 8, "(2, 4)", 8, MMAX_EFORMAT,
     "ts.npy: an array of shape (1, 2, 4); expected (4,) or (layers, 4)"},
    {"(0, 4)", 0, "(2, 4)", 8, MMAX_EFORMAT,
     "ts.npy: an array of shape (0, 4); expected (4,) or (layers, 4)"},
    {"()", 1, "(2, 4)", 8, MMAX_EFORMAT,
     "ts.npy: an array of shape (); expected (4,) or (layers, 4)"},
};

START_TEST(two_files_of_other_shapes_are_refused)
{
    enter_folder();
    remove("ranges.npy");
    write_npy("ts.npy", bad_pairs[_i].ts_shape, eight, bad_pairs[_i].n_ts);
    if (bad_pairs[_i].ranges_shape)
        write_npy("ranges.npy", bad_pairs[_i].ranges_shape, eight, bad_pairs[_i].n_ranges);
    assert_refused("ts.npy", bad_pairs[_i].status, bad_pairs[_i].message);
}
END_TEST

START_TEST(more_layers_than_any_network_has_are_refused)
{
    enter_folder();
    enum { N = 4097 };
    double *values = mmax_alloc_zeroed(4 * N, sizeof *values);
    ck_assert_ptr_nonnull(values);
    write_npy("ts.npy", "(4097, 4)", values, 4 * N);
    write_npy("ranges.npy", "(4097, 4)", values, 4 * N);
    assert_refused("ts.npy", MMAX_EUNSUPPORTED, "ts.npy: more than 4096 layers");
    free(values);
}
END_TEST

START_TEST(a_file_that_is_not_there_or_holds_nothing_is_refused)
{
    enter_folder();
    write_bytes("empty.npz", "", 0);
    assert_refused("nothing.npz", MMAX_EIO, "nothing.npz: cannot open: No such file or directory");
    assert_refused("empty.npz", MMAX_EFORMAT,
                   "empty.npz: is empty; expected an array or rows of numbers");
}
END_TEST

START_TEST(a_pipe_may_hold_json_and_nothing_else)
{
    enter_folder();
    static const char *const expected[] = {"tb=2,b=0"};
    static const char json[] = "{\"tb\": 2, \"b\": 0}";
    feed_stdin(json, strlen(json));
    assert_sets("/dev/stdin", expected, 1);
    feed_stdin("0,0,0,0", 7);
    mmax_error error;
    mmax_parameter_sets sets = {0};
    ck_assert_int_eq(mmax_parameter_sets_read("/dev/stdin", &sets, &error), MMAX_EUNSUPPORTED);
    ck_assert_str_eq(error.message,
                     "/dev/stdin: parameters from a pipe must be JSON; save them as a file");
}
END_TEST

TCase *parameter_cases(void)
{
    TCase *cases = tcase_create("parameters");
    tcase_add_loop_test(cases, json_gives_the_sets_that_it_spells, 0,
                        sizeof good_json / sizeof *good_json);
    tcase_add_loop_test(cases, json_of_another_kind_is_refused, 0,
                        sizeof bad_json / sizeof *bad_json);
    tcase_add_loop_test(cases,
                        broken_json_is_refused_with_its_place_and_without_its_control_characters, 0,
                        sizeof broken_json / sizeof *broken_json);
    tcase_add_test(cases, json_without_end_is_refused_within_bounds);
    tcase_add_test(cases, a_set_that_names_too_much_is_refused);
    tcase_add_test(cases, either_of_two_files_finds_the_other);
    tcase_add_test(cases, a_folder_keeps_its_name);
    tcase_add_test(cases, two_files_hold_a_set_for_every_layer);
    tcase_add_loop_test(cases, two_files_of_other_shapes_are_refused, 0,
                        sizeof bad_pairs / sizeof *bad_pairs);
    tcase_add_test(cases, more_layers_than_any_network_has_are_refused);
    tcase_add_test(cases, a_pipe_may_hold_json_and_nothing_else);
    tcase_add_test(cases, a_file_that_is_not_there_or_holds_nothing_is_refused);
    return cases;
}
