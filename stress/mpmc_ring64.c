/* mpmc_ring64.c - subject: our ring of 64-bit values for many to many.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#include <pawl/mpmc_ring64.h>

#include <stdlib.h>

#define SUBJECT "mpmc_ring64"
#define SUBJECT_ROLES "mpmc"
#define SUBJECT_BOUNDED 1
#define SUBJECT_BATCH 1
#define SUBJECT_HINT(q) pawl_mpmc_ring64_count_hint(*(q))
typedef pawl_mpmc_ring64 *subject;
typedef pawl_mpmc_ring64 *handle;

enum { MOST_AT_ONCE = 16 };

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    size_t bytes = pawl_mpmc_ring64_bytes(capacity);

    (void)threads;
    *q = (pawl_mpmc_ring64 *)aligned_alloc(PAWL_LINE, bytes);
    return *q != NULL && pawl_mpmc_ring64_init(*q, bytes, capacity) == 0;
}

static void subject_close(subject *q) { free(*q); }
static bool subject_join(subject *q, handle *h) { *h = *q; return true; }
static void subject_leave(subject *q, handle *h) { (void)q, (void)h; }

static bool subject_push(subject *q, handle *h, void *item)
{
    (void)q;
    return pawl_mpmc_ring64_try_push(*h, (uintptr_t)item);
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    uint64_t value;
    bool popped = pawl_mpmc_ring64_try_pop(*h, &value);

    (void)q;
    if (popped)
        *item = (void *)(uintptr_t)value;
    return popped;
}

static size_t subject_push_n(subject *q, handle *h, void **items, size_t n)
{
    uint64_t values[MOST_AT_ONCE];

    (void)q;
    for (size_t i = 0; i < n; i++)
        values[i] = (uintptr_t)items[i];
    return pawl_mpmc_ring64_try_push_n(*h, values, n);
}

static size_t subject_pop_n(subject *q, handle *h, void **items, size_t n)
{
    uint64_t values[MOST_AT_ONCE];
    size_t popped = pawl_mpmc_ring64_try_pop_n(*h, values, n);

    (void)q;
    for (size_t i = 0; i < popped; i++)
        items[i] = (void *)(uintptr_t)values[i];
    return popped;
}

#include <trial/queue.h>
