/* permits.h - a semaphore keeps its bound, and hands over what permits stand for.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * For subjects as in subject/sem.h.
 */
#ifndef TRIAL_PERMITS_H
#define TRIAL_PERMITS_H

#include <subject/sem.h>
#include <trial/trial.h>

enum { SLOTS = 8, MANY = 8 };

static struct {
    subject first, second;
    unsigned permits;
    uint64_t quota, posted, taken;
    PAWL_ATOMIC(uint64_t) inside, last; /* permits that are out; who came last */
    PAWL_ATOMIC(uint64_t) round;
    uint64_t left, right;               /* plain: guarded where there is one permit */
    uint64_t slots[SLOTS];              /* plain: handed over by permits */
} gate;

static inline void open_sem(subject *s, unsigned permits)
{
    memset((void *)s, 0, sizeof *s);
    if (!subject_open(s, permits))
        die("cannot open");
}

static inline void open_gate(unsigned permits)
{
    memset((void *)&gate, 0, sizeof gate);
    gate.permits = permits;
    open_sem(&gate.first, permits);
}

/* --- bound: never more inside than permits ---------------------------------------- */

/* Take n permits by whichever call the dice say. */
static inline void enter(worker *w, unsigned n)
{
    unsigned how = roll(w, 4);

    doing(w, "wait");
    if (how == 0 && subject_try_wait(&gate.first, n))
        return;
    while (how == 1)
        if (subject_wait_until(&gate.first, n, 1 + roll(w, 20000)))
            return;
        else
            how = roll(w, 2);
    if (!subject_wait(&gate.first, n))
        die("wait failed, and nobody had closed it");
}

static inline void come_and_go(worker *w)
{
    for (uint64_t i = 0; i < gate.quota; i++) {
        unsigned n = SUBJECT_SEVERAL ? 1 + roll(w, gate.permits) : 1;

        enter(w, n);
        /* relaxed: the count alone is looked at. */
        if (atomic_fetch_add_explicit(&gate.inside, n, memory_order_relaxed) + n
            > gate.permits)
            die("more inside than permits");
        w->handovers += w->id != atomic_exchange_explicit(&gate.last, w->id,
                                                          memory_order_relaxed);
        if (gate.permits == 1 && gate.left++ != gate.right)
            die("two threads had the one permit");
        if (roll(w, 64) == 0)
            sched_yield();
        if (gate.permits == 1)
            gate.right++;
        atomic_fetch_sub_explicit(&gate.inside, n, memory_order_relaxed);
        if (!subject_post(&gate.first, n))
            die("post failed");
        advance(w, 1);
        if (roll(w, 8) == 0)
            sched_yield();
        stir(w);
    }
}

static inline void close_gate(unsigned permits)
{
    for (unsigned i = 0; i < permits; i++)
        if (!subject_try_wait(&gate.first, 1))
            die("of %u permits, %u are left", permits, i);
    if (subject_try_wait(&gate.first, 1))
        die("a permit is left that nobody posted");
    subject_close(&gate.first);
}

static inline void phase_bound(unsigned threads, unsigned permits, uint64_t items)
{
    uint64_t handovers = 0;
    unsigned tries = 0;

    begin_phase("bound");
    do {
        open_gate(permits);
        gate.quota = items / threads;
        crew_run(threads, threads, come_and_go, come_and_go);
        for (unsigned i = 0; i < threads; i++)
            handovers += crew[i].handovers;
        close_gate(permits);
    } while (!proved(handovers >= items / 200, tries++, "hardly any hand-over"));
    passed("bound", items, "%u, %u permits", threads, permits);
}

/* --- buffer: two semaphores make a queue of plain slots --------------------------- */

static inline unsigned some_of(worker *w, uint64_t left)
{
    uint64_t n = SUBJECT_SEVERAL ? 1 + roll(w, SLOTS / 2) : 1;

    return (unsigned)(n < left ? n : left);
}

static inline void fill_slots(worker *w)
{
    for (uint64_t i = 0, n; i < gate.quota; i += n) {
        n = some_of(w, gate.quota - i);
        doing(w, "wait for slots");
        if (!subject_wait(&gate.second, (unsigned)n))
            die("wait failed");
        for (uint64_t k = i; k < i + n; k++)
            gate.slots[k % SLOTS] = mix(k);
        doing(w, "post items");
        if (!subject_post(&gate.first, (unsigned)n))
            die("post failed");
        advance(w, n);
        stir(w);
    }
}

static inline void empty_slots(worker *w)
{
    for (uint64_t i = 0, n; i < gate.quota; i += n) {
        n = some_of(w, gate.quota - i);
        doing(w, "wait for items");
        if (!subject_wait(&gate.first, (unsigned)n))
            die("wait failed");
        for (uint64_t k = i; k < i + n; k++)
            if (gate.slots[k % SLOTS] != mix(k))
                die("a permit came before its item %" PRIu64, k);
        doing(w, "post slots");
        if (!subject_post(&gate.second, (unsigned)n))
            die("post failed");
        advance(w, n);
        stir(w);
    }
}

static inline void phase_buffer(uint64_t items)
{
    begin_phase("buffer");
    open_gate(0);
    open_sem(&gate.second, SLOTS);
    gate.quota = items;
    crew_run(2, 1, fill_slots, empty_slots);
    close_gate(0);
    subject_close(&gate.second);
    passed("buffer", items, "%d slots", SLOTS);
}

#endif
