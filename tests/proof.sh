#!/bin/sh
# proof.sh - the page of figures: what each rung showed of each structure.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/proof.sh RESULTS... >PROOF.md
#
# Reads what tests/run.sh noted (`PASSED FAILED LEG... PROGRAM`) and what the programs
# printed: lines `figure RUNG STRUCTURE NUMBER UNIT`, and a trial's `NUMBER items`.
# Numbers of one rung, structure and unit are added up, over compilers and flavours.
# What failed is named in a line `Not held:`.  Exit status 1, no page: nothing was run.
set -u
[ $# -gt 0 ] || { echo "usage: tests/proof.sh RESULTS..." >&2; exit 2; }
for results; do
    [ -d "$results" ] || { echo "proof: no directory $results" >&2; exit 2; }
done
logs=$(for results; do ls "$results"/*.log 2>/dev/null; done)
root=$(dirname "$0")/..

# The lines of all notes: `PASSED FAILED LABEL`.
notes()
{
    for log in $logs; do
        [ -e "${log%.log}" ] && cat "${log%.log}"
    done
}

[ -n "$(notes)" ] || { echo "proof: no page, for nothing was run" >&2; exit 1; }
failed=$(notes | awk '$2 > 0 { $1 = $2 = ""; all = all "," substr($0, 2) }
    END { print substr(all, 2) }')

structures=$(sed -n 's/^#include <pawl\/\(.*\)\.h>.*/\1/p' "$root/include/pawl/pawl.h")

commit=$([ -e "$root/.git" ] \
    && git -C "$root" describe --always --dirty --exclude='*' 2>/dev/null)

# What make proof leaves out when it has to be short.
if [ -n "${FAST:-}" ]; then
    unit=plain stress=ThreadSanitizer
else
    unit="plain, with \`PAWL_DEBUG\`, and under each of three sanitizers"
    stress="each of them, too"
fi

cat <<END
# What is shown, and by how much

Written by \`make proof${FAST:+ FAST=1}\`${commit:+, of commit $commit}. A number says
how much of a thing was run, on this machine and in this run:
$(nproc) CPUs, $(uname -m);
$(gcc --version | head -n 1); $(clang --version 2>/dev/null | head -n 1).
${failed:+
Not held:$failed.
}
- unit: tests of every sentence of the header, one thread where possible;
  $unit; each counted by compiler.
- stress: messages, visits or permits, each checked, by many threads at once; plain,
  and with delays around each atomic operation, under $stress.
- coverage: what of the sources the unit tests and short trials reach.
- mutants: each memory order weakened in turn, and bugs sown one at a time: noticed by
  some rung; redundant, as its comment argues; or waiting for such an argument.
- histories: operations of many threads whose calls, returns and results were recorded,
  and can be explained by one order in which they took effect.
- schedules: interleavings of two to four threads, each run to its end under a
  deterministic scheduler and explained by an exact search.
- model: the same under a model of C11's memory, where a load may read older stores.
- genmc: executions of small clients, all that there are, under RC11 and under IMM; -
  where GenMC was not installed.
- stall, kill: each atomic operation of each call, at which a thread was stopped for
  ever, or its process killed, and what the others could still do.
- machines: unit tests and short trials as made for other processors, with another C
  library, and by another compiler, by \`make machines\`, apart.
- soak: rounds by dice, each with threads, CPUs, priorities, signals and stops, or
  kills, of its own, by \`make soak\`, apart.

END

# What the logs say: `note PASSED PROGRAM`, `machine PASSED PROGRAM`, `items PROGRAM
# NUMBER`, `dfs PROGRAM HOW`, and the figures as they stand.
figures()
{
    for log in $logs; do
        note=${log%.log}
        [ -e "$note" ] || continue
        read -r passed failed label <"$note"
        case $label in machine/*) echo "machine $passed ${label##* }"; continue ;; esac
        echo "note $passed ${label##* }"
        # The items of recorded rounds are their own figure.
        case $label in *history/*) items=recorded ;; *) items=items ;; esac
        sed -n 's/^figure /figure /p
            s/^\([a-z_0-9]*\) .* \([0-9][0-9]*\) items .*ok$/'$items' \1 \2/p
            s/^\([a-z_0-9]*\)  *dfs .*explored, \(.*exhausted\)  ok$/dfs \1 \2/p' "$log"
    done
}

figures | awk -v structures="$structures" '
    # The structure that a program is about: the longest name that it begins with.
    function about(program,   i, best) {
        best = "all"
        for (i = 1; i <= n; i++)
            if (index(program "_", name[i] "_") == 1 \
                && (best == "all" || length(name[i]) > length(best)))
                best = name[i]
        return best
    }
    # Amounts are added up; of shares and rates the least counts.
    function add(rung, program, number, unit,   key, at) {
        key = rung SUBSEP about(program)
        at = key SUBSEP unit
        any[about(program)] = 1
        if (!(at in amount)) {
            units[key] = units[key] (units[key] == "" ? "" : "|") unit
            amount[at] = number
        } else if (unit !~ /%|\/s/) {
            amount[at] += number
        } else if (number + 0 < amount[at] + 0) {
            amount[at] = number
        }
    }
    function thousands(x,   text) {
        if (x != int(x)) return x
        text = sprintf("%.0f", x)
        while (match(text, /[0-9][0-9][0-9][0-9]($|,)/))
            text = substr(text, 1, RSTART) "," substr(text, RSTART + 1)
        return text
    }
    function cell(rung, structure,   key, i, k, parts, text) {
        key = rung SUBSEP structure
        k = split(units[key], parts, "|")
        for (i = 1; i <= k; i++)
            text = text (text == "" ? "" : "; ") \
                thousands(amount[key, parts[i]]) " " parts[i]
        return text == "" ? "-" : text
    }
    # Points are told as VISITED/COUNTED, and fail their program if these differ.
    function figure(rung, program, number, unit) {
        if (rung ~ /-progress$/) { sub(/-progress$/, "", rung); unit = "% go on" }
        if (rung == "storm") { rung = "kill"; unit = "at random" }
        if (rung == "schedules-rate") rung = "schedules"
        if (sub(/^coverage-/, "", rung)) { unit = "% of " rung; rung = "coverage" }
        sub(/\/.*/, "", number)
        add(rung, program, number, unit)
    }
    BEGIN {
        n = split(structures, name, /[ \n]+/)
        rungs = split("unit coverage mutants stress histories schedules model" \
                      " genmc stall kill machines soak", rung, " ")
    }
    $1 == "note"   { way = $3 ~ /^model\// ? "model" : "schedules" }
    $1 == "note" && $3 ~ /_test$/ { add("unit", $3, $2, "tests") }
    $1 == "machine" && $3 != "builds" { add("machines", $3, $2, "passed") }
    $1 == "items"  { add("stress", $2, $3, "items") }
    $1 == "dfs"    { add(way, $2, 1,
                         "scenarios " ($3 == "not" ? "not " : "") "exhausted") }
    $1 == "figure" { figure($2, $3, $4, $5) }
    END {
        printf "| structure"
        for (r = 1; r <= rungs; r++) printf " | %s", rung[r]
        printf " |\n|---"
        for (r = 1; r <= rungs; r++) printf "|---"
        print "|"
        name[++n] = "all"
        for (i = 1; i <= n; i++) {
            if (!(name[i] in any)) continue
            printf "| `%s`", name[i]
            for (r = 1; r <= rungs; r++) printf " | %s", cell(rung[r], name[i])
            print " |"
        }
    }'

pitfalls=$root/tests/pitfalls.txt
cat <<END

## Pitfalls

What respected libraries shipped, and the test here that would notice it.

| # | pitfall | test |
|---|---|---|
END
sed -n 's/^\([0-9][0-9]\) \([^ ]*\)  \(.*\)$/| \1 | \3 | \2 |/p' "$pitfalls" \
    | sed 's/ waits-for:\([a-z_]*\) / waits for `\1` /'
