/* mpmc_swap_count_test.c - mpmc_swap.h: what is counted while others are at work.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "meanwhile.h"

enum { CAPACITY = 64 };

/* There are `items` all the time, less one for a moment. */
static void count_while(unsigned items, unsigned times)
{
    size_t bytes = pawl_mpmc_swap_bytes(CAPACITY, 1, 1, 8), counted;
    pawl_mpmc_swap *q = block(bytes);
    pawl_mpmc_swap_port *port;

    assert_int_equal(pawl_mpmc_swap_init(q, bytes, CAPACITY, 1, 1, 8), 0);
    assert_int_equal(pawl_mpmc_swap_open(q, &port), 0);
    for (unsigned i = 0; i < items; i++)
        assert_int_equal(pawl_mpmc_swap_try_push(port), 0);
    others.times = times;
    others.looks = 0;
    others.port = port;
    counted = pawl_mpmc_swap_count_hint(q);
    others.port = NULL;
    assert_true(counted <= items && others.looks > 0);
    assert_true(others.looks <= 3 * CAPACITY + 2);
    assert_true(times > 0 || counted == items);
    assert_int_equal(pawl_mpmc_swap_count_hint(q), items);
    free(q);
}

static void it_is_never_more_than_there_were(void **state)
{
    static const unsigned items[] = { 1, 2, 5, CAPACITY - 1, CAPACITY };
    (void)state;

    for (unsigned i = 0; i < sizeof items / sizeof *items; i++)
        for (unsigned times = 0; times <= 2 * CAPACITY; times++)
            count_while(items[i], times);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_never_more_than_there_were),
    };

    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("mpmc_swap_count", tests, NULL, NULL);
}
