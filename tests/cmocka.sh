#!/bin/sh
# cmocka.sh - fetch cmocka's source, as this system packages it, to build it elsewhere.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/cmocka.sh DIRECTORY, which then holds src/cmocka.c and include/.
# The system's lists of packages may name no sources, and stay as they are: copies that
# do lie beside DIRECTORY with what apt-get makes of them, some 20 MB.
set -u
directory=$1
apt=$1.apt

[ ! -e "$directory/src/cmocka.c" ] || { echo "cmocka: its source is here"; exit 0; }
for tool in apt-get dpkg-source; do
    command -v $tool >/dev/null || { echo "cmocka: NOT FETCHED: no $tool"; exit 1; }
done

rm -rf "$apt" "$directory"
mkdir -p "$apt/parts" "$apt/lists/partial" "$apt/cache/archives/partial"
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
    /etc/apt/sources.list.d/*.sources; do
    [ ! -e "$list" ] || sed -e 's/^deb\([[:space:]]\)/deb-src\1/' \
        -e 's/^Types:.*/Types: deb-src/' "$list" >"$apt/parts/${list##*/}"
done

get()
{
    (cd "$apt" && apt-get -q -o Dir::Etc::sourcelist=/dev/null \
        -o Dir::Etc::sourceparts="$apt/parts" -o Dir::State::lists="$apt/lists" \
        -o Dir::Cache="$apt/cache" -o APT::Sandbox::User= "$@")
}

echo "cmocka: apt-get source cmocka, below $apt"
get update && get source cmocka && mv "$apt"/cmocka-*/ "$directory"
[ -e "$directory/src/cmocka.c" ] || { echo "cmocka: NOT FETCHED"; exit 1; }
echo "cmocka: its source is here now"
