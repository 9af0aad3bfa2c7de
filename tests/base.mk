check_PROGRAMS += tests/test_base
TESTS += tests/test_base
tests_test_base_SOURCES = tests/test_base.h tests/test_base.c tests/test_base_powers.c \
    tests/test_base_read.c \
    tests/test_base_write.c tests/test_base_output.c tests/test_base_output_refused.c \
    tests/test_base_width.c
tests_test_base_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_base_LDADD = libtesting.la libbase.la $(CHECK_LIBS)
