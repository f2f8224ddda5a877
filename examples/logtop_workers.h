/* logtop_workers.h - the workers: threads that count the blocks of a queue.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef LOGTOP_WORKERS_H
#define LOGTOP_WORKERS_H

#include "logtop_count.h"
#include "logtop_queue.h"

#include <pawl/worker_group.h>

typedef struct worker worker;

typedef struct workers {
    const queue_kind *kind;
    const wanted *wanted;
    worker *each;
    size_t n;
    pawl_worker_group *group;           /* over a channel */
    pawl_sem ended;                     /* over others: a permit for each worker */
} workers;

/* Start n workers, each with a tally: of what it has counted. */
void workers_start(workers *all, const queue_kind *kind, void *queue,
                   const wanted *wanted, tally *tallies, size_t n);

/* Wait until they have ended: once the queue is finished, and drained.  False: the
 * moment `until` came first. */
bool workers_drain(workers *all, pawl_time until);

/* The end of them.  The nanoseconds that they were blocked, in all; the queue was
 * finished at the moment `finished`. */
int64_t workers_join(workers *all, pawl_time finished);

#endif
