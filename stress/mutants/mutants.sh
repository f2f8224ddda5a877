#!/bin/sh
# mutants.sh - plants one bug after the other, and sees whether anybody notices.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: stress/mutants/mutants.sh [NAME...]       in the top directory
#
# The mutants are made of include/pawl/*.h and src/*.c: each order that is not relaxed
# is weakened (orders.awk), and each bug in NAME.txt is planted (logic.awk).  Each is
# built by each compiler, and meets one rung after the other (rungs.sh) until one
# notices.  First of all the sources as they are have to pass all of them.
#
#     noticed    in the build of each compiler
#     redundant  nobody can notice: redundant.txt says so, in the header's own words
#     waiting    only a better explorer can: waiting.txt says why; that these two are
#                not noticed is tried in the first compiler's build only
#     survived   nobody noticed: a test is missing, or the order is not needed
#
# That a bug is planted in each public function, house.sh sees to; unplanted.txt says
# in which there is none, and why.
#
# Results are kept in BUILD/mutants, and used again as long as nothing that they
# depend on has changed: a run that was interrupted goes on.
#
# Environment: BUILD=build; JOBS: how many at a time, by default one more than CPUs,
# for some wait for what hangs; COMPILERS="gcc clang"; FAST=K: each K-th mutant only,
# with the first compiler only, beginning at the SEED-th; RECORDS=stress/mutants: where
# NAME.txt are; KINDS="orders logic"; RUNGS: these only.
# Exit status: 0; 1: some survived, or a list is wrong; 2: misuse, or no result.
set -u
export LC_ALL=C
records=${RECORDS:-stress/mutants} kinds=${KINDS:-orders logic} fast=${FAST:-0}
seed=${SEED:-0} jobs=${JOBS:-$(($(nproc) + 1))}
mkdir -p "${BUILD:-build}/mutants" && work=$(cd "${BUILD:-build}/mutants" && pwd) \
    || exit 2
here=$(dirname "$0")
. "$here/rungs.sh"
. "$here/trial.sh"
# What make was told is not for the builds below.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES BUILD ONLY FAST SEED

fail() { echo "mutants: $*" >&2; exit 2; }
case $fast:$seed in
0:*) ;;
*[!0-9:]*) fail "FAST=$fast SEED=$seed: no numbers" ;;
esac
compilers=
for cc in ${COMPILERS:-gcc clang}; do
    if command -v "$cc" >/dev/null; then compilers="$compilers $cc"
    else echo "SKIPPED all with $cc: not installed (make deps)"; fi
    [ "$fast" -gt 0 ] && break
done
compilers=${compilers# }
[ -n "$compilers" ] || fail "no compiler"

# --- which mutants ------------------------------------------------------------------

stem() { basename "$1" | sed -E 's/(_linux)?\.[ch]$//'; }

# The sources that the NAMEs choose; all, if there are none.
choose_sources()
{
    for name; do
        ls include/pawl/"$name".h >/dev/null 2>&1 || fail "there is no $name.h"
    done
    for path in include/pawl/*.h src/*.[ch]; do
        case " ${*:-$(stem "$path")} " in *" $(stem "$path") "*) echo "$path" ;; esac
    done
}

# Lines `ID PATH RUNG NAME` in list; each mutant's text in texts/ID.
make_mutants()
{
    rm -rf "$work/texts" && mkdir "$work/texts" || exit 2
    case $kinds in *orders*)
        for path in $sources; do
            awk -v path="$path" -v out="$work/texts" -f "$here/orders.awk" "$path"
        done ;;
    esac >"$work/all"
    case $kinds in *logic*)
        awk -v out="$work/texts" -f "$here/logic.awk" $(ls "$records"/*.txt \
            | grep -vE '/(redundant|waiting|unplanted)\.txt$') \
            >>"$work/all" || exit 2 ;;
    esac
    [ -z "$(cut -d' ' -f1 "$work/all" | sort | uniq -d)" ] \
        || fail "two mutants of one name: $(cut -d' ' -f4 "$work/all" | sort | uniq -d)"
    awk -v chosen="$sources" -v fast="$fast" -v seed="$seed" '
        BEGIN { n = split(chosen, path); while (n) is[path[n--]] = 1 }
        $2 in is && (!fast || (n++ + seed) % fast == 0)' "$work/all" \
        | sort -s -k2,2 >"$work/list"
    cat "$records/redundant.txt" "$records/waiting.txt" 2>/dev/null \
        | awk '!/^#/ && NF { print $1 }' | sort >"$work/listed"
}

sources=$(choose_sources "$@") || exit 2
make_mutants
[ -s "$work/list" ] || fail "there are no mutants of $*"
paths=$(cut -d' ' -f2 "$work/list" | uniq)
concerns $paths >"$work/concerns"
rungs=$(rungs_here)
for r in ${RUNGS:-}; do rung "$r" || fail "there is no rung $r"; done

# --- the sources as they are --------------------------------------------------------

number() { sort | xargs cat "$here"/*.sh "$here"/*.awk | cksum | tr -c '0-9\n' -; }

# Every program of a rung that concerns the sources at hand, in the tree `base`.
try_base()      # COMPILER RUNG
{
    rung "$2"
    key=$(for path in $paths; do sources_of "$path"; done | sort -u | number)
    note=$work/base-$1-$2
    [ "$(head -n 1 "$note" 2>/dev/null)" = "$key" ] && return
    rm -f "$note"
    for p in $(for path in $paths; do programs_of "$path" "$way"; done | tr ' ' '\n' \
            | sort -u); do
        attempt "$work/base" "$1" "$2" "$p" "$note.log" || {
            echo "the sources as they are: $1 $2 $p: $why FAILED"
            sed 's/^/        | /' "$note.log" | tail -n 40
            return
        }
    done
    echo "$key" >"$note"
}

# Run `$1 ARGUMENTS` for each line of arguments, `jobs` at a time.
side_by_side()  # FUNCTION
{
    worker=0
    while [ $worker -lt "$jobs" ]; do
        worker=$((worker + 1))
        while read -r line; do
            mkdir "$work/claims/$(echo "$line" | cut -d' ' -f"$2" | tr ' ' -)" \
                2>/dev/null && $1 $line
        done <"$work/todo" &
    done
    wait
}

sync_tree "$work/base"
for cc in $compilers; do for r in $rungs; do echo "$cc $r"; done; done >"$work/todo"
rm -rf "$work/claims" && mkdir "$work/claims"
side_by_side try_base 1,2
while read -r cc r; do
    [ -e "$work/base-$cc-$r" ] || fail "the sources do not pass by themselves"
done <"$work/todo"

# --- a mutant -----------------------------------------------------------------------

# The rungs that this one meets: first where it is said to be noticed.
ladder()        # RUNG, or: orders
{
    case $1 in
    orders) echo "$order_rungs" ;;
    *)      echo "$1 $all_rungs" ;;
    esac | tr ' ' '\n' | awk -v here="$(echo $rungs)" '
        BEGIN { n = split(here, r, " "); while (n) is[r[n--]] = 1 }
        is[$0] && !seen[$0]++'
}

# The compilers whose builds are tried.
builds_of()     # NAME
{
    if grep -qxF -e "$1" "$work/listed"; then echo "${compilers%% *}"
    else echo "$compilers"; fi
}

# ThreadSanitizer does not see other processes: of orders, that trial knows nothing.
can_notice()    # RUNG PROGRAM
{
    [ "$1:$2" != orders:processes ]
}

# The verdict on one build, in results/ID.COMPILER: its key, then `noticed RUNG PROGRAM
# WHY`, `survived` or `error ...`.
judge()         # TREE COMPILER ID PATH RUNG
{
    result=$work/results/$3.$2
    for r in $(ladder "$5"); do
        rung "$r"
        for p in $(programs_of "$4" "$way"); do
            can_notice "$5" "$p" || continue
            attempt "$1" "$2" "$r" "$p" "$result.log"
            case $? in
            0) continue ;;
            1) verdict="noticed $r $p $why" ;;
            2) verdict="error $r $p $why" ;;
            esac
            break 2
        done
        verdict=survived
    done
    printf '%s\n%s\n' "$(key_of "$3" "$4")" "$verdict" >"$result"
    case $verdict in noticed*) rm -f "$result.log" ;; esac
}

key_of()        # ID PATH
{
    printf '%s.%s' "$(cat "$work/key-$(basename "$2")")" \
        "$(cksum <"$work/texts/$1" | tr ' ' -)"
}

judged()        # ID PATH NAME: in all builds, and nothing has changed since
{
    for cc in $(builds_of "$3"); do
        [ "$(head -n 1 "$work/results/$1.$cc" 2>/dev/null)" = "$(key_of "$1" "$2")" ] \
            || return 1
    done
}

# In the worker's own tree, where the last mutant may have been of another source.
try_mutant()    # ID PATH RUNG NAME
{
    tree=$work/tree.$worker
    [ -d "$tree" ] || cp -a "$work/base" "$tree"
    [ "${last:-$2}" = "$2" ] || cp "$last" "$tree/$last"
    last=$2
    cp "$work/texts/$1" "$tree/$2"
    first=$3
    for cc in $(builds_of "$4"); do
        judge "$tree" "$cc" "$1" "$2" "$first"
        # What has noticed in one build is tried first in the next.
        [ "$3" = orders ] || first=$(sed -n '2s/^[a-z]* \([a-z]*\).*/\1/p' \
            "$work/results/$1.$cc")
    done
    for cc in $(builds_of "$4"); do
        sed -n "2s/^/$cc /p" "$work/results/$1.$cc"
    done | paste -s -d ';' - | sed "s|;|; |g; s|^|$4: |"
}

mkdir -p "$work/results"
for path in $paths; do
    sources_of "$path" | number >"$work/key-$(basename "$path")"
done
while read -r id path rung name; do
    judged "$id" "$path" "$name" || echo "$id $path $rung $name"
done <"$work/list" >"$work/todo"
rm -rf "$work/claims" "$work"/tree.* && mkdir "$work/claims"
echo "mutants: $(wc -l <"$work/list"), of which $(wc -l <"$work/todo") are to be" \
    "tried, by $compilers; rungs: "$rungs
side_by_side try_mutant 1
rm -rf "$work"/tree.*
. "$here/verdict.sh"
