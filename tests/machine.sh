#!/bin/sh
# machine.sh - whether programs for another machine can be made and run here.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/machine.sh COMPILER QEMU CMOCKA.  QEMU is empty where none is needed.
# Status 0: they can; else it says what is not here.
set -u
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT

printf '#include <stdlib.h>\nint main(void) { exit(0); }\n' >"$scratch/try.c"
command -v "$1" >/dev/null || { echo "no ${1:-clang-NUMBER}"; exit 1; }
"$1" -static "$scratch/try.c" -o "$scratch/try" >/dev/null 2>&1 \
    || { echo "$1 makes no static program"; exit 1; }
[ -z "$2" ] || command -v "$2" >/dev/null || { echo "no $2"; exit 1; }
$2 "$scratch/try" || { echo "$2 does not run what $1 makes"; exit 1; }
[ -e "$3/src/cmocka.c" ] || { echo "no source of cmocka in $3"; exit 1; }
