/* mpsc_queue.h - an unbounded queue of pointers for many producers and one consumer.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What       FIFO of pointers that grows and shrinks, 8 bytes an item, in segments of
 *            1,024 slots.  A push is one fetch_add and a store, a pop a load and a
 *            store; in a batch, 64 items share the fetch_add.  Allocates (a segment
 *            each 1,024 pushes, where none is left over); where memory is refused a
 *            push says so, and no item is lost.
 * Source     Ours.  A list of arrays whose slots are drawn by fetch_add is A. Morrison
 *            and Y. Afek, PPoPP 2013, and P. Ramalhete's FAAArrayQueue, 2016.  Here the
 *            slot's number, a ticket, is drawn before the array is looked up, and is
 *            what keeps it in being: no hazard pointers, no epochs.
 * Layer 5    uses atomic.h, mem.h.
 *
 * State      tail     segment | index: the next ticket.  An index of 1,024 or more is
 *                     none: the segment is full, and the next has to be opened.
 *            head     segment | index: the next to pop
 *            last     the newest segment; each knows the one before
 *            newest   its name, told a little later
 *            refused  1: a push was, and the consumer has not asked since
 *            slot     0 -> item, by the producer that drew its ticket
 *
 *              tail: (s, i)             --draw--> (s, i + n)    tickets (s, i) ...
 *              last: s                  --link--> s + 1         second half, or full
 *              tail: (s, 1024 or more)  --open--> (s + 1, 1)    ticket (s + 1, 0)
 *              tail: (s, more)          --undo--> (s, 1024)     no newer one told
 *
 * Invariant  I1  A segment is opened after it was linked, [O] [T]: who draws a ticket
 *                finds in last its segment or a newer one.
 *            I2  The consumer gives a segment back when all of its slots were popped,
 *                and another is linked.  So who holds a ticket, and has not stored yet,
 *                keeps alive its segment and all that are newer; and for the consumer
 *                the newest is always alive.
 *            I3  Only these link.  So the last that their exchange [D] is to replace is
 *                alive, and not made anew: equal means the same.
 *            I4  Each push in the second half sees to it that a segment is linked, and
 *                told, or that memory was refused.  So where the newest is full, and no
 *                other told, memory was refused, or all pushes of its second half are
 *                under way.  Then pushes are refused too, and it is the consumer that
 *                asks again: whenever it has drained a segment, or finds an item
 *                missing and refused set.
 *            I5  Who gives a segment back, or clears refused, looks at tail afterwards,
 *                [R], and asks again if the newest is full.  Who asks, or sets refused,
 *                has drawn from tail before, [T].  Who is the later at tail sees what
 *                the other did.
 *            I6  When the consumer comes to the newest, there is a spare one.  It is
 *                linked behind that before all of its slots are popped: only its own
 *                pushes can have it in hand.  So a drained segment has a next one, and
 *                a drained queue takes 1,024 items whatever memory does, but while a
 *                push under way has the spare one in hand.
 * Effect     push at its ticket [T] or [O], pop at the load of the item [F]; ENOMEM and
 *            false at some moment within the call.
 * Progress   All calls are lock-free, but for what malloc or the caller's pawl_mem do.
 *            A producer stopped between ticket and store hides all later items: pops
 *            return false though they are in.  So false means "the next item is not
 *            there", which is no proof of an empty queue while producers are at work.
 *            Meanwhile pushes go on, and the queue grows: without end, or up to its
 *            limit, and then they say ENOMEM.
 *            A stopped consumer holds up nobody, until memory is refused: from then on
 *            pushes go on until the newest segment is full, and then say ENOMEM until
 *            the consumer goes on.  That memory is there again does not end this, only
 *            its next pops do.  A thread stopped in a push that has got memory keeps
 *            that segment.
 *
 * Roles            push   pop   count_hint
 *            push   -      -        -           any number of threads
 *            pop    -      X        -           one thread at a time
 *
 * Memory     Segments come from the caller's pawl_mem or from malloc.  Push asks for
 *            them, and pop where I4 has it so.  They go back when the consumer moves
 *            on, or where two have asked for the same; but for one, the spare one: when
 *            1,000,000 items have come and gone, two or three are left.  Not between
 *            processes: it has pointers.  A forked child has a copy, which it may use
 *            or destroy if no thread was in a call.  Destroy when no call is under way:
 *            that the last item was popped does not say that its push has returned.
 *            Items still inside are the caller's.
 * Limit      Fewer than 2^18 - 16 threads are inside push at a time, and fewer than
 *            2^39 segments go by while one is stopped there.
 *
 * Example
 *     pawl_mpsc_queue q;
 *     uint32_t message = 7;
 *     void *item;
 *     if (pawl_mpsc_queue_init(&q, 0, NULL) == 0) {
 *         if (pawl_mpsc_queue_try_push(&q, &message) == 0
 *             && pawl_mpsc_queue_try_pop(&q, &item))
 *             message = *(uint32_t *)item;
 *         pawl_mpsc_queue_destroy(&q);
 *     }
 */
#ifndef PAWL_MPSC_QUEUE_H
#define PAWL_MPSC_QUEUE_H

#include <pawl/atomic.h>
#include <pawl/mem.h>

#include <errno.h>

/* A segment; its slots follow. */
typedef struct pawl_mpsc_segment_ {
    alignas(PAWL_LINE) uint64_t name;               /* as in tail, with index 0 */
    struct pawl_mpsc_segment_ *before;              /* given back, perhaps: I2 */
    struct pawl_mpsc_segment_ *after;               /* the consumer's: NULL not known */
} pawl_mpsc_segment_;

typedef struct pawl_mpsc_queue {
    /* Written some times a segment. */
    alignas(PAWL_LINE) PAWL_ATOMIC(uint64_t) last;  /* a pointer */
    uint64_t slots, half;                           /* a segment's; half of them */
    PAWL_ATOMIC(uint64_t) newest;
    PAWL_ATOMIC(uint64_t) spare;                    /* a pointer: one left over, or 0 */
    PAWL_ATOMIC(uint64_t) held;                     /* bytes, of all segments */
    size_t limit;                                   /* bytes, 0: none */
    const pawl_mem *mem;
    PAWL_ATOMIC(uint64_t) refused;
    alignas(PAWL_LINE) PAWL_ATOMIC(uint64_t) tail;  /* producers meet here */
    alignas(PAWL_LINE) PAWL_ATOMIC(uint64_t) head;  /* the consumer's, from here on */
    uint64_t end;                                   /* = slots */
    pawl_mpsc_segment_ *at;                         /* its segment */
} pawl_mpsc_queue;

#define PAWL_MPSC_QUEUE_SLOTS_ UINT64_C(1024)
#define PAWL_MPSC_QUEUE_NEXT_  (UINT64_C(1) << 24)  /* from a name to the next */
#define PAWL_MPSC_QUEUE_DRAW_  64                   /* tickets at a time, at most */
/* Bytes of a segment; a limit is best a multiple of it. */
#define PAWL_MPSC_QUEUE_SEGMENT \
    (sizeof(pawl_mpsc_segment_) + (size_t)PAWL_MPSC_QUEUE_SLOTS_ * sizeof(uint64_t))

PAWL_BEGIN

/* Make an empty queue, which takes two segments at once.  It never has more than
 * `limit` bytes of segments, 0: as many as it is given.  N of them hold (N - 1) * 1,024
 * items or more; less the segments that pushes under way have in hand, which is one
 * each as a rule.  `mem` lives as long as the queue; NULL: malloc.  Not thread-safe:
 * publish `q` to other threads afterwards.  0, or with `q` untouched: EINVAL: a limit
 * of less than two segments; ENOMEM: refused. */
int pawl_mpsc_queue_init(pawl_mpsc_queue *q, size_t limit, const pawl_mem *mem);

/* For tests: the first segment is the `segment`-th, of `slots` slots, 2 to 1,024. */
int pawl_mpsc_queue_init_at_(pawl_mpsc_queue *q, size_t limit, const pawl_mem *mem,
                             uint64_t segment, uint64_t slots);

/* Give all memory back.  Call it when no other thread can touch the queue again. */
void pawl_mpsc_queue_destroy(pawl_mpsc_queue *q);

/* How many items there were a moment ago, with those half pushed; wrong by what comes
 * or goes between its looks at both ends.  Any thread. */
size_t pawl_mpsc_queue_count_hint(const pawl_mpsc_queue *q);

/* Append up to n items, in their order; those of other threads may come between them.
 * Returns how many: fewer than n as try_push's ENOMEM, or where the next one is NULL.
 * Any thread. */
PAWL_MUST_USE size_t pawl_mpsc_queue_try_push_n(pawl_mpsc_queue *q, void *const *items,
                                                size_t n);

/* Push with ticket t, and first link a segment to come after. */
int pawl_mpsc_queue_push_late_(pawl_mpsc_queue *q, uint64_t t, uint64_t item);

/* Push, after drawing t, which is no ticket. */
int pawl_mpsc_queue_push_full_(pawl_mpsc_queue *q, uint64_t t, uint64_t item);

/* On to the next segment, and pop. */
bool pawl_mpsc_queue_pop_next_(pawl_mpsc_queue *q, void **item);

/* Ask again, if the newest segment is full.  False.  The consumer only. */
bool pawl_mpsc_queue_relieve_(pawl_mpsc_queue *q);

PAWL_END

static inline uint64_t pawl_mpsc_queue_index_(uint64_t t)
{
    return t & (PAWL_MPSC_QUEUE_NEXT_ - 1);
}

static inline PAWL_ATOMIC(uint64_t) *
pawl_mpsc_queue_slot_(pawl_mpsc_segment_ *m, uint64_t i)
{
    return (PAWL_ATOMIC(uint64_t) *)(void *)(m + 1) + i;
}

/* Store the item of ticket t, whose segment is m or older. */
static inline void
pawl_mpsc_queue_store_(pawl_mpsc_segment_ *m, uint64_t t, uint64_t item)
{
    uint64_t i = pawl_mpsc_queue_index_(t);

    while (PAWL_UNLIKELY(m->name != t - i))
        m = m->before;
    /* [E] release: hands the item, and all before it, to [F]; and what we read of the
     * segments is over before the consumer gives them back. */
    atomic_store_explicit(pawl_mpsc_queue_slot_(m, i), item, memory_order_release);
}

/* Append `item`, which is not NULL.  0; EINVAL: item is NULL; ENOMEM: the newest
 * segment is full, and memory was refused, or the limit is reached, or the pushes that
 * ask for the next one are all still under way.  Then nothing has changed, and it is so
 * until the consumer's next pops, or until one of those pushes gets memory.  Who pops
 * the item sees what the caller wrote before.  Any thread. */
PAWL_MUST_USE static inline int
pawl_mpsc_queue_try_push(pawl_mpsc_queue *q, void *item)
{
    uint64_t t, i, word = (uint64_t)(uintptr_t)item;
    pawl_mpsc_segment_ *m;

    if (PAWL_UNLIKELY(item == NULL))
        return EINVAL;
    /* [T] acquire: pairs with [O], for I1; with [R], for I5. */
    t = atomic_fetch_add_explicit(&q->tail, 1, memory_order_acquire);
    i = pawl_mpsc_queue_index_(t);
    if (PAWL_UNLIKELY(i >= q->slots))
        return pawl_mpsc_queue_push_full_(q, t, word);
    /* relaxed: seen late, it is looked up once more. */
    if (PAWL_UNLIKELY(i >= q->half
            && atomic_load_explicit(&q->newest, memory_order_relaxed) == t - i))
        return pawl_mpsc_queue_push_late_(q, t, word);
    /* [C] acquire: pairs with [D]: what it points to is whole. */
    m = (pawl_mpsc_segment_ *)(uintptr_t)
        atomic_load_explicit(&q->last, memory_order_acquire);
    pawl_mpsc_queue_store_(m, t, word);
    return 0;
}

/* Remove the oldest item into `*item`, which is left alone on failure.  False: the next
 * item is not there, or is just being put in.  The consumer only. */
PAWL_MUST_USE static inline bool
pawl_mpsc_queue_try_pop(pawl_mpsc_queue *q, void **item)
{
    /* relaxed, here and below: ours alone; others read it as a hint. */
    uint64_t h = atomic_load_explicit(&q->head, memory_order_relaxed), word;
    uint64_t i = pawl_mpsc_queue_index_(h);

    if (PAWL_UNLIKELY(i == q->end))
        return pawl_mpsc_queue_pop_next_(q, item);
    /* [F] acquire: pairs with [E]. */
    word = atomic_load_explicit(pawl_mpsc_queue_slot_(q->at, i), memory_order_acquire);
    if (word == 0) {
        /* relaxed: seen late, it is seen at the next look. */
        if (PAWL_UNLIKELY(atomic_load_explicit(&q->refused, memory_order_relaxed) != 0))
            return pawl_mpsc_queue_relieve_(q);
        return false;
    }
    atomic_store_explicit(&q->head, h + 1, memory_order_relaxed);
    *item = (void *)(uintptr_t)word;
    return true;
}

/* Remove up to n items, oldest first; returns how many.  The consumer only. */
PAWL_MUST_USE static inline size_t
pawl_mpsc_queue_try_pop_n(pawl_mpsc_queue *q, void **items, size_t n)
{
    size_t popped = 0;

    while (popped < n && pawl_mpsc_queue_try_pop(q, &items[popped]))
        popped++;
    return popped;
}

#endif
