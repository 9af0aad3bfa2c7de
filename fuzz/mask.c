/* Files of masks, of any format, for inputs of several shapes.  What is added to a row is finite or
 * -inf, and the same whenever the row is asked for. */
#include "fuzz.h"

#include "io/source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ENTRIES = 64 };

static const struct {
    size_t n_dims, shape[4];
} shapes[] = {
    {2, {3, 4}}, {2, {4, 4}}, {1, {5}}, {0, {0}}, {3, {2, 2, 3}}, {4, {2, 2, 2, 2}}, {2, {3, 1}},
};

/* ADDENDS are those of all rows, which were asked for in order; now from the last to the first. */
static void check_again(mmax_mask *mask, const mmax_input *input, const double *addends)
{
    mmax_error error;
    const double *row;
    for (size_t i = input->n_rows; i-- > 0;) {
        mmax_status status = mmax_mask_row(mask, i, &row, &error);
        if (status != MMAX_OK) {
            fuzz_check_error(status, &error);
            return;
        }
        REQUIRE(memcmp(row, addends + i * input->row_length, input->row_length * sizeof *row) == 0);
    }
}

static void check_rows(mmax_mask *mask, const mmax_input *input)
{
    double addends[MOST_ENTRIES];
    mmax_error error;
    const double *row;
    REQUIRE(input->n_rows * input->row_length <= MOST_ENTRIES);
    for (size_t i = 0; i < input->n_rows; i++) {
        mmax_status status = mmax_mask_row(mask, i, &row, &error);
        if (status != MMAX_OK) {
            fuzz_check_error(status, &error);
            return;
        }
        for (size_t k = 0; k < input->row_length; k++)
            REQUIRE(row[k] < (double)INFINITY);
        memcpy(addends + i * input->row_length, row, input->row_length * sizeof *row);
    }
    check_again(mask, input, addends);
    mmax_status status = mmax_mask_finish(mask, &error);
    if (status != MMAX_OK)
        fuzz_check_error(status, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    size_t kind = fuzz_choose(&input, 2 * sizeof shapes / sizeof *shapes);
    mmax_input shape = {.file = "logits", .format = "memory", .dtype = "<f8", .axis = -1};
    REQUIRE(mmax_input_set_shape(&shape, shapes[kind / 2].shape, shapes[kind / 2].n_dims, 8));
    shape.rows_known = kind % 2 == 0 || shape.n_dims != 2; /* else those of a text */
    char *path = fuzz_file("mask", input);
    mmax_mask *mask;
    mmax_error error;
    mmax_status status = mmax_mask_open(path, NULL, &shape, &mask, &error);
    if (status == MMAX_OK) {
        check_rows(mask, &shape);
        mmax_mask_free(mask);
    } else {
        fuzz_check_error(status, &error);
    }
    free(path);
    return 0;
}
