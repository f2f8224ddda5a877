/* atomic_test.c - what atomic.h promises.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "unit.h"

#include <pawl/atomic.h>

static_assert(PAWL_LINE == UNIT_LINE, "the tests' blocks begin at a PAWL_LINE");
static_assert(ATOMIC_INT_LOCK_FREE == 2, "32-bit atomics are lock-free");
static_assert(sizeof(PAWL_ATOMIC(uint32_t)) == 4, "no wider than its type");
static_assert(sizeof(PAWL_ATOMIC(uint64_t)) == 8, "no wider than its type");

static void words_of_32_and_64_bits_are_lock_free(void **state)
{
    PAWL_ATOMIC(uint32_t) half = 0;
    PAWL_ATOMIC(uint64_t) whole = 0;
    (void)state;

    assert_true(atomic_is_lock_free(&half));
    assert_true(atomic_is_lock_free(&whole));
}

static void the_low_half_is_the_low_half(void **state)
{
    PAWL_ATOMIC(uint64_t) word = UINT64_C(0x1111111122222222);
    uint32_t low;
    (void)state;

    memcpy(&low, pawl_low_half_(&word), sizeof low);
    assert_int_equal(low, 0x22222222);
    assert_true((char *)pawl_low_half_(&word) >= (char *)&word);
    assert_true((char *)(pawl_low_half_(&word) + 1) <= (char *)(&word + 1));
}

static void unlikely_is_the_condition(void **state)
{
    (void)state;
    assert_true(PAWL_UNLIKELY(4) == 1);
    assert_true(PAWL_UNLIKELY(0) == 0);
}

static void relax_and_yield_come_back(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++)
        pawl_relax();
    pawl_yield();
}

static void go_wrong(void *unused)
{
    (void)unused;
    pawl_assert_failed_("because", "somewhere.c", 42);
}

static void a_failed_assert_says_why_and_aborts(void **state)
{
    (void)state;
    assert_true(dies(go_wrong, NULL, "somewhere.c:42: pawl: because\n"));
}

static void assert_false_thing(void *unused)
{
    (void)unused;
    PAWL_ASSERT(1 + 1 == 3, "sums are wrong");
}

static unsigned times_looked;

static bool look(void)
{
    times_looked++;
    return true;
}

static void asserts_are_for_debug_builds(void **state)
{
    (void)state;
    (void)look;
    times_looked = 0;
    PAWL_ASSERT(look(), "never said");
#ifdef PAWL_DEBUG
    assert_int_equal(times_looked, 1);
    assert_true(dies(assert_false_thing, NULL, "sums are wrong"));
#else
    assert_int_equal(times_looked, 0);
    assert_false_thing(NULL);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_32_and_64_bits_are_lock_free),
        cmocka_unit_test(the_low_half_is_the_low_half),
        cmocka_unit_test(unlikely_is_the_condition),
        cmocka_unit_test(relax_and_yield_come_back),
        cmocka_unit_test(a_failed_assert_says_why_and_aborts),
        cmocka_unit_test(asserts_are_for_debug_builds),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("atomic", tests, NULL, NULL);
}
