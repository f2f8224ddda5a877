/* spsc_ring.c - a client for GenMC: spsc_ring.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "client.h"
#include "../../src/spsc_ring.c"

/* Two lie in a block, and there are two blocks. */
typedef struct element { uint64_t words[7]; } element;
enum { CAPACITY = 2, WORD = 6, PUSHES = 5, POPS = 3 };

static struct {
    pawl_spsc_ring ring;
    alignas(PAWL_LINE) uint64_t blocks[2 * PAWL_SPSC_BLOCK / sizeof(uint64_t)];
} r;
static uint64_t pushed, popped;         /* how many, each written by its side */

static void begin(void)
{
    assert(pawl_spsc_ring_init(&r.ring, sizeof r, CAPACITY, sizeof(element)) == 0);
    pushed = popped = 0;
}

static bool push_next(void)
{
    element e;

    for (int i = 0; i <= WORD; i++)
        e.words[i] = pushed + 1;
    if (!pawl_spsc_ring_try_push(&r.ring, &e, sizeof e))
        return false;
    pushed++;
    return true;
}

static bool pop_next(void)
{
    element e;

    if (!pawl_spsc_ring_try_pop(&r.ring, &e, sizeof e))
        return false;
    popped++;
    assert(e.words[0] == popped && e.words[WORD] == popped);
    return true;
}

/* What is in comes out, and is all that was pushed. */
static void end(uint64_t least)
{
    assert(pushed >= least && pushed - popped <= 4);
    while (popped < pushed)
        assert(pop_next());
    assert(!pop_next());
}

static void *tries_to_push(void *a)
{
    for (int i = 0; i < PUSHES; i++)
        (void)push_next();
    return a;
}

static void *tries_to_pop(void *a)
{
    for (int i = 0; i < POPS; i++)
        (void)pop_next();
    return a;
}

/* The third block is the first one again: full, empty, and on. */
int safety(void)
{
    begin();
    run_threads(tries_to_push, tries_to_pop, NULL, NULL);
    end(4);
    return 0;
}

static void *writes_in_place(void *a)
{
    for (int i = 0; i < PUSHES; i++) {
        size_t n = 1;
        element *e = (element *)pawl_spsc_ring_reserve(&r.ring, &n, sizeof *e);

        if (e == NULL)
            break;
        e->words[WORD] = ++pushed;
        pawl_spsc_ring_commit(&r.ring, 1);
    }
    return a;
}

static void *reads_in_place(void *a)
{
    for (int i = 0; i < POPS; i++) {
        size_t n = 2;
        element *e = (element *)pawl_spsc_ring_peek(&r.ring, &n, sizeof *e);

        if (e == NULL)
            continue;
        for (size_t k = 0; k < n; k++)
            assert(e[k].words[WORD] == ++popped);
        pawl_spsc_ring_release(&r.ring, n);
    }
    return a;
}

int in_place(void)
{
    begin();
    run_threads(writes_in_place, reads_in_place, NULL, NULL);
    assert(pushed >= 4 && popped <= pushed);
    return 0;
}

static PAWL_ATOMIC(uint32_t) full, half;        /* said by one side to the other */

static void wait_for_it(PAWL_ATOMIC(uint32_t) *what)
{
    pawl_backoff b = PAWL_BACKOFF_INIT;

    while (atomic_load_explicit(what, memory_order_acquire) == 0)
        if (!pawl_backoff_wait(&b))
            pawl_yield();
}

static void *fills_it(void *a)
{
    while (push_next())
        continue;
    atomic_store_explicit(&full, 1, memory_order_release);
    wait_for_it(&half);
    assert(push_next() && push_next() && !push_next());
    return a;
}

static void *takes_half(void *a)
{
    wait_for_it(&full);
    assert(pop_next() && pop_next());
    atomic_store_explicit(&half, 1, memory_order_release);
    return a;
}

/* Where there is an element, or room, it is found at once. */
int prompt(void)
{
    begin();
    atomic_store_explicit(&full, 0, memory_order_relaxed);
    atomic_store_explicit(&half, 0, memory_order_relaxed);
    run_threads(fills_it, takes_half, NULL, NULL);
    end(6);
    return 0;
}

int main(void)
{
    return safety() || in_place() || prompt();
}
