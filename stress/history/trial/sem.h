/* sem.h - the recorded trial of a semaphore; subject/sem.h says what one is.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef HISTORY_TRIAL_SEM_H
#define HISTORY_TRIAL_SEM_H

#include <trial/permits.h>

#include <history/record.h>

enum { PERMITS = 3, DEADLINE = 30000 };

static inline void open_permits(worker *w)
{
    open_gate(roll(w, 2) == 0 ? 1 : PERMITS);
    record.spec = (history_spec){ .kind = HISTORY_SEM, .permits = gate.permits };
}

/* --- single calls --------------------------------------------------------------- */

/* How many permits at once: never more than there are, where they come and go. */
static inline unsigned how_many(worker *w)
{
    unsigned most = record.firsts > 0 ? PERMITS : gate.permits;

    return SUBJECT_SEVERAL ? 1 + roll(w, most) : 1;
}

/* False: closed. */
static inline bool post_noted(worker *w, unsigned n)
{
    bool posted;

    doing(w, "post");
    begin_call(w);
    posted = subject_post(&gate.first, n);
    end_call(w);
    note(w, HISTORY_POST, n, posted ? HISTORY_DONE : HISTORY_CLOSED);
    return posted;
}

/* A wait of any sort; without a deadline only where `patient`.  False: not now, late or
 * closed. */
static inline bool wait_noted(worker *w, unsigned n, bool patient)
{
    unsigned how = patient ? roll(w, 3) : roll(w, 2);
    int64_t ns = roll(w, DEADLINE);
    bool taken;

    doing(w, how == 2 ? "wait" : how == 1 ? "wait_until" : "try_wait");
    begin_call(w);
    taken = how == 2 ? subject_wait(&gate.first, n)
          : how == 1 ? subject_wait_until(&gate.first, n, ns)
          : subject_try_wait(&gate.first, n);
    end_call(w);
    judge_lateness(w, how == 1 && !taken, ns);
    note(w, HISTORY_WAIT, n, taken ? HISTORY_DONE : how == 2 ? HISTORY_CLOSED
                             : how == 1 ? HISTORY_LATE : HISTORY_NOT_NOW);
    return taken;
}

static inline void shut_noted(worker *w)
{
    doing(w, "close");
    begin_call(w);
    subject_shut(&gate.first);
    end_call(w);
    note(w, HISTORY_CLOSE, 0, HISTORY_DONE);
}

/* --- come and go: who has taken permits gives them back ------------------------- */

static inline void come_and_go_noted(worker *w)
{
    while (!enough_noted(w)) {
        unsigned n = how_many(w);

        if (!wait_noted(w, n, true)) {
            lull(w);
            continue;
        }
        if (roll(w, 4) == 0)
            sched_yield();              /* so that others find too few */
        if (!post_noted(w, n))
            die("post refused, and nobody closed it");
        stir(w);
    }
}

/* --- apart: some post, the others wait; whoever has done enough closes ---------- */

static inline void work_apart(worker *w)
{
    unsigned refused = 0;

    while (!enough_noted(w) && refused < 3) {
        if (w->id >= record.firsts) {
            unsigned n = how_many(w);

            if (!wait_noted(w, n, SUBJECT_SHUT))
                lull(w);
        } else {
            /* As a rule less than a wait wants, so that there are too few. */
            refused += !post_noted(w, roll(w, 4) == 0 ? how_many(w) : 1);
            if (roll(w, 2) == 0)
                sched_yield();
        }
        if (SUBJECT_SHUT && record.quota == SHORT && roll(w, 12) == 0)
            shut_noted(w);
        stir(w);
    }
    if (SUBJECT_SHUT)
        shut_noted(w);
}

static inline void work_on_permits(worker *w)
{
    if (record.firsts > 0)
        work_apart(w);
    else
        come_and_go_noted(w);
}

/* With nobody at work, what is left can be taken, and no more. */
static inline void close_permits(worker *w)
{
    uint64_t left = record.spec.permits;
    size_t n = gather();

    for (size_t i = 0; i < n; i++)
        if (record.all[i].how == HISTORY_DONE)
            left += record.all[i].what == HISTORY_POST ? record.all[i].value
                  : record.all[i].what == HISTORY_WAIT ? 0 - record.all[i].value : 0;
    for (; left > 0; left -= left < PERMITS || !SUBJECT_SEVERAL ? 1 : PERMITS) {
        unsigned some = left < PERMITS || !SUBJECT_SEVERAL ? 1 : PERMITS;

        if (record.logs[0].n + 1 < LOG_MAX ? !wait_noted(w, some, true)
                                           : !subject_try_wait(&gate.first, some))
            die("a permit is lost, of %" PRIu64, left);
    }
    if (wait_noted(w, 1, false))
        die("a permit is left that nobody posted");
    subject_close(&gate.first);
}

/* --- phases --------------------------------------------------------------------- */

static inline bool permits_shown(void)
{
    bool closes = record.firsts > 0 && SUBJECT_SHUT;

    return often(record.refused[1]) && (!closes || closed_often());
}

static const deed permit_deed = {
    open_permits, work_on_permits, close_permits, permits_shown,
    "hardly too few, hardly closed, or hardly any two threads met", { "long", "short" },
    tell_waits
};

static inline void permit_phases(void)
{
    play_shapes(&permit_deed, enough(400000, 20000));
}

int main(int argc, char **argv)
{
    return run_recorded(argc, argv, permit_phases);
}

#endif
