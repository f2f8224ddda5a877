#!/bin/sh
# futex_count.sh - how many futex calls a post and wait costs, counted by strace.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: bench/futex_count.sh [DIR [ITEMS]]      DIR: build/bench; ITEMS: 1000000
# One thread posts, one waits.  Under strace a system call is far slower than in life,
# so this is a run of its own and times nothing.  The few calls that threads
# need to start and end are counted too.  Exits with 77 where strace cannot trace.
dir=${1:-build/bench}
items=$((${2:-1000000} / 384 * 384))

skip() { echo "SKIPPED futex count: $1" >&2; exit 77; }
command -v strace >/dev/null || skip "no strace here (make deps)"
strace -o /dev/null true 2>/dev/null || skip "ptrace is not allowed here"
report=$(mktemp) || exit 2
trap 'rm -f "$report"' EXIT

for subject in sem sem_t; do
    if [ ! -x "$dir/$subject" ]; then
        echo "SKIPPED $subject: not built" >&2
        continue
    fi
    strace -f -c -e trace=futex -o "$report" \
        "$dir/$subject" --workload sem/1p1c --items "$items" --limit 300000 |
        grep -q "^sem/1p1c ok $items " || { echo "FAILED $subject" >&2; exit 1; }
    awk -v subject="$subject" -v items="$items" '
        $NF == "futex" { calls = $4 }
        END { printf "%-6s %8d futex calls, %d posts and waits: %.5f each\n",
                     subject, calls, items, calls / items }' "$report"
done
