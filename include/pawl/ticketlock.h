/* ticketlock.h - a fair spinlock: first come, first served.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What       Mutual exclusion for short sections, in FIFO order, in 8 bytes.  Fair,
 *            and for that reason slow when threads outnumber CPUs: the next in line
 *            may be the one that is not running, and nobody may pass it.  Take
 *            spinlock.h there, or a lock that sleeps.  Not for threads of several
 *            real-time priorities: who waits does not yield to a lower one whose turn
 *            it is.
 * Source     J. Mellor-Crummey and M. Scott, "Algorithms for Scalable Synchronization
 *            on Shared-Memory Multiprocessors", TOCS 1991, section 2.2.
 * Layer 2    uses atomic.h; backoff.h in src/ticketlock.c.
 *
 * State      next   the ticket that the next arrival will draw
 *            owner  the ticket now served; written by the holder alone
 * Invariant  I1  owner <= next <= owner + number of threads   (modulo 2^32)
 *            I2  only the thread that drew the ticket owner may be inside
 *            so: free <=> owner == next, and at most 2^32 - 1 threads may use it
 * Effect     lock at the read [A] or [D] that sees its ticket served, try_lock at its
 *            claim [C], unlock at its store [B]
 * Progress   try_lock and unlock are wait-free.  lock blocks (FIFO, so no starvation):
 *            a holder that is stopped or killed blocks everyone, and so does
 *            one that was stopped or killed while it waited, from its turn on.
 *
 * Memory     Zeroed memory is an unlocked lock.  Works between processes.  Free it
 *            once no thread can touch it again.  A forked child has a copy: held for
 *            ever, if another thread of the parent held it or waited for it.
 * Limit      A thread must not be stopped inside try_lock, between its two steps,
 *            while a multiple of 2^32 others take the lock.
 *
 * Example
 *     pawl_ticketlock lock = PAWL_TICKETLOCK_INIT;
 *     if (pawl_ticketlock_try_lock(&lock))
 *         pawl_ticketlock_unlock(&lock);
 */
#ifndef PAWL_TICKETLOCK_H
#define PAWL_TICKETLOCK_H

#include <pawl/atomic.h>

typedef struct pawl_ticketlock {
    PAWL_ATOMIC(uint32_t) next;
    PAWL_ATOMIC(uint32_t) owner;
} pawl_ticketlock;

#define PAWL_TICKETLOCK_INIT { 0, 0 }

PAWL_BEGIN
void pawl_ticketlock_lock_slow_(pawl_ticketlock *l, uint32_t mine);
PAWL_END

/* Wait for our turn.  The caller must not hold `l` already. */
static inline void pawl_ticketlock_lock(pawl_ticketlock *l)
{
    /* relaxed: only draws a number; [A] or [D] does the synchronizing. */
    uint32_t mine = atomic_fetch_add_explicit(&l->next, 1, memory_order_relaxed);

    /* [A] acquire: pairs with [B] of the previous holder. */
    if (PAWL_UNLIKELY(atomic_load_explicit(&l->owner, memory_order_acquire) != mine))
        pawl_ticketlock_lock_slow_(l, mine);
}

/* Take the lock if it is free and nobody waits.  True if taken. */
PAWL_MUST_USE static inline bool pawl_ticketlock_try_lock(pawl_ticketlock *l)
{
    /* [A] acquire: pairs with [B].  Done before the claim, so that a claim that
     * succeeds has already synchronized with the last holder. */
    uint32_t mine = atomic_load_explicit(&l->owner, memory_order_acquire);

    /* [C] relaxed: if next is still mine at this write, then owner, which had come
     * to mine and by I1 cannot pass next, is mine too.  The lock was free, and
     * we drew the ticket that is being served. */
    return atomic_compare_exchange_strong_explicit(&l->next, &mine, mine + 1,
               memory_order_relaxed, memory_order_relaxed);
}

/* Serve the next ticket.  Only the holder may call this. */
static inline void pawl_ticketlock_unlock(pawl_ticketlock *l)
{
    /* relaxed: nobody but the holder, us, writes owner. */
    uint32_t mine = atomic_load_explicit(&l->owner, memory_order_relaxed);

    PAWL_ASSERT(atomic_load_explicit(&l->next, memory_order_relaxed) != mine,
                "unlock of a ticketlock that nobody holds");
    /* [B] release: hands all we wrote inside to the next holder's [A] or [D]. */
    atomic_store_explicit(&l->owner, mine + 1, memory_order_release);
}

#endif
