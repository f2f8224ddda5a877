/* queue.h - a queue, and a thread stopped or a process killed in it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef FAULT_TRIAL_QUEUE_H
#define FAULT_TRIAL_QUEUE_H

#include <fault/trial/flow.h>

static bool pushes(const fault_path *p)
{
    return p->victim == victim_push || p->victim == victim_push_n;
}

static bool pops(const fault_path *p)
{
    return p->victim == victim_pop || p->victim == victim_pop_n;
}

static void prepare(const fault_path *p, bool shared)
{
    (void)shared;
    open_flow(p, p->victim == victim_join);
}

static void survive(const fault_path *p, fault_outcome *o)
{
    survive_flow(p, o);
    tell_handle(p, o);
}

static fault_path paths[] = {
    PUSH_PATHS,
    POP_PATHS,
    PUSH_N_PATHS,
    POP_N_PATHS,
#ifdef SUBJECT_BLOCK
    { "push", "one left, 29 on", .victim = victim_push, .in = 1,
      .turn = 2 * SUBJECT_BLOCK - 1 },
    { "push", "items left, 29 on", .victim = victim_push, .in = 2,
      .turn = 2 * SUBJECT_BLOCK - 1 },
    { "push_n", "items left, 29 on", .victim = victim_push_n, .in = 2,
      .turn = 2 * SUBJECT_BLOCK - 1 },
#endif
    PORT_PATHS,
#ifdef SUBJECT_SEGMENT
    { "pop", "full, 30 on", .victim = victim_pop, .in = FULL, .turn = 30 },
#endif
};

/* Not what the structure lacks.  Where one side is for one thread only, no rival is on
 * it, and no hint is behind. */
static bool usable(const fault_path *p)
{
    return possible(p)
        && !(ONE_PUSHES && pushes(p) && (rivals_push(p) || p->stale > 0))
        && !(ONE_POPS && pops(p) && (rivals_pop(p) || p->stale > 0));
}

#ifdef SUBJECT_STORM
#include <fault/trial/storm.h>
#else
#define storm NULL
#endif

int main(int argc, char **argv)
{
    size_t count = keep_usable(paths, sizeof paths / sizeof *paths);
    fault_kind kind = { SUBJECT, !SUBJECT_PRIVATE, paths, count, prepare, survive,
                        storm };

    return fault_main(argc, argv, &kind);
}

#endif
