/* mpmc_ring.c - a client for GenMC: mpmc_ring.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "client.h"
#include "../../src/mpmc_ring.c"

static struct {
    pawl_mpmc_ring ring;
    alignas(PAWL_LINE) uint64_t slots[PAWL_LINE / sizeof(uint64_t)];
} q;

static void queue_init(size_t capacity)
{
    assert(pawl_mpmc_ring_init(&q.ring, sizeof q, capacity) == 0);
}

static bool queue_push(uintptr_t thread, uint32_t value)
{
    (void)thread;
    return pawl_mpmc_ring_try_push(&q.ring, (void *)(uintptr_t)(4 * value));
}

static bool queue_pop(uintptr_t thread, uint32_t *value)
{
    void *item;

    (void)thread;
    if (!pawl_mpmc_ring_try_pop(&q.ring, &item))
        return false;
    *value = (uint32_t)(uintptr_t)item / 4;
    return true;
}

#include "queue.h"
#include "live.h"

static void *pushes_alone(void *a)
{
    uintptr_t thread = (uintptr_t)a;

    for (uint32_t i = 0; i < tries[thread]; i++) {
        uint32_t value = value_of(thread, i);

        payload[value] = value + 1;
        pushed[value] = pawl_mpmc_ring_try_push_sp(&q.ring,
                                                   (void *)(uintptr_t)(4 * value));
    }
    return NULL;
}

static void note(uint32_t value)
{
    assert(value < VALUES && payload[value] == value + 1 && !popped[value]);
    popped[value] = true;
}

static void *pops_alone(void *a)
{
    static void *item;
    uintptr_t thread = (uintptr_t)a;

    for (uint32_t i = 0; i < tries[thread]; i++)
        if (pawl_mpmc_ring_try_pop_sc(&q.ring, &item))
            note((uint32_t)(uintptr_t)item / 4);
    return NULL;
}

/* A side that is one thread's does without an exchange; the other side may not. */
int one_pushes(void)
{
    begin(1, 3, 0, 1, 1);
    run_threads(pushes_alone, NULL, tries_to_pop, tries_to_pop);
    end(1);
    return 0;
}

int one_pops(void)
{
    begin(1, 1, 1, 2, 0);
    run_threads(tries_to_push, tries_to_push, pops_alone, NULL);
    end(1);
    return 0;
}

static void *pushes_a_batch(void *a)
{
    uint32_t first = value_of((uintptr_t)a, 0), second = value_of((uintptr_t)a, 1);
    static void *items[2];
    size_t some;

    items[0] = (void *)(uintptr_t)(4 * first);
    items[1] = (void *)(uintptr_t)(4 * second);
    payload[first] = first + 1;
    payload[second] = second + 1;
    some = pawl_mpmc_ring_try_push_n(&q.ring, items, 2);
    pushed[first] = some > 0;
    pushed[second] = some > 1;
    return NULL;
}

static void *pops_a_batch(void *a)
{
    static void *items[2];
    size_t some = pawl_mpmc_ring_try_pop_n(&q.ring, items, 2);

    for (size_t i = 0; i < some; i++)
        note((uint32_t)(uintptr_t)items[i] / 4);
    return a;
}

/* Several at once, among those who push and pop one. */
int batches(void)
{
    begin(2, 2, 1, 2, 1);
    run_threads(pushes_a_batch, tries_to_push, pops_a_batch, tries_to_pop);
    end(2);
    return 0;
}

int main(void)
{
    return safety() || laps() || liveness() || room() || one_pushes() || one_pops()
        || batches();
}
