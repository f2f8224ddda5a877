#!/bin/sh
# headers.sh - every public header compiles alone, in every language and mode.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/headers.sh COMPILER STAMPS
# A header whose STAMPS/COMPILER/NAME is younger than all headers is left in peace.
set -u
compiler=$1 stamps=$2/$1
mkdir -p "$stamps"
warn="-Wall -Wextra -Wpedantic -Werror"
implicit=
case $compiler in       # clang also sees an atomic that is used without an order
*clang*) implicit=-Watomic-implicit-seq-cst ;;
esac
"$compiler" --version >"$stamps/version.new"
cmp -s "$stamps/version.new" "$stamps/version" || rm -f "$stamps"/*.ok
mv "$stamps/version.new" "$stamps/version"

cxx23=c++23
echo | "$compiler" -x c++ -std=c++23 -fsyntax-only - 2>/dev/null || cxx23=c++2b

# try LANGUAGE STANDARD TEXT FLAGS...: compile the text alone.
try()
{
    language=$1 standard=$2 text=$3; shift 3
    printf '%b\n' "$text" | "$compiler" -x "$language" "-std=$standard" \
        $warn "$@" -Iinclude -fsyntax-only - && return
    echo "in: $compiler -x $language -std=$standard $*, with:"
    printf '%b\n' "$text"
    return 1
}

# With asserts and without; in C++, where that takes long, the former are in extern "C".
modes()
{
    line="#include <pawl/$1>" good=0
    for standard in c11 c17; do
        try c $standard "$line" -UPAWL_DEBUG $implicit || good=1
        try c $standard "$line" -DPAWL_DEBUG $implicit || good=1
    done
    for standard in c++17 c++20 $cxx23; do
        try c++ $standard "$line" -UPAWL_DEBUG || good=1
        try c++ $standard "extern \"C\" {\n$line\n}" -DPAWL_DEBUG || good=1
    done
    return $good
}

for path in include/pawl/*.h; do
    header=${path##*/}
    stamp=$stamps/$header.ok
    if [ -e "$stamp" ] && [ -z "$(find include tests/headers.sh -newer "$stamp")" ]
    then echo "$header ok"
    elif touch "$stamp.new" && modes "$header"
    then mv "$stamp.new" "$stamp" && echo "$header ok"
    else rm -f "$stamp" "$stamp.new"; echo "$header FAILED"
    fi
done
