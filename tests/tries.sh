# tries.sh - what the tests of tools share: try a command, look at what it printed.
# SPDX-License-Identifier: BSD-2-Clause
#
# Sourced.  What is printed goes to files in $scratch, a new directory.
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT

# try WHAT COMMAND...: a line for it; on failure what the command printed.
try()
{
    what=$1; shift
    if "$@" >"$scratch/try" 2>&1
    then echo "$what ok"; else tail -n 40 "$scratch/try"; echo "$what FAILED"; fi
}

# run STATUS FILE COMMAND...: its output goes to the file, and its status is so.
run()
{
    status=$1 file=$2; shift 2
    timeout 60 "$@" >"$scratch/$file" 2>"$scratch/$file.err"
    got=$?
    [ $got -eq "$status" ] || { tail -n 60 "$scratch/$file" "$scratch/$file.err"
        echo "exit status $got, not $status"; return 1; }
}

has() { grep -qE -- "$2" "$scratch/$1" || { cat "$scratch/$1"; return 1; }; }
hasnt() { ! grep -E -- "$2" "$scratch/$1"; }

# says STATUS PATTERN COMMAND...: it ends with STATUS, and a line of all that it prints
# fits.
says()
{
    status=$1 pattern=$2; shift 2
    "$@" >"$scratch/said" 2>&1
    got=$?
    [ $got -eq "$status" ] || { cat "$scratch/said"
        echo "exit status $got, not $status"; return 1; }
    has said "$pattern"
}

# Bad input is told of on standard error.
refuses() { run 2 refused "$@" && [ -s "$scratch/refused.err" ]; }

# --- programs of stress/schedule ----------------------------------------------------

# What a failure's report says, but for how it was come by.
interleaving() # FILE
{
    sed -n '/: .*: /,/^found/p' "$scratch/$1" | grep -vE '^(repro|found|replay)|FAILED'
}

# The failure that the last `run 1 FILE` shows, its replay shows again, to the byte.
replays() # FILE
{
    interleaving "$1" >"$scratch/first"
    command=$(sed -n 's/^replay: //p' "$scratch/$1")
    run 1 replay sh -c "$command" || return 1
    interleaving replay >"$scratch/second"
    [ "$(wc -l <"$scratch/first")" -gt 3 ] && diff "$scratch/first" "$scratch/second" \
        && [ "$(sed -n 's/^replay: //p' "$scratch/replay")" = "$command" ]
}

# Two runs with one seed print the same, but for the rate.
repeats() # PROGRAM
{
    run 0 once "$1" --schedules 20000 --seed 0x11 \
        && run 0 twice "$1" --schedules 20000 --seed 0x11 || return 1
    grep -v rate "$scratch/once" >"$scratch/a"
    grep -v rate "$scratch/twice" >"$scratch/b"
    cmp "$scratch/a" "$scratch/b"
}
