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
typedef pawl_mpmc_ring *subject;
typedef char handle;

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    size_t bytes = pawl_mpmc_ring_bytes(capacity);

    (void)threads;
    *q = (pawl_mpmc_ring *)aligned_alloc(PAWL_LINE, bytes);
    return *q != NULL && pawl_mpmc_ring_init(*q, bytes, capacity) == 0;
}

static void subject_close(subject *q) { free(*q); }
static bool subject_join(subject *q, handle *h) { (void)q, (void)h; return true; }
static void subject_leave(subject *q, handle *h) { (void)q, (void)h; }

static bool subject_push(subject *q, handle *h, void *item)
{
    (void)h;
    return pawl_mpmc_ring_try_push(*q, item);
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    (void)h;
    return pawl_mpmc_ring_try_pop(*q, item);
}

static size_t subject_push_n(subject *q, handle *h, void **items, size_t n)
{
    (void)h;
    return pawl_mpmc_ring_try_push_n(*q, items, n);
}

static size_t subject_pop_n(subject *q, handle *h, void **items, size_t n)
{
    (void)h;
    return pawl_mpmc_ring_try_pop_n(*q, items, n);
}

#include <trial/queue.h>
