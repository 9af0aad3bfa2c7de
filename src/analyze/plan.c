#include "analyze/transform.h"

#include <stdlib.h>
#include <string.h>

mmax_status mmax_plan_new(mmax_plan **plan, mmax_error *error)
{
    mmax_plan *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "making a plan");
    self->n_maps = mmax_default_maps(self->maps, MMAX_MAX_MAPS);
    mmax_metric_list_default(&self->metrics);
    *plan = self;
    return mmax_plan_set_instructions(self, NULL, error); /* never fails: there is a baseline */
}

void mmax_plan_free(mmax_plan *plan)
{
    if (!plan)
        return;
    for (size_t i = 0; i < plan->n_maps; i++) {
        mmax_layers_free(plan->layers[i]);
        free(plan->files[i]);
    }
    mmax_plan_drop_checks(plan);
    free(plan->transform.mask_file);
    free(plan->panels);
    free(plan);
}

/* Whether a map, or LAYERS where they are not NULL, can be the plan's n_maps-th. */
static mmax_status check_map(const mmax_plan *plan, size_t n_maps, const char *spec,
                             const mmax_map *map, const mmax_layers *layers, mmax_error *error)
{
    char quoted[MMAX_MESSAGE_SIZE / 2];
    for (size_t i = 0; i < n_maps; i++)
        if (mmax_map_equal(&plan->maps[i], map) && mmax_layers_equal(plan->layers[i], layers))
            return mmax_fail(error, MMAX_EUSAGE, "map '%s' is given twice",
                             mmax_quote(spec, strlen(spec), quoted, sizeof quoted));
    if (n_maps == MMAX_MAX_MAPS)
        return mmax_fail(error, MMAX_EUSAGE, "more than %d maps in one run", MMAX_MAX_MAPS);
    return MMAX_OK;
}

mmax_status mmax_plan_add_map(mmax_plan *plan, const char *spec, mmax_error *error)
{
    mmax_map map;
    mmax_layers *layers = NULL;
    bool has_file = mmax_spec_has_file(spec);
    mmax_status status =
        has_file ? mmax_layers_read(spec, &map, &layers, error) : mmax_map_parse(spec, &map, error);
    if (status != MMAX_OK)
        return status;
    size_t n_maps = plan->has_own_maps ? plan->n_maps : 0;
    status = check_map(plan, n_maps, spec, &map, layers, error);
    char *file = status == MMAX_OK && has_file ? mmax_copy_text(spec) : NULL;
    if (status == MMAX_OK && has_file && !file)
        status = mmax_fail_memory(error, "keeping a map");
    if (status != MMAX_OK) {
        mmax_layers_free(layers);
        return status;
    }
    plan->maps[n_maps] = map;
    plan->layers[n_maps] = layers;
    plan->files[n_maps] = file;
    plan->n_maps = n_maps + 1;
    plan->has_own_maps = true;
    plan->has_difference = false;
    mmax_plan_drop_checks(plan);
    return MMAX_OK;
}

mmax_status mmax_plan_set_metrics(mmax_plan *plan, const char *list, mmax_error *error)
{
    mmax_status status = mmax_metric_list_parse(list, &plan->metrics, error);
    if (status == MMAX_OK)
        mmax_plan_add_checked_metrics(plan);
    return status;
}

mmax_status mmax_plan_set_epsilon(mmax_plan *plan, const char *text, mmax_error *error)
{
    return mmax_epsilon_parse(text, &plan->relevance, error);
}

mmax_status mmax_plan_set_reference(mmax_plan *plan, const char *text, mmax_error *error)
{
    return mmax_reference_parse(text, &plan->relevance, error);
}

mmax_status mmax_plan_set_per(mmax_plan *plan, const char *text, mmax_error *error)
{
    static const char *const words[] = {"all", "group", "row"};
    static const mmax_per levels[] = {MMAX_PER_ALL, MMAX_PER_GROUP, MMAX_PER_ROW};
    size_t i = mmax_find_word("level", text, words, 3, error);
    if (i == 3)
        return MMAX_EUSAGE;
    plan->per = levels[i];
    return MMAX_OK;
}

mmax_status mmax_plan_set_invalid(mmax_plan *plan, const char *text, mmax_error *error)
{
    static const char *const words[] = {"error", "skip"};
    size_t i = mmax_find_word("treatment of invalid logits", text, words, 2, error);
    if (i == 2)
        return MMAX_EUSAGE;
    plan->skip_invalid = i == 1;
    return MMAX_OK;
}

void mmax_plan_set_from_probs(mmax_plan *plan)
{
    plan->transform.from_probs = true;
}

mmax_status mmax_plan_set_scale(mmax_plan *plan, const char *text, mmax_error *error)
{
    return mmax_scale_parse(text, &plan->transform.scale, error);
}

mmax_status mmax_plan_set_mask(mmax_plan *plan, const char *text, mmax_error *error)
{
    if (strcmp(text, "") == 0 || strcmp(text, "-") == 0)
        return mmax_fail(error, MMAX_EUSAGE,
                         "invalid mask '%s': expected causal or the name of a file", text);
    bool is_causal = strcmp(text, "causal") == 0;
    char *file = is_causal ? NULL : mmax_copy_text(text);
    if (!is_causal && !file)
        return mmax_fail_memory(error, "keeping the name of a mask");
    free(plan->transform.mask_file);
    plan->transform.mask_file = file;
    plan->transform.is_causal = is_causal;
    return MMAX_OK;
}

void mmax_plan_set_block_rows(mmax_plan *plan, size_t n_rows)
{
    plan->block_rows = n_rows;
}

void mmax_plan_set_threads(mmax_plan *plan, size_t n)
{
    plan->n_threads = n;
}

mmax_status mmax_plan_set_instructions(mmax_plan *plan, const char *name, mmax_error *error)
{
    return mmax_instruction_set_choose(name, &plan->instructions, error);
}

void mmax_plan_set_progress(mmax_plan *plan, mmax_progress_function *tell, void *data)
{
    plan->tell_progress = tell;
    plan->progress_data = data;
}

void mmax_plan_set_cancel(mmax_plan *plan, const volatile sig_atomic_t *flag)
{
    plan->cancel = flag;
}

const mmax_map *mmax_plan_map_at(const mmax_plan *plan, size_t i)
{
    return i < plan->n_maps ? &plan->maps[i] : NULL;
}

mmax_per mmax_plan_per(const mmax_plan *plan, const mmax_input *input)
{
    if (plan->per != MMAX_PER_AUTO)
        return plan->per;
    return input->n_dims >= 3 ? MMAX_PER_GROUP : MMAX_PER_ALL;
}

/* ---- maps by their names --------------------------------------------------------------------- */

/* Whether TEXT names the plan's map-th map as mmax_plan_add_map takes it. */
static bool is_spec(const mmax_plan *plan, size_t map, const char *text)
{
    mmax_map parsed;
    if (mmax_spec_has_file(text))
        return plan->files[map] && strcmp(plan->files[map], text) == 0;
    return !plan->layers[map] && mmax_map_parse(text, &parsed, NULL) == MMAX_OK &&
           mmax_map_equal(&plan->maps[map], &parsed);
}

size_t mmax_plan_find_map(const mmax_plan *plan, const char *text)
{
    size_t n_named = 0, named = plan->n_maps;
    for (size_t i = 0; i < plan->n_maps; i++) {
        if (is_spec(plan, i, text))
            return i;
        if (strcmp(mmax_map_name(&plan->maps[i]), text) != 0)
            continue;
        named = i;
        n_named++;
    }
    return n_named == 1 ? named : plan->n_maps;
}

const char *mmax_plan_label(const mmax_plan *plan, size_t map, char label[MMAX_SPEC_SIZE])
{
    if (plan->layers[map])
        return plan->layers[map]->spec;
    mmax_map_label(&plan->maps[map], label);
    return label;
}
