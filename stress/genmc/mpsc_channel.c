/* mpsc_channel.c - a client for GenMC: mpsc_channel.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "client.h"
#include "../../src/event.c"
#include "../../src/mem.c"
#include "../../src/mpsc_queue.c"
#define take take_items                 /* there are two of that name */
#include "../../src/mpsc_channel.c"

enum { SLOTS = 4, VALUES = 2 };

static alignas(PAWL_LINE) pawl_mpsc_channel channel;
static uint32_t payload[VALUES];        /* plain: written before push, read after pop */
static bool pushed[VALUES];
static uint32_t taken;

static void begin(void)
{
    assert(pawl_mpsc_channel_init_at_(&channel, 0, NULL, 0, SLOTS) == 0);
    payload[0] = payload[1] = taken = 0;
    pushed[0] = pushed[1] = false;
}

static int pop_one(void)
{
    static void *item;  /* not on the stack: GenMC loses it where pop calls itself */
    int result = pawl_mpsc_channel_pop(&channel, &item);

    if (result == 0) {
        assert(*(uint32_t *)item == 1);
        *(uint32_t *)item = 2;          /* popped once */
        taken++;
    }
    return result;
}

static void *pushes(void *a)
{
    uintptr_t thread = (uintptr_t)a;
    int result;

    payload[thread] = 1;
    result = pawl_mpsc_channel_try_push(&channel, &payload[thread]);
    assert(result == 0 || result == ECANCELED);
    pushed[thread] = result == 0;
    return a;
}

static void *pops_one(void *a)
{
    int result = pop_one();

    assert(result == 0 || result == ECANCELED);
    return a;
}

/* The consumer sleeps, and is woken. */
int safety(void)
{
    begin();
    run_threads(pushes, pops_one, NULL, NULL);
    assert(pushed[0] && taken == 1);
    pawl_mpsc_channel_destroy(&channel);
    return 0;
}

static void *closes(void *a)
{
    assert(pawl_mpsc_channel_close(&channel));
    return a;
}

/* Who sleeps is woken by the close; who comes later does not sleep. */
int closed(void)
{
    begin();
    run_threads(closes, pops_one, NULL, NULL);
    assert(taken == 0);
    pawl_mpsc_channel_destroy(&channel);
    return 0;
}

/* A push is before the close, and delivered, or after it. */
int late(void)
{
    begin();
    run_threads(pushes, pushes, closes, NULL);
    while (pop_one() == 0)
        continue;
    assert(taken == (uint32_t)pushed[0] + (uint32_t)pushed[1]);
    pawl_mpsc_channel_destroy(&channel);
    return 0;
}

int main(void)
{
    return safety() || closed() || late();
}
