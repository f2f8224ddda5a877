/* mpsc_channel.c - subject: our unbounded channel for many to one.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#include <pawl/mpsc_channel.h>

#include <stdlib.h>

#define SUBJECT "mpsc_channel"
#define SUBJECT_ROLES "mpsc"
#define SUBJECT_BOUNDED 0
#define SUBJECT_INEXACT 1
#define SUBJECT_BATCH 1
#define SUBJECT_TIMED 1
#define SUBJECT_POP_N 1
#define SUBJECT_PRIVATE 1
#define SUBJECT_HINT(q) pawl_mpsc_channel_count_hint(*(q))
typedef pawl_mpsc_channel *subject;
typedef pawl_mpsc_channel *handle;

#include <subject/pool.h>
#include <subject/refusal.h>

static uint64_t slots;                  /* a segment's, if a trial says so */
#define SUBJECT_SEGMENT slots
/* Then its memory comes from the pool, which has an end. */
#define MAY_BE_REFUSED ((unsigned)(slots > 0 ? CLOSED | NO_MEMORY : CLOSED))

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    const pawl_mem *mem = slots > 0 ? pool_begin(POOL_PIECES - 1) : NULL;

    (void)capacity, (void)threads;
    *q = (pawl_mpsc_channel *)aligned_alloc(PAWL_LINE, sizeof **q);
    return *q != NULL
        && pawl_mpsc_channel_init_at_(*q, 0, mem, 0, slots > 0 ? slots : 1024) == 0;
}

static void subject_close(subject *q)
{
    pawl_mpsc_channel_destroy(*q);
    free(*q);
}

static bool subject_shut(subject *q) { return pawl_mpsc_channel_close(*q); }
static bool subject_join(subject *q, handle *h) { *h = *q; return true; }
static void subject_leave(subject *q, handle *h) { (void)q, (void)h; }

static bool subject_push(subject *q, handle *h, void *item)
{
    (void)q;
    return went(pawl_mpsc_channel_try_push(*h, item), MAY_BE_REFUSED);
}

/* No push waits. */
static bool subject_push_wait(subject *q, handle *h, void *item)
{
    return subject_push(q, h, item);
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    (void)q;
    return went(pawl_mpsc_channel_try_pop(*h, item), NOT_NOW | CLOSED);
}

static bool subject_pop_wait(subject *q, handle *h, void **item)
{
    (void)q;
    return went(pawl_mpsc_channel_pop(*h, item), CLOSED);
}

static bool subject_pop_until(subject *q, handle *h, void **item, int64_t ns_from_now)
{
    (void)q;
    return went(pawl_mpsc_channel_pop_until(*h, item, pawl_after(ns_from_now)),
                LATE | CLOSED);
}

static size_t subject_push_n(subject *q, handle *h, void **items, size_t n)
{
    (void)q;
    return pawl_mpsc_channel_try_push_n(*h, items, n);
}

static size_t subject_pop_least(subject *q, handle *h, void **items, size_t least,
                                size_t most, int64_t ns_from_now)
{
    (void)q;
    return pawl_mpsc_channel_pop_n(*h, items, least, most, pawl_after(ns_from_now));
}

static size_t subject_pop_n(subject *q, handle *h, void **items, size_t n)
{
    return subject_pop_least(q, h, items, 0, n, 0);
}

#include <trial/channel.h>
