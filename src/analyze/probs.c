/* The sink that writes every map's weights to a file of its own. */
#include "analyze/analyze.h"

#include <stdlib.h>
#include <string.h>

typedef struct probs {
    mmax_sink sink;
    const mmax_plan *plan;
    char *pattern;
    mmax_array_format format;
    bool has_element; /* ELEMENT was asked for; else it is the input's */
    mmax_element element;
    mmax_array_writer *writers[MMAX_MAX_MAPS];
} probs;

/* The map's name, or its label where another map of the plan has the same name; in file names, so
 * what is special to a shell or a path becomes '-'. */
static void name_for_file(const mmax_plan *plan, size_t map, char name[MMAX_SPEC_SIZE])
{
    const char *family = mmax_map_name(&plan->maps[map]);
    bool is_only = true;
    for (size_t i = 0; i < plan->n_maps; i++)
        is_only = is_only && (i == map || strcmp(mmax_map_name(&plan->maps[i]), family) != 0);
    if (is_only)
        snprintf(name, MMAX_SPEC_SIZE, "%s", family);
    else if (plan->layers[map])
        mmax_quote(plan->layers[map]->spec, strlen(plan->layers[map]->spec), name, MMAX_SPEC_SIZE);
    else
        mmax_map_label(&plan->maps[map], name);
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-";
    for (char *c = name; *c; c++)
        if (!strchr(safe, *c))
            *c = '-';
}

char *mmax_probs_file(const mmax_plan *plan, const char *pattern, size_t map)
{
    char name[MMAX_SPEC_SIZE];
    name_for_file(plan, map, name);
    size_t size = 1;
    for (const char *c = pattern; *c; c++)
        size += c[0] == '%' && c[1] == 'm' ? strlen(name) : 1;
    char *file = mmax_alloc_array(size, 1);
    char *end = file;
    for (const char *c = pattern; file && *c; c++) {
        if (c[0] == '%' && c[1] == 'm') {
            end = stpcpy(end, name);
            c++;
        } else {
            *end++ = *c;
            c += c[0] == '%' && c[1] == '%';
        }
    }
    if (file)
        *end = '\0';
    return file;
}

static mmax_status open_writer(probs *self, size_t map, const mmax_input *input, mmax_error *error)
{
    char *file = mmax_probs_file(self->plan, self->pattern, map);
    if (!file)
        return mmax_fail_memory(error, "naming a file of weights");
    mmax_element element = self->has_element ? self->element : mmax_element_of(input->dtype);
    mmax_status status = mmax_array_writer_open(file, self->plan->cancel, self->format, element,
                                                input, &self->writers[map], error);
    free(file);
    return status;
}

static void close_writers(probs *self)
{
    for (size_t map = 0; map < self->plan->n_maps; map++) {
        mmax_array_writer_free(self->writers[map]);
        self->writers[map] = NULL;
    }
}

static mmax_status begin(mmax_sink *sink, const mmax_input *input, mmax_error *error)
{
    probs *self = (probs *)sink;
    close_writers(self);
    mmax_status status = MMAX_OK;
    for (size_t map = 0; map < self->plan->n_maps && status == MMAX_OK; map++)
        status = open_writer(self, map, input, error);
    return status;
}

static mmax_status weights(mmax_sink *sink, const mmax_weight_block *block, mmax_error *error)
{
    probs *self = (probs *)sink;
    return mmax_array_writer_rows(self->writers[block->map], block->weights, block->n_rows, error);
}

static mmax_status end(mmax_sink *sink, const mmax_input *input, mmax_error *error)
{
    probs *self = (probs *)sink;
    mmax_status status = MMAX_OK;
    for (size_t map = 0; map < self->plan->n_maps && status == MMAX_OK; map++)
        status = mmax_array_writer_commit(self->writers[map], input, error);
    close_writers(self);
    return status;
}

static void free_probs(mmax_sink *sink)
{
    probs *self = (probs *)sink;
    close_writers(self);
    free(self->pattern);
    free(self);
}

static const mmax_sink_methods methods = {
    .begin = begin, .weights = weights, .end = end, .free = free_probs};

static bool has_suffix(const char *text, const char *suffix)
{
    size_t n = strlen(text), m = strlen(suffix);
    return n > m && strcmp(text + n - m, suffix) == 0;
}

static mmax_status format_of(const char *file, mmax_array_format *format, mmax_error *error)
{
    static const char *const suffixes[] = {".npy", ".csv", ".tsv"};
    static const mmax_array_format formats[] = {MMAX_ARRAY_NPY, MMAX_ARRAY_CSV, MMAX_ARRAY_TSV};
    for (size_t i = 0; i < 3; i++)
        if (has_suffix(file, suffixes[i])) {
            *format = formats[i];
            return MMAX_OK;
        }
    if (strcmp(file, "-") == 0) {
        *format = MMAX_ARRAY_NPY;
        return MMAX_OK;
    }
    char quoted[256];
    return mmax_fail(error, MMAX_EUSAGE,
                     "invalid file of weights '%s': expected a name ending in .npy, .csv or .tsv, "
                     "or - for NPY on standard output",
                     mmax_quote(file, strlen(file), quoted, sizeof quoted));
}

static bool names_map(const char *pattern)
{
    for (const char *c = pattern; *c; c++) {
        if (c[0] == '%' && c[1] == 'm')
            return true;
        c += c[0] == '%' && c[1] == '%';
    }
    return false;
}

static mmax_status check(probs *self, const char *file, const char *dtype, mmax_error *error)
{
    char quoted[256];
    mmax_status status = format_of(file, &self->format, error);
    if (status != MMAX_OK)
        return status;
    if (self->plan->n_maps > 1 && !names_map(file))
        return mmax_fail(error, MMAX_EUSAGE,
                         "weights of %zu maps do not fit in '%s': put %%m, which becomes the map's "
                         "name, into the file name, or choose one map",
                         self->plan->n_maps, mmax_quote(file, strlen(file), quoted, sizeof quoted));
    self->has_element = dtype != NULL;
    if (dtype && strcmp(dtype, "f4") != 0 && strcmp(dtype, "f8") != 0)
        return mmax_fail(error, MMAX_EUSAGE, "invalid dtype '%s': expected f4 or f8",
                         mmax_quote(dtype, strlen(dtype), quoted, sizeof quoted));
    self->element = dtype && strcmp(dtype, "f4") == 0 ? MMAX_FLOAT32 : MMAX_FLOAT64;
    return MMAX_OK;
}

mmax_status mmax_probs_new(const mmax_plan *plan, const char *file, const char *dtype,
                           mmax_sink **sink, mmax_error *error)
{
    probs *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "making a sink of weights");
    self->sink.methods = &methods;
    self->plan = plan;
    mmax_status status = check(self, file, dtype, error);
    if (status == MMAX_OK) {
        self->pattern = mmax_copy_text(file);
        if (!self->pattern)
            status = mmax_fail_memory(error, "making a sink of weights");
    }
    if (status != MMAX_OK) {
        free_probs(&self->sink);
        return status;
    }
    *sink = &self->sink;
    return MMAX_OK;
}
