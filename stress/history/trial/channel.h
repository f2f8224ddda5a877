/* channel.h - the recorded trial of a queue that can be waited on, and closed.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * For subjects as in subject/channel.h.  First it goes through what every queue
 * does, and then through rounds in which threads wait, with deadlines and without, and
 * close it whenever they like: at the latest when they have done enough, so that nobody
 * waits for ever.
 *
 * A program may take what is here, and go through phases of its own:
 *
 *     #define SUBJECT_PHASES own_phases
 *     static void own_phases(void);
 */
#ifndef HISTORY_TRIAL_CHANNEL_H
#define HISTORY_TRIAL_CHANNEL_H

#include <subject/channel.h>
#include <history/items.h>

/* How often a thread goes on once it has found it closed; a deadline, at most. */
enum { FAREWELLS = 3, DEADLINE = 30000 };

static inline bool push_and_wait(worker *w)
{
    void *item = item_of(new_value(w));
    bool pushed;

    doing(w, "push, waiting");
    begin_call(w);
    pushed = subject_push_wait(&flow.queue, &ports[w->id], item);
    end_call(w);
    note(w, HISTORY_PUSH, value_of(item), pushed ? HISTORY_DONE : HISTORY_CLOSED);
    return pushed;
}

static inline bool push_in_time(worker *w)
{
    void *item = item_of(new_value(w));
    int64_t ns = roll(w, DEADLINE);
    bool pushed;

    doing(w, "push with a deadline");
    begin_call(w);
    pushed = subject_push_until(&flow.queue, &ports[w->id], item, ns);
    end_call(w);
    judge_lateness(w, !pushed, ns);
    note(w, HISTORY_PUSH, value_of(item), pushed ? HISTORY_DONE : HISTORY_LATE);
    return pushed;
}

static inline bool pop_and_wait(worker *w)
{
    void *item = NULL;
    bool popped;

    doing(w, "pop, waiting");
    begin_call(w);
    popped = subject_pop_wait(&flow.queue, &ports[w->id], &item);
    end_call(w);
    note(w, HISTORY_POP, popped ? value_of(item) : 0,
         popped ? HISTORY_DONE : HISTORY_CLOSED);
    return popped;
}

static inline bool pop_in_time(worker *w)
{
    void *item = NULL;
    int64_t ns = roll(w, DEADLINE);
    bool popped;

    doing(w, "pop with a deadline");
    begin_call(w);
    popped = subject_pop_until(&flow.queue, &ports[w->id], &item, ns);
    end_call(w);
    judge_lateness(w, !popped, ns);
    note(w, HISTORY_POP, popped ? value_of(item) : 0,
         popped ? HISTORY_DONE : HISTORY_LATE);
    return popped;
}

/* At least so many: one that got fewer has found it empty last. */
static inline bool pop_several(worker *w)
{
    void *items[BATCH_MAX];
    size_t most = some(w), least = 1 + roll(w, (unsigned)most), got;
    int64_t ns = roll(w, DEADLINE);

    doing(w, "pop several");
    begin_call(w);
    got = subject_pop_least(&flow.queue, &ports[w->id], items, least, most, ns);
    end_call(w);
    note_batch(w, HISTORY_POP, items, got < least ? most : got, got, HISTORY_LATE);
    return got >= least;
}

static inline void shut_noted(worker *w)
{
    doing(w, "close");
    begin_call(w);
    subject_shut(&flow.queue);
    end_call(w);
    note(w, HISTORY_CLOSE, 0, HISTORY_DONE);
}

/* --- a round -------------------------------------------------------------------- */

/* False: refused, late, or closed. */
static inline bool do_either(worker *w, bool push)
{
    unsigned how = roll(w, 4);

    if (push && how == 2 && SUBJECT_TIMED)
        return push_in_time(w);
    if (push)
        return how < 2 && record.firsts > 0 ? push_and_wait(w) : push_noted(w);
    if (how == 0 && SUBJECT_TIMED)
        return pop_in_time(w);
    if (how == 1 && SUBJECT_POP_N)
        return pop_several(w);
    return how == 2 && record.firsts > 0 ? pop_and_wait(w) : pop_noted(w);
}

static inline bool found_closed(worker *w)
{
    const log *l = &record.logs[w->id];

    return l->n > 0 && l->ops[l->n - 1].how == HISTORY_CLOSED;
}

static inline void work_on_channel(worker *w)
{
    unsigned farewells = 0, close_one_in = record.quota == SHORT ? 12 : 20000;
    bool push = w->id % 2 == 0;

    take_port(w);
    while (!enough_noted(w) && farewells < FAREWELLS) {
        if (record.firsts > 0)
            push = w->id < record.firsts;
        else if (roll(w, STINT_MAX / 2) == 0)
            push = !push;
        rest(w, do_either(w, push));
        farewells += found_closed(w);
        if (roll(w, close_one_in) == 0)
            shut_noted(w);
    }
    if (record.firsts > 0)              /* others may wait for us */
        shut_noted(w);
    leave_port(w);
}

static inline void close_channel(worker *w)
{
    shut_noted(w);
    close_emptied(w, pop_and_wait);
}

/* --- phases --------------------------------------------------------------------- */

static inline bool channel_shown(void)
{
    /* Who does not wait is told no more than: not now. */
    bool told = record.firsts > 0;

    return often(record.refused[1]) && (told ? closed_often() : often(record.closes));
}

static const deed channel_deed = {
    open_items, work_on_channel, close_channel, channel_shown,
    "hardly empty, hardly closed, or hardly any two threads met", { "wait", "shut" },
    tell_waits
};

static inline void channel_phases(void)
{
    uint64_t all = enough(400000, 20000);
    unsigned p = ONE_PUSHES ? 1 : run.producers > 0 ? run.producers : 2;
    unsigned c = ONE_POPS ? 1 : run.consumers > 0 ? run.consumers : p;

    phases_on_items(all / 2);
    play_phase(&channel_deed, false, 2, 1, all * 3 / 16);
    if (SUBJECT_BOUNDED || p == c)      /* else it is never empty */
        play_phase(&channel_deed, false, p + c, p, all * 3 / 16);
    play_phase(&channel_deed, true, 2, 1, all / 32);
    play_phase(&channel_deed, true, p + c, p, all / 32);
    if (ONE_PUSHES || ONE_POPS)
        return;
    play_phase(&channel_deed, true, 3, 0, all / 32);
    play_phase(&channel_deed, true, p + c, 0, all / 32);
}

#ifndef SUBJECT_PHASES
#define SUBJECT_PHASES channel_phases
#endif

int main(int argc, char **argv)
{
    return run_recorded(argc, argv, SUBJECT_PHASES);
}

#endif
