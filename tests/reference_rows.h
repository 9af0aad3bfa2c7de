/* Rows of logits of every sort that maps and metrics may meet. */
#ifndef MMAX_TEST_REFERENCE_ROWS_H
#define MMAX_TEST_REFERENCE_ROWS_H

#include "testing.h"

enum { LONGEST_ROW = 5000 };

/* The name of a sort, NULL past the last. */
const char *row_sort_name(size_t sort);

/* Fills x (n,) with a row of that sort, of float32 values only where IS_SINGLE. */
void make_sorted_row(size_t sort, bool is_single, testing_random *random, double *x, size_t n);

/* From 1 to LONGEST_ROW, each order of magnitude as likely as the others. */
size_t random_length(testing_random *random);

#endif
