/* items.h - recorded rounds on a queue: who pushes and pops what, and when.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * For subjects as in subject/queue.h.  Here the items are numbers.
 */
#ifndef HISTORY_ITEMS_H
#define HISTORY_ITEMS_H

#include <trial/flow.h>

#include <history/record.h>

enum { STINT_MAX = 12, PATIENCE = 4 };

static handle ports[THREADS_MAX];

/* Items are never looked into: a number, in the shape of a pointer to 8 bytes. */
static inline void *item_of(uint64_t value)
{
    return (void *)(uintptr_t)(value * 8);
}

static inline uint64_t value_of(const void *item)
{
    return (uint64_t)(uintptr_t)item / 8;
}

/* --- single calls --------------------------------------------------------------- */

/* How many at once: mostly one.  Never more than fit into what is left to note. */
static inline size_t some(worker *w)
{
    const log *l = &record.logs[w->id];
    size_t n = SUBJECT_BATCH && roll(w, 4) == 0 ? 1 + roll(w, BATCH_MAX) : 1;
    size_t left = l->quota - l->n;

    return n < left ? n : left;
}

/* n operations, of which the first `done` happened; the next one was refused. */
static inline void note_batch(worker *w, history_what what, void **items, size_t n,
                              size_t done, history_how refusal)
{
    if (done > n)
        die("%zu of %zu", done, n);
    for (size_t i = 0; i < done; i++)
        note(w, what, value_of(items[i]), HISTORY_DONE);
    if (done < n)
        note(w, what, what == HISTORY_PUSH ? value_of(items[done]) : 0, refusal);
}

static inline bool push_noted(worker *w)
{
    void *items[BATCH_MAX] = { NULL };
    size_t n = some(w), pushed;

    for (size_t i = 0; i < n; i++)
        items[i] = item_of(new_value(w));
    doing(w, "push");
    begin_call(w);
    pushed = n != 1 ? subject_push_n(&flow.queue, &ports[w->id], items, n)
                    : subject_push(&flow.queue, &ports[w->id], items[0]);
    end_call(w);
    note_batch(w, HISTORY_PUSH, items, n, pushed, HISTORY_NOT_NOW);
    return pushed == n;
}

static inline bool pop_noted(worker *w)
{
    void *items[BATCH_MAX] = { NULL };
    size_t n = some(w), popped;

    doing(w, "pop");
    begin_call(w);
    popped = n != 1 ? subject_pop_n(&flow.queue, &ports[w->id], items, n)
                    : subject_pop(&flow.queue, &ports[w->id], &items[0]);
    end_call(w);
    note_batch(w, HISTORY_POP, items, n, popped, HISTORY_NOT_NOW);
    return popped == n;
}

/* --- a round -------------------------------------------------------------------- */

/* Each thread takes its own port. */
static inline void take_port(worker *w)
{
    join_flow(&ports[w->id]);
}

static inline void leave_port(worker *w)
{
    subject_leave(&flow.queue, &ports[w->id]);
}

/* Any capacity is right: small ones, so that it is full, and empty, all the time. */
static inline void open_items(worker *w)
{
    static size_t least;

    if (least == 0)
        least = least_capacity(&flow.queue);
    flow.capacity = least << roll(w, record.quota > SHORT ? 5 : 3);
    memset((void *)&flow.queue, 0, sizeof flow.queue);
    if (!subject_open(&flow.queue, flow.capacity, record.threads + 1))
        die("no memory");
    record.spec = (history_spec){
        .kind = HISTORY_QUEUE,
        .capacity = SUBJECT_BOUNDED ? flow.capacity : 0,
        .inexact = SUBJECT_INEXACT,
        .floor = SUBJECT_FLOOR,
    };
}

/* In an unbounded queue producers let the consumer come to the end now and then. */
static inline bool crowded(void)
{
#ifdef SUBJECT_HINT
    return !SUBJECT_BOUNDED && SUBJECT_HINT(&flow.queue) > STINT_MAX;
#else
    return false;
#endif
}

static inline void rest(worker *w, bool went)
{
    for (unsigned i = 0; i < PATIENCE && crowded(); i++)
        sched_yield();
    if (!went)
        lull(w);
    else if (record.quota == SHORT)
        for (unsigned i = roll(w, 60); i > 0; i--)
            pawl_relax();
    stir(w);
}

/* Who has no role pushes for a while, and then pops for a while. */
static inline void push_and_pop(worker *w)
{
    bool push = w->id % 2 == 0;

    while (!enough_noted(w)) {
        for (unsigned i = 1 + roll(w, STINT_MAX); i > 0 && !enough_noted(w); i--)
            rest(w, push ? push_noted(w) : pop_noted(w));
        push = !push;
    }
}

static inline void work_on_items(worker *w)
{
    take_port(w);
    if (record.firsts == 0)
        push_and_pop(w);
    while (!enough_noted(w))
        rest(w, w->id < record.firsts ? push_noted(w) : pop_noted(w));
    leave_port(w);
}

/* All that was pushed has been popped: with nobody else at work, what is in comes. */
static inline void expect_all(void)
{
    uint64_t inside = 0;
    size_t n = gather();

    for (size_t i = 0; i < n; i++)
        if (record.all[i].how == HISTORY_DONE)
            inside += (record.all[i].what == HISTORY_PUSH)
                    - (uint64_t)(record.all[i].what == HISTORY_POP);
    if (inside != 0)
        reject("a count", "items are lost: pushed, never popped, and it is empty", n);
}

static inline void close_emptied(worker *w, bool (*pop_last)(worker *))
{
    record.logs[0].quota = LOG_MAX;
    take_port(w);
    while (pop_last(w))
        continue;
    leave_port(w);
    expect_all();
    subject_close(&flow.queue);
}

static inline void close_items(worker *w) { close_emptied(w, pop_noted); }

/* --- phases --------------------------------------------------------------------- */

/* Has it been full, and empty, often enough?  In a short round, what has more room than
 * it was asked for may never be full.  In a long one, what nothing bounds is not empty
 * again where producers are more than consumers. */
static inline bool items_shown(void)
{
    bool bounded = SUBJECT_BOUNDED && !(record.brief && SUBJECT_FLOOR);
    bool outrun = !SUBJECT_BOUNDED && record.refused[0] == 0 && !record.brief
               && record.firsts > record.threads - record.firsts;

    return (often(record.refused[0]) || !bounded)
        && (often(record.refused[1]) || outrun);
}

static inline void tell_items(const char *phase)
{
    passed(phase, record.operations,
           "%u %s: full %" PRIu64 ", empty %" PRIu64 ", met %" PRIu64, record.threads,
           record.firsts > 0 ? "apart" : "in turns", record.refused[0],
           record.refused[1], record.met);
}

static const deed item_deed = {
    open_items, work_on_items, close_items, items_shown,
    "hardly full, hardly empty, or hardly any two threads met", { "long", "short" },
    tell_items
};

static inline void items_shape(unsigned producers, unsigned consumers, bool roles,
                               uint64_t all)
{
    unsigned threads = producers + consumers, firsts = roles ? producers : 0;

    play_phase(&item_deed, false, threads, firsts, all * 7 / 8);
    play_phase(&item_deed, true, threads, firsts, all / 8);
}

static inline void phases_on_items(uint64_t all)
{
    bool many_push = SUBJECT_ROLES[0] == 'm', many_pop = SUBJECT_ROLES[2] == 'm';

    if (run.producers > 0) {
        unsigned consumers = run.consumers > 0 ? run.consumers : run.producers;

        items_shape(many_push ? run.producers : 1, many_pop ? consumers : 1, true, all);
        return;
    }
    items_shape(1, 1, true, many_push || many_pop ? all / 4 : all);
    if (many_push && many_pop) {
        items_shape(2, 2, true, all / 4);
        items_shape(1, 1, false, all / 4);
        items_shape(2, 2, false, all / 4);
    } else if (many_push || many_pop) {
        items_shape(many_push ? 3 : 1, many_pop ? 3 : 1, true, all * 3 / 4);
    }
}

static inline void item_phases(void)
{
    phases_on_items(enough(400000, 20000));
}

#endif
