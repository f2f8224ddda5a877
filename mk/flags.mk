# flags.mk - how things are compiled, and in which object tree.
# SPDX-License-Identifier: BSD-2-Clause

ifeq ($(origin CC),default)
CC := gcc
endif

BUILD  ?= build
CFLAGS ?= -O2 -g
# `make WERROR=` for a compiler that knows warnings which we do not.
WERROR ?= -Werror
WARN   := -Wall -Wextra -Wpedantic $(WERROR)

# SAN=thread, or several: SAN=address,undefined.
comma := ,
SANS  := $(subst $(comma), ,$(SAN))
SANFLAGS := $(if $(SANS),-fsanitize=$(SAN) -fno-omit-frame-pointer) \
    $(if $(filter undefined,$(SANS)),-fno-sanitize-recover=all)

# What is behind the seam, a stand-in for pawl/atomic.h that tells of every atomic
# operation: perturb, schedule, fault; model, which has a stand-in of its own; or
# nothing, and then there is no seam.
SEAM := $(or $(SEAM),$(if $(PERTURB),perturb))

# The object tree: build, build/thread, build/perturb-thread, ...
empty :=
FLAVOUR := $(subst $(empty) $(empty),-,$(strip \
    $(SEAM) $(if $(DEBUG),debug) $(SANS)))
O := $(BUILD)$(FLAVOUR:%=/%)

# The stand-in comes earlier on the path than the real one.
INCLUDES := $(if $(filter model,$(SEAM)),-Istress/model) $(if $(SEAM),-Istress/seam) \
    -Iinclude

# Ours first, then the user's.  EXTRA is set per rule: the include path of a trial.
COMPILE = $(CC) -std=c11 $(WARN) -pthread -fPIC $(SANFLAGS) \
    $(if $(DEBUG),-DPAWL_DEBUG) $(EXTRA) $(INCLUDES) -MMD -MP $(CPPFLAGS) $(CFLAGS)
LINK    = $(CC) -pthread $(SANFLAGS) $(CFLAGS) $(LDFLAGS)

# V=1 shows the commands; else a short line says what is made.
Q   := $(if $(filter 1,$(V)),,@)
say  = $(if $(Q),@printf '  %-8s%s\n' '$1' '$@',@:)

# Everything depends on this file, which changes when the commands do.
FLAGS := $(O)/flags
$(FLAGS): FORCE
	@mkdir -p $(@D)
	@{ printf '%s\n' '$(COMPILE)' '$(LINK)' '$(AR)' '$(SRC)'; $(CC) --version; } \
	    >$@.$$$$ 2>&1; cmp -s $@.$$$$ $@ && rm $@.$$$$ || mv -f $@.$$$$ $@
.PHONY: FORCE
