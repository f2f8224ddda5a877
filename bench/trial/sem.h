/* sem.h - a semaphore timed: permits given and taken.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The subject defines what stress/trial/sem.h says.  Workloads, nanoseconds a post and
 * wait: solo (both by one thread), 1p1c (one posts, one waits), trip (a round trip
 * through two semaphores), trip-1cpu.
 */
#ifndef BENCH_SEM_H
#define BENCH_SEM_H

#include <trial/timing.h>

static subject *sems[2];                /* the second is for the way back */

static const char REFUSED[] = "a post or a wait was refused";

/* These only the checked trial calls, or queues use. */
static inline void not_timed(void)
{
    (void)subject_wait_until;
    (void)check_order;
#ifdef SUBJECT_SHUT
    (void)subject_shut;
#endif
}

TIMED post_and_wait(worker *w)
{
    subject *s = sems[0];

    ready(w);
    for (uint64_t k = 0; k < w->items; k++)
        if (!subject_post(s, 1) || !subject_wait(s, 1))
            w->wrong = REFUSED;
    finished(w, NULL, NULL);
}

TIMED post(worker *w)
{
    subject *s = sems[0];

    ready(w);
    for (uint64_t k = 0; k < w->items; k++)
        if (!subject_post(s, 1))
            w->wrong = REFUSED;
    finished(w, NULL, NULL);
}

TIMED take(worker *w)
{
    subject *s = sems[0];

    ready(w);
    for (uint64_t k = 0; k < w->items; k++)
        if (!subject_wait(s, 1))
            w->wrong = REFUSED;
    finished(w, NULL, NULL);
}

TIMED serve(worker *w)
{
    subject *there = sems[0], *back = sems[1];

    ready(w);
    for (uint64_t k = 0; k < w->items; k++)
        if (!subject_post(there, 1) || !subject_wait(back, 1))
            w->wrong = REFUSED;
    finished(w, NULL, NULL);
}

TIMED answer(worker *w)
{
    subject *there = sems[0], *back = sems[1];

    ready(w);
    for (uint64_t k = 0; k < w->items; k++)
        if (!subject_wait(there, 1) || !subject_post(back, 1))
            w->wrong = REFUSED;
    finished(w, NULL, NULL);
}

static const workload *workload_at(size_t i)
{
    static const workload all[] = {
        { "sem/solo", post_and_wait, NULL, 1, 0, 2, 65536 },
        { "sem/1p1c", post, take, 1, 1, 2, 65536 },
        { "sem/trip", serve, answer, 1, 1, 2, 384 },
        { "sem/trip-1cpu", serve, answer, 1, 1, 1, 384 },
    };

    return i < sizeof all / sizeof *all ? &all[i] : NULL;
}

static bool round_open(const workload *w)
{
    size_t bytes = (sizeof(subject) + PAWL_LINE - 1) / PAWL_LINE * PAWL_LINE;

    (void)w;
    for (int i = 0; i < 2; i++) {
        sems[i] = (subject *)aligned_alloc(PAWL_LINE, bytes);
        if (sems[i] == NULL)
            return false;
        memset((void *)sems[i], 0, bytes);
        if (!subject_open(sems[i], 0))
            return false;
    }
    return true;
}

/* As many waits as posts came back, by the loops; so nothing may be left. */
static const char *round_check(const workload *w, const worker *workers, uint64_t items)
{
    (void)w;
    (void)workers;
    (void)items;
    return subject_try_wait(sems[0], 1) || subject_try_wait(sems[1], 1)
        ? "a permit too many" : NULL;
}

static void round_close(void)
{
    for (int i = 0; i < 2; i++) {
        subject_close(sems[i]);
        free((void *)sems[i]);
    }
}

#endif
