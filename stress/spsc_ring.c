/* spsc_ring.c - subject: our ring for one producer and one consumer.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#define SUBJECT "spsc_ring"
#define SUBJECT_HINT(q) pawl_spsc_ring_count_hint(*(q))

#include <subject/spsc.h>

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
