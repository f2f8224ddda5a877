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

/* Where a trial says so, all threads are fibers of one, and we see who is in a call: so
 * many are, and so many have begun. */
static unsigned under_way, begun;

/* Of a call that begins: its number, or 0: it is not alone. */
static unsigned enter(void)
{
    if (slots == 0)
        return 0;
    begun++;
    return under_way++ == 0 ? begun : 0;
}

/* It ends: was it alone all the time? */
static bool leave(unsigned number)
{
    if (slots == 0)
        return false;
    under_way--;
    return number == begun;
}

/* May a push have a segment?  Then one that is alone may not be refused.  Looked up
 * behind the back of those who count the steps. */
static bool memory_is_there(pawl_mpsc_queue *q)
{
    return slots > 0
        && (pool.left > 0 || *(const volatile uint64_t *)(const void *)&q->spare != 0);
}

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    uint64_t each = slots > 0 ? slots : capacity < 1024 ? 16 : 1024;
    size_t bytes = sizeof(pawl_mpsc_segment_) + each * sizeof(uint64_t);
    size_t limit = (capacity + each - 1) / each + 1;
    const pawl_mem *mem = NULL;

    (void)threads;
    under_way = begun = 0;
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
    unsigned number = enter();
    int result = pawl_mpsc_queue_try_push(*h, item);
    bool there = result == ENOMEM && memory_is_there(*h);

    (void)q;
    return went(result, leave(number) && there ? 0 : NO_MEMORY);
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    unsigned number = enter();
    bool popped = pawl_mpsc_queue_try_pop(*h, item);

    (void)q, (void)leave(number);
    return popped;
}

static size_t subject_push_n(subject *q, handle *h, void **items, size_t n)
{
    unsigned number = enter();
    size_t pushed = pawl_mpsc_queue_try_push_n(*q, items, n);
    bool there = pushed < n && memory_is_there(*q);

    (void)h;
    if (leave(number) && there)
        (void)went(ENOMEM, 0);
    return pushed;
}

static size_t subject_pop_n(subject *q, handle *h, void **items, size_t n)
{
    unsigned number = enter();
    size_t popped = pawl_mpsc_queue_try_pop_n(*h, items, n);

    (void)q, (void)leave(number);
    return popped;
}

#include <trial/queue.h>
