/* mpmc_ring.h - a bounded queue of pointers for many producers and many consumers.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What       FIFO of pointers in a fixed ring, one 8-byte word a slot; fastest in
 *            batches.  A side that is one thread's needs no exchange: push_sp, pop_sc.
 *            Never allocates, never sleeps, never calls the kernel.  Items are
 *            multiples of 4, NULL included: two low bits are the ring's;
 *            mpmc_ring64.h takes any 64 bits.
 *            It is not linearizable, and a stopped thread can hold it up: where that
 *            matters, take mpmc_swap.h; it moves two cache lines where this moves one.
 * Source     D. Vyukov, "Bounded MPMC queue", 1024cores.net, 2010; here slot and turn
 *            are one word.
 * Layer 3    uses atomic.h.
 *
 * Positions  Pushes and pops each count from 0, in 64 bits, and never turn back: the
 *            item pushed p-th is popped p-th, and lives in slot p mod capacity; its lap
 *            is p / capacity.
 * State      tail  the next position to push;  head  the next position to pop
 *            slot  EMPTY(p) = p << 2 | 1                waits for the push of p
 *                  FULL(p)  = item | (lap & 1) << 1     waits for the pop of p
 *
 *                       push p           pop p
 *            EMPTY(p) ---------> FULL(p) ---------> EMPTY(p + capacity)
 *
 * Invariant  I1  head <= tail <= head + capacity, each up to one behind while a push_sp
 *                or pop_sc is under way: there the slot is stored first
 *            I2  slot p mod capacity is written only by the thread that claimed p from
 *                tail, while it is EMPTY(p), or from head, while it is FULL(p); or that
 *                has that side for itself
 *            I3  a FULL word read after head == p was read is of p's lap or later: head
 *                came to p after the pop of p - capacity read that one's FULL, and
 *                brings that along by [A].  So one bit of the lap tells p's item from
 *                the last lap's.  A later lap's has the claim [D] fail, for head has
 *                moved.  pop_sc leaves head's order to its caller: the pops before it
 *                happen before it, and it before those that come after.
 * Effect     push at its claim of tail [C], pop at its claim of head [D]; push_sp and
 *            pop_sc at their store of the slot, [G] and [H]
 * Progress   Lock-free calls: a retry means that another thread claimed.  But a thread
 *            stopped or killed between claim and store holds up its slot: pops then
 *            return false although later items are in, and pushes a lap later
 *            do too.  So false means "the next slot is not ready", which is no proof
 *            of an empty or full ring while others are at work.
 *            A batch that retries looks at its slots anew, all n: for long, where n is
 *            large and others claim all the time.
 *            push_sp and pop_sc are wait-free and claim nothing: stopped anywhere, they
 *            hold up nobody.  But if one is killed between its two stores, whoever
 *            takes over its side can be held up there.
 *
 * Roles      Any number of threads may call any operation at the same time; but while
 *            one is in push_sp there may be no other push of any kind, nor a pop while
 *            one is in pop_sc: in no thread, and in no signal handler.  What is not at
 *            the same time happens before, or after: so a side may go to another
 *            thread, or to many, once the call has returned and they know of it.
 *
 * Memory     One block of the caller's memory, without pointers of ours in it.  Items
 *            still inside are the caller's.  Free it when no thread can touch it again.
 *            It may be shared between processes, if they know what its items point to.
 *            A forked child may go on with a shared one; of a private one it has a
 *            copy, with a slot held up for ever if another thread was in a call.
 *
 * Example
 *     size_t bytes = pawl_mpmc_ring_bytes(1024);
 *     pawl_mpmc_ring *r = (pawl_mpmc_ring *)aligned_alloc(PAWL_LINE, bytes);
 *     uint32_t message = 7;
 *     void *item;
 *     if (r != NULL && pawl_mpmc_ring_init(r, bytes, 1024) == 0
 *         && pawl_mpmc_ring_try_push(r, &message) && pawl_mpmc_ring_try_pop(r, &item))
 *         message = *(uint32_t *)item;
 *     free(r);
 */
#ifndef PAWL_MPMC_RING_H
#define PAWL_MPMC_RING_H

#include <pawl/atomic.h>

#include <errno.h>

typedef struct pawl_mpmc_ring {
    uint64_t mask;                      /* capacity - 1 */
    alignas(PAWL_LINE) PAWL_ATOMIC(uint64_t) tail;      /* producers meet here */
    alignas(PAWL_LINE) PAWL_ATOMIC(uint64_t) head;      /* consumers meet here */
} pawl_mpmc_ring;

/* Capacity, at most: 2^40; where size_t has 32 bits, 2^27. */
#define PAWL_MPMC_RING_MAX ((size_t)1 << (sizeof(size_t) < 8 ? 27 : 40))

PAWL_BEGIN

/* Bytes that a ring of `capacity` slots takes, a power of two from 1 on; 0 where init
 * would refuse it. */
size_t pawl_mpmc_ring_bytes(size_t capacity);

/* Make an empty ring of the `bytes` of memory at `r`, which begin at a multiple of
 * PAWL_LINE.  Not thread-safe: publish `r` to other threads afterwards.  0, or with the
 * memory untouched: EINVAL: capacity is 0 or no power of two, or `r` is misaligned;
 * EOVERFLOW: capacity is above PAWL_MPMC_RING_MAX, or more than memory can hold;
 * ENOMEM: `bytes` are too few. */
int pawl_mpmc_ring_init(pawl_mpmc_ring *r, size_t bytes, size_t capacity);

/* For tests: an empty ring as it is after `position` pushes and as many pops. */
void pawl_mpmc_ring_init_at_(pawl_mpmc_ring *r, uint64_t position);

PAWL_END

static inline PAWL_ATOMIC(uint64_t) *
pawl_mpmc_ring_slot_(pawl_mpmc_ring *r, uint64_t position)
{
    return (PAWL_ATOMIC(uint64_t) *)(void *)(r + 1) + (position & r->mask);
}

static inline uint64_t pawl_mpmc_ring_empty_(uint64_t position)
{
    return position << 2 | 1;
}

static inline uint64_t
pawl_mpmc_ring_parity_(const pawl_mpmc_ring *r, uint64_t position)
{
    return position & (r->mask + 1) ? 2 : 0;
}

static inline void pawl_mpmc_ring_check_(void *item)
{
    (void)item;
    PAWL_ASSERT(((uintptr_t)item & 3) == 0, "item is no multiple of 4");
}

static inline uint64_t
pawl_mpmc_ring_full_(const pawl_mpmc_ring *r, uint64_t position, void *item)
{
    pawl_mpmc_ring_check_(item);
    return (uint64_t)(uintptr_t)item | pawl_mpmc_ring_parity_(r, position);
}

/* Is `word` a FULL of this position's lap, as far as a bit can tell (I3)? */
static inline bool
pawl_mpmc_ring_is_full_(const pawl_mpmc_ring *r, uint64_t position, uint64_t word)
{
    return (word & 3) == pawl_mpmc_ring_parity_(r, position);
}

static inline void *pawl_mpmc_ring_item_(uint64_t word)
{
    return (void *)(uintptr_t)(word & ~UINT64_C(3));
}

/* The four below keep position and slot apart from what the exchange of tail or head
 * writes back: the store to the slot can then be under way before it is done. */

/* Append `item`.  False: the next slot is not free, or its last item is just being
 * taken out.  What the caller wrote before is visible to whoever pops the item. */
PAWL_MUST_USE static inline bool pawl_mpmc_ring_try_push(pawl_mpmc_ring *r, void *item)
{
    /* relaxed, here and at [C]: positions are only claims; the slot synchronizes, and
     * its EMPTY tells every position from every other. */
    uint64_t p = atomic_load_explicit(&r->tail, memory_order_relaxed);

    for (;;) {
        PAWL_ATOMIC(uint64_t) *slot = pawl_mpmc_ring_slot_(r, p);
        uint64_t full = pawl_mpmc_ring_full_(r, p, item), now = p;

        /* [E] acquire: pairs with [H], so that what popped the slot's last item happens
         * before what pushes the next: a caller may count on it. */
        if (atomic_load_explicit(slot, memory_order_acquire)
                == pawl_mpmc_ring_empty_(p)) {
            /* [C] claim p; on failure `now` becomes the tail that beat us. */
            if (atomic_compare_exchange_weak_explicit(&r->tail, &now, p + 1,
                    memory_order_relaxed, memory_order_relaxed)) {
                /* [G] release: hands the item, and all before it, to [F]. */
                atomic_store_explicit(slot, full, memory_order_release);
                return true;
            }
        } else {
            now = atomic_load_explicit(&r->tail, memory_order_relaxed);
            if (now == p)
                return false;           /* it was no stale position that misled us */
        }
        p = now;
    }
}

/* Remove the oldest item into `*item`, which is left alone on failure.  False: the next
 * slot is not full, or its item is just being put in. */
PAWL_MUST_USE static inline bool pawl_mpmc_ring_try_pop(pawl_mpmc_ring *r, void **item)
{
    /* [A] acquire: pairs with the release of [D]; see I3. */
    uint64_t p = atomic_load_explicit(&r->head, memory_order_acquire);

    for (;;) {
        PAWL_ATOMIC(uint64_t) *slot = pawl_mpmc_ring_slot_(r, p);
        /* [F] acquire: pairs with [G]. */
        uint64_t word = atomic_load_explicit(slot, memory_order_acquire);
        uint64_t empty = pawl_mpmc_ring_empty_(p + r->mask + 1), now = p;

        if (pawl_mpmc_ring_is_full_(r, p, word)) {
            /* [D] claim p.  release: that we saw its slot FULL goes to the next [A],
             * which so cannot see an older lap; acquire: as [A]. */
            if (atomic_compare_exchange_weak_explicit(&r->head, &now, p + 1,
                    memory_order_acq_rel, memory_order_acquire)) {
                /* [H] release: pairs with [E]. */
                atomic_store_explicit(slot, empty, memory_order_release);
                *item = pawl_mpmc_ring_item_(word);
                return true;
            }
        } else {
            now = atomic_load_explicit(&r->head, memory_order_acquire);
            if (now == p)
                return false;
        }
        p = now;
    }
}

/* The next two do without an exchange, for a side that is one thread's (see Roles).
 * Which position is next, only that side reads, and count_hint; so the slot is stored
 * first: the other side sees it sooner, and never one claimed and not stored. */

/* As try_push, while there is no other push. */
PAWL_MUST_USE static inline bool
pawl_mpmc_ring_try_push_sp(pawl_mpmc_ring *r, void *item)
{
    /* relaxed, here and below: who wrote it last happens before us; who reads it next,
     * after. */
    uint64_t p = atomic_load_explicit(&r->tail, memory_order_relaxed);
    PAWL_ATOMIC(uint64_t) *slot = pawl_mpmc_ring_slot_(r, p);
    uint64_t full = pawl_mpmc_ring_full_(r, p, item);

    /* [E] acquire: as in try_push. */
    if (atomic_load_explicit(slot, memory_order_acquire) != pawl_mpmc_ring_empty_(p))
        return false;
    /* [G] release: as in try_push. */
    atomic_store_explicit(slot, full, memory_order_release);
    atomic_store_explicit(&r->tail, p + 1, memory_order_relaxed);
    return true;
}

/* As try_pop, while there is no other pop. */
PAWL_MUST_USE static inline bool
pawl_mpmc_ring_try_pop_sc(pawl_mpmc_ring *r, void **item)
{
    /* relaxed: as in try_push_sp.  So all pops before are known (I3). */
    uint64_t p = atomic_load_explicit(&r->head, memory_order_relaxed);
    PAWL_ATOMIC(uint64_t) *slot = pawl_mpmc_ring_slot_(r, p);
    /* [F] acquire: as in try_pop. */
    uint64_t word = atomic_load_explicit(slot, memory_order_acquire);

    if (!pawl_mpmc_ring_is_full_(r, p, word))
        return false;
    /* [H] release: as in try_pop. */
    atomic_store_explicit(slot, pawl_mpmc_ring_empty_(p + r->mask + 1),
                          memory_order_release);
    atomic_store_explicit(&r->head, p + 1, memory_order_relaxed);
    *item = pawl_mpmc_ring_item_(word);
    return true;
}

/* Append `n` items, or as many as find their slots ready; returns how many: at most the
 * capacity, whatever n is.  They stand in the ring one behind the other.  Where n is 0
 * the ring is not touched.  Each label is as in try_push. */
PAWL_MUST_USE static inline size_t
pawl_mpmc_ring_try_push_n(pawl_mpmc_ring *r, void *const *items, size_t n)
{
    uint64_t p;

    if (n == 0)
        return 0;
    p = atomic_load_explicit(&r->tail, memory_order_relaxed);
    for (;;) {
        uint64_t now = p;
        size_t some = 0;

        while (some < n                                                 /* [E] */
               && atomic_load_explicit(pawl_mpmc_ring_slot_(r, p + some),
                      memory_order_acquire) == pawl_mpmc_ring_empty_(p + some))
            pawl_mpmc_ring_check_(items[some++]);       /* before any is claimed */
        if (some == 0) {
            now = atomic_load_explicit(&r->tail, memory_order_relaxed);
            if (now == p)
                return 0;
        } else if (atomic_compare_exchange_weak_explicit(&r->tail, &now, p + some,
                       memory_order_relaxed, memory_order_relaxed)) {   /* [C] */
            for (size_t i = 0; i < some; i++)                           /* [G] */
                atomic_store_explicit(pawl_mpmc_ring_slot_(r, p + i),
                    pawl_mpmc_ring_full_(r, p + i, items[i]), memory_order_release);
            return some;
        }
        p = now;
    }
}

/* Remove up to `n` items into `items`, as many as are ready; returns how many: at most
 * the capacity.  They stood in the ring one behind the other.  The rest of items[0] to
 * items[n - 1] may be overwritten.  Where n is 0 the ring is not touched.  Each label
 * is as in try_pop.  (Where others lap us, the scan may come round to slots that it has
 * seen; then the claim [D] fails.) */
PAWL_MUST_USE static inline size_t
pawl_mpmc_ring_try_pop_n(pawl_mpmc_ring *r, void **items, size_t n)
{
    uint64_t p;

    if (n == 0)
        return 0;
    p = atomic_load_explicit(&r->head, memory_order_acquire);           /* [A] */
    for (;;) {
        uint64_t word, now = p;
        size_t some = 0;

        while (some < n                                                 /* [F] */
               && pawl_mpmc_ring_is_full_(r, p + some,
                      word = atomic_load_explicit(pawl_mpmc_ring_slot_(r, p + some),
                                                  memory_order_acquire)))
            items[some++] = pawl_mpmc_ring_item_(word);
        if (some == 0) {
            now = atomic_load_explicit(&r->head, memory_order_acquire);
            if (now == p)
                return 0;
        } else if (atomic_compare_exchange_weak_explicit(&r->head, &now, p + some,
                       memory_order_acq_rel, memory_order_acquire)) {   /* [D] */
            for (size_t i = 0; i < some; i++)                           /* [H] */
                atomic_store_explicit(pawl_mpmc_ring_slot_(r, p + i),
                    pawl_mpmc_ring_empty_(p + i + r->mask + 1), memory_order_release);
            return some;
        }
        p = now;
    }
}

/* How many items there were a moment ago, those under way included (or, in a push_sp or
 * pop_sc, one more or one less); 0 to capacity. */
static inline size_t pawl_mpmc_ring_count_hint(const pawl_mpmc_ring *r)
{
    /* relaxed: a hint. */
    uint64_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
    uint64_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);

    if (tail <= head)
        return 0;
    return (size_t)(tail - head <= r->mask ? tail - head : r->mask + 1);
}

#endif
