/* lock.h - the trial of a lock.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 *     #define SUBJECT "ticketlock"                the file's name
 *     typedef ... subject;                        zeroed memory before open
 *     typedef ... handle;                         a queue lock's node, zeroed
 *     static bool subject_open(subject *s);
 *     static void subject_close(subject *s);
 *     static void subject_lock(subject *s, handle *h);
 *     static bool subject_try_lock(subject *s, handle *h);
 *     static void subject_unlock(subject *s, handle *h);
 *
 * Two plain words are kept equal inside the lock and nowhere else.  Whoever enters must
 * find them equal; under ThreadSanitizer, touching them without a hand-over from the
 * last holder is a race.
 */
#ifndef TRIAL_LOCK_H
#define TRIAL_LOCK_H

#include <trial/trial.h>

static struct {
    subject lock;
    uint64_t left, right, handovers;    /* plain: guarded by the lock */
    const worker *last;
    uint64_t visits;                    /* a thread, at most */
    pawl_time until;
} place;

static inline void open_place(void)
{
    memset((void *)&place, 0, sizeof place);
    if (!subject_open(&place.lock))
        die("cannot open");
}

/* --- refuse: try_lock, of a lock that somebody holds and of one that is free ------ */

static inline void expect_refusal(worker *w)
{
    handle h;

    memset((void *)&h, 0, sizeof h);
    doing(w, "try_lock");
    if (subject_try_lock(&place.lock, &h))
        die("try_lock took a lock that another thread held");
}

static inline void phase_refuse(void)
{
    handle h;

    begin_phase("refuse");
    open_place();
    for (int i = 0; i < 4; i++) {
        memset((void *)&h, 0, sizeof h);
        if (i % 2 == 0)
            subject_lock(&place.lock, &h);
        else if (!subject_try_lock(&place.lock, &h))
            die("try_lock left a free lock alone");
        crew_run(1, 1, expect_refusal, expect_refusal);
        subject_unlock(&place.lock, &h);
    }
    subject_close(&place.lock);
    passed("refuse", 4, "try_lock");
}

/* --- visit: many threads, one at a time ------------------------------------------- */

static inline void visit(worker *w)
{
    handle h;

    memset((void *)&h, 0, sizeof h);
    while (w->count < place.visits && pawl_now() < place.until) {
        doing(w, "lock");
        if (roll(w, 4) != 0 || !subject_try_lock(&place.lock, &h))
            subject_lock(&place.lock, &h);
        doing(w, "inside");
        if (place.left++ != place.right)
            die("two threads were inside at once");
        if (roll(w, 128) == 0)
            sched_yield();              /* so that others have to wait for long */
        place.right++;
        place.handovers += place.last != w;
        place.last = w;
        subject_unlock(&place.lock, &h);
        w->count++;
        advance(w, 1);
        if (roll(w, 8) == 0)
            sched_yield();              /* others in */
        stir(w);
    }
}

/* A fair lock among more threads than processors may need a time slice for each visit:
 * so the phase ends in time, with as many visits as there were. */
static inline void phase_visit(unsigned threads, uint64_t visits)
{
    uint64_t all = 0;
    unsigned tries = 0;

    begin_phase("visit");
    do {
        open_place();
        place.visits = visits / threads;
        place.until = pawl_after(400 * PAWL_MILLISECOND);
        crew_run(threads, threads, visit, visit);
        all = 0;
        for (unsigned i = 0; i < threads; i++)
            all += crew[i].count;
        if (place.left != all || place.right != all)
            die("%" PRIu64 " visits, and only %" PRIu64 " were counted", all,
                place.left);
        subject_close(&place.lock);
    } while (!proved(place.handovers >= 32 && place.handovers >= all / 200, tries++,
                     "the lock hardly changed hands"));
    passed("visit", all, "%u, %" PRIu64 " hand-overs", threads, place.handovers);
}

static inline void lock_phases(void)
{
    uint64_t visits = enough(60000, 4096);

    phase_refuse();
    if (run.producers > 0 && run.producers + run.consumers > 1) {
        phase_visit(run.producers + run.consumers, visits);
    } else {
        phase_visit(2, visits);
        phase_visit(4, visits);
        phase_visit(16, visits);
    }
}

int main(int argc, char **argv)
{
    return run_trial(argc, argv, lock_phases);
}

#endif
