#include "cli.h"

#include <stdio.h>
#include <string.h>

/* One note for a map, however many of its layers fall. */
static void note_falling_map(const mmax_plan *plan, size_t map)
{
    char spec[MMAX_SPEC_SIZE], quoted[MMAX_SPEC_SIZE], interval[MMAX_SPEC_SIZE], place[96] = "";
    const mmax_map *of_layer;
    size_t n_layers = 0, n_falling = 0, first = 0;
    for (; (of_layer = mmax_plan_layer_at(plan, map, n_layers)); n_layers++)
        if (mmax_map_falls(of_layer, NULL) && n_falling++ == 0)
            first = n_layers;
    if (n_falling == 0)
        return;
    mmax_map_falls(mmax_plan_layer_at(plan, map, first), interval);
    if (n_layers > 1)
        snprintf(place, sizeof place, " in %zu of %zu layers, in layer %zu", n_falling, n_layers,
                 first);
    const char *name = mmax_plan_spec(plan, map, spec);
    complain("note: %s falls%s where %s: there a larger logit gets a smaller weight",
             mmax_quote(name, strlen(name), quoted, sizeof quoted), place, interval);
}

void note_falling_maps(const cli_settings *settings)
{
    for (size_t i = 0; mmax_plan_map_at(settings->plan, i); i++)
        note_falling_map(settings->plan, i);
}

static const char *readable_name(const char *file)
{
    return strcmp(file, "-") == 0 ? "standard input" : file;
}

enum { TITLE_SIZE = MMAX_MESSAGE_SIZE / 2 };

/* "heads.npz[attn]"; TITLE is returned. */
static const char *title_of(const mmax_input *input, char title[TITLE_SIZE])
{
    const char *array = input->array;
    snprintf(title, TITLE_SIZE, "%s%s%s%s", readable_name(input->file), array ? "[" : "",
             array ? array : "", array ? "]" : "");
    return title;
}

static bool is_integer(const mmax_input *input)
{
    const char *name = input->dtype_name;
    return strncmp(name, "int", 3) == 0 || strncmp(name, "uint", 4) == 0;
}

void note_type(const cli_settings *settings, const mmax_input *input)
{
    char text[TITLE_SIZE];
    const char *file = title_of(input, text);
    if (settings->quiet)
        return;
    if (is_integer(input))
        complain("note: %s holds integers (%s); logits are rarely integers", file,
                 input->dtype_name);
    else if (strcmp(input->dtype_name, "bool") == 0)
        complain("note: %s holds booleans; logits are rarely booleans", file);
    else if (input->stored_dtype)
        complain("note: %s: dtype '%s' is read as %s", file, input->stored_dtype,
                 input->dtype_name);
}

/* A column of numbers is more often one row than many rows of one entry. */
static bool is_column(const cli_settings *settings, const mmax_input *input)
{
    bool is_text = strcmp(input->format, "csv") == 0 || strcmp(input->format, "tsv") == 0;
    return is_text && input->row_length == 1 && input->n_rows > 1 && !settings->source.select &&
           !settings->source.has_axis;
}

void note_layout(const cli_settings *settings, const mmax_result *result)
{
    const mmax_input *input = mmax_result_input(result);
    char text[TITLE_SIZE];
    const char *file = title_of(input, text);
    int axis = mmax_result_probability_axis(result), n_dims = (int)input->n_dims;
    if (settings->quiet)
        return;
    if (is_column(settings, input))
        complain("note: %s has one number a line, so every row has one entry; --axis=0%s makes "
                 "them one row%s",
                 file, axis == 0 ? " --from-probs" : "",
                 axis == 0 ? " of weights, which they look like" : "");
    else if (mmax_result_looks_like_probabilities(result))
        complain("note: %s looks like weights: every row is at least 0 and sums to 1; --from-probs "
                 "takes them as such",
                 file);
    else if (axis >= 0)
        complain("note: %s looks like weights along axis %d (rows run along axis %d): --axis=%d "
                 "--from-probs takes them as such",
                 file, axis, input->axis < 0 ? input->axis + n_dims : input->axis, axis);
}

void note_skipped(const cli_settings *settings, const mmax_array_info *info)
{
    if (settings->quiet)
        return;
    const char *file = readable_name(info->file);
    if (info->is_read)
        complain(
            "note: skipped %s[%s], of type %s: logits are rarely integers; --array=%s takes it",
            file, info->array, info->dtype, info->array);
    else
        complain("note: skipped %s[%s], of type %s", file, info->array, info->dtype);
}

/* Products of vectors as a model has them are divided, and hardly anybody wants them without. */
void note_unscaled(const cli_settings *settings, const mmax_input *input)
{
    if (!settings->quiet && !settings->has_scale && input->vector_length > 1)
        complain("note: logits are Q K^T without a scale; attention usually divides by sqrt(d): "
                 "--scale='1/sqrt(%zu)'",
                 input->vector_length);
}

bool say_checks(const cli_settings *settings, const mmax_result *result)
{
    char text[TITLE_SIZE];
    const char *file = title_of(mmax_result_input(result), text);
    bool all_hold = true;
    mmax_check_outcome outcome;
    for (size_t i = 0; mmax_check_outcome_at(settings->plan, result, i, &outcome); i++) {
        if (!outcome.holds || settings->verbose)
            complain("%s: %s", file, outcome.message);
        all_hold &= outcome.holds;
    }
    return all_hold;
}

void say_read(const mmax_input *input)
{
    char shape[256] = "";
    size_t lengths[MMAX_MAX_DIMS];
    mmax_input_own_shape(input, lengths);
    for (size_t i = 0, used = 0; i < input->n_dims; i++)
        used +=
            (size_t)snprintf(shape + used, sizeof shape - used, i ? ", %zu" : "%zu", lengths[i]);
    complain("read %s%s%s%s%s%s: %s, %s, shape (%s%s), %zu row%s of %zu", input->file,
             input->array ? "[" : "", input->array ? input->array : "", input->array ? "]" : "",
             input->keys ? " x " : "", input->keys ? input->keys : "", input->format, input->dtype,
             shape, input->n_dims == 1 ? "," : "", input->n_rows, input->n_rows == 1 ? "" : "s",
             input->row_length);
}
