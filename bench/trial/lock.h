/* lock.h - a lock timed: a short section, alone and among threads.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The subject defines what stress/trial/lock.h says.  Workloads, nanoseconds a turn:
 * solo, 2threads (on two CPUs), 16threads (on the same two CPUs).  The section is
 * three plain additions to memory; nothing is done between two turns.
 */
#ifndef BENCH_LOCK_H
#define BENCH_LOCK_H

#include <trial/timing.h>

/* What the lock guards has a line to itself, like the lock. */
static struct guarded {
    alignas(PAWL_LINE) tally seen;
    alignas(PAWL_LINE) char end;
} guarded;

static subject *lock;

/* These only the checked trial calls, or queues use. */
static inline void not_timed(void)
{
    (void)subject_try_lock;
    (void)check_order;
}

TIMED take_turns(worker *w)
{
    tally in = NOTHING;
    subject *l = lock;
    handle h;

    memset((void *)&h, 0, sizeof h);
    ready(w);
    for (uint64_t k = 0; k < w->items; k++) {
        void *item = item_of(w->number, k);

        note(&in, item);
        subject_lock(l, &h);
        note(&guarded.seen, item);
        subject_unlock(l, &h);
    }
    finished(w, &in, NULL);
}

static const workload *workload_at(size_t i)
{
    static const workload all[] = {
        { "lock/solo", take_turns, NULL, 1, 0, 2, 65536 },
        { "lock/2threads", take_turns, NULL, 2, 0, 2, 65536 },
        { "lock/16threads", take_turns, NULL, 16, 0, 2, 65536 },
    };

    return i < sizeof all / sizeof *all ? &all[i] : NULL;
}

static bool round_open(const workload *w)
{
    size_t bytes = (sizeof(subject) + PAWL_LINE - 1) / PAWL_LINE * PAWL_LINE;

    (void)w;
    memset((void *)&guarded, 0, sizeof guarded);
    lock = (subject *)aligned_alloc(PAWL_LINE, bytes);
    if (lock == NULL)
        return false;
    memset((void *)lock, 0, bytes);
    return subject_open(lock);
}

static const char *round_check(const workload *w, const worker *workers, uint64_t items)
{
    tally in = NOTHING;

    for (unsigned i = 0; i < w->firsts; i++)
        add(&in, &workers[i].in);
    return in.count == items && same(&in, &guarded.seen)
        ? NULL : "two threads were inside at once";
}

static void round_close(void)
{
    subject_close(lock);
    free((void *)lock);
}

#endif
