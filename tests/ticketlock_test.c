/* ticketlock_test.c - what ticketlock.h promises.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "unit.h"

#include <pawl/ticketlock.h>

static_assert(sizeof(pawl_ticketlock) == 8, "8 bytes");

static void zeroed_memory_is_an_unlocked_lock(void **state)
{
    static pawl_ticketlock zeroed;
    pawl_ticketlock l = PAWL_TICKETLOCK_INIT;
    (void)state;

    assert_true(pawl_ticketlock_try_lock(&zeroed));
    assert_true(pawl_ticketlock_try_lock(&l));
}

static void it_is_taken_once(void **state)
{
    pawl_ticketlock l = PAWL_TICKETLOCK_INIT;
    (void)state;

    for (unsigned i = 0; i < 3; i++) {
        assert_true(pawl_ticketlock_try_lock(&l));
        assert_false(pawl_ticketlock_try_lock(&l));
        assert_false(pawl_ticketlock_try_lock(&l));
        pawl_ticketlock_unlock(&l);
        pawl_ticketlock_lock(&l);
        assert_false(pawl_ticketlock_try_lock(&l));
        pawl_ticketlock_unlock(&l);
    }
}

static void tickets_may_wrap(void **state)
{
    pawl_ticketlock l = { UINT32_MAX - 1, UINT32_MAX - 1 };
    (void)state;

    for (unsigned i = 0; i < 4; i++) {
        assert_true(pawl_ticketlock_try_lock(&l));
        assert_false(pawl_ticketlock_try_lock(&l));
        pawl_ticketlock_unlock(&l);
        pawl_ticketlock_lock(&l);
        assert_false(pawl_ticketlock_try_lock(&l));
        pawl_ticketlock_unlock(&l);
    }
}

/* --- several at once ------------------------------------------------------ */

enum { THREADS = 3, ROUNDS = 5000 };

typedef struct queue {
    pawl_ticketlock lock;
    unsigned long visits;               /* plain memory: the lock guards it */
    unsigned order[THREADS], served;
} queue;

typedef struct customer {
    queue *queue;
    unsigned number;
} customer;

static void *come(void *argument)
{
    customer *c = argument;

    pawl_ticketlock_lock(&c->queue->lock);
    c->queue->order[c->queue->served++] = c->number;
    pawl_ticketlock_unlock(&c->queue->lock);
    return NULL;
}

static uint32_t drawn(queue *q)
{
    return atomic_load_explicit(&q->lock.next, memory_order_relaxed);
}

/* Also across the wrap: the holder's ticket is UINT32_MAX - 1. */
static void who_comes_first_is_served_first(void **state)
{
    queue q = { { UINT32_MAX - 1, UINT32_MAX - 1 }, 0, { 0 }, 0 };
    customer customers[THREADS];
    pthread_t threads[THREADS];
    (void)state;

    pawl_ticketlock_lock(&q.lock);
    for (unsigned i = 0; i < THREADS; i++) {
        uint32_t before = drawn(&q);

        customers[i] = (customer){ &q, i };
        threads[i] = start(come, &customers[i]);
        while (drawn(&q) == before)
            sched_yield();
    }
    assert_false(pawl_ticketlock_try_lock(&q.lock));
    nap(20);
    assert_int_equal(q.served, 0);
    pawl_ticketlock_unlock(&q.lock);
    for (unsigned i = 0; i < THREADS; i++)
        finish(threads[i]);
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(q.order[i], i);
}

static void *visit_often(void *argument)
{
    queue *q = argument;

    for (unsigned i = 0; i < ROUNDS; i++) {
        if (i % 4 == 0)
            while (!pawl_ticketlock_try_lock(&q->lock))
                sched_yield();
        else
            pawl_ticketlock_lock(&q->lock);
        q->visits++;
        pawl_ticketlock_unlock(&q->lock);
    }
    return NULL;
}

static void one_thread_is_inside_at_a_time(void **state)
{
    queue q = { { UINT32_MAX - ROUNDS, UINT32_MAX - ROUNDS }, 0, { 0 }, 0 };
    pthread_t threads[THREADS];
    (void)state;

    for (unsigned i = 0; i < THREADS; i++)
        threads[i] = start(visit_often, &q);
    for (unsigned i = 0; i < THREADS; i++)
        finish(threads[i]);
    assert_int_equal(q.visits, THREADS * ROUNDS);
    assert_true(pawl_ticketlock_try_lock(&q.lock));
}

static int visit_from_child(void *argument)
{
    visit_often(argument);
    return 0;
}

static void it_works_between_processes(void **state)
{
    queue *q = shared_block(sizeof *q);
    pid_t pid = child(visit_from_child, q);
    (void)state;

    visit_often(q);
    assert_int_equal(status_of(pid), 0);
    assert_int_equal(q->visits, 2 * ROUNDS);
    munmap(q, sizeof *q);
}

#ifdef PAWL_DEBUG
static void unlock_unheld(void *l)
{
    pawl_ticketlock_unlock(l);
}

static void unlock_of_an_unheld_lock_dies(void **state)
{
    pawl_ticketlock l = PAWL_TICKETLOCK_INIT;
    (void)state;

    assert_true(dies(unlock_unheld, &l, "unlock of a ticketlock that nobody holds"));
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zeroed_memory_is_an_unlocked_lock),
        cmocka_unit_test(it_is_taken_once),
        cmocka_unit_test(tickets_may_wrap),
        cmocka_unit_test(who_comes_first_is_served_first),
        cmocka_unit_test(one_thread_is_inside_at_a_time),
        cmocka_unit_test(it_works_between_processes),
#ifdef PAWL_DEBUG
        cmocka_unit_test(unlock_of_an_unheld_lock_dies),
#endif
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("ticketlock", tests, NULL, NULL);
}
