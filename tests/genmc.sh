#!/bin/sh
# genmc.sh - the public model checker GenMC explores the clients of stress/genmc/.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: [TREE=DIR] [MODELS="rc11 imm"] tests/genmc.sh GENMC CLIENT[/ENTRY]...
# Each entry of a client is explored under each model: a line of it ends in `ok`, or in
# `FAILED`: some execution goes wrong, has a data race, waits for ever, or 60 seconds
# are over.  TREE has include/, src/ and stress/genmc/.
#
# RC11 is C11's memory, repaired; IMM orders less, as machines do, and tells of no
# races.  Where a thread spins, stress/genmc/pawl/ says so, and GenMC is not to guess:
# its own guess leaves out lost exchanges.  What it calls blocked is an execution in
# which somebody spins or sleeps; --check-liveness says if that is for ever.
set -u
genmc=${1:?usage: tests/genmc.sh GENMC CLIENT[/ENTRY]...}
shift
clients=${TREE:-.}/stress/genmc
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT

options="-v1 --check-liveness --disable-estimation --disable-spin-assume --disable-sr
    --disable-ipr --disable-confirmation-annotation --disable-loop-jump-threading
    --disable-mm-detector"

# Functions `int NAME(void)`, in the client or in what it includes.
entries() # CLIENT
{
    { cat "$clients/$1.c"
      for header in $(sed -n 's/^#include "\([a-z]*\.h\)"$/\1/p' "$clients/$1.c"); do
          cat "$clients/$header"
      done; } | sed -n 's/^int \([a-z_]*\)(void)$/\1/p' | grep -vx main
}

number() { sed -n "s/^Number of $1: \([0-9]*\).*/\1/p" "$scratch/said"; }

explore() # CLIENT ENTRY MODEL
{
    file=$clients/$1.c
    # shellcheck disable=SC2046,SC2086
    timeout 60 "$genmc" --"$3" $options --program-entry-function="$2" \
        $(sed -n 's/^ \* Flags: //p' "$file") \
        -- -std=c11 -I"$clients" -I"${TREE:-.}/include" "$file" \
        >"$scratch/said" 2>&1
    status=$?
    executions=$(number 'complete executions explored')
    blocked=$(number 'blocked executions seen')
    if [ $status -eq 0 ] && [ "${executions:-0}" -gt 0 ]; then
        echo "figure genmc $1 $executions executions"
        printf '%-13s %-10s %-4s %7d executions %6d blocked  ok\n' "$1" "$2" "$3" \
            "$executions" "${blocked:-0}"
    else
        cat "$scratch/said"
        echo "$1 $2 $3: exit status $status  FAILED"
    fi
}

for client; do
    name=${client%%/*}
    case $client in
    */*) chosen=${client#*/} ;;
    *)   chosen=$(entries "$name") ;;
    esac
    for entry in $chosen; do
        for model in ${MODELS:-rc11 imm}; do
            explore "$name" "$entry" "$model"
        done
    done
done
