check_PROGRAMS += tests/test_metrics
TESTS += tests/test_metrics
tests_test_metrics_SOURCES = tests/test_metrics.h tests/test_metrics.c tests/test_metrics_rules.c \
    tests/test_metrics_values.c tests/test_metrics_shape.c tests/test_metrics_golden.c \
    tests/golden.h tests/golden.c
tests_test_metrics_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_metrics_LDADD = libtesting.la libmetrics.la libbase.la $(CHECK_LIBS)
