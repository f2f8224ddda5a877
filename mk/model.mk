# model.mk - every structure under a model of C11's memory, and that model's own tests.
# SPDX-License-Identifier: BSD-2-Clause
#
# ONLY= limits it to these subjects.  FAST=1 runs fewer schedules.

MODEL_FLAGS ?= --schedules $(if $(FAST),200000,2000000)
MODEL := $(BUILD)/model/model

# Programs are called as their subjects are, wherever they lie.
no_model = $(filter-out $(notdir $(model_SUBJECTS)),$(ONLY))
ifneq ($(if $(filter model,$(MAKECMDGOALS)),$(no_model)),)
$(error ONLY names what has no trial under the model: $(no_model))
endif
modelled = $(foreach p,$(model_SUBJECTS),$(if $(call only,$(notdir $p)),$p))

.PHONY: model model-programs
model:
	@rm -rf $(RESULTS) && mkdir -p $(RESULTS)
	@$(RUN) build "model builds" $(MAKE) SEAM=model PERTURB= SAN= model-programs
	@$(RUN) trial "litmus" $(MODEL)/model/litmus/litmus
	@for p in $(modelled); do \
	    TIMEOUT=$(or $(TIMEOUT),600) $(RUN) trial "model $$p" \
	    $(MODEL)/$$p $(MODEL_FLAGS); done
	@$(RUN) check "controls of model" env CC=$(CC) tests/model_test.sh $(MODEL)
	@cat $(RESULTS)/*.log | grep '^figure '
	@tests/tally.sh $(RESULTS)

model-programs: beside $(model_SUBJECTS:%=$(O)/model/%)
