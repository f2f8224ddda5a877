#!/bin/sh
# schedule_test.sh - the scheduler finds what it has to, and says no more than is so.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/schedule_test.sh DIR
# DIR has the programs of the way `schedule`: mpmc_ring, and those of schedule/controls,
# schedule/demo and schedule/loop.
set -u
[ $# -eq 1 ] && [ -x "$1/mpmc_ring" ] || { echo "usage: $0 DIR" >&2; exit 2; }
ring=$1/mpmc_ring
planted=$1/schedule/controls/planted
demo=$1/schedule/demo/lost_wakeup
. "$(dirname "$0")/tries.sh"

# Scenario K of the planted bugs is found within 1,000 schedules, and called VERDICT.
finds() # K VERDICT STRATEGY
{
    run 1 planted "$planted" --scenario "$1" --strategy "$3" --schedules 1000 --seed 7 \
        && has planted " FAILED\$" && has planted "^[a-z -]*: $2: " \
        && has planted '^ +[0-9]+  [a-h] .*planted\.c:[0-9]+ ' \
        && has planted '^replay: '
}

strict() # STRATEGY
{
    run 1 strict "$ring" --strict --strategy "$1" --seed 5 \
        && has strict 'wrong history' && has strict 'mpmc_ring\.h:[0-9]+ '
}

strict_and_replayed() { strict "$1" && replays strict; }
planted_and_replayed() { finds "$@" && replays planted; }

capped()
{
    run 0 capped "$ring" --scenario 35 --strategy dfs --schedules 50 \
        && has capped '50 schedules explored, not exhausted  ok$' \
        && run 0 whole "$ring" --scenario 35 --strategy dfs --schedules 1000000 \
        && has whole 'explored, exhausted  ok$' && hasnt whole 'not exhausted'
}

figures()
{
    run 0 figures "$ring" --schedules 20000 \
        && has figures '^figure schedules mpmc_ring 20[0-9]{3} schedules$' \
        && has figures '^figure schedules-rate mpmc_ring [0-9]+ schedules/s$' \
        && [ "$(head -n 1 "$scratch/figures" | cut -d ' ' -f 1)" = repro: ]
}

# The example in the header, built as it says there, finds what it is to find.
example()
{
    awk '/^ \* Example *$/ { inside = 1; next }
         inside && (/^ \* *$/ || /\*\//) { exit }
         inside { sub(/^ \*     /, ""); print }' stress/schedule/schedule.h \
        >"$scratch/example.c"
    ${CC:-cc} -std=c11 -Istress/seam -Istress -Iinclude "$scratch/example.c" \
        stress/schedule/*.c stress/history/*.c "$1/../libpawl.a" -pthread -lm \
        -o "$scratch/counter" || return 1
    run 0 example "$scratch/counter" \
        && has example '^counter: assertion: an increment was lost$'
}

try "right code is found right" \
    run 0 right "$planted" --scenario 8 --schedules 20000
k=0
for bug in "wrong history:torn claim" "deadlock:lost wake-up" "deadlock:two locks" \
    "livelock:livelock" "assertion:wake for no reason" "assertion:weak exchange" \
    "assertion:deadline" "crash:null pointer"; do
    for strategy in random pct dfs; do
        try "${bug#*:} by $strategy" planted_and_replayed $k "${bug%:*}" $strategy
    done
    k=$((k + 1))
done
for strategy in random pct dfs; do
    try "mpmc_ring is not exact, by $strategy" strict_and_replayed $strategy
done
try "the example in schedule.h" example "$1"
try "the demonstration" run 0 demo "$demo"
try "a poll loop" run 0 loop "$1/schedule/loop/eventfd" --schedules 20000
try "a seed repeats a run" repeats "$ring"
try "a cap is not called exhaustion" capped
try "figures" figures
try "an unknown option" refuses "$ring" --no-such-option
try "an unknown strategy" refuses "$ring" --strategy best
try "an unknown scenario" refuses "$ring" --scenario 100000
try "a bad seed" refuses "$ring" --seed x
try "a bad number of schedules" refuses "$ring" --schedules -1
try "no schedules" refuses "$ring" --schedules 0
try "a replay of nothing" refuses "$ring" --replay a3
try "a replay that does not fit" refuses "$ring" --scenario 0 --replay h9
try "a replay that is no replay" refuses "$ring" --scenario 0 --replay '?'
try "a replay that goes on too long" refuses "$ring" --scenario 0 --replay a3b3c9999
