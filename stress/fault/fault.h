/* fault.h - stop a thread, or kill a process, at each point of each operation.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * One thread or process, the victim, calls one operation, and gets no further than its
 * k-th point; then the others go on, for many operations.  That is done for every k, on
 * every path through the operation, and a table says what came of it.
 *
 * Point      Each atomic operation, each look at the clock, each sleep and each wake is
 *            a point: the victim stops right before it.  So is being asleep, and so is
 *            the end of the call, right before it returns.
 * Path       What was there before (room, full, others asleep), and what a rival does
 *            meanwhile: one whole operation at the victim's j-th point, for each j, so
 *            that the victim loses its race.
 * Stall      The victim never goes on, and its stack stays as it is.
 * Kill       The victim is a process of its own, killed by SIGKILL.
 *
 * There are no threads: whoever has a stack of its own is a fiber, which runs until it
 * sleeps, yields or ends.  The kernel's part (sleep, wake, clock, yield) is modelled;
 * the library and the structure are compiled as they are, against the seam.
 *
 * A kind of structure (trial/KIND.h) says what its operations and paths are, and how
 * the others go on; fault_main does the rest.
 */
#ifndef FAULT_FAULT_H
#define FAULT_FAULT_H

#include <pawl/atomic.h>

#include <inttypes.h>
#include <stdio.h>

/* One path through an operation.  What `in` and the rest mean is the kind's to say. */
typedef struct fault_path {
    const char *operation, *path;
    void (*victim)(void);
    void (*rival)(void);                /* at each of the victim's points in turn */
    void (*help)(void);                 /* what others do once the victim sleeps */
    void (*sleeper)(void);              /* who sleeps (or spins) from the beginning, */
    unsigned sleepers;                  /* so many */
    unsigned in, turn, stale;
    bool shut;
    bool newest_first;                  /* the kernel wakes the latest sleeper first */
    bool private;                       /* not between processes */
} fault_path;

typedef struct fault_outcome {
    bool blocked;                       /* somebody cannot go on */
    bool broken;                        /* something is wrong, whatever is expected */
    unsigned lost;                      /* items, permits that are gone */
    const char *late;                   /* what woke a sleeper, if not at once */
    char why[48];                       /* it is blocked */
    char text[120];
} fault_outcome;

typedef struct fault_kind {
    const char *structure;
    bool shared;                        /* may lie between processes */
    const fault_path *paths;
    size_t count;
    void (*prepare)(const fault_path *p, bool shared);
    void (*survive)(const fault_path *p, fault_outcome *o);
    bool (*storm)(void);                /* NULL: none */
} fault_kind;

/* What main() of a program does. */
int fault_main(int argc, char **argv, const fault_kind *kind);

/* --- stacks (fiber.c) ------------------------------------------------------------- */

enum { FAULT_VICTIM, FAULT_RIVAL, FAULT_HELPER, FAULT_SURVIVOR, FAULT_SLEEPER,
       FAULT_SLEEPERS = 3, FAULT_FIBERS = FAULT_SLEEPER + FAULT_SLEEPERS };

/* Begin `body` on that fiber, until it first sleeps, yields or ends. */
void fault_start(unsigned fiber, void (*body)(void));

/* Go on with it, as long as that gets it anywhere.  True: it has ended. */
bool fault_finish(unsigned fiber);

bool fault_asleep(unsigned fiber);
unsigned fault_current(void);           /* the fiber that runs */

/* --- the others, at work ---------------------------------------------------------- */

/* Nobody was stopped: the victim's call has returned. */
bool fault_returned(void);

/* One more of their operations has returned.  False: that was the last one wanted. */
bool fault_did(void);
bool fault_did_all(void);

/* Calls to the kernel, to wake somebody, by this process. */
uint64_t fault_wakes(void);

/* Memory that all processes share: for the structure by aligned_alloc, which always
 * gives the same piece; and for what the kind has to remember. */
void *fault_memory(size_t bytes);

/* Say more about what came of it: printf, after a ", " where there is something. */
__attribute__((format(printf, 2, 3)))
void fault_say(fault_outcome *o, const char *what, ...);

/* Likewise, and that is what blocks. */
void fault_say_blocked(fault_outcome *o, const char *why);

/* Likewise, and it is wrong. */
__attribute__((format(printf, 2, 3)))
void fault_broken(fault_outcome *o, const char *what, ...);

/* What woke those who slept from the beginning; NULL: nothing did, and they are
 * blocked. */
void fault_say_woken(fault_outcome *o, const fault_path *p, const char *const *by);

/* The end, for what cannot be. */
__attribute__((format(printf, 1, 2), noreturn))
void fault_die(const char *why, ...);

#endif
