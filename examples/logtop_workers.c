/* logtop_workers.c - the workers: threads that count the blocks of a queue.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A channel has a worker_group that drains it: begin and run are all there is to say.
 * Over the other queues they are threads of our own, which wait, pop and end.
 */
#define _POSIX_C_SOURCE 200809L
#include "logtop_workers.h"
#include "logtop_report.h"

#include <pthread.h>
#include <stdlib.h>

struct worker {
    workers *all;
    tally *tally;
    queue_end end;
    pawl_time idle;                     /* over a channel: since when it has no block */
    pthread_t thread;                   /* over others */
};

/* --- over a channel -------------------------------------------------------------- */

static int begin(void *argument, size_t number, void **context)
{
    worker *w = &((workers *)argument)->each[number];

    w->idle = pawl_now();
    *context = w;
    return 0;
}

static void run(void *context, void **blocks, size_t n)
{
    worker *w = (worker *)context;

    w->end.blocked += pawl_now() - w->idle;
    for (size_t i = 0; i < n; i++)
        tally_block(w->tally, w->all->wanted, (block *)blocks[i]);
    w->idle = pawl_now();
}

static void start_group(workers *all, pawl_channel *channel)
{
    pawl_worker_group_plan plan = { all->n, 1, "logtop", all, run, begin, NULL };
    size_t bytes = pawl_worker_group_bytes(plan.workers, plan.batch);

    all->group = (pawl_worker_group *)lines_of_memory(bytes);
    if (pawl_worker_group_start(all->group, bytes, channel, &plan) != 0)
        die("cannot start %zu workers", all->n);
}

static void join_group(workers *all, pawl_time finished)
{
    if (pawl_worker_group_join(all->group) != 0)
        die("a worker is gone");
    for (size_t i = 0; i < all->n; i++)
        if (all->each[i].idle < finished)
            all->each[i].end.blocked += finished - all->each[i].idle;
    free(all->group);
}

/* --- over others ------------------------------------------------------------------ */

static void *thread_run(void *arg)
{
    worker *w = (worker *)arg;
    const queue_kind *kind = w->all->kind;
    block *b;

    while ((b = kind->pop(&w->end)) != NULL) {
        tally_block(w->tally, w->all->wanted, b);
        kind->done(&w->end, b);
    }
    give_permit(&w->all->ended);
    return NULL;
}

static void start_threads(workers *all)
{
    for (size_t i = 0; i < all->n; i++) {
        worker *w = &all->each[i];

        all->kind->join(&w->end);
        if (pthread_create(&w->thread, NULL, thread_run, w) != 0)
            die("cannot start worker %zu", i + 1);
    }
}

/* --- over any --------------------------------------------------------------------- */

void workers_start(workers *all, const queue_kind *kind, void *queue,
                   const wanted *wanted, tally *tallies, size_t n)
{
    *all = (workers){ .kind = kind, .wanted = wanted, .n = n, .ended = PAWL_SEM_INIT };
    all->each = (worker *)lines_of_memory(n * sizeof *all->each);
    for (size_t i = 0; i < n; i++) {
        all->each[i] = (worker){ .all = all, .tally = &tallies[i],
                                 .end = { queue, NULL, 0, 0 } };
        tally_open(&tallies[i]);
    }
    if (kind->is_channel)
        start_group(all, (pawl_channel *)queue);
    else
        start_threads(all);
}

bool workers_drain(workers *all, pawl_time until)
{
    int result = all->kind->is_channel
        ? pawl_worker_group_drain_until(all->group, until)
        : pawl_sem_wait_until(&all->ended, (uint32_t)all->n, until);

    return result != ETIMEDOUT;
}

int64_t workers_join(workers *all, pawl_time finished)
{
    int64_t blocked = 0;

    if (all->kind->is_channel)
        join_group(all, finished);
    else
        for (size_t i = 0; i < all->n; i++)
            pthread_join(all->each[i].thread, NULL);
    for (size_t i = 0; i < all->n; i++)
        blocked += all->each[i].end.blocked;
    free(all->each);
    return blocked;
}
