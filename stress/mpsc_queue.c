/* mpsc_queue.c - subject: our unbounded queue of pointers for many to one.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What bounds it is its limit on memory, or the pool's: there is room for `capacity`
 * items at least when nobody is just about to get some.
 */
#define _GNU_SOURCE 1
#include <pawl/mpsc_queue.h>

#include <stdlib.h>

#define SUBJECT "mpsc_queue"
#define SUBJECT_ROLES "mpsc"
#define SUBJECT_BOUNDED 1
#define SUBJECT_FLOOR 1
#define SUBJECT_INEXACT 1
#define SUBJECT_BATCH 1
#define SUBJECT_PRIVATE 1
#define SUBJECT_HINT(q) pawl_mpsc_queue_count_hint(*(q))
typedef pawl_mpsc_queue *subject;
typedef pawl_mpsc_queue *handle;

#include <subject/pool.h>
#include <subject/refusal.h>

static uint64_t slots;                  /* a segment's, if a trial says so */
#define SUBJECT_SEGMENT slots

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    uint64_t each = slots > 0 ? slots : capacity < 1024 ? 16 : 1024;
    size_t bytes = sizeof(pawl_mpsc_segment_) + each * sizeof(uint64_t);
    size_t limit = (capacity + each - 1) / each + 1;
    const pawl_mem *mem = NULL;

    (void)threads;
    if (slots > 0) {
        mem = pool_begin(limit + 1);
        limit += 2;                     /* so that it is the pool that refuses */
    }
    bytes = (bytes + PAWL_LINE - 1) / PAWL_LINE * PAWL_LINE;
    *q = (pawl_mpsc_queue *)aligned_alloc(PAWL_LINE, sizeof **q);
    return *q != NULL
        && pawl_mpsc_queue_init_at_(*q, limit * bytes, mem, 0, each) == 0;
}

static void subject_close(subject *q)
{
    pawl_mpsc_queue_destroy(*q);
    free(*q);
}

static bool subject_join(subject *q, handle *h) { *h = *q; return true; }
static void subject_leave(subject *q, handle *h) { (void)q, (void)h; }

static bool subject_push(subject *q, handle *h, void *item)
{
    (void)q;
    return went(pawl_mpsc_queue_try_push(*h, item), NO_MEMORY);
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    (void)q;
    return pawl_mpsc_queue_try_pop(*h, item);
}

static size_t subject_push_n(subject *q, handle *h, void **items, size_t n)
{
    (void)h;
    return pawl_mpsc_queue_try_push_n(*q, items, n);
}

static size_t subject_pop_n(subject *q, handle *h, void **items, size_t n)
{
    (void)q;
    return pawl_mpsc_queue_try_pop_n(*h, items, n);
}

#include <trial/queue.h>
