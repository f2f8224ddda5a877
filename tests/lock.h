/* lock.h - what spinlock and ticketlock both promise.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The test defines before: NAME; CALL(name), a function's whole name; UNLOCKED and
 * BUSY, initializers, this one for a lock of which each thread makes ROUNDS; and lock,
 * the type.
 */
#ifndef PAWL_TESTS_LOCK_H
#define PAWL_TESTS_LOCK_H

#include "unit.h"

static void zeroed_memory_is_an_unlocked_lock(void **state)
{
    static lock zeroed;
    lock l = UNLOCKED;
    (void)state;

    assert_true(CALL(try_lock)(&zeroed));
    assert_true(CALL(try_lock)(&l));
}

static void is_taken_once(lock *l, unsigned rounds)
{
    for (unsigned i = 0; i < rounds; i++) {
        assert_true(CALL(try_lock)(l));
        assert_false(CALL(try_lock)(l));
        assert_false(CALL(try_lock)(l));
        CALL(unlock)(l);
        CALL(lock)(l);
        assert_false(CALL(try_lock)(l));
        CALL(unlock)(l);
    }
}

static void it_is_taken_once(void **state)
{
    lock l = UNLOCKED;
    (void)state;

    is_taken_once(&l, 3);
}

/* --- several at once ------------------------------------------------------ */

enum { THREADS = 3 };

typedef struct room {
    lock lock;
    unsigned long visits;               /* plain memory: the lock guards it */
} room;

static void *visit_often(void *argument)
{
    room *r = argument;

    for (unsigned i = 0; i < ROUNDS; i++) {
        if (i % 4 == 0)
            while (!CALL(try_lock)(&r->lock))
                sched_yield();
        else
            CALL(lock)(&r->lock);
        r->visits++;
        CALL(unlock)(&r->lock);
    }
    return NULL;
}

static void one_thread_is_inside_at_a_time(void **state)
{
    room r = { BUSY, 0 };
    pthread_t threads[THREADS];
    (void)state;

    for (unsigned i = 0; i < THREADS; i++)
        threads[i] = start(visit_often, &r);
    for (unsigned i = 0; i < THREADS; i++)
        finish(threads[i]);
    assert_int_equal(r.visits, THREADS * ROUNDS);
    assert_true(CALL(try_lock)(&r.lock));
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

/* --- misuse --------------------------------------------------------------- */

#ifdef PAWL_DEBUG
static void unlock_unheld(void *l)
{
    CALL(unlock)(l);
}

static void unlock_of_an_unheld_lock_dies(void **state)
{
    lock l = UNLOCKED;
    (void)state;

    assert_true(dies(unlock_unheld, &l, "unlock of a " NAME " that nobody holds"));
}

#define MISUSE_TESTS cmocka_unit_test(unlock_of_an_unheld_lock_dies),
#else
#define MISUSE_TESTS
#endif

#define LOCK_TESTS \
    cmocka_unit_test(zeroed_memory_is_an_unlocked_lock), \
    cmocka_unit_test(it_is_taken_once), \
    cmocka_unit_test(one_thread_is_inside_at_a_time), \
    cmocka_unit_test(it_works_between_processes), \
    MISUSE_TESTS

#endif
