#!/bin/sh
# stops.sh - what a stopped or killed thread holds up, call by call, as README says it.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/stops.sh PROGRAMS          prints the table, from the programs in stress/
#        tests/stops.sh PROGRAMS README   is it what stands there, between its marks?
set -u
programs=$1

table()
{
    for name in $(sed -n 's/^#include <pawl\/\(.*\)\.h>.*/\1/p' include/pawl/pawl.h); do
        for program in "$programs/$name" "$programs/$name"_* \
            "$programs/fault/loop/$name"; do
            other=${program##*/}
            [ "$other" != "$name" ] && [ -e "include/pawl/$other.h" ] && continue
            [ ! -x "$program" ] || "$program" --fast --summary || exit 1
        done
    done | awk '!/^\| structure / && !/^\|---/ { print }
        /^\| structure / && !head++ { print; getline; print }'
}

if [ $# -eq 1 ]; then table; exit; fi
table >"$programs/stops" || exit 1
sed -n '/^<!-- stops -->$/,/^<!-- \/stops -->$/p' "$2" | grep '^|' \
    >"$programs/stops.readme"
if diff "$programs/stops.readme" "$programs/stops"
then echo "the table of stops in $2 ok"; else echo "the table of stops in $2 FAILED"; fi
