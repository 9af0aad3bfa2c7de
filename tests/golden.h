/* The golden vectors: numbers made by other people's code.  A manifest names the cases; each has an
 * input, a map in the peer's words, the peer's output and the tolerance that the problem allows. */
#ifndef MMAX_GOLDEN_H
#define MMAX_GOLDEN_H

#include "testing.h"

/* An array of any rank as rows along its last axis. */
typedef struct golden_array {
    double *values; /* (n_rows, row_length), to be freed */
    size_t n_rows, row_length;
} golden_array;

/* NPY 1.0, little endian, C order, f2, f4 or f8: all that the golden vectors are.  By a reader of
 * the test's own. */
golden_array golden_read_npy(const char *path);

/* A case is its JSON object in the manifest, 0-terminated. */
typedef void golden_visitor(const char *object, void *context);

/* Visits every object of a list of the manifest: "cases", "logit_metric_cases"; false, with a SKIP
 * line, when the vectors are not there. */
bool golden_visit_list(const char *list, golden_visitor *visit, void *context);

/* The same for the cases whose map is one of ours. */
bool golden_visit(golden_visitor *visit, void *context);

double golden_number(const char *object, const char *key, double otherwise);

/* numbers (n,) of the list that begins at KEY, brackets within it passed over; false without it. */
bool golden_numbers(const char *object, const char *key, double *numbers, size_t n);
void golden_text(const char *object, const char *key, char text[256]);

/* The path of the case's input or output ("input", "output"), to be freed; and that array. */
char *golden_path(const char *object, const char *key);
golden_array golden_read(const char *object, const char *key);

/* The case's map as a SPEC; false for a mapping that is not ours. */
bool golden_spec(const char *object, char spec[MMAX_SPEC_SIZE]);

/* Fails the test unless the weights are the case's output within its tolerance, with exact zeros
 * where they are safe.  Rows in which our convention differs from the peer's are passed over.
 * Returns the worst error as a share of the tolerance. */
double golden_compare(const char *object, const golden_array *logits, const double *weights);

/* The same with the tolerance of arithmetic in float32, which keeps no weight below 2^-124. */
double golden_compare_single(const char *object, const golden_array *logits, const double *weights);

#endif
