/* spinlock_test.c - what spinlock.h promises.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "unit.h"

#include <pawl/spinlock.h>

static_assert(sizeof(pawl_spinlock) == 4, "4 bytes");

static void zeroed_memory_is_an_unlocked_lock(void **state)
{
    static pawl_spinlock zeroed;
    pawl_spinlock l = PAWL_SPINLOCK_INIT;
    (void)state;

    assert_true(pawl_spinlock_try_lock(&zeroed));
    assert_true(pawl_spinlock_try_lock(&l));
}

static void it_is_taken_once(void **state)
{
    pawl_spinlock l = PAWL_SPINLOCK_INIT;
    (void)state;

    for (unsigned i = 0; i < 3; i++) {
        assert_true(pawl_spinlock_try_lock(&l));
        assert_false(pawl_spinlock_try_lock(&l));
        assert_false(pawl_spinlock_try_lock(&l));
        pawl_spinlock_unlock(&l);
        pawl_spinlock_lock(&l);
        assert_false(pawl_spinlock_try_lock(&l));
        pawl_spinlock_unlock(&l);
    }
}

/* --- several at once ------------------------------------------------------ */

enum { THREADS = 3, ROUNDS = 20000 };

typedef struct room {
    pawl_spinlock lock;
    flag came, inside;
    unsigned long visits;               /* plain memory: the lock guards it */
} room;

static void *visit(void *argument)
{
    room *r = argument;

    set(&r->came, 1);
    pawl_spinlock_lock(&r->lock);
    set(&r->inside, 1);
    pawl_spinlock_unlock(&r->lock);
    return NULL;
}

static void lock_waits_for_the_holder(void **state)
{
    room r = { PAWL_SPINLOCK_INIT, 0, 0, 0 };
    pthread_t visitor;
    (void)state;

    pawl_spinlock_lock(&r.lock);
    visitor = start(visit, &r);
    await(&r.came, 1);
    nap(20);
    assert_int_equal(get(&r.inside), 0);
    pawl_spinlock_unlock(&r.lock);
    finish(visitor);
    assert_int_equal(get(&r.inside), 1);
}

static void *visit_often(void *argument)
{
    room *r = argument;

    for (unsigned i = 0; i < ROUNDS; i++) {
        if (i % 4 == 0)
            while (!pawl_spinlock_try_lock(&r->lock))
                sched_yield();
        else
            pawl_spinlock_lock(&r->lock);
        r->visits++;
        pawl_spinlock_unlock(&r->lock);
    }
    return NULL;
}

static void one_thread_is_inside_at_a_time(void **state)
{
    room r = { PAWL_SPINLOCK_INIT, 0, 0, 0 };
    pthread_t threads[THREADS];
    (void)state;

    for (unsigned i = 0; i < THREADS; i++)
        threads[i] = start(visit_often, &r);
    for (unsigned i = 0; i < THREADS; i++)
        finish(threads[i]);
    assert_int_equal(r.visits, THREADS * ROUNDS);
    assert_true(pawl_spinlock_try_lock(&r.lock));
}

static int visit_from_child(void *argument)
{
    visit_often(argument);
    return 0;
}

static void it_works_between_processes(void **state)
{
    room *r = shared_block(sizeof *r);
    pid_t pid = child(visit_from_child, r);
    (void)state;

    visit_often(r);
    assert_int_equal(status_of(pid), 0);
    assert_int_equal(r->visits, 2 * ROUNDS);
    munmap(r, sizeof *r);
}

#ifdef PAWL_DEBUG
static void unlock_unheld(void *l)
{
    pawl_spinlock_unlock(l);
}

static void unlock_of_an_unheld_lock_dies(void **state)
{
    pawl_spinlock l = PAWL_SPINLOCK_INIT;
    (void)state;

    assert_true(dies(unlock_unheld, &l, "unlock of a spinlock that nobody holds"));
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zeroed_memory_is_an_unlocked_lock),
        cmocka_unit_test(it_is_taken_once),
        cmocka_unit_test(lock_waits_for_the_holder),
        cmocka_unit_test(one_thread_is_inside_at_a_time),
        cmocka_unit_test(it_works_between_processes),
#ifdef PAWL_DEBUG
        cmocka_unit_test(unlock_of_an_unheld_lock_dies),
#endif
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("spinlock", tests, NULL, NULL);
}
