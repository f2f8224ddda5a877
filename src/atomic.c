/* atomic.c - atomic.h's compiled part: yielding, and the end of a debug assert.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/atomic.h>

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

void pawl_yield(void)
{
    sched_yield();
}

void pawl_assert_failed_(const char *why, const char *file, int line)
{
    fprintf(stderr, "%s:%d: pawl: %s\n", file, line, why);
    abort();
}
