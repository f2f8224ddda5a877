/* lock.h - the recorded trial of a lock: trial/lock.h says what a subject defines.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef HISTORY_TRIAL_LOCK_H
#define HISTORY_TRIAL_LOCK_H

#include <history/record.h>

static subject place;

static inline void open_lock(worker *w)
{
    (void)w;
    memset((void *)&place, 0, sizeof place);
    if (!subject_open(&place))
        die("cannot open");
    record.spec = (history_spec){ .kind = HISTORY_MUTEX };
}

static inline bool lock_noted(worker *w, handle *h, bool wait)
{
    bool locked = true;

    doing(w, wait ? "lock" : "try_lock");
    begin_call(w);
    if (wait)
        subject_lock(&place, h);
    else
        locked = subject_try_lock(&place, h);
    end_call(w);
    note(w, HISTORY_LOCK, 0, locked ? HISTORY_DONE : HISTORY_NOT_NOW);
    return locked;
}

static inline void unlock_noted(worker *w, handle *h)
{
    doing(w, "unlock");
    begin_call(w);
    subject_unlock(&place, h);
    end_call(w);
    note(w, HISTORY_UNLOCK, 0, HISTORY_DONE);
}

static inline void linger(worker *w)
{
    if (roll(w, 4) == 0)
        sched_yield();
    else
        for (unsigned i = roll(w, 200); i > 0; i--)
            pawl_relax();
}

static inline void visit(worker *w)
{
    handle h;

    memset((void *)&h, 0, sizeof h);
    while (!enough_noted(w)) {
        if (!lock_noted(w, &h, roll(w, 2) == 0)) {
            lull(w);
            continue;
        }
        if (roll(w, 4) == 0)
            linger(w);                  /* so that others find it held */
        unlock_noted(w, &h);
        if (roll(w, 8) == 0)
            sched_yield();
        stir(w);
    }
}

/* With nobody at work, it is free. */
static inline void close_lock(worker *w)
{
    handle h;

    memset((void *)&h, 0, sizeof h);
    if (!lock_noted(w, &h, false))
        die("held, when all had unlocked");
    unlock_noted(w, &h);
    subject_close(&place);
}

static inline bool lock_shown(void) { return often(record.refused[1]); }

static inline void tell_lock(const char *phase)
{
    passed(phase, record.operations, "%u: refused %" PRIu64 ", met %" PRIu64,
           record.threads, record.refused[1], record.met);
}

static const deed lock_deed = {
    open_lock, visit, close_lock, lock_shown,
    "try_lock was hardly refused, or hardly any two threads met", { "long", "short" },
    tell_lock
};

static inline void lock_phases(void)
{
    uint64_t all = enough(400000, 20000);
    unsigned some = run.producers + run.consumers;

    play_phase(&lock_deed, false, some > 1 ? some : 2, 0, all / 4);
    play_phase(&lock_deed, false, some > 1 ? some : 4, 0, all * 5 / 8);
    play_phase(&lock_deed, true, some > 1 ? some : 2, 0, all / 16);
    play_phase(&lock_deed, true, some > 1 ? some : 4, 0, all / 16);
}

int main(int argc, char **argv)
{
    return run_recorded(argc, argv, lock_phases);
}

#endif
