/* edges_nested_test.c - calls in the middle of calls: nobody is misled by a stale look.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A signal handler pushes (pops) in the very thread that pushes (pops): whatever that
 * call has looked at is then out of date, and the other call complete.  Among pushes
 * alone none fails while there is room, nor does a pop while there are items.
 */
#include "swap.h"

#include <pawl/mpmc_ring.h>

enum { CAPACITY = 1 << 15, HITS = 300 };

static pawl_mpmc_ring *ring;
static pawl_mpmc_swap_port *inside, *outside;   /* the handler's port, and ours */
static pawl_mpmc_swap_port *port;               /* of the two, who is at it */

static size_t push_ring(void) { return pawl_mpmc_ring_try_push(ring, NULL); }

static size_t pop_ring(void)
{
    void *item;

    return pawl_mpmc_ring_try_pop(ring, &item);
}

static size_t push_ring_n(void)
{
    void *items[2] = { NULL, NULL };

    return pawl_mpmc_ring_try_push_n(ring, items, 2);
}

static size_t pop_ring_n(void)
{
    void *items[2];

    return pawl_mpmc_ring_try_pop_n(ring, items, 2);
}

static size_t push_swap(void) { return pawl_mpmc_swap_try_push(port) == 0; }

static size_t pop_swap(void)
{
    void *cell;

    return pawl_mpmc_swap_try_pop(port, &cell) == 0;
}

/* What goes on now, in the thread and in its handler. */
static size_t (*call)(void);
static _Atomic(size_t) done = CAPACITY;  /* then the handler does nothing */
static flag failed;

static void call_once(void)
{
    size_t n = call();

    if (n == 0)
        set(&failed, 1);
    atomic_fetch_add_explicit(&done, n, memory_order_relaxed);
}

static void call_in_handler(int number)
{
    (void)number;
    port = inside;
    /* Up to here, so that the two calls together do not go too far. */
    if (atomic_load_explicit(&done, memory_order_relaxed) < CAPACITY - 4)
        call_once();
    port = outside;
    atomic_fetch_add_explicit(&storm_hits, 1, memory_order_relaxed);
}

static void all_but_some(size_t (*what)(void))
{
    call = what;
    atomic_store_explicit(&done, 0, memory_order_release);      /* now it is on */
    while (atomic_load_explicit(&done, memory_order_relaxed) < CAPACITY - 4
           && !get(&failed))
        call_once();
    /* Nobody is at it any more but us. */
    while (!get(&failed)
           && atomic_load_explicit(&done, memory_order_relaxed) < CAPACITY)
        call_once();
}

static void set_handler(void (*handler)(int))
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    sigaction(SIGUSR1, &action, NULL);
}

/* Fill and drain, again and again, until enough signals have come. */
static void in_a_storm(size_t (*push)(void), size_t (*pop)(void))
{
    storm s;

    set(&failed, 0);
    storm_begin(&s, pthread_self());
    set_handler(call_in_handler);
    do {
        all_but_some(push);
        all_but_some(pop);
    } while (!get(&failed) && get(&storm_hits) < HITS);
    signal(SIGUSR1, SIG_IGN);
    storm_end(&s);
    assert_int_equal(get(&failed), 0);
}

static void calls_of_mpmc_ring_in_its_calls(void **state)
{
    size_t bytes = pawl_mpmc_ring_bytes(CAPACITY);
    (void)state;

    ring = block(bytes);
    assert_int_equal(pawl_mpmc_ring_init(ring, bytes, CAPACITY), 0);
    in_a_storm(push_ring, pop_ring);
    in_a_storm(push_ring_n, pop_ring_n);
    assert_int_equal(pawl_mpmc_ring_count_hint(ring), 0);
    free(ring);
}

static void calls_of_mpmc_swap_in_its_calls(void **state)
{
    pawl_mpmc_swap *q = make(CAPACITY, 2, 1, 8);
    (void)state;

    inside = enter(q);
    port = outside = enter(q);
    in_a_storm(push_swap, pop_swap);
    assert_int_equal(pawl_mpmc_swap_count_hint(q), 0);
    assert_true(conserved(q));
    free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_of_mpmc_ring_in_its_calls),
        cmocka_unit_test(calls_of_mpmc_swap_in_its_calls),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("edges_nested", tests, NULL, NULL);
}
