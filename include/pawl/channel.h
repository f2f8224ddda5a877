/* channel.h - a bounded queue to block on: timed, closable, listenable.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What       mpmc_swap's queue, ports and cells, and two event counts: push waits while
 *            it is full, pop while it is empty, threads and poll loops alike.  Nothing
 *            is paid for that while nobody waits, but one load.  A channel_watch can
 *            count what happens in it, and call when it fills up.
 * Source     Ours: mpmc_swap.h and event.h, joined.
 * Layer 5    uses mpmc_swap.h, event.h; backoff.h in src/channel.c.
 *
 * State      queue   an mpmc_swap, in the same block
 *            items   an event: notified once for each item pushed
 *            space   an event: notified once for each item popped
 *            watch   who counts, as in channel_watch.h; NULL: nobody
 * Invariant  I1  who waits has announced itself on the event before it last looked at
 *                the queue
 *            I2  each push notifies items for what it pushed, each pop notifies space
 *                for what it popped, close notifies all on both, who is told ECANCELED
 *                all of the other side, after the fact
 *            I3  a waiter that a notify has chosen looks at the queue once more before
 *                it leaves, its deadline passed or not
 * Effect     As in mpmc_swap.h.  Notifies may be left out when pawl_event_waited() says
 *            so, because the queue is changed and looked at by seq_cst operations only.
 * Progress   try_ calls are lock-free, up to the notify: where a thread sleeps it is a
 *            system call, and where a listener is called, see event.h.  A thread that
 *            is stopped holds up nobody in the queue; stopped before its notify is
 *            done, or after a notify woke it, it (a closer too) delays those who sleep
 *            until the next push (pop), refused or not, close or deadline.  What it
 *            owed them they find if, once awake, they go on until the channel is empty
 *            (full).  Of those who listen (see event.h), a thread stopped when it is
 *            about to call one delays that one until it goes on, whatever is pushed,
 *            popped or closed meanwhile; one stopped at the event's list, all that
 *            notify there too, close among them.
 *            push, pop and pop_n block.
 *
 * Roles      As in mpmc_swap.h: one thread at a time on a port, all else together.  A
 *            port is for the calls of this header: those of mpmc_swap.h wake nobody.
 *
 * Memory     One block of the caller's memory.  For the threads of one process.  Free
 *            it when all calls have returned and no listener is in (the last item can
 *            be popped before its push has returned: that is no leave to free).  A
 *            forked child has a copy that counts waiters it does not have: of no use
 *            but to be freed.
 *
 * Example
 *     size_t bytes = pawl_channel_bytes(1024, 8, 1, sizeof(int));
 *     pawl_channel *c = (pawl_channel *)aligned_alloc(PAWL_LINE, bytes);
 *     pawl_channel_port *port;
 *     void *cell;
 *     if (c != NULL
 *         && pawl_channel_init(c, bytes, 1024, 8, 1, sizeof(int), PAWL_PRIVATE) == 0
 *         && pawl_channel_open(c, &port) == 0) {
 *         *(int *)pawl_channel_cell(port, 0) = 7;
 *         if (pawl_channel_push(port) == 0)
 *             pawl_channel_close(c);
 *         while (pawl_channel_pop(port, &cell) == 0)
 *             printf("%d\n", *(int *)cell);       // until closed and drained
 *         pawl_channel_leave(port);
 *     }
 *     free(c);
 */
#ifndef PAWL_CHANNEL_H
#define PAWL_CHANNEL_H

#include <pawl/event.h>
#include <pawl/mpmc_swap.h>

typedef struct pawl_channel_watch pawl_channel_watch;

typedef struct pawl_channel {
    alignas(PAWL_LINE) pawl_event items;
    pawl_channel_watch *watch;          /* not NULL: watched, in the state of items */
    alignas(PAWL_LINE) pawl_event space;
    /* The queue follows. */
} pawl_channel;

typedef pawl_mpmc_swap_port pawl_channel_port;

static inline pawl_mpmc_swap *pawl_channel_queue_(pawl_channel *c)
{
    return (pawl_mpmc_swap *)(void *)(c + 1);
}

static inline pawl_channel *pawl_channel_of_(pawl_channel_port *port)
{
    return (pawl_channel *)(void *)pawl_mpmc_swap_of_(port) - 1;
}

PAWL_BEGIN

/* Bytes that a channel takes; as pawl_mpmc_swap_bytes, and 0 likewise. */
size_t pawl_channel_bytes(size_t capacity, size_t ports, size_t spares,
                          size_t cell_bytes);

/* Make an open, empty channel of the `bytes` of memory at `c`.  Arguments and errors as
 * pawl_mpmc_swap_init; EINVAL too for any scope but PAWL_PRIVATE. */
int pawl_channel_init(pawl_channel *c, size_t bytes, size_t capacity, size_t ports,
                      size_t spares, size_t cell_bytes, pawl_scope scope);

/* Take a free port, for one thread at a time.  0; EBUSY: all are open.  Any thread. */
int pawl_channel_open(pawl_channel *c, pawl_channel_port **port);

/* Give the port back.  Cells that it lent are not the caller's any more. */
void pawl_channel_leave(pawl_channel_port *port);

/* No more pushes.  Every item whose push succeeded is still delivered; pops then report
 * ECANCELED; all who wait are woken.  True: closed by this call, and what the caller
 * did before is visible to who is told ECANCELED; false: it was closed already.  Any
 * thread; needs no port. */
bool pawl_channel_close(pawl_channel *c);

/* Pop at least `least` items, waiting for them until the moment `until`, and up to
 * `most` (least <= most <= spares; 0 never waits); returns how many, and in cells[0],
 * ... where they lie, the caller's as with pawl_mpmc_swap_try_pop_n.  Fewer than
 * `least`, down to 0: the moment came first, or the channel is closed and drained; the
 * next try_pop tells which.  What it has got it keeps while it waits for more: two who
 * wait for two items each can hold one each, until a third comes. */
PAWL_MUST_USE size_t pawl_channel_pop_n(pawl_channel_port *port, void **cells,
                                        size_t least, size_t most, pawl_time until);

int pawl_channel_push_slow_(pawl_channel_port *port, pawl_time until);
int pawl_channel_pop_slow_(pawl_channel_port *port, void **cell, pawl_time until);

/* For a channel that is watched: a call on this port has pushed `n` items, and `why` it
 * pushed no more; has found it empty; has waited since `began`, for items or space. */
void pawl_channel_saw_push_(pawl_channel_port *port, size_t n, int why);
void pawl_channel_saw_empty_(pawl_channel *c);
void pawl_channel_saw_wait_(pawl_channel *c, pawl_event *e, pawl_time began);

PAWL_END

/* What to listen to for items to pop (a consumer in a poll loop: eventfd.h), and for
 * space to push.  Listen, look by a try_ call, and only then wait. */
static inline pawl_event *pawl_channel_items(pawl_channel *c)
{
    return &c->items;
}

static inline pawl_event *pawl_channel_space(pawl_channel *c)
{
    return &c->space;
}

/* The port's i-th spare cell: as pawl_mpmc_swap_cell. */
static inline void *pawl_channel_cell(pawl_channel_port *port, size_t i)
{
    return pawl_mpmc_swap_cell(port, i);
}

/* How many items there were a moment ago, less what others have popped since: as
 * pawl_mpmc_swap_count_hint says. */
static inline size_t pawl_channel_count_hint(pawl_channel *c)
{
    return pawl_mpmc_swap_count_hint(pawl_channel_queue_(c));
}

static inline void pawl_channel_tell_(pawl_event *e, size_t n)
{
    if (PAWL_UNLIKELY(pawl_event_waited(e)))
        pawl_event_notify(e, (uint32_t)n);
}

/* A call was refused: if as closed, so are told all of the other side, for who has
 * closed it may have been stopped before it told them. */
static inline void pawl_channel_pass_on_(pawl_event *other, int why)
{
    if (PAWL_UNLIKELY(why == ECANCELED))
        pawl_channel_tell_(other, PAWL_ALL);
}

/* n items are in, and `why` no more.  Where nobody waits and nobody watches, state is
 * 0: watched is in it so that each push pays one load and one branch for both. */
static inline void pawl_channel_pushed_(pawl_channel_port *port, size_t n, int why)
{
    pawl_channel *c = pawl_channel_of_(port);
    /* seq_cst: it stands for pawl_event_waited, as that does: its [W]. */
    uint64_t state = atomic_load_explicit(&c->items.state, memory_order_seq_cst);

    if (PAWL_UNLIKELY(state != 0)) {
        if (pawl_event_wanted_(state))
            pawl_event_notify(&c->items, (uint32_t)n);
        if (state & PAWL_EVENT_WATCHED_)
            pawl_channel_saw_push_(port, n, why);
    }
}

/* try_pop, not watched. */
static inline int pawl_channel_take_(pawl_channel_port *port, void **cell)
{
    int result = pawl_mpmc_swap_try_pop(port, cell);

    if (result == 0)
        pawl_channel_tell_(&pawl_channel_of_(port)->space, 1);
    else
        pawl_channel_pass_on_(&pawl_channel_of_(port)->space, result);
    return result;
}

/* Push the port's cell 0, if there is room now.  0, EAGAIN (full) or ECANCELED
 * (closed); on failure the cell is still ours, with its content. */
PAWL_MUST_USE static inline int pawl_channel_try_push(pawl_channel_port *port)
{
    int result = pawl_mpmc_swap_try_push(port);

    pawl_channel_pass_on_(&pawl_channel_of_(port)->items, result);
    if (result == 0)
        pawl_channel_pushed_(port, 1, 0);
    else if (pawl_channel_of_(port)->watch != NULL)
        pawl_channel_saw_push_(port, 0, result);
    return result;
}

/* Push the port's cells 0 to n - 1, or as many as find room now; returns how many. */
PAWL_MUST_USE static inline size_t
pawl_channel_try_push_n(pawl_channel_port *port, size_t n)
{
    int why;
    size_t pushed = pawl_mpmc_swap_put_n_(port, n, &why);

    pawl_channel_pass_on_(&pawl_channel_of_(port)->items, why);
    if (pushed > 0)
        pawl_channel_pushed_(port, pushed, why);
    else if (pawl_channel_of_(port)->watch != NULL)
        pawl_channel_saw_push_(port, 0, why);
    return pushed;
}

/* Pop the oldest item, if there is one now; *cell as in pawl_mpmc_swap_try_pop.  0,
 * EAGAIN (empty), ECANCELED (closed, and all is delivered); from here on EINVAL too, if
 * somebody has overwritten the channel's memory. */
PAWL_MUST_USE static inline int
pawl_channel_try_pop(pawl_channel_port *port, void **cell)
{
    int result = pawl_channel_take_(port, cell);

    if (result == EAGAIN && pawl_channel_of_(port)->watch != NULL)
        pawl_channel_saw_empty_(pawl_channel_of_(port));
    return result;
}

/* Push the port's cell 0, waiting for room until the moment `until`.  0, ECANCELED, or
 * ETIMEDOUT; on failure the cell is still ours.  A moment in the past never sleeps. */
PAWL_MUST_USE static inline int
pawl_channel_push_until(pawl_channel_port *port, pawl_time until)
{
    int result = pawl_channel_try_push(port);

    return result == EAGAIN ? pawl_channel_push_slow_(port, until) : result;
}

/* Push the port's cell 0, waiting for room.  0 or ECANCELED. */
PAWL_MUST_USE static inline int pawl_channel_push(pawl_channel_port *port)
{
    return pawl_channel_push_until(port, PAWL_FOREVER);
}

/* Pop the oldest item, waiting for one until the moment `until`.  0, ECANCELED (closed,
 * and all is delivered) or ETIMEDOUT.  A moment in the past never sleeps. */
PAWL_MUST_USE static inline int
pawl_channel_pop_until(pawl_channel_port *port, void **cell, pawl_time until)
{
    int result = pawl_channel_try_pop(port, cell);

    return result == EAGAIN ? pawl_channel_pop_slow_(port, cell, until) : result;
}

/* Pop the oldest item, waiting for one.  0 or ECANCELED. */
PAWL_MUST_USE static inline int pawl_channel_pop(pawl_channel_port *port, void **cell)
{
    return pawl_channel_pop_until(port, cell, PAWL_FOREVER);
}

#endif
