# trial.sh - builds and runs programs in a tree of its own: for mutants.sh.
# SPDX-License-Identifier: BSD-2-Clause

export TSAN_OPTIONS="halt_on_error=1 second_deadlock_stack=1 history_size=4"
export ASAN_OPTIONS="detect_stack_use_after_return=1"

# What hangs is ended.  Unit tests and schedules take a second at most; another
# trial's own watchdog takes ten.  The sources as they are do not hang: the machine may
# be busy.
ended_after()   # TREE WAY
{
    case $1:$2 in
    */base:*) echo 120 ;;
    *:tests | *:schedule) echo 8 ;;
    *) echo 40 ;;
    esac
}

# Older sanitizer run-times cannot place themselves at random.
placed=
setarch -R true 2>/dev/null && placed='setarch -R'

parts='include src stress tests mk Makefile'

contents() { find $parts -type f -exec cksum {} + | sort; }

# Make TREE/ what is in this tree; what is the same keeps its date, and its objects.
sync_tree()     # TREE
{
    mkdir -p "$1"
    contents >"$1/contents"
    (cd "$1" && contents 2>/dev/null) >"$1/was"
    comm -13 "$1/contents" "$1/was" | cut -d' ' -f3- | (cd "$1" && xargs rm -f)
    comm -23 "$1/contents" "$1/was" | cut -d' ' -f3- | tar cf - -T - | tar xmf - -C "$1"
}

# attempt TREE COMPILER RUNG PROGRAM LOG: 0: it passed; 1: something was noticed, and
# `why` says what; 2: that is no result: it did not build, or was not called rightly.
attempt()
{
    log=$5 why=
    rung "$3"
    flavour=$(echo $seam ${debug:+debug} $san | tr ' ' -)
    program=b/$2${flavour:+/$flavour}/$way/$4
    if ! make -s -C "$1" CC="$2" BUILD="b/$2" CFLAGS=-O1 CPPFLAGS= LDFLAGS= WERROR= \
            SAN="$san" SEAM="$seam" DEBUG="$debug" PERTURB= ONLY= V= \
            "$program" >"$log" 2>&1; then
        why="does not build"
        return 2
    fi
    limit=$(ended_after "$1" $way)
    {   (cd "$1" && exec timeout -k 1 "$limit" $placed "$program" $with) >"$log" 2>&1
        status=$?
    } 2>/dev/null
    case $way:$status in
    *:0 | *:77)    return 0 ;;
    *:124 | *:137) why="hangs" ;;
    tests:*)       why=$(sed -n 's/^\[  FAILED  \] \([a-z_0-9]*\)$/\1/p' "$log" \
                       | head -n 1) ;;
    *:2)           why="status 2"; return 2 ;;
    *:66)          why="a data race" ;;
    esac
    [ -n "$why" ] || why="exit status $status"
    return 1
}
