check_PROGRAMS += tests/test_stats
TESTS += tests/test_stats
tests_test_stats_SOURCES = tests/test_stats.c
tests_test_stats_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_stats_LDADD = libtesting.la libstats.la libbase.la $(GSL_LIBS) $(CHECK_LIBS)
