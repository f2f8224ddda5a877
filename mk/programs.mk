# programs.mk - everything that runs: unit tests, trials, benchmarks, examples.
# SPDX-License-Identifier: BSD-2-Clause

.SECONDEXPANSION:
.SECONDARY:

define compile
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(COMPILE) -c $< -o $@
endef

# A peer in C++, by the same compiler and flags, without asserts of its own.  (gcc 12
# takes it that what is inlined there may write through NULL.)
compile_c++ = $(subst -std=c11,-std=c++17 -DNDEBUG -Wno-stringop-overflow \
    -Wno-unknown-warning-option,$(compile))

# A program of several files, in bench/ and examples/: NAME.c and NAME_*.c.
mains = $(foreach f,$(basename $(notdir $(wildcard $1/*.c))), \
            $(if $(findstring _,$f),,$f))
parts = $(addprefix $(O)/,$(addsuffix .o,$(basename $(wildcard $1.c $1_*.c))))

# --- unit tests: tests/NAME_test.c --------------------------------------------

UNITS := $(patsubst %.c,$(O)/%,$(sort $(wildcard tests/*_test.c)))

$(O)/tests/%.o: tests/%.c $(FLAGS)
	$(compile)

$(UNITS): $(O)/tests/%: $(O)/tests/%.o $(LIBA)
	$(call say,LD)
	$(Q)$(LINK) $(filter %.o,$^) $(LIBA) -lcmocka -o $@

# One of them tests a tool.
$(O)/tests/history_test.o: private EXTRA = -Istress
$(O)/tests/history_test: $(patsubst %.c,$(O)/%.o,$(wildcard stress/history/*.c))

# --- subjects: stress/NAME.c is ours, stress/peers/NAME.c somebody else's -------
# A subject ends with #include <trial/KIND.h>, and the include path decides which:
# stress/trial checks every message, bench/trial is the same, timed.

OURS := $(sort $(basename $(notdir $(wildcard stress/*.c))))
# In bench/subjects/ stands what is only timed.
TIMED_ONLY := $(sort $(basename $(notdir $(wildcard bench/subjects/*.c))))

# Peers whose header is here are built; the others are skipped, in so many words.
# (DPDK's headers are in a directory that it knows.)
ALL_PEERS  := $(sort $(basename $(notdir $(wildcard stress/peers/*.c \
    stress/peers/*.cc))))
DPDK        = $(eval DPDK := $$(patsubst -I%,-isystem %,$$(shell \
    pkg-config --cflags-only-I libdpdk-libs 2>/dev/null)))$(DPDK)
PEERS       = $(eval PEERS := $$(shell tests/peers.sh $$(CC) $$(DPDK) \
    $$(CPPFLAGS)))$(PEERS)
say_lacking = @for p in $(filter-out $(PEERS),$(ALL_PEERS)); do \
    echo "SKIPPED $$p: its header is not here (README: Numbers)"; done
# ThreadSanitizer cannot see atomics in assembly, fences, and what a library does; and
# boost's nodes may be looked at when they are free.
UNSEEN     := $(filter ck_% urcu_% rte_% tbb_% concurrentqueue readerwriterqueue \
    boost_queue,$(ALL_PEERS))

# (For mutants, ONLY are headers.)
unknown = $(filter-out $(OURS) $(TIMED_ONLY) $(ALL_PEERS),$(ONLY))
ifneq ($(if $(filter mutants,$(MAKECMDGOALS)),,$(unknown)),)
$(error ONLY names no subject of stress/ or stress/peers/: \
    $(unknown))
endif
only = $(if $(ONLY),$(filter $(ONLY),$1),$1)

# The subjects whose trial is of a kind, which can be had in other ways too; not those
# whose trial is their own.
of_kind = $(basename $(notdir $(shell grep -lE '^.include <trial/($1).h>' \
    $(OURS:%=stress/%.c))))
TIMED := $(call of_kind,queue|channel|lock|sem)
stress_SUBJECTS   := $(OURS)
history_SUBJECTS  := $(TIMED) $(call of_kind,event) history/loop/eventfd
schedule_SUBJECTS := $(TIMED) $(call of_kind,event) schedule/loop/eventfd
fault_SUBJECTS    := $(TIMED) $(call of_kind,event) fault/loop/eventfd
model_SUBJECTS    := $(schedule_SUBJECTS)

# What is behind the seam.
SEAM_SRC := $(if $(SEAM),$(wildcard stress/$(SEAM)/*.c))
# The model of memory is the scheduler's, in the place of its own file of that name.
ifeq ($(SEAM),model)
SEAM_SRC += $(filter-out $(SEAM_SRC:stress/model/%=stress/schedule/%), \
    $(wildcard stress/schedule/*.c))
endif
SEAM_OBJ := $(SEAM_SRC:%.c=$(O)/%.o)

# The same subjects again, to look at in other ways: KIND/trial/ comes first.
WAYS := history schedule fault model
$(foreach w,$(WAYS),$(eval $(O)/$w/%.o: private EXTRA = -Istress/$(w:model=schedule) \
    -Istress))
define way
$(O)/$1/%.o: stress/%.c $(FLAGS)
	$$(compile)
$(O)/$1/%.o: stress/peers/%.c $(FLAGS)
	$$(compile)
$(O)/$1/%: $(O)/$1/%.o $(sort $(SEAM_OBJ) $(call objects,history) $(call objects,$1)) \
    $(LIBA)
	$$(call say,LD)
	$$(Q)$$(LINK) $$^ -lm -o $$@
endef
objects = $(patsubst %.c,$(O)/%.o,$(wildcard stress/$1/*.c))
$(foreach w,$(WAYS),$(eval $(call way,$w)))

# Beside the subjects, in stress/WAY/: structures that are broken, and other programs.
beside = $(patsubst stress/%.c,$(O)/$1/%,$(wildcard \
    $(foreach d,controls demo litmus loop tool,stress/$1/$d/*.c)))
.PHONY: beside
beside: $(call beside,$(if $(filter perturb,$(SEAM)),history,$(SEAM)))

$(O)/stress/%.o: private EXTRA = -Istress
$(O)/bench/%.o:  private EXTRA = -Ibench -Istress
$(O)/stress/rte_%.o: private EXTRA = -Istress $(DPDK)
$(O)/bench/rte_%.o:  private EXTRA = -Ibench -Istress $(DPDK)

$(O)/stress/%.o: stress/%.c $(FLAGS)
	$(compile)
$(O)/stress/%.o: stress/peers/%.c $(FLAGS)
	$(compile)
$(O)/stress/%.o: stress/peers/%.cc $(FLAGS)
	$(compile_c++)
$(O)/bench/%.o: stress/%.c $(FLAGS)
	$(compile)
$(O)/bench/%.o: stress/peers/%.c $(FLAGS)
	$(compile)
$(O)/bench/%.o: bench/subjects/%.c $(FLAGS)
	$(compile)
$(O)/bench/%.o: stress/peers/%.cc $(FLAGS)
	$(compile_c++)
$(O)/bench/%.o: bench/%.c $(FLAGS)
	$(compile)

# Each subject is a program of its own; bench/run calls them in turn.  Some peers are
# in a library too.
their_libraries = $(foreach l,$(wildcard stress/peers/$(@F).cc),-lstdc++) \
    $(patsubst tbb_%,-ltbb,$(filter tbb_%,$(@F))) \
    $(patsubst rte_%,-lrte_ring,$(filter rte_%,$(@F))) \
    $(patsubst urcu_lf%,-lurcu-memb,$(filter urcu_lf%,$(@F)))
$(O)/stress/%: $(O)/stress/%.o $(SEAM_OBJ) $(LIBA)
	$(call say,LD)
	$(Q)$(LINK) $^ $(their_libraries) -o $@
$(O)/bench/%: $(O)/bench/%.o $(LIBA)
	$(call say,LD)
	$(Q)$(LINK) $^ $(their_libraries) -o $@
RUNNERS := $(patsubst %,$(O)/bench/%,$(call mains,bench))
$(RUNNERS): $(O)/%: $$(call parts,$$*) $(LIBA)
	$(call say,LD)
	$(Q)$(LINK) $^ -lm -o $@

bench: $(RUNNERS) $$(addprefix $(O)/bench/, \
    $$(call only,$(TIMED) $(TIMED_ONLY) $$(PEERS)))
	$(say_lacking)
	@$(O)/bench/run --dir $(O)/bench $(if $(ONLY),--only "$(ONLY)") $(BENCH_FLAGS)
	@$(if $(ONLY),,bench/futex_count.sh $(O)/bench >&2 || test $$? -eq 77)

# --- examples ---------------------------------------------------------------------

EXAMPLES := $(patsubst %,$(O)/examples/%,$(call mains,examples))

$(O)/examples/%.o: examples/%.c $(FLAGS)
	$(compile)
$(EXAMPLES): $(O)/%: $$(call parts,$$*) $(LIBA)
	$(call say,LD)
	$(Q)$(LINK) $^ -o $@

examples: $(EXAMPLES)

demo: examples
	@BUILD="$(O)" DEMO_INPUT="$(DEMO_INPUT)" examples/demo.sh

# --- what each object was made from ------------------------------------------------

-include $(wildcard $(addprefix $(O)/,src/*.d tests/*.d stress/*.d stress/*/*.d \
    bench/*.d examples/*.d $(WAYS:%=%/*.d) $(WAYS:%=%/*/*/*.d)))
