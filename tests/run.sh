#!/bin/sh
# run.sh - run one command, print one line, and note what passed and failed.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: RESULTS=DIR tests/run.sh KIND [-v] LABEL COMMAND...
#
#     build    counts as one: its exit status
#     unit     a cmocka program: each of its tests counts
#     trial    each line that ends in `ok` or `FAILED` counts
#     check    likewise, for scripts
#
# Whatever was to count and did not is a failure: a bad exit status without a
# failed test, or a good one without a passed test.  Exit status 77 is a skip.
# -v shows the command's output in any case, else it is shown when it failed.
# The exit status is 0 either way: tally.sh judges, when all has run.
set -u
kind=$1; shift
verbose=
[ "$1" = -v ] && { verbose=yes; shift; }
label=$1; shift
note=$RESULTS/$(echo "$label" | tr -c 'A-Za-z0-9_+\n' '-')

export TSAN_OPTIONS="halt_on_error=1 second_deadlock_stack=1 history_size=4"
export ASAN_OPTIONS="detect_stack_use_after_return=1"
export UBSAN_OPTIONS="print_stacktrace=1 halt_on_error=1"
case $kind in
unit | trial)   # older sanitizer run-times cannot place themselves at random
    limit="timeout -k 5 ${TIMEOUT:-120}"
    setarch -R true 2>/dev/null && limit="$limit setarch -R" ;;
*)  limit= ;;
esac

if [ -n "$verbose" ]; then
    printf '%s\n' "-- $label"
    { $limit "$@" 2>&1; echo $? >"$note.status"; } | tee "$note.log"
    status=$(cat "$note.status")
else
    $limit "$@" >"$note.log" 2>&1
    status=$?
fi

count() { grep -c "$1" "$note.log"; }
passed=0 failed=0
case $kind in
unit)   passed=$(count '^\[       OK \]')
        # cmocka names the failed ones twice: as they fail, and again at the end
        failed=$(grep '^\[  FAILED  \] [A-Za-z0-9_]*$' "$note.log" | sort -u | wc -l)
        grep '^\[  SKIPPED \] [A-Za-z0-9_]*$' "$note.log" | sort -u \
            | sed "s|.* |SKIPPED $label: |" ;;
trial | check)
        passed=$(count '\(^\|[[:space:]]\)ok$')
        failed=$(count '\(^\|[[:space:]]\)FAILED$')
        [ $kind = trial ] || grep '^SKIPPED ' "$note.log" ;;
build)  [ $status -eq 0 ] && passed=1 ;;
esac

why=
if [ $status -eq 77 ]; then
    passed=0 failed=0
    printf 'SKIPPED %s: %s\n' "$label" "$(tail -n 1 "$note.log")" | tee "$note.skipped"
elif [ $status -ne 0 ] && [ "$failed" -eq 0 ]; then
    failed=1 why=" (exit status $status)"
elif [ $status -eq 0 ] && [ $((passed + failed)) -eq 0 ]; then
    failed=1 why=" (nothing was counted)"
fi

# What is worth reading: not what passed, and of much text the beginning and the end.
excerpt()
{
    grep -vE '[[:space:]]ok$|^\[ (RUN   |      OK)|^  (CC|AR|LD) ' "$note.log" | awk '
        NR <= 40 { print }
        { last[NR % 80] = $0 }
        END {
            if (NR > 120) print "..."
            for (i = NR - 79 > 41 ? NR - 79 : 41; i <= NR; i++) print last[i % 80]
        }' | sed 's/^/        | /'
}

echo "$passed $failed $label" >"$note"
if [ "$failed" -gt 0 ]; then
    {   printf 'FAILED  %s: %s of %s%s\n' "$label" "$failed" $((passed + failed)) "$why"
        [ -z "$verbose" ] && excerpt
    } >"$note.report"
    cat "$note.report"
elif [ $status -ne 77 ] && [ -z "$verbose" ]; then
    printf 'ok  %4s  %s\n' "$passed" "$label"
fi
exit 0
