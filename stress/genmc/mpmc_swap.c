/* mpmc_swap.c - a client for GenMC: mpmc_swap.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "client.h"
#include "../../src/mpmc_swap.c"

static struct {
    pawl_mpmc_swap queue;
    alignas(PAWL_LINE) char memory[2048];
} q;
static pawl_mpmc_swap_port *ports[CLIENT_THREADS];

static void queue_init(size_t capacity)
{
    assert(pawl_mpmc_swap_init(&q.queue, sizeof q, capacity, CLIENT_THREADS, 1,
                               sizeof(uint64_t)) == 0);
    for (int i = 0; i < CLIENT_THREADS; i++)
        assert(pawl_mpmc_swap_open(&q.queue, &ports[i]) == 0);
}

static bool queue_push(uintptr_t thread, uint32_t value)
{
    *(uint64_t *)pawl_mpmc_swap_cell(ports[thread], 0) = value;
    return pawl_mpmc_swap_try_push(ports[thread]) == 0;
}

static bool queue_pop(uintptr_t thread, uint32_t *value)
{
    void *cell;

    if (pawl_mpmc_swap_try_pop(ports[thread], &cell) != 0)
        return false;
    *value = (uint32_t)*(uint64_t *)cell;
    return true;
}

#include "queue.h"
#include "exact.h"

static uint32_t written;                /* plain: by the closer, before it closes */
static int result;                      /* of the push */

static void *closes(void *a)
{
    written = 1;
    assert(pawl_mpmc_swap_close(&q.queue));
    return a;
}

static void *pushes_or_finds_it_closed(void *a)
{
    result = pawl_mpmc_swap_try_push(ports[(uintptr_t)a]);
    assert(result == 0 || (result == ECANCELED && written == 1));
    return a;
}

/* A push is before the close, and delivered, or after it. */
int closed(void)
{
    static void *cell;

    written = 0;
    begin(1, 0, 0, 0, 0);
    run_threads(pushes_or_finds_it_closed, closes, NULL, NULL);
    assert(pawl_mpmc_swap_try_pop(ports[2], &cell) == result);
    assert(pawl_mpmc_swap_try_pop(ports[2], &cell) == ECANCELED);
    return 0;
}

static void *opens_and_leaves(void *a)
{
    static pawl_mpmc_swap_port *port[CLIENT_THREADS];
    uintptr_t thread = (uintptr_t)a;

    if (pawl_mpmc_swap_open(&q.queue, &port[thread]) == 0) {
        written++;
        pawl_mpmc_swap_leave(port[thread]);
    }
    return a;
}

/* A port is one thread's, with what the last one left. */
int port(void)
{
    written = 0;
    begin(1, 0, 0, 0, 0);
    pawl_mpmc_swap_leave(ports[0]);
    run_threads(opens_and_leaves, opens_and_leaves, opens_and_leaves, NULL);
    assert(written >= 1);
    return 0;
}

int main(void)
{
    return safety() || laps() || room() || prompt() || exact() || closed() || port();
}
