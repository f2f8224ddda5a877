# programs.mk - everything that runs: unit tests, trials, benchmarks, examples.
# SPDX-License-Identifier: BSD-2-Clause

.SECONDEXPANSION:
.SECONDARY:

# --- unit tests: tests/NAME_test.c --------------------------------------------

UNITS := $(patsubst %.c,$(O)/%,$(sort $(wildcard tests/*_test.c)))

$(O)/tests/%.o: tests/%.c $(FLAGS)
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(COMPILE) -c $< -o $@

$(UNITS): $(O)/tests/%: $(O)/tests/%.o $(LIBA)
	$(call say,LD)
	$(Q)$(LINK) $^ -lcmocka -o $@

# --- subjects: stress/NAME.c is ours, stress/peers/NAME.c somebody else's -------
# A subject ends with #include <trial/KIND.h>, and the include path decides which:
# stress/trial checks every message, bench/trial is the same, timed.

OURS := $(sort $(basename $(notdir $(wildcard stress/*.c))))

# Peers whose header is here are built; the others are skipped, in so many words.
ALL_PEERS  := $(sort $(basename $(notdir $(wildcard stress/peers/*.c))))
PEERS       = $(eval PEERS := $$(shell tests/peers.sh $$(CC) $$(CPPFLAGS)))$(PEERS)
LACKING     = $(filter-out $(PEERS),$(ALL_PEERS))
# Their atomics are assembly, which ThreadSanitizer cannot see.
ASSEMBLY   := $(filter ck_% urcu_%,$(ALL_PEERS))

ifneq ($(filter-out $(OURS) $(ALL_PEERS),$(ONLY)),)
$(error ONLY names no subject of stress/ or stress/peers/: \
    $(filter-out $(OURS) $(ALL_PEERS),$(ONLY)))
endif
only = $(if $(ONLY),$(filter $(ONLY),$1),$1)

# The stand-in for atomic.h may have a compiled part.
PERTURB_OBJ := $(if $(PERTURB),$(patsubst %.c,$(O)/%.o,$(wildcard stress/perturb/*.c)))

$(O)/stress/%.o $(O)/stress/peers/%.o: EXTRA = -Istress
$(O)/bench/%.o:  EXTRA = -Ibench -Istress

define compile
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(COMPILE) -c $< -o $@
endef
$(O)/stress/%.o: stress/%.c $(FLAGS)
	$(compile)
$(O)/stress/%.o: stress/peers/%.c $(FLAGS)
	$(compile)
$(O)/bench/%.o: stress/%.c $(FLAGS)
	$(compile)
$(O)/bench/%.o: stress/peers/%.c $(FLAGS)
	$(compile)
$(O)/bench/%.o: bench/%.c $(FLAGS)
	$(compile)

# Each subject is a program of its own, and so is each bench/NAME.c.
$(O)/stress/%: $(O)/stress/%.o $(PERTURB_OBJ) $(LIBA)
	$(call say,LD)
	$(Q)$(LINK) $^ -o $@
$(O)/bench/%: $(O)/bench/%.o $(LIBA)
	$(call say,LD)
	$(Q)$(LINK) $^ -o $@

BENCHES = $(addprefix $(O)/bench/, \
    $(call only,$(OURS) $(PEERS)) $(basename $(notdir $(wildcard bench/*.c))))

bench: $(BENCHES)
	@for p in $(LACKING); do echo "SKIPPED $$p: its header is not here (make deps)"; done
	@$(O)/bench/run --dir $(O)/bench $(if $(ONLY),--only "$(ONLY)") $(BENCH_FLAGS)

# --- examples: NAME is made of examples/NAME.c and examples/NAME_*.c -------------

MAINS    := $(foreach f,$(basename $(notdir $(wildcard examples/*.c))), \
    $(if $(findstring _,$f),,$f))
EXAMPLES := $(MAINS:%=$(O)/examples/%)

$(O)/examples/%.o: examples/%.c $(FLAGS)
	$(compile)
parts = $(addprefix $(O)/,$(addsuffix .o,$(basename $(wildcard $1.c $1_*.c))))
$(EXAMPLES): $(O)/examples/%: $$(call parts,examples/$$*) $(LIBA)
	$(call say,LD)
	$(Q)$(LINK) $^ -o $@

examples: $(EXAMPLES)

demo: examples
	@BUILD="$(O)" DEMO_INPUT="$(DEMO_INPUT)" examples/demo.sh

# --- what each object was made from ------------------------------------------------

-include $(wildcard $(addprefix $(O)/,src/*.d tests/*.d stress/*.d stress/*/*.d \
    bench/*.d examples/*.d))
