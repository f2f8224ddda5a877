#!/bin/sh
# demo.sh - logtop on this machine's own text, over each of its queues, compared.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: [BUILD=build] [DEMO_INPUT="PATH..."] examples/demo.sh
#
# Without DEMO_INPUT it reads about 200 MB of readable text files below /usr/include and
# /usr/share, or as much as there is.  They are read once before anything is timed, so
# that they come from memory.  Over each queue one thread counts again (--verify), and
# each queue has to print the same bytes, for all words.  The times are medians of
# rounds in which the queues take turns.
set -u
export LC_ALL=C
logtop=${BUILD:-build}/examples/logtop
rounds=5
bytes_most=200000000

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() { echo "demo: FAILED: $*" >&2; exit 1; }

[ -x "$logtop" ] || fail "$logtop is missing: make examples"

# --- what is read ------------------------------------------------------------------

# Names of text files, a line each.  Files below 4 KB are left out: there are too many
# of them for a command line, of which at most half is used.
collect()
{
    find /usr/include /usr/share -type f -readable -size +3k ! -name '*
*' -print0 2>/dev/null | xargs -0 grep -Il '' | xargs -d '\n' stat -c '%s %n' \
        | awk -v most=$bytes_most -v names=$(($(getconf ARG_MAX) / 2)) '
            total < most && (names -= length($0) + 9) > 0 {
                total += $1; sub(/^[0-9]+ /, ""); print }'
}

if [ -n "${DEMO_INPUT:-}" ]; then
    set -f
    set -- $DEMO_INPUT
    echo "demo: reading $*"
else
    echo "demo: looking for $((bytes_most / 1000000)) MB of text below /usr/include" \
        "and /usr/share"
    collect >"$scratch/files"
    [ -s "$scratch/files" ] || fail "there is no text here; say DEMO_INPUT=PATH"
    set -f
    IFS='
'
    set -- $(cat "$scratch/files")
    unset IFS
fi

# --- each queue ----------------------------------------------------------------------

# The number before a word in logtop's report.
figure() { sed -n "s|.*: \([0-9.,]*\) $1.*|\1|p" "$scratch/report" | tr -d ,; }
blocked() { sed -n "s|.* [0-9]* $1s\{0,1\} \([0-9.]*\) s.*|\1|p" "$scratch/report"; }

queues=$("$logtop" --queue list) || fail "logtop does not say which queues it has"
first=$(echo "$queues" | head -n 1)

"$logtop" --progress never "$@" >"$scratch/top" 2>"$scratch/report" \
    || fail "cannot count: $(cat "$scratch/report")"
echo "demo: $(figure files) files, $(figure 'MB,') MB"
echo
cat "$scratch/top"
echo

for queue in $queues; do
    "$logtop" --progress never -k 0 --verify --queue "$queue" "$@" \
        >"$scratch/$queue" 2>"$scratch/report" \
        || fail "$queue: $(cat "$scratch/report")"
    cmp -s "$scratch/$first" "$scratch/$queue" \
        || fail "$queue prints other words than $first"
    echo "demo: $queue: verified, $(wc -l <"$scratch/$queue") words"
done

for round in $(seq $rounds); do
    for queue in $queues; do
        "$logtop" --progress never -k 1 --queue "$queue" "$@" \
            >"$scratch/one" 2>"$scratch/report" \
            || fail "$queue: $(cat "$scratch/report")"
        head -n 1 "$scratch/top" | cmp -s - "$scratch/one" \
            || fail "$queue: round $round prints another word"
        echo "$queue $(figure MB/s) $(blocked reader) $(blocked worker)"
    done
done >"$scratch/rounds"

# --- the comparison ------------------------------------------------------------------

# Medians, queue by queue in the order of the list.
echo
awk -v queues="$(echo $queues)" '
    function median(q, what,    i, j, n, v, t) {
        n = split(sample[q, what], v, " ")
        for (i = 2; i <= n; i++) {
            t = v[i] + 0
            for (j = i - 1; j > 0 && v[j] + 0 > t; j--) v[j + 1] = v[j]
            v[j + 1] = t
        }
        return v[int((n + 1) / 2)]
    }
    NF != 4 { print "not understood: " $0; bad = 1; exit }
    { for (i = 2; i <= 4; i++) sample[$1, i] = sample[$1, i] " " $i }
    END {
        if (bad) exit 1
        n = split(queues, name, " ")
        printf "%-10s %9s %9s %18s %18s\n", "queue", "MB/s", "ratio",
            "readers blocked, s", "workers blocked, s"
        base = median(name[1], 2)
        for (k = 1; k <= n; k++)
            printf "%-10s %9.1f %8.2fx %18.3f %18.3f\n", name[k], median(name[k], 2),
                (base > 0 ? median(name[k], 2) / base : 0), median(name[k], 3),
                median(name[k], 4)
    }' "$scratch/rounds" || fail "the times are not understood"
echo
echo "demo: all queues print the same; ratio: to $first; medians of $rounds rounds"
