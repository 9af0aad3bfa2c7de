#include "analyze/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static mmax_status begin(const mmax_plan *plan, mmax_result *result, mmax_error *error)
{
    result->shown_rows = mmax_alloc_zeroed(1, sizeof *result->shown_rows);
    if (!result->shown_rows)
        return mmax_fail_memory(error, "keeping rows to show");
    result->shown_rows->n_maps = plan->n_maps;
    result->shown_rows->row_length = result->input.row_length;
    return MMAX_OK;
}

/* ---- which entries --------------------------------------------------------------------------- */

/* The largest logits so far, ascending; of equal ones the first entries. */
typedef struct largest {
    size_t n;
    size_t entries[MMAX_SHOWN_ENTRIES];
} largest;

static void offer(largest *found, const double *logits, size_t entry)
{
    double logit = logits[entry];
    size_t place = 0;
    while (place < found->n && logits[found->entries[place]] < logit)
        place++;
    if (found->n < MMAX_SHOWN_ENTRIES) {
        memmove(found->entries + place + 1, found->entries + place,
                (found->n++ - place) * sizeof found->entries[0]);
        found->entries[place] = entry;
    } else if (place > 0) {
        memmove(found->entries, found->entries + 1, (place - 1) * sizeof found->entries[0]);
        found->entries[place - 1] = entry;
    }
}

static int compare_places(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

/* All entries of a short row, masked ones too; of a long one the largest live ones. */
static void choose_entries(mmax_shown_row *row, const double *logits, size_t n)
{
    largest found = {0};
    size_t n_live = 0;
    for (size_t i = 0; i < n; i++) {
        n_live += isfinite(logits[i]) ? 1 : 0;
        if (n <= MMAX_SHOWN_ENTRIES)
            found.entries[found.n++] = i;
        else if (isfinite(logits[i]))
            offer(&found, logits, i);
    }
    qsort(found.entries, found.n, sizeof found.entries[0], compare_places);
    memcpy(row->entries, found.entries, sizeof row->entries);
    row->n = found.n;
    row->n_others = n > MMAX_SHOWN_ENTRIES ? n_live - found.n : 0;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void take_weights(mmax_shown_row *row, const double *weights, size_t n, double *taken)
{
    size_t shown = 0;
    for (size_t i = 0; i < n; i++)
        if (shown < row->n && row->entries[shown] == i)
            taken[shown++] = weights[i];
        else
            taken[row->n] += weights[i];
}

static bool take_labels(mmax_shown_row *row, const mmax_input *input, const char *label)
{
    row->label = label ? mmax_copy_text(label) : NULL;
    bool ok = !label || row->label;
    for (size_t i = 0; input->column_labels && i < row->n && ok; i++) {
        row->labels[i] = mmax_copy_text(input->column_labels[row->entries[i]]);
        ok = row->labels[i] != NULL;
    }
    return ok;
}

/* Row I of a block. */
static bool take_row(mmax_shown_rows *rows, const mmax_input *input, const mmax_figure_block *block,
                     size_t i)
{
    mmax_shown_row *row = &rows->rows[rows->n++];
    size_t offset = i * rows->row_length;
    const double *logits = block->logits + offset;
    row->index = block->first_row + i;
    row->epsilon = block->relevance[i].epsilon;
    choose_entries(row, logits, rows->row_length);
    for (size_t k = 0; k < row->n; k++)
        row->logits[k] = logits[row->entries[k]];
    row->weights = mmax_alloc_zeroed(rows->n_maps, (row->n + 1) * sizeof *row->weights);
    for (size_t map = 0; row->weights && map < rows->n_maps; map++)
        take_weights(row, block->weights[map] + offset, rows->row_length,
                     row->weights + map * (row->n + 1));
    return row->weights && take_labels(row, input, block->labels[i]);
}

static bool has_live(const double *logits, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (isfinite(logits[i]))
            return true;
    return false;
}

static mmax_status add(mmax_result *result, const mmax_figure_block *block, mmax_error *error)
{
    mmax_shown_rows *rows = result->shown_rows;
    for (size_t i = 0; i < block->n_rows; i++) {
        if (!has_live(block->logits + i * rows->row_length, rows->row_length))
            continue;
        rows->n_rows++;
        if (rows->n < MMAX_SHOWN_ROWS && !take_row(rows, &result->input, block, i))
            return mmax_fail_memory(error, "keeping rows to show");
    }
    return MMAX_OK;
}

static void free_data(mmax_result *result)
{
    mmax_shown_rows *rows = result->shown_rows;
    for (size_t i = 0; rows && i < rows->n; i++) {
        mmax_shown_row *row = &rows->rows[i];
        for (size_t k = 0; k < row->n; k++)
            free(row->labels[k]);
        free(row->label);
        free(row->weights);
    }
    free(rows);
}

const mmax_figure_gatherer mmax_gather_rows = {
    .wants_logits = true,
    .wants_weights = true,
    .begin = begin,
    .add = add,
    .free = free_data,
};
