#include "report/report.h"

#include <stdlib.h>
#include <string.h>

static const mmax_report_writer *const writers[] = {
    [MMAX_REPORT_TABLE] = &mmax_table_writer,   [MMAX_REPORT_JSON] = &mmax_json_writer,
    [MMAX_REPORT_NDJSON] = &mmax_ndjson_writer, [MMAX_REPORT_CSV] = &mmax_csv_writer,
    [MMAX_REPORT_TSV] = &mmax_tsv_writer,
};
enum { N_WRITERS = sizeof writers / sizeof *writers };

const char *mmax_report_format_name_at(size_t i)
{
    return i < N_WRITERS ? writers[i]->name : NULL;
}

bool mmax_report_format_parse(const char *name, mmax_report_format *format)
{
    for (size_t i = 0; i < N_WRITERS; i++)
        if (strcmp(name, writers[i]->name) == 0) {
            *format = (mmax_report_format)i;
            return true;
        }
    return false;
}

static void forget_names(mmax_report *report)
{
    free(report->names.file);
    free(report->names.array);
    free(report->names.keys);
    report->names = (mmax_report_names){0};
}

static bool copy_name(const char *name, char **copy)
{
    *copy = name ? mmax_copy_text(name) : NULL;
    return *copy || !name;
}

static mmax_status keep_names(mmax_report *report, const mmax_input *input, mmax_error *error)
{
    mmax_report_names *names = &report->names;
    forget_names(report);
    bool is_kept = copy_name(input->file, &names->file) && copy_name(input->array, &names->array) &&
                   copy_name(input->keys, &names->keys);
    return is_kept ? MMAX_OK : mmax_fail_memory(error, "reporting rows");
}

/* Closes what was written of an input, if anything was. */
static void close_input(mmax_report *report, const char *message)
{
    if (!report->in_rows)
        return;
    if (report->writer->fail)
        report->writer->fail(report, message);
    report->in_rows = false;
}

/* Hands on what is known of an input that is done with: the reader of a pipe need not wait for the
 * others.  If it fails, the next call or the last one tells. */
static void hand_on(mmax_report *report)
{
    if (!report->writer->is_one_value)
        mmax_output_flush(report->output);
}

/* ---- rows, while the pass is made ------------------------------------------------------------ */

static mmax_status begin(mmax_sink *sink, const mmax_input *input, mmax_error *error)
{
    mmax_report *report = (mmax_report *)sink;
    close_input(report, "not finished");
    mmax_status status = keep_names(report, input, error);
    if (status != MMAX_OK)
        return status;
    report->in_rows = true;
    report->n_rows = 0;
    if (report->writer->begin_rows)
        report->writer->begin_rows(report, input);
    report->n_inputs++;
    return mmax_output_status(report->output, error);
}

static mmax_status rows(mmax_sink *sink, const mmax_row_block *block, mmax_error *error)
{
    mmax_report *report = (mmax_report *)sink;
    if (report->writer->rows)
        report->writer->rows(report, block);
    return mmax_output_status(report->output, error);
}

static const mmax_sink_methods row_methods = {.begin = begin, .rows = rows};
static const mmax_sink_methods no_methods = {0};

/* ---- the document ---------------------------------------------------------------------------- */

mmax_status mmax_report_open(const mmax_plan *plan, const char *file,
                             const mmax_report_options *options, mmax_report **report,
                             mmax_error *error)
{
    if ((size_t)options->format >= N_WRITERS)
        return mmax_fail(error, MMAX_EUSAGE, "report format %u is unknown",
                         (unsigned)options->format);
    mmax_report *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "opening a report");
    /* Level row is never the choice of an input's rank: it is asked for, for all of them. */
    self->sink.methods = plan->per == MMAX_PER_ROW ? &row_methods : &no_methods;
    self->plan = plan;
    self->writer = writers[options->format];
    self->options = *options;
    mmax_status status = mmax_output_open(file, plan->cancel, &self->output, error);
    if (status == MMAX_OK && self->writer->open) {
        self->writer->open(self);
        status = mmax_output_status(self->output, error);
    }
    if (status != MMAX_OK) {
        mmax_report_free(self);
        return status;
    }
    *report = self;
    return MMAX_OK;
}

mmax_sink *mmax_report_rows(mmax_report *report)
{
    return &report->sink;
}

mmax_status mmax_report_add(mmax_report *report, const mmax_result *result, mmax_error *error)
{
    if (report->writer->add)
        report->writer->add(report, result);
    if (!report->in_rows)
        report->n_inputs++;
    report->n_added++;
    report->in_rows = false;
    mmax_status status = mmax_output_status(report->output, error);
    hand_on(report);
    return status;
}

size_t mmax_report_inputs(const mmax_report *report)
{
    return report->n_added;
}

mmax_status mmax_report_fail(mmax_report *report, const char *message, mmax_error *error)
{
    close_input(report, message);
    mmax_status status = mmax_output_status(report->output, error);
    hand_on(report);
    return status;
}

mmax_status mmax_report_finish(mmax_report *report, mmax_error *error)
{
    close_input(report, "not finished");
    if (report->writer->finish)
        report->writer->finish(report);
    return mmax_output_commit(report->output, error);
}

void mmax_report_free(mmax_report *report)
{
    if (!report)
        return;
    forget_names(report);
    mmax_output_free(report->output);
    free(report);
}
