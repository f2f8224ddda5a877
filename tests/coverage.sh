#!/bin/sh
# coverage.sh - how much of include/ and src/ the unit tests run: all that is promised.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/coverage.sh TREE GCOV
# TREE has the unit tests and trials, built for GCOV.  They run, and what the many
# objects say of a line is added up: a line of a header is covered if it is in any.
# Prints what is not covered, and a line each for public functions, lines, branches.
set -u
export LC_ALL=C
tree=$1 gcov=$2
functions_least=100 lines_least=95 branches_least=90
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT

# --- run -------------------------------------------------------------------------

# run PROGRAM ARGUMENT...: silent, unless it fails.
run()
{
    "$@" >"$scratch/log" 2>&1 && return
    cat "$scratch/log"
    echo "$(basename "$1") FAILED"
    : >"$scratch/failed"
}

for program in "$tree"/tests/*_test; do
    run "$program"
done
for program in "$tree"/stress/*; do
    [ -f "$program" ] && [ -x "$program" ] && run "$program" --items 4096 --rounds 2
done

# --- count -------------------------------------------------------------------------

# What gcov says of ours: `function NAME COUNT`, `line FILE LINE COUNT TEXT`,
# `branch FILE LINE NUMBER COUNT`; each once, added up.
counts()
{
    find "$tree" -name '*.gcda' | while read -r data; do
        "$gcov" --branch-probabilities --branch-counts --stdout "$data"
    done 2>/dev/null | awk '
        { text = $0 }
        / 0:Source:/ {
            sub(/.*0:Source:/, ""); sub(/^\.\//, "")
            file = /^(include\/pawl|src)\// ? $0 : ""
        }
        file == "" { next }
        /^function / { called[$2] += $4; next }
        /^branch / {
            key = file " " line " " branches++
            taken[key] += /never/ ? 0 : $4
            next
        }
        /^call / { next }
        /^ *[^ :]+: *[0-9]+:/ {
            split(text, part, ":")
            line = part[2] + 0; branches = 0
            if (line == 0 || part[1] ~ /-$/) next
            if (part[1] ~ /#|=/) part[1] = 0
            key = file " " line
            count[key] += part[1]
            sub(/^[^:]*:[^:]*:/, "", text); source[key] = text
            # A brace alone is no code, and yet may get the count of a `continue;`.
            if (text == "{") delete count[key]
        }
        END {
            for (key in called) print "function", key, called[key]
            for (key in count) printf "line %s %d %s\n", key, count[key], source[key]
            for (key in taken) printf "branch %s %d\n", key, taken[key]
        }' | sort -k1,1 -k2,2 -k3,3n -k4,4n
}

# The public functions: names at the beginning of a declaration that do not end in `_`.
public()
{
    sed 's|//.*||; s|/\*.*\*/||; /^\/\*/,/\*\//d' include/pawl/*.h \
        | grep -E '^[a-zA-Z]' | grep -oE '\bpawl_[a-z0-9_]*[a-z0-9]\(' | tr -d '(' \
        | sort -u
}

# --- judge -------------------------------------------------------------------------

# judge COUNTS: all three parts, and what each structure has.
judge()
{
    awk -v functions_least=$functions_least -v lines_least=$lines_least \
        -v branches_least=$branches_least '
        function name_of(file) {
            sub(/.*\//, "", file); sub(/(_linux)?\.[ch]$/, "", file); return file
        }
        function verdict(what, have, all, least,    share) {
            share = all ? 100 * have / all : 0
            printf "%s: %d of %d, %.1f %%, at least %d %% %s\n", what, have, all, share,
                least, (all && share >= least ? "ok" : "FAILED")
        }
        function figures(what, have, all,    name) {
            for (name in all) if (all[name])
                printf "figure coverage-%s %s %.1f %%\n", what, name,
                    100 * have[name] / all[name]
        }
        FNR == NR { public[$1] = 1; next }
        $1 == "function" { called[$2] = $3 }
        $1 == "line" {
            n = name_of($2); lines[n]++; lines["all"]++
            if ($4) { run[n]++; run["all"]++ }
            else { text = $0; sub(/^[^ ]+ [^ ]+ [^ ]+ [^ ]+ */, "", text)
                printf "not run: %s:%d: %s\n", $2, $3, text }
        }
        $1 == "branch" {
            n = name_of($2); branches[n]++; branches["all"]++
            if ($5) { taken[n]++; taken["all"]++ }
            else printf "not taken: %s:%d: branch %d\n", $2, $3, $4
        }
        END {
            for (f in public) {
                functions++
                if (called[f]) reached++
                else print "not called: " f
            }
            figures("lines", run, lines)
            figures("branches", taken, branches)
            printf "figure coverage-functions all %.1f %%\n", 100 * reached / functions
            verdict("public functions", reached, functions, functions_least)
            verdict("lines", run["all"], lines["all"], lines_least)
            verdict("branches", taken["all"], branches["all"], branches_least)
        }' "$scratch/public" "$1"
}

# spoiled WHAT FILTER...: counts without what the filter takes away are to fail.
spoiled()
{
    what=$1; shift
    "$@" "$scratch/counts" >"$scratch/spoiled"
    if judge "$scratch/spoiled" | grep -q "^$what:.* FAILED"
    then echo "too few $what are noticed ok"
    else echo "too few $what are noticed FAILED"; fi
}

public >"$scratch/public"
counts >"$scratch/counts"
judge "$scratch/counts" | sort -k1,1 -k2,2 -s >"$scratch/verdict"
{
    grep '^not ' "$scratch/verdict"
    grep '^figure ' "$scratch/verdict" | sort
    grep -vE '^(not|figure) ' "$scratch/verdict"
    spoiled "public functions" sed '/^function pawl_version/d'
    spoiled lines awk '$1 == "line" && $2 ~ /mpmc_/ { $4 = 0 } { print }'
    spoiled branches awk '$1 == "branch" && $2 ~ /mpmc_/ { $5 = 0 } { print }'
} | tee "$scratch/said"
[ ! -e "$scratch/failed" ] && ! grep -q ' FAILED$' "$scratch/said"
