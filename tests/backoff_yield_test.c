/* backoff_yield_test.c - backoff.h spins, then yields: the yields counted.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * pawl_yield() is defined here, so that the library's does not come in; and with it
 * what else src/atomic.c defines.
 */
#include "backoff.h"

static unsigned yields;

void pawl_yield(void)
{
    yields++;
}

void pawl_assert_failed_(const char *why, const char *file, int line)
{
    fprintf(stderr, "%s:%d: pawl: %s\n", file, line, why);
    abort();
}

/* Does it wait `spins` times without a yield, then 16 times with one each? */
static bool spins_then_yields(unsigned spins)
{
    pawl_backoff b = PAWL_BACKOFF_INIT;

    for (unsigned i = 0, before = yields; i < spins + 16; i++)
        if (!pawl_backoff_wait(&b)
            || yields - before != (i < spins ? 0 : i - spins + 1))
            return false;
    for (unsigned i = 0, before = yields; i < 3; i++)
        if (pawl_backoff_wait(&b) || yields != before)
            return false;
    return true;
}

static int on_one_cpu(void *unused)
{
    (void)unused;
    return !pin(0, 1) || !spins_then_yields(0);
}

static void with_one_cpu_each_wait_is_a_yield(void **state)
{
    (void)state;
    assert_int_equal(in_child(on_one_cpu, NULL), 0);
}

static int on_two_cpus(void *unused)
{
    (void)unused;
    return !pin(0, 2) || !spins_then_yields(8);
}

static void with_two_cpus_it_yields_after_8_rounds(void **state)
{
    (void)state;
    if (ncpus < 2 || pawl_quota_cpus_("") < 2)
        skip();
    assert_int_equal(in_child(on_two_cpus, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_one_cpu_each_wait_is_a_yield),
        cmocka_unit_test(with_two_cpus_it_yields_after_8_rounds),
    };
    alarm(WATCHDOG);
    find_cpus();
    return cmocka_run_group_tests_name("backoff_yield", tests, NULL, NULL);
}
