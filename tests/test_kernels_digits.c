/* The lanes give the same digits on every machine, not only on all of this one. */
#include "map/map.h"
#include "testing.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ROW = 608, N_ROWS = 500 };

/* FNV-1a over the bits of numbers, as integers: the order of bytes does not count. */
static void add_to_hash(uint64_t *hash, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    for (int shift = 0; shift < 64; shift += 8)
        *hash = (*hash ^ (bits >> shift & 255)) * 0x100000001b3u;
}

/* A row at one width. */
typedef struct lane_row {
    const mmax_fused *fused;
    size_t n, stride;
    union {
        float single[MAX_ROW];
        double wide[MAX_ROW];
    } logits, powers, weights;
    char scratch[2 * MAX_ROW * sizeof(double)];
} lane_row;

/* Nothing of libm, whose last digits are everybody's own: sums of four uniform numbers, some
 * masked, as float32 at either width. */
static void make_row(lane_row *row, const mmax_fused *fused, testing_random *random)
{
    bool is_single = fused->size == sizeof(float);
    double scale = 1 + 15 * testing_uniform(random), masked = 0.5 * testing_uniform(random);
    row->fused = fused;
    row->n = 1 + (size_t)(testing_uniform(random) * 600);
    row->stride = (row->n + MMAX_FUSED_LANES - 1) / MMAX_FUSED_LANES * MMAX_FUSED_LANES;
    ck_assert_uint_le(mmax_fused_scratch(row->stride), sizeof row->scratch);
    for (size_t i = 0; i < row->stride; i++) {
        double value = -2;
        for (int k = 0; k < 4; k++)
            value += testing_uniform(random);
        float x =
            i < row->n && testing_uniform(random) >= masked ? (float)(scale * value) : -INFINITY;
        if (is_single)
            row->logits.single[i] = x;
        else
            row->logits.wide[i] = (double)x;
    }
}

static void hash_row(lane_row *row, const mmax_map *map, uint64_t *hash)
{
    mmax_row_facts facts;
    mmax_row_exponentials exponentials;
    mmax_row_bounds bounds = {0};
    mmax_row_sums sums = {0};
    double epsilon = 0;
    row->fused->facts(&row->logits, 1, row->stride, true, &facts, &exponentials, &row->powers);
    mmax_fused_rows rows = {.logits = &row->logits,
                            .n_rows = 1,
                            .stride = row->stride,
                            .facts = &facts,
                            .bounds = &bounds,
                            .exponentials = &exponentials,
                            .powers = &row->powers,
                            .scratch = row->scratch,
                            .weights = &row->weights,
                            .sums = &sums};
    mmax_map_apply_fused(map, row->fused, &rows, &epsilon);
    add_to_hash(hash, sums.is_left);
    for (size_t i = 0; i < row->n && !sums.is_left; i++)
        add_to_hash(hash, row->fused->size == sizeof(float) ? (double)row->weights.single[i]
                                                            : row->weights.wide[i]);
    add_to_hash(hash, sums.is_left ? 0 : sums.squares);
}

/* Maps that ask libm for nothing: softmax and entmax of other alphas take logarithms of sums there.
 * The hashes are those of x86-64 (baseline, AVX2 and AVX-512, by gcc and clang, with glibc and
 * musl), of i386, and under qemu of aarch64 (NEON) and of s390x. */
static const struct {
    const char *spec;
    uint64_t single, wide;
} expected[] = {
    {"sparsemax", 0x41369d794038a937, 0xeafed07b42abb1e6},
    {"entmax:1.5", 0x220e379795281d4f, 0xcf96bc7727d5f29d},
    {"evsoftmax", 0x16a5ace2b6965fc1, 0x6ed582fb9633c7b7},
    {"multimax:tb=2,b=-1,td=0.5,d=1", 0x8fb7d2451b341f24, 0x75fc740d556abfe9},
    {"multimax:tb=2,b=-1,td=0.5,d=1,tb2=1.2,b2=-2,td2=1.1,d2=0", 0xfc2e582819ee0fcc,
     0x358dcf79e94e054c},
};

static uint64_t hash_of(const char *spec, const mmax_fused *fused)
{
    static lane_row row;
    uint64_t hash = 0xcbf29ce484222325u;
    mmax_map map;
    testing_random random = {3};
    ck_assert_int_eq(mmax_map_parse(spec, &map, NULL), MMAX_OK);
    for (size_t i = 0; i < N_ROWS; i++) {
        make_row(&row, fused, &random);
        hash_row(&row, &map, &hash);
    }
    return hash;
}

START_TEST(digits_are_those_of_every_other_machine)
{
    const mmax_instruction_set *set;
    ck_assert_int_eq(mmax_instruction_set_choose(getenv("MULTIMAX_ISA"), &set, NULL), MMAX_OK);
    uint64_t single = hash_of(expected[_i].spec, set->single);
    uint64_t wide = hash_of(expected[_i].spec, set->wide);
    ck_assert_msg(single == expected[_i].single && wide == expected[_i].wide,
                  "%s: 0x%016llx, 0x%016llx", expected[_i].spec, (unsigned long long)single,
                  (unsigned long long)wide);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("digits");
    TCase *digits = tcase_create("digits");
    tcase_add_loop_test(digits, digits_are_those_of_every_other_machine, 0,
                        sizeof expected / sizeof expected[0]);
    suite_add_tcase(suite, digits);
    return testing_run(suite);
}
