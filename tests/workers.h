/* workers.h - what the tests of worker_group share: a channel, a group, what they run.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PAWL_TESTS_WORKERS_H
#define PAWL_TESTS_WORKERS_H

#include "unit.h"

#include <pawl/worker_group.h>

enum { ITEMS_MAX = 16 };

typedef struct team {
    pawl_channel *channel;
    pawl_channel_port *in;              /* one more than workers and others have */
    pawl_worker_group *group;
    size_t bytes;
    flag inside, go_on, drained;
    flag times[ITEMS_MAX];              /* that each item has been run */
    uint64_t noted[ITEMS_MAX];          /* by one worker: plain */
    size_t items, batches;
    /* Of a worker that ended early, with what. */
    flag exits;
    size_t number, n;
    uint64_t held[ITEMS_MAX];
    pthread_t ended;
    pthread_t thread;                   /* one that runs something */
} team;

static inline void *malloc_lines(size_t bytes)
{
    return aligned_alloc(PAWL_LINE, (bytes + PAWL_LINE - 1) / PAWL_LINE * PAWL_LINE);
}

/* Ports for the workers, and as many `others`, the first of them taken; but one at
 * least. */
static inline team team_of(size_t capacity, size_t workers, size_t others,
                           size_t spares)
{
    team t = { .bytes = 0 };
    size_t ports = workers + (others > 0 ? others : 1);
    size_t bytes = pawl_channel_bytes(capacity, ports, spares, sizeof(uint64_t));

    t.channel = block(bytes);
    assert_int_equal(pawl_channel_init(t.channel, bytes, capacity, ports, spares,
                                       sizeof(uint64_t), PAWL_PRIVATE), 0);
    assert_int_equal(pawl_channel_open(t.channel, &t.in), 0);
    return t;
}

static inline void team_start(team *t, pawl_worker_group_plan plan, int result)
{
    t->bytes = pawl_worker_group_bytes(plan.workers, plan.batch);
    t->group = block(t->bytes);
    assert_int_equal(pawl_worker_group_start(t->group, t->bytes, t->channel, &plan),
                     result);
}

static inline void team_free(team *t)
{
    free(t->group);
    free(t->channel);
}

static inline int push(pawl_channel_port *port, uint64_t value)
{
    *(uint64_t *)pawl_channel_cell(port, 0) = value;
    return pawl_channel_try_push(port);
}

static inline uint64_t at(void *cell)
{
    return *(uint64_t *)cell;
}

/* How many ports can be opened now; they are given back. */
static inline int ports_free(pawl_channel *c)
{
    pawl_channel_port *open[32];
    int n = 0;

    while (n < 32 && pawl_channel_open(c, &open[n]) == 0)
        n++;
    for (int i = 0; i < n; i++)
        pawl_channel_leave(open[i]);
    return n;
}

/* --- what workers run; the context is the team ------------------------------------ */

static inline void count_one(void *context, void **cells, size_t n)
{
    team *t = context;

    for (size_t i = 0; i < n; i++)
        atomic_fetch_add_explicit(&t->times[at(cells[i])], 1, memory_order_relaxed);
}

static inline void hold_then_count(void *context, void **cells, size_t n)
{
    team *t = context;

    atomic_fetch_add_explicit(&t->inside, 1, memory_order_relaxed);
    while (!get(&t->go_on))
        nap(1);
    count_one(context, cells, n);
}

static inline void note_batch(void *context, void **cells, size_t n)
{
    team *t = context;

    t->batches++;
    for (size_t i = 0; i < n; i++)
        t->noted[t->items++] = at(cells[i]);
}

/* For plan.exited. */
static inline void note_exit(void *argument, size_t number, void **cells, size_t n)
{
    team *t = argument;

    t->number = number;
    t->n = n;
    for (size_t i = 0; i < n; i++)
        t->held[i] = at(cells[i]);
    t->ended = pthread_self();
    atomic_fetch_add_explicit(&t->exits, 1, memory_order_release);
}

#endif
