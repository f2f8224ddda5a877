/* exact.h - a client's queue whose full and empty are exact, both together.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PAWL_GENMC_EXACT_H
#define PAWL_GENMC_EXACT_H

static PAWL_ATOMIC(uint32_t) returned;     /* pushes that have returned */
static bool was_full, was_empty;

static void *pushes_and_says(void *a)
{
    (void)tries_to_push(a);
    atomic_fetch_add_explicit(&returned, 1, memory_order_release);
    return NULL;
}

static void *pops_when_all_are_in(void *a)
{
    uint32_t seen[PRODUCERS] = { 0, 0 };
    pawl_backoff b = PAWL_BACKOFF_INIT;

    while (atomic_load_explicit(&returned, memory_order_acquire) < PRODUCERS)
        if (!pawl_backoff_wait(&b))
            pawl_yield();
    assert(pop_one((uintptr_t)a, seen));
    return NULL;
}

/* Two items are in, and two pop: each gets one, at once. */
int prompt(void)
{
    atomic_store_explicit(&returned, 0, memory_order_relaxed);
    begin(2, 1, 1, 1, 1);
    run_threads(pushes_and_says, pushes_and_says, pops_when_all_are_in,
                pops_when_all_are_in);
    end(PRODUCERS);
    return 0;
}

static void *pushes_until_full(void *a)
{
    (void)tries_to_push(a);             /* both have room */
    was_full = !queue_push((uintptr_t)a, 0);
    return NULL;
}

static void *pops_until_empty(void *a)
{
    uint32_t value;

    was_empty = queue_pop((uintptr_t)a, &value) && !queue_pop((uintptr_t)a, &value);
    return NULL;
}

/* Capacity 2: one pushes twice and finds it full, while another pops once and finds it
 * empty: not both. */
int exact(void)
{
    was_full = was_empty = false;
    begin(2, 2, 0, 0, 0);
    run_threads(pushes_until_full, NULL, pops_until_empty, NULL);
    assert(pushed[value_of(0, 0)] && pushed[value_of(0, 1)]);
    assert(!was_full || !was_empty);
    return 0;
}

#endif
