/* spsc_ring.c - subject: our ring for one producer and one consumer.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#include <pawl/spsc_ring.h>

#include <stdlib.h>

#define SUBJECT "spsc_ring"
#define SUBJECT_ROLES "spsc"
#define SUBJECT_BOUNDED 1
#define SUBJECT_BATCH 1
#define SUBJECT_FLOOR 1
#define SUBJECT_BLOCK 15
typedef pawl_spsc_ring *subject;
typedef pawl_spsc_ring *handle;

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    size_t bytes = pawl_spsc_ring_bytes(capacity, sizeof(void *));

    (void)threads;
    *q = (pawl_spsc_ring *)aligned_alloc(PAWL_LINE, bytes);
    return *q != NULL && pawl_spsc_ring_init(*q, bytes, capacity, sizeof(void *)) == 0;
}

static void subject_close(subject *q) { free(*q); }
static bool subject_join(subject *q, handle *h) { *h = *q; return true; }
static void subject_leave(subject *q, handle *h) { (void)q, (void)h; }

static bool subject_push(subject *q, handle *h, void *item)
{
    (void)q;
    return pawl_spsc_ring_try_push(*h, &item, sizeof item);
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    (void)q;
    return pawl_spsc_ring_try_pop(*h, item, sizeof *item);
}

static size_t subject_push_n(subject *q, handle *h, void **items, size_t n)
{
    (void)q;
    return pawl_spsc_ring_try_push_n(*h, items, n, sizeof *items);
}

static size_t subject_pop_n(subject *q, handle *h, void **items, size_t n)
{
    (void)q;
    return pawl_spsc_ring_try_pop_n(*h, items, n, sizeof *items);
}

#include <trial/queue.h>
