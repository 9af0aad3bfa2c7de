/* What the targets of the readers share. */
#ifndef FUZZ_READER_H
#define FUZZ_READER_H

#include "fuzz.h"

/* Reads every array of a file that is forced to be of FORMAT, or told by its bytes, through options
 * that the input's first bytes choose: from a file and from a pipe, in blocks of different sizes,
 * as float64 and float32.  What is accepted has as many rows as its shape says, each of its places
 * has a name, and the values are the same in every way of reading. */
void fuzz_read_arrays(mmax_format format, const uint8_t *data, size_t size);

#endif
