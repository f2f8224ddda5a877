/* ticketlock.c - waiting for one's turn.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/ticketlock.h>
#include <pawl/backoff.h>

void pawl_ticketlock_lock_slow_(pawl_ticketlock *l, uint32_t mine)
{
    pawl_backoff b = PAWL_BACKOFF_INIT;
    uint32_t ahead;

    /* [D] acquire: as [A] in ticketlock.h.  Those ahead of us and we cannot all be
     * running if we are more than the CPUs: then this one is worth more to them. */
    while ((ahead = mine - atomic_load_explicit(&l->owner, memory_order_acquire)) != 0)
        if (ahead >= pawl_usable_cpus() || !pawl_backoff_wait(&b))
            pawl_yield();
}
