/* How far a right computation in some precision may be from the reference, and why.
 *
 * Everything follows from the rounding of single steps, each by at most UNIT of its result, and
 * from how the result depends on what was rounded; nothing from what the program happens to give.
 *
 * softmax and those made from it.  An argument s (x/t, or sigma) is off by some delta, so that
 * exp(s) has the factor e^delta: p_i lies between the quotients with every other exponential at one
 * end and its own at the other.  For x/t delta is 4 units of |s|: a difference, a temperature, a
 * quotient, and one to spare.  For sigma it is 4 units of the sum of the sizes of its terms, and,
 * where sigma is taken of differences to the maximum, of each breakpoint's distance from that times
 * the slope of its term; a breakpoint at epsilon is off by what epsilon is.
 *
 * entmax.  p_i depends on z_i = (alpha - 1)(x_i - max) by p = (z - tau)^(1/(alpha - 1)), and tau is
 * a mean of what z is off by, weighted by p^(2 - alpha): so where each z is off by at most delta,
 * z - tau is off by at most 2 delta.  That alone, put into the power, bounds p, also beside the
 * threshold for alpha > 2, where p rises infinitely steeply; and only an entry nearer to the
 * threshold than that may be on its other side.  A sum that is off
 * by a share moves tau by that share over the sum of p^(2 - alpha), and the last division p by as
 * much again.
 *
 * Sums of n positive terms are off by as many units as a term takes part in additions: 1 where the
 * sum is compensated, for lanes the length of a stretch divided by their number, and one more for
 * each stretch.  Powers and exponentials are off by 3 units, and by the size of their logarithm
 * times 4. */
#ifndef MMAX_TEST_REFERENCE_BOUNDS_H
#define MMAX_TEST_REFERENCE_BOUNDS_H

#include "reference.h"

typedef enum arithmetic { SCALAR, WIDE_LANES, SINGLE_LANES, N_ARITHMETICS } arithmetic;

/* What an arithmetic may do to a row. */
typedef struct precision {
    arithmetic which;
    precise unit;          /* 2^-53 or 2^-24 */
    precise steps;         /* of a sum over the row, in units of it */
    precise floor;         /* weights below this may be anything below this */
    precise epsilon_error; /* of the threshold between relevant and irrelevant entries */
} precision;

precision precision_of(arithmetic which, const reference_row *row);

/* What is known of the weights of a row, each (n,). */
typedef struct bounds {
    precise *least, *most;
    precise *log_off;     /* what the logarithm of a weight may be off by, where it has one */
    signed char *support; /* 1, 0, or -1 where rounding decides on which side an entry is */
} bounds;

void reference_bound(const reference_row *row, const mmax_map *map, const precision *of, bounds *b);

#endif
