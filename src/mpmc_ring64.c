/* mpmc_ring64.c - laying out a ring of 64-bit values.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/mpmc_ring64.h>

#include "block.h"

size_t pawl_mpmc_ring64_bytes(size_t capacity)
{
    return ring_bytes(sizeof(pawl_mpmc_ring64), capacity, PAWL_MPMC_RING64_MAX,
                      sizeof(pawl_mpmc_ring64_slot));
}

int pawl_mpmc_ring64_init(pawl_mpmc_ring64 *r, size_t bytes, size_t capacity)
{
    int refused = check_ring(r, bytes, capacity, pawl_mpmc_ring64_bytes(capacity));

    if (refused)
        return refused;
    r->mask = capacity - 1;
    pawl_mpmc_ring64_init_at_(r, 0);
    return 0;
}

void pawl_mpmc_ring64_init_at_(pawl_mpmc_ring64 *r, uint64_t position)
{
    /* relaxed: not published yet. */
    atomic_store_explicit(&r->tail, position, memory_order_relaxed);
    atomic_store_explicit(&r->head, position, memory_order_relaxed);
    for (uint64_t p = position; p != position + r->mask + 1; p++)
        atomic_store_explicit(&pawl_mpmc_ring64_slot_(r, p)->turn,
                              pawl_mpmc_ring64_empty_(p), memory_order_relaxed);
}
