/* messages.h - what goes through a queue on trial, and how each message is checked.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * For subjects as in subject/queue.h.  Every message is held to:
 *     once       it arrives exactly once, and no other does
 *     in order   a consumer sees the numbers of one producer only rise
 *     whole      what the producer wrote plainly before push is what the consumer reads
 *                after pop; to ThreadSanitizer a missing release or acquire is a race
 */
#ifndef TRIAL_MESSAGES_H
#define TRIAL_MESSAGES_H

#include <subject/queue.h>
#include <trial/trial.h>

enum { BATCH_MAX = 16, WINDOW = 256, CAPACITY_LARGE = 64 };

typedef struct message {
    uint64_t from, number, body, arrived;
} message;

/* Who has to hold still until the queue was seen full, or empty, by the others. */
enum { FREE, FLOOD, EBB };

static struct {
    subject queue;
    size_t capacity;
    unsigned producers, consumers;
    uint64_t each, total;               /* messages a producer, and in all */
    message *mail;
    PAWL_ATOMIC(uint64_t) popped;
    PAWL_ATOMIC(uint32_t) tide;
} flow;

/* --- messages --------------------------------------------------------------------- */

static inline message *write_message(worker *w, uint64_t number)
{
    message *m = &flow.mail[w->id * flow.each + number];

    m->from = w->id;
    m->number = number;
    m->body = mix(number ^ (uint64_t)w->id << 32);
    return m;
}

static inline void read_message(worker *w, void *item)
{
    message *m = (message *)item;

    if (m < flow.mail || m >= flow.mail + flow.total)
        die("thread %u popped %p, which nobody pushed", w->id, item);
    if (m->from >= flow.producers || m != &flow.mail[m->from * flow.each + m->number]
        || m->body != mix(m->number ^ m->from << 32))
        die("thread %u popped a message that is not whole", w->id);
    if (m->number < w->next[m->from])
        die("number %" PRIu64 " of thread %" PRIu64 " came after number %" PRIu64,
            m->number, m->from, w->next[m->from] - 1);
    w->next[m->from] = m->number + 1;
    w->handovers += m->from != w->id;
    if (m->arrived++ != 0)
        die("number %" PRIu64 " of thread %" PRIu64 " came twice", m->number, m->from);
}

static inline void open_flow(unsigned producers, unsigned consumers, size_t capacity,
                             uint64_t items)
{
    flow.producers = producers;
    flow.consumers = consumers;
    flow.each = items / producers > 512 ? items / producers : 512;
    flow.total = flow.each * producers;
    flow.mail = (message *)calloc(flow.total, sizeof *flow.mail);
    flow.capacity = capacity;
    atomic_store_explicit(&flow.popped, 0, memory_order_relaxed);
    atomic_store_explicit(&flow.tide, FREE, memory_order_relaxed);
    memset((void *)&flow.queue, 0, sizeof flow.queue);
#ifdef SUBJECT_FIRST
    SUBJECT_FIRST = (uintptr_t)flow.mail;
#endif
    if (flow.mail == NULL
        || !subject_open(&flow.queue, capacity, producers + consumers + 1))
        die("no memory");
}

static inline void join_flow(handle *h)
{
    memset((void *)h, 0, sizeof *h);
    if (!subject_join(&flow.queue, h))
        die("no handle for one more thread");
}

/* All has gone in and come out, once. */
static inline void close_flow(void)
{
    handle h;
    void *item;

    join_flow(&h);
    if (subject_pop(&flow.queue, &h, &item))
        die("popped %p when all messages had come", item);
    subject_leave(&flow.queue, &h);
    for (uint64_t i = 0; i < flow.total; i++)
        if (flow.mail[i].arrived != 1)
            die("number %" PRIu64 " of thread %" PRIu64 " was lost", i % flow.each,
                i / flow.each);
    subject_close(&flow.queue);
    free(flow.mail);
}

/* --- single operations and batches of random size --------------------------------- */

/* One message, or a batch; sometimes of none at all.  As many as went in. */
static inline uint64_t push_some(worker *w, handle *h, uint64_t number, uint64_t most)
{
    void *items[BATCH_MAX];
    size_t n = SUBJECT_BATCH && roll(w, 2) == 0 ? roll(w, BATCH_MAX + 1) : 1, pushed;

    n = n < most ? n : (size_t)most;
    for (size_t i = 0; i < n; i++)
        items[i] = write_message(w, number + i);
    doing(w, "push");
    pushed = n != 1 ? subject_push_n(&flow.queue, h, items, n)
                    : subject_push(&flow.queue, h, items[0]);
    if (pushed > n)
        die("pushed %zu of %zu", pushed, n);
    w->full += pushed < n;
    if (pushed < n && atomic_load_explicit(&flow.tide, memory_order_relaxed) == FLOOD)
        atomic_store_explicit(&flow.tide, FREE, memory_order_relaxed);
    advance(w, pushed);
    return pushed;
}

static inline uint64_t pop_some(worker *w, handle *h, uint64_t most)
{
    void *items[BATCH_MAX];
    size_t n = SUBJECT_BATCH && roll(w, 2) == 0 ? roll(w, BATCH_MAX + 1) : 1, popped;

    n = n < most ? n : (size_t)most;
    doing(w, "pop");
    popped = n != 1 ? subject_pop_n(&flow.queue, h, items, n)
                    : subject_pop(&flow.queue, h, &items[0]);
    if (popped > n)
        die("popped %zu of %zu", popped, n);
    w->empty += popped < n;
    if (popped < n && atomic_load_explicit(&flow.tide, memory_order_relaxed) == EBB)
        atomic_store_explicit(&flow.tide, FREE, memory_order_relaxed);
    for (size_t i = 0; i < popped; i++)
        read_message(w, items[i]);
    advance(w, popped);
    return popped;
}

#endif
