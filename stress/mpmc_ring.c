/* mpmc_ring.c - subject: our ring of pointers for many to many.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#include <pawl/mpmc_ring.h>

#include <stdlib.h>

#define SUBJECT "mpmc_ring"
#define SUBJECT_ROLES "mpmc"
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

static bool subject_push(subject *q, handle *h, void *item)
{
    (void)q;
    return pawl_mpmc_ring_try_push(*h, item);
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    (void)q;
    return pawl_mpmc_ring_try_pop(*h, item);
}

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

#include <trial/queue.h>
