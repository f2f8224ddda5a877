/* mpmc_swap.h - a bounded queue for many to many that no stopped thread holds up.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What       FIFO of cells of any size, filled and read in place.  Linearizable: full,
 *            empty and closed are exact.  One read-modify-write an operation, and now
 *            and then one that fails.  Never allocates, never sleeps, never calls the
 *            kernel.  To sleep while it is full or empty, take channel.h.
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
 *            guess           which cell a port expects in its next slot
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
 *            I5  a guess is a word that the port's next slot may hold: its lap, a cell
 *                that there is, no mark.  Wrong, its exchange changes nothing.
 * Speed      Some things that nothing depends on but time:
 *            - Where one port pushes and one pops, cells come in the order of their
 *              numbers: then a port guesses, and exchanges without a look before.
 *            - Who loses an exchange to another waits for 64 pauses: meanwhile that
 *              one has the line for many.
 *            - Pushers and poppers close together take each other's lines all the time.
 *              So every 256 positions a popper that was hardly ever turned away, and
 *              has not pushed, sees whether there are 512 items before it.  If not, its
 *              pop returns later: by 32 pauses, and again as long as 32 more come in
 *              each, 17 times at most.  (A small queue scales both numbers down; in one
 *              of fewer than 128 no pop waits.)
 *            - Small items go faster together: a cell can hold many, and is moved by
 *              one exchange.
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
 *            others do.  Nor may a port lie idle for as many laps as there are, 2^42
 *            then, or more: it could take one of them for its own.  (Idle for fewer is
 *            no harm: tail and head correct it.)
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

/* How far a port is on one side, and what it expects there. */
typedef struct pawl_mpmc_swap_side_ {
    uint64_t at;                        /* the position to try next: a hint */
    uint64_t end;                       /* no guess from this one on */
    uint64_t base;                      /* before it: the lap, as in a slot's word, */
    uint32_t cell, step;                /* and the cell: `cell` + (at & `step`) */
} pawl_mpmc_swap_side_;

/* A port lies in the queue's block.  It has its own copy of what its calls need.  The
 * numbers of its cells lie in a circle; their places count in words from the port. */
typedef struct pawl_mpmc_swap_port {
    alignas(PAWL_LINE) PAWL_ATOMIC(uint32_t) owner;     /* 0: free, 1: open */
    uint32_t spares;
    uint32_t first, last, behind;       /* the places of cell 0, of the last cell, and
                                         * where the circle ends */
    uint32_t often;                     /* at its multiples, see Speed; 0: never */
    uint64_t home;                      /* bytes from the queue to this port */
    uint64_t mask;                      /* capacity - 1 */
    uint64_t cells_at, cell_stride;     /* bytes, from this port on */
    uint64_t lap;                       /* from a lap to the next, in a slot's word */
    pawl_mpmc_swap_side_ push, pop;
    uint32_t turned_away;               /* pops since the last look at the lead, */
    uint32_t pushed;                    /* and where push was then */
    uint32_t spare[30];                 /* the numbers of its cells: `spares` of them,
                                         * beyond 30 in the memory that follows */
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

/* How many of the items that were in at some moment of the call were not popped before
 * its end: never more than there were then; right, if nobody else is at work.  It walks
 * over 3 * capacity + 2 slots at most.  Any thread; needs no port. */
size_t pawl_mpmc_swap_count_hint(pawl_mpmc_swap *q);

/* Push cell 0, or pop into the last cell but `back`, without a guess; as try_push and
 * try_pop say. */
int pawl_mpmc_swap_put_(pawl_mpmc_swap_port *port);
int pawl_mpmc_swap_take_(pawl_mpmc_swap_port *port, uint32_t back, void **cell);

/* Position t was stale: pushed (popped), and perhaps laps ago.  `over` is how far the
 * slot's word is beyond it; the result is the position after the newest that the word
 * or `hint` proves pushed (popped).  A t so far behind that it looks ahead (of a port
 * that was idle for half of all laps) leaves the hint alone. */
uint64_t pawl_mpmc_swap_skip_(const pawl_mpmc_swap *q, uint64_t t, uint64_t over,
                              bool filled, uint64_t hint);

/* This port has popped up to a multiple of `often`: see Speed. */
void pawl_mpmc_swap_keep_back_(pawl_mpmc_swap_port *port);

PAWL_END

static inline pawl_mpmc_swap *pawl_mpmc_swap_of_(pawl_mpmc_swap_port *port)
{
    return (pawl_mpmc_swap *)(void *)((char *)port - port->home);
}

/* Where the number of the i-th cell lies. */
static inline uint32_t *pawl_mpmc_swap_spare_(pawl_mpmc_swap_port *port, uint32_t i)
{
    uint32_t place = port->first + i;
    void *words = port;

    if (i > 0 && place >= port->behind)
        place -= port->spares;
    return (uint32_t *)words + place;
}

/* That of the last cell, and so on `back`wards. */
static inline uint32_t *
pawl_mpmc_swap_back_(pawl_mpmc_swap_port *port, uint32_t back)
{
    uint32_t place = port->last - back;
    void *words = port;

    if (back > 0 && place + port->spares < port->behind)
        place += port->spares;
    return (uint32_t *)words + place;
}

/* Cell 0 was pushed: what we got for it is the last one now. */
static inline void pawl_mpmc_swap_turn_(pawl_mpmc_swap_port *port)
{
    if (port->spares > 1) {
        uint32_t next = port->first + 1;

        port->last = port->first;
        port->first = next != port->behind ? next : next - port->spares;
    }
}

static inline void *pawl_mpmc_swap_at_(pawl_mpmc_swap_port *port, uint32_t cell)
{
    return (char *)port + port->cells_at + cell * port->cell_stride;
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
    return pawl_mpmc_swap_at_(port, *pawl_mpmc_swap_spare_(port, (uint32_t)i));
}

/* Which cell we expect at position p. */
static inline uint32_t
pawl_mpmc_swap_expected_(const pawl_mpmc_swap_side_ *side, uint64_t p)
{
    return side->cell + ((uint32_t)p & side->step);
}

/* Tell all that what is before p is pushed (popped). */
static inline void pawl_mpmc_swap_tell_(PAWL_ATOMIC(uint64_t) *hint, uint64_t p)
{
    /* [H] release: pairs with [F]. */
    atomic_store_explicit(hint, p, memory_order_release);
}

/* Push cell 0, by a guess; false: that was wrong, or there is none.  The parts of a
 * word do not overlap: summed, with the number scaled, they are one instruction. */
static inline bool pawl_mpmc_swap_guess_put_(pawl_mpmc_swap_port *port)
{
    pawl_mpmc_swap *q = pawl_mpmc_swap_of_(port);
    pawl_mpmc_swap_side_ *side = &port->push;
    uint32_t *spare = pawl_mpmc_swap_spare_(port, 0);
    uint32_t got = pawl_mpmc_swap_expected_(side, side->at);
    uint64_t t = side->at, word = side->base + (uint64_t)got * 4;

    if (PAWL_UNLIKELY(t == side->end))
        return false;
    /* [A] seq_cst: see Effect; release: hands our cell to [B]; acquire: takes the free
     * cell from the [B] that left it.  relaxed: we have a look then. */
    if (PAWL_UNLIKELY(!atomic_compare_exchange_strong_explicit(
            &pawl_mpmc_swap_slots_(q)[t & port->mask], &word,
            side->base + (uint64_t)*spare * 4 + PAWL_MPMC_SWAP_FULL_,
            memory_order_seq_cst, memory_order_relaxed)))
        return false;
    *spare = got;
    side->at = ++t;
    pawl_mpmc_swap_turn_(port);
    if (t % PAWL_MPMC_SWAP_HINT_ == 0)
        pawl_mpmc_swap_tell_(&q->tail, t);
    return true;
}

/* Pop into the last cell but `back`, by a guess; false: as above. */
static inline bool
pawl_mpmc_swap_guess_take_(pawl_mpmc_swap_port *port, uint32_t back, void **cell)
{
    pawl_mpmc_swap *q = pawl_mpmc_swap_of_(port);
    pawl_mpmc_swap_side_ *side = &port->pop;
    uint32_t *spare = pawl_mpmc_swap_back_(port, back);
    uint32_t got = pawl_mpmc_swap_expected_(side, side->at);
    uint64_t h = side->at;
    uint64_t word = side->base + (uint64_t)got * 4 + PAWL_MPMC_SWAP_FULL_;

    if (PAWL_UNLIKELY(h == side->end))
        return false;
    /* [B] seq_cst: see Effect; acquire: takes the item from [A]; release: hands our
     * free cell to the next lap's [A].  relaxed: we have a look then. */
    if (PAWL_UNLIKELY(!atomic_compare_exchange_strong_explicit(
            &pawl_mpmc_swap_slots_(q)[h & port->mask], &word,
            side->base + port->lap + (uint64_t)*spare * 4,
            memory_order_seq_cst, memory_order_relaxed)))
        return false;
    *spare = got;
    *cell = pawl_mpmc_swap_at_(port, got);
    side->at = ++h;
    if (h % PAWL_MPMC_SWAP_HINT_ == 0) {
        pawl_mpmc_swap_tell_(&q->head, h);
        if (PAWL_UNLIKELY((h & (port->often - 1)) == 0))
            pawl_mpmc_swap_keep_back_(port);
    }
    return true;
}

/* Push the port's cell 0.  0: it is in; cell 1 is cell 0 now, and so on, and the cell
 * that was got for it is the last; EAGAIN: the queue is full; ECANCELED: it is closed.
 * On failure the cell is still ours, with its content. */
PAWL_MUST_USE static inline int pawl_mpmc_swap_try_push(pawl_mpmc_swap_port *port)
{
    return pawl_mpmc_swap_guess_put_(port) ? 0 : pawl_mpmc_swap_put_(port);
}

/* try_push_n; *why says what ended it. */
static inline size_t
pawl_mpmc_swap_put_n_(pawl_mpmc_swap_port *port, size_t n, int *why)
{
    size_t pushed = 0;

    PAWL_ASSERT(n <= port->spares, "more cells than the port has");
    *why = 0;
    while (pushed < n && (*why = pawl_mpmc_swap_try_push(port)) == 0)
        pushed++;
    return pushed;
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

/* Pop the oldest item: *cell is where it lies, the caller's as with try_pop_n.  It is
 * the port's last cell: with 2 spares or more, filling and pushing cell 0 leaves it
 * alone. 0; EAGAIN: the queue is empty; ECANCELED: it is empty and closed; EINVAL:
 * somebody has overwritten the queue's memory.  On failure *cell is left alone.  It
 * never waits for an item; one that it has got may be a little late: see Speed. */
PAWL_MUST_USE static inline int
pawl_mpmc_swap_try_pop(pawl_mpmc_swap_port *port, void **cell)
{
    return pawl_mpmc_swap_guess_take_(port, 0, cell) ? 0
         : pawl_mpmc_swap_take_(port, 0, cell);
}

/* try_pop_n; *why says what ended it. */
static inline size_t
pawl_mpmc_swap_take_n_(pawl_mpmc_swap_port *port, void **cells, size_t n, int *why)
{
    size_t popped = 0;

    PAWL_ASSERT(n <= port->spares, "more cells than the port has");
    *why = 0;
    for (; popped < n; popped++) {
        uint32_t back = (uint32_t)(n - 1 - popped);

        if (!pawl_mpmc_swap_guess_take_(port, back, &cells[popped])
            && (*why = pawl_mpmc_swap_take_(port, back, &cells[popped])) != 0)
            break;
    }
    return popped;
}

/* Pop up to n items (n <= spares), oldest first; returns how many (why not n, a try_pop
 * tells), and in cells[0], ... where they lie: in the port's last n cells, in this
 * order.  They are the caller's to read and to write until the next call on this port
 * that pops something, or pushes that cell. */
PAWL_MUST_USE static inline size_t
pawl_mpmc_swap_try_pop_n(pawl_mpmc_swap_port *port, void **cells, size_t n)
{
    int why;

    return pawl_mpmc_swap_take_n_(port, cells, n, &why);
}

/* For a queue of pointers, whose cells have room for one: as try_push, of `pointer` in
 * cell 0 (where, with 1 spare, what was popped last is then gone). */
PAWL_MUST_USE static inline int
pawl_mpmc_swap_try_push_pointer(pawl_mpmc_swap_port *port, void *pointer)
{
    PAWL_ASSERT(pawl_mpmc_swap_of_(port)->cell_bytes >= sizeof pointer,
                "no pointer fits the cells");
    *(void **)pawl_mpmc_swap_cell(port, 0) = pointer;
    return pawl_mpmc_swap_try_push(port);
}

/* As try_pop, of the pointer that is in the cell; on failure *pointer is left alone. */
PAWL_MUST_USE static inline int
pawl_mpmc_swap_try_pop_pointer(pawl_mpmc_swap_port *port, void **pointer)
{
    void *cell;
    int result = pawl_mpmc_swap_try_pop(port, &cell);

    if (result == 0)
        *pointer = *(void **)cell;
    return result;
}

#endif
