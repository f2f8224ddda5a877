#!/bin/sh
# house.sh - the rules of the house, as far as a script can see them.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/house.sh DIR [LIBPAWL.SO [RULE...]]
# Each rule, or each of those named, prints what offends it, then its name and `ok` or
# `FAILED`.  The two rules about the shared library are left out where none is given.
set -u
export LC_ALL=C
cd "$1" || exit 2
library=${2:-}
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT

public=$(ls include/pawl/*.h)
code=$(find include src tests stress bench examples \( -name '*.[ch]' \
    -o -name '*.cc' \) 2>/dev/null | sort)
ours=$(find . -type f ! -path './.git/*' ! -path './build*' \( -name '*.[ch]' \
    -o -name '*.cc' -o -name '*.sh' -o -name '*.mk' -o -name '*.map' -o -name '*.in' \
    -o -name run -o -name Makefile \) | sort)
structures=$(grep -lE '^ \* Layer +[2-9]' $public)
# The list of all headers, the words that all is said in, and the clock: no algorithms.
ground='/(pawl|atomic|time)\.h$'

# The code of the files named, with comments blanked out: `file:line:text`.
code_of()
{
    awk '
        FNR == 1 { inside = 0 }
        {   text = $0; out = ""
            while (text != "") {
                if (inside) {
                    end = index(text, "*/")
                    if (!end) break
                    text = substr(text, end + 2); inside = 0
                } else {
                    start = index(text, "/*"); slash = index(text, "//")
                    if (slash && (!start || slash < start)) {
                        out = out substr(text, 1, slash - 1); break
                    }
                    if (!start) { out = out text; break }
                    out = out substr(text, 1, start - 1) " "
                    text = substr(text, start + 2); inside = 1
                }
            }
            print FILENAME ":" FNR ":" out
        }' "$@"
}
code_of $code >"$scratch/code"

# A name or pattern in the code; none(): there is to be no such line.
none() { ! grep -E "$1"; }
not_atomic_h() { grep -vE '^[^:]*pawl/atomic\.h:' "$scratch/code"; }

# --- the rules ------------------------------------------------------------------

# pawl.h names every header, and a header includes only what stands above it there.
rule_layers()
{
    awk -F'[<>]' '
        FNR == NR { if (/^#include <pawl\//) seat[$2] = ++n; next }
        FNR == 1 { h = FILENAME; sub(/.*include\//, "", h)
            if (!(h in seat)) { print h ": not in pawl.h"; bad = 1 } }
        /^#include <pawl\// && seat[$2] >= seat[h] {
            print h ": reaches up to " $2; bad = 1 }
        END { exit bad }' include/pawl/pawl.h $(ls $public | grep -v '/pawl\.h$')
}

# Our headers are named <pawl/NAME.h>, so that a stand-in can take their place.
rule_angles()
{
    ! grep -nE '#include "([^"]*/)?pawl/' $code \
        && ! grep -nE -- '-I *[^ ]*include/[p]awl' $ours
}

rule_unit_tests()
{
    for h in $public; do
        name=$(basename "$h" .h)
        [ "$name" = pawl ] || [ -e "tests/${name}_test.c" ] \
            || echo "tests/${name}_test.c: missing"
    done | none .
}

# src/NAME.c, or NAME_linux.c and the like, is the compiled part of NAME.h.
rule_sources()
{
    for c in src/*.c; do
        name=$(basename "$c" .c | sed -E 's/_(linux|darwin|freebsd)$//')
        [ -e "include/pawl/$name.h" ] || echo "$c: include/pawl/$name.h is missing"
    done | none .
}

# A peer that needs a header of a package names both: (Debian libck-dev: ck_ring.h).
# Each is in the benchmark's lists, and in README.
rule_peers()
{
    theirs='(ck_|urcu|rte_|boost/|tbb/|concurrentqueue/|readerwriterqueue/)'
    for c in $(grep -lE "#include <$theirs" stress/peers/*.c* 2>/dev/null); do
        head -n 2 "$c" | grep -qE '\(Debian [a-z0-9-]+-dev: [a-z_/]+\.h' \
            || echo "$c: names no package and header in its first two lines"
    done | none . || return 1
    for name in $(basename -a stress/peers/*.c* | sed 's/\.cc*$//'); do
        for list in bench/run_lists.c README.md; do
            grep -qE "[\"\`]$name[\"\`]" $list || echo "$list: $name is missing"
        done
    done | none .
}

rule_subjects()
{
    for h in $structures; do
        name=$(basename "$h" .h)
        [ -e "stress/$name.c" ] || echo "stress/$name.c: missing"
    done | none .
}

# A bug is planted in each public function, by a record of stress/mutants/NAME.txt; or
# unplanted.txt there says why there is none.
rule_mutants()
{
    at=stress/mutants
    awk -v places=1 -f $at/logic.awk $(ls $at/*.txt \
        | grep -vE '/(redundant|waiting|unplanted)\.txt$') >"$scratch/places" \
        || return 1
    awk -f $at/unplanted.awk "$scratch/places" $at/unplanted.txt $public src/*.[ch] \
        | none .
}

# A header opens with these heads, in this order.
heads="What Source Layer State Invariant Effect Progress Memory"
rule_heads()
{
    for h in $(ls $public | grep -vE "$ground"); do
        found=$(grep -oE "^ \* ($(echo $heads | tr ' ' '|')) " "$h" | tr -d ' *')
        [ "$(echo $found)" = "$heads" ] \
            || echo "$h: heads are: $(echo $found)"
    done | none .
}

rule_fences()
{
    none 'atomic_(thread|signal)_fence|__sync_synchronize' <"$scratch/code"
}

# Every atomic operation names its order.
rule_orders()
{
    calls='load|store|exchange|fetch_[a-z]+|compare_exchange_[a-z]+|flag_test_and_set'
    not_atomic_h | none "atomic_($calls) *\\(|__(atomic|sync)_[a-z]|order_consume"
}

# Language, compiler and processor are asked about in atomic.h alone.
rule_conditions()
{
    not_atomic_h | awk '
        /#[ \t]*(if|elif|ifdef|ifndef)/ {
            if (/PAWL_DEBUG/ || /__has_include/) next
            if (/#ifndef [A-Z0-9_]+_H$/) next           # an include guard
            if (/ SUBJECT_[A-Z_]+$/) next                # what a subject can do
            print; bad = 1
        }
        END { exit bad }'
}

rule_assembly() { not_atomic_h | none '(^|[^a-z_])(asm|__asm__|__asm)([^a-z_]|$)'; }

# Nothing of 16 bytes, nothing of 8 bits: no help from libatomic.
rule_libatomic()
{
    ! grep -nE -- '-l[a]tomic' $ours
}

rule_licence()
{
    for f in $ours; do
        head -n 3 "$f" | grep -q 'SPDX-License-Identifier: BSD-2-Clause' \
            || echo "$f: no SPDX line"
    done | none .
}

# A file says what it is in its first line: `/* NAME - ...` or `# NAME - ...`.
rule_titles()
{
    for f in $ours; do
        head -n 2 "$f" | grep -qF "$(basename "$f") - " \
            || echo "$f: does not say what it is"
    done | none .
}

rule_places()
{
    places='(^|[^A-Za-z0-9_.$}])/([w]ork|[h]ome|[r]oot|[U]sers)/'
    hosts='[p]ypi\.|[n]pmjs|[c]rates\.io|[d]eb\.debian|[a]rchive\.ubuntu'
    ! grep -nE "$places|$hosts" $ours $(ls *.md 2>/dev/null)
}

# (Six X are where mkdtemp(3) puts a name.)
rule_unfinished()
{
    ! grep -nE '[T]ODO|[F]IXME|(^|[^X])[X]XX([^X]|$)' $ours $(ls *.md 2>/dev/null)
}

rule_shape()
{
    awk '
        /\t/ && FILENAME !~ /Makefile|\.mk$/ {
            print FILENAME ":" FNR ": a tab"; bad = 1 }
        / $/ { print FILENAME ":" FNR ": blanks at the end"; bad = 1 }
        { n = $0; gsub(/[\200-\277]/, "", n) }
        length(n) > 88 { print FILENAME ":" FNR ": over 88 columns"; bad = 1 }
        FNR == 441 { print FILENAME ": over 440 lines"; bad = 1 }
        END { exit bad }' $ours
}

# What stands between PAWL_BEGIN and PAWL_END is what the library exports.
rule_exports()
{
    code_of $public | awk -F: '
        { sub(/^[^:]*:[^:]*:/, "") }
        /^PAWL_END/ { inside = 0 }
        inside
        /^PAWL_BEGIN/ { inside = 1 }' \
        | grep -oE 'pawl_[a-z0-9_]+\(' | tr -d '(' | sort -u >"$scratch/declared"
    nm -D --defined-only "$library" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' \
        | sort -u >"$scratch/exported"
    [ -s "$scratch/exported" ] || { echo "$library: exports nothing"; return 1; }
    diff "$scratch/declared" "$scratch/exported" | sed -n \
        's/^</declared, not exported:/p; s/^>/exported, not declared:/p' | none .
}

rule_no_atomic_calls() { nm -D --undefined-only "$library" | none ' __atomic_'; }

# --- all of them ------------------------------------------------------------------

rules="layers angles unit_tests sources subjects peers mutants heads fences
    orders conditions assembly libatomic licence titles places unfinished shape
    ${library:+exports no_atomic_calls}"
[ $# -gt 2 ] && { shift 2; rules=$*; }
for rule in $rules; do
    if rule_$rule; then echo "$rule ok"; else echo "$rule FAILED"; fi
done
