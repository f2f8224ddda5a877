/* logtop_queue.c - the kinds of queues, and what they share.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "logtop_queue.h"
#include "logtop_report.h"

#include <stdlib.h>

const queue_kind *const queue_kinds[] = {
    &over_mpmc_swap, &over_mpmc_ring, &over_channel, &over_ck_ring, &over_wfcqueue,
    &over_mutex, NULL
};

void *lines_of_memory(size_t bytes)
{
    void *memory = aligned_alloc(PAWL_LINE, (bytes + PAWL_LINE - 1) / PAWL_LINE
                                                * PAWL_LINE);

    if (memory == NULL)
        die("out of memory");
    return memory;
}

bool take_permit(queue_end *e, pawl_sem *s)
{
    int result = pawl_sem_try_wait(s, 1);

    if (result == EAGAIN) {
        pawl_time start = pawl_now();

        result = pawl_sem_wait(s, 1);
        e->blocked += pawl_now() - start;
    }
    return result == 0;
}

void give_permit(pawl_sem *s)
{
    if (pawl_sem_post(s, 1) != 0)
        die("a semaphore refuses a permit");
}
