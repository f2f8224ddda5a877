# mutants.mk - plants bugs in the sources, one at a time, to see whether it is noticed.
# SPDX-License-Identifier: BSD-2-Clause
#
# ONLY= are names of headers here: `make mutants ONLY="sem event"`.  FAST=1 tries each
# fourth mutant, with gcc only, and says which; MUTANTS_SEED= says where to begin, so
# that others have their turn.

.PHONY: mutants
mutants:
	@BUILD="$(BUILD)" FAST="$(if $(FAST),4,0)" SEED="$(or $(MUTANTS_SEED),0)" \
	    stress/mutants/mutants.sh $(ONLY)
