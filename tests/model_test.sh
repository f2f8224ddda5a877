#!/bin/sh
# model_test.sh - the model of weak memory finds what it has to, and no more.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/model_test.sh DIR
# DIR has the programs of the way `model`: subjects, and those of model/litmus and
# model/demo.
set -u
[ $# -eq 1 ] && [ -x "$1/mpmc_ring" ] || { echo "usage: $0 DIR" >&2; exit 2; }
programs=$1
objects=$1/..
litmus=$1/model/litmus/litmus
demo=$1/model/demo/publish
. "$(dirname "$0")/tries.sh"

# A table that says the opposite is not found right in a single line.
wrong_table()
{
    run 1 wrong "$litmus" --wrong && hasnt wrong ' ok$' \
        && [ "$(grep -c ' FAILED$' "$scratch/wrong")" -ge 20 ]
}

include="-Istress/model -Istress/seam -Istress/schedule -Istress -Iinclude"
without_its_own()   # DIR: the scheduler's files there, but the one that the model has
{
    ls "$1"/stress/schedule/*."$2" | grep -v '/memory\.'
}

# The demonstration, built as model.h says.
by_hand()
{
    ${CC:-cc} -std=c11 $include stress/model/demo/publish.c stress/model/*.c \
        $(without_its_own . c) stress/history/*.c "$objects/libpawl.a" -pthread -lm \
        -o "$scratch/by_hand" && run 0 publish "$scratch/by_hand"
}

# plant FILE NAME: where orders.awk makes a mutant of that name, in a tree of its own.
plant()
{
    rm -rf "$scratch/mutants" "$scratch/include" "$scratch/src"
    mkdir "$scratch/mutants" && cp -R include src "$scratch" || return 1
    id=$(awk -v path="$1" -v out="$scratch/mutants" -f stress/mutants/orders.awk "$1" \
        | awk -v name="$2" '$4 == name { print $1 }')
    [ -n "$id" ] || { echo "there is no mutant $2"; return 1; }
    cp "$scratch/mutants/$id" "$scratch/$1"
}

# build SUBJECT: with the mutant; what it does not concern is there already.
build()
{
    own=$scratch/src/$1.c
    ${CC:-cc} -std=c11 -O1 -Istress/model -Istress/seam -Istress/schedule -Istress \
        -I"$scratch/include" "stress/$1.c" "$own" "$objects"/stress/model/*.o \
        $(without_its_own "$objects" o) "$objects"/stress/history/*.o \
        "$objects/libpawl.a" -pthread -lm -o "$scratch/planted"
}

# The mutant NAME of FILE is found by SUBJECT, in whichever way, within a minute.
finds() # FILE NAME SUBJECT
{
    plant "$1" "$2" && build "$3" \
        && run 1 found "$scratch/planted" --schedules 1000000 --seed 7 \
        && has found '^replay: ' && replays found
}

try "a table that is wrong" wrong_table
try "the demonstration" run 0 demo "$demo"
try "it is built as model.h says" by_hand
while read -r file name subject; do
    try "$name" finds "$file" "$name" "$subject" </dev/null
done <<END
include/pawl/mpmc_swap.h mpmc_swap.h:tell:[H]:release>relaxed mpmc_swap
src/mpmc_swap.c mpmc_swap.c:ask:[F]:acquire>relaxed mpmc_swap
src/mpmc_swap.c mpmc_swap.c:look:seq_cst>acquire mpmc_swap
include/pawl/mpmc_ring.h mpmc_ring.h:try_push:[G]:release>relaxed mpmc_ring
include/pawl/mpmc_ring.h mpmc_ring.h:try_pop:[D]:acq_rel>acquire mpmc_ring
include/pawl/mpmc_ring64.h mpmc_ring64.h:try_push_n:[G]:release>relaxed mpmc_ring64
include/pawl/spsc_ring.h spsc_ring.h:fill:[A]:release>relaxed spsc_ring
include/pawl/spinlock.h spinlock.h:unlock:[B]:release>relaxed spinlock
include/pawl/ticketlock.h ticketlock.h:unlock:[B]:release>relaxed ticketlock
include/pawl/sem.h sem.h:post:[A]:acq_rel>acquire sem
include/pawl/event.h event.h:waited:[W]:seq_cst>acquire event
src/event.c event.c:prepare:[A]:seq_cst>acq_rel event
src/event.c event.c:listen:[L]:seq_cst>acq_rel event
END
try "a seed repeats a run" repeats "$programs/mpmc_ring"
try "an option that litmus does not know" refuses "$litmus" --no-such-option
try "a replay that does not fit" refuses "$programs/mpmc_ring" --scenario 0 --replay h9
try "a store that is not there" refuses "$programs/mpmc_ring" --scenario 0 --replay ay
