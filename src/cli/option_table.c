/* The one table of options: parsing, --help and the manual's test walk it. */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool refuse(mmax_error *error, const char *what, const char *argument, const char *expected)
{
    error->status = MMAX_EUSAGE;
    snprintf(error->message, sizeof error->message, "invalid %s '%s': expected %s", what, argument,
             expected);
    return false;
}

/* ---- input ----------------------------------------------------------------------------------- */

static bool take_input_format(cli_settings *settings, const char *argument, mmax_error *error)
{
    return mmax_format_parse(argument, &settings->source.format) ||
           refuse(error, "input format", argument, "auto, npy, npz, safetensors, csv or tsv");
}

static bool take_array(cli_settings *settings, const char *argument, mmax_error *error)
{
    settings->source.array = argument;
    return *argument || refuse(error, "array", argument, "a name that --list shows");
}

static bool take_list(cli_settings *settings, const char *argument, mmax_error *error)
{
    (void)argument;
    (void)error;
    settings->action = ACTION_LIST;
    return true;
}

static bool take_select(cli_settings *settings, const char *argument, mmax_error *error)
{
    settings->source.select = argument;
    return mmax_select_check(argument, error) == MMAX_OK;
}

static bool take_axis(cli_settings *settings, const char *argument, mmax_error *error)
{
    const char *digits = argument + (*argument == '-');
    size_t n = strspn(digits, "0123456789");
    /* No array has that many axes; which ones it has is told when it is known. */
    bool ok = n > 0 && n <= 3 && !digits[n];
    settings->source.has_axis = true;
    settings->source.axis = ok ? atoi(argument) : -1;
    return ok || refuse(error, "axis", argument, "an integer such as 0 or -2");
}

static bool take_columns(cli_settings *settings, const char *argument, mmax_error *error)
{
    settings->source.columns = argument;
    return mmax_columns_check(argument, error) == MMAX_OK;
}

static bool take_header(cli_settings *settings, const char *argument, mmax_error *error)
{
    static const char *const words[] = {"auto", "yes", "no"};
    static const mmax_header headers[] = {MMAX_HEADER_AUTO, MMAX_HEADER_YES, MMAX_HEADER_NO};
    for (size_t i = 0; i < 3; i++)
        if (strcmp(argument, words[i]) == 0) {
            settings->source.header = headers[i];
            return true;
        }
    return refuse(error, "choice of header", argument, "auto, yes or no");
}

static bool take_delimiter(cli_settings *settings, const char *argument, mmax_error *error)
{
    bool is_tab = strcmp(argument, "\\t") == 0;
    if (!is_tab && (strlen(argument) != 1 || strchr("\"\r\n.+-0123456789", argument[0])))
        return refuse(error, "delimiter", argument, "one character such as ; or \\t");
    settings->source.delimiter = is_tab ? '\t' : argument[0];
    return true;
}

static bool take_queries(cli_settings *settings, const char *argument, mmax_error *error)
{
    settings->queries = argument;
    return *argument || refuse(error, "file of queries", argument, "the name of a file, or -");
}

static bool take_keys(cli_settings *settings, const char *argument, mmax_error *error)
{
    settings->keys = argument;
    return *argument || refuse(error, "file of keys", argument, "the name of a file, or -");
}

static const option_row input_rows[] = {
    {0, "input-format", "FORMAT",
     "npy, npz, safetensors, csv or tsv; auto (the\ndefault) goes by the first bytes, then the "
     "suffix",
     take_input_format},
    {0, "array", "NAME",
     "the array NAME of an .npz or .safetensors file; so\n"
     "does FILE[NAME] (default: each of floating-point\nnumbers)",
     take_array},
    {0, "list", NULL, "list the arrays of each FILE, with their types and\nshapes, and stop",
     take_list},
    {0, "select", "EXPR", "the part of the array to take, as NumPy slices:\n'3,:,0:64,:'",
     take_select},
    {0, "axis", "N", "the axis of it that rows run along, from the end if\nnegative (default: -1)",
     take_axis},
    {0, "columns", "LIST",
     "the columns of a text that are logits: names of the\nheader, numbers from 1, ranges 3-6, 3-, "
     "-4",
     take_columns},
    {0, "csv-header", "WHEN",
     "auto (the default), yes or no: whether the first\nrecord names the columns", take_header},
    {0, "delimiter", "C", "what separates the cells of a text", take_delimiter},
    {0, "queries", "FILE",
     "with --keys, in place of FILEs: logits are the\nproducts Q K^T of two arrays of vectors",
     take_queries},
    {0, "keys", "FILE", "K, (..., n_keys, d), where Q is (..., n_queries, d)", take_keys},
};

/* ---- logits and labels ----------------------------------------------------------------------- */

static bool take_from_probs(cli_settings *settings, const char *argument, mmax_error *error)
{
    (void)argument;
    (void)error;
    mmax_plan_set_from_probs(settings->plan);
    return true;
}

static bool take_scale(cli_settings *settings, const char *argument, mmax_error *error)
{
    settings->has_scale = true;
    return mmax_plan_set_scale(settings->plan, argument, error) == MMAX_OK;
}

static bool take_mask(cli_settings *settings, const char *argument, mmax_error *error)
{
    settings->mask = argument;
    return mmax_plan_set_mask(settings->plan, argument, error) == MMAX_OK;
}

static bool take_invalid(cli_settings *settings, const char *argument, mmax_error *error)
{
    return mmax_plan_set_invalid(settings->plan, argument, error) == MMAX_OK;
}

static bool take_tokens(cli_settings *settings, const char *argument, mmax_error *error)
{
    settings->tokens_file = argument;
    settings->report.row_labels = true;
    return (*argument && strcmp(argument, "-") != 0) ||
           refuse(error, "tokens", argument, "the name of a file");
}

static bool take_query_tokens(cli_settings *settings, const char *argument, mmax_error *error)
{
    settings->query_tokens_file = argument;
    settings->report.row_labels = true;
    return (*argument && strcmp(argument, "-") != 0) ||
           refuse(error, "tokens", argument, "the name of a file");
}

static const option_row logit_rows[] = {
    {0, "from-probs", NULL, "the input holds weights: take their logarithms", take_from_probs},
    {0, "scale", "F", "multiply the logits by F: 0.125, 1/sqrt(64)", take_scale},
    {0, "mask", "MASK",
     "then mask: causal (keys after the query), or a FILE\n"
     "whose array broadcasts to the input, boolean (0\n"
     "masks) or to be added (-inf masks)",
     take_mask},
    {0, "invalid", "WHAT",
     "what a NaN or +inf does: error (the default), or\nskip to leave its row out", take_invalid},
    {0, "tokens", "FILE",
     "labels of the keys, one a line; of the queries,\ntoo, where these are as many", take_tokens},
    {0, "query-tokens", "FILE", "labels of the queries, one a line", take_query_tokens},
};

/* ---- what to compute ------------------------------------------------------------------------- */

static bool take_map(cli_settings *settings, const char *argument, mmax_error *error)
{
    static const char with_file[] = "multimax:@";
    if (mmax_plan_add_map(settings->plan, argument, error) != MMAX_OK)
        return false;
    if (strncmp(argument, with_file, strlen(with_file)) == 0 &&
        settings->n_parameter_files < MOST_MAPS)
        settings->parameter_files[settings->n_parameter_files++] = argument + strlen(with_file);
    return true;
}

static bool take_metrics(cli_settings *settings, const char *argument, mmax_error *error)
{
    return mmax_plan_set_metrics(settings->plan, argument, error) == MMAX_OK;
}

static bool take_epsilon(cli_settings *settings, const char *argument, mmax_error *error)
{
    return mmax_plan_set_epsilon(settings->plan, argument, error) == MMAX_OK;
}

static bool take_reference(cli_settings *settings, const char *argument, mmax_error *error)
{
    return mmax_plan_set_reference(settings->plan, argument, error) == MMAX_OK;
}

static bool take_per(cli_settings *settings, const char *argument, mmax_error *error)
{
    return mmax_plan_set_per(settings->plan, argument, error) == MMAX_OK;
}

enum { MOST_THREADS = 1024 };

static bool take_threads(cli_settings *settings, const char *argument, mmax_error *error)
{
    size_t n = 0;
    const char *c = argument;
    for (; *c >= '0' && *c <= '9' && n <= MOST_THREADS; c++)
        n = 10 * n + (size_t)(*c - '0');
    if (*c != '\0' || n < 1 || n > MOST_THREADS)
        return refuse(error, "number of threads", argument, "a whole number from 1 to 1024");
    mmax_plan_set_threads(settings->plan, n);
    return true;
}

static const option_row compute_rows[] = {
    {'m', "map", "SPEC",
     "softmax[:t=T], sparsemax, entmax[:A], evsoftmax,\n"
     "multimax[:tb=..,b=..,td=..,d=..], multimax:@FILE\n"
     "or another of --list-maps; repeat it for several\n(default: one of each)",
     take_map},
    {0, "metrics", "LIST", "keys of --list-metrics, separated by commas, or all", take_metrics},
    {0, "epsilon", "E",
     "what makes a logit relevant: more than uniform\n"
     "(logsumexp - ln n, the default), mean, or a number",
     take_epsilon},
    {0, "reference", "S",
     "the weight that sparsity compares with: uniform\n"
     "(1/n, the default), softmax-min, geomean, or a\nnumber",
     take_reference},
    {0, "per", "LEVEL",
     "a summary over all rows, one per group (leading\n"
     "indices such as layer and head), or one line per\n"
     "row (default: group for rank 3 and more, else all)",
     take_per},
    {'j', "threads", "N",
     "compute with N threads (default: one for each\nprocessor); no result depends on it",
     take_threads},
};

/* ---- outputs --------------------------------------------------------------------------------- */

static bool take_format(cli_settings *settings, const char *argument, mmax_error *error)
{
    return mmax_report_format_parse(argument, &settings->report.format) ||
           refuse(error, "report format", argument, "table, json, ndjson, csv or tsv");
}

static bool take_output(cli_settings *settings, const char *argument, mmax_error *error)
{
    settings->output = argument;
    return *argument || refuse(error, "output", argument, "the name of a file, or -");
}

static bool take_probs(cli_settings *settings, const char *argument, mmax_error *error)
{
    (void)error;
    settings->probs = argument;
    return true;
}

static bool take_probs_dtype(cli_settings *settings, const char *argument, mmax_error *error)
{
    settings->probs_dtype = argument;
    return strcmp(argument, "f4") == 0 || strcmp(argument, "f8") == 0 ||
           refuse(error, "dtype of weights", argument, "f4 or f8");
}

/* The plan is told when it has its maps. */
static bool take_check(cli_settings *settings, const char *argument, mmax_error *error)
{
    if (settings->n_checks == MOST_CHECKS)
        return refuse(error, "check", argument, "at most 256 of them");
    settings->checks[settings->n_checks++] = argument;
    return true;
}

static const option_row output_rows[] = {
    {'f', "format", "FORMAT", "table (the default), json, ndjson, csv or tsv", take_format},
    {'o', "output", "FILE", "the report goes to FILE, not to standard output", take_output},
    {0, "probs", "FILE",
     "write the weights: .npy, .csv, .tsv, or - for NPY\n"
     "on standard output; %m in FILE becomes the map,\n"
     "%f the input's name, %a its array's",
     take_probs},
    {0, "probs-dtype", "TYPE", "f4 or f8 (default: as the input)", take_probs_dtype},
    {0, "check", "EXPR",
     "status 3, and a message, where EXPR does not hold:\n"
     "[MAP:]METRIC.STATISTIC OPERATOR NUMBER, such as\n"
     "'entropy.mean > 0.5'; repeat it for several",
     take_check},
};

/* ---- messages and information ---------------------------------------------------------------- */

static bool take_quiet(cli_settings *settings, const char *argument, mmax_error *error)
{
    (void)argument;
    (void)error;
    settings->quiet = true;
    settings->verbose = false;
    return true;
}

static bool take_verbose(cli_settings *settings, const char *argument, mmax_error *error)
{
    (void)argument;
    (void)error;
    settings->verbose = true;
    settings->quiet = false;
    return true;
}

static bool take_color(cli_settings *settings, const char *argument, mmax_error *error)
{
    static const char *const words[] = {"auto", "always", "never"};
    static const cli_when choices[] = {WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER};
    for (size_t i = 0; i < 3; i++)
        if (strcmp(argument, words[i]) == 0) {
            settings->color = choices[i];
            return true;
        }
    return refuse(error, "choice of colour", argument, "auto, always or never");
}

#define TAKE_PROGRESS(name, value)                                                                 \
    static bool name(cli_settings *settings, const char *argument, mmax_error *error)              \
    {                                                                                              \
        (void)argument;                                                                            \
        (void)error;                                                                               \
        settings->progress = value;                                                                \
        return true;                                                                               \
    }

TAKE_PROGRESS(take_progress, WHEN_ALWAYS)
TAKE_PROGRESS(take_no_progress, WHEN_NEVER)

static const option_row message_rows[] = {
    {'q', "quiet", NULL, "no notes on standard error, only errors", take_quiet},
    {'v', "verbose", NULL, "say what is read and written", take_verbose},
    {0, "progress", NULL,
     "say how far the run is (default: on a terminal,\nwhen it takes more than a second)",
     take_progress},
    {0, "no-progress", NULL, "never say how far the run is", take_no_progress},
    {0, "color", "WHEN",
     "auto (the default: on a terminal, unless NO_COLOR\nis set), always or never", take_color},
};

#define TAKE_ACTION(name, value)                                                                   \
    static bool name(cli_settings *settings, const char *argument, mmax_error *error)              \
    {                                                                                              \
        (void)argument;                                                                            \
        (void)error;                                                                               \
        settings->action = value;                                                                  \
        return true;                                                                               \
    }

TAKE_ACTION(take_help, ACTION_HELP)
TAKE_ACTION(take_version, ACTION_VERSION)
TAKE_ACTION(take_list_maps, ACTION_LIST_MAPS)
TAKE_ACTION(take_list_metrics, ACTION_LIST_METRICS)
TAKE_ACTION(take_list_colormaps, ACTION_LIST_COLORMAPS)
TAKE_ACTION(take_cite, ACTION_CITE)

static const option_row information_rows[] = {
    {'h', "help", NULL, "print this help", take_help},
    {'V', "version", NULL, "print the version and how it was built", take_version},
    {0, "list-maps", NULL, "print the maps with their definitions and sources", take_list_maps},
    {0, "list-metrics", NULL, "print the metrics with their definitions", take_list_metrics},
    {0, "list-colormaps", NULL, "print the colour maps of figures", take_list_colormaps},
    {0, "cite", NULL, "print BibTeX entries of the paper and the program", take_cite},
};

static const option_group groups[] = {
    OPTION_GROUP("Input", input_rows),
    OPTION_GROUP("Logits and labels", logit_rows),
    OPTION_GROUP("What to compute", compute_rows),
    OPTION_GROUP("Outputs", output_rows),
    OPTION_GROUP("Messages", message_rows),
    OPTION_GROUP("Information", information_rows),
};

const option_group *const option_groups[] = {
    &groups[0],    &groups[1],  &groups[2], &groups[3],
    &figure_group, &look_group, &groups[4], &groups[5],
};
const size_t n_option_groups = sizeof option_groups / sizeof option_groups[0];
