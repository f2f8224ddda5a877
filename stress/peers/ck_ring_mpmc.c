/* ck_ring_mpmc.c - subject: ck's ring, as mpmc (Debian libck-dev: ck_ring.h). */
/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE 1
#include <ck_ring.h>

#include <stdbool.h>
#include <stdlib.h>

#define SUBJECT "ck_ring_mpmc"
#define SUBJECT_ROLES "mpmc"
#define SUBJECT_BOUNDED 1
typedef struct subject {
    ck_ring_t ring;
    ck_ring_buffer_t *slots;
} subject;
typedef char handle;

/* One slot always stays free, so it cannot have one slot only. */
static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    (void)threads;
    if (capacity < 2)
        return false;
    q->slots = (ck_ring_buffer_t *)calloc(capacity, sizeof *q->slots);
    ck_ring_init(&q->ring, (unsigned)capacity);
    return q->slots != NULL;
}

static void subject_close(subject *q) { free(q->slots); }
static bool subject_join(subject *q, handle *h) { (void)q, (void)h; return true; }
static void subject_leave(subject *q, handle *h) { (void)q, (void)h; }

static bool subject_push(subject *q, handle *h, void *item)
{
    (void)h;
    return ck_ring_enqueue_mpmc(&q->ring, q->slots, item);
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    (void)h;
    return ck_ring_dequeue_mpmc(&q->ring, q->slots, item);
}

#include <trial/queue.h>
