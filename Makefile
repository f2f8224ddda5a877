# Makefile - builds, tests and installs Pawl.  `make help` lists what it can do.
# SPDX-License-Identifier: BSD-2-Clause
#
#: make              libpawl.a and libpawl.so.0, in build/
#: make deps         install what the build and the tests need and this machine lacks
#: make deps-proof   what `make machines` needs: 300 MB to fetch, 1.2 GB of disk
#: make check        all tests; the last line is `N passed, N failed`
#: make proof        every rung of the ladder, for longer; writes PROOF.md
#: make proof FAST=1  the same, shorter; writes build/PROOF.md
#: make mutants      break each memory order, and more, and see that it is noticed
#: make model        every structure under a model of C11's memory, and under GenMC's
#: make machines     unit tests and short trials for other machines, under qemu-user
#: make coverage     what the unit tests and short trials reach
#: make soak MINUTES=30   trials with other threads, CPUs, signals, kills each time
#: make stress       every structure's trial, ours and peers', for longer
#: make bench        ours and peers', timed beside each other
#: make examples     build/examples/hello, logtop, and the small ones
#: make demo         logtop on real text, over each queue
#: make install      library, headers and pawl.pc; make uninstall removes them
#: make clean        remove the build directory
#:
#: PREFIX=/usr/local DESTDIR= LIBDIR= INCLUDEDIR=    where to install
#: CC=gcc AR=ar CFLAGS= CPPFLAGS= LDFLAGS=    your flags come after ours
#: SAN=thread|address|undefined    build with that sanitizer (stress, install, all)
#: PERTURB=1          stress: yield at random around each atomic operation
#: DEBUG=1            with -DPAWL_DEBUG: callers' bugs are asserted
#: ONLY="name ..."    stress, bench: only these subjects
#: STRESS_FLAGS= BENCH_FLAGS=    passed on to the programs
#: MACHINES="arm ..." machines: only these
#: GENMC=genmc        model: the model checker GenMC, if it is not on the PATH
#: MINUTES=30 SEED=    soak: how long, and where its dice begin (build/soak/soak.log)
#: DEMO_INPUT=PATH    what the demo reads
#: TIMEOUT=120        seconds after which a test or trial counts as hanging
#: BUILD=build        where everything is built
#: V=1                show the commands
#
# How it is laid out: mk/flags.mk says how to compile, mk/library.mk makes and
# installs the library, mk/programs.mk makes everything that runs, mk/check.mk runs
# it, and mk/proof.mk runs it for longer.  Each combination of sanitizer and so on has
# an object tree of its own under $(BUILD).

MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.PHONY: all deps deps-proof check proof soak stress bench examples demo install
.PHONY: uninstall clean help

DEPS   := $(filter deps deps-proof,$(MAKECMDGOALS))
OTHERS := $(filter-out $(DEPS),$(MAKECMDGOALS))

ifneq ($(and $(DEPS),$(OTHERS)),)

# `make deps check`: first deps, then a make of its own for the rest, so that what
# was installed is found, and so that -j cannot mix the two.
.PHONY: $(OTHERS) others
$(OTHERS): others ; @:
others: $(DEPS) ; @$(MAKE) $(OTHERS)

else

include mk/flags.mk
include mk/library.mk
include mk/programs.mk
include mk/check.mk
include mk/model.mk
include mk/mutants.mk
include mk/coverage.mk
include mk/machines.mk
include mk/proof.mk

endif

deps: ; @tests/deps.sh
deps-proof:
	@tests/deps.sh proof
	@tests/cmocka.sh $(abspath $(or $(BUILD),build))/machines/cmocka || true

clean: ; $(Q)rm -rf $(BUILD)

help: ; @sed -n 's/^#: \{0,1\}//p' Makefile
