/* event.h - the trial of an event count.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     #define SUBJECT "event"                     the file's name
 *     typedef ... subject;                        zeroed memory before open
 *     typedef ... listener;                       what is called, once
 *     static bool subject_open(subject *e);
 *     static void subject_close(subject *e);
 *     static uint32_t subject_prepare(subject *e);
 *     static void subject_cancel(subject *e);
 *     static void subject_wait(subject *e, uint32_t key);
 *     static bool subject_wait_until(subject *e, uint32_t key, int64_t ns_from_now);
 *     static void subject_notify(subject *e, uint32_t n);
 *     static bool subject_waited(const subject *e);
 *     static bool subject_listen(subject *e, listener *l, void (*fire)(listener *l));
 *     static bool subject_unlisten(subject *e, listener *l);
 *
 * Nothing is asked of the clock but to come back: a wake that is lost hangs, and the
 * watchdog says so.
 */
#ifndef TRIAL_EVENT_H
#define TRIAL_EVENT_H

#include <trial/trial.h>

#include <pawl/park.h>

enum { WORDS = 8 };

static struct {
    subject changed, seen;              /* tokens, or a round, came; all have seen it */
    uint64_t quota;                     /* a thread's */
    unsigned waiters;
    PAWL_ATOMIC(uint64_t) tokens, round, readers;
    uint64_t words[WORDS];              /* plain: handed over by `round` */
} hall;

/* A listener that wakes one thread, of which no one else knows. */
typedef struct bell {
    listener l;                         /* first: fire finds the bell by its address */
    PAWL_ATOMIC(uint32_t) rung;
} bell;

static inline void open_hall(unsigned waiters, uint64_t quota)
{
    memset((void *)&hall, 0, sizeof hall);
    hall.waiters = waiters;
    hall.quota = quota;
    if (!subject_open(&hall.changed) || !subject_open(&hall.seen))
        die("cannot open");
}

static inline void close_hall(void)
{
    subject_close(&hall.changed);
    subject_close(&hall.seen);
}

/* --- tokens: as many as are added are taken --------------------------------------- */

/* seq_cst, here and in add_tokens: so notify may be left out where nobody waits. */
static inline bool take_token(void)
{
    uint64_t n = atomic_load_explicit(&hall.tokens, memory_order_seq_cst);

    while (n > 0)
        if (atomic_compare_exchange_weak_explicit(&hall.tokens, &n, n - 1,
                memory_order_seq_cst, memory_order_seq_cst))
            return true;
    return false;
}

static inline void add_tokens(worker *w)
{
    for (uint64_t i = 0, n; i < hall.quota; i += n) {
        n = 1 + roll(w, 3);
        n = n < hall.quota - i ? n : hall.quota - i;
        doing(w, "notify");
        atomic_fetch_add_explicit(&hall.tokens, n, memory_order_seq_cst);
        if (roll(w, 2) == 0 || subject_waited(&hall.changed))
            subject_notify(&hall.changed, (uint32_t)n);
        advance(w, n);
        if (roll(w, 64) == 0)
            nap(20000 + roll(w, 80000));        /* they all fall asleep */
        stir(w);
    }
}

/* Sleep for a token, and look again; true if there was one. */
static inline bool sleep_for_token(worker *w)
{
    uint32_t key = subject_prepare(&hall.changed);

    if (take_token()) {
        subject_cancel(&hall.changed);
        return true;
    }
    doing(w, "wait");
    w->full++;
    if (roll(w, 2) == 0)
        subject_wait(&hall.changed, key);
    else if (!subject_wait_until(&hall.changed, key, 1 + roll(w, 50000)))
        w->empty++;
    return take_token();
}

static inline void ring(listener *l)
{
    PAWL_ATOMIC(uint32_t) *rung = &((bell *)(void *)l)->rung;

    /* release: the waiter looks at what the notifier made true.  After it the bell may
     * be gone: unpark passes its address on, and no more. */
    atomic_store_explicit(rung, 1, memory_order_release);
    pawl_unpark(rung, PAWL_ALL, PAWL_PRIVATE);
}

/* The same by a listener, which is gone afterwards. */
static inline bool listen_for_token(worker *w)
{
    bool token;
    bell b;

    memset((void *)&b, 0, sizeof b);
    if (!subject_listen(&hall.changed, &b.l, ring))
        die("cannot listen");
    token = take_token();
    doing(w, "wait for a call");
    while (!token && atomic_load_explicit(&b.rung, memory_order_acquire) == 0)
        if (pawl_park(&b.rung, 0, roll(w, 4) != 0 ? PAWL_FOREVER : pawl_after(50000),
                      PAWL_PRIVATE) != 0)
            break;
    doing(w, "unlisten");
    if (!subject_unlisten(&hall.changed, &b.l)) {
        w->handovers++;
        token = token || take_token();
        subject_notify(&hall.changed, 1);       /* it may be another's, too */
    }
    memset((void *)&b, 0xff, sizeof b);
    return token || take_token();
}

static inline void take_tokens(worker *w)
{
    while (w->count < hall.quota) {
        if (roll(w, 2) == 0 ? take_token()
            : w->id % 2 == 0 || roll(w, 2) == 0 ? sleep_for_token(w)
                                                : listen_for_token(w)) {
            w->count++;
            advance(w, 1);
        }
    }
}

/* As often, and as long, as it takes until somebody slept, was late, and was called. */
static inline void phase_tokens(unsigned pairs, uint64_t items)
{
    uint64_t slept = 0, late = 0, called = 0;
    unsigned tries = 0;

    begin_phase("tokens");
    do {
        open_hall(pairs, (items << (tries < 4 ? tries : 4)) / pairs);
        crew_run(2 * pairs, pairs, add_tokens, take_tokens);
        for (unsigned i = pairs; i < 2 * pairs; i++) {
            slept += crew[i].full;
            late += crew[i].empty;
            called += crew[i].handovers;
        }
        if (take_token())
            die("a token is left that nobody added");
        close_hall();
    } while (!proved(slept > 0 && late > 0 && called > 0, tries++,
                     "nobody slept, was late, or was called"));
    passed("tokens", items, "%u:%u, %" PRIu64 " called", pairs, pairs, called);
}

/* --- rounds: one writes plainly, all read, and tell when they have ---------------- */

/* Returns what *count is by then. */
static inline uint64_t await_count(worker *w, const char *why, subject *event,
                                   PAWL_ATOMIC(uint64_t) *count, uint64_t least)
{
    uint64_t now;

    /* acquire: pairs with the release that counted, handing over words, or reads. */
    while ((now = atomic_load_explicit(count, memory_order_acquire)) < least) {
        uint32_t key = subject_prepare(event);

        doing(w, why);
        if (atomic_load_explicit(count, memory_order_acquire) < least)
            subject_wait(event, key);
        else
            subject_cancel(event);
    }
    return now;
}

static inline void read_rounds(worker *w)
{
    for (uint64_t round = 1; round <= hall.quota; round++) {
        if (await_count(w, "wait for a round", &hall.changed, &hall.round, round)
            != round)
            die("a round has gone by that not all had seen");
        for (int i = 0; i < WORDS; i++)
            if (hall.words[i] != mix(round + (uint64_t)i))
                die("round %" PRIu64 " came before its words", round);
        /* release: pairs with the acquire in await_count; our reads are over. */
        atomic_fetch_add_explicit(&hall.readers, 1, memory_order_release);
        subject_notify(&hall.seen, 1);
        advance(w, 1);
    }
}

static inline void write_rounds(worker *w)
{
    for (uint64_t round = 1; round <= hall.quota; round++) {
        for (int i = 0; i < WORDS; i++)
            hall.words[i] = mix(round + (uint64_t)i);
        atomic_store_explicit(&hall.round, round, memory_order_release);
        subject_notify(&hall.changed, PAWL_ALL);
        await_count(w, "wait for the readers", &hall.seen, &hall.readers,
                    round * hall.waiters);
        advance(w, 1);
        if (roll(w, 32) == 0)
            nap(20000 + roll(w, 80000));
    }
}

static inline void phase_rounds(unsigned readers, uint64_t rounds)
{
    begin_phase("rounds");
    open_hall(readers, rounds);
    crew_run(readers + 1, 1, write_rounds, read_rounds);
    close_hall();
    passed("rounds", rounds * readers, "1:%u", readers);
}

static inline void event_phases(void)
{
    uint64_t items = enough(24000, 4096);
    unsigned pairs = run.producers > 0 ? run.producers : 4;

    phase_tokens(1, items);
    phase_tokens(pairs, items);
    phase_rounds(1, items / 8);
    phase_rounds(pairs, items / 32);
}

int main(int argc, char **argv)
{
    return run_trial(argc, argv, event_phases);
}

#endif
