/* mpmc_swap.c - laying out a queue; what a push or pop does that does not guess; close.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/mpmc_swap.h>

#include "block.h"

typedef struct layout {
    size_t ports_at, port_stride, cells_at, cell_stride, bytes;
    uint32_t lap_shift;
} layout;

/* See Speed in mpmc_swap.h. */
enum {
    LOST = 64,                          /* pauses after a lost exchange */
    KEPT = 32,                          /* pauses, and new items, to wait on */
    STEPS = 8                           /* from one look at a hint to the next */
};

static bool valid(size_t capacity, size_t ports, size_t spares, size_t cell_bytes)
{
    return power_of_two(capacity) && ports != 0 && spares != 0 && cell_bytes != 0;
}

/* Cells are aligned to the next power of two of their size, from 8 to 64. */
static size_t stride(size_t cell_bytes)
{
    size_t align = 8;

    while (align < 64 && align < cell_bytes)
        align *= 2;
    return (cell_bytes + align - 1) / align * align;
}

static bool lay_out(layout *l, size_t capacity, size_t ports, size_t spares,
                    size_t cell_bytes)
{
    size_t cells;

    if (cell_bytes > PTRDIFF_MAX / 2 || __builtin_mul_overflow(ports, spares, &cells)
        || __builtin_add_overflow(cells, capacity, &cells)
        || cells > PAWL_MPMC_SWAP_MAX)
        return false;
    l->lap_shift = 2;                   /* full, closed, and a cell's number */
    while ((UINT64_C(1) << (l->lap_shift - 2)) < cells)
        l->lap_shift++;
    l->cell_stride = stride(cell_bytes);
    l->port_stride = 0;
    l->bytes = sizeof(pawl_mpmc_swap);
    if (!add_bytes(&l->port_stride, 1,
                   offsetof(pawl_mpmc_swap_port, spare) + spares * sizeof(uint32_t))
        || !add_bytes(&l->bytes, capacity, sizeof(uint64_t)))
        return false;
    l->ports_at = l->bytes;
    if (!add_bytes(&l->bytes, ports, l->port_stride))
        return false;
    l->cells_at = l->bytes;
    return add_bytes(&l->bytes, cells, l->cell_stride);
}

size_t pawl_mpmc_swap_bytes(size_t capacity, size_t ports, size_t spares,
                            size_t cell_bytes)
{
    layout l;

    return valid(capacity, ports, spares, cell_bytes)
        && lay_out(&l, capacity, ports, spares, cell_bytes) ? l.bytes : 0;
}

static pawl_mpmc_swap_port *port_at(pawl_mpmc_swap *q, uint32_t i)
{
    return (pawl_mpmc_swap_port *)(void *)
           ((char *)q + q->ports_at + i * q->port_stride);
}

/* Go on at that position, without a guess. */
static void aim(pawl_mpmc_swap_side_ *side, uint64_t at)
{
    side->at = side->end = at;
}

/* Go on at that position, where we expect that cell, and from there on the same, or
 * each time the next: up to the lap's end, and while there are such cells. */
static void expect(const pawl_mpmc_swap *q, pawl_mpmc_swap_side_ *side, uint64_t at,
                   uint32_t cell, uint32_t step)
{
    uint64_t left = q->mask + 1 + (uint64_t)q->ports * q->spares - cell;

    side->at = at;
    side->end = (at | q->mask) + 1;
    if (step == 1 && side->end - at > left)
        side->end = at + left;
    side->base = (at >> q->shift) << q->lap_shift;
    side->step = 0 - step;
    side->cell = cell - ((uint32_t)at & side->step);
}

/* Of how many items there should be, where somebody pops all the time. */
static uint32_t lead(const pawl_mpmc_swap *q)
{
    uint64_t items = (q->mask + 1) / 8;

    return items < 16 ? 0 : items < 512 ? (uint32_t)items : 512;
}

static void init_port(pawl_mpmc_swap *q, uint32_t i)
{
    pawl_mpmc_swap_port *port = port_at(q, i);

    /* relaxed: not published yet. */
    atomic_store_explicit(&port->owner, 0, memory_order_relaxed);
    port->spares = q->spares;
    port->first = offsetof(pawl_mpmc_swap_port, spare) / sizeof(uint32_t);
    port->behind = port->first + q->spares;
    port->last = port->behind - 1;
    port->often = lead(q) / 2;
    port->home = q->ports_at + i * q->port_stride;
    port->mask = q->mask;
    port->cells_at = q->cells_at - port->home;
    port->cell_stride = q->cell_stride;
    port->lap = UINT64_C(1) << q->lap_shift;
    /* Each slot holds the cell of its number.  The first port may be the first to push
     * its own. */
    expect(q, &port->push, 0, 0, 1);
    expect(q, &port->pop, 0, (uint32_t)q->mask + 1, 1);
    port->turned_away = port->pushed = 0;
    for (uint32_t k = 0; k < q->spares; k++)
        *pawl_mpmc_swap_spare_(port, k) = (uint32_t)q->mask + 1 + i * q->spares + k;
}

int pawl_mpmc_swap_init(pawl_mpmc_swap *q, size_t bytes, size_t capacity, size_t ports,
                        size_t spares, size_t cell_bytes)
{
    layout l;
    int refused;

    if (!valid(capacity, ports, spares, cell_bytes))
        return EINVAL;
    refused = check_block(q, bytes,
                  lay_out(&l, capacity, ports, spares, cell_bytes) ? l.bytes : 0);
    if (refused)
        return refused;
    q->mask = capacity - 1;
    q->shift = (uint32_t)__builtin_ctzll(capacity);
    q->lap_shift = l.lap_shift;
    q->ports_at = l.ports_at;
    q->port_stride = l.port_stride;
    q->cells_at = l.cells_at;
    q->cell_stride = l.cell_stride;
    q->cell_bytes = cell_bytes;
    q->ports = (uint32_t)ports;
    q->spares = (uint32_t)spares;
    /* relaxed: not published yet. */
    atomic_store_explicit(&q->tail, 0, memory_order_relaxed);
    atomic_store_explicit(&q->head, 0, memory_order_relaxed);
    for (uint64_t s = 0; s < capacity; s++)         /* EMPTY(0, s) */
        atomic_store_explicit(&pawl_mpmc_swap_slots_(q)[s], s << 2,
                              memory_order_relaxed);
    for (uint32_t i = 0; i < q->ports; i++)
        init_port(q, i);
    return 0;
}

void pawl_mpmc_swap_init_at_(pawl_mpmc_swap *q, uint64_t position)
{
    uint64_t numbers = (UINT64_C(1) << q->lap_shift) - 4, first = 0;

    /* relaxed: not published yet. */
    atomic_store_explicit(&q->tail, position, memory_order_relaxed);
    atomic_store_explicit(&q->head, position, memory_order_relaxed);
    for (uint64_t p = position; p != position + q->mask + 1; p++) {
        PAWL_ATOMIC(uint64_t) *slot = &pawl_mpmc_swap_slots_(q)[p & q->mask];
        uint64_t cell = atomic_load_explicit(slot, memory_order_relaxed) & numbers;

        first = p == position ? cell >> 2 : first;
        atomic_store_explicit(slot, (p >> q->shift) << q->lap_shift | cell,
                              memory_order_relaxed);
    }
    for (uint32_t i = 0; i < q->ports; i++) {
        expect(q, &port_at(q, i)->push, position, (uint32_t)first, 1);
        expect(q, &port_at(q, i)->pop, position, (uint32_t)q->mask + 1, 1);
    }
}

int pawl_mpmc_swap_open(pawl_mpmc_swap *q, pawl_mpmc_swap_port **port)
{
    for (uint32_t i = 0; i < q->ports; i++) {
        pawl_mpmc_swap_port *p = port_at(q, i);

        /* acquire: pairs with leave's release, handing over the port's record.  The
         * load before it spares the lines of open ports. */
        if (atomic_load_explicit(&p->owner, memory_order_relaxed) == 0
            && atomic_exchange_explicit(&p->owner, 1, memory_order_acquire) == 0) {
            *port = p;
            return 0;
        }
    }
    return EBUSY;
}

void pawl_mpmc_swap_leave(pawl_mpmc_swap_port *port)
{
    PAWL_ASSERT(atomic_load_explicit(&port->owner, memory_order_relaxed) == 1,
                "leave of a port that is not open");
    /* release: pairs with open. */
    atomic_store_explicit(&port->owner, 0, memory_order_release);
}

/* --- a push or a pop that looks at its slot --------------------------------------- */

static PAWL_ATOMIC(uint64_t) *slot_of(pawl_mpmc_swap *q, uint64_t t)
{
    return &pawl_mpmc_swap_slots_(q)[t & q->mask];
}

/* How far the slot of position t is beyond it, in words; as `over` in mpmc_swap.h. */
static uint64_t look(pawl_mpmc_swap *q, uint64_t t, uint64_t *word)
{
    /* seq_cst: as [D] in mpmc_swap.h; a closer that goes by what it sees here tells
     * only those of whom it finds that they wait, and looks for them by seq_cst too. */
    *word = atomic_load_explicit(slot_of(q, t), memory_order_seq_cst);
    return *word - ((t >> q->shift) << q->lap_shift);
}

/* We got a cell at position p.  Were we there before too, and was that the cell before
 * this one, or the same?  Then so it goes on, perhaps. */
static void learn(const pawl_mpmc_swap *q, pawl_mpmc_swap_side_ *side, uint64_t p,
                  uint32_t got)
{
    uint32_t step = got - pawl_mpmc_swap_expected_(side, p - 1);

    if (p == side->at && step <= 1) {
        expect(q, side, p + 1, got + step, step);
    } else {
        aim(side, p + 1);
        side->cell = got;
        side->step = 0;
    }
}

uint64_t pawl_mpmc_swap_skip_(const pawl_mpmc_swap *q, uint64_t t, uint64_t over,
                              bool filled, uint64_t hint)
{
    if ((int64_t)over >= 0)
        t += (((over >> q->lap_shift) - !filled) << q->shift) + 1;
    return (int64_t)(hint - t) > 0 ? hint : t;
}

/* Tell it, when a multiple is reached or passed. */
static void tell_now_and_then(PAWL_ATOMIC(uint64_t) *hint, uint64_t from, uint64_t to)
{
    if ((from ^ to) >= PAWL_MPMC_SWAP_HINT_)
        pawl_mpmc_swap_tell_(hint, to);
}

/* What is told for all, every few steps; else p, which says nothing. */
static uint64_t ask(PAWL_ATOMIC(uint64_t) *hint, uint64_t p, bool now)
{
    /* [F] acquire: pairs with [H].  An old hint misses nothing; a new one has
     * to bring along the pushes (pops) that it speaks of, or [D] ([E]) could see their
     * slots as they were before. */
    return now ? atomic_load_explicit(hint, memory_order_acquire) : p;
}

int pawl_mpmc_swap_put_(pawl_mpmc_swap_port *port)
{
    pawl_mpmc_swap *q = pawl_mpmc_swap_of_(port);
    uint32_t *spare = pawl_mpmc_swap_spare_(port, 0);
    uint64_t from = port->push.at, word;

    for (uint64_t t = from, steps = 1;; steps++) {
        uint64_t over = look(q, t, &word);              /* [D] */

        if (over < port->lap
            && !(over & (PAWL_MPMC_SWAP_FULL_ | PAWL_MPMC_SWAP_CLOSED_))) {
            /* [A] seq_cst: as in mpmc_swap.h.  relaxed: we look again. */
            if (atomic_compare_exchange_strong_explicit(slot_of(q, t), &word,
                    (word - over) | (uint64_t)*spare << 2 | PAWL_MPMC_SWAP_FULL_,
                    memory_order_seq_cst, memory_order_relaxed)) {
                *spare = (uint32_t)(over >> 2);
                learn(q, &port->push, t, *spare);
                pawl_mpmc_swap_turn_(port);
                tell_now_and_then(&q->tail, from, t + 1);
                return 0;
            }
            pawl_relax_n(LOST);
        } else {
            bool older = (int64_t)over < 0;
            uint64_t hint = ask(&q->tail, t, older || steps % STEPS == 0);

            if (over < port->lap ? !(over & PAWL_MPMC_SWAP_FULL_)
                                 : older && (int64_t)(hint - t) <= 0) {
                aim(&port->push, t);    /* closed, or last lap's item is still in */
                tell_now_and_then(&q->tail, from, t);
                return word & PAWL_MPMC_SWAP_CLOSED_ ? ECANCELED : EAGAIN;
            }
            t = pawl_mpmc_swap_skip_(q, t, over, over & PAWL_MPMC_SWAP_FULL_, hint);
        }
    }
}

int pawl_mpmc_swap_take_(pawl_mpmc_swap_port *port, uint32_t back, void **cell)
{
    pawl_mpmc_swap *q = pawl_mpmc_swap_of_(port);
    uint32_t *spare = pawl_mpmc_swap_back_(port, back);
    uint64_t from = port->pop.at, word;

    for (uint64_t h = from, steps = 1;; steps++) {
        uint64_t over = look(q, h, &word);              /* [E] */

        if (over < port->lap && (over & PAWL_MPMC_SWAP_FULL_)) {
            /* [B] seq_cst: as in mpmc_swap.h.  relaxed: we look again. */
            if (atomic_compare_exchange_strong_explicit(slot_of(q, h), &word,
                    (word - over + port->lap) | (uint64_t)*spare << 2
                        | (over & PAWL_MPMC_SWAP_CLOSED_),
                    memory_order_seq_cst, memory_order_relaxed)) {
                *spare = (uint32_t)(over >> 2);
                *cell = pawl_mpmc_swap_at_(port, *spare);
                learn(q, &port->pop, h, *spare);
                tell_now_and_then(&q->head, from, h + 1);
                if ((from ^ (h + 1)) >= port->often)
                    pawl_mpmc_swap_keep_back_(port);
                return 0;
            }
            pawl_relax_n(LOST);
        } else if (over < port->lap) {
            port->turned_away++;
            aim(&port->pop, h);
            tell_now_and_then(&q->head, from, h);
            return over & PAWL_MPMC_SWAP_CLOSED_ ? ECANCELED : EAGAIN;
        } else {
            bool older = (int64_t)over < 0;
            uint64_t hint = ask(&q->head, h, older || steps % STEPS == 0);

            if (older && (int64_t)(hint - h) <= 0)
                return EINVAL;          /* no queue comes to this: overwritten */
            h = pawl_mpmc_swap_skip_(q, h, over, false, hint);
        }
    }
}

void pawl_mpmc_swap_keep_back_(pawl_mpmc_swap_port *port)
{
    PAWL_ATOMIC(uint64_t) *tail = &pawl_mpmc_swap_of_(port)->tail;
    bool starved = port->turned_away > port->often / 8;
    bool pushes = port->pushed != (uint32_t)port->push.at;
    uint64_t now, before = port->pop.at;

    port->turned_away = 0;
    port->pushed = (uint32_t)port->push.at;
    if (starved || pushes || port->often == 0)
        return;
    for (uint32_t i = 0; i <= port->often / (KEPT / 2); i++) {
        /* relaxed: nothing depends on it but time. */
        now = atomic_load_explicit(tail, memory_order_relaxed);
        if ((int64_t)(now - port->pop.at) >= 2 * (int64_t)port->often
            || (i > 0 && (int64_t)(now - before) < KEPT))
            break;
        before = now;
        pawl_relax_n(KEPT);
    }
}

/* --- closing, counting ------------------------------------------------------------ */

static bool was_pushed(pawl_mpmc_swap *q, uint64_t over)
{
    return (int64_t)over >= 0
        && (over >> q->lap_shift != 0 || (over & PAWL_MPMC_SWAP_FULL_));
}

static bool was_popped(pawl_mpmc_swap *q, uint64_t over)
{
    return (int64_t)over >= 0 && over >> q->lap_shift != 0;
}

bool pawl_mpmc_swap_close(pawl_mpmc_swap *q)
{
    /* acquire, here and below: as [F] in mpmc_swap.h. */
    uint64_t word, t = atomic_load_explicit(&q->tail, memory_order_acquire);

    for (;;) {
        uint64_t over = look(q, t, &word);

        if (was_pushed(q, over))
            t = pawl_mpmc_swap_skip_(q, t, over, over & PAWL_MPMC_SWAP_FULL_,
                    atomic_load_explicit(&q->tail, memory_order_acquire));
        else if (word & PAWL_MPMC_SWAP_CLOSED_)
            return false;
        /* [C] seq_cst: see Effect; release: hands what the closer did before to those
         * who meet the mark.  relaxed: we look again. */
        else if (atomic_compare_exchange_weak_explicit(
                     slot_of(q, t), &word, word | PAWL_MPMC_SWAP_CLOSED_,
                     memory_order_seq_cst, memory_order_relaxed))
            return true;
    }
}

size_t pawl_mpmc_swap_count_hint(pawl_mpmc_swap *q)
{
    /* acquire: as [F]; else t could be ahead of all that we see. */
    uint64_t h, t = atomic_load_explicit(&q->tail, memory_order_acquire);
    uint64_t over, word;

    /* At most a lap behind, when we came.  Further only as others push: then t is where
     * they were meanwhile. */
    for (uint64_t i = 0; i <= q->mask + 1; i++) {
        if (!was_pushed(q, over = look(q, t, &word)))
            break;
        t = pawl_mpmc_swap_skip_(q, t, over, over & PAWL_MPMC_SWAP_FULL_, t);
    }
    /* Not before: of what was in before t, whatever is popped by now is left out.
     * relaxed: with words older than the hint, the hint is as good. */
    h = atomic_load_explicit(&q->head, memory_order_relaxed);
    while ((int64_t)(t - h) > 0 && was_popped(q, over = look(q, h, &word)))
        h = pawl_mpmc_swap_skip_(q, h, over, false, h);
    if ((int64_t)(t - h) <= 0)
        return 0;
    return (size_t)(t - h <= q->mask ? t - h : q->mask + 1);
}
