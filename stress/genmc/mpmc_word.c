/* mpmc_word.c - a client for GenMC: mpmc_word.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "client.h"
#include "../../src/mpmc_word.c"

static struct {
    pawl_mpmc_word queue;
    alignas(PAWL_LINE) uint64_t slots[PAWL_LINE / sizeof(uint64_t)];
} q;

static void queue_init(size_t capacity)
{
    assert(pawl_mpmc_word_init(&q.queue, sizeof q, capacity) == 0);
}

static bool queue_push(uintptr_t thread, uint32_t value)
{
    (void)thread;
    return pawl_mpmc_word_try_push(&q.queue, value);
}

static bool queue_pop(uintptr_t thread, uint32_t *value)
{
    (void)thread;
    return pawl_mpmc_word_try_pop(&q.queue, value);
}

#include "queue.h"
#include "live.h"
#include "exact.h"

int main(void)
{
    return safety() || laps() || liveness() || room() || prompt() || exact();
}
