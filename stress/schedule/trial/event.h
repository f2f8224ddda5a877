/* event.h - an event count in many interleavings.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/trial/event.h says what a subject defines.  The condition is a count of
 * tokens: with the event it is a semaphore, and its history is looked at as one.  Each
 * scenario ends for all its threads, however they are scheduled.  Who notifies only if
 * somebody waits has tokens that are seq_cst; else they are relaxed: notify is enough.
 * Besides, there is a count of rounds, of which each waits for another: one who came
 * later, for a later round, must not use up the wake of one who was there.
 *
 * Where two notify two others that listen, these may both be in unlisten, and wait for
 * their calls to end by looks that change memory: only a fair scheduler ends that.
 */
#ifndef TRIAL_EVENT_H
#define TRIAL_EVENT_H

#include <trial/scripts.h>

#include <pawl/park.h>

static const struct { const char *text; unsigned tokens; } all[] = {
    { "s|w", 0 }, { "o|w", 0 }, { "s|l", 0 }, { "o|l", 0 }, { "ss|w|w", 0 },
    { "oo|w|w", 0 }, { "s|s|ww", 0 }, { "o|s|ww", 0 }, { "S|w|w", 0 }, { "A|w|w", 0 },
    { "D|w|w", 0 }, { "S|l|l", 0 }, { "A|l|l", 0 }, { "D|l|l", 0 }, { "ss|l|l", 0 },
    { "ss|w|l", 0 }, { "oo|w|l", 0 }, { "s|o|wl", 0 }, { "D|w|l", 0 }, { "s|ws|ls", 0 },
    { "ws|ws|ws", 1 }, { "ls|ws|ls", 1 }, { "ls|lo", 1 }, { "wo|ws|w", 2 },
    { "t|s", 0 }, { "t|o", 0 }, { "tt|ss", 0 }, { "t|w|ss", 0 }, { "t|w|D", 0 },
    { "d|s", 0 }, { "d|l|ss", 0 }, { "d|w|ss", 0 }, { "d|t|o", 0 }, { "d|d|s", 0 },
    { "t|l|so", 0 }, { "y|w|s", 0 }, { "y|l|s", 0 }, { "y|w|o", 0 }, { "Y|w|s", 0 },
    { "Y|l|o", 0 }, { "y|Y|sw", 0 }, { "u|1u|2", 0 }, { "u|2|1u", 0 },
    { "y|w|w|S", 0 }, { "Y|w|l|D", 0 }, { "y|w|w|D", 0 }, { "d|d|D", 0 },
    { "d|d|A", 0 }, { "1|w|u|A", 0 }, { "1|1|w|uA", 0 },
    { "l|l|s|s", 0 }, { "d|d|s|s", 0 }
};
enum { ALL = sizeof all / sizeof *all };

static struct {
    subject event;
    PAWL_ATOMIC(uint64_t) tokens, round;
    memory_order order;                 /* of looking at them, and of their change */
    unsigned before;
} hall;

/* A listener that wakes one thread. */
typedef struct bell {
    listener l;                         /* first: fire finds the bell by its address */
    PAWL_ATOMIC(uint32_t) rung;
    bool gone;                          /* nobody may call it */
} bell;

static bell bells[THREADS];

/* --- tokens ----------------------------------------------------------------------- */

static bool take(void)
{
    uint64_t n = atomic_load_explicit(&hall.tokens, hall.order);

    while (n > 0)
        if (atomic_compare_exchange_weak_explicit(&hall.tokens, &n, n - 1, hall.order,
                                                  hall.order))
            return true;
    return false;
}

/* n tokens; then `calls` notifies, of `served` each. */
static void post(unsigned n, unsigned calls, uint32_t served, bool only_if_waited)
{
    history_op *op = schedule_call(HISTORY_POST, n);

    atomic_fetch_add_explicit(&hall.tokens, n, hall.order);
    for (unsigned i = 0; i < calls; i++)
        if (!only_if_waited || subject_waited(&hall.event))
            subject_notify(&hall.event, served);
    schedule_return(op, HISTORY_DONE, n);
}

static bool end_wait(history_op *op, bool done)
{
    schedule_return(op, done ? HISTORY_DONE : HISTORY_LATE, 1);
    return done;
}

/* Until there is one, or the moment has come. */
static bool sleep_for_one(bool timed)
{
    history_op *op = schedule_call(HISTORY_WAIT, 1);
    bool done = false, late = false;

    while (!done && !late) {
        uint32_t key = subject_prepare(&hall.event);

        done = take();
        if (done) {
            subject_cancel(&hall.event);
        } else if (timed) {
            pawl_time until = pawl_after(SOON);

            late = !subject_wait_until(&hall.event, key, SOON);
            if (late)
                gave_up(until);
            done = late && take();
        } else {
            subject_wait(&hall.event, key);
        }
    }
    return end_wait(op, done);
}

static void ring(listener *l)
{
    bell *b = (bell *)(void *)l;

    atomic_store_explicit(&b->rung, 1, memory_order_release);
    if (b->gone)
        schedule_fail("a listener was called after unlisten had returned");
    pawl_unpark(&b->rung, 1, PAWL_PRIVATE);
}

/* Unlisten; true if there is a token now, or was one. */
static bool silence(bell *b, bool done)
{
    bool taken_out = subject_unlisten(&hall.event, &b->l);

    b->gone = true;
    if (taken_out)
        return done;
    done = done || take();
    subject_notify(&hall.event, 1);
    return done;
}

/* Likewise, with a listener; one that was called and did not need it passes it on. */
static bool listen_for_one(bell *b, bool timed)
{
    history_op *op = schedule_call(HISTORY_WAIT, 1);
    bool done = false, late = false;

    while (!done && !late) {
        atomic_store_explicit(&b->rung, 0, memory_order_relaxed);
        b->gone = false;
        if (!subject_listen(&hall.event, &b->l, ring))
            schedule_fail("cannot listen");
        done = take();
        while (!done && !late && !atomic_load_explicit(&b->rung, memory_order_acquire))
            late = pawl_park(&b->rung, 0, timed ? pawl_after(SOON) : PAWL_FOREVER,
                             PAWL_PRIVATE) != 0;
        if (done || late)
            done = silence(b, done);
    }
    return end_wait(op, done || take());
}

/* --- rounds ----------------------------------------------------------------------- */

static void next_round(void)
{
    atomic_fetch_add_explicit(&hall.round, 1, hall.order);
    subject_notify(&hall.event, PAWL_ALL);
}

static void await_round(uint64_t round)
{
    while (atomic_load_explicit(&hall.round, hall.order) < round) {
        uint32_t key = subject_prepare(&hall.event);

        if (atomic_load_explicit(&hall.round, hall.order) < round)
            subject_wait(&hall.event, key);
        else
            subject_cancel(&hall.event);
    }
}

/* --- scenarios -------------------------------------------------------------------- */

static void set_up(void *unused)
{
    (void)unused;
    memset((void *)&hall.event, 0, sizeof hall.event);
    memset((void *)bells, 0, sizeof bells);
    atomic_store_explicit(&hall.tokens, hall.before, memory_order_relaxed);
    atomic_store_explicit(&hall.round, 0, memory_order_relaxed);
    if (!subject_open(&hall.event))
        schedule_fail("cannot open");
    schedule_name(&hall.event, sizeof hall.event, "event");
    schedule_name(&hall.tokens, sizeof hall.tokens, "tokens");
    schedule_name(&hall.round, sizeof hall.round, "round");
    schedule_name(bells, sizeof bells, "bells");
}

static void play(void *unused, unsigned who)
{
    (void)unused;
    for (const char *s = scripts[who]; goes_on(s); s++)
        switch (*s) {
        case 's': post(1, 1, 1, false); break;
        case 'o': post(1, 1, 1, true); break;
        case 'S': post(2, 1, 2, false); break;
        case 'D': post(2, 2, 1, false); break;
        case 'A': post(2, 1, PAWL_ALL, false); break;
        case 'w': sleep_for_one(false); break;
        case 't': sleep_for_one(true); break;
        case 'l': listen_for_one(&bells[who], false); break;
        case 'd': listen_for_one(&bells[who], true); break;
        case 'u': next_round(); break;
        case '1': await_round(1); break;
        case '2': await_round(2); break;
        case 'y':
            if (sleep_for_one(true))
                post(1, 1, 1, false);
            break;
        case 'Y':
            if (listen_for_one(&bells[who], true))
                post(1, 1, 1, false);
            break;
        }
}

/* Nobody waits any more, and the event knows. */
static void check(void *unused)
{
    (void)unused;
    if (subject_waited(&hall.event))
        schedule_fail("somebody is said to wait, and nobody does");
    while (take()) {
        history_op *op = schedule_call(HISTORY_WAIT, 1);

        schedule_return(op, HISTORY_DONE, 1);
    }
    schedule_return(schedule_call(HISTORY_WAIT, 1), HISTORY_NOT_NOW, 1);
    subject_close(&hall.event);
}

static const schedule_test *scenario(unsigned k, bool strict)
{
    static history_spec spec;
    static schedule_test test;
    static char name[32];

    (void)strict;
    hall.before = all[k].tokens;
    hall.order = strchr(all[k].text, 'o') != NULL ? memory_order_seq_cst
                                                  : memory_order_relaxed;
    snprintf(name, sizeof name, "%s with %u", all[k].text, hall.before);
    spec = (history_spec){ HISTORY_SEM, 0, hall.before, false, false };
    test = (schedule_test){ name, take_scripts(all[k].text), set_up, play, check, &spec,
                            NULL };
    return &test;
}

int main(int argc, char **argv)
{
    const schedule_trial trial = {
        SUBJECT, ALL, scenario,
        "s a token and a notify of 1, o only if waited for; two tokens: S notify 2, D\n"
        "1 twice, A all; w sleep for a token, t until a deadline; l listen for one, d\n"
        "until a deadline; y and Y as t and d, and then s; u the next round, and a\n"
        "notify of all; 1 and 2 wait for that round; | begins the next thread;\n"
        "`with` so many tokens\n", 0
    };

    return schedule_program(argc, argv, &trial);
}

#endif
