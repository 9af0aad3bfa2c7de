#include "map/family.h"

mmax_status mmax_entmax_parse(const mmax_parameters *given, mmax_map *map, mmax_error *error)
{
    mmax_piece text = given->bare.start ? given->bare : given->values[0];
    map->alpha = 1.5;
    mmax_status status = mmax_piece_number(given, text, &map->alpha, error);
    if (status == MMAX_OK && !(map->alpha >= 1 && map->alpha <= 10))
        return mmax_invalid_map(error, given->spec, "alpha must be between 1 and 10");
    return status;
}

void mmax_entmax_format(const mmax_map *map, char spec[MMAX_SPEC_SIZE])
{
    mmax_spec_add(spec, ":alpha=");
    mmax_spec_add_number(spec, map->alpha);
}

/* The name alone would be right for 1.5, but people compare several. */
void mmax_entmax_label(const mmax_map *map, char spec[MMAX_SPEC_SIZE])
{
    mmax_spec_add(spec, ":");
    mmax_spec_add_number(spec, map->alpha);
}

mmax_status mmax_entmax_apply(const mmax_map *map, const mmax_kernel_rows *rows,
                              const double *epsilon, size_t *bad_row, mmax_error *error)
{
    (void)epsilon, (void)bad_row, (void)error;
    mmax_kernel_entmax(rows, map->alpha);
    return MMAX_OK;
}
