/* Slice expressions, as --select has them, of a small array.  What is selected lies in the array,
 * no element of it twice, and none beyond what the expression is said to look at. */
#include "fuzz.h"

#include "io/view.h"

#include <stdlib.h>
#include <string.h>

enum { ITEM_SIZE = 4, MOST_AXES = 4, MOST_LENGTH = 5, MOST_ITEMS = 625 };

/* An array that is packed, in C or in Fortran order. */
static size_t choose_array(fuzz_input *input, mmax_layout *array)
{
    *array = (mmax_layout){.item_size = ITEM_SIZE, .offset = 128};
    array->n_dims = fuzz_choose(input, MOST_AXES + 1);
    for (size_t i = 0; i < array->n_dims; i++)
        array->shape[i] = fuzz_choose(input, MOST_LENGTH + 1);
    bool is_fortran = fuzz_choose(input, 2) == 1;
    size_t n_items = 1;
    for (size_t k = 0; k < array->n_dims; k++) {
        size_t i = is_fortran ? k : array->n_dims - 1 - k;
        array->strides[i] = (ptrdiff_t)(n_items * ITEM_SIZE);
        n_items *= array->shape[i];
    }
    return n_items;
}

/* The place of the n-th element in C order. */
static size_t place_of(const mmax_layout *layout, size_t n)
{
    ptrdiff_t place = (ptrdiff_t)layout->offset;
    for (size_t i = layout->n_dims; i-- > 0; n /= layout->shape[i])
        place += (ptrdiff_t)(n % layout->shape[i]) * layout->strides[i];
    return (size_t)place;
}

static void check_elements(const mmax_layout *array, size_t n_items, const mmax_layout *view,
                           size_t reach)
{
    bool seen[MOST_ITEMS] = {false};
    size_t n = 1, index[MMAX_MAX_DIMS];
    for (size_t i = 0; i < view->n_dims; i++)
        n *= view->shape[i];
    REQUIRE(n <= n_items);
    for (size_t k = 0; k < n; k++) {
        size_t place = place_of(view, k);
        REQUIRE(place >= array->offset && (place - array->offset) % ITEM_SIZE == 0);
        size_t item = (place - array->offset) / ITEM_SIZE;
        REQUIRE(item < n_items && !seen[item]);
        seen[item] = true;
        mmax_layout_unravel(array, place, index);
        REQUIRE(array->n_dims == 0 || index[0] < reach);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    mmax_layout array;
    size_t n_items = choose_array(&input, &array);
    int axis = (int)fuzz_choose(&input, 2 * MOST_AXES) - MOST_AXES;
    char *text = fuzz_text(input);
    mmax_view view;
    mmax_error error;
    size_t reach = 0;
    mmax_status understood = mmax_select_check(text, &error);
    if (understood != MMAX_OK)
        fuzz_check_error(MMAX_EUSAGE, &error);
    mmax_view_whole(&array, &view);
    mmax_status status = mmax_view_select("a", text, &view, &error);
    REQUIRE((understood == MMAX_OK) == (status != MMAX_EUSAGE));
    if (status == MMAX_OK) {
        REQUIRE(mmax_select_reach("a", text, array.n_dims, &reach, &error) == MMAX_OK);
        REQUIRE(view.layout.n_dims <= MMAX_MAX_DIMS);
        check_elements(&array, n_items, &view.layout, reach);
        status = mmax_view_move_last("a", axis, &view, &error);
        if (status == MMAX_OK)
            check_elements(&array, n_items, &view.layout, reach);
    }
    if (status != MMAX_OK)
        fuzz_check_error(status, &error);
    free(text);
    return 0;
}
