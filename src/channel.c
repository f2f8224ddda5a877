/* channel.c - waiting for room and for items.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/channel.h>

#include "block.h"
#include "wait.h"

size_t pawl_channel_bytes(size_t capacity, size_t ports, size_t spares,
                          size_t cell_bytes)
{
    size_t queue = pawl_mpmc_swap_bytes(capacity, ports, spares, cell_bytes);

    return queue == 0 || !add_bytes(&queue, 1, sizeof(pawl_channel)) ? 0 : queue;
}

int pawl_channel_init(pawl_channel *c, size_t bytes, size_t capacity, size_t ports,
                      size_t spares, size_t cell_bytes, pawl_scope scope)
{
    int refused;

    if (scope != PAWL_PRIVATE || c == NULL || (uintptr_t)c % PAWL_LINE != 0)
        return EINVAL;
    refused = pawl_mpmc_swap_init(pawl_channel_queue_(c),
                  bytes > sizeof *c ? bytes - sizeof *c : 0,
                  capacity, ports, spares, cell_bytes);
    if (refused)
        return refused;
    pawl_event_init(&c->items, PAWL_PRIVATE);
    pawl_event_init(&c->space, PAWL_PRIVATE);
    return 0;
}

int pawl_channel_open(pawl_channel *c, pawl_channel_port **port)
{
    return pawl_mpmc_swap_open(pawl_channel_queue_(c), port);
}

void pawl_channel_leave(pawl_channel_port *port)
{
    pawl_mpmc_swap_leave(port);
}

bool pawl_channel_close(pawl_channel *c)
{
    bool closed = pawl_mpmc_swap_close(pawl_channel_queue_(c));

    /* Closed before or now: whoever had closed it may have been stopped before this. */
    pawl_channel_tell_(&c->items, PAWL_ALL);
    pawl_channel_tell_(&c->space, PAWL_ALL);
    return closed;
}

/* One call that waits. */
typedef struct call {
    pawl_channel_port *port;
    void **cells;
    size_t got, least, most;
} call;

static int attempt_push(void *argument)
{
    call *w = (call *)argument;

    return pawl_channel_try_push(w->port);
}

static int attempt_pop(void *argument)
{
    call *w = (call *)argument;

    return pawl_channel_try_pop(w->port, w->cells);
}

/* Take what there is; EAGAIN as long as it is not enough. */
static int attempt_pop_n(void *argument)
{
    call *w = (call *)argument;
    int why;
    size_t some = pawl_mpmc_swap_take_n_(w->port, w->cells + w->got,
                                         w->most - w->got, &why);

    w->got += some;
    if (some > 0)
        pawl_channel_tell_(&pawl_channel_of_(w->port)->space, some);
    return w->got >= w->least ? 0 : why;
}

int pawl_channel_push_slow_(pawl_channel_port *port, pawl_time until)
{
    call w = { port, NULL, 0, 0, 0 };

    return wait_for(attempt_push, &w, &pawl_channel_of_(port)->space, until);
}

int pawl_channel_pop_slow_(pawl_channel_port *port, void **cell, pawl_time until)
{
    call w = { port, cell, 0, 0, 0 };

    return wait_for(attempt_pop, &w, &pawl_channel_of_(port)->items, until);
}

size_t pawl_channel_pop_n(pawl_channel_port *port, void **cells, size_t least,
                          size_t most, pawl_time until)
{
    call w = { port, cells, 0, least, most };

    PAWL_ASSERT(least <= most && most <= port->spares, "more cells than the port has");
    if (attempt_pop_n(&w) == EAGAIN)
        (void)wait_for(attempt_pop_n, &w, &pawl_channel_of_(port)->items, until);
    return w.got;
}
