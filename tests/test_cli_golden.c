/* Every golden case through the program: its file in, --probs out. */
#include "analyze/analyze.h"
#include "golden.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { MOST_CASES = 512 };

/* The cases of one input, all of which one run answers. */
typedef struct input_cases {
    char input[256];
    char *objects[MOST_CASES];
    size_t n;
} input_cases;

typedef struct all_cases {
    input_cases inputs[64];
    size_t n_inputs, n_compared;
} all_cases;

static void collect_case(const char *object, void *context)
{
    all_cases *all = context;
    char input[256];
    golden_text(object, "input", input);
    size_t i = 0;
    while (i < all->n_inputs && strcmp(all->inputs[i].input, input) != 0)
        i++;
    if (i == all->n_inputs) {
        ck_assert_uint_lt(all->n_inputs, 64);
        snprintf(all->inputs[all->n_inputs++].input, sizeof input, "%s", input);
    }
    input_cases *cases = &all->inputs[i];
    ck_assert_uint_lt(cases->n, MOST_CASES);
    cases->objects[cases->n++] = mmax_copy_text(object);
}

/* The plan of the maps of all cases; softmax:t=1 and the like may be there under several names. */
static mmax_plan *plan_of(const input_cases *cases, char *arguments, size_t size)
{
    mmax_plan *plan;
    ck_assert_int_eq(mmax_plan_new(&plan, NULL), MMAX_OK);
    size_t used = 0;
    for (size_t i = 0; i < cases->n; i++) {
        char spec[MMAX_SPEC_SIZE];
        ck_assert(golden_spec(cases->objects[i], spec));
        if (mmax_plan_add_map(plan, spec, NULL) == MMAX_OK)
            used += (size_t)snprintf(arguments + used, size - used, " -m %s", spec);
        ck_assert_uint_lt(used, size);
    }
    return plan;
}

static size_t place_of(const mmax_plan *plan, const char *spec)
{
    mmax_map map;
    ck_assert_int_eq(mmax_map_parse(spec, &map, NULL), MMAX_OK);
    for (size_t i = 0; mmax_plan_map_at(plan, i); i++)
        if (mmax_map_equal(mmax_plan_map_at(plan, i), &map))
            return i;
    ck_abort_msg("%s is not in the plan", spec);
}

static void run(const char *command)
{
    int status = system(command);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "failed: %s", command);
}

/* Whether a file of the golden set holds float16 or float32: then the program computes in float32.
 */
static bool holds_singles(const char *file)
{
    char *bytes = testing_read_file(file, NULL);
    const char *descr = strstr(bytes + 10, "'<f"); /* behind the magic string */
    ck_assert_ptr_nonnull(descr);
    bool is_single = descr[3] != '8';
    free(bytes);
    return is_single;
}

/* The worst errors, as shares of the tolerances. */
static double worst, worst_single;

static void check_input(const input_cases *cases)
{
    char arguments[4096], command[8192], pattern[256];
    mmax_plan *plan = plan_of(cases, arguments, sizeof arguments);
    char *input = golden_path(cases->objects[0], "input");
    snprintf(pattern, sizeof pattern, "%s/%%m.npy", testing_folder());
    snprintf(command, sizeof command,
             "\"$top_builddir/multimax-analyze\"%s --probs='%s' --probs-dtype=f8 -q -o /dev/null "
             "'%s'",
             arguments, pattern, input);
    run(command);
    golden_array logits = golden_read_npy(input);
    bool is_single = holds_singles(input);
    for (size_t i = 0; i < cases->n; i++) {
        char spec[MMAX_SPEC_SIZE];
        golden_spec(cases->objects[i], spec);
        char *file = mmax_probs_file(plan, pattern, place_of(plan, spec));
        golden_array weights = golden_read_npy(file);
        ck_assert_uint_eq(weights.n_rows, logits.n_rows);
        ck_assert_uint_eq(weights.row_length, logits.row_length);
        if (is_single)
            worst_single = fmax(worst_single,
                                golden_compare_single(cases->objects[i], &logits, weights.values));
        else
            worst = fmax(worst, golden_compare(cases->objects[i], &logits, weights.values));
        free(weights.values);
        free(file);
    }
    free(logits.values);
    free(input);
    mmax_plan_free(plan);
}

START_TEST(every_golden_case_passes_through_the_program)
{
    static all_cases all;
    if (!golden_visit(collect_case, &all))
        return;
    for (size_t i = 0; i < all.n_inputs; i++) {
        check_input(&all.inputs[i]);
        all.n_compared += all.inputs[i].n;
        for (size_t j = 0; j < all.inputs[i].n; j++)
            free(all.inputs[i].objects[j]);
    }
    printf("%zu golden cases of %zu inputs through the program\n", all.n_compared, all.n_inputs);
    printf("worst error / tolerance %.2g, of float32 %.2g\n", worst, worst_single);
    ck_assert_uint_gt(all.n_compared, 300);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("golden, through the program");
    TCase *golden = tcase_create("golden");
    tcase_set_timeout(golden, 60);
    tcase_add_test(golden, every_golden_case_passes_through_the_program);
    suite_add_tcase(suite, golden);
    return testing_run(suite);
}
