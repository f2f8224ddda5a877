/* pitfalls_test.c - what respected libraries got wrong: queues; each fault has a test.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * pitfalls_wait_test.c and pitfalls_lock_test.c: all else.  pitfalls.txt lists them.
 */
#include "swap.h"

#include <pawl/mpmc_ring.h>
#include <pawl/spsc_ring.h>

static pawl_spsc_ring *new_spsc(size_t capacity, size_t size)
{
    size_t bytes = pawl_spsc_ring_bytes(capacity, size);
    pawl_spsc_ring *r = block(bytes);

    assert_int_equal(pawl_spsc_ring_init(r, bytes, capacity, size), 0);
    return r;
}

static pawl_mpmc_ring *new_ring(size_t capacity)
{
    size_t bytes = pawl_mpmc_ring_bytes(capacity);
    pawl_mpmc_ring *r = block(bytes);

    assert_int_equal(pawl_mpmc_ring_init(r, bytes, capacity), 0);
    return r;
}

/* DPDK, 2017 to 2025: who was a producer and becomes a consumer has a stale head, and a
 * fresh tail: the difference is below 0, and so huge. */
static void pitfall_01_role_switch(void **state)
{
    pawl_mpmc_swap *q = make(4, 2, 1, 8);
    pawl_mpmc_swap_port *turncoat = enter(q), *other = enter(q);
    (void)state;

    for (uint64_t i = 0; i < 100; i++) {
        assert_int_equal(push(turncoat, i), 0);         /* its pop.at stays at 0 */
        assert_true(pop(other) == i);
        assert_true(pawl_mpmc_swap_count_hint(q) <= 4);
    }
    assert_true(turncoat->pop.at == 0 && turncoat->push.at == 100);
    assert_true(pop(turncoat) == EMPTY);
    assert_int_equal(push(other, 7), 0);
    assert_true(pop(turncoat) == 7);
    assert_true(pop(turncoat) == EMPTY);
    for (uint64_t i = 0; i < 4; i++)
        assert_int_equal(push(other, i), 0);
    assert_int_equal(push(other, 4), EAGAIN);
    assert_true(conserved(q));
    free(q);
}

/* ck_ring, until 2026: the head was published before the slot had been read. */
enum { ITEMS = 20000, WORDS = 8 };

static void *write_slots(void *argument)
{
    pawl_spsc_ring *r = argument;
    uint64_t element[WORDS];

    for (uint64_t i = 0; i < ITEMS; i++) {
        for (unsigned k = 0; k < WORDS; k++)
            element[k] = i + k;
        while (!pawl_spsc_ring_try_push(r, element, sizeof element))
            sched_yield();
    }
    return NULL;
}

static void pitfall_02_slot_read_before_it_is_given_back(void **state)
{
    pawl_spsc_ring *r = new_spsc(1, WORDS * sizeof(uint64_t));
    pthread_t producer = start(write_slots, r);
    uint64_t element[WORDS];
    unsigned torn = 0;
    (void)state;

    for (uint64_t i = 0; i < ITEMS; i++) {
        while (!pawl_spsc_ring_try_pop(r, element, sizeof element))
            sched_yield();
        for (unsigned k = 0; k < WORDS; k++)
            torn += element[k] != i + k;
    }
    finish(producer);
    assert_int_equal(torn, 0);
    free(r);
}

/* ck: "full", from a snapshot that was taken before the consumer made room. */
static void pitfall_03_full_by_a_stale_snapshot(void **state)
{
    pawl_spsc_ring *r = new_spsc(8, 8);
    pawl_mpmc_swap *q = make(8, 2, 1, 8);
    pawl_mpmc_swap_port *in = enter(q), *out = enter(q);
    uint64_t item = 0;
    (void)state;

    for (unsigned round = 0; round < 40; round++) {
        while (pawl_spsc_ring_try_push(r, &item, 8))
            continue;                   /* full: the producer has just looked */
        while (pawl_spsc_ring_try_pop(r, &item, 8))
            continue;
        for (unsigned i = 0; i < 8; i++)
            assert_true(pawl_spsc_ring_try_push(r, &item, 8));
        while (push(in, 1) == 0)
            continue;
        assert_int_equal(push(in, 1), EAGAIN);
        assert_true(pop(out) == 1);
        assert_int_equal(push(in, 1), 0);
        assert_int_equal(push(in, 1), EAGAIN);
    }
    free(r);
    free(q);
}

/* Vyukov's rings, ck_ring, crossbeam: "empty" while an item is certainly in, because
 * another thread is parked in the middle of its push; "full" likewise. */
static void pitfall_04_empty_by_a_parked_peer(void **state)
{
    pawl_mpmc_swap *q = make(2, 4, 1, 8);
    pawl_mpmc_swap_port *parked = enter(q), *in = enter(q), *out = enter(q);
    pawl_mpmc_swap_port *stuck = enter(q);
    (void)state;

    /* Parked behind its exchange: as if it had not gone on. */
    assert_int_equal(push(parked, 1), 0);
    aim(&parked->push, 0);
    assert_int_equal(push(in, 2), 0);
    assert_int_equal(push(in, 3), EAGAIN);
    assert_true(pop(out) == 1);
    assert_int_equal(push(in, 3), 0);   /* one is out: there is room */
    /* Parked likewise in a pop. */
    assert_true(pop(stuck) == 2);
    aim(&stuck->pop, 0);
    assert_int_equal(push(in, 4), 0);
    assert_true(pop(out) == 3 && pop(out) == 4 && pop(out) == EMPTY);
    assert_true(conserved(q));
    free(q);
}

/* libvsync: counters wrap at a power of two, a ring of another size then jumps. */
static void pitfall_07_wrap_of_an_odd_size(void **state)
{
    pawl_spsc_ring *r = new_spsc(2, 100);
    uint64_t element[13] = { 0 };
    size_t bytes = pawl_mpmc_ring_bytes(8);
    pawl_mpmc_ring *ring = block(bytes);
    (void)state;

    assert_true((r->push_end - sizeof *r) / r->push_stride == 3);       /* blocks */
    for (uint64_t before = 0; before < 12; before++) {
        uint64_t next = 0;

        pawl_spsc_ring_init_at_(r, 0 - before);
        for (uint64_t i = 0; i < 40; i++) {
            element[0] = i;
            assert_true(pawl_spsc_ring_try_push(r, element, 100));
            for (; i % 2 == 1 && next <= i; next++) {
                assert_true(pawl_spsc_ring_try_pop(r, element, 100));
                assert_true(element[0] == next);
            }
        }
        assert_false(pawl_spsc_ring_try_pop(r, element, 100));
    }
    for (size_t odd = 3; odd < 64; odd++)       /* the others have no such size */
        if ((odd & (odd - 1)) != 0)
            assert_int_equal(pawl_mpmc_ring_init(ring, bytes, odd), EINVAL);
    free(ring);
    free(r);
}

/* crossbeam: close against a slot that is claimed and not yet filled lost the item, or
 * hung.  Here a push has closed out everybody else, or has not begun. */
static void *push_until_closed(void *argument)
{
    pawl_mpmc_swap_port *port = argument;
    uintptr_t pushed = 0;
    int result;

    while ((result = push(port, pushed)) != ECANCELED) {
        pushed += result == 0;
        if (result != 0)
            sched_yield();
    }
    return (void *)pushed;
}

static void pitfall_09_close_against_a_push_under_way(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 200; round++) {
        pawl_mpmc_swap *q = make(2, 3, 1, 8);
        pawl_mpmc_swap_port *port = enter(q);
        pthread_t producers[2];
        uintptr_t accepted = 0, popped = 0;
        uint64_t item;

        for (unsigned i = 0; i < 2; i++)
            producers[i] = start(push_until_closed, enter(q));
        for (unsigned i = 0; i < round; i++)
            popped += pop(port) <= UINT32_MAX;
        assert_true(pawl_mpmc_swap_close(q));
        while ((item = pop(port)) != UINT64_MAX - ECANCELED)
            popped += item <= UINT32_MAX;
        for (unsigned i = 0; i < 2; i++) {
            void *pushed;

            pthread_join(producers[i], &pushed);
            accepted += (uintptr_t)pushed;
        }
        assert_int_equal(popped, accepted);
        assert_true(conserved(q));
        free(q);
    }
}

/* A push or a pop that fails has reserved nothing: what failed often is as before. */
static void pitfall_10_leaked_reservation(void **state)
{
    pawl_mpmc_swap *q = make(2, 2, 2, 8);
    pawl_mpmc_swap_port *in = enter(q), *out = enter(q);
    pawl_mpmc_ring *r = new_ring(2);
    void *items[3] = { NULL };
    (void)state;

    for (unsigned round = 0; round < 20; round++) {
        for (uint64_t i = 0; i < 2; i++)
            assert_int_equal(push(in, i), 0);
        assert_int_equal(pawl_mpmc_ring_try_push_n(r, items, 3), 2);
        for (unsigned i = 0; i < 50; i++) {
            assert_int_equal(push(in, 9), EAGAIN);
            assert_int_equal(pawl_mpmc_swap_try_push_n(in, 2), 0);
            assert_int_equal(pawl_mpmc_ring_try_push_n(r, items, 3), 0);
        }
        assert_true(pop(out) == 0 && pop(out) == 1);
        assert_int_equal(pawl_mpmc_ring_try_pop_n(r, items, 3), 2);
        for (unsigned i = 0; i < 50; i++) {
            assert_true(pop(out) == EMPTY);
            assert_int_equal(pawl_mpmc_swap_try_pop_n(out, items, 2), 0);
            assert_int_equal(pawl_mpmc_ring_try_pop_n(r, items, 3), 0);
        }
        assert_true(conserved(q));
    }
    free(q);
    free(r);
}

static void *open_and_exit(void *q)
{
    pawl_mpmc_swap_port *port = NULL;

    return pawl_mpmc_swap_open(q, &port) == 0 && push(port, 5) == 0 ? port : NULL;
}

static void pitfall_12_thread_exit_and_destroy(void **state)
{
    pawl_mpmc_swap *q = make(4, 2, 1, 8);
    pawl_mpmc_swap_port *left = NULL, *port = NULL;
    void *ports[2];
    (void)state;

    for (unsigned i = 0; i < 2; i++)
        pthread_join(start(open_and_exit, q), &ports[i]);
    assert_true(ports[0] != NULL && ports[1] != NULL && ports[0] != ports[1]);
    assert_int_equal(pawl_mpmc_swap_open(q, &port), EBUSY);
    left = ports[1];
    pawl_mpmc_swap_leave(left);         /* for a thread that is gone */
    assert_true(pop(enter(q)) == 5);
    free(q);                            /* ports open, an item inside */
}

/* Bulk executed twice; bulk of 0; bulk larger than the capacity. */
static void pitfall_13_bulk_of_0_and_of_too_many(void **state)
{
    pawl_mpmc_swap *q = make(4, 2, 9, 8);
    pawl_mpmc_swap_port *in = enter(q), *out = enter(q);
    pawl_mpmc_ring *r = new_ring(4);
    pawl_spsc_ring *s = new_spsc(4, 100);
    char elements[9][100] = { "" };
    void *items[9];
    (void)state;

    for (unsigned round = 0; round < 9; round++) {
        for (uintptr_t i = 0; i < 9; i++) {
            items[i] = (void *)(i * 4);
            elements[i][0] = (char)i;
            *(uint64_t *)pawl_mpmc_swap_cell(in, i) = i;
        }
        assert_int_equal(pawl_mpmc_ring_try_push_n(r, items, 0), 0);
        assert_int_equal(pawl_mpmc_ring_try_push_n(r, items, 9), 4);
        assert_int_equal(pawl_mpmc_ring_try_pop_n(r, items, 0), 0);
        assert_int_equal(pawl_mpmc_ring_try_pop_n(r, items, 9), 4);
        for (uintptr_t i = 0; i < 4; i++)
            assert_ptr_equal(items[i], i * 4);
        assert_int_equal(pawl_spsc_ring_try_push_n(s, elements, 0, 100), 0);
        assert_int_equal(pawl_spsc_ring_try_push_n(s, elements, 9, 100), 5);
        assert_int_equal(pawl_spsc_ring_try_pop_n(s, elements, 0, 100), 0);
        assert_int_equal(pawl_spsc_ring_try_pop_n(s, elements, 9, 100), 5);
        for (int i = 0; i < 5; i++)     /* one more than it must hold */
            assert_int_equal(elements[i][0], i);
        assert_int_equal(pawl_mpmc_swap_try_push_n(in, 0), 0);
        assert_int_equal(pawl_mpmc_swap_try_push_n(in, 9), 4);
        assert_int_equal(pawl_mpmc_swap_try_pop_n(out, items, 0), 0);
        assert_int_equal(pawl_mpmc_swap_try_pop_n(out, items, 9), 4);
        for (uintptr_t i = 0; i < 4; i++)
            assert_true(*(uint64_t *)items[i] == i);
    }
    assert_true(conserved(q));
    free(q);
    free(r);
    free(s);
}

/* Alignment that an attribute promises, and malloc does not honour. */
static void pitfall_25_memory_that_is_misaligned(void **state)
{
    size_t bytes = pawl_mpmc_swap_bytes(4, 1, 1, 8) + 4096;
    char *memory = block(bytes);
    (void)state;

    assert_int_equal(_Alignof(pawl_mpmc_swap), PAWL_LINE);
    for (size_t by = 1; by < PAWL_LINE; by++) {
        void *at = memory + by;

        assert_int_equal(pawl_spsc_ring_init(at, bytes - by, 4, 8), EINVAL);
        assert_int_equal(pawl_mpmc_ring_init(at, bytes - by, 4), EINVAL);
        assert_int_equal(pawl_mpmc_swap_init(at, bytes - by, 4, 1, 1, 8), EINVAL);
    }
    assert_true(untouched(memory, bytes));
    free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pitfall_01_role_switch),
        cmocka_unit_test(pitfall_02_slot_read_before_it_is_given_back),
        cmocka_unit_test(pitfall_03_full_by_a_stale_snapshot),
        cmocka_unit_test(pitfall_04_empty_by_a_parked_peer),
        cmocka_unit_test(pitfall_07_wrap_of_an_odd_size),
        cmocka_unit_test(pitfall_09_close_against_a_push_under_way),
        cmocka_unit_test(pitfall_10_leaked_reservation),
        cmocka_unit_test(pitfall_12_thread_exit_and_destroy),
        cmocka_unit_test(pitfall_13_bulk_of_0_and_of_too_many),
        cmocka_unit_test(pitfall_25_memory_that_is_misaligned),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("pitfalls", tests, NULL, NULL);
}
