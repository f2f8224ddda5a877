/* live.h - a client's queue whose producers and consumers try again, until all is done.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * For queues of which a try that fails writes nothing: GenMC would explore rounds that
 * do for ever.
 */
#ifndef PAWL_GENMC_LIVE_H
#define PAWL_GENMC_LIVE_H

static void *pushes(void *a)
{
    uintptr_t thread = (uintptr_t)a;
    uint32_t value = value_of(thread, 0);
    pawl_backoff b = PAWL_BACKOFF_INIT;

    payload[value] = value + 1;
    while (!queue_push(thread, value))
        if (!pawl_backoff_wait(&b))
            pawl_yield();
    pushed[value] = true;
    return NULL;
}

static void *pops(void *a)
{
    uint32_t seen[PRODUCERS] = { 0, 0 };
    pawl_backoff b = PAWL_BACKOFF_INIT;

    while (!pop_one((uintptr_t)a, seen))
        if (!pawl_backoff_wait(&b))
            pawl_yield();
    return NULL;
}

/* Each tries until it is through: all come to an end. */
int liveness(void)
{
    begin(1, 1, 1, 1, 1);
    run_threads(pushes, pushes, pops, pops);
    end(PRODUCERS);
    return 0;
}

#endif
