/* One array: the pass over it, and what is written of it. */
#include "cli.h"

#include <stdlib.h>

/* One output of a figure, to the file that PATTERN names: its numbers, or the figure itself. */
static mmax_status write_figure(const cli_settings *settings, const mmax_result *result,
                                mmax_figure_kind kind, const char *pattern, mmax_error *error)
{
    const mmax_input *input = mmax_result_input(result);
    const name_codes codes = {input->file, input->array, mmax_figure_name(kind)};
    char *file = expand_name(pattern, &codes, false);
    if (!file)
        return fail_memory(error);
    mmax_status status = pattern == settings->data
                             ? mmax_write_figure_data(result, kind, file, error)
                             : mmax_draw_figure(result, kind, file, &settings->figure, error);
    if (status == MMAX_OK && settings->verbose)
        complain("wrote %s", file);
    free(file);
    return status;
}

static mmax_status open_probs(const cli_settings *settings, const mmax_input *input,
                              mmax_sink **probs, mmax_error *error)
{
    const name_codes codes = {.file = input->file, .array = input->array};
    char *pattern = expand_name(settings->probs, &codes, true);
    if (!pattern)
        return fail_memory(error);
    mmax_status status =
        mmax_probs_new(settings->plan, pattern, settings->probs_dtype, probs, error);
    free(pattern);
    return status;
}

static void say_wrote_probs(const cli_settings *settings, const mmax_input *input)
{
    const name_codes codes = {.file = input->file, .array = input->array};
    char *pattern = expand_name(settings->probs, &codes, true);
    for (size_t map = 0; pattern && mmax_plan_map_at(settings->plan, map); map++) {
        char *name = mmax_probs_file(settings->plan, pattern, map);
        if (name)
            complain("wrote %s", name);
        free(name);
    }
    free(pattern);
}

/* What a figure goes to. */
enum { FIGURE_SHOWN, FIGURE_DRAWN, FIGURE_DATA, FIGURE_OUTPUTS };

/* The i-th output of all figures: each is shown, drawn and written as numbers, or what is wanted of
 * these. */
static mmax_status write_nth(const cli_settings *settings, const mmax_result *result, size_t i,
                             mmax_error *error)
{
    mmax_figure_kind kind = (mmax_figure_kind)(i / FIGURE_OUTPUTS);
    const char *file = settings->figures[kind];
    switch (i % FIGURE_OUTPUTS) {
    case FIGURE_SHOWN:
        return settings->shows[kind] ? show_figure(settings, result, kind, error) : MMAX_OK;
    case FIGURE_DRAWN:
        return file ? write_figure(settings, result, kind, file, error) : MMAX_OK;
    default:
        return wants_figure(settings, kind) && settings->data
                   ? write_figure(settings, result, kind, settings->data, error)
                   : MMAX_OK;
    }
}

/* The report, then the figures: each is tried even if an earlier one failed. */
static mmax_status write_outputs(const cli_settings *settings, mmax_report *report,
                                 const mmax_result *result, mmax_error *error)
{
    mmax_status worst = mmax_report_add(report, result, error);
    if (worst != MMAX_OK)
        return worst;
    for (size_t i = 0; i < FIGURE_OUTPUTS * MMAX_FIGURES; i++) {
        mmax_error of_figure;
        mmax_status status = write_nth(settings, result, i, &of_figure);
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

mmax_status analyze_source(const cli_settings *settings, mmax_source *source, mmax_report *report,
                           bool *checks_hold, mmax_error *error)
{
    const mmax_input *input = mmax_source_input(source);
    mmax_result *result = NULL;
    mmax_sink *probs = NULL;
    mmax_status status =
        mmax_source_set_tokens(source, settings->tokens, settings->query_tokens, error);
    if (status == MMAX_OK)
        note_type(settings, input);
    if (status == MMAX_OK && settings->probs)
        status = open_probs(settings, input, &probs, error);
    if (status == MMAX_OK) {
        mmax_sink *const sinks[] = {mmax_report_rows(report), probs};
        status = mmax_analyze(settings->plan, source, sinks, probs ? 2 : 1, &result, error);
    }
    progress_hide();
    if (status == MMAX_OK && settings->verbose)
        say_read(input);
    if (status == MMAX_OK && settings->verbose && probs)
        say_wrote_probs(settings, input);
    if (status == MMAX_OK)
        note_layout(settings, result);
    if (status == MMAX_OK)
        status = write_outputs(settings, report, result, error);
    if (result && !ends_run(status) && !say_checks(settings, result))
        *checks_hold = false;
    mmax_sink_free(probs);
    mmax_result_free(result);
    return status;
}
