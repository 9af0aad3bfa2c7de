/* Files of parameters, as multimax:@FILE takes them: JSON, archives of arrays, and ts with ranges
 * beside it.  Every layer of what is accepted is a MultiMax that its SPEC reads back to. */
#include "fuzz.h"

#include "map/map.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[][2] = {
    {"p.json", NULL},
    {"p.npz", NULL},
    {"p.safetensors", NULL},
    {"ts.npz", "ranges.npz"},
    {"my-ts.npy", "my-ranges.npy"},
    {"ts.csv", "ranges.csv"},
};

static void check_layers(const mmax_plan *plan)
{
    const mmax_map *map;
    char spec[MMAX_SPEC_SIZE];
    REQUIRE(mmax_plan_map_at(plan, 0) && !mmax_plan_map_at(plan, 1));
    REQUIRE(mmax_plan_spec(plan, 0, spec));
    for (size_t i = 0; (map = mmax_plan_layer_at(plan, 0, i)); i++) {
        mmax_map again;
        REQUIRE(map->kind == MMAX_MULTIMAX);
        mmax_map_format(map, spec);
        REQUIRE(mmax_map_parse(spec, &again, NULL) == MMAX_OK);
        REQUIRE(mmax_map_equal(map, &again));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    size_t kind = fuzz_choose(&input, sizeof names / sizeof *names);
    char *first = fuzz_file(names[kind][0], fuzz_part(&input, "%%%%"));
    char *second = names[kind][1] ? fuzz_file(names[kind][1], input) : NULL;
    char spec[4096 + 32];
    mmax_plan *plan;
    mmax_error error;
    REQUIRE(mmax_plan_new(&plan, &error) == MMAX_OK);
    snprintf(spec, sizeof spec, "multimax:@%s", first);
    mmax_status status = mmax_plan_add_map(plan, spec, &error);
    if (status == MMAX_OK)
        check_layers(plan);
    else
        fuzz_check_error(status, &error);
    mmax_plan_free(plan);
    free(first);
    free(second);
    return 0;
}
