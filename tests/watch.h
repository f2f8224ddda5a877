/* watch.h - what the tests of channel_watch.h share: a channel, and who is called.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PAWL_TESTS_WATCH_H
#define PAWL_TESTS_WATCH_H

#include "unit.h"

#include <pawl/channel_watch.h>

enum { SPARES = 8 };

static inline pawl_channel *make(size_t capacity)
{
    size_t bytes = pawl_channel_bytes(capacity, 4, SPARES, sizeof(uint64_t));
    pawl_channel *c = block(bytes);

    assert_int_equal(pawl_channel_init(c, bytes, capacity, 4, SPARES, sizeof(uint64_t),
                                       PAWL_PRIVATE), 0);
    return c;
}

static inline pawl_channel_port *enter(pawl_channel *c)
{
    pawl_channel_port *port = NULL;

    if (pawl_channel_open(c, &port) != 0)
        abort();
    return port;
}

/* Who is called, and what it found. */
typedef struct called {
    pawl_channel *channel;
    pawl_channel_port *other;           /* NULL, or where to take one out */
    unsigned times;
    size_t items;                       /* at the last call */
    pawl_listener ear;
    bool told, told_before;             /* the ear was; when the last call came */
} called;

static inline void hear(pawl_listener *l)
{
    called *me = (called *)(void *)((char *)l - offsetof(called, ear));

    me->told = true;
}

static inline void high(void *argument)
{
    called *me = argument;
    void *cell;

    me->times++;
    me->items = pawl_channel_count_hint(me->channel);
    me->told_before = me->told;
    if (me->other != NULL && pawl_channel_try_pop(me->other, &cell) != 0)
        abort();
}

static inline pawl_channel_stats read_watch(const pawl_channel_watch *w)
{
    pawl_channel_stats stats;

    memset(&stats, 0xa5, sizeof stats);
    pawl_channel_watch_read(w, &stats);
    return stats;
}

static inline uint64_t sum(const uint64_t *waits)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < PAWL_CHANNEL_WAITS; i++)
        n += waits[i];
    return n;
}

/* That many pushes, or pops, which succeed. */
static inline void push(pawl_channel_port *port, size_t n)
{
    while (n-- > 0)
        assert_int_equal(pawl_channel_try_push(port), 0);
}

static inline void pop(pawl_channel_port *port, size_t n)
{
    void *cell;

    while (n-- > 0)
        assert_int_equal(pawl_channel_try_pop(port, &cell), 0);
}

#endif
