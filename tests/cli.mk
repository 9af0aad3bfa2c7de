# The command line, word for word: the console blocks of these files are run and compared.
CLI_TESTS = \
    tests/cli/arrays.md \
    tests/cli/checks.md \
    tests/cli/compressed.md \
    tests/cli/data.md \
    tests/cli/heatmap.md \
    tests/cli/input.md \
    tests/cli/limits.md \
    tests/cli/outputs.md \
    tests/cli/parameters.md \
    tests/cli/plots.md \
    tests/cli/real.md \
    tests/cli/report.md \
    tests/cli/safetensors.md \
    tests/cli/shapes.md tests/cli/instructions.md \
    tests/cli/show.md \
    tests/cli/system.md \
    tests/cli/text.md \
    tests/cli/threads.md \
    tests/cli/tokens.md \
    tests/cli/transform.md \
    tests/cli/types.md \
    tests/cli/usage.md \
    tests/cli/vectors.md
CONSOLE_FILES = $(CLI_TESTS) README.md samples/README.md samples/gallery.md

check_PROGRAMS += tests/npy-from-text tests/npy-compare tests/npz-pack
tests_npy_from_text_SOURCES = tests/npy-from-text.c
tests_npy_compare_SOURCES = tests/npy-compare.c
tests_npy_compare_LDADD = -lm
tests_npz_pack_SOURCES = tests/npz-pack.c
tests_npz_pack_CFLAGS = $(AM_CFLAGS) $(ARCHIVE_CFLAGS)
tests_npz_pack_LDADD = $(ARCHIVE_LIBS)

# Preloaded into the program: chosen system calls fail.
check_LTLIBRARIES += tests/failing-system.la
tests_failing_system_la_SOURCES = tests/failing-system.c
tests_failing_system_la_CFLAGS = -std=c11 $(MMAX_WARNING_CFLAGS)
tests_failing_system_la_LDFLAGS = -module -avoid-version -rpath $(abs_builddir)/tests

TEST_EXTENSIONS = .sh .md
MD_LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/console.sh
TESTS += $(CONSOLE_FILES)
EXTRA_DIST += tests/console.sh $(CLI_TESTS)

if HAVE_CHECK
check_PROGRAMS += tests/test_cli_golden
TESTS += tests/test_cli_golden
tests_test_cli_golden_SOURCES = tests/golden.h tests/golden.c tests/test_cli_golden.c
tests_test_cli_golden_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_cli_golden_LDADD = $(tests_test_analyze_LDADD)

check_PROGRAMS += tests/test_cli_system
TESTS += tests/test_cli_system
tests_test_cli_system_SOURCES = tests/system.h tests/system.c tests/test_cli_system.c
tests_test_cli_system_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_cli_system_LDADD = libtesting.la libbase.la $(CHECK_LIBS)
EXTRA_tests_test_cli_system_DEPENDENCIES = tests/failing-system.la
endif
