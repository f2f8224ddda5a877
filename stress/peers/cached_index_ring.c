/* cached_index_ring.c - subject: a ring with cached indices, as everybody writes it. */
/* SPDX-License-Identifier: BSD-2-Clause */
/* Lamport's ring; and each side keeps a copy of the other side's index, and looks again
 * only when by that copy the ring is full, or empty.  All slots are used: indices count
 * on, and the mask is applied to a slot only. */
#define _GNU_SOURCE 1
#include <pawl/atomic.h>

#include <stdlib.h>

#define SUBJECT "cached_index_ring"
#define SUBJECT_ROLES "spsc"
#define SUBJECT_BOUNDED 1
#define SUBJECT_EXACT 1
typedef struct subject {
    alignas(PAWL_LINE) PAWL_ATOMIC(uint64_t) pushed;    /* the producer's line */
    uint64_t popped_then;
    alignas(PAWL_LINE) PAWL_ATOMIC(uint64_t) popped;    /* the consumer's */
    uint64_t pushed_then;
    alignas(PAWL_LINE) void **slots;                    /* written by nobody */
    uint64_t mask;
} subject;
typedef char handle;

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    (void)threads;
    q->mask = capacity - 1;             /* a power of two: so all capacities here are */
    q->slots = (void **)calloc(capacity, sizeof *q->slots);
    return q->slots != NULL;
}

static void subject_close(subject *q) { free(q->slots); }
static bool subject_join(subject *q, handle *h) { (void)q, (void)h; return true; }
static void subject_leave(subject *q, handle *h) { (void)q, (void)h; }

static bool subject_push(subject *q, handle *h, void *item)
{
    /* relaxed: our own.  acquire, release: pair with those in pop. */
    uint64_t n = atomic_load_explicit(&q->pushed, memory_order_relaxed);

    (void)h;
    if (n - q->popped_then > q->mask) {
        q->popped_then = atomic_load_explicit(&q->popped, memory_order_acquire);
        if (n - q->popped_then > q->mask)
            return false;
    }
    q->slots[n & q->mask] = item;
    atomic_store_explicit(&q->pushed, n + 1, memory_order_release);
    return true;
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    /* relaxed: our own.  acquire, release: pair with those in push. */
    uint64_t n = atomic_load_explicit(&q->popped, memory_order_relaxed);

    (void)h;
    if (n == q->pushed_then) {
        q->pushed_then = atomic_load_explicit(&q->pushed, memory_order_acquire);
        if (n == q->pushed_then)
            return false;
    }
    *item = q->slots[n & q->mask];
    atomic_store_explicit(&q->popped, n + 1, memory_order_release);
    return true;
}

#include <trial/queue.h>
