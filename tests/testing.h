/* What every test program shares: running a suite, files made from text, where the golden vectors
 * and the real files lie when they are there. */
#ifndef MMAX_TESTING_H
#define MMAX_TESTING_H

#include "base/base.h"

#include <check.h>

/* Runs the suite; what main returns. */
int testing_run(Suite *suite);

/* A fresh folder for this process, removed at its end; files in it.  Strings live until then. */
const char *testing_folder(void);
const char *testing_file(const char *name, const void *bytes, size_t n_bytes);
const char *testing_text_file(const char *name, const char *text);

/* An NPY file of float32 or float64 in it: x (n_rows, row_length). */
const char *testing_npy_file(const char *name, bool is_single, const double *x, size_t n_rows,
                             size_t row_length);

/* The whole of a file, 0-terminated, to be freed; fails the test if it cannot be read. */
char *testing_read_file(const char *file, size_t *n_bytes);

/* Path of NAME in the folder of golden vectors or of real attention files, to be freed; NULL when
 * the folder is not there.  MULTIMAX_SHARED names the folder that holds both; without it, "shared"
 * beside the source tree. */
char *testing_shared(const char *name);

/* The same digits on every machine: a linear congruential generator over 64 bits (Knuth's MMIX
 * constants), uniform in [0, 1), and normal by Box and Muller. */
typedef struct testing_random {
    uint64_t state;
} testing_random;
double testing_uniform(testing_random *random);
double testing_normal(testing_random *random);

/* Whether long double has at least 64 bits of fraction and a range far beyond that of double, while
 * the program runs: it is double itself on some machines, a pair of doubles on others, and is
 * computed as double by valgrind.  Where it has not, says that the test NAME, as __func__ has it,
 * is skipped. */
bool testing_has_long_double(const char *name);

/* NaN equals NaN, everything else to the bit. */
bool testing_same(double a, double b);

#endif
