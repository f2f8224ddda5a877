/* time_test.c - what time.h promises.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "unit.h"

#include <pawl/time.h>

static_assert(sizeof(pawl_time) == 8, "nanoseconds in 64 bits");
static_assert(PAWL_FOREVER == INT64_MAX, "nothing is later");
static_assert(PAWL_MILLISECOND == 1000 * PAWL_MICROSECOND, "units");
static_assert(PAWL_SECOND == 1000 * PAWL_MILLISECOND, "units");

static pawl_time monotonic(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (pawl_time)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void now_is_clock_monotonic(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        pawl_time before = monotonic(), now = pawl_now(), after = monotonic();

        assert_true(before <= now);
        assert_true(now <= after);
    }
}

static void after_adds_to_now(void **state)
{
    static const int64_t lengths[] = { 0, 1, PAWL_MILLISECOND, 3600 * PAWL_SECOND,
                                       -1, -PAWL_SECOND };
    (void)state;

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        pawl_time before = pawl_now(), then = pawl_after(lengths[i]);

        assert_true(before + lengths[i] <= then);
        assert_true(then <= pawl_now() + lengths[i]);
    }
}

static void beyond_forever_is_forever(void **state)
{
    pawl_time now = pawl_now();
    (void)state;

    assert_true(pawl_after(PAWL_FOREVER) == PAWL_FOREVER);
    assert_true(pawl_after(PAWL_FOREVER - now) == PAWL_FOREVER);
    assert_true(pawl_after(PAWL_FOREVER - now - 3600 * PAWL_SECOND) < PAWL_FOREVER);
    assert_true(pawl_after(INT64_MIN) < pawl_now());
}

static pawl_time in_handler;

static void look_at_clock(int number)
{
    (void)number;
    in_handler = pawl_now();
}

static void signal_handlers_may_look_at_the_clock(void **state)
{
    pawl_time before = pawl_now();
    (void)state;

    signal(SIGUSR2, look_at_clock);
    raise(SIGUSR2);
    assert_true(before <= in_handler);
    assert_true(in_handler <= pawl_now());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(now_is_clock_monotonic),
        cmocka_unit_test(after_adds_to_now),
        cmocka_unit_test(beyond_forever_is_forever),
        cmocka_unit_test(signal_handlers_may_look_at_the_clock),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
