#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What failed, said once: nothing for an interrupt and a reader that went away. */
static void complain_of(const mmax_error *error)
{
    if (error->status != MMAX_ECANCELED && error->status != MMAX_EPIPE)
        complain("%s", error->message);
}

/* Whether the whole run is to end: nobody is there to go on for. */
static bool ends_run(mmax_status status)
{
    return status == MMAX_ECANCELED || status == MMAX_EPIPE;
}

static exit_status ending_of(mmax_status failure)
{
    return failure == MMAX_ECANCELED ? EXIT_INTERRUPTED
           : failure == MMAX_EPIPE   ? EXIT_READER_GONE
                                     : EXIT_FAILED;
}

static void note_falling_maps(const cli_settings *settings)
{
    const mmax_map *map;
    for (size_t i = 0; (map = mmax_plan_map_at(settings->plan, i)); i++) {
        char spec[MMAX_SPEC_SIZE], interval[MMAX_SPEC_SIZE];
        if (!mmax_map_falls(map, interval))
            continue;
        mmax_map_format(map, spec);
        complain("note: %s falls where %s: there a larger logit gets a smaller weight", spec,
                 interval);
    }
}

static void say_read(const mmax_input *input)
{
    char shape[256] = "";
    for (size_t i = 0, used = 0; i < input->n_dims; i++)
        used += (size_t)snprintf(shape + used, sizeof shape - used, i ? ", %zu" : "%zu",
                                 input->shape[i]);
    complain("read %s: %s, %s, shape (%s%s), %zu row%s of %zu", input->file, input->format,
             input->dtype, shape, input->n_dims == 1 ? "," : "", input->n_rows,
             input->n_rows == 1 ? "" : "s", input->row_length);
}

static void note_weights(const mmax_result *result)
{
    if (mmax_result_looks_like_probabilities(result))
        complain("note: %s looks like weights: every row is at least 0 and sums to 1; --from-probs "
                 "takes them as such",
                 mmax_result_input(result)->file);
}

typedef mmax_status draw_function(const mmax_result *result, const char *file,
                                  const mmax_figure_options *options, mmax_error *error);

static mmax_status draw(const cli_settings *settings, const mmax_result *result,
                        draw_function *draw_figure, const char *pattern, mmax_error *error)
{
    if (!pattern)
        return MMAX_OK;
    char *file = expand_name(pattern, mmax_result_input(result)->file, false);
    if (!file) {
        error->status = MMAX_ENOMEM;
        snprintf(error->message, sizeof error->message, "out of memory while naming a figure");
        return MMAX_ENOMEM;
    }
    mmax_status status = draw_figure(result, file, &settings->figure, error);
    if (status == MMAX_OK && settings->verbose)
        complain("wrote %s", file);
    free(file);
    return status;
}

static mmax_status open_probs(const cli_settings *settings, const char *file, mmax_sink **probs,
                              mmax_error *error)
{
    char *pattern = expand_name(settings->probs, file, true);
    if (!pattern) {
        error->status = MMAX_ENOMEM;
        snprintf(error->message, sizeof error->message, "out of memory while naming an output");
        return MMAX_ENOMEM;
    }
    mmax_status status =
        mmax_probs_new(settings->plan, pattern, settings->probs_dtype, probs, error);
    free(pattern);
    return status;
}

static void say_wrote_probs(const cli_settings *settings, const char *file)
{
    char *pattern = expand_name(settings->probs, file, true);
    for (size_t map = 0; pattern && mmax_plan_map_at(settings->plan, map); map++) {
        char *name = mmax_probs_file(settings->plan, pattern, map);
        if (name)
            complain("wrote %s", name);
        free(name);
    }
    free(pattern);
}

/* The report, then the figures: each is tried even if an earlier one failed. */
static mmax_status write_outputs(const cli_settings *settings, mmax_report *report,
                                 const mmax_result *result, mmax_error *error)
{
    draw_function *const draws[] = {mmax_draw_heatmap, mmax_draw_simplex};
    const char *const patterns[] = {settings->heatmap, settings->simplex};
    mmax_status worst = mmax_report_add(report, result, error);
    if (worst != MMAX_OK)
        return worst;
    for (size_t i = 0; i < 2; i++) {
        mmax_error of_figure;
        mmax_status status = draw(settings, result, draws[i], patterns[i], &of_figure);
        if (status == MMAX_OK)
            continue;
        if (worst != MMAX_OK)
            complain_of(error);
        worst = status;
        *error = of_figure;
        if (ends_run(status))
            break;
    }
    return worst;
}

static mmax_status analyze_file(const cli_settings *settings, const char *file, mmax_report *report,
                                mmax_error *error)
{
    mmax_source *source = NULL;
    mmax_result *result = NULL;
    mmax_sink *probs = NULL;
    mmax_status status = mmax_source_open(file, &settings->source, &source, error);
    if (status == MMAX_OK && settings->probs)
        status = open_probs(settings, file, &probs, error);
    if (status == MMAX_OK) {
        mmax_sink *const sinks[] = {mmax_report_rows(report), probs};
        status = mmax_analyze(settings->plan, source, sinks, probs ? 2 : 1, &result, error);
    }
    if (status == MMAX_OK && settings->verbose)
        say_read(mmax_result_input(result));
    if (status == MMAX_OK && settings->verbose && probs)
        say_wrote_probs(settings, file);
    if (status == MMAX_OK && !settings->quiet)
        note_weights(result);
    if (status == MMAX_OK)
        status = write_outputs(settings, report, result, error);
    mmax_sink_free(probs);
    mmax_result_free(result);
    mmax_source_free(source);
    return status;
}

/* Every input; one that fails does not keep the others. */
static exit_status analyze_files(const cli_settings *settings, mmax_report *report)
{
    static const char *const standard_input[] = {"-"};
    size_t n = settings->n_files ? settings->n_files : 1;
    exit_status status = EXIT_DONE;
    for (size_t i = 0; i < n; i++) {
        const char *file = settings->n_files ? settings->files[i] : standard_input[0];
        mmax_error error;
        mmax_status failure = analyze_file(settings, file, report, &error);
        if (failure == MMAX_OK)
            continue;
        status = EXIT_FAILED;
        complain_of(&error);
        if (ends_run(failure))
            return ending_of(failure);
        mmax_error closing;
        if (mmax_report_fail(report, error.message, &closing) != MMAX_OK) {
            complain_of(&closing);
            return ending_of(closing.status);
        }
    }
    return status;
}

exit_status run(cli_settings *settings)
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
    exit_status status = analyze_files(settings, report);
    if (status == EXIT_DONE || status == EXIT_FAILED) {
        mmax_status failure = mmax_report_finish(report, &error);
        if (failure != MMAX_OK) {
            complain_of(&error);
            status = ending_of(failure);
        } else if (settings->verbose && settings->output) {
            complain("wrote %s", settings->output);
        }
    }
    mmax_report_free(report);
    return status;
}
