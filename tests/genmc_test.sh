#!/bin/sh
# genmc_test.sh - GenMC's clients fail where an order is too weak.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/genmc_test.sh GENMC
set -u
genmc=${1:?usage: tests/genmc_test.sh GENMC}
. "$(dirname "$0")/tries.sh"

# The mutant NAME, as orders.awk makes it, is found by CLIENT/ENTRY: not as the time is
# over, or a thing does not compile.
finds() # NAME CLIENT/ENTRY MODEL
{
    case $1 in
    *.h:*) file=include/pawl/${1%%:*} ;;
    *)     file=src/${1%%:*} ;;
    esac
    rm -rf "$scratch/tree" "$scratch/mutants"
    mkdir -p "$scratch/tree/stress" "$scratch/mutants" \
        && cp -R include src "$scratch/tree" \
        && cp -R stress/genmc "$scratch/tree/stress" || return 1
    id=$(awk -v path="$file" -v out="$scratch/mutants" \
            -f stress/mutants/orders.awk "$file" \
        | awk -v name="$1" '$4 == name { print $1 }')
    [ -n "$id" ] || { echo "there is no mutant $1"; return 1; }
    cp "$scratch/mutants/$id" "$scratch/tree/$file"
    TREE=$scratch/tree MODELS=$3 tests/genmc.sh "$genmc" "$2" >"$scratch/found"
    has found '^Error: ' && has found ' FAILED$'
}

while read -r name client model; do
    try "$name $client $model" finds "$name" "$client" "${model:-rc11}" </dev/null
done <<END
spinlock.h:try_lock:[A]:acquire>relaxed spinlock/safety
spinlock.h:unlock:[B]:release>relaxed spinlock/safety imm
ticketlock.h:lock:[A]:acquire>relaxed ticketlock/safety
ticketlock.h:try_lock:[A]:acquire>relaxed ticketlock/tries
ticketlock.c:lock_slow:[D]:acquire>relaxed ticketlock/safety
sem.h:post:[A]:acq_rel>acquire sem/freed
sem.h:try_wait:[D]:acquire>relaxed sem/closed
sem.c:sleep_for:acq_rel>release sem/several
event.h:notify:[N]:release>relaxed event/handed
event.h:notify:[N]:release>relaxed event/two_by_two
event.h:waited:[W]:seq_cst>acquire event/waited
event.c:prepare:[A]:seq_cst>acq_rel event/waited
event.c:prepare:[A]:seq_cst>acq_rel event/waited imm
event.c:listen:[L]:seq_cst>acq_rel event_listen/waited
spsc_ring.h:fill:[A]:release>relaxed spsc_ring/safety
spsc_ring.h:took:[C]:release>relaxed spsc_ring/safety
mpmc_ring.h:try_push:[G]:release>relaxed mpmc_ring/safety
mpmc_ring.h:try_pop:[A]:acquire>relaxed mpmc_ring/laps
mpmc_ring.h:try_pop:[A]:acquire>relaxed mpmc_ring/laps imm
mpmc_ring.h:try_pop:[D]:acq_rel>acquire mpmc_ring/laps
mpmc_ring.h:try_push_sp:[G]:release>relaxed mpmc_ring/one_pushes
mpmc_ring.h:try_pop_sc:[F]:acquire>relaxed mpmc_ring/one_pops
mpmc_ring.h:try_pop_n:[F]:acquire>relaxed mpmc_ring/batches
mpmc_ring64.h:try_pop_n:[H]:release>relaxed mpmc_ring64/safety
mpmc_word.h:take_at:[E]:seq_cst>acquire mpmc_word/exact
mpmc_word.h:put_at:[A]:seq_cst>relaxed mpmc_word/room
mpmc_swap.h:guess_put:[A]:seq_cst>acq_rel mpmc_swap/exact
mpmc_swap.h:guess_take:[B]:seq_cst>relaxed mpmc_swap/room
mpmc_swap.h:guess_take:[B]:seq_cst>relaxed mpmc_swap/batches
mpmc_swap.c:look:seq_cst>acquire mpmc_swap/exact
mpmc_swap.c:leave:release>relaxed mpmc_swap/port
mpmc_swap.c:close:[C]:seq_cst>relaxed mpmc_swap/closed
mpsc_queue.h:try_push:[C]:acquire>relaxed mpsc_queue/links
mpsc_queue.c:tell:[B]:release>relaxed mpsc_queue/batches
mpsc_queue.c:draw:[O]:release>relaxed mpsc_queue/links
channel.h:pushed:seq_cst>acquire channel/safety
channel.h:pushed:seq_cst>acquire channel/consumers
event.c:prepare:[A]:seq_cst>acq_rel channel/producers
spsc_channel.h:take:[G]:seq_cst>acquire spsc_channel/safety
mpsc_channel.h:leave:[X]:acq_rel>release mpsc_channel/safety
sem.c:close:[C]:acq_rel>acquire worker_group/safety
END
