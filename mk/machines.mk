# machines.mk - the unit tests and short trials as other machines have them.
# SPDX-License-Identifier: BSD-2-Clause
#
# Each machine is a compiler that makes static programs and, where they are not for this
# processor, a qemu that runs them: x86-64 runs i686 itself, and should, for qemu-i386
# loses programs among many signals.  musl and clang are this machine, with another C
# library, and with the system's newest clang; O0, O3 and lto are gcc with these flags.
# MACHINES="arm s390x" limits it to these.
# Nothing links libatomic: every atomic operation is one that the compiler writes in
# place.  What is not here is skipped, in so many words; `make deps-proof` installs it.

ALL_MACHINES := aarch64 arm i686 powerpc64le riscv64 s390x musl clang O0 O3 lto
MACHINES ?= $(ALL_MACHINES)

triple_aarch64     := aarch64-linux-gnu
triple_arm         := arm-linux-gnueabihf
triple_i686        := i686-linux-gnu
triple_powerpc64le := powerpc64le-linux-gnu
triple_riscv64     := riscv64-linux-gnu
triple_s390x       := s390x-linux-gnu
# As qemu calls them, where it has a name of its own.
qemu_i686          := i386
qemu_powerpc64le   := ppc64le

cc_musl  = musl-gcc
cc_clang = $(shell tests/deps.sh newest-clang)
cc_O0 = gcc
cc_O3 = gcc
cc_lto = gcc
ar_lto = gcc-ar
flags_O0  := -O0 -g
flags_O3  := -O3 -g
flags_lto := -O2 -g -flto

first_here   = $(firstword $(foreach p,$1,$(shell command -v $p)))
machine_cc   = $(or $(cc_$1),$(triple_$1)-gcc)
machine_ar   = $(or $(ar_$1),$(triple_$1:%=%-)ar)
ITSELF      := musl clang O0 O3 lto $(if $(filter x86_64,$(shell uname -m)),i686)
machine_qemu = $(if $(filter-out $(ITSELF),$1),$(or \
    $(call first_here,$(call qemus,$1)),$(lastword $(call qemus,$1))))
qemus        = $(foreach q,$(or $(qemu_$1),$1),qemu-$q-static qemu-$q)

# What is left out there, and why.
LEFT_OUT_qemu := edges_refused_test history_test
LEFT_OUT_musl := edges_refused_test
why_edges_refused_test := it needs seccomp filters
why_history_test       := a tool's test, and the tool runs here only

unknown_machines = $(filter-out $(ALL_MACHINES),$(MACHINES))
ifneq ($(if $(filter machines,$(MAKECMDGOALS)),$(unknown_machines)),)
$(error MACHINES names what is none: $(unknown_machines))
endif

.PHONY: machines machine $(ALL_MACHINES:%=machine/%)

# Their notes stay, for `make proof` to put on its page.
ON_MACHINES := $(abspath $(BUILD))/machines/results
machines:
	@rm -rf $(ON_MACHINES) && mkdir -p $(ON_MACHINES)
	@$(MAKE) -k $(jobs) RESULTS=$(ON_MACHINES) $(MACHINES:%=machine/%) \
	    || echo "0 1 make" >$(ON_MACHINES)/make
	@tests/tally.sh $(ON_MACHINES)

# Where programs of these sources can be made and run: 0; else it says what is not here.
machine_here = tests/machine.sh '$(call machine_cc,$*)' '$(call machine_qemu,$*)' \
    '$(CMOCKA)'

$(ALL_MACHINES:%=machine/%): machine/%:
	@if lack=$$($(machine_here)); then $(MAKE) machine MACHINE=$* ONLY= \
	    CC=$(call machine_cc,$*) AR=$(call machine_ar,$*) SAN= SEAM= PERTURB= DEBUG= \
	    $(if $(flags_$*),CFLAGS='$(flags_$*)') \
	    BUILD=$(BUILD)/machines/$* CMOCKA=$(CMOCKA) QEMU='$(call machine_qemu,$*)' \
	    CPPFLAGS=-I$(CMOCKA)/include \
	    LDFLAGS='-static -L$(BUILD)/machines/$*' RESULTS=$(RESULTS); \
	else echo "SKIPPED $*: $$lack (make deps-proof)"; fi

# --- one of them ------------------------------------------------------------------

CMOCKA ?= $(abspath $(BUILD))/machines/cmocka
LIBCMOCKA := $(O)/libcmocka.a

# All of these have what cmocka asks about.
$(LIBCMOCKA): $(CMOCKA)/src/cmocka.c $(FLAGS)
	$(call say,CC)
	$(Q)$(CC) -O2 -w $(CPPFLAGS) -DHAVE_SIGNAL_H -DHAVE_STRSIGNAL -DHAVE_INTTYPES_H \
	    -DHAVE_MALLOC_H -DHAVE_STRUCT_TIMESPEC -DHAVE_CLOCK_REALTIME \
	    -DHAVE_GCC_THREAD_LOCAL_STORAGE -c $< -o $(O)/cmocka.o
	$(Q)rm -f $@ && $(AR) rcs $@ $(O)/cmocka.o
ifneq ($(MACHINE),)
$(UNITS): | $(LIBCMOCKA)
endif

MACHINE_LACKS  = $(LEFT_OUT_$(MACHINE)) $(if $(QEMU),$(LEFT_OUT_qemu))
MACHINE_UNITS  = $(filter-out $(MACHINE_LACKS:%=$(O)/tests/%),$(UNITS))
MACHINE_TRIALS = $(OURS:%=$(O)/stress/%)

# Short, for qemu is slow and several machines run side by side.
MACHINE_FLAGS ?= --items 20000 --rounds 200 --patience 60
machine: export TIMEOUT ?= 600

machine:
	@$(RUN) build "machine/$(MACHINE) builds" $(MAKE) -k $(MACHINE_UNITS) $(MACHINE_TRIALS)
	@$(RUN) check "machine/$(MACHINE) without libatomic" tests/libatomic.sh $(CC) \
	    $(AR:%ar=%nm) $(OBJ) $(MACHINE_UNITS:=.o) $(MACHINE_TRIALS:=.o)
	@$(foreach t,$(MACHINE_LACKS),echo "SKIPPED $(MACHINE) $t: $(why_$t)";)
	@for p in $(MACHINE_UNITS); do \
	    $(RUN) unit "machine/$(MACHINE) $${p##*/}" $(QEMU) $$p; done
	@for p in $(MACHINE_TRIALS); do \
	    $(RUN) trial "machine/$(MACHINE) $${p##*/}" $(QEMU) $$p $(MACHINE_FLAGS); done
