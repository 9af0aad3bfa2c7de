TESTS += tests/house.sh
EXTRA_DIST += tests/house.sh tests/summary.sh

# The harness counts programs; people count checks.
check-local: check-TESTS
	@$(SHELL) $(srcdir)/tests/summary.sh $(TEST_LOGS)
