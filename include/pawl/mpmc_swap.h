/* mpmc_swap.h - a bounded queue for many to many that no stopped thread holds up.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What       FIFO of cells of any size, filled and read in place.  Linearizable: full,
 *            empty and closed are exact.  One read-modify-write an operation.  Never
 *            allocates, never sleeps, never calls the kernel.  To sleep while it is
 *            full or empty, take channel.h.
 * Source     Ours.  Indices that lag behind slots which tell their own state, as in
 *            P. Tsigas and Y. Zhang, SPAA 2001, and C. Evequoz, ICPP 2008.
 * Layer 3    uses atomic.h.
 *
 * Idea       A slot always holds a cell.  A push swaps your full cell for the slot's
 *            free one; a pop swaps your free cell for the slot's full one.
 * Positions  Pushes and pops each count from 0, in 64 bits, and never turn back: the
 *            item pushed p-th is popped p-th, and lives in slot p mod capacity; its lap
 *            is p / capacity.
 * State      cells   capacity + ports * spares of them; each lies in exactly one slot
 *                    or belongs to exactly one port
 *            port    has the numbers of the spare cells that it owns
 *            slot    one word:  lap | cell | closed | full
 *                    EMPTY(lap, i)   free cell i, waiting for that lap's push
 *                    FULL(lap, i)    cell i holds the item of that lap
 *
 *                         push p, with cell m         pop p, with cell m
 *            EMPTY(lap, i) ----------> FULL(lap, m) ---------> EMPTY(lap + 1, m)
 *                          i is ours           m is the popper's
 *
 *            hints           positions, never above the next to push, to pop: each port
 *                            has its own; tail and head are for all, told now and then
 *            closed mark     set in the slot of the next position to push, whatever it
 *                            holds; a pop carries it over.  Nothing is pushed there
 *                            any more, and so nothing behind it.
 *
 * Invariant  I1  a slot's lap only grows, at its pops: no word ever recurs, so an
 *                exchange that succeeds has found the very state that was looked at
 *            I2  position p is tried only when p - 1 is known to be pushed (popped): a
 *                hint says so, or a slot's word does.  So positions fill and drain in
 *                order, without a gap.
 *            I3  a port's hint lags when others are at work, and tail and head may be
 *                stored late, by a thread that was stopped: lower bounds all the same.
 *                A word met on the way tells how far they lag.
 *            I4  a cell's content is touched by its owner only; a swap hands it over
 * Effect     push at its exchange [A], pop at its exchange [B], close at its exchange
 *            [C]; full, empty and closed at the load of the slot, [D] or [E].
 *            [A] to [E] are seq_cst: else full and empty would each be exact, but not
 *            together.  Capacity 2: one thread pushes twice and then finds it full,
 *            while another pops once and then finds it empty: forbidden.
 * Progress   All calls are lock-free: a retry means that another thread's call took
 *            effect, or that a hint lagged, which costs a walk of at most `capacity`
 *            slots and what others push or pop meanwhile.  A thread stopped or killed
 *            at any point holds up nobody; its port keeps its spare cells, not a slot
 *            of the capacity.  A sole producer's push and a sole consumer's pop are
 *            wait-free (where an exchange fails only because the slot changed).  Not
 *            fair: one thread among many may retry without bound.
 *
 * Roles            push   pop   open   close
 *            on one port:     X: one thread at a time, by the caller's care
 *            on different ports, and close:     -: any number of threads together
 *            A port may pass from thread to thread, if what the last one did happens
 *            before (a join, a lock, a queue).
 *
 * Memory     One block of the caller's memory, without pointers in it: it may be shared
 *            between processes, at different addresses.  Free it when no thread can
 *            touch it again.  A killed process leaves its ports open: each keeps its
 *            spares, and with them the items that it had popped and not yet used: what
 *            its last call took.  A forked child opens ports of its own in a shared
 *            block; a private one it has a copy of.
 * Limit      The lap has 62 bits less those of a cell's number.  No thread may be
 *            stopped inside a call while half as many laps or more pass: with 2^20
 *            cells, 2^41 laps.  It could take one lap for another, or leave a hint that
 *            others do.  Nor may a port lie idle for just as many laps as there are,
 *            2^42 then, and be used before the next: for it, that lap is its own again.
 *            (Idle for fewer, or for more, is no harm: tail and head correct it.)
 *
 * Example
 *     size_t bytes = pawl_mpmc_swap_bytes(1024, 8, 1, 256);
 *     pawl_mpmc_swap *q = (pawl_mpmc_swap *)aligned_alloc(PAWL_LINE, bytes);
 *     pawl_mpmc_swap_port *port;
 *     void *cell;
 *     if (q != NULL && pawl_mpmc_swap_init(q, bytes, 1024, 8, 1, 256) == 0
 *         && pawl_mpmc_swap_open(q, &port) == 0) {
 *         strcpy((char *)pawl_mpmc_swap_cell(port, 0), "written in place");
 *         if (pawl_mpmc_swap_try_push(port) == 0
 *             && pawl_mpmc_swap_try_pop(port, &cell) == 0)
 *             puts((char *)cell);
 *         pawl_mpmc_swap_leave(port);
 *     }
 *     free(q);
 */
#ifndef PAWL_MPMC_SWAP_H
#define PAWL_MPMC_SWAP_H

#include <pawl/atomic.h>

#include <errno.h>

typedef struct pawl_mpmc_swap {
    /* Set by init, then read only.  Offsets are bytes from here. */
    uint64_t mask;
    uint32_t shift;                     /* capacity == 1 << shift */
    uint32_t lap_shift;                 /* where the lap begins in a slot's word */
    uint64_t ports_at, port_stride;
    uint64_t cells_at, cell_stride;
    uint64_t cell_bytes;                /* as the caller asked */
    uint32_t ports, spares;
    alignas(PAWL_LINE) PAWL_ATOMIC(uint64_t) tail;      /* hint for all */
    alignas(PAWL_LINE) PAWL_ATOMIC(uint64_t) head;      /* hint for all */
} pawl_mpmc_swap;

/* A port lies in the queue's block.  It has its own copy of what its calls need, so
 * that they find all of it in one line. */
typedef struct pawl_mpmc_swap_port {
    alignas(PAWL_LINE) PAWL_ATOMIC(uint32_t) owner;     /* 0: free, 1: open */
    uint32_t spares;
    uint32_t first;                     /* which spare is cell 0 now */
    uint32_t up;                        /* lap_shift - shift */
    uint64_t home;                      /* bytes from the queue to this port */
    uint64_t mask;                      /* capacity - 1 */
    uint64_t cells_at, cell_stride;     /* as the queue's */
    uint64_t push_at, pop_at;           /* this port's own hints */
    uint32_t spare[16];                 /* the numbers of its cells: `spares` of them,
                                         * beyond 16 in the memory that follows */
} pawl_mpmc_swap_port;

#define PAWL_MPMC_SWAP_FULL_   UINT64_C(1)
#define PAWL_MPMC_SWAP_CLOSED_ UINT64_C(2)
#define PAWL_MPMC_SWAP_HINT_   UINT64_C(8)              /* how often hints are told */
#define PAWL_MPMC_SWAP_MAX     (UINT32_C(1) << 30)      /* cells in all, at most */

PAWL_BEGIN

/* Bytes that a queue takes: `capacity` slots (a power of two from 1 on), `ports` ports
 * with `spares` cells each (1 or more of both), cells of `cell_bytes` (1 or more); 0
 * where init would refuse it. */
size_t pawl_mpmc_swap_bytes(size_t capacity, size_t ports, size_t spares,
                            size_t cell_bytes);

/* Make an empty queue of the `bytes` of memory at `q`, which begin at a multiple of
 * PAWL_LINE.  Cells are aligned to the next power of two of their size, from 8 to 64.
 * Not thread-safe: publish `q` to other threads afterwards.  0, or with the memory
 * untouched: EINVAL: capacity is 0 or no power of two, ports, spares or cell_bytes are
 * 0, or `q` is misaligned; EOVERFLOW: more than PAWL_MPMC_SWAP_MAX cells, or than
 * memory can hold; ENOMEM: `bytes` are too few. */
int pawl_mpmc_swap_init(pawl_mpmc_swap *q, size_t bytes, size_t capacity, size_t ports,
                        size_t spares, size_t cell_bytes);

/* For tests: an empty queue as it is after `position` pushes and as many pops; its
 * ports stay open or free, and no cell moves. */
void pawl_mpmc_swap_init_at_(pawl_mpmc_swap *q, uint64_t position);

/* Take a free port, for one thread at a time.  0; EBUSY, with *port left alone: each
 * was found open, a moment ago.  Any thread. */
int pawl_mpmc_swap_open(pawl_mpmc_swap *q, pawl_mpmc_swap_port **port);

/* Give the port back.  Cells that it lent are not the caller's any more. */
void pawl_mpmc_swap_leave(pawl_mpmc_swap_port *port);

/* Close the queue: one point in its order.  Every push that took effect before is still
 * delivered, every later one refused.  True: closed by this call; false: it was closed
 * already.  Any thread; needs no port. */
bool pawl_mpmc_swap_close(pawl_mpmc_swap *q);

/* How many items there were a moment ago: 0 to capacity.  Any thread; needs no port. */
size_t pawl_mpmc_swap_count_hint(pawl_mpmc_swap *q);

PAWL_END

static inline pawl_mpmc_swap *pawl_mpmc_swap_of_(pawl_mpmc_swap_port *port)
{
    return (pawl_mpmc_swap *)(void *)((char *)port - port->home);
}

static inline uint32_t *pawl_mpmc_swap_spare_(pawl_mpmc_swap_port *port, size_t i)
{
    size_t place = port->first + i;
    void *all = port->spare;            /* void: more than 16, perhaps */

    return (uint32_t *)all + (place < port->spares ? place : place - port->spares);
}

static inline void *pawl_mpmc_swap_at_(pawl_mpmc_swap_port *port, uint32_t cell)
{
    return (char *)pawl_mpmc_swap_of_(port) + port->cells_at + cell * port->cell_stride;
}

static inline PAWL_ATOMIC(uint64_t) *pawl_mpmc_swap_slots_(pawl_mpmc_swap *q)
{
    return (PAWL_ATOMIC(uint64_t) *)(void *)(q + 1);
}

/* The port's i-th spare cell, 0 <= i < spares: yours to fill.  Pushes take cell 0, then
 * 1, and so on.  Its content is what it last held. */
static inline void *pawl_mpmc_swap_cell(pawl_mpmc_swap_port *port, size_t i)
{
    PAWL_ASSERT(i < port->spares, "the port has no such cell");
    return pawl_mpmc_swap_at_(port, *pawl_mpmc_swap_spare_(port, i));
}

/* Position t was stale: pushed (popped), and perhaps laps ago.  `over` is how far the
 * slot's word is beyond it; the result is the position after the newest that the word
 * or `hint` proves pushed (popped).  A t so far behind that it looks ahead (of a port
 * that was idle for half of all laps) leaves the hint alone. */
static inline uint64_t
pawl_mpmc_swap_skip_(const pawl_mpmc_swap *q, uint64_t t, uint64_t over, bool filled,
                     uint64_t hint)
{
    if ((int64_t)over >= 0)
        t += (((over >> q->lap_shift) - !filled) << q->shift) + 1;
    return (int64_t)(hint - t) > 0 ? hint : t;
}

/* Swap the full cell *spare in at position *at, which is a hint, or behind it.  *at
 * becomes the position to try next. */
static inline int
pawl_mpmc_swap_put_(pawl_mpmc_swap_port *port, uint64_t *at, uint32_t *spare)
{
    pawl_mpmc_swap *q = pawl_mpmc_swap_of_(port);
    uint64_t t = *at, mask = port->mask, lap = (mask + 1) << port->up;

    for (;;) {
        PAWL_ATOMIC(uint64_t) *slot = pawl_mpmc_swap_slots_(q) + (t & mask);
        uint64_t base = (t & ~mask) << port->up;
        /* [D] seq_cst: see Effect; acquire: with [A] and [B] it proves positions. */
        uint64_t word = atomic_load_explicit(slot, memory_order_seq_cst);
        uint64_t over = word - base;    /* below 0: older; from `lap` on: newer */

        if (over < lap
            && !(over & (PAWL_MPMC_SWAP_FULL_ | PAWL_MPMC_SWAP_CLOSED_))) {
            /* [A] seq_cst: see Effect; release: hands our cell to [B]; acquire: takes
             * the free cell from the [B] that left it.  relaxed: we look again. */
            if (atomic_compare_exchange_weak_explicit(slot, &word,
                    base | (uint64_t)*spare << 2 | PAWL_MPMC_SWAP_FULL_,
                    memory_order_seq_cst, memory_order_relaxed)) {
                *spare = (uint32_t)(over >> 2);
                *at = t + 1;
                return 0;
            }
        } else {
            /* [F] acquire: pairs with [H].  An old hint misses nothing; a new one has
             * to bring along the pushes that it speaks of, or [D] could see their slots
             * as they were before. */
            uint64_t hint = atomic_load_explicit(&q->tail, memory_order_acquire);

            if (over < lap ? !(over & PAWL_MPMC_SWAP_FULL_)
                           : (int64_t)over < 0 && (int64_t)(hint - t) <= 0) {
                *at = t;                /* closed, or last lap's item is still in */
                return word & PAWL_MPMC_SWAP_CLOSED_ ? ECANCELED : EAGAIN;
            }
            t = pawl_mpmc_swap_skip_(q, t, over, over & PAWL_MPMC_SWAP_FULL_, hint);
        }
    }
}

/* Swap the free cell *spare for the item at position *at, a hint, or behind it. */
static inline int
pawl_mpmc_swap_take_(pawl_mpmc_swap_port *port, uint64_t *at, uint32_t *spare)
{
    pawl_mpmc_swap *q = pawl_mpmc_swap_of_(port);
    uint64_t h = *at, mask = port->mask, lap = (mask + 1) << port->up;

    for (;;) {
        PAWL_ATOMIC(uint64_t) *slot = pawl_mpmc_swap_slots_(q) + (h & mask);
        uint64_t base = (h & ~mask) << port->up;
        /* [E] seq_cst: as [D]. */
        uint64_t word = atomic_load_explicit(slot, memory_order_seq_cst);
        uint64_t over = word - base;

        if (over < lap && (over & PAWL_MPMC_SWAP_FULL_)) {
            /* [B] seq_cst: see Effect; acquire: takes the item from [A]; release:
             * hands our free cell to the next lap's [A].  relaxed: we look again. */
            if (atomic_compare_exchange_weak_explicit(slot, &word,
                    (base + lap) | (uint64_t)*spare << 2
                        | (over & PAWL_MPMC_SWAP_CLOSED_),
                    memory_order_seq_cst, memory_order_relaxed)) {
                *spare = (uint32_t)(over >> 2);
                *at = h + 1;
                return 0;
            }
        } else if (over < lap) {
            *at = h;
            return over & PAWL_MPMC_SWAP_CLOSED_ ? ECANCELED : EAGAIN;
        } else {
            /* [G] acquire: pairs with [I], for [E], as [F] does for [D]. */
            uint64_t hint = atomic_load_explicit(&q->head, memory_order_acquire);

            if ((int64_t)over < 0 && (int64_t)(hint - h) <= 0)
                return EINVAL;          /* no queue comes to this: overwritten */
            h = pawl_mpmc_swap_skip_(q, h, over, false, hint);
        }
    }
}

/* Push the port's first n cells, or as many as it takes; *why says what ended it. */
static inline size_t
pawl_mpmc_swap_put_n_(pawl_mpmc_swap_port *port, size_t n, int *why)
{
    uint64_t from = port->push_at, t = from;
    size_t pushed = 0;

    PAWL_ASSERT(n <= port->spares, "more cells than the port has");
    *why = 0;
    while (pushed < n
           && (*why = pawl_mpmc_swap_put_(port, &t, pawl_mpmc_swap_spare_(port, 0)))
                  == 0) {
        if (port->spares > 1)
            port->first = port->first + 1 == port->spares ? 0 : port->first + 1;
        pushed++;
    }
    port->push_at = t;
    /* [H] release: that all before t is pushed. */
    if ((t ^ from) >= PAWL_MPMC_SWAP_HINT_)
        atomic_store_explicit(&pawl_mpmc_swap_of_(port)->tail, t, memory_order_release);
    return pushed;
}

/* Pop up to n items, into the port's last cells but `skip`; *why says what ended it. */
static inline size_t
pawl_mpmc_swap_take_n_(pawl_mpmc_swap_port *port, size_t skip, void **cells, size_t n,
                       int *why)
{
    uint64_t from = port->pop_at, h = from;
    size_t popped = 0;

    PAWL_ASSERT(skip + n <= port->spares, "more cells than the port has");
    *why = 0;
    for (; popped < n; popped++) {
        uint32_t *spare = pawl_mpmc_swap_spare_(port, port->spares - 1 - skip - popped);

        *why = pawl_mpmc_swap_take_(port, &h, spare);
        if (*why != 0)
            break;
        cells[popped] = pawl_mpmc_swap_at_(port, *spare);
    }
    port->pop_at = h;
    /* [I] release: that all before h is popped. */
    if ((h ^ from) >= PAWL_MPMC_SWAP_HINT_)
        atomic_store_explicit(&pawl_mpmc_swap_of_(port)->head, h, memory_order_release);
    return popped;
}

/* Push the port's cells 0 to n - 1 (n <= spares), or as many as find room; returns how
 * many.  Those that were not pushed are now cells 0, 1, ...; why they were not, a
 * try_push tells.  What the caller wrote before is visible to whoever pops them. */
PAWL_MUST_USE static inline size_t
pawl_mpmc_swap_try_push_n(pawl_mpmc_swap_port *port, size_t n)
{
    int why;

    return pawl_mpmc_swap_put_n_(port, n, &why);
}

/* Push the port's cell 0.  0: it is in; cell 1 is cell 0 now, and so on, and the cell
 * that was got for it is the last; EAGAIN: the queue is full; ECANCELED: it is closed.
 * On failure the cell is still ours, with its content. */
PAWL_MUST_USE static inline int pawl_mpmc_swap_try_push(pawl_mpmc_swap_port *port)
{
    int why;

    pawl_mpmc_swap_put_n_(port, 1, &why);
    return why;
}

/* Pop up to n items (n <= spares), oldest first; returns how many (why not n, a try_pop
 * tells), and in cells[0], ... where they lie: in the port's last cell, the last but
 * one, and so on.  They are the caller's to read and to write until the next call on
 * this port that pops something, or pushes that cell. */
PAWL_MUST_USE static inline size_t
pawl_mpmc_swap_try_pop_n(pawl_mpmc_swap_port *port, void **cells, size_t n)
{
    int why;

    return pawl_mpmc_swap_take_n_(port, 0, cells, n, &why);
}

/* Pop the oldest item: *cell is where it lies, the caller's as with try_pop_n.  It is
 * the port's last cell: with 2 spares or more, filling and pushing cell 0 leaves it
 * alone. 0; EAGAIN: the queue is empty; ECANCELED: it is empty and closed; EINVAL:
 * somebody has overwritten the queue's memory.  On failure *cell is left alone. */
PAWL_MUST_USE static inline int
pawl_mpmc_swap_try_pop(pawl_mpmc_swap_port *port, void **cell)
{
    int why;

    pawl_mpmc_swap_take_n_(port, 0, cell, 1, &why);
    return why;
}

#endif
