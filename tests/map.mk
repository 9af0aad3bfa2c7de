check_PROGRAMS += tests/test_kernels tests/test_kernels_reference tests/test_kernels_lanes \
    tests/test_kernels_digits tests/test_map tests/test_map_identities tests/test_map_golden
TESTS += tests/test_kernels tests/test_kernels_reference tests/test_kernels_lanes \
    tests/test_kernels_digits tests/test_map tests/test_map_identities tests/test_map_golden

tests_test_kernels_SOURCES = tests/test_kernels.c
tests_test_kernels_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_kernels_LDADD = libtesting.la libkernels.la libbase.la $(CHECK_LIBS)

tests_test_kernels_reference_SOURCES = tests/test_kernels_reference.c
tests_test_kernels_reference_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_kernels_reference_LDADD = libtesting.la libkernels.la libbase.la $(CHECK_LIBS)

tests_test_map_SOURCES = tests/test_map.c
tests_test_map_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_map_LDADD = libtesting.la libmap.la libkernels.la libbase.la $(CHECK_LIBS)

tests_test_map_identities_SOURCES = tests/test_map_identities.c
tests_test_map_identities_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_map_identities_LDADD = libtesting.la libmap.la libkernels.la libbase.la $(CHECK_LIBS)

tests_test_map_golden_SOURCES = tests/golden.h tests/golden.c tests/test_map_golden.c
tests_test_map_golden_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_map_golden_LDADD = libtesting.la libmap.la libkernels.la libbase.la $(CHECK_LIBS)

tests_test_kernels_lanes_SOURCES = tests/test_kernels_lanes.c
tests_test_kernels_lanes_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_kernels_lanes_LDADD = libtesting.la libkernels.la libbase.la $(CHECK_LIBS)

tests_test_kernels_digits_SOURCES = tests/test_kernels_digits.c
tests_test_kernels_digits_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_kernels_digits_LDADD = libtesting.la libmap.la libkernels.la libbase.la $(CHECK_LIBS)
