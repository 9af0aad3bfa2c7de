#include "map/family.h"

mmax_status mmax_sparsemax_apply(const mmax_map *map, const mmax_kernel_rows *rows,
                                 const double *epsilon, size_t *bad_row, mmax_error *error)
{
    (void)map, (void)epsilon, (void)bad_row, (void)error;
    mmax_kernel_sparsemax(rows);
    return MMAX_OK;
}
