#!/bin/sh
# pitfalls_test.sh - each pitfall of pitfalls.txt has its test; the 26th is here.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: MAKE=make tests/pitfalls_test.sh BUILD COMPILER...
# The list is held against the tests, and spoiled copies of it are to be refused.  Then
# the unit tests below run as each compiler makes them with -O0, -O3 and -flto.
set -u
build=$1; shift
tests="pitfalls pitfalls_wait pitfalls_lock edges_wrap edges_nested edges_ports
    spsc_ring mpmc_ring mpmc_swap event sem_wait channel_wait"
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT

# Every name that a test bears here, once.
named()
{
    grep -ohE 'cmocka_unit_test\(pitfall_[A-Za-z0-9_]+' tests/pitfalls*_test.c \
        | sed 's/.*(//'
    echo pitfall_26_optimizers
}
named >"$scratch/names"

# What is wrong with a list, a line each.
faults_of()
{
    awk '
        FNR == NR { test[$1] = 1; next }
        /^#/ { next }
        {   seen[$1]++; name = $2
            if (NF < 3) print $1 ": says nothing"
            if (sub(/^waits-for:/, "", name)) {
                header = "include/pawl/" name ".h"
                if ((getline line <header) >= 0) print $1 ": " header " is there"
            } else if (!(name in test)) {
                print $1 ": no test " name
            } else if (name !~ "^pitfall_" $1 "_") {
                print $1 ": " name " is not of that number"
            }
            delete test[name]
        }
        END {
            for (i = 1; i <= 26; i++)
                if (seen[sprintf("%02d", i)] != 1) print i ": not once in the list"
            for (name in test) print name ": not in the list"
        }' "$scratch/names" "$1"
}

faults_of tests/pitfalls.txt >"$scratch/faults"
cat "$scratch/faults"
if [ -s "$scratch/faults" ]; then echo "list FAILED"; else echo "list ok"; fi

# refuses WHAT SED-SCRIPT: a list that is changed so.
refuses()
{
    sed "$2" tests/pitfalls.txt >"$scratch/spoiled"
    if [ -n "$(faults_of "$scratch/spoiled")" ]
    then echo "$1 is noticed ok"; else echo "$1 is noticed FAILED"; fi
}
refuses "a line that is missing" '/^07/d'
refuses "a line that is there twice" '/^07/p'
refuses "a test that there is not" 's/ pitfall_09_[a-z_]*/ pitfall_09_close/'
refuses "a wait that is over" 's/waits-for:stack/waits-for:sem/'

# optimized COMPILER FLAGS: the tests, built and run so.
optimized()
{
    tree=$build/optimized/$1$(echo "$2" | tr -d ' ')
    programs=
    for t in $tests; do programs="$programs $tree/tests/${t}_test"; done
    ${MAKE:-make} -s BUILD="$tree" CC="$1" CFLAGS="$2" AR="$3" SAN= DEBUG= SEAM= \
        PERTURB= WERROR= $programs >"$scratch/log" || { cat "$scratch/log"; return 1; }
    for p in $programs; do
        "$p" >"$scratch/log" 2>&1 || { cat "$scratch/log"; return 1; }
    done
}

for compiler; do
    archiver=gcc-ar         # one that can read what -flto leaves for the linker
    "$compiler" --version | grep -qi clang && archiver=$(PATH=$PATH:$(dirname \
        "$(readlink -f "$(command -v "$compiler")")") command -v llvm-ar)
    for flags in -O0 -O3 "-O3 -flto"; do
        if ! echo 'int main(void) { return 0; }' | "$compiler" $flags -x c - \
            -o "$scratch/probe" 2>/dev/null
        then echo "SKIPPED pitfall_26_optimizers: $compiler $flags does not link"
        elif optimized "$compiler" "$flags" "${archiver:-ar}"
        then echo "pitfall_26_optimizers $compiler $flags ok"
        else echo "pitfall_26_optimizers $compiler $flags FAILED"
        fi
    done
done
