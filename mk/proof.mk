# proof.mk - the whole ladder: what check runs, for longer; mutants; coverage; the page.
# SPDX-License-Identifier: BSD-2-Clause

# Enough for the page; FAST=1: enough for every change.
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
	@FAST=$(FAST) tests/proof.sh $(PROOF) >$(O)/page && mv $(O)/page $(PAGE)
	@tests/tally.sh $(PROOF)

# The mutants take all CPUs that there are, and so come last.
.PHONY: every-proof proof-mutants proof-coverage
PROOF_LEGS := $(LEGS)
ifneq ($(FAST),)
PROOF_LEGS := $(filter %plain %perturb/thread %schedule %model %fault,$(LEGS))
endif
every-proof: proof-mutants
proof-mutants: proof-coverage
	@$(RUN) check "mutants" $(MAKE) mutants
proof-coverage: $(PROOF_LEGS)
	@$(RUN) check "coverage" $(MAKE) coverage

# --- soak ---------------------------------------------------------------------------

MINUTES ?= 30
SEED    ?= $(shell date +%s)
SOAKED   = $(addprefix $(O)/perturb-thread/,$(TIMED:%=stress/%) stress/event \
    $(history_SUBJECTS:%=history/%))

soak:
	@$(MAKE) SEAM=perturb SAN=thread $(SOAKED)
	@tests/soak.sh $(MINUTES) $(SEED) $(SOAKED)
