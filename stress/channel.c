/* channel.c - subject: our channel; its cells hold one pointer each.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#include <pawl/channel.h>

#include <stdlib.h>

/* A program about what listens to it has a name of its own. */
#ifndef SUBJECT_NAME
#define SUBJECT_NAME "channel"
#endif
#ifndef SUBJECT_BEGIN
#define SUBJECT_BEGIN(q) true
#endif
#define SUBJECT SUBJECT_NAME
#define SUBJECT_ROLES "mpmc"
#define SUBJECT_BOUNDED 1
#define SUBJECT_EXACT 1
#define SUBJECT_BATCH 1
#define SUBJECT_TIMED 1
#define SUBJECT_POP_N 1
#define SUBJECT_HINT(q) pawl_channel_count_hint(*(q))
#define SUBJECT_HINT_SURE 1             /* never more than there were */
#define SUBJECT_PRIVATE 1               /* for the threads of one process */
typedef pawl_channel *subject;
typedef pawl_channel_port *handle;

#include <subject/refusal.h>

enum { SPARES_MAX = 16 };
static size_t spares = SPARES_MAX;      /* a trial without batches may say 1 */
#define SUBJECT_SPARES spares

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    size_t bytes = pawl_channel_bytes(capacity, threads, spares, sizeof(void *));

    *q = (pawl_channel *)aligned_alloc(PAWL_LINE, bytes);
    return *q != NULL && pawl_channel_init(*q, bytes, capacity, threads, spares,
                                           sizeof(void *), PAWL_PRIVATE) == 0
        && SUBJECT_BEGIN(*q);
}

/* Not all trials do this. */
#define SUBJECT_PUSH_UNTIL(q, h, item, ns_from_now) \
    (*(void **)pawl_channel_cell(*(h), 0) = (item), \
     went(pawl_channel_push_until(*(h), pawl_after(ns_from_now)), LATE | CLOSED))

static void subject_close(subject *q) { free(*q); }
static bool subject_shut(subject *q) { return pawl_channel_close(*q); }

static bool subject_join(subject *q, handle *h)
{
    pawl_channel_port *port;            /* *h may stay in a register */

    if (pawl_channel_open(*q, &port) != 0)
        return false;
    *h = port;
    return true;
}

static void subject_leave(subject *q, handle *h)
{
    (void)q;
    pawl_channel_leave(*h);
}

/* What a pop found in `*cell`, unless it was refused, as it `may` be. */
static bool taken(int result, unsigned may, void **cell, void **item)
{
    if (went(result, may))
        *item = *(void **)*cell;
    return result == 0;
}

static bool subject_push(subject *q, handle *h, void *item)
{
    (void)q;
    *(void **)pawl_channel_cell(*h, 0) = item;
    return went(pawl_channel_try_push(*h), NOT_NOW | CLOSED);
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    void *cell = NULL;

    (void)q;
    return taken(pawl_channel_try_pop(*h, &cell), NOT_NOW | CLOSED, &cell, item);
}

static bool subject_push_wait(subject *q, handle *h, void *item)
{
    (void)q;
    *(void **)pawl_channel_cell(*h, 0) = item;
    return went(pawl_channel_push(*h), CLOSED);
}

static bool subject_pop_wait(subject *q, handle *h, void **item)
{
    void *cell = NULL;

    (void)q;
    return taken(pawl_channel_pop(*h, &cell), CLOSED, &cell, item);
}

static bool subject_pop_until(subject *q, handle *h, void **item, int64_t ns_from_now)
{
    pawl_time until = pawl_after(ns_from_now);
    void *cell = NULL;

    (void)q;
    return taken(pawl_channel_pop_until(*h, &cell, until), LATE | CLOSED, &cell, item);
}

static size_t subject_push_n(subject *q, handle *h, void **items, size_t n)
{
    (void)q;
    for (size_t i = 0; i < n; i++)
        *(void **)pawl_channel_cell(*h, i) = items[i];
    return pawl_channel_try_push_n(*h, n);
}

static size_t subject_pop_least(subject *q, handle *h, void **items, size_t least,
                                size_t most, int64_t ns_from_now)
{
    void *cells[SPARES_MAX];
    size_t popped = pawl_channel_pop_n(*h, cells, least, most, pawl_after(ns_from_now));

    (void)q;
    for (size_t i = 0; i < popped; i++)
        items[i] = *(void **)cells[i];
    return popped;
}

static size_t subject_pop_n(subject *q, handle *h, void **items, size_t n)
{
    return subject_pop_least(q, h, items, 0, n, 0);
}

#include <trial/channel.h>
