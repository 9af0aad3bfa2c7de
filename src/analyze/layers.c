/* Maps whose parameters are in a file, one for every layer or one for all. */
#include "analyze/analyze.h"

#include "io/parameters.h"

#include <stdlib.h>
#include <string.h>

static const char prefix[] = "multimax:@";

bool mmax_spec_has_file(const char *spec)
{
    return strncmp(spec, prefix, strlen(prefix)) == 0;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* Parses the sets of a file into MAPS (n,). */
static mmax_status parse_sets(const char *file, const mmax_parameter_sets *sets, mmax_map *maps,
                              mmax_error *error)
{
    for (size_t i = 0; i < sets->n; i++) {
        char spec[MMAX_SPEC_SIZE], quoted[MMAX_MESSAGE_SIZE / 4], layer[48] = "";
        mmax_error cause;
        snprintf(spec, sizeof spec, "%s:%s", mmax_map_info_at(MMAX_MULTIMAX)->name, sets->sets[i]);
        if (mmax_map_parse(spec, &maps[i], &cause) == MMAX_OK)
            continue;
        if (sets->n > 1)
            snprintf(layer, sizeof layer, "layer %zu: ", i);
        return mmax_fail(error, MMAX_EFORMAT, "%s: %s%s",
                         mmax_quote(file, strlen(file), quoted, sizeof quoted), layer,
                         cause.message);
    }
    return MMAX_OK;
}

static mmax_layers *new_layers(const char *spec, size_t n)
{
    mmax_layers *layers = mmax_alloc_zeroed(1, sizeof *layers);
    if (!layers)
        return NULL;
    layers->n = n;
    layers->maps = mmax_alloc_zeroed(n, sizeof *layers->maps);
    layers->spec = mmax_copy_text(spec);
    if (layers->maps && layers->spec)
        return layers;
    mmax_layers_free(layers);
    return NULL;
}

void mmax_layers_free(mmax_layers *layers)
{
    if (!layers)
        return;
    free(layers->maps);
    free(layers->spec);
    free(layers);
}

mmax_status mmax_layers_read(const char *spec, mmax_map *map, mmax_layers **layers,
                             mmax_error *error)
{
    const char *file = spec + strlen(prefix);
    if (strcmp(file, "") == 0 || strcmp(file, "-") == 0)
        return mmax_fail(error, MMAX_EUSAGE,
                         "invalid map '%s%s': expected the name of a file behind @", prefix, file);
    mmax_parameter_sets sets = {0};
    mmax_status status = mmax_parameter_sets_read(file, &sets, error);
    if (status != MMAX_OK)
        return status;
    mmax_layers *read = new_layers(spec, sets.n);
    if (!read) {
        status = mmax_fail_memory(error, "reading parameters");
        goto out;
    }
    status = parse_sets(file, &sets, read->maps, error);
    if (status != MMAX_OK)
        goto out;
    *map = read->maps[0];
    *layers = read->n > 1 ? read : NULL;
    read = *layers ? NULL : read;
out:
    mmax_layers_free(read);
    mmax_parameter_sets_free(&sets);
    return status;
}

bool mmax_layers_equal(const mmax_layers *a, const mmax_layers *b)
{
    if (!a || !b || a->n != b->n)
        return a == b;
    for (size_t i = 0; i < a->n; i++)
        if (!mmax_map_equal(&a->maps[i], &b->maps[i]))
            return false;
    return true;
}

/* ---- rows ------------------------------------------------------------------------------------ */

mmax_status mmax_plan_check_layers(const mmax_plan *plan, const mmax_input *input,
                                   mmax_error *error)
{
    for (size_t i = 0; i < plan->n_maps; i++) {
        const mmax_layers *layers = plan->layers[i];
        if (!layers || (input->n_dims >= 3 && input->shape[0] == layers->n))
            continue;
        const char *file = layers->spec + strlen(prefix);
        char parameters[MMAX_MESSAGE_SIZE / 4], name[MMAX_MESSAGE_SIZE / 4];
        char shape[MMAX_SHAPE_SIZE];
        mmax_shape_write(input->shape, input->n_dims, shape);
        return mmax_fail(error, MMAX_EDOMAIN,
                         "%s: parameters of shape (%zu, 4) do not match %s of shape %s; layers are "
                         "the first of at least three axes",
                         mmax_quote(file, strlen(file), parameters, sizeof parameters), layers->n,
                         mmax_quote(input->file, strlen(input->file), name, sizeof name), shape);
    }
    return MMAX_OK;
}

const mmax_map *mmax_plan_map_of_row(const mmax_plan *plan, size_t map, const mmax_input *input,
                                     size_t row, size_t *n_rows)
{
    const mmax_layers *layers = plan->layers[map];
    if (!layers) {
        *n_rows = SIZE_MAX;
        return &plan->maps[map];
    }
    size_t rows_of_layer = input->n_rows / layers->n;
    *n_rows = rows_of_layer - row % rows_of_layer;
    return &layers->maps[row / rows_of_layer];
}

/* ---- names ----------------------------------------------------------------------------------- */

const char *mmax_plan_spec(const mmax_plan *plan, size_t map, char spec[MMAX_SPEC_SIZE])
{
    if (plan->layers[map])
        return plan->layers[map]->spec;
    mmax_map_format(&plan->maps[map], spec);
    return spec;
}

const mmax_map *mmax_plan_layer_at(const mmax_plan *plan, size_t map, size_t layer)
{
    if (map >= plan->n_maps)
        return NULL;
    const mmax_layers *layers = plan->layers[map];
    if (!layers)
        return layer == 0 ? &plan->maps[map] : NULL;
    return layer < layers->n ? &layers->maps[layer] : NULL;
}

void mmax_result_label(const mmax_result *result, size_t map, char label[MMAX_SPEC_SIZE])
{
    const char *spec = result->layer_specs[map];
    size_t n_alike = 0;
    for (size_t i = 0; i < result->n_maps; i++)
        n_alike += result->maps[i].kind == result->maps[map].kind;
    if (!spec)
        mmax_map_label(&result->maps[map], label);
    else if (n_alike == 1)
        snprintf(label, MMAX_SPEC_SIZE, "%s", mmax_map_name(&result->maps[map]));
    else
        mmax_quote(spec, strlen(spec), label, MMAX_SPEC_SIZE);
}
