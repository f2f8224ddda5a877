/* channel_watch.c - looking how full a channel is, and counting.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * All is relaxed here: numbers, which nothing else depends on, and `above`, which says
 * who calls and hands over nothing.
 */
#include <pawl/channel_watch.h>

#include "probe.h"

/* How many pushes do not look, from one that does to the next: 7, or less if 8 are more
 * than an 8th of the items that are looked for. */
static uint64_t between(uint64_t items)
{
    uint64_t pushes = 8;

    while (pushes > 1 && pushes > items / 8)
        pushes /= 2;
    return pushes - 1;
}

int pawl_channel_watch_init(pawl_channel_watch *w, pawl_channel *c, size_t soft,
                            void (*high)(void *arg), void *arg)
{
    if (w == NULL || (uintptr_t)w % PAWL_LINE != 0
        || soft > pawl_channel_queue_(c)->mask + 1 || (soft == 0) != (high == NULL))
        return EINVAL;
    w->high = high;
    w->arg = arg;
    w->soft = soft;
    w->between = between(soft > 0 ? soft : pawl_channel_queue_(c)->mask + 1);
    /* relaxed: not published yet. */
    atomic_store_explicit(&w->deepest, 0, memory_order_relaxed);
    atomic_store_explicit(&w->above, 0, memory_order_relaxed);
    atomic_store_explicit(&w->full, 0, memory_order_relaxed);
    atomic_store_explicit(&w->empty, 0, memory_order_relaxed);
    for (unsigned i = 0; i < PAWL_CHANNEL_WAITS; i++) {
        atomic_store_explicit(&w->push_waits[i], 0, memory_order_relaxed);
        atomic_store_explicit(&w->pop_waits[i], 0, memory_order_relaxed);
    }
    c->watch = w;
    atomic_fetch_or_explicit(&c->items.state, PAWL_EVENT_WATCHED_,
                             memory_order_relaxed);
    return 0;
}

/* There are `depth` items now, and there were `before`: call, if that is high. */
static void judge(pawl_channel *c, uint64_t before, uint64_t depth)
{
    pawl_channel_watch *w = c->watch;
    bool above = atomic_load_explicit(&w->above, memory_order_relaxed) != 0;

    /* The first push to look after a fall to the half comes so many later. */
    if (above && before <= w->soft / 2 + w->between) {
        atomic_store_explicit(&w->above, 0, memory_order_relaxed);
        above = false;
    }
    if (!above && depth >= w->soft
        && atomic_exchange_explicit(&w->above, 1, memory_order_relaxed) == 0) {
        probe_channel_high_water(c, depth);
        w->high(w->arg);
    }
}

/* There are `depth` items, of which this call has pushed n. */
static void look(pawl_channel *c, uint64_t depth, uint64_t n)
{
    pawl_channel_watch *w = c->watch;
    uint64_t deepest = atomic_load_explicit(&w->deepest, memory_order_relaxed);

    while (depth > deepest
           && !atomic_compare_exchange_weak_explicit(&w->deepest, &deepest, depth,
                   memory_order_relaxed, memory_order_relaxed))
        continue;
    if (w->soft > 0)
        judge(c, depth > n ? depth - n : 0, depth);
}

static void count(PAWL_ATOMIC(uint64_t) *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

void pawl_channel_saw_push_(pawl_channel_port *port, size_t n, int why)
{
    pawl_channel *c = pawl_channel_of_(port);

    if (why == EAGAIN) {
        count(&c->watch->full);
        look(c, port->mask + 1, n);
    } else if (n > 1 || (n == 1 && (port->push.at & c->watch->between) == 0)) {
        look(c, pawl_channel_count_hint(c), n);
    }
}

void pawl_channel_saw_empty_(pawl_channel *c)
{
    count(&c->watch->empty);
}

void pawl_channel_saw_wait_(pawl_channel *c, pawl_event *e, pawl_time began)
{
    uint64_t ns = (uint64_t)(pawl_now() - began) | 1;

    count((e == &c->items ? c->watch->pop_waits : c->watch->push_waits)
          + (63 - __builtin_clzll(ns)));
}

void pawl_channel_watch_read(const pawl_channel_watch *w, pawl_channel_stats *stats)
{
    stats->deepest = (size_t)atomic_load_explicit(&w->deepest, memory_order_relaxed);
    stats->full = atomic_load_explicit(&w->full, memory_order_relaxed);
    stats->empty = atomic_load_explicit(&w->empty, memory_order_relaxed);
    for (unsigned i = 0; i < PAWL_CHANNEL_WAITS; i++) {
        stats->push_waits[i] =
            atomic_load_explicit(&w->push_waits[i], memory_order_relaxed);
        stats->pop_waits[i] =
            atomic_load_explicit(&w->pop_waits[i], memory_order_relaxed);
    }
}
