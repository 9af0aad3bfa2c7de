/* Parts of arrays: NumPy's basic slicing, and rows along another axis, as layouts. */
#ifndef MMAX_IO_VIEW_H
#define MMAX_IO_VIEW_H

#include "io/gather.h"

/* A part of an array, its axes in the order in which they are handed out. */
typedef struct mmax_view {
    mmax_layout layout;
    int origin[MMAX_MAX_DIMS]; /* the axis of the array that each axis comes from; -1: newaxis */
} mmax_view;

/* The whole of an array. */
void mmax_view_whole(const mmax_layout *array, mmax_view *view);

/* Takes the part that SELECT says, which mmax_select_check accepts: MMAX_EDOMAIN, naming FILE and
 * the array's shape, if the array has no such part.
 *
 * The NumPy Reference, Array indexing: basic indexing. */
mmax_status mmax_view_select(const char *file, const char *select, mmax_view *view,
                             mmax_error *error);

/* Moves an axis, counted from the end if negative, to the last place; the others keep their order.
 * MMAX_EDOMAIN if there is no such axis; -1 is one of every array. */
mmax_status mmax_view_move_last(const char *file, int axis, mmax_view *view, mmax_error *error);

/* How many entries of the first axis SELECT looks at in an array of rank N_DIMS, counted from its
 * beginning: SIZE_MAX where that takes them all.  MMAX_EDOMAIN, naming FILE, if the rank is too
 * low. */
mmax_status mmax_select_reach(const char *file, const char *select, size_t n_dims, size_t *reach,
                              mmax_error *error);

/* Splits the place of an element of an array that is packed, in C or in Fortran order, into its
 * indices: index (n_dims,), all 0 where it has no element.  OFFSET is in bytes and counts as that
 * of the layout. */
void mmax_layout_unravel(const mmax_layout *array, size_t offset, size_t index[MMAX_MAX_DIMS]);

#endif
