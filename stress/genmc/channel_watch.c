/* channel_watch.c - a client for GenMC: channel_watch.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "client.h"
#include "../../src/event.c"
#include "../../src/mpmc_swap.c"
#include "../../src/channel.c"
#define look look_how_full              /* there are two of that name */
#include "../../src/channel_watch.c"

enum { CAPACITY = 2, PORTS = 2 };

static struct {
    pawl_channel channel;
    alignas(PAWL_LINE) char queue[2048];
} c;
static pawl_channel_watch watch;
static pawl_channel_port *ports[PORTS];
static PAWL_ATOMIC(uint32_t) calls;

static void count_call(void *unused)
{
    (void)unused;
    atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
}

static void begin(size_t soft)
{
    assert(pawl_channel_init(&c.channel, sizeof c, CAPACITY, PORTS, 1,
                             sizeof(uint64_t), PAWL_PRIVATE) == 0);
    atomic_store_explicit(&calls, 0, memory_order_relaxed);
    assert(pawl_channel_watch_init(&watch, &c.channel, soft, count_call, NULL) == 0);
    for (int i = 0; i < PORTS; i++)
        assert(pawl_channel_open(&c.channel, &ports[i]) == 0);
}

static void *pushes(void *a)
{
    assert(pawl_channel_try_push(ports[(uintptr_t)a]) == 0);
    return a;
}

static void *tries_to_pop(void *a)
{
    static void *cell;
    int result = pawl_channel_try_pop(ports[(uintptr_t)a], &cell);

    assert(result == 0 || result == EAGAIN);
    return a;
}

static uint32_t called(void)
{
    return atomic_load_explicit(&calls, memory_order_relaxed);
}

/* Two fill it: a call, or two, where one was late to look. */
int safety(void)
{
    begin(2);
    run_threads(pushes, pushes, NULL, NULL);
    assert(pawl_channel_try_push(ports[0]) == EAGAIN);
    assert(called() == 1 || called() == 2);
    assert(atomic_load_explicit(&watch.full, memory_order_relaxed) == 1);
    assert(atomic_load_explicit(&watch.deepest, memory_order_relaxed) == 2);
    return 0;
}

/* One pushes, another pops, perhaps too early: that is counted. */
int counted(void)
{
    begin(1);
    run_threads(pushes, tries_to_pop, NULL, NULL);
    assert(called() <= 1);
    assert(atomic_load_explicit(&watch.deepest, memory_order_relaxed) <= 1);
    assert(atomic_load_explicit(&watch.empty, memory_order_relaxed)
           == pawl_channel_count_hint(&c.channel));
    return 0;
}

int main(void)
{
    return safety() || counted();
}
