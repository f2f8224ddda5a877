/* backoff.h - how long to spin before it is better to sleep.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What       Spinning pays only while the one we wait for runs on another CPU.  So a
 *            backoff pauses 1, 2, 4, 8, 16, 16... times while there is such a CPU,
 *            about 80 pauses in all, then yields the processor 16 times, then says that
 *            it is time to sleep.  With one usable CPU every pause would be taken from
 *            the one we wait for: there it yields at once.
 * Source     T. Anderson, "The Performance of Spin Lock Alternatives", TPDS 1990; how
 *            long before sleeping: A. Karlin et al., SOSP 1991.
 * Layer 1    uses atomic.h.
 *
 * State      round   of a backoff: how often it has waited
 *            usable  the CPUs of the process: each thread adds those of its own
 *                    affinity mask, the first time it waits.  Threads pinned to
 *                    different CPUs count as many, a process pinned to one as one.
 *            quota   of the cgroup, by its cpu.max, read once a process; it lowers the
 *                    count: 1.5 CPUs are one CPU to spin with, for what spins takes
 *                    from what works.
 * Invariant  I1  usable and quota only decide how long a wait is, never what is right:
 *                a change of affinity or quota that is not seen makes waits a little
 *                too long or too short.
 * Effect     none: it orders no memory, and tells nobody anything.
 * Progress   Wait-free, but for what the kernel gives to others in a yield.  Whoever is
 *            stopped in it holds up nobody.
 *
 * Memory     A backoff is the caller's, on its stack; zeroed, it has not waited.
 *            usable and quota are the only process-wide state in Pawl; a forked child
 *            inherits both.
 *
 * Example
 *     pawl_spinlock lock = PAWL_SPINLOCK_INIT;
 *     pawl_backoff b = PAWL_BACKOFF_INIT;
 *     while (!pawl_spinlock_try_lock(&lock))
 *         if (!pawl_backoff_wait(&b))
 *             pawl_yield();              // or sleep: park.h, event.h
 */
#ifndef PAWL_BACKOFF_H
#define PAWL_BACKOFF_H

#include <pawl/atomic.h>

typedef struct pawl_backoff {
    uint32_t round;                     /* how often we have waited so far */
} pawl_backoff;

#define PAWL_BACKOFF_INIT { 0 }

PAWL_BEGIN

/* Wait a little, a little longer each time.  False, without waiting, when enough
 * time was spent and the caller should sleep; one that cannot sleep (a spinlock)
 * calls pawl_yield() instead. */
bool pawl_backoff_wait(pawl_backoff *b);

/* How many CPUs the threads seen so far may use, this one included: 1 or more. */
uint32_t pawl_usable_cpus(void);

/* For tests: the CPUs that the cgroup v2 quotas of a file tree at `root` allow
 * (`root`/proc/self/cgroup and `root`/sys/fs/cgroup), the smallest on the way from
 * the process's own cgroup up to the top, rounded down, 1 or more.  UINT32_MAX where
 * there is no quota, or nothing readable. */
uint32_t pawl_quota_cpus_(const char *root);

PAWL_END

#endif
