/* event.h - the recorded trial of an event count.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/trial/event.h says what a subject defines.  Threads share a count of tokens,
 * and sleep on the event where there is none: together that is a semaphore, and its
 * history is judged as one's.  In some rounds who posts may leave notify out where
 * nobody waits, and the tokens are seq_cst; in the others they are relaxed: notify is
 * enough.  Waits without a deadline and few tokens: a wake that is lost ends in a hang,
 * and the watchdog says so.
 *
 * A control may bring its own way to take a token:
 *
 *     #define SUBJECT_TAKE take_badly
 *     static bool take_badly(PAWL_ATOMIC(uint64_t) *tokens);
 */
#ifndef HISTORY_TRIAL_EVENT_H
#define HISTORY_TRIAL_EVENT_H

#include <history/record.h>
#include <history/sleeps.h>

#include <pawl/park.h>

enum { TOKENS = 3, DEADLINE = 30000 };

static struct {
    subject event;
    PAWL_ATOMIC(uint64_t) tokens;
    bool spared;                        /* of some notifies: tokens are seq_cst */
    uint64_t plenty;                    /* so many tokens, and nobody posts more */
    PAWL_ATOMIC(uint32_t) posters, takers;              /* at work, in this round */
} hall;

/* What was seen in a phase: waits without a deadline that were looked into, and those
 * of them that slept; late waits; calls of listeners. */
static struct { uint64_t operations, looked, slept, late, called; } seen;

/* A listener that wakes one thread, of which no one else knows. */
typedef struct bell {
    listener l;                         /* first: fire finds the bell by its address */
    PAWL_ATOMIC(uint32_t) rung;
} bell;

static inline void open_tokens(worker *w)
{
    unsigned firsts = record.firsts;
    unsigned before = firsts > 0 ? 0 : 1 + roll(w, record.threads / 2);

    memset((void *)&hall, 0, sizeof hall);
    if (!subject_open(&hall.event))
        die("cannot open");
    hall.spared = roll(w, 2) == 0;
    hall.plenty = 1 + roll(w, TOKENS);
    atomic_store_explicit(&hall.tokens, before, memory_order_relaxed);
    atomic_store_explicit(&hall.posters, firsts, memory_order_relaxed);
    atomic_store_explicit(&hall.takers, record.threads - firsts, memory_order_relaxed);
    record.spec = (history_spec){ .kind = HISTORY_SEM, .permits = before };
}

/* --- tokens --------------------------------------------------------------------- */

static inline uint64_t tokens_now(void)
{
    return hall.spared ? atomic_load_explicit(&hall.tokens, memory_order_seq_cst)
                       : atomic_load_explicit(&hall.tokens, memory_order_relaxed);
}

static inline bool take_one(PAWL_ATOMIC(uint64_t) *tokens)
{
    uint64_t n = tokens_now();

    while (n > 0)
        if (hall.spared
            ? atomic_compare_exchange_weak_explicit(tokens, &n, n - 1,
                  memory_order_seq_cst, memory_order_seq_cst)
            : atomic_compare_exchange_weak_explicit(tokens, &n, n - 1,
                  memory_order_relaxed, memory_order_relaxed))
            return true;
    return false;
}

#ifndef SUBJECT_TAKE
#define SUBJECT_TAKE take_one
#endif

static inline bool take_token(void) { return SUBJECT_TAKE(&hall.tokens); }

/* For n tokens: n at once, n times one, or all. */
static inline void notify(worker *w, uint32_t n)
{
    unsigned how = roll(w, 4);

    if (hall.spared && how != 0 && !subject_waited(&hall.event))
        return;
    if (how != 1 || n > TOKENS)
        subject_notify(&hall.event, how == 2 ? PAWL_ALL : n);
    else
        while (n-- > 0)
            subject_notify(&hall.event, 1);
}

static inline void post_noted(worker *w, uint32_t n)
{
    doing(w, "post");
    begin_call(w);
    if (hall.spared)
        atomic_fetch_add_explicit(&hall.tokens, n, memory_order_seq_cst);
    else
        atomic_fetch_add_explicit(&hall.tokens, n, memory_order_relaxed);
    notify(w, n);
    end_call(w);
    note(w, HISTORY_POST, n, HISTORY_DONE);
}

/* --- waits: true if they end with a token ----------------------------------------- */

/* Without a deadline.  In brief rounds each is looked into, else some are. */
static inline void sleep_well(worker *w, uint32_t key)
{
    bool look = record.brief || roll(w, 8) == 0;
    long before = look ? sleeps() : 0;

    subject_wait(&hall.event, key);
    w->count += look;
    w->full += look && sleeps() > before;
}

static inline bool sleep_for_token(worker *w, bool timed)
{
    int64_t ns = roll(w, DEADLINE);

    for (;;) {
        uint32_t key = subject_prepare(&hall.event);

        if (take_token()) {
            subject_cancel(&hall.event);
            return true;
        }
        if (!timed)
            sleep_well(w, key);
        else if (!subject_wait_until(&hall.event, key, ns))
            return take_token();
    }
}

static inline void ring(listener *l)
{
    PAWL_ATOMIC(uint32_t) *rung = &((bell *)(void *)l)->rung;

    /* release: the waiter looks at what the notifier made true.  After it the bell may
     * be gone: unpark passes its address on, and no more. */
    atomic_store_explicit(rung, 1, memory_order_release);
    pawl_unpark(rung, PAWL_ALL, PAWL_PRIVATE);
}

/* Until called, or the moment has come, unless there is a token.  False: late. */
static inline bool listen_once(worker *w, pawl_time until, bool *done)
{
    bool late = false;
    bell b;

    memset((void *)&b, 0, sizeof b);
    if (!subject_listen(&hall.event, &b.l, ring))
        die("cannot listen");
    *done = take_token();
    while (!*done && !late && !atomic_load_explicit(&b.rung, memory_order_acquire))
        late = pawl_park(&b.rung, 0, until, PAWL_PRIVATE) != 0;
    if (!subject_unlisten(&hall.event, &b.l)) {
        w->handovers++;
        if (*done || late) {            /* it may be another's: pass it on */
            *done = *done || take_token();
            subject_notify(&hall.event, 1);
        }
    }
    memset((void *)&b, 0xff, sizeof b); /* it is gone */
    return !late;
}

static inline bool listen_for_token(worker *w, bool timed)
{
    pawl_time until = timed ? pawl_after(roll(w, DEADLINE)) : PAWL_FOREVER;
    bool done = false;

    while (!done)
        if (!listen_once(w, until, &done))
            return done || take_token();
    return true;
}

static inline bool wait_noted(worker *w, bool timed)
{
    bool listens = roll(w, 3) == 0, taken;

    doing(w, listens ? timed ? "listen until" : "listen"
                     : timed ? "wait until" : "wait");
    begin_call(w);
    taken = listens ? listen_for_token(w, timed) : sleep_for_token(w, timed);
    end_call(w);
    note(w, HISTORY_WAIT, 1, taken ? HISTORY_DONE : HISTORY_LATE);
    return taken;
}

/* --- in turns: who has taken a token gives it back ------------------------------- */

static inline void come_and_go(worker *w)
{
    while (!enough_noted(w)) {
        if (!wait_noted(w, roll(w, 3) == 0)) {
            w->empty++;
            continue;
        }
        if (roll(w, 16) == 0)
            sched_yield();
        else if (roll(w, record.brief ? 2 : 8) == 0)
            nap(1 + roll(w, DEADLINE)); /* the others fall asleep */
        post_noted(w, 1);
        stir(w);
    }
}

/* --- apart: some post, the others take -------------------------------------------- */

/* While anybody takes; and where there is plenty, only when some has been taken, so
 * that nobody who comes later makes up for a wake that is lost.  Who leaves last posts
 * all that can be asked for. */
static inline void post_tokens(worker *w)
{
    while (!enough_noted(w)
           && atomic_load_explicit(&hall.takers, memory_order_relaxed) > 0) {
        if (tokens_now() >= hall.plenty) {
            doing(w, "wait for takers");
            lull(w);
            continue;
        }
        post_noted(w, 1 + roll(w, TOKENS));
        if (roll(w, record.brief ? 4 : 16) == 0)
            nap(20000 + roll(w, 2 * DEADLINE));         /* they all fall asleep */
        stir(w);
    }
    /* relaxed: only a count. */
    if (atomic_fetch_sub_explicit(&hall.posters, 1, memory_order_relaxed) == 1)
        post_noted(w, (uint32_t)(record.quota * (record.threads - record.firsts)));
}

static inline void take_tokens(worker *w)
{
    while (!enough_noted(w)) {
        w->empty += !wait_noted(w, roll(w, 3) == 0);
        stir(w);
    }
    /* relaxed: only a count. */
    atomic_fetch_sub_explicit(&hall.takers, 1, memory_order_relaxed);
}

static inline void work_on_tokens(worker *w)
{
    if (record.firsts == 0)
        come_and_go(w);
    else if (w->id < record.firsts)
        post_tokens(w);
    else
        take_tokens(w);
}

/* With nobody at work: takes at once all that are left, and then there are none; the
 * judge knows how many it should have been.  And the event knows that nobody waits. */
static inline void close_tokens(worker *w)
{
    uint64_t left;

    if (subject_waited(&hall.event))
        die("somebody is said to wait, and nobody does");
    begin_call(w);
    left = atomic_exchange_explicit(&hall.tokens, 0, memory_order_relaxed);
    end_call(w);
    note(w, HISTORY_WAIT, left, HISTORY_DONE);
    if (wait_noted(w, true))
        die("a token is left that nobody posted");
    subject_close(&hall.event);
}

/* --- phases --------------------------------------------------------------------- */

/* In this try, and those before it.  Who is perturbed naps now and then: so to be shown
 * to sleep, one in four has to.  To be late takes time, in which the others do much:
 * one in 4000 is enough. */
static inline bool tokens_shown(void)
{
    seen.operations += record.operations;
    for (unsigned i = 0; i < record.threads; i++) {
        seen.looked += crew[i].count;
        seen.slept += crew[i].full;
        seen.late += crew[i].empty;
        seen.called += crew[i].handovers;
    }
    return seen.slept > seen.looked / 4 && seen.late > seen.operations / 4000
        && seen.called > seen.operations / 500;
}

static inline void tell_tokens(const char *phase)
{
    passed(phase, record.operations,
           "%u %s: slept %" PRIu64 ", late %" PRIu64 ", called %" PRIu64
           ", met %" PRIu64, record.threads, record.firsts > 0 ? "apart" : "in turns",
           seen.slept, seen.late, seen.called, record.met);
    memset(&seen, 0, sizeof seen);
}

static const deed token_deed = {
    open_tokens, work_on_tokens, close_tokens, tokens_shown,
    "hardly anybody slept, was late, was called, or met another",
    { "long", "short" }, tell_tokens
};

static inline void token_phases(void)
{
    play_shapes(&token_deed, enough(400000, 20000));
}

int main(int argc, char **argv)
{
    return run_recorded(argc, argv, token_phases);
}

#endif
