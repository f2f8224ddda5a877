/* channel.c - waiting for room and for items.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/channel.h>

#include "block.h"
#include "probe.h"
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
    c->watch = NULL;
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
    probe_channel_close(c, closed);
    return closed;
}

/* One call that waits. */
typedef struct call {
    pawl_channel_port *port;
    void **cells;
    size_t got, least, most;
    int why;                            /* got no more at the last attempt */
} call;

static int attempt_push(void *argument)
{
    call *w = (call *)argument;
    int result = pawl_mpmc_swap_try_push(w->port);

    if (result == 0)
        pawl_channel_tell_(&pawl_channel_of_(w->port)->items, 1);
    else
        pawl_channel_pass_on_(&pawl_channel_of_(w->port)->items, result);
    return result;
}

static int attempt_pop(void *argument)
{
    call *w = (call *)argument;

    return pawl_channel_take_(w->port, w->cells);
}

/* Take what there is; EAGAIN as long as it is not enough. */
static int attempt_pop_n(void *argument)
{
    call *w = (call *)argument;
    size_t some = pawl_mpmc_swap_take_n_(w->port, w->cells + w->got,
                                         w->most - w->got, &w->why);

    w->got += some;
    if (some > 0)
        pawl_channel_tell_(&pawl_channel_of_(w->port)->space, some);
    pawl_channel_pass_on_(&pawl_channel_of_(w->port)->space, w->why);
    return w->got >= w->least ? 0 : w->why;
}

/* wait_for, probed and watched. */
static int wait_on(pawl_event *e, int (*attempt)(void *), call *w, pawl_time until)
{
    pawl_channel *c = pawl_channel_of_(w->port);
    pawl_time began = c->watch != NULL ? pawl_now() : 0;
    int result;

    probe_channel_wait_begin(c, e == &c->items);
    result = wait_for(attempt, w, e, until);
    probe_channel_wait_end(c, e == &c->items, result);
    if (c->watch != NULL)
        pawl_channel_saw_wait_(c, e, began);
    return result;
}

int pawl_channel_push_slow_(pawl_channel_port *port, pawl_time until)
{
    pawl_channel *c = pawl_channel_of_(port);
    call w = { port, NULL, 0, 0, 0, 0 };
    /* That it was full may have called somebody, who has made room, and been long. */
    int result = c->watch != NULL ? attempt_push(&w) : EAGAIN;

    if (result == EAGAIN)
        result = wait_on(&c->space, attempt_push, &w, until);
    if (c->watch != NULL)
        pawl_channel_saw_push_(port, result == 0, result);
    return result;
}

int pawl_channel_pop_slow_(pawl_channel_port *port, void **cell, pawl_time until)
{
    call w = { port, cell, 0, 0, 0, 0 };

    return wait_on(&pawl_channel_of_(port)->items, attempt_pop, &w, until);
}

size_t pawl_channel_pop_n(pawl_channel_port *port, void **cells, size_t least,
                          size_t most, pawl_time until)
{
    pawl_channel *c = pawl_channel_of_(port);
    call w = { port, cells, 0, least, most, 0 };
    int result;

    PAWL_ASSERT(least <= most && most <= port->spares, "more cells than the port has");
    result = attempt_pop_n(&w);
    if (w.why == EAGAIN && (w.got < least || w.got == 0) && c->watch != NULL)
        pawl_channel_saw_empty_(c);
    if (result == EAGAIN)
        (void)wait_on(&c->items, attempt_pop_n, &w, until);
    return w.got;
}
