# check.mk - runs what programs.mk makes, and counts.
# SPDX-License-Identifier: BSD-2-Clause
#
# `make check` is a row of legs, which run side by side.  A leg builds one flavour
# of the programs with one compiler and then runs them one after the other through
# tests/run.sh, which prints a line for each and notes how many tests and trials
# passed and failed.  tests/tally.sh adds these notes up.

RESULTS   := $(abspath $(O))/results
COMPILERS := gcc clang
FOUND     := $(foreach c,$(COMPILERS),$(if $(shell command -v $c),$c))
MAIN_CC   := $(firstword $(filter $(CC),$(FOUND)) $(FOUND))
RUN       := RESULTS=$(RESULTS) tests/run.sh

# leg/COMPILER/WORDS: the words choose the flavour.
# (With PAWL_DEBUG, what would be a wild access may be an assert first: it fails, too.)
FLAVOURS := plain debug/address/undefined thread \
    perturb/address/undefined perturb/thread schedule model fault
LEGS := $(foreach f,$(FLAVOURS),$(foreach c,$(FOUND),leg/$c/$f))
# What runs under a scheduler is hardly a matter of the compiler: with the others, that
# is left to `make proof`.
CHECK_LEGS := $(filter-out $(foreach c,$(filter-out $(MAIN_CC),$(FOUND)), \
    $(addprefix leg/$c/,schedule model fault)),$(LEGS))
TOOLS := headers-check house-check examples-check install-check stops-check \
    pitfalls-check mutants-check clients-check
# That what is run here notices what it is for, is tried by `make proof`.
CONTROLS := run-controls house-controls examples-controls history-controls \
    schedule-controls model-controls fault-controls mutants-controls soak-controls
# What has to have left a note when all has run.
builds_of = $(foreach l,$1,$(subst /,-,$(l:leg/%=%))-builds)
EXPECTED  = $(call builds_of,$(CHECK_LEGS)) $(FOUND:%=%-headers) house summary probes \
    examples logtop install stops-in-README pitfalls mutants \
    clients-for-genmc

# As many jobs as the user said; else, or where -j has no number, one a CPU.
JOBS := $(shell nproc 2>/dev/null || echo 2)
jobs  = $(if $(filter --jobserver%,$(MAKEFLAGS)),,-j$(JOBS))
.PHONY: every-check $(LEGS) $(TOOLS) $(CONTROLS) leg

check:
	@rm -rf $(RESULTS) && mkdir -p $(RESULTS)
	@for c in $(filter-out $(FOUND),$(COMPILERS)); do \
	    echo "SKIPPED everything with $$c: not installed (make deps)"; done
	$(say_lacking)
	@$(MAKE) -k $(jobs) every-check || echo "0 1 make" >$(RESULTS)/make
	@tests/tally.sh $(RESULTS) $(EXPECTED)

# What is long and waits for nothing goes first.
every-check: mutants-check $(CHECK_LEGS) $(TOOLS)

# --- a leg ----------------------------------------------------------------------

words = $(subst /, ,$@)
has   = $(filter $1,$(words))
compiler = $(word 2,$(words))
tree  = $(BUILD)$(if $(filter-out $(CC),$(compiler)),/$(compiler))

can_link = echo 'int main(void) { return 0; }' | $(compiler) -x c - \
    $(addprefix -fsanitize=,$(call has,thread address undefined)) \
    -o $(RESULTS)/$(subst /,-,$@).probe 2>/dev/null

# Sanitizers notice the same at -O1, in half the time, building and running.
sanitized = $(if $(and $(filter file,$(origin CFLAGS)), \
    $(call has,thread address undefined)),CFLAGS='-O1 -g1')

$(LEGS):
	@if $(can_link); then $(MAKE) leg LEG='$(wordlist 2,9,$(words))' \
	    CC=$(compiler) BUILD=$(tree) \
	    SAN=$(subst $(empty) $(empty),$(comma),$(call has,thread address undefined)) \
	    SEAM=$(call has,perturb schedule model fault) PERTURB= \
	    DEBUG=$(call has,debug) ONLY= RESULTS=$(RESULTS) $(sanitized) \
	    MAIN=$(if $(filter $(CC),$(compiler)),yes); \
	else echo "SKIPPED $(wordlist 2,9,$(words)): cannot link that here (make deps)" \
	    | tee $(RESULTS)/$(call builds_of,$@).skipped; fi

# With nothing behind the seam, the unit tests: what they check is not a matter of luck.
# The trials wherever they have something to say; the peers' once, plain, by the main
# compiler.  Histories are recorded under ThreadSanitizer, perturbed.
LEG_UNITS = $(if $(SEAM),,$(UNITS))
LEG_WAYS  = $(or $(filter schedule model fault,$(SEAM)), \
    stress $(if $(filter perturb-thread,$(FLAVOUR)),history))
LEG_PEERS = $(if $(MAIN),$(if $(FLAVOUR),,$(PEERS)))
LEG_TRIALS = $(foreach w,$(LEG_WAYS),$($w_SUBJECTS:%=$(O)/$w/%)) \
    $(LEG_PEERS:%=$(O)/stress/%)

leg:
	@$(RUN) build "$(LEG) builds" $(MAKE) -k all $(LEG_UNITS) $(LEG_TRIALS)
	@for p in $(LEG_UNITS); do $(RUN) unit "$(LEG) $${p##*/}" $$p; done
	@$(foreach w,$(LEG_WAYS),for p in $($w_SUBJECTS); do \
	    $(RUN) trial "$(LEG) $(patsubst %,%/,$(filter-out stress,$w))$$p" \
	        $(O)/$w/$$p $($w_FLAGS); done;)
	@for p in $(LEG_PEERS); do $(RUN) trial "$(LEG) $$p" $(O)/stress/$$p; done

# --- everything that is not a program of ours --------------------------------------

ALONE := $(FOUND:%=headers-check/%)
.PHONY: $(ALONE)
headers-check: $(ALONE)
$(ALONE): headers-check/%:
	@$(RUN) check "$* headers" tests/headers.sh $* $(BUILD)/headers

# These use what the plain leg builds (and install-check the instrumented library
# too), so those legs come first.
house-check examples-check install-check pitfalls-check clients-check: \
    leg/$(MAIN_CC)/plain
install-check: leg/$(MAIN_CC)/thread

house-check:
	@$(RUN) check "house" tests/house.sh . $(BUILD)/libpawl.so
	@$(RUN) check "summary" tests/summary.sh PROOF.md README.md
	@$(RUN) check "probes" tests/probes.sh $(MAIN_CC) $(BUILD)/libpawl.so

examples-check:
	@$(RUN) build "examples build" $(MAKE) examples
	@$(RUN) check "examples" tests/examples.sh . $(BUILD)/libpawl.a $(FOUND)
	@$(RUN) check "logtop" tests/logtop_test.sh $(O)/examples/logtop

stops-check: leg/$(MAIN_CC)/fault
	@$(RUN) check "stops in README" tests/stops.sh $(BUILD)/fault/fault README.md

# The mutants of the smallest structures, by all rungs; `make mutants` tries all.
mutants-check:
	@$(RUN) check "mutants" env BUILD=$(BUILD) COMPILERS=$(MAIN_CC) JOBS=1 \
	    stress/mutants/mutants.sh spinlock ticketlock

pitfalls-check:
	@$(RUN) check "pitfalls" env MAKE="$(MAKE)" tests/pitfalls_test.sh $(BUILD) $(FOUND)

clients-check:
	@$(RUN) check "clients for genmc" tests/clients.sh $(BUILD)/libpawl.a $(FOUND)

install-check:
	@$(RUN) check "install" env MAKE="$(MAKE)" tests/install.sh $(BUILD) $(FOUND)

# --- stress: the trials, for longer ---------------------------------------------------
# A peer that ThreadSanitizer cannot see runs without it, from the plain tree.

blind := $(if $(filter thread,$(SANS)),$(UNSEEN))
STRESS_OURS  = $(call only,$(OURS))
STRESS_PEERS = $(if $(PERTURB),,$(filter-out $(blind),$(call only,$(PEERS))))
STRESS_BLIND = $(if $(PERTURB),,$(filter $(blind),$(call only,$(PEERS))))
STRESS_FLAGS ?= --seconds 5

stress: $(addprefix $(O)/stress/,$(STRESS_OURS) $(STRESS_PEERS))
	@rm -rf $(RESULTS) && mkdir -p $(RESULTS)
	@$(if $(STRESS_BLIND),$(MAKE) SAN= $(STRESS_BLIND:%=$(BUILD)/stress/%))
	@echo "flags: $(or $(strip $(SANFLAGS)),no sanitizer)$(if $(PERTURB),; perturbed)"
	@for p in $(STRESS_OURS) $(STRESS_PEERS); do \
	    $(RUN) trial -v "$$p" $(O)/stress/$$p $(STRESS_FLAGS); done
	@for p in $(STRESS_BLIND); do $(RUN) trial -v \
	    "$$p (without TSan, which cannot see it whole)" \
	    $(BUILD)/stress/$$p $(STRESS_FLAGS); done
	$(if $(PERTURB),@echo "Peers are not perturbed: left out.",$(say_lacking))
	@tests/tally.sh $(RESULTS)
