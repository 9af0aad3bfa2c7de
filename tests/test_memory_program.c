/* Every allocation of whole runs of the program fails once, alone and with all after it; and so do
 * its threads. */
#include "program.h"
#include "shortage.h"
#include "shortage_files.h"
#include "testing.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- the files of a folder ------------------------------------------------------------------- */

typedef struct file {
    char *name, *bytes;
    size_t n_bytes;
} file;

enum { MOST_FILES = 32 };

typedef struct folder {
    file files[MOST_FILES];
    size_t n;
} folder;

static folder read_folder(const char *path)
{
    folder self = {.n = 0};
    DIR *directory = opendir(path);
    ck_assert_ptr_nonnull(directory);
    for (const struct dirent *entry; (entry = readdir(directory));) {
        if (strspn(entry->d_name, ".") == strlen(entry->d_name))
            continue;
        char name[512];
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        ck_assert_uint_lt(self.n, MOST_FILES);
        file *added = &self.files[self.n++];
        added->name = mmax_copy_text(name);
        added->bytes = testing_read_file(name, &added->n_bytes);
    }
    closedir(directory);
    return self;
}

static void free_folder(folder *self)
{
    for (size_t i = 0; i < self->n; i++) {
        free(self->files[i].name);
        free(self->files[i].bytes);
    }
}

static bool holds(const file *it, const void *bytes, size_t n_bytes)
{
    return it->n_bytes == n_bytes && memcmp(it->bytes, bytes, n_bytes) == 0;
}

/* NULL if there is none. */
static const file *find_file(const folder *self, const char *name)
{
    for (size_t i = 0; i < self->n; i++)
        if (strcmp(self->files[i].name, name) == 0)
            return &self->files[i];
    return NULL;
}

/* ---- a run ----------------------------------------------------------------------------------- */

enum { MOST_WORDS = 32 };

/* What came of a run: its status, 128 + N where signal N ended it, and its standard output and
 * error, to be freed. */
typedef struct ending {
    int status;
    shortage_outcome memory, threads;
    char *printed, *complained;
} ending;

static void redirect(int descriptor, const char *path)
{
    int opened =
        open(path, descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (opened < 0 || dup2(opened, descriptor) < 0)
        _exit(125);
    close(opened);
}

/* Runs the program in this process, which ends with it, and tells of the shortage. */
static void be_program(const char *arguments, shortage memory, shortage threads, int teller)
{
    static char buffer[BUFSIZ]; /* or the C library would keep one of its own */
    char words[1024], *argv[MOST_WORDS + 1] = {words};
    int argc = 0;
    snprintf(words, sizeof words, "multimax-analyze %s", arguments);
    for (char *word = strtok(words, " "); word && argc < MOST_WORDS; word = strtok(NULL, " "))
        argv[argc++] = word;
    redirect(STDIN_FILENO, "/dev/null");
    redirect(STDOUT_FILENO, "../printed");
    redirect(STDERR_FILENO, "../complained");
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    shortage_of_threads_begins(threads);
    shortage_begins(memory);
    int status = program_main(argc, argv);
    const shortage_outcome outcomes[] = {shortage_ends(), shortage_of_threads_ends()};
    if (write(teller, outcomes, sizeof outcomes) != sizeof outcomes)
        _exit(125);
    exit(status);
}

static ending run(const char *arguments, shortage memory, shortage threads)
{
    ending self = {.status = 0};
    int ends[2], status;
    shortage_outcome outcomes[2] = {{0}};
    ck_assert_int_eq(pipe(ends), 0);
    fflush(NULL);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        be_program(arguments, memory, threads, ends[1]);
    close(ends[1]);
    ssize_t told = read(ends[0], outcomes, sizeof outcomes);
    close(ends[0]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    self.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    self.memory = outcomes[0];
    self.threads = outcomes[1];
    self.printed = testing_read_file("../printed", NULL);
    self.complained = testing_read_file("../complained", NULL);
    ck_assert_msg(told == sizeof outcomes, "%s: did not come to its end: status %d: %.900s",
                  arguments, self.status, self.complained);
    return self;
}

static void free_ending(ending *self)
{
    free(self->printed);
    free(self->complained);
}

/* ---- what a run leaves ----------------------------------------------------------------------- */

/* What the run makes when it has memory. */
typedef struct expected {
    folder outputs;
    char *printed;
} expected;

static const char old[] = "what was there before\n";

/* Puts the folder of outputs in order: empty, or with old files under every name. */
static void prepare_outputs(const expected *whole, bool has_old)
{
    folder outputs = read_folder("../out");
    for (size_t i = 0; i < outputs.n; i++)
        ck_assert_int_eq(unlink(outputs.files[i].name), 0);
    free_folder(&outputs);
    for (size_t i = 0; has_old && i < whole->outputs.n; i++) {
        FILE *there = fopen(whole->outputs.files[i].name, "w");
        ck_assert_ptr_nonnull(there);
        fputs(old, there);
        fclose(there);
    }
}

/* A report without what failed: of its last line nothing is missing. */
static bool is_report(const file *it)
{
    return strstr(it->name, "/report") && (it->n_bytes == 0 || it->bytes[it->n_bytes - 1] == '\n');
}

/* Each output is whole or as it was before, and nothing else is there.  A report tells of what
 * could be done. */
static void check_outputs(const char *name, const expected *whole, bool has_old, bool is_done)
{
    folder outputs = read_folder("../out"), temporary = read_folder("../tmp");
    ck_assert_msg(temporary.n == 0, "%s: leaves %s", name,
                  temporary.n > 0 ? temporary.files[0].name : "");
    for (size_t i = 0; i < outputs.n; i++) {
        const file *there = &outputs.files[i], *wanted = find_file(&whole->outputs, there->name);
        ck_assert_msg(wanted, "%s: leaves %s", name, there->name);
        bool is_whole = holds(there, wanted->bytes, wanted->n_bytes);
        bool is_old = has_old && holds(there, old, strlen(old));
        ck_assert_msg(is_whole || (!is_done && (is_old || is_report(there))), "%s: half of %s",
                      name, there->name);
    }
    bool are_all_there = outputs.n == whole->outputs.n;
    ck_assert_msg(are_all_there || !(is_done || has_old), "%s: an output is missing", name);
    free_folder(&outputs);
    free_folder(&temporary);
}

static expected run_with_memory(const char *arguments)
{
    prepare_outputs(&(expected){.printed = NULL}, false);
    ending end = run(arguments, (shortage){0}, (shortage){0});
    ck_assert_msg(end.status == 0, "%s: with memory: %s", arguments, end.complained);
    expected whole = {read_folder("../out"), mmax_copy_text(end.printed)};
    free_ending(&end);
    return whole;
}

static void free_expected(expected *self)
{
    free_folder(&self->outputs);
    free(self->printed);
}

/* ---- trying ---------------------------------------------------------------------------------- */

static size_t n_tries;    /* with a failure in each */
static bool keeps_blocks; /* as libraries do that draw, for the life of the process */

/* Whether an allocation failed. */
static bool try_once(const char *arguments, const expected *whole, shortage wanted)
{
    char name[1200];
    snprintf(name, sizeof name, "%s, %s %zu", arguments,
             wanted.lasts ? "all allocations from" : "allocation", wanted.nth);
    bool has_old = (wanted.nth + wanted.lasts) % 2 == 0;
    prepare_outputs(whole, has_old);
    ending end = run(arguments, wanted, (shortage){0});
    bool is_done = end.status == 0;
    ck_assert_msg(is_done || (end.status == 1 && strstr(end.complained, "out of memory")),
                  "%s: status %d: %s", name, end.status, end.complained);
    ck_assert_msg(!is_done || strcmp(end.printed, whole->printed) == 0, "%s: prints other things",
                  name);
    check_outputs(name, whole, has_old, is_done);
    ck_assert_msg(keeps_blocks || end.memory.n_left == 0, "%s: %zu blocks are left", name,
                  end.memory.n_left);
    ck_assert_msg(is_done || end.memory.n_failed > 0, "%s: fails with memory: %s", name,
                  end.complained);
    n_tries += end.memory.n_failed > 0;
    bool has_failed = end.memory.n_failed > 0;
    free_ending(&end);
    return has_failed;
}

/* With MULTIMAX_LONG each, else fewer and fewer: a run that draws loads all fonts. */
static size_t after(size_t n, bool draws)
{
    if (getenv("MULTIMAX_LONG") || n < (draws ? 2 : 8))
        return n + 1;
    return n + 1 + n / (draws ? 1 : 3);
}

static void try_run(const char *arguments, bool draws)
{
    expected whole = run_with_memory(arguments);
    for (size_t n = 1; try_once(arguments, &whole, (shortage){n, false}); n = after(n, draws))
        ;
    for (size_t n = 1; try_once(arguments, &whole, (shortage){n, true}); n = after(n, draws))
        ;
    free_expected(&whole);
}

static const char *const runs[] = {
    "--help",
    "heads.npy",
    "--per=all -m softmax -m entmax:1.3 stored.npz",
    "--per=row --mask=causal --tokens=tokens.txt --format=csv -o ../out/report.csv heads.npy.gz",
    "--per=row --format=ndjson --metrics=all deflated.npz[heads]",
    "--format=tsv --select=...,::2 -o ../out/report heads.npy.xz",
    "--format=json --axis=0 -o ../out/report fortran.npy",
    "-m multimax:@layers.json --probs=../out/%m.npy -o ../out/report heads.safetensors[heads]",
    "-m softmax -m sparsemax --mask=mask.npy --probs=../out/%f-%m.csv heads.npy fortran.npy",
    "--queries=queries.npy --keys=keys.npy --scale=1/sqrt(3) -j 4",
    "--columns=a,c --select=0:3 rows.csv",
    "--per=row rows.csv.gz rows.tsv",
    "--list deflated.npz heads.safetensors rows.csv",
};

static const char *const runs_that_draw[] = {
    "--heatmap=../out/heatmap.png --data=../out/%g.csv -o ../out/report heads.npy",
    "--simplex=../out/simplex.svg --tradeoff=../out/tradeoff.pdf heads.npy",
    "-m multimax --curve=../out/curve.svg --show=rows --data=../out/%g.tsv rows.csv",
    "--layers=../out/layers.png --distribution=../out/distribution.pdf -o ../out/report heads.npy",
};

START_TEST(a_run_survives_a_lack_of_memory)
{
    try_run(runs[_i], false);
    printf("multimax-analyze %s: %zu failed allocations\n", runs[_i], n_tries);
    fflush(stdout);
}
END_TEST

START_TEST(a_run_that_draws_survives_a_lack_of_memory)
{
    keeps_blocks = true;
    if (!mmax_can_draw() || shortage_is_watched()) {
        printf("SKIP: %s: no figures, or LeakSanitizer takes caches of fontconfig for leaks\n",
               runs_that_draw[_i]);
        return;
    }
    try_run(runs_that_draw[_i], true);
    printf("multimax-analyze %s: %zu failed allocations\n", runs_that_draw[_i], n_tries);
    fflush(stdout);
}
END_TEST

/* Whoever is there does the work. */
START_TEST(a_run_with_fewer_threads_writes_the_same)
{
    const char *arguments = "-j 4 --probs=../out/%m.npy --format=json -o ../out/report long.npy";
    expected whole = run_with_memory(arguments);
    for (int lasts = 0; lasts < 2; lasts++)
        for (size_t n = 1, n_failed = 1; n_failed > 0; n++) {
            prepare_outputs(&whole, false);
            ending end = run(arguments, (shortage){0}, (shortage){n, lasts});
            ck_assert_msg(end.status == 0, "thread %zu: %s", n, end.complained);
            check_outputs("with fewer threads", &whole, false, true);
            n_failed = end.threads.n_failed;
            ck_assert(n_failed > 0 || n > 3);
            free_ending(&end);
        }
    free_expected(&whole);
}
END_TEST

int main(void)
{
    if (!shortage_is_possible()) {
        puts("SKIP: test_memory_program: allocations cannot be made to fail here");
        return EXIT_SUCCESS;
    }
    setenv("TZ", "UTC0", 1); /* the C library copies another name of the zone again and again */
    setenv("TMPDIR", "../tmp", 1);
    shortage_make_files();
    if (mkdir("../tmp", 0777) != 0) {
        perror("../tmp");
        return EXIT_FAILURE;
    }
    Suite *suite = suite_create("memory of the program");
    TCase *memory = tcase_create("memory"), *drawing = tcase_create("drawing");
    TCase *threads = tcase_create("threads");
    tcase_add_loop_test(memory, a_run_survives_a_lack_of_memory, 0,
                        (int)(sizeof runs / sizeof *runs));
    tcase_add_loop_test(drawing, a_run_that_draws_survives_a_lack_of_memory, 0,
                        (int)(sizeof runs_that_draw / sizeof *runs_that_draw));
    tcase_add_test(threads, a_run_with_fewer_threads_writes_the_same);
    if (getenv("MULTIMAX_LONG")) {
        tcase_set_timeout(memory, 0);
        tcase_set_timeout(drawing, 0);
    }
    suite_add_tcase(suite, memory);
    suite_add_tcase(suite, drawing);
    suite_add_tcase(suite, threads);
    return testing_run(suite);
}
