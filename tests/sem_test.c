/* sem_test.c - what sem.h promises to one thread; sem_wait_test.c: to those who wait.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "unit.h"

#include <pawl/sem.h>

static_assert(sizeof(pawl_sem) == 16, "layout");
static_assert(offsetof(pawl_sem, scope) == 8, "layout");

/* Permits as they say, nobody counted as asleep, not closed. */
static bool at_rest(pawl_sem *s, uint32_t permits)
{
    return atomic_load_explicit(&s->word, memory_order_acquire) == permits;
}

static void zeroed_memory_is_a_semaphore_without_permits(void **state)
{
    static pawl_sem zeroed;
    pawl_sem s = PAWL_SEM_INIT;
    (void)state;

    assert_int_equal(pawl_sem_try_wait(&zeroed, 1), EAGAIN);
    assert_int_equal(pawl_sem_try_wait(&s, 1), EAGAIN);
    assert_int_equal(pawl_sem_post(&zeroed, 1), 0);
    assert_int_equal(pawl_sem_wait(&zeroed, 1), 0);
    assert_int_equal(zeroed.scope, PAWL_PRIVATE);
}

static void init_takes_permits_and_a_scope(void **state)
{
    pawl_sem s;
    (void)state;

    assert_int_equal(pawl_sem_init(&s, 3, PAWL_PRIVATE), 0);
    assert_int_equal(pawl_sem_count_hint(&s), 3);
    memset((void *)&s, PATTERN, sizeof s);
    assert_int_equal(pawl_sem_init(&s, 0, PAWL_PRIVATE), 0);
    assert_memory_equal(&s, &(pawl_sem)PAWL_SEM_INIT, sizeof s);
    assert_int_equal(pawl_sem_init(&s, PAWL_SEM_MAX, PAWL_SHARED), 0);
    assert_int_equal(pawl_sem_count_hint(&s), PAWL_SEM_MAX);
}

static void init_refuses_too_much_and_leaves_memory_alone(void **state)
{
    pawl_sem *s = block(sizeof *s);
    (void)state;

    assert_int_equal(pawl_sem_init(s, PAWL_SEM_MAX + 1, PAWL_PRIVATE), EINVAL);
    assert_int_equal(pawl_sem_init(s, UINT32_MAX, PAWL_SHARED), EINVAL);
    assert_int_equal(pawl_sem_init(s, 0, (pawl_scope)2), EINVAL);
    assert_int_equal(pawl_sem_init(s, 0, (pawl_scope)-1), EINVAL);
    assert_true(untouched(s, sizeof *s));
    free(s);
}

static void waits_take_all_or_nothing(void **state)
{
    pawl_sem s = PAWL_SEM_INIT;
    (void)state;

    assert_int_equal(pawl_sem_post(&s, 3), 0);
    assert_int_equal(pawl_sem_try_wait(&s, 4), EAGAIN);
    assert_int_equal(pawl_sem_wait_until(&s, 4, 0), ETIMEDOUT);
    assert_true(at_rest(&s, 3));
    assert_int_equal(pawl_sem_try_wait(&s, 2), 0);
    assert_int_equal(pawl_sem_try_wait(&s, 2), EAGAIN);
    assert_int_equal(pawl_sem_wait(&s, 1), 0);
    assert_int_equal(pawl_sem_try_wait(&s, 1), EAGAIN);
    assert_true(at_rest(&s, 0));
}

static void zero_permits_are_nothing(void **state)
{
    pawl_sem s = PAWL_SEM_INIT;
    (void)state;

    for (unsigned closed = 0; closed < 2; closed++) {
        assert_int_equal(pawl_sem_post(&s, 0), 0);
        assert_int_equal(pawl_sem_try_wait(&s, 0), 0);
        assert_int_equal(pawl_sem_wait(&s, 0), 0);
        assert_int_equal(pawl_sem_wait_until(&s, 0, INT64_MIN), 0);
        assert_int_equal(pawl_sem_count_hint(&s), 0);
        pawl_sem_close(&s);
    }
}

static void more_than_there_can_be_is_refused(void **state)
{
    static const uint32_t counts[] = { PAWL_SEM_MAX + 1, UINT32_C(1) << 31,
                                       UINT32_MAX };
    pawl_sem s;
    (void)state;

    assert_int_equal(pawl_sem_init(&s, PAWL_SEM_MAX, PAWL_PRIVATE), 0);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        assert_int_equal(pawl_sem_try_wait(&s, counts[i]), EINVAL);
        assert_int_equal(pawl_sem_wait(&s, counts[i]), EINVAL);
        assert_int_equal(pawl_sem_wait_until(&s, counts[i], 0), EINVAL);
        assert_int_equal(pawl_sem_post(&s, counts[i]), EOVERFLOW);
    }
    assert_true(at_rest(&s, PAWL_SEM_MAX));
}

static void permits_do_not_overflow(void **state)
{
    pawl_sem s;
    (void)state;

    assert_int_equal(pawl_sem_init(&s, PAWL_SEM_MAX - 2, PAWL_PRIVATE), 0);
    assert_int_equal(pawl_sem_post(&s, 3), EOVERFLOW);
    assert_int_equal(pawl_sem_post(&s, PAWL_SEM_MAX), EOVERFLOW);
    assert_true(at_rest(&s, PAWL_SEM_MAX - 2));
    assert_int_equal(pawl_sem_post(&s, 2), 0);
    assert_int_equal(pawl_sem_post(&s, 1), EOVERFLOW);
    assert_true(at_rest(&s, PAWL_SEM_MAX));
    assert_int_equal(pawl_sem_wait(&s, PAWL_SEM_MAX), 0);
    assert_true(at_rest(&s, 0));
    assert_int_equal(pawl_sem_post(&s, PAWL_SEM_MAX), 0);
    assert_true(at_rest(&s, PAWL_SEM_MAX));
}

static void a_moment_in_the_past_takes_what_is_there(void **state)
{
    static const pawl_time past[] = { INT64_MIN, -1, 0, 1 };
    pawl_sem s = PAWL_SEM_INIT;
    (void)state;

    for (size_t i = 0; i < sizeof past / sizeof *past; i++) {
        assert_int_equal(pawl_sem_wait_until(&s, 1, past[i]), ETIMEDOUT);
        assert_int_equal(pawl_sem_post(&s, 1), 0);
        assert_int_equal(pawl_sem_wait_until(&s, 1, past[i]), 0);
        assert_true(at_rest(&s, 0));
    }
}

static void a_deadline_is_not_early_and_leaves_nothing_behind(void **state)
{
    pawl_sem s = PAWL_SEM_INIT;
    (void)state;

    errno = 77;
    for (uint32_t n = 1; n <= 3; n++) {
        pawl_time until = pawl_after(2 * PAWL_MILLISECOND);

        assert_int_equal(pawl_sem_post(&s, n - 1), 0);
        assert_int_equal(pawl_sem_wait_until(&s, n, until), ETIMEDOUT);
        assert_true(pawl_now() >= until);
        assert_true(at_rest(&s, n - 1));
        assert_int_equal(pawl_sem_wait(&s, n - 1), 0);
    }
    assert_int_equal(errno, 77);
}

static void close_refuses_posts_and_leaves_permits(void **state)
{
    pawl_sem s = PAWL_SEM_INIT;
    (void)state;

    assert_int_equal(pawl_sem_post(&s, 3), 0);
    assert_true(pawl_sem_close(&s));
    assert_false(pawl_sem_close(&s));
    assert_int_equal(pawl_sem_post(&s, 1), ECANCELED);
    assert_int_equal(pawl_sem_post(&s, UINT32_MAX), ECANCELED);
    assert_int_equal(pawl_sem_count_hint(&s), 3);
    assert_int_equal(pawl_sem_try_wait(&s, 4), ECANCELED);
    assert_int_equal(pawl_sem_wait(&s, 4), ECANCELED);
    assert_int_equal(pawl_sem_wait(&s, 2), 0);
    assert_int_equal(pawl_sem_wait_until(&s, 1, 0), 0);
    assert_int_equal(pawl_sem_try_wait(&s, 1), ECANCELED);
    assert_int_equal(pawl_sem_wait(&s, 1), ECANCELED);
    assert_int_equal(pawl_sem_wait_until(&s, 1, 0), ECANCELED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zeroed_memory_is_a_semaphore_without_permits),
        cmocka_unit_test(init_takes_permits_and_a_scope),
        cmocka_unit_test(init_refuses_too_much_and_leaves_memory_alone),
        cmocka_unit_test(waits_take_all_or_nothing),
        cmocka_unit_test(zero_permits_are_nothing),
        cmocka_unit_test(more_than_there_can_be_is_refused),
        cmocka_unit_test(permits_do_not_overflow),
        cmocka_unit_test(a_moment_in_the_past_takes_what_is_there),
        cmocka_unit_test(a_deadline_is_not_early_and_leaves_nothing_behind),
        cmocka_unit_test(close_refuses_posts_and_leaves_permits),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("sem", tests, NULL, NULL);
}
