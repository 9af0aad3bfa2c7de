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
    EXIT_CHECK = 3,         /* all was done, and a check does not hold */
    EXIT_INTERRUPTED = 130, /* as the shell has it: 128 + SIGINT */
    EXIT_READER_GONE = 141  /* 128 + SIGPIPE */
} exit_status;

/* ---- settings -------------------------------------------------------------------------------- */

typedef enum cli_action {
    ACTION_ANALYZE,
    ACTION_LIST,
    ACTION_HELP,
    ACTION_VERSION,
    ACTION_LIST_MAPS,
    ACTION_LIST_METRICS,
    ACTION_LIST_COLORMAPS,
    ACTION_CITE
} cli_action;

/* Auto: on a terminal. */
typedef enum cli_when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER } cli_when;

/* More maps than a plan takes, and more checks than anybody types. */
enum { MOST_MAPS = 64, MOST_CHECKS = 256 };

/* What the command line asked for.  Strings are argv's. */
typedef struct cli_settings {
    cli_action action;
    mmax_plan *plan;
    mmax_source_options source;
    const char *mask;                       /* "causal" or a file */
    const char *parameter_files[MOST_MAPS]; /* those of multimax:@FILE */
    size_t n_parameter_files;
    const char *queries, *keys; /* files whose products are the input, in place of FILEs */
    bool has_scale;
    const char *tokens_file, *query_tokens_file;
    mmax_tokens *tokens, *query_tokens; /* what these hold, once they are read */
    mmax_report_options report;
    const char *output;
    const char *checks[MOST_CHECKS]; /* (n_checks,) */
    size_t n_checks;
    const char *probs, *probs_dtype;
    const char *figures[MMAX_FIGURES]; /* their files; NULL where none is wanted */
    bool shows[MMAX_FIGURES];          /* those to show on the terminal */
    const char *data;                  /* the files of the figures' numbers, or NULL */
    mmax_figure_options figure;
    const char *difference; /* the two maps whose difference is drawn; NULL: none */
    bool has_theme;         /* it was asked for */
    mmax_terminal terminal; /* standard output's, once the run begins */
    cli_when color, progress;
    bool quiet, verbose;
    const char *const *files;
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

#define OPTION_GROUP(title, rows)                                                                  \
    {                                                                                              \
        title, rows, sizeof rows / sizeof rows[0]                                                  \
    }

extern const option_group *const option_groups[]; /* in the order of --help */
extern const size_t n_option_groups;
extern const option_group figure_group, look_group;

/* The message of an option whose argument is not what it takes; false. */
bool refuse(mmax_error *error, const char *what, const char *argument, const char *expected);

/* ---- what is printed ------------------------------------------------------------------------- */

void print_help(void);
void print_version(void);
void print_maps(void);
void print_metrics(void);
void print_colormaps(void);
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

/* Says why a setting was refused.  A file that it names, or memory, is no matter of usage. */
exit_status complain_of_setting(const mmax_error *error);

/* Fills in ERROR and returns STATUS, for who is asked first to say it. */
#if defined __GNUC__
__attribute__((format(printf, 3, 4)))
#endif
mmax_status
fail(mmax_error *error, mmax_status status, const char *format, ...);

/* The same for MMAX_ENOMEM, while outputs are named. */
mmax_status fail_memory(mmax_error *error);

/* ---- outputs --------------------------------------------------------------------------------- */

/* What the codes in an output's name stand for. */
typedef struct name_codes {
    const char *file;   /* %f: without its folders and suffix */
    const char *array;  /* %a: without slashes and controls; "array" where it is NULL */
    const char *figure; /* %g; NULL leaves that as it is */
} name_codes;

/* PATTERN with its codes replaced; %m and %% stay for mmax_probs_new if KEEP_PERCENT, else %%
 * becomes %.  To be freed; NULL on lack of memory. */
char *expand_name(const char *pattern, const name_codes *codes, bool keep_percent);

/* Whether %CODE is in the pattern. */
bool has_code(const char *pattern, char code);

/* "-" or "/dev/stdout"; and for a pattern also "png:-": what else ends in ":-" was refused before.
 */
bool is_stdout(const char *file);
bool pattern_is_stdout(const char *pattern);

/* The files that a run writes and those that it reads; NULL on lack of memory. */
typedef struct cli_claims cli_claims;
cli_claims *claims_new(const cli_settings *settings);
void claims_free(cli_claims *claims);

/* Claims a file for an output, of the option of that name.  MMAX_EUSAGE where it is another
 * output's already, or an input. */
mmax_status claims_add(cli_claims *claims, const char *option, const char *name, mmax_error *error);

/* Claims every output whose name is known before the inputs are read.  Refuses those that share
 * standard output or are one file for several inputs, and standard input as more than one input. */
exit_status check_outputs(const cli_settings *settings, cli_claims *claims);

/* Claims the outputs that the name of an array tells: ARRAY, NULL where it has none, is the nth of
 * FILE from 0.  MMAX_EUSAGE where one output is for several arrays. */
mmax_status claim_outputs(const cli_settings *settings, cli_claims *claims, const char *file,
                          const char *array, size_t nth_of_file, mmax_error *error);

/* ---- running --------------------------------------------------------------------------------- */

/* Analyses every input and writes every output. */
exit_status run(cli_settings *settings, cli_claims *claims);

/* Lists the arrays of every input. */
exit_status run_list(const cli_settings *settings);

/* The i-th input; "-" where none is named.  NULL past the last. */
const char *input_at(const cli_settings *settings, size_t i);

/* Says what failed, once: nothing for an interrupt and a reader that went away. */
void complain_of(const mmax_error *error);

/* Whether the whole run is to end: nobody is there to go on for.  And how it then ends. */
bool ends_run(mmax_status failure);
exit_status ending_of(mmax_status failure);

/* Analyses a source and writes its outputs; *CHECKS_HOLD becomes false where a check does not. */
mmax_status analyze_source(const cli_settings *settings, mmax_source *source, mmax_report *report,
                           bool *checks_hold, mmax_error *error);

/* ---- the terminal ---------------------------------------------------------------------------- */

/* Whether the figure is drawn or shown. */
bool wants_figure(const cli_settings *settings, mmax_figure_kind kind);

/* Whether standard output takes colours, as --color, NO_COLOR and the terminal have it. */
bool wants_color(const cli_settings *settings);

/* What standard output is, if figures are shown there. */
void find_terminal(cli_settings *settings);

/* Shows a figure behind what was printed. */
mmax_status show_figure(const cli_settings *settings, const mmax_result *result,
                        mmax_figure_kind kind, mmax_error *error);

/* ---- progress -------------------------------------------------------------------------------- */

/* A line on standard error, drawn again and again: how far, how fast, how long still.  Started
 * before the inputs are read; the plan tells of every block. */
typedef struct cli_progress cli_progress;
cli_progress *progress_start(const cli_settings *settings); /* NULL: none is wanted */
void progress_next_file(cli_progress *progress, const char *file);
void progress_stop(cli_progress *progress);

/* Takes the line away before something else is written to the terminal. */
void progress_hide(void);

/* ---- notes ----------------------------------------------------------------------------------- */

void note_falling_maps(const cli_settings *settings);
void note_type(const cli_settings *settings, const mmax_input *input);
void note_layout(const cli_settings *settings, const mmax_result *result);
void note_skipped(const cli_settings *settings, const mmax_array_info *info);
void note_unscaled(const cli_settings *settings, const mmax_input *input);
void say_read(const mmax_input *input);

/* Says which checks do not hold of a result, and with --verbose which do.  Whether all of them do.
 */
bool say_checks(const cli_settings *settings, const mmax_result *result);

/* SIGINT, SIGTERM, SIGHUP and SIGXCPU raise a flag; a closed pipe is an error of write, and so is a
 * file that reaches the limit of its size. */
void signals_catch(void);
const volatile sig_atomic_t *signals_flag(void);

/* To be called last, when nothing is left to clean up: where a signal was caught, or the reader of
 * an output went away, ends the process as that signal does.  SIGINT alone is a plain exit with
 * EXIT_INTERRUPTED.  Returns STATUS. */
exit_status signals_end(exit_status status);

#endif
