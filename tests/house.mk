TESTS += tests/house.sh tests/manual.sh tests/gallery.sh tests/determinism.sh
EXTRA_DIST += tests/house.sh tests/manual.sh tests/gallery.sh tests/determinism.sh tests/summary.sh

check_PROGRAMS += tests/analyze-blocks
tests_analyze_blocks_SOURCES = tests/analyze-blocks.c
tests_analyze_blocks_LDADD = libmultimax.la

# The harness counts programs; people count checks.
check-local: check-TESTS
	@$(SHELL) $(srcdir)/tests/summary.sh $(TEST_LOGS)
