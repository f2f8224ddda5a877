/* mpmc_ring.c - laying out a ring.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/mpmc_ring.h>

#include "block.h"

size_t pawl_mpmc_ring_bytes(size_t capacity)
{
    size_t bytes = sizeof(pawl_mpmc_ring);

    if (!power_of_two(capacity) || capacity > PAWL_MPMC_RING_MAX
        || !add_bytes(&bytes, capacity, sizeof(uint64_t)))
        return 0;
    return bytes;
}

int pawl_mpmc_ring_init(pawl_mpmc_ring *r, size_t bytes, size_t capacity)
{
    int refused;

    if (!power_of_two(capacity))
        return EINVAL;
    refused = check_block(r, bytes, pawl_mpmc_ring_bytes(capacity));
    if (refused)
        return refused;
    r->mask = capacity - 1;
    /* relaxed: not published yet. */
    atomic_store_explicit(&r->tail, 0, memory_order_relaxed);
    atomic_store_explicit(&r->head, 0, memory_order_relaxed);
    for (uint64_t p = 0; p < capacity; p++)
        atomic_store_explicit(pawl_mpmc_ring_slot_(r, p), pawl_mpmc_ring_empty_(p),
                              memory_order_relaxed);
    return 0;
}
