/* mem_test.c - what mem.h promises.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "counted.h"

static void malloc_serves_where_nobody_else_does(void **state)
{
    unsigned char *memory = pawl_mem_take_(NULL, 4 * PAWL_LINE);
    (void)state;

    assert_non_null(memory);
    assert_int_equal((uintptr_t)memory % PAWL_LINE, 0);
    memset(memory, 1, 4 * PAWL_LINE);
    pawl_mem_give_(NULL, memory, 4 * PAWL_LINE);
}

static void the_callers_memory_is_asked_and_gets_it_back(void **state)
{
    counted c;
    void *memory;
    (void)state;

    counted_begin(&c, 1);
    memory = pawl_mem_take_(&c.mem, PAWL_LINE);
    assert_non_null(memory);
    assert_int_equal(c.bytes, PAWL_LINE);
    assert_null(pawl_mem_take_(&c.mem, PAWL_LINE));
    pawl_mem_give_(&c.mem, memory, PAWL_LINE);
    assert_int_equal(c.bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malloc_serves_where_nobody_else_does),
        cmocka_unit_test(the_callers_memory_is_asked_and_gets_it_back),
    };

    alarm(WATCHDOG);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
