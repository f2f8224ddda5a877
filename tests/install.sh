#!/bin/sh
# install.sh - what is installed serves programs outside the tree.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: MAKE=make tests/install.sh BUILD COMPILER...
# hello.c is built through pkg-config as C and as C++, shared and static, and run;
# outside.c runs under ThreadSanitizer against the instrumented library.
set -u
build=$1; shift
case $build in /*) ;; *) build=$PWD/$build ;; esac
root=$(mktemp -d) || exit 2
trap 'rm -rf "$root"' EXIT
prefix=/opt/pawl
export PKG_CONFIG_SYSROOT_DIR="$root"
export PKG_CONFIG_PATH="$root$prefix/lib/pkgconfig"
export LD_LIBRARY_PATH="$root$prefix/lib"
export TSAN_OPTIONS="halt_on_error=1 second_deadlock_stack=1"
warn="-Wall -Wextra -Wpedantic -Werror"
fixed=              # older sanitizer run-times want addresses that are not random
setarch -R true 2>/dev/null && fixed="setarch -R"

# says NAME COMMAND...: the command's success, as a line.
says()
{
    name=$1; shift
    if "$@"; then echo "$name ok"; else echo "$name FAILED"; fi
}

put()
{
    ${MAKE:-make} BUILD="$build" PREFIX=$prefix DESTDIR="$root" DEBUG= PERTURB= "$@"
}

# hello COMPILER LANGUAGE STANDARD WAY
hello()
{
    case $4 in
    shared) libs=$(pkg-config --libs pawl) ;;
    static) libs="-static $(pkg-config --static --libs pawl)" ;;
    esac
    (cd "$root" && "$1" -x "$2" "-std=$3" $warn $(pkg-config --cflags pawl) \
        -c hello.c -o hello.o && "$1" hello.o $libs -o hello \
        && ./hello >hello.out) || return 1
    needed=$(readelf -d "$root/hello" | grep -c 'NEEDED.*libpawl\.so\.0')
    case $4 in shared) [ "$needed" -eq 1 ] ;; static) [ "$needed" -eq 0 ] ;; esac
}

# outside COMPILER: 0 reports, and the library is the instrumented one.  Both are that
# compiler's: two run-times of the sanitizer do not live in one program.
outside()
{
    put SAN=thread CC="$1" BUILD="$root/build" install || return 1
    rm -rf "$root/build"
    flags=$(pkg-config --cflags --libs pawl_tsan)
    (cd "$root" && "$1" -std=c11 $warn outside.c $flags -pthread -o outside \
        && $fixed ./outside) || return 1
    readelf -d "$root/outside" | grep -q 'NEEDED.*libpawl_tsan\.so\.0'
}

says "make install" put SAN= install
says "make install SAN=thread" put SAN=thread install
says "the version in pawl.pc" test -n "$(pkg-config --modversion pawl)"
says "no machine flags in pawl.pc" \
    test "$(echo $(pkg-config --static --libs-only-other pawl))" = -pthread
cp examples/hello.c tests/outside.c "$root"
for compiler; do
    plusplus=$(echo "$compiler" | sed 's/^gcc/g++/; s/^clang/clang++/')
    for how in "$compiler c c11" "$plusplus c++ c++17"; do
        for way in shared static; do
            says "hello.c, $how, $way" hello $how $way
        done
    done
    if echo 'int main(void) { return 0; }' \
        | "$compiler" -fsanitize=thread -x c - -o "$root/probe" 2>/dev/null
    then says "outside.c under ThreadSanitizer, $compiler" outside "$compiler"
    else echo "SKIPPED outside.c, $compiler: no ThreadSanitizer here (make deps)"; fi
done
rm -f "$root"/hello* "$root"/outside* "$root/probe"
says "make uninstall" put SAN= uninstall
says "nothing is left" test -z "$(find "$root" -type f -o -type l)"
