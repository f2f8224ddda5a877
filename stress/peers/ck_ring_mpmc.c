/* ck_ring_mpmc.c - subject: ck's ring, as mpmc (Debian libck-dev: ck_ring.h). */
/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE 1
#include "ck_ring_open.h"

#define SUBJECT "ck_ring_mpmc"
#define SUBJECT_ROLES "mpmc"
#define SUBJECT_BOUNDED 1
#define SUBJECT_CONVOYS 1

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
