/* Attention from its vectors to its output, against what another program computed. */
#include "test_analyze.h"

#include "io/io.h"

#include <math.h>
#include <stdlib.h>

/* The test of attention of the compiler IREE: queries (1, 1, 4096, 64), keys and values
 * (1, 1, 64, 64), a finite additive mask, all float16; its own output, computed in less than
 * float64.  real/index.json has their distance from a recomputation in float64 as 3.0e-5, in two
 * digits; NumPy's is 3.01290e-5 at the worst.  The same distance to 1e-12 says more than a bound
 * that it stays below: it leaves no room for an error of our own. */
enum { QUERIES = 4096, KEYS = 64, LENGTH = 64 };
static const double distance_of_numpy = 3.0128974341150222e-05;

typedef struct comparison {
    mmax_sink sink;
    const double *values;   /* (KEYS, LENGTH) */
    const double *expected; /* (QUERIES, LENGTH) */
    size_t row;
    double worst; /* distance from what is expected */
} comparison;

/* Weights times values, row by row. */
static mmax_status compare(mmax_sink *sink, const mmax_weight_block *block, mmax_error *error)
{
    (void)error;
    comparison *self = (comparison *)sink;
    for (size_t i = 0; i < block->n_rows; i++, self->row++)
        for (size_t column = 0; column < LENGTH; column++) {
            double sum = 0;
            for (size_t key = 0; key < KEYS; key++)
                sum += block->weights[i * KEYS + key] * self->values[key * LENGTH + column];
            double distance = fabs(sum - self->expected[self->row * LENGTH + column]);
            self->worst = distance <= self->worst ? self->worst : distance;
        }
    return MMAX_OK;
}

static double *read_array(const char *file, size_t n_rows)
{
    mmax_source *source;
    mmax_error error = {0};
    size_t n = 0;
    double *values = mmax_alloc_array(n_rows * LENGTH, sizeof *values);
    ck_assert_ptr_nonnull(values);
    mmax_status status = mmax_source_open(file, NULL, &source, &error);
    ck_assert_msg(status == MMAX_OK, "%s", error.message);
    ck_assert_uint_eq(mmax_source_input(source)->row_length, LENGTH);
    ck_assert_int_eq(mmax_source_read(source, n_rows, values, &n, &error), MMAX_OK);
    ck_assert_uint_eq(n, n_rows);
    mmax_source_free(source);
    return values;
}

static mmax_plan *attention_plan(const char *mask)
{
    mmax_plan *plan = new_plan();
    ck_assert_int_eq(mmax_plan_add_map(plan, "softmax", NULL), MMAX_OK);
    ck_assert_int_eq(mmax_plan_set_scale(plan, "1/sqrt(64)", NULL), MMAX_OK);
    ck_assert_int_eq(mmax_plan_set_mask(plan, mask, NULL), MMAX_OK);
    return plan;
}

START_TEST(softmax_of_scaled_and_masked_products_gives_the_output_of_another_program)
{
    static const mmax_sink_methods comparing = {.weights = compare};
    static const char *const names[] = {"q", "k", "v", "mask", "ref"};
    char *files[5];
    for (size_t i = 0; i < 5; i++) {
        char name[64];
        snprintf(name, sizeof name, "real/iree__attn_%s.npy", names[i]);
        files[i] = testing_shared(name);
    }
    if (!files[0]) {
        puts("SKIP: "
             "softmax_of_scaled_and_masked_products_gives_the_output_of_another_program: "
             "no real files");
        return;
    }
    mmax_source *source;
    mmax_result *result;
    mmax_error error = {0};
    double *values = read_array(files[2], KEYS), *expected = read_array(files[4], QUERIES);
    comparison sink = {.sink = {&comparing}, .values = values, .expected = expected};
    mmax_sink *sinks[] = {&sink.sink};
    mmax_plan *plan = attention_plan(files[3]);
    mmax_status status = mmax_source_open_product(files[0], files[1], NULL, &source, &error);
    if (status == MMAX_OK)
        status = mmax_analyze(plan, source, sinks, 1, &result, &error);
    ck_assert_msg(status == MMAX_OK, "%s", error.message);
    ck_assert_uint_eq(sink.row, QUERIES);
    ck_assert_msg(fabs(sink.worst - distance_of_numpy) <= 1e-12, "differs by %.17g", sink.worst);
    mmax_result_free(result);
    mmax_source_free(source);
    mmax_plan_free(plan);
    free(values);
    free(expected);
    for (size_t i = 0; i < 5; i++)
        free(files[i]);
}
END_TEST

TCase *product_tests(void)
{
    TCase *cases = tcase_create("product");
    tcase_add_test(cases,
                   softmax_of_scaled_and_masked_products_gives_the_output_of_another_program);
    return cases;
}
