#!/bin/sh
# examples.sh - every example in README.md and in the headers compiles.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: [ONLY=NAME] tests/examples.sh DIR LIBPAWL.A COMPILER...
#
# ONLY README.md's, one header's (spinlock.h), or a program (hello).
# In README.md an example is a block fenced by ```c and ```.  In a header it is
# what follows a comment line ` * Example`, up to the next empty comment line:
#
#      * Example
#      *     pawl_spinlock lock = PAWL_SPINLOCK_INIT;
#      *     pawl_spinlock_lock(&lock);
#      *
#
# One that has an #include, a main() or a static function at its left edge is a file
# as it stands; any other is the inside of a function, with all of Pawl included.
# Each is compiled as C11 and as C++17.  A block of README.md that begins with a
# file's title (/* hello.c - ... */) is to be that file of examples/, to the letter.
# Last, the programs of examples/ that are one file are built with the library, and run.
set -u
case $2 in /*) library=$2 ;; *) library=$PWD/$2 ;; esac
cd "$1" || exit 2
shift 2
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT

# NAME-LINE.txt for each example.
extract()
{
    awk -v to="$scratch" '
        inside && /^```/ { inside = 0; close(file); next }
        /^```c$/ { inside = 1; file = to "/README.md-" FNR ".txt"; next }
        inside { print >file }' README.md
    awk -v to="$scratch" '
        FNR == 1 { inside = 0 }
        inside && (/^ \* *$/ || !/^ \*/ || /\*\//) { inside = 0; close(file) }
        inside { sub(/^ \*/, ""); sub(/^     /, ""); print >file }
        /^ \* Example *$/ {
            inside = 1; name = FILENAME; sub(/.*\//, "", name)
            file = to "/" name "-" FNR ".txt"
        }' include/pawl/*.h
}

# The example as a file that can be compiled.
whole()
{
    if grep -qE '^(#include|int main\(|static )' "$1"; then
        cat "$1"
    else
        for h in pawl/pawl stdio stdlib string; do echo "#include <$h.h>"; done
        printf 'void example(void);\nvoid example(void)\n{\n'
        cat "$1"
        printf '}\n'
    fi
}

warn="-Wall -Wextra -Wpedantic -Werror"

compiles()
{
    for compiler; do
        for language in "c -std=c11" "c++ -std=c++17"; do
            whole "$example" | "$compiler" -x $language $warn -Wno-unused \
                -Iinclude -pthread -fsyntax-only - || return 1
        done
    done
}

# A block that has a file's title is that file.
is_its_file()
{
    file=$(sed -n '1s|^/\* \([a-z_]*\.c\) - .*|examples/\1|p' "$example")
    [ -z "$file" ] || diff "$file" "$example"
}

[ -e README.md ] || { echo "README.md is missing FAILED"; exit 1; }
extract
for example in "$scratch"/*.txt; do
    [ -e "$example" ] || { echo "README.md has no example FAILED"; exit 1; }
    name=$(basename "$example" .txt)
    case $name in "${ONLY:-}"*) ;; *) continue ;; esac
    if compiles "$@" && is_its_file; then echo "$name ok"; else echo "$name FAILED"; fi
done

# says NAME WHAT COMPILER LANGUAGE STANDARD: examples/NAME.c, which ends in a line WHAT.
says()
{
    "$3" -x "$4" "-std=$5" $warn -Iinclude -pthread "examples/$1.c" \
        -x none "$library" -o "$scratch/$1" && "$scratch/$1" >"$scratch/said" \
        && [ "$(tail -n 1 "$scratch/said")" = "$2" ]
}

# example NAME WHAT HOW...: the same, with its verdict.
example()
{
    case $1 in "${ONLY:-}"*) ;; *) return ;; esac
    if says "$@"; then echo "$1: $3 $4 $5 ok"; else echo "$1: $3 $4 $5 FAILED"; fi
}

for compiler; do
    plusplus=$(echo "$compiler" | sed 's/^gcc/g++/; s/^clang/clang++/')
    for how in "$compiler c c11" "$plusplus c++ c++17"; do
        example hello 'the squares of 1 to 1000 add up to 333833500' $how
        example reports 'all reports add up to 20000200000' $how
        example handles 'handles were used 400000 times' $how
        example bundles 'the samples add up to 42501700000' $how
        example samples 'the samples add up to 49500000' $how
        example workers 'all add up to 5000050000' $how
        example buffers 'the values add up to 4999950000' $how
        example jobs 'the last square is 9999800001' $how
        example telemetry 'all x add up to 299995' $how
        example mail 'all letters add up to 200020000' $how
        example pressure '520 calls; full 0 times, at most 192 items' $how
    done
done
