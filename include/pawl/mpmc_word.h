/* mpmc_word.h - a bounded queue of 32-bit handles that no stopped thread holds up.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What       FIFO of 32-bit handles (an index, an offset, an id: any value), for many
 *            producers and many consumers.  Linearizable: full and empty are exact.
 *            One read-modify-write an operation, 8 bytes an item, no ports.  Never
 *            allocates, never sleeps, never calls the kernel.  The smaller it is, the
 *            sooner a thread has been stopped for too long inside a call: see Limit.
 *            For larger items, for close, or for none of this care: mpmc_swap.h.
 * Source     Ours: mpmc_swap.h, with the item in the slot itself.
 * Layer 3    uses atomic.h.
 *
 * Idea       What a free slot holds is known without a look: so a push exchanges it
 *            blindly, and moves a line once.  A pop has to look, for the item.
 * Positions  Pushes and pops each count from 0, in 64 bits, and never turn back: the
 *            item pushed p-th is popped p-th, and lives in slot p mod capacity; its lap
 *            is p / capacity, of which a slot keeps 31 bits.
 * State      slot    one word:  lap 31 | full 1 | item 32
 *                    EMPTY(lap)       waits for that lap's push; its item is 0
 *                    FULL(lap, item)  holds the item of that lap
 *
 *                         push p                pop p
 *            EMPTY(lap) ----------> FULL(lap, item) ----------> EMPTY(lap + 1)
 *
 *            tail, head      hints: positions, never above the next to push, to pop
 *
 * Invariant  I1  a slot's lap only grows, at its pops: within the Limit no word recurs,
 *                so an exchange that succeeds has found that very state
 *            I2  position p is tried only when p - 1 is known to be pushed (popped): a
 *                hint says so, or a slot's word does.  So positions fill and drain in
 *                order, without a gap.
 *            I3  tail and head are stored after the exchange, by each who succeeds, and
 *                so perhaps late, and then they go back: lower bounds all the same.  A
 *                word met on the way tells by how many laps they lag; a search for the
 *                first position not pushed (popped), by how many positions more.
 *            I4  who tries position p, or looks at it in a search, knows that
 *                p - capacity is pushed (popped).  For a push, its slot is the lap
 *                before's FULL, EMPTY(lap of p), or what p and its successors made of
 *                them; for a pop, EMPTY(lap of p), FULL(lap of p), or what came later.
 *                So a word is never taken for an older one: it may be 2^31 - 2 laps
 *                beyond p's.
 * Speed      Who loses an exchange waits for 64 pauses, once a call: meanwhile the one
 *            who won has the line for many.  A push that finds the queue full has
 *            taken the slot's line for it: who tries again and again pauses between.
 * Effect     push at its exchange [A], pop at its exchange [B]; full at the exchange
 *            that fails, [D], empty at the load of the slot, [E].
 *            [A] to [E], and the loads of a search, [G], are seq_cst: else full and
 *            empty would each be exact, but not together.  Capacity 2: one thread
 *            pushes twice and then finds it full, while another pops once and then
 *            finds it empty: forbidden.
 * Progress   All calls are lock-free: a retry means that another thread's call took
 *            effect, or that a hint lagged, which costs a search: 2 log2(capacity) + 2
 *            loads at most.  A thread stopped (within the Limit) or killed at any point
 *            holds up nobody, and keeps nothing.  A sole producer's push and a sole
 *            consumer's pop are wait-free (where an exchange fails only because the
 *            slot changed).  Not fair: one thread among many may retry without bound.
 *
 * Roles      Any number of threads may call any operation at the same time.
 *
 * Memory     One block of the caller's memory, without pointers in it: it may be shared
 *            between processes, at different addresses.  Free it when no thread can
 *            touch it again.  A process killed in a pop has taken its item along, or
 *            not.  A forked child may go on with a shared block; of a private one it
 *            has a copy that works, whatever other threads were at.
 * Limit      No call may last, its thread stopped or without luck, while 2^29 laps or
 *            more pass, a lap being `capacity` items.  It could take one lap for
 *            another, or leave a hint that others do.  (A hint may be stored that late,
 *            and who reads it may stop for as long: half of all laps.  The other half
 *            is room for what has been exchanged and not told: a position a thread,
 *            which in a small queue is laps.)  Items then come out of order or never,
 *            or the queue says full or empty for good.  At 10 ns an item that takes 5
 *            seconds with capacity 1, 1.5 hours with 1024, 2 months with 2^20: where
 *            threads may be stopped for as long while others go on (by a debugger, by
 *            SIGSTOP), take a larger one.
 *
 * Example
 *     size_t bytes = pawl_mpmc_word_bytes(1024);
 *     pawl_mpmc_word *q = (pawl_mpmc_word *)aligned_alloc(PAWL_LINE, bytes);
 *     uint32_t handle;
 *     if (q != NULL && pawl_mpmc_word_init(q, bytes, 1024) == 0
 *         && pawl_mpmc_word_try_push(q, 7) && pawl_mpmc_word_try_pop(q, &handle))
 *         printf("%u\n", (unsigned)handle);
 *     free(q);
 */
#ifndef PAWL_MPMC_WORD_H
#define PAWL_MPMC_WORD_H

#include <pawl/atomic.h>

#include <errno.h>

typedef struct pawl_mpmc_word {
    uint64_t mask;                      /* capacity - 1 */
    uint64_t shift;                     /* capacity == 1 << shift */
    alignas(PAWL_LINE) PAWL_ATOMIC(uint64_t) tail;      /* hints */
    alignas(PAWL_LINE) PAWL_ATOMIC(uint64_t) head;
} pawl_mpmc_word;

#define PAWL_MPMC_WORD_FULL_ (UINT64_C(1) << 32)
#define PAWL_MPMC_WORD_LAP_  (UINT64_C(1) << 33)
/* Capacity, at most: 2^30; where size_t has 32 bits, 2^27. */
#define PAWL_MPMC_WORD_MAX   ((size_t)1 << (sizeof(size_t) < 8 ? 27 : 30))

PAWL_BEGIN

/* Bytes that a queue of `capacity` slots takes, a power of two from 1 on; 0 where init
 * would refuse it. */
size_t pawl_mpmc_word_bytes(size_t capacity);

/* Make an empty queue of the `bytes` of memory at `q`, which begin at a multiple of
 * PAWL_LINE.  Not thread-safe: publish `q` to other threads afterwards.  0, or with the
 * memory untouched: EINVAL: capacity is 0 or no power of two, or `q` is misaligned;
 * EOVERFLOW: capacity is above PAWL_MPMC_WORD_MAX, or more than memory can hold;
 * ENOMEM: `bytes` are too few. */
int pawl_mpmc_word_init(pawl_mpmc_word *q, size_t bytes, size_t capacity);

/* For tests: an empty queue as it is after `position` pushes and as many pops. */
void pawl_mpmc_word_init_at_(pawl_mpmc_word *q, uint64_t position);

/* The first try, at that position, has failed: how far the slot's word was beyond what
 * it would have made of it.  As try_push and try_pop say. */
bool pawl_mpmc_word_put_(pawl_mpmc_word *q, uint32_t item, uint64_t t, uint64_t beyond);
bool pawl_mpmc_word_take_(pawl_mpmc_word *q, uint32_t *item, uint64_t h,
                          uint64_t beyond);

PAWL_END

static inline PAWL_ATOMIC(uint64_t) *
pawl_mpmc_word_slot_(pawl_mpmc_word *q, uint64_t position)
{
    return (PAWL_ATOMIC(uint64_t) *)(void *)(q + 1) + (position & q->mask);
}

static inline uint64_t pawl_mpmc_word_empty_(const pawl_mpmc_word *q, uint64_t position)
{
    return (position >> q->shift) * PAWL_MPMC_WORD_LAP_;
}

/* What is told for all. */
static inline uint64_t pawl_mpmc_word_ask_(PAWL_ATOMIC(uint64_t) *hint)
{
    /* [F] acquire: pairs with [H].  An old hint misses nothing; a new one has to bring
     * along the pushes (pops) that it speaks of, or [D] ([E]) could see their slots as
     * they were before. */
    return atomic_load_explicit(hint, memory_order_acquire);
}

/* Tell all that what is before p is pushed (popped). */
static inline void pawl_mpmc_word_tell_(PAWL_ATOMIC(uint64_t) *hint, uint64_t p)
{
    /* [H] release: pairs with [F]. */
    atomic_store_explicit(hint, p, memory_order_release);
}

/* Push at position t.  False: its slot's word is `beyond` what we would have made of
 * it. */
static inline bool pawl_mpmc_word_put_at_(pawl_mpmc_word *q, uint64_t t, uint32_t item,
                                          uint64_t *beyond)
{
    uint64_t word = pawl_mpmc_word_empty_(q, t), full = word | PAWL_MPMC_WORD_FULL_;

    /* [A] seq_cst: see Effect; release: hands our item to [B]; acquire: takes the slot
     * from the [B] that left it.  [D] on failure, seq_cst: see Effect; acquire: with
     * the word we know of the pushes and pops that it tells of. */
    if (PAWL_UNLIKELY(!atomic_compare_exchange_strong_explicit(
            pawl_mpmc_word_slot_(q, t), &word, full | item,
            memory_order_seq_cst, memory_order_seq_cst))) {
        *beyond = word - full;
        return false;
    }
    pawl_mpmc_word_tell_(&q->tail, t + 1);
    return true;
}

/* Pop at position h.  False: the same; or another thread was faster, and it was less
 * when we looked. */
static inline bool pawl_mpmc_word_take_at_(pawl_mpmc_word *q, uint64_t h,
                                           uint32_t *item, uint64_t *beyond)
{
    PAWL_ATOMIC(uint64_t) *slot = pawl_mpmc_word_slot_(q, h);
    uint64_t next = pawl_mpmc_word_empty_(q, h) + PAWL_MPMC_WORD_LAP_;
    /* [E] seq_cst: see Effect; acquire: as [D]. */
    uint64_t word = atomic_load_explicit(slot, memory_order_seq_cst);

    *beyond = word - next;
    if (PAWL_UNLIKELY(*beyond < 0 - PAWL_MPMC_WORD_FULL_))
        return false;                   /* not FULL(lap of h) */
    /* [B] seq_cst: see Effect; acquire: takes the item from [A]; release: hands the
     * slot to the next lap's [A].  relaxed: we look again. */
    if (PAWL_UNLIKELY(!atomic_compare_exchange_strong_explicit(slot, &word, next,
            memory_order_seq_cst, memory_order_relaxed)))
        return false;
    pawl_mpmc_word_tell_(&q->head, h + 1);
    *item = (uint32_t)word;
    return true;
}

/* Append `item`.  False: the queue is full.  What the caller wrote before is visible to
 * whoever pops the item; and to the caller, what was before the pop that made room. */
PAWL_MUST_USE static inline bool
pawl_mpmc_word_try_push(pawl_mpmc_word *q, uint32_t item)
{
    uint64_t t = pawl_mpmc_word_ask_(&q->tail), beyond;

    return pawl_mpmc_word_put_at_(q, t, item, &beyond)
        || pawl_mpmc_word_put_(q, item, t, beyond);
}

/* Remove the oldest item into `*item`, which is left alone on failure.  False: it is
 * empty.  (Where somebody has overwritten its slots or hints, both still return.) */
PAWL_MUST_USE static inline bool
pawl_mpmc_word_try_pop(pawl_mpmc_word *q, uint32_t *item)
{
    uint64_t h = pawl_mpmc_word_ask_(&q->head), beyond;

    return pawl_mpmc_word_take_at_(q, h, item, &beyond)
        || pawl_mpmc_word_take_(q, item, h, beyond);
}

/* How many items there were a moment ago, as far as the hints tell: 0 to capacity. */
static inline size_t pawl_mpmc_word_count_hint(const pawl_mpmc_word *q)
{
    /* relaxed: a hint. */
    uint64_t head = atomic_load_explicit(&q->head, memory_order_relaxed);
    uint64_t tail = atomic_load_explicit(&q->tail, memory_order_relaxed);

    if ((int64_t)(tail - head) <= 0)
        return 0;
    return (size_t)(tail - head <= q->mask ? tail - head : q->mask + 1);
}

#endif
