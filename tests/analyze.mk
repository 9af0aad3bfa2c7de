check_PROGRAMS += tests/test_analyze
TESTS += tests/test_analyze
tests_test_analyze_SOURCES = tests/test_analyze.h tests/test_analyze.c tests/test_analyze_sinks.c \
    tests/test_analyze_transform.c tests/test_analyze_product.c tests/test_analyze_layers.c \
    tests/test_analyze_weights.c tests/test_analyze_threads.c tests/test_analyze_fused.c \
    tests/test_analyze_checks.c
tests_test_analyze_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_analyze_LDADD = libtesting.la libanalyze.la libstats.la libmetrics.la libmap.la \
    libkernels.la libio.la libbase.la $(GSL_LIBS) $(CHECK_LIBS)
