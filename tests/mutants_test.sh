#!/bin/sh
# mutants_test.sh - mutants.sh tells what is noticed from what is not.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/mutants_test.sh [COMPILER]      in the top directory
set -u
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
unset FAST SEED JOBS HANG
export COMPILERS="${1:-gcc}" RECORDS="$scratch/records" BUILD="$scratch/build"
mkdir "$RECORDS"

record()        # NAME OLD NEW: a mutant of spinlock.h
{
    printf 'file include/pawl/spinlock.h\n\nmutant %s\n# a try\n-%s\n+%s\n\n' "$@"
}

old='    atomic_store_explicit(&l->held, 0, memory_order_release);'
noticed() { record "${1:-noticed}" "$old" '    (void)l;'; }
equal() { record equal "$old" "$old    /* no difference */"; }

# gives WHAT STATUS TEXT ARGUMENT...: mutants.sh ends so, and has said TEXT.
gives()
{
    what=$1 wanted=$2 text=$3; shift 3
    KINDS=${KINDS:-logic} RUNGS=${RUNGS:-unit} stress/mutants/mutants.sh "$@" \
        >"$scratch/log" 2>&1
    status=$?
    if [ $status -eq "$wanted" ] && grep -qF -e "$text" "$scratch/log"
    then echo "$what ok"
    else tail -n 5 "$scratch/log"; echo "$what: status $status FAILED"; fi
}

noticed >"$RECORDS/spinlock.txt"
gives "a planted bug is noticed" 0 "1 noticed, 0 redundant (0 of them waiting), 0 s" \
    spinlock
gives "what was tried is not tried again" 0 "1, of which 0 are to be tried" spinlock
equal >>"$RECORDS/spinlock.txt"
gives "only what is new is tried" 1 "2, of which 1 are to be tried" spinlock
gives "what nobody notices is a survivor" 1 "spinlock.h:equal: survived FAILED" spinlock
gives "and counts as failed" 1 "1 passed, 1 failed" spinlock

echo "spinlock.h:equal no such words" >"$RECORDS/redundant.txt"
gives "an argument has to be in the header" 1 "no such argument" spinlock
echo "spinlock.h:equal pairs with [A]." >"$RECORDS/redundant.txt"
gives "what is argued is redundant" 0 \
    "1 noticed, 1 redundant (0 of them waiting), 0 s" spinlock
echo "spinlock.h:noticed pairs with [A]." >>"$RECORDS/redundant.txt"
gives "a stale list is noticed" 1 "listed as unnoticeable FAILED" spinlock
rm "$RECORDS/redundant.txt"
echo "spinlock.h:equal for what is to come" >"$RECORDS/waiting.txt"
gives "what waits is counted" 0 "1 noticed, 1 redundant (1 of them waiting), 0 s" \
    spinlock

record other 'no such line' '' >"$RECORDS/spinlock.txt"
gives "old text that is not there" 2 "its old text is 0 times in" spinlock
record other '}' '};' >"$RECORDS/spinlock.txt"
gives "old text that is there twice" 2 " times in include/pawl/spinlock.h" spinlock
{ noticed; noticed; } >"$RECORDS/spinlock.txt"
gives "two of one name" 2 "two mutants of that name" spinlock
record broken "$old" '    no C at all' >"$RECORDS/spinlock.txt"
gives "what does not build is no success" 2 "no result FAILED" spinlock
gives "an unknown name" 2 "there is no lock.h" lock
FAST=2 SEED=0x3 gives "a seed that is no number" 2 "SEED=0x3: no numbers" spinlock

rm "$RECORDS"/*
KINDS=orders RUNGS=thread gives "weak orders are noticed" 0 \
    "spinlock.h:unlock:[B]:release>relaxed: thread spinlock ok" spinlock

mkdir "$scratch/bad" && cp -R include src stress tests mk Makefile "$scratch/bad"
sed 's|&l->held, 1, |\&l->held, 0, |' include/pawl/spinlock.h \
    >"$scratch/bad/include/pawl/spinlock.h"
noticed >"$RECORDS/spinlock.txt"
cd "$scratch/bad" || exit 2
gives "no verdicts over what fails by itself" 2 "the sources do not pass" spinlock
