/* cli: the command line.
 * In: argv.  Out: what multimax.h can do, messages on standard error, an exit status.
 * Called by nobody; includes nothing of the library but its public header. */
#ifndef CLI_H
#define CLI_H

#include <multimax.h>

#define PROGRAM "multimax-analyze"

typedef enum exit_status {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,        /* an input, the data or an output failed */
    EXIT_USAGE = 2,         /* the command line is wrong */
    EXIT_INTERRUPTED = 130, /* as the shell has it: 128 + SIGINT */
    EXIT_READER_GONE = 141  /* 128 + SIGPIPE */
} exit_status;

/* ---- settings -------------------------------------------------------------------------------- */

typedef enum cli_action {
    ACTION_ANALYZE,
    ACTION_HELP,
    ACTION_VERSION,
    ACTION_LIST_MAPS,
    ACTION_LIST_METRICS,
    ACTION_CITE
} cli_action;

typedef enum cli_color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } cli_color;

/* What the command line asked for.  Strings are argv's. */
typedef struct cli_settings {
    cli_action action;
    mmax_plan *plan;
    mmax_source_options source;
    const char *mask; /* "causal" or a file */
    mmax_report_options report;
    const char *output;
    const char *probs, *probs_dtype;
    const char *heatmap, *simplex;
    mmax_figure_options figure;
    cli_color color;
    bool quiet, verbose;
    char **files;
    size_t n_files;
} cli_settings;

/* Reads the command line into SETTINGS, whose plan exists already.  EXIT_USAGE or EXIT_FAILED, with
 * the message printed, when it is wrong. */
exit_status options_parse(int argc, char **argv, cli_settings *settings);

/* ---- the table of options -------------------------------------------------------------------- */

typedef struct option_row {
    int short_name; /* 0: none */
    const char *name;
    const char *argument; /* NULL: takes none */
    const char *help;     /* lines separated by '\n' */
    bool (*take)(cli_settings *settings, const char *argument, mmax_error *error);
} option_row;

typedef struct option_group {
    const char *title;
    const option_row *rows;
    size_t n_rows;
} option_group;

extern const option_group option_groups[];
extern const size_t n_option_groups;

/* ---- what is printed ------------------------------------------------------------------------- */

void print_help(void);
void print_version(void);
void print_maps(void);
void print_metrics(void);
void print_citation(void);

/* "multimax-analyze: MESSAGE" on standard error. */
#if defined __GNUC__
__attribute__((format(printf, 1, 2)))
#endif
void complain(const char *format, ...);

/* The same, and where to find help. */
#if defined __GNUC__
__attribute__((format(printf, 1, 2)))
#endif
exit_status
complain_usage(const char *format, ...);

/* ---- outputs --------------------------------------------------------------------------------- */

/* PATTERN with %f replaced by the input's name without its folders and suffix; %m and %% stay for
 * mmax_probs_new if KEEP_PERCENT, else %% becomes %.  To be freed; NULL on lack of memory. */
char *expand_name(const char *pattern, const char *file, bool keep_percent);

/* Refuses outputs that would overwrite an input or each other, or share standard output; and
 * standard input as more than one input. */
exit_status check_outputs(const cli_settings *settings);

/* ---- running --------------------------------------------------------------------------------- */

/* Analyses every input and writes every output. */
exit_status run(cli_settings *settings);

/* SIGINT, SIGTERM and SIGHUP raise a flag; a closed pipe is an error of write. */
void signals_catch(void);
const volatile sig_atomic_t *signals_flag(void);

/* To be called last, when nothing is left to clean up: where a signal was caught, or the reader of
 * an output went away, ends the process as that signal does.  SIGINT alone is a plain exit with
 * EXIT_INTERRUPTED.  Returns STATUS. */
exit_status signals_end(exit_status status);

#endif
