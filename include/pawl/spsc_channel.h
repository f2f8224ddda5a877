/* spsc_channel.h - a bounded queue to block on, for one producer and one consumer.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What       spsc_ring's elements, copied in and out, and two event counts: push waits
 *            while it is full, pop while it is empty, threads and poll loops alike.
 *            Closable by anybody.  A push (or a batch) is one read-modify-write more
 *            than the ring's own, by which it is in, or comes too late.
 * Source     Ours: spsc_ring.h and event.h, joined.
 * Layer 5    uses spsc_ring.h, event.h; backoff.h in src/spsc_channel.c.
 *
 * State      ring    an spsc_ring, in the same block
 *            gate    2 * (elements pushed since init) | closed
 *            pushed  the producer's copy of gate, while it is open
 *            popped  2 * (elements popped since init): the consumer's;  seen: gate, as
 *                    it last saw it
 *            items   an event: all are notified, once for each push or batch
 *            space   an event: likewise, for each pop or batch that makes room
 *
 *              gate: 2k, open    --push n--> 2(k + n), open       after it is stored
 *              gate: 2k, open    --close-->  2k, closed           for ever
 *
 * Invariant  I1  An element is in the ring before gate counts it, and is popped after.
 *                What the ring has beyond that, once it is closed, nobody ever pops.
 *            I2  who waits has announced itself on the event before it last looked at
 *                gate (at the ring's room)
 *            I3  each push notifies items, each pop that has finished a block notifies
 *                space, close notifies both, who is told ECANCELED the other side's:
 *                all on it, after the fact.  All, though at most one thread waits: so
 *                none who listens takes another's call.
 *            I4  a waiter that a notify has chosen looks once more before it leaves,
 *                its deadline passed or not
 * Effect     push at its step on gate [P], close at its own [C]: one word has one order
 *            of changes, so that a push is before the close, and is delivered, or after
 *            it, and refused.  pop at its load of gate [G], or for what that had shown
 *            already, at its call.  Empty and closed are exact; full is the ring's, at
 *            its load of done: a push succeeds whenever fewer than `capacity` are in,
 *            as far as the producer has heard of pops.
 *            The notify of items may be left out when pawl_event_waited() says so, for
 *            gate is changed by seq_cst operations [P], and looked at by them [G]: the
 *            ring's own stores would not do, as they may still be on their way when
 *            their writer looks for waiters.  So that of space never is left out: room
 *            is such a store.  Nor are those of close and of ECANCELED.
 * Progress   try_ calls are wait-free, up to the notify, for which see event.h.  close
 *            is lock-free likewise.  A producer that is stopped holds up nothing that
 *            it has pushed; a consumer that is, lets the ring fill up.  Stopped before
 *            its notify is done, or after a notify woke it, a thread (a closer too)
 *            delays the other side, if that sleeps, until the next push, refused or not
 *            (the end of the next block of pops, or a pop told ECANCELED), close or
 *            deadline.  If that listens (see event.h), a thread stopped when it is
 *            about to call the listener delays it until it goes on, whatever is pushed
 *            or closed meanwhile; one stopped at the event's list, all that notify
 *            there too, close among them.
 *            push, pop and pop_n block.
 *
 * Roles            push  pop  close    X: the caller keeps them apart
 *            push   X     -     -      -: may run together
 *            pop    -     X     -
 *            close  -     -     -
 *            Another thread may take over a side, if what the last one did happens
 *            before (a join, a lock, a queue).
 *
 * Memory     One block of the caller's memory.  For the threads of one process.  Free
 *            it when all calls have returned and no listener is in (the last element
 *            can be popped before its push has returned: that is no leave to free).  A
 *            forked child has a copy that counts waiters it does not have: of no use
 *            but to be freed.
 * Limit      Fewer than 2^63 elements are in at a time, whatever memory there is; the
 *            counts may wrap.
 *
 * Example
 *     size_t bytes = pawl_spsc_channel_bytes(1024, sizeof(double));
 *     pawl_spsc_channel *c = (pawl_spsc_channel *)aligned_alloc(PAWL_LINE, bytes);
 *     double in = 0.5, out;
 *     if (c != NULL
 *         && pawl_spsc_channel_init(c, bytes, 1024, sizeof in, PAWL_PRIVATE) == 0) {
 *         if (pawl_spsc_channel_push(c, &in, sizeof in) == 0)
 *             pawl_spsc_channel_close(c);
 *         while (pawl_spsc_channel_pop(c, &out, sizeof out) == 0)
 *             printf("%g\n", out);                // until closed and drained
 *     }
 *     free(c);
 */
#ifndef PAWL_SPSC_CHANNEL_H
#define PAWL_SPSC_CHANNEL_H

#include <pawl/event.h>
#include <pawl/spsc_ring.h>

typedef struct pawl_spsc_channel {
    alignas(PAWL_LINE) pawl_event items;
    alignas(PAWL_LINE) pawl_event space;
    alignas(PAWL_LINE) PAWL_ATOMIC(uint64_t) gate;
    uint64_t pushed;                    /* the producer's */
    alignas(PAWL_LINE) uint64_t popped;         /* the consumer's, and so is seen */
    uint64_t seen;
    /* The ring follows. */
} pawl_spsc_channel;

#define PAWL_SPSC_CHANNEL_CLOSED_ UINT64_C(1)
#define PAWL_SPSC_CHANNEL_ONE_    UINT64_C(2)

static inline pawl_spsc_ring *pawl_spsc_channel_ring_(pawl_spsc_channel *c)
{
    return (pawl_spsc_ring *)(void *)(c + 1);
}

PAWL_BEGIN

/* Bytes that a channel takes; as pawl_spsc_ring_bytes, and 0 likewise. */
size_t pawl_spsc_channel_bytes(size_t capacity, size_t size);

/* Make an open, empty channel of the `bytes` of memory at `c`.  Arguments and errors as
 * pawl_spsc_ring_init; EINVAL too for any scope but PAWL_PRIVATE. */
int pawl_spsc_channel_init(pawl_spsc_channel *c, size_t bytes, size_t capacity,
                           size_t size, pawl_scope scope);

/* No more pushes.  Every element whose push succeeded is still delivered; pops then
 * report ECANCELED; who waits is woken.  True: closed by this call, and what the caller
 * did before is visible to who is told ECANCELED; false: it was closed already.  Any
 * thread. */
bool pawl_spsc_channel_close(pawl_spsc_channel *c);

/* Pop at least `least` elements of `size` bytes, waiting for them until the moment
 * `until`, and up to `most` (least <= most; 0 never waits); returns how many.  Fewer
 * than `least`, down to 0: the moment came first, or the channel is closed and drained;
 * the next try_pop tells which.  The consumer only. */
PAWL_MUST_USE size_t
pawl_spsc_channel_pop_n(pawl_spsc_channel *c, void *elements, size_t least, size_t most,
                        size_t size, pawl_time until);

int pawl_spsc_channel_push_slow_(pawl_spsc_channel *c, const void *element, size_t size,
                                 pawl_time until);
int pawl_spsc_channel_pop_slow_(pawl_spsc_channel *c, void *element, size_t size,
                                pawl_time until);

PAWL_END

/* What to listen to for elements to pop (a consumer in a poll loop: eventfd.h), and for
 * room to push.  Listen, look by a try_ call, and only then wait. */
static inline pawl_event *pawl_spsc_channel_items(pawl_spsc_channel *c)
{
    return &c->items;
}

static inline pawl_event *pawl_spsc_channel_space(pawl_spsc_channel *c)
{
    return &c->space;
}

/* A call is told that it is closed: so are those who wait on the other side, for who
 * has closed it may have been stopped before it told them. */
static inline int pawl_spsc_channel_over_(pawl_event *other)
{
    pawl_event_notify(other, PAWL_ALL);
    return ECANCELED;
}

/* n elements are in the ring: let them be in.  0 or ECANCELED. */
static inline int pawl_spsc_channel_count_(pawl_spsc_channel *c, size_t n)
{
    uint64_t open = c->pushed, more = open + n * PAWL_SPSC_CHANNEL_ONE_;

    /* [P] release: pairs with [G], handing over the elements.  seq_cst: forbids, with
     * event.h's [W] and [A] and with [G], that both sides see the other absent.
     * acquire: closed; pairs with [C]. */
    if (!atomic_compare_exchange_strong_explicit(&c->gate, &open, more,
            memory_order_seq_cst, memory_order_acquire))
        return pawl_spsc_channel_over_(&c->items);
    c->pushed = more;
    if (PAWL_UNLIKELY(pawl_event_waited(&c->items)))
        pawl_event_notify(&c->items, PAWL_ALL);
    return 0;
}

/* Push the element of `size` bytes at `element` (as init was told), if there is room
 * now.  0, EAGAIN (full) or ECANCELED (closed).  The producer only. */
PAWL_MUST_USE static inline int
pawl_spsc_channel_try_push(pawl_spsc_channel *c, const void *element, size_t size)
{
    if (PAWL_UNLIKELY(!pawl_spsc_ring_try_push(pawl_spsc_channel_ring_(c), element,
                                               size)))
        /* acquire: pairs with [C].  Who is about to sleep sees by event.h's [A] what
         * was closed before. */
        return atomic_load_explicit(&c->gate, memory_order_acquire)
                   & PAWL_SPSC_CHANNEL_CLOSED_
                       ? pawl_spsc_channel_over_(&c->items) : EAGAIN;
    return pawl_spsc_channel_count_(c, 1);
}

/* Push n elements, or as many as find room now; returns how many.  All of these are in
 * at once, or none, as it is closed.  The producer only. */
PAWL_MUST_USE static inline size_t
pawl_spsc_channel_try_push_n(pawl_spsc_channel *c, const void *elements, size_t n,
                             size_t size)
{
    size_t pushed = pawl_spsc_ring_try_push_n(pawl_spsc_channel_ring_(c), elements, n,
                                              size);

    return pushed > 0 && pawl_spsc_channel_count_(c, pushed) == 0 ? pushed : 0;
}

/* Pop up to n elements; returns how many: fewer than n are all that gate, as seen, has
 * counted. */
static inline size_t
pawl_spsc_channel_take_(pawl_spsc_channel *c, void *elements, size_t n, size_t size)
{
    pawl_spsc_ring *r = pawl_spsc_channel_ring_(c);
    /* relaxed, here and below: written by this side only. */
    uint64_t done = atomic_load_explicit(&r->done, memory_order_relaxed);
    uint64_t in = (c->seen - c->popped) / PAWL_SPSC_CHANNEL_ONE_;

    if (in < n) {
        /* [G] acquire: pairs with [P], and with [C].  seq_cst: as at [P]. */
        c->seen = atomic_load_explicit(&c->gate, memory_order_seq_cst);
        in = (c->seen - c->popped) / PAWL_SPSC_CHANNEL_ONE_;
    }
    n = pawl_spsc_ring_try_pop_n(r, elements, in < n ? (size_t)in : n, size);
    c->popped += n * PAWL_SPSC_CHANNEL_ONE_;
    if (atomic_load_explicit(&r->done, memory_order_relaxed) != done)
        pawl_event_notify(&c->space, PAWL_ALL);
    return n;
}

/* Why take_ has found fewer than it was to. */
static inline int pawl_spsc_channel_why_(pawl_spsc_channel *c)
{
    return c->seen & PAWL_SPSC_CHANNEL_CLOSED_
               ? pawl_spsc_channel_over_(&c->space) : EAGAIN;
}

/* Pop the oldest element into the `size` bytes at `element`, if there is one now, which
 * are left alone on failure.  0, EAGAIN (empty), ECANCELED (closed, and all is
 * delivered).  The consumer only. */
PAWL_MUST_USE static inline int
pawl_spsc_channel_try_pop(pawl_spsc_channel *c, void *element, size_t size)
{
    return pawl_spsc_channel_take_(c, element, 1, size) > 0
               ? 0 : pawl_spsc_channel_why_(c);
}

/* Push an element, waiting for room until the moment `until`.  0, ECANCELED, or
 * ETIMEDOUT.  A moment in the past never sleeps.  The producer only. */
PAWL_MUST_USE static inline int
pawl_spsc_channel_push_until(pawl_spsc_channel *c, const void *element, size_t size,
                             pawl_time until)
{
    int result = pawl_spsc_channel_try_push(c, element, size);

    return result == EAGAIN ? pawl_spsc_channel_push_slow_(c, element, size, until)
                            : result;
}

/* Push an element, waiting for room.  0 or ECANCELED.  The producer only. */
PAWL_MUST_USE static inline int
pawl_spsc_channel_push(pawl_spsc_channel *c, const void *element, size_t size)
{
    return pawl_spsc_channel_push_until(c, element, size, PAWL_FOREVER);
}

/* Pop the oldest element, waiting for one until the moment `until`.  0, ECANCELED
 * (closed, and all is delivered) or ETIMEDOUT.  A moment in the past never sleeps.  The
 * consumer only. */
PAWL_MUST_USE static inline int
pawl_spsc_channel_pop_until(pawl_spsc_channel *c, void *element, size_t size,
                            pawl_time until)
{
    int result = pawl_spsc_channel_try_pop(c, element, size);

    return result == EAGAIN ? pawl_spsc_channel_pop_slow_(c, element, size, until)
                            : result;
}

/* Pop the oldest element, waiting for one.  0 or ECANCELED.  The consumer only. */
PAWL_MUST_USE static inline int
pawl_spsc_channel_pop(pawl_spsc_channel *c, void *element, size_t size)
{
    return pawl_spsc_channel_pop_until(c, element, size, PAWL_FOREVER);
}

#endif
