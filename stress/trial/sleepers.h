/* sleepers.h - many threads asleep: close wakes all, a batch as many as it serves.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef TRIAL_SLEEPERS_H
#define TRIAL_SLEEPERS_H

#include <trial/flow.h>

enum { SLEEPERS = 8 };                  /* a power of two, as capacities are */

static unsigned sleepers;               /* SLEEPERS, or the one who may */

/* --- until closed: who waits for room, or for items, is woken by close ------------ */

static inline void sleep_for_room(worker *w)
{
    handle h;

    join_flow(&h);
    doing(w, "push, waiting until closed");
    while (subject_push_wait(&flow.queue, &h, write_message(w, w->count)))
        w->count++;
    advance(w, 1);
    subject_leave(&flow.queue, &h);
}

static inline void sleep_for_items(worker *w)
{
    void *item;
    handle h;

    join_flow(&h);
    doing(w, "pop, waiting until closed");
    while (subject_pop_wait(&flow.queue, &h, &item)) {
        read_message(w, item);
        w->count++;
    }
    advance(w, 1);
    subject_leave(&flow.queue, &h);
}

static inline void shut_after_a_while(worker *w)
{
    nap(w->id % 2 == 0 ? 1 + roll(w, 100000) : PAWL_MILLISECOND + roll(w, 2000000));
    subject_shut(&flow.queue);
}

static inline void room_or_shut(worker *w)
{
    (w->id < sleepers ? sleep_for_room : shut_after_a_while)(w);
}

static inline void items_or_shut(worker *w)
{
    (w->id < sleepers ? sleep_for_items : shut_after_a_while)(w);
}

/* One closes, or two do. */
static inline void phase_sleepers(bool pushers, unsigned rounds)
{
    begin_phase("sleepers");
    for (unsigned i = 0; i < rounds; i++) {
        uint64_t in = 0, out = 0;
        unsigned n = sleepers + 1 + i % 2;
        void *item;
        handle h;

        run.done++;
        open_flow(SLEEPERS, SLEEPERS, 4, 1);
        crew_run(n, n, pushers ? room_or_shut : items_or_shut, NULL);
        for (unsigned k = 0; k < sleepers; k++)
            in += crew[k].count;
        join_flow(&h);
        for (; subject_pop_wait(&flow.queue, &h, &item); out++)
            read_message(main_worker(), item);
        if (out != in || (in > (pushers ? flow.capacity : 0) && !SUBJECT_FLOOR))
            die("%" PRIu64 " messages went in, %" PRIu64 " came out", in, out);
        subject_leave(&flow.queue, &h);
        subject_close(&flow.queue);
        free(flow.mail);
        reset(main_worker(), THREADS_MAX);
    }
    passed("sleepers", (uint64_t)rounds * sleepers, "%s", pushers ? "full" : "empty");
}

/* --- crowd: each wants one, and one batch is for all of them ---------------------- */

static inline void push_one(worker *w)
{
    handle h;

    join_flow(&h);
    doing(w, "push one, waiting");
    if (!subject_push_wait(&flow.queue, &h, write_message(w, 0)))
        die("push found it closed, and nobody had closed it");
    advance(w, 1);
    subject_leave(&flow.queue, &h);
}

static inline void pop_one(worker *w)
{
    void *item;
    handle h;

    join_flow(&h);
    doing(w, "pop one, waiting");
    if (!subject_pop_wait(&flow.queue, &h, &item))
        die("pop found it closed, and nobody had closed it");
    read_message(w, item);
    advance(w, 1);
    subject_leave(&flow.queue, &h);
}

/* Push, or pop, as many as there are sleepers, in as few calls as possible. */
static inline void serve(worker *w, bool push)
{
    void *items[SLEEPERS];
    handle h;

    join_flow(&h);
    if (w != main_worker())             /* until they sleep */
        nap(1 + roll(w, 400000));
    doing(w, push ? "push a batch" : "pop a batch");
    for (size_t n = 0; n < sleepers;) {
        for (size_t i = n; push && i < sleepers; i++)
            items[i] = write_message(w, i);
        size_t some = push ? subject_push_n(&flow.queue, &h, &items[n], sleepers - n)
                           : subject_pop_n(&flow.queue, &h, &items[n], sleepers - n);
        for (size_t i = n; !push && i < n + some; i++)
            read_message(w, items[i]);
        n += some;
        if (some == 0)
            sched_yield();
        advance(w, some);
    }
    subject_leave(&flow.queue, &h);
}

static inline void serve_items(worker *w) { serve(w, true); }
static inline void serve_room(worker *w) { serve(w, false); }

/* Of those who push into a full queue, each pushes one; who serves them pops what was
 * in before, and so makes room for all. */
static inline void phase_crowd(bool pushers, unsigned rounds)
{
    begin_phase("crowd");
    for (unsigned i = 0; i < rounds; i++) {
        unsigned left = 0;
        void *item;
        handle h;

        run.done++;
        open_flow(SLEEPERS + 1, 1, SLEEPERS, 1);
        if (pushers) {
            reset(main_worker(), sleepers);
            serve(main_worker(), true);
        }
        crew_run(sleepers + 1, sleepers, pushers ? push_one : pop_one,
                 pushers ? serve_room : serve_items);
        join_flow(&h);
        while (subject_pop(&flow.queue, &h, &item))
            left++;
        if (left != (pushers ? sleepers : 0))
            die("%u messages are left, not %u", left, pushers ? sleepers : 0);
        subject_leave(&flow.queue, &h);
        subject_close(&flow.queue);
        free(flow.mail);
        reset(main_worker(), THREADS_MAX);
    }
    passed("crowd", (uint64_t)rounds * sleepers, "%s", pushers ? "full" : "empty");
}

static inline void sleeper_phases(unsigned rounds)
{
    sleepers = ONE_POPS ? 1 : SLEEPERS;
    phase_sleepers(false, rounds);
    phase_crowd(false, 4 * rounds);
    sleepers = ONE_PUSHES ? 1 : SLEEPERS;
    if (SUBJECT_BOUNDED)
        phase_sleepers(true, rounds);
    if (SUBJECT_EXACT)                  /* as many are in as there are places */
        phase_crowd(true, 4 * rounds);
}

#endif
