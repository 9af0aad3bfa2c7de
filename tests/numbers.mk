check_PROGRAMS += tests/test_numbers
TESTS += tests/test_numbers
tests_test_numbers_SOURCES = tests/reference.h tests/reference.c tests/reference_bounds.h \
    tests/reference_bounds.c tests/reference_rows.h tests/reference_rows.c \
    tests/reference_metrics.h tests/reference_metrics.c tests/test_numbers.h \
    tests/test_numbers.c tests/test_numbers_analysis.c tests/test_numbers_identities.c \
    tests/test_numbers_metrics.c \
    tests/test_numbers_weights.c
tests_test_numbers_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_numbers_LDADD = $(tests_test_analyze_LDADD)
