# verdict.sh - adds up what became of the mutants: the end of mutants.sh.
# SPDX-License-Identifier: BSD-2-Clause

# What the header says, without the comment's own marks and line ends.
words_of() { sed 's|^ *\(/\*\)\{0,1\} *\*\{0,1\} *||; s|\*/||' "$1" | tr -s ' \n' ' '; }

# A mutant of whom nobody can be expected to notice, and why; nothing if it is none.
excuse()        # LIST NAME
{
    awk -v name="$2" '$1 == name { $1 = ""; print substr($0, 2) }' \
        "$records/$1.txt" 2>/dev/null
}

# The verdict on all builds: noticed, survived, error.
outcome()       # ID NAME
{
    for cc in $(builds_of "$2"); do
        sed -n 2p "$work/results/$1.$cc"
    done | awk '
        { n[$1]++ }
        END { print n["error"] ? "error" : n["survived"] ? "survived" : "noticed" }'
}

# Who noticed; one word if all compilers' builds were noticed by the same.
by_whom()       # ID
{
    for cc in $compilers; do
        sed -n '2s/^noticed \([^ ]* [^ ]*\).*/\1/p' "$work/results/$1.$cc"
    done | uniq | paste -s -d , - | sed 's/,/, /g'
}

show()          # ID NAME WHAT: a mutant that somebody has to look at
{
    echo "$2: $3 FAILED"
    for cc in $(builds_of "$2"); do
        echo "        $cc: $(sed -n 2p "$work/results/$1.$cc")"
    done
    diff -u "$path" "$work/texts/$1" | sed -n 's/^[-+ ]/        | &/p' \
        | grep -vE '\| (---|\+\+\+)'
}

tell()          # ID PATH NAME
{
    argued=$(excuse redundant "$3") waits=$(excuse waiting "$3")
    what=$(outcome "$1" "$3")
    case $what:${argued:+argued}:${waits:+waits} in
    noticed::)       echo "noticed $3: $(by_whom "$1") ok" ;;
    noticed:*)       show "$1" "$3" "noticed, and listed as unnoticeable" ;;
    survived:argued:)
        if words_of "$2" | grep -qF "$argued"; then echo "redundant $3"
        else show "$1" "$3" "$2 has no such argument: $argued"; fi ;;
    survived::waits) echo "waiting $3" ;;
    survived:*)      show "$1" "$3" "survived" ;;
    *)               show "$1" "$3" "no result" ;;
    esac
}

# Names in the lists that no mutant has.
unknown_names()
{
    cut -d' ' -f4 "$work/all" | sort | comm -13 - "$work/listed" \
        | sed 's/$/: listed, and no such mutant FAILED/'
}

while read -r id path rung name; do
    tell "$id" "$path" "$name"
done <"$work/list" >"$work/verdicts"
[ "$#" -gt 0 ] || [ "$kinds" != "orders logic" ] || unknown_names >>"$work/verdicts"

count() { grep -c "$1" "$work/verdicts"; }
noticed=$(count '^noticed ') redundant=$(count '^redundant ')
waiting=$(count '^waiting ') failed=$(count ' FAILED$')
cat "$work/verdicts"
by_rung()
{
    while read -r id rest; do
        for cc in $compilers; do
            sed -n '2s/^noticed \([a-z]*\) .*/\1/p' "$work/results/$id.$cc"
        done
    done <"$work/list" 2>/dev/null | sort | uniq -c | sort -rn \
        | awk '{ printf "%s %s %d", (NR > 1 ? "," : ""), $2, $1 } END { print "" }'
}

# `figure mutants STRUCTURE N noticed` and so on.
figures()
{
    awk '
        /^(noticed|redundant|waiting) / || / survived FAILED$/ {
            what = / FAILED$/ ? "survived" : $1
            name = / FAILED$/ ? $1 : $2
            sub(/(_linux)?\.[ch]:.*/, "", name)
            n[name " " what]++
        }
        END {
            for (key in n) {
                split(key, part, " ")
                print "figure mutants", part[1], n[key], part[2]
            }
        }' "$work/verdicts" | sort
}

echo "builds noticed by:$(by_rung)"
figures
[ "$fast" -eq 0 ] \
    || echo "fast: each ${fast}th mutant, with $compilers only, SEED=$seed"
all=$((redundant + waiting))
if [ $# -eq 0 ] && [ "$fast" -eq 0 ] && [ $((all * 10)) -gt "$noticed" ]; then
    echo "redundant and waiting: $all, more than a tenth of $noticed FAILED"
    failed=$((failed + 1))
fi
echo "$noticed noticed, $all redundant ($waiting of them waiting)," \
    "$(count ': survived FAILED$') survived"
echo "$noticed passed, $failed failed"
if grep -q ': no result FAILED$' "$work/verdicts"; then exit 2; fi
[ "$failed" -eq 0 ]
