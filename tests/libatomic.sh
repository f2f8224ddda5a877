#!/bin/sh
# libatomic.sh - that no object calls libatomic, which takes a lock behind our back.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/libatomic.sh COMPILER NM OBJECT...
# Linking is no proof: some compilers bring libatomic with -pthread, unasked.
set -u
compiler=$1 nm=$2; shift 2
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT

calls() { grep ' __\(atomic\|sync\)_' "$scratch/undefined"; }

if ! "$nm" -A -u "$@" >"$scratch/undefined" || calls
then echo "no call of libatomic FAILED"
else echo "no call of libatomic in $# objects ok"
fi

cat >"$scratch/wide.c" <<'END'
struct wide { long words[4]; };
_Atomic(struct wide) shared;
struct wide look(void) { return shared; }
END
if "$compiler" -c "$scratch/wide.c" -o "$scratch/wide.o" \
    && "$nm" -A -u "$scratch/wide.o" >"$scratch/undefined" && calls >"$scratch/calls"
then echo "a call of libatomic is noticed ok"
else echo "a call of libatomic is noticed FAILED"
fi
