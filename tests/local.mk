# One fragment a room, so that rooms can be worked on side by side.
# A busy machine is no failure: a minute for each test.  The sanitizers' options count with
# --enable-sanitizers alone: a size that no memory has is refused by our code, as without them, and
# tests/failing-system.c may be loaded before their library.
AM_TESTS_ENVIRONMENT = top_srcdir='$(top_srcdir)' top_builddir='$(top_builddir)' LC_ALL=C.UTF-8; \
    CK_DEFAULT_TIMEOUT=60; ASAN_OPTIONS=allocator_may_return_null=1:verify_asan_link_order=0; \
    LSAN_OPTIONS='suppressions=$(abs_top_srcdir)/tests/leaks.supp:print_suppressions=0'; \
    TSAN_OPTIONS='suppressions=$(abs_top_srcdir)/tests/races.supp'; \
    export top_srcdir top_builddir LC_ALL CK_DEFAULT_TIMEOUT ASAN_OPTIONS LSAN_OPTIONS TSAN_OPTIONS;
EXTRA_DIST += tests/leaks.supp tests/races.supp tests/valgrind.supp

if HAVE_CHECK
check_LTLIBRARIES += libtesting.la
libtesting_la_SOURCES = tests/testing.h tests/testing.c
libtesting_la_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)

include tests/base.mk
include tests/io.mk
include tests/map.mk
include tests/metrics.mk
include tests/stats.mk
include tests/analyze.mk
include tests/numbers.mk
include tests/report.mk
include tests/render.mk
include tests/memory.mk
endif

include tests/cli.mk
include tests/house.mk
