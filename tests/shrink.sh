#!/bin/sh
# shrink.sh - runs a command; if it fails, finds the shortest that still does.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/shrink.sh TRIES COMMAND...       its words without blanks inside
#
# What fails is run TRIES times more, to see how often it does that again.  Then what
# can be is left out or made less, one thing after the other: the disturbance, the
# priority, the CPU, time, items, threads; schedules or kills.  It stays out where one
# of TRIES runs still fails, with the same exit status.  A seed repeats the dice of
# threads, not their timing: so the shortest of these is one that these runs have found,
# and what fails seldom may have been kept for no reason.  A program under a scheduler
# repeats exactly: one try is enough, and the least number of schedules is the least.
#
# Exit status: 0 it does not fail; 3 it proves nothing, as it says itself; else 1, and
# the last line is `shortest, fails N of TRIES times: COMMAND`, or `shrinks not: WHY`.
set -u
misuse() { echo "shrink: $1" >&2; exit 2; }
[ $# -ge 2 ] || misuse "usage: tests/shrink.sh TRIES COMMAND..."
case $1 in '' | *[!0-9]* | 0) misuse "TRIES is a number from 1 on, not '$1'" ;; esac
tries=$1; shift
command=$*

export TSAN_OPTIONS="halt_on_error=1 second_deadlock_stack=1 history_size=4"
limit="timeout -k 5 ${TIMEOUT:-120}"
setarch -R true 2>/dev/null && limit="$limit setarch -R"
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT

run() { $limit $1 >"$scratch/log" 2>&1; }

# It fails as it did first: that run's log is kept.
fails_now()
{
    run "$1"
    [ $? -eq $failure ] && mv "$scratch/log" "$scratch/failed"
}

# At least once.
fails()
{
    for try in $(seq "$tries"); do fails_now "$1" && return; done
    return 1
}

# $times: how often the command fails.
count()
{
    times=0
    for try in $(seq "$tries"); do fails_now "$command" && times=$((times + 1)); done
}

# edit SED: the command, so edited, takes its own place, if it fails too.
edit()
{
    shorter=$(echo "$command" | sed -E "$1")
    [ "$shorter" != "$command" ] && fails "$shorter" || return 1
    command=$shorter
    echo "fails too: $command"
}

# lower BEFORE: the number that stands there, by halves as far down as it fails; to the
# least, where that is small or one try tells.
lower()
{
    least=1
    most=$(echo "$command" | sed -nE "s/.* $1([0-9]+).*/\1/p")
    while [ "${most:-0}" -gt $least ]; do
        half=$(((least + most) / 2))
        if edit "s/( $1)[0-9]+/\1$half/"; then most=$half
        elif [ "$most" -le 8 ] || [ "$tries" -eq 1 ]; then least=$((half + 1))
        else return; fi
    done
}

shrink()
{
    edit 's/[^ ]+soak\.sh disturb [0-9]+ //'
    edit 's/nice -n [0-9]+ //'
    edit 's/taskset -c [0-9]+ //'
    edit '/--threads/!s/ --seconds .*/& --threads 4:4/'
    edit 's/ --seconds [0-9]+/ --items 1000/' || edit 's/ --seconds [0-9]+//'
    lower '--threads '; lower '--threads [0-9]+:'
    lower '--items '
    lower '--kills '
    scenario=$(sed -nE 's/^replay: .* --scenario ([0-9]+) .*/\1/p' "$scratch/failed")
    [ -z "$scenario" ] || edit "/--scenario/!s/\$/ --scenario $scenario/"
    lower '--schedules '
}

run "$command"; failure=$?
[ $failure -ne 0 ] || exit 0
[ $failure -ne 3 ] || { grep 'nothing proved' "$scratch/log"; exit 3; }
mv "$scratch/log" "$scratch/failed"
tail -n 40 "$scratch/failed"
echo "exit status $failure: $command"
case $failure in 2 | 126 | 127) echo "shrinks not: it did not run"; exit 1 ;; esac
count
echo "fails again $times of $tries times"
[ "$times" -gt 0 ] || { echo "shrinks not: it fails too seldom"; exit 1; }
while before=$command; shrink; [ "$command" != "$before" ]; do :; done
count
tail -n 40 "$scratch/failed"
echo "shortest, fails $times of $tries times: $command"
exit 1
