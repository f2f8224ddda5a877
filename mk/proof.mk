# proof.mk - the whole ladder: what check runs, for longer; mutants; coverage; the page.
# SPDX-License-Identifier: BSD-2-Clause

# Enough for the page, and README's line; FAST=1: enough for every change.
stress_FLAGS   = $(if $(PROVING),$(if $(FAST),,--seconds 5))
history_FLAGS  = $(if $(PROVING),--items $(if $(FAST),200000,1000000))
schedule_FLAGS = $(if $(PROVING),--schedules $(if $(FAST),200000,1000000))
model_FLAGS    = --schedules $(if $(PROVING),$(if $(FAST),200000,1000000),50000)
fault_FLAGS    = $(if $(PROVING),$(if $(FAST),--fast),--fast)

PROOF := $(abspath $(O))/proof
PAGE   = $(if $(FAST),$(BUILD)/PROOF.md,PROOF.md)

proof:
	@rm -rf $(PROOF) && mkdir -p $(PROOF)
	@$(MAKE) -k $(jobs) RESULTS=$(PROOF) PROVING=yes TIMEOUT=900 every-proof \
	    || echo "0 1 make" >$(PROOF)/make
	@FAST=$(FAST) tests/proof.sh $(PROOF) $(wildcard $(ON_MACHINES) $(SOAK)) >$(O)/page \
	    && mv $(O)/page $(PAGE)
	@$(if $(FAST),,tests/summary.sh PROOF.md README.md -)
	@tests/tally.sh $(PROOF) $(PROVED)

# The mutants take all CPUs that there are, and so come last.
.PHONY: every-proof proof-mutants proof-coverage proof-genmc
PROOF_LEGS := $(LEGS)
ifneq ($(FAST),)
PROOF_LEGS := $(filter %plain %perturb/thread %schedule %model %fault,$(LEGS))
endif
PROVED = $(call builds_of,$(PROOF_LEGS)) coverage mutants litmus $(addprefix \
    controls-of-,counting house examples histories schedules model stops mutants soak)
every-proof: proof-mutants
proof-mutants: proof-genmc
	@$(RUN) check "mutants" $(MAKE) mutants
proof-genmc: proof-coverage
	@$(MAKE) genmc
proof-coverage: $(PROOF_LEGS) $(CONTROLS)
	@$(RUN) check "coverage" $(MAKE) coverage

# --- what shows things notices what it is for ---------------------------------------

house-controls examples-controls: leg/$(MAIN_CC)/plain
history-controls: leg/$(MAIN_CC)/perturb/thread
schedule-controls: leg/$(MAIN_CC)/schedule
model-controls: leg/$(MAIN_CC)/model
fault-controls: leg/$(MAIN_CC)/fault

run-controls:
	@$(RUN) check "controls of counting" tests/run_test.sh
house-controls:
	@$(RUN) check "controls of house" tests/house_test.sh $(BUILD)/libpawl.so
examples-controls:
	@$(RUN) check "controls of examples" tests/examples_test.sh $(BUILD)/libpawl.a \
	    $(MAIN_CC)
history-controls:
	@$(RUN) build "history controls build" $(MAKE) SEAM=perturb beside
	@$(RUN) check "controls of histories" tests/history_test.sh \
	    $(BUILD)/perturb/history/history
schedule-controls:
	@$(RUN) build "schedule controls build" $(MAKE) SEAM=schedule beside
	@$(RUN) check "controls of schedules" env CC=$(MAIN_CC) tests/schedule_test.sh \
	    $(BUILD)/schedule/schedule
model-controls:
	@$(RUN) build "model controls build" $(MAKE) SEAM=model beside
	@$(RUN) trial "litmus" $(BUILD)/model/model/model/litmus/litmus
	@$(RUN) check "controls of model" env CC=$(MAIN_CC) tests/model_test.sh \
	    $(BUILD)/model/model
fault-controls:
	@$(RUN) check "controls of stops" env MAKE="$(MAKE)" CC=$(MAIN_CC) \
	    tests/fault_test.sh $(BUILD)/fault/fault
mutants-controls:
	@$(RUN) check "controls of mutants" tests/mutants_test.sh $(MAIN_CC)
soak-controls:
	@$(RUN) check "controls of soak" tests/soak_test.sh

# --- soak ---------------------------------------------------------------------------

MINUTES ?= 30
SEED    ?= $(shell date +%s)
# Its log, and a note of it, for the page.
SOAK := $(abspath $(BUILD))/soak

SOAKED_perturb  = $(addprefix $(BUILD)/perturb-thread/, \
    $(stress_SUBJECTS:%=stress/%) $(history_SUBJECTS:%=history/%))
SOAKED_schedule = $(schedule_SUBJECTS:%=$(BUILD)/schedule/schedule/%)
SOAKED_model    = $(model_SUBJECTS:%=$(BUILD)/model/model/%)
# Where processes are killed at random: several times in the list, for they are few.
SOAKED_fault    = $(BUILD)/fault/fault/mpmc_swap $(BUILD)/fault/fault/mpmc_word
SOAKED = $(SOAKED_perturb) $(SOAKED_schedule) $(SOAKED_model) \
    $(foreach n,1 2 3,$(SOAKED_fault))

soak:
	@$(MAKE) SEAM=perturb SAN=thread $(SOAKED_perturb)
	@$(MAKE) SEAM=schedule SAN= $(SOAKED_schedule)
	@$(MAKE) SEAM=model SAN= $(SOAKED_model)
	@$(MAKE) SEAM=fault SAN= $(SOAKED_fault)
	@mkdir -p $(SOAK) && echo "0 1 soak" >$(SOAK)/soak
	@tests/soak.sh $(MINUTES) $(SEED) $(SOAK)/soak.log $(SOAKED)
	@echo "1 0 soak" >$(SOAK)/soak
