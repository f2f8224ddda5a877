/* queue.h - a queue timed: nobody blocks, who finds it full or empty tries again.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The subject defines what stress/trial/queue.h says.  Workloads, nanoseconds an item:
 * solo (a push and a pop by one thread), NpNc (N producers, N consumers), batch-NpNc
 * (16 items a call), trip (a round trip through two queues), trip-1cpu.
 */
#ifndef BENCH_QUEUE_H
#define BENCH_QUEUE_H

#include <trial/loops.h>

static inline bool send_item(subject *q, handle *h, void *item, manner how)
{
    unsigned attempts = 0;

    while (!subject_push(q, h, item))
        wait_a_little(how, &attempts);
    return true;
}

static inline bool receive_item(subject *q, handle *h, void **item, manner how)
{
    unsigned attempts = 0;

    while (!subject_pop(q, h, item))
        wait_a_little(how, &attempts);
    return true;
}

#ifdef SUBJECT_BATCH

#ifndef SUBJECT_IN_PLACE
/* Where a batch is written, and where it is read: in an array of the thread's, as it is
 * copied in and out. */
static inline void **place_of(handle *h, void **own)
{
    (void)h;
    return own;
}

static inline size_t pop_batch(subject *q, handle *h, void **own, size_t n,
                               void *const **place)
{
    *place = own;
    return subject_pop_n(q, h, own, n);
}
#endif

TIMED produce_batches(worker *w)
{
    subject *q = queues[0];
    tally in = NOTHING;
    void *own[BATCH];
    handle h;

    join(w, q, &h);
    ready(w);
    for (uint64_t k = 0; k < w->items; k += BATCH) {
        void **items = place_of(&h, own);
        unsigned attempts = 0;
        size_t done = 0, some;

        for (size_t i = 0; i < BATCH; i++) {
            items[i] = item_of(w->number, k + i);
            note(&in, items[i]);
        }
        while (done < BATCH)
            if ((some = subject_push_n(q, &h, items + done, BATCH - done)) > 0)
                done += some;
            else
                wait_a_little(STREAM, &attempts);
    }
    finished(w, &in, NULL);
    subject_leave(q, &h);
}

TIMED consume_batches(worker *w)
{
    uint64_t last[MOST_WORKERS] = { 0 }, left = w->items;
    bool order = check_order;
    subject *q = queues[0];
    tally out = NOTHING;
    void *own[BATCH], *const *items;
    handle h;

    join(w, q, &h);
    ready(w);
    while (left > 0) {
        size_t most = left < BATCH ? (size_t)left : (size_t)BATCH, some;
        unsigned attempts = 0;

        while ((some = pop_batch(q, &h, own, most, &items)) == 0)
            wait_a_little(STREAM, &attempts);
        for (size_t i = 0; i < some; i++) {
            note(&out, items[i]);
            if (PAWL_UNLIKELY(order))
                note_order(w, last, items[i]);
        }
        left -= some;
    }
    finished(w, NULL, &out);
    subject_leave(q, &h);
}

#define QUEUE_BATCHES \
    { "queue/batch-1p1c", produce_batches, consume_batches, 1, 1, 2, 65536 }, \
    { "queue/batch-2p2c", produce_batches, consume_batches, 2, 2, 2, 65536 },
#else
#define QUEUE_BATCHES
#endif

static const workload *workload_at(size_t i)
{
    static const workload all[] = {
        { "queue/solo", pairs, NULL, 1, 0, 2, 65536 },
        { "queue/1p1c", produce, consume, 1, 1, 2, 65536 },
        { "queue/3p1c", produce, consume, 3, 1, 2, 65536 },
        { "queue/2p2c", produce, consume, 2, 2, 2, 65536 },
        { "queue/8p8c", produce, consume, 8, 8, 2, 65536 },
        QUEUE_BATCHES
        { "queue/trip", serve, answer, 1, 1, 2, 384 },
        { "queue/trip-1cpu", serve, answer, 1, 1, 1, 384 },
    };

    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        if (allowed(&all[k]) && i-- == 0)
            return &all[k];
    return NULL;
}

#endif
