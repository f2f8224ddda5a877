/* spinlock.c - waiting for a spinlock.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/spinlock.h>
#include <pawl/backoff.h>

void pawl_spinlock_lock_slow_(pawl_spinlock *l)
{
    pawl_backoff b = PAWL_BACKOFF_INIT;

    do {
        /* relaxed: only watches, without taking the line away from the holder; the
         * exchange in try_lock does the synchronizing. */
        do {
            if (!pawl_backoff_wait(&b))
                pawl_yield();
        } while (atomic_load_explicit(&l->held, memory_order_relaxed) != 0);
    } while (!pawl_spinlock_try_lock(l));
}
