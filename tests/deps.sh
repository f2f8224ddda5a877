#!/bin/sh
# deps.sh - install what the build and the tests need, if it is missing.
# SPDX-License-Identifier: BSD-2-Clause
#
# Each need is a capability that is tried, and the package that brings it on Debian
# and Ubuntu.  Nothing is missing: nothing is done, and neither network nor root is
# needed.  What is only useful may stay missing, and then a line says what is lost.
#
# usage: tests/deps.sh        for the build and the tests
#        tests/deps.sh proof  for other machines (machines.mk)
#        tests/deps.sh newest-clang   says which clang-NUMBER is this system's newest
set -u
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# --- capabilities ------------------------------------------------------------------

has() { command -v "$1" >/dev/null 2>&1; }

# links COMPILER LANGUAGE TEXT FLAGS...: a program that begins so compiles and links.
links()
{
    compiler=$1 language=$2 text=$3; shift 3
    has "$compiler" || return 1
    printf '%s\nint main(void) { return 0; }\n' "$text" >"$scratch/try"
    "$compiler" -x "$language" "$scratch/try" -o "$scratch/out" -pthread "$@" \
        >/dev/null 2>&1
}

includes()      # HEADER
{
    compiler=gcc
    has gcc || compiler=cc
    printf '#if !__has_include(<%s>)\n#error\n#endif\n' "$1" \
        | "$compiler" -x c -E - >/dev/null 2>&1
}

cmocka='#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>'

can()
{
    case $1 in
    gcc)    links gcc c '#include <stdatomic.h>' ;;
    g++)    links g++ c++ '#include <atomic>' -std=c++17 ;;
    gcc-sanitizers)
        for s in thread address undefined; do
            links gcc c '' -fsanitize=$s || return 1
        done ;;
    pkg-config) has pkg-config ;;
    cmocka) links gcc c "$cmocka" -lcmocka ;;
    ck)     includes ck_ring.h ;;
    liburcu) includes urcu/wfcqueue.h ;;
    clang)  links clang c '#include <stdatomic.h>' \
                && links clang++ c++ '#include <atomic>' -std=c++17 ;;
    clang-sanitizers)
        for s in thread address undefined; do
            links clang c '' -fsanitize=$s || return 1
        done ;;
    strace) has strace ;;
    concurrentqueue)   includes concurrentqueue/concurrentqueue.h ;;
    readerwriterqueue) includes readerwriterqueue/readerwriterqueue.h ;;
    boost)  includes boost/lockfree/queue.hpp ;;
    tbb)    includes tbb/concurrent_queue.h ;;
    musl)   links musl-gcc c '#include <stdatomic.h>' -static ;;
    qemu)   has qemu-aarch64 || has qemu-aarch64-static ;;
    newest-clang) links "$(newest_clang)" c '#include <stdatomic.h>' ;;
    dpkg-source) has dpkg-source ;;
    *-linux-gnu*) links "$1-gcc" c '#include <stdatomic.h>' -static ;;
    sdt)    includes sys/sdt.h ;;
    esac
}

package()
{
    case $1 in
    gcc | gcc-sanitizers)  echo gcc libc6-dev ;;
    cmocka | ck | liburcu | concurrentqueue | readerwriterqueue | boost | tbb)
        echo "lib${1#lib}-dev" ;;
    sdt)                   echo systemtap-sdt-dev ;;
    clang-sanitizers)      clang_runtime ;;
    musl)                  echo musl-tools ;;
    qemu)                  echo qemu-user ;;
    newest-clang)          newest_clang ;;
    dpkg-source)           echo dpkg-dev ;;
    *-linux-gnu*)          echo "gcc-$1 libc6-dev-$(debian_name "$1")-cross" ;;
    *)                     echo "$1" ;;
    esac
}

# The sanitizers of clang have a package of their own on newer systems only.
clang_runtime()
{
    version=$(clang -dumpversion 2>/dev/null | cut -d. -f1)
    for p in libclang-rt-dev ${version:+libclang-rt-$version-dev}; do
        apt-cache show "$p" >/dev/null 2>&1 && { echo "$p"; return; }
    done
    echo "libclang-common-${version:-14}-dev"
}

newest_clang()
{
    apt-cache search --names-only '^clang-[0-9]+$' 2>/dev/null | cut -d' ' -f1 \
        | sort -t- -k2n | tail -n 1 | grep . || echo clang
}

# What Debian calls a machine.
debian_name()
{
    case $1 in
    aarch64-*)     echo arm64 ;;
    arm-*)         echo armhf ;;
    i686-*)        echo i386 ;;
    powerpc64le-*) echo ppc64el ;;
    *)             echo "${1%%-*}" ;;
    esac
}

lost_without()
{
    case $1 in
    clang)            echo "nothing is checked with clang" ;;
    clang-sanitizers) echo "the sanitizers run with gcc only" ;;
    strace)           echo "futex calls are not counted" ;;
    concurrentqueue | readerwriterqueue | boost | tbb)
        echo "no queue of theirs stands beside ours" ;;
    qemu)             echo "nothing is run as on other machines" ;;
    dpkg-source)      echo "nor is cmocka there for other machines" ;;
    newest-clang | musl | *-linux-gnu*) echo "nothing is checked with it" ;;
    sdt)              echo "the library has no probes" ;;
    esac
}

required="gcc g++ gcc-sanitizers pkg-config cmocka ck liburcu"
useful="clang clang-sanitizers strace concurrentqueue readerwriterqueue boost tbb sdt"
case ${1:-} in
newest-clang) newest_clang; exit ;;
proof)
    required=
    useful="aarch64-linux-gnu arm-linux-gnueabihf i686-linux-gnu powerpc64le-linux-gnu
        riscv64-linux-gnu s390x-linux-gnu qemu musl newest-clang dpkg-source" ;;
esac

missing()       # NEED...: those of them that this machine lacks
{
    for need; do can "$need" || printf '%s ' "$need"; done
}

packages()      # NEED...: their packages, each once
{
    for need; do package "$need"; done | tr ' ' '\n' | sort -u | tr '\n' ' '
}

# --- and how to get them -------------------------------------------------------------

install()       # PACKAGE...
{
    echo "deps: ${as_root:+$as_root }apt-get install $*"
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
        --no-install-recommends "$@"
}

lacking=$(missing $required)
lacking_useful=$(missing $useful)
if [ -z "$lacking$lacking_useful" ]; then
    echo "deps: nothing is missing"
    exit 0
fi
echo "deps: missing: $lacking$lacking_useful"
list=$(packages $lacking $lacking_useful)

as_root=                # or: sudo
able=yes
if ! has apt-get; then
    able=no
    echo "deps: no apt-get here.  In terms of Debian the packages are: $list"
elif [ "$(id -u)" -ne 0 ]; then
    as_root=sudo
    has sudo || {
        able=no
        echo "deps: this needs root.  As root:"
        echo "deps:   apt-get update && apt-get install -y $list"
    }
fi

if [ $able = yes ]; then
    echo "deps: ${as_root:+$as_root }apt-get update"
    $as_root apt-get update -q \
        || echo "deps: apt-get update failed; trying all the same"
    if [ -n "$lacking" ]; then
        install $(packages $lacking) || able=no
    fi
    for need in $lacking_useful; do     # one by one: each may fail on its own
        install $(packages "$need") || echo "deps: could not install $need"
    done
fi

for need in $(missing $useful); do
    echo "deps: NOT INSTALLED: $need: $(lost_without "$need")"
done
lacking=$(missing $required)
[ -z "$lacking" ] || {
    echo "deps: still missing, and needed: $lacking($(packages $lacking))" >&2
    exit 1
}
echo "deps: all that is needed is here"
