/* The parts of the test program of base. */
#ifndef MMAX_TEST_BASE_H
#define MMAX_TEST_BASE_H

#include "testing.h"

TCase *power_cases(void);
TCase *reading_cases(void);
TCase *writing_cases(void);
TCase *output_cases(void);
TCase *refused_output_cases(void);
TCase *width_cases(void);

/* 64 random bits. */
uint64_t random_bits(testing_random *random);

double double_of_bits(uint64_t bits);

/* Switches to a locale with a decimal comma; false, and says that NAME is skipped, if there is
 * none. */
bool use_comma_locale(const char *name);

#endif
