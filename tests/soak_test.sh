#!/bin/sh
# soak_test.sh - a soak notes what it runs, and what fails is shrunk to what it needs.
# SPDX-License-Identifier: BSD-2-Clause
set -u
. "$(dirname "$0")/tries.sh"
unset TIMEOUT

# --- stand-ins ------------------------------------------------------------------------

mkdir "$scratch/bin"
PATH=$scratch/bin:$PATH
stand_in() { cat >"$scratch/$1"; chmod +x "$scratch/$1"; }

# Any CPU is here, and each look at the clock takes 25 seconds.
stand_in bin/taskset <<'END'
#!/bin/sh
shift 2; exec "$@"
END
stand_in bin/date <<END
#!/bin/sh
echo tick >>"$scratch/clock"; echo \$((25 * \$(wc -l <"$scratch/clock")))
END

# program NAME SCRIPT: it has each option as a variable, 0 where it is not there.
program()
{
    mkdir -p "$(dirname "$scratch/$1")"
    { cat "$scratch/options"; echo "$2"; } | stand_in "$1"
}
cat >"$scratch/options" <<'END'
#!/bin/sh
producers=0 consumers=0 seconds=0 items=0 schedules=0 kills=0
while [ $# -gt 0 ]; do
    case $1 in
    --threads) producers=${2%:*} consumers=${2#*:} ;;
    *) eval "${1#--}=$2" ;;
    esac
    shift 2
done
END

program right 'exit 0'
program threads '[ $producers -lt 3 ] || [ $consumers -lt 2 ]'
program time '[ $seconds -lt 2 ]'
program items '[ $seconds -eq 0 ] && [ $items -lt 257 ]'
program shapes '[ $producers -gt 0 ]'
program signals 'kill -USR1 $$; exit 1'         # where it is not ignored: dies of it
program schedules 'echo "replay: here --scenario 4 --replay a3"; [ $schedules -lt 37 ]'
program kills '[ $kills -lt 5 ]'
program odd "echo >>'$scratch/runs'; [ \$((\$(wc -l <'$scratch/runs') % 2)) -eq 0 ]"
program once "[ -e '$scratch/ran' ] || { >'$scratch/ran'; exit 1; }"
program unproved 'echo "nothing proved"; exit 3'
program misused 'exit 2'
program hangs 'sleep 9'

# --- what is shrunk -------------------------------------------------------------------

# The last line that was printed.
last() { tail -n 1 "$scratch/shrunk" | grep -xF "$1" || ! tail -n 5 "$scratch/shrunk"; }

# shrinks WHAT PROGRAM "N of 3" COMMAND: a whole round of it is shrunk to the command.
shrinks()
{
    try "$1" run 1 shrunk tests/shrink.sh 3 tests/soak.sh disturb 6 nice -n 5 \
        taskset -c 0 "$scratch/$2" --seed 9 --seconds 2 --threads 8:4
    try "$1: the shortest" last "shortest, fails $3 times: $4"
}

# exact WHAT PROGRAM OPTIONS SHORTEST: it is shrunk to the shortest, by one try each.
exact()
{
    try "$1" run 1 shrunk tests/shrink.sh 1 "$scratch/$2" $3
    try "$1: the shortest" last "shortest, fails 1 of 1 times: $scratch/$2 $4"
}

shrinks threads threads "3 of 3" "$scratch/threads --seed 9 --items 1 --threads 3:2"
shrinks items items "3 of 3" "$scratch/items --seed 9 --items 500 --threads 1:1"
shrinks time time "3 of 3" "$scratch/time --seed 9 --seconds 2 --threads 1:1"
shrinks signals signals "3 of 3" \
    "tests/soak.sh disturb 6 $scratch/signals --seed 9 --items 1 --threads 1:1"
shrinks "seldom" odd "1 of 3" "$scratch/odd --seed 9 --items 1 --threads 1:1"
try "seldom: how often" has shrunk '^fails again 1 of 3 times$'
exact shapes shapes "--seed 9 --seconds 2" "--seed 9 --items 1"
exact schedules schedules "--strategy pct --schedules 100000 --seed 9" \
    "--strategy pct --schedules 37 --seed 9 --scenario 4"
exact kills kills "--kills 1000 --seed 9" "--kills 5 --seed 9"

# ends WHAT STATUS PATTERN TRIES COMMAND...: shrink.sh ends so.
ends() { what=$1; shift; status=$1 line=$2; shift 2
    try "$what" says "$status" "$line" tests/shrink.sh "$@"; }
ends "what fails once" 1 '^shrinks not: it fails too seldom$' 3 "$scratch/once"
ends "what does not run" 1 '^shrinks not: it did not run$' 3 "$scratch/misused"
ends "what is not there" 1 '^shrinks not: it did not run$' 3 "$scratch/nothing"
TIMEOUT=0.1 ends "a hang" 1 '^shortest, fails 1 of 1 times: .*hangs$' 1 "$scratch/hangs"
ends "nothing proved" 3 '^nothing proved$' 1 "$scratch/unproved"
try "what does not fail is silent" sh -c \
    '[ -z "$(tests/shrink.sh 1 "$1" && echo 1 >&2)" ]' - "$scratch/right"
try "signals are sent" run 138 sent tests/soak.sh disturb 1 \
    env --default-signal=USR1 sleep 9

# --- rounds ---------------------------------------------------------------------------

soak() { rm -f "$scratch/clock"; tests/soak.sh "$@"; }

program schedule/schedule/right '[ $schedules -eq 100000 ]'
program fault/fault/right '[ $kills -eq 1000 ]'
all="$scratch/right $scratch/schedule/schedule/right $scratch/fault/fault/right"
try "a good soak" says 0 '^[0-9]* rounds in 2 minutes  ok$' \
    soak 2 16 "$scratch/log" $all
try "its log" cmp "$scratch/said" "$scratch/log"
for kind in "disturb [0-9]+ .*/right --seed [0-9]+ --seconds 2 --threads" \
    "schedule/right --strategy (random|pct) " "nice -n [0-9]+ .*fault/right" "taskset"
do try "has $kind" has log "^round [0-9]+: .*$kind"; done
try "the same again" soak 2 16 "$scratch/again" $all
try "a seed repeats it" cmp "$scratch/log" "$scratch/again"
try "a bad soak" says 1 '^soak: round [0-9]+  FAILED$' \
    soak 2 16 "$scratch/log" "$scratch/threads" "$scratch/shapes"
try "its last line" sh -c 'tail -n 1 "$1" | grep "FAILED$"' - "$scratch/said"
try "is shrunk" has said \
    '^shortest, fails 5 of 5 times: [^ ]* --seed [0-9]+ --items 1( |$)'
try "its whole log" cmp "$scratch/said" "$scratch/log"
try "too much proves nothing" says 1 '^soak: too many  FAILED$' \
    soak 2 16 "$scratch/log" "$scratch/unproved"

# --- misuse ---------------------------------------------------------------------------

try "no program" refuses tests/soak.sh 5 8 "$scratch/log"
try "one that is not there" refuses tests/soak.sh 5 8 "$scratch/log" "$scratch/nothing"
try "minutes that are none" refuses tests/soak.sh 1.5 8 "$scratch/log" "$scratch/right"
try "a seed that is none" refuses tests/soak.sh 5 0x8 "$scratch/log" "$scratch/right"
try "no place for a log" refuses tests/soak.sh 5 8 "$scratch/no/log" "$scratch/right"
try "nothing to disturb" refuses tests/soak.sh disturb 8
try "no tries" refuses tests/shrink.sh 0 "$scratch/right"
try "nothing to shrink" refuses tests/shrink.sh 3
