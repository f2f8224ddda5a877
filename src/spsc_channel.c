/* spsc_channel.c - waiting for room and for elements.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/spsc_channel.h>

#include "block.h"
#include "wait.h"

size_t pawl_spsc_channel_bytes(size_t capacity, size_t size)
{
    size_t ring = pawl_spsc_ring_bytes(capacity, size);

    return ring == 0 || !add_bytes(&ring, 1, sizeof(pawl_spsc_channel)) ? 0 : ring;
}

int pawl_spsc_channel_init(pawl_spsc_channel *c, size_t bytes, size_t capacity,
                           size_t size, pawl_scope scope)
{
    int refused;

    if (scope != PAWL_PRIVATE || c == NULL || (uintptr_t)c % PAWL_LINE != 0)
        return EINVAL;
    refused = pawl_spsc_ring_init(pawl_spsc_channel_ring_(c),
                  bytes > sizeof *c ? bytes - sizeof *c : 0, capacity, size);
    if (refused)
        return refused;
    pawl_event_init(&c->items, PAWL_PRIVATE);
    pawl_event_init(&c->space, PAWL_PRIVATE);
    /* relaxed: not published yet. */
    atomic_store_explicit(&c->gate, 0, memory_order_relaxed);
    c->pushed = c->popped = c->seen = 0;
    return 0;
}

bool pawl_spsc_channel_close(pawl_spsc_channel *c)
{
    /* [C] release: hands what the closer did before to those who find it closed.  What
     * the [P] before it have handed over stays so: a read-modify-write does not end
     * that. */
    uint64_t gate = atomic_fetch_or_explicit(&c->gate, PAWL_SPSC_CHANNEL_CLOSED_,
                                             memory_order_release);

    /* Closed before or now: whoever had closed it may have been stopped before this. */
    pawl_event_notify(&c->items, PAWL_ALL);
    pawl_event_notify(&c->space, PAWL_ALL);
    return (gate & PAWL_SPSC_CHANNEL_CLOSED_) == 0;
}

/* --- calls that wait -------------------------------------------------------------- */

typedef struct push_call {
    pawl_spsc_channel *channel;
    const void *element;
    size_t size;
} push_call;

typedef struct pop_call {
    pawl_spsc_channel *channel;
    char *elements;
    size_t got, least, most, size;
} pop_call;

static int attempt_push(void *argument)
{
    push_call *w = (push_call *)argument;

    return pawl_spsc_channel_try_push(w->channel, w->element, w->size);
}

/* Take what there is; EAGAIN as long as it is not enough. */
static int attempt_pop(void *argument)
{
    pop_call *w = (pop_call *)argument;

    w->got += pawl_spsc_channel_take_(w->channel, w->elements + w->got * w->size,
                                      w->most - w->got, w->size);
    return w->got >= w->least ? 0 : pawl_spsc_channel_why_(w->channel);
}

int pawl_spsc_channel_push_slow_(pawl_spsc_channel *c, const void *element, size_t size,
                                 pawl_time until)
{
    push_call w = { c, element, size };

    return wait_for(attempt_push, &w, &c->space, until);
}

int pawl_spsc_channel_pop_slow_(pawl_spsc_channel *c, void *element, size_t size,
                                pawl_time until)
{
    pop_call w = { c, (char *)element, 0, 1, 1, size };

    return wait_for(attempt_pop, &w, &c->items, until);
}

size_t pawl_spsc_channel_pop_n(pawl_spsc_channel *c, void *elements, size_t least,
                               size_t most, size_t size, pawl_time until)
{
    pop_call w = { c, (char *)elements, 0, least, most, size };

    PAWL_ASSERT(least <= most, "at least more than at most");
    if (attempt_pop(&w) == EAGAIN)
        (void)wait_for(attempt_pop, &w, &c->items, until);
    return w.got;
}
