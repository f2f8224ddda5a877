#!/bin/sh
# fault_test.sh - stress/fault notices: a wrong table, and structures that are broken.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: tests/fault_test.sh PROGRAMS
# PROGRAMS is where the programs of fault injection are.  The broken structures are
# built in a copy of the tree, with $MAKE and $CC.
set -u
case $1 in /*) programs=$1 ;; *) programs=$PWD/$1 ;; esac
. "$(dirname "$0")/tries.sh"

# notices WHAT STATUS PATTERN COMMAND...: it ends with STATUS, and a line fits PATTERN.
notices() { what=$1; shift; try "$what: noticed" says "$@"; }

# --- a table that is not what was expected ------------------------------------------

table=stress/fault/expected/spsc_ring.txt
notices "the right table" 0 'as expected  ok$' "$programs/spsc_ring" --fast
sed '1s/progress/blocked/' "$table" >"$scratch/wrong"
notices "another outcome" 1 'as expected  FAILED$' \
    "$programs/spsc_ring" --fast --expected "$scratch/wrong"
sed 1d "$table" >"$scratch/short"
notices "a line too many" 1 '^found: .* push, room:' \
    "$programs/spsc_ring" --fast --expected "$scratch/short"
sed '$p; $s/leave/arrive/' "$table" >"$scratch/long"
notices "a line too few" 1 '^expected: .* arrive' \
    "$programs/spsc_ring" --fast --expected "$scratch/long"

# --- bad input ------------------------------------------------------------------------

notices "no such table" 2 'No such file' \
    "$programs/spsc_ring" --fast --expected "$scratch/no"
notices "an unknown option" 2 '^usage' "$programs/spsc_ring" --sideways
notices "no number" 2 'no number' "$programs/spsc_ring" --operations many
notices "an argument" 2 '^usage' "$programs/spsc_ring" mpmc_ring

# --- every atomic operation of the sources is visited ---------------------------------

list=stress/fault/expected/unvisited.txt
all=$(for f in stress/fault/expected/*.txt; do
    name=$(basename "$f" .txt)
    [ "$f" = "$list" ] || ls "$programs/$name" "$programs/fault/loop/$name" 2>/dev/null
done)
try "every operation is visited" says 0 '^[0-9]+ of [0-9]+ operations$' \
    tests/sites.sh "$list" $all
notices "a program left out" 1 '^nobody is stopped: src/spinlock\.c lock_slow ' \
    tests/sites.sh "$list" $(echo "$all" | grep -v '/spinlock$')
grep -v 'event\.c init' "$list" >"$scratch/less"
notices "an operation that is not in the list" 1 \
    '^nobody is stopped: src/event\.c init ' tests/sites.sh "$scratch/less" $all
sed 's/init \(.*epoch\)/unit \1/' "$list" >"$scratch/other"
notices "one in the list that is nowhere" 1 '^no such operation: src/event\.c unit ' \
    tests/sites.sh "$scratch/other" $all
{ cat "$list"; awk -v path=src/spinlock.c -v places=1 -f stress/mutants/orders.awk \
    src/spinlock.c | cut -d ' ' -f 1,5- | sed 's/^/    /'; } >"$scratch/more"
notices "one in the list that is visited" 1 \
    'it is in the list: src/spinlock\.c lock_slow ' tests/sites.sh "$scratch/more" $all
sed '/^world/d' "$list" >"$scratch/bare"
notices "one without a reason" 1 '^no reason for src/backoff\.c join ' \
    tests/sites.sh "$scratch/bare" $all

# --- broken structures ----------------------------------------------------------------

tree=$PWD
for part in include src stress tests mk Makefile; do cp -R "$part" "$scratch"; done
cd "$scratch" || exit 2
at=build/fault/fault

# replace FILE TEXT BY: once, and it is there.
replace()
{
    TEXT=$2 BY=$3 awk '
        !done && (i = index($0, ENVIRON["TEXT"])) {
            $0 = substr($0, 1, i - 1) ENVIRON["BY"] \
                substr($0, i + length(ENVIRON["TEXT"])); done = 1 }
        { print }
        END { exit !done }' "$1" >"$1.new" && mv "$1.new" "$1" \
        || echo "$1: cannot plant FAILED"
}

# broken STRUCTURE...: build them, as they are now.
broken()
{
    ${MAKE:-make} BUILD=build SEAM=fault CFLAGS=-O0 ${CC:+CC="$CC"} \
        $(for s in "$@"; do echo $at/$s; done) >log 2>&1 \
        || { tail -n 20 log; echo "cannot build what is broken FAILED"; }
}

# mpmc_swap: pushes one at a time, behind a lock: who stops there blocks all.
h=include/pawl/mpmc_swap.h
replace $h '    uint32_t ports, spares;' \
    '    uint32_t ports, spares; PAWL_ATOMIC(uint32_t) busy;'
replace src/mpmc_swap.c '    q->spares = (uint32_t)spares;' \
    '    q->spares = (uint32_t)spares;
    atomic_store_explicit(&q->busy, 0, memory_order_relaxed);'
once='pawl_mpmc_swap_guess_put_(port) ? 0 : pawl_mpmc_swap_put_(port);'
replace $h "    return $once" \
    "    PAWL_ATOMIC(uint32_t) *busy = &pawl_mpmc_swap_of_(port)->busy;
    int result;

    while (atomic_exchange_explicit(busy, 1, memory_order_acquire) != 0)
        continue;
    result = $once
    atomic_store_explicit(busy, 0, memory_order_release);
    return result;"

# mpmc_ring: an item that nobody pushed.  sem: a post that wakes nobody.  event: who
# listens is called once more than it should be.
replace include/pawl/mpmc_ring.h '*item = pawl_mpmc_ring_item_(word);' \
    '*item = pawl_mpmc_ring_item_(word + 1024);'
replace src/sem.c 'pawl_unpark_half(where, word & PAWL_SEM_SEVERAL_ ? PAWL_ALL : n,' \
    'pawl_unpark_half(where, word & PAWL_SEM_SEVERAL_ ? 0 : n - n,'
replace src/event.c '    call.whom->fire(call.whom);' \
    '    call.whom->fire(call.whom), call.whom->fire(call.whom);'

broken mpmc_swap mpmc_ring sem event fault/loop/eventfd
notices "a push behind a lock" 1 '^found: .*push, room: .*blocked' \
    $at/mpmc_swap --fast --kills 50
cp said stormy
notices "a storm that it does not survive" 0 'storm: a process hangs.*FAILED$' \
    cat stormy
notices "an item from nowhere" 1 'stall pop .* broken  FAILED$' $at/mpmc_ring --fast
notices "a post that wakes nobody" 1 'wait, none, then one: sleeps for ever' \
    $at/sem --fast
notices "a listener called twice" 1 'notify .* broken  FAILED$' $at/event --fast
notices "a doorbell rung twice" 1 'notify .* broken  FAILED$' \
    $at/fault/loop/eventfd --fast

# --- broken where only one kind of path shows it --------------------------------------

for f in $(find include src -type f); do
    cmp -s "$tree/$f" "$f" || cp "$tree/$f" "$f"
done

# mpmc_ring: a claim that fails is made good if two laps have passed, or four: the slot
# looks the same.  channel: a push of n wakes one.  sem: who wants several is not told
# that it is closed.  event: notify all wakes one.  eventfd: disarm waits for a ring.
replace include/pawl/mpmc_ring.h 'memory_order_acq_rel, memory_order_acquire)) {' \
    'memory_order_acq_rel, memory_order_acquire)
                || (((now ^ p) & (2 * r->mask + 1)) == 0
                    && atomic_compare_exchange_weak_explicit(&r->head, &now, now + 1,
                           memory_order_acq_rel, memory_order_acquire))) {'
replace include/pawl/channel.h 'pawl_event_notify(&c->items, (uint32_t)n)' \
    'pawl_event_notify(&c->items, 1)'
replace src/sem.c 'if (word & PAWL_SEM_CLOSED_) {' \
    'if (n == 1 && (word & PAWL_SEM_CLOSED_)) {'
replace src/event.c '? n : (uint32_t)unserved;' \
    '? n : n == PAWL_ALL && unserved > 1 ? 1 : (uint32_t)unserved;'
replace src/eventfd_linux.c 'pawl_event_take_out_(f->event' \
    'pawl_event_unlisten(f->event'
# mpmc_swap: each push keeps its item back until the next call: who is killed in between
# was in no pop, and yet the item is lost.
t=stress/fault/trial/storm_swap.h
replace $t 'static bool storm_push(' 'static bool push_now('
replace $t '/* The number of the item' 'static uint64_t kept;

static bool storm_push(void *port, uint64_t number)
{
    if (kept != 0 && !push_now(port, kept))
        return false;
    kept = number;
    return true;
}

/* The number of the item'
replace $t '    void *cell = NULL;' \
    '    void *cell = kept != 0 && push_now(port, kept) ? (kept = 0, NULL) : NULL;'
# mpmc_word: the highest bit of a handle is lost.
replace include/pawl/mpmc_word.h 'full | item,' 'full | (item & INT32_MAX),'
broken mpmc_ring channel sem event fault/loop/eventfd mpmc_swap mpmc_word
notices "a push whose item dies with its process" 1 \
    'storm: more items are lost than .* in a pop.*FAILED$' $at/mpmc_swap --fast
notices "a handle that comes torn" 1 'storm: an item came torn.*FAILED$' \
    $at/mpmc_word --fast
notices "a lap taken for another" 1 '^found: .*stall pop, rival laps: .*blocked' \
    $at/mpmc_ring --fast
notices "a push of n that wakes one" 1 \
    '^found: .*push_n, two sleep: .*3 of 3 items in, one woken at once, one by a' \
    $at/channel --fast
notices "a close that one does not hear of" 1 \
    'wait n, too few, then closed: sleeps for ever' $at/sem --fast
notices "a notify of all that wakes one" 1 \
    '^found: .*notify all, two sleep: .*; 5-6 progress, one woken at once, one by the' \
    $at/event --fast
notices "a disarm that waits for a ring" 1 \
    '^found: .*notify, armed: .*; 6 blocked, .* its clear and close wait;' \
    $at/fault/loop/eventfd --fast

# --- refused for no reason ------------------------------------------------------------

# mpmc_ring, which may refuse while others are at work: a pop that leaves the last in.
cp "$tree/include/pawl/mpmc_ring.h" include/pawl/mpmc_ring.h
replace include/pawl/mpmc_ring.h 'if (pawl_mpmc_ring_is_full_(r, p, word)) {' \
    'if (pawl_mpmc_ring_is_full_(r, p, word)
            && atomic_load_explicit(&r->tail, memory_order_acquire) != p + 1) {'
broken mpmc_ring
notices "an empty that is none" 1 'BROKEN, refused, and nobody else is at work' \
    $at/mpmc_ring --fast
