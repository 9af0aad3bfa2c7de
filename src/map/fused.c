#include "map/map.h"

bool mmax_map_uses_powers(const mmax_map *map)
{
    return (map->kind == MMAX_SOFTMAX && map->temperature == 1) ||
           (map->kind == MMAX_ENTMAX && map->alpha == 1) || map->kind == MMAX_EVSOFTMAX;
}

bool mmax_map_uses_mean(const mmax_map *map)
{
    return map->kind == MMAX_EVSOFTMAX;
}

/* Rows at a time: their breakpoints lie on the stack. */
enum { N_TERMS = 4, BLOCK_ROWS = 32 };

static mmax_fused_rows part_of(const mmax_fused_rows *rows, const mmax_fused *fused, size_t start)
{
    size_t left = rows->n_rows - start, offset = start * rows->stride * fused->size;
    mmax_fused_rows part = *rows;
    part.n_rows = left < BLOCK_ROWS ? left : BLOCK_ROWS;
    part.logits = (const char *)rows->logits + offset;
    part.facts += start;
    part.bounds += start;
    part.exponentials += start;
    part.powers = NULL;
    part.weights = rows->weights ? (char *)rows->weights + offset : NULL;
    part.sums += start;
    return part;
}

static void apply_multimax(const mmax_map *map, const mmax_fused *fused,
                           const mmax_fused_rows *rows, const double *epsilon)
{
    double ranges[BLOCK_ROWS][N_TERMS];
    for (size_t start = 0; start < rows->n_rows; start += BLOCK_ROWS) {
        const mmax_fused_rows part = part_of(rows, fused, start);
        for (size_t i = 0; i < part.n_rows; i++)
            for (size_t j = 0; j < N_TERMS; j++)
                ranges[i][j] = map->range_is_epsilon[j] ? epsilon[start + i] : map->ranges[j];
        fused->multimax(&part, map->ts, ranges[0]);
    }
}

void mmax_map_apply_fused(const mmax_map *map, const mmax_fused *fused, const mmax_fused_rows *rows,
                          const double *epsilon)
{
    switch (map->kind) {
    case MMAX_SOFTMAX:
        fused->softmax(rows, map->temperature);
        break;
    case MMAX_SPARSEMAX:
        fused->entmax(rows, 2);
        break;
    case MMAX_ENTMAX:
        fused->entmax(rows, map->alpha);
        break;
    case MMAX_EVSOFTMAX:
        fused->evsoftmax(rows);
        break;
    case MMAX_MULTIMAX:
        apply_multimax(map, fused, rows, epsilon);
        break;
    }
}
