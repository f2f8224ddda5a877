/* rte_ring_modes.h - what DPDK's ring has in common in all its modes.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * In memory of our own, so without DPDK's environment.  A mode is the ring's flags
 * (RING_FLAGS) and the calls that belong to them (RING_PUSH, RING_POP), which move as
 * many as there is room for.
 */
#ifndef PEERS_RTE_RING_MODES_H
#define PEERS_RTE_RING_MODES_H

#include <rte_ring.h>

#include <stdbool.h>
#include <stdlib.h>

#define SUBJECT_BOUNDED 1
#define SUBJECT_BATCH 1
typedef struct rte_ring *subject;
typedef struct rte_ring *handle;

/* A size is a power of two; exactly: one slot more than the capacity stays free. */
static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    ssize_t bytes = rte_ring_get_memsize((unsigned)(2 * capacity));

    (void)threads;
    *q = (struct rte_ring *)aligned_alloc(RTE_CACHE_LINE_SIZE, (size_t)bytes);
    return *q != NULL
        && rte_ring_init(*q, "", (unsigned)capacity, RING_FLAGS | RING_F_EXACT_SZ) == 0;
}

static void subject_close(subject *q) { free(*q); }
static bool subject_join(subject *q, handle *h) { *h = *q; return true; }
static void subject_leave(subject *q, handle *h) { (void)q, (void)h; }

static size_t subject_push_n(subject *q, handle *h, void **items, size_t n)
{
    (void)q;
    return RING_PUSH(*h, items, (unsigned)n, NULL);
}

static size_t subject_pop_n(subject *q, handle *h, void **items, size_t n)
{
    (void)q;
    return RING_POP(*h, items, (unsigned)n, NULL);
}

static bool subject_push(subject *q, handle *h, void *item)
{
    return subject_push_n(q, h, &item, 1) == 1;
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    return subject_pop_n(q, h, item, 1) == 1;
}

#endif
