/* Parameters among the arrays of an NPZ, as training programs save them. */
#include "test_io.h"

#include "io/parameters.h"

#include <stdlib.h>
#include <string.h>

/* ---- an archive from text -------------------------------------------------------------------- */

typedef struct npz_member {
    const char *name;  /* of the array */
    const char *shape; /* as NumPy writes it; NULL: an object array */
    double first;      /* its entries are first, first + 1, ... */
    size_t n;
} npz_member;

static uint32_t crc_of(const char *bytes, size_t n)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < n; i++) {
        crc ^= (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

/* Little-endian numbers of as many bytes as their digits say. */
static void put(FILE *file, const char *sizes, const uint32_t *values)
{
    for (size_t i = 0; sizes[i]; i++)
        for (int byte = 0; byte < sizes[i] - '0'; byte++)
            fputc((int)(values[i] >> 8 * byte & 0xff), file);
}

static char *array_bytes(const npz_member *member, size_t *n_bytes)
{
    char dictionary[160];
    double values[64];
    ck_assert_uint_le(member->n, 64);
    for (size_t i = 0; i < member->n; i++)
        values[i] = member->first + (double)i;
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n",
             member->shape ? "=f8" : "|O", member->shape ? member->shape : "(4,)");
    return npy_bytes(1, dictionary, values, member->n * sizeof *values, n_bytes);
}

/* PKWARE, APPNOTE.TXT 4.3: stored members, their directory, its end. */
static void write_npz(const char *name, const npz_member *members, size_t n)
{
    FILE *file = fopen(name, "wb");
    ck_assert_ptr_nonnull(file);
    char directory[8192];
    FILE *entries = fmemopen(directory, sizeof directory, "wb");
    ck_assert_ptr_nonnull(entries);
    for (size_t i = 0; i < n; i++) {
        char member_name[80];
        size_t n_bytes;
        char *bytes = array_bytes(&members[i], &n_bytes);
        uint32_t length =
            (uint32_t)snprintf(member_name, sizeof member_name, "%s.npy", members[i].name);
        uint32_t crc = crc_of(bytes, n_bytes), size = (uint32_t)n_bytes;
        uint32_t offset = (uint32_t)ftell(file);
        put(file, "42222244422",
            (uint32_t[]){0x04034b50, 20, 0, 0, 0, 33, crc, size, size, length, 0});
        put(entries, "42222224442222244",
            (uint32_t[]){0x02014b50, 20, 20, 0, 0, 0, 33, crc, size, size, length, 0, 0, 0, 0, 0,
                         offset});
        fwrite(member_name, 1, length, file);
        fwrite(member_name, 1, length, entries);
        fwrite(bytes, 1, n_bytes, file);
        free(bytes);
    }
    uint32_t size = (uint32_t)ftell(entries), offset = (uint32_t)ftell(file);
    ck_assert_int_eq(fclose(entries), 0);
    fwrite(directory, 1, size, file);
    put(file, "42222442",
        (uint32_t[]){0x06054b50, 0, 0, (uint32_t)n, (uint32_t)n, size, offset, 0});
    ck_assert_int_eq(fclose(file), 0);
}

/* ---- what is read ---------------------------------------------------------------------------- */

enum { MOST_MEMBERS = 12, MOST_SETS = 3 };

static const struct {
    const char *file;
    npz_member members[MOST_MEMBERS];
    npz_member beside[MOST_MEMBERS]; /* of ranges.npz, where there is one */
    const char *sets[MOST_SETS];
} good_files[] = {
    /* The authors' dumps: an array a layer, in the order of its number, or one for all. */
    {"ts.npz",
     {{"arr_0", "(4,)", 0, 4}, {"arr_1", "(4,)", 4, 4}},
     {{"arr_1", "(4,)", 20, 4}, {"arr_0", "(1, 4)", 10, 4}},
     {"ts=0/1/2/3,ranges=10/11/12/13", "ts=4/5/6/7,ranges=20/21/22/23"}},
    {"ts.npz",
     {{"any", "(4,)", 0, 4}},
     {{"other", "(4,)", 9, 4}},
     {"ts=0/1/2/3,ranges=9/10/11/12"}},
    {"ts.npz",
     {{"ts", "(2, 4)", 0, 8}},
     {{"ranges", "(2, 4)", 10, 8}},
     {"ts=0/1/2/3,ranges=10/11/12/13", "ts=4/5/6/7,ranges=14/15/16/17"}},
    /* Both in one file, which may have any name. */
    {"model.npz",
     {{"multimax_ranges", "(4,)", 4, 4}, {"multimax_ts", "(4,)", 0, 4}, {"bias", "(4,)", 9, 4}},
     {{NULL, NULL, 0, 0}},
     {"ts=0/1/2/3,ranges=4/5/6/7"}},
    {"model.npz",
     {{"lm_head.multimax_ts", "(4,)", 0, 4},
      {"lm_head.multimax_ranges", "(4,)", 4, 4},
      {"ts", "(4,)", 8, 4},
      {"ranges", "(4,)", 8, 4},
      {"weights", "(2, 3)", 0, 6},
      {"vocabulary", NULL, 0, 0}},
     {{NULL, NULL, 0, 0}},
     {"ts=0/1/2/3,ranges=4/5/6/7"}},
    {"ts.npz",
     {{"ts", "(4,)", 0, 4}, {"ranges", "(4,)", 4, 4}},
     {{"arr_0", "(4,)", 8, 4}},
     {"ts=0/1/2/3,ranges=4/5/6/7"}},
    /* A state dict: layers in the order of their numbers, not of the letters; the classifier's own
     * and what only looks like a name are passed over. */
    {"model.npz",
     {{"blocks.10.attn.ts", "(4,)", 8, 4},
      {"blocks.10.attn.ranges", "(4,)", 28, 4},
      {"blocks.09.attn.ts", "(4,)", 4, 4},
      {"blocks.09.attn.ranges", "(4,)", 24, 4},
      {"blocks.1.attn.ranges", "(1, 4)", 20, 4},
      {"blocks.1.attn.ts", "(4,)", 0, 4},
      {"ts", "(4,)", 40, 4},
      {"ranges", "(4,)", 40, 4},
      {"blocks.1.weights", "(4,)", 50, 4},
      {"blocks.1.old_ts", "(4,)", 50, 4}},
     {{NULL, NULL, 0, 0}},
     {"ts=0/1/2/3,ranges=20/21/22/23", "ts=4/5/6/7,ranges=24/25/26/27",
      "ts=8/9/10/11,ranges=28/29/30/31"}},
    {"model.npz",
     {{"layer_2_multimax_ts", "(4,)", 4, 4},
      {"layer_2_multimax_ranges", "(4,)", 4, 4},
      {"layer_1_multimax_ts", "(4,)", 0, 4},
      {"layer_1_multimax_ranges", "(4,)", 0, 4}},
     {{NULL, NULL, 0, 0}},
     {"ts=0/1/2/3,ranges=0/1/2/3", "ts=4/5/6/7,ranges=4/5/6/7"}},
};

static size_t count(const npz_member *members)
{
    size_t n = 0;
    while (n < MOST_MEMBERS && members[n].name)
        n++;
    return n;
}

START_TEST(arrays_give_the_sets_that_their_names_tell)
{
    enter_folder();
    mmax_error error = {0};
    mmax_parameter_sets sets = {0};
    write_npz(good_files[_i].file, good_files[_i].members, count(good_files[_i].members));
    if (good_files[_i].beside[0].name)
        write_npz("ranges.npz", good_files[_i].beside, count(good_files[_i].beside));
    mmax_status status = mmax_parameter_sets_read(good_files[_i].file, &sets, &error);
    ck_assert_msg(status == MMAX_OK, "%s", error.message);
    for (size_t i = 0; i < sets.n; i++) {
        ck_assert_uint_lt(i, MOST_SETS);
        ck_assert_str_eq(sets.sets[i], good_files[_i].sets[i]);
    }
    ck_assert(sets.n == MOST_SETS || !good_files[_i].sets[sets.n]);
    mmax_parameter_sets_free(&sets);
}
END_TEST

static const struct {
    const char *file;
    npz_member members[MOST_MEMBERS];
    const char *message;
} bad_files[] = {
    {"model.npz",
     {{"multimax_ts", "(4,)", 0, 4}},
     "model.npz: holds no arrays multimax_ts and multimax_ranges; expected these, or the names "
     "ts.npz and ranges.npz for two files"},
    {"model.npz",
     {{"multimax_ts", "(2, 3)", 0, 6}, {"multimax_ranges", "(2, 4)", 0, 8}},
     "model.npz: array 'multimax_ts' of shape (2, 3); expected (4,) or (layers, 4)"},
    {"model.npz",
     {{"multimax_ts", NULL, 0, 0}, {"multimax_ranges", "(2, 4)", 0, 8}},
     "model.npz: array 'multimax_ts' of shape (4,) and type |O; expected (4,) or (layers, 4)"},
    {"model.npz",
     {{"multimax_ts", "(3, 4)", 0, 12}, {"multimax_ranges", "(2, 4)", 0, 8}},
     "model.npz: ts of shape (3, 4) and, in model.npz, ranges of shape (2, 4); expected the same "
     "shape"},
    {"model.npz",
     {{"0.ts", "(4,)", 0, 4}, {"1.ts", "(2, 4)", 0, 8}, {"0.ranges", "(4,)", 0, 4}},
     "model.npz: array '1.ts' of shape (2, 4); expected (4,), as there is one a layer"},
    {"model.npz",
     {{"0.ts", "(4,)", 0, 4},
      {"1.ts", "(4,)", 0, 4},
      {"0.ranges", "(4,)", 0, 4},
      {"2.ranges", "(4,)", 0, 4}},
     "model.npz: '1.ts' has no partner: every ts needs its ranges"},
    {"model.npz",
     {{"0.ts", "(4,)", 0, 4}, {"0.ranges", "(4,)", 0, 4}, {"1.ranges", "(4,)", 0, 4}},
     "model.npz: '1.ranges' has no partner: every ts needs its ranges"},
    {"model.npz",
     {{"encoder.0.ts", "(4,)", 0, 4},
      {"encoder.0.ranges", "(4,)", 0, 4},
      {"decoder.0.ts", "(4,)", 0, 4},
      {"decoder.0.ranges", "(4,)", 0, 4}},
     "model.npz: which of 'decoder.0.ts' and 'encoder.0.ts' comes first? names of layers must "
     "differ in nothing but numbers"},
    {"ts.npz",
     {{"arr_0", "(4,)", 0, 4}, {"arr_1", "(3,)", 0, 3}},
     "ts.npz: array 'arr_1' of shape (3,); expected (4,) or (layers, 4)"},
    {"ts.npz",
     {{"arr_0", NULL, 0, 0}},
     "ts.npz: array 'arr_0' of shape (4,) and type |O; expected (4,) or (layers, 4)"},
};

START_TEST(arrays_that_are_no_parameters_are_refused)
{
    static const npz_member ranges[] = {{"arr_0", "(4,)", 0, 4}};
    enter_folder();
    mmax_error error = {0};
    mmax_parameter_sets sets = {0};
    write_npz(bad_files[_i].file, bad_files[_i].members, count(bad_files[_i].members));
    write_npz("ranges.npz", ranges, 1);
    ck_assert_int_eq(mmax_parameter_sets_read(bad_files[_i].file, &sets, &error), MMAX_EFORMAT);
    ck_assert_str_eq(error.message, bad_files[_i].message);
    ck_assert_ptr_null(sets.sets);
}
END_TEST

TCase *parameter_array_cases(void)
{
    TCase *cases = tcase_create("parameter arrays");
    tcase_add_loop_test(cases, arrays_give_the_sets_that_their_names_tell, 0,
                        sizeof good_files / sizeof *good_files);
    tcase_add_loop_test(cases, arrays_that_are_no_parameters_are_refused, 0,
                        sizeof bad_files / sizeof *bad_files);
    return cases;
}
