/* world.c - behind the library: a clock, a scheduler and a processor count of ours.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * These take the place of time.c, atomic.c and backoff.c: paths through an operation
 * must not depend on this machine.
 */
#include <fault/engine.h>
#include <fault/world.h>
#include <pawl/backoff.h>

#include <stdlib.h>

static pawl_time now = PAWL_SECOND;

pawl_time pawl_now(void)
{
    fault_point();
    return now;
}

pawl_time pawl_after(int64_t nanoseconds)
{
    return now + nanoseconds;
}

pawl_time fault_now(void) { return now; }

void fault_time_passes(pawl_time until)
{
    if (now < until)
        now = until;
}

/* Who cannot go on: the victim gets help, others let whoever ran them go on. */
void pawl_yield(void)
{
    if (fault_current() == FAULT_VICTIM)
        fault_help();
    else if (fault_current() != FAULT_NOBODY)
        fault_yield();
    else
        fault_die("main has to wait for somebody");
}

void pawl_assert_failed_(const char *why, const char *file, int line)
{
    fprintf(stderr, "%s:%d: pawl: %s\n", file, line, why);
    abort();
}

/* Spin once, then it is time to sleep. */
bool pawl_backoff_wait(pawl_backoff *b)
{
    return b->round++ == 0;
}

uint32_t pawl_usable_cpus(void) { return 2; }

uint32_t pawl_quota_cpus_(const char *root)
{
    (void)root;
    return UINT32_MAX;
}
