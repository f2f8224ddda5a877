/* edges_fork_queues_test.c - fork in every state of the queues.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * As the headers' fork sentences say; edges_fork_test.c: those of all else.
 */
#include "swap.h"

#include <pawl/pawl.h>

/* --- rings: a private one is copied as it is; each side of a shared one goes on --- */

typedef struct ring {
    void *at;
    size_t inside;
} ring;

static bool pops_from_spsc(void *argument)
{
    ring *r = argument;
    uint64_t item;

    for (uint64_t i = 0; i < r->inside; i++)
        if (!pawl_spsc_ring_try_pop(r->at, &item, sizeof item) || item != i)
            return false;
    return !pawl_spsc_ring_try_pop(r->at, &item, sizeof item);
}

static bool pops_and_goes_on_spsc(void *argument)
{
    ring *r = argument;
    uint64_t item = 7;

    return pops_from_spsc(r) && pawl_spsc_ring_try_push(r->at, &item, sizeof item)
        && pawl_spsc_ring_try_pop(r->at, &item, sizeof item) && item == 7;
}

static void spsc_ring_with_any_number_inside(void **state)
{
    size_t bytes = pawl_spsc_ring_bytes(32, sizeof(uint64_t));
    (void)state;

    for (uint64_t n = 0; n <= 32; n++)
        for (unsigned shared = 0; shared < 2; shared++) {
            ring r = { (shared ? shared_block : block)(bytes), (size_t)n };
            uint64_t item = 99;

            assert_int_equal(pawl_spsc_ring_init(r.at, bytes, 32, sizeof item), 0);
            for (uint64_t i = 0; i < n; i++)
                assert_true(pawl_spsc_ring_try_push(r.at, &i, sizeof i));
            in_a_fork(shared ? pops_from_spsc : pops_and_goes_on_spsc, &r);
            if (!shared)
                assert_true(pops_and_goes_on_spsc(&r));
            else                        /* the child was the consumer, of all of it */
                for (unsigned i = 0; i < 32; i++)
                    assert_true(pawl_spsc_ring_try_push(r.at, &item, sizeof item));
            if (shared)
                munmap(r.at, bytes);
            else
                free(r.at);
        }
}

static bool pops_from_ring(void *argument)
{
    ring *r = argument;
    void *item;

    for (uintptr_t i = 0; i < r->inside; i++)
        if (!pawl_mpmc_ring_try_pop(r->at, &item) || item != (void *)(i * 4))
            return false;
    return !pawl_mpmc_ring_try_pop(r->at, &item);
}

static void mpmc_ring_with_any_number_inside(void **state)
{
    size_t bytes = pawl_mpmc_ring_bytes(4);
    (void)state;

    for (size_t n = 0; n <= 4; n++)
        for (unsigned shared = 0; shared < 2; shared++) {
            ring r = { (shared ? shared_block : block)(bytes), n };
            void *item;

            assert_int_equal(pawl_mpmc_ring_init(r.at, bytes, 4), 0);
            for (uintptr_t i = 0; i < n; i++)
                assert_true(pawl_mpmc_ring_try_push(r.at, (void *)(i * 4)));
            in_a_fork(pops_from_ring, &r);
            assert_int_equal(pawl_mpmc_ring_try_pop(r.at, &item), !shared && n > 0);
            if (shared)
                munmap(r.at, bytes);
            else
                free(r.at);
        }
}

/* The child's copy of a slot that a thread of the parent is just filling. */
static bool is_held_up(void *r)
{
    void *item;

    return !pawl_mpmc_ring_try_pop(r, &item) && pawl_mpmc_ring_try_push(r, &item)
        && !pawl_mpmc_ring_try_pop(r, &item);
}

static void mpmc_ring_with_another_in_a_call(void **state)
{
    size_t bytes = pawl_mpmc_ring_bytes(4);
    pawl_mpmc_ring *r = block(bytes);
    void *item = NULL;
    (void)state;

    assert_int_equal(pawl_mpmc_ring_init(r, bytes, 4), 0);
    atomic_store_explicit(&r->tail, 1, memory_order_relaxed);       /* it claims */
    in_a_fork(is_held_up, r);
    atomic_store_explicit(pawl_mpmc_ring_slot_(r, 0),               /* and stores */
                          pawl_mpmc_ring_full_(r, 0, r), memory_order_release);
    assert_true(pawl_mpmc_ring_try_pop(r, &item));
    assert_ptr_equal(item, r);
    free(r);
}

/* --- mpmc_swap: the child opens ports of its own, or has a copy ----------- */

typedef struct swap {
    pawl_mpmc_swap *queue;
    pawl_mpmc_swap_port *in;            /* the parent's */
    uint64_t inside;
    bool closed;
} swap;

static int push_swap(pawl_mpmc_swap_port *port, uint64_t item)
{
    *(uint64_t *)pawl_mpmc_swap_cell(port, 0) = item;
    return pawl_mpmc_swap_try_push(port);
}

static bool pops_from_swap(void *argument)
{
    swap *s = argument;
    pawl_mpmc_swap_port *port, *none;
    void *cell = NULL;

    if (pawl_mpmc_swap_open(s->queue, &port) != 0
        || pawl_mpmc_swap_open(s->queue, &none) != EBUSY)
        return false;
    for (uint64_t i = 0; i < s->inside; i++)
        if (pawl_mpmc_swap_try_pop(port, &cell) != 0 || *(uint64_t *)cell != i)
            return false;
    if (pawl_mpmc_swap_try_pop(port, &cell) != (s->closed ? ECANCELED : EAGAIN))
        return false;
    if (!s->closed && push_swap(port, 7) != 0)
        return false;
    return conserved(s->queue);         /* its port it leaves open */
}

static void mpmc_swap_with_any_number_inside(void **state)
{
    size_t bytes = pawl_mpmc_swap_bytes(4, 2, 1, sizeof(uint64_t));
    (void)state;

    for (unsigned i = 0; i < 5 * 2 * 2; i++) {
        bool shared = i % 2, closed = i / 2 % 2;
        swap s = { (shared ? shared_block : block)(bytes), NULL, i / 4, closed };
        void *cell = NULL;

        assert_int_equal(pawl_mpmc_swap_init(s.queue, bytes, 4, 2, 1, 8), 0);
        s.in = enter(s.queue);
        for (uint64_t n = 0; n < s.inside; n++)
            assert_int_equal(push_swap(s.in, n), 0);
        assert_true(!closed || pawl_mpmc_swap_close(s.queue));
        in_a_fork(pops_from_swap, &s);
        if (!shared) {                  /* the child popped from a copy */
            assert_true(pops_from_swap(&s));
            free(s.queue);
            continue;
        }
        assert_int_equal(pawl_mpmc_swap_open(s.queue, &s.in), EBUSY);
        if (!closed) {
            assert_int_equal(pawl_mpmc_swap_try_pop(s.in, &cell), 0);
            assert_true(*(uint64_t *)cell == 7);
        }
        assert_int_equal(pawl_mpmc_swap_try_pop(s.in, &cell),
                         closed ? ECANCELED : EAGAIN);
        munmap(s.queue, bytes);
    }
}

/* --- mpsc_queue: a copy, to be used or destroyed -------------------------- */

typedef struct list {
    pawl_mpsc_queue queue;
    uintptr_t inside;
} list;

static bool pops_from_list(void *argument)
{
    list *l = argument;
    void *item;

    for (uintptr_t i = 1; i <= l->inside; i++)
        if (!pawl_mpsc_queue_try_pop(&l->queue, &item) || item != (void *)i)
            return false;
    if (pawl_mpsc_queue_try_pop(&l->queue, &item))
        return false;
    for (uintptr_t i = 1; i <= 9; i++)
        if (pawl_mpsc_queue_try_push(&l->queue, (void *)i) != 0)
            return false;
    pawl_mpsc_queue_destroy(&l->queue);
    return true;
}

static bool destroys_list(void *argument)
{
    pawl_mpsc_queue_destroy(&((list *)argument)->queue);
    return true;
}

static void mpsc_queue_with_any_number_inside(void **state)
{
    (void)state;

    for (uintptr_t n = 0; n <= 13; n++) {
        list l = { .inside = n };

        assert_int_equal(pawl_mpsc_queue_init_at_(&l.queue, 0, NULL, 0, 4), 0);
        for (uintptr_t i = 1; i <= n; i++)
            assert_int_equal(pawl_mpsc_queue_try_push(&l.queue, (void *)i), 0);
        in_a_fork(pops_from_list, &l);
        in_a_fork(destroys_list, &l);
        assert_true(pops_from_list(&l));
    }
}

/* --- channel: a copy, of no use but to be freed --------------------------- */

static bool frees(void *c)
{
    free(c);
    return true;
}

static void *pop_until_closed(void *port)
{
    void *cell = NULL;
    uint64_t popped = 0;

    while (pawl_channel_pop(port, &cell) == 0)
        popped++;
    return popped == 3 ? port : NULL;
}

static void channel_empty_waited_for_full_and_closed(void **state)
{
    size_t bytes = pawl_channel_bytes(2, 2, 1, sizeof(uint64_t));
    pawl_channel *c = block(bytes);
    pawl_channel_port *in = NULL, *out = NULL;
    pthread_t consumer;
    void *popped;
    (void)state;

    assert_int_equal(pawl_channel_init(c, bytes, 2, 2, 1, 8, PAWL_PRIVATE), 0);
    assert_int_equal(pawl_channel_open(c, &in), 0);
    assert_int_equal(pawl_channel_open(c, &out), 0);
    in_a_fork(frees, c);
    consumer = start(pop_until_closed, out);
    while (!pawl_event_waited(pawl_channel_items(c)))
        nap(1);
    in_a_fork(frees, c);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(pawl_channel_push(in), 0);
        in_a_fork(frees, c);
    }
    while (!pawl_event_waited(pawl_channel_items(c)))
        nap(1);
    assert_true(pawl_channel_close(c));
    pthread_join(consumer, &popped);
    assert_ptr_equal(popped, out);
    in_a_fork(frees, c);
    assert_int_equal(pawl_channel_push(in), ECANCELED);
    free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spsc_ring_with_any_number_inside),
        cmocka_unit_test(mpmc_ring_with_any_number_inside),
        cmocka_unit_test(mpmc_ring_with_another_in_a_call),
        cmocka_unit_test(mpmc_swap_with_any_number_inside),
        cmocka_unit_test(mpsc_queue_with_any_number_inside),
        cmocka_unit_test(channel_empty_waited_for_full_and_closed),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("edges_fork_queues", tests, NULL, NULL);
}
