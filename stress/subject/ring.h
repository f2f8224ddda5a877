/* ring.h - what the subjects of mpmc_ring share: all but single pushes and pops.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef SUBJECT_RING_H
#define SUBJECT_RING_H

#include <pawl/mpmc_ring.h>

#include <stdlib.h>

#define SUBJECT_BOUNDED 1
#define SUBJECT_BATCH 1
#define SUBJECT_HINT(q) pawl_mpmc_ring_count_hint(*(q))
typedef pawl_mpmc_ring *subject;
typedef pawl_mpmc_ring *handle;

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    size_t bytes = pawl_mpmc_ring_bytes(capacity);

    (void)threads;
    *q = (pawl_mpmc_ring *)aligned_alloc(PAWL_LINE, bytes);
    return *q != NULL && pawl_mpmc_ring_init(*q, bytes, capacity) == 0;
}

static void subject_close(subject *q) { free(*q); }
static bool subject_join(subject *q, handle *h) { *h = *q; return true; }
static void subject_leave(subject *q, handle *h) { (void)q, (void)h; }

static size_t subject_push_n(subject *q, handle *h, void **items, size_t n)
{
    (void)q;
    return pawl_mpmc_ring_try_push_n(*h, items, n);
}

static size_t subject_pop_n(subject *q, handle *h, void **items, size_t n)
{
    (void)q;
    return pawl_mpmc_ring_try_pop_n(*h, items, n);
}

#endif
