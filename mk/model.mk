# model.mk - every structure under a model of C11's memory, and that model's own tests.
# SPDX-License-Identifier: BSD-2-Clause
#
# ONLY= limits it to these subjects.  FAST=1 runs fewer schedules.  Beside our own model
# stands a public one: GENMC= is its program, where it is not on the PATH.

MODEL_FLAGS ?= --schedules $(if $(FAST),200000,2000000)
MODEL := $(BUILD)/model/model

# Programs are called as their subjects are, wherever they lie.
no_model = $(filter-out $(notdir $(model_SUBJECTS)),$(ONLY))
ifneq ($(if $(filter model,$(MAKECMDGOALS)),$(no_model)),)
$(error ONLY names what has no trial under the model: $(no_model))
endif
modelled = $(foreach p,$(model_SUBJECTS),$(if $(call only,$(notdir $p)),$p))

.PHONY: model model-programs genmc
model:
	@rm -rf $(RESULTS) && mkdir -p $(RESULTS)
	@$(RUN) build "model builds" $(MAKE) SEAM=model PERTURB= SAN= model-programs
	@$(RUN) trial "litmus" $(MODEL)/model/litmus/litmus
	@for p in $(modelled); do \
	    TIMEOUT=$(or $(TIMEOUT),600) $(RUN) trial "model $$p" \
	    $(MODEL)/$$p $(MODEL_FLAGS); done
	@$(RUN) check "controls of model" env CC=$(CC) tests/model_test.sh $(MODEL)
	@$(MAKE) genmc RESULTS=$(RESULTS)
	@cat $(RESULTS)/*.log | grep '^figure '
	@tests/tally.sh $(RESULTS)

model-programs: beside $(model_SUBJECTS:%=$(O)/model/%)

# --- GenMC --------------------------------------------------------------------------
# It explores each client under RC11 and IMM, and finds an order that is too weak.

GENMC   ?= genmc
CLIENTS := $(sort $(basename $(notdir $(wildcard stress/genmc/*.c))))

genmc:
	@sed -n 's/^\([a-z_]*\) /SKIPPED genmc of \1: /p' stress/genmc/without.txt
	@if command -v '$(GENMC)' >/dev/null; then \
	    for c in $(call only,$(CLIENTS)); do \
	        TIMEOUT=$(or $(TIMEOUT),900) $(RUN) trial "genmc $$c" \
	            tests/genmc.sh '$(GENMC)' $$c; done; \
	    $(RUN) check "controls of genmc" tests/genmc_test.sh '$(GENMC)'; \
	else \
	    echo "SKIPPED genmc: not installed (GENMC=PROGRAM names it): its" \
	        "$(words $(CLIENTS)) clients in stress/genmc/ were not explored"; fi
