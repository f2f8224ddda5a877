/* logtop_mpmc_ring.c - a pool whose blocks go through mpmc_rings.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "logtop_pool.h"
#include "logtop_report.h"

#include <pawl/mpmc_ring.h>

#include <stdlib.h>

static void *ring_open(size_t capacity)
{
    size_t bytes = pawl_mpmc_ring_bytes(capacity);
    pawl_mpmc_ring *r = (pawl_mpmc_ring *)lines_of_memory(bytes);

    if (pawl_mpmc_ring_init(r, bytes, capacity) != 0)
        die("cannot make an mpmc_ring of %zu", capacity);
    return r;
}

static bool ring_push(void *queue, block *b)
{
    return pawl_mpmc_ring_try_push((pawl_mpmc_ring *)queue, b);
}

static bool ring_pop(void *queue, block **b)
{
    void *item;
    bool popped = pawl_mpmc_ring_try_pop((pawl_mpmc_ring *)queue, &item);

    if (popped)
        *b = (block *)item;
    return popped;
}

static void *open_over_ring(size_t readers, size_t workers)
{
    static const pointers ring = { ring_open, free, ring_push, ring_pop };

    return pool_open(&ring, readers, workers);
}

const queue_kind over_mpmc_ring = { "mpmc_ring", NULL, open_over_ring, POOL_CALLS };
