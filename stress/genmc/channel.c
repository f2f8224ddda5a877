/* channel.c - a client for GenMC: channel.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "client.h"
#include "../../src/event.c"
#include "../../src/mpmc_swap.c"
#include "../../src/channel.c"

enum { PORTS = CLIENT_THREADS };

static struct {
    pawl_channel channel;
    alignas(PAWL_LINE) char queue[4096];
} c;
static pawl_channel_port *ports[PORTS];
static uint64_t pushed[PORTS], popped[PORTS];   /* how many, by each thread */

static void begin(size_t capacity)
{
    assert(pawl_channel_init(&c.channel, sizeof c, capacity, PORTS, 1,
                             sizeof(uint64_t), PAWL_PRIVATE) == 0);
    for (int i = 0; i < PORTS; i++) {
        assert(pawl_channel_open(&c.channel, &ports[i]) == 0);
        pushed[i] = popped[i] = 0;
    }
}

/* The cell's content is plain. */
static int push_one(uintptr_t thread)
{
    int result;

    *(uint64_t *)pawl_channel_cell(ports[thread], 0) = 1;
    result = pawl_channel_push(ports[thread]);
    pushed[thread] += result == 0;
    return result;
}

static int pop_one(uintptr_t thread)
{
    static void *cell[PORTS];           /* not on the stack: see run_threads */
    int result = pawl_channel_pop(ports[thread], &cell[thread]);

    if (result == 0) {
        assert(*(uint64_t *)cell[thread] == 1);
        *(uint64_t *)cell[thread] = 2;          /* popped once */
        popped[thread]++;
    }
    return result;
}

static void *pushes(void *a)
{
    int result = push_one((uintptr_t)a);

    assert(result == 0 || result == ECANCELED);
    return a;
}

static void *pops(void *a)
{
    int result = pop_one((uintptr_t)a);

    assert(result == 0 || result == ECANCELED);
    return a;
}

/* The consumer sleeps, and is woken. */
int safety(void)
{
    begin(1);
    run_threads(pushes, pops, NULL, NULL);
    assert(pushed[0] == 1 && popped[1] == 1);
    return 0;
}

/* The producer sleeps, as it is full, and is woken. */
int full(void)
{
    begin(1);
    assert(push_one(0) == 0);
    run_threads(pushes, pops, NULL, NULL);
    assert(pushed[0] == 2 && popped[1] == 1);
    return 0;
}

/* One producer and two consumers, of whom one may sleep. */
int consumers(void)
{
    begin(2);
    assert(push_one(0) == 0);
    run_threads(pushes, NULL, pops, pops);
    assert(pushed[0] == 2 && popped[2] == 1 && popped[3] == 1);
    return 0;
}

/* Two producers, of whom one may sleep as it is full, and one consumer. */
int producers(void)
{
    begin(2);
    assert(push_one(0) == 0);
    run_threads(pushes, pushes, pops, NULL);
    assert(pushed[0] == 2 && pushed[1] == 1 && popped[2] == 1);
    return 0;
}

/* Two and two, with room and items for all.  (Else it is too large for GenMC.) */
int two_by_two(void)
{
    begin(4);
    assert(push_one(0) == 0 && push_one(1) == 0);
    run_threads(pushes, pushes, pops, pops);
    assert(pushed[0] == 2 && pushed[1] == 2 && popped[2] == 1 && popped[3] == 1);
    return 0;
}

static void *closes(void *a)
{
    assert(pawl_channel_close(&c.channel));
    return a;
}

/* Who sleeps is woken by the close; who comes later does not sleep. */
int closed(void)
{
    begin(1);
    run_threads(closes, pops, NULL, NULL);
    assert(popped[1] == 0);
    return 0;
}

/* A push is before the close, and delivered, or after it. */
int late(void)
{
    begin(1);
    run_threads(pushes, closes, NULL, NULL);
    assert((pop_one(1) == 0) == (pushed[0] == 1));
    return 0;
}

int main(void)
{
    return safety() || full() || consumers() || producers() || two_by_two()
        || closed() || late();
}
