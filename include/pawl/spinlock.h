/* spinlock.h - the smallest lock: for a few instructions, among a few threads.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What       Mutual exclusion in 4 bytes; unfair: whoever finds it free takes it.
 *            While others wait it does not collapse when threads outnumber CPUs:
 *            they yield.  (A real-time priority above the holder's does not yield to
 *            it: not there, unless they are kept to different CPUs.)  Where a holder
 *            may sleep or the section is long, take a lock that sleeps; where fairness
 *            counts, ticketlock.h.
 * Source     Test-and-test-and-set with bounded exponential backoff: T. Anderson, "The
 *            Performance of Spin Lock Alternatives", TPDS 1990.
 * Layer 2    uses atomic.h; backoff.h in src/spinlock.c.
 *
 * State      held   0: free, 1: held;  0 -> 1 by exchange, 1 -> 0 by the holder
 * Invariant  I1  held is 1 from a lock's exchange that found 0 to that holder's unlock
 * Effect     lock and try_lock at the exchange [A] that finds 0, unlock at store [B]
 * Progress   try_lock and unlock are wait-free.  lock blocks while another holds the
 *            lock, and a holder that is stopped or killed blocks everyone; no bound
 *            on how often others go first.
 *
 * Memory     Zeroed memory is an unlocked lock.  Works between processes.  Free it
 *            once no thread can touch it again.  A forked child has a copy: held for
 *            ever, if another thread of the parent held it.
 *
 * Example
 *     pawl_spinlock lock = PAWL_SPINLOCK_INIT;
 *     pawl_spinlock_lock(&lock);
 *     pawl_spinlock_unlock(&lock);
 */
#ifndef PAWL_SPINLOCK_H
#define PAWL_SPINLOCK_H

#include <pawl/atomic.h>

typedef struct pawl_spinlock {
    PAWL_ATOMIC(uint32_t) held;
} pawl_spinlock;

#define PAWL_SPINLOCK_INIT { 0 }

PAWL_BEGIN
void pawl_spinlock_lock_slow_(pawl_spinlock *l);
PAWL_END

/* Take the lock if it is free.  True if taken. */
PAWL_MUST_USE static inline bool pawl_spinlock_try_lock(pawl_spinlock *l)
{
    /* [A] acquire: pairs with [B], handing over what the last holder wrote. */
    return atomic_exchange_explicit(&l->held, 1, memory_order_acquire) == 0;
}

/* Take the lock, waiting for it.  The caller must not hold it already. */
static inline void pawl_spinlock_lock(pawl_spinlock *l)
{
    if (PAWL_UNLIKELY(!pawl_spinlock_try_lock(l)))
        pawl_spinlock_lock_slow_(l);
}

/* Let the next one in.  Only the holder may call this. */
static inline void pawl_spinlock_unlock(pawl_spinlock *l)
{
    PAWL_ASSERT(atomic_load_explicit(&l->held, memory_order_relaxed) == 1,
                "unlock of a spinlock that nobody holds");
    /* [B] release: pairs with [A]. */
    atomic_store_explicit(&l->held, 0, memory_order_release);
}

#endif
