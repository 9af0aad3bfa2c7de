check_PROGRAMS += tests/test_base
TESTS += tests/test_base
tests_test_base_SOURCES = tests/test_base.c
tests_test_base_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_base_LDADD = libtesting.la libbase.la $(CHECK_LIBS)
