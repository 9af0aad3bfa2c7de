#include "analyze/transform.h"

#include "analyze/weights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct mmax_transform {
    const mmax_transform_rules *rules;
    mmax_source *source;
    const mmax_input *input; /* the source's */
    mmax_mask *mask;         /* NULL unless it is a file */
    bool is_text;            /* its rows are not counted yet: a causal mask takes it to be square */
    size_t n_queries;        /* rows of a group */
    mmax_weight_watch watch;
};

/* ---- opening --------------------------------------------------------------------------------- */

static mmax_status check_causal(const mmax_transform *self, mmax_error *error)
{
    char place[MMAX_MESSAGE_SIZE / 2];
    if (self->input->n_dims >= 2)
        return MMAX_OK;
    mmax_quote(self->input->file, strlen(self->input->file), place, sizeof place);
    return mmax_fail(error, MMAX_EDOMAIN,
                     "%s: a causal mask needs the last two axes, queries and keys; this array has "
                     "rank %zu",
                     place, self->input->n_dims);
}

mmax_status mmax_transform_new(const mmax_transform_rules *rules, mmax_source *source,
                               const volatile sig_atomic_t *cancel, mmax_transform **transform,
                               mmax_error *error)
{
    mmax_transform *self = mmax_alloc_zeroed(1, sizeof *self);
    if (!self)
        return mmax_fail_memory(error, "preparing the logits");
    self->rules = rules;
    self->source = source;
    self->input = mmax_source_input(source);
    self->is_text = !self->input->rows_known;
    self->n_queries = self->is_text ? self->input->row_length : mmax_group_rows(self->input);
    mmax_status status = MMAX_OK;
    if (rules->is_causal)
        status = check_causal(self, error);
    else if (rules->mask_file)
        status = mmax_mask_open(rules->mask_file, cancel, self->input, &self->mask, error);
    if (status != MMAX_OK) {
        free(self);
        return status;
    }
    mmax_weight_watch_begin(&self->watch, self->input);
    *transform = self;
    return MMAX_OK;
}

void mmax_transform_free(mmax_transform *transform)
{
    if (!transform)
        return;
    mmax_weight_watch_end(&transform->watch);
    mmax_mask_free(transform->mask);
    free(transform);
}

/* ---- one row --------------------------------------------------------------------------------- */

/* The row that is being changed, and where it stands. */
typedef struct entries_row {
    double *entries; /* (n,) */
    size_t n;
    size_t block_row, index; /* in the block and in the input */
} entries_row;

/* "PLACE: VALUE WHY" */
static mmax_status fail_entry(const mmax_transform *self, const entries_row *row, size_t column,
                              const char *why, mmax_error *error)
{
    char place[MMAX_MESSAGE_SIZE / 2], number[MMAX_NUMBER_SIZE];
    mmax_source_place(self->source, row->block_row, column, place, sizeof place);
    mmax_number_write(row->entries[column], number);
    return mmax_fail(error, MMAX_EDOMAIN, "%s: %s %s", place, number, why);
}

/* x = ln p, so that softmax gives p back where the row sums to 1; ln 0 = -inf masks. */
static mmax_status take_logarithm(const mmax_transform *self, const entries_row *row,
                                  mmax_error *error)
{
    for (size_t j = 0; j < row->n; j++) {
        double p = row->entries[j];
        if (p < 0)
            return fail_entry(self, row, j, "is negative, so it is no weight but a logit", error);
        /* log(-0) is -inf, too, but raises an exception of the arithmetic. */
        row->entries[j] = p == 0 ? -HUGE_VAL : log(p);
    }
    return MMAX_OK;
}

/* What is masked stays so under a negative scale, and what is invalid is left for others to judge.
 * In float64 whatever the input's type: rounding to float32 would only lose digits. */
static mmax_status multiply(const mmax_transform *self, const entries_row *row, mmax_error *error)
{
    double scale = self->rules->scale;
    for (size_t j = 0; j < row->n; j++) {
        double x = row->entries[j];
        if (!isfinite(x))
            continue;
        if (!isfinite(x * scale))
            return fail_entry(self, row, j, "times the scale overflows", error);
        row->entries[j] = x * scale;
    }
    return MMAX_OK;
}

static mmax_status fail_not_square(const mmax_transform *self, size_t n_rows, const char *at_least,
                                   mmax_error *error)
{
    char file[MMAX_MESSAGE_SIZE / 4];
    mmax_quote(self->input->file, strlen(self->input->file), file, sizeof file);
    return mmax_fail(error, MMAX_EDOMAIN,
                     "%s: %s%zu row%s of %zu: a causal mask takes a text to be square, since its "
                     "rows are not counted beforehand; save it as NPY",
                     file, at_least, n_rows, n_rows == 1 ? "" : "s", self->input->row_length);
}

/* Query i sees the keys up to i + n_keys - n_queries: the last one sees all of them. */
static mmax_status mask_future(const mmax_transform *self, const entries_row *row,
                               mmax_error *error)
{
    if (self->is_text && row->index >= self->n_queries)
        return fail_not_square(self, row->index + 1, "at least ", error);
    size_t seen = row->index % self->n_queries + 1 + row->n;
    seen = seen > self->n_queries ? seen - self->n_queries : 0;
    for (size_t j = seen; j < row->n; j++)
        row->entries[j] = -HUGE_VAL;
    return MMAX_OK;
}

/* What the mask hides is hidden whatever stands there, NaN included. */
static mmax_status add_mask(const mmax_transform *self, const entries_row *row, mmax_error *error)
{
    const double *addends;
    mmax_status status = mmax_mask_row(self->mask, row->index, &addends, error);
    if (status != MMAX_OK)
        return status;
    for (size_t j = 0; j < row->n; j++) {
        double x = row->entries[j];
        if (addends[j] == -HUGE_VAL)
            row->entries[j] = -HUGE_VAL;
        else if (isfinite(x) && !isfinite(x + addends[j]))
            return fail_entry(self, row, j, "plus the mask's entry overflows", error);
        else
            row->entries[j] = x + addends[j];
    }
    return MMAX_OK;
}

/* ---- the stage ------------------------------------------------------------------------------- */

static mmax_status transform_row(const mmax_transform *self, const entries_row *row,
                                 mmax_error *error)
{
    const mmax_transform_rules *rules = self->rules;
    mmax_status status = MMAX_OK;
    if (rules->from_probs)
        status = take_logarithm(self, row, error);
    if (status == MMAX_OK && rules->scale != 0)
        status = multiply(self, row, error);
    if (status == MMAX_OK && rules->is_causal)
        status = mask_future(self, row, error);
    if (status == MMAX_OK && self->mask)
        status = add_mask(self, row, error);
    return status;
}

mmax_status mmax_transform_rows(mmax_transform *transform, size_t first_row, size_t n_rows,
                                double *entries, mmax_error *error)
{
    size_t row_length = transform->input->row_length;
    if (!transform->rules->from_probs)
        mmax_weight_watch_rows(&transform->watch, n_rows, entries);
    mmax_status status = MMAX_OK;
    for (size_t i = 0; i < n_rows && status == MMAX_OK; i++) {
        const entries_row row = {entries + i * row_length, row_length, i, first_row + i};
        status = transform_row(transform, &row, error);
    }
    return status;
}

bool mmax_transform_is_watching(const mmax_transform *transform)
{
    return !transform->watch.saw_others;
}

void mmax_transform_watch_row(mmax_transform *transform, const double *entries)
{
    mmax_weight_watch_rows(&transform->watch, 1, entries);
}

mmax_status mmax_transform_finish(const mmax_transform *transform, mmax_error *error)
{
    const mmax_input *input = transform->input;
    if (transform->mask)
        return mmax_mask_finish(transform->mask, error);
    if (transform->rules->is_causal && transform->is_text && input->n_rows != input->row_length)
        return fail_not_square(transform, input->n_rows, "", error);
    return MMAX_OK;
}

int mmax_transform_probability_axis(const mmax_transform *transform)
{
    return mmax_weight_watch_axis(&transform->watch);
}
