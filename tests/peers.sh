#!/bin/sh
# peers.sh - the peers of stress/peers/ that can be built here, by name.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/peers.sh COMPILER FLAGS...
# A peer's first two lines name the package and the header that it needs:
# (Debian libck-dev: ck_ring.h).  One that names none needs none.
for peer in stress/peers/*.c stress/peers/*.cc; do
    [ -e "$peer" ] || continue
    header=$(sed -n '1,2s/.*(Debian [^:]*: *\([^ ,)]*\).*/\1/p' "$peer")
    [ -z "$header" ] || echo "#if __has_include(<$header>)"
    echo "peer $(basename "${peer%.*}")"
    [ -z "$header" ] || echo "#endif"
done | "$@" -E -P -x c - | sed -n 's/^peer //p'
