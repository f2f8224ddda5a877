/* race.h - close against pushes, many times: what was accepted is what comes out.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Two threads, for many short rounds on a queue that is opened anew for each.  One
 * pushes until it is refused, or has done enough, and closes.  The other pops some,
 * closes in the middle of it, and takes what is left.  Each counts for itself; then
 * they compare; and one of the two closes was the first.
 */
#ifndef TRIAL_RACE_H
#define TRIAL_RACE_H

#include <trial/flow.h>

enum { RACE_POPS = 8, RACE_ITEMS = 64, FEW = 1000, RACE_SECONDS = 15 };

static struct {
    subject queue;
    uint64_t rounds, items, last;       /* last: this round is, says the closer */
    pawl_time until;
    uint64_t accepted;                  /* plain: the pusher's until it says done */
    bool first;                         /* likewise: its close was the first */
    bool cut;                           /* likewise: it was refused, and closed */
    uint64_t some, met;                 /* pops before the close; rounds as below */
    message mail[RACE_ITEMS];
    PAWL_ATOMIC(uint64_t) open, shut;   /* rounds that were begun, and closed */
    PAWL_ATOMIC(uint64_t) done;         /* rounds that the pusher is done with */
} race;

/* Push until refused, or as many as the other surely pops before it closes, and a few;
 * how many were accepted.  What begins after close has returned must be refused. */
static inline uint64_t race_push_all(worker *w, handle *h, uint64_t round)
{
    uint64_t enough = roll(w, 2) == 0 ? RACE_POPS + roll(w, 4) : RACE_ITEMS;

    for (uint64_t n = 0; n < enough; n++) {
        message *m = &race.mail[n];
        bool late = atomic_load_explicit(&race.shut, memory_order_acquire) == round;

        m->number = n;
        m->body = mix(round ^ n);
        if (!subject_push_wait(&race.queue, h, m)) {
            if (roll(w, 16) == 0 && subject_push(&race.queue, h, m))
                die("round %" PRIu64 ": refused one push, accepted the next", round);
            race.cut = true;
            return n;
        }
        if (late)
            die("round %" PRIu64 ": closed, and then a push was accepted", round);
    }
    if (enough == RACE_ITEMS && SUBJECT_BOUNDED)
        die("round %" PRIu64 ": more was accepted than there was room for", round);
    return enough;
}

static inline void race_push(worker *w)
{
    bool last = false;

    for (uint64_t round = 1; !last; round++) {
        handle h;

        await_number(w, "waiting for the round to begin", &race.open, round);
        last = race.last == round;
        memset((void *)&h, 0, sizeof h);
        if (!subject_join(&race.queue, &h))
            die("no handle for the pusher");
        doing(w, "push until closed");
        race.cut = false;
        race.accepted = race_push_all(w, &h, round);
        race.first = subject_shut(&race.queue);
        subject_leave(&race.queue, &h);
        advance(w, 1);
        atomic_store_explicit(&race.done, round, memory_order_release);
    }
}

static inline void race_read(void *item, uint64_t round, uint64_t n)
{
    message *m = (message *)item;

    if (m != &race.mail[n] || m->number != n || m->body != mix(round ^ n))
        die("round %" PRIu64 ": item %" PRIu64 " is not what was pushed", round, n);
}

/* Pop some, close, pop the rest; how many; and whether this close was the first. */
static inline uint64_t
race_pop_and_close(worker *w, handle *h, uint64_t round, bool *first)
{
    uint64_t n = 0, some = roll(w, RACE_POPS + 1);
    void *item;

    doing(w, "pop");
    race.some = some;
    for (; n < some; n++) {
        if (!subject_pop_wait(&race.queue, h, &item))
            die("closed before anybody had closed it");
        race_read(item, round, n);
    }
    for (unsigned i = roll(w, 40); i > 0; i--)
        pawl_relax();
    doing(w, "close");
    *first = subject_shut(&race.queue);
    atomic_store_explicit(&race.shut, round, memory_order_release);
    doing(w, "pop the rest");
    for (; subject_pop_wait(&race.queue, h, &item); n++)
        race_read(item, round, n);
    return n;
}

/* A close met a push under way where the pusher had begun, would have gone on, and had
 * not filled it. */
static inline bool race_met(uint64_t popped, size_t capacity)
{
    return race.cut && race.some > 0
        && (popped < race.some + capacity || !SUBJECT_BOUNDED);
}

static inline void race_close(worker *w)
{
    for (uint64_t round = 1; race.last == 0; round++) {
        size_t capacity = (size_t)1 << roll(w, 3);
        handle h;
        uint64_t popped;
        bool first;

        memset((void *)&race.queue, 0, sizeof race.queue);
        memset((void *)&h, 0, sizeof h);
        if (!subject_open(&race.queue, capacity, 3)
            || !subject_join(&race.queue, &h))
            die("no memory");
        if (round == race.rounds || pawl_now() > race.until)
            race.last = round;
        atomic_store_explicit(&race.open, round, memory_order_release);
        popped = race_pop_and_close(w, &h, round, &first);
        await_number(w, "waiting for the pusher", &race.done, round);
        if (popped != race.accepted)
            die("round %" PRIu64 ": %" PRIu64 " were accepted, %" PRIu64 " popped",
                round, race.accepted, popped);
        if (first == race.first)
            die("round %" PRIu64 ": %s of two closes was the first", round,
                first ? "each" : "neither");
        race.items += popped;
        race.met += race_met(popped, capacity);
        advance(w, 1);
        subject_leave(&race.queue, &h);
        subject_close(&race.queue);
    }
}

/* Nothing is proved where the close hardly ever met a push under way: it does in one
 * round of 150 at least.  Who asks for a few rounds only, gets them. */
static inline void phase_race(uint64_t rounds)
{
    unsigned tries = 0;

    begin_phase("race");
    do {
        memset((void *)&race, 0, sizeof race);
        race.rounds = rounds;
        race.until = run.rounds > 0 ? PAWL_FOREVER
                                    : pawl_after(RACE_SECONDS * PAWL_SECOND);
        crew_run(2, 1, race_push, race_close);
    } while (!proved(race.met > race.last / 2000 || rounds < FEW, tries++,
                     "the close hardly ever met a push"));
    passed("race", race.items, "%" PRIu64 " rounds%s, met %" PRIu64, race.last,
           race.last < rounds ? ", out of time" : "", race.met);
}

#endif
