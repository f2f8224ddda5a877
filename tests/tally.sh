#!/bin/sh
# tally.sh - add up what run.sh noted, and judge.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/tally.sh RESULTS [NAME...]
# The last line is `N passed, N failed`.  A NAME of which there is no note, and no skip,
# has failed: what was to run and did not is no success.
set -u
cd "$1" || exit 1
shift
for name; do
    [ -e "$name" ] || [ -e "$name.skipped" ] || echo "0 1 $name (it did not run)"
done >missing.note
for note in *; do
    [ -e "$note" ] || continue
    case $note in *.*) continue ;; esac         # what a note has beside it
    cat "$note"
done | cat - missing.note | awk '
    { passed += $1; failed += $2 }
    $2 > 0 { $1 = $2 = ""; print "FAILED:" substr($0, 2) }
    END {
        if (passed == 0) failed++       # nothing ran: that is no success
        printf "%d passed, %d failed\n", passed, failed
        exit failed > 0
    }'
