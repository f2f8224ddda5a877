/* ck_ring_spmc.c - subject: ck's ring, as spmc (Debian libck-dev: ck_ring.h). */
/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE 1
#include "ck_ring_open.h"

#define SUBJECT "ck_ring_spmc"
#define SUBJECT_ROLES "spmc"
#define SUBJECT_BOUNDED 1

static bool subject_push(subject *q, handle *h, void *item)
{
    (void)h;
    return ck_ring_enqueue_spmc(&q->ring, q->slots, item);
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    (void)h;
    return ck_ring_dequeue_spmc(&q->ring, q->slots, item);
}

#include <trial/queue.h>
