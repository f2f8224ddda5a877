/* ticketlock_test.c - what ticketlock.h promises.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "unit.h"

#include <pawl/ticketlock.h>

#define NAME "ticketlock"
#define CALL(name) pawl_ticketlock_##name
#define UNLOCKED PAWL_TICKETLOCK_INIT
#define BUSY { UINT32_MAX - ROUNDS, UINT32_MAX - ROUNDS }   /* tickets wrap meanwhile */
enum { ROUNDS = 5000 };
typedef pawl_ticketlock lock;
#include "lock.h"

static_assert(sizeof(pawl_ticketlock) == 8, "8 bytes");

static void tickets_may_wrap(void **state)
{
    pawl_ticketlock l = { UINT32_MAX - 1, UINT32_MAX - 1 };
    (void)state;

    is_taken_once(&l, 4);
}

typedef struct queue {
    pawl_ticketlock lock;
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
    queue q = { { UINT32_MAX - 1, UINT32_MAX - 1 }, { 0 }, 0 };
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOCK_TESTS
        cmocka_unit_test(tickets_may_wrap),
        cmocka_unit_test(who_comes_first_is_served_first),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("ticketlock", tests, NULL, NULL);
}
