/* Every array of every input; one that fails does not keep the others. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

void complain_of(const mmax_error *error)
{
    if (error->status != MMAX_ECANCELED && error->status != MMAX_EPIPE)
        complain("%s", error->message);
}

bool ends_run(mmax_status failure)
{
    return failure == MMAX_ECANCELED || failure == MMAX_EPIPE;
}

exit_status ending_of(mmax_status failure)
{
    return failure == MMAX_ECANCELED ? EXIT_INTERRUPTED
           : failure == MMAX_EPIPE   ? EXIT_READER_GONE
                                     : EXIT_FAILED;
}

const char *input_at(const cli_settings *settings, size_t i)
{
    if (settings->n_files == 0)
        return i == 0 ? "-" : NULL;
    return i < settings->n_files ? settings->files[i] : NULL;
}

/* ---- analysing ------------------------------------------------------------------------------- */

/* What the inputs of a run share. */
typedef struct analysis_run {
    const cli_settings *settings;
    mmax_report *report;
    cli_claims *claims;
    exit_status status;
    bool checks_hold;       /* so far */
    bool is_over;           /* nothing is to be done any more, */
    bool report_has_failed; /* since the report cannot be written, as has been said */
} analysis_run;

/* Says what failed, and closes in the report what was begun of it. */
static void take_failure(analysis_run *run, const mmax_error *failure)
{
    complain_of(failure);
    run->status = ends_run(failure->status) ? ending_of(failure->status) : EXIT_FAILED;
    run->is_over = ends_run(failure->status);
    mmax_error closing;
    if (run->is_over || mmax_report_fail(run->report, failure->message, &closing) == MMAX_OK)
        return;
    if (strcmp(closing.message, failure->message) != 0)
        complain_of(&closing);
    run->status = ending_of(closing.status);
    run->is_over = run->report_has_failed = true;
}

/* The n-th array of its file that is analysed. */
static mmax_status take_array(analysis_run *run, mmax_file *file, const mmax_array_info *info,
                              size_t nth, mmax_error *error)
{
    mmax_source *source = NULL;
    mmax_status status =
        claim_outputs(run->settings, run->claims, info->file, info->array, nth, error);
    if (status == MMAX_OK)
        status = mmax_file_array(file, &source, error);
    if (status == MMAX_OK)
        status = analyze_source(run->settings, source, run->report, &run->checks_hold, error);
    mmax_source_free(source);
    return status;
}

static void analyze_arrays(analysis_run *run, const char *name, mmax_file *file)
{
    size_t n_analyzed = 0, n_skipped = 0;
    while (!run->is_over) {
        mmax_error error;
        const mmax_array_info *info = NULL;
        mmax_status status = mmax_file_next(file, &info, &error);
        if (status == MMAX_OK && !info)
            break;
        if (status == MMAX_OK && !info->is_input) {
            n_skipped++;
            note_skipped(run->settings, info);
            continue;
        }
        if (status == MMAX_OK)
            status = take_array(run, file, info, n_analyzed++, &error);
        if (status != MMAX_OK)
            take_failure(run, &error);
    }
    if (n_analyzed > 0 || n_skipped == 0 || run->is_over)
        return;
    complain("%s: holds several arrays, but none of floating-point numbers; choose one with "
             "--array",
             strcmp(name, "-") == 0 ? "standard input" : name);
    run->status = EXIT_FAILED;
}

static void analyze_file(analysis_run *run, const char *name)
{
    mmax_file *file;
    mmax_error error;
    if (mmax_file_open(name, &run->settings->source, &file, &error) == MMAX_OK) {
        analyze_arrays(run, name, file);
        mmax_file_free(file);
    } else {
        take_failure(run, &error);
    }
}

static void analyze_product(analysis_run *run)
{
    const cli_settings *settings = run->settings;
    mmax_source *source = NULL;
    mmax_error error;
    mmax_status status = mmax_source_open_product(settings->queries, settings->keys,
                                                  &settings->source, &source, &error);
    if (status == MMAX_OK) {
        const mmax_input *input = mmax_source_input(source);
        note_unscaled(settings, input);
        status = claim_outputs(settings, run->claims, input->file, input->array, 0, &error);
    }
    if (status == MMAX_OK)
        status = analyze_source(settings, source, run->report, &run->checks_hold, &error);
    if (status != MMAX_OK)
        take_failure(run, &error);
    mmax_source_free(source);
}

static void analyze_inputs(analysis_run *run)
{
    const cli_settings *settings = run->settings;
    cli_progress *progress = progress_start(settings);
    const char *name;
    for (size_t i = 0; !run->is_over && (name = input_at(settings, i)); i++) {
        progress_next_file(progress, name);
        if (settings->queries)
            analyze_product(run);
        else
            analyze_file(run, name);
    }
    progress_stop(progress);
}

/* Whether the file of a report or a list stays what it was: nothing could be put into it, and what
 * an earlier run put there is worth more. */
static bool keeps_file(const cli_settings *settings, exit_status status, size_t n_done)
{
    return status == EXIT_FAILED && n_done == 0 && settings->output && !is_stdout(settings->output);
}

exit_status run(cli_settings *settings, cli_claims *claims)
{
    mmax_report *report = NULL;
    mmax_error error;
    const char *output = settings->output ? settings->output : "-";
    if (mmax_report_open(settings->plan, output, &settings->report, &report, &error) != MMAX_OK) {
        complain_of(&error);
        return ending_of(error.status);
    }
    if (!settings->quiet && settings->report.format != MMAX_REPORT_TABLE)
        note_falling_maps(settings);
    analysis_run run = {
        .settings = settings, .report = report, .claims = claims, .checks_hold = true};
    analyze_inputs(&run);
    exit_status status = run.status;
    if ((status == EXIT_DONE || status == EXIT_FAILED) && !run.report_has_failed &&
        !keeps_file(settings, status, mmax_report_inputs(report))) {
        mmax_status failure = mmax_report_finish(report, &error);
        if (failure != MMAX_OK) {
            complain_of(&error);
            status = ending_of(failure);
        } else if (settings->verbose && settings->output) {
            complain("wrote %s", settings->output);
        }
    }
    mmax_report_free(report);
    /* After any failure not everything was checked, or not everything was done. */
    return status == EXIT_DONE && !run.checks_hold ? EXIT_CHECK : status;
}

/* ---- listing --------------------------------------------------------------------------------- */

static mmax_status list_arrays(mmax_file *file, mmax_listing *listing, exit_status *status)
{
    for (;;) {
        mmax_error error;
        const mmax_array_info *info = NULL;
        mmax_status failure = mmax_file_next(file, &info, &error);
        if (failure == MMAX_OK && !info)
            return MMAX_OK;
        if (failure == MMAX_OK && !info->rows_known)
            failure = mmax_file_count_rows(file, &error);
        if (failure == MMAX_OK)
            failure = mmax_listing_add(listing, info, &error);
        if (failure == MMAX_OK)
            continue;
        complain_of(&error);
        *status = ending_of(failure);
        if (ends_run(failure))
            return failure;
    }
}

static mmax_status list_file(const cli_settings *settings, const char *name, mmax_listing *listing,
                             exit_status *status)
{
    mmax_file *file;
    mmax_error error;
    mmax_status failure = mmax_file_open(name, &settings->source, &file, &error);
    if (failure == MMAX_OK) {
        failure = list_arrays(file, listing, status);
        mmax_file_free(file);
    } else {
        complain_of(&error);
        *status = ending_of(failure);
    }
    return failure;
}

static exit_status list_files(const cli_settings *settings, mmax_listing *listing)
{
    exit_status status = EXIT_DONE;
    mmax_status failure = MMAX_OK;
    const char *name;
    for (size_t i = 0; !ends_run(failure) && (name = input_at(settings, i)); i++)
        failure = list_file(settings, name, listing, &status);
    if (settings->keys && !ends_run(failure))
        list_file(settings, settings->keys, listing, &status);
    return status;
}

exit_status run_list(const cli_settings *settings)
{
    mmax_listing *listing;
    mmax_error error;
    const char *output = settings->output ? settings->output : "-";
    if (mmax_listing_open(output, settings->report.format, signals_flag(), &listing, &error) !=
        MMAX_OK) {
        complain_of(&error);
        return ending_of(error.status);
    }
    exit_status status = list_files(settings, listing);
    if ((status == EXIT_DONE || status == EXIT_FAILED) &&
        !keeps_file(settings, status, mmax_listing_arrays(listing))) {
        mmax_status failure = mmax_listing_finish(listing, &error);
        if (failure != MMAX_OK) {
            complain_of(&error);
            status = ending_of(failure);
        }
    }
    mmax_listing_free(listing);
    return status;
}
