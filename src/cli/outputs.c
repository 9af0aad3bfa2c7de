/* Where the outputs go, and that each place takes one. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the outputs that are made for every input ----------------------------------------------- */

typedef struct input_output {
    const char *option, *pattern;
    const char *figure; /* its name; NULL for weights */
} input_output;

enum { MOST_INPUT_OUTPUTS = 1 + 2 * MMAX_FIGURES };

static size_t list_outputs(const cli_settings *settings, input_output outputs[MOST_INPUT_OUTPUTS])
{
    size_t n = 0;
    if (settings->probs)
        outputs[n++] = (input_output){"probs", settings->probs, NULL};
    for (mmax_figure_kind i = 0; i < MMAX_FIGURES; i++) {
        const char *name = mmax_figure_name(i);
        if (settings->figures[i])
            outputs[n++] = (input_output){name, settings->figures[i], name};
        if (wants_figure(settings, i) && settings->data)
            outputs[n++] = (input_output){"data", settings->data, name};
    }
    return n;
}

static exit_status check_data(const cli_settings *settings)
{
    size_t n = 0;
    for (mmax_figure_kind i = 0; i < MMAX_FIGURES; i++)
        n += wants_figure(settings, i);
    if (!settings->data)
        return EXIT_DONE;
    if (n == 0)
        return complain_usage("--data writes the numbers of figures, and none is asked for; add "
                              "one, such as --heatmap=FILE");
    if (n > 1 && !has_code(settings->data, 'g'))
        return complain_usage("--data='%s' is one file for %zu figures: put %%g, which becomes the "
                              "figure's name, into it",
                              settings->data, n);
    return EXIT_DONE;
}

/* A figure on the terminal stands behind a table, or alone. */
static exit_status check_shown(const cli_settings *settings)
{
    input_output outputs[MOST_INPUT_OUTPUTS];
    size_t n = list_outputs(settings, outputs);
    bool shows = false;
    for (mmax_figure_kind i = 0; i < MMAX_FIGURES; i++)
        shows |= settings->shows[i];
    if (!shows)
        return EXIT_DONE;
    bool report_there = !settings->output || is_stdout(settings->output);
    if (report_there && settings->report.format != MMAX_REPORT_TABLE)
        return complain_usage("--show prints a figure for people behind the report, which is for "
                              "programs: give the report a file with -o");
    for (size_t i = 0; i < n; i++)
        if (pattern_is_stdout(outputs[i].pattern))
            return complain_usage("--%s and --show cannot both write to standard output",
                                  outputs[i].option);
    return EXIT_DONE;
}

static exit_status check_stdout(const cli_settings *settings)
{
    input_output outputs[MOST_INPUT_OUTPUTS];
    size_t n = list_outputs(settings, outputs);
    bool report_there = !settings->output || is_stdout(settings->output);
    const char *taken = NULL;
    for (size_t i = 0; i < n; i++) {
        const char *option = outputs[i].option;
        if (!pattern_is_stdout(outputs[i].pattern))
            continue;
        if (report_there)
            return complain_usage("--%s takes standard output: give the report a file with -o",
                                  option);
        if (taken)
            return complain_usage("--%s and --%s cannot both write to standard output", taken,
                                  option);
        if (settings->n_files > 1)
            return complain_usage("--%s can put one input on standard output, not %zu", option,
                                  settings->n_files);
        if (isatty(STDOUT_FILENO) && outputs[i].pattern != settings->data)
            return complain_usage("--%s would write binary data to the terminal: redirect standard "
                                  "output or name a file",
                                  option);
        taken = option;
    }
    return EXIT_DONE;
}

static exit_status check_patterns(const cli_settings *settings)
{
    input_output outputs[MOST_INPUT_OUTPUTS];
    size_t n = list_outputs(settings, outputs);
    for (size_t k = 0; k < n; k++) {
        const char *option = outputs[k].option, *pattern = outputs[k].pattern;
        if (settings->n_files > 1 && !has_code(pattern, 'f') && !has_code(pattern, 'a'))
            return complain_usage(
                "--%s='%s' is one file for %zu inputs: put %%f, which becomes the "
                "input's name, into it",
                option, pattern, settings->n_files);
        if (pattern != settings->probs && has_code(pattern, 'm'))
            return complain_usage("--%s='%s': one figure shows every map; write %%%%m for a name "
                                  "with %%m in it",
                                  option, pattern);
    }
    return EXIT_DONE;
}

/* Standard input is at its end once it has been read. */
static exit_status check_stdin(const cli_settings *settings)
{
    size_t n = 0;
    for (size_t i = 0; i < settings->n_files; i++)
        n += strcmp(settings->files[i], "-") == 0;
    n += settings->keys && strcmp(settings->keys, "-") == 0;
    return n < 2 ? EXIT_DONE : complain_usage("'-' is given twice: standard input is read once");
}

static exit_status check_probs(const cli_settings *settings)
{
    mmax_sink *probs = NULL;
    mmax_error error;
    if (settings->probs && mmax_probs_new(settings->plan, settings->probs, settings->probs_dtype,
                                          &probs, &error) != MMAX_OK)
        return complain_of_setting(&error);
    mmax_sink_free(probs);
    return EXIT_DONE;
}

/* ---- which files are written ----------------------------------------------------------------- */

static mmax_status claim_name(cli_claims *claims, const char *option, char *name, mmax_error *error)
{
    mmax_status status = name ? claims_add(claims, option, name, error) : fail_memory(error);
    free(name);
    return status;
}

static mmax_status claim_output(const cli_settings *settings, cli_claims *claims,
                                const input_output *output, const char *file, const char *array,
                                mmax_error *error)
{
    const name_codes codes = {file, array, output->figure};
    if (output->pattern != settings->probs)
        return claim_name(claims, output->option, expand_name(output->pattern, &codes, false),
                          error);
    char *pattern = expand_name(output->pattern, &codes, true);
    mmax_status status = pattern ? MMAX_OK : fail_memory(error);
    for (size_t map = 0; status == MMAX_OK && mmax_plan_map_at(settings->plan, map); map++)
        status = claim_name(claims, output->option, mmax_probs_file(settings->plan, pattern, map),
                            error);
    free(pattern);
    return status;
}

static mmax_status claim_for_files(const cli_settings *settings, cli_claims *claims,
                                   const input_output *output, mmax_error *error)
{
    mmax_status status = MMAX_OK;
    const char *file;
    for (size_t i = 0; status == MMAX_OK && (file = input_at(settings, i)); i++)
        status = claim_output(settings, claims, output, file, NULL, error);
    return status;
}

/* Those that are known before any input is: names of arrays are not. */
static mmax_status claim_known(const cli_settings *settings, cli_claims *claims, mmax_error *error)
{
    input_output outputs[MOST_INPUT_OUTPUTS];
    size_t n = list_outputs(settings, outputs);
    mmax_status status = MMAX_OK;
    if (settings->output && !is_stdout(settings->output))
        status = claims_add(claims, "output", settings->output, error);
    for (size_t k = 0; status == MMAX_OK && k < n; k++)
        if (!pattern_is_stdout(outputs[k].pattern) && !has_code(outputs[k].pattern, 'a'))
            status = claim_for_files(settings, claims, &outputs[k], error);
    return status;
}

exit_status check_outputs(const cli_settings *settings, cli_claims *claims)
{
    exit_status status = check_stdin(settings);
    if (status == EXIT_DONE)
        status = check_probs(settings);
    if (status == EXIT_DONE)
        status = check_data(settings);
    if (status == EXIT_DONE)
        status = check_shown(settings);
    if (status == EXIT_DONE)
        status = check_stdout(settings);
    if (status == EXIT_DONE)
        status = check_patterns(settings);
    mmax_error error;
    if (status != EXIT_DONE || claim_known(settings, claims, &error) == MMAX_OK)
        return status;
    return complain_of_setting(&error);
}

mmax_status claim_outputs(const cli_settings *settings, cli_claims *claims, const char *file,
                          const char *array, size_t nth_of_file, mmax_error *error)
{
    input_output outputs[MOST_INPUT_OUTPUTS];
    size_t n = list_outputs(settings, outputs);
    mmax_status status = MMAX_OK;
    for (size_t k = 0; status == MMAX_OK && k < n; k++) {
        if (has_code(outputs[k].pattern, 'a'))
            status = claim_output(settings, claims, &outputs[k], file, array, error);
        else if (nth_of_file > 0)
            status = fail(error, MMAX_EUSAGE,
                          "--%s='%s' is one output for several arrays: choose one with --array, or "
                          "put %%a, which becomes the array's name, into it",
                          outputs[k].option, outputs[k].pattern);
    }
    return status;
}
