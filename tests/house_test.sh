#!/bin/sh
# house_test.sh - house.sh notices: one offence of each kind, in a copy.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/house_test.sh LIBPAWL.SO
set -u
case $1 in /*) library=$1 ;; *) library=$PWD/$1 ;; esac
copy=$(mktemp -d) || exit 2
trap 'rm -rf "$copy"' EXIT

fresh()
{
    rm -rf "$copy/tree" && mkdir "$copy/tree"
    for part in include src tests stress bench examples mk .ci Makefile *.md; do
        [ -e "$part" ] && cp -R "$part" "$copy/tree"
    done
}

# A rule that fails on the tree as it is would prove nothing.
fresh
before=$(tests/house.sh "$copy/tree" "$library" | grep 'FAILED$')

# noticed RULE COMMAND...: after this command in a fresh copy, RULE fails.
noticed()
{
    rule=$1; shift
    case $before in *"$rule FAILED"*)
        echo "$rule: fails before anything is planted FAILED"; return ;;
    esac
    fresh
    (cd "$copy/tree" && "$@") || { echo "$rule: cannot plant FAILED"; return; }
    if tests/house.sh "$copy/tree" "$library" "$rule" | grep -qx "$rule FAILED"
    then echo "$rule: noticed ok"
    else echo "$rule: not noticed FAILED"; fi
}

append() { printf '%b\n' "$2" >>"$1"; }

h=include/pawl/spinlock.h
noticed layers    append $h '#include <pawl/ticketlock.h>'
noticed layers    cp $h include/pawl/newlock.h
noticed angles    append src/spinlock.c '#include "pawl/spinlock.h"'
noticed angles    append Makefile 'X = -Iinclude/pa''wl'
noticed unit_tests rm tests/spinlock_test.c
noticed sources   cp src/spinlock.c src/nobody.c
noticed peers     append stress/peers/ck_no.c '/* ck_no.c - x */\n#include <ck_ring.h>'
noticed peers     append stress/peers/no.cc '/* no.cc - x */'
noticed subjects  rm stress/spinlock.c
noticed mutants   rm stress/mutants/ticketlock.txt
noticed mutants   append $h 'static inline int pawl_new(int x)\n{\n    return x;\n}'
noticed mutants   sed -i '/^pawl_relax/d' stress/mutants/unplanted.txt
noticed mutants   append stress/mutants/unplanted.txt 'pawl_now it is short'
noticed heads     sed -i 's/^ \* Progress /  * Speed /' $h
noticed fences    append src/spinlock.c 'void f(void) { atomic_thread_fence(5); }'
noticed orders    append $h 'static int f(pawl_x *x) { return atomic_load(&x->y); }'
noticed orders    append $h 'static int f(int *x) { return __atomic_load_n(x, 5); }'
noticed conditions append src/spinlock.c '#ifdef __x86_64__\n#endif'
noticed conditions append $h '#if __GNUC__ > 4\n#endif'
noticed assembly  append $h 'static void f(void) { __asm__("nop"); }'
noticed libatomic append mk/flags.mk 'LIBS = -lato''mic'
noticed licence   sed -i '/SPDX/d' $h
noticed titles    sed -i 1d src/spinlock.c
noticed places    append src/spinlock.c '/* see /ho''me/me/notes */'
noticed unfinished append src/spinlock.c '/* TO''DO */'
noticed shape     append src/spinlock.c '\tint tab;'
noticed shape     append src/spinlock.c "$(printf '%089d' 0)"
noticed exports   sed -i 's/^PAWL_END/void pawl_nowhere(void);\n&/' include/pawl/time.h
noticed exports   sed -i '/pawl_now(void)/d' include/pawl/time.h
