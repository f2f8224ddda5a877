#!/bin/sh
# sites.sh - every atomic operation of the sources is one at which somebody is stopped.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/sites.sh UNVISITED PROGRAM...        in the top directory
# The PROGRAMs are those of fault injection, all of them.  UNVISITED says which
# operations they need not come to, and why.  Where an operation takes several lines,
# compilers do not agree in which of them it is: one is as good as the other.
set -u
[ $# -ge 2 ] && [ -r "$1" ] || { echo "usage: $0 UNVISITED PROGRAM..." >&2; exit 2; }
unvisited=$1; shift
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

for program in "$@"; do
    "$program" --sites --operations 20 || { echo "$program: FAILED" >&2; exit 1; }
done >"$work/visited"
for path in include/pawl/*.h src/*.c; do
    awk -v path="$path" -v places=1 -f stress/mutants/orders.awk "$path" || exit 1
done >"$work/places"

awk '
    function bad(text) { print text; failed = 1 }
    function rest(from,    text, i) {
        for (i = from; i <= NF; i++)
            text = text " " $i
        return text
    }

    FILENAME == ARGV[1] { visited[$1, $2, $3] = 1; next }
    FILENAME == ARGV[2] && /^#/ { next }
    FILENAME == ARGV[2] && /^[^ ]/ { reason = 1; next }
    FILENAME == ARGV[2] && NF == 0 { reason = 0; next }
    FILENAME == ARGV[2] {
        excused[$1 " " $2 rest(3)] = 1
        if (!reason)
            bad("no reason for " $1 " " $2 rest(3))
        next
    }
    {
        name = $1 " " $5 rest(6)
        hit = 0
        for (i = $2 + 0; i <= $3 + 0; i++) {
            if (($1, i, $4) in visited)
                hit = 1
            if (taken[$1, i, $4]++)
                bad("two in one line cannot be told apart: " name)
        }
        all++
        came += hit
        known[name] = 1
        if (hit && name in excused)
            bad("somebody is stopped, and it is in the list: " name)
        if (!hit && !(name in excused))
            bad("nobody is stopped: " name)
    }
    END {
        for (name in excused)
            if (!(name in known))
                bad("no such operation: " name)
        printf "%d of %d operations\n", came, all
        exit failed || came == 0
    }' "$work/visited" "$unvisited" "$work/places"
