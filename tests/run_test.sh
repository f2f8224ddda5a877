#!/bin/sh
# run_test.sh - run.sh and tally.sh count rightly, failures above all.
# SPDX-License-Identifier: BSD-2-Clause
set -u
RESULTS=$(mktemp -d) || exit 2
export RESULTS
trap 'rm -rf "$RESULTS"' EXIT

# counts WHAT "PASSED FAILED" KIND SCRIPT: a shell script is counted so.
counts()
{
    rm -f "$RESULTS"/*
    tests/run.sh "$3" try sh -c "$4" >/dev/null 2>&1
    if [ "$(cat "$RESULTS/try")" = "$2 try" ]
    then echo "$1 ok"; else echo "$1: counted $(cat "$RESULTS/try") FAILED"; fi
}

# ends WHAT STATUS LINE NOTE...: the tally of these notes, of $expected above all.
expected=
ends()
{
    what=$1 status=$2 line=$3; shift 3
    rm -f "$RESULTS"/*
    for note; do echo "$note" >"$RESULTS/${note##* }"; done
    last=$(tests/tally.sh "$RESULTS" $expected | tail -n 1)
    tests/tally.sh "$RESULTS" $expected >/dev/null
    if [ "$?" = "$status" ] && [ "$last" = "$line" ]
    then echo "$what ok"; else echo "$what: $last FAILED"; fi
}

unit='echo "[       OK ] a"; echo "[       OK ] b";'
bad='echo "[  FAILED  ] c"; echo "[  FAILED  ] 1 test(s):"; echo "[  FAILED  ] c";'
counts "unit tests"                   "2 0" unit  "$unit"
counts "a failed unit test"           "2 1" unit  "$unit $bad exit 1"
counts "unit tests that crash"        "2 1" unit  "$unit kill -SEGV \$\$"
counts "a program without a test"     "0 1" unit  "exit 0"
counts "trials"                       "2 0" trial "echo 1x1 ok; echo 2x2 ok"
counts "a failed trial"               "1 1" trial "echo 1x1 ok; exit 1"
counts "a trial that a report ends"   "1 1" trial "echo 1x1 ok; exit 66"
counts "a trial that proves nothing"  "0 1" trial "exit 0"
counts "a program that was not built" "0 1" trial "exec ./no-such-program"
counts "a skip is no success"         "0 0" trial "echo 1x1 ok; exit 77"
counts "a build"                      "1 0" build "exit 0"
counts "a failed build"               "0 1" build "exit 2"
TIMEOUT=1 counts "a hang"             "0 1" trial "sleep 20"

ends "a good end" 0 "3 passed, 0 failed" "1 0 a" "2 0 b"
ends "a bad end"  1 "3 passed, 1 failed" "1 0 a" "2 1 b"
ends "an empty end is bad" 1 "0 passed, 1 failed"
expected="a b"
ends "what has to run, and did" 0 "3 passed, 0 failed" "1 0 a" "2 0 b"
ends "what has to run, and did not" 1 "1 passed, 1 failed" "1 0 a" "0 0 c"
ends "what has to run, and is skipped" 0 "1 passed, 0 failed" "1 0 a" "0 0 b.skipped"
expected=

# writes WHAT STATUS TEXT: the page over the notes at hand ends so, and has this text.
writes()
{
    page=$(tests/proof.sh "$RESULTS" 2>&1)
    if [ $? = "$2" ] && echo "$page" | grep -qF -e "$3"
    then echo "$1 ok"; else echo "$1 FAILED"; fi
}

rm -f "$RESULTS"/*
writes "no page of nothing" 1 "no page"
echo "1 0 gcc sem" >"$RESULTS/sem"
echo "sem  tokens  40 items  3 ms  ok" >"$RESULTS/sem.log"
echo "1 0 gcc history/sem" >"$RESULTS/histories"
echo "sem  long  50 items  3 ms  ok" >"$RESULTS/histories.log"
writes "items of histories are not the trials'" 0 "| 40 items |"
echo "1 1 gcc sem" >"$RESULTS/sem"
writes "a failure is named" 0 "Not held: gcc sem."

# The line that README has of it: put there, found there; and noticed when it is not.
says()
{
    tests/summary.sh "$RESULTS/page" "$RESULTS/README" >"$RESULTS/said"
    if grep -q "$2\$" "$RESULTS/said"
    then echo "$1 ok"; else cat "$RESULTS/said"; echo "$1 FAILED"; fi
}
printf 'a\n<!-- proof -->\nold\n<!-- /proof -->\nb\n' >"$RESULTS/README"
tests/proof.sh "$RESULTS" >"$RESULTS/page"
says "a line of another page is noticed" " FAILED"
tests/summary.sh "$RESULTS/page" "$RESULTS/README" -
says "the line of this page is right" " ok"
if grep -q '1 structures on 12 rungs, 1 cells: not held: gcc sem.$' "$RESULTS/README" \
    && [ "$(grep -c . "$RESULTS/README")" = 5 ]
then echo "what was not held is in the line ok"
else cat "$RESULTS/README"; echo "what was not held is in the line FAILED"; fi
