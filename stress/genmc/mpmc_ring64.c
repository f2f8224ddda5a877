/* mpmc_ring64.c - a client for GenMC: mpmc_ring64.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "client.h"
#include "../../src/mpmc_ring64.c"

static struct {
    pawl_mpmc_ring64 ring;
    alignas(PAWL_LINE) uint64_t slots[PAWL_LINE / sizeof(uint64_t)];
} q;

static void queue_init(size_t capacity)
{
    assert(pawl_mpmc_ring64_init(&q.ring, sizeof q, capacity) == 0);
}

static bool queue_push(uintptr_t thread, uint32_t value)
{
    (void)thread;
    return pawl_mpmc_ring64_try_push(&q.ring, value);
}

static bool queue_pop(uintptr_t thread, uint32_t *value)
{
    uint64_t wide;

    (void)thread;
    if (!pawl_mpmc_ring64_try_pop(&q.ring, &wide))
        return false;
    *value = (uint32_t)wide;
    return true;
}

#include "queue.h"
#include "live.h"

int main(void)
{
    return safety() || laps() || liveness() || room();
}
