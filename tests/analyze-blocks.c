/* analyze-blocks THREADS BLOCK_ROWS PER FILE [FIGURE.SUFFIX]...: analyses a file in blocks of that
 * many rows, under two maps, as the command line cannot, for the test of what decides the bytes.
 * Writes report.FORMAT in every format, the weights of each map, and of the figures that are named,
 * "heatmap.png" or "rows.svg", the drawing, or of "rows.csv" the numbers. */
#include <multimax.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static mmax_error error;

static void must(mmax_status status)
{
    if (status != MMAX_OK) {
        fprintf(stderr, "analyze-blocks: %s\n", error.message);
        exit(1);
    }
}

static mmax_figure_kind kind_of(const char *file)
{
    mmax_figure_kind kind = 0;
    size_t length = strcspn(file, ".");
    while (kind < MMAX_FIGURES && (strncmp(mmax_figure_name(kind), file, length) != 0 ||
                                   mmax_figure_name(kind)[length] != '\0'))
        kind++;
    if (kind == MMAX_FIGURES) {
        fprintf(stderr, "analyze-blocks: no figure is called '%s'\n", file);
        exit(2);
    }
    return kind;
}

static void write_figure(const mmax_result *result, const char *file)
{
    const char *suffix = file + strcspn(file, ".");
    if (strcmp(suffix, ".csv") == 0)
        must(mmax_write_figure_data(result, kind_of(file), file, &error));
    else
        must(mmax_draw_figure(result, kind_of(file), file, NULL, &error));
}

/* One pass, whose rows go to no report: those of a report by rows do, a pass for each format. */
static void analyze(const mmax_plan *plan, const char *file, size_t format, char **figures)
{
    char name[32];
    mmax_source *source;
    mmax_report *report;
    mmax_result *result;
    mmax_sink *weights;
    mmax_report_options options = {.format = (mmax_report_format)format};
    snprintf(name, sizeof name, "report.%s", mmax_report_format_name_at(format));
    must(mmax_source_open(file, NULL, &source, &error));
    must(mmax_report_open(plan, name, &options, &report, &error));
    must(mmax_probs_new(plan, "%m.npy", NULL, &weights, &error));
    mmax_sink *const sinks[] = {mmax_report_rows(report), weights};
    must(mmax_analyze(plan, source, sinks, 2, &result, &error));
    must(mmax_report_add(report, result, &error));
    must(mmax_report_finish(report, &error));
    for (char **figure = figures; *figure; figure++)
        write_figure(result, *figure);
    mmax_sink_free(weights);
    mmax_report_free(report);
    mmax_result_free(result);
    mmax_source_free(source);
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        fputs("usage: analyze-blocks THREADS BLOCK_ROWS PER FILE [FIGURE.SUFFIX]...\n", stderr);
        return 2;
    }
    char *none[] = {NULL}, **figures = argv + 5;
    mmax_plan *plan;
    must(mmax_plan_new(&plan, &error));
    mmax_plan_set_threads(plan, strtoul(argv[1], NULL, 10));
    mmax_plan_set_block_rows(plan, strtoul(argv[2], NULL, 10));
    must(mmax_plan_set_per(plan, argv[3], &error));
    must(mmax_plan_add_map(plan, "entmax:1.5", &error));
    must(mmax_plan_add_map(plan, "multimax", &error));
    for (char **figure = figures; *figure; figure++)
        mmax_plan_keep_figure(plan, kind_of(*figure));
    for (size_t format = 0; mmax_report_format_name_at(format); format++)
        analyze(plan, argv[4], format, format == 0 ? figures : none);
    mmax_plan_free(plan);
    return 0;
}
