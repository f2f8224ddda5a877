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

static void init(size_t capacity, uint32_t spares)
{
    assert(pawl_mpmc_swap_init(&q.queue, sizeof q, capacity, CLIENT_THREADS, spares,
                               sizeof(uint64_t)) == 0);
    for (int i = 0; i < CLIENT_THREADS; i++)
        assert(pawl_mpmc_swap_open(&q.queue, &ports[i]) == 0);
}

static void queue_init(size_t capacity)
{
    init(capacity, 1);
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

static void *pushes_a_batch(void *a)
{
    uintptr_t thread = (uintptr_t)a;
    uint32_t first = value_of(thread, 0), second = value_of(thread, 1);
    size_t some;

    payload[first] = first + 1;
    payload[second] = second + 1;
    *(uint64_t *)pawl_mpmc_swap_cell(ports[thread], 0) = first;
    *(uint64_t *)pawl_mpmc_swap_cell(ports[thread], 1) = second;
    some = pawl_mpmc_swap_try_push_n(ports[thread], 2);
    pushed[first] = some > 0;
    pushed[second] = some > 1;
    return NULL;
}

/* What it got lies in cells of its own, until it pops again. */
static void *pops_a_batch(void *a)
{
    static void *cells[2];
    size_t some = pawl_mpmc_swap_try_pop_n(ports[(uintptr_t)a], cells, 2);

    for (size_t i = 0; i < some; i++) {
        uint32_t value = (uint32_t)*(uint64_t *)cells[i];

        assert(value < VALUES && payload[value] == value + 1 && !popped[value]);
        popped[value] = true;
    }
    return NULL;
}

/* Two at once, beside who pushes one. */
int batches(void)
{
    begin(2, 2, 1, 2, 0);
    init(2, 2);                         /* anew, with a spare for each of a batch */
    run_threads(pushes_a_batch, tries_to_push, pops_a_batch, NULL);
    end(2);
    return 0;
}

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
    return safety() || laps() || room() || prompt() || exact() || batches()
        || closed() || port();
}
