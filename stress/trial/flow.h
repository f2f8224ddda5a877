/* flow.h - the phases that every queue goes through, waited on or not.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * messages.h says what each message is held to.
 */
#ifndef TRIAL_FLOW_H
#define TRIAL_FLOW_H

#include <trial/messages.h>

/* --- fill: by one thread, to the brim and back ------------------------------------ */

static inline uint64_t fill_once(worker *w, handle *h, uint64_t from)
{
    uint64_t most = SUBJECT_BOUNDED ? flow.each - from : 100, n = 0;
    void *item;

    while (n < most && subject_push(&flow.queue, h, write_message(w, from + n)))
        n++;
    if (SUBJECT_BOUNDED && n == most)
        die("%" PRIu64 " messages went in, and it is not full", n);
    if (n == 0 || (SUBJECT_EXACT && n != flow.capacity))
        die("full with %" PRIu64 " messages, of %zu", n, flow.capacity);
    for (uint64_t i = 0; i < n; i++) {
        if (!subject_pop(&flow.queue, h, &item))
            die("empty with %" PRIu64 " messages inside", n - i);
        if (item != &flow.mail[from + i])
            die("what went in as number %" PRIu64 " did not come out as that", i);
        read_message(w, item);
    }
    if (subject_pop(&flow.queue, h, &item))
        die("popped %p of an empty queue", item);
    return from + n;
}

/* Again and again, so that each time begins at another place in the ring. */
static inline void phase_fill(size_t capacity)
{
    worker *w = main_worker();
    uint64_t n = 0;
    void *item;
    handle h;

    begin_phase("fill");
    reset(w, 0);
    open_flow(1, 1, capacity, 40 * capacity + 1000);
    join_flow(&h);
    while (n + 2 * capacity + 200 < flow.each) {
        if (!subject_push(&flow.queue, &h, write_message(w, n))
            || !subject_pop(&flow.queue, &h, &item) || item != &flow.mail[n])
            die("one message does not pass");
        read_message(w, item);
        n = fill_once(w, &h, n + 1);
    }
    subject_leave(&flow.queue, &h);
    flow.total = n;
    close_flow();
    passed("fill", n, "capacity %zu", capacity);
}

/* --- stream: producers and consumers ---------------------------------------------- */

/* How many messages are inside, about. */
static inline int64_t inside(void)
{
    int64_t n = 0;

    for (unsigned i = 0; i < flow.producers + flow.consumers; i++)
        n += (i < flow.producers ? 1 : -1) * (int64_t)progress_of(&crew[i]);
    return n;
}

/* An unbounded queue is not to swallow all before anybody pops. */
static inline void keep_window(worker *w)
{
    while (!SUBJECT_BOUNDED && inside() > WINDOW) {
        doing(w, "waiting for consumers");
        sched_yield();
    }
}

/* A quarter of the way, the consumers stop until it is full; at half, the producers,
 * until it is empty. */
static inline void turn_tide(worker *w, uint64_t before, uint64_t now)
{
    if (w->id != 0)
        return;
    if (SUBJECT_BOUNDED && before < flow.each / 4 && now >= flow.each / 4)
        atomic_store_explicit(&flow.tide, FLOOD, memory_order_relaxed);
    if (before < flow.each / 2 && now >= flow.each / 2)
        atomic_store_explicit(&flow.tide, EBB, memory_order_relaxed);
}

static inline void hold_still(worker *w, uint32_t during)
{
    while (atomic_load_explicit(&flow.tide, memory_order_relaxed) == during) {
        doing(w, during == EBB ? "waiting for empty" : "waiting for full");
        sched_yield();
    }
}

static inline void produce(worker *w)
{
    handle h;

    join_flow(&h);
    for (uint64_t i = 0, some; i < flow.each; i += some) {
        some = push_some(w, &h, i, flow.each - i);
        if (some == 0)
            lull(w);
        keep_window(w);
        turn_tide(w, i, i + some);
        hold_still(w, EBB);
        stir(w);
    }
    if (w->id == 0 && atomic_load_explicit(&flow.tide, memory_order_relaxed) == FLOOD)
        atomic_store_explicit(&flow.tide, FREE, memory_order_relaxed);
    subject_leave(&flow.queue, &h);
}

static inline void consume(worker *w)
{
    uint64_t quota = flow.total / flow.consumers, some;
    handle h;

    if (w->id == flow.producers)        /* the first takes what does not divide */
        quota += flow.total % flow.consumers;
    join_flow(&h);
    for (; quota > 0; quota -= some) {
        some = pop_some(w, &h, quota);
        if (some == 0)
            lull(w);
        hold_still(w, FLOOD);
        stir(w);
    }
    subject_leave(&flow.queue, &h);
}

static inline void phase_stream(unsigned producers, unsigned consumers, size_t capacity,
                                uint64_t items)
{
    uint64_t full = 0, empty = 0;
    unsigned tries = 0;

    begin_phase("stream");
    do {
        open_flow(producers, consumers, capacity, items);
        crew_run(producers + consumers, producers, produce, consume);
        for (unsigned i = 0; i < crew_size; i++) {
            full += crew[i].full;
            empty += crew[i].empty;
        }
        close_flow();
    } while (!proved((full > 0 || !SUBJECT_BOUNDED) && empty > 0, tries++,
                     full > 0 ? "never empty" : "never full"));
    passed("stream", flow.total, "%u:%u capacity %zu", producers, consumers, capacity);
}

/* --- turns: every thread pushes for a while, then pops for a while ---------------- */

static inline uint64_t stint(worker *w, handle *h, uint64_t sent, bool pushing)
{
    unsigned length = 1 + roll(w, 3 * (unsigned)flow.capacity), fails = 0;

    while (length-- > 0 && fails < 8) {
        uint64_t some = pushing ? push_some(w, h, sent, flow.each - sent)
                                : pop_some(w, h, BATCH_MAX);
        if (pushing)
            sent += some;
        else                            /* relaxed: only says when to stop */
            atomic_fetch_add_explicit(&flow.popped, some, memory_order_relaxed);
        if (some == 0) {
            fails++;
            lull(w);
        }
        stir(w);
    }
    return sent;
}

static inline void take_turns(worker *w)
{
    uint64_t sent = 0;
    handle h;

    join_flow(&h);
    for (bool push = w->id % 2 == 0;
         atomic_load_explicit(&flow.popped, memory_order_relaxed) < flow.total;
         push = !push) {
        sent = stint(w, &h, sent, push && sent < flow.each);
        sched_yield();
    }
    subject_leave(&flow.queue, &h);
}

static inline void phase_turns(unsigned threads, size_t capacity, uint64_t items)
{
    uint64_t full = 0, empty = 0, handovers = 0;
    unsigned tries = 0;

    begin_phase("turns");
    do {
        open_flow(threads, threads, capacity, items);
        crew_run(threads, threads, take_turns, take_turns);
        for (unsigned i = 0; i < threads; i++) {
            full += crew[i].full;
            empty += crew[i].empty;
            handovers += crew[i].handovers;
        }
        close_flow();
    } while (!proved((full > 0 || !SUBJECT_BOUNDED) && empty > 0
                         && handovers >= flow.total / 100,
                     tries++, "never full, never empty, or hardly any hand-over"));
    passed("turns", flow.total, "%u capacity %zu", threads, capacity);
}

/* --- tokens: as many as there is room, and a thread has at most one ------------------
 * Each thread pushes its token and pops one, which may be another's.  So there is room
 * for every push, and an item for every pop: an exact queue never refuses. */

static inline void pass_tokens(worker *w)
{
    message *m = &flow.mail[w->id];
    handle h;

    join_flow(&h);
    for (uint64_t i = 0; i < flow.each; i++) {
        void *item;

        m->body = ~++m->number;
        doing(w, "push");
        if (!subject_push(&flow.queue, &h, m))
            die("full, with a token outside");
        if (roll(w, 16) == 0)
            sched_yield();
        stir(w);
        doing(w, "pop");
        if (!subject_pop(&flow.queue, &h, &item))
            die("empty, with a token inside");
        w->handovers += item != (void *)m;
        m = (message *)item;
        if (m->body != ~m->number)
            die("thread %u popped a token that is not whole", w->id);
        advance(w, 1);
    }
    subject_leave(&flow.queue, &h);
}

static inline void phase_tokens(unsigned threads, uint64_t items)
{
    uint64_t handovers = 0, steps = 0;
    unsigned tries = 0;

    begin_phase("tokens");
    do {
        open_flow(threads, threads, threads, items);
        crew_run(threads, threads, pass_tokens, pass_tokens);
        for (unsigned i = 0; i < threads; i++) {
            handovers += crew[i].handovers;
            steps += flow.mail[i].number;
            flow.mail[i].number = 0;
        }
        if (steps != flow.total)
            die("%" PRIu64 " steps were taken, %" PRIu64 " arrived", flow.total, steps);
        subject_close(&flow.queue);
        free(flow.mail);
        steps = 0;
    } while (!proved(handovers >= flow.total / 1000, tries++, "hardly any hand-over"));
    passed("tokens", flow.total, "%u", threads);
}

/* --- all of them ------------------------------------------------------------------ */

static inline void flow_shape(unsigned producers, unsigned consumers)
{
    size_t least = least_capacity(&flow.queue);
    uint64_t items = SUBJECT_CONVOYS ? enough(2048, 2048) : enough(24000, 4096);

    if (SUBJECT_ROLES[0] == 's')
        producers = 1;
    if (SUBJECT_ROLES[2] == 's')
        consumers = 1;
    phase_stream(producers, consumers, least, items / 8);
    phase_stream(producers, consumers, CAPACITY_LARGE, items);
    if (strcmp(SUBJECT_ROLES, "mpmc") != 0)
        return;
    phase_turns(producers + consumers, 2, items / 8);
    phase_turns(producers + consumers, CAPACITY_LARGE, items);
    for (unsigned n = 2; SUBJECT_EXACT && n <= producers + consumers; n *= 2)
        if (2 * n > producers + consumers)      /* a power of two, as capacities are */
            phase_tokens(n, items / 4);
}

static inline void flow_phases(void)
{
    size_t least = least_capacity(&flow.queue);

    for (size_t capacity = least; capacity <= CAPACITY_LARGE; capacity *= 2)
        phase_fill(capacity);
    if (run.producers > 0) {
        flow_shape(run.producers, run.consumers > 0 ? run.consumers : run.producers);
    } else {
        flow_shape(1, 1);
        if (strcmp(SUBJECT_ROLES, "spsc") != 0) {
            flow_shape(2, 2);
            if (!SUBJECT_CONVOYS)
                flow_shape(4, 4);
        }
    }
}

#endif
