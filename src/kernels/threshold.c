#include "kernels/rows.h"

#include <math.h>

mmax_row mmax_row_at(const mmax_kernel_rows *rows, size_t i)
{
    size_t start = i * rows->row_length;
    return (mmax_row){
        .logits = rows->logits + start,
        .facts = &rows->facts[i],
        .n = rows->row_length,
        .weights = rows->weights + start,
        .log_weights = rows->log_weights ? rows->log_weights + start : NULL,
        .support = &rows->support[i],
    };
}

void mmax_row_clear(const mmax_row *row)
{
    for (size_t i = 0; i < row->n; i++)
        row->weights[i] = 0;
    for (size_t i = 0; row->log_weights && i < row->n; i++)
        row->log_weights[i] = -HUGE_VAL;
    *row->support = 0;
}

void mmax_candidates_gather(const mmax_row *row, double scale, mmax_candidates *candidates)
{
    double *d = row->weights;
    double max = row->facts->max;
    size_t n = 0;
    for (size_t i = 0; i < row->n; i++) {
        d[i] = row->logits[i] - max;
        n += scale * d[i] > -1;
    }
    if (n > MMAX_MAX_CANDIDATES) {
        candidates->d = d;
        candidates->n = row->n;
        return;
    }
    /* Every entry is stored and the next one overwrites it unless it counts: no branch, but one
     * place more than there are candidates. */
    size_t used = 0;
    for (size_t i = 0; i < row->n; i++) {
        candidates->buffer[used] = d[i];
        used += scale * d[i] > -1;
    }
    candidates->d = candidates->buffer;
    candidates->n = n;
}

void mmax_row_normalize(const mmax_row *row)
{
    mmax_sum sum = {0, 0};
    for (size_t i = 0; i < row->n; i++)
        sum = mmax_sum_add(sum, row->weights[i]);
    double total = mmax_sum_value(sum);
    for (size_t i = 0; i < row->n; i++)
        row->weights[i] /= total;
}
