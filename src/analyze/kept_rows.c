#include "analyze/kept_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_LOGITS = 1 << 21, /* kept: 16 MiB */
    CHUNK = 1 << 15       /* logits that are mapped at once */
};

mmax_status mmax_kept_rows_new(const mmax_input *input, mmax_kept_rows **rows, mmax_error *error)
{
    mmax_kept_rows *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "keeping rows for a figure");
    self->row_length = input->row_length;
    self->step = 1;
    self->max_rows = input->row_length ? MAX_LOGITS / input->row_length : MMAX_KEPT_ROWS;
    if (self->max_rows > MMAX_KEPT_ROWS)
        self->max_rows = MMAX_KEPT_ROWS;
    if (self->max_rows == 0)
        self->max_rows = 1;
    *rows = self;
    return MMAX_OK;
}

void mmax_kept_rows_free(mmax_kept_rows *rows)
{
    if (!rows)
        return;
    free(rows->logits);
    free(rows->epsilon);
    free(rows->relevance);
    free(rows->indices);
    free(rows);
}

static bool make_room(mmax_kept_rows *rows)
{
    if (rows->n < rows->room)
        return true;
    size_t room = rows->room < rows->max_rows / 2 ? 2 * rows->room + 16 : rows->max_rows, n;
    if (room > rows->max_rows)
        room = rows->max_rows;
    if (!mmax_multiply(room, rows->row_length, &n))
        return false;
    double *logits = mmax_resize_array(rows->logits, n, sizeof *logits);
    rows->logits = logits ? logits : rows->logits;
    double *epsilon = mmax_resize_array(rows->epsilon, room, sizeof *epsilon);
    rows->epsilon = epsilon ? epsilon : rows->epsilon;
    mmax_relevance *relevance = mmax_resize_array(rows->relevance, room, sizeof *relevance);
    rows->relevance = relevance ? relevance : rows->relevance;
    size_t *indices = mmax_resize_array(rows->indices, room, sizeof *indices);
    rows->indices = indices ? indices : rows->indices;
    if (!logits || !epsilon || !relevance || !indices)
        return false;
    rows->room = room;
    return true;
}

static void move_row(mmax_kept_rows *rows, size_t to, size_t from)
{
    memmove(rows->logits + to * rows->row_length, rows->logits + from * rows->row_length,
            rows->row_length * sizeof *rows->logits);
    rows->epsilon[to] = rows->epsilon[from];
    rows->relevance[to] = rows->relevance[from];
    rows->indices[to] = rows->indices[from];
}

/* Whether a row is one of those of a step: where the first digits of its index times the golden
 * ratio are 0.  Such indices are spread evenly, and within any period, too: every second row of
 * causal heads of 4096 queries, halved on and on, would end with nothing but first queries. */
static bool is_of_step(size_t index, size_t step)
{
    return (uint64_t)index * 0x9e3779b97f4a7c15u <= UINT64_MAX / step;
}

/* Doubles the step until a row can be added, or is not among those that are kept. */
static void thin_out(mmax_kept_rows *rows, size_t index)
{
    while (rows->n == rows->max_rows && is_of_step(index, rows->step)) {
        size_t n = 0;
        rows->step *= 2;
        for (size_t i = 0; i < rows->n; i++)
            if (is_of_step(rows->indices[i], rows->step))
                move_row(rows, n++, i);
        rows->n = n;
    }
}

static bool is_skipped(const double *logits, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (isnan(logits[i]))
            return true;
    return false;
}

static void add_row(mmax_kept_rows *rows, size_t index, const double *logits,
                    const mmax_relevance *relevance)
{
    thin_out(rows, index);
    if (!is_of_step(index, rows->step) || rows->is_out_of_memory)
        return;
    rows->is_out_of_memory = !make_room(rows);
    if (rows->is_out_of_memory)
        return;
    memcpy(rows->logits + rows->n * rows->row_length, logits, rows->row_length * sizeof *logits);
    rows->epsilon[rows->n] = relevance->epsilon;
    rows->relevance[rows->n] = *relevance;
    rows->indices[rows->n++] = index;
}

void mmax_kept_rows_add(mmax_kept_rows *rows, size_t first_row, size_t n_rows, const double *logits,
                        const mmax_relevance *relevance)
{
    for (size_t i = 0; i < n_rows; i++) {
        const double *row = logits + i * rows->row_length;
        if (is_skipped(row, rows->row_length))
            continue;
        rows->n_valid++;
        add_row(rows, first_row + i, row, &relevance[i]);
    }
}

mmax_status mmax_kept_rows_check(const mmax_kept_rows *rows, mmax_error *error)
{
    return rows->is_out_of_memory ? mmax_fail_memory(error, "keeping rows for a figure") : MMAX_OK;
}

/* ---- maps over them -------------------------------------------------------------------------- */

/* Room to map a chunk of rows. */
typedef struct workspace {
    size_t max_rows;
    mmax_row_facts *facts; /* (max_rows,) */
    double *weights;       /* (max_rows, row_length) */
    double *log_weights;   /* the same shape, or NULL */
    size_t *support;       /* (max_rows,) */
} workspace;

static void workspace_free(workspace *work)
{
    free(work->facts);
    free(work->weights);
    free(work->log_weights);
    free(work->support);
}

static bool workspace_new(workspace *self, const mmax_kept_rows *rows)
{
    size_t n, row_length = rows->row_length;
    self->max_rows = row_length < CHUNK ? CHUNK / (row_length + (row_length == 0)) : 1;
    if (self->max_rows > rows->n)
        self->max_rows = rows->n;
    if (!mmax_multiply(self->max_rows, row_length, &n))
        return false;
    self->facts = mmax_alloc_array(self->max_rows, sizeof *self->facts);
    self->weights = mmax_alloc_array(n, sizeof *self->weights);
    if (rows->wants_log_weights)
        self->log_weights = mmax_alloc_array(n, sizeof *self->log_weights);
    self->support = mmax_alloc_array(self->max_rows, sizeof *self->support);
    return self->facts && self->weights && self->support &&
           (self->log_weights || !rows->wants_log_weights);
}

/* The kept rows from the FIRST to before the END, chunk by chunk. */
static mmax_status map_stretch(const mmax_kept_rows *rows, const mmax_map *map, size_t first,
                               size_t end, const workspace *work, mmax_rows_taker *take,
                               void *context, mmax_error *error)
{
    for (size_t n; first < end; first += n) {
        n = end - first < work->max_rows ? end - first : work->max_rows;
        const double *logits = rows->logits + first * rows->row_length;
        mmax_kernel_facts(logits, n, rows->row_length, work->facts);
        const mmax_kernel_rows of_kernel = {
            .logits = logits,
            .facts = work->facts,
            .n_rows = n,
            .row_length = rows->row_length,
            .weights = work->weights,
            .log_weights = work->log_weights,
            .support = work->support,
        };
        size_t bad_row;
        mmax_status status =
            mmax_map_apply(map, &of_kernel, rows->epsilon + first, &bad_row, error);
        if (status != MMAX_OK)
            return status;
        const mmax_mapped_rows mapped = {
            first, n, work->weights, work->log_weights, work->support, work->facts};
        take(context, &mapped);
    }
    return MMAX_OK;
}

mmax_status mmax_kept_rows_map(const mmax_kept_rows *rows, const mmax_map *map,
                               mmax_rows_taker *take, void *context, mmax_error *error)
{
    workspace work = {0};
    mmax_status status = workspace_new(&work, rows)
                             ? map_stretch(rows, map, 0, rows->n, &work, take, context, error)
                             : mmax_fail_memory(error, "mapping the rows of a figure");
    workspace_free(&work);
    return status;
}

mmax_status mmax_kept_rows_map_layers(const mmax_kept_rows *rows, const mmax_plan *plan, size_t map,
                                      const mmax_input *input, mmax_rows_taker *take, void *context,
                                      mmax_error *error)
{
    workspace work = {0};
    mmax_status status = workspace_new(&work, rows)
                             ? MMAX_OK
                             : mmax_fail_memory(error, "mapping the rows of a figure");
    for (size_t first = 0, end; status == MMAX_OK && first < rows->n; first = end) {
        size_t row = rows->indices[first], n_alike;
        const mmax_map *of_row = mmax_plan_map_of_row(plan, map, input, row, &n_alike);
        for (end = first + 1; end < rows->n && rows->indices[end] - row < n_alike;)
            end++;
        status = map_stretch(rows, of_row, first, end, &work, take, context, error);
    }
    workspace_free(&work);
    return status;
}
