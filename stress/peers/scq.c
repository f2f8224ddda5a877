/* scq.c - subject: Nikolaev's SCQ, lock-free, written anew from its paper. */
/* SPDX-License-Identifier: BSD-2-Clause */
/* R. Nikolaev, A Scalable, Portable, and Memory-Efficient Lock-Free FIFO Queue, DISC
 * 2019.  Two rings of indices: those of free cells, and those of cells with an item in
 * them.  A ring for n indices has 2n entries, each of a cycle, a bit that says it is
 * safe, and an index, or NONE.  It wants n to be no less than the threads.  All is
 * sequentially consistent, as in the paper. */
#define _GNU_SOURCE 1
#include <pawl/atomic.h>

#include <stdlib.h>

#define SUBJECT "scq"
#define SUBJECT_ROLES "mpmc"
#define SUBJECT_BOUNDED 1

enum { SPREAD = 3 };                    /* 8 entries a line: neighbours go apart */

typedef struct ring {
    alignas(PAWL_LINE) PAWL_ATOMIC(uint64_t) head;
    alignas(PAWL_LINE) PAWL_ATOMIC(uint64_t) tail;
    alignas(PAWL_LINE) PAWL_ATOMIC(int64_t) threshold;  /* below 0: empty */
    alignas(PAWL_LINE) int64_t most;    /* what it is set to: 3n - 1 */
    uint64_t none;                      /* 2n - 1: the mask, and no index */
    unsigned bits;                      /* 2n is 1 << bits */
    PAWL_ATOMIC(uint64_t) *entries;
} ring;

typedef struct subject {
    ring full, free;
    void **cells;
} subject;
typedef char handle;

/* An entry: the cycle, then `safe`, then the index in the lowest bits. */
static uint64_t entry(const ring *r, uint64_t cycle, bool safe, uint64_t index)
{
    return (cycle << 1 | safe) << r->bits | index;
}

static bool is_safe(const ring *r, uint64_t e) { return e >> r->bits & 1; }
static uint64_t index_of(const ring *r, uint64_t e) { return e & r->none; }
static uint64_t cycle_of(const ring *r, uint64_t e) { return e >> r->bits >> 1; }

static PAWL_ATOMIC(uint64_t) *place(const ring *r, uint64_t ticket)
{
    uint64_t i = ticket & r->none;

    return &r->entries[r->bits <= SPREAD ? i
                       : ((i << SPREAD | i >> (r->bits - SPREAD)) & r->none)];
}

static bool ring_open(ring *r, uint64_t n)
{
    r->bits = 1;
    while (UINT64_C(1) << r->bits < 2 * n)
        r->bits++;
    r->none = 2 * n - 1;
    r->most = (int64_t)(3 * n - 1);
    r->entries = (PAWL_ATOMIC(uint64_t) *)aligned_alloc(PAWL_LINE,
        (2 * n * sizeof(uint64_t) + PAWL_LINE - 1) / PAWL_LINE * PAWL_LINE);
    for (uint64_t i = 0; r->entries != NULL && i < 2 * n; i++)
        atomic_init(&r->entries[i], entry(r, 0, true, r->none));
    atomic_init(&r->head, 2 * n);
    atomic_init(&r->tail, 2 * n);
    atomic_init(&r->threshold, -1);
    return r->entries != NULL;
}

/* There is an index: so many attempts may fail to find it. */
static void refresh(ring *r)
{
    if (atomic_load_explicit(&r->threshold, memory_order_seq_cst) != r->most)
        atomic_store_explicit(&r->threshold, r->most, memory_order_seq_cst);
}

static void ring_put(ring *r, uint64_t index)
{
    for (;;) {
        uint64_t t = atomic_fetch_add_explicit(&r->tail, 1, memory_order_seq_cst);
        PAWL_ATOMIC(uint64_t) *at = place(r, t);
        uint64_t cycle = t >> r->bits;
        uint64_t e = atomic_load_explicit(at, memory_order_seq_cst);

        while (cycle_of(r, e) < cycle && index_of(r, e) == r->none
               && (is_safe(r, e)
                   || atomic_load_explicit(&r->head, memory_order_seq_cst) <= t))
            if (atomic_compare_exchange_strong_explicit(at, &e,
                    entry(r, cycle, true, index), memory_order_seq_cst,
                    memory_order_seq_cst)) {
                refresh(r);
                return;
            }
    }
}

/* The head has gone past the tail: take that along. */
static void catch_up(ring *r, uint64_t tail, uint64_t head)
{
    while (!atomic_compare_exchange_strong_explicit(&r->tail, &tail, head,
               memory_order_seq_cst, memory_order_seq_cst)) {
        head = atomic_load_explicit(&r->head, memory_order_seq_cst);
        if (tail >= head)
            break;
    }
}

/* An index, or NONE.  false: that entry brought nothing, and others may. */
static bool ring_try(ring *r, uint64_t *index)
{
    uint64_t h = atomic_fetch_add_explicit(&r->head, 1, memory_order_seq_cst);
    PAWL_ATOMIC(uint64_t) *at = place(r, h);
    uint64_t cycle = h >> r->bits, new_e, tail;
    uint64_t e = atomic_load_explicit(at, memory_order_seq_cst);

    do {
        if (cycle_of(r, e) == cycle) {
            atomic_fetch_or_explicit(at, r->none, memory_order_seq_cst);
            *index = index_of(r, e);
            return true;
        }
        new_e = index_of(r, e) == r->none
              ? entry(r, cycle, is_safe(r, e), r->none)
              : entry(r, cycle_of(r, e), false, index_of(r, e));
    } while (cycle_of(r, e) < cycle
             && !atomic_compare_exchange_strong_explicit(at, &e, new_e,
                    memory_order_seq_cst, memory_order_seq_cst));
    *index = r->none;
    tail = atomic_load_explicit(&r->tail, memory_order_seq_cst);
    if (tail <= h + 1) {
        catch_up(r, tail, h + 1);
        atomic_fetch_sub_explicit(&r->threshold, 1, memory_order_seq_cst);
        return true;
    }
    return atomic_fetch_sub_explicit(&r->threshold, 1, memory_order_seq_cst) <= 0;
}

static bool ring_get(ring *r, uint64_t *index)
{
    if (atomic_load_explicit(&r->threshold, memory_order_seq_cst) < 0)
        return false;
    while (!ring_try(r, index))
        continue;
    return *index != r->none;
}

/* (All capacities here are powers of two.) */
static bool subject_open(subject *q, size_t capacity, unsigned threads)
{
    size_t n = capacity;

    while (n < threads)
        n *= 2;
    q->cells = (void **)calloc(n, sizeof *q->cells);
    if (q->cells == NULL || !ring_open(&q->full, n) || !ring_open(&q->free, n))
        return false;
    for (size_t i = 0; i < n; i++)
        ring_put(&q->free, i);
    return true;
}

static void subject_close(subject *q)
{
    free((void *)q->full.entries);
    free((void *)q->free.entries);
    free(q->cells);
}

static bool subject_join(subject *q, handle *h) { (void)q, (void)h; return true; }
static void subject_leave(subject *q, handle *h) { (void)q, (void)h; }

static bool subject_push(subject *q, handle *h, void *item)
{
    uint64_t index;

    (void)h;
    if (!ring_get(&q->free, &index))
        return false;
    q->cells[index] = item;
    ring_put(&q->full, index);
    return true;
}

static bool subject_pop(subject *q, handle *h, void **item)
{
    uint64_t index;

    (void)h;
    if (!ring_get(&q->full, &index))
        return false;
    *item = q->cells[index];
    ring_put(&q->free, index);
    return true;
}

#include <trial/queue.h>
