/* logtop_ck_ring.c - a pool whose blocks go through Concurrency Kit's ck_ring.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "logtop_pool.h"

#if __has_include(<ck_ring.h>)

#include <ck_ring.h>

#include <stdlib.h>

typedef struct ck {
    ck_ring_t ring;
    ck_ring_buffer_t *slots;
} ck;

static void *ck_open(size_t capacity)
{
    ck *c = (ck *)lines_of_memory(sizeof *c);

    capacity *= 2;                      /* one slot of a ck_ring is never used */
    c->slots = (ck_ring_buffer_t *)lines_of_memory(capacity * sizeof *c->slots);
    ck_ring_init(&c->ring, (unsigned)capacity);
    return c;
}

static void ck_close(void *queue)
{
    free(((ck *)queue)->slots);
    free(queue);
}

static bool ck_push(void *queue, block *b)
{
    ck *c = (ck *)queue;

    return ck_ring_enqueue_mpmc(&c->ring, c->slots, b);
}

static bool ck_pop(void *queue, block **b)
{
    ck *c = (ck *)queue;

    return ck_ring_dequeue_mpmc(&c->ring, c->slots, b);
}

static void *open_over_ck(size_t readers, size_t workers)
{
    static const pointers ring = { ck_open, ck_close, ck_push, ck_pop };

    return pool_open(&ring, readers, workers);
}

const queue_kind over_ck_ring = { "ck_ring", NULL, open_over_ck, POOL_CALLS };

#else

const queue_kind over_ck_ring = {
    "ck_ring", "ck_ring.h (Debian: libck-dev)", NULL, POOL_CALLS
};

#endif
