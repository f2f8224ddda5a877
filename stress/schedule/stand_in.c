/* stand_in.c - what need not be explored: how long to spin, and how many processors.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Takes the place of src/backoff.c.  Each round of a backoff is another look at the
 * same words: beyond the first it multiplies the schedules, and adds no new state.
 */
#include <pawl/backoff.h>

enum { ROUNDS = 1, PROCESSORS = 2 };

bool pawl_backoff_wait(pawl_backoff *b)
{
    if (b->round >= ROUNDS)
        return false;
    b->round++;
    return true;
}

uint32_t pawl_usable_cpus(void)
{
    return PROCESSORS;
}

uint32_t pawl_quota_cpus_(const char *root)
{
    (void)root;
    return UINT32_MAX;
}
