# coverage.mk - how much of the library unit tests and short trials run, by gcov.
# SPDX-License-Identifier: BSD-2-Clause
#
# A tree of its own, with PAWL_DEBUG, not optimized: so each line and branch is one of
# the source.  Lost races are left to chance in unit tests, and not in the trials: short
# ones of each structure add to the counts.

COVERAGE       := $(abspath $(BUILD))/coverage
COVERAGE_FLAGS := -O0 -g --coverage -fprofile-update=atomic

.PHONY: coverage coverage-programs

# The counts of a program that aborts are written by its handler: -u brings what it
# calls.
coverage:
	@mkdir -p $(COVERAGE) && find $(COVERAGE) -name '*.gcda' -delete
	@$(MAKE) coverage-programs BUILD=$(COVERAGE) CC=gcc DEBUG=1 SAN= SEAM= PERTURB= \
	    CFLAGS='$(COVERAGE_FLAGS)' LDFLAGS='-Wl,-u,__gcov_dump'
	@tests/coverage.sh $(COVERAGE)/debug gcov

# The tests of the library, by name; those of the tools are others.
LIBRARY_TESTS := $(foreach n,$(basename $(notdir $(HEADERS))) edges pitfalls, \
    $(filter $(O)/tests/$n_%,$(UNITS)))

coverage-programs: $(LIBRARY_TESTS) $(TIMED:%=$(O)/stress/%)
