#!/bin/sh
# history_test.sh - recorded trials find what is wrong, and the judge agrees.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/history_test.sh DIR
# DIR holds what stress/history/controls/ and tool/ are built to, perturbed.  Each
# control must be rejected for its own reason, within a time in which many passes fit,
# and the history that it saves must be rejected again.
set -u
dir=$1
. "$(dirname "$0")/tries.sh"

# rejected NAME PATTERN: what is said of it fits.
rejected()
{
    try "$1 is rejected" says 1 "$2" \
        "$dir/controls/$1" --seconds 30 --save "$scratch/$1"
    try "$1, saved, is rejected again" says 1 "$2" "$dir/tool/judge" "$scratch/$1"
}

rejected strict_ring 'refused, and it was never full|'\
'found nothing, and it was never empty|no order explains it'
rejected reorder_queue 'the second was popped first'
rejected generous_sem 'more permits were taken than there were'
rejected open_lock 'two hold it at once'
rejected lossy_channel 'and something was always inside'
rejected greedy_event 'more permits were taken than there were'

# A wake that is lost leaves no history: it hangs.
hangs()
{
    try "$1 hangs" says 1 'no progress for 3 seconds' \
        "$dir/controls/$1" --seconds 30 --patience 3
}

hangs hasty_event
hangs hasty_loop

# --- the judge's own manners ----------------------------------------------------

# judged STATUS WHAT OPTIONS PATTERN, the file from standard input.
judged()
{
    cat >"$scratch/file"
    try "$2" says "$1" "$4" "$dir/tool/judge" $3 "$scratch/file"
}

good='history queue capacity 2 permits 0
# one that never returned has happened

thread 0 push 7 pending 10 -
thread 1 pop 7 done 20 30'
echo "$good" | judged 0 'a right history is right' '' '^right, says the exact search$'
echo "$good" | judged 0 'so says the search alone' --exact '^right, says the exact'
echo "$good" | sed 's/pop 7/pop 8/' | judged 1 'a wrong one is wrong' '' \
    'wrong, says the fast checker: popped, and never pushed'
echo "$good" | sed 's/pop 7/pop 8/' | judged 1 'so says the search alone of it' \
    --exact \
    'wrong, says the exact search: no order explains it'

bad() { echo "$good" | sed "$2" | judged 2 "$1 is no history" '' "$3"; }
bad 'an unknown word' 's/pop/peek/' ':5: not a line'
bad 'an operation of another kind' 's/pop 7/wait 1/' ':5: not a line'
bad 'a number too large' 's/pop 7/pop 99999999999999999999/' ':5: not a line'
bad 'a return before the call' 's/20 30/30 20/' ':5: not a line'
bad 'a word too many' 's/20 30/20 30 40/' ':5: not a line'
bad 'a line too few' '1d' ':3: not a line'
bad 'an unknown kind' 's/queue/deque/' ':1: not a line'
bad 'a line without end' "s/pop/$(printf '%0300d' 0)/" ':5: not a line'
: | judged 2 'an empty file is no history' '' ':1: not a line'
{ echo 'history mutex capacity 0 permits 0'
  i=0; while [ $i -lt 70 ]; do
      echo "thread 0 lock 0 not-now $i $i"; i=$((i + 1)); done
} | judged 2 'a long one is not searched' --exact 'too many to search'

try 'a file that is not there' says 2 'No such file' "$dir/tool/judge" "$scratch/none"
try 'no file at all' says 2 '^usage' "$dir/tool/judge"
