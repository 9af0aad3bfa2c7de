# The allocator that fails is not to be watched by what it stands in front of.
check_LTLIBRARIES += libshortage.la
libshortage_la_SOURCES = tests/shortage.h tests/shortage.c
libshortage_la_CFLAGS = -std=c11 $(MMAX_WARNING_CFLAGS)

check_PROGRAMS += tests/test_memory
TESTS += tests/test_memory
tests_test_memory_SOURCES = tests/test_memory.h tests/test_memory.c tests/test_memory_inputs.c \
    tests/test_memory_outputs.c tests/test_memory_figures.c tests/shortage_files.h \
    tests/shortage_files.c
tests_test_memory_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(ARCHIVE_CFLAGS)
tests_test_memory_LDADD = libshortage.la libmultimax.la libtesting.la libbase.la $(ARCHIVE_LIBS) \
    $(CHECK_LIBS)

# The program, whose main is a function that a test calls.
check_LTLIBRARIES += libprogram.la
libprogram_la_SOURCES = tests/program.h $(multimax_analyze_SOURCES)
libprogram_la_CPPFLAGS = $(multimax_analyze_CPPFLAGS) -include $(top_srcdir)/tests/program.h \
    -Dmain=program_main

check_PROGRAMS += tests/test_memory_program
TESTS += tests/test_memory_program
tests_test_memory_program_SOURCES = tests/test_memory_program.c tests/shortage_files.h \
    tests/shortage_files.c
tests_test_memory_program_CFLAGS = $(tests_test_memory_CFLAGS)
tests_test_memory_program_LDADD = libshortage.la libprogram.la libmultimax.la libtesting.la \
    libbase.la $(ARCHIVE_LIBS) $(CHECK_LIBS)
