/* What the inputs hold: one line for each array, or one object. */
#include "report/delimited.h"
#include "report/json_parts.h"

#include <stdlib.h>
#include <string.h>

/* People's lines are held back until the widths of their columns are known. */
typedef struct line {
    char *name; /* "heads.npz[attn]" */
    char *dtype;
    char *shape;
} line;

struct mmax_listing {
    mmax_output *output;
    mmax_report_format format;
    size_t n; /* arrays added */
    line *lines;
    size_t lines_size;
};

/* ---- for people ------------------------------------------------------------------------------ */

enum { SHAPE_SIZE = MMAX_MAX_DIMS * 24 };

/* "12 x 12 x 6 x 6"; "scalar" for rank 0. */
static void write_shape(const mmax_array_info *info, const char *times, const char *scalar,
                        char shape[SHAPE_SIZE])
{
    size_t used = (size_t)snprintf(shape, SHAPE_SIZE, "%s", info->n_dims ? "" : scalar);
    for (size_t i = 0; i < info->n_dims; i++)
        used += (size_t)snprintf(shape + used, SHAPE_SIZE - used, "%s%zu", i > 0 ? times : "",
                                 info->shape[i]);
}

static char *name_of(const mmax_array_info *info)
{
    const char *file = strcmp(info->file, "-") == 0 ? "standard input" : info->file;
    const char *array = info->array ? info->array : "";
    size_t file_size = 4 * strlen(file) + 1, array_size = 4 * strlen(array) + 1;
    char *name = mmax_alloc_array(file_size + array_size + 8, 1);
    if (!name)
        return NULL;
    mmax_quote(file, strlen(file), name, file_size + 3);
    if (info->array) {
        char *end = stpcpy(name + strlen(name), "[");
        mmax_quote(array, strlen(array), end, array_size + 3);
        strcat(end, "]");
    }
    return name;
}

static void free_line(line *l)
{
    free(l->name);
    free(l->dtype);
    free(l->shape);
}

static mmax_status keep_line(mmax_listing *self, const mmax_array_info *info, mmax_error *error)
{
    char shape[SHAPE_SIZE];
    if (self->n == self->lines_size) {
        size_t size = self->lines_size ? 2 * self->lines_size : 64;
        line *lines = mmax_resize_array(self->lines, size, sizeof *lines);
        if (!lines)
            return mmax_fail_memory(error, "listing arrays");
        self->lines = lines;
        self->lines_size = size;
    }
    line *added = &self->lines[self->n];
    write_shape(info, " x ", "scalar", shape);
    *added = (line){name_of(info), mmax_copy_text(info->dtype_name), mmax_copy_text(shape)};
    if (!added->name || !added->dtype || !added->shape) {
        free_line(added);
        return mmax_fail_memory(error, "listing arrays");
    }
    return MMAX_OK;
}

static void write_lines(mmax_listing *self)
{
    size_t name_width = 0, dtype_width = 0;
    for (size_t i = 0; i < self->n; i++) {
        size_t name = mmax_display_width(self->lines[i].name);
        size_t dtype = strlen(self->lines[i].dtype);
        name_width = name > name_width ? name : name_width;
        dtype_width = dtype > dtype_width ? dtype : dtype_width;
    }
    for (size_t i = 0; i < self->n; i++) {
        const line *l = &self->lines[i];
        mmax_output_format(self->output, "%s%*s  %-*s  %s\n", l->name,
                           (int)(name_width - mmax_display_width(l->name)), "", (int)dtype_width,
                           l->dtype, l->shape);
    }
}

/* ---- for programs ---------------------------------------------------------------------------- */

static void write_object(mmax_output *output, const mmax_array_info *info)
{
    mmax_output_text(output, "{\"file\": ");
    mmax_json_string(output, info->file);
    mmax_output_text(output, ", \"array\": ");
    mmax_json_string(output, info->array);
    mmax_output_text(output, ", \"format\": ");
    mmax_json_string(output, info->format);
    mmax_output_text(output, ", \"dtype\": ");
    mmax_json_string(output, info->dtype);
    mmax_output_text(output, ", \"shape\": [");
    for (size_t i = 0; i < info->n_dims; i++)
        mmax_output_format(output, "%s%zu", i > 0 ? ", " : "", info->shape[i]);
    mmax_output_text(output, "]}");
}

/* The shape as "12x12x6x6", empty for rank 0: no delimiter is in it. */
static void write_record(mmax_output *output, const mmax_array_info *info, bool is_tsv)
{
    const char *const texts[] = {info->file, info->array, info->format, info->dtype};
    mmax_delimited fields = {.output = output, .is_tsv = is_tsv};
    char shape[SHAPE_SIZE];
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        mmax_field_text(&fields, texts[i]);
    write_shape(info, "x", "", shape);
    mmax_field_text(&fields, shape);
    mmax_end_line(&fields);
}

/* ---- the list -------------------------------------------------------------------------------- */

mmax_status mmax_listing_open(const char *file, mmax_report_format format,
                              const volatile sig_atomic_t *cancel, mmax_listing **listing,
                              mmax_error *error)
{
    mmax_listing *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "listing arrays");
    mmax_status status = mmax_output_open(file, cancel, &self->output, error);
    if (status != MMAX_OK) {
        free(self);
        return status;
    }
    self->format = format;
    if (format == MMAX_REPORT_JSON)
        mmax_output_format(self->output,
                           "{\n  \"schema\": 1,\n  \"program\": \"multimax-analyze\",\n"
                           "  \"version\": \"%s\",\n  \"arrays\": [",
                           mmax_version());
    else if (format == MMAX_REPORT_CSV || format == MMAX_REPORT_TSV)
        mmax_output_text(self->output, format == MMAX_REPORT_CSV
                                           ? "file,array,format,dtype,shape\n"
                                           : "file\tarray\tformat\tdtype\tshape\n");
    *listing = self;
    return MMAX_OK;
}

mmax_status mmax_listing_add(mmax_listing *listing, const mmax_array_info *info, mmax_error *error)
{
    mmax_output *output = listing->output;
    switch (listing->format) {
    case MMAX_REPORT_TABLE: {
        mmax_status status = keep_line(listing, info, error);
        if (status != MMAX_OK)
            return status;
        break;
    }
    case MMAX_REPORT_JSON:
        mmax_output_text(output, listing->n > 0 ? ",\n    " : "\n    ");
        write_object(output, info);
        break;
    case MMAX_REPORT_NDJSON:
        write_object(output, info);
        mmax_output_text(output, "\n");
        break;
    case MMAX_REPORT_CSV:
    case MMAX_REPORT_TSV:
        write_record(output, info, listing->format == MMAX_REPORT_TSV);
        break;
    }
    listing->n++;
    mmax_status status = mmax_output_status(output, error);
    if (listing->format != MMAX_REPORT_JSON)
        mmax_output_flush(output); /* if it fails, the next call or the last one tells */
    return status;
}

size_t mmax_listing_arrays(const mmax_listing *listing)
{
    return listing->n;
}

mmax_status mmax_listing_finish(mmax_listing *listing, mmax_error *error)
{
    if (listing->format == MMAX_REPORT_TABLE)
        write_lines(listing);
    else if (listing->format == MMAX_REPORT_JSON)
        mmax_output_text(listing->output, listing->n > 0 ? "\n  ]\n}\n" : "]\n}\n");
    return mmax_output_commit(listing->output, error);
}

void mmax_listing_free(mmax_listing *listing)
{
    if (!listing)
        return;
    for (size_t i = 0; listing->lines && i < listing->n; i++)
        free_line(&listing->lines[i]);
    free(listing->lines);
    mmax_output_free(listing->output);
    free(listing);
}
