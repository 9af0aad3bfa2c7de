#include "test_io.h"

#include <math.h>
#include <stdlib.h>

/* float64: the macro of math.h is float. */
#define INF64 ((double)INFINITY)

/* What NumPy reads in attention files of public repositories: shape, dtype, the sum and five
 * values by their index in C order, as real/index.json beside them has it.  The files themselves
 * are not part of the project. */
static const struct {
    const char *file, *dtype;
    size_t n_dims, shape[5];
    size_t n_masked;
    double sum;
    struct {
        size_t index;
        double value;
    } probes[5];
} files[] = {
    {"NoelVouitsis__x-pool__attn_weights.npy",
     "<f4",
     2,
     {1000, 12},
     0,
     999.9999996876722,
     {{0, 0.17461447417736053},
      {1, 0.20569390058517456},
      {4000, 0.09091684222221375},
      {6000, 0.09244486689567566},
      {11999, 0.03493782505393028}}},
    {"AkibMashrur__u-VLMo__attention.npy",
     "<f4",
     2,
     {12, 6},
     0,
     11.999999885214493,
     {{0, 0.009745682589709759},
      {1, 0.24459685385227203},
      {24, 0.006766185164451599},
      {36, 0.012454520910978317},
      {71, 0.22176480293273926}}},
    {"mdkarimuddin__oura_readiness_prediction__attention_weights.npy",
     "<f4",
     2,
     {750, 7},
     0,
     750.0000010539102,
     {{0, 0.00011510922922752798},
      {1, 0.03425803780555725},
      {1750, 3.82946109311888e-06},
      {2625, 2.0507716271822574e-06},
      {5249, 0.30329471826553345}}},
    {"Conanguo0223__unitree_rl_gym__attentions.npy",
     "<f4",
     5,
     {2, 1, 2, 39, 39},
     0,
     155.99999976287927,
     {{0, 0.0008022699039429426},
      {1, 0.0021136999130249023},
      {2028, 0.0004766219644807279},
      {3042, 0.038824163377285004},
      {6083, 0.07061126828193665}}},
    {"iree__attn_q.npy",
     "<f2",
     4,
     {1, 1, 4096, 64},
     0,
     -82.84585326910019,
     {{0, -0.43505859375},
      {1, 0.05584716796875},
      {87381, -0.4541015625},
      {131072, -0.1317138671875},
      {262143, -0.4365234375}}},
    {"iree__attn_k.npy",
     "<f2",
     4,
     {1, 1, 64, 64},
     0,
     -12.566110491752625,
     {{0, 0.44580078125},
      {1, -0.492919921875},
      {1365, -0.0751953125},
      {2048, -0.05242919921875},
      {4095, -0.411865234375}}},
    {"iree__attn_v.npy",
     "<f2",
     4,
     {1, 1, 64, 64},
     0,
     -0.19310057163238525,
     {{0, 0.01119232177734375},
      {1, 0.195556640625},
      {1365, 0.48486328125},
      {2048, -0.29541015625},
      {4095, -0.40185546875}}},
    {"iree__attn_mask.npy",
     "<f2",
     4,
     {1, 1, 4096, 64},
     0,
     -206.4187759757042,
     {{0, -0.355712890625},
      {1, 0.281005859375},
      {87381, 0.24560546875},
      {131072, -0.07281494140625},
      {262143, 0.35009765625}}},
    {"iree__attn_ref.npy",
     "<f4",
     4,
     {1, 1, 4096, 64},
     0,
     -9.864310612847596,
     {{0, -0.016202080994844437},
      {1, -0.08952128887176514},
      {87381, 0.026383955031633377},
      {131072, -0.007898685522377491},
      {262143, 0.02759656310081482}}},
    {"owczr__HRM__logits.npy",
     "<f4",
     3,
     {1, 342, 77},
     0,
     -14310830.71875,
     {{0, -1208.0}, {1, -1208.0}, {8778, -640.0}, {13167, -932.0}, {26333, -736.0}}},
    {"DylanTrenck__ABBI__attention_weights.csv",
     "<f8",
     2,
     {941, 6},
     0,
     2869776.0000010002,
     {{0, 5489.0}, {1, 1.0}, {1882, 1.0}, {2823, 0.0}, {5645, 0.0}}},
    {"am2234__boas__attention_weights.csv",
     "<f8",
     2,
     {601, 1},
     0,
     0.9999999809806468,
     {{0, 0.0004655054653994739},
      {1, 0.0009653870947659016},
      {200, 0.0007525563123635948},
      {300, 0.009142791852355003},
      {600, 0.0009267181740142405}}},
    {"gpt2__ex0_attn_raw.npy",
     "<f4",
     4,
     {12, 12, 6, 6},
     0,
     -38543.17432048917,
     {{0, -4.16448450088501},
      {1, -3.394368886947632},
      {1728, 4.0738525390625},
      {2592, 1.1382300853729248},
      {5183, 14.63172435760498}}},
    {"gpt2__ex0_attn_scaled.npy",
     "<f4",
     4,
     {12, 12, 6, 6},
     0,
     -4817.896790061146,
     {{0, -0.5205605626106262},
      {1, -0.424296110868454},
      {1728, 0.5092315673828125},
      {2592, 0.1422787606716156},
      {5183, 1.8289655447006226}}},
    {"gpt2__ex0_attn_masked.npy",
     "<f4",
     4,
     {12, 12, 6, 6},
     2160,
     -INF64,
     {{0, -0.5205605626106262},
      {1, -INF64},
      {1728, 0.5092315673828125},
      {2592, 0.1422787606716156},
      {5183, 1.8289655447006226}}},
    {"gpt2__ex0_attn_softmax.npy",
     "<f4",
     4,
     {12, 12, 6, 6},
     0,
     863.9999996267868,
     {{0, 1.0}, {1, 0.0}, {1728, 1.0}, {2592, 1.0}, {5183, 0.16684770584106445}}},
    {"gpt2__ex0_b0h0_masked_labelled.csv",
     "<f8",
     2,
     {6, 6},
     15,
     -INF64,
     {{0, -0.5205605626106262},
      {1, -INF64},
      {12, 0.9203537702560425},
      {18, -0.2289409339427948},
      {35, -3.161055088043213}}},
    {"gpt2__ex0_nexttoken_logits_50257.csv",
     "<f8",
     2,
     {50257, 1},
     0,
     -7761402.565063477,
     {{0, -146.7777862548828},
      {1, -147.33807373046875},
      {16752, -153.78497314453125},
      {25128, -158.30386352539062},
      {50256, -147.9069366455078}}},
    {"gpt2__ex0_nexttoken_logits_50257_onerow.csv",
     "<f8",
     2,
     {1, 50257},
     0,
     -7761402.565063477,
     {{0, -146.7777862548828},
      {1, -147.33807373046875},
      {16752, -153.78497314453125},
      {25128, -158.30386352539062},
      {50256, -147.9069366455078}}},
};

/* The path of a real file; NULL, with a word on standard output, when it is not there. */
static char *real_file(const char *name)
{
    char relative[128];
    snprintf(relative, sizeof relative, "real/%s", name);
    char *path = testing_shared(relative);
    FILE *file = path ? fopen(path, "rb") : NULL;
    if (file) {
        fclose(file);
        return path;
    }
    printf("SKIP: %s: the folder of real files is not there\n", relative);
    free(path);
    return NULL;
}

START_TEST(real_files_are_read_as_numpy_reads_them)
{
    char *path = real_file(files[_i].file);
    if (!path)
        return;
    for (size_t block = 1; block <= 1000; block *= 10) {
        mmax_source *source;
        double *values = read_all(path, NULL, block, &source);
        const mmax_input *input = mmax_source_input(source);
        ck_assert_str_eq(input->dtype, files[_i].dtype);
        ck_assert_uint_eq(input->n_dims, files[_i].n_dims);
        for (size_t i = 0; i < input->n_dims; i++)
            ck_assert_uint_eq(input->shape[i], files[_i].shape[i]);
        double sum = 0;
        size_t n = input->n_rows * input->row_length, n_masked = 0;
        for (size_t i = 0; i < n; i++) {
            sum += values[i];
            n_masked += values[i] == -INF64;
        }
        ck_assert_uint_eq(n_masked, files[_i].n_masked);
        /* The order of summation is not NumPy's. */
        ck_assert(sum == files[_i].sum || fabs(sum - files[_i].sum) <= 1e-9 * fabs(files[_i].sum));
        for (size_t i = 0; i < 5; i++)
            ck_assert_double_eq(values[files[_i].probes[i].index], files[_i].probes[i].value);
        free(values);
        mmax_source_free(source);
    }
    free(path);
}
END_TEST

static const struct {
    const char *file, *message;
} refused[] = {
    {"yijing-sie__attention_objectarray.npy", "dtype '|O' is pickled Python objects, which are "
                                              "never loaded; save it as an array of numbers, "
                                              "np.stack(list(a)).astype('f4')"},
    {"Lamhour__attention_weights_LFSPOINTER.npy",
     "is a git-lfs pointer, not the file; run 'git lfs pull'"},
};

START_TEST(real_files_that_hold_no_array_are_refused_by_name)
{
    char *path = real_file(refused[_i].file);
    if (!path)
        return;
    char message[512];
    snprintf(message, sizeof message, "%s: %s", path, refused[_i].message);
    expect_failure(path, NULL, MMAX_EUNSUPPORTED, message);
    free(path);
}
END_TEST

START_TEST(the_labels_of_a_real_file_keep_their_leading_spaces)
{
    static const char *const tokens[] = {"Data",   " visualization", " em",
                                         "powers", " users",         " to"};
    char *path = real_file("gpt2__ex0_b0h0_masked_labelled.csv");
    if (!path)
        return;
    mmax_source *source;
    double rows[36];
    size_t n;
    ck_assert_int_eq(mmax_source_open(path, NULL, &source, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_source_read(source, 6, rows, &n, NULL), MMAX_OK);
    ck_assert_uint_eq(n, 6);
    for (size_t i = 0; i < 6; i++) {
        ck_assert_str_eq(mmax_source_input(source)->column_labels[i], tokens[i]);
        ck_assert_str_eq(mmax_source_row_label(source, i), tokens[i]);
    }
    mmax_source_free(source);
    free(path);
}
END_TEST

TCase *real_cases(void)
{
    TCase *real = tcase_create("real");
    tcase_set_timeout(real, 60);
    tcase_add_loop_test(real, real_files_are_read_as_numpy_reads_them, 0,
                        sizeof files / sizeof *files);
    tcase_add_loop_test(real, real_files_that_hold_no_array_are_refused_by_name, 0,
                        sizeof refused / sizeof *refused);
    tcase_add_test(real, the_labels_of_a_real_file_keep_their_leading_spaces);
    return real;
}
