#!/bin/sh
# examples_test.sh - examples.sh notices a broken example, in a copy.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/examples_test.sh LIBPAWL.A COMPILER
set -u
case $1 in /*) library=$1 ;; *) library=$PWD/$1 ;; esac
compiler=$2
copy=$(mktemp -d) || exit 2
trap 'rm -rf "$copy"' EXIT

fresh()
{
    rm -rf "$copy/tree" && mkdir "$copy/tree"
    cp -R include src examples README.md "$copy/tree"
}

# failures TIME [NAME]
failures() { ONLY=${2:-} tests/examples.sh "$copy/tree" "$library" "$compiler" \
    2>/dev/null | grep 'FAILED$' >"$copy/$1"; }

fresh
failures before

# noticed WHAT EXPECTED COMMAND...: after the command, there are more lines FAILED that
# begin with EXPECTED than before.
noticed()
{
    what=$1 expected=$2; shift 2
    fresh
    (cd "$copy/tree" && "$@")
    failures after "${expected%:}"
    if [ "$(grep -c "^$expected" "$copy/before")" \
        -lt "$(grep -c "^$expected" "$copy/after")" ]
    then echo "$what: noticed ok"; else echo "$what: not noticed FAILED"; fi
}

block() { printf '\n```c\n%s\n```\n' "$1" >>README.md; }
head_comment()
{
    sed -i '0,/^ \*\//s|^ \*/| * Example\n *     no_such_function();\n */|' \
        include/pawl/spinlock.h
}

noticed "a fragment of README.md" README.md block 'no_such_function();'
noticed "a file in README.md" README.md block '#include <pawl/no_such_header.h>'
noticed "C that is no C++" README.md block 'int *p = (void *)0; (void)p;'
noticed "a copy that is out of date" README.md block '/* hello.c - not the same. */'
noticed "an example in a header" spinlock.h head_comment
noticed "a hello.c that fails" hello: sed -i \
    's/^int main(void)/int main(void) { return 3; }\nint no(void);\nint no(void)/' \
    examples/hello.c
noticed "a reports.c that adds up wrong" reports: sed -i 's/left > 0/left > 1/' \
    examples/reports.c
noticed "a samples.c that reads too little" samples: sed -i 's/sum +=/sum =/' \
    examples/samples.c
noticed "a handles.c that counts wrong" handles: sed -i \
    's/\[handle\]++/[handle] += 2/' \
    examples/handles.c
noticed "a workers.c that adds up wrong" workers: sed -i 's/ += / -= /' \
    examples/workers.c
