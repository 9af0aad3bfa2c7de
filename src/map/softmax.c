#include "map/family.h"

mmax_status mmax_softmax_parse(const mmax_parameters *given, mmax_map *map, mmax_error *error)
{
    mmax_piece text = given->bare.start ? given->bare : given->values[0];
    map->temperature = 1;
    mmax_status status = mmax_piece_number(given, text, &map->temperature, error);
    if (status == MMAX_OK && !(map->temperature > 0))
        return mmax_invalid_map(error, given->spec, "t must be greater than 0");
    return status;
}

void mmax_softmax_format(const mmax_map *map, char spec[MMAX_SPEC_SIZE])
{
    mmax_spec_add(spec, ":t=");
    mmax_spec_add_number(spec, map->temperature);
}

void mmax_softmax_label(const mmax_map *map, char spec[MMAX_SPEC_SIZE])
{
    if (map->temperature != 1)
        mmax_softmax_format(map, spec);
}

mmax_status mmax_softmax_apply(const mmax_map *map, const mmax_kernel_rows *rows,
                               const double *epsilon, size_t *bad_row, mmax_error *error)
{
    (void)epsilon, (void)bad_row, (void)error;
    mmax_kernel_softmax(rows, map->temperature);
    return MMAX_OK;
}
