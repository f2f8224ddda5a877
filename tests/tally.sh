#!/bin/sh
# tally.sh - add up what run.sh noted, and judge.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/tally.sh RESULTS.  The last line is `N passed, N failed`.
set -u
cd "$1" || exit 1
for note in *; do
    [ -e "$note" ] || continue
    case $note in *.log | *.report | *.skipped | *.status | *.probe) continue ;; esac
    cat "$note"
done | awk '
    { passed += $1; failed += $2 }
    $2 > 0 { $1 = $2 = ""; print "FAILED:" substr($0, 2) }
    END {
        if (passed == 0) failed++       # nothing ran: that is no success
        printf "%d passed, %d failed\n", passed, failed
        exit failed > 0
    }'
