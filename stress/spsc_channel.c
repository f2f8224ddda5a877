/* spsc_channel.c - subject: our channel for one producer and one consumer.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define _GNU_SOURCE 1
#include <pawl/spsc_channel.h>

#include <stdlib.h>

#define SUBJECT "spsc_channel"
#define SUBJECT_ROLES "spsc"
#define SUBJECT_BOUNDED 1
#define SUBJECT_FLOOR 1
#define SUBJECT_BATCH 1
#define SUBJECT_TIMED 1
#define SUBJECT_POP_N 1
#define SUBJECT_PRIVATE 1
typedef pawl_spsc_channel *subject;
typedef pawl_spsc_channel *handle;

#include <subject/refusal.h>

/* An element's size.  A trial may say that each fills a block, so that each pop makes
 * room for a push. */
enum { ROOMY = 64, ITEMS_MAX = 16 };
static size_t size = sizeof(void *);
#define SUBJECT_ROOMY (size = ROOMY)

typedef struct element {
    void *item;
    char rest[ROOMY - sizeof(void *)];
} element;

static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    size_t bytes = pawl_spsc_channel_bytes(capacity, size);

    (void)threads;
    *q = (pawl_spsc_channel *)aligned_alloc(PAWL_LINE, bytes);
    return *q != NULL
        && pawl_spsc_channel_init(*q, bytes, capacity, size, PAWL_PRIVATE) == 0;
}

static void subject_close(subject *q) { free(*q); }
static bool subject_shut(subject *q) { return pawl_spsc_channel_close(*q); }
static bool subject_join(subject *q, handle *h) { *h = *q; return true; }
static void subject_leave(subject *q, handle *h) { (void)q, (void)h; }

static bool subject_push(subject *q, handle *h, void *item)
{
    element e = { item, "" };

    (void)q;
    return went(pawl_spsc_channel_try_push(*h, &e, size), NOT_NOW | CLOSED);
}

/* What a pop has left in `*e`, unless it was refused, as it `may` be. */
static bool taken(int result, unsigned may, const element *e, void **item)
{
    if (went(result, may))
        *item = e->item;
    return result == 0;
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    element e;
    int result = pawl_spsc_channel_try_pop(*h, &e, size);

    (void)q;
    return taken(result, NOT_NOW | CLOSED, &e, item);
}

static bool subject_push_wait(subject *q, handle *h, void *item)
{
    element e = { item, "" };

    (void)q;
    return went(pawl_spsc_channel_push(*h, &e, size), CLOSED);
}

static bool subject_pop_wait(subject *q, handle *h, void **item)
{
    element e;
    int result = pawl_spsc_channel_pop(*h, &e, size);

    (void)q;
    return taken(result, CLOSED, &e, item);
}

/* Not all trials do this. */
#define SUBJECT_PUSH_UNTIL(q, h, what, ns_from_now) \
    went(pawl_spsc_channel_push_until(*(h), &(element){ what, "" }, size, \
                                      pawl_after(ns_from_now)), LATE | CLOSED)

static bool subject_pop_until(subject *q, handle *h, void **item, int64_t ns_from_now)
{
    pawl_time until = pawl_after(ns_from_now);
    element e;
    int result = pawl_spsc_channel_pop_until(*h, &e, size, until);

    (void)q;
    return taken(result, LATE | CLOSED, &e, item);
}

static size_t subject_push_n(subject *q, handle *h, void **items, size_t n)
{
    char elements[ITEMS_MAX * ROOMY];

    (void)q;
    for (size_t i = 0; i < n; i++)
        memcpy(elements + i * size, &items[i], sizeof *items);
    return pawl_spsc_channel_try_push_n(*h, elements, n, size);
}

static size_t subject_pop_least(subject *q, handle *h, void **items, size_t least,
                                size_t most, int64_t ns_from_now)
{
    char elements[ITEMS_MAX * ROOMY];
    size_t popped = pawl_spsc_channel_pop_n(*h, elements, least, most, size,
                                            pawl_after(ns_from_now));

    (void)q;
    for (size_t i = 0; i < popped; i++)
        memcpy(&items[i], elements + i * size, sizeof *items);
    return popped;
}

static size_t subject_pop_n(subject *q, handle *h, void **items, size_t n)
{
    return subject_pop_least(q, h, items, 0, n, 0);
}

#include <trial/channel.h>
