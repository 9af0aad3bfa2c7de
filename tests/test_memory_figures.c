/* Figures, and what needs no memory. */
#include "test_memory.h"

#include <stdlib.h>
#include <string.h>

/* ---- figures --------------------------------------------------------------------------------- */

/* "heatmap .png": a kind, and how it is to be drawn. */
static mmax_figure_kind kind_of(const things *self, const char **way)
{
    mmax_figure_kind kind = 0;
    size_t length = strcspn(self->argument, " ");
    while (strncmp(mmax_figure_name(kind), self->argument, length) != 0)
        kind++;
    *way = self->argument + length + 1;
    return kind;
}

static mmax_status draw(things *self, mmax_error *error)
{
    const char *suffix;
    mmax_figure_kind kind = kind_of(self, &suffix);
    const mmax_figure_options options = {.title = "\xce\xb1 title", .command = "multimax-analyze"};
    char file[64];
    snprintf(file, sizeof file, "../out/figure%s", suffix);
    return mmax_draw_figure(self->result, kind, file, &options, error);
}

static mmax_status show(things *self, mmax_error *error)
{
    const char *way;
    mmax_figure_kind kind = kind_of(self, &way);
    const mmax_terminal terminal = {.colors = strcmp(way, "colors") == 0 ? MMAX_COLORS_TRUE
                                                                         : MMAX_COLORS_NONE,
                                    .is_ascii = strcmp(way, "ascii") == 0};
    return mmax_show_figure(self->result, kind, "../out/shown", &terminal, NULL, error);
}

static mmax_status write_data(things *self, mmax_error *error)
{
    const char *suffix;
    mmax_figure_kind kind = kind_of(self, &suffix);
    char file[64];
    snprintf(file, sizeof file, "../out/data%s", suffix);
    return mmax_write_figure_data(self->result, kind, file, error);
}

#define FOR_EVERY_WAY(kind)                                                                        \
    {"mmax_write_figure_data", NEEDS_RESULT, write_data, kind " .csv", AGAIN},                     \
        {"mmax_draw_figure", NEEDS_RESULT, draw, kind " .png", SLOWLY},                            \
        {"mmax_draw_figure", NEEDS_RESULT, draw, kind " .svg", SLOWLY},                            \
        {"mmax_draw_figure", NEEDS_RESULT, draw, kind " .pdf", SLOWLY},                            \
        {"mmax_show_figure", NEEDS_RESULT, show, kind " colors", SLOWLY},                          \
    {                                                                                              \
        "mmax_show_figure", NEEDS_RESULT, show, kind " ascii", SLOWLY                              \
    }

static const operation of_figures[] = {
    FOR_EVERY_WAY("heatmap"), FOR_EVERY_WAY("simplex"), FOR_EVERY_WAY("tradeoff"),
    FOR_EVERY_WAY("curve"),   FOR_EVERY_WAY("rows"),    FOR_EVERY_WAY("distribution"),
    FOR_EVERY_WAY("layers"),
};

const operation_table figure_operations = {"figures", of_figures,
                                           sizeof of_figures / sizeof *of_figures};

/* ---- what needs no memory -------------------------------------------------------------------- */

/* Calls it, and notes its name. */
#define CALL(call) ((void)(call), note(#call))

static void say_nothing(void *data, const mmax_source *source)
{
    (void)data;
    (void)source;
}

static void call_on_maps(void (*note)(const char *call))
{
    static const double logits[] = {0, 1, 2, 3};
    double weights[4];
    mmax_map map;
    char spec[MMAX_SPEC_SIZE];
    CALL(mmax_map_info_at(0));
    CALL(mmax_map_parse("multimax", &map, NULL));
    CALL(mmax_map_format(&map, spec));
    CALL(mmax_map_label(&map, spec));
    CALL(mmax_map_name(&map));
    CALL(mmax_map_other_spelling(&map, spec));
    CALL(mmax_map_falls(&map, spec));
    CALL(mmax_map_rows(&map, logits, 2, 2, NULL, weights, NULL, NULL));
    CALL(mmax_map_parse("entmax:1.3", &map, NULL));
    CALL(mmax_map_rows(&map, logits, 1, 4, NULL, weights, NULL, NULL));
}

static void call_on_names(void (*note)(const char *call))
{
    static const char *const candidates[] = {"softmax", "sparsemax"};
    char quoted[64];
    mmax_format format;
    mmax_report_format report_format;
    mmax_colormap colormap;
    mmax_figure_options options = {0};
    CALL(mmax_version());
    CALL(mmax_build_info(0));
    CALL(mmax_suggest("sofmax", candidates, 2));
    CALL(mmax_quote("a\033b", 3, quoted, sizeof quoted));
    CALL(mmax_metric_info_at(0));
    CALL(mmax_figure_name(MMAX_FIGURE_HEATMAP));
    CALL(mmax_format_name_at(0));
    CALL(mmax_format_parse("npz", &format));
    CALL(mmax_report_format_name_at(0));
    CALL(mmax_report_format_parse("json", &report_format));
    CALL(mmax_select_check("0, ..., ::2, None", NULL));
    CALL(mmax_colormap_info_at(0));
    CALL(mmax_colormap_parse("magma", &colormap, NULL));
    CALL(mmax_vmax_parse("p99", &options, NULL));
    CALL(mmax_can_draw());
    CALL(mmax_figure_check("a.png", NULL));
}

static void call_on_plan(mmax_plan *plan, void (*note)(const char *call))
{
    static const volatile sig_atomic_t flag;
    char spec[MMAX_SPEC_SIZE];
    CALL(mmax_plan_set_metrics(plan, "entropy", NULL));
    CALL(mmax_plan_set_epsilon(plan, "mean", NULL));
    CALL(mmax_plan_set_reference(plan, "0.01", NULL));
    CALL(mmax_plan_set_per(plan, "all", NULL));
    CALL(mmax_plan_set_invalid(plan, "skip", NULL));
    CALL(mmax_plan_set_from_probs(plan));
    CALL(mmax_plan_set_scale(plan, "1/sqrt(64)", NULL));
    CALL(mmax_plan_set_threads(plan, 2));
    CALL(mmax_plan_set_block_rows(plan, 2));
    CALL(mmax_plan_set_instructions(plan, "baseline", NULL));
    CALL(mmax_plan_set_cancel(plan, &flag));
    CALL(mmax_plan_set_progress(plan, say_nothing, NULL));
    CALL(mmax_plan_keep_figure(plan, MMAX_FIGURE_ROWS));
    CALL(mmax_plan_map_at(plan, 0));
    CALL(mmax_plan_layer_at(plan, 0, 0));
    CALL(mmax_plan_spec(plan, 0, spec));
}

static void call_on_result(const things *self, void (*note)(const char *call))
{
    const mmax_result *result = self->result;
    mmax_check_outcome outcome;
    size_t shape[MMAX_MAX_DIMS], n_done, n_total;
    CALL(mmax_source_input(self->source));
    CALL(mmax_input_own_shape(mmax_source_input(self->source), shape));
    CALL(mmax_source_position(self->source, &n_done, &n_total));
    CALL(mmax_result_input(result));
    CALL(mmax_result_masked_rows(result));
    CALL(mmax_result_invalid_rows(result));
    CALL(mmax_result_masked_entries(result));
    CALL(mmax_result_looks_like_probabilities(result));
    CALL(mmax_result_probability_axis(result));
    CALL(mmax_result_groups(result));
    CALL(mmax_check_outcome_at(self->plan, result, 0, &outcome));
    CALL(mmax_report_inputs(self->report));
    CALL(mmax_listing_arrays(self->listing));
    CALL(mmax_result_summary(result, 0, "entropy"));
    CALL(mmax_result_group_summary(result, 0, 0, "entropy"));
}

void call_frugal_functions(const things *self, void (*note)(const char *call))
{
    call_on_maps(note);
    call_on_names(note);
    call_on_plan(self->plan, note);
    call_on_result(self, note);
}
