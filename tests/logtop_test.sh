#!/bin/sh
# logtop_test.sh - holds examples/logtop to what it promises.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/logtop_test.sh LOGTOP [QUEUE...]      all its queues, if none is named
#
# What it counts is compared with tr, awk, sort and uniq.  Each case prints its name
# and `ok` or `FAILED`, the last line says how many.
set -u
export LC_ALL=C
case $1 in /*) logtop=$1 ;; *) logtop=$PWD/$1 ;; esac
shift
queues=${*:-$("$logtop" --queue list)} || exit 2
scratch=$(mktemp -d) || exit 2
chmod 755 "$scratch"
cd "$scratch" || exit 2
trap 'rm -rf "$scratch"' EXIT

passed=0 failed=0
case_is()       # NAME STATUS
{
    if [ "$2" -eq 0 ]; then
        passed=$((passed + 1)); echo "$1 ok"
    else
        failed=$((failed + 1)); echo "$1 FAILED"
    fi
}

# What logtop is to print with -k 0: words, or with N the N-th fields, of a file.
reference()     # FILE [N]
{
    if [ -n "${2:-}" ]; then
        tr '\t\r' '  ' <"$1" | awk -v n="$2" 'NF >= n { print $n }'
    else
        tr -cs 'A-Za-z0-9_\200-\377' '\n' <"$1"
    fi | awk 'length($0) > 0 && length($0) <= 1024' | sort | uniq -c \
        | awk '{ n = $1; sub(/^ *[0-9]+ /, ""); print n "\t" $0 }' | sort -k1,1nr -k2
}

# Does logtop count what the reference does?
agrees()        # FILE N LOGTOP-OPTIONS...
{
    file=$1 n=$2
    shift 2
    reference "$file" "$n" >want
    "$logtop" -k 0 ${n:+-f "$n"} "$@" "$file" >got 2>report \
        && cmp -s want got && [ -s got ] && return
    echo "# $file${n:+ -f $n} $*: not as the reference"
    diff want got | cut -c 1-80 | head -n 5
    cat report
    return 1
}

# Exit status and, if there is a third argument, what standard error is to say.
ends_with()     # STATUS LOGTOP-OPTIONS...
{
    status=$1
    shift
    "$logtop" "$@" >got 2>report
    is=$?
    [ $is -eq "$status" ] || { echo "# $*: exit status $is, not $status"; return 1; }
}
says()          # PATTERN
{
    grep -q -- "$1" report || { echo "# does not say: $1"; cat report; return 1; }
}
prints()        # TEXT, as for printf
{
    printf "$1" | cmp -s - got || { echo "# prints:"; head -n 5 got; return 1; }
}

# --- text ---------------------------------------------------------------------------

# Words of 1 to 9 bytes, BYTES in all or a little more, a line end after each N-th.
prose()         # BYTES N
{
    awk -v most="$1" -v every="$2" 'BEGIN {
        srand(5)
        for (at = 0; at < most; at += length(word) + 1) {
            word = substr("abcdefghijkl", 1 + int(rand() * 4), 1 + int(rand() * 9))
            printf "%s%s", word, ++words % every ? " " : "\n"
        }
        print ""
    }'
}
repeat() { head -c "$2" /dev/zero | tr '\0' "$1"; }         # BYTE TIMES
prose 140000 9 >lines
prose 140000 1000000 >line
prose 1500000 7 >large

# The text moves on byte by byte, so that the border falls at each place of it once.
at_borders()    # FILE N
{
    for shift in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23; do
        { repeat z "$shift"; printf ' '; cat "$1"; } >shifted
        agrees shifted "$2" || return 1
    done
}
at_borders lines ''; case_is "words at block borders" $?
at_borders line ''; case_is "words at block borders in one long line" $?
at_borders lines 3; case_is "fields at block borders" $?
at_borders line 12000; case_is "fields at block borders in one long line" $?

long_words()    # N
{
    for length in 1023 1024 1025 1100 64510 64512 65534 65535 65536 65537 131071 \
            131072 131073 200000; do
        for before in '' 'one two ' 'first\nsecond '; do
            { printf "$before"; repeat x $length; printf ' three four\none two three\n'
              repeat y $length; } >long
            agrees long "$1" || return 1
        done
    done
}
long_words ''; case_is "words longer than blocks" $?
long_words 2; case_is "fields longer than blocks" $?

# As the last bytes of a block there are just as many of a word as may be, or one more.
limit_at_border()       # N
{
    for before in 64510 64511 64512 64513; do
        for length in 1023 1024 1025 1026 1500; do
            { head -c $before line | tr '\n' ' '; printf ' '; repeat X $length
              printf ' end\n'; head -c $before line; printf ' q r s'; } >long
            agrees long "$1" || return 1
        done
    done
}
limit_at_border ''; case_is "words of the greatest length at a block border" $?
fields=$(head -c 64512 line | wc -w)
limit_at_border "$fields" && limit_at_border $((fields + 1))
case_is "fields of the greatest length at a block border" $?

{ printf 'ab '; repeat x 3000; printf ' cd\n'; repeat y 200000; printf ' z\n'; } >long
ends_with 0 -k 0 long && prints '1\tab\n1\tcd\n1\tz\n' \
    && says ' 2 words of more than 1024'
case_is "long words are left out once each" $?
ends_with 0 -k 0 -f 2 long && prints '1\tz\n' && says ' 1 words of more than 1024'
case_is "long fields are left out if they are asked for" $?

printf 'a b\r\nc \303\244 b_1\r\n\tb\n\n  a-b' >small
{ agrees small '' && agrees small 1 && agrees small 2 && agrees small 3; }
case_is "carriage returns, tabs, bytes above 0x7f, no newline at the end" $?

{ repeat 'a ' 5000; printf '\0b\0'; repeat 'c ' 5000; printf '\0d'; } >late
{ agrees late '' && says ' 0 binary'; }; case_is "a NUL behind the first 4096 bytes" $?
mkdir kinds
{ repeat a 4095; printf '\0 x'; } >kinds/binary
{ repeat a 4096; printf '\0 y'; } >kinds/text
printf 'b' >kinds/b1
printf 'b' >kinds/b2
: >kinds/empty
ends_with 0 -k 0 kinds && prints '2\tb\n1\ty\n' \
    && says ' 4 files' && says ' 1 binary' && says ' 1 words of more'
case_is "binary files are skipped, empty ones are not, files do not run together" $?
{ repeat 'x' 4000; printf '\0'; } >kinds/late
head -c 63000 lines >begin
{ cat begin; echo; cat lines; } >both
reference both >want
ends_with 0 -k 0 begin kinds/late lines && cmp -s want got && says ' 1 binary'
case_is "files, and a binary one, that begin near a block's end" $?
rm kinds/late
: >empty
ends_with 0 empty && prints '' && ends_with 0 --verify empty && prints ''
case_is "empty input" $?

printf 'b a b a c d\n' >ties
ends_with 0 -k 3 ties && prints '2\ta\n2\tb\n1\tc\n'
case_is "the most frequent first, ties in byte order" $?
some_of_many()
{
    reference large >want
    for top in 1 2 7 100 $(grep -c . want) 1000000; do
        ends_with 0 -k $top large && head -n $top want | cmp -s - got || return 1
    done
}
some_of_many; case_is "as many as are asked for" $?

# --- queues -------------------------------------------------------------------------

mkdir tree tree/below tree/below/further
for i in 1 2 3 4 5 6 7 8; do cp kinds/b1 tree/below/further/$i; done
cp large lines tree
cp line long small tree/below
reference_of_all() { cat tree/large tree/lines tree/below/line tree/below/long \
    tree/below/small ; printf '\nb b b b b b b b\n'; }
reference_of_all >all
reference all >want
for queue in $queues; do
    good=0
    for threads in '-r 1 -w 1' '-r 1 -w 3' '-r 4 -w 1' '-r 3 -w 4'; do
        ends_with 0 -k 0 --queue "$queue" $threads --verify tree && cmp -s want got \
            && says 'one thread counts the same' || good=1
    done
    case_is "$queue: counts like the reference, and verifies" $good
done
changing=/proc/sys/kernel/random/uuid
if [ -r $changing ]; then
    ends_with 1 --verify $changing && says 'verify: FAILED'
    case_is "--verify finds a difference" $?
fi

# --- what cannot be read ------------------------------------------------------------

ends_with 1 -k 1 small missing ties && prints '5\tb\n' && says 'missing: No such file'
case_is "a missing file is named, and the rest is counted" $?

ln -s ../large tree/link
ln -s .. tree/below/up
mkfifo tree/fifo
ends_with 0 -k 0 tree && cmp -s want got && says ' 3 links and special'
case_is "links and special files are not followed" $?
ends_with 1 tree/link && prints '' && says 'tree/link: a symbolic link' \
    && ends_with 1 tree/fifo && says 'tree/fifo: a special file'
case_is "nor if they are named, and then it says so" $?

# Root may read everything: then somebody else has to try.
as_nobody=
[ "$(id -u)" -ne 0 ] || as_nobody='setpriv --reuid 65534 --regid 65534 --clear-groups'
cp "$logtop" mine
chmod 755 mine
mkdir closed
cp ties closed/open
cp ties closed/shut
chmod 000 closed/shut
if [ -z "$as_nobody" ] || $as_nobody true 2>/dev/null; then
    $as_nobody ./mine -k 1 closed >got 2>report
    [ $? -eq 1 ] && prints '2\ta\n' && says 'closed/shut: Permission denied' \
        && says ' 1 unreadable'
    case_is "an unreadable file is named, and the rest is counted" $?
fi

# --- standard input, output and signals ---------------------------------------------

reference large >want
cat large | "$logtop" -k 0 - >got 2>report && cmp -s want got
case_is "standard input" $?
ends_with 2 --verify - <ties && says 'standard input' && prints ''
case_is "--verify with standard input is refused" $?

"$logtop" - <&- >got 2>report
[ $? -eq 1 ] && prints '' && says 'standard input: '
case_is "no standard input" $?
"$logtop" ties >&- 2>report
[ $? -eq 1 ] && says 'standard output: '
case_is "no standard output" $?

{ "$logtop" -k 0 large 2>report; echo $? >status; } | head -n 1 >got
head -n 1 want | cmp -s - got && [ "$(cat status)" -eq 0 ] && ! grep -q 'output' report
case_is "a closed pipe" $?
if [ -c /dev/full ]; then
    "$logtop" large >/dev/full 2>report
    [ $? -eq 1 ] && says 'standard output: '
    case_is "a full disk" $?
fi

# A writer that stays: SIGINT is to end it, with what has been read.  When the last of
# so many newlines is in the pipe, all before them has been read.
interrupted()
{
    mkfifo pipe
    timeout --foreground -s KILL 30 "$logtop" -k 0 - <pipe >got 2>report &
    child=$!
    exec 3>pipe
    { cat large; repeat '\n' 1200000; } >&3
    kill -INT $child
    wait $child
    status=$?
    exec 3>&-
    [ $status -eq 130 ] || { echo "# exit status $status, not 130"; return 1; }
    cmp -s want got || { echo "# prints:"; head -n 3 got; return 1; }
}
interrupted; case_is "SIGINT prints what has been read" $?

# --- options ------------------------------------------------------------------------

misuse()
{
    for wrong in '' '-r 0 x' '-w 0 x' '-r x x' '-w 2000 x' '-k -1 x' '-k 1x x' \
            '-f 0 x' '-f' '--queue none x' '--progress often x' '--nonsense x'; do
        ends_with 2 $wrong && prints '' && [ -s report ] || return 1
    done
}
misuse; case_is "misuse ends with 2" $?
ends_with 0 --help && grep -q -- --verify got && ends_with 0 --version \
    && grep -q '^logtop [0-9]' got
case_is "--help and --version" $?
ends_with 0 --progress never ties && says 'MB/s' && says 'lines/s' && says 'blocked: '
case_is "the report" $?

echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
