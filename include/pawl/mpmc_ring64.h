/* mpmc_ring64.h - a bounded queue of 64-bit values for many producers and consumers.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What       mpmc_ring.h for values that need all their bits: numbers, handles, odd
 *            pointers.  A slot is 16 bytes, so a cache line holds half as many.  Never
 *            allocates, never sleeps, never calls the kernel.
 *            It is not linearizable, and a stopped thread can hold it up: where that
 *            matters, take mpmc_swap.h.
 * Source     D. Vyukov, "Bounded MPMC queue", 1024cores.net, 2010; here a capacity of 1
 *            is possible, and batches are.
 * Layer 3    uses atomic.h.
 *
 * Positions  as in mpmc_ring.h: the value pushed p-th is popped p-th, by slot
 *            p mod capacity.
 * State      tail  the next position to push;  head  the next position to pop
 *            slot  {turn, value}; turn:
 *                  EMPTY(p) = p << 1        waits for the push of p
 *                  FULL(p)  = p << 1 | 1    waits for the pop of p
 *
 *                       push p           pop p
 *            EMPTY(p) ---------> FULL(p) ---------> EMPTY(p + capacity)
 *
 * Invariant  I1  head <= tail <= head + capacity
 *            I2  slot p mod capacity, its value too, is the pusher's from its claim of
 *                tail == p, made after it was seen EMPTY(p), until it is FULL(p); then
 *                the popper's from its claim of head == p, made after it was seen
 *                FULL(p), until it is EMPTY(p + capacity).  Nobody else touches the
 *                value: it is plain, and is never read before the claim, which another
 *                may win, and then somebody write there.
 *            I3  a turn tells each position from all others.  So whatever a stale
 *                position meets is no reason to go on, or the claim fails; and claims
 *                order nothing.
 * Effect     push at its claim of tail [C], pop at its claim of head [D]
 * Progress   Lock-free calls: a retry means that another thread claimed.  But a thread
 *            stopped or killed between claim and store holds up its slot: pops then
 *            return false although later values are in, and pushes a lap later
 *            do too.  So false means "the next slot is not ready", which is no proof
 *            of an empty or full ring while others are at work.
 *            A batch that retries looks at its slots anew, all n: for long, where n is
 *            large and others claim all the time.
 *
 * Roles      Any number of threads may call any operation at the same time.
 *
 * Memory     One block of the caller's memory, without pointers of ours in it.  Values
 *            still inside are the caller's.  Free it when no thread can touch it again.
 *            It may be shared between processes.  A forked child may go on with a
 *            shared one; of a private one it has a copy, with a slot held up for ever
 *            if another thread was in a call.
 *
 * Example
 *     size_t bytes = pawl_mpmc_ring64_bytes(1024);
 *     pawl_mpmc_ring64 *r = (pawl_mpmc_ring64 *)aligned_alloc(PAWL_LINE, bytes);
 *     uint64_t values[] = { 1, 2, 3 };
 *     if (r != NULL && pawl_mpmc_ring64_init(r, bytes, 1024) == 0
 *         && pawl_mpmc_ring64_try_push_n(r, values, 3) == 3
 *         && pawl_mpmc_ring64_try_pop(r, &values[1]))
 *         values[2] = values[1];                      // it is 1
 *     free(r);
 */
#ifndef PAWL_MPMC_RING64_H
#define PAWL_MPMC_RING64_H

#include <pawl/atomic.h>

#include <errno.h>

typedef struct pawl_mpmc_ring64 {
    uint64_t mask;                      /* capacity - 1 */
    alignas(PAWL_LINE) PAWL_ATOMIC(uint64_t) tail;      /* producers meet here */
    alignas(PAWL_LINE) PAWL_ATOMIC(uint64_t) head;      /* consumers meet here */
} pawl_mpmc_ring64;

typedef struct pawl_mpmc_ring64_slot {
    PAWL_ATOMIC(uint64_t) turn;
    uint64_t value;
} pawl_mpmc_ring64_slot;

/* Capacity, at most: 2^40; where size_t has 32 bits, 2^26. */
#define PAWL_MPMC_RING64_MAX ((size_t)1 << (sizeof(size_t) < 8 ? 26 : 40))

PAWL_BEGIN

/* Bytes that a ring of `capacity` slots takes, a power of two from 1 on; 0 where init
 * would refuse it. */
size_t pawl_mpmc_ring64_bytes(size_t capacity);

/* Make an empty ring of the `bytes` of memory at `r`, which begin at a multiple of
 * PAWL_LINE.  Not thread-safe: publish `r` to other threads afterwards.  0, or with the
 * memory untouched: EINVAL: capacity is 0 or no power of two, or `r` is misaligned;
 * EOVERFLOW: capacity is above PAWL_MPMC_RING64_MAX, or more than memory can hold;
 * ENOMEM: `bytes` are too few. */
int pawl_mpmc_ring64_init(pawl_mpmc_ring64 *r, size_t bytes, size_t capacity);

/* For tests: an empty ring as it is after `position` pushes and as many pops. */
void pawl_mpmc_ring64_init_at_(pawl_mpmc_ring64 *r, uint64_t position);

PAWL_END

static inline pawl_mpmc_ring64_slot *
pawl_mpmc_ring64_slot_(pawl_mpmc_ring64 *r, uint64_t position)
{
    return (pawl_mpmc_ring64_slot *)(void *)(r + 1) + (position & r->mask);
}

static inline uint64_t pawl_mpmc_ring64_empty_(uint64_t position)
{
    return position << 1;
}

static inline uint64_t pawl_mpmc_ring64_full_(uint64_t position)
{
    return position << 1 | 1;
}

/* Append `n` values, or as many as find their slots ready; returns how many: at most
 * the capacity.  They stand in the ring one behind the other.  What the caller wrote
 * before is visible to whoever pops them.  Where n is 0 the ring is not touched. */
PAWL_MUST_USE static inline size_t
pawl_mpmc_ring64_try_push_n(pawl_mpmc_ring64 *r, const uint64_t *values, size_t n)
{
    uint64_t p;

    if (n == 0)
        return 0;
    /* relaxed, here and at [C]: positions are only claims (I3). */
    p = atomic_load_explicit(&r->tail, memory_order_relaxed);
    for (;;) {
        uint64_t now = p;
        size_t some = 0;

        /* [E] acquire: pairs with [H]: what popped the last value has read it, before
         * it is overwritten; and what it did before that pop is visible here. */
        while (some < n
               && atomic_load_explicit(&pawl_mpmc_ring64_slot_(r, p + some)->turn,
                      memory_order_acquire) == pawl_mpmc_ring64_empty_(p + some))
            some++;
        if (some == 0) {
            now = atomic_load_explicit(&r->tail, memory_order_relaxed);
            if (now == p)
                return 0;               /* it was no stale position that misled us */
        } else if (atomic_compare_exchange_weak_explicit(&r->tail, &now, p + some,
                       memory_order_relaxed, memory_order_relaxed)) {   /* [C] */
            for (size_t i = 0; i < some; i++) {
                pawl_mpmc_ring64_slot *slot = pawl_mpmc_ring64_slot_(r, p + i);

                slot->value = values[i];
                /* [G] release: hands the value, and all before it, to [F]. */
                atomic_store_explicit(&slot->turn, pawl_mpmc_ring64_full_(p + i),
                                      memory_order_release);
            }
            return some;
        }
        p = now;
    }
}

/* Remove up to `n` values into `values`, as many as are ready; returns how many: at
 * most the capacity.  They stood in the ring one behind the other.  The others of
 * `values` are left alone.  Where n is 0 the ring is not touched. */
PAWL_MUST_USE static inline size_t
pawl_mpmc_ring64_try_pop_n(pawl_mpmc_ring64 *r, uint64_t *values, size_t n)
{
    uint64_t p;

    if (n == 0)
        return 0;
    /* relaxed, here and at [D]: as in try_push_n. */
    p = atomic_load_explicit(&r->head, memory_order_relaxed);
    for (;;) {
        uint64_t now = p;
        size_t some = 0;

        /* [F] acquire: pairs with [G]. */
        while (some < n
               && atomic_load_explicit(&pawl_mpmc_ring64_slot_(r, p + some)->turn,
                      memory_order_acquire) == pawl_mpmc_ring64_full_(p + some))
            some++;
        if (some == 0) {
            now = atomic_load_explicit(&r->head, memory_order_relaxed);
            if (now == p)
                return 0;
        } else if (atomic_compare_exchange_weak_explicit(&r->head, &now, p + some,
                       memory_order_relaxed, memory_order_relaxed)) {   /* [D] */
            for (size_t i = 0; i < some; i++) {
                pawl_mpmc_ring64_slot *slot = pawl_mpmc_ring64_slot_(r, p + i);

                values[i] = slot->value;
                /* [H] release: pairs with [E]: the value has been read. */
                atomic_store_explicit(&slot->turn,
                    pawl_mpmc_ring64_empty_(p + i + r->mask + 1), memory_order_release);
            }
            return some;
        }
        p = now;
    }
}

/* Append `value`.  False: the next slot is not free, or its last value is just being
 * taken out.  What the caller wrote before is visible to whoever pops it. */
PAWL_MUST_USE static inline bool
pawl_mpmc_ring64_try_push(pawl_mpmc_ring64 *r, uint64_t value)
{
    return pawl_mpmc_ring64_try_push_n(r, &value, 1) == 1;
}

/* Remove the oldest value into `*value`, which is left alone on failure.  False: the
 * next slot is not full, or its value is just being put in. */
PAWL_MUST_USE static inline bool
pawl_mpmc_ring64_try_pop(pawl_mpmc_ring64 *r, uint64_t *value)
{
    return pawl_mpmc_ring64_try_pop_n(r, value, 1) == 1;
}

/* How many values there were a moment ago, those under way included; 0 to capacity. */
static inline size_t pawl_mpmc_ring64_count_hint(const pawl_mpmc_ring64 *r)
{
    /* relaxed: a hint. */
    uint64_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
    uint64_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);

    if (tail <= head)
        return 0;
    return (size_t)(tail - head <= r->mask ? tail - head : r->mask + 1);
}

#endif
