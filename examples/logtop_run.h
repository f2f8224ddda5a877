/* logtop_run.h - readers, a queue and workers: one count from start to end.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef LOGTOP_RUN_H
#define LOGTOP_RUN_H

#include "logtop_count.h"
#include "logtop_options.h"

typedef struct outcome {
    tally *tallies;                     /* one a worker; the first has all of it */
    uint64_t bytes, files, binaries, not_followed, unreadable;
    int64_t elapsed, readers_blocked, workers_blocked;  /* nanoseconds, in all */
} outcome;

void outcome_count(outcome *all, const options *o, const wanted *w);
void outcome_say(const outcome *all, const options *o);
void outcome_close(outcome *all, const options *o);

#endif
