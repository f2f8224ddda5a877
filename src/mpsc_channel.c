/* mpsc_channel.c - closing, and waiting for items.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Labels without a place here are in mpsc_channel.h.
 */
#include <pawl/mpsc_channel.h>

#include "wait.h"

int pawl_mpsc_channel_init_at_(pawl_mpsc_channel *c, size_t limit, const pawl_mem *mem,
                               uint64_t segment, uint64_t slots)
{
    int refused = pawl_mpsc_queue_init_at_(&c->queue, limit, mem, segment, slots);

    if (refused)
        return refused;
    pawl_event_init(&c->items, PAWL_PRIVATE);
    /* relaxed: not published yet. */
    atomic_store_explicit(&c->gate, 0, memory_order_relaxed);
    return 0;
}

int pawl_mpsc_channel_init(pawl_mpsc_channel *c, size_t limit, const pawl_mem *mem,
                           pawl_scope scope)
{
    return scope != PAWL_PRIVATE ? EINVAL
         : pawl_mpsc_channel_init_at_(c, limit, mem, 0, PAWL_MPSC_QUEUE_SLOTS_);
}

void pawl_mpsc_channel_destroy(pawl_mpsc_channel *c)
{
    pawl_mpsc_queue_destroy(&c->queue);
}

bool pawl_mpsc_channel_close(pawl_mpsc_channel *c)
{
    /* [C] release: hands what the closer did before to those who find it closed.  What
     * the [X] before it have handed over stays so: a read-modify-write does not end
     * that. */
    uint64_t gate = atomic_fetch_or_explicit(&c->gate, PAWL_MPSC_CHANNEL_CLOSED_,
                                             memory_order_release);

    /* Closed before or now: whoever had closed it may have been stopped before this. */
    pawl_event_notify(&c->items, PAWL_ALL);
    return (gate & PAWL_MPSC_CHANNEL_CLOSED_) == 0;
}

/* A push has found it closed: so is told who waits, for who has closed it may have been
 * stopped before it told that one.  False. */
bool pawl_mpsc_channel_refuse_(pawl_mpsc_channel *c)
{
    /* [M] acquire: pairs with [C].  What was seen closed by a relaxed step is not seen
     * older here; so the pushes that go well do not pay for it. */
    (void)atomic_load_explicit(&c->gate, memory_order_acquire);
    pawl_event_notify(&c->items, PAWL_ALL);
    return false;
}

size_t pawl_mpsc_channel_try_push_n(pawl_mpsc_channel *c, void *const *items, size_t n)
{
    size_t pushed;

    if (!pawl_mpsc_channel_enter_(c))
        return 0;
    pushed = pawl_mpsc_queue_try_push_n(&c->queue, items, n);
    pawl_mpsc_channel_leave_(c);
    return pushed;
}

/* What the consumer gets to hear that finds nothing in the queue hereafter. */
static int pass_gate(pawl_mpsc_channel *c)
{
    /* [L] a read-modify-write that changes nothing: it stands before an [X], or after
     * it.  acquire: pairs with the [X] before it, for I2, and with [C]; release: with
     * the [X] after it. */
    uint64_t gate = atomic_fetch_add_explicit(&c->gate, 0, memory_order_acq_rel);

    return gate == PAWL_MPSC_CHANNEL_CLOSED_ ? ECANCELED : EAGAIN;
}

int pawl_mpsc_channel_pop_empty_(pawl_mpsc_channel *c, void **item)
{
    int why = pass_gate(c);

    return pawl_mpsc_queue_try_pop(&c->queue, item) ? 0 : why;
}

/* --- calls that wait -------------------------------------------------------------- */

typedef struct pop_call {
    pawl_mpsc_channel *channel;
    void **items;
    size_t got, least, most;
} pop_call;

static bool take(pop_call *w)
{
    w->got += pawl_mpsc_queue_try_pop_n(&w->channel->queue, w->items + w->got,
                                        w->most - w->got);
    return w->got >= w->least;
}

/* Take what there is; EAGAIN as long as it is not enough. */
static int attempt_pop(void *argument)
{
    pop_call *w = (pop_call *)argument;
    int why;

    if (take(w))
        return 0;
    why = pass_gate(w->channel);
    return take(w) ? 0 : why;
}

int pawl_mpsc_channel_pop_slow_(pawl_mpsc_channel *c, void **item, pawl_time until)
{
    pop_call w = { c, item, 0, 1, 1 };

    return wait_for(attempt_pop, &w, &c->items, until);
}

size_t pawl_mpsc_channel_pop_n(pawl_mpsc_channel *c, void **items, size_t least,
                               size_t most, pawl_time until)
{
    pop_call w = { c, items, 0, least, most };

    PAWL_ASSERT(least <= most, "at least more than at most");
    if (attempt_pop(&w) == EAGAIN)
        (void)wait_for(attempt_pop, &w, &c->items, until);
    return w.got;
}
