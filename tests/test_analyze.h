/* What the tests of analyze share. */
#ifndef MMAX_TEST_ANALYZE_H
#define MMAX_TEST_ANALYZE_H

#include "testing.h"

#include "analyze/analyze.h"

/* Each fails the test where it cannot. */
mmax_plan *new_plan(void);
mmax_source *open_array(const double *logits, const size_t *shape, size_t n_dims);
mmax_result *analyze(const mmax_plan *plan, mmax_source *source);
void assert_same_result(const mmax_result *a, const mmax_result *b);

TCase *sink_tests(void);
TCase *transform_tests(void);
TCase *product_tests(void);
TCase *layer_tests(void);
TCase *fused_tests(void);
TCase *weights_tests(void);
TCase *thread_tests(void);
TCase *check_tests(void);

#endif
