#!/bin/sh
# soak.sh - trials for long: other threads, CPUs, priorities, signals each time.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/soak.sh MINUTES SEED PROGRAM...
#
# Each round takes one of the programs, at random, with a seed, a number of threads and
# a set of CPUs of its own.  While it runs it is sent SIGUSR1, which interrupts what its
# threads wait for, and is stopped for moments.  Every round's command is printed before
# it runs; the first that fails ends the soak, and its command repeats it.  Where eight
# threads share a CPU and are disturbed, what a trial is for may happen too seldom: that
# ends it with status 3, as one round in ten may.  The last line is `N rounds in N
# minutes  ok`, or that round's end and `FAILED`.
set -u
misuse() { echo "soak: $1" >&2; exit 2; }
[ $# -ge 3 ] || misuse "usage: tests/soak.sh MINUTES SEED PROGRAM..."
minutes=$1 seed=$2; shift 2
case $minutes in '' | *[!0-9]*) misuse "MINUTES is a number, not '$minutes'" ;; esac
case $seed in '' | *[!0-9]*) misuse "SEED is a number, not '$seed'" ;; esac
for program; do [ -x "$program" ] || misuse "no program: $program"; done

export TSAN_OPTIONS="halt_on_error=1 second_deadlock_stack=1 history_size=4"
log=$(mktemp) || exit 2
trap 'rm -f "$log"' EXIT
trap '' USR1                    # a program, too, ignores it until it has its handler
cpus=$(nproc)
end=$(($(date +%s) + 60 * minutes))
plain=; setarch -R true 2>/dev/null && plain="setarch -R"

# $dice: the next number of a row that begins with the seed (Lehmer's: 16807^n mod p).
dice=$((seed % 2147483646 + 1))
roll() { dice=$((dice * 16807 % 2147483647)); result=$((dice / 7 % $1)); }
pick() { roll $#; shift "$result"; result=$1; }

# Until the program ends: interrupt it, or stop it for a moment.
disturb()
{
    while kill -0 "$1" 2>/dev/null; do
        roll 8
        case $result in
        0) kill -STOP "$1"; sleep 0.05; kill -CONT "$1" ;;
        1 | 2) sleep 0.1 ;;
        *) kill -USR1 "$1"; sleep 0.005 ;;
        esac 2>/dev/null
    done
}

command_of_round()
{
    pick "$@"; program=$result
    roll 1000000000; flags="--seed $((result + 1)) --seconds 2"
    roll 3; [ "$result" -eq 0 ] || {
        pick 1 1 2 2 3 4 8; producers=$result
        pick 1 1 2 2 3 4 8
        case $program in *spsc*) producers=1 result=1 ;; esac
        flags="$flags --threads $producers:$result"
    }
    pin=; roll 3
    [ "$result" -ne 0 ] || { roll "$cpus"; pin="taskset -c $result"; }
    pick 0 0 0 5 19; nice="nice -n $result"
}

rounds=0 unproved=0
while [ "$(date +%s)" -lt "$end" ]; do
    command_of_round "$@"
    rounds=$((rounds + 1))
    echo "round $rounds: $nice $pin $program $flags"
    $nice $plain $pin "$program" $flags >"$log" 2>&1 &
    child=$!
    disturb $child
    wait $child; status=$?
    [ $status -ne 3 ] || { unproved=$((unproved + 1)) status=0
        grep 'nothing proved' "$log"; }
    [ $status -eq 0 ] || {
        tail -n 40 "$log"
        echo "soak: round $rounds, exit status $status  FAILED"
        exit 1
    }
done
echo "$unproved rounds proved nothing"
[ $((unproved * 10)) -le $((rounds + 9)) ] || { echo "soak: too many  FAILED"; exit 1; }
echo "figure soak all $rounds rounds"
echo "$rounds rounds in $minutes minutes  ok"
