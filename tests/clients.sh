#!/bin/sh
# clients.sh - the clients for GenMC are there, and run as plain programs too.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/clients.sh LIBPAWL.A COMPILER...
set -u
[ $# -ge 2 ] || { echo "usage: $0 LIBPAWL.A COMPILER..." >&2; exit 2; }
library=$1; shift
. "$(dirname "$0")/tries.sh"

# Each structure has one; what lies below them has one, or a reason why not.
none_is_missing()
{
    missing=0
    for header in $(grep -lE '^ \* Layer +[1-9]' include/pawl/*.h); do
        name=$(basename "$header" .h)
        grep -qE '^ \* Layer +[2-9]' "$header" \
            || ! grep -q "^$name " stress/genmc/without.txt || continue
        [ -e "stress/genmc/$name.c" ] || { echo "$name has no client"; missing=1; }
    done
    return $missing
}

# By the real headers: it takes from the library what it does not include itself.
runs() # COMPILER CLIENT
{
    "$1" -std=c11 -O1 -Wall -Wextra -Wpedantic -Werror -Iinclude "stress/genmc/$2.c" \
        "$library" -pthread -o "$scratch/client" && run 0 said "$scratch/client"
}

try "each structure has a client" none_is_missing
for client in $(cd stress/genmc && ls ./*.c | sed 's|^\./||; s/\.c$//'); do
    for compiler; do
        try "$client, $compiler" runs "$compiler" "$client"
    done
done
