TESTS += tests/house.sh tests/manual.sh tests/gallery.sh
EXTRA_DIST += tests/house.sh tests/manual.sh tests/gallery.sh tests/summary.sh

# The harness counts programs; people count checks.
check-local: check-TESTS
	@$(SHELL) $(srcdir)/tests/summary.sh $(TEST_LOGS)
