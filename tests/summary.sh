#!/bin/sh
# summary.sh - README's line about the proof, as PROOF.md has it.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/summary.sh PROOF.md            prints it
#        tests/summary.sh PROOF.md README     is it what README has between its marks?
#        tests/summary.sh PROOF.md README -   puts it there
#
# PROOF.md's table has a structure in each row and a rung in each column, `-` where that
# rung has nothing to say of it.  What was not held, a line `Not held:` names.
set -u
[ $# -ge 1 ] && [ -r "$1" ] || { echo "usage: $0 PROOF.md [README [-]]" >&2; exit 2; }

line()
{
    awk -F ' [|] ' '
        /^Not held: / { sub(/^Not held: /, ""); not_held = $0 }
        /^[|] structure / { rungs = NF - 1; next }
        rungs && /^[|] `/ && !/^[|] `all`/ {
            structures++
            for (i = 2; i <= NF; i++) held += $i !~ /^-( [|])?$/
        }
        END {
            if (!structures) exit 1
            printf "[PROOF.md](PROOF.md): %d structures on %d rungs, %d cells: ",
                structures, rungs, held
            print not_held == "" ? "all held." : "not held: " not_held
        }' "$1" || { echo "$0: no table in $1" >&2; exit 2; }
}

said=$(line "$1") || exit 2
case $# in
1)  echo "$said" ;;
2)  there=$(sed -n '/^<!-- proof -->$/,/^<!-- \/proof -->$/p' "$2" | grep -v '^<!--')
    if [ "$there" = "$said" ]; then echo "what $2 says of the proof ok"
    else
        printf '%s\n' "$1: $said" "$2: $there"
        echo "what $2 says of the proof FAILED"
    fi ;;
*)  SAID=$said awk '
        /^<!-- \/proof -->$/ { within = 0 }
        !within { print }
        /^<!-- proof -->$/ { print ENVIRON["SAID"]; within = 1 }' "$2" >"$2.new" \
        && mv "$2.new" "$2" ;;
esac
