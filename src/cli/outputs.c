#include "cli.h"

#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the outputs that are made for every input ----------------------------------------------- */

typedef struct input_output {
    const char *option, *pattern;
} input_output;

enum { MOST_INPUT_OUTPUTS = 3 };

static size_t list_outputs(const cli_settings *settings, input_output outputs[MOST_INPUT_OUTPUTS])
{
    const input_output all[MOST_INPUT_OUTPUTS] = {
        {"--probs", settings->probs},
        {"--heatmap", settings->heatmap},
        {"--simplex", settings->simplex},
    };
    size_t n = 0;
    for (size_t i = 0; i < MOST_INPUT_OUTPUTS; i++)
        if (all[i].pattern)
            outputs[n++] = all[i];
    return n;
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
            return complain_usage("%s takes standard output: give the report a file with -o",
                                  option);
        if (taken)
            return complain_usage("%s and %s cannot both write to standard output", taken, option);
        if (settings->n_files > 1)
            return complain_usage("%s can put one input on standard output, not %zu", option,
                                  settings->n_files);
        if (isatty(STDOUT_FILENO))
            return complain_usage("%s would write binary data to the terminal: redirect standard "
                                  "output or name a file",
                                  option);
        taken = option;
    }
    return EXIT_DONE;
}

/* ---- which files would be written ------------------------------------------------------------ */

typedef struct output_name {
    const char *option;
    char *name;
} output_name;

typedef struct output_names {
    output_name *list;
    size_t n, capacity;
    bool failed; /* memory ran out: the names are not all there */
} output_names;

/* Takes over NAME, which may be NULL. */
static void append(output_names *names, const char *option, char *name)
{
    if (names->n == names->capacity) {
        size_t capacity = names->capacity ? 2 * names->capacity : 16;
        output_name *list = realloc(names->list, capacity * sizeof *list);
        if (list) {
            names->list = list;
            names->capacity = capacity;
        }
    }
    if (!name || names->n == names->capacity) {
        free(name);
        names->failed = true;
        return;
    }
    names->list[names->n++] = (output_name){option, name};
}

static void append_of_input(output_names *names, const cli_settings *settings,
                            const input_output *output, const char *file, const char *array)
{
    bool is_probs = output->pattern == settings->probs;
    char *name = expand_name(output->pattern, file, array, is_probs);
    if (!is_probs) {
        append(names, output->option, name);
        return;
    }
    for (size_t map = 0; name && mmax_plan_map_at(settings->plan, map); map++)
        append(names, output->option, mmax_probs_file(settings->plan, name, map));
    names->failed = names->failed || !name;
    free(name);
}

static void free_names(output_names *names)
{
    for (size_t i = 0; i < names->n; i++)
        free(names->list[i].name);
    free(names->list);
}

/* Those that are known before any input is: names of arrays are not. */
static void gather_names(output_names *names, const cli_settings *settings)
{
    input_output outputs[MOST_INPUT_OUTPUTS];
    size_t n = list_outputs(settings, outputs);
    if (settings->output && !is_stdout(settings->output))
        append(names, "--output", strdup(settings->output));
    for (size_t k = 0; k < n; k++) {
        if (pattern_is_stdout(outputs[k].pattern) || has_code(outputs[k].pattern, 'a'))
            continue;
        if (settings->n_files == 0)
            append_of_input(names, settings, &outputs[k], "-", NULL);
        for (size_t i = 0; i < settings->n_files; i++)
            append_of_input(names, settings, &outputs[k], settings->files[i], NULL);
    }
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(a, b);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const output_name *)a)->name, ((const output_name *)b)->name);
}

static exit_status check_distinct(output_names *names)
{
    if (names->n > 1)
        qsort(names->list, names->n, sizeof *names->list, compare_names);
    for (size_t i = 1; i < names->n; i++) {
        const output_name *a = &names->list[i - 1], *b = &names->list[i];
        if (strcmp(a->name, b->name) != 0)
            continue;
        if (strcmp(a->option, b->option) == 0)
            return complain_usage("%s would write '%s' twice: %%f becomes each input's name",
                                  a->option, a->name);
        return complain_usage("%s and %s both name '%s'", a->option, b->option, a->name);
    }
    return EXIT_DONE;
}

/* ---- no input is overwritten ----------------------------------------------------------------- */

/* A file, however it is spelled. */
typedef struct file_id {
    dev_t device;
    ino_t inode;
    const char *file;
} file_id;

static int compare_ids(const void *a, const void *b)
{
    const file_id *x = a, *y = b;
    if (x->device != y->device)
        return x->device < y->device ? -1 : 1;
    return x->inode < y->inode ? -1 : x->inode > y->inode;
}

/* As stat; for an array in brackets, its file. */
static bool find_file(const char *file, struct stat *status)
{
    if (strcmp(file, "-") == 0) /* a file where "<" redirects it */
        return fstat(STDIN_FILENO, status) == 0;
    if (stat(file, status) == 0)
        return true;
    char *name = strdup(file);
    bool found = false;
    for (char *bracket; !found && name && (bracket = strrchr(name, '['));) {
        *bracket = '\0';
        found = stat(name, status) == 0;
    }
    free(name);
    return found;
}

static bool identify(const char *file, file_id *id)
{
    struct stat status;
    if (!find_file(file, &status) || !S_ISREG(status.st_mode))
        return false;
    *id = (file_id){status.st_dev, status.st_ino, file};
    return true;
}

/* The files beside the inputs that are read, too. */
enum { MOST_COMPANIONS = MOST_MAPS + 4 };

static size_t list_companions(const cli_settings *settings, const char *files[MOST_COMPANIONS])
{
    bool has_mask = settings->mask && strcmp(settings->mask, "causal") != 0;
    const char *const single[] = {settings->keys, has_mask ? settings->mask : NULL,
                                  settings->tokens_file, settings->query_tokens_file};
    size_t n = 0;
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        if (single[i])
            files[n++] = single[i];
    for (size_t i = 0; i < settings->n_parameter_files; i++)
        files[n++] = settings->parameter_files[i];
    return n;
}

static exit_status check_inputs(const cli_settings *settings, const output_names *names)
{
    const char *companions[MOST_COMPANIONS];
    size_t n_companions = list_companions(settings, companions);
    file_id *inputs = malloc((settings->n_files + 1 + n_companions) * sizeof *inputs);
    size_t n = 0;
    for (size_t i = 0; inputs && i < settings->n_files; i++)
        n += identify(settings->files[i], &inputs[n]);
    if (inputs && settings->n_files == 0)
        n += identify("-", &inputs[n]);
    for (size_t i = 0; inputs && i < n_companions; i++)
        n += identify(companions[i], &inputs[n]);
    if (inputs)
        qsort(inputs, n, sizeof *inputs, compare_ids);
    exit_status status = EXIT_DONE;
    for (size_t i = 0; i < names->n && status == EXIT_DONE; i++) {
        file_id id;
        const file_id *input = NULL;
        if (inputs && identify(names->list[i].name, &id))
            input = bsearch(&id, inputs, n, sizeof *inputs, compare_ids);
        if (input)
            status = complain_usage("%s would overwrite the input '%s'", names->list[i].option,
                                    input->file);
    }
    free(inputs);
    return status;
}

static exit_status check_patterns(const cli_settings *settings)
{
    input_output outputs[MOST_INPUT_OUTPUTS];
    size_t n = list_outputs(settings, outputs);
    for (size_t k = 0; k < n; k++) {
        const char *option = outputs[k].option, *pattern = outputs[k].pattern;
        if (settings->n_files > 1 && !has_code(pattern, 'f') && !has_code(pattern, 'a'))
            return complain_usage("%s='%s' is one file for %zu inputs: put %%f, which becomes the "
                                  "input's name, into it",
                                  option, pattern, settings->n_files);
        if (pattern != settings->probs && has_code(pattern, 'm'))
            return complain_usage("%s='%s': one figure shows every map; write %%%%m for a name "
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
        return complain_usage("%s", error.message);
    mmax_sink_free(probs);
    return EXIT_DONE;
}

exit_status check_outputs(const cli_settings *settings)
{
    exit_status status = check_stdin(settings);
    if (status == EXIT_DONE)
        status = check_probs(settings);
    if (status == EXIT_DONE)
        status = check_stdout(settings);
    if (status == EXIT_DONE)
        status = check_patterns(settings);
    if (status != EXIT_DONE)
        return status;
    output_names names = {0};
    gather_names(&names, settings);
    status = names.failed ? EXIT_FAILED : check_distinct(&names);
    if (names.failed)
        complain("out of memory while naming the outputs");
    if (status == EXIT_DONE)
        status = check_inputs(settings, &names);
    free_names(&names);
    return status;
}

/* ---- while the arrays come ------------------------------------------------------------------- */

static bool is_input(const cli_settings *settings, const char *name)
{
    file_id id, input;
    bool exists = identify(name, &id);
    for (size_t i = 0; exists && i < settings->n_files; i++)
        if (identify(settings->files[i], &input) && compare_ids(&id, &input) == 0)
            return true;
    const char *companions[MOST_COMPANIONS];
    size_t n = list_companions(settings, companions);
    for (size_t i = 0; exists && i < n; i++)
        if (identify(companions[i], &input) && compare_ids(&id, &input) == 0)
            return true;
    return false;
}

#if defined __GNUC__
__attribute__((format(printf, 2, 3)))
#endif
static mmax_status
fail_usage(mmax_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    error->status = MMAX_EUSAGE;
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return MMAX_EUSAGE;
}

/* Takes over the name. */
static mmax_status claim(const cli_settings *settings, const output_name *output, void **claimed,
                         mmax_error *error)
{
    mmax_status status = MMAX_OK;
    char **found = tsearch(output->name, claimed, compare_texts);
    if (!found) {
        error->status = status = MMAX_ENOMEM;
        snprintf(error->message, sizeof error->message, "out of memory while naming the outputs");
    } else if (*found != output->name) {
        status = fail_usage(error,
                            "%s would write '%s' twice: %%f becomes the input's name, %%a the "
                            "array's",
                            output->option, output->name);
    } else if (is_input(settings, output->name)) {
        return fail_usage(error, "%s would overwrite the input '%s'", output->option, output->name);
    }
    if (status != MMAX_OK)
        free(output->name);
    return status;
}

mmax_status claim_outputs(const cli_settings *settings, const mmax_array_info *info,
                          size_t nth_of_file, void **claimed, mmax_error *error)
{
    input_output outputs[MOST_INPUT_OUTPUTS];
    size_t n = list_outputs(settings, outputs);
    output_names names = {0};
    mmax_status status = MMAX_OK;
    for (size_t k = 0; k < n; k++) {
        if (has_code(outputs[k].pattern, 'a'))
            append_of_input(&names, settings, &outputs[k], info->file, info->array);
        else if (nth_of_file > 0)
            status = fail_usage(error,
                                "%s='%s' is one output for several arrays: choose one with "
                                "--array, or put %%a, which becomes the array's name, into it",
                                outputs[k].option, outputs[k].pattern);
    }
    size_t i = 0;
    while (status == MMAX_OK && i < names.n)
        status = claim(settings, &names.list[i++], claimed, error);
    for (; i < names.n; i++)
        free(names.list[i].name);
    free(names.list);
    return status;
}

void free_claims(void *claimed)
{
    while (claimed) {
        char *name = *(char **)claimed;
        tdelete(name, &claimed, compare_texts);
        free(name);
    }
}
