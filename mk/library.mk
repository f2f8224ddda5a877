# library.mk - libpawl.a, libpawl.so, and their installation.
# SPDX-License-Identifier: BSD-2-Clause

HEADERS := $(sort $(wildcard include/pawl/*.h))

# NAME_linux.c is for Linux only: take those of this system.
SYSTEM  := $(shell uname -s | tr A-Z a-z)
SYSTEMS := linux darwin freebsd
FOREIGN := $(foreach s,$(filter-out $(SYSTEM),$(SYSTEMS)),src/%_$s.c)
SRC := $(filter-out $(FOREIGN),$(sort $(wildcard src/*.c)))
OBJ := $(SRC:src/%.c=$(O)/src/%.o)

# An instrumented library has a name of its own, so that both can be installed.
suffix_thread    := _tsan
suffix_address   := _asan
suffix_undefined := _ubsan
NAME := pawl$(subst $(empty) $(empty),,$(strip $(foreach s,$(SANS),$(suffix_$s))))
NAMES := $(sort pawl pawl_tsan pawl_asan pawl_ubsan $(NAME))

SOVERSION := 0
LIBA  := $(O)/lib$(NAME).a
LIBSO := $(O)/lib$(NAME).so.$(SOVERSION)

all: $(LIBA) $(LIBSO) $(O)/lib$(NAME).so

# clang knows how to tell that an atomic was used without naming an order.
$(O)/src/%.o: src/%.c $(FLAGS)
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(COMPILE) -fvisibility=hidden \
	    $(if $(findstring clang,$(CC)),-Watomic-implicit-seq-cst) -c $< -o $@

$(LIBA): $(OBJ) $(FLAGS)
	$(call say,AR)
	$(Q)rm -f $@ && $(AR) rcs $@ $(OBJ)

$(LIBSO): $(OBJ) src/pawl.map $(FLAGS)
	$(call say,LD)
	$(Q)$(LINK) -shared -Wl,-soname,$(@F) -Wl,--version-script=src/pawl.map \
	    -Wl,-Bsymbolic-functions $(OBJ) -o $@

$(O)/lib$(NAME).so: $(LIBSO)
	$(Q)ln -sf $(<F) $@

# --- installation -----------------------------------------------------------

PREFIX     ?= /usr/local
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
PCDIR      := $(LIBDIR)/pkgconfig

VERSION = $(shell awk '/define PAWL_VERSION_(MAJOR|MINOR|PATCH) / \
    { v = v dot $$3; dot = "." } END { print v }' $(HEADERS))
# In pawl.pc, paths are written relative to the prefix where they lie in it.
below_prefix = $(patsubst $(PREFIX)/%,$${prefix}/%,$1)

install: all
	$(call say,INSTALL)
	$(Q)install -d $(DESTDIR)$(INCLUDEDIR)/pawl $(DESTDIR)$(PCDIR)
	$(Q)install -m 644 $(HEADERS) $(DESTDIR)$(INCLUDEDIR)/pawl
	$(Q)install -m 644 $(LIBA) $(DESTDIR)$(LIBDIR)
	$(Q)install -m 755 $(LIBSO) $(DESTDIR)$(LIBDIR)
	$(Q)ln -sf $(notdir $(LIBSO)) $(DESTDIR)$(LIBDIR)/lib$(NAME).so
	$(Q)sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(call below_prefix,$(LIBDIR))|' \
	    -e 's|@INCLUDEDIR@|$(call below_prefix,$(INCLUDEDIR))|' \
	    -e 's|@VERSION@|$(VERSION)|' -e 's|@NAME@|$(NAME)|' \
	    -e 's|@SANITIZE@|$(SAN:%= -fsanitize=%)|' src/pawl.pc.in \
	    >$(DESTDIR)$(PCDIR)/$(NAME).pc
	$(Q)chmod 644 $(DESTDIR)$(PCDIR)/$(NAME).pc

# Removes the plain library and the instrumented ones.
uninstall:
	$(Q)rm -f $(foreach n,$(NAMES),$(DESTDIR)$(PCDIR)/$n.pc \
	    $(addprefix $(DESTDIR)$(LIBDIR)/lib$n,.a .so .so.$(SOVERSION)))
	$(Q)rm -rf $(DESTDIR)$(INCLUDEDIR)/pawl
