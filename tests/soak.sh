#!/bin/sh
# soak.sh - trials for long: other threads, CPUs, priorities, signals, kills each time.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/soak.sh MINUTES SEED LOG PROGRAM...
#        tests/soak.sh disturb SEED COMMAND...
#
# Each round takes one of the programs, by dice, and gives it a seed.  A trial has a
# number of threads, a priority and perhaps a CPU of its own, and is disturbed, as the
# second usage does it to any command: SIGUSR1 interrupts what its threads wait for,
# and it is stopped for moments.  A program of stress/fault kills processes at random.
# One under a scheduler has schedules that nobody has seen yet.
#
# Every round's command is printed before it runs, and noted in LOG; what fails is run
# again and shrunk by shrink.sh, and ends the soak.  Where eight threads share a CPU
# and are disturbed, what a trial is for may happen too seldom: that ends it with
# status 3, as one round in ten may.  The last line ends in `ok` or `FAILED`.
set -u
misuse() { echo "soak: $1" >&2; exit 2; }
number() { case $2 in '' | *[!0-9]*) misuse "$1 is a number, not '$2'" ;; esac; }

# $dice: the next number of a row that begins with the seed (Lehmer's: 16807^n mod p).
begin_dice() { dice=$(($1 % 2147483646 + 1)); }
roll() { dice=$((dice * 16807 % 2147483647)); result=$((dice / 7 % $1)); }
pick() { roll $#; shift "$result"; result=$1; }

# Until the command ends: interrupt it, or stop it for a moment.
disturb()
{
    trap '' USR1                # a program ignores it, too, until it has its handler
    "$@" &
    child=$!
    while kill -0 $child 2>/dev/null; do
        roll 8
        case $result in
        0) kill -STOP $child; sleep 0.05; kill -CONT $child ;;
        1 | 2) sleep 0.1 ;;
        *) kill -USR1 $child; sleep 0.005 ;;
        esac 2>/dev/null
    done
    wait $child
}

usage="usage: tests/soak.sh MINUTES SEED LOG PROGRAM..., or disturb SEED COMMAND..."
[ "${1:-}" != disturb ] || {
    [ $# -ge 3 ] || misuse "$usage"
    number SEED "$2"; begin_dice "$2"; shift 2
    disturb "$@"; exit
}
[ $# -ge 4 ] || misuse "$usage"
number MINUTES "$1"; number SEED "$2"
minutes=$1 seed=$2 log=$3; shift 3
for program; do [ -x "$program" ] || misuse "no program: $program"; done
true >"$log" || misuse "no log: $log"
verdict=$(mktemp) || exit 2
trap 'rm -f "$verdict"' EXIT
begin_dice "$seed"
end=$(($(date +%s) + 60 * minutes))
cpus=$(for cpu in $(seq 0 $(($(nproc --all) - 1))); do
    taskset -c "$cpu" true 2>/dev/null && echo "$cpu"; done)

# $place: a priority, or not, and a CPU, or not.
place_of_round()
{
    place=
    pick 0 0 0 5 19; [ "$result" -eq 0 ] || place="nice -n $result "
    roll 3; [ "$result" -ne 0 ] || [ -z "$cpus" ] || {
        pick $cpus; place="${place}taskset -c $result "; }
}

threads_of_round()
{
    pick 1 1 2 2 3 4 8; threads=$result
    pick 1 1 2 2 3 4 8; threads=" --threads $threads:$result"
    roll 3; [ "$result" -ne 0 ] || threads=         # its own, of several shapes
}

# $command; $tries: how often it is worth while to see whether it fails again.
command_of_round()
{
    pick "$@"; program=$result tries=5
    roll 1000000000; flags="--seed $((result + 1))"
    place_of_round
    case $program in
    */schedule/schedule/* | */model/model/*)
        pick random pct; tries=1
        command="$program --strategy $result --schedules 100000 $flags"
        scheduled=$((scheduled + 1)) ;;
    */fault/fault/*)
        command="$place$program --operations 1000 --kills 1000 $flags"
        killed=$((killed + 1)) ;;
    *)  threads_of_round
        roll 1000000000
        command="$0 disturb $result $place$program $flags --seconds 2$threads" ;;
    esac
}

# Exit status: 0 it is right, or proves nothing.
round()
{
    command_of_round "$@"
    rounds=$((rounds + 1)) names="$names ${program##*/}"
    echo "round $rounds: $command"
    "$(dirname "$0")/shrink.sh" $tries $command
    status=$?
    [ $status -ne 3 ] || { unproved=$((unproved + 1)); status=0; }
    return $status
}

soak()
{
    rounds=0 scheduled=0 killed=0 unproved=0 names=
    echo "soak: $minutes minutes, SEED=$seed"
    while round "$@" || { echo "soak: round $rounds  FAILED"; return 1; }
        [ "$(date +%s)" -lt "$end" ]
    do :; done
    echo "$scheduled rounds under a scheduler, $killed with kills;" \
        "$unproved proved nothing"
    [ $((unproved * 10)) -le $((rounds + 9)) ] \
        || { echo "soak: too many  FAILED"; return 1; }
    printf '%s\n' $names | sort | uniq -c \
        | awk '{ print "figure soak", $2, $1, "rounds" }'
    echo "$rounds rounds in $minutes minutes  ok"
}

echo 1 >"$verdict"
{ soak "$@"; echo $? >"$verdict"; } 2>&1 | tee "$log"
exit "$(cat "$verdict")"
