/* mpmc_swap_lag_test.c - mpmc_swap.h, where words and hints are of different times.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "swap.h"

static void tell(pawl_mpmc_swap *q, uint64_t to_push, uint64_t to_pop)
{
    atomic_store_explicit(&q->tail, to_push, memory_order_relaxed);
    atomic_store_explicit(&q->head, to_pop, memory_order_relaxed);
}

/* A push looks at its slot, is stopped while others pop, push and tell where they are,
 * and then reads their hint: that is right, and the word was a lap too old to count. */
static void a_word_older_than_the_hint_does_not_count(void **state)
{
    pawl_mpmc_swap *q = make(1, 2, 1, 8);
    pawl_mpmc_swap_port *stopped = enter(q), *other = enter(q);
    uint64_t over, tail;
    void *cell;
    (void)state;

    pawl_mpmc_swap_init_at_(q, 14);
    assert_int_equal(pawl_mpmc_swap_try_push(stopped), 0);
    assert_true(stopped->push.at == 15);
    over = slot(q, 15) - (UINT64_C(15) << q->lap_shift);
    assert_true((int64_t)over < 0 && (over & PAWL_MPMC_SWAP_FULL_));

    assert_int_equal(pawl_mpmc_swap_try_pop(other, &cell), 0);
    assert_int_equal(pawl_mpmc_swap_try_push(other), 0);
    tail = atomic_load_explicit(&q->tail, memory_order_relaxed);
    assert_true(tail == 16);
    aim(&stopped->push, pawl_mpmc_swap_skip_(q, 15, over, true, tail));
    assert_true(stopped->push.at == 16);
    assert_int_equal(pawl_mpmc_swap_try_push(stopped), EAGAIN);
    assert_int_equal(pawl_mpmc_swap_try_pop(other, &cell), 0);
    assert_int_equal(pawl_mpmc_swap_try_push(stopped), 0);
    assert_true(stopped->push.at == 17);
    for (uint64_t hint = 0; hint < 40; hint++) {        /* and so for pops */
        uint64_t next = hint > 15 ? hint : 15;

        assert_true(pawl_mpmc_swap_skip_(q, 15, over, true, hint) == next);
        assert_true(pawl_mpmc_swap_skip_(q, 15, over, false, hint) == next);
    }
    assert_true(conserved(q));
    free(q);
}

/* Positions have passed 2^64, and what a thread tells late is from before. */
static void a_hint_from_before_the_wrap_is_old(void **state)
{
    pawl_mpmc_swap *q = make(2, 2, 1, 8);
    pawl_mpmc_swap_port *one = enter(q), *other = enter(q);
    void *cell;
    (void)state;

    pawl_mpmc_swap_init_at_(q, UINT64_MAX - 3);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(pawl_mpmc_swap_try_push(one), 0);
        assert_int_equal(pawl_mpmc_swap_try_pop(one, &cell), 0);
    }
    assert_true(one->push.at == 2);
    tell(q, UINT64_MAX - 3, UINT64_MAX - 3);
    assert_int_equal(pawl_mpmc_swap_try_push(other), 0);
    assert_int_equal(pawl_mpmc_swap_try_pop(other, &cell), 0);
    assert_true(conserved(q));
    free(q);
}

/* --- the count ------------------------------------------------------------ */

static void the_count_hint_is_0_to_capacity(void **state)
{
    pawl_mpmc_swap *q = make(4, 1, 1, 8);
    (void)state;

    tell(q, 3, 5);
    assert_int_equal(pawl_mpmc_swap_count_hint(q), 0);
    tell(q, 8, 5);
    assert_int_equal(pawl_mpmc_swap_count_hint(q), 3);
    tell(q, 100, 5);
    assert_int_equal(pawl_mpmc_swap_count_hint(q), 4);
    free(q);
}

/* A hint that a thread was about to tell when it was stopped, laps ago. */
static void the_count_hint_is_right_however_late_hints_are(void **state)
{
    pawl_mpmc_swap *q = make(64, 1, 1, 8);
    pawl_mpmc_swap_port *port = enter(q);
    uint64_t tail;
    void *cell;

    (void)state;
    for (int i = 0; i < 1005; i++) {
        assert_int_equal(pawl_mpmc_swap_try_push(port), 0);
        if (i < 1000)
            assert_int_equal(pawl_mpmc_swap_try_pop(port, &cell), 0);
    }
    assert_int_equal(pawl_mpmc_swap_count_hint(q), 5);
    tail = atomic_load_explicit(&q->tail, memory_order_relaxed);
    atomic_store_explicit(&q->tail, 8, memory_order_relaxed);
    assert_int_equal(pawl_mpmc_swap_count_hint(q), 5);
    atomic_store_explicit(&q->tail, tail, memory_order_relaxed);
    atomic_store_explicit(&q->head, 8, memory_order_relaxed);
    assert_int_equal(pawl_mpmc_swap_count_hint(q), 5);
    free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_older_than_the_hint_does_not_count),
        cmocka_unit_test(a_hint_from_before_the_wrap_is_old),
        cmocka_unit_test(the_count_hint_is_0_to_capacity),
        cmocka_unit_test(the_count_hint_is_right_however_late_hints_are),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("mpmc_swap_lag", tests, NULL, NULL);
}
