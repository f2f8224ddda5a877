/* mpsc_channel.h - an unbounded queue to block on, for many producers, one consumer.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What       mpsc_queue's FIFO of pointers, and an event count: pop waits while it is
 *            empty, a thread or a poll loop alike; push never waits.  Closable by
 *            anybody.  A push (or a batch) is two read-modify-writes more than the
 *            queue's own: it enters and leaves.
 * Source     Ours: mpsc_queue.h and event.h, joined.
 * Layer 5    uses mpsc_queue.h, event.h; backoff.h in src/mpsc_channel.c.
 *
 * State      queue   an mpsc_queue
 *            gate    2 * (pushes under way) | closed
 *            items   an event: all are notified, once for each push or batch that
 *                    leaves
 *
 *              gate: 2n, open      --enter-->  2(n + 1), open     then it may push
 *              gate: 2n            --leave-->  2(n - 1)           then it notifies
 *              gate: 2n, open      --close-->  2n, closed         for ever
 *              gate: 2n, closed    --enter-->  2(n + 1), closed   then it must leave
 *
 * Invariant  I1  Who finds the gate closed as it enters, pushes nothing.
 *            I2  So a gate that is closed, and has none under way, has seen the last
 *                push: whoever looks at the queue after that, finds all there is.
 *            I3  who waits has announced itself on the event, then passed the gate [L],
 *                and then looked at the queue
 *            I4  each push leaves [X] after it is stored, and then looks for waiters
 *                and notifies; one that is refused, and close, notify without a look.
 *                All, though at most one thread waits: so none who listens takes
 *                another's call.
 *            I5  a waiter that a notify has chosen looks once more before it leaves,
 *                its deadline passed or not
 * Effect     push as in mpsc_queue.h, if it has entered before the close; close at its
 *            step on gate [C].  All steps on gate are read-modify-writes, which stand
 *            in one order: a push that enters before the close is delivered (or has
 *            found no memory), one that enters after it is refused.  ECANCELED of pops
 *            at [L].
 *            The notify may be left out when pawl_event_waited() says so: a push that
 *            leaves [X] before the waiter passes [L], has its items seen by that; one
 *            that leaves after, has seen [L], and all before it: the waiter announced.
 *            The queue's own stores and loads would not do: a store may still be on its
 *            way when its writer looks for waiters.
 * Progress   As mpsc_queue's, up to the notify, for which see event.h: push and try_pop
 *            are lock-free, but for the allocator.  A producer stopped between ticket
 *            and store hides all later items; a producer stopped anywhere inside push
 *            once it has entered, even if it is to be refused (who finds the gate
 *            closed before, does not enter), keeps pops from ECANCELED: they say
 *            EAGAIN, or wait, until it has left.  Stopped before its notify is done, a
 *            thread (a closer too) delays the consumer, if that sleeps, until the next
 *            push, refused or not, close or deadline.  If it listens (see event.h), a
 *            thread stopped when it is about to call the listener delays it until it
 *            goes on, whatever is pushed or closed meanwhile; one stopped at the
 *            event's list, all that notify there too: pushes, and close.
 *            A stopped consumer holds up nobody, until memory is refused.
 *            pop and pop_n block.
 *
 * Roles            push  pop  close  count_hint
 *            push   -     -     -        -         any number of threads
 *            pop    -     X     -        -         one thread at a time
 *            close  -     -     -        -         any number of threads
 *
 * Memory     The queue's segments, from the caller's pawl_mem or malloc, as in
 *            mpsc_queue.h.  For the threads of one process.  Destroy it when all calls
 *            have returned and no listener is in: that the last item was popped does
 *            not say that its push has returned.  Items still inside are the caller's.
 *            A forked child has a copy that counts waiters it does not have: of no use
 *            but to be destroyed, and that if no thread was in a call.
 * Limit      As mpsc_queue's.
 *
 * Example
 *     pawl_mpsc_channel c;
 *     uint32_t message = 7;
 *     void *item;
 *     if (pawl_mpsc_channel_init(&c, 0, NULL, PAWL_PRIVATE) == 0) {
 *         if (pawl_mpsc_channel_try_push(&c, &message) == 0)
 *             pawl_mpsc_channel_close(&c);
 *         while (pawl_mpsc_channel_pop(&c, &item) == 0)
 *             printf("%u\n", (unsigned)*(uint32_t *)item);    // until drained
 *         pawl_mpsc_channel_destroy(&c);
 *     }
 */
#ifndef PAWL_MPSC_CHANNEL_H
#define PAWL_MPSC_CHANNEL_H

#include <pawl/event.h>
#include <pawl/mpsc_queue.h>

typedef struct pawl_mpsc_channel {
    alignas(PAWL_LINE) pawl_event items;
    alignas(PAWL_LINE) PAWL_ATOMIC(uint64_t) gate;
    pawl_mpsc_queue queue;
} pawl_mpsc_channel;

#define PAWL_MPSC_CHANNEL_CLOSED_ UINT64_C(1)
#define PAWL_MPSC_CHANNEL_ONE_    UINT64_C(2)

PAWL_BEGIN

/* Make an open, empty channel.  `limit`, `mem` and errors as pawl_mpsc_queue_init;
 * EINVAL too for any scope but PAWL_PRIVATE. */
int pawl_mpsc_channel_init(pawl_mpsc_channel *c, size_t limit, const pawl_mem *mem,
                           pawl_scope scope);

/* For tests: the first segment is the `segment`-th, of `slots` slots, 2 to 1,024. */
int pawl_mpsc_channel_init_at_(pawl_mpsc_channel *c, size_t limit, const pawl_mem *mem,
                               uint64_t segment, uint64_t slots);

/* Give all memory back.  Call it when no other thread can touch the channel again. */
void pawl_mpsc_channel_destroy(pawl_mpsc_channel *c);

/* No more pushes.  Every item whose push succeeded is still delivered; pops then report
 * ECANCELED; who waits is woken.  True: closed by this call, and what the caller did
 * before is visible to who is told ECANCELED; false: it was closed already.  Any
 * thread. */
bool pawl_mpsc_channel_close(pawl_mpsc_channel *c);

/* Append up to n items: as pawl_mpsc_queue_try_push_n; none, if it is closed.  Any
 * thread. */
PAWL_MUST_USE size_t pawl_mpsc_channel_try_push_n(pawl_mpsc_channel *c,
                                                  void *const *items, size_t n);

/* Pop at least `least` items, waiting for them until the moment `until`, and up to
 * `most` (least <= most; 0 never waits); returns how many.  Fewer than `least`, down to
 * 0: the moment came first, or the channel is closed and drained; the next try_pop
 * tells which.  The consumer only. */
PAWL_MUST_USE size_t pawl_mpsc_channel_pop_n(pawl_mpsc_channel *c, void **items,
                                             size_t least, size_t most,
                                             pawl_time until);

bool pawl_mpsc_channel_refuse_(pawl_mpsc_channel *c);
int pawl_mpsc_channel_pop_empty_(pawl_mpsc_channel *c, void **item);
int pawl_mpsc_channel_pop_slow_(pawl_mpsc_channel *c, void **item, pawl_time until);

PAWL_END

/* What to listen to for items to pop (a consumer in a poll loop: eventfd.h).  Listen,
 * look by try_pop, and only then wait. */
static inline pawl_event *pawl_mpsc_channel_items(pawl_mpsc_channel *c)
{
    return &c->items;
}

/* How many items there were a moment ago: as pawl_mpsc_queue_count_hint. */
static inline size_t pawl_mpsc_channel_count_hint(const pawl_mpsc_channel *c)
{
    return pawl_mpsc_queue_count_hint(&c->queue);
}

static inline void pawl_mpsc_channel_leave_(pawl_mpsc_channel *c)
{
    /* [X] release: pairs with [L], handing over what we have pushed.  acquire: pairs
     * with the [L] before it: that one's announcement is not missed below. */
    atomic_fetch_sub_explicit(&c->gate, PAWL_MPSC_CHANNEL_ONE_, memory_order_acq_rel);
    if (PAWL_UNLIKELY(pawl_event_waited(&c->items)))
        pawl_event_notify(&c->items, PAWL_ALL);
}

/* False: closed. */
static inline bool pawl_mpsc_channel_enter_(pawl_mpsc_channel *c)
{
    /* relaxed: seen late, it is seen below; so who comes long after the close is not
     * counted, and keeps no pop from its end. */
    if (atomic_load_explicit(&c->gate, memory_order_relaxed)
            & PAWL_MPSC_CHANNEL_CLOSED_)
        return pawl_mpsc_channel_refuse_(c);
    /* relaxed: it stands before the close, or after; [X] hands over. */
    if (PAWL_UNLIKELY(atomic_fetch_add_explicit(&c->gate, PAWL_MPSC_CHANNEL_ONE_,
                          memory_order_relaxed) & PAWL_MPSC_CHANNEL_CLOSED_)) {
        pawl_mpsc_channel_leave_(c);
        return pawl_mpsc_channel_refuse_(c);
    }
    return true;
}

/* Append `item`, which is not NULL.  0; ECANCELED: closed; EINVAL: item is NULL;
 * ENOMEM: as pawl_mpsc_queue_try_push.  Never waits.  Any thread. */
PAWL_MUST_USE static inline int
pawl_mpsc_channel_try_push(pawl_mpsc_channel *c, void *item)
{
    int result;

    if (!pawl_mpsc_channel_enter_(c))
        return ECANCELED;
    result = pawl_mpsc_queue_try_push(&c->queue, item);
    pawl_mpsc_channel_leave_(c);
    return result;
}

/* Pop the oldest item into `*item`, if there is one now, which is left alone on
 * failure.  0, EAGAIN (the next item is not there, or is just being put in), ECANCELED
 * (closed, and all is delivered).  The consumer only. */
PAWL_MUST_USE static inline int
pawl_mpsc_channel_try_pop(pawl_mpsc_channel *c, void **item)
{
    return pawl_mpsc_queue_try_pop(&c->queue, item)
               ? 0 : pawl_mpsc_channel_pop_empty_(c, item);
}

/* Pop the oldest item, waiting for one until the moment `until`.  0, ECANCELED (closed,
 * and all is delivered) or ETIMEDOUT.  A moment in the past never sleeps.  The consumer
 * only. */
PAWL_MUST_USE static inline int
pawl_mpsc_channel_pop_until(pawl_mpsc_channel *c, void **item, pawl_time until)
{
    int result = pawl_mpsc_channel_try_pop(c, item);

    return result == EAGAIN ? pawl_mpsc_channel_pop_slow_(c, item, until) : result;
}

/* Pop the oldest item, waiting for one.  0 or ECANCELED.  The consumer only. */
PAWL_MUST_USE static inline int pawl_mpsc_channel_pop(pawl_mpsc_channel *c, void **item)
{
    return pawl_mpsc_channel_pop_until(c, item, PAWL_FOREVER);
}

#endif
