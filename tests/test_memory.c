/* Every allocation of every operation of the library fails once, alone and with all after it. */
#include "test_memory.h"
#include "shortage.h"
#include "shortage_files.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- what an operation needs ----------------------------------------------------------------- */

static void prepare_plan(things *self)
{
    ck_assert_int_eq(mmax_plan_new(&self->plan, NULL), MMAX_OK);
    ck_assert_int_eq(mmax_plan_add_map(self->plan, "softmax", NULL), MMAX_OK);
    ck_assert_int_eq(mmax_plan_add_map(self->plan, "entmax:1.5", NULL), MMAX_OK);
    ck_assert_int_eq(mmax_plan_add_map(self->plan, "multimax", NULL), MMAX_OK);
}

static void prepare(things *self, needs level)
{
    if (level >= NEEDS_BARE_PLAN)
        prepare_plan(self);
    if (level >= NEEDS_PLAN)
        for (mmax_figure_kind kind = 0; kind < MMAX_FIGURES; kind++)
            mmax_plan_keep_figure(self->plan, kind);
    if (level >= NEEDS_SOURCE)
        ck_assert_int_eq(mmax_source_open("heads.npy", NULL, &self->source, NULL), MMAX_OK);
    if (level >= NEEDS_RESULT)
        ck_assert_int_eq(mmax_analyze(self->plan, self->source, NULL, 0, &self->result, NULL),
                         MMAX_OK);
}

static void prepare_all(things *self)
{
    const mmax_report_options options = {.format = MMAX_REPORT_CSV};
    prepare(self, NEEDS_RESULT);
    ck_assert_int_eq(mmax_report_open(self->plan, "../out/report", &options, &self->report, NULL),
                     MMAX_OK);
    ck_assert_int_eq(mmax_listing_open("../out/list", MMAX_REPORT_CSV, NULL, &self->listing, NULL),
                     MMAX_OK);
}

static void free_things(things *self)
{
    mmax_listing_free(self->listing);
    mmax_report_free(self->report);
    mmax_sink_free(self->probs);
    mmax_result_free(self->result);
    mmax_source_free(self->source);
    mmax_tokens_free(self->tokens);
    mmax_file_free(self->file);
    mmax_plan_free(self->plan);
}

static bool is_long(void)
{
    return getenv("MULTIMAX_LONG") != NULL;
}

static size_t n_tries;    /* with a failure in each */
static bool keeps_blocks; /* as libraries do that draw, for the life of the process */

/* ---- trying ---------------------------------------------------------------------------------- */

static const char *name_of(const operation *tried, const shortage *wanted)
{
    static char name[256];
    snprintf(name, sizeof name, "%s(%s), %s %zu", tried->functions,
             tried->argument ? tried->argument : "",
             wanted->lasts ? "all allocations from" : "allocation", wanted->nth);
    return name;
}

/* How many files the operation has written; they are removed. */
static size_t take_outputs(void)
{
    size_t n = 0;
    DIR *folder = opendir("../out");
    ck_assert_ptr_nonnull(folder);
    for (const struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.' && strspn(entry->d_name, ".") == strlen(entry->d_name))
            continue;
        n++;
        ck_assert_int_eq(unlinkat(dirfd(folder), entry->d_name, 0), 0);
    }
    closedir(folder);
    return n;
}

/* With what the operation needs; at the end it is all freed. */
static mmax_status run_once(const operation *tried, shortage wanted, mmax_error *error,
                            shortage_outcome *outcome)
{
    things self = {.argument = tried->argument};
    prepare(&self, tried->needs);
    shortage_begins(wanted);
    mmax_status status = tried->run(&self, error);
    shortage_is_over();
    bool may_be_tried = tried->manner == AGAIN || (tried->manner == SLOWLY && is_long());
    if (status != MMAX_OK && may_be_tried) {
        const char *name = name_of(tried, &wanted);
        mmax_error with_memory;
        ck_assert_msg(take_outputs() == 0, "%s: a file is left", name);
        ck_assert_msg(tried->run(&self, &with_memory) == MMAX_OK, "%s: with memory again: %s", name,
                      with_memory.message);
        take_outputs();
    }
    free_things(&self);
    *outcome = shortage_ends();
    return status;
}

/* Whether something failed: an operation that needs less than that is done. */
static bool try_once(const operation *tried, shortage wanted)
{
    const char *name = name_of(tried, &wanted);
    mmax_error error = {.status = MMAX_OK};
    shortage_outcome outcome;
    mmax_status status = run_once(tried, wanted, &error, &outcome);
    ck_assert_msg(take_outputs() == 0 || status == MMAX_OK, "%s: a file is left", name);
    ck_assert_msg(keeps_blocks || outcome.n_left == 0, "%s: %zu blocks are left", name,
                  outcome.n_left);
    ck_assert_msg(status == MMAX_OK ||
                      (outcome.n_failed > 0 && status == MMAX_ENOMEM && error.status == status &&
                       strstr(error.message, "out of memory")),
                  "%s: status %d: %s", name, status, error.message);
    n_tries += outcome.n_failed > 0;
    return outcome.n_failed > 0;
}

/* The C library keeps what it loads for a locale, and others what they make once: all of that is
 * there after a first run with memory. */
static void run_with_memory(const operation *tried)
{
    mmax_error error;
    shortage_outcome outcome;
    mmax_status status = run_once(tried, (shortage){0}, &error, &outcome);
    ck_assert_msg(status == MMAX_OK, "%s(%s): with memory: %s", tried->functions,
                  tried->argument ? tried->argument : "", error.message);
    take_outputs();
}

/* With MULTIMAX_LONG each; else fewer and fewer, and the fewer the longer the operation takes. */
static size_t after(size_t n, const operation *tried)
{
    bool is_slow = tried->manner == SLOWLY;
    if (is_long() || n < (is_slow ? 2 : 32))
        return n + 1;
    return n + 1 + (is_slow ? 3 * n : n / 8);
}

static void try_operation(const operation *tried)
{
    if (tried->manner == SLOWLY && !mmax_can_draw())
        return;
    run_with_memory(tried);
    for (size_t n = 1; try_once(tried, (shortage){n, false}); n = after(n, tried))
        ;
    for (size_t n = 1; try_once(tried, (shortage){n, true}); n = after(n, tried))
        ;
}

static void tell_tries(const char *name, size_t n_operations)
{
    printf("%s: %zu operations, %zu failed allocations\n", name, n_operations, n_tries);
    fflush(stdout);
}

static void try_table(const operation_table *table)
{
    for (size_t i = 0; i < table->n; i++)
        try_operation(&table->operations[i]);
    tell_tries(table->name, table->n);
}

START_TEST(plans_survive_a_lack_of_memory)
{
    try_table(&plan_operations);
}
END_TEST

START_TEST(inputs_survive_a_lack_of_memory)
{
    try_table(&input_operations);
}
END_TEST

START_TEST(analyses_survive_a_lack_of_memory)
{
    try_table(&analysis_operations);
}
END_TEST

START_TEST(outputs_survive_a_lack_of_memory)
{
    try_table(&output_operations);
}
END_TEST

START_TEST(a_figure_survives_a_lack_of_memory)
{
    const operation *tried = &figure_operations.operations[_i];
    keeps_blocks = true;
    if (shortage_is_watched()) {
        printf("SKIP: %s: LeakSanitizer takes caches of fontconfig for leaks\n", tried->argument);
        return;
    }
    try_operation(tried);
    tell_tries(tried->argument, 1);
}
END_TEST

/* ---- that nothing is forgotten --------------------------------------------------------------- */

static char *public_header;

/* The names of functions, each between blanks. */
static char names[16384] = " ";

static void note_names(const char *added, size_t length)
{
    size_t used = strlen(names);
    if (used + length + 2 > sizeof names)
        ck_abort_msg("no room for so many names");
    memcpy(names + used, added, length);
    strcpy(names + used + length, " ");
}

static void note_call(const char *call)
{
    note_names(call, strcspn(call, "("));
}

static bool is_noted(const char *name, size_t length)
{
    char between[128];
    snprintf(between, sizeof between, " %.*s ", (int)length, name);
    return strstr(names, between) != NULL;
}

START_TEST(what_needs_no_memory_asks_for_none)
{
    things self = {0};
    prepare_all(&self);
    shortage_begins((shortage){.nth = 1, .lasts = true});
    call_frugal_functions(&self, note_call);
    const shortage_outcome outcome = shortage_ends();
    ck_assert_uint_eq(outcome.n_requests, 0);
    free_things(&self);
}
END_TEST

START_TEST(every_public_function_is_tried_or_needs_no_memory)
{
    static const operation_table *const tables[] = {&plan_operations, &input_operations,
                                                    &analysis_operations, &output_operations,
                                                    &figure_operations};
    things self = {0};
    prepare_all(&self);
    call_frugal_functions(&self, note_call);
    free_things(&self);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (size_t k = 0; k < tables[i]->n; k++)
            note_names(tables[i]->operations[k].functions,
                       strlen(tables[i]->operations[k].functions));
    char *text = testing_read_file(public_header, NULL);
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, "MMAX_API ")); n++) {
        at += strcspn(at, "(");
        const char *name = at;
        while (name[-1] == '_' || (name[-1] >= 'a' && name[-1] <= 'z'))
            name--;
        bool is_ours = strncmp(name, "mmax_", 5) == 0; /* the macro's own definition is not */
        ck_assert_msg(!is_ours || is_noted(name, (size_t)(at - name)),
                      "%.*s: is in no table of tests/test_memory_*.c", (int)(at - name), name);
    }
    ck_assert_uint_gt(n, 50);
    free(text);
}
END_TEST

static void add_case(Suite *suite, const char *name, const TTest *test)
{
    TCase *tests = tcase_create(name);
    tcase_add_test(tests, test);
    if (is_long())
        tcase_set_timeout(tests, 0);
    suite_add_tcase(suite, tests);
}

int main(void)
{
    if (!shortage_is_possible()) {
        puts("SKIP: test_memory: allocations cannot be made to fail here");
        return EXIT_SUCCESS;
    }
    const char *top = getenv("top_srcdir");
    char header[1024];
    snprintf(header, sizeof header, "%s/src/api/multimax.h", top ? top : ".");
    public_header = realpath(header, NULL);
    setenv("TZ", "UTC0", 1); /* the C library copies another name of the zone again and again */
    shortage_make_files();
    Suite *suite = suite_create("memory");
    add_case(suite, "plans", plans_survive_a_lack_of_memory);
    add_case(suite, "inputs", inputs_survive_a_lack_of_memory);
    add_case(suite, "analyses", analyses_survive_a_lack_of_memory);
    add_case(suite, "outputs", outputs_survive_a_lack_of_memory);
    TCase *figures = tcase_create("figures");
    tcase_add_loop_test(figures, a_figure_survives_a_lack_of_memory, 0, (int)figure_operations.n);
    if (is_long())
        tcase_set_timeout(figures, 0);
    suite_add_tcase(suite, figures);
    add_case(suite, "frugal", what_needs_no_memory_asks_for_none);
    add_case(suite, "header", every_public_function_is_tried_or_needs_no_memory);
    int status = testing_run(suite);
    free(public_header);
    return status;
}
