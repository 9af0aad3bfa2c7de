#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Information that could not be written is a failure, as with every GNU program. */
static exit_status close_stdout(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return EXIT_DONE;
    if (errno == EPIPE)
        return EXIT_READER_GONE;
    complain("standard output: cannot write: %s", strerror(errno));
    return EXIT_FAILED;
}

/* The command line as it was typed, for a figure's metadata; NULL on lack of memory. */
static char *join_command(int argc, char **argv)
{
    size_t size = sizeof PROGRAM;
    for (int i = 1; i < argc; i++)
        size += strlen(argv[i]) + 1;
    char *command = malloc(size);
    if (!command)
        return NULL;
    char *end = stpcpy(command, PROGRAM);
    for (int i = 1; i < argc; i++) {
        *end++ = ' ';
        end = stpcpy(end, argv[i]);
    }
    return command;
}

/* Queries and keys are one input, named by the queries, in place of FILEs. */
static exit_status settle_vectors(cli_settings *settings)
{
    if (!settings->queries && !settings->keys)
        return EXIT_DONE;
    if (!settings->queries || !settings->keys)
        return complain_usage("--%s needs --%s, the file of the other vectors",
                              settings->queries ? "queries" : "keys",
                              settings->queries ? "keys" : "queries");
    if (settings->n_files > 0)
        return complain_usage("'%s' and --queries are both given: logits are read from FILEs or "
                              "computed from vectors",
                              settings->files[0]);
    const mmax_source_options *source = &settings->source;
    if (source->array || source->columns || source->select || source->has_axis)
        return complain_usage(
            "--array, --columns, --select and --axis are for FILEs; an array of queries or "
            "keys is named in brackets, as in 'FILE[NAME]'");
    settings->files = &settings->queries;
    settings->n_files = 1;
    return EXIT_DONE;
}

/* MULTIMAX_ISA forces the instructions of the kernels, so that each can be tested and timed. */
static exit_status choose_instructions(mmax_plan *plan)
{
    const char *name = getenv("MULTIMAX_ISA");
    mmax_error error;
    if (!name || !*name || mmax_plan_set_instructions(plan, name, &error) == MMAX_OK)
        return EXIT_DONE;
    return complain_usage("MULTIMAX_ISA: %s", error.message);
}

static exit_status choose_difference(const cli_settings *settings)
{
    mmax_error error;
    if (!settings->difference ||
        mmax_plan_set_difference(settings->plan, settings->difference, &error) == MMAX_OK)
        return EXIT_DONE;
    return complain_of_setting(&error);
}

static exit_status choose_checks(const cli_settings *settings)
{
    mmax_error error;
    for (size_t i = 0; i < settings->n_checks; i++) {
        if (mmax_plan_add_check(settings->plan, settings->checks[i], &error) == MMAX_OK)
            continue;
        if (error.status == MMAX_EUSAGE)
            return complain_usage("%s", error.message);
        complain("%s", error.message);
        return EXIT_FAILED;
    }
    return EXIT_DONE;
}

/* Once for all inputs, so that a pipe will do.  FILE may be NULL. */
static exit_status read_tokens(const char *file, mmax_tokens **tokens)
{
    mmax_error error;
    if (!file || mmax_tokens_read(file, signals_flag(), tokens, &error) == MMAX_OK)
        return EXIT_DONE;
    if (error.status == MMAX_ECANCELED)
        return EXIT_INTERRUPTED;
    complain("%s", error.message);
    return EXIT_FAILED;
}

/* With every setting and every output's name in order. */
static exit_status analyze(cli_settings *settings, cli_claims *claims)
{
    exit_status status = choose_instructions(settings->plan);
    if (status == EXIT_DONE)
        status = choose_difference(settings);
    if (status == EXIT_DONE)
        status = choose_checks(settings);
    if (status == EXIT_DONE)
        status = check_outputs(settings, claims);
    if (status == EXIT_DONE)
        status = read_tokens(settings->tokens_file, &settings->tokens);
    if (status == EXIT_DONE)
        status = read_tokens(settings->query_tokens_file, &settings->query_tokens);
    if (status != EXIT_DONE)
        return status;
    bool to_file = settings->output && !is_stdout(settings->output);
    settings->report.color = wants_color(settings) && (settings->color == WHEN_ALWAYS || !to_file);
    find_terminal(settings);
    settings->report.source = &settings->source;
    settings->source.cancel = signals_flag();
    mmax_plan_set_cancel(settings->plan, signals_flag());
    return settings->action == ACTION_LIST ? run_list(settings) : run(settings, claims);
}

static exit_status begin(cli_settings *settings)
{
    signals_catch();
    exit_status status = settle_vectors(settings);
    if (status != EXIT_DONE)
        return status;
    if (settings->n_files == 0 && isatty(STDIN_FILENO))
        return complain_usage("no input: name a FILE, or pipe one to standard input");
    cli_claims *claims = claims_new(settings);
    if (claims) {
        status = analyze(settings, claims);
    } else {
        complain("out of memory");
        status = EXIT_FAILED;
    }
    claims_free(claims);
    return status;
}

static exit_status act(cli_settings *settings)
{
    switch (settings->action) {
    case ACTION_HELP:
        print_help();
        return close_stdout();
    case ACTION_VERSION:
        print_version();
        return close_stdout();
    case ACTION_LIST_MAPS:
        print_maps();
        return close_stdout();
    case ACTION_LIST_METRICS:
        print_metrics();
        return close_stdout();
    case ACTION_LIST_COLORMAPS:
        print_colormaps();
        return close_stdout();
    case ACTION_CITE:
        print_citation();
        return close_stdout();
    case ACTION_ANALYZE:
    case ACTION_LIST:
        break;
    }
    return begin(settings);
}

/* A standard descriptor that is closed would be that of the next file, and what is meant for a
 * terminal or a pipe would be written into it.  Opened the wrong way round, it stays an error to
 * use. */
static bool occupy_descriptors(void)
{
    for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
        if (fcntl(i, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", i == STDIN_FILENO ? O_WRONLY : O_RDONLY) != i)
            return false;
    return true;
}

/* Signals are caught once there is something to clean up after them: before, while the command line
 * is read, and with it parameters, perhaps from a pipe, they end the program by themselves. */
int main(int argc, char **argv)
{
    cli_settings settings = {0};
    mmax_error error;
    if (!occupy_descriptors()) {
        complain("/dev/null: cannot open: %s", strerror(errno));
        return EXIT_FAILED;
    }
    if (mmax_plan_new(&settings.plan, &error) != MMAX_OK) {
        complain("%s", error.message);
        return EXIT_FAILED;
    }
    char *command = join_command(argc, argv); /* before getopt_long sorts argv */
    settings.figure.command = command;
    exit_status status = EXIT_FAILED;
    if (command)
        status = options_parse(argc, argv, &settings);
    else
        complain("out of memory");
    if (status == EXIT_DONE)
        status = act(&settings);
    free(command);
    mmax_tokens_free(settings.tokens);
    mmax_tokens_free(settings.query_tokens);
    mmax_plan_free(settings.plan);
    return (int)signals_end(status);
}
