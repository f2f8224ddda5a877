/* channel.h - the trial of a queue that can be waited on, and closed.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * For subjects as in subject/channel.h.
 */
#ifndef TRIAL_CHANNEL_H
#define TRIAL_CHANNEL_H

#include <subject/channel.h>
#include <trial/flow.h>
#include <trial/race.h>
#include <trial/sleepers.h>

enum { LEAST_MAX = 16 };
#define LONG (60 * PAWL_SECOND)

static PAWL_ATOMIC(uint64_t) pushing;           /* producers that are not done yet */

/* --- wait: producers and consumers that sleep; the last producer closes ----------- */

/* Now and then, so that the others fall asleep. */
static inline void doze(worker *w)
{
    if (roll(w, 512) == 0)
        nap(20000 + roll(w, 100000));
    stir(w);
}

static inline void begin_pushing(unsigned producers)
{
    atomic_store_explicit(&pushing, producers, memory_order_relaxed);
}

static inline void last_one_shuts(void)
{
    /* acq_rel: who closes has all pushes behind it, its own and the others'. */
    if (atomic_fetch_sub_explicit(&pushing, 1, memory_order_acq_rel) == 1
        && !subject_shut(&flow.queue))
        die("close found it closed, and nobody had closed it");
}

/* Push, waiting; sometimes first until a moment, which may come before the room. */
static inline void push_waiting(worker *w, handle *h, message *m)
{
    doing(w, "push, waiting");
    if (SUBJECT_TIMED && roll(w, 2) == 0
        && subject_push_until(&flow.queue, h, m, roll(w, 50000)))
        return;
    if (!subject_push_wait(&flow.queue, h, m))
        die("push found it closed, and nobody had closed it");
}

static inline void produce_waiting(worker *w)
{
    handle h;

    join_flow(&h);
    for (uint64_t i = 0, some; i < flow.each; i += some) {
        some = roll(w, 2) == 0 ? push_some(w, &h, i, flow.each - i) : 0;
        if (some == 0) {
            push_waiting(w, &h, write_message(w, i));
            advance(w, some = 1);
        }
        doze(w);
    }
    last_one_shuts();
    subject_leave(&flow.queue, &h);
}

static inline void consume_waiting(worker *w)
{
    void *item;
    handle h;

    join_flow(&h);
    for (;;) {
        unsigned how = roll(w, 4);

        if (how == 0 && pop_some(w, &h, BATCH_MAX) > 0)
            continue;
        doing(w, "pop, waiting");
        if (how == 1 && SUBJECT_TIMED) {
            if (!subject_pop_until(&flow.queue, &h, &item, roll(w, 50000)))
                continue;
        } else if (!subject_pop_wait(&flow.queue, &h, &item)) {
            break;
        }
        read_message(w, item);
        advance(w, 1);
        doze(w);
    }
    if (atomic_load_explicit(&pushing, memory_order_relaxed) != 0)
        die("pop found it closed, and nobody had closed it");
    subject_leave(&flow.queue, &h);
}

/* Closed is closed, for pushes and for pops. */
static inline void close_closed_flow(void)
{
    void *item = flow.mail;
    handle h;

    join_flow(&h);
    if (subject_push_wait(&flow.queue, &h, item) || subject_push(&flow.queue, &h, item))
        die("push found a closed queue open");
    if (subject_pop_wait(&flow.queue, &h, &item))
        die("popped %p after the end", item);
    if (subject_shut(&flow.queue))
        die("close found a closed queue open");
    subject_leave(&flow.queue, &h);
    close_flow();
}

static inline void phase_wait(unsigned producers, unsigned consumers, size_t capacity,
                              uint64_t items)
{
    uint64_t full = 0, empty = 0;
    unsigned tries = 0;

    begin_phase("wait");
    do {
        open_flow(producers, consumers, capacity, items);
        begin_pushing(producers);
        crew_run(producers + consumers, producers, produce_waiting, consume_waiting);
        for (unsigned i = 0; i < crew_size; i++) {
            full += crew[i].full;
            empty += crew[i].empty;
        }
        close_closed_flow();
    } while (!proved((full > 0 || !SUBJECT_BOUNDED) && empty > 0, tries++,
                     "never full, or never empty"));
    passed("wait", flow.total, "%u:%u capacity %zu", producers, consumers, capacity);
}

/* --- timed: pops that come too late, and then get what they waited for ------------ */

static inline void produce_late(worker *w)
{
    handle h;

    join_flow(&h);
    doing(w, "push, waiting");
    for (uint64_t i = 0; i < flow.each; i++) {
        if (i % 4 == 0)
            nap(1 + roll(w, 80000));
        if (!subject_push_wait(&flow.queue, &h, write_message(w, i)))
            die("push found it closed, and nobody had closed it");
        advance(w, 1);
    }
    last_one_shuts();
    subject_leave(&flow.queue, &h);
}

/* Take one, or at least so many, until a moment that may come first. */
static inline void consume_timed(worker *w)
{
    void *items[LEAST_MAX];
    handle h;

    join_flow(&h);
    doing(w, "pop with a deadline");
    for (bool open = true; open;) {
        size_t least = SUBJECT_POP_N ? 1 + roll(w, LEAST_MAX) : 1, got;
        size_t most = least + roll(w, LEAST_MAX + 1 - (unsigned)least);
        int64_t ns = roll(w, 4) == 0 ? LONG : 1 + (int64_t)roll(w, 100000);
        pawl_time before = pawl_now();

        got = SUBJECT_POP_N
            ? subject_pop_least(&flow.queue, &h, items, least, most, ns)
            : subject_pop_until(&flow.queue, &h, items, ns);
        if (got > most)
            die("popped %zu, and at most %zu were wanted", got, most);
        for (size_t i = 0; i < got; i++)
            read_message(w, items[i]);
        advance(w, got + 1);
        if (got >= least)
            continue;
        w->empty++;
        /* relaxed: it was 0 before the close, which is what pop has seen. */
        open = atomic_load_explicit(&pushing, memory_order_relaxed) != 0;
        if (open && pawl_now() - before < ns)
            die("popped %zu of %zu, %" PRId64 " ns too early", got, least,
                ns - (pawl_now() - before));
    }
    while (subject_pop_wait(&flow.queue, &h, items))
        read_message(w, items[0]);
    subject_leave(&flow.queue, &h);
}

static inline void phase_timed(unsigned consumers, uint64_t items)
{
    unsigned producers = ONE_PUSHES ? 1 : 2, tries = 0;
    uint64_t late;

    begin_phase("timed");
    do {
        open_flow(producers, consumers, 4, items);
        begin_pushing(producers);
        crew_run(producers + consumers, producers, produce_late, consume_timed);
        late = 0;
        for (unsigned i = producers; i < crew_size; i++)
            late += crew[i].empty;
        close_closed_flow();
    } while (!proved(late > consumers, tries++, "no pop came too late"));
    passed("timed", flow.total, "%u:%u, %" PRIu64 " late", producers, consumers,
           late);
}

/* --- all of them ------------------------------------------------------------------ */

static inline void wait_shape(unsigned producers, unsigned consumers, uint64_t items)
{
    producers = ONE_PUSHES ? 1 : producers;
    consumers = ONE_POPS ? 1 : consumers;
    phase_wait(producers, consumers, least_capacity(&flow.queue), items / 8);
    phase_wait(producers, consumers, 8, items);
}

static inline void channel_phases(void)
{
    uint64_t items = enough(24000, 4096);

    flow_phases();
    if (run.producers > 0) {
        wait_shape(run.producers,
                   run.consumers > 0 ? run.consumers : run.producers, items);
    } else {
        for (unsigned n = 1; n <= (ONE_PUSHES ? 1 : 4); n *= 2)
            wait_shape(n, n, items);
    }
    if (SUBJECT_TIMED || SUBJECT_POP_N) {
        phase_timed(1, items / 16);
        if (!ONE_POPS)
            phase_timed(3, items / 16);
    }
    sleeper_phases(5 + 20 / (unsigned)slowness());
    phase_race(run.rounds > 0 ? run.rounds : 100000 / slowness());
}

int main(int argc, char **argv)
{
    return run_trial(argc, argv, channel_phases);
}

#endif
