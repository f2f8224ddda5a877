#!/bin/sh
# probes.sh - the library has a note for each probe that src/probe.h names.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/probes.sh COMPILER LIBPAWL.SO        in the top directory
# Exit status 77: there is no <sys/sdt.h>, and so no probe.
set -u
export LC_ALL=C
echo '#include <sys/sdt.h>' | "$1" ${CPPFLAGS:-} -x c -E - >/dev/null 2>&1 || {
    echo "sys/sdt.h is not here, the library has no probes (make deps)"; exit 77; }
notes=$(readelf -n "$2" | awk '$1 == "Provider:" { p = $2 }
    $1 == "Name:" { name = $2 }
    $1 == "Arguments:" { print p ":" name, NF - 1 }')
names=$(sed -n 's/^    PROBE\([0-9]\)(\([a-z_]*\), .*/\2 \1/p' src/probe.h)
[ -n "$names" ] || { echo "src/probe.h: names no probe FAILED"; exit 1; }
echo "$names" | while read -r name arguments; do
    if echo "$notes" | grep -qx "pawl:$name $arguments"; then echo "$name ok"
    else echo "$name: no note of it, with $arguments arguments FAILED"; fi
done
