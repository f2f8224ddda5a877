/* worker_group.c - a client for GenMC: worker_group.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "../../src/worker_group.c"     /* first: it says which POSIX it wants */
#include "../../src/event.c"
#include "../../src/mpmc_swap.c"
#include "../../src/channel.c"
#include "../../src/sem.c"
#include "client.h"

enum { CAPACITY = 1, PORTS = 2 };

static struct {
    pawl_channel channel;
    alignas(PAWL_LINE) char queue[2048];
} c;
static struct {
    pawl_worker_group group;
    worker worker;
    void *cells[PAWL_LINE / sizeof(void *)];
} g;
static pawl_worker_group_plan plan;
static pawl_channel_port *port;
static uint32_t ran;                    /* plain: by the worker, until it has ended */

static void run(void *context, void **cells, size_t n)
{
    (void)context;
    assert(n == 1 && *(uint64_t *)cells[0] == 7);
    ran++;
}

/* An item was pushed, and the channel closed: it is run, and all comes to an end. */
int safety(void)
{
    ran = 0;
    plan.run = run;
    plan.workers = plan.batch = 1;
    assert(pawl_channel_init(&c.channel, sizeof c, CAPACITY, PORTS, 1,
                             sizeof(uint64_t), PAWL_PRIVATE) == 0);
    assert(pawl_channel_open(&c.channel, &port) == 0);
    *(uint64_t *)pawl_channel_cell(port, 0) = 7;
    assert(pawl_channel_push(port) == 0);
    assert(pawl_channel_close(&c.channel));
    assert(pawl_worker_group_start(&g.group, sizeof g, &c.channel, &plan) == 0);
    assert(pawl_worker_group_drain_until(&g.group, PAWL_FOREVER) == 0);
    assert(ran == 1);
    assert(pawl_worker_group_join(&g.group) == 0);
    return 0;
}

int main(void)
{
    return safety();
}
