/* storm.h - processes that use a queue, and are killed at random moments.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Four processes push and pop as fast as they can.  Again and again one of them, chosen
 * by dice, is killed by SIGKILL, and another takes its place.  No item may come twice,
 * or torn; all that are left must go on after each kill; and in the end an item that is
 * missing, though its push had returned, is accounted for by a kill in a pop: one each,
 * at most.  SUBJECT_STORM is the header that says how the queue is used.
 */
#ifndef FAULT_TRIAL_STORM_H
#define FAULT_TRIAL_STORM_H

#include SUBJECT_STORM

static bool storm(void)
{
    static const fault_storm subject = {
        SUBJECT, storm_bytes, storm_open, storm_join, storm_push, storm_pop
    };

    return fault_rage(&subject);
}

#endif
