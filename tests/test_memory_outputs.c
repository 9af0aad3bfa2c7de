/* Analyses, and what is written of them. */
#include "test_memory.h"

#include <stdlib.h>
#include <string.h>

/* ---- analyses -------------------------------------------------------------------------------- */

static mmax_status analyze_into(things *self, mmax_sink *const *sinks, size_t n_sinks,
                                mmax_error *error)
{
    self->result = UNTOUCHED;
    mmax_status status =
        mmax_analyze(self->plan, self->source, sinks, n_sinks, &self->result, error);
    return UNLESS_TOUCHED(status, self->result);
}

static mmax_status analyze(things *self, mmax_error *error)
{
    return analyze_into(self, NULL, 0, error);
}

static mmax_status open_and_analyze(things *self, mmax_error *error)
{
    mmax_status status = mmax_source_open(self->argument, NULL, &self->source, error);
    return status == MMAX_OK ? analyze(self, error) : status;
}

/* A text has no layers. */
static mmax_status open_and_analyze_text(things *self, mmax_error *error)
{
    for (mmax_figure_kind kind = 0; kind < MMAX_FIGURES; kind++)
        if (kind != MMAX_FIGURE_LAYERS)
            mmax_plan_keep_figure(self->plan, kind);
    return open_and_analyze(self, error);
}

static mmax_status analyze_in_threads(things *self, mmax_error *error)
{
    mmax_plan_set_threads(self->plan, 4);
    mmax_plan_set_block_rows(self->plan, 2);
    return analyze(self, error);
}

static mmax_status analyze_masked(things *self, mmax_error *error)
{
    mmax_status status = mmax_plan_set_mask(self->plan, self->argument, error);
    return status == MMAX_OK ? analyze(self, error) : status;
}

static mmax_status analyze_layers(things *self, mmax_error *error)
{
    mmax_status status = mmax_plan_add_map(self->plan, self->argument, error);
    if (status == MMAX_OK)
        status = mmax_plan_set_per(self->plan, "group", error);
    return status == MMAX_OK ? analyze(self, error) : status;
}

static mmax_status analyze_difference(things *self, mmax_error *error)
{
    mmax_status status = mmax_plan_set_difference(self->plan, self->argument, error);
    if (status == MMAX_OK)
        status = mmax_plan_set_panels(self->plan, "1.*,0.0", error);
    return status == MMAX_OK ? analyze(self, error) : status;
}

static mmax_status analyze_product(things *self, mmax_error *error)
{
    mmax_status status =
        mmax_source_open_product("queries.npy", self->argument, NULL, &self->source, error);
    return status == MMAX_OK ? analyze(self, error) : status;
}

static mmax_status analyze_with_tokens(things *self, mmax_error *error)
{
    mmax_status status = mmax_tokens_read(self->argument, NULL, &self->tokens, error);
    if (status == MMAX_OK)
        status = mmax_source_set_tokens(self->source, self->tokens, NULL, error);
    return status == MMAX_OK ? analyze(self, error) : status;
}

/* What is analysed is used up: nothing of this can be tried again. */
static const operation of_analyses[] = {
    {"mmax_analyze mmax_result_free", NEEDS_SOURCE, analyze, NULL, ONCE},
    {"mmax_analyze", NEEDS_SOURCE, analyze_in_threads, NULL, ONCE},
    {"mmax_analyze", NEEDS_PLAN, open_and_analyze, "fortran.npy", ONCE},
    {"mmax_analyze", NEEDS_PLAN, open_and_analyze, "heads.npy.gz", ONCE},
    {"mmax_analyze", NEEDS_PLAN, open_and_analyze, "heads.npy.zst", ONCE},
    {"mmax_analyze", NEEDS_PLAN, open_and_analyze, "heads.npy.xz", ONCE},
    {"mmax_analyze", NEEDS_PLAN, open_and_analyze, "deflated.npz[heads]", ONCE},
    {"mmax_analyze", NEEDS_PLAN, open_and_analyze, "heads.safetensors[heads]", ONCE},
    {"mmax_analyze", NEEDS_BARE_PLAN, open_and_analyze_text, "rows.csv", ONCE},
    {"mmax_analyze", NEEDS_SOURCE, analyze_masked, "causal", ONCE},
    {"mmax_analyze", NEEDS_SOURCE, analyze_masked, "mask.npy", ONCE},
    {"mmax_analyze", NEEDS_SOURCE, analyze_layers, "multimax:@layers.json", ONCE},
    {"mmax_analyze", NEEDS_SOURCE, analyze_difference, "softmax,entmax", ONCE},
    {"mmax_analyze", NEEDS_PLAN, analyze_product, "keys.npy", ONCE},
    {"mmax_analyze", NEEDS_SOURCE, analyze_with_tokens, "tokens.txt", ONCE},
};

const operation_table analysis_operations = {"analyses", of_analyses,
                                             sizeof of_analyses / sizeof *of_analyses};

/* ---- weights and reports --------------------------------------------------------------------- */

static mmax_status new_probs(things *self, mmax_error *error)
{
    self->probs = UNTOUCHED;
    mmax_status status = mmax_probs_new(self->plan, self->argument, NULL, &self->probs, error);
    return UNLESS_TOUCHED(status, self->probs);
}

static mmax_status write_probs(things *self, mmax_error *error)
{
    mmax_status status = new_probs(self, error);
    return status == MMAX_OK ? analyze_into(self, &self->probs, 1, error) : status;
}

static mmax_status name_probs(things *self, mmax_error *error)
{
    char *name = mmax_probs_file(self->plan, self->argument, 1);
    bool is_named = name != NULL;
    free(name);
    return is_named ? MMAX_OK : mmax_fail_memory(error, "naming a file");
}

static mmax_status open_report(things *self, mmax_error *error)
{
    mmax_report_options options = {.row_labels = true};
    mmax_report_format_parse(self->argument, &options.format);
    self->report = UNTOUCHED;
    mmax_status status =
        mmax_report_open(self->plan, "../out/report", &options, &self->report, error);
    return UNLESS_TOUCHED(status, self->report);
}

/* A report of one input and of one that failed. */
static mmax_status write_report(things *self, mmax_error *error)
{
    mmax_status status = open_report(self, error);
    if (status == MMAX_OK)
        status = mmax_report_add(self->report, self->result, error);
    if (status == MMAX_OK)
        status = mmax_report_fail(self->report, "b.npy: is not there", error);
    return status == MMAX_OK ? mmax_report_finish(self->report, error) : status;
}

static mmax_status report_with(things *self, mmax_error *error)
{
    mmax_status status = open_report(self, error);
    if (status != MMAX_OK)
        return status;
    mmax_sink *const sinks[] = {mmax_report_rows(self->report)};
    status = analyze_into(self, sinks, 1, error);
    if (status == MMAX_OK)
        status = mmax_report_add(self->report, self->result, error);
    return status == MMAX_OK ? mmax_report_finish(self->report, error) : status;
}

static mmax_status report_groups(things *self, mmax_error *error)
{
    mmax_status status = mmax_plan_set_per(self->plan, "group", error);
    return status == MMAX_OK ? report_with(self, error) : status;
}

static mmax_status report_rows(things *self, mmax_error *error)
{
    mmax_status status = mmax_plan_set_per(self->plan, "row", error);
    return status == MMAX_OK ? report_with(self, error) : status;
}

static mmax_status list_arrays(things *self, mmax_error *error)
{
    static const mmax_array_info info = {.file = "heads.npz",
                                         .array = "heads",
                                         .format = "npz",
                                         .dtype = "<f4",
                                         .dtype_name = "float32",
                                         .n_dims = 2,
                                         .shape = {2, 3},
                                         .rows_known = true,
                                         .is_read = true,
                                         .is_input = true};
    mmax_report_format format;
    mmax_report_format_parse(self->argument, &format);
    self->listing = UNTOUCHED;
    mmax_status status = mmax_listing_open("../out/list", format, NULL, &self->listing, error);
    status = UNLESS_TOUCHED(status, self->listing);
    if (status == MMAX_OK)
        status = mmax_listing_add(self->listing, &info, error);
    return status == MMAX_OK ? mmax_listing_finish(self->listing, error) : status;
}

#define FOR_EVERY_FORMAT(functions, needs, run)                                                    \
    {functions, needs, run, "table", ONCE}, {functions, needs, run, "json", ONCE},                 \
        {functions, needs, run, "ndjson", ONCE}, {functions, needs, run, "csv", ONCE},             \
    {                                                                                              \
        functions, needs, run, "tsv", ONCE                                                         \
    }

static const operation of_outputs[] = {
    {"mmax_probs_new mmax_sink_free", NEEDS_PLAN, new_probs, "../out/%m.npy", AGAIN},
    {"mmax_probs_new", NEEDS_SOURCE, write_probs, "../out/%m.npy", ONCE},
    {"mmax_probs_new", NEEDS_SOURCE, write_probs, "../out/%m.csv", ONCE},
    {"mmax_probs_file", NEEDS_PLAN, name_probs, "%m.npy", AGAIN},
    FOR_EVERY_FORMAT("mmax_report_open mmax_report_add mmax_report_fail mmax_report_finish "
                     "mmax_report_free",
                     NEEDS_RESULT, write_report),
    FOR_EVERY_FORMAT("mmax_report_add", NEEDS_SOURCE, report_groups),
    FOR_EVERY_FORMAT("mmax_report_rows", NEEDS_SOURCE, report_rows),
    FOR_EVERY_FORMAT("mmax_listing_open mmax_listing_add mmax_listing_finish mmax_listing_free",
                     NEEDS_NOTHING, list_arrays),
};

const operation_table output_operations = {"outputs", of_outputs,
                                           sizeof of_outputs / sizeof *of_outputs};
