/* worker_group.h - N threads that drain one channel, in batches.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What       Threads that pop from a channel and call you with what they got, until it
 *            is closed and drained.  They have names, a hook in which to pin them to
 *            CPUs, and a context each; one that exits is reported, with the items that
 *            it had in its hands.
 * Source     Ours: channel.h and POSIX threads.
 * Layer 6    uses channel.h; sem.h in src/worker_group.c.
 *
 * State      The group is one block, known to src/worker_group.c alone.
 *            worker  begins -> waits -> works -> done
 *                    begins   calls plan.begin
 *                    waits    for start, until all have begun; or one was refused: done
 *                    works    pops a batch, calls plan.run with it, and so on: done
 *                             when the channel is closed and drained
 *            left    workers that have not ended yet
 *            exits   workers that ended before they were done
 *            lost    items that these had in their hands
 * Invariant  I1  no item is popped before all workers have begun
 *            I2  an item that a worker has popped is in one call of plan.run, or, where
 *                that call did not return, in one of plan.exited
 *            I3  a worker's port is open from start until the worker ends, however it
 *                ends; no thread but the worker uses it
 * Effect     An item is run once, by the worker whose pop took it (channel.h).  What
 *            workers have done is visible to whoever learns from drain_until or join
 *            that all have ended.
 * Progress   A worker without an item sleeps.  One that is stopped, or is long in
 *            plan.run, holds up the batch that it has, and drain_until and join; the
 *            others drain the rest.  (Stopped just when a push has woken it: channel.h
 *            says who comes instead.)
 * Exit       A worker that leaves plan.run by pthread_exit, or is cancelled there, or
 *            that finds the channel's memory overwritten, ends early.  Its plan.exited
 *            is called, its port given back, and the others go on.  The last of all, if
 *            each one did so, closes the channel before it calls: pushes, those of
 *            plan.exited too, are refused rather than wait for nobody; what is left
 *            there is for any port to pop.  (So it is to be the channel's only
 *            consumer: others that pop there, of another group too, find it closed.)
 *            A worker can be cancelled inside plan.run only, and at its return, when
 *            nothing is lost.  Each run begins with the cancel type DEFERRED; one that
 *            sets ASYNCHRONOUS can be cancelled up to its last instruction.  An
 *            exception of C++ must not leave a callback.
 * Signals    Workers take none that are sent to the process, but SIGPROF: all others
 *            are blocked, those for a thread's own faults (SIGSEGV, SIGBUS, SIGFPE,
 *            SIGILL, SIGTRAP, SIGSYS) and SIGABRT aside.  What the thread that starts
 *            them blocks, they block too.  plan.begin may let more in.
 *            SIGPIPE is among the blocked: a write to a broken pipe is EPIPE, not the
 *            end.  A process that a worker starts (fork, posix_spawn, system) has the
 *            worker's mask, and keeps it over exec: SIGTERM and SIGINT wait there until
 *            it lets them in.
 *
 * Roles      start          X: alone; publish `g` to other threads afterwards
 *            join           X: one thread at a time, beside all that follows
 *            close, drain_until, exits, lost       -: any number of threads together
 *            A worker must not join or drain_until: it would wait for itself.
 *
 * Memory     One block of the caller's memory; the threads' stacks are the system's.
 *            The channel is the caller's too.  Free both when join has returned, and no
 *            other call is under way.  For the threads of one process.  A forked child
 *            has no worker: its copy is of no use but to be freed.  One that a worker
 *            forks is a copy of that worker: it must end in plan.run, by _exit or exec;
 *            if it returned, it would go on to drain its copy of the channel.
 * Limit      A system may cut names: Linux to 15 bytes, number included (the name gives
 *            way, not the number).
 *
 * Example
 *     #include <pawl/worker_group.h>
 *     #include <stdio.h>
 *     static void print(void *context, void **cells, size_t n)
 *     {
 *         for (size_t i = 0; i < n; i++)
 *             printf("%s%d\n", (const char *)context, *(int *)cells[i]);
 *     }
 *     static int print_all(pawl_channel *c, pawl_worker_group *g, size_t bytes)
 *     {
 *         static char tag[] = "number ";
 *         pawl_worker_group_plan plan = PAWL_WORKER_GROUP_PLAN;
 *         int refused;
 *         plan.workers = 4;
 *         plan.run = print;
 *         plan.argument = tag;
 *         refused = pawl_worker_group_start(g, bytes, c, &plan);
 *         if (refused)
 *             return refused;
 *         // ... push ...
 *         pawl_worker_group_close(g);
 *         return pawl_worker_group_join(g);
 *     }
 */
#ifndef PAWL_WORKER_GROUP_H
#define PAWL_WORKER_GROUP_H

#include <pawl/channel.h>

typedef struct pawl_worker_group pawl_worker_group;

/* What the workers are to do.  PAWL_WORKER_GROUP_PLAN is one worker, one item a batch,
 * and nothing else. */
typedef struct pawl_worker_group_plan {
    size_t workers;                     /* 1 or more */
    size_t batch;                       /* items a call of run: 1 to a port's spares */
    const char *name;                   /* threads are called NAME-0, ...; NULL: as the
                                         * one that starts them */
    void *argument;                     /* for the hooks; and everyone's context, if
                                         * begin says nothing else */

    /* Work: the n items (1 to batch) lie in cells[0], ..., oldest first: yours to read
     * and to write until you return.  In several workers at once.  It may push, by a
     * port of its own, but must not wait for room in the same channel: when all workers
     * do, nobody makes any. */
    void (*run)(void *context, void **cells, size_t n);

    /* NULL, or called once in each new thread: to pin it, to set *context.  For worker
     * 0, 1, ... in turn, one after the other.  Not 0: start fails with that value.  It
     * must not wait for room in the channel: nobody makes any before all have begun. */
    int (*begin)(void *argument, size_t number, void **context);

    /* NULL, or called in a worker that ends early (see Exit), as the last of its calls.
     * The n items (none, perhaps) are those of the call of run that did not return: how
     * far it came with them is for run to note in the cells.  They are yours until you
     * return, which you must.  It may push them again, by a port of its own, and wait
     * for room: ECANCELED comes when no worker is left to make any. */
    void (*exited)(void *argument, size_t number, void **cells, size_t n);
} pawl_worker_group_plan;

#define PAWL_WORKER_GROUP_PLAN { 1, 1, NULL, NULL, NULL, NULL, NULL }

PAWL_BEGIN

/* Bytes that a group takes; 0 where either is 0, or memory cannot hold it. */
size_t pawl_worker_group_bytes(size_t workers, size_t batch);

/* Start workers that drain `c`, in the `bytes` of memory at `g`, which begin at a
 * multiple of PAWL_LINE.  They take a port each.  `*plan` and the name are not needed
 * when it has returned.  0: all have begun.  Or, with the memory untouched: EINVAL: no
 * workers, no batch or one of more cells than a port's, no run, no channel, or `g` is
 * misaligned; EOVERFLOW: more than memory can hold; ENOMEM: `bytes` are too few.  Or,
 * with no thread and no port kept and nothing popped: EBUSY: too few ports are free;
 * what begin returned, or ECANCELED if it never did; EAGAIN, or another value of
 * pthread_create. */
int pawl_worker_group_start(pawl_worker_group *g, size_t bytes, pawl_channel *c,
                            const pawl_worker_group_plan *plan);

/* Close the channel, as pawl_channel_close: workers run what is in it, and end. */
bool pawl_worker_group_close(pawl_worker_group *g);

/* Wait until all workers have ended, or until the moment `until`.  0: the channel is
 * closed, and all its items have been run (but those that others popped); EOWNERDEAD:
 * some worker ended early; ETIMEDOUT.  A moment in the past never sleeps. */
int pawl_worker_group_drain_until(pawl_worker_group *g, pawl_time until);

/* How many workers have ended early so far, and how many items they had in their hands.
 * Exact when all have ended. */
size_t pawl_worker_group_exits(const pawl_worker_group *g);
uint64_t pawl_worker_group_lost(const pawl_worker_group *g);

/* Wait for all workers to end, and for their threads to be gone.  0 or EOWNERDEAD, as
 * drain_until; once more, the same at once.  Not a cancellation point. */
int pawl_worker_group_join(pawl_worker_group *g);

PAWL_END

#endif
