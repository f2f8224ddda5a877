/* loops.h - how queues are driven: pairs, streams, batches, round trips.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The same loops for all queues.  queue.h and channel.h include it: they define what
 * it takes to send and to receive one item, in a loop that tries or by a call
 * that blocks, and which workloads there are.
 */
#ifndef BENCH_LOOPS_H
#define BENCH_LOOPS_H

#include <trial/timing.h>

static inline bool send_item(subject *q, handle *h, void *item, manner how);
static inline bool receive_item(subject *q, handle *h, void **item, manner how);

static subject *queues[2];              /* the second is for the way back */

static void join(worker *w, subject *q, handle *h)
{
    memset((void *)h, 0, sizeof *h);
    if (!subject_join(q, h))
        w->wrong = "cannot join";
}

/* Items of one producer come in its order, whoever receives them. */
static inline void note_order(worker *w, uint64_t *last, const void *item)
{
    uint64_t *newest = &last[thread_of(item) % MOST_WORKERS];

    if ((uint64_t)(uintptr_t)item <= *newest)
        w->wrong = "out of order";
    *newest = (uint64_t)(uintptr_t)item;
}

/* One thread: an item in, an item out. */
TIMED pairs(worker *w)
{
    subject *q = queues[0];
    tally in = NOTHING, out = NOTHING;
    handle h;

    join(w, q, &h);
    ready(w);
    for (uint64_t k = 0; k < w->items; k++) {
        void *item = item_of(w->number, k);

        note(&in, item);
        if (!send_item(q, &h, item, STREAM) || !receive_item(q, &h, &item, STREAM))
            break;
        note(&out, item);
    }
    finished(w, &in, &out);
    subject_leave(q, &h);
}

TIMED produce(worker *w)
{
    subject *q = queues[0];
    tally in = NOTHING;
    handle h;

    join(w, q, &h);
    ready(w);
    for (uint64_t k = 0; k < w->items; k++) {
        void *item = item_of(w->number, k);

        note(&in, item);
        if (!send_item(q, &h, item, STREAM))
            break;
    }
    finished(w, &in, NULL);
    subject_leave(q, &h);
}

TIMED consume(worker *w)
{
    uint64_t last[MOST_WORKERS] = { 0 };
    bool order = check_order;
    subject *q = queues[0];
    tally out = NOTHING;
    handle h;

    join(w, q, &h);
    ready(w);
    for (uint64_t k = 0; k < w->items; k++) {
        void *item = NULL;

        if (!receive_item(q, &h, &item, STREAM))
            break;
        note(&out, item);
        if (PAWL_UNLIKELY(order))
            note_order(w, last, item);
    }
    finished(w, NULL, &out);
    subject_leave(q, &h);
}

/* Items through the first queue, and the same ones back through the second. */
TIMED serve(worker *w)
{
    subject *there = queues[0], *back = queues[1];
    tally in = NOTHING, out = NOTHING;
    handle h, b;

    join(w, there, &h);
    join(w, back, &b);
    ready(w);
    for (uint64_t k = 0; k < w->items; k++) {
        void *item = item_of(w->number, k);

        note(&in, item);
        if (!send_item(there, &h, item, TRIP) || !receive_item(back, &b, &item, TRIP))
            break;
        note(&out, item);
    }
    finished(w, &in, &out);
    subject_leave(back, &b);
    subject_leave(there, &h);
}

TIMED answer(worker *w)
{
    subject *there = queues[0], *back = queues[1];
    handle h, b;

    join(w, there, &h);
    join(w, back, &b);
    ready(w);
    for (uint64_t k = 0; k < w->items; k++) {
        void *item = NULL;

        if (!receive_item(there, &h, &item, TRIP) || !send_item(back, &b, item, TRIP))
            break;
    }
    finished(w, NULL, NULL);
    subject_leave(back, &b);
    subject_leave(there, &h);
}

/* Does the subject allow so many producers and consumers at once? */
static bool allowed(const workload *w)
{
    const char *roles = SUBJECT_ROLES;

    return (strncmp(roles, "sp", 2) != 0 || w->firsts <= 1)
        && (strcmp(roles + 2, "sc") != 0 || w->seconds <= 1);
}

static bool round_open(const workload *w)
{
    size_t bytes = (sizeof(subject) + PAWL_LINE - 1) / PAWL_LINE * PAWL_LINE;

#ifdef SUBJECT_SPARES
    /* Cells a thread: as many as it moves at once. */
    SUBJECT_SPARES = strncmp(w->name, "queue/batch", 11) == 0 ? BATCH : 1;
#endif
    for (int i = 0; i < 2; i++) {
        queues[i] = (subject *)aligned_alloc(PAWL_LINE, bytes);
        if (queues[i] == NULL)
            return false;
        memset((void *)queues[i], 0, bytes);
        if (!subject_open(queues[i], CAPACITY, w->firsts + w->seconds))
            return false;
    }
    return true;
}

static const char *round_check(const workload *w, const worker *workers, uint64_t items)
{
    tally in = NOTHING, out = NOTHING;

    for (unsigned i = 0; i < w->firsts + w->seconds; i++) {
        add(&in, &workers[i].in);
        add(&out, &workers[i].out);
    }
    return in.count == items && same(&in, &out) ? NULL
         : "items are lost, or there twice";
}

static void round_close(void)
{
    for (int i = 0; i < 2; i++) {
        subject_close(queues[i]);
        free((void *)queues[i]);
    }
}

#endif
