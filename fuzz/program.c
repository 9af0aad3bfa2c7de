/* The whole program, from its arguments to its exit status.
 *
 * An input is arguments, a line each, and the files a, b and c, after a %%%% each; a is standard
 * input as well.  The program runs in a folder of its own, and no argument leads out of it.  It
 * ends with a status of the manual, says what is wrong, leaves neither temporary files nor
 * descriptors, and what it writes is whole. */
#include "program.h"

#include "cli.h"
#include "outputs.h"

#include <dirent.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_ARGUMENTS = 24 };

/* ---- in place of signals.c: the fuzzer has its own ------------------------------------------- */

static volatile sig_atomic_t never;

void signals_catch(void)
{
}

const volatile sig_atomic_t *signals_flag(void)
{
    return &never;
}

exit_status signals_end(exit_status status)
{
    return status;
}

/* ---- arguments ------------------------------------------------------------------------------- */

/* Whether no file outside of the folder can be meant; "ts=1/2" and "1/sqrt(2)" have slashes. */
static bool stays_inside(const char *argument)
{
    if (strstr(argument, "../") || strcmp(argument, "..") == 0)
        return false;
    if (argument[0] == '-' && argument[1] != '-' && strchr(argument, '/'))
        return false;
    for (const char *c = argument; (c = strchr(c, '/')); c++)
        if (c == argument || !strchr("0123456789)s", c[-1]))
            return false;
    return true;
}

static int take_arguments(char *lines, char *arguments[MOST_ARGUMENTS + 1])
{
    static char name[] = PROGRAM, threads[] = "--threads=1";
    int n = 0;
    arguments[n++] = name;
    arguments[n++] = threads;
    for (char *next; lines && n < MOST_ARGUMENTS; lines = next) {
        next = strchr(lines, '\n');
        if (next)
            *next++ = '\0';
        if (stays_inside(lines))
            arguments[n++] = lines;
    }
    arguments[n] = NULL;
    return n;
}

/* ---- one run --------------------------------------------------------------------------------- */

FILE *fuzz_messages;

/* What is put back when the program has run. */
typedef struct surroundings {
    int folder, output;
} surroundings;

static int redirect(int descriptor, const char *file)
{
    int kept = dup(descriptor);
    int opened = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    REQUIRE(kept >= 0 && opened >= 0 && dup2(opened, descriptor) == descriptor);
    REQUIRE(close(opened) == 0);
    return kept;
}

static void restore(int descriptor, int kept)
{
    REQUIRE(dup2(kept, descriptor) == descriptor && close(kept) == 0);
}

static void enter(surroundings *before)
{
    REQUIRE((before->folder = open(".", O_RDONLY)) >= 0);
    REQUIRE(chdir(fuzz_folder()) == 0);
    before->output = redirect(STDOUT_FILENO, "stdout");
    REQUIRE((fuzz_messages = fopen("stderr", "w")));
    REQUIRE(mkdir("run", 0700) == 0 && chdir("run") == 0);
}

static void leave(const surroundings *before)
{
    REQUIRE(fclose(fuzz_messages) == 0 && fflush(stdout) == 0);
    restore(STDOUT_FILENO, before->output);
    REQUIRE(fchdir(before->folder) == 0 && close(before->folder) == 0);
}

static int next_descriptor(void)
{
    int next = dup(STDIN_FILENO);
    REQUIRE(next >= 0 && close(next) == 0);
    return next;
}

static exit_status run_program(fuzz_input *input)
{
    char *lines = fuzz_text(fuzz_part(input, "\n%%%%\n"));
    char *arguments[MOST_ARGUMENTS + 1];
    int n = take_arguments(lines, arguments);
    static const char *const files[] = {"run/a", "run/b", "run/c"};
    surroundings before;
    int descriptor = next_descriptor();
    enter(&before);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        fuzz_input content = fuzz_part(input, "%%%%");
        if (i == 0)
            fuzz_pipe(content);
        free(fuzz_file(files[i], content));
    }
    optind = 0; /* getopt begins anew */
    int status = multimax_main(n, arguments);
    leave(&before);
    REQUIRE(next_descriptor() == descriptor);
    free(lines);
    return (exit_status)status;
}

/* ---- what it left ---------------------------------------------------------------------------- */

static char *read_file(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    REQUIRE(file && fseek(file, 0, SEEK_END) == 0);
    long size = ftell(file);
    REQUIRE(size >= 0 && fseek(file, 0, SEEK_SET) == 0);
    char *text = malloc((size_t)size + 1);
    REQUIRE(text && fread(text, 1, (size_t)size, file) == (size_t)size && fclose(file) == 0);
    text[size] = '\0';
    *n = (size_t)size;
    return text;
}

static char *read_captured(const char *name, size_t *n)
{
    char path[4096 + 32];
    snprintf(path, sizeof path, "%s/%s", fuzz_folder(), name);
    return read_file(path, n);
}

static void check_messages(exit_status status)
{
    size_t n;
    char *text = read_captured("stderr", &n);
    REQUIRE(fuzz_is_harmless(text, n, "\r\n"));
    REQUIRE(n == 0 || strncmp(text, PROGRAM ": ", sizeof PROGRAM + 1) == 0);
    REQUIRE(n == 0 || text[n - 1] == '\n');
    REQUIRE(n > 0 || status == EXIT_DONE);
    free(text);
}

static void check_output(exit_status status)
{
    size_t n;
    char *text = read_captured("stdout", &n);
    REQUIRE(n == 0 || status != EXIT_USAGE);
    if (text[0] == '{')
        check_json(text, n);
    free(text);
}

static bool ends_in(const char *name, const char *suffix)
{
    size_t n = strlen(name), n_suffix = strlen(suffix);
    return n >= n_suffix && strcmp(name + n - n_suffix, suffix) == 0;
}

static void check_file(const char *name)
{
    REQUIRE(!ends_in(name, ".tmp"));
    size_t n;
    char path[4096 + 512];
    snprintf(path, sizeof path, "%s/run/%s", fuzz_folder(), name);
    char *text = read_file(path, &n);
    if (ends_in(name, ".json"))
        check_json(text, n);
    if (n > 6 && memcmp(text, "\x93NUMPY", 6) == 0 && ends_in(name, ".npy"))
        check_probs(path);
    free(text);
    REQUIRE(unlink(path) == 0);
}

/* The folder of the run is emptied, and nothing is beside it but what was captured. */
static void check_files(void)
{
    char path[4096 + 32];
    snprintf(path, sizeof path, "%s/run", fuzz_folder());
    DIR *entries = opendir(path);
    const struct dirent *entry;
    REQUIRE(entries);
    while ((entry = readdir(entries)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            check_file(entry->d_name);
    REQUIRE(closedir(entries) == 0 && rmdir(path) == 0);
    REQUIRE(fuzz_empty_folder() == 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    exit_status status = run_program(&input);
    REQUIRE(status == EXIT_DONE || status == EXIT_FAILED || status == EXIT_USAGE ||
            status == EXIT_CHECK);
    check_messages(status);
    check_output(status);
    check_files();
    return 0;
}
