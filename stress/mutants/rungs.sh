# rungs.sh - what a mutant has to get past: for mutants.sh, which reads it in.
# SPDX-License-Identifier: BSD-2-Clause
#
# A rung is a way of running programs: flags of the build, a directory of programs and
# what they are called with.  Where a directory is, its programs are found, so a new
# structure is tried with its test and its subject.

# rung NAME: says in seam, san, debug, way and with what the rung is.
rung()
{
    seam='' san='' debug='' way=stress with=''
    case $1 in
    unit)      way=tests ;;
    debug)     way=tests debug=1 ;;
    address)   way=tests san=address ;;
    schedule)  seam=schedule way=schedule with=$SCHEDULE_FLAGS ;;
    model)     seam=model way=model with=$MODEL_FLAGS ;;
    thread)    san=thread with=$TRIAL_FLAGS ;;
    perturbed) seam=perturb san=thread with=$TRIAL_FLAGS ;;
    history)   seam=perturb way=history with=$HISTORY_FLAGS ;;
    fault)     seam=fault way=fault with=$FAULT_FLAGS ;;
    *)         return 1 ;;
    esac
}
all_rungs='schedule unit debug thread perturbed history fault address model'
order_rungs='model thread perturbed'    # no other can tell one order from another

TRIAL_FLAGS='--items 1 --rounds 50'     # the least that each phase takes
SCHEDULE_FLAGS='--schedules 100000 --seed 1'
MODEL_FLAGS='--schedules 300000 --seed 1'
HISTORY_FLAGS=''
FAULT_FLAGS='--fast'

# Under the model, the scheduler's trials are run.
trials_of()     # WAY
{
    if [ "$1" = model ]; then echo schedule; else echo "$1"; fi
}

# The rungs whose directory is there, and has trials of its own.
rungs_here()
{
    for r in ${RUNGS:-$all_rungs}; do
        rung "$r"
        case $way in
        tests | stress) echo "$r" ;;
        *) ls stress/"$(trials_of "$way")"/trial/*.h >/dev/null 2>&1 && echo "$r" ;;
        esac
    done
}

# A subject joins in a way that has a trial of its kind.
joins()         # WAY SUBJECT
{
    kind=$(sed -n 's|^#include <trial/\([a-z]*\)\.h>$|\1|p' "stress/$2.c")
    [ "$1" = stress ] || [ -e "stress/$(trials_of "$1")/trial/${kind:-none}.h" ]
}

# Lines `HEADER WAY PROGRAM`: which programs include which header of ours, however far.
dependencies()
{
    awk '
        function all_of(file,   i, n, next_ones) {
            if (!(file in is) || seen[file]++) return
            n = split(includes[file], next_ones, " ")
            for (i = 1; i <= n; i++) all_of(next_ones[i])
        }
        FNR == 1 { is[FILENAME]; beside = FILENAME; sub(/[^\/]*$/, "", beside) }
        /^#include [<"]/ {
            split($2, name, /[<">]/)
            includes[FILENAME] = includes[FILENAME] " " beside name[2] \
                " include/" name[2] " stress/" name[2]
        }
        END {
            for (program in is) {
                if (program !~ /^(tests\/[^\/]*_test|stress\/[^\/]*)\.c$/) continue
                split("", seen)
                all_of(program)
                split(program, part, /[\/.]/)
                for (file in seen)
                    if (sub(/^include\/pawl\//, "", file) && sub(/\.h$/, "", file))
                        print file, part[1], part[2]
            }
        }' include/pawl/*.h tests/*.[ch] $(find stress -name '*.[ch]')
}

# The headers that a source speaks for: its own, or those of the sources around it.
stems_of()      # PATH
{
    case $1 in
    src/*.h) grep -l "\"$(basename "$1")\"" src/*.c ;;
    *)       echo "$1" ;;
    esac | sed -E 's|.*/||; s/(_linux)?\.[ch]$//'
}

# Lines `PATH WAY PROGRAM...`: the programs that a mutant of PATH has to get past, those
# that bear its name first.
concerns()      # PATH...
{
    dependencies >"$work/dependencies"
    for path; do
        for way in tests stress schedule history fault model; do
            base=$way
            [ "$way" = tests ] || base=stress
            for stem in $(stems_of "$path"); do
                grep "^$stem $base " "$work/dependencies" | cut -d' ' -f3 \
                    | awk -v own="$stem" '{ print index($0, own) != 1, $0 }'
            done | sort -u | while read -r rank name; do
                [ "$base" = tests ] || joins "$way" "$name" || continue
                printf '%s ' "$name"
            done | sed "s|^|$path $way |; s|\$|\n|"
        done
    done
}

programs_of()   # PATH WAY
{
    sed -n "s|^$1 $2 ||p" "$work/concerns"
}

# What a mutant of PATH is judged by, as one number: the library, the programs that it
# meets, and all that these are made of.
sources_of()    # PATH
{
    find include src mk Makefile stress/*/ -type f ! -path 'stress/mutants/*.txt' \
        ! -path 'stress/peers/*'
    ls tests/*.h
    for p in $(programs_of "$1" tests); do echo "tests/$p.c"; done
    for p in $(programs_of "$1" stress); do echo "stress/$p.c"; done
}
