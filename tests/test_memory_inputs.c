/* Plans, files and sources. */
#include "test_memory.h"

#include <stdlib.h>
#include <string.h>

/* ---- plans ----------------------------------------------------------------------------------- */

static mmax_status new_plan(things *self, mmax_error *error)
{
    self->plan = UNTOUCHED;
    mmax_status status = mmax_plan_new(&self->plan, error);
    return UNLESS_TOUCHED(status, self->plan);
}

#define SETTER(name, function)                                                                     \
    static mmax_status name(things *self, mmax_error *error)                                       \
    {                                                                                              \
        return function(self->plan, self->argument, error);                                        \
    }

SETTER(add_map, mmax_plan_add_map)
SETTER(set_metrics, mmax_plan_set_metrics)
SETTER(set_mask, mmax_plan_set_mask)
SETTER(set_panels, mmax_plan_set_panels)
SETTER(add_check, mmax_plan_add_check)
SETTER(set_difference, mmax_plan_set_difference)

static const operation of_plans[] = {
    {"mmax_plan_new mmax_plan_free", NEEDS_NOTHING, new_plan, NULL, AGAIN},
    {"mmax_plan_add_map", NEEDS_PLAN, add_map, "sparsemax", AGAIN},
    {"mmax_plan_add_map", NEEDS_PLAN, add_map, "multimax:tb=2,b=eps,td=0.5,d=1", AGAIN},
    {"mmax_plan_add_map", NEEDS_PLAN, add_map, "multimax:@layers.json", AGAIN},
    {"mmax_plan_add_map", NEEDS_PLAN, add_map, "multimax:@layers.npz", AGAIN},
    {"mmax_plan_add_map", NEEDS_PLAN, add_map, "multimax:@layers.safetensors", AGAIN},
    {"mmax_plan_add_map", NEEDS_PLAN, add_map, "multimax:@ts.npz", AGAIN},
    {"mmax_plan_set_metrics", NEEDS_PLAN, set_metrics, "all", AGAIN},
    {"mmax_plan_set_metrics", NEEDS_PLAN, set_metrics, "entropy,sparsity", AGAIN},
    {"mmax_plan_set_mask", NEEDS_PLAN, set_mask, "causal", AGAIN},
    {"mmax_plan_set_mask", NEEDS_PLAN, set_mask, "mask.npy", AGAIN},
    {"mmax_plan_set_panels", NEEDS_PLAN, set_panels, "0.1,1.*", AGAIN},
    {"mmax_plan_add_check", NEEDS_PLAN, add_check, "entropy.mean > 0.5", AGAIN},
    {"mmax_plan_set_difference", NEEDS_PLAN, set_difference, "softmax,entmax:1.5", AGAIN},
};

const operation_table plan_operations = {"plans", of_plans, sizeof of_plans / sizeof *of_plans};

/* ---- inputs ---------------------------------------------------------------------------------- */

static mmax_status check_columns(things *self, mmax_error *error)
{
    return mmax_columns_check(self->argument, error);
}

static mmax_status open_with(things *self, const mmax_source_options *options, mmax_error *error)
{
    self->source = UNTOUCHED;
    mmax_status status = mmax_source_open(self->argument, options, &self->source, error);
    return UNLESS_TOUCHED(status, self->source);
}

static mmax_status open_source(things *self, mmax_error *error)
{
    return open_with(self, NULL, error);
}

static mmax_status open_part(things *self, mmax_error *error)
{
    return open_with(
        self, &(mmax_source_options){.select = "..., ::2", .has_axis = true, .axis = 0}, error);
}

static mmax_status open_named(things *self, mmax_error *error)
{
    return open_with(self, &(mmax_source_options){.array = "heads"}, error);
}

static mmax_status open_columns(things *self, mmax_error *error)
{
    return open_with(self, &(mmax_source_options){.columns = "c,a"}, error);
}

static mmax_status open_memory(things *self, mmax_error *error)
{
    static const double logits[] = {0, 1, 2, 3, 4, 5};
    static const size_t shape[] = {2, 3};
    self->source = UNTOUCHED;
    mmax_status status = mmax_source_open_memory(logits, shape, 2, &self->source, error);
    return UNLESS_TOUCHED(status, self->source);
}

static mmax_status open_product(things *self, mmax_error *error)
{
    self->source = UNTOUCHED;
    mmax_status status =
        mmax_source_open_product("queries.npy", self->argument, NULL, &self->source, error);
    return UNLESS_TOUCHED(status, self->source);
}

static mmax_status open_file(things *self, mmax_error *error)
{
    self->file = UNTOUCHED;
    mmax_status status = mmax_file_open(self->argument, NULL, &self->file, error);
    return UNLESS_TOUCHED(status, self->file);
}

/* Every array of a file: opened where it is an input, else counted. */
static mmax_status walk_file(things *self, mmax_error *error)
{
    mmax_status status = open_file(self, error);
    while (status == MMAX_OK) {
        const mmax_array_info *info = UNTOUCHED;
        status = mmax_file_next(self->file, &info, error);
        status = UNLESS_TOUCHED(status, info);
        if (status != MMAX_OK || !info)
            break;
        mmax_source_free(self->source);
        self->source = UNTOUCHED;
        status = mmax_file_array(self->file, &self->source, error);
        status = UNLESS_TOUCHED(status, self->source);
    }
    return status;
}

static mmax_status count_rows(things *self, mmax_error *error)
{
    const mmax_array_info *info = NULL;
    mmax_status status = open_file(self, error);
    if (status == MMAX_OK)
        status = mmax_file_next(self->file, &info, error);
    return status == MMAX_OK ? mmax_file_count_rows(self->file, error) : status;
}

static mmax_status read_tokens(things *self, mmax_error *error)
{
    self->tokens = UNTOUCHED;
    mmax_status status = mmax_tokens_read(self->argument, NULL, &self->tokens, error);
    return UNLESS_TOUCHED(status, self->tokens);
}

static mmax_status set_tokens(things *self, mmax_error *error)
{
    mmax_status status = self->tokens ? MMAX_OK : read_tokens(self, error);
    return status == MMAX_OK
               ? mmax_source_set_tokens(self->source, self->tokens, self->tokens, error)
               : status;
}

/* Not lz4: libarchive 3.6 writes into the state of a checksum without a look at whether it has it.
 */
static const operation of_inputs[] = {
    {"mmax_columns_check", NEEDS_NOTHING, check_columns, "a,3-5,\"b\"", AGAIN},
    {"mmax_source_open mmax_source_free", NEEDS_NOTHING, open_source, "heads.npy", AGAIN},
    {"mmax_source_open", NEEDS_NOTHING, open_source, "fortran.npy", AGAIN},
    {"mmax_source_open", NEEDS_NOTHING, open_source, "heads.npy.gz", AGAIN},
    {"mmax_source_open", NEEDS_NOTHING, open_source, "heads.npy.zst", AGAIN},
    {"mmax_source_open", NEEDS_NOTHING, open_source, "heads.npy.xz", AGAIN},
    {"mmax_source_open", NEEDS_NOTHING, open_source, "heads.npy.bz2", AGAIN},
    {"mmax_source_open", NEEDS_NOTHING, open_source, "stored.npz[heads]", AGAIN},
    {"mmax_source_open", NEEDS_NOTHING, open_named, "deflated.npz", AGAIN},
    {"mmax_source_open", NEEDS_NOTHING, open_named, "heads.safetensors", AGAIN},
    {"mmax_source_open", NEEDS_NOTHING, open_source, "rows.csv", AGAIN},
    {"mmax_source_open", NEEDS_NOTHING, open_source, "rows.tsv", AGAIN},
    {"mmax_source_open", NEEDS_NOTHING, open_source, "rows.csv.gz", AGAIN},
    {"mmax_source_open", NEEDS_NOTHING, open_columns, "rows.csv", AGAIN},
    {"mmax_source_open", NEEDS_NOTHING, open_part, "heads.npy", AGAIN},
    {"mmax_source_open", NEEDS_NOTHING, open_part, "heads.npy.gz", AGAIN},
    {"mmax_source_open", NEEDS_NOTHING, open_part, "rows.csv", AGAIN},
    {"mmax_source_open_memory", NEEDS_NOTHING, open_memory, NULL, AGAIN},
    {"mmax_source_open_product", NEEDS_NOTHING, open_product, "keys.npy", AGAIN},
    {"mmax_file_open mmax_file_free", NEEDS_NOTHING, open_file, "deflated.npz", AGAIN},
    {"mmax_file_next mmax_file_array", NEEDS_NOTHING, walk_file, "heads.npy", ONCE},
    {"mmax_file_next mmax_file_array", NEEDS_NOTHING, walk_file, "stored.npz", ONCE},
    {"mmax_file_next mmax_file_array", NEEDS_NOTHING, walk_file, "deflated.npz", ONCE},
    {"mmax_file_next mmax_file_array", NEEDS_NOTHING, walk_file, "heads.safetensors", ONCE},
    {"mmax_file_next mmax_file_array", NEEDS_NOTHING, walk_file, "rows.csv.gz", ONCE},
    {"mmax_file_count_rows", NEEDS_NOTHING, count_rows, "rows.csv", ONCE},
    {"mmax_tokens_read mmax_tokens_free", NEEDS_NOTHING, read_tokens, "tokens.txt", AGAIN},
    {"mmax_source_set_tokens", NEEDS_SOURCE, set_tokens, "tokens.txt", AGAIN},
};

const operation_table input_operations = {"inputs", of_inputs,
                                          sizeof of_inputs / sizeof *of_inputs};
