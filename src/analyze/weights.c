#include "analyze/weights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double most = 1 + MMAX_PROBABILITY_SLACK;

static bool is_one(double sum)
{
    return fabs(sum - 1) <= MMAX_PROBABILITY_SLACK;
}

/* ---- axes before the last -------------------------------------------------------------------- */

static void stop_following(mmax_axis_sums *axis)
{
    free(axis->sums);
    axis->sums = NULL;
}

/* Begins with those axes whose sums are few; the others are never followed. */
void mmax_weight_watch_begin(mmax_weight_watch *watch, const mmax_input *input)
{
    *watch = (mmax_weight_watch){.input = input};
    size_t n_rows = 1;
    for (size_t i = input->n_dims < 1 ? 0 : input->n_dims - 1; i-- > 0;) {
        mmax_axis_sums *axis = &watch->axes[i];
        bool is_unknown = i == 0 && !input->rows_known;
        size_t n_sums;
        if (!mmax_multiply(n_rows, input->row_length, &n_sums) || n_sums > MMAX_FOLLOWED_SUMS)
            break;
        axis->n_rows = n_rows;
        axis->length = is_unknown ? 0 : input->shape[i];
        if (n_sums > 0 && (is_unknown || axis->length > 1))
            axis->sums = mmax_alloc_zeroed(n_sums, sizeof *axis->sums);
        n_rows *= input->shape[i];
    }
}

void mmax_weight_watch_end(mmax_weight_watch *watch)
{
    for (size_t i = 0; i < MMAX_MAX_DIMS; i++)
        stop_following(&watch->axes[i]);
}

static bool are_all_one(const double *sums, size_t n)
{
    for (size_t j = 0; j < n; j++)
        if (!is_one(sums[j]))
            return false;
    return true;
}

/* Sums only grow: the first that is too large ends the axis, mostly after a few rows. */
static void follow_axis(mmax_axis_sums *axis, const double *entries, size_t row_length)
{
    double *sums = axis->sums + axis->row % axis->n_rows * row_length;
    bool exceeds = false;
    for (size_t j = 0; j < row_length; j++) {
        sums[j] += entries[j];
        exceeds |= sums[j] > most;
    }
    axis->row++;
    size_t n_sums = axis->n_rows * row_length;
    bool is_whole = axis->length > 0 && axis->row == axis->length * axis->n_rows;
    if (exceeds || (is_whole && !are_all_one(axis->sums, n_sums))) {
        stop_following(axis);
    } else if (is_whole) {
        axis->has_sums = true;
        axis->row = 0;
        memset(axis->sums, 0, n_sums * sizeof *axis->sums);
    }
}

static bool sums_to_one(const mmax_axis_sums *axis, size_t row_length)
{
    if (axis->length > 0 || !axis->sums)
        return axis->sums && axis->has_sums;
    return axis->row > 1 && are_all_one(axis->sums, axis->n_rows * row_length);
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* The sum of a row, NaN if an entry can be no weight. */
static double sum_of_weights(const double *entries, size_t n)
{
    double sum = 0;
    for (size_t j = 0; j < n; j++) {
        if (!(entries[j] >= 0 && entries[j] <= most))
            return (double)NAN;
        sum += entries[j];
    }
    return sum;
}

void mmax_weight_watch_rows(mmax_weight_watch *watch, size_t n_rows, const double *entries)
{
    const mmax_input *input = watch->input;
    size_t row_length = input->row_length;
    watch->has_rows |= n_rows > 0 && row_length > 0;
    for (size_t i = 0; i < n_rows && !watch->saw_others; i++) {
        const double *row = entries + i * row_length;
        double sum = sum_of_weights(row, row_length);
        watch->saw_others = isnan(sum);
        watch->saw_other_rows |= !is_one(sum);
        for (size_t k = 0; k + 1 < input->n_dims && !watch->saw_others; k++)
            if (watch->axes[k].sums)
                follow_axis(&watch->axes[k], row, row_length);
    }
}

int mmax_weight_watch_axis(const mmax_weight_watch *watch)
{
    const mmax_input *input = watch->input;
    if (!watch->has_rows || watch->saw_others)
        return -1;
    if (!watch->saw_other_rows && input->row_length > 1)
        return (int)input->n_dims - 1;
    for (size_t i = input->n_dims < 1 ? 0 : input->n_dims - 1; i-- > 0;)
        if (sums_to_one(&watch->axes[i], input->row_length))
            return (int)i;
    return -1;
}
