/* ck_ring_open.h - what ck's ring has in common, whoever may push and pop.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PEERS_CK_RING_OPEN_H
#define PEERS_CK_RING_OPEN_H

#include <ck_ring.h>

#include <stdbool.h>
#include <stdlib.h>

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

#endif
